"""Reads of the log: the history of a subject, and whether a chain is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from sanzi.audit import rules
from sanzi.audit.models import ChainHead, Event, Seal, SealedHead

SEALS_RECOMPUTED = 100


def history(subject_kind: str, subject_id: str) -> list[Event]:
    """Return the events of one subject, oldest first. Callers hold the subject's door."""
    return list(
        Event.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by(
            "at",
            "id",
        ),
    )


def verify_chain(chain: str) -> list[str]:
    """Recompute a chain; return one sentence per break, none when it is whole."""
    wrong: list[str] = []
    previous, number = "", 0
    for event in Event.objects.filter(chain=chain).order_by("number").iterator(2000):
        if event.number != number + 1:
            wrong.append(f"{chain}: event {number + 1} is missing before {event.number}")
        if event.previous_hash != previous or event.hash != rules.link(previous, _entry(event)):
            wrong.append(f"{chain}: event {event.number} does not match its hash")
        previous, number = event.hash, event.number
    head = ChainHead.objects.filter(pk=chain).first()
    if head is not None and (head.last_number, head.last_hash) != (number, previous):
        wrong.append(f"{chain}: the head says {head.last_number}, the last event is {number}")
    return wrong


def verify_seals(known: str = "") -> list[str]:
    """Check that the log still holds what was sealed; return one sentence per fault.

    Every seal follows the one before it; every sealed link of every chain is there with its
    hash; the heads under the last `SEALS_RECOMPUTED` seals give their digest again. `known` is
    the hash of a seal that somebody kept outside of the database.
    """
    seals = list(Seal.objects.order_by("id"))
    wrong: list[str] = []
    previous = ""
    for seal in seals:
        if seal.previous_hash != previous or seal.hash != rules.seal_hash(
            previous, seal.at, seal.heads_digest
        ):
            wrong.append(f"seal {seal.pk} does not follow the one before it")
        previous = seal.hash
    if known and known not in {seal.hash for seal in seals}:
        wrong.append(f"the seal {known} is gone")
    same = Event.objects.filter(
        chain=OuterRef("chain"), number=OuterRef("number"), hash=OuterRef("hash")
    )
    wrong += [
        f"{sealed.chain}: event {sealed.number} is not the one that was sealed"
        for sealed in SealedHead.objects.exclude(Exists(same)).order_by("id")
    ]
    return wrong + _seals_of_other_heads(seals)


def _seals_of_other_heads(seals: Sequence[Seal]) -> list[str]:
    moved = SealedHead.objects.order_by("seal_id").values_list("seal_id", "chain", "hash")
    by_seal = {
        pk: [(chain, link) for _, chain, link in rows]
        for pk, rows in groupby(moved.iterator(2000), key=itemgetter(0))
    }
    heads: dict[str, str] = {}
    wrong: list[str] = []
    recomputed = {seal.pk for seal in seals[-SEALS_RECOMPUTED:]}
    for seal in seals:
        heads.update(by_seal.get(seal.pk, ()))
        if heads and seal.pk in recomputed:
            digest = rules.heads_digest(sorted(heads.items()))
            if digest != seal.heads_digest:
                wrong.append(f"seal {seal.pk} was made of other heads")
    return wrong


def events() -> QuerySet[Event]:
    """Return all events, of every chain."""
    return Event.objects.all()


def contents(rows: Sequence[Event]) -> list[bytes]:
    """Return the bytes of events, as their hashes are made of."""
    return [rules.content(one.previous_hash, _entry(one)) for one in rows]


def _entry(event: Event) -> rules.Entry:
    return rules.Entry(**{name: getattr(event, name) for name in rules.Entry.__dataclass_fields__})


def first_since(at: datetime, besides: Sequence[str]) -> tuple[datetime | None, int]:
    """Return when the first event after an instant was written, and how many there are.

    Shapes: `besides` are beginnings of kinds that do not count.
    """
    found = Event.objects.filter(at__gt=at)
    for beginning in besides:
        found = found.exclude(kind__startswith=beginning)
    times = found.aggregate(first=Min("at"), count=Count("id"))
    return times["first"], int(times["count"])


def last_seal() -> Seal | None:
    """Return the last seal; its hash, kept elsewhere, shows later that nothing was replaced."""
    return Seal.objects.order_by("-id").first()


def changes(chain: str, kinds: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """Yield (kind, subject id, what stood `after`) of a chain's events of some kinds, in order."""
    rows = Event.objects.filter(chain=chain, kind__in=kinds).order_by("number")
    for kind, subject_id, text in rows.values_list("kind", "subject_id", "change").iterator(2000):
        yield kind, subject_id, json.loads(text).get("after", {}) if text else {}


def chains() -> list[str]:
    """Return the names of all chains."""
    return list(ChainHead.objects.order_by("chain").values_list("chain", flat=True))
