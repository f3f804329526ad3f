"""The outbox: notices are written in the transaction that gives cause to them, and sent later.

Here they are written and read; `sending.py` sends them. What an officer finds in his inbox also
goes to the app he works in, where the county has one. What this room must be told by others (the
providers, addresses, who stands in for a villager without a phone) is put into `wire`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from sanzi.notices.channels.dingtalk_events import Envelope
from sanzi.notices.channels.port import Notifier
from sanzi.notices.models import Channel, Notice, NoticeState

KEY_LENGTH_MAX = 80


@dataclass(frozen=True)
class NewNotice:
    """One notice to be written. An INBOX notice names a user, an SMS a sealed phone.

    `dedup_key` says what is told to whom: the same key is told once, however often it is asked.
    `person_id` lets another channel find the same villager. After `expires_at` it is not sent.
    """

    dedup_key: str
    channel: str
    template: str
    params: dict[str, str] = field(default_factory=dict)
    user_id: int | None = None
    person_id: int | None = None
    sealed_phone: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    expires_at: datetime | None = None


class Wire:
    """What this room is given by others."""

    def __init__(self) -> None:
        """Begin with nothing: notices wait until a provider of their channel is there."""
        self.notifiers: dict[str, Notifier] = {}
        self.instead: dict[str, str] = {}
        self.dingtalk_events: Envelope | None = None
        self.open_phone: Callable[[str], str] | None = None
        self.open_value: Callable[[str], str] | None = None
        self.address_of: Callable[[Notice], str] | None = None
        self.stand_ins: Callable[[Notice], list[int]] | None = None
        self.page_of: Callable[[str, str, Mapping[str, str]], str] | None = None


wire = Wire()
"""Filled in by apps of higher rooms, and by tests."""

PUSHED = (Channel.DINGTALK, Channel.WECOM)
"""Channels of officers: an inbox notice goes there too."""

_texts: dict[str, str] = {}
OPERATORS = "operators"
_titles: dict[str, str] = {OPERATORS: "给运维的告警"}
_at_any_hour: set[str] = set()
_sealed: dict[str, tuple[str, ...]] = {}


class _Known(dict[str, str]):
    """Parameters of a notice; one that is missing is said to be unknown."""

    def __missing__(self, key: str) -> str:
        return "未知"


def register_text(
    template: str,
    text: str,
    *,
    title: str = "",
    at_any_hour: bool = False,
    sealed: tuple[str, ...] = (),
) -> None:
    """Make the wording of a template known; `{name}` marks what is filled in.

    `title` names its kind. `at_any_hour`: the receiver has just asked for it, so quiet hours do
    not hold it back. `sealed` names the values that are ciphertext until they are sent.
    """
    _texts[template] = text
    _sealed[template] = sealed
    _titles[template] = title or template
    if at_any_hour:
        _at_any_hour.add(template)


def title(template: str) -> str:
    """Return the kind of a notice in a few words."""
    return _titles.get(template, template)


def at_any_hour() -> list[str]:
    """Return the templates that quiet hours do not hold back."""
    return sorted(_at_any_hour)


def opened(template: str, params: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a notice as the receiver reads them."""
    reveal = wire.open_value
    return {
        key: reveal(value) if reveal and key in _sealed.get(template, ()) else str(value)
        for key, value in params.items()
    }


def wording(template: str, params: Mapping[str, str]) -> str:
    """Return a notice as it reads; one without wording gives its values."""
    text = _texts.get(template)
    if text is None:
        return "，".join(str(value) for value in params.values())
    return text.format_map(_Known(params))


def key_of(text: str, suffix: str) -> str:
    """Return a key that tells the same news on another channel apart."""
    return text[: KEY_LENGTH_MAX - len(suffix)] + suffix


def enqueue(notices: Iterable[NewNotice], *, at: datetime) -> None:
    """Write notices to be sent, each once for its key. Runs in the caller's transaction."""
    rows = []
    for one in notices:
        rows.append(_row(one, one.channel, one.dedup_key, at))
        if one.channel == Channel.INBOX:
            rows += [
                _row(one, channel, key_of(one.dedup_key, f"@{channel}"), at)
                for channel in PUSHED
                if channel in wire.notifiers
            ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def tell_operators(key: str, text: str, *, at: datetime, expires_at: datetime) -> None:
    """Write an alert to those who run the platform, once for its key. No personal data."""
    notice = NewNotice(
        dedup_key=key[:KEY_LENGTH_MAX],
        channel=Channel.OPS,
        template=OPERATORS,
        params={"text": text},
        expires_at=expires_at,
    )
    enqueue([notice], at=at)


def _row(one: NewNotice, channel: str, key: str, at: datetime) -> Notice:
    is_inbox = channel == Channel.INBOX  # it has arrived when it is written
    return Notice(
        dedup_key=key,
        channel=channel,
        user_id=one.user_id,
        person_id=one.person_id,
        sealed_phone=one.sealed_phone,
        template=one.template,
        params=one.params,
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        next_attempt_at=at,
        created_at=at,
        expires_at=one.expires_at,
        state=NoticeState.SENT if is_inbox else NoticeState.QUEUED,
        sent_at=at if is_inbox else None,
        ended_at=at if is_inbox else None,
    )


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
