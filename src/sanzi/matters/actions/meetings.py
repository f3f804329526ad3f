"""Meetings: give notice, open the roll, sign people in, count the votes, keep the minutes.

Locks: the decision, then its meeting.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.evidence import queries as evidence
from sanzi.kernel import clock, ids
from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_errors as errors
from sanzi.matters import statutes, validity
from sanzi.matters.actions import decisions
from sanzi.matters.decision_facts import FAIL, OK, body_of
from sanzi.matters.decision_queries import require_valid
from sanzi.matters.models import (
    Attendance,
    Decision,
    DecisionPlan,
    DecisionRecusal,
    DecisionStep,
    Meeting,
    Presence,
)
from sanzi.orgs import electorates, scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

__all__ = ["Call", "Votes", "call", "count", "keep_minutes", "open_roll", "require_valid", "sign"]

PLACE_MAX = 60
AHEAD_MAX = timedelta(days=366)
CODE_FIGURES = 6


@dataclass(frozen=True)
class Call:
    """The notice of a meeting. `step` is the step it is for; `also` a second one held with it.

    Shapes: `chair`, `recorder`, `watcher` are ext ids of persons of the village, the last two
        may be empty; `has_papers` says that the papers go out with the notice.
    """

    decision_ext_id: str
    step: str
    held_at: datetime
    place: str
    chair: str
    recorder: str = ""
    watcher: str = ""
    has_papers: bool = True
    also: str = ""


@dataclass(frozen=True)
class Votes:
    """The votes as counted in the room."""

    agree: int
    against: int
    abstain: int


def call(*, call: Call, by: Actor, at: datetime) -> str:
    """Give notice of a meeting, or of a new hour for it; return the meeting's id.

    Raises: NotFound, DecisionOver, StepNotThere, StepDone, StepOutOfOrder, NoNoticeNow,
        BadDecision, LawForbids when the notice is too short.
    """
    with transaction.atomic():
        decision = decisions.lock_decision(call.decision_ext_id, by)
        if call.step not in MET:
            raise errors.StepNotThere(
                procedure=statutes.frame().procedures[decision.procedure].title,
                step=statutes.frame().steps[call.step].title
                if call.step in statutes.frame().steps
                else call.step[:20],
            )
        decisions.require_next(decision, call.step)
        _check(call, at)
        kinds = _kinds(decision, call)
        meeting = _meeting(decision, call, kinds, by, at)
        for kind in kinds:
            DecisionStep.objects.update_or_create(
                decision=decision,
                step_kind=kind,
                defaults={
                    "step_no": decisions.number_of(decision, kind),
                    "meeting": meeting,
                    "held_at": call.held_at,
                    "notice_given_at": at,
                },
            )
        _require_notice(decision, kinds)
        _tell(
            meeting, "matters.meeting.called", by, at,
            {
                "decision": decision.ext_id, "steps": list(kinds),
                "held_at": call.held_at.isoformat(),
            },
        )  # fmt: skip
    return meeting.ext_id


MET = ("proposal", "consultation", "party_review", "resolution")


def _check(call: Call, at: datetime) -> None:
    if not timedelta(0) < call.held_at - at <= AHEAD_MAX:
        raise errors.NoNoticeNow
    if not call.place.strip() or len(call.place) > PLACE_MAX:
        raise errors.BadDecision(what=f"开会地点要写，最多{PLACE_MAX}个字")
    if not call.chair:
        raise errors.BadDecision(what="谁主持没有选")


def _kinds(decision: Decision, call: Call) -> tuple[str, ...]:
    """Return the steps of a meeting: one, or two where the table lets them be merged."""
    if not call.also:
        return (call.step,)
    plan = DecisionPlan.objects.get(decision=decision)
    rows = queries.rows_on(decision.division_code, clock.local_date(call.held_at))
    pair = {call.step, call.also}
    for row in rows:
        if row.rule != "may_merge" or not pair <= set(row.value["steps"]):
            continue
        when = row.value["when"]
        if when == "always" or (when == "concurrent" and plan.is_concurrent):
            wanted = queries.steps_wanted(decision, plan)
            return tuple(one for one in wanted if one in pair)
        raise errors.LawForbids(article=row.source, why="书记一肩挑的村才能两步并成一次会。")
    raise errors.BadDecision(what="这两步不能并成一次会")


def _meeting(
    decision: Decision, call: Call, kinds: tuple[str, ...], by: Actor, at: datetime
) -> Meeting:
    known = DecisionStep.objects.filter(decision=decision, step_kind__in=kinds).exclude(
        meeting=None
    )
    step = known.select_related("meeting").first()
    meeting = step.meeting if step else None
    if meeting is not None and meeting.opened_at is not None:
        raise errors.StepDone(step=statutes.frame().steps[call.step].title + "的签到")
    plan = DecisionPlan.objects.get(decision=decision)
    body = body_of(statutes.frame().steps[kinds[-1]], queries.facts_of(decision, plan))
    meeting = meeting or Meeting(
        ext_id=ids.new_id("MT", at),
        organisation=decision.organisation,
        division_code=decision.division_code,
        code="".join(secrets.choice("0123456789") for _ in range(CODE_FIGURES)),
    )
    meeting.body = body
    meeting.held_at = call.held_at
    meeting.place = call.place.strip()
    meeting.chair = _person(decision, call.chair)
    meeting.recorder = _person(decision, call.recorder)
    meeting.watcher = _person(decision, call.watcher)
    meeting.notice_given_at = at
    meeting.papers_given_at = at if call.has_papers else None
    meeting.called_by_id = by.person_id
    meeting.save()
    return meeting


def _person(decision: Decision, ext_id: str) -> Person | None:
    if not ext_id:
        return None
    found = Person.objects.filter(ext_id=ext_id, division_id=decision.division_code).first()
    if found is None:
        raise errors.BadDecision(what="主持、记录、监督的人要从本村的人里选")
    return found


def _require_notice(decision: Decision, kinds: tuple[str, ...]) -> None:
    """Refuse a notice that comes too late for its meeting. Raises: LawForbids."""
    rules = {"notice_days", "papers_days", "procedure"}
    rows = {row.id for row in statutes.table() if row.rule in rules} | {"procedure"}
    for one in queries.checks_of(decision):
        if one.step in kinds and one.state == FAIL and one.row in rows:
            raise errors.LawForbids(article=one.source, why=one.sentence)


def lock_meeting(ext_id: str, by: Actor) -> Meeting:
    """Return a meeting that the actor may run, locked. Raises: NotFound."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("organisation")
    found = rows.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, queries.CALL, found.division_code)
    return found


