"""M17 from the card to the rent schedule: the case, the auction, the lease, the record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sanzi.deals import auction_errors
from sanzi.deals.actions import assets, auctions
from sanzi.deals.models import Asset, Auction, Contract
from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as matter_errors
from sanzi.matters.models import Case, Decision
from sanzi.orgs.models import Counterparty
from sanzi.registers.leases import errors
from sanzi.registers.leases.models import Lease, RentBill
from worlds import deals, village, walks
from worlds.assets import HOUSE
from worlds.publications import published
from worlds.village import AT, World
from worlds.walks import Walk

pytestmark = pytest.mark.django_db
OPENS = AT + timedelta(days=21)
SIGNED = AT + timedelta(days=25)


@pytest.fixture
def world() -> World:
    """A village with a workshop, three firms and a decision."""
    made = village.build()
    deals.works_office(made)
    for ext_id in ("C-1", "C-2", "C-3"):
        deals.party(ext_id)
    assets.register_asset(fields=HOUSE, by=made.actor("village_clerk"), at=AT)
    decision(made)
    return made


def decision(world: World, **changed: Any) -> Decision:
    """A passed decision of the members."""
    said: dict[str, Any] = {
        "ext_id": "D-1", "organisation": world.bodies["willow"],
        "division_code": village.WILLOW, "matter_code": "M17", "title": "厂房出租方案",
        "procedure": "four_two", "deciding_body": "villager_reps", "amount_fen": None,
        "eligible_count": 40, "present_count": 36, "agree_count": 35, "against_count": 1,
        "abstain_count": 0, "file_digest": "ab" * 32, "status": "passed",
        "passed_at": AT - timedelta(days=10), **changed,
    }  # fmt: skip
    return Decision.objects.create(**said)


def form(**changed: Any) -> dict[str, Any]:
    """The plan of a workshop for three years."""
    return {
        "asset": Asset.objects.get().ext_id, "use_limit": "厂房，做机械加工",
        "appraised": "100000", "appraiser": "C-3", "reserve_rent": "100000", "term_months": "36",
        "start_date": "2027-01-01", "pay_cycle": "quarter", "deposit": "25000",
        "is_sublet_allowed": "no", "terms": "到期不拆，欠租三个月收回", "decision_id": "D-1",
        **changed,
    }  # fmt: skip


def local(moment: datetime) -> str:
    """A moment as the form takes it: the clock of the village."""
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


def notice(**changed: str) -> dict[str, str]:
    """The notice of an auction."""
    return {
        "opens_at": local(OPENS), "closes_at": local(OPENS + timedelta(hours=2)), "step": "1000",
        "bid_deposit": "20000", "platform_level": "county", **changed,
    }  # fmt: skip


def approved(world: World, **changed: Any) -> Walk:
    """A plan that the village and the town agreed to."""
    walk = walks.start(world, "M17", "coop_director")
    walk.submit("coop_director", form(**changed), papers=("report",))
    walk.approve("supervision_head", "village_secretary", "town_agri_head")
    return walk


def auctioned(world: World, *bids: tuple[str, int], **changed: Any) -> tuple[Walk, str]:
    """A case whose auction is over; each bid is (bidder, fen)."""
    walk = approved(world, **changed)
    walk.record("village_clerk", notice(), papers=("notice",))
    auction = Auction.objects.get().ext_id
    clerk = world.actor("village_clerk")
    paddles = {
        firm: auctions.register_bidder(
            auction=auction, counterparty=firm, deposit_ref=f"收据{firm}", by=clerk, at=AT
        )
        for firm in dict.fromkeys(firm for firm, _ in bids)
    }
    for place, (firm, fen) in enumerate(bids):
        at = OPENS + timedelta(minutes=place)
        by = world.actor("village_clerk", at)
        auctions.place_bid(auction=auction, number=paddles[firm], price_fen=fen, by=by, at=at)
    walk.at = OPENS + timedelta(hours=3)
    by = world.actor("village_clerk", walk.at)
    auctions.close(auction=auction, by=by, at=walk.at)
    return walk, auction


TWO = (("C-1", 10_000_000), ("C-2", 10_100_000), ("C-1", 12_000_000))
SIGNING = {"sign_date": (SIGNED + timedelta(hours=8)).date().isoformat(), "is_model_text": "yes"}


def test_a_workshop_is_let_from_the_plan_to_the_rent_schedule(world: World) -> None:
    walk, auction = auctioned(world, *TWO)
    walk.record("village_clerk", {"uses_priority": "no"})
    walk.at = SIGNED
    walk.record("village_clerk", SIGNING, papers=("contract",))
    walk.record("village_clerk", {"note": "水表1203，电表889，门窗完好"}, papers=("photo",))

    assert walk.case.state == "DONE"
    lease = Lease.objects.get()
    assert (lease.case_number, lease.tender_ext_id) == (walk.number, auction)
    assert (lease.rent_fen_year, lease.reserve_rent_fen_year) == (12_000_000, 10_000_000)
    assert (lease.start_date, lease.end_date) == (date(2027, 1, 1), date(2029, 12, 31))
    assert (lease.kin_tie, lease.handed_over_at) == ("", SIGNED)
    assert Asset.objects.get().status == "leased"
    assert Contract.objects.get(ext_id=lease.contract_ref).case_number == walk.number
    (row,) = deals.record_rows("lease")
    assert (row["lease_id"], row["tenant_counterparty_id"]) == (lease.ext_id, "C-1")
    assert (row["contract_id"], row["tender_id"]) == (lease.contract_ref, auction)
    due = deals.record_rows("rent_bill")
    assert (len(due), sum(one["amount_fen"] for one in due)) == (12, 36_000_000)
    shown = published(walk.number)
    (won,) = next(iter(shown["A02"].tables.values()))
    assert won == ["第1轮", "2家", "清河C-1建设有限公司", "120,000.00"]
    (told,) = next(iter(shown["A03"].tables.values()))
    assert told[3:] == ["120,000.00", "没有"]


def test_the_sitting_tenant_keeps_the_workshop_at_the_price_of_the_winner(world: World) -> None:
    old = Lease.objects.create(
        ext_id="LS-OLD", organisation=world.bodies["willow"], division_code=village.WILLOW,
        asset=Asset.objects.get(), tenant=Counterparty.objects.get(ext_id="C-2"),
        rent_fen_year=9_000_000, pay_cycle="year", start_date=date(2024, 1, 1),
        end_date=date(2026, 12, 31), signed_at=AT,
    )  # fmt: skip
    walk, auction = auctioned(world, *TWO)
    walk.record("village_clerk", {"uses_priority": "yes"})
    walk.at = SIGNED
    walk.record("village_clerk", SIGNING, papers=("contract",))

    made = Lease.objects.exclude(pk=old.pk).get()
    assert (made.tenant.ext_id, made.rent_fen_year) == ("C-2", 12_000_000)
    assert made.renewed_from == old
    assert Auction.objects.get(ext_id=auction).price_fen == 12_000_000


def test_a_stall_is_let_for_a_season_without_an_auction(world: World) -> None:
    walk = walks.start(world, "M17", "coop_director")
    small = form(
        appraised="800", reserve_rent="800", term_months="1", deposit="200", appraiser="",
        tenant="C-1", decision_id="",
    )  # fmt: skip
    walk.submit("coop_director", small, papers=("report",))
    walk.approve("supervision_head", "village_secretary")
    signing = {**SIGNING, "sign_date": (AT + timedelta(hours=8)).date().isoformat()}
    walk.record("village_clerk", signing, papers=("contract",))

    lease = Lease.objects.get()
    assert (lease.tenant.ext_id, lease.rent_fen_year, lease.tender_ext_id) == ("C-1", 80_000, "")
    assert lease.end_date == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"term_months": "241"}, errors.LeaseTooLong),
        ({"term_months": "61"}, errors.MembersDecide),
        ({"reserve_rent": "99999.99"}, errors.FloorTooLow),
        ({"deposit": "24999.99"}, errors.DepositTooLow),
        ({"asset": "AS-NONE"}, errors.LeaseWrong),
        ({"term_months": "0"}, errors.LeaseWrong),
        ({"start_date": "2026-12-01"}, errors.LeaseOverlaps),
        ({"reserve_rent": "90000", "appraised": "80000"}, errors.FloorTooLow),
    ],
)
def test_a_plan_that_does_not_hold_is_not_handed_in(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    Lease.objects.create(
        ext_id="LS-OLD", organisation=world.bodies["willow"], division_code=village.WILLOW,
        asset=Asset.objects.get(), tenant=Counterparty.objects.get(ext_id="C-2"),
        rent_fen_year=9_500_000, pay_cycle="year", start_date=date(2024, 1, 1),
        end_date=date(2026, 12, 31), signed_at=AT,
    )  # fmt: skip
    walk = walks.start(world, "M17", "coop_director")
    with pytest.raises(refusal):
        walk.submit("coop_director", form(**changed), papers=("report",))

    assert walk.case.state == "DRAFT"
    assert Lease.objects.count() == 1


def test_a_thing_of_the_next_village_is_not_let(world: World) -> None:
    walk = walks.start(world, "M17", "coop_director")
    Asset.objects.update(organisation=world.bodies["stone"])
    with pytest.raises(errors.NotOurs):
        walk.submit("coop_director", form(), papers=("report",))

    assert walk.case.state == "DRAFT"


@pytest.mark.parametrize("is_near", [True, False])
def test_kin_of_an_officer_do_not_rent_by_word_of_mouth(world: World, *, is_near: bool) -> None:
    owner = village.villager(world, "李小明")
    deals.kin(world.people["village_secretary"], owner, is_statutory=is_near)
    deals.party("C-KIN", owner=owner)
    small = form(
        appraised="800", reserve_rent="800", term_months="1", deposit="200", appraiser="",
        tenant="C-KIN", decision_id="",
    )  # fmt: skip
    walk = walks.start(world, "M17", "coop_director")
    with pytest.raises(errors.KinTenant):
        walk.submit("coop_director", small, papers=("report",))

    assert Case.objects.get().state == "DRAFT"


def test_a_decision_of_nobody_does_not_carry_a_lease_past_the_town(world: World) -> None:
    Decision.objects.update(status="rejected")
    walk = walks.start(world, "M17", "coop_director")
    with pytest.raises(matter_errors.DecisionNeeded):
        walk.submit("coop_director", form(), papers=("report",))

    assert walk.case.state == "DRAFT"
    assert not Auction.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"platform_level": "town"}, errors.LevelTooLow),
        ({"opens_at": local(AT + timedelta(days=6))}, auction_errors.AuctionWrong),
        ({"step": "0"}, auction_errors.AuctionWrong),
    ],
)
def test_a_notice_too_short_or_too_low_is_not_published(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = approved(world)
    with pytest.raises(refusal):
        walk.record("village_clerk", notice(**changed), papers=("notice",))

    assert walk.open_step.step_key == "notice"
    assert not Auction.objects.exists()


def test_nothing_is_signed_before_the_award_and_its_publicity(world: World) -> None:
    walk = approved(world)
    walk.record("village_clerk", notice(), papers=("notice",))
    with pytest.raises(errors.NoAward, match="公告了"):
        walk.record("village_clerk", {"uses_priority": "no"})
    Auction.objects.update(
        state="awarded", awarded_at=OPENS, price_fen=12_000_000,
        winner=Counterparty.objects.get(ext_id="C-1"),
    )  # fmt: skip
    walk.at = SIGNED
    with pytest.raises(errors.LeaseWrong, match="没有原承租人"):
        walk.record("village_clerk", {"uses_priority": "yes"})
    walk.record("village_clerk", {"uses_priority": "no"})
    early = (OPENS + timedelta(days=2, hours=8)).date().isoformat()
    with pytest.raises(errors.NoAward, match="要公示3天"):
        walk.record("village_clerk", {**SIGNING, "sign_date": early}, papers=("contract",))
    with pytest.raises(errors.LeaseWrong, match="示范文本"):
        walk.record("village_clerk", {**SIGNING, "is_model_text": "no"})

    assert not Lease.objects.exists()
    assert not Contract.objects.exists()
    assert not RentBill.objects.exists()
