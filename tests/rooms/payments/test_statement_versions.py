"""A statement that the bank corrects: a new version that names the old, and what it undoes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from sanzi.audit.models import Event
from sanzi.bank.errors import ProtocolError
from sanzi.bank.port import Entry, Statement
from sanzi.kernel import clock
from sanzi.payments.actions import dispatch, matching, statements
from sanzi.payments.models import (
    BankStatement,
    BankTransaction,
    DayBalance,
    MatchedBankLine,
    Payment,
    StatementProblem,
)
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money, released_order

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 11, 17), date(2026, 11, 18)
NEXT_DAY = datetime(2026, 11, 19, 10, tzinfo=clock.SHANGHAI)


def entry(number: int, amount_fen: int = 500, **changed) -> Entry:
    said = {"seq": number, "booked_at": AT, "amount_fen": amount_fen, "is_credit": True,
            "bank_ref": f"BK{number}", **changed}  # fmt: skip
    return Entry(**said)


def told(day: date, number: int, opening: int, *entries: Entry) -> Statement:
    closing = opening + sum(one.signed_fen for one in entries)
    return Statement("201", day, number, opening, closing, entries)


def take(money: Money, statement: Statement) -> None:
    statements.import_statement(account_id=money.account.pk, statement=statement, at=AT)


def test_a_corrected_statement_is_a_new_version_that_names_the_old(money: Money) -> None:
    take(money, told(SECOND, 281, 0, entry(1), entry(2)))
    take(money, told(SECOND, 281, 0, entry(1), entry(3, 700)))

    first, second = BankStatement.objects.order_by("version")
    assert (second.version, second.replaces, second.closing_fen) == (2, first, 1_200)
    assert (second.withdrawn_count, second.added_count) == (1, 1)
    assert list(BankTransaction.objects.values_list("bank_ref", flat=True)) == ["BK1", "BK3"]
    gone = BankTransaction.every.get(withdrawn_by=second)
    assert (gone.bank_ref, gone.amount_fen) == ("BK2", 500)
    assert DayBalance.objects.get(balance_date=SECOND).balance_fen == 1_200
    assert Event.objects.filter(kind="payments.statement.corrected").count() == 1


def test_a_line_whose_amount_changed_is_withdrawn_and_comes_again(money: Money) -> None:
    take(money, told(SECOND, 281, 0, entry(1)))
    take(money, told(SECOND, 281, 0, entry(1, 900)))

    assert BankTransaction.objects.get().amount_fen == 900
    assert BankTransaction.every.count() == 2


def test_the_same_statement_again_makes_no_version(money: Money) -> None:
    statement = told(SECOND, 281, 0, entry(1))
    take(money, statement)
    take(money, replace(statement, raw=b"again"))

    assert BankStatement.objects.count() == 1


def test_a_withdrawn_debit_leaves_its_match_and_its_payment_is_told_to_the_log(
    money: Money, bank: FakeBank
) -> None:
    released_order(money)
    dispatch.work(AT)
    debits = [
        entry(
            number,
            line.amount_fen,
            is_credit=False,
            e2e_id=line.e2e_id,
        )
        for number, line in enumerate(
            [one.attempts.get() for one in Payment.objects.order_by("line_no")], start=1
        )
    ]
    take(money, told(SECOND, 281, 0, *debits))
    matching.match_account(account="A-WILLOW", by=statements.SYSTEM, at=AT)
    assert MatchedBankLine.objects.filter(is_live=True).count() == 4

    take(money, told(SECOND, 281, 0, *debits[1:]))

    assert MatchedBankLine.objects.filter(is_live=True).count() == 0, "one voucher held all four"
    said = Event.objects.get(kind="payments.line.contradicted")
    assert said.subject_id == Payment.objects.get(line_no=1).ext_id
    assert set(Payment.objects.values_list("status", flat=True)) == {"SETTLED"}


def test_a_balance_that_does_not_join_makes_the_worker_ask_for_the_day_before_again(
    money: Money, bank: FakeBank
) -> None:
    take(money, told(FIRST, 280, 0, entry(1, booked_at=AT.replace(day=17))))
    corrected = told(FIRST, 280, 0, entry(1, 800, booked_at=AT.replace(day=17)))
    bank.statements = {FIRST: corrected, SECOND: told(SECOND, 281, 800)}

    assert statements.work(NEXT_DAY) == 1

    versions = BankStatement.objects.order_by("day", "version").values_list("day", "version")
    assert list(versions) == [(FIRST, 1), (FIRST, 2), (SECOND, 1)]
    assert not StatementProblem.objects.exists()


def test_what_is_not_taken_is_kept_as_a_problem_until_the_day_comes_right(
    money: Money, bank: FakeBank
) -> None:
    take(money, told(FIRST, 280, 0, entry(1, booked_at=AT.replace(day=17))))
    bank.statements = {SECOND: told(SECOND, 283, 500)}

    assert statements.work(NEXT_DAY) == 0
    problem = StatementProblem.objects.get()
    assert (problem.kind, problem.why, problem.day) == ("NUMBER", "编号从280跳到283", SECOND)

    bank.statements = {SECOND: told(SECOND, 281, 500)}
    assert statements.work(NEXT_DAY) == 1
    assert not StatementProblem.objects.exists()


def test_another_currency_is_refused_whole_and_said_so(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def foreign(_account: str, _day: date) -> Statement:
        raise ProtocolError(why="entry 7 is not one booked transaction in CNY")

    monkeypatch.setattr(bank, "statement", foreign)
    take(money, told(FIRST, 280, 0))

    assert statements.work(NEXT_DAY) == 0

    assert StatementProblem.objects.get().kind == "CURRENCY"
    assert BankTransaction.objects.count() == 0
