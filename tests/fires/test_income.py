"""Money beside the forms: cash that is not banked, a torn book, money out without a request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fires import nights
from sanzi.bank.port import Entry
from sanzi.payments.actions import claims, receipt_books, statements
from sanzi.payments.actions.claims import Part
from sanzi.payments.actions.receipt_books import CashFields
from sanzi.payments.models import BankTransaction, ReceiptBook
from worlds import money
from worlds.money import AT, Money

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = ("efficiency-off-system", "fund-income-late-banking", "fund-receipt-book")
DAY = timedelta(days=1)


@pytest.fixture
def village() -> Money:
    """A village with an account and a book."""
    return money.build(payees=1)


def cash(village: Money, book: str, serial: int, fen: int = 60_000) -> str:
    """Write a receipt for cash; return its id."""
    said = CashFields(
        serial=serial, payer_name="青石市场", kind="rent", purpose="摊位费", amount_fen=fen,
        received_date=AT.date(),
    )  # fmt: skip
    by = village.actor("cashier_reporter")
    return receipt_books.write_receipt(book=book, fields=said, by=by, at=AT)


def told(village: Money, seq: int, fen: int, *, is_credit: bool) -> str:
    """Let the bank tell a line of the account; return its id."""
    one = Entry(
        seq=seq, booked_at=AT + timedelta(hours=3), amount_fen=fen, is_credit=is_credit,
        bank_ref=f"BK{seq}", memo="现金存入" if is_credit else "转账",
    )  # fmt: skip
    statements.import_notices(account_id=village.account.pk, entries=[one], at=AT)
    return BankTransaction.objects.get(bank_ref=f"BK{seq}").ext_id


def test_cash_that_stays_in_the_drawer_is_found_and_what_was_banked_is_not(village: Money) -> None:
    accountant = village.actor("agency_accountant")
    book = receipt_books.issue_book(
        organisation="O-WILLOW", number="农收0001", first_serial=231, last_serial=235,
        by=accountant, at=AT,
    )  # fmt: skip
    banked, kept = cash(village, book, 231), cash(village, book, 232, 40_000)
    line = told(village, 1, 60_000, is_credit=True)
    claims.claim(
        bank_line=line, parts=[Part(60_000, cash_receipt=banked)], by=accountant, at=AT
    )  # fmt: skip

    code = "fund-income-late-banking"
    assert [nights.found(AT + days * DAY, code) for days in (1, 2)] == [set(), {(code, kept)}]


def test_a_book_with_a_number_that_nobody_accounts_for_is_found(village: Money) -> None:
    whole, torn = (
        receipt_books.issue_book(
            organisation="O-WILLOW", number=number, first_serial=first, last_serial=first + 4,
            by=village.actor("agency_accountant"), at=AT,
        )
        for number, first in (("农收0001", 231), ("农收0002", 301))
    )  # fmt: skip
    cash(village, whole, 231)
    cash(village, whole, 232)
    cash(village, torn, 301)
    cash(village, torn, 303)

    code = "fund-receipt-book"
    assert nights.found(AT + DAY, code) == {(code, torn)}
    assert nights.found(AT + 366 * DAY, code) == {(code, torn), (code, whole)}
    assert ReceiptBook.objects.count() == 2


def test_money_that_left_without_a_request_is_found_after_a_day(village: Money) -> None:
    told(village, 1, 90_000, is_credit=True)
    out = told(village, 2, 80_000, is_credit=False)

    code = "efficiency-off-system"
    assert [nights.found(AT + days * DAY, code) for days in (1, 2)] == [set(), {(code, out)}]
