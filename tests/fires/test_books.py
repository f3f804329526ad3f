"""Books: a month that is not closed, one that is opened again, money owed for over a year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fires import nights
from sanzi.deals.actions import assets
from sanzi.ledger.actions import books, closing, posting, reopening
from sanzi.orgs.actors import SYSTEM
from worlds import deals, village
from worlds.assets import HOUSE
from worlds.books import read_ledger
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "asset-ledger-mismatch", "ledger-late-entry", "ledger-suspense-aging", "ledger-voucher-tamper",
)  # fmt: skip
LENT = """
2026-01-20 借给建设公司
  112 counterparty:C-1   6000.00
  102 account:A-1       -6000.00
"""
GIVEN_BACK = """
2026-02-20 建设公司还来
  102 account:A-1        6000.00
  112 counterparty:C-1  -6000.00
"""


def kept(*texts: str, until: int) -> World:
    """Keep a book of these vouchers and close its months until this one of the year."""
    world = village.build()
    deals.party("C-1")
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=AT)
    for text in texts:
        drafts = read_ledger(text)
        posting.post_many(book_org_ext_id="O-WILLOW", drafts=drafts, at=AT, by=SYSTEM)
    for month in range(1, until + 1):
        closing.close_month(
            org_ext_id="O-WILLOW", period=f"2026-{month:02d}",
            by=world.actor("agency_accountant"), at=AT,
        )  # fmt: skip
    return world


def asked_to_open(world: World) -> str:
    """Ask for October to be opened again; return the wish."""
    return reopening.ask_reopen(
        org_ext_id="O-WILLOW", period="2026-10", reason="租金记错了月份",
        by=world.actor("agency_accountant"), at=AT,
    )  # fmt: skip


def test_an_open_month_a_reopened_one_and_an_old_debt_are_found() -> None:
    world = kept(LENT, until=10)
    assert nights.found(AT, "ledger-late-entry") == set()
    wish = asked_to_open(world)
    reopening.grant_reopen(ext_id=wish, by=world.actor("town_agri_head"), at=AT)

    lent = deals.record_rows("voucher")[0]["voucher_id"]
    assert nights.found(AT, *FIRES) == {
        ("ledger-late-entry", "O-WILLOW"), ("ledger-voucher-tamper", wish),
    }  # fmt: skip
    late = AT + timedelta(days=100)
    assert nights.found(late, "ledger-suspense-aging") == {("ledger-suspense-aging", lent)}


def test_closed_months_a_wish_refused_and_a_debt_repaid_are_not() -> None:
    world = kept(LENT, GIVEN_BACK, until=10)
    reopening.refuse_reopen(
        ext_id=asked_to_open(world), reason="下个月冲销即可", by=world.actor("town_agri_head"),
        at=AT,
    )  # fmt: skip

    assert nights.found(AT, *FIRES) == set()
    assert nights.found(AT + timedelta(days=100), "ledger-suspense-aging") == set()


def test_a_house_that_the_books_do_not_know_is_found() -> None:
    world, code = kept(LENT, until=1), "asset-ledger-mismatch"
    assert nights.found(AT, code) == set()

    assets.register_asset(fields=HOUSE, by=world.actor("village_clerk"), at=AT)

    assert nights.found(AT, code) == {(code, "O-WILLOW")}
