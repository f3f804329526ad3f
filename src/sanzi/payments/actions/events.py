"""What a bank sends unasked: the same facts as its answers, taken by the same actions.

A push may come late, twice, out of order or never; polling goes on beside it. Facts move lines
by the table of states, so nothing happens twice. What is not the bank's changes nothing.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import Error

from sanzi.audit import actions as audit
from sanzi.bank.errors import EventSeen, GatewayError
from sanzi.bank.port import BankEvent, BatchStatus, Entry, EventKind
from sanzi.kernel import digest
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import answers, gateways, holding, locking, statements, turns
from sanzi.payments.actions.locking import Message
from sanzi.payments.errors import BusyNow
from sanzi.payments.models import BankAccount, Instruction, TurnKind

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What a message of the bank brought: events read, lines that moved, new bank lines."""

    events: int = 0
    moved: int = 0
    new_lines: int = 0


def take(*, connection: str, raw: bytes, headers: Mapping[str, str], at: datetime) -> Taken:
    """Take what a bank sent unasked over a connection. What came before is taken and does nothing.

    All events of a message are taken or none, and its mark "seen" with them: what was not taken
    comes again, what was taken does not count twice.
    Raises: NotFound for a connection that is not there, and for what is not the bank's: that is
        written into the log; nothing else is written. BusyNow when the database could not take
        it at this moment: nothing is written at all, and the same message may come again.
    """
    try:
        return _take(connection, raw, headers, at)
    except EventSeen:
        return Taken()
    except Error as problem:
        if not locking.is_passing(problem):
            raise
        logger.warning("a message of %s was not taken, it may come again: %s", connection, problem)
        raise BusyNow from problem


def _take(connection: str, raw: bytes, headers: Mapping[str, str], at: datetime) -> Taken:
    bank = gateways.by_name(connection)
    if bank is None:
        raise NotFound
    try:
        with locking.atomic_or_busy():
            return _take_all(connection, bank.handle_push(raw, headers), at)
    except EventSeen:
        raise
    except GatewayError as problem:
        _say_refused(connection, raw, problem, at)
        raise NotFound from problem


def _take_all(connection: str, events: Sequence[BankEvent], at: datetime) -> Taken:
    """Lock what all events of a message write, then apply them in their order."""
    keys = _messages(connection, events)
    accounts = _accounts(connection, events)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for event in events:
        if event.account in accounts:
            entries[accounts[event.account]] += event.entries
    held, messages = holding.hold(entries, keys.values(), at)
    moved = new_lines = 0
    for event in events:
        if event.status is not None and event.status.msg_id in keys:
            moved += _take_status(messages[keys[event.status.msg_id]], event.status, at)
        elif event.account in accounts:
            one = held[accounts[event.account]]
            done = statements.import_pushed(held=one, entries=event.entries, at=at)
            moved, new_lines = moved + done.moved, new_lines + done.new_lines
    return Taken(len(events), moved, new_lines)


def _messages(connection: str, events: Sequence[BankEvent]) -> dict[str, int]:
    """Return the key of each message that a status is about, those of this bank that were sent."""
    told = [one.status.msg_id for one in events if one.status is not None]
    found = Instruction.objects.filter(msg_id__in=told, attempt_count__gt=0)
    rows = found.select_related("debit_account").defer("body")
    return {one.msg_id: one.pk for one in rows if _is_of(connection, one.debit_account)}


def _accounts(connection: str, events: Sequence[BankEvent]) -> dict[str, int]:
    """Return the key of each account that entries are about, those of this bank's bodies."""
    found = {}
    for number in {one.account for one in events if one.kind is EventKind.ENTRY and one.account}:
        index = secrets.index("account", number)
        rows = BankAccount.objects.filter(number_index=index, organisation__isnull=False)
        account = rows.order_by("pk").first()
        if account is not None and _is_of(connection, account):
            found[number] = account.pk
    return found


def _take_status(message: Message, status: BatchStatus, at: datetime) -> int:
    moved = answers.apply_status(message, status, at)
    turns.note(message.instruction.pk, TurnKind.TOLD, at, turns.words(status))
    return moved


def _is_of(connection: str, account: BankAccount) -> bool:
    """A bank speaks of its own accounts only."""
    return gateways.connection_of(account) == connection


def _say_refused(connection: str, raw: bytes, problem: GatewayError, at: datetime) -> None:
    with locking.atomic_or_busy():
        audit.write(
            chain=f"bank:{connection}",
            kind="payments.event.refused",
            by=SYSTEM,
            at=at,
            subject=("bank_channel", connection),
            after={"code": problem.code, "why": problem.text, "digest": digest.sm3(raw)},
        )
