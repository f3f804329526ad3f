"""The one scope check: who reaches what, and that absent and forbidden look alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import Q

from sanzi.orgs import queries, scope
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound, SecondFactorNeeded
from sanzi.orgs.models import Appointment, Person
from worlds import village

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "permission", "place", "expected"),
    [
        ("cashier_reporter", "matters.start", village.WILLOW, True),
        ("cashier_reporter", "matters.start", village.STONE, False),
        ("cashier_reporter", "matters.start", village.TOWN, False),
        ("agency_reviewer", "payments.release", village.STONE, True),
        ("agency_reviewer", "payments.release", village.COUNTY, False),
        ("agency_reviewer", "payments.instruct", village.STONE, False),
        ("county_discipline", "supervision.verify", village.WILLOW, True),
        ("county_discipline", "matters.start", village.WILLOW, False),
    ],
)
def test_a_permission_reaches_the_post_and_below(role, permission, place, expected) -> None:
    world = village.build()

    assert scope.can(world.actor(role), permission, place) is expected


def test_an_ended_appointment_gives_nothing() -> None:
    world = village.build()
    Appointment.objects.filter(role_code="village_secretary").update(
        end_date=date(2026, 11, 11),
    )

    assert world.actor("village_secretary").posts == ()
    before = world.actor("village_secretary", village.AT - timedelta(days=1))
    assert scope.can(before, "matters.see", village.WILLOW)


def test_absent_and_out_of_scope_raise_the_same() -> None:
    world = village.build()
    stranger = village.villager(world, "石村人", village.STONE)
    by = world.actor("cashier_reporter")

    with pytest.raises(NotFound) as absent:
        queries.access_person(by=by, ext_id="nobody")
    with pytest.raises(NotFound) as forbidden:
        queries.access_person(by=by, ext_id=stranger.ext_id)

    assert absent.value.as_dict() == forbidden.value.as_dict()


def test_within_keeps_a_queryset_in_scope() -> None:
    world = village.build()
    village.villager(world, "柳村人", village.WILLOW)
    village.villager(world, "石村人", village.STONE)
    rows = Person.objects.filter(ext_id__startswith="V")

    def names(role: str) -> set[str]:
        condition = scope.within(world.actor(role), "matters.see", "division_id")
        return set(rows.filter(condition).values_list("name", flat=True))

    assert names("cashier_reporter") == {"柳村人"}
    assert names("stone_cashier") == {"石村人"}
    assert names("town_agri_head") == {"柳村人", "石村人"}
    assert set(rows.filter(scope.within(SYSTEM, "matters.see", "division_id"))) == set(rows)


def test_the_system_sees_all_also_where_conditions_are_joined() -> None:
    within = scope.within(SYSTEM, "orgs.see", "ext_id")

    assert Person.objects.filter(Q(name="没有这个人") | within).count() == Person.objects.count()


def test_nobody_without_a_post_reaches_anything() -> None:
    world = village.build()
    nobody = replace(world.actor("cashier_reporter"), posts=())

    assert not Person.objects.filter(scope.within(nobody, "matters.see", "division_id")).exists()


def test_a_second_factor_older_than_five_minutes_is_refused() -> None:
    world = village.build()
    by = world.actor("agency_reviewer")

    by.require_second_factor(village.AT + timedelta(minutes=5))
    with pytest.raises(SecondFactorNeeded):
        by.require_second_factor(village.AT + timedelta(minutes=5, seconds=1))


def test_holders_are_found_at_the_place_and_above() -> None:
    world = village.build()
    on = date(2026, 11, 12)

    secretary = queries.holders("village_secretary", village.WILLOW, on)
    leader = queries.holders("town_leader", village.STONE, on)

    assert [one.name for one in secretary] == ["陈国平"]
    assert [one.user_id for one in leader] == [world.users["town_leader"].pk]
    assert queries.holders("village_secretary", village.STONE, on) == []
