"""From the steps of the powers to the actions of the room, one module for each power."""

from __future__ import annotations

from sanzi.registers.treasury.effects import (
    advances,
    cards,
    debts,
    deposits,
    income,
    investments,
)


def register() -> None:
    """Bind the names of all powers; called once from `apps.ready`."""
    for power in (advances, cards, debts, deposits, income, investments):
        power.register()
