"""What the entries of accounts will write, locked before the first of them is taken.

One statement or push moves lines of many messages and orders, books them and claims credits; the
locks of all of it are taken here in the order of the law (`locking`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sanzi.bank.port import Entry
from sanzi.kernel import clock
from sanzi.orgs import secrets
from sanzi.payments import rules
from sanzi.payments.actions import claims, locking
from sanzi.payments.actions.locking import Message
from sanzi.payments.models import BankAccount, Instruction, InstructionLine, InstructionState

OPEN = (InstructionState.UNKNOWN, InstructionState.ACCEPTED)


@dataclass(frozen=True)
class Held:
    """An account whose entries come in, locked: the messages they move, and its open messages."""

    account: BankAccount
    messages: Mapping[int, Message]
    open_keys: tuple[int, ...] = ()


def hold_account(
    account_id: int, entries: Sequence[Entry], at: datetime, *, with_open: bool = False
) -> Held:
    """Take all locks for the entries of one account.

    `with_open` locks its open messages as well, whose time to be asked about is written.
    """
    held, _ = hold({account_id: entries}, (), at, with_open=with_open)
    return held[account_id]


def hold(
    told: Mapping[int, Sequence[Entry]],
    others: Iterable[int],
    at: datetime,
    *,
    with_open: bool = False,
) -> tuple[dict[int, Held], dict[int, Message]]:
    """Take all locks for entries by primary key of their account, and for other messages.

    Returns the accounts, and all messages by primary key. A message is one object wherever it
    stands, so that what one answer moves the next one sees.
    """
    accounts = list(locking.accounts(pk__in=list(told)))
    concerned = {one.pk: _concerned(one, told[one.pk]) for one in accounts}
    waiting = {one.pk: _open_keys(one) if with_open else () for one in accounts}
    held = locking.lock_messages(
        {*others, *(key for keys in concerned.values() for key in keys)},
        beside=[key for keys in waiting.values() for key in keys],
    )
    found = {
        one.pk: Held(one, {key: held[key] for key in sorted(concerned[one.pk])}, waiting[one.pk])
        for one in accounts
    }
    _hold_books(found.values(), told, at)
    return found, held


def _open_keys(account: BankAccount) -> tuple[int, ...]:
    rows = Instruction.objects.filter(debit_account=account, state__in=OPEN)
    return tuple(rows.values_list("pk", flat=True))


def _concerned(account: BankAccount, entries: Sequence[Entry]) -> set[int]:
    """Return the messages whose lines these entries may move, before anything is locked.

    None can be missed: what a bank tells of was sent before it told.
    """
    own = InstructionLine.objects.filter(instruction__debit_account=account)
    named = [entry.e2e_id for entry in entries if entry.e2e_id]
    found = set(own.filter(e2e_id__in=named).values_list("instruction_id", flat=True))
    for entry in entries:
        if is_nameless_return(entry):
            given_back = of_payee(own.filter(amount_fen=entry.amount_fen), entry)
            found.update(given_back.values_list("instruction_id", flat=True))
    return found


def is_nameless_return(entry: Entry) -> bool:
    """Tell whether a credit without a number of ours reads like a payment given back."""
    reads_so = entry.is_return or rules.is_return_memo(entry.memo)
    return entry.is_credit and not entry.e2e_id and reads_so


def of_payee(lines: QuerySet[InstructionLine], entry: Entry) -> QuerySet[InstructionLine]:
    """Narrow lines to those paid to the party of an entry, as far as it is told."""
    if entry.party_account:
        index = secrets.index("account", entry.party_account)
        return lines.filter(payment__account_index=index)
    return lines.filter(payment__payee_name=entry.party_name) if entry.party_name else lines


def _hold_books(held: Collection[Held], told: Mapping[int, Sequence[Entry]], at: datetime) -> None:
    """Lock the bills that credits name, then the months in which anything may be booked."""
    booking = []
    for one in held:
        body, entries = one.account.organisation, told[one.account.pk]
        if body is None:
            continue
        memos = [f"{entry.memo} {entry.e2e_id}" for entry in entries if entry.is_credit]
        if claims.hold_references(memos, body, at) or one.messages:
            booking.append((body, {clock.local_date(entry.booked_at) for entry in entries}))
    for body, days in booking:
        locking.lock_months(body.ext_id, days, clock.local_date(at))
