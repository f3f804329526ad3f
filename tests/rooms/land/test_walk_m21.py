"""Land given out: the scheme is shown, all members decide, the town looks, rights are entered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters.errors import DecisionNeeded
from sanzi.orgs.models import LandRight
from sanzi.registers.land import errors
from sanzi.registers.land.models import LandContract
from worlds import deals, land, walks
from worlds.publications import published
from worlds.village import World

FORM = {
    "title": "村东机动地", "holder_kind": "household", "household": "H1", "land_use": "farmland",
    "start_date": "2027-01-01", "end_date": "2036-12-31", "scheme": "种粮，每年1月交钱",
    "parcels": [
        {"parcel": "M-1", "area_mu": "3", "fee": "900"},
        {"parcel": "M-2", "area_mu": "2.5", "fee": "750"},
    ],
}  # fmt: skip
OUTSIDER = {**FORM, "holder_kind": "outsider", "household": "", "counterparty": "C-1"}


@pytest.fixture
def world(db: None) -> World:
    made = land.build()
    deals.party("C-1", "清河绿源农业有限公司")
    land.parcel("M-1")
    land.parcel("M-2")
    land.parcel("L-2", made.people["刘小河"])
    land.decision(made, "D-M21", "M21")
    return made


def _shown(world: World, form: dict[str, Any] = FORM) -> walks.Walk:
    walk = walks.start(world, "M21", "committee_member")
    walk.submit("committee_member", form, ("scheme",))
    land.shown(walk, "village_clerk")
    return walk


def _registered(world: World, form: dict[str, Any] = FORM) -> walks.Walk:
    walk = _shown(world, form)
    walk.record("village_clerk", {"decision": "D-M21", "has_credit_check": "yes"})
    walk.approve("town_agri_head")
    walk.record("coop_director", {"signed_date": "2026-11-20"}, ("contract",))
    walk.record("town_agri_head", {"file_no": "清农登〔2026〕3号"})
    return walk


def test_m21_walks_from_the_scheme_to_the_rights(world: World) -> None:
    walk = _registered(world)

    assert walk.case.state == "DONE"
    rows = {row["parcel_id"]: row for row in deals.record_rows("land_contract")}
    assert {row["status"] for row in rows.values()} == {"closed"}
    assert (rows["M-2"]["household_id"], float(rows["M-2"]["area_mu"])) == ("H1", 2.5)
    assert rows["M-1"]["fee_fen_year"] == 90_000
    held = {row["parcel_id"]: row for row in deals.record_rows("land_right")}
    assert (held["M-1"]["holder_kind"], held["M-1"]["household_id"]) == ("household", "H1")
    assert str(held["M-1"]["end_date"]) == "2036-12-31"
    told = published(walk.number)["T04"]
    assert told.tables["土地发包方案和结果"][0] == ["王*山户", "M-1", "3", "900.00"]
    assert told.version == 2


def test_an_outsider_holds_land_after_the_vote_and_the_check_of_his_credit(world: World) -> None:
    walk = _shown(world, OUTSIDER)
    with pytest.raises(errors.TownMustCheck):
        walk.record("village_clerk", {"decision": "D-M21"})
    assert {one.status for one in LandContract.objects.all()} == {"shown"}
    walk.record("village_clerk", {"decision": "D-M21", "has_credit_check": "yes"}, ("credit",))
    walk.approve("town_agri_head")
    walk.record("coop_director", {"signed_date": "2026-11-20"}, ("contract",))
    walk.record("town_agri_head", {"file_no": "清农登〔2026〕4号"})
    held = LandRight.objects.get(parcel_id="M-1")
    assert (held.holder_kind, held.household) == ("outsider", None)
    assert (
        published(walk.number)["T04"].tables["土地发包方案和结果"][0][0] == "清河绿源农业有限公司"
    )


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"end_date": "2057-01-02"}, errors.TermTooLong),
        ({"land_use": "grass", "end_date": "2077-01-02"}, errors.TermTooLong),
        ({"land_use": "forest", "end_date": "2097-01-02"}, errors.TermTooLong),
        ({"end_date": "2026-12-31"}, errors.LandWrong),
        ({"household": "H9"}, errors.LandWrong),
        ({"counterparty": "C-1"}, errors.LandWrong),
        ({"parcels": [{"parcel": "X-1", "area_mu": "1", "fee": "0"}]}, errors.LandWrong),
        ({"parcels": [{"parcel": "M-1", "area_mu": "1", "fee": "0"}] * 2}, errors.LandWrong),
        ({"parcels": [{"parcel": "M-1", "area_mu": "3.2", "fee": "0"}]}, errors.TooMuch),
        ({"parcels": [{"parcel": "M-1", "area_mu": "0", "fee": "0"}]}, errors.LandWrong),
        ({"parcels": [{"parcel": "L-2", "area_mu": "3", "fee": "0"}]}, errors.ParcelTaken),
    ],
)
def test_a_wish_that_law_or_register_forbids_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = walks.start(world, "M21", "committee_member")
    with pytest.raises(refusal):
        walk.submit("committee_member", {**FORM, **changed}, ("scheme",))
    assert not LandContract.objects.exists()


@pytest.mark.parametrize(
    ("use", "end"), [("farmland", "2057-01-01"), ("forest", "2097-01-01"), ("waste", "2126-12-31")]
)
def test_a_term_as_long_as_the_law_gives_is_allowed(world: World, use: str, end: str) -> None:
    walk = walks.start(world, "M21", "committee_member")
    walk.submit("committee_member", {**FORM, "land_use": use, "end_date": end}, ("scheme",))
    assert LandContract.objects.count() == 2


def test_a_parcel_is_not_given_out_twice_for_the_same_years(world: World) -> None:
    _shown(world)
    second = walks.start(world, "M21", "committee_member")
    with pytest.raises(errors.ParcelTaken, match="另一份合同"):
        second.submit("committee_member", {**OUTSIDER, "start_date": "2036-12-31",
                                           "end_date": "2040-12-31"}, ("scheme",))  # fmt: skip
    assert LandContract.objects.count() == 2
    second.submit("committee_member", {**OUTSIDER, "start_date": "2037-01-01",
                                       "end_date": "2040-12-31"}, ("scheme",))  # fmt: skip
    assert LandContract.objects.filter(start_date=date(2037, 1, 1)).count() == 2


@pytest.mark.parametrize("body", ["member_delegates", "villager_reps", "council"])
def test_delegates_do_not_give_land_out(world: World, body: str) -> None:
    land.decision(world, "D-BAD", "M21", deciding_body=body)
    walk = _shown(world)
    with pytest.raises(DecisionNeeded, match="要由成员大会定"):
        walk.record("village_clerk", {"decision": "D-BAD"})
    assert {one.decision_ext_id for one in LandContract.objects.all()} == {""}


@pytest.mark.parametrize("day", ["2026-11-19", "2026-11-30"])
def test_a_contract_is_signed_after_the_approval_and_not_tomorrow(world: World, day: str) -> None:
    walk = _shown(world)
    walk.record("village_clerk", {"decision": "D-M21"})
    walk.approve("town_agri_head")
    with pytest.raises(errors.LandWrong):
        walk.record("coop_director", {"signed_date": day}, ("contract",))
    assert LandContract.objects.filter(signed_date__isnull=False).count() == 0
