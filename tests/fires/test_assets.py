"""What the village owns: scrap sold to kin, a house let on too small a platform, rent ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.bank.port import Entry
from sanzi.deals.actions import assets, auctions
from sanzi.deals.actions.auctions import AuctionFields
from sanzi.deals.models import Asset, Disposal
from sanzi.orgs.actions import appointments
from sanzi.orgs.models import Appointment
from sanzi.payments.actions import statements
from sanzi.payments.models import Bill
from sanzi.registers.leases.actions import leases
from worlds import deals, money, village, walks
from worlds import leases as worlds_leases
from worlds.assets import HOUSE
from worlds.leases import Letting
from worlds.village import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "asset-disposal-irregular", "asset-no-public-auction", "asset-rent-prepaid",
}  # fmt: skip
DAY = timedelta(days=1)
HERE = "2026-11-12T10:00"
OPENS = money.AT + 25 * DAY


@pytest.fixture
def letting() -> Letting:
    """A workshop that may be let."""
    return worlds_leases.directed(money.build(payees=1))


def pay(made: money.Money) -> None:
    """Let the money of the only bill come."""
    bill = Bill.objects.get()
    entry = Entry(
        seq=1, booked_at=AT, amount_fen=bill.amount_fen, is_credit=True, bank_ref="BK1",
        party_name=bill.payer_name, memo=bill.reference,
    )  # fmt: skip
    statements.import_notices(account_id=made.account.pk, entries=[entry], at=AT)


def test_scrap_whose_buyer_turns_out_to_be_kin_is_found(tmp_path: Path) -> None:
    made, code = money.build(payees=0), "asset-disposal-irregular"
    world = made.world
    deals.works_office(world)
    owner = village.villager(world, "收旧货的")
    deals.party("C-1")
    deals.party("C-2", owner=owner)
    pump = replace(HOUSE, name="旧水泵房", is_operating=False, book_value_fen=400_000)
    assets.register_asset(fields=pump, by=made.actor("village_clerk", AT), at=AT)
    looked = ("village_clerk", "committee_member", "supervision_head")
    walk = walks.start(world, "M18", "coop_director")
    form = {
        "asset": Asset.objects.get().ext_id, "method": "scrap", "why": "旧水泵房塌了",
        "checkers": [{"person": world.people[one].ext_id} for one in looked],
        "worth": "300", "floor": "300",
    }  # fmt: skip
    walk.submit("coop_director", form, ("photo",))
    walk.approve("supervision_head", "village_secretary")
    quotes = [{"firm": "C-1", "price": "320"}, {"firm": "C-2", "price": "350"}]
    walk.record("village_clerk", {"quotes": quotes})
    walk.record("village_clerk", {"sign_date": HERE[:10]})
    pay(made)
    walk.record("committee_member", {"executed_at": HERE}, ("photo",))
    assert nights.found(AT, code) == set()

    lists.come(tmp_path, AT, kin=[(world.people["village_clerk"], owner, "nephew_niece")])

    assert nights.found(AT, code) == {(code, Disposal.objects.get().ext_id)}


def auctioned(letting: Letting, floor_fen: int, price_fen: int, year: int) -> str:
    """Let the workshop for a year to who calls highest at the town; return the lease."""
    clerk = letting.money.actor("village_clerk")
    fields = AuctionFields(
        asset=letting.asset, subject_kind="lease", appraised_fen=floor_fen, floor_fen=floor_fen,
        step_fen=10_000, deposit_fen=0, decision_ref="村代会〔2025〕12号", opens_at=OPENS,
        closes_at=OPENS + timedelta(hours=2),
    )  # fmt: skip
    auction = auctions.publish(fields=fields, by=clerk, at=money.AT)
    for place, (firm, fen) in enumerate((("C-MILL", floor_fen), ("C-WORKS", price_fen)), start=1):
        number = auctions.register_bidder(
            auction=auction, counterparty=firm, deposit_ref="收据", by=clerk, at=money.AT
        )
        at = OPENS + timedelta(minutes=place)
        by = letting.money.actor("village_clerk", at)
        auctions.place_bid(auction=auction, number=number, price_fen=fen, by=by, at=at)
    over = OPENS + DAY
    auctions.close(auction=auction, by=letting.money.actor("village_clerk", over), at=over)
    said = replace(
        letting.fields, auction=auction, rent_fen_year=price_fen, reserve_rent_fen_year=None,
        start_date=date(year, 1, 1), end_date=date(year, 12, 31),
    )  # fmt: skip
    by = letting.money.actor("coop_director", over)
    return leases.sign_lease(fields=said, by=by, at=over)


def test_a_lease_whose_floor_was_too_high_for_the_town_is_found(letting: Letting) -> None:
    code = "asset-no-public-auction"
    auctioned(letting, 4_990_000, 5_200_000, 2027)
    assert nights.found(OPENS + DAY, code) == set()

    lease = auctioned(letting, 5_000_000, 5_200_000, 2028)

    assert nights.found(OPENS + DAY, code) == {(code, lease)}


def test_rent_taken_for_days_after_the_officers_term_is_found(letting: Letting) -> None:
    code, world = "asset-rent-prepaid", letting.money.world
    held = Appointment.objects.get(
        person=world.people["village_secretary"], role_code="village_secretary"
    )
    appointments.end(
        ext_id=held.ext_id, end_date=date(2027, 12, 31),
        by=letting.money.actor("town_agri_head"), at=money.AT,
    )  # fmt: skip
    letting.sign(start_date=date(2027, 1, 1), end_date=date(2027, 6, 30), prepaid_years=1)
    assert nights.found(money.AT, code) == set()

    lease = letting.sign(
        start_date=date(2027, 7, 1), end_date=date(2028, 6, 30), prepaid_years=1
    )  # fmt: skip

    assert nights.found(money.AT, code) == {(code, lease)}
