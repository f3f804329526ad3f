"""What the worker does with the outbox: send, ask what arrived, hand over to the next channel.

A notice is claimed first (its next attempt moves beyond the lease), then sent, then marked. A
worker that dies in between leaves it to be sent again under the same key.
"""

from __future__ import annotations

import logging
import time as stopwatch
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q

from sanzi.kernel import clock
from sanzi.notices import duties, outbox
from sanzi.notices.channels.port import ChannelError, ChannelRefused, Fate, Message, Notifier
from sanzi.notices.models import Channel, Notice, NoticeState
from sanzi.notices.outbox import wire

logger = logging.getLogger(__name__)

ATTEMPTS_MAX = 8
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
LEASE = timedelta(minutes=2)
"""How long one attempt may take; a worker that dies leaves the notice to the next one after it."""
ROUND_SECONDS = 60
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(7, 30)
ASK_AFTER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
ASK_UNTIL = timedelta(hours=72)
ASK_AT_ONCE = 50
TASK_TEMPLATE = "tell_in_person"


def is_quiet(at: datetime, quiet: tuple[time, time] = (QUIET_FROM, QUIET_UNTIL)) -> bool:
    """Tell whether nobody is disturbed at this hour (Shanghai); equal hours mean never quiet."""
    start, end = quiet
    if start == end:
        return False
    hour = at.astimezone(clock.SHANGHAI).time()
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


def send_due(at: datetime, *, quiet: tuple[time, time] = (QUIET_FROM, QUIET_UNTIL)) -> int:
    """Send what is due on every open channel; return how much went out. Safe to kill.

    Those who run the platform are told at any hour, and who has just asked; everybody else by
    day.
    """
    expire(at)
    started, sent = stopwatch.monotonic(), 0
    for channel, notifier in wire.notifiers.items():
        only = Q(channel=channel)
        if channel != Channel.OPS and is_quiet(at, quiet):
            only &= Q(template__in=outbox.at_any_hour())
        while stopwatch.monotonic() - started < ROUND_SECONDS:
            claimed = _claim(only, notifier.at_once, at)
            if not claimed:
                break
            sent += _send(claimed, notifier, at)
    return sent


def expire(at: datetime) -> int:
    """Drop what is too late to be told."""
    return Notice.objects.filter(state=NoticeState.QUEUED, expires_at__lt=at).update(
        state=NoticeState.EXPIRED, ended_at=at
    )


@transaction.atomic
def _claim(only: Q, count: int, at: datetime) -> list[Notice]:
    due = (
        Notice.objects.select_for_update(skip_locked=True)
        .filter(only, state=NoticeState.QUEUED, next_attempt_at__lte=at)
        .order_by("next_attempt_at", "pk")
    )
    claimed = list(due[:count])
    if claimed:
        Notice.objects.filter(pk__in=[one.pk for one in claimed]).update(
            next_attempt_at=at + LEASE, attempt_count=F("attempt_count") + 1
        )
    return claimed


def _send(claimed: Sequence[Notice], notifier: Notifier, at: datetime) -> int:
    messages = {}
    for one in claimed:
        message = _message(one)
        if message.address:
            messages[one.pk] = message
        else:
            _fail(one, "no address", at)
    kept = [one for one in claimed if one.pk in messages]
    if not kept:
        return 0
    try:
        answers = notifier.send(list(messages.values()))
    except ChannelError as problem:
        answers = [problem] * len(kept)
    gone = []
    for one, answer in zip(kept, answers, strict=True):
        if isinstance(answer, str):
            one.state, one.sent_at, one.provider_id = NoticeState.SENT, at, answer[:60]
            one.next_attempt_at = at + ASK_AFTER[0]
            gone.append(one)
        else:
            _not_gone(one, answer, at)
    Notice.objects.bulk_update(gone, ["state", "sent_at", "provider_id", "next_attempt_at"])
    return len(gone)


def _message(one: Notice) -> Message:
    page_of = wire.page_of if one.user_id is not None else None
    params = outbox.opened(one.template, one.params)
    return Message(
        address=_address(one),
        template=one.template,
        text=outbox.wording(one.template, params),
        dedup_key=one.dedup_key,
        params=params,
        url=page_of(one.subject_kind, one.subject_id, one.params) if page_of else "",
    )


def _address(one: Notice) -> str:
    """Return where a notice goes, empty when the receiver has no address on this channel."""
    if one.channel == Channel.OPS:
        return "operators"
    if one.channel == Channel.SMS:
        return wire.open_phone(one.sealed_phone) if wire.open_phone and one.sealed_phone else ""
    return wire.address_of(one) if wire.address_of is not None else ""


