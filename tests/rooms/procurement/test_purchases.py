"""Purchases: a way of buying by the sum, prices of several hands, goods taken in by two others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.deals.actions import contracts
from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.orgs.errors import NotFound
from sanzi.registers.procurement import actions, effects, queries, rules
from sanzi.registers.procurement import errors as refusals
from sanzi.registers.procurement.models import Acceptor, Procurement, Quote
from worlds import deals, spending, village, walks
from worlds.publications import published
from worlds.village import AT, World

FORM = {
    "title": "太阳能路灯6盏", "category_code": "lamp", "quantity": "6", "unit": "盏",
    "estimate": "9,600", "method": "inquiry", "need": "后塘路没有灯", "kin_statement": "no",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    made = village.build()
    deals.works_office(made)
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    return made


def _wish(**changed: Any) -> actions.Wish:
    said = {
        "category_code": "lamp", "title": "路灯", "quantity_milli": 6_000, "unit": "盏",
        "estimate_fen": 960_000, "method": "inquiry", **changed,
    }  # fmt: skip
    return actions.Wish(**said)


def _approved(world: World, number: str = "K-1", **changed: Any) -> str:
    by = world.actor("committee_member")
    actions.request(
        wish=_wish(**changed), organisation="O-WILLOW", case_number=number, by=by, at=AT
    )
    actions.approve(case_number=number, by=by, at=AT)
    return number


def _choice(*prices: tuple[str, int], chosen: str = "C-1", **more: Any) -> actions.Choice:
    quotes = [actions.QuoteFields(firm, price, AT) for firm, price in prices]
    return actions.Choice(quotes=quotes, chosen=chosen, **more)


def _order(world: World, number: str, choice: actions.Choice, **more: Any) -> None:
    said = {"ordered_at": AT, "by": world.actor("committee_member"), "at": AT, **more}
    actions.order(case_number=number, choice=choice, **said)


TWO = (("C-1", 940_000), ("C-2", 955_000))


def test_a_purchase_goes_from_wish_to_goods_and_then_may_be_paid(world: World) -> None:
    number = _approved(world)
    contract = contracts.register(
        fields=deals.fields(amount_fen=940_000, kind="procurement"),
        by=world.actor("village_clerk"), at=AT,
    )  # fmt: skip
    with pytest.raises(refusals.NotAccepted):
        actions.require_payable(number, 1, "P-1")

    _order(world, number, _choice(*TWO, contract=contract))
    actions.accept(
        case_number=number, people=["P-willow-3", "P-willow-4"], quantity_milli=6_000,
        delivered_at=AT, by=world.actor("supervision_head"), at=AT,
    )  # fmt: skip

    made = Procurement.objects.get()
    assert (made.status, made.award_fen) == ("accepted", 940_000)
    spending.spend(
        world, "P-1", [(made.counterparty, 900_000)], state="submitted",
        source_kind="procurement", source_id=number,
    )  # fmt: skip
    actions.require_payable(number, 900_000, "P-1")
    actions.require_payable(number, 40_000, "P-2")
    with pytest.raises(refusals.PurchaseOverpaid):
        actions.require_payable(number, 40_001, "P-2")
    page = queries.page(by=world.actor("town_head"), ext_id=made.ext_id)
    assert [one.price_fen for one in page.quotes] == [940_000, 955_000]
    assert page.acceptors == ("李天明", "陈国平")
    fill = effects.prefill(number)
    assert (fill.form["contract_id"], fill.lines[0]["amount"]) == (contract, "9,400.00")
    with pytest.raises(NotFound):
        queries.page(by=world.actor("stone_cashier"), ext_id=made.ext_id)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"method": "direct"}, refusals.MethodTooWeak),
        ({"estimate_fen": 1_000_000}, refusals.MethodTooWeak),
        ({"estimate_fen": 5_000_000, "method": "quote"}, refusals.MethodTooWeak),
        ({"estimate_fen": 0}, refusals.PurchaseWrong),
        ({"estimate_fen": -100}, refusals.PurchaseWrong),
        ({"quantity_milli": 0}, refusals.PurchaseWrong),
        ({"method": "magic"}, refusals.PurchaseWrong),
    ],
)
def test_a_wish_that_cannot_be_right_is_refused(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _approved(world, **changed)
    assert not Procurement.objects.exists()


def test_lamps_in_three_parts_are_one_purchase(world: World) -> None:
    _approved(world, "K-1", estimate_fen=940_000)
    with pytest.raises(refusals.PurchaseSplit, match="三家书面报价"):
        _approved(world, "K-2", estimate_fen=90_000)
    _approved(world, "K-3", category_code="seedling", estimate_fen=90_000)
    later = AT + timedelta(days=91)
    actions.check(wish=_wish(estimate_fen=90_000), organisation="O-WILLOW", at=later)
    assert Procurement.objects.count() == 2


@pytest.mark.parametrize(
    ("choice", "refusal"),
    [
        (_choice(("C-1", 400_000)), refusals.TooFewQuotes),
        (_choice(("C-1", 400_000), ("C-1", 410_000)), refusals.PurchaseWrong),
        (_choice(("C-1", 400_000), ("C-9", 410_000)), refusals.PurchaseWrong),
        (_choice(("C-1", 0), ("C-2", 410_000)), refusals.PurchaseWrong),
        (_choice(("C-1", 400_000), ("C-2", 410_000), chosen="C-3"), refusals.PurchaseWrong),
        (_choice(("C-1", 410_000), ("C-2", 400_000)), refusals.ReasonNeeded),
        (_choice(("C-1", 970_000), ("C-2", 980_000)), refusals.PurchaseWrong),
        (_choice(("C-1", 500_000), ("C-2", 510_000)), refusals.ContractNeeded),
        (_choice(("C-1", 400_000), ("C-4", 410_000)), refusals.QuotesAlike),
        (_choice(("C-5", 400_000), ("C-2", 410_000), chosen="C-5"), refusals.SellerIsKin),
    ],
)
def test_a_wrong_choice_of_seller_is_refused(
    world: World, choice: actions.Choice, refusal: type[Refusal]
) -> None:
    number = _approved(world)
    first = deals.party("C-4")
    first.phone_index = deals.Counterparty.objects.get(ext_id="C-1").phone_index
    first.save(update_fields=["phone_index"])
    wife = village.villager(world, "王秀英")
    deals.kin(world.people["village_secretary"], wife)
    deals.party("C-5", owner=wife)

    with pytest.raises(refusal):
        _order(world, number, choice)
    assert not Quote.objects.exists()
    assert Procurement.objects.get().status == "approved"


def test_ordering_before_the_approval_is_only_for_emergencies(world: World) -> None:
    number = _approved(world)
    early = AT - timedelta(hours=1)
    with pytest.raises(refusals.PurchaseWrong, match="先批后买"):
        _order(world, number, _choice(*TWO), ordered_at=early)

    pump = _approved(world, "K-2", category_code="equipment", method="emergency",
                     estimate_fen=400_000)  # fmt: skip
    with pytest.raises(refusals.PurchaseWrong):
        _order(world, pump, _choice(("C-1", 400_000)), ordered_at=AT - timedelta(hours=25))
    _order(world, pump, _choice(("C-1", 400_000)), ordered_at=early)
    assert Procurement.objects.get(case_number=pump).status == "ordered"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"people": ["P-willow-3"]}, refusals.AcceptorsWrong),
        ({"people": ["P-willow-3", "P-willow-3"]}, refusals.AcceptorsWrong),
        ({"people": ["P-willow-2", "P-willow-3"]}, refusals.AcceptorsWrong),
        ({"quantity_milli": 6_001}, refusals.PurchaseWrong),
        ({"quantity_milli": 0}, refusals.PurchaseWrong),
        ({"delivered_at": AT - timedelta(days=1)}, refusals.PurchaseWrong),
    ],
)
def test_goods_are_taken_in_by_two_who_did_not_buy(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    number = _approved(world)
    with pytest.raises(refusals.PurchaseNotNow):
        actions.accept(
            case_number=number, people=[], quantity_milli=1, delivered_at=AT,
            by=world.actor("supervision_head"), at=AT,
        )  # fmt: skip
    _order(world, number, _choice(("C-1", 400_000), ("C-2", 410_000)))
    said = {
        "people": ["P-willow-3", "P-willow-4"], "quantity_milli": 6_000, "delivered_at": AT,
        **changed,
    }  # fmt: skip
    with pytest.raises(refusal):
        actions.accept(case_number=number, by=world.actor("supervision_head"), at=AT, **said)
    assert not Acceptor.objects.exists()


def test_the_weakest_way_of_buying_follows_the_sum() -> None:
    found = [rules.method_for(fen) for fen in (199_999, 200_000, 1_000_000, 5_000_000)]
    assert found == ["direct", "inquiry", "quote", "tender"]


def test_m08_walks_from_the_wish_to_the_goods(world: World) -> None:
    walk = walks.start(world, "M08", "committee_member")
    with pytest.raises(refusals.MethodTooWeak):
        walk.submit("committee_member", {**FORM, "method": "direct"})
    walk.submit("committee_member", FORM)
    walk.approve("supervision_head", "village_secretary")
    assert Procurement.objects.get().status == "approved"
    rows = [{"firm": "C-1", "price": "4600"}, {"firm": "C-2", "price": "4800"}]
    walk.record("village_clerk", {"quotes": rows, "chosen": "C-1"}, ("quote",))
    walk.record(
        "supervision_head",
        {"quantity": "6", "acceptors": [{"person": "P-willow-3"}, {"person": "P-willow-4"}]},
        ("photo",),
    )

    assert walk.case.state == "DONE"
    registry.require_payable("procurement", walk.number, 460_000, "P-1")
    with pytest.raises(refusals.PurchaseOverpaid):
        registry.require_payable("procurement", walk.number, 460_001, "P-1")
    [row] = deals.record_rows("procurement")
    assert (row["status"], row["award_fen"], row["acceptor_count"]) == ("accepted", 460_000, 2)
    assert len(deals.record_rows("quote")) == 2
    assert published(walk.number) == {}  # 4,600 yuan stay below the floor of item W04
