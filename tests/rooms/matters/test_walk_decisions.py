"""M01 and M03 from the proposal to the evaluation: meetings, articles, publications, the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.matters import errors, meeting_errors
from sanzi.matters.actions import cases, decisions, loading, needs, steps
from sanzi.matters.models import Case, CaseEntry, Decision, DecisionRecusal, DecisionStep
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person
from sanzi.record.loaders import LoadContext
from worlds import deals, village, walks
from worlds import meetings as worlds_meetings
from worlds.meetings import AT, Hall
from worlds.publications import published

pytestmark = pytest.mark.django_db
FORM = {
    "title": "村内道路修补", "subject": "works", "procedure": "four_two", "body": "villager_reps",
    "amount": "80000", "plan_text": "修补主路三百米。",
}  # fmt: skip
RULES = {
    "title": "柳湾村村规民约", "kind": "rules", "plan_text": "第一条 村道不堆物。",
    "changes": "新定",
}  # fmt: skip


@pytest.fixture
def hall() -> Hall:
    return worlds_meetings.build()


class Way:
    """A case of a decision under way in the hall."""

    def __init__(self, hall: Hall, matter: str, form: dict[str, Any]) -> None:
        self.hall = hall
        hall.world.at = AT
        by = hall.world.actor("village_secretary", AT)
        number = cases.start(matter_code=matter, organisation_ext_id="O-WILLOW-VC", by=by, at=AT)
        self.walk = walks.Walk(hall.world, number, AT)
        self.walk.submit("village_secretary", form)

    @property
    def number(self) -> str:
        """The number of the case."""
        return self.walk.number

    @property
    def decision(self) -> Decision:
        """What the case planned."""
        return Decision.objects.get(plan__case_number=self.number)

    def clerk(self, **form: Any) -> None:
        """Let the clerk write the open step down."""
        self.walk.record("village_clerk", {key: str(value) for key, value in form.items()})

    def until(self, days: int) -> str:
        """Return a day some days ahead, as it is typed."""
        return (self.walk.at + timedelta(days=days)).date().isoformat()

    def hold(self, step: str, people: list[Person], agree: int | None = None) -> None:
        """Hold a meeting with everybody agreeing, and write its step down."""
        ext_id = self.decision.ext_id
        meeting = self.hall.call(ext_id, step, self.walk.at)
        self.walk.at = self.hall.open(meeting)
        self.hall.sign(meeting, *people)
        self.hall.count(ext_id, meeting, agree=len(people) if agree is None else agree)
        self.walk.at += timedelta(hours=1)
        self.clerk()

    def before_vote(self) -> None:
        """Go through everything before the vote."""
        hall = self.hall
        heads = hall.people("village_secretary") + hall.people("party_committee")
        joint = heads + hall.people("committee_member") + hall.people("coop_board")
        self.hold("proposal", heads)
        self.hold("consultation", joint)
        if self.walk.open_step.step_key == "comment":
            self.clerk(until=self.until(16))
            self.walk.at += timedelta(days=16)
        self.hold("party_review", heads + hall.people("party_member"))

    def notice(self, days: int = 4, **changed: Any) -> None:
        """Give notice of the vote."""
        people = self.hall.world.people
        held_at = self.walk.at + timedelta(days=days)
        self.clerk(**{
            "held_at": held_at.isoformat(), "place": "村文化礼堂", "has_papers": "yes",
            "chair": people["village_secretary"].ext_id,
            "recorder": people["village_clerk"].ext_id,
            "watcher": people["supervision_head"].ext_id, **changed,
        })  # fmt: skip

    def vote(self, people: list[Person], agree: int, *, is_minuted: bool = True) -> None:
        """Hold the vote and count it."""
        step = DecisionStep.objects.get(decision=self.decision, step_kind="resolution")
        assert step.meeting is not None
        meeting = step.meeting.ext_id
        self.walk.at = self.hall.open(meeting)
        self.hall.sign(meeting, *people)
        ext_id = self.decision.ext_id
        aside = DecisionRecusal.objects.filter(decision=self.decision).count()
        self.hall.count(ext_id, meeting, agree=agree, against=len(people) - aside - agree)
        if is_minuted:
            self.hall.minute(meeting, self.walk.at)
        self.walk.at += timedelta(hours=1)

    def approve(self, role: str) -> None:
        """Let a role agree an hour later."""
        self.walk.at += timedelta(hours=1)
        self.walk.approve(role)


def reps(hall: Hall) -> list[Person]:
    return hall.people("villager_rep") + hall.people("committee_member")


def keys(way: Way) -> list[str]:
    """Return the steps of a case's chain, as it is to be walked."""
    return [step.key for step in steps.chain_of(way.walk.case)]


