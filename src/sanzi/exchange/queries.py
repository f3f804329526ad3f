"""Reads of the room: deliveries of the actor's scope, mappings, the quality of each source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from sanzi.exchange.models import Delivery, LeftOut, Proposal, SavedMapping
from sanzi.exchange.resolving import LOAD, SEE
from sanzi.exchange.rules import Source, sources
from sanzi.kernel import clock, masking
from sanzi.orgs import queries as people
from sanzi.orgs import roles, scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record.outside import headers

ALIKE_PERCENT = 50
ACCEPT: Final = "exchange.accept"
DRAFT, QUEUED, LOADED, DROPPED = Delivery.State
"""Where a delivery may stand."""


@dataclass(frozen=True)
class Standing:
    """How one source stands: its last good file, its newest data, whether more is due."""

    source: Source
    last: Delivery | None
    newest: date | None
    waiting: int
    today: date
    checked: Delivery | None = None
    """The newest file whose rows were looked at and that was not put away."""

    @property
    def is_poor(self) -> bool:
        """Whether of too many rows of the newest file nothing can be made."""
        return self.checked is not None and self.source.is_poor(self.checked.quality)

    @property
    def accepted_percent(self) -> int | None:
        """Of how many rows in a hundred of the newest file something can be made."""
        told = self.checked.quality if self.checked else {}
        return told["accepted"] * 100 // told["rows"] if told.get("rows") else None

    @property
    def is_late(self) -> bool:
        """Whether the data is older than its rhythm."""
        return self.source.is_late(self.newest, self.today)

    @property
    def age_days(self) -> int | None:
        """Days since the newest data."""
        return (self.today - self.newest).days if self.newest else None


def require_see(by: Actor) -> None:
    """Refuse who may see no source. Raises: NotFound."""
    if not scope.prefixes(by, SEE):
        raise NotFound


def visible(by: Actor) -> QuerySet[Delivery]:
    """Return the deliveries of the actor's scope."""
    return Delivery.objects.filter(scope.within(by, SEE))


def access(*, by: Actor, ext_id: str, permission: str = SEE, is_locked: bool = False) -> Delivery:
    """Return a delivery of the actor's scope. Raises: NotFound."""
    rows = Delivery.objects.select_related("file").filter(ext_id=ext_id)
    found = (rows.select_for_update(of=("self",)) if is_locked else rows).first()
    if found is None:
        raise NotFound
    scope.require(by, permission, found.division_code)
    return found


def source_of(code: str) -> Source:
    """Return a source. Raises: NotFound."""
    found = sources().get(code)
    if found is None:
        raise NotFound
    return found


def standings(*, by: Actor, today: date) -> list[Standing]:
    """Return how each source stands in the actor's scope. Raises: NotFound."""
    require_see(by)
    return [standing(by=by, source=one, today=today) for one in sources().values()]


def standing(*, by: Actor, source: Source, today: date) -> Standing:
    """Return how one source stands."""
    mine = visible(by).filter(source=source.code)
    return _standing(source, list(mine.order_by("-uploaded_at", "-pk")), today)


def at_desk(*, by: Actor, today: date) -> list[Standing]:
    """Return the sources that whoever loads them has to see to: overdue, or of poor quality.

    A source of which no file ever came is none: nobody has begun with it here.
    """
    if not scope.prefixes(by, LOAD):
        return []
    came: dict[str, list[Delivery]] = {}
    rows = Delivery.objects.filter(scope.within(by, LOAD)).exclude(state=Delivery.State.DROPPED)
    for one in rows.defer("headings", "faults", "columns").order_by("-uploaded_at", "-pk"):
        came.setdefault(one.source, []).append(one)
    found = [_standing(one, came[code], today) for code, one in sources().items() if code in came]
    return [one for one in found if one.is_late or one.is_poor]


def left_out(found: Delivery) -> QuerySet[LeftOut]:
    """Return the rows without which a file was loaded, by row."""
    return found.left_out.order_by("row", "pk")


def _standing(source: Source, files: Sequence[Delivery], today: date) -> Standing:
    """Return how a source stands by its files, the newest first."""
    loaded = sorted(
        (one for one in files if one.state == Delivery.State.LOADED),
        key=lambda one: (one.done_at or one.uploaded_at, one.pk),
        reverse=True,
    )
    checked = (one for one in files if one.quality and one.state != Delivery.State.DROPPED)
    days = [one.quality.get("newest", "") for one in loaded]
    newest = max((day for day in days if day), default="")
    if not source.newest and loaded and loaded[0].done_at:
        newest = clock.local_date(loaded[0].done_at).isoformat()
    return Standing(
        source, loaded[0] if loaded else None, date.fromisoformat(newest) if newest else None,
        sum(1 for one in files if one.state == Delivery.State.DRAFT), today,
        next(checked, None),
    )  # fmt: skip


def mappings(*, by: Actor, source: str) -> list[SavedMapping]:
    """Return the mappings of a source that stand in the actor's scope, by name."""
    rows = SavedMapping.objects.filter(
        scope.within(by, LOAD), source=source, replaced_at__isnull=True
    )
    return list(rows.order_by("name", "pk"))


def mappings_like(source: str, division_code: str, headings: Sequence[str]) -> list[SavedMapping]:
    """Return the standing mappings for files of exactly this look, the newest first."""
    rows = SavedMapping.objects.filter(
        source=source, division_code=division_code, replaced_at__isnull=True,
        fingerprint=headers.fingerprint(headings),
    )  # fmt: skip
    return list(rows.order_by("-saved_at", "-pk"))


def changed_since(found: Delivery) -> tuple[SavedMapping, headers.Change] | None:
    """Return the saved mapping that this file resembles most, and what changed; None for none."""
    rows = SavedMapping.objects.filter(
        source=found.source, division_code=found.division_code, replaced_at__isnull=True
    )
    best: tuple[int, SavedMapping] | None = None
    now = {headers.normal(one) for one in found.headings}
    for one in rows.order_by("-saved_at", "-pk"):
        shared = len(now & {headers.normal(text) for text in one.headings})
        if shared * 100 >= ALIKE_PERCENT * len(one.headings) and (best is None or shared > best[0]):
            best = (shared, one)
    return (best[1], headers.change(best[1].headings, found.headings)) if best else None


def proposals(*, by: Actor, is_open: bool) -> QuerySet[Proposal]:
    """Return what directories proposed in the actor's scope, the newest file first.

    Raises: NotFound.
    """
    require_see(by)
    rows = Proposal.objects.filter(scope.within(by, SEE)).select_related("person", "delivery")
    rows = rows.filter(state="open") if is_open else rows.filter(state__in=["accepted", "declined"])
    return rows.order_by("-delivery_id", "pk")


def posts_said(person_id: int | None, on: date) -> str:
    """Return the posts of a person on a day in words; empty for nobody."""
    posts = people.posts_of(person_id, on) if person_id else ()
    return "、".join(
        f"{people.village_name(one.division_code)}{roles.title(one.role_code)}" for one in posts
    )


def phone_masked(one: Proposal) -> str:
    """Return the telephone of the directory, masked."""
    return masking.phone(secrets.reveal("phone", one.sealed_phone)) if one.sealed_phone else ""


def progress_file(ext_id: str) -> Path:
    """Return where the worker tells how far it is; outside of the database, which it holds."""
    return Path(settings.SANZI.var) / "exchange" / f"{ext_id}.json"


def progress(ext_id: str) -> dict[str, Any]:
    """Return how far the load of a file is, empty when nobody says."""
    try:
        found: dict[str, Any] = json.loads(progress_file(ext_id).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
