"""What holds on a day at a place: rates, the labour list, the figures of the alert models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanzi.kernel import divisions
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Appointment
from sanzi.orgs.roles import roles
from sanzi.registers.labour.models import LabourListing, RateCard
from sanzi.registers.labour.queries.requests import SEE
from sanzi.supervision import catalogue, rules
from sanzi.supervision import queries as supervision


def figures(code: str, division_code: str, day: date) -> dict[str, Any]:
    """Return the parameters of an alert model at a place on a day, so that one figure rules both.

    Shapes: values by name, in the unit of the model's file. Raises KeyError for an unknown model.
    """
    model = catalogue.models()[code]
    own = [one for one in supervision.overrides() if one.model_code == code]
    return rules.values_for(model, own, division_code, day)


def rate_on(code: str, division_code: str, day: date) -> RateCard | None:
    """Return the rate that holds: the nearest place first, then the newest row."""
    found = _valid(RateCard.objects.filter(rate_code=code), division_code, day)
    return max(found, key=_nearness, default=None)


def rates_on(division_code: str, day: date) -> list[RateCard]:
    """Return the rates that hold at a place on a day, one of each code, by code."""
    best: dict[str, RateCard] = {}
    for one in _valid(RateCard.objects.all(), division_code, day):
        held = best.get(one.rate_code)
        if held is None or _nearness(one) > _nearness(held):
            best[one.rate_code] = one
    return [best[code] for code in sorted(best)]


def rates_seen(*, by: Actor) -> list[RateCard]:
    """Return every rate that counts at the actor's places, the newest of a code first.

    What a county or town lays down counts in all its villages.
    """
    places = {one.division_code for one in by.posts if SEE in roles()[one.role_code].may}
    above = {code for place in places for code in orgs.ancestors(place)}
    rows = RateCard.objects.filter(scope.within(by, SEE) | Q(division_code__in=above))
    return list(rows.order_by("rate_code", "division_code", "-valid_from_date"))


def _valid(rows: QuerySet[RateCard], division_code: str, day: date) -> list[RateCard]:
    open_rows = rows.filter(
        Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=day), valid_from_date__lte=day
    )
    return [one for one in open_rows if divisions.is_within(division_code, one.division_code)]


def _nearness(one: RateCard) -> tuple[int, date]:
    return (len(divisions.prefix(one.division_code)), one.valid_from_date)


def listings(division_code: str, day: date) -> QuerySet[LabourListing]:
    """Return who is on the labour list of a village on a day, by name."""
    return (
        LabourListing.objects.filter(
            Q(until_date__isnull=True) | Q(until_date__gte=day),
            division_code=division_code,
            since_date__lte=day,
        )
        .select_related("person")
        .order_by("person__name", "person_id", "-since_date")
    )


def posts_on(
    division_code: str, day: date, roles: Iterable[str], people: Iterable[int]
) -> dict[int, str]:
    """Return who of these people holds one of these posts in the village on the day."""
    rows = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=day),
        organisation__division_id=division_code,
        role_code__in=list(roles),
        person_id__in=list(people),
        start_date__lte=day,
    )
    return dict(rows.values_list("person_id", "role_code"))
