"""Decisions: plan one, name who stands aside, publish, carry out, rate, revoke."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_errors as errors
from sanzi.matters import statutes, validity
from sanzi.matters.decision_facts import FAIL, Facts
from sanzi.matters.models import (
    Decision,
    DecisionPlan,
    DecisionRecusal,
    DecisionStep,
)
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

TITLE_MAX = 60
TEXT_MAX = 4000
AMOUNT_MAX_FEN = 100_000_000_000_00
PUBLICITY_DAYS_MAX = 366
PUBLISHED = ("comment", "resolution_notice", "result_notice")
DONE_BY_WORD = ("implementation", "evaluation")
SCORE_MAX = 100
KIN_REASON = "利害关系人的近亲属"


@dataclass(frozen=True)
class Plan:
    """What is to be decided and how. Units: fen; None when no money is decided.

    Shapes: `subject`, `procedure` and `body` are words of the statute table; `interested` are
        (ext id of a person, reason): they and their statutory kin stand aside.
    """

    organisation_ext_id: str
    title: str
    subject: str
    procedure: str
    body: str
    plan_text: str
    amount_fen: int | None = None
    risk_note: str = ""
    interested: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    case_number: str = ""
    matter_code: str = "M01"


def plan(*, plan: Plan, by: Actor, at: datetime) -> str:
    """Plan a decision; return its id.

    A body that may not decide this matter or this sum is refused here already, with the article.
    Raises: NotFound, BadDecision, LawForbids.
    """
    with transaction.atomic():
        body = orgs.access_organisation(
            by=by, ext_id=plan.organisation_ext_id, permission=queries.CALL
        )
        is_concurrent = require_plan(plan=plan, division_code=body.division_id, at=at)
        people = _people(plan, body.division_id)
        made = Decision.objects.create(
            ext_id=ids.new_id("D", at),
            organisation=body,
            division_code=body.division_id,
            matter_code=plan.matter_code,
            title=plan.title.strip(),
            procedure=plan.procedure,
            deciding_body=plan.body,
            amount_fen=plan.amount_fen,
            status="proposed",
        )
        DecisionPlan.objects.create(
            decision=made,
            subject=plan.subject,
            plan_text=plan.plan_text.strip(),
            risk_note=plan.risk_note.strip(),
            is_concurrent=is_concurrent,
            case_number=plan.case_number,
            started_by_id=by.person_id,
            created_at=at,
        )
        for person, reason in people:
            _stand_aside(made, person, reason, at)
        audit.write(
            chain=body.ext_id,
            kind="matters.decision.planned",
            by=by,
            at=at,
            subject=("decision", made.ext_id),
            after={
                "title": made.title,
                "subject": plan.subject,
                "procedure": plan.procedure,
                "body": plan.body,
                "amount_fen": plan.amount_fen,
                "interested": [person.ext_id for person, _ in people],
            },
        )
    return made.ext_id


def require_plan(*, plan: Plan, division_code: str, at: datetime) -> bool:
    """Refuse a plan that no meeting could make good; return whether posts are in one hand.

    Raises: BadDecision, LawForbids.
    """
    _check(plan)
    _people(plan, division_code)
    is_concurrent = _is_concurrent(division_code, clock.local_date(at))
    facts = Facts(
        place=division_code,
        procedure=plan.procedure,
        body=plan.body,
        subject=plan.subject,
        amount_fen=plan.amount_fen,
        has_risk_note=bool(plan.risk_note.strip()),
        is_concurrent=is_concurrent,
    )
    _require_lawful(facts, clock.local_date(at))
    return is_concurrent


def _check(plan: Plan) -> None:
    frame = statutes.frame()
    for is_bad, what in (
        (not plan.title.strip(), "议题没有写"),
        (len(plan.title) > TITLE_MAX, f"议题最多{TITLE_MAX}个字"),
        (not plan.plan_text.strip(), "方案没有写"),
        (len(plan.plan_text) > TEXT_MAX, f"方案最多{TEXT_MAX}个字"),
        (len(plan.risk_note) > TEXT_MAX, f"风险说明最多{TEXT_MAX}个字"),
        (plan.subject not in frame.subjects, "议的是哪一类事没有选对"),
        (plan.procedure not in frame.procedures, "程序没有选对"),
        (plan.body not in DECIDERS, "由谁表决没有选对"),
        (
            plan.amount_fen is not None and not 0 < plan.amount_fen <= AMOUNT_MAX_FEN,
            "金额要大于0，也不能大得没有边",
        ),
    ):
        if is_bad:
            raise errors.BadDecision(what=what)
    alone = {"member_meeting": "member_meeting", "member_delegates": "member_delegates"}
    if alone.get(plan.procedure, plan.body) != plan.body:
        body = frame.bodies[alone[plan.procedure]].title
        raise errors.BadDecision(what=f"{frame.procedures[plan.procedure].title}只能由{body}表决")
    if plan.procedure == "committee" and plan.body not in ("joint", "council"):
        raise errors.BadDecision(what="联席会议程序只能由村务联席会议或理事会表决")


DECIDERS = (
    "villager_meeting",
    "villager_reps",
    "member_meeting",
    "member_delegates",
    "council",
    "joint",
)


def _require_lawful(facts: Facts, on: date) -> None:
    """Refuse what no meeting could make good. Raises: LawForbids."""
    found = validity.checks(facts, statutes.frame(), queries.rows_on(facts.place, on))
    for one in found:
        if one.state == FAIL:
            raise errors.LawForbids(article=one.source, why=one.sentence)


def _is_concurrent(division_code: str, on: date) -> bool:
    """Return whether the secretary also heads the committee or the collective."""
    heads = {"coop_director", "committee_head"}
    return any(
        post.role_code in heads
        for one in orgs.holders("village_secretary", division_code, on)
        for post in orgs.posts_of(one.person_id, on)
    )


def _people(plan: Plan, division_code: str) -> list[tuple[Person, str]]:
    found = []
    for ext_id, reason in plan.interested:
        person = Person.objects.filter(ext_id=ext_id, division_id=division_code).first()
        if person is None:
            raise errors.BadDecision(what="利害关系人要从本村的人里选")
        if not reason.strip():
            raise errors.BadDecision(what=f"{person.name}有什么利害关系没有写")
        found.append((person, reason.strip()[:120]))
    return found


def _stand_aside(decision: Decision, person: Person, reason: str, at: datetime) -> None:
    """Note a person and his statutory kin as standing aside; who is noted already stays."""
    rows = [(person.pk, reason)]
    rows += [(kin, KIN_REASON) for kin in sorted(orgs.kin_ids(person.pk))]
    known = set(
        DecisionRecusal.objects.filter(decision=decision).values_list("person_id", flat=True)
    )
    DecisionRecusal.objects.bulk_create(
        DecisionRecusal(decision=decision, person_id=pk, reason=why, noted_at=at)
        for pk, why in rows
        if pk not in known
    )


def lock_decision(ext_id: str, by: Actor) -> Decision:
    """Return a planned decision that the actor may take further, locked.

    Raises: NotFound, for absent, out of scope and imported alike.
    """
    found = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id, plan__isnull=False)
        .first()
    )
    if found is None:
        raise NotFound
    scope.require(by, queries.CALL, found.division_code)
    return found


def require_proposed(decision: Decision) -> None:
    """Refuse when the decision has its outcome. Raises: DecisionOver."""
    if decision.status != "proposed":
        raise errors.DecisionOver(
            title=decision.title, outcome=queries.STATUSES.get(decision.status, decision.status)
        )


def stand_aside(*, ext_id: str, person_ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Note somebody with an interest, and his kin; they do not vote.

    Raises: NotFound, DecisionOver, BadDecision.
    """
    with transaction.atomic():
        decision = lock_decision(ext_id, by)
        require_proposed(decision)
        person = Person.objects.filter(
            ext_id=person_ext_id, division_id=decision.division_code
        ).first()
        if person is None:
            raise errors.BadDecision(what="利害关系人要从本村的人里选")
        if not reason.strip():
            raise errors.BadDecision(what=f"{person.name}有什么利害关系没有写")
        _stand_aside(decision, person, reason.strip()[:120], at)
        _tell(decision, "matters.decision.recused", by, at, {"person": person.ext_id})


