"""Giving out a year's income: losses, reserve, members; never with borrowed money."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as matters_errors
from sanzi.matters import registry, shelf
from sanzi.matters.actions import cases
from sanzi.matters.errors import DecisionNeeded
from sanzi.matters.models import Case, SourceMatter
from sanzi.payments.models import DayBalance
from sanzi.registers.yearly import errors, queries, rules
from sanzi.registers.yearly.models import Distribution, Share
from worlds import deals, land, paying, spending, subsidies, walks, yearly
from worlds.fake_bank import FakeBank
from worlds.publications import published
from worlds.village import AT, World


@pytest.fixture
def world(db: None) -> World:
    made = yearly.build()
    land.decision(made, "D-1", "M04", passed_at=yearly.VOTED)
    return made


def _drafted(world: World, **changed: Any) -> walks.Walk:
    walk = walks.start(world, "M04", "coop_director")
    walk.submit("coop_director", {**yearly.SHARES, **changed}, ("plan",))
    return walk


def _approved(world: World, **changed: Any) -> walks.Walk:
    walk = _drafted(world, **changed)
    yearly.shown(walk)
    walk.record("village_clerk", {"decision": "D-1"})
    walk.approve("supervision_head", "town_agri_head")
    return walk


def test_m04_walks_from_the_plan_to_the_payment_of_every_member(world: World) -> None:
    walk = _approved(world)

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("distribution")
    assert (row["loss_offset_fen"], row["per_share_fen"], row["distributed_fen"]) == (
        10_000_000, 9_333_333, 27_999_999,
    )  # fmt: skip
    assert (row["status"], row["decision_id"]) == ("approved", "D-1")
    shares = deals.record_rows("distribution_share")
    assert {(one["person_id"], one["amount_fen"]) for one in shares} == {
        ("V1", 9_333_333), ("V2", 9_333_333), ("V3", 9_333_333),
    }  # fmt: skip
    source = SourceMatter.objects.get(ext_id=walk.number)
    assert (source.kind, source.amount_fen) == ("other", 27_999_999)
    fill = registry.prefill_of("other", walk.number)
    assert fill is not None
    assert [(one["payee_id"], one["amount"]) for one in fill.lines] == [
        ("V1", "93,333.33"), ("V2", "93,333.33"), ("V3", "93,333.33"),
    ]  # fmt: skip
    told = published(walk.number)["F06"]
    [table] = told.tables.values()
    assert table[0] == ["王*山", "1", "93,333.33"]
    assert "王大山" not in told.text


def test_every_member_gets_his_share_and_the_roster_knows(world: World, bank: FakeBank) -> None:
    walk = _approved(world)
    for place, name in enumerate(("王大山", "刘小河", "赵三妹")):
        subsidies.card(world.people[name], f"622848000000000111{place}")
    till = paying.open_till(world, bank, yearly.LATER)

    number = till.pay(walk.number, {2: "AC04"}, decision_id="D-1")

    assert Case.objects.get(number=number).tier == "T3"
    paid = {
        row["person_id"]: bool(row["paid_at"]) for row in deals.record_rows("distribution_share")
    }
    assert paid == {"V1": True, "V2": False, "V3": True}
    till.pay_again(number, 2, "6228480000000009999")
    assert Case.objects.get(number=number).state == "SETTLED"
    assert paying.booked(number) == {"V1": 9_333_333, "V2": 9_333_333, "V3": 9_333_333}
    assert str(deals.record_rows("distribution")[0]["paid_at"])[:16] == "2026-12-02 03:00"
    by = world.actor("village_clerk")
    found = shelf.item(by=by, key="distribution", ext_id=Distribution.objects.get().ext_id)
    [shares] = [rows for part, rows in found.parts if part.key == "shares"]
    assert [bool(one[-1]) for one in shares] == [True, True, True]
    with pytest.raises(errors.Overpaid):
        till.submit(till.begin(walk.number, decision_id="D-1"))


def test_a_share_goes_to_its_member(world: World, bank: FakeBank) -> None:
    walk = _approved(world)
    till = paying.open_till(world, bank, yearly.LATER)
    number = till.begin(walk.number)
    line = {
        "kind": "person", "payee_id": "V1", "name": "王大山", "amount": "93333.34",
        "account": "6228480000000001111", "bank_code": "402999900017",
    }  # fmt: skip
    by = world.actor("cashier_reporter", till.at)
    cases.save(number=number, by=by, at=till.at, form={}, lines=[line])

    with pytest.raises(errors.WrongPayee, match=r"93,333\.33"):
        till.submit(number)

    assert Case.objects.get(number=number).state == "DRAFT"


def test_payments_of_a_distribution_stay_within_it(world: World) -> None:
    waiting = _drafted(world)
    with pytest.raises(errors.NotPayable):
        registry.require_payable("other", waiting.number, 1, "K-1")
    yearly.shown(waiting)
    waiting.record("village_clerk", {"decision": "D-1"})
    waiting.approve("supervision_head", "town_agri_head")
    spending.spend(
        world, "K-1", [(world.people["王大山"], 9_333_333)], state="submitted",
        source_kind="other", source_id=waiting.number,
    )  # fmt: skip
    registry.require_payable("other", waiting.number, 18_666_666, "K-2")
    with pytest.raises(errors.Overpaid):
        registry.require_payable("other", waiting.number, 18_666_667, "K-2")
    registry.require_payable("other", "S-ELSEWHERE", 10**9, "K-2")


def test_shares_weigh_what_each_gets(world: World) -> None:
    roster = [{"person": "V1", "shares": "3"}, {"person": "V2", "shares": "1"}]
    _drafted(world, roster=roster)
    assert list(Share.objects.order_by("pk").values_list("share_count", "amount_fen")) == [
        (3, 21_000_000), (1, 7_000_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reserve": "80000", "welfare": "39999.99"}, errors.ReserveTooSmall),
        ({"loss": "", "reserve": "80000", "welfare": "0", "given": "420000"},
         errors.ReserveTooSmall),
        ({"given": "280000.01"}, errors.TooMuchGiven),
        ({"given": "0"}, errors.TooMuchGiven),
        ({"loss": "500000"}, errors.TooMuchGiven),
        ({"net_income": ""}, errors.YearlyWrong),
        ({"year": "2023"}, errors.YearlyWrong),
        ({"roster": [{"person": "V9", "shares": "1"}]}, matters_errors.BadField),
        ({"roster": [{"person": "V1", "shares": "1"}] * 2}, errors.RosterWrong),
        ({"roster": [{"person": "V1", "shares": "0"}]}, errors.RosterWrong),
        ({"roster": [{"person": "P-willow-2", "shares": "1"}]}, errors.RosterWrong),
    ],
)  # fmt: skip
def test_a_plan_against_the_order_of_the_law_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _drafted(world, **changed)
    assert (Distribution.objects.count(), Share.objects.count()) == (0, 0)


def test_the_dead_have_no_share(world: World) -> None:
    world.people["王大山"].death_date = AT.date()
    world.people["王大山"].save(update_fields=["death_date"])
    _drafted(world)
    assert set(Share.objects.values_list("person__ext_id", flat=True)) == {"V2", "V3"}


def test_money_that_is_not_there_is_not_given_and_the_lands_money_does_not_count(
    world: World,
) -> None:
    DayBalance.objects.update(balance_fen=27_000_000)
    yearly.account(world, "A-LAND", 90_000_000, kind="land_compensation")
    with pytest.raises(errors.DebtFinanced, match=r"270,000\.00"):
        _drafted(world)
    assert not Distribution.objects.exists()
    yearly.account(world, "A-TERM", 1_000_000, kind="term")
    _drafted(world)
    assert queries.own_cash_fen(world.bodies["willow"].pk) == 28_000_000


def test_money_that_went_before_the_approval_stops_it(world: World) -> None:
    walk = _drafted(world)
    yearly.shown(walk)
    walk.record("village_clerk", {"decision": "D-1"})
    walk.approve("supervision_head")
    DayBalance.objects.update(balance_fen=1)
    with pytest.raises(errors.DebtFinanced):
        walk.approve("town_agri_head")
    assert Distribution.objects.get().status == "decided"


def test_a_figure_that_is_not_that_of_the_books_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "book_result", lambda _body, _year: (50_000_000, 10_000_000))
    with pytest.raises(errors.NetDiffers, match=r"账上是500,000\.00元"):
        _drafted(world, net_income="600000")
    assert not Distribution.objects.exists()
    _drafted(world, net_income="", loss="")
    assert Distribution.objects.get().net_income_fen == 50_000_000


def test_a_plan_of_nine_days_and_a_vote_of_others_do_not_do(world: World) -> None:
    land.decision(world, "D-BAD", "M04", deciding_body="villager_reps", passed_at=yearly.VOTED)
    walk = _drafted(world)
    with pytest.raises(errors.ShownTooShort, match="9天"):
        yearly.shown(walk, publicity_end="2026-11-21")
    assert Distribution.objects.get().status == "drafted"
    yearly.shown(walk)
    with pytest.raises(DecisionNeeded):
        walk.record("village_clerk", {"decision": "D-BAD"})
    assert Distribution.objects.get().decision_ext_id == ""


def test_a_year_is_given_out_once(world: World) -> None:
    _drafted(world)
    with pytest.raises(errors.YearTaken):
        _drafted(world)
    assert Distribution.objects.count() == 1


def test_the_least_reserve_is_rounded_up_and_a_share_down() -> None:
    plan = rules.Plan(101, 0, 0, 0, 0)
    assert (rules.reserve_least_fen(plan, 30), rules.per_share_fen(100, 3)) == (31, 33)
    assert rules.Plan(100, 300, 0, 0, 0).most_fen == 0