def open_roll(*, meeting_ext_id: str, by: Actor, at: datetime) -> None:
    """Open the roll on the day of the meeting; from now on people sign in.

    Raises: NotFound, RollNotOpen.
    """
    with transaction.atomic():
        meeting = lock_meeting(meeting_ext_id, by)
        if meeting.counted_at is not None:
            raise errors.RollNotOpen(why="票已经点完，签到结束了")
        if meeting.opened_at is not None:
            return
        if clock.local_date(at) != clock.local_date(meeting.held_at):
            raise errors.RollNotOpen(why=f"签到要在开会那天开，就是{_day(meeting.held_at)}")
        meeting.opened_at = at
        meeting.save(update_fields=["opened_at"])
        _tell(meeting, "matters.meeting.opened", by, at, {})


def sign(
    *,
    meeting_ext_id: str,
    person_ext_id: str,
    by: Actor,
    at: datetime,
    presence: str = "ROOM",
    proxy_ext_id: str = "",
) -> None:
    """Put somebody due on the roll, by the hand of who keeps it.

    Raises: NotFound, RollNotOpen, NotOfBody, TermEnded, PresenceNotAllowed, SignedAlready.
    """
    with transaction.atomic():
        meeting = lock_meeting(meeting_ext_id, by)
        person = Person.objects.filter(
            ext_id=person_ext_id, division_id=meeting.division_code
        ).first()
        if person is None:
            raise NotFound
        proxy = None
        if proxy_ext_id:
            proxy = Person.objects.filter(ext_id=proxy_ext_id).first()
            if proxy is None:
                raise NotFound
        take(meeting, person, presence=presence, proxy=proxy, way="roll", at=at)
        _tell(
            meeting, "matters.meeting.signed", by, at,
            {"person": person.ext_id, "presence": presence, "way": "roll"},
        )  # fmt: skip


