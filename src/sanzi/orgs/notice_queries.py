"""The desk of those who run the platform: notices by state, and programs that listen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from sanzi.notices import outbox, webhooks
from sanzi.notices.models import Channel, Notice, NoticeState, Webhook
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

PERMISSION = "notices.operate"
SHOWN_DAYS = 30
STATES = [(str(code), str(words)) for code, words in NoticeState.choices]
CHANNELS = [(str(code), str(words)) for code, words in Channel.choices if code != Channel.INBOX]
FAILED, QUEUED = NoticeState.FAILED.value, NoticeState.QUEUED.value


@dataclass(frozen=True)
class NoticeFilter:
    """What is looked for: state and channel by their codes, words in template or subject."""

    state: str = ""
    channel: str = ""
    words: str = ""


@dataclass(frozen=True)
class WebhookRow:
    """One program that listens. `waiting` and `failed` count its deliveries."""

    ext_id: str
    title: str
    url: str
    events: tuple[str, ...]
    division_code: str
    is_active: bool
    stopped_reason: str
    waiting: int
    failed: int
    last_sent_at: datetime | None


def notices(*, by: Actor, only: NoticeFilter, at: datetime) -> QuerySet[Notice]:
    """Return the notices of the last 30 days, newest first; receivers are not told.

    Raises: NotFound.
    """
    _require(by)
    found = Notice.objects.filter(created_at__gte=at - timedelta(days=SHOWN_DAYS)).exclude(
        channel=Channel.INBOX
    )
    if only.state in NoticeState.values:
        found = found.filter(state=only.state)
    if only.channel in Channel.values:
        found = found.filter(channel=only.channel)
    if only.words:
        found = found.filter(
            Q(template__icontains=only.words) | Q(subject_id__icontains=only.words)
        )
    return found.order_by("-created_at", "-pk")


def tally(*, by: Actor, at: datetime) -> dict[str, int]:
    """Return how many notices of the last 30 days stand where. Raises: NotFound."""
    rows = notices(by=by, only=NoticeFilter(), at=at).order_by()
    return dict(rows.values_list("state").annotate(Count("pk")))


def said(one: Notice) -> str:
    """Return the title of a notice: its kind in words, without the receiver."""
    return outbox.title(one.template)


def listeners(*, by: Actor) -> list[WebhookRow]:
    """Return the programs that listen. Raises: NotFound."""
    _require(by)
    queued, failed = Q(deliveries__state="QUEUED"), Q(deliveries__state="FAILED")
    found = Webhook.objects.annotate(
        waiting=Count("deliveries", filter=queued),
        failed=Count("deliveries", filter=failed),
        last_sent_at=Max("deliveries__sent_at"),
    ).order_by("-pk")
    return [
        WebhookRow(
            ext_id=one.ext_id,
            title=one.title,
            url=one.url,
            events=tuple(webhooks.EVENTS.get(code, code) for code in one.events),
            division_code=one.division_code,
            is_active=one.is_active,
            stopped_reason=one.stopped_reason,
            waiting=one.waiting,
            failed=one.failed,
            last_sent_at=one.last_sent_at,
        )
        for one in found
    ]


def _require(by: Actor) -> None:
    if not scope.prefixes(by, PERMISSION):
        raise NotFound
