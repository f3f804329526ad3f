"""Statements that do not add up or leave a gap are refused whole."""

from __future__ import annotations

from datetime import date

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import Entry, Statement
from sanzi.payments.actions import dispatch, statements
from sanzi.payments.errors import StatementRefused
from sanzi.payments.models import BankTransaction, DayBalance, InstructionLine, Payment
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money, released_order

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 11, 17), date(2026, 11, 18)


def entry(number: int, amount_fen: int = 500, **changed) -> Entry:
    said = {"seq": number, "booked_at": AT, "amount_fen": amount_fen, "is_credit": True,
            "bank_ref": f"BK{number}", **changed}  # fmt: skip
    return Entry(**said)


def told(day: date, number: int, opening: int, closing: int, *entries: Entry) -> Statement:
    return Statement("201", day, number, opening, closing, entries)


def take(money: Money, statement: Statement) -> statements.Imported:
    return statements.import_statement(account_id=money.account.pk, statement=statement, at=AT)


def test_days_join_by_balance_and_number(money: Money) -> None:
    take(money, told(FIRST, 281, 0, 500, entry(1)))
    take(money, told(SECOND, 282, 500, 1_000, entry(2)))

    balances = DayBalance.objects.order_by("balance_date").values_list("balance_fen", flat=True)
    assert list(balances) == [500, 1_000]


def test_the_same_statement_again_changes_nothing(money: Money) -> None:
    statement = told(FIRST, 281, 0, 500, entry(1))
    take(money, statement)

    assert take(money, statement) == statements.Imported(0, 0)
    assert BankTransaction.objects.count() == DayBalance.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (told(SECOND, 282, 500, 1_001, entry(2)), "不等于期末"),
        (told(SECOND, 282, 400, 900, entry(2)), "前一天余额5.00元，这一天期初4.00元"),
        (told(SECOND, 284, 500, 1_000, entry(2)), "从281跳到284"),
    ],
    ids=["sum", "opening", "number"],
)
def test_a_statement_that_does_not_fit_is_refused_whole(money, wrong: Statement, why: str) -> None:
    take(money, told(FIRST, 281, 0, 500, entry(1)))

    with pytest.raises(StatementRefused) as refused:
        take(money, wrong)

    assert why in refused.value.text
    assert BankTransaction.objects.count() == DayBalance.objects.count() == 1


def test_a_debit_of_another_amount_settles_nothing_and_is_told_to_the_log(money, bank) -> None:
    bank.on_send = lambda msg_id: bank.answer(msg_id, statements_state())
    released_order(money)
    dispatch.work(AT)
    line = InstructionLine.objects.order_by("pk").first()

    wrong = entry(9, line.amount_fen + 1, is_credit=False, e2e_id=line.e2e_id)
    take(money, told(SECOND, 282, 0, -wrong.amount_fen, wrong))

    assert Payment.objects.get(line_no=1).status == "ACCEPTED"
    assert Event.objects.filter(kind="payments.line.contradicted").count() == 1


def statements_state():
    from sanzi.bank.port import LineState

    return LineState.ACCEPTED


def test_money_that_only_looks_like_a_return_waits_to_be_claimed(money, bank: FakeBank) -> None:
    released_order(money)
    dispatch.work(AT)
    line = InstructionLine.objects.order_by("pk").first()

    for number, changed in enumerate(
        (
            {"memo": "退汇", "party_name": "不认识的人"},
            {"memo": "房租", "party_name": line.payment.payee_name},
        ),
        start=1,
    ):
        statements.import_notices(
            account_id=money.account.pk,
            entries=[entry(number, line.amount_fen, **changed)],
            at=AT,
        )

    assert set(Payment.objects.values_list("status", flat=True)) == {"SETTLED"}
    unclaimed = BankTransaction.objects.filter(direction="in", payment__isnull=True)
    assert unclaimed.count() == 2
