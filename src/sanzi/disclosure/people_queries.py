"""Who is who: those who hold a post in a village, in full, for they act in office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q

from sanzi.orgs.models import Appointment
from sanzi.orgs.roles import title


@dataclass(frozen=True)
class Holder:
    """Somebody with a post: what it is, who, since when."""

    post: str
    name: str
    since_date: date


@dataclass(frozen=True)
class Body:
    """A body of the village with those who hold its posts."""

    name: str
    holders: tuple[Holder, ...]


def bodies(village_code: str, today: date) -> list[Body]:
    """Return the bodies of a village with the posts that are held today."""
    rows = (
        Appointment.objects.filter(
            Q(end_date__isnull=True) | Q(end_date__gte=today),
            organisation__division_id=village_code,
            start_date__lte=today,
        )
        .select_related("person", "organisation")
        .order_by("organisation_id", "role_code", "start_date", "pk")
    )
    return [
        Body(
            body.name,
            tuple(Holder(title(one.role_code), one.person.name, one.start_date) for one in found),
        )
        for body, found in groupby(rows, key=lambda one: one.organisation)
    ]
