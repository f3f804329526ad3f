"""Open auctions: notice, deposits, bids in turn, kin, rounds; two bids in one instant."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from flushing import lifted_triggers
from sanzi.audit.models import Event
from sanzi.deals import auction_errors as errors
from sanzi.deals import auction_rules as rules
from sanzi.deals.actions import assets, auctions
from sanzi.deals.actions.auctions import AuctionFields
from sanzi.deals.errors import BidderBarred, BidderIsKin
from sanzi.deals.models import Asset, AssetEvent, Auction, AuctionBid, AuctionBidder
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Kinship
from worlds import money as worlds_money
from worlds.assets import HOUSE
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db
OPENS, CLOSES = AT + timedelta(days=20), AT + timedelta(days=20, hours=2)
DURING, AFTER = OPENS + timedelta(minutes=5), CLOSES + timedelta(minutes=1)
NOTICE = AuctionFields(
    asset="",
    subject_kind="lease",
    appraised_fen=10_000_000,
    floor_fen=10_000_000,
    step_fen=100_000,
    deposit_fen=2_000_000,
    decision_ref="村代会〔2026〕3号",
    opens_at=OPENS,
    closes_at=CLOSES,
)


def publish(money: Money, **changed: Any) -> str:
    """Publish the auction of a workshop with two bidders."""
    clerk = money.actor("village_clerk")
    if not Asset.objects.exists():
        assets.register_asset(fields=HOUSE, by=clerk, at=AT)
    for ext_id, name in (("C-1", "青石机械厂"), ("C-2", "柳湾米厂"), ("C-3", "澄川纸箱厂")):
        Counterparty.objects.get_or_create(
            ext_id=ext_id, defaults={"name": name, "kind": "company"}
        )
    said = {"asset": Asset.objects.get().ext_id, **changed}
    return auctions.publish(fields=replace(NOTICE, **said), by=clerk, at=AT)


def join(money: Money, auction: str, *parties: str) -> list[int]:
    by = money.actor("village_clerk")
    return [
        auctions.register_bidder(
            auction=auction, counterparty=one, deposit_ref=f"收据{one}", by=by, at=AT
        )
        for one in parties
    ]


def bid(money: Money, auction: str, number: int, price_fen: int, at: Any = DURING) -> Any:
    return auctions.place_bid(
        auction=auction, number=number, price_fen=price_fen, by=money.actor("village_clerk"), at=at
    )


def close(money: Money, auction: str, at: Any = AFTER) -> Any:
    return auctions.close(auction=auction, by=money.actor("village_clerk"), at=at)


def test_the_highest_of_two_bidders_wins_and_the_card_says_so(money: Money) -> None:
    auction = publish(money)
    assert join(money, auction, "C-1", "C-2") == [1, 2]

    assert bid(money, auction, 1, 10_000_000).number == 1
    assert bid(money, auction, 2, 10_100_000).number == 2
    assert bid(money, auction, 1, 12_000_000).number == 3

    award = close(money, auction)
    assert (award.winner, award.price_fen) == ("C-1", 12_000_000)
    note = AssetEvent.objects.latest("pk")
    assert (note.title, note.text) == ("成交", "青石机械厂，120,000.00元，2家出价")
    with pytest.raises(errors.AuctionNotNow):
        close(money, auction)


@pytest.mark.parametrize(
    "changed",
    [
        {"subject_kind": "gift"},
        {"platform_level": "moon"},
        {"floor_fen": 9_999_999},
        {"appraised_fen": 0},
        {"step_fen": 0},
        {"deposit_fen": -1},
        {"decision_ref": " "},
        {"opens_at": AT + timedelta(days=19)},
        {"closes_at": OPENS},
        {"closes_at": OPENS + timedelta(days=31)},
    ],
)
def test_a_notice_that_does_not_hold_is_not_published(
    money: Money, changed: dict[str, Any]
) -> None:
    with pytest.raises(errors.AuctionWrong):
        publish(money, **changed)

    assert Auction.objects.count() == 0
    assert Event.objects.filter(kind="deals.auction.published").count() == 0


def test_a_bid_too_low_too_early_too_late_or_without_paddle_is_refused(money: Money) -> None:
    auction = publish(money)
    join(money, auction, "C-1", "C-2")
    bid(money, auction, 1, 10_000_000)
    events = Event.objects.count()

    for number, price, at, refusal in (
        (2, 10_099_999, DURING, errors.AuctionBidTooLow),
        (2, 10_000_000, DURING, errors.AuctionBidTooLow),
        (2, 10**18, DURING, errors.AuctionBidTooLow),
        (9, 11_000_000, DURING, errors.NoPaddle),
        (2, 11_000_000, OPENS - timedelta(microseconds=1), errors.AuctionNotNow),
        (2, 11_000_000, CLOSES, errors.AuctionNotNow),
    ):
        with pytest.raises(refusal):
            bid(money, auction, number, price, at)

    assert AuctionBid.objects.count() == 1
    assert Event.objects.count() == events


def test_a_bid_in_the_last_minutes_gives_everybody_two_more(money: Money) -> None:
    auction = publish(money)
    join(money, auction, "C-1", "C-2")

    late = bid(money, auction, 1, 10_000_000, CLOSES - timedelta(seconds=30))

    assert late.closes_at == CLOSES + timedelta(seconds=90)
    with pytest.raises(errors.AuctionNotNow):
        close(money, auction, CLOSES)
    bid(money, auction, 2, 10_100_000, CLOSES + timedelta(seconds=60))


def test_one_bidder_is_not_enough_and_the_next_round_falls_by_a_tenth_at_most(
    money: Money,
) -> None:
    auction = publish(money)
    join(money, auction, "C-1")
    bid(money, auction, 1, 10_000_000)

    assert close(money, auction) is None
    by = (
        money.actor("coop_director")
        if "coop_director" in money.world.users
        else money.actor("village_clerk")
    )
    opens = AFTER + timedelta(days=21)

    def again(floor_fen: int, decision: str = "村代会〔2026〕5号", at: Any = AFTER) -> int:
        return auctions.next_round(
            auction=auction,
            floor_fen=floor_fen,
            decision_ref=decision,
            opens_at=opens,
            closes_at=opens + timedelta(hours=1),
            by=by,
            at=at,
        )

    for floor, decision in ((8_999_999, "决议"), (9_000_000, " ")):
        with pytest.raises(errors.AuctionWrong):
            again(floor, decision)
    assert again(9_000_000) == 2
    with pytest.raises(errors.AuctionNotNow):
        again(9_000_000)
    bid(money, auction, 1, 9_000_000, opens)
    award = close(money, auction, opens + timedelta(hours=2))
    assert award.price_fen == 9_000_000


def test_near_kin_and_the_barred_do_not_bid_distant_kin_need_two_others(money: Money) -> None:
    auction = publish(money)
    officer, cousin = money.world.people["village_secretary"], money.payees[0]
    Kinship.objects.create(
        person=officer,
        relative=cousin,
        relation="侄",
        is_statutory_kin=True,
        is_extended_kin=True,
        source="declared",
    )
    Counterparty.objects.filter(ext_id="C-1").update(legal_rep_person=cousin)
    Counterparty.objects.filter(ext_id="C-3").update(is_blacklisted=True)
    with pytest.raises(BidderIsKin):
        join(money, auction, "C-1")
    with pytest.raises(BidderBarred):
        join(money, auction, "C-3")
    assert AuctionBidder.objects.count() == 0

    Kinship.objects.update(is_statutory_kin=False)
    join(money, auction, "C-1", "C-2")
    assert AuctionBidder.objects.get(number=1).is_kin
    bid(money, auction, 2, 10_000_000)
    bid(money, auction, 1, 11_000_000)
    with pytest.raises(errors.KinWinnerHeld):
        close(money, auction)
    assert Auction.objects.get().state == "published"


def test_who_does_not_hold_auctions_finds_none(money: Money) -> None:
    auction = publish(money)
    by = money.actor("stone_cashier")

    with pytest.raises(NotFound):
        auctions.register_bidder(
            auction=auction, counterparty="C-1", deposit_ref="收据", by=by, at=AT
        )
    with pytest.raises(NotFound):
        auctions.place_bid(auction=auction, number=1, price_fen=1, by=by, at=DURING)
    with pytest.raises(NotFound):
        auctions.close(auction=auction, by=by, at=AFTER)


def test_of_equal_prices_the_first_taken_wins() -> None:
    called = [rules.Called(2, 7, 500), rules.Called(1, 8, 500), rules.Called(3, 9, 400)]

    assert rules.winner(called) == rules.Called(1, 8, 500)
    assert rules.winner([]) is None


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Money]:
    yield worlds_money.build()
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")


@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_bids_in_the_same_instant_exactly_one_is_taken(committed: Money) -> None:
    auction = publish(committed)
    for place in range(4, 9):
        Counterparty.objects.create(ext_id=f"C-{place}", name=f"第{place}家", kind="company")
    join(committed, auction, *(f"C-{place}" for place in range(1, 9)))
    by = committed.actor("village_clerk")
    gate, found = threading.Barrier(8), [""] * 8

    def call(place: int) -> None:
        gate.wait()
        try:
            auctions.place_bid(
                auction=auction, number=place + 1, price_fen=10_000_000, by=by, at=DURING
            )
            found[place] = "taken"
        except Refusal as refusal:
            found[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=(place,)) for place in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(found) == ["deals.auction_bid_too_low"] * 7 + ["taken"]
    taken = AuctionBid.objects.get()
    assert (taken.number, taken.bidder.number) == (1, found.index("taken") + 1)
    assert Event.objects.filter(kind="deals.auction.bid").count() == 1
