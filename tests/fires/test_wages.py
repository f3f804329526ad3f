"""Wages: a road laid as day labour, more than a year's hand work for one man, pay to kin."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.registers.labour.actions import days, photos, standards
from sanzi.registers.labour.actions.photos import Shot
from sanzi.registers.labour.models import LabourRequest
from worlds import labour as world
from worlds.labour import ASKED, DAY, DECLARED, EVENING, MORNING, Labour

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "labour-disguised-works", "labour-kin-concentration", "labour-person-annual-cap",
}  # fmt: skip
EAST, WEST = "村东机耕路", "村西机耕路"
ONE_DAY, SHIFT = timedelta(days=1), 160


@pytest.fixture
def labour() -> Labour:
    """A village with people on its labour list, and the town's rate for machines with drivers."""
    made = world.build(24)
    standards.set_rate(
        rate=standards.Rate(
            "machine", "农机连驾驶员", made.money.organisation.division_id, 200_000, "day",
            date(2026, 1, 1), "镇农〔2026〕3号",
        ),
        by=made.actor("town_agri_head", ASKED), at=ASKED,
    )  # fmt: skip
    return made


def asked(labour: Labour, place: str) -> str:
    """Ask for work on a road, and let it be approved; return the request."""
    number = LabourRequest.objects.count() + 1
    return world.approved(
        labour, f"999901101201-M09-2026-{number:04d}", place=place, work_kind="road",
        rate_code="machine", reason="雨季前铺平路面", planned_end_at=ASKED + 40 * ONE_DAY,
        person_days_planned=20,
    )  # fmt: skip


def worked(
    labour: Labour, request: str, people: int, *, minutes: int = 480, later: int = 0, after: int = 0
) -> None:
    """Let people work on a request, some days and so many shifts later; check it that evening."""
    at, day = EVENING + later * ONE_DAY, DAY + later * ONE_DAY
    member, head = labour.actor("committee_member", at), labour.actor("supervision_head", at)
    for phase in ("before", "after"):
        shot = Shot(phase, "现场.jpg", world.picture(2 * photos_taken() + 1, taken=at))
        photos.add(request=request, work_date=day, shot=shot, by=member, at=at)
    start_at = MORNING + later * ONE_DAY + timedelta(minutes=30 + SHIFT * after)
    hours = {
        "start_at": start_at, "end_at": start_at + timedelta(minutes=minutes), "minutes": minutes
    }  # fmt: skip
    rows = [world.row(one, day, **hours) for one in labour.workers[:people]]
    world.enter(labour, request, *rows, day=day, at=at)
    days.check_day(request=request, work_date=day, by=head, at=at)


def photos_taken() -> int:
    """Return how many photos there are of any work."""
    return sum(one.photos.count() for one in LabourRequest.objects.all())


def test_a_road_that_is_paved_in_parts_as_labour_is_found_and_two_roads_are_not(
    labour: Labour,
) -> None:
    code, requests = "labour-disguised-works", [asked(labour, one) for one in (EAST, WEST, EAST)]
    for turn, request in enumerate(requests[:2]):
        worked(labour, request, 24, minutes=SHIFT, after=turn)
    assert nights.found(DECLARED, code) == set()

    worked(labour, requests[2], 24, minutes=SHIFT, after=2)

    assert nights.found(DECLARED, code) == {(code, requests[0]), (code, requests[2])}


def test_who_gets_more_in_a_year_than_hands_may_is_found_and_who_gets_just_that_is_not(
    labour: Labour,
) -> None:
    code, request = "labour-person-annual-cap", asked(labour, EAST)
    for later in range(10):
        worked(labour, request, 2, later=later)
    at = DECLARED + 20 * ONE_DAY
    assert nights.found(at, code) == set()

    worked(labour, request, 1, later=10)

    assert nights.found(at, code) == {(code, "V1")}


def test_wages_that_go_to_kin_of_the_cadres_are_found_when_the_kin_are_known(
    labour: Labour, tmp_path: Path
) -> None:
    code, member = "labour-kin-concentration", labour.money.world.people["committee_member"]
    worked(labour, asked(labour, EAST), 5)
    one, two, three, four = labour.workers[:4]
    lists.come(tmp_path / "1", EVENING, kin=[(member, one, "spouse"), (member, two, "cousin")])
    assert nights.found(DECLARED, code) == set()

    lists.come(tmp_path / "2", EVENING, kin=[(member, three, "child"), (member, four, "sibling")])

    assert nights.found(DECLARED, code) == {(code, labour.money.organisation.division_id)}
