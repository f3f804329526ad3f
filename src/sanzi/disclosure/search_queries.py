"""What the search of the portal finds: open text, the power list, who is in office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sanzi.disclosure.models import SearchLine
from sanzi.disclosure.search_rules import Asked, folded
from sanzi.matters import catalogue, plain
from sanzi.matters.catalogue import Matter
from sanzi.orgs.models import Appointment, Division
from sanzi.orgs.roles import roles

PAGE_ROWS = 20
BESIDE_MAX = 8
Found = SearchLine
Kind = SearchLine.Kind
"""What `lines` yields, for the faces that draw it."""


@dataclass(frozen=True)
class InOffice:
    """Somebody in office: name, post, body and village."""

    name: str
    post: str
    body: str
    village_code: str


def lines(asked: Asked, village_code: str = "") -> QuerySet[SearchLine]:
    """Return what holds every word and month that was asked for, newest first.

    Of a village in all open text; of the whole county in titles, which an index holds.
    """
    found = SearchLine.objects.defer("words").order_by("-at", "-pk")
    if asked.is_empty:
        return found.none()
    if village_code:
        found = found.filter(division_id=village_code)
    else:
        found = found.select_related("division")
    for word in asked.words:
        found = found.filter(Q(words__contains=word) if village_code else Q(title__icontains=word))
    for month in asked.months:
        found = found.filter(period__endswith=month)
    return found


def powers(asked: Asked) -> list[Matter]:
    """Return the matters whose title, or what they are for, holds every word."""
    if not asked.words or asked.months:
        return []
    return [
        one
        for one in catalogue.matters().values()
        if _holds(f"{one.code} {one.title} {plain.of(one).what}", asked)
    ][:BESIDE_MAX]


def _holds(text: str, asked: Asked) -> bool:
    whole = folded(text)
    return all(word in whole for word in asked.words)


def in_office(asked: Asked, today: date, village_code: str = "") -> list[InOffice]:
    """Return who holds a post of a village today whose name or post holds every word."""
    if not asked.words or asked.months:
        return []
    found = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=today), start_date__lte=today,
        organisation__division__level="village",
    ).select_related("person", "organisation")  # fmt: skip
    if village_code:
        found = found.filter(organisation__division_id=village_code)
    for word in asked.words:
        posts = [one.code for one in roles().values() if word in folded(one.title)]
        found = found.filter(Q(person__name__contains=word) | Q(role_code__in=posts))
    rows = found.order_by("organisation__division_id", "organisation_id", "role_code", "pk")
    return [
        InOffice(
            one.person.name, roles()[one.role_code].title, one.organisation.name,
            one.organisation.division_id,
        )
        for one in rows[:BESIDE_MAX]
        if one.role_code in roles()
    ]  # fmt: skip


def villages(asked: Asked) -> list[tuple[str, str, str]]:
    """Return (code, name, town) of the villages whose name, or whose town's, holds every word."""
    if not asked.words or asked.months:
        return []
    towns = dict(Division.objects.filter(level="town").values_list("code", "name"))
    rows = Division.objects.filter(level="village").order_by("code")
    return [
        (one.code, one.name, towns.get(one.parent_code, ""))
        for one in rows
        if _holds(f"{one.name} {towns.get(one.parent_code, '')}", asked)
    ]
