"""What of a month's money hinders its close: answers, bookings, bank lines, statements."""

from __future__ import annotations

import datetime as dt

import pytest

from sanzi.bank.port import Entry, Statement
from sanzi.ledger.actions import books, posting
from sanzi.ledger.models import Book
from sanzi.ledger.queries import hindrances
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import reconciliations, statements
from sanzi.payments.models import BankTransaction, DayBalance, Payment
from sanzi.payments.queries import month_ends as month_queries
from worlds import money as worlds_money
from worlds.books import read_ledger
from worlds.money import AT, CASE, OPENING_FEN, Money, released_order

pytestmark = pytest.mark.django_db
OVER = AT + dt.timedelta(days=14)


@pytest.fixture
def book(money: Money) -> Book:
    """The book of the village, beside the committee's, which is always ready."""
    books.ensure_book(org_ext_id="O-WILLOW-VC", first_period="2026-11", by=SYSTEM, at=AT)
    return Book.objects.get(organisation=money.organisation)


def found(guard, period: str = "2026-11") -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    rows = Book.objects.select_related("organisation")
    told = guard(list(rows), period)
    return {
        book.organisation.ext_id: [(one.words, one.ids) for one in told[book.pk]]
        for book in rows
        if book.pk in told
    }


def entry(money: Money, amount_fen: int, *, is_credit: bool = True, seq: int = 1) -> str:
    statements.import_notices(
        account_id=money.account.pk,
        entries=[
            Entry(
                seq=seq,
                booked_at=AT,
                amount_fen=amount_fen,
                is_credit=is_credit,
                bank_ref=f"BK{seq}",
                party_name="青石机械厂",
                memo="手续费",
            )
        ],
        at=AT,
    )
    return BankTransaction.objects.get(bank_ref=f"BK{seq}").ext_id


def test_a_payment_that_the_bank_has_not_answered_hinders(money: Money, book: Book, bank) -> None:
    released_order(money)
    Payment.objects.filter(order__case_number=CASE).update(status="UNKNOWN")

    assert found(month_queries.open_payments) == {"O-WILLOW": [("付款还没有最后结果：4", (CASE,))]}
    assert found(month_queries.open_payments, "2026-10") == {}
    assert found(month_queries.open_payments, "2026-12").keys() == {"O-WILLOW"}


def test_a_settled_payment_that_is_not_booked_hinders(money: Money, book: Book, bank) -> None:
    released_order(money)
    for one in Payment.objects.filter(order__case_number=CASE):
        one.attempts.update(status="SETTLED")
    Payment.objects.filter(order__case_number=CASE).update(status="SETTLED", paid_at=AT)

    assert found(month_queries.unbooked_payments) == {
        "O-WILLOW": [("付款已到账还没记账：4", (CASE,))]
    }
    Payment.objects.filter(order__case_number=CASE).update(voucher_ext_id="V1")
    assert found(month_queries.unbooked_payments) == {}


def test_an_account_that_moved_hinders_until_its_month_is_signed(money: Money, book: Book) -> None:
    entry(money, 1_000_000)
    DayBalance.objects.create(
        account=money.account, balance_date=dt.date(2026, 11, 30), balance_fen=1_000_000
    )
    assert found(month_queries.unreconciled) == {
        "O-WILLOW": [("银行账户还没对账：1", ("A-WILLOW",))]
    }

    made = reconciliations.prepare(
        account="A-WILLOW", period="2026-11", by=money.actor("agency_accountant", OVER), at=OVER
    )
    assert found(month_queries.unreconciled) == {
        "O-WILLOW": [("余额调节表还没签字：1", ("A-WILLOW",))]
    }
    reconciliations.sign(
        reconciliation=made.ext_id,
        digest=made.digest,
        by=money.actor("agency_reviewer", OVER),
        at=OVER,
    )
    assert found(month_queries.unreconciled) == {}
    assert found(month_queries.unreconciled, "2026-10") == {}

    fee = """
    2026-11-18 手续费
      5130199               5.00
      102 account:A-WILLOW -5.00
    """
    posting.post_many(book_org_ext_id="O-WILLOW", drafts=read_ledger(fee), at=AT, by=SYSTEM)
    assert found(month_queries.unreconciled) == {
        "O-WILLOW": [("签字以后账又动了，要重新对账：1", ("A-WILLOW",))]
    }


def test_an_account_of_which_the_bank_told_nothing_is_in_nobodys_way(
    money: Money, book: Book
) -> None:
    assert found(month_queries.unreconciled) == {}


def test_a_day_on_which_money_moved_needs_its_statement(money: Money, book: Book) -> None:
    entry(money, 1_000)
    assert found(month_queries.missing_statements) == {}, "the bank sends none of this account yet"

    day_before = Statement(
        account=worlds_money.DEBIT,
        day=dt.date(2026, 11, 17),
        number=281,
        opening_fen=OPENING_FEN,
        closing_fen=OPENING_FEN,
        entries=(),
    )
    statements.import_statement(account_id=money.account.pk, statement=day_before, at=AT)

    assert found(month_queries.missing_statements) == {
        "O-WILLOW": [("银行对账单还没到：1", ("A-WILLOW 2026-11-18",))]
    }


def test_the_close_hears_the_guards_of_payments(money: Money, book: Book) -> None:
    entry(money, 1_000)

    kinds = {one.link_kind for one in hindrances.hindrances(book, "2026-11")}

    assert "reconciliation" in kinds


def test_the_guard_asks_the_same_few_questions_for_one_book_or_many(
    money: Money, book: Book, django_assert_max_num_queries
) -> None:
    entry(money, 1_000)
    rows = list(Book.objects.select_related("organisation"))
    assert len(rows) > 1

    for asked in (rows[:1], rows):
        with django_assert_max_num_queries(6):
            month_queries.unreconciled(asked, "2026-11")
