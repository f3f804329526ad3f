"""Books shown as text: `world` opens them, `post` takes vouchers written like a ledger.

Imports wait until Django is set up: this file is read before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sanzi.ledger.actions import posting
    from worlds import village


@pytest.fixture
def world(db: None) -> village.World:
    """The small world, with a book for Liuwan's collective and its committee."""
    from sanzi.ledger.actions import books as book_actions
    from sanzi.orgs.actors import SYSTEM
    from worlds import village

    built = village.build()
    for body in ("O-WILLOW", "O-WILLOW-VC"):
        book_actions.ensure_book(org_ext_id=body, first_period="2026-01", by=SYSTEM, at=village.AT)
    return built


@pytest.fixture
def post(world: village.World) -> Callable[..., list[posting.PostedVoucher]]:
    """Post a text ledger to the book of Liuwan's collective."""
    from sanzi.ledger.actions import posting
    from sanzi.orgs.actors import SYSTEM
    from worlds.books import read_ledger

    def do(text: str, org: str = "O-WILLOW") -> list[posting.PostedVoucher]:
        return posting.post_many(
            book_org_ext_id=org, drafts=read_ledger(text), at=world.at, by=SYSTEM
        )

    return do


@pytest.fixture
def balances(world: village.World) -> Callable[[str], str]:
    """Show a month's trial balance as text: code, opening, debit, credit, closing in yuan."""
    from sanzi.ledger import queries

    def do(period: str, org: str = "O-WILLOW") -> str:
        sheet = queries.trial_balance(
            by=world.actor("agency_accountant"), org_ext_id=org, period=period
        )
        assert sheet.is_balanced
        return "\n".join(
            f"{row.account.code} {row.opening_fen / 100:.2f} {row.debit_fen / 100:.2f} "
            f"{row.credit_fen / 100:.2f} {row.closing_fen / 100:.2f}"
            for row in sheet.rows
        )

    return do
