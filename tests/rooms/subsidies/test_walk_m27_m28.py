"""M27 and M28: goods by list and to the last bag, levies by vote and to the last yuan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as matter_errors
from sanzi.matters.models import Decision
from sanzi.orgs.models import OutsideDeath, Person
from sanzi.registers.subsidies import errors as refusals
from sanzi.registers.subsidies.models import Levy, LevyLine, ReliefBatch
from worlds import deals, subsidies, walks
from worlds.publications import published
from worlds.village import AT, WILLOW, World
from worlds.walks import Walk

GOODS = {
    "title": "春荒救济大米", "batch_no": "JZ2026-07", "giver": "县民政局", "item": "大米",
    "unit": "袋", "received": "10", "received_date": "2026-11-10", "urgent": "no",
    "needs": [
        {"person": "V1", "quantity": "4", "reason": "受灾"},
        {"person": "V2", "quantity": "3", "reason": "受灾"},
    ],
}  # fmt: skip
HANDS = {"giver": "P-willow-2", "witness": "P-willow-4"}
LEVY = {
    "project": "修一组水渠", "plan": "水渠塌了，浇不上水", "per_head": "15", "days": "2",
    "heads": "40", "exempt": [{"person": "V2", "reason": "低保户"}], "decision_id": "D-1",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    made = subsidies.build()
    Decision.objects.create(
        ext_id="D-1", organisation=deals.body(made), division_code=WILLOW, title="修一组水渠",
        procedure="four_two", deciding_body="villager_meeting", amount_fen=60_000,
        agree_count=41, file_digest="ab" * 32, passed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    return made


def goods(world: World, **changed: Any) -> Walk:
    walk = walks.start(world, "M27", "village_clerk")
    walk.submit("village_clerk", {**GOODS, **changed}, ("list",))
    return walk


def shown(world: World, **changed: Any) -> Walk:
    walk = goods(world, **changed)
    walk.approve("village_secretary", "town_civil_office")
    walk.record("supervision_head", {"place": "公开栏"}, ("photo",))
    return walk


def hand(walk: Walk, person: str, quantity: str, **more: Any) -> None:
    said = {**HANDS, "given": [{"person": person, "quantity": quantity}], **more}
    is_last = said.pop("is_last", False)
    walk.record("committee_member", said, ("sign", "photo"), is_last=is_last)


def test_goods_walk_from_the_list_to_what_is_left(world: World) -> None:
    walk = shown(world)
    with pytest.raises(refusals.NotShownEnough):
        hand(walk, "V1", "4")
    walk.at = AT + timedelta(days=3)
    hand(walk, "V1", "4")
    hand(walk, "V2", "2.5", is_last=True)
    with pytest.raises(refusals.CountDiffers, match=r"账上还剩3\.5袋"):
        walk.record("supervision_head", {"left": "3"})
    walk.record("supervision_head", {"left": "3.5"})

    assert walk.case.state == "DONE"
    [batch] = deals.record_rows("relief_batch")
    assert (batch["given_milli"], batch["counted_milli"], batch["status"]) == (
        6_500, 3_500, "closed",
    )  # fmt: skip
    lines = deals.record_rows("relief_line", "person_id")
    assert [(one["person_id"], one["given_milli"]) for one in lines] == [
        ("V1", 4_000), ("V2", 2_500),
    ]  # fmt: skip
    told = published(walk.number)["S05"]
    assert told.tables["救灾捐赠款物发放"] == [["王*", "4", "4"], ["王*", "3", "2.5"]]
    assert told.facts["剩多少"] == "3.5"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"received": "6"}, refusals.BatchShort),
        ({"received": "0"}, refusals.SubsidyWrong),
        ({"received_date": "2026-12-01"}, refusals.SubsidyWrong),
        ({"needs": [GOODS["needs"][0]] * 2}, refusals.SubsidyWrong),
    ],
)
def test_a_list_that_cannot_be_right_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        goods(world, **changed)
    assert not ReliefBatch.objects.exists()


def test_the_dead_are_given_nothing(world: World) -> None:
    index = Person.objects.get(ext_id="V1").id_no_index
    OutsideDeath.objects.create(id_no_index=index, sealed_id_no="x", death_date=date(2026, 9, 1))
    with pytest.raises(refusals.BeneficiaryDead):
        goods(world)
    assert not ReliefBatch.objects.exists()


def test_two_hands_give_no_more_than_the_list_says(world: World) -> None:
    walk = shown(world, urgent="yes")
    for person, quantity, more, refusal in (
        ("V1", "4.5", {}, refusals.OverNeed),
        ("V3", "1", {}, refusals.OverNeed),
        ("V1", "4", {"witness": "P-willow-2"}, refusals.TwoHands),
        ("V1", "4", {"witness": "V1"}, refusals.TwoHands),
    ):
        with pytest.raises(refusal):
            hand(walk, person, quantity, **more)
    assert ReliefBatch.objects.get().given_milli == 0
    hand(walk, "V1", "3")
    with pytest.raises(refusals.OverNeed, match="还有1袋没领"):
        hand(walk, "V1", "2")
    assert ReliefBatch.objects.get().given_milli == 3_000


def levy(world: World, **changed: Any) -> Walk:
    walk = walks.start(world, "M28", "committee_member")
    walk.submit("committee_member", {**LEVY, **changed}, ("plan",))
    return walk


def approved(world: World) -> Walk:
    walk = levy(world)
    walk.approve("supervision_head", "village_secretary", "town_agri_head", "county_agri")
    return walk


def gift(walk: Walk, person: str, receipt: str, **more: Any) -> None:
    is_last = more.pop("is_last", False)
    row = {"person": person, "amount": "15", "receipt": receipt, **more}
    walk.record("cashier_reporter", {"gifts": [row]}, is_last=is_last)


def use(walk: Walk, amount: str, **more: Any) -> None:
    rows = [{"words": "水泥", "amount": amount}]
    walk.record("village_clerk", {"uses": rows}, ("photo",), **more)


def test_a_levy_walks_from_the_vote_to_the_last_yuan(world: World) -> None:
    walk = approved(world)
    assert Levy.objects.get().status == "approved"
    gift(walk, "V1", "001", days="2")
    gift(walk, "V3", "002", is_last=True)
    with pytest.raises(refusals.LevyOverspent):
        use(walk, "30.01", is_last=False)
    use(walk, "30")

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("levy")
    assert (row["collected_fen"], row["used_fen"], row["status"]) == (3_000, 3_000, "used")
    assert row["decision_id"] == "D-1"
    lines = deals.record_rows("levy_line", "kind")
    assert [(one["kind"], one["amount_fen"]) for one in lines] == [
        ("collected", 1_500), ("collected", 1_500), ("used", 3_000),
    ]  # fmt: skip
    told = published(walk.number)["S06"]
    assert told.facts["做什么"] == "修一组水渠"
    [rows] = told.tables.values()
    assert [line[:2] for line in rows] == [["收了", "王*"], ["收了", "王*"], ["用了", "水泥"]]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"per_head": "20.01"}, refusals.LevyOverCap),
        ({"days": "4"}, refusals.LevyOverCap),
        ({"per_head": "0", "days": ""}, refusals.SubsidyWrong),
        ({"heads": "1"}, refusals.SubsidyWrong),
        ({"decision_id": ""}, matter_errors.FormIncomplete),
    ],
)
def test_a_plan_that_cannot_be_right_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        levy(world, **changed)
    assert not Levy.objects.exists()


def test_a_levy_goes_nowhere_without_a_vote(world: World) -> None:
    Decision.objects.update(passed_at=None)
    with pytest.raises(matter_errors.DecisionNeeded):
        levy(world)
    assert not Levy.objects.exists()


def test_nobody_gives_more_than_his_household_owes(world: World) -> None:
    walk = approved(world)
    for person, receipt, more, why in (
        ("V2", "001", {}, "减免"),
        ("V1", "001", {"amount": "15.01"}, "最多收"),
        ("V1", "001", {"days": "3"}, "个工"),
        ("V1", "001", {"amount": "0"}, "没有写"),
        ("P-agency-1", "001", {}, "不是本村"),
    ):
        with pytest.raises(refusals.LevyNotDue, match=why):
            gift(walk, person, receipt, **more)
    gift(walk, "V1", "001")
    with pytest.raises(refusals.LevyNotDue, match="用过了"):
        gift(walk, "V3", "001")
    with pytest.raises(refusals.LevyNotDue, match="最多收"):
        gift(walk, "V1", "002")
    assert [one.amount_fen for one in LevyLine.objects.all()] == [1_500]
    assert Levy.objects.get().collected_fen == 1_500