def take(
    meeting: Meeting,
    person: Person,
    *,
    presence: str,
    way: str,
    at: datetime,
    proxy: Person | None = None,
) -> Attendance:
    """Write the attendance of somebody due. The meeting is locked.

    Raises: RollNotOpen, NotOfBody, TermEnded, PresenceNotAllowed, SignedAlready.
    """
    if meeting.opened_at is None or meeting.counted_at is not None:
        why = "签到还没有开" if meeting.opened_at is None else "票已经点完，签到结束了"
        raise errors.RollNotOpen(why=why)
    _require_due(meeting, person)
    _require_presence(meeting, person, presence, proxy)
    if Attendance.objects.filter(meeting=meeting, person=person).exists():
        raise errors.SignedAlready(name=person.name)
    return Attendance.objects.create(
        meeting=meeting,
        person=person,
        household_id=person.household_id,
        presence=presence,
        proxy=proxy,
        way=way,
        signed_at=at,
    )


def _require_due(meeting: Meeting, person: Person) -> None:
    kind = statutes.frame().bodies[meeting.body]
    if queries.electorate_of(meeting).people.filter(pk=person.pk).exists():
        return
    if kind.counts == "posts":
        ended = electorates.ended_terms(
            meeting.division_code, kind.role_codes, clock.local_date(meeting.held_at)
        )
        if person.pk in ended:
            raise errors.TermEnded(name=person.name, body=kind.title)
    raise errors.NotOfBody(name=person.name, body=kind.title)


def _require_presence(
    meeting: Meeting, person: Person, presence: str, proxy: Person | None
) -> None:
    if presence not in Presence.values:
        raise errors.PresenceNotAllowed(why="到会方式没有选对")
    title = statutes.frame().bodies[meeting.body].title
    rows = [
        row
        for row in queries.rows_on(meeting.division_code, clock.local_date(meeting.held_at))
        if row.rule == "presence" and meeting.body in row.bodies
    ]
    if presence == Presence.ONLINE and not any(row.value["online"] for row in rows):
        raise errors.PresenceNotAllowed(why=f"{title}没有在线参加的规定")
    if presence != Presence.PROXY:
        if proxy is not None:
            raise errors.PresenceNotAllowed(why="本人到会就不用写代表")
        return
    if not any(row.value["proxy"] == "household" for row in rows):
        raise errors.PresenceNotAllowed(why=f"{title}没有委托别人参加的规定")
    if proxy is None or proxy.pk == person.pk:
        raise errors.PresenceNotAllowed(why="谁代表没有选")
    is_same = person.household_id is not None and proxy.household_id == person.household_id
    if not is_same or not queries.electorate_of(meeting).people.filter(pk=proxy.pk).exists():
        raise errors.PresenceNotAllowed(why=f"{proxy.name}不是同一户的成年成员，不能代表")


def strike(*, meeting_ext_id: str, person_ext_id: str, by: Actor, at: datetime) -> None:
    """Take somebody signed by mistake off the roll, before the count.

    Raises: NotFound, RollNotOpen, NotSigned.
    """
    with transaction.atomic():
        meeting = lock_meeting(meeting_ext_id, by)
        if meeting.counted_at is not None:
            raise errors.RollNotOpen(why="票已经点完，名册不能再改")
        person = Person.objects.filter(
            ext_id=person_ext_id, division_id=meeting.division_code
        ).first()
        if person is None:
            raise NotFound
        gone, _ = Attendance.objects.filter(meeting=meeting, person=person).delete()
        if not gone:
            raise errors.NotSigned(name=person.name)
        _tell(meeting, "matters.meeting.struck", by, at, {"person": person.ext_id})


def count(
    *, meeting_ext_id: str, decision_ext_id: str, votes: Votes, by: Actor, at: datetime
) -> str:
    """Fix the count of a meeting; return the decision's status.

    Votes of the deciding body end the decision: it is passed when every article up to the vote
    holds, else it is not. An earlier meeting that falls short leaves it open, to be held again.
    Raises: NotFound, RollNotOpen, VotesDoNotAdd, DecisionOver, LawForbids for an earlier meeting.
    """
    with transaction.atomic():
        decision = decisions.lock_decision(decision_ext_id, by)
        meeting = lock_meeting(meeting_ext_id, by)
        steps = list(DecisionStep.objects.filter(decision=decision, meeting=meeting))
        if not steps:
            raise NotFound
        decisions.require_proposed(decision)
        if meeting.opened_at is None or meeting.counted_at is not None:
            raise errors.RollNotOpen(
                why="签到还没有开" if meeting.opened_at is None else "票已经点过了"
            )
        # Counted before its hour it was held before: what follows the vote comes after it.
        meeting.held_at, meeting.counted_at = min(meeting.held_at, at), at
        _fix(decision, meeting, steps, votes)
        meeting.save(update_fields=["counted_at", "held_at"])
        kinds = {one.step_kind for one in steps}
        if "resolution" in kinds:
            _settle(decision, meeting, votes)
        else:
            _require_enough(decision, kinds)
        _tell(
            meeting, "matters.meeting.counted", by, at,
            {
                "decision": decision.ext_id, "status": decision.status, "agree": votes.agree,
                "against": votes.against, "abstain": votes.abstain,
            },
        )  # fmt: skip
    return decision.status