def _not_gone(one: Notice, problem: ChannelError, at: datetime) -> None:
    words = " ".join(str(part) for part in problem.args)[:120] or type(problem).__name__
    logger.warning("notice %s did not go: %s %s", one.pk, type(problem).__name__, words)
    count = one.attempt_count + 1  # `one` was read before its claim counted this attempt
    if isinstance(problem, ChannelRefused) or count >= ATTEMPTS_MAX:
        _fail(one, words, at)
        return
    wait = BACK_OFF[min(count, len(BACK_OFF)) - 1]
    Notice.objects.filter(pk=one.pk).update(next_attempt_at=at + wait, last_error=words)


@transaction.atomic
def _fail(one: Notice, why: str, at: datetime) -> None:
    """End a notice that does not go, and tell the same on the next channel if there is one."""
    ended = Notice.objects.filter(pk=one.pk).exclude(
        state__in=[NoticeState.FAILED, NoticeState.EXPIRED]
    )
    if not ended.update(state=NoticeState.FAILED, last_error=why[:120], ended_at=at):
        return
    following = wire.instead.get(one.channel)
    if following in wire.notifiers and following != one.channel:
        _tell_instead(one, following, at)
    elif one.channel in (Channel.SMS, Channel.WECHAT) and wire.stand_ins is not None:
        _ask_in_person(one, wire.stand_ins(one), at)


def _tell_instead(one: Notice, channel: str, at: datetime) -> None:
    Notice.objects.bulk_create(
        [
            Notice(
                dedup_key=outbox.key_of(one.dedup_key.split("@")[0], f"@{channel}"),
                channel=channel,
                user_id=one.user_id,
                person_id=one.person_id,
                sealed_phone=one.sealed_phone,
                template=one.template,
                params=one.params,
                subject_kind=one.subject_kind,
                subject_id=one.subject_id,
                instead_of=one.dedup_key,
                next_attempt_at=at,
                created_at=at,
                expires_at=one.expires_at,
            )
        ],
        ignore_conflicts=True,
    )


def _ask_in_person(one: Notice, users: Sequence[int], at: datetime) -> None:
    """Ask the village to tell somebody whom no channel reaches."""
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=outbox.key_of(one.dedup_key.split("@")[0], f"@P{user_id}"),
                channel=Channel.INBOX,
                template=TASK_TEMPLATE,
                user_id=user_id,
                params={"said": outbox.wording(one.template, one.params)},
                subject_kind=one.subject_kind,
                subject_id=one.subject_id,
            )
            for user_id in users
        ],
        at=at,
    )


def ask_fates(at: datetime) -> int:
    """Ask the providers what arrived; return how many notices came to an end.

    After three days a notice without an answer stays SENT and is asked about no more.
    """
    on_their_way = Notice.objects.filter(state=NoticeState.SENT, ended_at__isnull=True)
    on_their_way.filter(sent_at__lt=at - ASK_UNTIL).update(ended_at=at)
    ended = 0
    for channel, notifier in wire.notifiers.items():
        due = on_their_way.filter(channel=channel, next_attempt_at__lte=at).order_by("pk")
        rows = list(due[: ASK_AT_ONCE * 20])
        for first in range(0, len(rows), ASK_AT_ONCE):
            ended += _ask(rows[first : first + ASK_AT_ONCE], notifier, at)
    return ended


def _ask(rows: Sequence[Notice], notifier: Notifier, at: datetime) -> int:
    try:
        fates = notifier.fates([one.provider_id for one in rows])
    except ChannelError as problem:
        logger.warning("receipts: %s", type(problem).__name__)
        fates = {}
    arrived = [one.pk for one in rows if fates.get(one.provider_id) is Fate.DELIVERED]
    Notice.objects.filter(pk__in=arrived).update(state=NoticeState.DELIVERED, ended_at=at)
    failed = [one for one in rows if fates.get(one.provider_id) is Fate.FAILED]
    for one in failed:
        _fail(one, "did not arrive", at)
    for one in rows:
        if fates.get(one.provider_id, Fate.OPEN) is Fate.OPEN:
            age = at - (one.sent_at or at)
            wait = next((step for step in ASK_AFTER if step > age), ASK_AFTER[-1])
            Notice.objects.filter(pk=one.pk).update(next_attempt_at=at + wait)
    return len(arrived) + len(failed)


def watch(at: datetime) -> int:
    """Tell those who run the platform of duties that are late, once a day each."""
    late = duties.late(at)
    day = clock.local_date(at)
    for words in late:
        name = words.split(" ", 1)[0]
        outbox.tell_operators(
            f"duty:{name}:{day}", f"后台任务 {words}", at=at, expires_at=at + timedelta(hours=12)
        )
    failed = Notice.objects.filter(
        Q(state=NoticeState.FAILED), created_at__gte=at - timedelta(days=1)
    ).count()
    if failed:
        outbox.tell_operators(
            f"failed:{day}",
            f"一天里有{failed}条通知没发出去，到“通知”页看原因。",
            at=at,
            expires_at=at + timedelta(hours=12),
        )
    return len(late)
