"""Minutes and resolution as one paper: who came, how they voted, which articles hold."""

from __future__ import annotations

from typing import Any

from sanzi.kernel import clock, money, papers
from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_errors as errors
from sanzi.matters import statutes
from sanzi.matters.models import Attendance, Decision, DecisionStep, Meeting, Presence
from sanzi.orgs.actors import Actor

STATES = {"ok": "合", "fail": "不合", "wait": "待办"}


def minutes(*, by: Actor, ext_id: str) -> bytes:
    """Return the minutes of a counted meeting as PDF. Raises: NotFound, RollNotOpen."""
    meeting = queries.access_meeting(by=by, ext_id=ext_id)
    steps = queries.meeting_steps(meeting)
    if meeting.counted_at is None or not steps:
        raise errors.RollNotOpen(why="票还没有点，记录还不能印")
    return papers.pdf("minutes", data(meeting, steps[-1]))


def data(meeting: Meeting, step: DecisionStep) -> dict[str, Any]:
    """Return what the paper shows."""
    decision = step.decision
    plan = queries.plan_of(decision)
    kind = statutes.frame().steps[step.step_kind]
    is_vote = step.step_kind == "resolution"
    return {
        "title": f"{queries.body_words(meeting.body)}{'决议' if is_vote else '会议记录'}",
        "number": decision.ext_id,
        "subject": decision.title,
        "rows": _rows(meeting, step, decision),
        "plan": plan.plan_text if plan else "",
        "outcome": _outcome(decision, step),
        "checks": [
            [STATES[one.state], one.source, one.sentence]
            for one in queries.checks_of(decision)
            if one.step == step.step_kind
        ],
        "aside": [
            f"{one.person.name}（{one.reason}）"
            for one in decision.recusals.select_related("person").order_by("pk")
            if one.is_recused
        ],
        "people": [
            one.person.name
            + ("" if one.presence == Presence.ROOM else f"（{Presence(one.presence).label}）")
            for one in Attendance.objects.filter(meeting=meeting)
            .select_related("person")
            .order_by("person__name", "pk")
        ],
        "step": kind.title,
    }


def _rows(meeting: Meeting, step: DecisionStep, decision: Decision) -> list[list[str]]:
    rows = [
        ["组织", decision.organisation.name],
        ["时间", clock.minute_text(meeting.held_at)],
        ["地点", meeting.place],
        ["主持", meeting.chair.name if meeting.chair else ""],
        ["记录", meeting.recorder.name if meeting.recorder else ""],
        ["监督", meeting.watcher.name if meeting.watcher else ""],
        ["应到和实到", f"应到{step.eligible_count}人，到了{step.present_count}人"],
    ]
    if decision.amount_fen is not None:
        rows.append(["金额", f"{money.format_yuan(decision.amount_fen)}元"])
    return rows


def _outcome(decision: Decision, step: DecisionStep) -> str:
    against, abstain = step.against_count or 0, step.abstain_count or 0
    votes = f"同意{step.agree_count}票，反对{against}票，弃权{abstain}票"
    if step.step_kind != "resolution":
        return f"{votes}。"
    words = queries.STATUSES.get(decision.status, decision.status)
    return f"{votes}。“{decision.title}”{words}。"