def _fix(decision: Decision, meeting: Meeting, steps: list[DecisionStep], votes: Votes) -> None:
    came = Attendance.objects.filter(meeting=meeting)
    due = queries.electorate_of(meeting)
    voters = came.exclude(person_id__in=queries.aside_ids(decision)).count()
    cast = votes.agree + votes.against + votes.abstain
    if min(votes.agree, votes.against, votes.abstain) < 0 or not 0 < cast <= voters:
        raise errors.VotesDoNotAdd(voters=voters, votes=cast)
    for step in steps:
        step.held_at = meeting.held_at
        step.notice_given_at = meeting.notice_given_at
        step.eligible_count = due.count
        step.present_count = came.count()
        step.household_count = due.household_count
        step.present_household_count = queries.households_of(came)
        step.agree_count = votes.agree
        step.against_count = votes.against
        step.abstain_count = votes.abstain
        step.save()
    if any(step.step_kind == "resolution" for step in steps):
        # Of who stands aside: whether the vote had a seat for him, and whether he came.
        DecisionRecusal.objects.filter(decision=decision).update(
            was_due=Q(person_id__in=due.people.values("pk")),
            was_present=Q(person_id__in=came.values("person_id")),
        )


def _settle(decision: Decision, meeting: Meeting, votes: Votes) -> None:
    stands = validity.vote_stands(queries.checks_of(decision))
    step = DecisionStep.objects.get(decision=decision, step_kind="resolution")
    decision.status = "passed" if stands else "rejected"
    decision.held_at = meeting.held_at
    decision.passed_at = meeting.held_at if stands else None
    decision.eligible_count = step.eligible_count
    decision.present_count = step.present_count
    decision.agree_count = votes.agree
    decision.against_count = votes.against
    decision.abstain_count = votes.abstain
    decision.save(
        update_fields=[
            "status", "held_at", "passed_at", "eligible_count", "present_count", "agree_count",
            "against_count", "abstain_count",
        ]
    )  # fmt: skip


def _require_enough(decision: Decision, kinds: set[str]) -> None:
    """Refuse an earlier meeting that falls short: it is to be held again. Raises: LawForbids."""
    for one in queries.checks_of(decision):
        if one.step in kinds and one.state != OK and one.row != "minutes":
            raise errors.LawForbids(article=one.source, why=one.sentence)


def keep_minutes(*, meeting_ext_id: str, by: Actor, at: datetime) -> None:
    """Fix the minutes and the photo that hang on a counted meeting; files are closed after it.

    Raises: NotFound, RollNotOpen, MinutesMissing.
    """
    with transaction.atomic():
        meeting = lock_meeting(meeting_ext_id, by)
        if meeting.counted_at is None:
            raise errors.RollNotOpen(why="票还没有点，会议记录先不存档")
        files = evidence.attachments("meeting", meeting_ext_id)
        minutes = next((one for one in files if one.kind == "minutes"), None)
        if minutes is None:
            raise errors.MinutesMissing
        photo = next((one for one in files if one.kind == "photo"), None)
        likeness = evidence.likeness_of(photo.digest) if photo else ""
        for step in queries.meeting_steps(meeting):
            step.minutes_digest = minutes.digest
            step.photo_phash = likeness
            step.save(update_fields=["minutes_digest", "photo_phash"])
            if step.step_kind == "resolution":
                step.decision.file_digest = minutes.digest
                step.decision.save(update_fields=["file_digest"])
        _tell(meeting, "matters.meeting.minuted", by, at, {"minutes": minutes.digest})


def _tell(meeting: Meeting, kind: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=meeting.organisation.ext_id,
        kind=kind,
        by=by,
        at=at,
        subject=("meeting", meeting.ext_id),
        after=after,
    )


def _day(at: datetime) -> str:
    day = clock.local_date(at)
    return clock.day_said(day)
