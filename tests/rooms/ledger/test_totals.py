"""Sums of many books in one pass: months, closing apart, opposite sides, cuts, auxiliaries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.ledger.models import Book, OpeningBalance
from sanzi.ledger.queries import totals

MONTHS = """
2026-10-08 10月保洁费 | payment:P1
  51401 person:V1    300.00
  51401 person:V2    200.00
  102 account:A-1   -500.00
2026-11-02 11月租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-11-05 转存 | transfer:T1
  102 account:A-2    100.00
  102 account:A-1   -100.00
"""
COMMITTEE = """
2026-11-05 11月补助 | receipt:R2
  102 account:A-3    50.00
  50301             -50.00
"""


@pytest.fixture
def both(post) -> list[Book]:
    post(MONTHS)
    post(COMMITTEE, "O-WILLOW-VC")
    return list(Book.objects.order_by("organisation__ext_id"))


def shown(rows: list[totals.Movement]) -> list[str]:
    names = dict(Book.objects.values_list("id", "organisation__ext_id"))
    return sorted(
        f"{names[row.book_id]} {row.account_code} {row.aux_kind}{row.aux_id} {row.period} "
        f"{row.is_closing} {row.debit_fen} {row.credit_fen}"
        for row in rows
    )


def test_months_of_several_books_come_in_one_query(both) -> None:
    with CaptureQueriesContext(connection) as caught:
        found = totals.movements(both, "2026-11", "2026-11")

    assert shown(found) == [
        "O-WILLOW 102  2026-11 False 910000 10000",
        "O-WILLOW 50103  2026-11 False 0 900000",
        "O-WILLOW-VC 102  2026-11 False 5000 0",
        "O-WILLOW-VC 50301  2026-11 False 0 5000",
    ]
    assert len(caught) == 2  # one counts the books


def test_only_the_books_asked_for_are_summed(both) -> None:
    one = [book for book in both if book.organisation.ext_id == "O-WILLOW-VC"]

    assert shown(totals.movements(one)) == [
        "O-WILLOW-VC 102  2026-11 False 5000 0",
        "O-WILLOW-VC 50301  2026-11 False 0 5000",
    ]
    assert totals.movements([]) == []


def test_auxiliaries_stand_apart_when_asked_for(both) -> None:
    found = totals.movements(both, "2026-10", "2026-10", with_aux=True, accounts=["514"])

    assert shown(found) == [
        "O-WILLOW 51401 personV1 2026-10 False 30000 0",
        "O-WILLOW 51401 personV2 2026-10 False 20000 0",
    ]


def test_the_other_side_of_cash_leaves_transfers_among_accounts_out(both) -> None:
    found = totals.movements(both[:1], beside=["101", "102"])

    assert shown(found) == [
        "O-WILLOW 50103  2026-11 False 0 900000",
        "O-WILLOW 51401  2026-10 False 50000 0",
    ]


def test_months_between_cuts_are_summed(both) -> None:
    found = totals.movements(both[:1], accounts=["102"], cuts=["2026-01", "2026-12"])

    assert shown(found) == ["O-WILLOW 102  2026-01 False 910000 60000"]


def test_a_cut_that_is_no_month_is_refused(both) -> None:
    with pytest.raises(ValueError, match="2026"):
        totals.movements(both, cuts=["2026' OR"])


def test_openings_of_several_books_are_summed_over_auxiliaries(world) -> None:
    both = list(Book.objects.order_by("organisation__ext_id"))
    for code, aux, fen in (("102", "A-1", 100), ("102", "A-2", 20), ("32202", "", -120)):
        OpeningBalance.objects.create(
            book=both[0], account_code=code, aux_kind="", aux_id=aux, balance_fen=fen
        )

    assert sorted(totals.openings(both)) == [
        (both[0].pk, "102", "", "", 120),
        (both[0].pk, "32202", "", "", -120),
    ]
    assert len(totals.openings(both, with_aux=True)) == 3
