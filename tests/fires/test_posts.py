"""Posts: two that must not be one man's, kin on both sides of the till, keys not handed over."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.orgs.actions import appointments
from sanzi.orgs.models import Appointment
from worlds import deals, village
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "cadre-handover-overdue", "cadre-incompatible-posts", "cadre-kin-posts",
    "cadre-term-or-eligibility",
)  # fmt: skip
DAY = timedelta(days=1)
TODAY = AT.date()


@pytest.fixture
def world() -> World:
    """The village with a director, and a member of its supervision."""
    made = village.build()
    deals.works_office(made)
    return made


def appoint(world: World, role: str, as_role: str, body: str = "O-WILLOW") -> str:
    """Give the holder of a post another one."""
    return appointments.appoint(
        person=world.people[role].ext_id, organisation=body, role_code=as_role,
        start_date=TODAY, end_date=None, document_ref="任〔2026〕9号",
        by=world.actor("town_agri_head"), at=AT,
    )  # fmt: skip


def test_posts_that_must_be_apart_are_found_and_a_secretary_who_leads_is_not(world: World) -> None:
    appoint(world, "village_secretary", "coop_board")
    code = "cadre-incompatible-posts"
    assert nights.found(AT, code) == set()

    twice = appoint(world, "cashier_reporter", "supervision_member")
    assert nights.found(AT, code) == {(code, twice)}

    code = "cadre-term-or-eligibility"
    assert nights.found(AT, code) == set()
    appoint(world, "village_secretary", "supervision_head")
    heads = Appointment.objects.filter(role_code="supervision_head")
    head = heads.get(person=world.people["village_secretary"]).ext_id
    assert nights.found(AT, code) == {(code, head)}


def test_a_father_who_watches_his_son_is_found_when_the_list_of_kin_comes(
    world: World, tmp_path: Path
) -> None:
    member, head = world.people["committee_member"], world.people["supervision_head"]
    cousin = world.people["supervision_member"]
    lists.come(tmp_path / "cousins", AT, kin=[(member, cousin, "cousin")])
    code = "cadre-kin-posts"
    assert nights.found(AT, code) == set()

    lists.come(tmp_path / "fathers", AT, kin=[(member, head, "parent")])

    watcher = Appointment.objects.get(person=head).ext_id
    one = Appointment.objects.get(person=member).ext_id
    assert nights.found(AT, code) in ({(code, watcher)}, {(code, one)})


def test_who_leaves_without_handing_over_is_found_after_ten_days(world: World) -> None:
    left = {
        role: Appointment.objects.get(person=world.people[role])
        for role in ("cashier_reporter", "supervision_member")
    }
    for one in left.values():
        appointments.end(ext_id=one.ext_id, end_date=TODAY, by=world.actor("town_agri_head"), at=AT)

    code, last = "cadre-handover-overdue", datetime.combine(TODAY, time(4), UTC)
    found = [nights.found(last + days * DAY, code) for days in (10, 11)]
    assert found == [set(), {(code, left["cashier_reporter"].ext_id)}]
