"""Village cards over the wire: registered with a second factor, lines listed, a matter begun."""

from __future__ import annotations

import pytest

from sanzi.payments.actions import cards
from sanzi.payments.models import CardSettlement, VillageCard
from worlds import cards as world
from worlds.cards import NUMBER, entry
from worlds.money import AT, BANK_CODE

pytestmark = pytest.mark.django_db


def test_a_card_is_registered_listed_and_settled_over_the_wire(desk, bank, program, code) -> None:
    bank.known_cards = (world.known(desk.money),)
    said = {
        "organisation": "O-WILLOW",
        "holder": world.holder_of(desk.money).ext_id,
        "number": NUMBER,
        "bank_code": BANK_CODE,
        "limit_fen": 500_000,
        "bill_day": 5,
        "due_day": 25,
    }
    head = program("town_agri_head")
    without = head("POST", "/cards", said)
    assert (without.status, VillageCard.objects.count()) == (409, 0)
    made = head("POST", "/cards", said, headers=code("town_agri_head"))
    assert made.status == 201
    bank.on_cards[NUMBER] = (entry(1, 26_000), entry(2, 9_000, kind="CASH", mcc="6011"))
    cards.work(AT)

    reporter = program("cashier_reporter")
    listed = reporter("GET", "/cards").body
    lines = reporter("GET", f"/cards/{made.body['ext_id']}/lines").body

    assert [(one["tail"], one["owed_fen"]) for one in listed] == [("8888", 35_000)]
    assert NUMBER not in str(listed) + str(lines)
    assert {one["code"] for line in lines for one in line["doubts"]} >= {"cash", "barred"}
    bought = next(one["ext_id"] for one in lines if one["signed_fen"] == 26_000)
    begun = reporter(
        "POST",
        "/card-settlements",
        {"card": made.body["ext_id"], "lines": [bought], "purpose": "办公用纸一箱",
         "subject_code": "51401"},
    )  # fmt: skip
    assert begun.status == 201
    refused = reporter("POST", f"/card-settlements/{begun.body['ext_id']}/ask", {})
    assert (refused.status, refused.body["code"]) == (409, "payments.card_proof_missing")
    shown = reporter("GET", f"/card-settlements/{begun.body['ext_id']}").body
    assert (shown["state"], shown["net_fen"]) == ("DRAFT", 26_000)
    assert CardSettlement.objects.get().state == "DRAFT"
