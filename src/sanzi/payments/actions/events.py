"""What a bank sends unasked: the same facts as its answers, taken by the same actions.

A push may come late, twice, out of order or never; polling goes on beside it. Facts move lines
by the table of states, so nothing happens twice. What is not the bank's changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import EventSeen, GatewayError
from sanzi.bank.port import BankEvent, EventKind
from sanzi.kernel import digest
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import answers, gateways, statements, turns
from sanzi.payments.models import BankAccount, Instruction, TurnKind


@dataclass(frozen=True)
class Taken:
    """What a message of the bank brought: events read, lines that moved, new bank lines."""

    events: int = 0
    moved: int = 0
    new_lines: int = 0


def take(*, connection: str, raw: bytes, headers: Mapping[str, str], at: datetime) -> Taken:
    """Take what a bank sent unasked over a connection. What came before is taken and does nothing.

    Raises: NotFound for a connection that is not there, and for what is not the bank's: that is
        written into the log; nothing else is written.
    """
    bank = gateways.by_name(connection)
    if bank is None:
        raise NotFound
    try:
        with transaction.atomic():
            events = bank.handle_push(raw, headers)
            taken = [_take(connection, one, at) for one in events]
    except EventSeen:
        return Taken()
    except GatewayError as problem:
        _say_refused(connection, raw, problem, at)
        raise NotFound from problem
    return Taken(len(taken), sum(one.moved for one in taken), sum(one.new_lines for one in taken))


def _take(connection: str, event: BankEvent, at: datetime) -> Taken:
    if event.kind is EventKind.STATUS and event.status is not None:
        return _take_status(connection, event, at)
    if event.kind is EventKind.ENTRY and event.account:
        return _take_entries(connection, event, at)
    return Taken(1)


def _take_status(connection: str, event: BankEvent, at: datetime) -> Taken:
    status = event.status
    if status is None:
        return Taken(1)
    instruction = (
        Instruction.objects.select_related("debit_account")
        .defer("body")
        .filter(msg_id=status.msg_id, attempt_count__gt=0)
        .first()
    )
    if instruction is None or not _is_of(connection, instruction.debit_account):
        return Taken(1)
    moved = answers.take_status(instruction_id=instruction.pk, status=status, at=at)
    turns.note(instruction.pk, TurnKind.TOLD, at, turns.words(status))
    return Taken(1, moved)


def _take_entries(connection: str, event: BankEvent, at: datetime) -> Taken:
    index = secrets.index("account", event.account)
    accounts = BankAccount.objects.filter(number_index=index, organisation__isnull=False)
    account = accounts.order_by("pk").first()
    if account is None or not _is_of(connection, account):
        return Taken(1)
    done = statements.import_pushed(account_id=account.pk, entries=event.entries, at=at)
    return Taken(1, done.moved, done.new_lines)


def _is_of(connection: str, account: BankAccount) -> bool:
    """A bank speaks of its own accounts only."""
    return gateways.connection_of(account) == connection


def _say_refused(connection: str, raw: bytes, problem: GatewayError, at: datetime) -> None:
    with transaction.atomic():
        audit.write(
            chain=f"bank:{connection}",
            kind="payments.event.refused",
            by=SYSTEM,
            at=at,
            subject=("bank_channel", connection),
            after={"code": problem.code, "why": problem.text, "digest": digest.sm3(raw)},
        )
