"""Decisions that were held by the book, and what comes out about them, or is done with them, later.

The room lets nobody plan, call or count against the law; these are the wrongs that it can't see.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.evidence.actions import files
from sanzi.matters.actions import decisions, meetings
from sanzi.matters.models import Decision, DecisionRecusal
from sanzi.orgs.actions import appointments
from sanzi.registers.works.models import Works
from worlds import cases, deals, treasury, village, walks, works
from worlds import meetings as worlds_meetings
from worlds.meetings import Hall
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "contract-signed-before-decision", "decision-after-fact", "decision-body-incompetent",
    "decision-no-recusal", "decision-paper-meeting",
}  # fmt: skip
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SHARE = {
    "project": "镇里飞地厂房", "kind": "joint", "firm": "C-2", "amount": "10000", "share": "20",
    "exit_rule": "五年后按原价由镇公司买回", "end_date": "2031-11-12",
    "risk_note": "租金达不到时由镇公司保底",
}  # fmt: skip


def signed(hall: Hall, firm: str, title: str) -> tuple[str, str]:
    """Pass a decision and sign a contract on it; return both."""
    decision, _ = hall.usable(title=title)
    contract = deals.contract(
        hall.world, organisation="O-WILLOW-VC", decision=decision, counterparty=firm,
        title=f"{title}合同", amount_fen=7_000_000,
    )  # fmt: skip
    return decision, contract


def test_a_firm_of_a_voters_brother_and_a_contract_on_what_was_revoked_are_found(
    tmp_path: Path,
) -> None:
    hall = worlds_meetings.build()
    codes = ("decision-no-recusal", "contract-signed-before-decision")
    bosses = [village.villager(hall.world, name) for name in ("钱老板", "孙老板")]
    for place, boss in enumerate(bosses, start=1):
        deals.party(f"C-{place}", legal_rep_person=boss)
    decision, contract = signed(hall, "C-1", "修主路")
    signed(hall, "C-2", "修支路")
    assert nights.found(AT, *codes) == set()

    voters = [hall.world.people[one] for one in ("villager_rep1", "member_delegate1")]
    kin = [(one, boss, "sibling") for one, boss in zip(voters, bosses, strict=True)]
    lists.come(tmp_path, AT, kin=kin)
    assert nights.found(AT, *codes) == {(codes[0], decision)}

    decisions.revoke(ext_id=decision, reason="议的不是这条路", by=hall.clerk(AT), at=AT)
    assert nights.found(AT, *codes) == {(codes[1], contract)}


def test_kin_without_a_seat_do_not_make_a_lawful_vote_look_short() -> None:
    hall, codes = worlds_meetings.build(), ("decision-quorum-short", "decision-votes-short")
    firm = [village.villager(hall.world, name).ext_id for name in ("钱老板", "孙老板", "李老板")]
    decision = hall.plan(interested=tuple((one, "供货") for one in firm))
    meeting = hall.call(decision, "resolution", hall.up_to_vote(decision))
    held_at = hall.open(meeting)
    hall.sign(meeting, *(hall.people("villager_rep") + hall.people("committee_member"))[:9])

    assert hall.count(decision, meeting, agree=9) == "passed"

    aside = DecisionRecusal.objects.values_list("was_due", "was_present")
    assert list(aside) == [(False, False)] * 3
    assert nights.found(held_at, *codes) == set()


def test_minutes_that_hang_on_the_meetings_of_two_decisions_are_found() -> None:
    hall, code = worlds_meetings.build(), "decision-paper-meeting"
    kept = [_minuted(hall, mark) for mark in (1, 2)]
    assert nights.found(AT, code) == set()

    kept.append(_minuted(hall, 2))

    assert nights.found(AT, code) == {(code, one) for one in kept[1:]}


def _minuted(hall: Hall, mark: int) -> str:
    """Pass a decision and keep one paper as the minutes of its vote; return it."""
    decision, meeting, held_at = hall.passed()
    paper = files.Upload("记录.jpg", "minutes", cases.photo(mark * 60))
    by = hall.clerk(held_at)
    files.store(by=by, at=held_at, subject_kind="meeting", subject_id=meeting, upload=paper)
    meetings.keep_minutes(meeting_ext_id=meeting, by=by, at=held_at)
    return decision


@pytest.mark.parametrize(("wait", "is_late"), [(1, False), (6, True)])
def test_a_rescue_that_the_village_looks_at_weeks_later_is_found(wait: int, is_late: bool) -> None:
    world, code = works.build(), "decision-after-fact"
    walk = walks.start(world, "M07", "committee_member")
    walk.submit("committee_member", works.SLIDE, ("before_photo",))
    walk.approve("town_leader")
    walk.at = AT + DAY
    walk.record("village_clerk", works.CLEARED, ("photo",))
    hall = worlds_meetings.settle(world)
    hall.at, hall.days = AT + wait * DAY, 3

    decision, walk.at = hall.usable(amount_fen=4_200_000)
    walk.record("village_secretary", {"decision": decision})

    assert Works.objects.get().decision_ext_id == decision
    assert nights.found(walk.at, code) == ({(code, decision)} if is_late else set())


def test_an_investment_on_what_the_joint_meeting_decided_among_other_matters_is_found() -> None:
    world, code = treasury.build().world, "decision-body-incompetent"
    hall = worlds_meetings.settle(world)
    small = hall.plan(
        title="几件小事", subject="other", procedure="committee", body="joint",
        amount_fen=2_000_000,
    )  # fmt: skip
    meeting = hall.call(small, "resolution", hall.at)
    held_at = hall.open(meeting)
    posts = ("party_committee", "committee_member", "coop_board")
    people = [one for role in posts for one in hall.people(role)]
    hall.sign(meeting, *people)
    assert hall.count(small, meeting, agree=len(people)) == "passed"
    hall.show(small, meeting, held_at)
    _invested(world, "D-1")
    assert nights.found(AT, code) == set()

    _invested(world, small)

    assert nights.found(AT, code) == {(code, small)}


def _invested(world: World, decision: str) -> None:
    """Let the collective put money into a firm on a decision."""
    walk = walks.start(world, "M20", "coop_director")
    walk.submit("coop_director", {**SHARE, "decision_id": decision}, ("study",))
    walk.approve("supervision_head", "agency_accountant", "town_agri_head", "town_leader")


def test_a_proposal_and_a_consultation_in_one_meeting_of_a_head_with_two_posts_are_lawful() -> None:
    hall = worlds_meetings.build()
    head = hall.people("village_secretary") + hall.people("party_committee")
    appointments.appoint(
        person=head[0].ext_id, organisation="O-WILLOW-VC", role_code="committee_head",
        start_date=date(2025, 1, 1), end_date=None, document_ref="任〔2025〕1号",
        by=hall.world.actor("town_agri_head", hall.at), at=hall.at,
    )  # fmt: skip
    decision = hall.plan()
    meeting = hall.call(decision, "proposal", hall.at, also="consultation")
    at = hall.open(meeting)
    both = head + hall.people("committee_member") + hall.people("coop_board")
    hall.sign(meeting, *both)
    hall.count(decision, meeting, agree=len(both))
    at = hall.hold(decision, "party_review", at, head + hall.people("party_member"))
    at = hall.hold(decision, "resolution", at, hall.people("villager_rep"))

    assert Decision.objects.get(ext_id=decision).status == "passed"
    assert nights.found(at, "decision-step-skipped") == set()
