"""History comes in under its own numbers, once, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from sanzi.audit.models import Event
from sanzi.ledger import queries
from sanzi.ledger.actions import loading
from sanzi.ledger.errors import BadLedgerRow, BookDiffers
from sanzi.ledger.models import Book, OpeningBalance, Period, Voucher, VoucherLine
from sanzi.orgs.actors import SYSTEM
from worlds import village

AT = village.AT
CLOSED_AT = dt.datetime(2026, 10, 9, 8, tzinfo=dt.UTC)


def periods() -> list[dict[str, Any]]:
    book = {"book_id": "B-W", "org_id": "O-WILLOW", "regime": "collective"}
    return [
        book | {"period": "2026-09", "closed_at": CLOSED_AT},
        book | {"period": "2026-10", "closed_at": None},
    ]


def openings() -> list[dict[str, Any]]:
    book = {"book_id": "B-W", "org_id": "O-WILLOW", "balance_date": dt.date(2026, 8, 31)}
    return [
        book
        | {"opening_balance_id": "I1", "subject_code": "102", "account_id": "A-1"}
        | {"debit_fen": 500000, "credit_fen": 0},
        book
        | {"opening_balance_id": "I2", "subject_code": "32202"}
        | {"debit_fen": 0, "credit_fen": 500000},
    ]


def vouchers() -> list[dict[str, Any]]:
    days = (dt.date(2026, 9, 3), dt.date(2026, 9, 20), dt.date(2026, 10, 8))
    return [
        {
            "voucher_id": f"J{place}",
            "book_id": "B-W",
            "org_id": "O-WILLOW",
            "period": day.isoformat()[:7],
            "kind": "general",
            "voucher_no": number,
            "voucher_date": day,
            "posted_at": AT,
            "summary": "保洁费",
            "reversed_voucher_id": "J2" if place == 3 else None,
            "source_kind": "manual" if place == 3 else "payment",
            "source_id": None if place == 3 else f"P{place}",
            "entry_origin": "auto",
        }
        for place, (day, number) in enumerate(zip(days, (1, 2, 1), strict=True), 1)
    ]


def lines() -> list[dict[str, Any]]:
    return [
        {
            "voucher_id": f"J{place}",
            "line_no": line_no,
            "subject_code": code,
            "account_id": "A-1" if code == "102" else None,
            "debit_fen": debit,
            "credit_fen": credit,
        }
        for place in (1, 2, 3)
        for line_no, code, debit, credit in (
            (1, "51401", 1000 * place, 0),
            (2, "102", 0, 1000 * place),
        )
    ]


def load(**changed: list[dict[str, Any]]) -> list[loading.Loaded]:
    given = {
        "periods": periods(),
        "openings": openings(),
        "vouchers": vouchers(),
        "lines": lines(),
    } | changed
    terms = {"by": SYSTEM, "at": AT}
    with transaction.atomic():
        return [
            loading.open_books(given["periods"], **terms),
            loading.load_openings(given["openings"], **terms),
            loading.load_vouchers(given["vouchers"], given["lines"], **terms),
            loading.close_periods(given["periods"], **terms),
        ]


@pytest.fixture
def places(db: None) -> village.World:
    return village.build()


def test_a_history_comes_in_whole(places) -> None:
    counts = load()

    assert [count.added for count in counts] == [1, 2, 3, 1]
    assert queries.verify_book("O-WILLOW") == []
    sheet = queries.trial_balance(by=SYSTEM, org_ext_id="O-WILLOW", period="2026-10")
    assert {row.account.code: row.closing_fen for row in sheet.rows} == {
        "102": 494000,
        "322": -500000,
        "32202": -500000,
        "514": 6000,
        "51401": 6000,
    }
    assert Voucher.objects.get(ext_id="J3").reversal_of == Voucher.objects.get(ext_id="J2")
    closed = Period.objects.filter(closed_at=CLOSED_AT).values_list("period", flat=True)
    assert list(closed) == ["2026-09"]


def test_the_same_history_again_changes_nothing(places) -> None:
    load()
    before = [list(model.objects.values()) for model in (Book, Period, Voucher, VoucherLine)]
    events = Event.objects.count()

    counts = load()

    assert [(count.added, count.unchanged) for count in counts] == [(0, 1), (0, 2), (0, 3), (0, 2)]
    after = [list(model.objects.values()) for model in (Book, Period, Voucher, VoucherLine)]
    assert after == before
    assert Event.objects.count() == events


def changed(rows: list[dict[str, Any]], place: int, **cells: object) -> list[dict[str, Any]]:
    rows[place] = rows[place] | cells
    return rows


WRONG = {
    "voucher_no": {"vouchers": changed(vouchers(), 1, voucher_no=3)},
    "voucher_date": {"vouchers": changed(vouchers(), 1, voucher_date=dt.date(2026, 10, 1))},
    "book_id": {"vouchers": changed(vouchers(), 0, book_id="B-X")},
    "kind": {"vouchers": changed(vouchers(), 0, kind="memo")},
    "voucher_id": {"lines": [*lines(), lines()[0] | {"voucher_id": "J9"}]},
    "line_no": {"lines": changed(lines(), 1, line_no=3)},
    "ledger_line": {"lines": changed(lines(), 1, credit_fen=999)},
    "regime": {"periods": changed(periods(), 0, regime="kingdom")},
    "debit_fen": {"openings": changed(openings(), 0, debit_fen=500001)},
    "subject_code": {"openings": changed(openings(), 0, subject_code="109")},
}


@pytest.mark.parametrize(("column", "given"), WRONG.items(), ids=WRONG.keys())
def test_a_row_that_does_not_fit_is_named_and_nothing_comes_in(column, given, places) -> None:
    with pytest.raises(BadLedgerRow) as caught:
        load(**given)

    assert caught.value.data["column"] == column
    assert not any(
        model.objects.exists() for model in (Book, Period, OpeningBalance, Voucher, VoucherLine)
    )
    assert not Event.objects.exists()


def test_a_voucher_that_is_there_must_be_the_same(places) -> None:
    load()

    with pytest.raises(BadLedgerRow, match="J1"):
        load(vouchers=changed(vouchers(), 0, summary="改过的摘要"))
    with pytest.raises(BadLedgerRow, match="J2"):
        load(lines=changed(changed(lines(), 2, debit_fen=7), 3, credit_fen=7))

    assert queries.verify_book("O-WILLOW") == []
    assert Voucher.objects.get(ext_id="J1").summary == "保洁费"


def test_a_closed_month_takes_no_more_history(places) -> None:
    load()
    late = vouchers()[1] | {"voucher_id": "J8", "voucher_no": 3, "source_id": "P8"}
    late_lines = [row | {"voucher_id": "J8"} for row in lines()[:2]]

    with pytest.raises(BadLedgerRow, match="还没结账的月份"):
        load(vouchers=[*vouchers(), late], lines=[*lines(), *late_lines])

    assert Voucher.objects.count() == 3


def test_a_book_does_not_begin_earlier_later_on(places) -> None:
    load()

    with pytest.raises(BookDiffers):
        load(periods=[periods()[0] | {"period": "2026-08"}, *periods()])


def test_a_book_kept_under_the_old_standard_comes_in_under_it(places) -> None:
    """In 2004 the account 541 is 管理费用; 513 of 2023 did not exist."""
    old = [row | {"standard_code": "vce2004"} for row in periods()]
    told = [
        line
        | {"subject_code": "54101" if line["subject_code"] == "51401" else line["subject_code"]}
        for line in lines()
    ]
    opened = changed(openings(), 1, subject_code="322")

    load(periods=old, openings=opened, lines=told)

    assert Book.objects.get().standard_code == "vce2004"
    assert queries.verify_book("O-WILLOW") == []


def test_a_book_under_two_standards_is_refused_and_nothing_comes_in(places) -> None:
    mixed = [
        periods()[0] | {"standard_code": "vce2004"},
        periods()[1] | {"standard_code": "rce2023"},
    ]

    with pytest.raises(BadLedgerRow, match="从头到尾用一套"):
        load(periods=mixed)

    assert not Book.objects.exists()
