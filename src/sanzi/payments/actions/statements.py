"""What the bank tells about accounts: closed days (camt.053) and notices (camt.054).

The statement of a closed day is the arbiter: what it has was paid, what it lacks was not. Bank
lines are kept as told; one line is kept once, by account and bank reference.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError, ProtocolError, StatementNotReady
from sanzi.bank.port import BankGateway, Entry, Statement
from sanzi.bank.reasons import reason_for
from sanzi.kernel import clock, ids, money
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.payments import rules
from sanzi.payments.actions import (
    answers,
    bank_receipts,
    claims,
    gateways,
    holding,
    locking,
    telling,
)
from sanzi.payments.actions import statement_versions as versions
from sanzi.payments.actions.answers import Outcome
from sanzi.payments.actions.holding import OPEN, Held
from sanzi.payments.errors import StatementRefused
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    DayBalance,
    Instruction,
    InstructionLine,
    InstructionState,
    PaymentStatus,
)

logger = logging.getLogger(__name__)

DAYS_BACK_MAX = 31
NOT_READY_MAX = 3
"""After so many accounts without an answer a bank is left alone until the next round."""


@dataclass(frozen=True)
class Imported:
    """What an import brought: new bank lines, and payment lines that moved."""

    new_lines: int
    moved: int


def work(at: datetime, gateway: BankGateway | None = None) -> int:
    """Fetch the statements that are missing up to yesterday; return how many came in."""
    last = clock.local_date(at) - timedelta(days=1)
    came = 0
    asking = Asking(gateway)
    for account in _accounts(last):
        bank = asking.of(account)
        if bank is None:
            continue
        with locking.going_on(f"the statement of {account.ext_id}"):
            came += _catch_up(account, last, asking, bank, at)
    return came


def _catch_up(
    account: BankAccount, last: date, asking: Asking, bank: BankGateway, at: datetime
) -> int:
    """Fetch the missing days of one account in order, as far as they come and join."""
    came = 0
    for day in _missing_days(account, last):
        try:
            try:
                _fetch_day(account, day, bank, at)
            except StatementRefused as problem:
                if not _is_corrected_before(account, day, problem, bank, at):
                    raise
                _fetch_day(account, day, bank, at)
            came += 1
        except StatementNotReady:
            asking.failed(bank)
            break
        except (GatewayError, StatementRefused) as problem:
            logger.warning("statement of %s for %s: %s", day, account.ext_id, problem)
            if isinstance(problem, StatementRefused | ProtocolError):
                versions.note_problem(account, day, problem, at)
            break
    return came


def _is_corrected_before(
    account: BankAccount, day: date, problem: StatementRefused, bank: BankGateway, at: datetime
) -> bool:
    """Ask for the day before again when a balance does not join; tell whether it was corrected."""
    if problem.data["kind"] != versions.Kind.OPENING:
        return False
    before = day - timedelta(days=1)
    old = versions.present(account, before)
    _fetch_day(account, before, bank, at)
    new = versions.present(account, before)
    return old is not None and new is not None and new.version > old.version


class Asking:
    """One round over all accounts: a bank that fails for some of them is left for the next."""

    def __init__(self, given: BankGateway | None) -> None:
        """Ask the given gateway, or (None) each account's own."""
        self._given = given
        self._failures: Counter[int] = Counter()

    def of(self, account: BankAccount) -> BankGateway | None:
        """Return whom to ask about an account, or None: not connected, or left for this round."""
        try:
            bank = self._given or gateways.of(account)
        except GatewayError as problem:
            logger.warning("bank of %s: %s", account.ext_id, problem)
            return None
        return None if self._failures[id(bank)] >= NOT_READY_MAX else bank

    def failed(self, bank: BankGateway) -> None:
        """Count a failure against a bank."""
        self._failures[id(bank)] += 1


def _accounts(last: date) -> list[BankAccount]:
    """Accounts of organisations without a statement of the last day, the urgent ones first."""
    urgent = set(
        Instruction.objects.exclude(
            state__in=[InstructionState.FINAL, InstructionState.REFUSED]
        ).values_list("debit_account_id", flat=True)
    )
    have = DayBalance.objects.filter(balance_date=last, statement_number__isnull=False)
    found = BankAccount.objects.filter(
        organisation__isnull=False, closed_date__isnull=True
    ).exclude(pk__in=have.values("account_id"))
    return sorted(found, key=lambda one: (one.pk not in urgent, one.pk))


