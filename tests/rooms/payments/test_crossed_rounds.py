"""A worker's round that another transaction crosses: one piece waits, the others are done."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from django.db import Error, IntegrityError, InternalError, OperationalError, ProgrammingError
from psycopg import errors as postgres

from sanzi.notices import duties
from sanzi.payments.actions import alarms, dispatch, statements
from sanzi.payments.actions.locking import is_crossed, is_passing
from sanzi.payments.models import BankAccount, DayBalance, Instruction
from worlds.bank_days import after, statement, states
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money, released_order

pytestmark = pytest.mark.django_db


def deadlock() -> OperationalError:
    problem = OperationalError("deadlock detected")
    problem.__cause__ = postgres.DeadlockDetected()
    return problem


class FailingOnce:
    """Stands before a function and raises the first time."""

    def __init__(self, behind: Any, problem: Exception) -> None:
        self._behind, self._problem, self.calls = behind, problem, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Raise the first time, then do what stands behind."""
        self.calls += 1
        if self.calls == 1:
            raise self._problem
        return self._behind(*args, **kwargs)


def test_one_statement_that_is_crossed_does_not_hold_up_the_next_account(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    second = BankAccount.objects.get(pk=money.account.pk)
    second.pk, second.ext_id, second.number_index = None, "A-SECOND", "another"
    second.save(force_insert=True)
    bank.statements = {date(2026, 11, 17): statement(day=date(2026, 11, 17))}
    crossed = FailingOnce(statements.import_statement, deadlock())
    monkeypatch.setattr(statements, "import_statement", crossed)

    with caplog.at_level(logging.WARNING):
        came = statements.work(AT)

    assert (came, crossed.calls) == (1, 2)
    assert list(DayBalance.objects.values_list("account__ext_id", flat=True)) == ["A-SECOND"]
    assert "the statement of A-WILLOW waits for the next round" in caplog.text
    assert statements.work(AT) == 1
    assert DayBalance.objects.count() == 2


def test_a_message_that_is_crossed_while_it_is_picked_goes_out_in_the_next_round(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    released_order(money)
    monkeypatch.setattr(dispatch, "_may_leave", FailingOnce(dispatch._may_leave, deadlock()))

    assert dispatch.work(AT) == 0
    assert states() == ("READY", {"APPROVED"})
    assert bank.sent == []
    assert dispatch.work(after(seconds=5)) == 1
    assert (states(), len(bank.sent)) == (("FINAL", {"SETTLED"}), 1)


def test_an_answer_that_is_crossed_is_asked_for_and_never_sent_anew(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank has it, we could not write its answer: the lease makes it UNKNOWN."""
    released_order(money)
    bank.on_query = bank.answer
    taken = FailingOnce(dispatch.sending.answers.take_status, deadlock())
    monkeypatch.setattr(dispatch.sending.answers, "take_status", taken)

    dispatch.work(AT)
    assert states() == ("SENDING", {"SUBMITTING"})
    dispatch.work(after(minutes=3))
    dispatch.work(after(minutes=4))

    assert (states(), len(bank.sent)) == (("FINAL", {"SETTLED"}), 1)


def test_a_duty_that_breaks_off_is_kept_with_its_error_and_the_next_is_done(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    released_order(money)
    bank.statements = {}
    monkeypatch.setattr(alarms, "alarm", FailingOnce(alarms.alarm, deadlock()))
    done = []
    duties.register("payments.zz", 5, lambda at: done.append(at) or 1)
    try:
        duties.run_due(AT)
    finally:
        duties.unregister("payments.zz")

    assert done == [AT]
    assert Instruction.objects.get().state == "FINAL"


def _of(problem: Error, cause: Exception) -> Error:
    problem.__cause__ = cause
    return problem


def test_only_what_goes_away_by_itself_is_passed_over() -> None:
    away = _of(OperationalError("server closed the connection"), postgres.OperationalError())
    gone = _of(OperationalError("terminating"), postgres.AdminShutdown())
    crowded = _of(OperationalError("sorry, too many clients"), postgres.TooManyConnections())
    mute = _of(InternalError("got no result from the query"), postgres.InternalError())
    ours = OperationalError("no such column: x")
    full = OperationalError("database or disk is full")

    assert [is_crossed(one) for one in (deadlock(), OperationalError("database is locked"))] == [
        True, True,
    ]  # fmt: skip
    broken = _of(InternalError("unexpected chunk number"), postgres.DataCorrupted())
    twice = _of(IntegrityError("duplicate key"), postgres.UniqueViolation())
    wrong = _of(ProgrammingError("2 parameters were passed"), postgres.ProgrammingError())

    passing, lasting = (away, gone, crowded, mute), (ours, full, broken, twice, wrong)
    assert [is_crossed(one) for one in (*passing, *lasting)] == [False] * 9
    assert [is_passing(one) for one in (deadlock(), *passing)] == [True] * 5
    assert [is_passing(one) for one in lasting] == [False] * 5
