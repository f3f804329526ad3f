"""From the steps of the yearly powers to the actions of the room."""

from __future__ import annotations

from sanzi.registers.yearly.effects import budgets, distributions


def register() -> None:
    """Bind the names of the powers; called once from `apps.ready`."""
    budgets.register()
    distributions.register()