def test_m01_walks_four_deliberations_and_two_publications(hall: Hall) -> None:
    way = Way(hall, "M01", FORM)
    assert "comment" not in keys(way)
    way.before_vote()
    way.notice()
    way.vote(reps(hall), agree=12)
    way.clerk()
    assert "V02" not in published(way.number)
    way.clerk(until=way.until(8))
    way.approve("town_agri_head")
    way.walk.at += timedelta(days=20)
    way.clerk(until=way.until(8), words="主路修好了", cost="79000")

    assert way.walk.case.state == "DONE"
    found = way.decision
    assert (found.status, found.matter_code, found.amount_fen) == ("passed", "M01", 8_000_000)
    assert way.walk.case.decision_ext_id == found.ext_id
    needs.require_passed(
        ext_id=found.ext_id, division_code=village.WILLOW, matter_code="M05", amount_fen=8_000_000
    )
    told = deals.record_rows("decision_step", "step_no")
    rows = {row["step_kind"]: row for row in told}
    assert list(rows) == [
        "proposal", "consultation", "party_review", "resolution", "resolution_notice",
        "result_notice",
    ]  # fmt: skip
    vote = rows["resolution"]
    assert (vote["eligible_count"], vote["agree_count"], vote["against_count"]) == (13, 12, 1)
    assert vote["minutes_hash"] == found.file_digest
    shown = published(way.number)
    assert shown["V01"].facts["方案"] == "修补主路三百米。"
    assert shown["V02"].tables["决议"][-1] == ["表决", "13", "13", "12", "1", "0", "0"]
    assert (shown["V02"].is_late, shown["V02"].facts["哪一类事"]) == (False, "工程项目")
    assert shown["V03"].facts["花了多少（元）"] == "79,000.00元"


def test_m01_walks_five_deliberations_with_comment_and_evaluation(hall: Hall) -> None:
    rep = hall.people("villager_rep")[0]
    interested = [{"person": rep.ext_id, "reason": "要包这段路"}]
    way = Way(hall, "M01", {**FORM, "procedure": "five_two", "interested": interested})
    way.before_vote()
    way.notice(comments="有人说先修桥，下一年办")
    way.vote(reps(hall), agree=12)
    way.clerk()
    way.clerk(until=way.until(8))
    way.approve("town_agri_head")
    way.walk.at += timedelta(days=20)
    way.clerk(words="主路修好了")
    way.clerk(until=way.until(8), words="路平了")
    way.clerk(score=92, comments="修得快")

    assert way.walk.case.state == "DONE"
    [row] = deals.record_rows("decision_recusal")
    assert (row["person_id"], row["reason"], bool(row["is_recused"])) == (
        rep.ext_id, "要包这段路", True,
    )  # fmt: skip
    shown = published(way.number)
    assert shown["V01"].facts["公示时收到的意见"] == "有人说先修桥，下一年办"
    assert (shown["V03"].stage, shown["V03"].facts["评议分"]) == ("评议过了", "92")
    assert rep.name not in "".join(one.text for one in shown.values())


