"""Reads of the room: actors, doors to people and places, holders of posts, kin, the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from sanzi.kernel import clock, divisions, masking
from sanzi.kernel.workdays import Calendar
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor, Post
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import (
    Appointment,
    CalendarDay,
    Division,
    Household,
    Kinship,
    Organisation,
    Person,
    User,
)

PORTAL = "村民门户"
"""Where a villager's doings come from, in the log."""


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a post on a day; `user_id` is None when he can't log in."""

    person_id: int
    person_ext_id: str
    name: str
    role_code: str
    division_code: str
    user_id: int | None


def in_office(day: date) -> Q:
    """Return the condition on appointments that a day lies within them."""
    return Q(start_date__lte=day) & (Q(end_date__isnull=True) | Q(end_date__gte=day))


def posts_of(person_id: int, on: date) -> tuple[Post, ...]:
    """Return the open appointments of a person on a day."""
    found = (
        Appointment.objects.filter(in_office(on), person_id=person_id)
        .select_related("organisation")
        .order_by("id")
    )
    return tuple(
        Post(
            role_code=one.role_code,
            org_id=one.organisation_id,
            org_ext_id=one.organisation.ext_id,
            division_code=one.organisation.division_id,
            start_date=one.start_date,
            end_date=one.end_date,
        )
        for one in found
    )


def actor_for(
    user: User,
    at: datetime,
    *,
    origin: str = "",
    second_factor_at: datetime | None = None,
    device: str = "",
) -> Actor:
    """Return the actor that a logged-in user is at this instant.

    `device` is the mark of his device as the browser brings it; what is kept is its index.
    """
    person = user.person
    return Actor(
        user_id=user.pk,
        person_id=person.pk,
        person_ext_id=person.ext_id,
        name=person.name,
        posts=posts_of(person.pk, clock.local_date(at)),
        origin=origin,
        second_factor_at=second_factor_at,
        device=secrets.index("token", device) if device else "",
    )


