"""An open auction in the office, and a bidder with his code at the portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.deals.actions import assets, auctions
from sanzi.deals.actions.auctions import AuctionFields
from sanzi.deals.auction_errors import AuctionBidTooLow
from sanzi.deals.errors import BadTicket
from sanzi.deals.models import Asset, Auction, AuctionBid, AuctionBidder
from sanzi.kernel import clock
from worlds import deals
from worlds.assets import HOUSE
from worlds.cases import AT, Desk

OPENS = AT + timedelta(days=21)


@pytest.fixture
def auction(desk: Desk) -> str:
    """A workshop whose auction is published, and three firms."""
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    clerk = desk.actor("village_clerk")
    assets.register_asset(fields=HOUSE, by=clerk, at=AT)
    fields = AuctionFields(
        asset=Asset.objects.get().ext_id, subject_kind="lease", appraised_fen=10_000_000,
        floor_fen=10_000_000, step_fen=100_000, deposit_fen=2_000_000, decision_ref="D-1",
        opens_at=OPENS, closes_at=OPENS + timedelta(hours=2), platform_level="county",
    )  # fmt: skip
    return auctions.publish(fields=fields, by=clerk, at=AT)


def join(clerk: Client, auction: str, firm: str) -> str:
    """Enter a bidder in the office; return the code that the page shows."""
    said = {"firm": firm, "deposit_ref": f"收据{firm}"}
    page = clerk.post(reverse("office:auction_join", args=[auction]), said).content.decode()
    found = re.search(r"<b>([0-9A-Z-]{10,})</b>", page)
    assert found, page[:400]
    return found[1]


def call(client: Client, auction: str, code: str, price: str) -> str:
    """Call a price at the portal; return the page."""
    said = {"code": code, "price": price}
    return client.post(reverse("portal:auction", args=[auction]), said).content.decode()


def test_an_auction_runs_from_the_paddles_to_the_award(
    auction: str, officer: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, one, other = officer("village_clerk"), Client(), Client()
    codes = [join(clerk, auction, firm) for firm in ("C-1", "C-2")]
    before = one.get(reverse("portal:auction", args=[auction])).content.decode()
    assert "还没开拍" in before
    assert "竞租码" not in before
    monkeypatch.setattr(clock, "now", lambda: OPENS + timedelta(minutes=1))

    assert "这是第1口" in call(one, auction, codes[0], "100000")
    refused = call(other, auction, codes[1], "100500")
    assert "现在至少要出101,000.00元" in refused
    assert "这是第2口" in call(other, auction, codes[1], "120,000")
    live = Client().get(reverse("portal:auction_live", args=[auction]))
    assert live["Cache-Control"] == "no-store"
    assert "2口" in live.content.decode()
    assert "清河C-2" not in live.content.decode()
    clerk = officer("village_clerk")
    clerk.post(
        reverse("office:auction_act", args=[auction]),
        {"do": "bid", "number": "1", "price": "121000"},
    )
    monkeypatch.setattr(clock, "now", lambda: OPENS + timedelta(hours=3))
    clerk = officer("village_clerk")
    clerk.post(reverse("office:auction_act", args=[auction]), {"do": "close"})

    made = Auction.objects.get()
    assert (made.state, made.price_fen) == ("awarded", 12_100_000)
    assert [one.number for one in made.bids.order_by("number")] == [1, 2, 3]
    shown = Client().get(reverse("portal:auction", args=[auction])).content.decode()
    assert "清河C-1建设有限公司" in shown
    assert "第3口" in clerk.get(reverse("office:auction", args=[auction])).content.decode()


def test_of_two_bids_in_the_same_millisecond_the_first_number_wins(
    auction: str, desk: Desk
) -> None:
    clerk, at = desk.actor("village_clerk"), OPENS + timedelta(minutes=1)
    codes = []
    for firm in ("C-1", "C-2"):
        number = auctions.register_bidder(
            auction=auction, counterparty=firm, deposit_ref="收", by=clerk, at=AT
        )
        codes.append(auctions.issue_code(auction=auction, number=number, by=clerk, at=AT))
    auctions.bid_by_code(auction=auction, code=codes[1], price_fen=10_000_000, at=at)
    with pytest.raises(AuctionBidTooLow, match="现在至少要出101,000"):
        auctions.bid_by_code(auction=auction, code=codes[0], price_fen=10_000_000, at=at)

    (bid,) = AuctionBid.objects.all()
    assert (bid.number, bid.bidder.counterparty.ext_id, bid.placed_at) == (1, "C-2", at)


@pytest.mark.parametrize(
    ("minutes", "price", "code", "words"),
    [
        (1, "100000", "WRONG-CODE-00", "投标码不对"),
        (-1, "100000", "", "还没开始"),
        (121, "100000", "", "已经结束"),
        (1, "99999.99", "", "至少要出100,000.00元"),
        (1, "没想好", "", "没想好"),
    ],
)
def test_a_wrong_code_or_a_bid_too_early_too_late_or_too_low_is_refused(
    auction: str,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    price: str,
    code: str,
    words: str,
) -> None:
    clerk = desk.actor("village_clerk")
    number = auctions.register_bidder(
        auction=auction, counterparty="C-1", deposit_ref="收", by=clerk, at=AT
    )
    right = auctions.issue_code(auction=auction, number=number, by=clerk, at=AT)
    monkeypatch.setattr(clock, "now", lambda: OPENS + timedelta(minutes=minutes))

    page = call(Client(), auction, code or right, price)

    assert words in page
    assert not AuctionBid.objects.exists()


def test_a_new_code_voids_the_old_and_who_may_not_run_an_auction_does_not(
    auction: str, desk: Desk, officer: Callable[[str], Client]
) -> None:
    clerk = desk.actor("village_clerk")
    who: dict[str, Any] = {"auction": auction, "by": clerk, "at": AT}
    number = auctions.register_bidder(counterparty="C-1", deposit_ref="收", **who)
    old = auctions.issue_code(number=number, **who)
    auctions.issue_code(number=number, **who)
    at = OPENS + timedelta(minutes=1)
    with pytest.raises(BadTicket):
        auctions.bid_by_code(auction=auction, code=old, price_fen=10_000_000, at=at)

    member = officer("committee_member")
    said = {"firm": "C-2", "deposit_ref": "收"}
    member.post(reverse("office:auction_join", args=[auction]), said)

    assert AuctionBidder.objects.count() == 1
    assert not AuctionBid.objects.exists()
    assert Client().get(reverse("portal:auction", args=["AU-NONE"])).status_code == 404


def test_a_failed_auction_is_called_again_at_nine_tenths_by_decision(
    auction: str, officer: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    over = OPENS + timedelta(hours=3)
    monkeypatch.setattr(clock, "now", lambda: over)
    clerk = officer("village_clerk")
    clerk.post(reverse("office:auction_act", args=[auction]), {"do": "close"})
    again = reverse("office:auction_again", args=[auction])
    hours = {
        "opens_at": (over + timedelta(days=22)).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (over + timedelta(days=22, hours=2)).strftime("%Y-%m-%dT%H:%M"),
    }
    low = clerk.post(again, {"floor": "89999.99", "decision_ref": "D-2", **hours})
    assert "最低降到90,000.00元" in low.content.decode()
    clerk.post(again, {"floor": "90000", "decision_ref": "D-2", **hours})

    made = Auction.objects.get()
    assert (made.round, made.floor_fen, made.state) == (2, 9_000_000, "published")
