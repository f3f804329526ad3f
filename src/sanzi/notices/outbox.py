"""The outbox: notices are written in the transaction that gives cause to them, and sent later.

Text messages go out by a duty of the worker, with back-off and quiet hours; inbox notices are
read in the office. The provider and the opening of sealed phones are put in from outside (`wire`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import F

from sanzi.kernel import clock
from sanzi.notices.models import Channel, Notice, NoticeState
from sanzi.notices.sms import BatchSmsGateway, SmsError, SmsGateway, SmsRefused, Text

logger = logging.getLogger(__name__)

ATTEMPTS_MAX = 8
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
LEASE = timedelta(minutes=2)
"""How long one attempt may take; a worker that dies leaves the text to the next one after it."""
SEND_MAX = 1000
CHUNK, SENDERS = 100, 10
"""Texts claimed at once, and how many go side by side: a slow provider must not outlast LEASE."""
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(7, 30)


@dataclass(frozen=True)
class NewNotice:
    """One notice to be written. An INBOX notice names a user, an SMS a sealed phone.

    `dedup_key` says what is told to whom: the same key is told once, however often it is asked.
    """

    dedup_key: str
    channel: str
    template: str
    params: dict[str, str] = field(default_factory=dict)
    user_id: int | None = None
    sealed_phone: str = ""
    subject_kind: str = ""
    subject_id: str = ""


class Wire:
    """What this room is given by others: the provider, and how a sealed phone is opened."""

    def __init__(self) -> None:
        """Begin with nothing: texts wait until both are there."""
        self.gateway: SmsGateway | None = None
        self.open_phone: Callable[[str], str] | None = None


wire = Wire()
"""Filled in by apps of higher rooms, and by tests."""

_texts: dict[str, str] = {}


def register_text(template: str, text: str) -> None:
    """Make the wording of a template known; `{name}` marks what is filled in."""
    _texts[template] = text


def wording(template: str, params: Mapping[str, str]) -> str:
    """Return a notice as it reads; one without wording gives its values."""
    text = _texts.get(template)
    if text is None:
        return "，".join(str(value) for value in params.values())
    return text.format_map(params)


def enqueue(notices: Iterable[NewNotice], *, at: datetime) -> None:
    """Write notices to be sent, each once for its key. Runs in the caller's transaction."""
    Notice.objects.bulk_create(
        [
            Notice(
                dedup_key=one.dedup_key,
                channel=one.channel,
                user_id=one.user_id,
                sealed_phone=one.sealed_phone,
                template=one.template,
                params=one.params,
                subject_kind=one.subject_kind,
                subject_id=one.subject_id,
                next_attempt_at=at,
                created_at=at,
                **_inbox_state(one.channel, at),
            )
            for one in notices
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def _inbox_state(channel: str, at: datetime) -> dict[str, object]:
    """An inbox notice has arrived when it is written."""
    is_inbox = channel == Channel.INBOX
    return {"state": NoticeState.SENT, "sent_at": at} if is_inbox else {}


def is_quiet(at: datetime, quiet: tuple[time, time] = (QUIET_FROM, QUIET_UNTIL)) -> bool:
    """Tell whether no text is sent at this hour (Shanghai); equal hours mean never quiet."""
    start, end = quiet
    if start == end:
        return False
    hour = at.astimezone(clock.SHANGHAI).time()
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


def send_due(
    at: datetime,
    *,
    gateway: SmsGateway | None = None,
    quiet: tuple[time, time] = (QUIET_FROM, QUIET_UNTIL),
) -> int:
    """Send the texts that are due; return how many went out. Safe to repeat and to kill.

    A text is claimed first (its next attempt moves beyond the lease), then sent, then marked. A
    worker that dies in between leaves it to be sent again under the same out id.
    """
    provider = gateway or wire.gateway
    if provider is None or wire.open_phone is None or is_quiet(at, quiet):
        return 0
    sent = 0
    for _ in range(SEND_MAX // CHUNK):
        claimed = _claim(at)
        went = _send(claimed, provider, wire.open_phone, at)
        sent += went
        if len(claimed) < CHUNK or went < len(claimed):
            break
    return sent


@transaction.atomic
def _claim(at: datetime) -> list[Notice]:
    """Take the next texts for this worker: until the lease is over nobody else sends them."""
    can_skip = connection.features.has_select_for_update_skip_locked
    due = Notice.objects.filter(
        state=NoticeState.QUEUED, channel=Channel.SMS, next_attempt_at__lte=at
    ).order_by("next_attempt_at", "pk")
    found = list(due.select_for_update(skip_locked=can_skip)[:CHUNK])
    Notice.objects.filter(pk__in=[one.pk for one in found]).update(
        next_attempt_at=at + LEASE, attempt_count=F("attempt_count") + 1
    )
    return found


def _send(
    notices: Sequence[Notice],
    provider: SmsGateway,
    open_phone: Callable[[str], str],
    at: datetime,
) -> int:
    """Hand claimed texts to the provider; return how many it took."""
    jobs = [(one, open_phone(one.sealed_phone)) for one in notices]
    answers = (
        _hand_over_many(jobs, provider)
        if isinstance(provider, BatchSmsGateway)
        else _hand_over_singly(jobs, provider)
    )
    taken = []
    for notice, answer in zip(notices, answers, strict=True):
        if isinstance(answer, str):
            notice.provider_id = answer[:60]
            taken.append(notice)
        elif isinstance(answer, SmsRefused):
            logger.warning("text %s is refused for good: %s", notice.pk, answer)
            Notice.objects.filter(pk=notice.pk).update(state=NoticeState.FAILED)
        else:
            logger.warning("text %s did not go: %s", notice.pk, type(answer).__name__)
            _put_back(notice, at)
    with transaction.atomic():
        Notice.objects.bulk_update(taken, ["provider_id"])
        Notice.objects.filter(pk__in=[one.pk for one in taken]).update(
            state=NoticeState.SENT, sent_at=at
        )
    return len(taken)


Job = tuple[Notice, str]
"""A text and the phone that it goes to."""


def _text_of(notice: Notice) -> dict[str, str]:
    return {**notice.params, "text": wording(notice.template, notice.params)}


def _hand_over_singly(jobs: Sequence[Job], provider: SmsGateway) -> list[str | SmsError]:
    """Hand texts over one by one, some side by side."""

    def hand_over(job: Job) -> str | SmsError:
        notice, phone = job
        try:
            return provider.send(phone, notice.template, _text_of(notice), notice.dedup_key)
        except SmsError as problem:
            return problem

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(hand_over, jobs))


def _hand_over_many(jobs: Sequence[Job], provider: BatchSmsGateway) -> list[str | SmsError]:
    """Hand texts over together, one call for each template."""
    found: dict[int, str | SmsError] = {}
    by_template: dict[str, list[Job]] = {}
    for job in jobs:
        by_template.setdefault(job[0].template, []).append(job)
    for template, own in by_template.items():
        texts = [Text(phone, _text_of(notice), notice.dedup_key) for notice, phone in own]
        answers: Sequence[str | SmsError]
        try:
            told = provider.send_many(template, texts)
            answers = [one or SmsRefused("", "the provider refuses this number") for one in told]
        except SmsError as problem:
            answers = [problem] * len(own)
        found |= {notice.pk: answer for (notice, _), answer in zip(own, answers, strict=True)}
    return [found[notice.pk] for notice, _ in jobs]


def _put_back(notice: Notice, at: datetime) -> None:
    count = notice.attempt_count + 1  # `notice` was read before its claim counted this attempt
    if count >= ATTEMPTS_MAX:
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.FAILED)
        return
    wait = BACK_OFF[min(count, len(BACK_OFF)) - 1]
    Notice.objects.filter(pk=notice.pk).update(next_attempt_at=at + wait)


def inbox(user_id: int, *, limit: int = 50) -> list[Notice]:
    """Return a user's newest inbox notices."""
    own = Notice.objects.filter(channel=Channel.INBOX, user_id=user_id)
    return list(own.order_by("-created_at", "-pk")[:limit])


def unread_count(user_id: int) -> int:
    """Return how many inbox notices a user has not opened."""
    return Notice.objects.filter(
        channel=Channel.INBOX, user_id=user_id, read_at__isnull=True
    ).count()


@transaction.atomic
def mark_read(*, user_id: int, notice_ids: Iterable[int], at: datetime) -> int:
    """Mark notices of this user as read; others are left alone."""
    own = Notice.objects.filter(
        pk__in=list(notice_ids), user_id=user_id, channel=Channel.INBOX, read_at__isnull=True
    )
    return own.update(read_at=at)
