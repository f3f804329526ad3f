"""The budget: shown for comments, voted by the members, then its lines hold the payments."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters.errors import DecisionNeeded
from sanzi.payments.models import BudgetLine, PaymentOrder
from sanzi.payments.queries import accounts
from sanzi.registers.yearly import errors
from sanzi.registers.yearly.models import Budget, BudgetItem
from worlds import deals, land, spending, walks, yearly
from worlds.publications import published
from worlds.village import AT, World

LINES = [
    {"subject": "51404", "name": "村道保洁", "amount": "60000", "is_nonproductive": "no"},
    {"subject": "51401", "name": "接待", "amount": "3000", "is_nonproductive": "yes"},
]
FORM = {"title": "2027年预算", "year": "2027", "kind": "budget", "items": LINES}
VOTES = {"decision": "D-1", "nonproductive_decision": "D-2"}


@pytest.fixture
def world(db: None) -> World:
    made = yearly.build()
    for number in ("1", "2"):
        land.decision(made, f"D-{number}", "M02", passed_at=yearly.VOTED)
    return made


def _shown(world: World, **changed: Any) -> walks.Walk:
    walk = walks.start(world, "M02", "coop_director")
    walk.submit("coop_director", {**FORM, **changed}, ("draft",))
    yearly.shown(walk)
    return walk


def _voted(world: World, **changed: Any) -> walks.Walk:
    walk = _shown(world, **changed)
    walk.record("village_clerk", VOTES)
    walk.approve("town_agri_head")
    return walk


def test_m02_walks_from_the_draft_to_the_lines_that_payments_name(world: World) -> None:
    walk = _shown(world)
    assert not BudgetLine.objects.exists()
    walk.record("village_clerk", VOTES)
    walk.approve("town_agri_head")

    assert walk.case.state == "DONE"
    lines = {row["title"]: row for row in deals.record_rows("budget_line")}
    assert (lines["村道保洁"]["amount_fen"], lines["村道保洁"]["decision_id"]) == (6_000_000, "D-1")
    assert (lines["接待"]["amount_fen"], lines["接待"]["decision_id"]) == (300_000, "D-2")
    [row] = deals.record_rows("budget")
    assert (row["status"], row["total_fen"], row["nonproductive_fen"]) == (
        "approved", 6_300_000, 300_000,
    )  # fmt: skip
    assert len(deals.record_rows("budget_item")) == 2
    assert [words for _, words in accounts.budget_lines("O-WILLOW", 2027)] == [
        "接待，还剩3,000.00元", "村道保洁，还剩60,000.00元",
    ]  # fmt: skip
    told = published(walk.number)["F03"]
    assert told.version == 3
    [table] = told.tables.values()
    assert table[1] == ["51401", "接待", "3,000.00", "", "是"]


@pytest.mark.parametrize(
    ("votes", "said"),
    [({"decision": "D-1"}, "还没有选"), ({**VOTES, "nonproductive_decision": "D-1"}, "同一条")],
)
def test_spending_that_earns_nothing_is_voted_apart(
    world: World, votes: dict[str, str], said: str
) -> None:
    walk = _shown(world)
    with pytest.raises(errors.VotedTogether, match=said):
        walk.record("village_clerk", votes)
    assert Budget.objects.get().status == "shown"


def test_a_budget_without_such_spending_needs_one_vote(world: World) -> None:
    walk = _shown(world, items=LINES[:1])
    walk.record("village_clerk", {"decision": "D-1"})
    assert Budget.objects.get().nonproductive_decision_ext_id == ""


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"deciding_body": "villager_reps"}, DecisionNeeded),
        ({"agree_count": 39}, DecisionNeeded),
        ({"status": "rejected"}, DecisionNeeded),
        ({"passed_at": AT}, errors.YearlyWrong),
    ],
)
def test_the_members_decide_after_the_comments(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    land.decision(world, "D-BAD", "M02", **{"passed_at": yearly.VOTED, **changed})
    walk = _shown(world)
    with pytest.raises(refusal):
        walk.record("village_clerk", {**VOTES, "decision": "D-BAD"})
    assert (Budget.objects.get().status, BudgetLine.objects.count()) == ("shown", 0)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"year": "2020"}, errors.YearlyWrong),
        ({"year": "2029"}, errors.YearlyWrong),
        ({"items": LINES[:1] * 2}, errors.YearlyWrong),
        ({"items": [{**LINES[0], "subject": "abc"}]}, errors.YearlyWrong),
        ({"kind": "adjust"}, errors.NoBudget),
        ({"kind": "final", "items": []}, errors.NoBudget),
        ({"kind": "final"}, errors.YearlyWrong),
    ],
)
def test_a_wrong_draft_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = walks.start(world, "M02", "coop_director")
    with pytest.raises(refusal):
        walk.submit("coop_director", {**FORM, **changed}, ("draft",))
    assert (Budget.objects.count(), BudgetItem.objects.count()) == (0, 0)


def test_a_publication_of_14_days_is_too_short(world: World) -> None:
    walk = walks.start(world, "M02", "coop_director")
    walk.submit("coop_director", FORM, ("draft",))
    with pytest.raises(errors.ShownTooShort, match="14天"):
        yearly.shown(walk, publicity_end="2026-11-26")
    assert Budget.objects.get().shown_end_date is None


def test_a_year_has_one_budget_which_is_then_adjusted_above_what_is_spent(world: World) -> None:
    _voted(world)
    again = walks.start(world, "M02", "coop_director")
    with pytest.raises(errors.YearTaken):
        again.submit("coop_director", FORM, ("draft",))
    line = BudgetLine.objects.get(name="村道保洁")
    spending.spend(world, "K-1", [(world.people["王大山"], 4_000_000)], state="submitted")
    PaymentOrder.objects.update(budget_line=line)
    cut = [{**LINES[0], "amount": "39999.99"}]
    with pytest.raises(errors.BelowSpent, match=r"40,000\.00"):
        again.submit("coop_director", {**FORM, "kind": "adjust", "items": cut}, ())
    assert Budget.objects.count() == 1

    walk = _voted(world, kind="adjust", items=[{**LINES[0], "amount": "45000"}])
    line.refresh_from_db()
    assert (walk.case.state, line.amount_fen, BudgetLine.objects.count()) == ("DONE", 4_500_000, 2)


def test_the_accounts_at_the_end_tell_what_was_spent(world: World) -> None:
    _voted(world)
    spending.spend(world, "K-1", [(world.people["王大山"], 4_000_000)], state="submitted")
    PaymentOrder.objects.update(budget_line=BudgetLine.objects.get(name="村道保洁"))
    _voted(world, kind="final", items=[], title="2027年决算")
    rows = {row["title"]: row for row in deals.record_rows("budget_item") if row["spent_fen"]}
    assert (rows["村道保洁"]["amount_fen"], rows["村道保洁"]["spent_fen"]) == (6_000_000, 4_000_000)
    assert BudgetLine.objects.count() == 2