def test_a_comment_that_is_too_short_is_refused_with_its_article(hall: Hall) -> None:
    way = Way(hall, "M01", {**FORM, "procedure": "five_two"})
    heads = hall.people("village_secretary") + hall.people("party_committee")
    way.hold("proposal", heads)
    way.hold("consultation", heads + hall.people("committee_member") + hall.people("coop_board"))
    entries = CaseEntry.objects.count()

    with pytest.raises(meeting_errors.LawForbids, match="不够15天"):
        way.clerk(until=way.until(14))

    assert CaseEntry.objects.count() == entries
    assert not DecisionStep.objects.filter(step_kind="comment").exists()
    assert published(way.number) == {}


def test_a_vote_that_falls_short_ends_the_way_with_the_article(hall: Hall) -> None:
    way = Way(hall, "M01", FORM)
    way.before_vote()
    with pytest.raises(meeting_errors.LawForbids, match="第二十三条"):
        way.notice(days=2)
    way.notice()
    way.vote(reps(hall), agree=6)
    entries = CaseEntry.objects.count()

    with pytest.raises(meeting_errors.VoteFails, match=r"第二十六条.*同意6票，不够过半数"):
        way.clerk()

    assert (CaseEntry.objects.count(), way.decision.status) == (entries, "rejected")
    with pytest.raises(errors.DecisionNeeded):
        needs.require_passed(
            ext_id=way.decision.ext_id, division_code=village.WILLOW, matter_code="M05"
        )
    by = hall.world.actor("village_secretary", way.walk.at)
    cases.withdraw(number=way.number, by=by, at=way.walk.at)
    assert (way.walk.case.state, published(way.number)["V01"].stage) == ("WITHDRAWN", "不办了")


def test_a_step_does_not_end_before_its_meeting_nor_without_minutes(hall: Hall) -> None:
    way = Way(hall, "M01", FORM)
    with pytest.raises(meeting_errors.MeetingNotHeld, match="党组织提议"):
        way.clerk()
    way.before_vote()
    way.notice()
    with pytest.raises(meeting_errors.MeetingNotHeld, match="表决"):
        way.clerk()
    way.vote(reps(hall), agree=13, is_minuted=False)

    with pytest.raises(meeting_errors.MinutesMissing):
        way.clerk()

    assert way.walk.open_step.step_key == "resolution"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subject": "compensation_use", "body": "member_delegates"}, "第二十八条"),
        ({"subject": "debt", "body": "member_meeting"}, "没有写风险说明"),
        ({"procedure": "committee"}, "联席会议程序只能由"),
        ({"subject": "village_rules"}, "第二十七条"),
    ],
)
def test_a_plan_that_cannot_be_good_is_a_problem_and_then_a_refusal(
    hall: Hall, changed: dict[str, str], said: str
) -> None:
    by = hall.world.actor("village_secretary", AT)
    number = cases.start(matter_code="M01", organisation_ext_id="O-WILLOW-VC", by=by, at=AT)

    saved = cases.save(number=number, by=by, at=AT, form={**FORM, **changed})
    with pytest.raises((meeting_errors.LawForbids, meeting_errors.BadDecision), match=said):
        cases.submit(number=number, by=by, at=AT)

    assert any(said in one.text for one in saved.problems)
    assert (Case.objects.get().state, Decision.objects.count()) == ("DRAFT", 0)


def test_a_rejected_case_takes_its_decision_with_it(hall: Hall) -> None:
    way = Way(hall, "M01", FORM)
    way.before_vote()
    way.notice()
    way.vote(reps(hall), agree=13)
    way.clerk()
    way.clerk(until=way.until(8))
    way.walk.at += timedelta(hours=1)

    cases.act(
        number=way.number, by=hall.world.actor("town_agri_head", way.walk.at), at=way.walk.at,
        opinion=cases.Opinion("reject", way.walk.case.content_digest, reason_code="not_lawful"),
    )  # fmt: skip

    assert (way.walk.case.state, way.decision.status) == ("REJECTED", "revoked")
    assert published(way.number)["V02"].stage == "不办了"


