"""What a bank says in the course of days: answers that fail, entries, closed days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from sanzi.bank.port import Entry, Statement
from sanzi.payments.actions import statements
from sanzi.payments.models import BankAccount, Instruction, InstructionLine, Payment
from worlds.money import AT

TODAY = date(2026, 11, 18)


def after(**units: float) -> datetime:
    """Return an instant after the hour at which these stories begin."""
    return AT + timedelta(**units)


def raising(problem: BaseException) -> Callable[[str], NoReturn]:
    """Return an answer that fails in this way."""

    def answer(_msg_id: str) -> NoReturn:
        raise problem

    return answer


def states() -> tuple[str, set[str]]:
    """Return the state of the only message, and the states of all payments."""
    return Instruction.objects.get().state, set(Payment.objects.values_list("status", flat=True))


def statement(entries: tuple[Entry, ...] = (), day: date = TODAY, number: int = 7) -> Statement:
    """Return the statement of a closed day that begins with nothing."""
    return Statement("201", day, number, 0, sum(one.signed_fen for one in entries), entries)


def debit(line: InstructionLine, **changed: Any) -> Entry:
    """Return the debit that a line of ours makes on the statement."""
    made = Entry(
        seq=line.pk, booked_at=AT, amount_fen=line.amount_fen, is_credit=False,
        bank_ref=f"BK{line.pk}", e2e_id=line.e2e_id,
    )  # fmt: skip
    return replace(made, **changed)


def close_day(entries: tuple[Entry, ...] = (), **kwargs: Any) -> statements.Imported:
    """Let the bank close a day and the platform take its statement."""
    account = BankAccount.objects.get(ext_id="A-WILLOW")
    told = statement(entries, **kwargs)
    return statements.import_statement(account_id=account.pk, statement=told, at=after(days=1))
