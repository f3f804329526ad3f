"""Help for households: twice at a time, again and again, for land that is not theirs any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fires import nights
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import LandRight
from sanzi.record.packages import write_package
from sanzi.registers.subsidies.models import AidCase, Award
from worlds import subsidies, walks
from worlds.village import AT, WILLOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {"aid-destitute-duplicate", "aid-temporary-repeat", "subsidy-over-area"}
DECEMBER = datetime(2026, 12, 1, 4, tzinfo=UTC)
WEEK = timedelta(days=7)
LIST = {
    "title": "2026年耕地地力补贴", "program": "SP-LAND", "period": "2026", "like_last": "no",
}  # fmt: skip
VISITORS = [{"person": "P-agency-4"}, {"person": "P-willow-4"}]


@pytest.fixture
def world(db: None) -> World:
    return subsidies.build()


def asked(world: World, kind: str, who: str = "V1", at: datetime = AT) -> walks.Walk:
    """Let somebody's household ask for aid."""
    walk = walks.start(world, "M26", "village_clerk")
    walk.at = at
    form = {
        "title": "申请救助", "kind": kind, "applicant": who, "kin_of_staff": "no", "members": [],
    }  # fmt: skip
    walk.submit("village_clerk", form, ("consent", "illness"))
    return walk


def granted(walk: walks.Walk, start: str, end: str = "") -> str:
    """Bring what was asked for to the county, which grants it; return the aid."""
    walk.approve("town_civil_office")
    seen = {"visitors": VISITORS, "visited_at": "2026-11-12T10:00", "income": "0", "agreed": "yes"}
    walk.record("town_civil_office", seen, ("photo",))
    walk.record("committee_member", {"place": "公开栏"}, ("photo",))
    walk.at += WEEK
    walk.record("committee_member", {})
    given: dict[str, Any] = {
        "result": "approved", "monthly": "900", "start_date": start, "end_date": end,
        "visited": "no",
    }  # fmt: skip
    walk.record("county_civil_affairs", given)
    return AidCase.objects.get(case_number=walk.number).ext_id


@pytest.mark.parametrize("start", ["2026-12-01", "2026-11-30"])
def test_a_household_that_gets_two_kinds_for_the_same_day_is_found(
    world: World, start: str
) -> None:
    granted(asked(world, "destitute"), "2026-11-20", "2026-11-30")
    code = "aid-destitute-duplicate"
    assert nights.found(DECEMBER, code) == set()

    walk = asked(world, "low_income", at=DECEMBER)
    second = granted(walk, start)

    expected = {(code, second)} if start < "2026-12" else set()
    assert nights.found(walk.at, code) == expected


def test_a_third_wish_of_a_household_while_two_wait_is_found(world: World) -> None:
    code = "aid-temporary-repeat"
    for who, at in (("V1", AT), ("V1", AT + WEEK), ("V2", AT), ("V2", AT + WEEK)):
        asked(world, "temporary", who, at)
    assert nights.found(AT + WEEK, code) == set()

    third = asked(world, "temporary", at=AT + 2 * WEEK)

    aid = AidCase.objects.get(case_number=third.number)
    assert nights.found(third.at, code) == {(code, aid.ext_id)}


@pytest.mark.parametrize(("area", "is_found"), [("4.08", False), ("4.07", True)])
def test_more_land_than_the_register_says_when_it_is_put_right_is_found(
    world: World, tmp_path: Path, area: str, *, is_found: bool
) -> None:
    walk = walks.start(world, "M25", "village_clerk")
    people = [{"person": "V1", "quantity": "4.2"}, {"person": "V2", "quantity": "5"}]
    walk.submit("village_clerk", {**LIST, "people": people})
    code = "subsidy-over-area"
    assert nights.found(AT, code) == set()

    # The office that measures land sends its register; nobody at the village said so.
    parcel = LandRight.objects.get(household__ext_id="H1")
    write_package(tmp_path, "outside", {"land_right": [{
        "parcel_id": parcel.parcel_id, "village_id": WILLOW, "holder_kind": "household",
        "household_id": "H1", "right_kind": "contract", "area_mu": Decimal(area),
    }]})  # fmt: skip
    packages.import_folder(folder=tmp_path, by=SYSTEM, at=AT)

    found = {(code, Award.objects.get(person__ext_id="V1").ext_id)} if is_found else set()
    assert nights.found(AT, code) == found
