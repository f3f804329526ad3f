"""Land that is taken: counted on the spot, shown, approved, paid to those whose it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry, shelf
from sanzi.matters.errors import DecisionNeeded
from sanzi.matters.models import Case, SourceMatter
from sanzi.orgs.models import Person
from sanzi.registers.land import errors
from sanzi.registers.land.actions import surveys
from sanzi.registers.land.models import Compensation, LandTaking, Survey
from worlds import deals, land, paying, spending, subsidies, walks
from worlds.fake_bank import FakeBank
from worlds.publications import published
from worlds.village import AT, World

COUNT = {
    "surveyed_at": "2026-11-12T09:00", "parcel_id": "L-1", "basis": "own", "owner": "V1",
    "has_owner_sign": "yes", "present": land.PRESENT,
    "lines": [
        {"kind": "land", "quantity": "1.2", "price": "60000"},
        {"kind": "seedling", "quantity": "240", "price": "45.50"},
    ],
}  # fmt: skip
COMMON = {
    **COUNT, "parcel_id": "L-9", "basis": "collective", "owner": "",
    "lines": [{"kind": "seedling", "quantity": "30", "price": "100"}],
}  # fmt: skip
PHOTOS = ("photo", "photo", "photo", "sheet")
PLAN = {"publicity_start": "2026-11-20", "publicity_end": "2026-12-20"}
AFTER_PLAN = AT + timedelta(days=40)
HOUSEHOLD_FEN = 7_200_000 + 1_092_000
SHARE_FEN = 300_000


@pytest.fixture
def world(db: None) -> World:
    made = land.build()
    land.parcel("L-1", made.people["王大山"])
    land.parcel("L-2", made.people["刘小河"])
    land.parcel("L-9", right_kind="waste")
    land.decision(made, "D-M23", "M23")
    return made


def _opened(world: World, **changed: str) -> walks.Walk:
    walk = walks.start(world, "M23", "committee_member")
    walk.submit("committee_member", {**land.NOTICE, **changed}, ("notice",))
    return walk


def _counted(world: World, *counts: dict[str, Any]) -> walks.Walk:
    walk = _opened(world)
    for place, count in enumerate(counts, start=1):
        walk.record("town_land_office", count, PHOTOS, is_last=place == len(counts))
    return walk


def _approved(world: World, *counts: dict[str, Any]) -> walks.Walk:
    walk = _counted(world, *counts)
    land.shown(walk, "village_clerk")
    walk.at = AFTER_PLAN
    walk.record("town_land_office", PLAN, ("notice", "agreement"))
    walk.approve("supervision_head", "town_leader")
    return walk


def _closed(world: World) -> walks.Walk:
    walk = _approved(world, COUNT, COMMON)
    fund = {"received_date": "2026-12-20", "amount": "85920"}
    walk.record("agency_cashier", fund, ("slip",))
    walk.record("village_clerk", {"use": "keep", "decision": "D-M23"})
    return walk


def test_m23_walks_from_the_notice_to_the_payment_of_the_households(world: World) -> None:
    walk = _closed(world)

    assert walk.case.state == "DONE"
    [taking] = deals.record_rows("land_taking")
    assert (taking["status"], taking["fund_fen"], taking["collective_use"]) == (
        "closed", HOUSEHOLD_FEN + SHARE_FEN, "keep",
    )  # fmt: skip
    rows = deals.record_rows("compensation")
    assert sorted((r["kind"], r["owner_kind"], r["amount_fen"]) for r in rows) == [
        ("land", "household", 7_200_000),
        ("seedling", "collective", SHARE_FEN),
        ("seedling", "household", 1_092_000),
    ]
    assert {r["person_id"] for r in rows} == {"V1", None}
    surveys = deals.record_rows("survey")
    assert {
        (s["attendee_count"], s["photo_count"], s["person_count_village"]) for s in surveys
    } == {(4, 3, 2)}
    told = published(walk.number)
    assert told["T01"].tables["征地补偿名册，付款前公示"][0][0] == "王*山"
    assert "王大山" not in told["T01"].text
    assert told["T02"].facts["到账多少元"] == "85,920.00元"
    source = SourceMatter.objects.get(ext_id=walk.number)
    assert (source.kind, source.amount_fen) == ("compensation", HOUSEHOLD_FEN)
    fill = registry.prefill_of("compensation", walk.number)
    assert fill is not None
    assert [(one["payee_id"], one["amount"]) for one in fill.lines] == [("V1", "82,920.00")]


def test_the_households_are_paid_and_every_line_knows(world: World, bank: FakeBank) -> None:
    walk = _closed(world)
    subsidies.card(world.people["王大山"], "6228480000000001111")
    till = paying.open_till(world, bank, AFTER_PLAN)

    number = till.pay(walk.number, {1: "AC04"})

    assert Case.objects.get(number=number).tier == "T2"
    assert not any(row["paid_at"] for row in deals.record_rows("compensation"))
    till.pay_again(number, 1, "6228480000000009999")
    assert Case.objects.get(number=number).state == "SETTLED"
    assert paying.booked(number) == {"V1": HOUSEHOLD_FEN}
    paid = {row["owner_kind"]: bool(row["paid_at"]) for row in deals.record_rows("compensation")}
    assert paid == {"household": True, "collective": False}
    by = world.actor("village_clerk")
    found = shelf.item(by=by, key="land_taking", ext_id=LandTaking.objects.get().ext_id)
    [lines] = [rows for part, rows in found.parts if part.key == "lines"]
    assert [bool(one[-1]) for one in lines] == [True, True, False]
    with pytest.raises(errors.Overpaid):
        till.submit(till.begin(walk.number))


def test_only_the_households_of_the_roster_are_paid_and_no_more_than_theirs(world: World) -> None:
    walk = _closed(world)
    registry.require_payable("compensation", walk.number, HOUSEHOLD_FEN, "K-1")
    with pytest.raises(errors.Overpaid):
        registry.require_payable("compensation", walk.number, HOUSEHOLD_FEN + 1, "K-1")
    other = world.people["刘小河"]
    spending.spend(
        world, "K-1", [(other, 100_000)], state="submitted", source_kind="compensation",
        source_id=walk.number,
    )  # fmt: skip
    with pytest.raises(errors.WrongPayee, match="不在补偿名册里"):
        registry.require_payable("compensation", walk.number, 100_000, "K-1")


def test_nothing_is_paid_before_the_money_came_and_the_share_is_decided(world: World) -> None:
    walk = _approved(world, COUNT)
    with pytest.raises(errors.NotPayable, match="批准了"):
        registry.require_payable("compensation", walk.number, 1, "K-1")
    with pytest.raises(errors.FundDiffers):
        walk.record("agency_cashier", {"received_date": "2026-12-20", "amount": "80000"}, ("slip",))
    assert LandTaking.objects.get().fund_fen is None


@pytest.mark.parametrize("body", ["member_delegates", "villager_reps", "council"])
def test_only_the_meeting_of_all_decides_about_the_collectives_share(
    world: World, body: str
) -> None:
    land.decision(world, "D-BAD", "M23", deciding_body=body)
    walk = _approved(world, COUNT, COMMON)
    fund = {"received_date": "2026-12-20", "amount": "85920"}
    walk.record("agency_cashier", fund, ("slip",))
    with pytest.raises(DecisionNeeded, match="要由成员大会定"):
        walk.record("village_clerk", {"use": "keep", "decision": "D-BAD"})
    with pytest.raises(errors.LandWrong, match="名册里集体有"):
        walk.record("village_clerk", {"use": "none"})
    assert LandTaking.objects.get().status == "funded"


@pytest.mark.parametrize(
    ("changed", "papers", "refusal"),
    [
        ({"owner": "V2"}, PHOTOS, errors.NoRight),
        ({"owner": "V2", "basis": "lease"}, PHOTOS, errors.NoRight),
        ({"owner": "V2", "basis": "lease"}, (*PHOTOS, "lease"), errors.NoRight),
        ({"basis": "collective", "owner": ""}, PHOTOS, errors.LandWrong),
        ({"parcel_id": "L-9"}, PHOTOS, errors.NoRight),
        ({"parcel_id": "L-404"}, PHOTOS, errors.LandWrong),
        ({"has_owner_sign": "no"}, PHOTOS, errors.SurveyIrregular),
        ({"present": land.PRESENT[:3]}, PHOTOS, errors.SurveyIrregular),
        ({"present": [land.PRESENT[0], land.PRESENT[2], land.PRESENT[3], land.PRESENT[0]]}, PHOTOS,
         errors.SurveyIrregular),
        ({}, ("photo", "sheet"), errors.SurveyIrregular),
        ({"surveyed_at": "2026-10-10T09:00"}, PHOTOS, errors.LandWrong),
        ({"surveyed_at": "2026-12-12T09:00"}, PHOTOS, errors.LandWrong),
        ({"lines": [{"kind": "seedling", "quantity": "900", "price": "45"}]}, PHOTOS,
         errors.TooMuch),
        ({"lines": [{"kind": "seedling", "quantity": "90", "price": "450"}]}, PHOTOS,
         errors.TooMuch),
        ({"lines": [{"kind": "land", "quantity": "3.2", "price": "60000"}]}, PHOTOS,
         errors.TooMuch),
        ({"lines": [{"kind": "land", "quantity": "1", "price": "60000"}] * 2}, PHOTOS,
         errors.LandWrong),
    ],
)  # fmt: skip
def test_a_wrong_count_is_refused_and_nothing_is_entered(
    world: World, changed: dict[str, Any], papers: tuple[str, ...], refusal: type[Refusal]
) -> None:
    walk = _opened(world)
    with pytest.raises(refusal):
        walk.record("town_land_office", {**COUNT, **changed}, papers)
    assert (Survey.objects.count(), Compensation.objects.count()) == (0, 0)
    assert LandTaking.objects.get().status == "requested"


def test_nothing_is_counted_after_the_approval(world: World) -> None:
    walk = _approved(world, COUNT)
    count = surveys.Count(
        surveyed_at=AFTER_PLAN, parcel_id="L-2", owner="V2", basis="own",
        sides=[one["side"] for one in land.PRESENT], has_owner_sign=True, has_lease_paper=False,
        photo_count=3, lines=(surveys.Line("land", 1_000, 6_000_000),),
    )  # fmt: skip
    with pytest.raises(errors.NotNow, match="批准了"):
        surveys.record(
            case_number=walk.number, count=count, by=world.actor("town_land_office"), at=AFTER_PLAN
        )
    assert Survey.objects.count() == 1


def test_a_tenant_gets_what_he_planted(world: World) -> None:
    walk = _opened(world)
    count = {**COUNT, "owner": "V2", "basis": "lease", "lines": COUNT["lines"][1:]}
    walk.record("town_land_office", count, (*PHOTOS, "lease"))
    assert Compensation.objects.get().person == world.people["刘小河"]


def test_the_dead_own_nothing(world: World) -> None:
    Person.objects.filter(ext_id="V1").update(death_date=AT.date())
    walk = _opened(world)
    with pytest.raises(errors.LandWrong, match="在世"):
        walk.record("town_land_office", COUNT, PHOTOS)
    assert not Compensation.objects.exists()


def test_the_same_thing_is_compensated_once(world: World) -> None:
    _counted(world, COUNT)
    second = _opened(world, project_name="河道整治")
    with pytest.raises(errors.CompensatedTwice, match="清河东路"):
        second.record("town_land_office", COUNT, PHOTOS)
    assert Survey.objects.count() == 1


def test_a_notice_of_nine_workdays_is_too_short(world: World) -> None:
    walk = walks.start(world, "M23", "committee_member")
    with pytest.raises(errors.ShownTooShort, match="9天"):
        walk.submit("committee_member", {**land.NOTICE, "notice_end": "2026-11-02"}, ("notice",))
    assert not LandTaking.objects.exists()


def test_a_plan_of_29_days_is_too_short(world: World) -> None:
    walk = _counted(world, COUNT)
    land.shown(walk, "village_clerk")
    walk.at = AFTER_PLAN
    with pytest.raises(errors.ShownTooShort, match="29天"):
        walk.record(
            "town_land_office", {**PLAN, "publicity_end": "2026-12-19"}, ("notice", "agreement")
        )
    assert LandTaking.objects.get().plan_end_date is None