def _missing_days(account: BankAccount, last: date) -> list[date]:
    """Days to fetch, in order: from the last statement on, or from the first day at risk."""
    known = (
        DayBalance.objects.filter(account=account, statement_number__isnull=False)
        .order_by("-balance_date")
        .first()
    )
    if known is not None:
        first = known.balance_date + timedelta(days=1)
    else:
        sent = (
            Instruction.objects.filter(debit_account=account, first_sent_at__isnull=False)
            .order_by("first_sent_at")
            .first()
        )
        first = clock.local_date(sent.first_sent_at) if sent and sent.first_sent_at else last
    first = max(first, last - timedelta(days=DAYS_BACK_MAX))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _fetch_day(account: BankAccount, day: date, bank: BankGateway, at: datetime) -> Imported:
    number = secrets.reveal("account", account.sealed_number)
    return import_statement(account_id=account.pk, statement=bank.statement(number, day), at=at)


@transaction.atomic
def import_statement(*, account_id: int, statement: Statement, at: datetime) -> Imported:
    """Take in the statement of a closed day: lines, matches, balance, all or nothing.

    The same statement again changes nothing; another of the same day corrects the first.
    Raises: StatementRefused when it does not add up or does not join the day before.
    """
    held = holding.hold_account(account_id, statement.entries, at, with_open=True)
    account = held.account
    _check(account, statement)
    versions.keep(account, statement, at)
    result = _import_entries(held, statement.entries, at)
    DayBalance.objects.update_or_create(
        account=account,
        balance_date=statement.day,
        defaults={
            "balance_fen": statement.closing_fen,
            "statement_number": statement.number,
        },
    )
    # The arbiter has spoken: open messages of this account are asked about at once.
    Instruction.objects.filter(pk__in=held.open_keys, state__in=OPEN, next_at__gt=at).update(
        next_at=at
    )
    return result


def _check(account: BankAccount, statement: Statement) -> None:
    kinds, told = versions.Kind, statement
    if told.opening_fen + sum(entry.signed_fen for entry in told.entries) != told.closing_fen:
        raise _refused(told, kinds.SUM, "期初加发生额不等于期末")
    before = DayBalance.objects.filter(
        account=account,
        balance_date=told.day - timedelta(days=1),
        statement_number__isnull=False,
    ).first()
    if before is None or before.statement_number is None:
        return
    if before.balance_fen != told.opening_fen:
        was, now = money.format_yuan(before.balance_fen), money.format_yuan(told.opening_fen)
        raise _refused(told, kinds.OPENING, f"前一天余额{was}元，这一天期初{now}元")
    if told.number != before.statement_number + 1:
        why = f"编号从{before.statement_number}跳到{told.number}"
        raise _refused(told, kinds.NUMBER, why)


def _refused(statement: Statement, kind: str, why: str) -> StatementRefused:
    return StatementRefused(day=statement.day.isoformat(), why=why, kind=str(kind))


def work_notices(at: datetime, gateway: BankGateway | None = None) -> int:
    """Fetch what was booked since the last look; return how many new bank lines came."""
    new = 0
    asking = Asking(gateway)
    for account in BankAccount.objects.filter(
        organisation__isnull=False, closed_date__isnull=True
    ).order_by("pk"):
        bank = asking.of(account)
        if bank is None:
            continue
        try:
            number = secrets.reveal("account", account.sealed_number)
            entries = bank.notifications(number, account.last_entry_seq)
        except GatewayError as problem:
            logger.warning("notices for %s: %s", account.ext_id, problem)
            asking.failed(bank)
            continue
        if entries:
            with locking.going_on(f"news of {account.ext_id}"):
                new += import_notices(account_id=account.pk, entries=entries, at=at).new_lines
    return new


@transaction.atomic
def import_notices(*, account_id: int, entries: Sequence[Entry], at: datetime) -> Imported:
    """Take in notices of booked entries; the same again change nothing."""
    held = holding.hold_account(account_id, entries, at)
    account = held.account
    result = _import_entries(held, entries, at)
    account.last_entry_seq = max([account.last_entry_seq, *(entry.seq for entry in entries)])
    account.save(update_fields=["last_entry_seq"])
    return result


def import_pushed(*, held: Held, entries: Sequence[Entry], at: datetime) -> Imported:
    """Take in entries that the bank sent unasked, in any order; the same again change nothing.

    Needs the locks of `holding.hold` for these entries. The place up to which notices were
    fetched stays: what was not sent is still fetched.
    """
    return _import_entries(held, entries, at)


