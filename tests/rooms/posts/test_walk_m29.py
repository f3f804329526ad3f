"""M29: a post is decided, announced, chosen by a panel, shown, signed; then it begins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters.models import Case
from sanzi.orgs import queries as orgs
from sanzi.orgs.models import Appointment, Person
from sanzi.record import extraction
from sanzi.registers.posts import errors
from sanzi.registers.posts.models import Handover, Hire
from worlds import deals, walks
from worlds import posts as worlds_posts
from worlds.money import Money
from worlds.publications import published
from worlds.village import AT, WILLOW, World
from worlds.walks import Walk

FORM = {
    "post": "cashier_reporter", "duties": "村里报账", "monthly": "2,400",
    "start_date": "2026-12-15", "end_date": "2027-12-14", "decision_id": "D-PAY",
}  # fmt: skip
PANEL = ("village_secretary", "supervision_head", "committee_member")
REASON = "算账熟，分数只差一分"


@pytest.fixture
def world(money: Money) -> World:
    """The village after its reporter left, with two who apply."""
    worlds_posts.decision(money, ext_id="D-HIRE", matter_code="M29", title="聘用报账员")
    post = worlds_posts.post_of(money.world.people["cashier_reporter"], "cashier_reporter")
    post.end_date = date(2026, 11, 1)
    post.save()
    for name in ("方小雨", "秦大山"):
        worlds_posts.villager(money.world, name)
    return money.world


def _submit(world: World, **changed: str) -> Walk:
    walk = walks.start(world, "M29", "committee_member")
    walk.submit("committee_member", {**FORM, "decision_id": "D-HIRE", **changed})
    return walk


def _noticed(world: World, **changed: str) -> Walk:
    walk = _submit(world, **changed)
    walk.approve("supervision_head", "village_secretary")
    walk.record("village_clerk", {"place": "村公开栏"}, ("notice",))
    walk.at = AT + timedelta(days=6)
    return walk


def _choice(world: World, chosen: str = "方小雨", **changed: Any) -> dict[str, Any]:
    people = world.people
    panel = changed.pop("panel", PANEL)
    return {
        "candidates": [
            {"person": people["方小雨"].ext_id, "points": "88.5"},
            {"person": people["秦大山"].ext_id, "points": "89.5"},
        ],
        "panel": [{"person": people[role].ext_id} for role in panel],
        "chosen": people[chosen].ext_id, "reason": REASON, **changed,
    }  # fmt: skip


def _choose(walk: Walk, **changed: Any) -> None:
    walk.record("supervision_head", _choice(walk.world, **changed), ("minutes",))


def _shown(world: World) -> Walk:
    walk = _noticed(world)
    _choose(walk)
    walk.record("village_clerk", {"place": "村公开栏"}, ("notice",))
    return walk


def _sign(walk: Walk, day: str = "2026-11-24") -> None:
    walk.record("coop_director", {"sign_date": day}, ("contract",))


def test_a_hiring_walks_from_the_post_to_the_appointment(world: World) -> None:
    walk = _shown(world)
    with pytest.raises(errors.NoticeRuns, match="11月23日"):
        _sign(walk, "2026-11-18")
    walk.at = AT + timedelta(days=12)
    _sign(walk)
    assert not Appointment.objects.filter(person__name="方小雨").exists()
    walk.approve("town_party_office")

    assert (walk.case.state, walk.case.title) == ("DONE", "村里报账")
    made = Appointment.objects.get(person__name="方小雨")
    assert (made.role_code, made.start_date, made.end_date) == (
        "cashier_reporter", date(2026, 12, 15), date(2027, 12, 14),
    )  # fmt: skip
    person = Person.objects.get(name="方小雨")
    assert [one.role_code for one in orgs.posts_of(person.pk, date(2026, 12, 20))] == [
        "cashier_reporter"
    ]
    [row] = deals.record_rows("hire")
    assert (row["case_id"], row["person_id"], row["status"], row["monthly_fen"]) == (
        walk.number, person.ext_id, "hired", 240_000,
    )  # fmt: skip
    assert row["appointment_id"] == made.ext_id
    assert len(extraction.fetch("hire")) == 1
    shown = published(walk.number)["V07"]
    assert (shown.facts["岗位"], shown.facts["选了谁"], shown.version) == ("报账员", "方*雨", 3)
    assert "方小雨" not in shown.text


@pytest.mark.parametrize(
    "changed",
    [
        {"post": "village_clerk"},
        {"post": "town_head"},
        {"monthly": "0"},
        {"start_date": "2026-11-12"},
        {"end_date": "2026-12-01"},
        {"end_date": "2029-12-15"},
    ],
)
def test_a_post_that_cannot_be_filled_is_not_handed_in(
    world: World, changed: dict[str, str]
) -> None:
    with pytest.raises(errors.HireWrong):
        _submit(world, **changed)

    assert Case.objects.get().state == "DRAFT"
    assert not Hire.objects.exists()


def test_near_kin_of_an_officer_keeps_no_money(world: World) -> None:
    deals.kin(world.people["方小雨"], world.people["coop_director"])
    walk = _noticed(world)

    with pytest.raises(errors.KinInFinancePost, match="方小雨"):
        _choose(walk)

    assert (Hire.objects.get().status, Hire.objects.get().person) == ("noticed", None)


def test_kin_of_an_officer_may_sweep_and_it_is_written_down(world: World) -> None:
    deals.kin(world.people["方小雨"], world.people["coop_director"])
    walk = _noticed(world, post="village_staff", duties="村道保洁")

    _choose(walk)

    assert Hire.objects.get().is_kin_of_cadre is True


def test_posts_that_exclude_each_other_are_not_held_together(world: World) -> None:
    post = worlds_posts.post_of(world.people["supervision_member"], "supervision_member")
    post.person = world.people["方小雨"]
    post.save()
    walk = _noticed(world)

    with pytest.raises(errors.PostsIncompatible, match="村监会成员"):
        _choose(walk)

    assert Hire.objects.get().person is None


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"panel": PANEL[:2]}, errors.PanelWrong),
        ({"panel": (*PANEL, "秦大山")}, errors.PanelWrong),
        ({"reason": ""}, errors.HireWrong),
        ({"chosen": "village_clerk"}, errors.HireWrong),
    ],
)
def test_a_choice_that_is_not_in_order_is_refused(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = _noticed(world)

    with pytest.raises(refusal):
        _choose(walk, **changed)

    assert Hire.objects.get().status == "noticed"


def test_a_panel_of_kin_and_a_notice_that_still_hangs_are_refused(world: World) -> None:
    walk = _noticed(world)
    walk.at = AT + timedelta(days=5)
    with pytest.raises(errors.NoticeRuns):
        _choose(walk)
    walk.at = AT + timedelta(days=6)
    deals.kin(world.people["方小雨"], world.people["committee_member"])

    with pytest.raises(errors.PanelWrong, match="近亲属"):
        _choose(walk)

    assert Hire.objects.get().status == "noticed"


def test_a_post_that_was_not_handed_over_is_not_taken_over(world: World) -> None:
    Handover.objects.create(
        ext_id="LR-1", organisation=world.bodies["willow"], division_code=WILLOW,
        person=world.people["cashier_reporter"], role_code="cashier_reporter",
        left_date=date(2026, 11, 1), status="leaving",
    )  # fmt: skip
    walk = _shown(world)
    walk.at = AT + timedelta(days=12)

    with pytest.raises(errors.HandoverOpen, match="吴小芬"):
        _sign(walk)

    assert Hire.objects.get().status == "shown"
