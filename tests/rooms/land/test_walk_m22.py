"""Homesteads: one for a household, within the ceiling, seen three times, then registered."""

from __future__ import annotations

from datetime import date

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.orgs.models import LandRight, Person
from sanzi.registers.land import errors
from sanzi.registers.land.actions import homestead
from sanzi.registers.land.models import Homestead
from worlds import deals, land, walks
from worlds.publications import published
from worlds.village import AT, World

FORM = {
    "household": "H1", "applicant": "V1", "ground": "split", "land_class": "farmland",
    "area_m2": "120", "place": "二组后山脚", "old_site": "none", "has_sold": "no",
}  # fmt: skip
TALK = {"held_at": "2026-11-12T09:00", "present": "12", "agreed": "9"}
BUILT = {"visited_at": "2026-11-20T15:00", "built_date": "2026-11-20", "built_m2": "118.5"}
CARD = {"parcel_id": "ZJD-001", "certificate_no": "浙2026清河0001"}


@pytest.fixture
def world(db: None) -> World:
    return land.build()


def _begun(world: World, **changed: str) -> walks.Walk:
    walk = walks.start(world, "M22", "committee_member")
    walk.submit("committee_member", {**FORM, **changed}, ("application",))
    return walk


def _approved(world: World, **changed: str) -> walks.Walk:
    walk = _begun(world, **changed)
    walk.record("village_clerk", TALK, ("minutes",))
    land.shown(walk, "village_clerk")
    walk.approve("village_secretary")
    walk.record("town_land_office", {"visited_at": "2026-11-20T09:00"}, ("photo",))
    walk.approve("town_leader")
    return walk


def _staked(world: World, **changed: str) -> walks.Walk:
    walk = _approved(world, **changed)
    walk.record("town_land_office", {"visited_at": "2026-11-20T10:00"}, ("photo",))
    walk.at = land.LATEST
    return walk


def test_m22_walks_from_the_wish_to_the_certificate(world: World) -> None:
    walk = _staked(world)
    walk.record("town_land_office", BUILT, ("photo",))
    walk.record("town_land_office", CARD)

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("homestead")
    assert (row["household_id"], row["status"], row["land_class"]) == ("H1", "closed", "farmland")
    assert (float(row["area_m2"]), float(row["built_m2"])) == (120.0, 118.5)
    stages = ("group_agreed_at", "publicity_end_at", "town_accepted_at", "approved_at", "built_at")
    assert all(row[name] for name in (*stages, *(f"site_visit_{n}_at" for n in (1, 2, 3))))
    [right] = deals.record_rows("land_right")
    assert (right["parcel_id"], right["right_kind"], float(right["area_m2"])) == (
        "ZJD-001", "homestead", 118.5,
    )  # fmt: skip
    told = published(walk.number)["T03"]
    assert (told.facts["多少平方米"], told.facts["申请人"]) == ("120", "王*山")
    assert told.version == 4


def test_an_old_plot_falls_back_when_the_new_one_is_certified(world: World) -> None:
    land.parcel("OLD-1", world.people["王大山"], right_kind="homestead", end_date=None)
    walk = _staked(world, old_site="return")
    with pytest.raises(errors.OneHouseholdOnePlot, match="老宅还没有退"):
        walk.record("town_land_office", BUILT, ("photo",))
    assert Homestead.objects.get().built_at is None

    walk.record("town_land_office", {**BUILT, "old_returned_date": "2026-11-20"}, ())
    walk.record("town_land_office", CARD)

    old = LandRight.objects.get(parcel_id="OLD-1")
    assert (old.holder_kind, old.household_id) == ("collective", None)
    assert LandRight.objects.filter(household__ext_id="H1").get().parcel_id == "ZJD-001"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"area_m2": "138"}, errors.PlotTooLarge),
        ({"area_m2": "125.01"}, errors.PlotTooLarge),
        ({"land_class": "other", "area_m2": "141"}, errors.PlotTooLarge),
        ({"land_class": "waste", "area_m2": "161"}, errors.PlotTooLarge),
        ({"area_m2": "0"}, errors.LandWrong),
        ({"has_sold": "yes"}, errors.OneHouseholdOnePlot),
        ({"household": "H2"}, errors.OneHouseholdOnePlot),
        ({"household": "H9"}, errors.LandWrong),
        ({"old_site": "rebuild"}, errors.LandWrong),
    ],
)
def test_a_wish_that_law_or_register_forbids_is_not_handed_in(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    land.parcel("PLOT-2", world.people["刘小河"], right_kind="homestead", end_date=None)
    with pytest.raises(refusal):
        _begun(world, **changed)
    assert not Homestead.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"area_m2": "125"},
        {"land_class": "other", "area_m2": "140"},
        {"land_class": "waste", "area_m2": "160"},
    ],
)
def test_the_ceiling_itself_is_allowed(world: World, changed: dict[str, str]) -> None:
    _begun(world, **changed)
    assert Homestead.objects.get().status == "requested"