def actor_of_person(person_id: int, at: datetime) -> Actor:
    """Return the actor that a person is, without a session (imports, tests).

    Raises: NotFound.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    user = User.objects.filter(person_id=person_id).first()
    return Actor(
        user_id=user.pk if user else None,
        person_id=person.pk,
        person_ext_id=person.ext_id,
        name=person.name,
        posts=posts_of(person.pk, clock.local_date(at)),
    )


def villager(person_id: int) -> Actor:
    """Return the actor that a villager is at the public door, after his household's proof.

    His name is masked: it goes into the log, which holds nothing readable about a villager.
    Raises: NotFound for nobody, somebody dead, or somebody of no household.
    """
    person = Person.objects.filter(
        pk=person_id, death_date__isnull=True, household__isnull=False
    ).first()
    if person is None:
        raise NotFound
    return Actor(
        user_id=None,
        person_id=person.pk,
        person_ext_id=person.ext_id,
        name=masking.name(person.name),
        origin=PORTAL,
        household_id=person.household_id,
    )


def holders(role_code: str, division_code: str, on: date) -> list[Holder]:
    """Return who holds a role at this place or at a node above it, nearest first."""
    nodes = [division_code, *ancestors(division_code)]
    found = (
        Appointment.objects.filter(
            in_office(on),
            role_code=role_code,
            organisation__division_id__in=nodes,
        )
        .select_related("person", "organisation")
        .order_by("-organisation__division_id", "id")
    )
    users = dict(
        User.objects.filter(
            person_id__in=[one.person_id for one in found],
            is_active=True,
        ).values_list("person_id", "pk"),
    )
    return [
        Holder(
            person_id=one.person_id,
            person_ext_id=one.person.ext_id,
            name=one.person.name,
            role_code=role_code,
            division_code=one.organisation.division_id,
            user_id=users.get(one.person_id),
        )
        for one in found
    ]


def posts_held(role_codes: Iterable[str], on: date) -> list[tuple[str, str, str]]:
    """Return (division code, role, person's ext id) of who holds these roles on a day, once each.

    In the order of divisions, roles and people.
    """
    found = Appointment.objects.filter(in_office(on), role_code__in=[*role_codes])
    return sorted(
        set(found.values_list("organisation__division_id", "role_code", "person__ext_id"))
    )


def users_with_role(role_code: str, on: date) -> list[int]:
    """Return the users who hold a role anywhere on a day, in the order of their keys."""
    people = Appointment.objects.filter(in_office(on), role_code=role_code)
    found = User.objects.filter(person_id__in=people.values("person_id"), is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def users_of(person_ids: Iterable[int]) -> list[int]:
    """Return the log-ins of these persons that are open."""
    found = User.objects.filter(person_id__in=list(person_ids), is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def ancestors(division_code: str) -> list[str]:
    """Return the codes above a division, nearest first."""
    found = []
    above = divisions.parent(division_code)
    while above is not None:
        found.append(above)
        above = divisions.parent(above)
    return found


def kin_ids(person_id: int, *, statutory: bool = True) -> set[int]:
    """Return the persons who are kin of this one, either way declared."""
    degree = Q(is_statutory_kin=True) if statutory else Q(is_extended_kin=True)
    pairs = Kinship.objects.filter(
        degree & (Q(person_id=person_id) | Q(relative_id=person_id)),
    ).values_list("person_id", "relative_id")
    return {other for pair in pairs for other in pair} - {person_id}


def calendar() -> Calendar:
    """Return the working calendar; days without a row follow the week."""
    days = CalendarDay.objects.all()
    return Calendar(
        holidays=frozenset(one.day for one in days if not one.is_workday),
        extra_workdays=frozenset(one.day for one in days if one.is_workday),
    )


def village_name(division_code: str) -> str:
    """Return the name of a division, or its code when it is not known."""
    found = Division.objects.filter(pk=division_code).values_list("name", flat=True).first()
    return found or division_code


def division_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of divisions by code."""
    return dict(Division.objects.filter(pk__in=list(codes)).values_list("code", "name"))


def access_person(*, by: Actor, ext_id: str) -> Person:
    """Return a person of the actor's scope.

    Raises: NotFound, also when the person lies outside.
    """
    person = Person.objects.filter(
        scope.within(by, "matters.see", "division_id"),
        ext_id=ext_id,
    ).first()
    if person is None:
        raise NotFound
    return person


def access_organisation(*, by: Actor, ext_id: str, permission: str = "matters.see") -> Organisation:
    """Return an organisation of the actor's scope.

    Raises: NotFound, also when it lies outside.
    """
    found = Organisation.objects.filter(
        scope.within(by, permission, "division_id"),
        ext_id=ext_id,
    ).first()
    if found is None:
        raise NotFound
    return found


def organisations_of(division_code: str) -> list[Organisation]:
    """Return the bodies of a division, in the order they were made."""
    return list(Organisation.objects.filter(division_id=division_code).order_by("id"))


def access_household(*, by: Actor, ext_id: str) -> Household:
    """Return a household of the actor's scope.

    Raises: NotFound.
    """
    found = Household.objects.filter(
        scope.within(by, "disclosure.issue_code", "division_id"),
        ext_id=ext_id,
    ).first()
    if found is None:
        raise NotFound
    return found


def villages() -> list[tuple[str, str]]:
    """Return code and name of every village, in the order of codes."""
    return divisions_of("village")


def divisions_of(level: str) -> list[tuple[str, str]]:
    """Return code and name of every division of a level, in the order of codes."""
    found = Division.objects.filter(level=level).order_by("code")
    return list(found.values_list("code", "name"))


@dataclass(frozen=True)
class HouseholdHead:
    """A household and the name of its head."""

    ext_id: str
    head_name: str


def first_household(division_code: str) -> HouseholdHead:
    """Return the first household of a village whose head lives. Raises: NotFound."""
    heads = dict(
        Person.objects.filter(division_id=division_code, death_date__isnull=True).values_list(
            "ext_id",
            "name",
        ),
    )
    for one in Household.objects.filter(division_id=division_code).order_by("ext_id"):
        if one.head_person_ext_id in heads:
            return HouseholdHead(one.ext_id, heads[one.head_person_ext_id])
    raise NotFound
