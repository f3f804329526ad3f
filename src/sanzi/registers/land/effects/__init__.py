"""From the steps of the four powers of land to the actions of the room."""

from __future__ import annotations

from sanzi.registers.land.effects import compensation, contracts, homestead, lists, membership


def register() -> None:
    """Bind the names of the powers; called once from `apps.ready`."""
    lists.register()
    membership.register()
    homestead.register()
    compensation.register()
    contracts.register()
