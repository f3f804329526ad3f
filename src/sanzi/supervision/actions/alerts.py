"""The disposal of alerts: take, ask, explain, rectify, feed back, verify, close, reopen, escalate.

Each step stands in the alert's history, in the log, and in the inbox of whose turn it is next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.supervision import known, queries, rules
from sanzi.supervision.actions import routing, telling
from sanzi.supervision.errors import (
    ClosedAlert,
    NotYourTurn,
    OnlyDiscipline,
    OnlyWarnSnoozes,
    ReasonTooShort,
    SameHandler,
    UnknownConclusion,
    WrongState,
)
from sanzi.supervision.models import Alert, AlertState, Disposal

SNOOZE_MAX: Final = timedelta(days=30)
REOPEN_WITHIN: Final = timedelta(days=365)
OPEN_STATES: Final = (AlertState.NEW, AlertState.PENDING)
IN_HAND: Final = (
    AlertState.PENDING,
    AlertState.EXPLAINING,
    AlertState.RECTIFYING,
)
HANDLE, VERIFY, RED_LINE = "supervision.handle", "supervision.verify", "supervision.red_line"


@dataclass(frozen=True)
class Step:
    """One step of a disposal: its name in the history and in Chinese, what is said and kept."""

    action: str
    title: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def take(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take an alert in hand.

    Raises: NotFound, WrongState, NotYourTurn.
    """
    alert = _locked(ext_id, by)
    step = Step("taken", "接办")
    _need_state(alert, OPEN_STATES, step)
    if not routing.may_handle(by, alert):
        raise NotYourTurn(whose=_role_title(alert.route_role))
    if alert.handler_id not in (None, by.user_id):
        raise NotYourTurn(whose=alert.handler_name)
    alert.state = AlertState.PENDING
    alert.handler_id = by.user_id
    alert.handler_name = by.name
    _keep(alert, step, by, at)


@transaction.atomic
def ask_explanation(*, ext_id: str, question: str, by: Actor, at: datetime) -> None:
    """Ask the village to explain.

    Raises: NotFound, WrongState, NotYourTurn, ReasonTooShort, ClosedAlert.
    """
    alert = _in_hand(ext_id, by, Step("asked", "要求说明", _said(question)))
    if known.model_of(alert.model_code).is_closed:
        raise ClosedAlert
    alert.state = AlertState.EXPLAINING
    _keep(alert, Step("asked", "要求说明", _said(question)), by, at)
    day = clock.local_date(at)
    users = [
        one.user_id
        for role in ("village_secretary", "cashier_reporter")
        for one in orgs.holders(role, alert.division_code, day)
        if one.user_id is not None
    ]
    telling.tell(alert=alert, user_ids=users, template="alert_asked", at=at, turn=_turn(alert))


@transaction.atomic
def explain(*, ext_id: str, text: str, by: Actor, at: datetime) -> None:
    """Give the explanation asked for, on behalf of the village.

    Raises: NotFound, WrongState, ReasonTooShort.
    """
    alert = _locked(ext_id, by, HANDLE)
    step = Step("explained", "说明", _said(text))
    _need_state(alert, (AlertState.EXPLAINING,), step)
    alert.state = AlertState.PENDING
    _keep(alert, step, by, at)
    _tell_handler(alert, "alert_explained", at)


@transaction.atomic
def rectify(
    *, ext_id: str, plan: str, amount_fen: int, finish_date: str, by: Actor, at: datetime
) -> None:
    """Admit the fact and say what will be put right, how much, by when.

    Raises: NotFound, WrongState, NotYourTurn, ReasonTooShort.
    """
    data = {"amount_fen": amount_fen, "finish_date": finish_date}
    step = Step("rectifying", "整改", _said(plan), data)
    alert = _in_hand(ext_id, by, step)
    alert.state = AlertState.RECTIFYING
    _keep(alert, step, by, at)