def publish(*, ext_id: str, step: str, until_date: date, by: Actor, at: datetime) -> None:
    """Put a plan, a resolution or a result up from now until the end of a day.

    Raises: NotFound, StepNotThere, StepDone, StepOutOfOrder, PublicityDays, LawForbids when the
        days are too few.
    """
    with transaction.atomic():
        decision = lock_decision(ext_id, by)
        if step not in PUBLISHED:
            raise errors.StepNotThere(procedure=_procedure(decision), step=_title(step))
        require_next(decision, step)
        ends_at = datetime.combine(until_date, time(23, 59), clock.SHANGHAI)
        if not timedelta(0) < ends_at - at <= timedelta(days=PUBLICITY_DAYS_MAX):
            raise errors.PublicityDays
        made = DecisionStep.objects.create(
            decision=decision,
            step_no=number_of(decision, step),
            step_kind=step,
            publicity_start_at=at,
            publicity_end_at=ends_at,
        )
        _require_long_enough(decision, step)
        _tell(
            decision,
            "matters.decision.published",
            by,
            at,
            {"step": step, "until": until_date.isoformat(), "no": made.step_no},
        )


def _require_long_enough(decision: Decision, step: str) -> None:
    days = {"comment": "comment_days", "resolution_notice": "resolution_days"}
    rules = {days.get(step, "result_days")}
    rows = {row.id for row in statutes.table() if row.rule in rules}
    for one in queries.checks_of(decision):
        if one.step == step and one.state == FAIL and one.row in rows:
            raise errors.LawForbids(article=one.source, why=one.sentence)