def test_a_household_without_members_and_a_second_wish_are_refused(world: World) -> None:
    Person.objects.filter(name="刘小河").update(is_member=False)
    with pytest.raises(errors.LandWrong, match="没有本村集体的成员"):
        _begun(world, household="H2", applicant="V2")
    _begun(world)
    with pytest.raises(errors.OneHouseholdOnePlot, match="在办"):
        _begun(world)
    assert Homestead.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"agreed": "6"}, errors.NotAgreed),
        ({"agreed": "13"}, errors.NotAgreed),
        ({"held_at": "2026-12-01T09:00"}, errors.LandWrong),
    ],
)
def test_the_group_agrees_by_more_than_half(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = _begun(world)
    with pytest.raises(refusal):
        walk.record("village_clerk", {**TALK, **changed}, ("minutes",))
    assert Homestead.objects.get().group_agreed_at is None


def test_a_publication_of_six_days_does_not_do(world: World) -> None:
    walk = _begun(world)
    walk.record("village_clerk", TALK, ("minutes",))
    with pytest.raises(errors.ShownTooShort, match="6天"):
        land.shown(walk, "village_clerk", publicity_end="2026-11-18")
    assert Homestead.objects.get().publicity_end_at is None


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"built_m2": "120.5"}, errors.PlotTooLarge),
        ({"built_m2": "0"}, errors.PlotTooLarge),
        ({"visited_at": "2026-11-20T08:00"}, errors.LandWrong),
        ({"visited_at": "2027-11-20T08:00"}, errors.LandWrong),
    ],
)
def test_what_was_built_is_measured_at_the_third_visit(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = _staked(world)
    with pytest.raises(refusal):
        walk.record("town_land_office", {**BUILT, **changed}, ("photo",))
    assert Homestead.objects.get().site_visit_3_at is None


def test_a_plot_in_anothers_name_is_not_certified(world: World) -> None:
    land.parcel("ZJD-001", world.people["刘小河"], right_kind="homestead", end_date=None)
    walk = _staked(world)
    walk.record("town_land_office", BUILT, ("photo",))
    with pytest.raises(errors.LandWrong, match="别的户"):
        walk.record("town_land_office", CARD)
    assert LandRight.objects.get().household == world.people["刘小河"].household


def test_a_staking_before_the_approval_is_refused(world: World) -> None:
    walk = _approved(world)
    with pytest.raises(errors.LandWrong, match="早于批准"):
        walk.record("town_land_office", {"visited_at": "2026-11-20T09:30"}, ("photo",))
    assert Homestead.objects.get().site_visit_2_at is None


def test_no_step_of_a_plot_is_passed_over(world: World) -> None:
    walk = _begun(world)
    by = world.actor("town_land_office")
    with pytest.raises(errors.NotNow, match="已申请"):
        homestead.accept(case_number=walk.number, visited_at=AT, by=by, at=AT)
    walk.record("village_clerk", TALK, ("minutes",))
    with pytest.raises(errors.NotNow, match="小组议过了"):
        homestead.accept(case_number=walk.number, visited_at=AT, by=by, at=AT)
    assert Homestead.objects.get().town_accepted_at is None


def test_a_house_that_was_never_staked_out_is_not_looked_at(world: World) -> None:
    walk = _approved(world)
    built = homestead.Built(land.LATER, date(2026, 11, 20), 11_850)
    with pytest.raises(errors.LandWrong, match="早于放样"):
        homestead.inspect(
            case_number=walk.number, built=built, by=world.actor("town_land_office"), at=land.LATER
        )
    assert Homestead.objects.get().built_at is None
