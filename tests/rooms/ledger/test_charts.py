"""What is open to a book on a day: the official chart, what was approved, and cash."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.ledger.actions import posting
from sanzi.ledger.errors import AccountNotOpen, CashOverLimit
from sanzi.ledger.models import Book, CashPolicy, ChartAddition, Voucher
from sanzi.ledger.queries import charts
from sanzi.orgs.actors import SYSTEM
from worlds import village
from worlds.books import read_ledger

DAY = dt.date(2026, 11, 12)
CASH_IN = """
2026-11-12 收摊位费
  101                200.00
  50199             -200.00
"""
TO_BANK = """
2026-11-12 现金存进银行
  102 account:A-1    200.00
  101               -200.00
"""


def allow(world: village.World, policy: str, place: str = village.COUNTY, **fields: object) -> None:
    """Approve a cash policy as the actions do."""
    given: dict[str, object] = {
        "ext_id": f"CP-{policy}-{place}",
        "division_code": place,
        "policy": policy,
        "made_by_id": 1,
        "made_at": world.at,
        "approved_by_id": 2,
        "approved_at": world.at,
        "valid_from_date": dt.date(2026, 1, 1),
    }
    CashPolicy.objects.create(**(given | fields))


def book() -> Book:
    return Book.objects.select_related("organisation").get(organisation__ext_id="O-WILLOW")


def test_no_cash_may_be_booked_until_a_place_is_allowed_to(world, post) -> None:
    with pytest.raises(AccountNotOpen, match="科目101不能用：这里不用现金，收付都走银行"):
        post(CASH_IN)

    assert Voucher.objects.count() == 0


def test_old_cash_may_always_be_taken_to_the_bank(world, post) -> None:
    (posted,) = post(TO_BANK)

    assert posted.total_fen == 20000


def test_the_nearest_place_decides_over_cash(world, post) -> None:
    allow(world, "FREE")
    assert charts.cash_of(book(), DAY).policy == "FREE"
    allow(world, "NONE", village.WILLOW)

    with pytest.raises(AccountNotOpen):
        post(CASH_IN)


def test_a_policy_counts_from_its_first_day_to_its_last(world) -> None:
    allow(world, "FREE", valid_from_date=DAY, valid_until_date=DAY + dt.timedelta(days=1))

    around = [
        charts.cash_of(book(), DAY + dt.timedelta(days=days)).policy for days in (-1, 0, 1, 2)
    ]

    assert around == ["NONE", "FREE", "FREE", "NONE"]


def test_cash_stays_within_the_limit(world, post) -> None:
    allow(world, "LIMITED", limit_fen=30000)
    post(CASH_IN)

    with pytest.raises(CashOverLimit, match=r"库存现金有400\.00元，超过限额300\.00元"):
        post(CASH_IN)

    assert Voucher.objects.count() == 1
    post(TO_BANK)
    post(CASH_IN)


def test_an_added_account_is_open_from_its_day_and_closes_its_parent(world, post) -> None:
    ChartAddition.objects.create(
        ext_id="CA-1",
        standard_code="rce2023",
        code="5130190",
        name="党报党刊",
        made_by_id=1,
        made_at=world.at,
        approved_by_id=2,
        approved_at=world.at,
        valid_from_date=DAY,
    )
    before, after = (charts.chart_of(book(), DAY - dt.timedelta(days=days)) for days in (1, 0))

    assert "5130190" not in before.accounts
    added = after.accounts["5130190"]
    assert (added.name, added.is_official, added.account_class) == ("党报党刊", False, "expense")
    assert after.accounts["51301"].is_leaf is False
    posting.post_many(
        book_org_ext_id="O-WILLOW",
        drafts=read_ledger("2026-11-12 订党报\n  5130190 80.00\n  102 account:A-1 -80.00"),
        at=world.at,
        by=SYSTEM,
    )


def test_asking_for_the_chart_is_one_query(world) -> None:
    found = book()
    charts.chart_of(found, DAY)

    with CaptureQueriesContext(connection) as caught:
        assert charts.chart_of(found, DAY) is charts.chart_of(found, DAY)

    assert len(caught) == 2