def carry_out(*, ext_id: str, step: str, by: Actor, at: datetime) -> None:
    """Note that the decision was carried out.

    Raises: NotFound, StepNotThere, StepDone, StepOutOfOrder.
    """
    with transaction.atomic():
        decision = lock_decision(ext_id, by)
        if step != "implementation":
            raise errors.StepNotThere(procedure=_procedure(decision), step=_title(step))
        require_next(decision, step)
        DecisionStep.objects.create(
            decision=decision, step_no=number_of(decision, step), step_kind=step, held_at=at
        )
        _tell(decision, "matters.decision.carried_out", by, at, {"step": step})


def evaluate(*, ext_id: str, score: int, comments: str, by: Actor, at: datetime) -> None:
    """Keep what villagers say of a decision after it was carried out: 0 to 100 and words.

    Raises: NotFound, BadDecision, StepNotThere, StepDone, StepOutOfOrder.
    """
    with transaction.atomic():
        decision = lock_decision(ext_id, by)
        if not 0 <= score <= SCORE_MAX:
            raise errors.BadDecision(what="评议分是0到100的整数")
        if len(comments) > TEXT_MAX:
            raise errors.BadDecision(what=f"评议意见最多{TEXT_MAX}个字")
        require_next(decision, "evaluation")
        DecisionStep.objects.create(
            decision=decision,
            step_no=number_of(decision, "evaluation"),
            step_kind="evaluation",
            held_at=at,
        )
        DecisionPlan.objects.filter(decision=decision).update(
            score=score, comments=comments.strip()
        )
        _tell(decision, "matters.decision.evaluated", by, at, {"score": score})


def revoke(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Give a decision up: no case may stand on it any more. What stood on it is not touched.

    Raises: NotFound, DecisionOver, BadDecision.
    """
    with transaction.atomic():
        decision = lock_decision(ext_id, by)
        if decision.status not in ("proposed", "passed"):
            require_proposed(decision)
        if not reason.strip():
            raise errors.BadDecision(what="撤销的原因没有写")
        give_up(decision=decision, reason=reason, by=by, at=at)


def give_up(*, decision: Decision, reason: str, by: Actor, at: datetime) -> None:
    """Revoke a decision inside the caller's transaction, who has made sure that it may be."""
    before = decision.status
    decision.status = "revoked"
    decision.save(update_fields=["status"])
    DecisionPlan.objects.filter(decision=decision).update(revoked_reason=reason.strip()[:200])
    _tell(decision, "matters.decision.revoked", by, at, {"before": before})


# --- the order of steps ---------------------------------------------------------------------------


def require_next(decision: Decision, step: str) -> None:
    """Refuse a step that is not there, was done, or comes before its turn.

    Raises: StepNotThere, StepDone, StepOutOfOrder, DecisionOver.
    """
    plan = DecisionPlan.objects.get(decision=decision)
    wanted = queries.steps_wanted(decision, plan)
    if step not in wanted:
        raise errors.StepNotThere(procedure=_procedure(decision), step=_title(step))
    views = {one.step_kind: one for one in DecisionStep.objects.filter(decision=decision)}
    if decision.status in ("rejected", "revoked"):
        require_proposed(decision)
    if queries.is_done(views.get(step)):
        raise errors.StepDone(step=_title(step))
    place = wanted.index(step)
    if place <= wanted.index("resolution"):
        require_proposed(decision)
    elif decision.status != "passed":
        require_outcome(decision, step)
    for before in wanted[:place]:
        if not queries.is_done(views.get(before)):
            raise errors.StepOutOfOrder(before=_title(before), step=_title(step))


def require_outcome(decision: Decision, step: str) -> None:
    """Refuse what comes after the vote while nothing was passed.

    Raises: StepOutOfOrder, DecisionOver.
    """
    if decision.status == "proposed":
        raise errors.StepOutOfOrder(before=_title("resolution"), step=_title(step))
    require_proposed(decision)


def number_of(decision: Decision, step: str) -> int:
    """Return the number of a step in the procedure of a decision, from 1."""
    plan = DecisionPlan.objects.get(decision=decision)
    return queries.steps_wanted(decision, plan).index(step) + 1


def _title(step: str) -> str:
    kind = statutes.frame().steps.get(step)
    return kind.title if kind else step[:20]


def _procedure(decision: Decision) -> str:
    kind = statutes.frame().procedures.get(decision.procedure)
    return kind.title if kind else decision.procedure


def _tell(decision: Decision, kind: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=decision.organisation.ext_id,
        kind=kind,
        by=by,
        at=at,
        subject=("decision", decision.ext_id),
        after=after,
    )
