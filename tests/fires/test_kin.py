"""Kin whom nobody declared: the list of kin comes after the deal, and the deal is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.deals.actions import tenders
from sanzi.deals.models import Bid
from sanzi.orgs.models import Person
from sanzi.registers.procurement import actions as purchases
from sanzi.registers.procurement.models import Procurement
from worlds import deals, village
from worlds.deals import OPENING
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "cadre-related-trade", "cadre-share-in-works", "procurement-kin-supplier", "tender-kin-winner",
)  # fmt: skip
LAMPS = purchases.Wish(
    category_code="lamp", title="路灯", quantity_milli=6_000, unit="盏", estimate_fen=960_000,
    method="inquiry",
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


def bought(world: World, firm: str, number: str) -> str:
    """Buy lamps of a firm; return the purchase."""
    by = world.actor("committee_member")
    purchases.request(wish=LAMPS, organisation="O-WILLOW", case_number=number, by=by, at=AT)
    purchases.approve(case_number=number, by=by, at=AT)
    quotes = [
        purchases.QuoteFields(one, fen, AT) for one, fen in ((firm, 400_000), ("C-3", 455_000))
    ]
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
    assert nights.found(OPENING, *FIRES) == set()

    member, clerk = world.people["committee_member"], world.people["village_clerk"]
    lists.come(tmp_path, OPENING, kin=[
        (member, world.people["甲老板"], "sibling"), (clerk, world.people["丙经理"], "cousin"),
        (world.people["stone_cashier"], world.people["乙老板"], "sibling"),
    ])  # fmt: skip

    tender = Bid.objects.get(ext_id=theirs).tender.ext_id
    assert nights.found(OPENING, *FIRES) == {
        ("cadre-related-trade", hired["C-1"]), ("cadre-share-in-works", theirs),
        ("procurement-kin-supplier", lamps), ("tender-kin-winner", tender),
    }  # fmt: skip
