"""Money beside the forms: cash that is not banked, a torn book, money out without a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fires import nights
from sanzi.bank.port import Entry, KnownAccount
from sanzi.ledger.actions import cash_policies, posting
from sanzi.ledger.actions.cash_policies import NewPolicy
from sanzi.payments.actions import account_check, claims, receipt_books, statements
from sanzi.payments.actions.claims import Part
from sanzi.payments.actions.receipt_books import CashFields
from sanzi.payments.models import AccountListing, BankTransaction, ReceiptBook
from worlds import money
from worlds.books import read_ledger
from worlds.fake_bank import FakeBank
from worlds.money import AT, BANK_CODE, DEBIT, DEBIT_NAME, Money
from worlds.village import WILLOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "efficiency-no-usage", "efficiency-off-system", "fund-extra-account",
    "fund-income-late-banking", "fund-large-unusual", "fund-receipt-book", "fund-sit-spend",
    "payment-cash",
)  # fmt: skip
DAY = timedelta(days=1)
SPENT = """
2026-11-20 买现场用的茶水
  5130102             400.00
  101                -400.00
"""
BANKED = """
2026-11-20 存行
  102 account:A-WILLOW  600.00
  101                  -600.00
"""


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


def told(village: Money, seq: int, fen: int, *, is_credit: bool, memo: str = "") -> str:
    """Let the bank tell a line of the account; return its id."""
    one = Entry(
        seq=seq, booked_at=AT + timedelta(hours=3, minutes=seq), amount_fen=fen,
        is_credit=is_credit, bank_ref=f"BK{seq}",
        memo=memo or ("现金存入" if is_credit else "转账"),
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


def test_money_drawn_in_cash_and_money_that_comes_back_are_found(village: Money) -> None:
    drawn = told(village, 1, 50_000, is_credit=False, memo="现金支取")
    told(village, 2, 50_000, is_credit=False, memo="领取现场布置费")
    told(village, 3, 70_000, is_credit=True, memo="取现退回")
    assert nights.found(AT + DAY, "payment-cash") == {("payment-cash", drawn)}

    told(village, 4, 9_000_000, is_credit=False)
    told(village, 5, 8_990_000, is_credit=True)
    assert nights.found(AT + DAY, "fund-large-unusual") == set()
    back = told(village, 6, 9_000_000, is_credit=True)
    assert nights.found(AT + DAY, "fund-large-unusual") == {("fund-large-unusual", back)}


def open_cash(village: Money) -> None:
    """Let the county allow the village cash from the next day on."""
    asked = NewPolicy(WILLOW, "FREE", "集市那几天收摊位费", AT.date() + DAY)
    wish = cash_policies.propose_policy(policy=asked, by=village.actor("county_agri"), at=AT)
    cash_policies.approve_policy(ext_id=wish, by=village.actor("county_finance"), at=AT)


def test_cash_that_is_spent_before_it_is_banked_is_found(village: Money) -> None:
    book = receipt_books.issue_book(
        organisation="O-WILLOW", number="农收0001", first_serial=231, last_serial=235,
        by=village.actor("agency_accountant"), at=AT,
    )  # fmt: skip
    open_cash(village)
    cash(village, book, 231)
    kept = cash(village, book, 232, 40_000)
    banked, spent = (
        posting.post_many(
            book_org_ext_id="O-WILLOW", drafts=read_ledger(text), at=AT,
            by=village.actor("agency_accountant"),
        )
        for text in (BANKED, SPENT)
    )  # fmt: skip
    assert len(banked) == len(spent) == 1

    assert nights.found(AT + 3 * DAY, "fund-sit-spend") == {("fund-sit-spend", kept)}


def test_an_account_that_the_bank_has_and_the_register_has_not_is_found(
    village: Money, bank: FakeBank
) -> None:
    own = KnownAccount(DEBIT, DEBIT_NAME, BANK_CODE)
    bank.known = (own,)
    account_check.compare(at=AT)
    code = "fund-extra-account"
    assert nights.found(AT, code) == set()

    bank.known = (own, replace(own, account="201000099990777"))
    account_check.compare(at=AT + DAY)

    other = AccountListing.objects.get(tail="0777").ext_id
    assert nights.found(AT + DAY, code) == {(code, other)}


def test_a_busy_account_in_a_village_that_never_uses_the_platform_is_found(village: Money) -> None:
    lines = [
        Entry(
            seq=seq, booked_at=AT - 30 * DAY * (seq % 2), amount_fen=10_000 + seq, is_credit=True,
            bank_ref=f"BK{seq}", memo="摊位费",
        )
        for seq in range(1, 11)
    ]  # fmt: skip
    code = "efficiency-no-usage"
    statements.import_notices(account_id=village.account.pk, entries=lines[:9], at=AT)
    assert nights.found(AT + 20 * DAY, code) == set()

    statements.import_notices(account_id=village.account.pk, entries=lines[9:], at=AT)
    assert nights.found(AT + 20 * DAY, code) == {(code, WILLOW)}
