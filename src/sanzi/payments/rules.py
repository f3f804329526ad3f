"""What is true of payments without any table: digests, states, numbers, the poll schedule.

Pure functions and tables. Writes live in `actions/`, the wire in the bank room.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sanzi.kernel import clock, digest


@dataclass(frozen=True)
class DigestLine:
    """What approvers saw of one payee. `account_index` is the blind index of the number."""

    payee_name: str
    account_index: str
    bank_code: str
    amount_fen: int


def order_digest(organisation: str, debit_account_index: str, lines: Sequence[DigestLine]) -> str:
    """Return the SM3 digest that an approval fixes and dispatch compares.

    Shapes: lines in line order; every change of body, account, payee, bank or amount, and every
        line more or less, gives another digest.
    """
    seen = [[one.payee_name, one.account_index, one.bank_code, one.amount_fen] for one in lines]
    return digest.sm3_of([organisation, debit_account_index, seen])


class Status(StrEnum):
    """Where one attempt to pay one payee stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    SUBMITTING = "SUBMITTING"
    ACCEPTED = "ACCEPTED"
    UNKNOWN = "UNKNOWN"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    NOT_EXECUTED = "NOT_EXECUTED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"


class Event(StrEnum):
    """What can happen to an attempt."""

    SUBMIT = "SUBMIT"
    TAKE_BACK = "TAKE_BACK"
    APPROVE = "APPROVE"
    WITHDRAW = "WITHDRAW"
    PICK = "PICK"
    NOT_SENT = "NOT_SENT"
    NO_ANSWER = "NO_ANSWER"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    REFUSED = "REFUSED"
    BOOKED = "BOOKED"
    ABSENT = "ABSENT"
    GIVEN_BACK = "GIVEN_BACK"
    REOPEN = "REOPEN"


S, E = Status, Event

MOVES: dict[tuple[Status, Event], Status] = {
    (S.DRAFT, E.SUBMIT): S.SUBMITTED,
    (S.DRAFT, E.WITHDRAW): S.CANCELLED,
    (S.SUBMITTED, E.TAKE_BACK): S.DRAFT,
    (S.SUBMITTED, E.APPROVE): S.APPROVED,
    (S.SUBMITTED, E.WITHDRAW): S.CANCELLED,
    (S.APPROVED, E.TAKE_BACK): S.DRAFT,
    (S.APPROVED, E.WITHDRAW): S.CANCELLED,
    (S.APPROVED, E.PICK): S.SUBMITTING,
    # Refused before the first byte left: safe to try again, and only then.
    (S.SUBMITTING, E.NOT_SENT): S.APPROVED,
    (S.SUBMITTING, E.NO_ANSWER): S.UNKNOWN,
    (S.SUBMITTING, E.ACKNOWLEDGED): S.ACCEPTED,
    (S.SUBMITTING, E.REFUSED): S.REJECTED,
    (S.SUBMITTING, E.BOOKED): S.SETTLED,
    (S.UNKNOWN, E.ACKNOWLEDGED): S.ACCEPTED,
    (S.UNKNOWN, E.REFUSED): S.REJECTED,
    (S.UNKNOWN, E.BOOKED): S.SETTLED,
    # Only the statement of a closed day proves that nothing was paid.
    (S.UNKNOWN, E.ABSENT): S.NOT_EXECUTED,
    (S.ACCEPTED, E.REFUSED): S.REJECTED,
    (S.ACCEPTED, E.BOOKED): S.SETTLED,
    # Taken in, then dropped at the end of the day: the bank no longer knows it and never booked it.
    (S.ACCEPTED, E.ABSENT): S.NOT_EXECUTED,
    (S.SETTLED, E.GIVEN_BACK): S.RETURNED,
    # A new attempt at the same payee, after the former has ended without success.
    (S.REJECTED, E.REOPEN): S.SUBMITTED,
    (S.NOT_EXECUTED, E.REOPEN): S.SUBMITTED,
    (S.RETURNED, E.REOPEN): S.SUBMITTED,
}
"""(from, event) -> to. What is not here does not happen. Source: ISO 20022 status codes and the
rule that a missing answer is not a failure."""

ENDED_WITHOUT_SUCCESS = frozenset({S.REJECTED, S.NOT_EXECUTED, S.RETURNED, S.CANCELLED})
"""An attempt here frees its payee for a new one; everything else holds the payee."""

AT_THE_BANK = frozenset({S.SUBMITTING, S.UNKNOWN, S.ACCEPTED})
"""An attempt here has a fate that the bank still has to tell."""


def move(status: str, event: Event) -> Status | None:
    """Return where the event leads, or None when it does not apply (a replay, a late word)."""
    return MOVES.get((Status(status), event))


ORG_LENGTH = 12
MESSAGE_LENGTH_MAX = 35
_SAFE = re.compile(r"[A-Za-z0-9-]{1,30}")


