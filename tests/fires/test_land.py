"""Land: money that waits, a price above the book, a plot given back, a vote taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fires import nights
from sanzi.matters.actions import decisions
from sanzi.registers.funds.actions import prices
from sanzi.registers.land.models import Compensation, LandContract, LandTaking
from sanzi.registers.yearly.models import Distribution
from worlds import deals, land, meetings, paying, subsidies, walks, yearly
from worlds.fake_bank import FakeBank
from worlds.village import AT, COUNTY, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "land-compensation-collective-to-person", "land-compensation-late",
    "land-compensation-over-quantity", "land-contract-outsider", "land-distribution-no-vote",
    "ledger-distribution-irregular",
}  # fmt: skip
DAY = timedelta(days=1)
PLAN_END = datetime(2026, 12, 20, 4, tzinfo=UTC)
CAME = PLAN_END + 2 * DAY
PHOTOS = ("photo", "photo", "photo", "sheet")
LAND = {"kind": "land", "quantity": "1", "price": "60000"}
CONTRACT = {
    "title": "村东机动地", "land_use": "farmland", "start_date": "2027-01-01",
    "end_date": "2036-12-31", "scheme": "种粮，每年1月交钱",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    """A village with a parcel of each of two households and a waste of the collective."""
    made = yearly.build()
    land.parcel("L-1", made.people["王大山"])
    land.parcel("L-2", made.people["刘小河"])
    land.parcel("L-9", right_kind="waste")
    return made


def counts(world: World, *said: tuple[str, str, list[dict[str, str]]]) -> walks.Walk:
    """Take land: count on parcels what is whose; nobody named is the collective."""
    walk = walks.start(world, "M23", "committee_member")
    walk.submit("committee_member", land.NOTICE, ("notice",))
    for place, (parcel, owner, lines) in enumerate(said, start=1):
        form = {
            "surveyed_at": "2026-11-12T09:00", "parcel_id": parcel, "owner": owner,
            "basis": "own" if owner else "collective", "has_owner_sign": "yes",
            "present": land.PRESENT, "lines": lines,
        }  # fmt: skip
        walk.record("town_land_office", form, PHOTOS, is_last=place == len(said))
    return walk


def approved(walk: walks.Walk) -> None:
    """Show the roster and the plan, and let the town agree."""
    land.shown(walk, "village_clerk")
    walk.at = CAME
    plan = {"publicity_start": "2026-11-20", "publicity_end": "2026-12-20"}
    walk.record("town_land_office", plan, ("notice", "agreement"))
    walk.approve("supervision_head", "town_leader")


def came(walk: walks.Walk, yuan: int) -> None:
    """Let the money come."""
    fund = {"received_date": CAME.date().isoformat(), "amount": str(yuan)}
    walk.record("agency_cashier", fund, ("slip",))


def test_money_for_land_that_does_not_come_or_is_not_passed_on_is_found(
    world: World, bank: FakeBank
) -> None:
    walk = counts(world, ("L-1", "V1", [LAND]))
    approved(walk)
    code = "land-compensation-late"
    late = {(code, LandTaking.objects.get().ext_id)}

    found = [nights.found(PLAN_END + days * DAY, code) for days in (60, 61)]
    assert found == [set(), late]
    came(walk, 60_000)
    found = [nights.found(CAME + days * DAY, code) for days in (15, 16)]
    assert found == [set(), late]

    walk.record("village_clerk", {"use": "none"})
    subsidies.card(world.people["王大山"], "6228480000000001111")
    paying.open_till(world, bank, CAME).pay(walk.number)
    assert nights.found(CAME + 16 * DAY, code) == set()


def test_a_price_above_the_countys_book_is_found_and_one_within_its_margin_is_not(
    world: World,
) -> None:
    price = prices.Price("seedling", "青苗", "株", 4_000, COUNTY, date(2026, 11, 1))
    prices.set_price(price=price, by=world.actor("county_agri"), at=AT)

    counts(
        world,
        ("L-1", "V1", [{"kind": "seedling", "quantity": "240", "price": "42"}]),
        ("L-2", "V2", [{"kind": "seedling", "quantity": "240", "price": "42.10"}]),
    )

    code, dear = "land-compensation-over-quantity", Compensation.objects.get(parcel_id="L-2")
    assert nights.found(AT, code) == {(code, dear.ext_id)}


def given_back(world: World) -> walks.Walk:
    """Let a household build a new house, for which it promises the old plot."""
    walk = walks.start(world, "M22", "committee_member")
    wish = {
        "household": "H1", "applicant": "V1", "ground": "move", "land_class": "farmland",
        "area_m2": "120", "place": "二组后山脚", "old_site": "return", "has_sold": "no",
    }  # fmt: skip
    walk.submit("committee_member", wish, ("application",))
    talk = {"held_at": "2026-11-12T09:00", "present": "12", "agreed": "9"}
    walk.record("village_clerk", talk, ("minutes",))
    land.shown(walk, "village_clerk")
    walk.approve("village_secretary")
    walk.record("town_land_office", {"visited_at": "2026-11-20T09:00"}, ("photo",))
    walk.approve("town_leader")
    walk.record("town_land_office", {"visited_at": "2026-11-20T10:00"}, ("photo",))
    walk.at = land.LATEST
    built = {
        "visited_at": "2026-11-20T15:00", "built_date": "2026-11-20", "built_m2": "118.5",
        "old_returned_date": "2026-11-20",
    }  # fmt: skip
    walk.record("town_land_office", built, ("photo",))
    return walk


def test_who_gave_his_plot_back_and_stays_on_the_roster_for_it_is_found(world: World) -> None:
    land.parcel("OLD-1", world.people["王大山"], right_kind="homestead", end_date=None)
    house = {"kind": "structure", "quantity": "100", "price": "1200"}
    counts(world, ("OLD-1", "V1", [LAND, house]), ("L-1", "V1", [LAND]))
    walk = given_back(world)
    code = "land-compensation-collective-to-person"
    assert nights.found(walk.at, code) == set()

    walk.record("town_land_office", {"parcel_id": "ZJD-1", "certificate_no": "浙2026清河0001"})

    plot = Compensation.objects.get(parcel_id="OLD-1", kind="land")
    assert nights.found(walk.at, code) == {(code, plot.ext_id)}


def revoked(hall: meetings.Hall, decision: str, at: datetime) -> None:
    """Take a decision back on which a case stands."""
    decisions.revoke(ext_id=decision, reason="签到是代签的", by=hall.clerk(at), at=at)


def contract(world: World, decision: str, **holder: Any) -> walks.Walk:
    """Give a parcel out and sign."""
    walk = walks.start(world, "M21", "committee_member")
    walk.submit("committee_member", {**CONTRACT, **holder}, ("scheme",))
    land.shown(walk, "village_clerk")
    walk.record("village_clerk", {"decision": decision, "has_credit_check": "yes"}, ("credit",))
    walk.approve("town_agri_head")
    walk.record("coop_director", {"signed_date": "2026-11-20"}, ("contract",))
    return walk


def test_land_that_an_outsider_keeps_after_its_vote_was_taken_back_is_found(world: World) -> None:
    hall = meetings.members(world)
    deals.party("C-1", "清河绿源农业有限公司")
    for parcel in ("M-1", "M-2"):
        land.parcel(parcel)
    decision = hall.by_members("land_scheme", AT - DAY)
    rows = [{"parcel": one, "area_mu": "3", "fee": "900"} for one in ("M-1", "M-2")]
    contract(world, decision, holder_kind="household", household="H1", parcels=rows[:1])
    walk = contract(world, decision, holder_kind="outsider", counterparty="C-1", parcels=rows[1:])
    code = "land-contract-outsider"
    assert nights.found(walk.at, code) == set()

    revoked(hall, decision, walk.at)

    let = LandContract.objects.get(parcel_id="M-2")
    assert nights.found(walk.at, code) == {(code, let.ext_id)}


def test_the_collectives_share_after_its_vote_was_taken_back_is_found(world: World) -> None:
    hall = meetings.members(world)
    decision = hall.by_members("compensation_use", AT - DAY)
    shared = [{"kind": "seedling", "quantity": "30", "price": "100"}]
    walk = counts(world, ("L-1", "V1", [LAND]), ("L-9", "", shared))
    approved(walk)
    came(walk, 63_000)
    walk.record("village_clerk", {"use": "keep", "decision": decision})
    code = "land-distribution-no-vote"
    assert nights.found(CAME, code) == set()

    revoked(hall, decision, CAME)

    assert nights.found(CAME, code) == {(code, LandTaking.objects.get().ext_id)}


def test_shares_that_stay_approved_after_the_vote_was_taken_back_are_found(world: World) -> None:
    hall = meetings.members(world)
    walk = walks.start(world, "M04", "coop_director")
    walk.submit("coop_director", yearly.SHARES, ("plan",))
    yearly.shown(walk)
    decision = hall.by_members("distribution", yearly.VOTED)
    walk.record("village_clerk", {"decision": decision})
    walk.approve("supervision_head", "town_agri_head")
    code = "ledger-distribution-irregular"
    assert nights.found(walk.at, code) == set()

    revoked(hall, decision, walk.at)

    assert nights.found(walk.at, code) == {(code, Distribution.objects.get().ext_id)}
