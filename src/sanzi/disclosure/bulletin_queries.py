"""Reads of the village's bulletin: what stands published, by item, and one with its versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from sanzi.disclosure.models import Publication
from sanzi.matters.items import PublicItem, items
from sanzi.orgs.errors import NotFound

PAGE_ROWS = 20
Posted = Publication
"""What `standing` yields, for the faces that draw it."""


@dataclass(frozen=True)
class Heading:
    """One item of the bulletin, with how many stand under it."""

    item: PublicItem
    count: int


@dataclass(frozen=True)
class Sheet:
    """One publication: what replaced it, and what it replaced."""

    publication: Publication
    item: PublicItem
    newer: Publication | None
    older: Publication | None


def standing(village_code: str, item_code: str = "") -> QuerySet[Publication]:
    """Return what stands published in a village, newest first; of one item where one is named."""
    found = Publication.objects.filter(
        division_id=village_code, replaced_by__isnull=True, unpublished_at__isnull=True
    )
    if item_code:
        found = found.filter(item_code=item_code)
    return found.order_by("-published_at", "-id")


def month(village_code: str, period: str) -> Publication | None:
    """Return what stands published of a month, line by line; None while nothing does."""
    rows = standing(village_code).filter(period=period)
    return next((one for one in rows if page_of(one)[0] == "month"), None)


def page_of(one: Publication) -> tuple[str, str]:
    """Return the kind of page where a publication is read, and what that page is called.

    Payments and months have pages of their own: (payment, case), (month, period), (sheet, id).
    """
    if "payees" in one.body:
        return "payment", one.subject_id
    return ("month", one.period) if "in_fen" in one.body else ("sheet", one.ext_id)


def headings(village_code: str) -> list[Heading]:
    """Return the items under which something stands, in the order of the catalogue."""
    rows = standing(village_code).order_by().values_list("item_code").annotate(count=Count("id"))
    counts = dict(rows)
    return [Heading(one, counts[one.code]) for one in items().values() if one.code in counts]


def withdrawn(village_code: str) -> QuerySet[Publication]:
    """Return what was taken off the web by hand in a village, the latest first."""
    found = Publication.objects.filter(division_id=village_code, unpublished_at__isnull=False)
    return found.exclude(withdrawn_reason="").order_by("-unpublished_at", "-id")


def is_told(one: Publication) -> bool:
    """Whether the address of a publication says something: it is on the web, or why it is not."""
    return one.unpublished_at is None or bool(one.withdrawn_reason)


def sheet(village_code: str, ext_id: str) -> Sheet:
    """Return one publication, older versions too.

    Raises: NotFound, also for what has left the web (`withdrawn` may tell why).
    """
    found = (
        Publication.objects.select_related("replaces", "replaced_by")
        .filter(division_id=village_code, ext_id=ext_id, unpublished_at__isnull=True)
        .first()
    )
    if found is None:
        raise NotFound
    newer = found.replaced_by if hasattr(found, "replaced_by") else None
    return Sheet(found, items()[found.item_code], newer, found.replaces)
