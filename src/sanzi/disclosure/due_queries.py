"""What had to be public: by village and period, what was made, late, empty, is due or missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from sanzi.disclosure.models import DueSheet, HeldSheet, Publication
from sanzi.matters.items import PublicItem, items
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

MADE, LATE, EMPTY, DUE, MISSING = "made", "late", "empty", "due", "missing"
HELD, UNJUDGED, WITHDRAWN = "held", "unjudged", "withdrawn"
STATES: Final = {
    MADE: "按时公布了",
    LATE: "公布晚了",
    EMPTY: "这一期没有",
    DUE: "还没到日子",
    MISSING: "没有公布",
    HELD: "检查没过，压着没公布",
    UNJUDGED: "没能检查，压着没公布",
    WITHDRAWN: "撤下了，没有再公布",
}
PERMISSION: Final = "matters.see"
OFFICES: Final = ("town_agri_head", "county_agri")
"""Who is told of what could not be judged, and finds it on the desk."""
WAITS: Final = timedelta(hours=1)
"""How long a page may wait unjudged before its office is told: until it was tried once more."""
ROWS_MAX: Final = 400
"""How many rows of a village are shown, the newest first."""


@dataclass(frozen=True)
class DueItem:
    """One item of a village for a period, and how it stands. `ext_id` names its publication.

    `unjudged_at` is since when the models can say nothing of it.
    """

    village_code: str
    village_name: str
    item: PublicItem
    title: str
    due_at: datetime | None
    published_at: datetime | None
    ext_id: str
    state: str
    unjudged_at: datetime | None = None


@dataclass(frozen=True)
class VillageDue:
    """A village with how many items stand in each state."""

    code: str
    name: str
    counts: dict[str, int]


def of_village(*, by: Actor, code: str, at: datetime) -> list[DueItem]:
    """Return what a village had and has to publish, the nearest last days first.

    What the gate keeps back stands on top, whether a period or a case asked for it.
    Raises: NotFound, for a village out of scope and for one of which nothing is due.
    """
    scope.require(by, PERMISSION, code)
    found = DueSheet.objects.filter(division_id=code).select_related("publication", "division")
    rows = list(found.order_by("-due_at", "item_code")[:ROWS_MAX])
    held = list(HeldSheet.objects.filter(division_id=code).select_related("division"))
    if not rows and not held:
        raise NotFound
    kept = {_key(one) for one in held}
    shown = [_item(one, at) for one in rows if one.publication is not None or _key(one) not in kept]
    return [*(_held(one) for one in sorted(held, key=_order)), *shown]


def _key(one: DueSheet | HeldSheet) -> tuple[str, str, str]:
    """Return the place, item and period; a page of a case has none of a period."""
    return one.division_id, one.item_code, one.period or f"-{getattr(one, 'subject_id', '')}"


def _order(one: HeldSheet) -> tuple[bool, datetime, int]:
    return one.due_at is None, one.due_at or one.held_at, one.pk


def _held(one: HeldSheet) -> DueItem:
    return DueItem(
        village_code=one.division_id,
        village_name=one.division.name,
        item=items()[one.item_code],
        title=one.title,
        due_at=one.due_at,
        published_at=None,
        ext_id="",
        state=_held_state(one),
        unjudged_at=one.unjudged_at,
    )


def _held_state(one: HeldSheet) -> str:
    return HELD if one.unjudged_at is None else UNJUDGED


def unjudged(at: datetime) -> QuerySet[HeldSheet]:
    """Return the pages that the models could say nothing of for an hour."""
    return HeldSheet.objects.filter(unjudged_at__lte=at - WAITS)


def unjudged_for(*, by: Actor, at: datetime) -> list[DueItem]:
    """Return the pages of the actor's office that could not be judged, the longest waiting first.

    None for whoever is of no such office.
    """
    if not any(post.role_code in OFFICES for post in by.posts):
        return []
    rows = unjudged(at).filter(scope.within(by, PERMISSION, "division_id"))
    return [
        _held(one)
        for one in rows.select_related("division").order_by("unjudged_at", "pk")[:ROWS_MAX]
    ]


def villages(*, by: Actor, at: datetime) -> list[VillageDue]:
    """Return the villages in scope that have anything due, each with its counts, by code."""
    found = DueSheet.objects.filter(scope.within(by, PERMISSION, "division_id"))
    counts: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    kept = set()
    back = HeldSheet.objects.filter(scope.within(by, PERMISSION, "division_id"))
    for sheet in back.select_related("division").order_by("division_id", "pk"):
        kept.add(_key(sheet))
        counts.setdefault(sheet.division_id, dict.fromkeys(STATES, 0))[_held_state(sheet)] += 1
        names[sheet.division_id] = sheet.division.name
    for one in found.select_related("publication", "division").order_by("division_id", "pk"):
        held = counts.setdefault(one.division_id, dict.fromkeys(STATES, 0))
        if one.publication is not None or _key(one) not in kept:
            held[state(one, at)] += 1
        names[one.division_id] = one.division.name
    return [VillageDue(code, names[code], counts[code]) for code in sorted(counts)]


def state(one: DueSheet, at: datetime) -> str:
    """Return how one item stands at an instant."""
    if one.publication is not None and _is_withdrawn(one.publication):
        return WITHDRAWN
    if one.publication is not None:
        return LATE if one.publication.published_at > one.due_at else MADE
    if one.empty_at is not None:
        return EMPTY
    return DUE if at <= one.due_at else MISSING


def _is_withdrawn(one: Publication) -> bool:
    """Whether somebody took a publication off the web, and no other of its period stands."""
    return bool(one.withdrawn_reason) and not Publication.objects.filter(
        division_id=one.division_id, item_code=one.item_code, period=one.period,
        unpublished_at__isnull=True,
    ).exists()  # fmt: skip


def _item(one: DueSheet, at: datetime) -> DueItem:
    item = items()[one.item_code]
    published = one.publication
    return DueItem(
        village_code=one.division_id,
        village_name=one.division.name,
        item=item,
        title=one.title,
        due_at=one.due_at,
        published_at=published.published_at if published else None,
        ext_id=published.ext_id if published else "",
        state=state(one, at),
    )
