"""What cases of a decision (M01, M03) do: plan it, call and judge its meetings, show, rate.

Meetings themselves are held on their own pages: notice, roll, count, minutes. A step of the case
ends when the meeting it stands for is over and holds by the statute table.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sanzi.kernel import clock
from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_errors, registry, statutes
from sanzi.matters.actions import decisions, meetings
from sanzi.matters.decision_facts import OK, Facts, required_steps
from sanzi.matters.models import Case, Decision, DecisionRecusal, DecisionStep
from sanzi.orgs.errors import NotFound

RULES_MATTER = "M03"
RULES = {"subject": "village_rules", "procedure": "five_two", "body": "villager_meeting"}
"""What the law fixes for rules of a village. Source: LAW-VC 27."""
NEEDED = ("subject", "procedure", "body", "title", "plan_text")


def register() -> None:
    """Register with cases; called once from `apps.ready`."""
    registry.check("decisions.lawful", _lawful)
    for name, run in (
        ("plan", _plan), ("give_up", _give_up), ("met", _met), ("comment", _comment),
        ("call", _call), ("resolved", _resolved), ("show", _show), ("carried_out", _carried_out),
        ("show_result", _show_result), ("rate", _rate),
    ):  # fmt: skip
        registry.effect(f"decisions.{name}", run)
    registry.skips("decisions.unneeded", _unneeded)
    registry.sheet("decisions.votes", votes)
    frame = statutes.frame()
    for name, words in (
        ("decision_subjects", {one.code: one.title for one in frame.subjects.values()}),
        ("decision_procedures", {one.code: one.title for one in frame.procedures.values()}),
        ("decision_bodies", {one: frame.bodies[one].title for one in decisions.DECIDERS}),
    ):
        registry.choices(name, _offer(words))
    for matter in ("M01", RULES_MATTER):
        registry.panel(matter, _panel)


def _offer(words: dict[str, str]) -> registry.Choices:
    return lambda _organisation, _division: list(words.items())


def _wanted(turn: registry.Turn) -> dict[str, Any]:
    """Return the words of a plan from the form; rules of a village have theirs from the law."""
    form = dict(turn.form)
    return form | RULES if turn.matter_code == RULES_MATTER else form


def _plan_of(turn: registry.Turn) -> decisions.Plan:
    form = _wanted(turn)
    return decisions.Plan(
        organisation_ext_id=turn.organisation,
        title=form["title"],
        subject=form["subject"],
        procedure=form["procedure"],
        body=form["body"],
        plan_text=form["plan_text"],
        amount_fen=turn.amount_fen or None,
        risk_note=form.get("risk_note", ""),
        interested=tuple(
            (row.get("person", ""), row.get("reason", "")) for row in form.get("interested", ())
        ),
        case_number=turn.number,
        matter_code=turn.matter_code,
    )


def _lawful(turn: registry.Turn) -> None:
    """Say early what no meeting could make good; an unfinished form is not judged."""
    form = _wanted(turn)
    if all(form.get(one) for one in NEEDED):
        decisions.require_plan(plan=_plan_of(turn), division_code=turn.division_code, at=turn.at)


def _plan(turn: registry.Turn) -> None:
    made = decisions.plan(plan=_plan_of(turn), by=turn.by, at=turn.at)
    Case.objects.filter(number=turn.number).update(decision_ext_id=made)


def _unneeded(turn: registry.Turn) -> Collection[str]:
    """Return the steps that this procedure, body and matter do not have."""
    form = _wanted(turn)
    facts = Facts(
        place=turn.division_code,
        procedure=form["procedure"],
        body=form["body"],
        subject=form["subject"],
        amount_fen=turn.amount_fen or None,
        has_risk_note=bool(form.get("risk_note")),
        is_concurrent=False,
    )
    frame = statutes.frame()
    rows = queries.rows_on(facts.place, clock.local_date(turn.at))
    return set(frame.steps) - set(required_steps(facts, frame, rows))


def of_case(number: str) -> Decision:
    """Return the decision that a case planned. Raises: NotFound."""
    found = Decision.objects.filter(plan__case_number=number).first()
    if found is None:
        raise NotFound
    return found


def _step(decision: Decision, kind: str) -> DecisionStep | None:
    return DecisionStep.objects.filter(decision=decision, step_kind=kind).first()


def _met(turn: registry.Turn) -> None:
    """Let the step end when its meeting was counted. Raises: MeetingNotHeld."""
    if not queries.is_done(_step(of_case(turn.number), turn.step_key)):
        raise meeting_errors.MeetingNotHeld(step=statutes.frame().steps[turn.step_key].title)


def _comment(turn: registry.Turn) -> None:
    _publish(turn, "comment")


def _show(turn: registry.Turn) -> None:
    _publish(turn, "resolution_notice")


def _show_result(turn: registry.Turn) -> None:
    _publish(turn, "result_notice")


def _publish(turn: registry.Turn, step: str) -> None:
    """Put it up; what was put up on the decision's own page stays as it is."""
    decision = of_case(turn.number)
    if not queries.is_done(_step(decision, step)):
        decisions.publish(
            ext_id=decision.ext_id, step=step, until_date=turn.entry["until"],
            by=turn.by, at=turn.at,
        )  # fmt: skip


