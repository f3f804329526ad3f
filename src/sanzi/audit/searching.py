"""Find events of the log by person, time and content.

Source: 财会〔2024〕12号 第三十二条. Who may see which chains is the caller's door.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sanzi.audit import kinds
from sanzi.audit.models import Event

PAGE_ROWS = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty does not narrow.

    Shapes: `who` is part of a name; `words` part of what happened, of its plain words, of the id
    it happened to or of what changed; `since` and `until` are aware, the latter not included.
    """

    who: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class LogRow:
    """One event: when, who, from where, what, to what, and what changed as canonical JSON."""

    at: datetime
    actor: str
    origin: str
    kind: str
    title: str
    chain: str
    number: int
    subject_kind: str
    subject_id: str
    change: str
    hash: str


def count(wanted: Wanted, chains: Any) -> int:
    """Return how many events there are; `chains` are names or a subquery, None for all."""
    return _found(wanted, chains).count()


def rows(wanted: Wanted, chains: Any, first: int, size: int) -> list[LogRow]:
    """Return events from the `first`-th (0 is the newest), at most `size`."""
    return [_row(event) for event in _found(wanted, chains)[first : first + size]]


def every(wanted: Wanted, chains: Any) -> Iterator[LogRow]:
    """Yield all events, newest first."""
    for event in _found(wanted, chains).iterator(2000):
        yield _row(event)


def _found(wanted: Wanted, chains: Any) -> QuerySet[Event]:
    found = Event.objects.order_by("-at", "-id")
    if chains is not None:
        found = found.filter(chain__in=chains)
    if wanted.who:
        found = found.filter(actor_name__contains=wanted.who)
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until)
    return found.filter(_content(wanted.words)) if wanted.words else found


def _content(words: str) -> Q:
    said = Q(kind__contains=words) | Q(subject_id__contains=words) | Q(change__contains=words)
    for name in kinds.called(words):
        said |= Q(kind=name) if name.count(".") > 1 else Q(kind__startswith=f"{name}.")
    return said


def _row(event: Event) -> LogRow:
    return LogRow(
        at=event.at,
        actor=event.actor_name,
        origin=event.origin,
        kind=event.kind,
        title=kinds.title(event.kind),
        chain=event.chain,
        number=event.number,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        change=event.change,
        hash=event.hash,
    )
