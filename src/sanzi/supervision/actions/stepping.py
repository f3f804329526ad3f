"""What every step of a disposal shares: the door, the lock, the limit, the history and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sanzi.audit import actions as audit
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import known, queries, rules
from sanzi.supervision.actions import routing, telling
from sanzi.supervision.errors import KinStandsAside, NotYourTurn, ReasonTooShort, WrongState
from sanzi.supervision.models import Alert, AlertState, Disposal

OPEN_STATES: Final = (AlertState.NEW, AlertState.PENDING)
IN_HAND: Final = (AlertState.PENDING, AlertState.EXPLAINING, AlertState.RECTIFYING)
HANDLE, VERIFY, RED_LINE = "supervision.handle", "supervision.verify", "supervision.red_line"
EXTEND: Final = "supervision.extend"


@dataclass(frozen=True)
class Step:
    """One step of a disposal: its name in the history and in Chinese, what is said and kept."""

    action: str
    title: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def locked(ext_id: str, by: Actor, permission: str = HANDLE) -> Alert:
    """Return the alert under lock, when the actor may see it, do this there, and is no kin in it.

    Raises: NotFound, KinStandsAside.
    """
    seen = queries.access_alert(by=by, ext_id=ext_id)
    scope.require(by, permission, seen.division_code)
    if by.person_ext_id and by.person_ext_id in routing.with_kin(seen.subject_person_ext_ids):
        raise KinStandsAside
    return Alert.objects.select_for_update().get(pk=seen.pk)


def in_hand(ext_id: str, by: Actor, step: Step, also: tuple[AlertState, ...] = ()) -> Alert:
    """Return the alert under lock, when it is in the actor's own hands.

    Raises: NotFound, KinStandsAside, WrongState, NotYourTurn.
    """
    alert = locked(ext_id, by)
    need_state(alert, (*IN_HAND, *also), step)
    if alert.handler_id != by.user_id:
        raise NotYourTurn(whose=alert.handler_name or role_title(alert.route_role))
    return alert


def need_state(alert: Alert, allowed: tuple[AlertState, ...], step: Step) -> None:
    """Refuse a step that the loop does not allow now. Raises: WrongState."""
    if alert.state not in allowed:
        raise WrongState(state=AlertState(alert.state).label, action=step.title)


def said(text: str) -> str:
    """Return what was said, when it says enough. Raises: ReasonTooShort."""
    words = text.strip()
    if len(words) < rules.REASON_LEAST:
        raise ReasonTooShort(count=len(words), least=rules.REASON_LEAST)
    return words[:1000]


def set_limit(alert: Alert, at: datetime, days: int) -> None:
    """Begin a limit of work days; it is provisional while a year it runs into is unannounced."""
    calendar = orgs.calendar()
    alert.limit_began_at = at
    alert.limit_days = days
    alert.due_at = calendar.add_workdays(at, days)
    alert.is_limit_provisional = calendar.is_provisional(at, alert.due_at)
    alert.reminded_at = None


def keep(alert: Alert, step: Step, by: Actor, at: datetime) -> None:
    """Save the alert, and write the step into its history and into the log."""
    before = Alert.objects.values("state", "route_role", "conclusion").get(pk=alert.pk)
    alert.save()
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


def turn(alert: Alert) -> str:
    """Return what tells this step's notices from those of other steps."""
    return str(alert.disposals.count())


def tell_handler(alert: Alert, template: str, at: datetime) -> None:
    """Tell the handler, when there is one."""
    if alert.handler_id is not None:
        telling.tell(
            alert=alert, user_ids=[alert.handler_id], template=template, at=at, turn=turn(alert)
        )