def _call(turn: registry.Turn) -> None:
    """Give notice of the vote."""
    entry = turn.entry
    meetings.call(
        call=meetings.Call(
            decision_ext_id=of_case(turn.number).ext_id,
            step="resolution",
            held_at=entry["held_at"],
            place=entry.get("place", ""),
            chair=entry.get("chair", ""),
            recorder=entry.get("recorder", ""),
            watcher=entry.get("watcher", ""),
            has_papers=entry.get("has_papers", False),
        ),
        by=turn.by,
        at=turn.at,
    )


def _resolved(turn: registry.Turn) -> None:
    """Let the step end when the vote stands and its minutes are kept.

    Raises: MeetingNotHeld, VoteFails naming the article, MinutesMissing.
    """
    decision = of_case(turn.number)
    _met(turn)
    if decision.status != "passed":
        raise meeting_errors.VoteFails(title=decision.title, article=_fault(decision))
    if not decision.file_digest:
        raise meeting_errors.MinutesMissing


def _fault(decision: Decision) -> str:
    """Return the first article that the vote does not meet."""
    found = [
        one for one in queries.checks_of(decision)
        if one.state != OK and one.step == "resolution" and one.row != "minutes"
    ]  # fmt: skip
    found = found or [one for one in queries.checks_of(decision) if one.state == "fail"]
    return found[0].text if found else queries.STATUSES.get(decision.status, decision.status)


def _carried_out(turn: registry.Turn) -> None:
    decision = of_case(turn.number)
    if not queries.is_done(_step(decision, "implementation")):
        decisions.carry_out(ext_id=decision.ext_id, step="implementation", by=turn.by, at=turn.at)


def _rate(turn: registry.Turn) -> None:
    decision = of_case(turn.number)
    if not queries.is_done(_step(decision, "evaluation")):
        decisions.evaluate(
            ext_id=decision.ext_id, score=turn.entry["score"],
            comments=turn.entry.get("comments", ""), by=turn.by, at=turn.at,
        )  # fmt: skip


def _give_up(turn: registry.Turn) -> None:
    """Give the decision of a withdrawn or rejected case up; no case may stand on it."""
    decision = Decision.objects.filter(plan__case_number=turn.number).first()
    if decision is not None and decision.status in ("proposed", "passed"):
        decisions.give_up(decision=decision, reason="办件没有办成", by=turn.by, at=turn.at)


def votes(number: str) -> registry.PublicRows:
    """Return the counts of every meeting of a case's decision: no voter, no choice of anybody."""
    decision = of_case(number)
    rows = DecisionStep.objects.filter(decision=decision, agree_count__isnull=False)
    aside = str(DecisionRecusal.objects.filter(decision=decision, is_recused=True).count())
    frame = statutes.frame()
    return registry.PublicRows(
        columns=("会议", "应到", "实到", "同意", "反对", "弃权", "回避"),
        rows=tuple(
            (
                frame.steps[one.step_kind].title, *(
                    str(count or 0) for count in (
                        one.eligible_count, one.present_count, one.agree_count,
                        one.against_count, one.abstain_count,
                    )
                ), aside,
            )
            for one in rows.order_by("step_no")
        ),
    )  # fmt: skip


def _panel(number: str) -> registry.Panel | None:
    decision = Decision.objects.filter(plan__case_number=number).first()
    if decision is None:
        return None
    checks = queries.checks_of(decision)
    open_ = (
        DecisionStep.objects.filter(decision=decision, meeting__counted_at=None)
        .exclude(meeting=None)
        .select_related("meeting")
        .first()
    )
    return registry.Panel(
        "office/panels/decision.html",
        {
            "decision": decision,
            "status": queries.STATUSES[decision.status],
            "meeting": open_.meeting if open_ else None,
            "checks": [(one.state, one.text) for one in checks if one.state != OK][:5],
        },
    )
