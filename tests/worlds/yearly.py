"""A village at the turn of the year for tests: an account with money, members, votes."""

from __future__ import annotations

from datetime import timedelta

from sanzi.orgs import secrets
from sanzi.payments.models import BankAccount, DayBalance
from worlds import land, village, walks
from worlds.village import AT, World

SHOWN = {"publicity_start": "2026-11-12", "publicity_end": "2026-11-27"}
"""Fifteen days."""
SHARES = {
    "title": "2026年收益分配", "year": "2026", "net_income": "500000", "loss": "100000",
    "reserve": "100000", "welfare": "20000", "given": "280000",
}  # fmt: skip
"""The form of a distribution. Units: yuan."""
VOTED = AT + timedelta(days=17)
LATER = AT + timedelta(days=20)


def build(cash_fen: int = 50_000_000) -> World:
    """Build the village with an account of the collective and three members."""
    world = land.build()
    village.villager(world, "赵三妹")
    account(world, "A-YEAR", cash_fen)
    return world


def account(world: World, ext_id: str, fen: int, kind: str = "basic") -> BankAccount:
    """Open an account of the collective with money in it."""
    number = f"62284800{BankAccount.objects.count():08d}"
    made = BankAccount.objects.create(
        ext_id=ext_id, organisation=world.bodies["willow"], holder_name="柳湾村股份经济合作社",
        sealed_number=secrets.seal("account", number),
        number_index=secrets.index("account", number), tail=number[-4:], kind=kind,
        bank_code="103331000001",
    )  # fmt: skip
    DayBalance.objects.create(account=made, balance_date=AT.date(), balance_fen=fen)
    return made


def shown(walk: walks.Walk, **changed: str) -> None:
    """Write a publication of fifteen days down, after the vote's day."""
    walk.at = LATER
    walk.record("village_clerk", {**SHOWN, **changed}, ("photo",))