def _import_entries(held: Held, entries: Sequence[Entry], at: datetime) -> Imported:
    """Keep new lines; debits move their payments first, then returns do."""
    account = held.account
    known = set(
        BankTransaction.objects.filter(
            account=account, bank_ref__in=[entry.bank_ref for entry in entries]
        ).values_list("bank_ref", flat=True)
    )
    fresh = {entry.bank_ref: entry for entry in entries if entry.bank_ref not in known}
    debits = _debits(held, [entry for entry in entries if not entry.is_credit], at)
    owners = {ref: line.payment_id for ref, (line, _) in debits.items()}
    outcomes = {line.pk: outcome for line, outcome in debits.values()}
    moved = 0
    for message in held.messages.values():
        own = {one.pk: outcomes[one.pk] for one in message.lines if one.pk in outcomes}
        moved += answers.apply(message, own, at) if own else 0
    for entry in fresh.values():
        line = _returned_line(held, entry) if entry.is_credit else None
        if line is not None:
            message = held.messages[line.instruction_id]
            moved += answers.apply(message, {line.pk: _return_outcome(entry)}, at)
            owners[entry.bank_ref] = line.payment_id
    made = BankTransaction.objects.bulk_create(
        [_row(account, entry, owners.get(entry.bank_ref), at) for entry in fresh.values()],
        batch_size=500,
    )
    claims.take_references(made, at)
    bank_receipts.expect(made, at)
    return Imported(len(fresh), moved)


def _debits(
    held: Held, entries: Sequence[Entry], at: datetime
) -> dict[str, tuple[InstructionLine, Outcome]]:
    """Return the payment line and its outcome for each debit that names one of ours."""
    by_id = {line.e2e_id: line for one in held.messages.values() for line in one.lines}
    found = {}
    for entry in entries:
        line = by_id.get(entry.e2e_id)
        if line is None:
            continue
        if line.amount_fen != entry.amount_fen or line.status in rules.ENDED_WITHOUT_SUCCESS - {
            PaymentStatus.RETURNED
        }:
            _say_contradiction(held.account, line, entry, at)
            continue
        outcome = Outcome(rules.Event.BOOKED, bank_ref=entry.bank_ref, booked_at=entry.booked_at)
        found[entry.bank_ref] = (line, outcome)
    return found


def _say_contradiction(
    account: BankAccount, line: InstructionLine, entry: Entry, at: datetime
) -> None:
    """Log a debit that cannot be: another amount, or of a line that had ended without success."""
    if account.organisation is None:
        return
    logger.error("debit %s contradicts line %s (%s)", entry.bank_ref, line.e2e_id, line.status)
    audit.write(
        chain=account.organisation.ext_id,
        kind="payments.line.contradicted",
        by=SYSTEM,
        at=at,
        subject=("payment", line.e2e_id),
        after={"bank_ref": entry.bank_ref, "amount_fen": entry.amount_fen, "was": line.status},
    )
    why = f"业务号{line.e2e_id}在系统里是“{PaymentStatus(line.status).label}”"
    telling.outside_debit(account, entry, why, at)


def _returned_line(held: Held, entry: Entry) -> InstructionLine | None:
    """Return the paid line that a credit gives back: by our number, else by what fits alone.

    Without a number the credit must read like a return, and exactly one payment of the last days
    must have its amount and payee.
    """
    paid = InstructionLine.objects.filter(
        instruction__in=list(held.messages),
        status=PaymentStatus.SETTLED,
        amount_fen=entry.amount_fen,
    )
    if entry.e2e_id:
        return paid.filter(e2e_id=entry.e2e_id).first()
    if not holding.is_nameless_return(entry):
        return None
    recent = paid.filter(
        payment__paid_at__gte=entry.booked_at - rules.RETURN_WINDOW,
        payment__paid_at__lte=entry.booked_at,
    )
    candidates = list(holding.of_payee(recent, entry)[:2])
    return candidates[0] if len(candidates) == 1 else None


def _return_outcome(entry: Entry) -> Outcome:
    reason = reason_for(entry.reason_code)
    return Outcome(
        rules.Event.GIVEN_BACK,
        reason.reason_class,
        entry.reason_text or reason.sentence,
        entry.bank_ref,
        entry.booked_at,
    )


def _row(
    account: BankAccount, entry: Entry, payment_id: int | None, at: datetime
) -> BankTransaction:
    return BankTransaction(
        ext_id=ids.new_id("B", at),
        account=account,
        booked_at=entry.booked_at,
        direction="in" if entry.is_credit else "out",
        amount_fen=entry.amount_fen,
        sealed_peer_account=secrets.seal("account", entry.party_account),
        peer_account_index=secrets.index("account", entry.party_account),
        peer_name=entry.party_name[:120],
        channel=rules.channel_of(entry.memo, is_credit=entry.is_credit),
        memo=entry.memo[:140],
        e2e_id=entry.e2e_id[:35],
        msg_id=entry.msg_id[:35],
        bank_ref=entry.bank_ref[:40],
        payment_id=payment_id,
    )
