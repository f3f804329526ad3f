"""What is true of payments without any table: digests, states, numbers, the poll schedule.

Pure functions and tables. Writes live in `actions/`, the wire in the bank room.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    CALLED_BACK = "CALLED_BACK"
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
    # The bank signed that it took the line out at our wish before it was booked.
    (S.UNKNOWN, E.CALLED_BACK): S.CANCELLED,
    (S.ACCEPTED, E.CALLED_BACK): S.CANCELLED,
    # A new attempt at the same payee, after the former has ended without success.
    (S.REJECTED, E.REOPEN): S.SUBMITTED,
    (S.NOT_EXECUTED, E.REOPEN): S.SUBMITTED,
    (S.RETURNED, E.REOPEN): S.SUBMITTED,
    (S.CANCELLED, E.REOPEN): S.SUBMITTED,
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


SKEW_MAX = timedelta(hours=2)
"""How far the bank's clock may be from ours without a wrong day being taken for the right one."""
DAY_END = time(17, 30)
"""When the clearing of the day is over: what is silent then is told once more."""
REDATE_HOUR = time(9, 0)
"""When a message goes out that the bank refused for its hour or day, and no calendar is known."""


def first_day_at_risk(sent_at: datetime, closed_until: date | None) -> date:
    """Return the earliest day (the bank's) on which a message sent now may be executed.

    `closed_until` is the last day whose statement was in when it was sent: that day is over at
    the bank, whatever our own clock says.
    """
    day = clock.local_date(sent_at - SKEW_MAX)
    if closed_until is None:
        return day
    return max(closed_until + timedelta(days=1), clock.local_date(sent_at) - timedelta(days=1))


def last_day_at_risk(sent_at: datetime, closed_until: date | None) -> date:
    """Return the latest day (the bank's) on which a message sent now may be executed."""
    day = clock.local_date(sent_at + SEND_REACH + SKEW_MAX)
    return day if closed_until is None else max(day, closed_until + timedelta(days=1))


def days_between(first: date, last: date) -> list[date]:
    """Return the days from first to last, both included."""
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


ClosedHours = Sequence[tuple[time, time]]


def opens_at(at: datetime, closed_hours: ClosedHours) -> datetime:
    """Return `at`, or the end of the closed hours (Shanghai, may pass midnight) it falls into."""
    local = at.astimezone(clock.SHANGHAI)
    for start, end in closed_hours:
        if start <= end:
            is_closed, day = start <= local.time() < end, local.date()
        else:
            is_closed = local.time() >= start or local.time() < end
            day = local.date() + timedelta(days=1 if local.time() >= start else 0)
        if is_closed:
            return datetime.combine(day, end, clock.SHANGHAI).astimezone(at.tzinfo)
    return at


def next_window(at: datetime, closed_hours: ClosedHours, *, is_closed_day: bool) -> datetime:
    """Return when a message goes out that the bank refused for its hour or its day.

    The end of the bank's closed hours when they are known and we are in them; else the next
    morning. A closed day gives way to the next day.
    """
    opens = opens_at(at, closed_hours)
    if opens > at and not is_closed_day:
        return opens
    tomorrow = clock.local_date(at) + timedelta(days=1)
    morning = datetime.combine(tomorrow, REDATE_HOUR, clock.SHANGHAI).astimezone(at.tzinfo)
    return opens_at(morning, closed_hours)


def day_ended(since: datetime, told_on: date | None, at: datetime) -> date | None:
    """Return the day that has ended on a message silent since then and was not told of yet."""
    local = at.astimezone(clock.SHANGHAI)
    last = local.date() if local.time() >= DAY_END else local.date() - timedelta(days=1)
    end = datetime.combine(last, DAY_END, clock.SHANGHAI)
    return last if since < end and (told_on is None or told_on < last) else None


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


CHANNEL_WORDS = (
    ("interest", re.compile("利息|结息")),
    ("fee", re.compile("手续费|服务费")),
    ("cash", re.compile("[取提]现(?![场有代状实])|现金支[取票]")),
    ("cheque", re.compile("支票")),
)
"""What a bank writes on a line of money that moved in another way than by transfer, in order."""


def channel_of(memo: str, *, is_credit: bool) -> str:
    """Return the record's channel of a bank line: interest, fee, cash, cheque or direct.

    Cash is what was drawn; what was paid in is a line like others.
    """
    for channel, words in CHANNEL_WORDS:
        if words.search(memo) and not (is_credit and channel == "cash"):
            return channel
    return "direct"


def order_state(statuses: Sequence[str]) -> str:
    """Return RELEASED while a line is open, SETTLED when all are paid, else PART_SETTLED.

    Lines that were cancelled do not count; when there is nothing else the order is CANCELLED.
    """
    kept = {Status(one) for one in statuses if one != Status.CANCELLED}
    if not kept:
        return "CANCELLED"
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
