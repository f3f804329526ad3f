"""Reads that say who may be on a list: deaths, outside lists, land, kin of cadres, own cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from sanzi.deals.queries import parties
from sanzi.orgs import queries as orgs
from sanzi.orgs.models import LandRight, OutsideDeath, OutsideStatus, Person
from sanzi.payments.models import AccountKind, BankAccount

OWN_KINDS = (AccountKind.ONE_CARD, AccountKind.PERSONAL)


@dataclass(frozen=True)
class Outside:
    """What other registers say of a person in a span of days. Units: fen."""

    kind: str
    value_fen: int


def deaths(people: Iterable[Person]) -> dict[int, date]:
    """Return the day of death of those who died, by key: our register or the outside one."""
    known = list(people)
    outside = dict(
        OutsideDeath.objects.filter(pk__in=[one.id_no_index for one in known]).values_list(
            "id_no_index", "death_date"
        )
    )
    found = {}
    for one in known:
        days = [one.death_date, outside.get(one.id_no_index)]
        told = [day for day in days if day is not None]
        if told:
            found[one.pk] = min(told)
    return found


def statuses(people: Iterable[Person], first: date, last: date) -> dict[int, list[Outside]]:
    """Return what outside lists say of persons between two days, by key."""
    by_index = {one.id_no_index: one.pk for one in people if one.id_no_index}
    rows = OutsideStatus.objects.filter(
        Q(since_date__isnull=True) | Q(since_date__lte=last),
        Q(until_date__isnull=True) | Q(until_date__gte=first),
        id_no_index__in=list(by_index),
    )
    found: dict[int, list[Outside]] = {}
    for one in rows.order_by("kind", "pk"):
        said = Outside(one.kind, one.value_fen or 0)
        found.setdefault(by_index[one.id_no_index], []).append(said)
    return found


def land_centi(households: Iterable[int], on: date) -> Mapping[int, int]:
    """Return the contracted land of households on a day, in hundredths of a mu, by key."""
    rows = LandRight.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=on),
        household_id__in=list(households),
        right_kind="contract",
    )
    told = rows.values("household_id").annotate(total=Sum("area_mu_centi"))
    return {one["household_id"]: one["total"] or 0 for one in told}


def near_cadres(division_code: str, on: date, *, statutory: bool = False) -> set[int]:
    """Return the cadres of a village and their kin, by key."""
    cadres = parties.cadres(division_code, on)
    return cadres.union(*(orgs.kin_ids(one, statutory=statutory) for one in cadres))


def cards(people: Iterable[int]) -> dict[int, BankAccount]:
    """Return each person's own open account: the one card before others."""
    rows = BankAccount.objects.filter(
        person_id__in=list(people), kind__in=OWN_KINDS, closed_date__isnull=True
    )
    found: dict[int, BankAccount] = {}
    for one in rows.order_by("kind", "pk"):
        if one.person_id is not None:
            found.setdefault(one.person_id, one)
    return found


def named(ext_ids: Iterable[str]) -> dict[str, Person]:
    """Return persons with their households, by ext id."""
    rows = Person.objects.filter(ext_id__in=set(ext_ids)).select_related("household")
    return {one.ext_id: one for one in rows}
