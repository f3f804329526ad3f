"""Village cards over the wire: registered with a second factor, lines listed, a matter begun."""

from __future__ import annotations

import pytest

from sanzi.payments.actions import cards, dispatch
from sanzi.payments.models import CardLine, CardSettlement, VillageCard
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


def test_a_card_is_changed_and_a_settlement_repaid_over_the_wire(desk, bank, program, code) -> None:
    settlement = world.asked(desk.money, bank)
    card = VillageCard.objects.get().ext_id
    roles = ("town_agri_head", "agency_cashier", "agency_reviewer")
    head, maker, checker = ((program(one), code(one)) for one in roles)

    def sent(who, path: str, said: dict[str, object] | None = None) -> int:
        call, shown = who
        answer = call("POST", path, said or {}, headers=dict(shown))
        shown.clear()  # the code is good for five minutes and taken once
        return int(answer.status)

    terms = {"limit_fen": 600_000, "bill_day": 5, "due_day": 25, "repaid_from": "A-WILLOW"}
    assert sent(head, f"/cards/{card}/terms", terms) == 200
    assert sent(head, f"/cards/{card}/terms", terms | {"due_day": 31}) == 400
    assert sent(head, f"/cards/{card}/suspend", {"reason": "停"}) == 422
    assert sent(head, f"/cards/{card}/suspend", {"reason": "持卡人住院了"}) == 200
    assert sent(head, f"/cards/{card}/resume") == 200
    assert sent(head, f"/card-settlements/{settlement}/repay-again") == 409
    assert sent(head, f"/card-settlements/{settlement}/approve") == 200
    assert sent(head, f"/card-settlements/{settlement}/instruct") == 404
    assert sent(maker, f"/card-settlements/{settlement}/instruct") == 200
    assert sent(checker, f"/card-settlements/{settlement}/repay") == 200
    dispatch.work(AT)

    found = program("cashier_reporter")("GET", f"/card-settlements/{settlement}").body
    assert (found["state"], found["failure"], found["may_repay_again"]) == ("REPAID", "", False)
    assert VillageCard.objects.get().limit_fen == 600_000


def test_a_line_is_left_to_its_holder_over_the_wire(desk, bank, program) -> None:
    world.card(desk.money, bank, entry(1, 9_000, kind="CASH", mcc="6011"))
    line = CardLine.objects.get().ext_id
    said = {"reason": "本人认了，已还"}

    assert program("cashier_reporter")("POST", f"/card-lines/{line}/bear", said).status == 404
    assert program("town_agri_head")("POST", f"/card-lines/{line}/bear", said).status == 200

    assert CardLine.objects.get().borne_reason == said["reason"]
