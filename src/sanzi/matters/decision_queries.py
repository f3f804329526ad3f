"""Reads of decisions and meetings: doors, who is due, the facts of a decision, its checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from sanzi.kernel import clock
from sanzi.matters import errors, statutes, validity
from sanzi.matters.decision_facts import Check, Facts, Held, body_of, required_steps
from sanzi.matters.models import (
    Attendance,
    Decision,
    DecisionPlan,
    DecisionRecusal,
    DecisionStep,
    Meeting,
    Presence,
)
from sanzi.matters.statutes import Row
from sanzi.orgs import electorates, scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.electorates import Electorate
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

SEE = "matters.see"
CALL = "matters.call_meeting"
STATUSES = {"proposed": "议定中", "passed": "已通过", "rejected": "没有通过", "revoked": "已撤销"}
LIST_MAX = 2000
ANY_SUBJECT = ("M01", "M34")
"""Powers that a decision on anything may stand behind: what was decided is also sealed."""


def visible_decisions(by: Actor) -> QuerySet[Decision]:
    """Return the decisions of the actor's scope."""
    return Decision.objects.filter(scope.within(by, SEE)).select_related("organisation", "plan")


def access_decision(*, by: Actor, ext_id: str) -> Decision:
    """Return a decision of the actor's scope. Raises: NotFound, also when it lies outside."""
    found = visible_decisions(by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def access_meeting(*, by: Actor, ext_id: str) -> Meeting:
    """Return a meeting of the actor's scope. Raises: NotFound, also when it lies outside."""
    rows = Meeting.objects.select_related("organisation", "chair", "recorder", "watcher")
    found = rows.filter(scope.within(by, SEE), ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def search(*, by: Actor, words: str = "", status: str = "") -> QuerySet[Decision]:
    """Return the decisions in scope whose title has these words, newest first."""
    rows = visible_decisions(by)
    if words.strip():
        rows = rows.filter(title__contains=words.strip()[:60])
    if status in STATUSES:
        rows = rows.filter(status=status)
    return rows.order_by("-pk")


def plan_of(decision: Decision) -> DecisionPlan | None:
    """Return how a decision was planned; None for one that came from elsewhere."""
    return DecisionPlan.objects.filter(decision=decision).first()


def rows_on(place: str, on: date) -> tuple[Row, ...]:
    """Return every row of the statute table that holds at a place on a day."""
    here = [row for row in statutes.table() if row.is_in_force(place, on)]
    gone = {name for row in here for name in row.replaces}
    return tuple(row for row in here if row.id not in gone)


def needs_decision(*, matter_code: str, amount_fen: int, place: str, on: date) -> tuple[Row, ...]:
    """Return the rows that make a case of this power and sum need a decision; none: it needs none.

    Units: fen. Source: the table's rows `needs_decision`, by county and day.
    """
    subjects = {
        one.code for one in statutes.frame().subjects.values() if matter_code in one.serves
    } - {"other"}
    return tuple(
        row
        for row in rows_on(place, on)
        if row.rule == "needs_decision"
        and subjects & set(row.subjects)
        and amount_fen >= row.value["from_fen"]
        and matter_code != "M10"
    )


# --- who is due ---------------------------------------------------------------------------------


def electorate(body: str, division_code: str, on: date) -> Electorate:
    """Return who belongs to a body of a village on a day. Raises: KeyError."""
    kind = statutes.frame().bodies[body]
    if kind.counts == "posts":
        return electorates.holders(division_code, kind.role_codes, on)
    return electorates.adults(division_code, on, members_only=kind.counts == "members")


def electorate_of(meeting: Meeting) -> Electorate:
    """Return who is due at a meeting, on its own day."""
    return electorate(meeting.body, meeting.division_code, clock.local_date(meeting.held_at))


def aside_ids(decision: Decision) -> set[int]:
    """Return the persons who stand aside from a decision."""
    rows = DecisionRecusal.objects.filter(decision=decision, is_recused=True)
    return set(rows.values_list("person_id", flat=True))


# --- facts and checks -----------------------------------------------------------------------------


def facts_of(decision: Decision, plan: DecisionPlan) -> Facts:
    """Return a decision as the checks see it."""
    steps = DecisionStep.objects.filter(decision=decision).select_related("meeting")
    return Facts(
        place=decision.division_code,
        procedure=decision.procedure,
        body=decision.deciding_body,
        subject=plan.subject,
        amount_fen=decision.amount_fen,
        has_risk_note=bool(plan.risk_note.strip()),
        is_concurrent=plan.is_concurrent,
        steps={one.step_kind: held(one, decision) for one in steps},
    )


def held(step: DecisionStep, decision: Decision) -> Held:
    """Return one step as the checks see it: before the count, from the roll as it stands."""
    meeting = step.meeting
    plain = Held(
        step=step.step_kind,
        held_at=step.held_at or (meeting.held_at if meeting else None),
        notice_given_at=step.notice_given_at,
        publicity_start_at=step.publicity_start_at,
        publicity_end_at=step.publicity_end_at,
        eligible=step.eligible_count,
        present=step.present_count,
        households=step.household_count,
        present_households=step.present_household_count,
        agree=step.agree_count,
        against=step.against_count or 0,
        abstain=step.abstain_count or 0,
        has_minutes=bool(step.minutes_digest),
    )
    return _with_roll(plain, meeting, decision) if meeting else plain


def _with_roll(plain: Held, meeting: Meeting, decision: Decision) -> Held:
    due = electorate_of(meeting)
    came = Attendance.objects.filter(meeting=meeting)
    ways = dict(came.values_list("presence").annotate(Count("pk")))
    aside = aside_ids(decision)
    voted = DecisionRecusal.objects.filter(decision=decision, is_recused=False)
    attended = came.values("person_id")
    is_open = meeting.opened_at is not None
    return Held(
        step=plain.step,
        held_at=meeting.held_at,
        notice_given_at=meeting.notice_given_at,
        papers_given_at=meeting.papers_given_at,
        eligible=plain.eligible if plain.eligible is not None else (due.count if is_open else None),
        present=plain.present if plain.present is not None else (came.count() if is_open else None),
        households=plain.households
        if plain.households is not None
        else (due.household_count if is_open else None),
        present_households=plain.present_households
        if plain.present_households is not None
        else (households_of(came) if is_open else None),
        agree=plain.agree,
        against=plain.against,
        abstain=plain.abstain,
        online=ways.get(Presence.ONLINE, 0),
        proxies=ways.get(Presence.PROXY, 0),
        strangers=came.exclude(person_id__in=due.people.values("pk")).count(),
        aside=due.people.filter(pk__in=aside).count(),
        aside_present=came.filter(person_id__in=aside).count(),
        kin_voted=voted.filter(person_id__in=attended).count(),
        has_minutes=plain.has_minutes,
        is_watched=meeting.watcher_id is not None,
    )


def households_of(came: QuerySet[Attendance]) -> int:
    """Return how many households sent somebody."""
    homes = came.filter(household__isnull=False)
    return homes.values("household_id").distinct().count()


def checks_of(decision: Decision) -> tuple[Check, ...]:
    """Return every check of a decision that was planned here; none for one from elsewhere."""
    plan = plan_of(decision)
    if plan is None:
        return ()
    facts = facts_of(decision, plan)
    return validity.checks(facts, statutes.frame(), rows_on(facts.place, day_of(facts, plan)))


def day_of(facts: Facts, plan: DecisionPlan) -> date:
    """Return the day whose law holds: that of the vote, before it that of the plan."""
    vote = facts.steps.get("resolution")
    return clock.local_date(vote.held_at if vote and vote.held_at else plan.created_at)


def steps_wanted(decision: Decision, plan: DecisionPlan) -> tuple[str, ...]:
    """Return the steps a planned decision needs, in order."""
    facts = facts_of(decision, plan)
    rows = rows_on(facts.place, day_of(facts, plan))
    return required_steps(facts, statutes.frame(), rows)


def require_valid(
    decision: Decision, matter_code: str, amount_fen: int, *, at: datetime | None = None
) -> None:
    """Refuse a decision that may not carry a case of this power and sum.

    A decision from elsewhere, without steps of its own here, is judged by its caller alone.
    Units: fen. Raises: DecisionNeeded, naming the first article that fails.
    """
    plan = plan_of(decision)
    if plan is None:
        return
    subject = statutes.frame().subjects[plan.subject]
    is_carried = matter_code in (*ANY_SUBJECT, *subject.serves)
    if not is_carried and plan.subject != "other":
        raise errors.DecisionNeeded(
            why=f"“{decision.title}”议的是{subject.title}，不能用来办这件事"
        )
    if decision.status != "passed":
        words = STATUSES.get(decision.status, decision.status)
        raise errors.DecisionNeeded(why=f"“{decision.title}”{words}")
    if decision.amount_fen is not None and decision.amount_fen < amount_fen:
        raise errors.DecisionNeeded(why=f"“{decision.title}”通过的金额不够")
    fault = validity.first_fault(checks_of(decision))
    if fault is not None:
        raise errors.DecisionNeeded(why=f"“{decision.title}”还不能用，{fault.text.rstrip('。')}")
    shown = DecisionStep.objects.filter(decision=decision, step_kind="resolution_notice").first()
    start = shown.publicity_start_at if shown else None
    if at is not None and (start is None or start > at):
        raise errors.DecisionNeeded(why=f"“{decision.title}”的决议还没有公开")


# --- pages ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepView:
    """One step on the page of a decision. `state` is done, open or waiting."""

    kind: str
    title: str
    body: str
    state: str
    meeting_ext_id: str
    held: Held
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Interested:
    """Somebody with an interest in a decision, and whether he stands aside."""

    name: str
    reason: str
    is_recused: bool


@dataclass(frozen=True)
class DecisionPage:
    """A decision whole. `checks` are those of the decision itself; each step has its own."""

    decision: Decision
    plan: DecisionPlan | None
    subject: str
    procedure: str
    body: str
    status: str
    steps: tuple[StepView, ...]
    interested: tuple[Interested, ...]
    fault: Check | None
    is_valid: bool
    may_act: bool
    next_step: str


def decision_page(*, by: Actor, ext_id: str) -> DecisionPage:
    """Return everything the page of a decision shows. Raises: NotFound."""
    decision = access_decision(by=by, ext_id=ext_id)
    plan = plan_of(decision)
    frame = statutes.frame()
    found = checks_of(decision)
    steps = _step_views(decision, plan, found)
    body = frame.bodies.get(decision.deciding_body)
    procedure = frame.procedures.get(decision.procedure)
    return DecisionPage(
        decision=decision,
        plan=plan,
        subject=frame.subjects[plan.subject].title if plan else decision.matter_code,
        procedure=procedure.title if procedure else decision.procedure,
        body=body.title if body else decision.deciding_body,
        status=STATUSES.get(decision.status, decision.status),
        steps=steps,
        interested=tuple(
            Interested(one.person.name, one.reason, one.is_recused)
            for one in DecisionRecusal.objects.filter(decision=decision)
            .select_related("person")
            .order_by("pk")
        ),
        fault=validity.first_fault(found),
        is_valid=bool(found) and validity.is_valid(found) and decision.status == "passed",
        may_act=plan is not None
        and decision.status in ("proposed", "passed")
        and scope.can(by, CALL, decision.division_code),
        next_step=next((one.kind for one in steps if one.state != "done"), "") if plan else "",
    )


def _step_views(
    decision: Decision, plan: DecisionPlan | None, found: Iterable[Check]
) -> tuple[StepView, ...]:
    frame = statutes.frame()
    stored = {
        one.step_kind: one
        for one in DecisionStep.objects.filter(decision=decision).select_related("meeting")
    }
    if plan is None:
        wanted: tuple[str, ...] = tuple(kind for kind in frame.steps if kind in stored)
        facts = None
    else:
        facts = facts_of(decision, plan)
        wanted = steps_wanted(decision, plan)
    views = []
    for kind in wanted:
        one = stored.get(kind)
        body = body_of(frame.steps[kind], facts) if facts else ""
        meeting = one.meeting if one else None
        views.append(
            StepView(
                kind=kind,
                title=frame.steps[kind].title,
                body=frame.bodies[body].title if body else "",
                state=_state(one),
                meeting_ext_id=meeting.ext_id if meeting else "",
                held=(facts.steps.get(kind) if facts else held(one, decision) if one else None)
                or Held(kind),
                checks=tuple(check for check in found if check.step == kind),
            )
        )
    return tuple(views)


def is_done(step: DecisionStep | None) -> bool:
    """Return whether a step is over: counted, published, or held without a meeting of ours."""
    if step is None:
        return False
    is_told = step.agree_count is not None or step.publicity_start_at is not None
    return is_told or (step.meeting_id is None and step.held_at is not None)


def _state(step: DecisionStep | None) -> str:
    if step is None:
        return "waiting"
    return "done" if is_done(step) else "open"


@dataclass(frozen=True)
class Due:
    """Somebody due at a meeting; `attendance` is None while he has not signed."""

    person_ext_id: str
    name: str
    household_ext_id: str
    signed: str
    signed_at: datetime | None
    is_aside: bool


def due_people(meeting: Meeting, *, words: str = "") -> QuerySet[Person]:
    """Return who is due at a meeting, by name; the caller holds the meeting's door."""
    people = electorate_of(meeting).people.select_related("household")
    if words.strip():
        people = people.filter(name__contains=words.strip()[:30])
    return people.order_by("name", "pk")


def due_rows(meeting: Meeting, people: Iterable[Person]) -> list[Due]:
    """Return the lines of the roll for these people."""
    listed = list(people)
    keys = [one.pk for one in listed]
    signed = {
        one.person_id: one
        for one in Attendance.objects.filter(meeting=meeting, person_id__in=keys).select_related(
            "proxy"
        )
    }
    aside: set[int] = set()
    for step in DecisionStep.objects.filter(meeting=meeting).select_related("decision"):
        aside |= aside_ids(step.decision)
    found = []
    for one in listed:
        sign = signed.get(one.pk)
        said = ""
        if sign is not None:
            said = Presence(sign.presence).label
            said += f"（{sign.proxy.name}代）" if sign.proxy else ""
        home = one.household
        found.append(
            Due(
                person_ext_id=one.ext_id,
                name=one.name,
                household_ext_id=home.ext_id if home else "",
                signed=said,
                signed_at=sign.signed_at if sign else None,
                is_aside=one.pk in aside,
            )
        )
    return found


def meeting_steps(meeting: Meeting) -> list[DecisionStep]:
    """Return the steps that a meeting serves, with their decisions."""
    rows = DecisionStep.objects.filter(meeting=meeting).select_related("decision")
    return list(rows.order_by("step_no"))


def open_meeting(ext_id: str) -> Meeting:
    """Return a meeting whose roll is open, for its sign-in page. Raises: NotFound otherwise."""
    found = Meeting.objects.filter(
        Q(counted_at__isnull=True), ext_id=ext_id, opened_at__isnull=False
    ).first()
    if found is None:
        raise NotFound
    return found


def meetings_to_come(division_code: str, at: datetime) -> list[Meeting]:
    """Return a village's meetings that are called and not held, the next first."""
    rows = Meeting.objects.filter(division_code=division_code, held_at__gt=at)
    return list(rows.filter(counted_at__isnull=True).order_by("held_at", "pk"))


@dataclass(frozen=True)
class Tally:
    """How many are due, came, stand aside among those who came, and may vote."""

    due: int
    came: int
    aside: int
    voters: int
    unknown_age: int


def tally(meeting: Meeting) -> Tally:
    """Return the counts of a meeting as its roll stands."""
    due = electorate_of(meeting)
    came = Attendance.objects.filter(meeting=meeting)
    aside: set[int] = set()
    for step in meeting_steps(meeting):
        aside |= aside_ids(step.decision)
    away = came.filter(person_id__in=aside).count()
    return Tally(due.count, came.count(), away, came.count() - away, due.unknown_age)


def body_words(code: str) -> str:
    """Return the title of a body, or its code when the table does not know it."""
    body = statutes.frame().bodies.get(code)
    return body.title if body else code


def body_title(decision: Decision) -> str:
    """Return the title of the body that decides."""
    return body_words(decision.deciding_body)


PRESENCES = tuple(Presence.choices)
