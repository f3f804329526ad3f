"""Who belongs to a body on a day: adults of a village, members of its collective, holders of posts.

A post counts only between its days: who was elected for a term that has ended is not among them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sanzi.orgs.models import Appointment, Person

ADULT_YEARS = 18


@dataclass(frozen=True)
class Electorate:
    """The people of a body on a day. Units: people and households.

    `unknown_age` are those of the register without a date of birth; they are not counted.
    """

    people: QuerySet[Person]
    unknown_age: int

    @property
    def count(self) -> int:
        """Return how many are due."""
        return self.people.count()

    @property
    def household_count(self) -> int:
        """Return how many households they live in."""
        homes = self.people.filter(household__isnull=False)
        return homes.values("household_id").distinct().count()


def adults(division_code: str, on: date, *, members_only: bool = False) -> Electorate:
    """Return the grown-up people of a village, or the members of its collective, on a day."""
    living = Person.objects.filter(
        Q(death_date__isnull=True) | Q(death_date__gt=on), division_id=division_code
    )
    if members_only:
        living = living.filter(is_member=True)
    else:
        living = living.exclude(household_status="moved_out")
    born_by = _years_before(on, ADULT_YEARS)
    return Electorate(
        people=living.filter(birth_date__lte=born_by),
        unknown_age=living.filter(birth_date__isnull=True).count(),
    )


def holders(division_code: str, role_codes: Collection[str], on: date) -> Electorate:
    """Return the living holders of posts at the bodies of a village on a day, each once."""
    posts = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=on),
        start_date__lte=on,
        role_code__in=role_codes,
        organisation__division_id=division_code,
    )
    people = Person.objects.filter(
        Q(death_date__isnull=True) | Q(death_date__gt=on), pk__in=posts.values("person_id")
    )
    return Electorate(people=people, unknown_age=0)


def ended_terms(division_code: str, role_codes: Collection[str], on: date) -> set[int]:
    """Return the persons who once held such a post in a village and hold none on the day."""
    once = Appointment.objects.filter(
        role_code__in=role_codes, organisation__division_id=division_code, end_date__lt=on
    )
    now = holders(division_code, role_codes, on).people.values_list("pk", flat=True)
    return set(once.values_list("person_id", flat=True)) - set(now)


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # the 29th of February
        return on.replace(year=on.year - years, day=28)
