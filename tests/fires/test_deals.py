"""Deals: bidders from one machine, bidders of one hand, a contract that nobody files."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fires import nights
from sanzi.deals.actions import contracts, tenders
from sanzi.deals.models import Bid
from worlds import deals, village
from worlds.deals import OPENING
from worlds.village import AT, WILLOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "contract-not-filed", "stat-shared-device", "tender-common-control",
    "tender-common-funds-people", "tender-rotation", "tender-same-device",
)  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    """The village with the town's works office."""
    made = village.build()
    deals.works_office(made)
    return made


def won(world: World, title: str, **more: str) -> str:
    """Let three firms compete and the first win; say what they share."""
    tender = deals.published(world, title=title)
    for place, firm in enumerate(("C-1", "C-2", "C-3")):
        deals.bid(world, tender, firm, 8_800_000 + 150_000 * place, **more)
    deals.opened(world, tender)
    clerk = world.actor("village_clerk")
    best = Bid.objects.get(tender__ext_id=tender, counterparty__ext_id="C-1")
    reason = "都在镇便民中心的公用电脑上交的" if more else ""
    tenders.award(tender=tender, bid=best.ext_id, reason=reason, by=clerk, at=OPENING)
    tenders.give_notice(tender=tender, by=clerk, at=OPENING + 4 * DAY)
    return tender


def test_bidders_of_one_machine_and_of_one_hand_are_found_and_strangers_are_not(
    world: World,
) -> None:
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    won(world, "村内道路改造")
    shared = won(world, "后塘桥加固", ip="10.9.9.9")
    asked = (OPENING + 4 * DAY, "tender-same-device", "tender-common-control")
    assert nights.found(*asked) == {("tender-same-device", shared)}

    owner = village.villager(world, "钱老板")
    for firm in ("C-4", "C-5"):
        deals.party(firm, owner=owner)
    tender = deals.published(world, title="文化礼堂修缮")
    for place, firm in enumerate(("C-4", "C-5", "C-3")):
        deals.bid(world, tender, firm, 8_800_000 + 150_000 * place)
    assert nights.found(*asked) == {
        ("tender-same-device", shared), ("tender-common-control", tender),
    }  # fmt: skip


def test_a_contract_that_nobody_files_is_found_and_one_that_is_filed_is_not(world: World) -> None:
    deals.party("C-1")
    filed, lost = (deals.contract(world, title=title) for title in ("道路合同", "桥梁合同"))
    clerk = world.actor("village_clerk")
    contracts.file_paper(contract=filed, doc_hash="ab" * 32, by=clerk, at=AT)

    assert nights.found(AT, "contract-not-filed") == set()
    assert nights.found(AT + 10 * DAY, "contract-not-filed") == {("contract-not-filed", lost)}


def test_bidders_with_one_telephone_or_one_machine_in_two_villages_are_found(world: World) -> None:
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    apart, shared = (
        deals.published(world, title=title) for title in ("村内道路改造", "后塘桥加固")
    )
    for place, firm in enumerate(("C-1", "C-2", "C-3")):
        device = "AA-BB-CC-00-11-22" if firm == "C-1" else ""
        deals.bid(world, apart, firm, 8_800_000 + 150_000 * place, device=device)
    asked = (OPENING, "stat-shared-device", "tender-common-funds-people")
    assert nights.found(*asked) == set()

    for place, firm in enumerate(("C-2", "C-3")):
        deals.bid(
            world, shared, firm, 8_800_000 + 150_000 * place, contact_phone="17733333333",
            device="AA-BB-CC-00-11-22" if firm == "C-2" else "", at=AT + 2 * DAY,
        )  # fmt: skip
    assert nights.found(*asked) == {
        ("stat-shared-device", shared), ("tender-common-funds-people", shared),
    }  # fmt: skip


def test_a_village_in_which_one_firm_wins_all_is_found_from_its_fourth_work(world: World) -> None:
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    for title in ("村内道路", "后塘桥", "文化礼堂"):
        won(world, title)
    asked = (OPENING + 4 * DAY, "tender-rotation")
    assert nights.found(*asked) == set()

    won(world, "村口公厕")
    assert nights.found(*asked) == {("tender-rotation", WILLOW)}
