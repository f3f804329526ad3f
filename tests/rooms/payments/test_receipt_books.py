"""Books of paper receipts: each number accounted for, cash at the bank in time, written off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import Entry
from sanzi.ledger.models import Voucher
from sanzi.orgs.errors import NotFound
from sanzi.payments import errors
from sanzi.payments.actions import claims, receipt_books, statements, voids
from sanzi.payments.actions.claims import Part
from sanzi.payments.actions.receipt_books import CashFields
from sanzi.payments.models import BankTransaction, Receipt, ReceiptBook, SpoiltReceipt
from sanzi.payments.queries import bills, unclaimed
from sanzi.payments.queries import receipt_books as queries
from sanzi.payments.queries.unclaimed import CreditFilter
from worlds.money import AT, Money
from worlds.village import STONE, WILLOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
"""A Wednesday."""
FEES = CashFields(
    serial=231,
    payer_name="青石市场",
    kind="rent",
    purpose="摊位费",
    amount_fen=60_000,
    received_date=TODAY,
)


def book(money: Money, number: str = "农收0001", first: int = 231, last: int = 235) -> str:
    return receipt_books.issue_book(
        organisation="O-WILLOW",
        number=number,
        first_serial=first,
        last_serial=last,
        by=money.actor("agency_accountant"),
        at=AT,
    )


def write(money: Money, ext_id: str, at: Any = AT, **changed: Any) -> str:
    return receipt_books.write_receipt(
        book=ext_id, fields=replace(FEES, **changed), by=money.actor("cashier_reporter"), at=at
    )


def spoil(money: Money, ext_id: str, serial: int, reason: str = "写坏了一张") -> None:
    receipt_books.spoil(
        book=ext_id,
        serial=serial,
        reason=reason,
        has_all_copies=True,
        by=money.actor("cashier_reporter"),
        at=AT,
    )


def bank_cash(money: Money, amount_fen: int) -> BankTransaction:
    entry = Entry(
        seq=1,
        booked_at=AT + timedelta(hours=3),
        amount_fen=amount_fen,
        is_credit=True,
        bank_ref="BK1",
        memo="现金存入",
    )
    statements.import_notices(account_id=money.account.pk, entries=[entry], at=AT)
    return BankTransaction.objects.get()


def write_off(money: Money, ext_id: str, *, hand_in_blank: bool = False) -> None:
    receipt_books.write_off(
        book=ext_id, hand_in_blank=hand_in_blank, by=money.actor("agency_reviewer"), at=AT
    )


def test_a_book_goes_out_is_used_and_comes_back(money: Money) -> None:
    ext_id = book(money)
    names = [write(money, ext_id, serial=serial) for serial in (231, 232)]
    spoil(money, ext_id, 233)
    row = queries.rows_of([queries.access_book(by=money.actor("town_agri_head"), ext_id=ext_id)])[0]
    assert (row.used_count, row.spoilt_count, row.blank_count, row.unbanked_fen) == (
        2, 1, 2, 120_000,
    )  # fmt: skip
    assert Voucher.objects.count() == 0
    line = bank_cash(money, 120_000)
    queue = unclaimed.waiting(by=money.actor("agency_accountant"), only=CreditFilter())
    for village, count in ((WILLOW, 1), (STONE, 0)):
        only = CreditFilter(division_code=village)
        assert unclaimed.waiting(by=money.actor("agency_accountant"), only=only).count() == count
    said = unclaimed.with_suggestions(list(queue))[0].suggestions[0]
    assert said.words == "2张现金收据一起存进来了"

    claims.claim(
        bank_line=line.ext_id,
        parts=[Part(60_000, cash_receipt=one) for one in said.target_ext_id.split(",")],
        by=money.actor("agency_accountant"),
        at=AT,
    )
    write_off(money, ext_id, hand_in_blank=True)

    assert Voucher.objects.count() == 2
    assert set(Receipt.objects.values_list("banked_at", flat=True)) == {line.booked_at}
    assert sorted(names) == sorted(said.target_ext_id.split(","))
    states = [one.state for one in queries.numbers_of(ReceiptBook.objects.get())]
    assert states == ["已存进银行", "已存进银行", "号码作废", "号码作废", "号码作废"]
    assert ReceiptBook.objects.get().written_off_at == AT
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"payments.receipt.banked", "payments.receipt_book.written_off"} <= kinds


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [(" ", 1, 25), ("农" * 21, 1, 25), ("农收0002", 0, 25), ("农收0002", 9, 8),
     ("农收0002", 1, 1001), ("农收0001", 1, 25)],
)  # fmt: skip
def test_a_book_with_a_wrong_cover_is_not_issued(
    money: Money, number: str, first: int, last: int
) -> None:
    book(money)

    with pytest.raises(errors.ReceiptBookWrong):
        book(money, number, first, last)

    assert ReceiptBook.objects.count() == 1


def test_only_the_agency_issues_and_only_the_reviewer_writes_off(money: Money) -> None:
    ext_id = book(money)
    for role in ("cashier_reporter", "agency_reviewer", "town_agri_head"):
        with pytest.raises(NotFound):
            receipt_books.issue_book(
                organisation="O-WILLOW",
                number="农收0009",
                first_serial=1,
                last_serial=9,
                by=money.actor(role),
                at=AT,
            )
    for role in ("cashier_reporter", "agency_accountant", "stone_cashier"):
        with pytest.raises(NotFound):
            receipt_books.write_off(book=ext_id, hand_in_blank=True, by=money.actor(role), at=AT)

    assert ReceiptBook.objects.filter(written_off_at__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"serial": 230}, errors.ReceiptNumberTaken),
        ({"serial": 236}, errors.ReceiptNumberTaken),
        ({"serial": 231}, errors.ReceiptNumberTaken),
        ({"serial": 233}, errors.ReceiptNumberTaken),
        ({"kind": "gift"}, errors.BillWrong),
        ({"payer_name": ""}, errors.BillWrong),
        ({"purpose": ""}, errors.BillWrong),
        ({"amount_fen": 0}, errors.BillWrong),
        ({"subject_code": "51404"}, errors.BillWrong),
        ({"received_date": TODAY + timedelta(days=1)}, errors.BillWrong),
        ({"received_date": TODAY - timedelta(days=1)}, errors.BillWrong),
    ],
)
def test_a_paper_receipt_that_does_not_hold_is_not_entered(
    money: Money, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    ext_id = book(money)
    write(money, ext_id)
    spoil(money, ext_id, 233)
    events = Event.objects.count()

    with pytest.raises(refusal):
        write(money, ext_id, **{"serial": 234, **changed})

    assert (Receipt.objects.count(), Event.objects.count()) == (1, events)


def test_a_number_is_spoilt_once_and_with_a_reason(money: Money) -> None:
    ext_id = book(money)
    with pytest.raises(errors.ReasonNeeded):
        spoil(money, ext_id, 231, "坏")
    spoil(money, ext_id, 231)
    with pytest.raises(errors.ReceiptNumberTaken):
        spoil(money, ext_id, 231)

    assert SpoiltReceipt.objects.count() == 1


def test_a_book_with_cash_or_open_numbers_is_not_written_off(money: Money) -> None:
    ext_id = book(money)
    receipt = write(money, ext_id)
    with pytest.raises(errors.ReceiptBookOpen, match="现金没有存进银行"):
        write_off(money, ext_id, hand_in_blank=True)
    voids.void_receipt(
        ext_id=receipt,
        by=money.actor("agency_accountant"),
        at=AT,
        reason="交款人没有给钱",
        has_all_copies=True,
    )
    with pytest.raises(errors.ReceiptBookOpen, match="还有4个号没用（232至235）"):
        write_off(money, ext_id)
    assert SpoiltReceipt.objects.count() == 0

    write_off(money, ext_id, hand_in_blank=True)

    for again in (
        lambda: write_off(money, ext_id),
        lambda: write(money, ext_id, serial=232),
        lambda: spoil(money, ext_id, 232),
    ):
        with pytest.raises(errors.ReceiptBookClosed):
            again()
    assert Receipt.objects.get().has_all_copies is True


def test_cash_that_is_not_at_the_bank_in_time_is_seen(money: Money) -> None:
    write(money, book(money))
    by = money.actor("village_secretary")
    thursday, friday = AT + timedelta(days=1), AT + timedelta(days=2)

    assert bills.unbanked(by=by) == (1, 60_000)
    assert bills.late_cash(by=by, at=thursday) == []
    late = bills.late_cash(by=by, at=friday)

    assert [(one.receipt.number, one.work_days, one.days_allowed) for one in late] == [
        ("农收0001-231", 2, 1)
    ]
    assert bills.late_cash(by=money.actor("stone_cashier"), at=friday) == []


def test_cash_already_banked_or_of_another_sum_is_not_claimed(money: Money) -> None:
    receipt = write(money, book(money))
    line = bank_cash(money, 70_000)

    with pytest.raises(errors.ClaimUneven):
        claims.claim(
            bank_line=line.ext_id,
            parts=[Part(70_000, cash_receipt=receipt)],
            by=money.actor("agency_accountant"),
            at=AT,
        )

    assert Receipt.objects.get().banked_at is None
    assert Voucher.objects.count() == 0


def test_numbers_are_written_as_people_write_them() -> None:
    assert queries.ranges([231, 232, 233, 240, 242, 243]) == "231至233、240、242至243"
    assert queries.ranges([]) == ""
