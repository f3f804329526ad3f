"""Kin whom nobody declared: the list of kin comes after the deal, and the deal is found."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.deals.actions import assets, tenders
from sanzi.deals.actions.assets import AssetFields
from sanzi.deals.models import Bid
from sanzi.orgs.models import Person
from sanzi.registers.funds.actions import prices
from sanzi.registers.procurement import actions as purchases
from sanzi.registers.procurement.models import Procurement
from worlds import deals, village
from worlds.deals import OPENING
from worlds.village import AT, COUNTY, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "cadre-related-trade", "cadre-share-in-works", "procurement-asset-unbooked",
    "procurement-kin-supplier", "procurement-price-high", "procurement-quotes-collude",
    "tender-kin-winner",
)  # fmt: skip
GOODS = ("procurement-asset-unbooked", "procurement-price-high", "procurement-quotes-collude")
LAMPS = purchases.Wish(
    category_code="lamp", title="路灯", quantity_milli=6_000, unit="盏", estimate_fen=490_000,
    method="inquiry",
)  # fmt: skip
MOWER = purchases.Wish(
    category_code="equipment", title="割草机", quantity_milli=1_000, unit="台",
    estimate_fen=490_000, method="inquiry",
)  # fmt: skip


@pytest.fixture
def world() -> World:
    """The village with the town's works office and four firms; two men own two of them."""
    made = village.build()
    deals.works_office(made)
    for name in ("甲老板", "乙老板", "丙经理"):
        village.villager(made, name)
    deals.party("C-1", owner=made.people["甲老板"])
    deals.party("C-2", owner=made.people["乙老板"])
    for firm in ("C-3", "C-4"):
        deals.party(firm)
    return made


def won(world: World, winner: str, title: str, manager: Person | None = None) -> str:
    """Let three firms compete and one of them win; return its offer."""
    tender = deals.published(world, title=title)
    others = [one for one in ("C-3", "C-4", "C-2", "C-1") if one != winner]
    for place, firm in enumerate((winner, *others[:2])):
        leads = manager.ext_id if manager and firm == winner else ""
        deals.bid(world, tender, firm, 8_800_000 + 150_000 * place, site_manager=leads)
    deals.opened(world, tender)
    best = Bid.objects.get(tender__ext_id=tender, counterparty__ext_id=winner)
    by = world.actor("village_clerk")
    tenders.award(tender=tender, bid=best.ext_id, reason="", by=by, at=OPENING)
    return best.ext_id


def bought(
    world: World, firm: str, number: str, fen: int = 400_000, *,
    wish: purchases.Wish = LAMPS, others: tuple[tuple[str, int], ...] = (("C-3", 455_000),),
) -> str:  # fmt: skip
    """Buy something of a firm, others asking more; return the purchase."""
    by = world.actor("committee_member")
    purchases.request(wish=wish, organisation="O-WILLOW", case_number=number, by=by, at=AT)
    purchases.approve(case_number=number, by=by, at=AT)
    quotes = [purchases.QuoteFields(one, price, AT) for one, price in ((firm, fen), *others)]
    purchases.order(
        case_number=number, choice=purchases.Choice(quotes=quotes, chosen=firm), ordered_at=AT,
        by=by, at=AT,
    )  # fmt: skip
    return Procurement.objects.get(case_number=number).ext_id


def test_deals_with_kin_are_found_when_the_list_of_kin_comes(world: World, tmp_path: Path) -> None:
    won(world, "C-2", "村内道路改造")
    theirs = won(world, "C-1", "后塘桥加固", manager=world.people["丙经理"])
    lamps = bought(world, "C-1", "K-1")
    hired = {
        firm: deals.contract(world, counterparty=firm, kind="labour", amount_fen=100_000)
        for firm in ("C-1", "C-2")
    }
    codes = [one for one in FIRES if one not in GOODS]
    assert nights.found(OPENING, *codes) == set()

    member, clerk = world.people["committee_member"], world.people["village_clerk"]
    lists.come(tmp_path, OPENING, kin=[
        (member, world.people["甲老板"], "sibling"), (clerk, world.people["丙经理"], "cousin"),
        (world.people["stone_cashier"], world.people["乙老板"], "sibling"),
    ])  # fmt: skip

    tender = Bid.objects.get(ext_id=theirs).tender.ext_id
    assert nights.found(OPENING, *codes) == {
        ("cadre-related-trade", hired["C-1"]), ("cadre-share-in-works", theirs),
        ("procurement-kin-supplier", lamps), ("tender-kin-winner", tender),
    }  # fmt: skip


def test_lamps_that_are_too_dear_or_have_no_card_are_found(world: World) -> None:
    prices.set_price(
        price=prices.Price("lamp", "太阳能路灯", "盏", 60_000, COUNTY, date(2026, 1, 1)),
        by=world.actor("county_agri"), at=AT,
    )  # fmt: skip
    bought(world, "C-4", "K-1", 432_000)
    dear = bought(world, "C-2", "K-2", 432_006)
    code = "procurement-price-high"
    assert nights.found(AT, code) == {(code, dear)}


def test_a_mower_that_never_got_its_card_is_found_and_one_that_did_is_not(world: World) -> None:
    booked, lost = (bought(world, firm, f"K-{firm}", wish=MOWER) for firm in ("C-4", "C-2"))
    for firm in ("C-4", "C-2"):
        purchases.accept(
            case_number=f"K-{firm}", people=["P-willow-3", "P-willow-4"], quantity_milli=1_000,
            delivered_at=AT, by=world.actor("supervision_head"), at=AT,
        )  # fmt: skip
    card = AssetFields("O-WILLOW", "fixed", "equipment", "割草机", source_id=booked)
    assets.register_asset(fields=card, by=world.actor("village_clerk"), at=AT)

    code = "procurement-asset-unbooked"
    found = [nights.found(AT + timedelta(days=days), code) for days in (30, 31)]
    assert found == [set(), {(code, lost)}]


@pytest.mark.parametrize(("second", "is_wrong"), [(420_000, True), (423_000, False)])
def test_three_prices_that_rise_by_one_ratio_are_found(
    world: World, second: int, *, is_wrong: bool
) -> None:
    purchase = bought(world, "C-4", "K-1", 400_000, others=(("C-2", second), ("C-3", 441_000)))

    code = "procurement-quotes-collude"
    assert nights.found(AT, code) == ({(code, purchase)} if is_wrong else set())