def organisation_part(org_ext_id: str) -> str:
    """Return the figures of a body's id that fit a message id: ASCII, at most 12.

    An id that does not fit as it stands is replaced by a short digest of it.
    """
    kept = re.sub(r"[^A-Za-z0-9]", "", org_ext_id)
    is_whole = org_ext_id.isascii() and 0 < len(kept) <= ORG_LENGTH
    return kept if is_whole else digest.sm3(org_ext_id.encode())[:ORG_LENGTH]


def message_prefix(org_ext_id: str, day: date) -> str:
    """Return the part of a message id under which numbers are counted."""
    return f"{organisation_part(org_ext_id)}-{day:%Y%m%d}"


def msg_id(prefix: str, number: int) -> str:
    """Return `{org}-{yyyymmdd}-{seq}`, ASCII, at most 28 characters.

    Raises: ValueError beyond a million messages of one body on one day.
    """
    if not 0 < number < 1_000_000:
        message = "a body sends at most 999,999 messages a day"
        raise ValueError(message)
    return f"{prefix}-{number:06d}"


def instr_id(message: str, place: int) -> str:
    """Return the id of the n-th line of a message, unique for ever, at most 33 characters."""
    return f"{message}-{place:04d}"


def e2e_id(payment_ext_id: str, attempt_no: int) -> str:
    """Return the id that the bank and the payee's bank give back: one root per payment.

    The second attempt has the suffix `-R2`, the third `-R3`.
    """
    is_safe = _SAFE.fullmatch(payment_ext_id) is not None
    root = payment_ext_id if is_safe else "E" + digest.sm3(payment_ext_id.encode())[:24]
    return root if attempt_no <= 1 else f"{root}-R{attempt_no}"


POLL_AFTER = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
POLL_THEN = timedelta(minutes=15)
ALARM_AFTER = timedelta(minutes=30)
RETRY_AFTER = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
LEASE = timedelta(minutes=2)
"""How long a message may be SENDING; longer than every time limit of the wire."""
SEND_REACH = timedelta(minutes=2)
"""A message handed over at t may reach the bank until t plus this: both days must be closed."""


def poll_after(poll_count: int) -> timedelta:
    """Return the time until the next question: 15 s, 1 min, 5 min, then every 15 min."""
    return POLL_AFTER[poll_count] if poll_count < len(POLL_AFTER) else POLL_THEN


def retry_after(attempt_count: int) -> timedelta:
    """Return the time until a message that never left is tried again."""
    return RETRY_AFTER[min(max(attempt_count, 1), len(RETRY_AFTER)) - 1]


def is_alarming(unknown_at: datetime | None, at: datetime) -> bool:
    """Tell whether a message has been without an answer for half an hour."""
    return unknown_at is not None and at - unknown_at >= ALARM_AFTER


def days_at_risk(first_sent_at: datetime, last_sent_at: datetime) -> list[date]:
    """Return the days (Shanghai) on which the bank may have executed a message, in order."""
    day = clock.local_date(first_sent_at)
    last = clock.local_date(last_sent_at + SEND_REACH)
    found = [day]
    while day < last:
        day += timedelta(days=1)
        found.append(day)
    return found


def chunks(total: int, size_max: int) -> list[tuple[int, int]]:
    """Return half-open ranges that cover `total` lines, none longer than the bank takes."""
    if size_max < 1:
        message = "a bank takes at least one line"
        raise ValueError(message)
    return [(start, min(start + size_max, total)) for start in range(0, total, size_max)]


RETURN_WORDS = ("退汇", "退回", "退款", "不成功")
RETURN_WINDOW = timedelta(days=15)
"""How long after the payment a credit without our number may be its return."""


def is_return_memo(memo: str) -> bool:
    """Tell whether a bank line reads like money that came back."""
    return any(word in memo for word in RETURN_WORDS)


def channel_of(memo: str) -> str:
    """Return the record's channel of a bank line: interest, fee or direct."""
    if "利息" in memo or "结息" in memo:
        return "interest"
    return "fee" if "手续费" in memo or "服务费" in memo else "direct"


def order_state(statuses: Sequence[str]) -> str:
    """Return RELEASED while a line is open, SETTLED when all are paid, else PART_SETTLED."""
    kept = {Status(one) for one in statuses if one != Status.CANCELLED}
    ended = ENDED_WITHOUT_SUCCESS | {Status.SETTLED}
    if not kept <= ended:
        return "RELEASED"
    return "SETTLED" if kept == {Status.SETTLED} else "PART_SETTLED"


def instruction_state(statuses: Sequence[str]) -> str:
    """Return where a message stands, from its lines: SENDING, UNKNOWN, ACCEPTED or FINAL."""
    found = {Status(one) for one in statuses}
    for status, state in (
        (Status.SUBMITTING, "SENDING"),
        (Status.UNKNOWN, "UNKNOWN"),
        (Status.ACCEPTED, "ACCEPTED"),
    ):
        if status in found:
            return state
    return "FINAL"