def test_the_members_own_procedure_skips_what_it_does_not_have(hall: Hall) -> None:
    way = Way(hall, "M01", {**FORM, "procedure": "member_meeting", "body": "member_meeting"})

    assert keys(way) == [
        "propose", "proposal", "comment", "notice", "resolution", "resolution_notice",
        "town_review", "result_notice",
    ]  # fmt: skip


def test_m03_walks_to_the_full_text_and_takes_back_an_illegal_clause(hall: Hall) -> None:
    hall.world.bodies["new-town_civil_office"] = hall.world.bodies["agency"]
    village.post(hall.world, "town_civil_office", "汪民政", village.TOWN)
    adults = hall.people("villager_rep") + hall.people("member_delegate")
    adults += hall.people("party_member") + hall.people("coop_board")
    adults += hall.people("party_committee")
    way = Way(hall, "M03", RULES)
    way.before_vote()
    with pytest.raises(meeting_errors.LawForbids, match="第二十一条"):
        way.notice(days=9)
    way.notice(days=11)
    way.vote(adults, agree=len(adults))
    way.clerk()
    way.clerk(until=way.until(8))
    assert "V05" not in published(way.number)
    town = hall.world.actor("town_civil_office", way.walk.at)
    cases.act(
        number=way.number, by=town, at=way.walk.at, opinion=cases.Opinion(
            "return", way.walk.case.content_digest, reason_code="illegal_clause",
        ),
    )  # fmt: skip
    way.clerk(until=way.until(8), corrections="删去罚款一条")
    way.approve("town_civil_office")

    assert way.walk.case.state == "DONE"
    assert (way.decision.matter_code, way.decision.deciding_body) == ("M03", "villager_meeting")
    assert [row["matter_code"] for row in deals.record_rows("decision")] == ["M03"]
    text = published(way.number)["V05"]
    assert text.facts["全文"] == "第一条 村道不堆物。"
    assert text.facts["照镇里意见改了哪几条"] == "删去罚款一条"


def test_representatives_do_not_decide_village_rules(hall: Hall) -> None:
    with pytest.raises(meeting_errors.LawForbids, match="第二十七条"):
        decisions.require_plan(
            plan=decisions.Plan(
                organisation_ext_id="O-WILLOW-VC", title="村规民约", subject="village_rules",
                procedure="five_two", body="villager_reps", plan_text="第一条",
            ),
            division_code=village.WILLOW,
            at=AT,
        )  # fmt: skip


def test_steps_and_recusals_of_the_past_come_in_once_and_as_they_were(hall: Hall) -> None:
    Decision.objects.create(
        ext_id="D-OLD", organisation=hall.world.bodies["willow"], division_code=village.WILLOW,
        title="旧决议", procedure="four_two", deciding_body="villager_reps", status="passed",
    )  # fmt: skip
    blank = dict.fromkeys(
        ("agree_count", "against_count", "abstain_count", "notice_given_at", "minutes_hash",
         "photo_phash", "publicity_start_at", "publicity_end_at", "present_count"),
    )  # fmt: skip
    step = {
        "decision_id": "D-OLD", "step_kind": "resolution", "step_no": 4, "held_at": AT,
        "eligible_count": 13, **blank,
    }  # fmt: skip
    rep = hall.people("villager_rep")[0]
    aside = {
        "decision_id": "D-OLD", "person_id": rep.ext_id, "reason": "承包人", "is_recused": False,
    }  # fmt: skip
    context = LoadContext(by=SYSTEM, at=AT)

    for added in (1, 0):
        assert loading.load_decision_steps([step], context).added == added
        assert loading.load_recusals([aside], context).added == added

    [kept] = deals.record_rows("decision_step")
    assert (kept["step_kind"], kept["eligible_count"]) == ("resolution", 13)
    [kept] = deals.record_rows("decision_recusal")
    assert (kept["person_id"], kept["reason"], bool(kept["is_recused"])) == (
        rep.ext_id, "承包人", False,
    )  # fmt: skip