@transaction.atomic
def feed_back(*, ext_id: str, text: str, data: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Hand in what was found and done; the verifier is next.

    Shapes: `data` may hold cause, action, amount_involved_fen, money_back_fen.
    Raises: NotFound, WrongState, NotYourTurn, ReasonTooShort.
    """
    step = Step("fed_back", "反馈", _said(text), data)
    alert = _in_hand(ext_id, by, step)
    alert.state = AlertState.VERIFYING
    _keep(alert, step, by, at)


@transaction.atomic
def conclude(*, ext_id: str, conclusion: str, text: str, by: Actor, at: datetime) -> None:
    """Say what the alert was; the verifier is next.

    Raises: NotFound, WrongState, NotYourTurn, UnknownConclusion, OnlyDiscipline, ReasonTooShort.
    """
    step = Step("concluded", "定结论", _said(text), {"conclusion": conclusion})
    alert = _in_hand(ext_id, by, step, also=(AlertState.VERIFYING,))
    if conclusion not in rules.CONCLUSIONS:
        raise UnknownConclusion(conclusion=conclusion)
    is_red = alert.severity == "block" and conclusion == "false_positive"
    if is_red and not scope.can(by, RED_LINE, alert.division_code):
        raise OnlyDiscipline
    alert.conclusion = conclusion
    alert.state = AlertState.VERIFYING
    _keep(alert, step, by, at)


@transaction.atomic
def verify(*, ext_id: str, agrees: bool, text: str, by: Actor, at: datetime) -> None:
    """Check what the handler did: agree and close, or send it back.

    Raises: NotFound (no such right there), WrongState, SameHandler, ReasonTooShort.
    """
    alert = _locked(ext_id, by, VERIFY)
    step = Step("verified" if agrees else "sent_back", "复核", _said(text))
    _need_state(alert, (AlertState.VERIFYING,), step)
    if by.user_id == alert.handler_id:
        raise SameHandler
    if agrees and not alert.conclusion:
        raise WrongState(state="没有结论", action="复核通过")
    if agrees:
        alert.state = AlertState.DISPOSED
        alert.verified_by_id = by.user_id
        alert.disposed_at = at
    else:
        alert.state = AlertState.PENDING
        alert.conclusion = ""
        alert.reopened_count += 1
    _keep(alert, step, by, at)
    _tell_handler(alert, "alert_closed" if agrees else "alert_sent_back", at)


def close(*, ext_id: str, text: str, by: Actor, at: datetime) -> None:
    """Close an alert that has its conclusion: the verifier's agreement.

    Raises: as `verify`.
    """
    verify(ext_id=ext_id, agrees=True, text=text, by=by, at=at)


@transaction.atomic
def reopen(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Open a disposed alert again, within a year.

    Raises: NotFound, WrongState, ReasonTooShort.
    """
    alert = _locked(ext_id, by, VERIFY)
    step = Step("reopened", "重新打开", _said(reason))
    _need_state(alert, (AlertState.DISPOSED,), step)
    if alert.disposed_at is not None and at - alert.disposed_at > REOPEN_WITHIN:
        raise WrongState(state="已处置满一年", action=step.title)
    alert.state = AlertState.PENDING
    alert.conclusion = ""
    alert.disposed_at = None
    alert.verified_by_id = None
    alert.reopened_count += 1
    sign = routing.signs_of(alert)[alert.route_step]
    alert.due_at = orgs.calendar().add_workdays(at, sign.days)
    _keep(alert, step, by, at)
    _tell_handler(alert, "alert_reopened", at)


@transaction.atomic
def snooze(*, ext_id: str, until: datetime, reason: str, by: Actor, at: datetime) -> None:
    """Let a warning wait, at most 30 days.

    Raises: NotFound, WrongState, NotYourTurn, OnlyWarnSnoozes, ReasonTooShort.
    """
    step = Step("snoozed", "往后放", _said(reason), {"until": until.isoformat()})
    alert = _in_hand(ext_id, by, step)
    if alert.severity != "warn" or not at < until <= at + SNOOZE_MAX:
        raise OnlyWarnSnoozes
    alert.snoozed_until = until
    _keep(alert, step, by, at)


def escalate_overdue(at: datetime) -> int:
    """Send overdue alerts one step up their route, at last to the county; return how many.

    Safe to repeat: a step up moves the limit. At the last step the limit moves and is told.
    """
    due = Alert.objects.exclude(state__in=[AlertState.DISPOSED, AlertState.SUSPENDED]).filter(
        due_at__lt=at
    )
    count = 0
    for ext_id in list(due.order_by("id").values_list("ext_id", flat=True)):
        count += _escalate(ext_id, at)
    return count


@transaction.atomic
def _escalate(ext_id: str, at: datetime) -> int:
    alert = Alert.objects.select_for_update().get(ext_id=ext_id)
    waits = alert.snoozed_until is not None and alert.snoozed_until > at
    if alert.due_at >= at or waits or alert.state == AlertState.DISPOSED:
        return 0
    route = routing.signs_of(alert)
    is_last = alert.route_step >= len(route) - 1
    target = routing.choose(
        route,
        village_id=alert.division_code,
        conflicted=routing.with_kin(alert.subject_person_ext_ids),
        at=at,
        from_step=min(alert.route_step + 1, len(route) - 1),
    )
    late_from = {"role": alert.route_role, "due_at": alert.due_at.isoformat()}
    alert.due_at = orgs.calendar().add_workdays(at, target.days)
    if not is_last:
        alert.route_step = target.step
        alert.route_role = target.role
        alert.route_division = target.division_code
        alert.handler_id = None
        alert.handler_name = ""
        if alert.state != AlertState.NEW:
            alert.state = AlertState.PENDING
    alert.escalated_at = at
    step = Step("overdue" if is_last else "escalated", "升级", data=late_from)
    _keep(alert, step, SYSTEM, at)
    telling.tell(
        alert=alert,
        user_ids=target.user_ids,
        template="alert_escalated",
        at=at,
        turn=at.date().isoformat(),
    )
    return 1


def _locked(ext_id: str, by: Actor, permission: str = HANDLE) -> Alert:
    """Return the alert under lock, when the actor may see it and do this there."""
    seen = queries.access_alert(by=by, ext_id=ext_id)
    scope.require(by, permission, seen.division_code)
    return Alert.objects.select_for_update().get(pk=seen.pk)


def _in_hand(ext_id: str, by: Actor, step: Step, also: tuple[AlertState, ...] = ()) -> Alert:
    alert = _locked(ext_id, by)
    _need_state(alert, (*IN_HAND, *also), step)
    if alert.handler_id != by.user_id:
        raise NotYourTurn(whose=alert.handler_name or _role_title(alert.route_role))
    return alert


def _need_state(alert: Alert, allowed: tuple[AlertState, ...], step: Step) -> None:
    if alert.state not in allowed:
        raise WrongState(state=AlertState(alert.state).label, action=step.title)


def _said(text: str) -> str:
    said = text.strip()
    if len(said) < rules.REASON_LEAST:
        raise ReasonTooShort(count=len(said), least=rules.REASON_LEAST)
    return said[:1000]


def _keep(alert: Alert, step: Step, by: Actor, at: datetime) -> None:
    before = Alert.objects.values("state", "route_role", "conclusion").get(pk=alert.pk)
    alert.save(
        update_fields=[
            "state", "handler_id", "handler_name", "conclusion", "verified_by_id", "disposed_at",
            "reopened_count", "due_at", "snoozed_until", "escalated_at", "route_step",
            "route_role", "route_division",
        ]
    )  # fmt: skip
    Disposal.objects.create(
        alert=alert,
        at=at,
        actor_id=by.user_id,
        actor_name=by.name,
        action=step.action,
        text=step.text,
        data=dict(step.data),
    )
    audit.write(
        chain=known.chain_of(alert.model_code, alert.org_ext_id),
        kind=f"supervision.alert.{step.action}",
        by=by,
        at=at,
        subject=("alert", alert.ext_id),
        before=before,
        after={
            "state": str(alert.state),
            "route_role": alert.route_role,
            "conclusion": alert.conclusion,
        },
    )


def _tell_handler(alert: Alert, template: str, at: datetime) -> None:
    if alert.handler_id is not None:
        telling.tell(
            alert=alert, user_ids=[alert.handler_id], template=template, at=at, turn=_turn(alert)
        )


def _turn(alert: Alert) -> str:
    return str(alert.disposals.count())


def _role_title(role_code: str) -> str:
    from sanzi.orgs.roles import roles

    found = roles().get(role_code)
    return found.title if found else role_code
