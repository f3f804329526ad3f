"""Members: the meeting of all decides, no forbidden ground counts, then the roster changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.kernel.refusals import Refusal
from sanzi.matters.actions import cases
from sanzi.matters.errors import BadField, DecisionNeeded
from sanzi.orgs import secrets
from sanzi.orgs.models import Person
from sanzi.registers.land import errors
from sanzi.registers.land.models import Membership
from worlds import deals, land, village, walks
from worlds.publications import published
from worlds.village import STONE, World

FORM = {"reason": "婚入一人", "person": "V-李嫁", "kind": "join", "ground": "marriage"}
PAPERS = ("application", "proof")
YES = {"decision": "D-M24", "result": "accept"}


@pytest.fixture
def world(db: None) -> World:
    made = land.build()
    land.child(made, "李嫁", "王大山", birth_date=date(1998, 3, 3), gender="female")
    land.decision(made, "D-M24", "M24")
    return made


def _checked(world: World, **changed: str) -> walks.Walk:
    walk = walks.start(world, "M24", "committee_member")
    walk.submit("committee_member", {**FORM, **changed}, PAPERS)
    walk.approve("coop_director")
    return walk


def _is_member(name: str) -> bool:
    return Person.objects.get(name=name).is_member


def test_m24_walks_from_the_application_to_the_roster_of_members(world: World) -> None:
    walk = _checked(world)
    walk.record("village_clerk", YES)
    land.shown(walk, "village_clerk")
    assert not _is_member("李嫁")

    walk.record("town_agri_head", {"file_no": "清农备〔2026〕12号"})

    assert (walk.case.state, _is_member("李嫁")) == ("DONE", True)
    [row] = deals.record_rows("membership")
    assert (row["person_id"], row["status"], row["decision_id"]) == ("V-李嫁", "closed", "D-M24")
    assert (row["file_no"], bool(row["is_accepted"])) == ("清农备〔2026〕12号", True)
    [person] = [one for one in deals.record_rows("person") if one["person_id"] == "V-李嫁"]
    assert person["is_member"]
    event = Event.objects.get(kind="orgs.membership.changed")
    assert walk.number in event.change
    told = published(walk.number)["T05"]
    assert told.facts["谁"] == "李*"
    assert (told.facts["大会怎么定"], told.version) == ("同意", 2)
    assert "李嫁" not in told.text


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "leave", "ground": "marriage", "person": "V1"}, errors.GroundNotAllowed),
        ({"kind": "leave", "ground": "divorce", "person": "V1"}, errors.GroundNotAllowed),
        ({"kind": "leave", "ground": "away", "person": "V1"}, errors.GroundNotAllowed),
        ({"kind": "leave", "ground": "birth", "person": "V1"}, errors.LandWrong),
        ({"kind": "leave", "ground": "death", "person": "V1"}, errors.MembershipDiffers),
        ({"kind": "leave", "ground": "waiver"}, errors.MembershipDiffers),
        ({"person": "V1"}, errors.MembershipDiffers),
        ({"person": "V-OUTSIDE"}, BadField),
    ],
)
def test_a_wish_that_law_or_register_forbids_is_not_handed_in(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    Person.objects.create(ext_id="V-OUTSIDE", name="外人", division_id=STONE)
    walk = walks.start(world, "M24", "committee_member")
    with pytest.raises(refusal):
        walk.submit("committee_member", {**FORM, **changed}, PAPERS)
    assert (walk.case.state, Membership.objects.exists()) == ("DRAFT", False)


def test_nobody_is_a_member_in_two_villages(world: World) -> None:
    number = secrets.index("id_no", "330782199803031228")
    Person.objects.filter(name="李嫁").update(id_no_index=number)
    Person.objects.create(
        ext_id="V-TWIN", name="李嫁", division_id=STONE, is_member=True, id_no_index=number
    )
    walk = walks.start(world, "M24", "committee_member")
    with pytest.raises(errors.MembershipDiffers, match="石桥村的成员"):
        walk.submit("committee_member", FORM, PAPERS)
    assert not Membership.objects.exists()


def test_one_application_for_a_person_at_a_time(world: World) -> None:
    _checked(world)
    second = walks.start(world, "M24", "committee_member")
    with pytest.raises(errors.MembershipOpen):
        second.submit("committee_member", FORM, PAPERS)
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "agreed", "said"),
    [
        ("member_delegates", 42, "要由成员大会定"),
        ("villager_reps", 42, "要由成员大会定"),
        ("member_meeting", 39, "不到全体的三分之二"),
    ],
)
def test_only_the_meeting_of_all_members_decides(
    world: World, body: str, agreed: int, said: str
) -> None:
    land.decision(world, "D-WRONG", "M24", deciding_body=body, agree_count=agreed)
    walk = _checked(world)
    with pytest.raises(DecisionNeeded, match=said):
        walk.record("village_clerk", {**YES, "decision": "D-WRONG"})
    assert Membership.objects.get().status == "checked"


@pytest.mark.parametrize("ground", ["marriage", "divorce", "no_son", "away", ""])
def test_a_woman_is_not_refused_for_marriage_and_nobody_without_a_ground(
    world: World, ground: str
) -> None:
    walk = _checked(world)
    refusal = errors.GroundNotAllowed if ground else errors.LandWrong
    said: dict[str, Any] = {**YES, "result": "refuse", "refuse_ground": ground}
    with pytest.raises(refusal):
        walk.record("village_clerk", said)
    assert Membership.objects.get().is_accepted is None


def test_a_child_born_to_members_is_not_refused(world: World) -> None:
    walk = _checked(world, ground="birth")
    with pytest.raises(errors.GroundNotAllowed, match="第十二条"):
        walk.record("village_clerk", {**YES, "result": "refuse", "refuse_ground": "no_ties"})
    assert Membership.objects.get().status == "checked"


def test_who_was_not_accepted_stays_out_and_the_row_says_why(world: World) -> None:
    walk = _checked(world)
    walk.record("village_clerk", {**YES, "result": "refuse", "refuse_ground": "no_ties"})
    land.shown(walk, "village_clerk")
    walk.record("town_agri_head", {"file_no": "清农备〔2026〕13号"})
    [row] = deals.record_rows("membership")
    assert (row["status"], row["refuse_ground"]) == ("refused", "no_ties")
    assert not _is_member("李嫁")
    assert not Event.objects.filter(kind="orgs.membership.changed").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"publicity_end": "2026-11-18"},
        {"publicity_end": "2026-11-30"},
        {"publicity_start": "2026-11-01"},
    ],
)
def test_the_roster_is_shown_seven_days_after_the_vote(
    world: World, changed: dict[str, str]
) -> None:
    walk = _checked(world)
    walk.record("village_clerk", YES)
    with pytest.raises((errors.ShownTooShort, errors.LandWrong)):
        land.shown(walk, "village_clerk", **changed)
    assert Membership.objects.get().status == "decided"


def test_a_member_leaves_when_he_has_become_one_elsewhere(world: World) -> None:
    walk = _checked(world, person="V1", kind="leave", ground="other_member")
    walk.record("village_clerk", YES)
    land.shown(walk, "village_clerk")
    walk.record("town_agri_head", {"file_no": "清农备〔2026〕14号"})
    assert not _is_member("王大山")


def test_a_rejected_case_ends_its_row(world: World) -> None:
    walk = walks.start(world, "M24", "committee_member")
    walk.submit("committee_member", FORM, PAPERS)
    seen = walk.case.content_digest
    cases.act(
        number=walk.number, by=world.actor("coop_director"), at=village.AT,
        opinion=cases.Opinion("reject", seen, reason_code="papers_missing"),
    )  # fmt: skip
    assert Membership.objects.get().status == "ended"
