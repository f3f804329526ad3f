"""Competitions: sealed until two open, one clock, three bidders, no kin, no quiet agreement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from sanzi.audit.models import Event
from sanzi.deals import rules
from sanzi.deals.actions import bids, contracts, tenders
from sanzi.deals.errors import (
    AwardReasonNeeded,
    BadTicket,
    BidderBarred,
    BidderIsKin,
    BidNotAwardable,
    BidTooLate,
    BidWrong,
    ContractDeviates,
    NoticeTooShort,
    OpeningTooEarly,
    PublicityRunning,
    TenderNotNow,
    TenderWrong,
    TooFewBids,
    TwoOpenersNeeded,
)
from sanzi.deals.models import Bid, BidTicket, Tender
from sanzi.deals.queries import tenders as queries
from sanzi.deals.queries.tenders import TenderFilter
from sanzi.orgs.errors import NotFound
from worlds import deals, village
from worlds.deals import DEADLINE, OPENING
from worlds.village import AT, World

FIRMS = ("C-1", "C-2", "C-3")


@pytest.fixture
def world(db: None) -> World:
    made = village.build()
    deals.works_office(made)
    for firm in FIRMS:
        deals.party(firm)
    return made


def _three(world: World, prices: tuple[int, ...] = (8_800_000, 8_950_000, 9_100_000),
           **more: Any) -> str:  # fmt: skip
    tender = deals.published(world)
    for firm, price in zip(FIRMS, prices, strict=True):
        deals.bid(world, tender, firm, price, **more)
    return tender


def test_no_price_is_anywhere_before_the_opening(world: World) -> None:
    tender = _three(world, (8_812_345, 8_923_456, 9_034_567))

    page = queries.page(by=world.actor("town_head"), ext_id=tender)
    assert [one.price_fen for one in page.bids] == [None] * 3
    assert [one.bidder for one in page.bids] == [""] * 3
    assert all(len(one.offer_digest) == 64 for one in page.bids)
    with connection.cursor() as cursor:
        for table in ("deals_bid", "deals_bidticket", "deals_tender", "audit_event"):
            cursor.execute(f"SELECT * FROM {table}")
            text = str(cursor.fetchall())
            for price in ("8812345", "88123.45", "8923456", "9034567"):
                assert price not in text


def test_two_persons_of_two_roles_open_all_offers_at_once(world: World) -> None:
    tender = _three(world)

    deals.opened(world, tender)

    page = queries.public_page(tender)
    assert [(one.bidder, one.price_fen, one.is_valid) for one in page.bids] == [
        ("清河C-1建设有限公司", 8_800_000, True),
        ("清河C-2建设有限公司", 8_950_000, True),
        ("清河C-3建设有限公司", 9_100_000, True),
    ]
    assert Event.objects.filter(kind="deals.tender.opened").count() == 1


def test_nobody_opens_alone_early_late_or_with_a_colleague(world: World) -> None:
    tender = _three(world)
    head, member = "supervision_head", "supervision_member"

    with pytest.raises(OpeningTooEarly):
        tenders.attend(tender=tender, by=world.actor(head), at=DEADLINE - timedelta(seconds=1))
    with pytest.raises(TwoOpenersNeeded, match="还没有另一位"):
        tenders.open_bids(tender=tender, by=world.actor(head, OPENING), at=OPENING)
    tenders.attend(tender=tender, by=world.actor(head, OPENING), at=OPENING)
    with pytest.raises(TwoOpenersNeeded, match="两个人"):
        tenders.open_bids(tender=tender, by=world.actor(head, OPENING), at=OPENING)
    with pytest.raises(NotFound):
        tenders.open_bids(tender=tender, by=world.actor("village_clerk", OPENING), at=OPENING)
    late = OPENING + timedelta(hours=2, seconds=1)
    with pytest.raises(TwoOpenersNeeded, match="还没有另一位"):
        tenders.open_bids(tender=tender, by=world.actor("town_works_office", late), at=late)
    assert not Bid.objects.filter(price_fen__isnull=False).exists()
    assert Tender.objects.get().state == "published"

    tenders.open_bids(tender=tender, by=world.actor(member, OPENING), at=OPENING)
    assert Bid.objects.filter(is_valid=True).count() == 3


def test_an_offer_at_the_deadline_or_after_the_opening_is_refused(world: World) -> None:
    tender = _three(world)
    clerk = world.actor("village_clerk")
    code = bids.issue_ticket(tender=tender, counterparty="C-1", by=clerk, at=AT)
    fields = bids.BidFields(price_fen=1_000_000, contact_phone="17700000001")

    with pytest.raises(BidTooLate):
        bids.submit(tender=tender, code=code, fields=fields, at=DEADLINE)
    deals.opened(world, tender)
    with pytest.raises(TenderNotNow, match="开标了"):
        bids.submit(tender=tender, code=code, fields=fields, at=DEADLINE - timedelta(days=1))

    assert Bid.objects.count() == 3


def test_a_bidder_may_replace_his_offer_until_the_deadline(world: World) -> None:
    tender = _three(world)

    again = deals.bid(world, tender, "C-3", 8_700_000, at=DEADLINE - timedelta(seconds=1))
    deals.opened(world, tender)

    page = queries.public_page(tender)
    assert (page.bids[0].ext_id, page.bids[0].price_fen) == (again.ext_id, 8_700_000)
    assert len(page.bids) == 3
    assert Bid.objects.filter(replaced_at__isnull=False, price_fen__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"price_fen": 0}, "价格"),
        ({"price_fen": -5}, "价格"),
        ({"price_fen": 10**17}, "价格"),
        ({"doc_hash": "ab"}, "报价文件"),
        ({"contact_phone": " "}, "联系电话"),
    ],
)
def test_a_wrong_offer_is_refused_by_its_field(
    world: World, more: dict[str, Any], said: str
) -> None:
    tender = deals.published(world)
    code = bids.issue_ticket(
        tender=tender, counterparty="C-1", by=world.actor("village_clerk"), at=AT
    )
    fields = bids.BidFields(**{"price_fen": 1, "contact_phone": "17700000001", **more})

    with pytest.raises(BidWrong, match=said):
        bids.submit(tender=tender, code=code, fields=fields, at=AT)
    with pytest.raises(BadTicket):
        bids.submit(tender=tender, code="AAAA-BBBB-CCCC", fields=fields, at=AT)
    assert not Bid.objects.exists()


def test_the_same_price_from_the_same_device_cannot_win(world: World) -> None:
    tender = deals.published(world)
    for firm in ("C-1", "C-2"):
        deals.bid(world, tender, firm, 8_800_000, ip="10.9.9.9", device="cookie-1")
    deals.bid(world, tender, "C-3", 9_000_000)
    deals.opened(world, tender)

    page = queries.public_page(tender)
    twin = page.bids[0]
    assert "和另一家报价一分不差，又是同一台设备交的" in twin.flags
    with pytest.raises(BidNotAwardable, match="一分不差"):
        tenders.award(
            tender=tender, bid=twin.ext_id, reason="两家都便宜，随便定一家",
            by=world.actor("village_clerk"), at=OPENING,
        )  # fmt: skip
    assert not Bid.objects.filter(is_winner=True).exists()


def test_the_same_device_with_other_prices_needs_a_written_reason(world: World) -> None:
    tender = _three(world, ip="10.9.9.9")
    deals.opened(world, tender)
    lowest = queries.public_page(tender).bids[0]
    clerk = world.actor("village_clerk")

    with pytest.raises(AwardReasonNeeded, match="同一台设备"):
        tenders.award(tender=tender, bid=lowest.ext_id, reason="", by=clerk, at=OPENING)
    tenders.award(
        tender=tender,
        bid=lowest.ext_id,
        reason="都在镇便民中心的公用电脑上交的",
        by=clerk,
        at=OPENING,
    )
    assert Tender.objects.get().state == "publicised"


def test_near_kin_of_an_officer_may_not_bid_and_a_cousin_is_held(world: World) -> None:
    brother = village.villager(world, "高大山")
    deals.kin(world.people["committee_member"], brother)
    deals.party("C-8", owner=brother)
    cousin = village.villager(world, "陈国安")
    deals.kin(cousin, world.people["village_secretary"], is_statutory=False)
    deals.party("C-9", owner=cousin)
    tender = deals.published(world)

    with pytest.raises(BidderIsKin):
        deals.bid(world, tender, "C-8", 8_000_000)
    assert not BidTicket.objects.exists()

    for firm, price in (("C-9", 8_000_000), ("C-1", 8_100_000), ("C-2", 8_200_000)):
        deals.bid(world, tender, firm, price)
    deals.opened(world, tender)
    held = queries.public_page(tender).bids[0]
    assert held.flags == ("和村干部有亲戚关系（不是近亲属）",)
    with pytest.raises(AwardReasonNeeded):
        tenders.award(
            tender=tender, bid=held.ext_id, reason="", by=world.actor("village_clerk"),
            at=OPENING,
        )  # fmt: skip


def test_who_became_kin_after_his_code_is_refused_at_the_offer(world: World) -> None:
    owner = village.villager(world, "高大山")
    deals.party("C-8", owner=owner)
    tender = deals.published(world)
    code = bids.issue_ticket(
        tender=tender, counterparty="C-8", by=world.actor("village_clerk"), at=AT
    )
    deals.kin(world.people["committee_member"], owner)

    fields = bids.BidFields(price_fen=8_000_000, contact_phone="17700000001")
    with pytest.raises(BidderIsKin):
        bids.submit(tender=tender, code=code, fields=fields, at=AT)
    assert not Bid.objects.exists()


def test_a_barred_firm_may_not_bid(world: World) -> None:
    deals.party("C-7", is_blacklisted=True)
    with pytest.raises(BidderBarred):
        deals.bid(world, deals.published(world), "C-7", 8_000_000)
    assert not Bid.objects.exists()


def test_two_offers_stay_sealed_and_the_competition_fails(world: World) -> None:
    tender = deals.published(world)
    for firm in FIRMS[:2]:
        deals.bid(world, tender, firm, 8_800_000)
    tenders.attend(tender=tender, by=world.actor("supervision_head", OPENING), at=OPENING)
    with pytest.raises(TooFewBids):
        tenders.open_bids(tender=tender, by=world.actor("town_works_office", OPENING), at=OPENING)
    assert not Bid.objects.filter(price_fen__isnull=False).exists()

    clerk = world.actor("village_clerk", OPENING)
    with pytest.raises(TenderWrong, match="理由"):
        tenders.fail(tender=tender, reason="少", by=clerk, at=OPENING)
    tenders.fail(tender=tender, reason="只来了两家，不到三家", by=clerk, at=OPENING)
    with pytest.raises(TenderNotNow):
        tenders.fail(tender=tender, reason="只来了两家，不到三家", by=clerk, at=OPENING)


def test_an_offer_above_the_limit_is_invalid_and_two_left_cannot_be_awarded(world: World) -> None:
    tender = _three(world, (8_800_000, 8_900_000, 9_200_001))
    deals.opened(world, tender)

    page = queries.public_page(tender)
    assert page.bids[2].invalid_reason == "报价高过限价"
    with pytest.raises(TooFewBids):
        tenders.award(
            tender=tender, bid=page.bids[0].ext_id, reason="", at=OPENING,
            by=world.actor("village_clerk"),
        )  # fmt: skip


def test_an_offer_that_was_exchanged_in_the_database_is_found_at_the_opening(world: World) -> None:
    tender = _three(world)
    cheap, dear, _ = Bid.objects.order_by("pk")
    Bid.objects.filter(pk=dear.pk).update(sealed_offer=cheap.sealed_offer)
    third = Bid.objects.order_by("pk")[2]
    Bid.objects.filter(pk=third.pk).update(sealed_offer=third.sealed_offer[:-8] + "AAAAAAA=")

    deals.opened(world, tender)

    reasons = list(Bid.objects.order_by("pk").values_list("invalid_reason", flat=True))
    assert reasons == ["", "拆封的内容和递交时的摘要对不上", "密封被动过，打不开"]


def test_not_the_lowest_wins_only_with_a_reason(world: World) -> None:
    tender = _three(world)
    deals.opened(world, tender)
    second = queries.public_page(tender).bids[1].ext_id
    clerk = world.actor("village_clerk")

    with pytest.raises(AwardReasonNeeded, match="不是最低价"):
        tenders.award(tender=tender, bid=second, reason="", by=clerk, at=OPENING)
    tenders.award(tender=tender, bid=second, reason="质保三年，第一家一年", by=clerk, at=OPENING)

    assert Bid.objects.get(is_winner=True).ext_id == second


def test_a_result_is_public_three_days_before_the_notice_and_the_contract_follows_it(
    world: World,
) -> None:
    tender = _three(world)
    deals.opened(world, tender)
    lowest = queries.public_page(tender).bids[0].ext_id
    clerk = world.actor("village_clerk")
    tenders.award(tender=tender, bid=lowest, reason="", by=clerk, at=OPENING)
    with pytest.raises(PublicityRunning):
        tenders.give_notice(tender=tender, by=clerk, at=OPENING + timedelta(days=3))
    noticed = OPENING + timedelta(days=4)
    tenders.give_notice(tender=tender, by=clerk, at=noticed)
    assert queries.awarded(by=clerk)[0][0] == tender

    day = noticed.date()
    for wrong in (
        {"amount_fen": 8_800_001},
        {"counterparty": "C-2"},
        {"sign_date": day - timedelta(days=1)},
        {"sign_date": day + timedelta(days=31)},
    ):
        fields = deals.fields(**{"tender": tender, "sign_date": day, **wrong})
        with pytest.raises(ContractDeviates):
            contracts.register(fields=fields, by=clerk, at=noticed + timedelta(days=40))
    fields = deals.fields(tender=tender, sign_date=day)
    assert contracts.register(fields=fields, by=clerk, at=noticed)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"bid_deadline_at": AT + timedelta(days=5, seconds=-1)}, NoticeTooShort),
        ({"bid_deadline_at": AT, "method": "quote"}, NoticeTooShort),
        ({"limit_price_fen": 400_000_000}, NoticeTooShort),
        ({"limit_price_fen": 0}, TenderWrong),
        ({"subject_kind": "gift"}, TenderWrong),
        ({"method": "auction"}, TenderWrong),
        ({"platform_level": "moon"}, TenderWrong),
        ({"platform_level": "town"}, TenderWrong),
        ({"title": ""}, TenderWrong),
        ({"bidder_min": 1}, TenderWrong),
    ],
)
def test_a_competition_with_a_wrong_field_or_a_short_notice_is_not_published(
    world: World, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        deals.published(world, **changed)
    assert not Tender.objects.exists()


def test_another_village_neither_sees_nor_runs_it(world: World) -> None:
    tender = deals.published(world)
    stranger = world.actor("stone_cashier")
    with pytest.raises(NotFound):
        queries.page(by=stranger, ext_id=tender)
    with pytest.raises(NotFound):
        tenders.fail(tender=tender, reason="不想让他们招", by=stranger, at=AT)
    assert not list(queries.tenders(by=stranger, only=TenderFilter()))
    assert Tender.objects.get().state == "published"


def test_flags_are_what_offers_share() -> None:
    offers = [
        rules.Offer("A", "C-1", 100, ip="1", deposit="x", controllers=frozenset({"9"})),
        rules.Offer("B", "C-2", 100, ip="1", contact="t"),
        rules.Offer("C", "C-3", 101, ip="2", deposit="x", contact="t",
                    controllers=frozenset({"9"})),
    ]  # fmt: skip
    assert rules.flags(offers) == {
        "A": ["common_control", "same_deposit", "same_device", "same_price_same_device"],
        "B": ["same_contact", "same_device", "same_price_same_device"],
        "C": ["common_control", "same_contact", "same_deposit"],
    }
    assert rules.flags(offers, frozenset({"1"}))["B"] == ["same_contact"]
