"""Decisions and their meetings: the whole way, and every no on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.evidence.errors import SubjectClosed
from sanzi.kernel.refusals import Refusal
from sanzi.matters import decision_queries as queries
from sanzi.matters import errors, meeting_errors
from sanzi.matters.actions import decisions, meetings
from sanzi.matters.models import (
    Attendance,
    Decision,
    DecisionRecusal,
    DecisionStep,
)
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Kinship, Person
from worlds import meetings as worlds_meetings
from worlds import village
from worlds.meetings import AT, Hall, Unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    """A village that meets."""
    return worlds_meetings.build()


def test_a_decision_goes_all_its_way(hall: Hall) -> None:
    ext_id, at = hall.usable()
    for step, days in (("result_notice", 8),):
        decisions.publish(
            ext_id=ext_id, step=step, until_date=(at + timedelta(days=30 + days)).date(),
            by=hall.clerk(at), at=at + timedelta(days=30),
        )  # fmt: skip

    page = queries.decision_page(by=hall.clerk(at), ext_id=ext_id)

    assert page.status == "已通过"
    assert page.is_valid
    assert page.fault is None
    assert [one.kind for one in page.steps if one.state == "done"] == [
        "proposal", "consultation", "party_review", "resolution", "resolution_notice",
        "result_notice",
    ]  # fmt: skip
    decision = Decision.objects.get(ext_id=ext_id)
    assert (decision.eligible_count, decision.present_count, decision.agree_count) == (13, 13, 13)
    assert len(decision.file_digest) == 64
    vote = DecisionStep.objects.get(decision=decision, step_kind="resolution")
    assert vote.minutes_digest == decision.file_digest
    quorum = next(
        check.text for one in page.steps for check in one.checks if check.row == "vc-26-quorum"
    )
    assert quorum == "《村民委员会组织法》第二十六条：应到13人，到了13人，够三分之二。"
    kinds = list(Event.objects.filter(subject_kind="decision").values_list("kind", flat=True))
    assert kinds[0] == "matters.decision.planned"
    assert "matters.decision.published" in kinds


def test_a_valid_decision_carries_its_cases_and_no_others(hall: Hall) -> None:
    ext_id, at = hall.usable()
    decision = Decision.objects.get(ext_id=ext_id)

    meetings.require_valid(decision, "M05", 8_000_000, at=at)
    meetings.require_valid(decision, "M10", 1_000_000)
    with Unchanged(errors.DecisionNeeded, "通过的金额不够"):
        meetings.require_valid(decision, "M05", 8_000_001)
    with Unchanged(errors.DecisionNeeded, "议的是工程项目，不能用来办这件事"):
        meetings.require_valid(decision, "M15", 1)
    with Unchanged(errors.DecisionNeeded, "决议还没有公开"):
        meetings.require_valid(decision, "M05", 1, at=at - timedelta(days=1))


def test_a_decision_that_is_not_public_yet_carries_nothing(hall: Hall) -> None:
    ext_id, meeting, at = hall.passed()
    decision = Decision.objects.get(ext_id=ext_id)

    with Unchanged(errors.DecisionNeeded, "会议记录还没有传上来"):
        meetings.require_valid(decision, "M05", 1)
    hall.minute(meeting, at)
    decision.refresh_from_db()
    with Unchanged(errors.DecisionNeeded, "“决议公开”还没有做"):
        meetings.require_valid(decision, "M05", 1)


def test_a_decision_from_elsewhere_is_judged_by_its_caller(hall: Hall) -> None:
    imported = Decision.objects.create(
        ext_id="D-OLD", organisation=hall.world.bodies["willow"], division_code=village.WILLOW,
        title="旧决议", procedure="four_two", deciding_body="villager_reps", status="passed",
    )  # fmt: skip

    meetings.require_valid(imported, "M15", 1)


@pytest.mark.parametrize(
    ("changed", "refusal", "said"),
    [
        ({"title": "  "}, meeting_errors.BadDecision, "议题没有写"),
        ({"title": "长" * 61}, meeting_errors.BadDecision, "议题最多60个字"),
        ({"plan_text": ""}, meeting_errors.BadDecision, "方案没有写"),
        ({"plan_text": "长" * 4001}, meeting_errors.BadDecision, "方案最多4000个字"),
        ({"subject": "gold"}, meeting_errors.BadDecision, "哪一类事没有选对"),
        ({"procedure": "shout"}, meeting_errors.BadDecision, "程序没有选对"),
        ({"body": "party_meeting"}, meeting_errors.BadDecision, "由谁表决没有选对"),
        ({"amount_fen": 0}, meeting_errors.BadDecision, "金额要大于0"),
        ({"amount_fen": -1}, meeting_errors.BadDecision, "金额要大于0"),
        ({"amount_fen": 10**17}, meeting_errors.BadDecision, "大得没有边"),
        ({"interested": (("NOBODY", "承包人"),)}, meeting_errors.BadDecision, "从本村的人里选"),
        ({"procedure": "committee"}, meeting_errors.BadDecision, "只能由村务联席会议或理事会表决"),
        ({"procedure": "member_meeting"}, meeting_errors.BadDecision, "只能由成员大会表决"),
        (
            {"subject": "compensation_use", "body": "member_delegates"},
            meeting_errors.LawForbids,
            "《农村集体经济组织法》第二十八条：“土地补偿费分配使用”不能由成员代表大会决定",
        ),
        (
            {"procedure": "committee", "body": "joint", "amount_fen": 3_000_000},
            meeting_errors.LawForbids,
            "村务联席会议只定不到30,000.00元的事",
        ),
        (
            {"subject": "debt", "body": "member_meeting"},
            meeting_errors.LawForbids,
            "第十七条：没有写风险说明",
        ),
        ({"organisation_ext_id": "O-STONE"}, NotFound, ""),
    ],
)
def test_a_plan_that_cannot_be_good_is_refused(
    hall: Hall, changed: dict[str, Any], refusal: type[Refusal], said: str
) -> None:
    with Unchanged(refusal, said):
        hall.plan(**changed)


def test_somebody_without_the_post_calls_no_meeting(hall: Hall) -> None:
    ext_id = hall.plan()
    call = meetings.Call(ext_id, "proposal", AT + timedelta(days=4), "礼堂", "P-willow-1")

    for role in ("cashier_reporter", "town_agri_head", "stone_cashier"):
        with Unchanged(NotFound):
            meetings.call(call=call, by=hall.world.actor(role), at=AT)


@pytest.mark.parametrize(
    ("changed", "refusal", "said"),
    [
        ({"held_at": AT}, meeting_errors.NoNoticeNow, "今后一年里"),
        ({"held_at": AT + timedelta(days=400)}, meeting_errors.NoNoticeNow, "今后一年里"),
        ({"place": " "}, meeting_errors.BadDecision, "开会地点要写"),
        ({"place": "远" * 61}, meeting_errors.BadDecision, "开会地点要写"),
        ({"chair": ""}, meeting_errors.BadDecision, "谁主持没有选"),
        ({"chair": "P-stone-1"}, meeting_errors.BadDecision, "从本村的人里选"),
        ({"also": "party_review"}, meeting_errors.BadDecision, "不能并成一次会"),
        ({"also": "consultation"}, meeting_errors.LawForbids, "一肩挑"),
    ],
)
def test_a_notice_that_cannot_be_good_is_refused(
    hall: Hall, changed: dict[str, Any], refusal: type[Refusal], said: str
) -> None:
    ext_id = hall.plan()

    with Unchanged(refusal, said):
        hall.call(ext_id, "proposal", AT, **changed)


def test_a_step_has_its_turn(hall: Hall) -> None:
    ext_id = hall.plan()

    with Unchanged(meeting_errors.StepOutOfOrder, "“党组织提议”还没有做"):
        hall.call(ext_id, "resolution", AT)
    with Unchanged(meeting_errors.StepNotThere, "没有“征求意见公示”这一步"):
        decisions.publish(
            ext_id=ext_id, step="comment", until_date=date(2026, 9, 30), by=hall.clerk(), at=AT
        )
    with Unchanged(meeting_errors.StepNotThere):
        hall.call(ext_id, "comment", AT)
    with Unchanged(meeting_errors.StepNotThere):
        decisions.publish(
            ext_id=ext_id, step="proposal", until_date=date(2026, 9, 30), by=hall.clerk(), at=AT
        )
    with Unchanged(meeting_errors.StepOutOfOrder):
        decisions.publish(
            ext_id=ext_id, step="resolution_notice", until_date=date(2026, 9, 30),
            by=hall.clerk(), at=AT,
        )  # fmt: skip


def test_a_short_notice_is_refused_with_its_article(hall: Hall) -> None:
    ext_id = hall.plan()
    at = hall.up_to_vote(ext_id)

    with Unchanged(meeting_errors.LawForbids, "隔2天，不够3天"):
        hall.call(ext_id, "resolution", at, days=2)
    with Unchanged(meeting_errors.LawForbids, "没有发材料，要在开会3天前发材料"):
        hall.call(ext_id, "resolution", at, days=3, has_papers=False)
    assert hall.call(ext_id, "resolution", at, days=3)


def test_the_roll_opens_on_its_day(hall: Hall) -> None:
    meeting = hall.call(hall.plan(), "proposal", AT)
    rep = hall.people("party_committee")[0]

    with Unchanged(meeting_errors.RollNotOpen, "9月5日"):
        meetings.open_roll(meeting_ext_id=meeting, by=hall.clerk(), at=AT)
    with Unchanged(meeting_errors.RollNotOpen, "签到还没有开"):
        hall.sign(meeting, rep)
    with Unchanged(meeting_errors.RollNotOpen, "签到还没有开"):
        hall.count("" or Decision.objects.get().ext_id, meeting, 1)


def test_a_meeting_counted_before_its_hour_was_held_before(hall: Hall) -> None:
    ext_id = hall.plan()
    meeting = hall.call(ext_id, "proposal", AT)
    early = hall.open(meeting) - timedelta(hours=3)
    hall.sign(meeting, *hall.people("village_secretary"), *hall.people("party_committee"))
    meetings.count(
        meeting_ext_id=meeting, decision_ext_id=ext_id, votes=meetings.Votes(2, 0, 0),
        by=hall.clerk(early), at=early,
    )  # fmt: skip

    step = DecisionStep.objects.get()
    assert step.meeting is not None
    assert step.held_at == step.meeting.held_at == early


def test_only_those_due_are_signed_in(hall: Hall) -> None:
    ext_id = hall.plan()
    meeting = hall.call(ext_id, "resolution", hall.up_to_vote(ext_id))
    hall.open(meeting)
    old = worlds_meetings.appoint(
        hall.world, "villager_rep", hall.world.bodies["willow_committee"], "老代表",
        end_date=date(2026, 8, 31),
    )  # fmt: skip
    rep = hall.people("villager_rep")[0]

    with Unchanged(meeting_errors.TermEnded, "老代表的任期在开会那天已经满了"):
        hall.sign(meeting, old)
    with Unchanged(meeting_errors.NotOfBody, "party_member1不在村民代表会议的名册上"):
        hall.sign(meeting, hall.people("party_member")[0])
    with Unchanged(meeting_errors.PresenceNotAllowed, "没有在线参加的规定"):
        hall.sign(meeting, rep, presence="ONLINE")
    with Unchanged(meeting_errors.PresenceNotAllowed, "没有委托别人参加的规定"):
        hall.sign(meeting, rep, presence="PROXY", proxy_ext_id=old.ext_id)
    with Unchanged(meeting_errors.PresenceNotAllowed, "没有选对"):
        hall.sign(meeting, rep, presence="GHOST")
    with Unchanged(NotFound):
        hall.sign(meeting, hall.world.people["stone_cashier"])
    hall.sign(meeting, rep)
    with Unchanged(meeting_errors.SignedAlready, "已经签到了"):
        hall.sign(meeting, rep)


def test_a_member_may_be_online_or_sent_for_by_his_household(hall: Hall) -> None:
    ext_id = hall.plan(
        organisation_ext_id="O-WILLOW", subject="election", procedure="member_meeting",
        body="member_meeting", amount_fen=None,
    )  # fmt: skip
    heads = hall.people("village_secretary") + hall.people("party_committee")
    at = hall.hold(ext_id, "proposal", AT, heads)
    meeting = hall.call(ext_id, "resolution", at, days=10)
    hall.open(meeting)
    one, other, third = hall.people("villager_rep")[:3]
    home = Person.objects.create(
        ext_id="V-HOME", name="家里人", division_id=village.WILLOW, household=one.household,
        birth_date=date(1990, 1, 1), is_member=True,
    )  # fmt: skip

    with Unchanged(meeting_errors.PresenceNotAllowed, "不是同一户的成年成员"):
        hall.sign(meeting, one, presence="PROXY", proxy_ext_id=other.ext_id)
    with Unchanged(meeting_errors.PresenceNotAllowed, "谁代表没有选"):
        hall.sign(meeting, one, presence="PROXY")
    with Unchanged(meeting_errors.PresenceNotAllowed, "本人到会就不用写代表"):
        hall.sign(meeting, one, proxy_ext_id=home.ext_id)
    hall.sign(meeting, one, presence="PROXY", proxy_ext_id=home.ext_id)
    hall.sign(meeting, other, presence="ONLINE")
    hall.sign(meeting, third, home)

    texts = [check.text for check in queries.checks_of(Decision.objects.get(ext_id=ext_id))]
    assert "《农村集体经济组织法》第二十七条：在线1人，同户代表1人，都算到会。" in texts


def test_who_is_struck_off_may_sign_again(hall: Hall) -> None:
    meeting = hall.call(hall.plan(), "proposal", AT)
    held_at = hall.open(meeting)
    head = hall.people("party_committee")[0]
    by = hall.clerk(held_at)
    strike = {"meeting_ext_id": meeting, "person_ext_id": head.ext_id, "by": by, "at": held_at}

    with Unchanged(meeting_errors.NotSigned):
        meetings.strike(**strike)
    hall.sign(meeting, head)
    meetings.strike(**strike)
    hall.sign(meeting, head)

    assert Attendance.objects.count() == 1


def test_too_few_at_an_earlier_meeting_mean_it_is_held_again(hall: Hall) -> None:
    ext_id = hall.plan()
    meeting = hall.call(ext_id, "proposal", AT)
    hall.open(meeting)
    hall.sign(meeting, *hall.people("village_secretary"))

    with Unchanged(meeting_errors.LawForbids, "应到3人，到了1人，不够三分之二，还差1人"):
        hall.count(ext_id, meeting, agree=1)


def test_too_few_representatives_pass_nothing(hall: Hall) -> None:
    ext_id = hall.plan()
    meeting = hall.call(ext_id, "resolution", hall.up_to_vote(ext_id))
    hall.open(meeting)
    hall.sign(meeting, *hall.people("villager_rep")[:8])

    assert hall.count(ext_id, meeting, agree=8) == "rejected"

    page = queries.decision_page(by=hall.clerk(), ext_id=ext_id)
    assert page.fault is not None
    assert (
        page.fault.text
        == "《村民委员会组织法》第二十六条：应到13人，到了8人，不够三分之二，还差1人。"
    )
    decision = Decision.objects.get(ext_id=ext_id)
    assert decision.passed_at is None
    with Unchanged(errors.DecisionNeeded, "没有通过"):
        meetings.require_valid(decision, "M05", 1)
    with Unchanged(meeting_errors.DecisionOver, "没有通过"):
        hall.call(ext_id, "resolution", AT + timedelta(days=60))


def test_more_votes_than_voters_are_refused(hall: Hall) -> None:
    ext_id = hall.plan()
    meeting = hall.call(ext_id, "proposal", AT)
    hall.open(meeting)
    hall.sign(meeting, *hall.people("party_committee"), *hall.people("village_secretary"))

    for agree, against in ((4, 0), (2, 2), (0, 0), (-1, 2), (10**9, 0)):
        with Unchanged(meeting_errors.VotesDoNotAdd, "能投票的有3人"):
            hall.count(ext_id, meeting, agree=agree, against=against)
    hall.count(ext_id, meeting, agree=3)
    with Unchanged(meeting_errors.RollNotOpen, "票已经点过了"):
        hall.count(ext_id, meeting, agree=3)


def test_kin_stand_aside_and_leave_both_counts(hall: Hall) -> None:
    builder, brother, *others = hall.people("villager_rep")
    Kinship.objects.create(
        person=builder, relative=brother, relation="sibling", is_statutory_kin=True,
        is_extended_kin=True, source="declared",
    )  # fmt: skip
    ext_id = hall.plan(interested=((builder.ext_id, "承包人"),))
    meeting = hall.call(ext_id, "resolution", hall.up_to_vote(ext_id))
    hall.open(meeting)
    hall.sign(meeting, brother, *others[:9])

    recused = DecisionRecusal.objects.order_by("pk").values_list("person__name", "reason")
    assert list(recused) == [
        (builder.name, "承包人"), (brother.name, "利害关系人的近亲属"),
    ]  # fmt: skip
    with Unchanged(meeting_errors.VotesDoNotAdd, "能投票的有9人，填了10票"):
        hall.count(ext_id, meeting, agree=10)
    assert hall.count(ext_id, meeting, agree=5, against=4) == "passed"

    held = DecisionRecusal.objects.order_by("pk").values_list("was_due", "was_present")
    assert list(held) == [(True, False), (True, True)]
    texts = [check.sentence for check in queries.checks_of(Decision.objects.get(ext_id=ext_id))]
    assert "应到13人，回避2人后算11人，到了9人，够三分之二。" in texts
    assert "到会9人，同意5票，够过半数。" in texts


def test_somebody_found_late_to_have_an_interest_stands_aside_too(hall: Hall) -> None:
    ext_id = hall.plan()
    rep = hall.people("villager_rep")[0]
    noted = {"ext_id": ext_id, "by": hall.clerk(), "at": AT}

    with Unchanged(meeting_errors.BadDecision, "有什么利害关系没有写"):
        decisions.stand_aside(**noted, person_ext_id=rep.ext_id, reason=" ")
    with Unchanged(meeting_errors.BadDecision, "从本村的人里选"):
        decisions.stand_aside(**noted, person_ext_id="P-stone-1", reason="供货")
    decisions.stand_aside(**noted, person_ext_id=rep.ext_id, reason="供货")

    assert DecisionRecusal.objects.get().person == rep


def test_a_publication_has_its_days(hall: Hall) -> None:
    ext_id, meeting, at = hall.passed()
    hall.minute(meeting, at)
    show = {"ext_id": ext_id, "step": "resolution_notice", "by": hall.clerk(at), "at": at}

    with Unchanged(meeting_errors.PublicityDays):
        decisions.publish(**show, until_date=(at - timedelta(days=1)).date())
    with Unchanged(meeting_errors.PublicityDays):
        decisions.publish(**show, until_date=(at + timedelta(days=400)).date())
    with Unchanged(meeting_errors.LawForbids, "公示6天，不够7天"):
        decisions.publish(**show, until_date=(at + timedelta(days=6)).date())
    decisions.publish(**show, until_date=(at + timedelta(days=7)).date())
    with Unchanged(meeting_errors.StepDone):
        decisions.publish(**show, until_date=(at + timedelta(days=9)).date())


def test_minutes_are_kept_once_there_are_any(hall: Hall) -> None:
    _, meeting, at = hall.passed()

    with Unchanged(meeting_errors.MinutesMissing):
        meetings.keep_minutes(meeting_ext_id=meeting, by=hall.clerk(at), at=at)
    hall.minute(meeting, at)
    with pytest.raises(SubjectClosed):
        hall.minute(meeting, at)


def test_minutes_of_a_meeting_not_counted_are_not_kept(hall: Hall) -> None:
    meeting = hall.call(hall.plan(), "proposal", AT)

    with Unchanged(meeting_errors.RollNotOpen, "票还没有点"):
        meetings.keep_minutes(meeting_ext_id=meeting, by=hall.clerk(), at=AT)


def test_five_steps_end_with_what_villagers_say(hall: Hall) -> None:
    ext_id = hall.plan(procedure="five_two")
    at = hall.hold(
        ext_id, "proposal", AT, hall.people("village_secretary") + hall.people("party_committee")
    )
    joint = hall.people("village_secretary") + hall.people("committee_member")
    at = hall.hold(
        ext_id,
        "consultation",
        at,
        joint + hall.people("party_committee") + hall.people("coop_board"),
    )
    decisions.publish(
        ext_id=ext_id, step="comment", until_date=(at + timedelta(days=15)).date(),
        by=hall.clerk(at), at=at + timedelta(hours=1),
    )  # fmt: skip
    party = (
        hall.people("village_secretary")
        + hall.people("party_committee")
        + hall.people("party_member")
    )
    at = hall.hold(ext_id, "party_review", at + timedelta(days=14), party)
    meeting = hall.call(ext_id, "resolution", at)
    at = hall.open(meeting)
    hall.sign(meeting, *hall.people("villager_rep"))
    assert hall.count(ext_id, meeting, agree=12) == "passed"
    hall.minute(meeting, at)
    decisions.publish(
        ext_id=ext_id, step="resolution_notice", until_date=(at + timedelta(days=7)).date(),
        by=hall.clerk(at), at=at + timedelta(hours=1),
    )  # fmt: skip
    with Unchanged(meeting_errors.StepOutOfOrder, "“组织实施”还没有做"):
        decisions.evaluate(ext_id=ext_id, score=90, comments="", by=hall.clerk(at), at=at)
    with Unchanged(meeting_errors.StepNotThere):
        decisions.carry_out(ext_id=ext_id, step="proposal", by=hall.clerk(at), at=at)
    decisions.carry_out(
        ext_id=ext_id, step="implementation", by=hall.clerk(at), at=at + timedelta(days=20)
    )
    decisions.publish(
        ext_id=ext_id, step="result_notice", until_date=(at + timedelta(days=40)).date(),
        by=hall.clerk(at), at=at + timedelta(days=21),
    )  # fmt: skip
    for score in (-1, 101):
        with Unchanged(meeting_errors.BadDecision, "评议分是0到100的整数"):
            decisions.evaluate(ext_id=ext_id, score=score, comments="", by=hall.clerk(at), at=at)
    decisions.evaluate(
        ext_id=ext_id,
        score=92,
        comments="路修得平。",
        by=hall.clerk(at),
        at=at + timedelta(days=30),
    )

    page = queries.decision_page(by=hall.clerk(at), ext_id=ext_id)
    assert page.plan is not None
    assert (page.plan.score, page.next_step, page.is_valid) == (92, "", True)


def test_a_revoked_decision_carries_nothing_more(hall: Hall) -> None:
    ext_id, at = hall.usable()
    gone = {"ext_id": ext_id, "by": hall.clerk(at), "at": at}

    with Unchanged(meeting_errors.BadDecision, "撤销的原因没有写"):
        decisions.revoke(**gone, reason=" ")
    decisions.revoke(**gone, reason="方案有变")

    with Unchanged(errors.DecisionNeeded, "已撤销"):
        meetings.require_valid(Decision.objects.get(ext_id=ext_id), "M05", 1)
    with Unchanged(meeting_errors.DecisionOver, "已撤销"):
        decisions.revoke(**gone, reason="再撤一次")
    with Unchanged(meeting_errors.DecisionOver):
        decisions.stand_aside(**gone, person_ext_id="V1", reason="供货")


def test_one_head_of_everything_may_hold_two_steps_in_one_meeting(hall: Hall) -> None:
    from sanzi.orgs.models import Appointment

    Appointment.objects.create(
        ext_id="A-DOUBLE", person=hall.world.people["village_secretary"],
        organisation=hall.world.bodies["willow"], role_code="coop_director",
        start_date=date(2024, 1, 1),
    )  # fmt: skip
    ext_id = hall.plan()
    meeting = hall.call(ext_id, "proposal", AT, also="consultation")
    hall.open(meeting)
    hall.sign(
        meeting, *hall.people("village_secretary"), *hall.people("party_committee"),
        *hall.people("coop_board"), *hall.people("committee_member"),
    )  # fmt: skip
    hall.count(ext_id, meeting, agree=7)

    done = DecisionStep.objects.filter(agree_count=7).values_list("step_kind", flat=True)
    assert sorted(done) == ["consultation", "proposal"]
