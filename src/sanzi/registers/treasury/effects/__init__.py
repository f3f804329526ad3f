"""From the steps of the powers to the actions of the room, one module for each power."""

from __future__ import annotations

from sanzi.registers.treasury.effects import advances, debts, deposits, investments


def register() -> None:
    """Bind the names of all powers; called once from `apps.ready`."""
    for power in (advances, debts, deposits, investments):
        power.register()
