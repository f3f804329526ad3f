"""Time limits of alerts: reminders, escalation, one extension, suspension, years not announced."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.supervision import loop_rules
from sanzi.supervision.actions import routing, telling
from sanzi.supervision.actions.stepping import (
    EXTEND,
    IN_HAND,
    Step,
    keep,
    locked,
    need_state,
    said,
    set_limit,
    tell_handler,
    turn,
)
from sanzi.supervision.errors import BadUntil, ExtendedOnce, ExtensionTooLong, UnknownGround
from sanzi.supervision.models import Alert, AlertState

STILL: Final = (AlertState.DISPOSED, AlertState.SUSPENDED)
LONGEST: Final = timedelta(days=90)


def escalate_overdue(at: datetime) -> int:
    """Send overdue alerts one step up their route, at last to the county; return how many.

    Safe to repeat: a step up moves the limit. At the last step the limit moves and is told.
    """
    due = Alert.objects.exclude(state__in=STILL).filter(due_at__lt=at)
    count = 0
    for ext_id in list(due.order_by("id").values_list("ext_id", flat=True)):
        count += _escalate(ext_id, at)
    return count


@transaction.atomic
def _escalate(ext_id: str, at: datetime) -> int:
    alert = Alert.objects.select_for_update().get(ext_id=ext_id)
    waits = alert.snoozed_until is not None and alert.snoozed_until > at
    if alert.due_at >= at or waits or alert.state in STILL:
        return 0
    route = routing.ladder_of(alert)
    # What waits for the verifier stays with its handler: it is not he who is late.
    stays = alert.route_step >= len(route) - 1 or alert.state == AlertState.VERIFYING
    target = routing.choose(
        route,
        village_id=alert.division_code,
        conflicted=routing.with_kin(alert.subject_person_ext_ids),
        at=at,
        from_step=min(alert.route_step + 1, len(route) - 1),
    )
    late_from = {"role": alert.route_role, "due_at": alert.due_at.isoformat()}
    _tell_whose_turn(alert, "alert_late", at)
    set_limit(alert, at, target.days)
    if not stays:
        alert.route_step = target.step
        alert.route_role = target.role
        alert.route_division = target.division_code
        alert.handler_id = None
        alert.handler_name = ""
        if alert.state != AlertState.NEW:
            alert.state = AlertState.PENDING
    alert.escalated_at = at
    keep(alert, Step("overdue" if stays else "escalated", "升级", data=late_from), SYSTEM, at)
    telling.tell(
        alert=alert,
        user_ids=target.user_ids,
        template="alert_escalated",
        at=at,
        turn=at.date().isoformat(),
    )
    return 1


def remind(at: datetime) -> int:
    """Remind once for each limit, when a quarter of it is left; return how many were reminded."""
    near = Alert.objects.exclude(state__in=STILL).filter(
        reminded_at__isnull=True, due_at__gt=at, due_at__lte=at + LONGEST,
        limit_began_at__isnull=False,
    )  # fmt: skip
    ready = [one.ext_id for one in near.order_by("id") if _is_near(one, at)]
    return sum(_remind(one, at) for one in ready)


def _is_near(alert: Alert, at: datetime) -> bool:
    began = alert.limit_began_at or alert.opened_at
    waits = alert.snoozed_until is not None and alert.snoozed_until > at
    return not waits and at >= alert.due_at - (alert.due_at - began) / loop_rules.REMIND_SHARE


@transaction.atomic
def _remind(ext_id: str, at: datetime) -> int:
    alert = Alert.objects.select_for_update().get(ext_id=ext_id)
    if alert.reminded_at is not None or alert.state in STILL or not _is_near(alert, at):
        return 0
    alert.reminded_at = at
    keep(alert, Step("reminded", "催办"), SYSTEM, at)
    _tell_whose_turn(alert, "alert_due_soon", at)
    return 1


def _tell_whose_turn(alert: Alert, template: str, at: datetime) -> None:
    """Tell the handler, or who may take the alert, when nobody has."""
    users: tuple[int, ...] = () if alert.handler_id is None else (alert.handler_id,)
    if not users:
        target = routing.choose(
            routing.ladder_of(alert),
            village_id=alert.division_code,
            conflicted=routing.with_kin(alert.subject_person_ext_ids),
            at=at,
            from_step=alert.route_step,
        )
        users = target.user_ids
    telling.tell(
        alert=alert, user_ids=users, template=template, at=at, turn=alert.due_at.isoformat()
    )


@transaction.atomic
def extend(*, ext_id: str, days: int, reason: str, by: Actor, at: datetime) -> None:
    """Give an alert in hand more time, once, no longer than its limit.

    Units: days are work days.
    Raises: NotFound, KinStandsAside, WrongState, ReasonTooShort, ExtendedOnce, ExtensionTooLong.
    """
    alert = locked(ext_id, by, EXTEND)
    step = Step("extended", "延长", said(reason), {"days": days, "from": alert.due_at.isoformat()})
    need_state(alert, (AlertState.NEW, *IN_HAND), step)
    if alert.extended_at is not None:
        raise ExtendedOnce
    if not 1 <= days <= max(alert.limit_days, 1):
        raise ExtensionTooLong(days=max(alert.limit_days, 1))
    was_first = alert.first_due_at == alert.due_at
    calendar = orgs.calendar()
    alert.due_at = calendar.add_workdays(alert.due_at, days)
    alert.limit_days += days
    alert.is_limit_provisional = calendar.is_provisional(at, alert.due_at)
    alert.reminded_at = None
    alert.extended_at = at
    if was_first:
        alert.first_due_at = alert.due_at
    keep(alert, step, by, at)
    tell_handler(alert, "alert_extended", at)


@transaction.atomic
def suspend(
    *, ext_id: str, ground: str, until_date: date, reason: str, by: Actor, at: datetime
) -> None:
    """Let an alert rest for a court, a death or data from outside; its clock stands still.

    Raises: NotFound, KinStandsAside, WrongState, ReasonTooShort, UnknownGround, BadUntil.
    """
    alert = locked(ext_id, by, EXTEND)
    data = {"ground": ground, "until_date": until_date.isoformat()}
    step = Step("suspended", "挂起", said(reason), data)
    need_state(alert, (AlertState.NEW, *IN_HAND), step)
    if ground not in loop_rules.GROUNDS:
        raise UnknownGround(ground=ground)
    day = clock.local_date(at)
    longest = loop_rules.SUSPENSION_DAYS_MAX
    if not day < until_date <= day + timedelta(days=longest):
        raise BadUntil(days=longest)
    alert.state = AlertState.SUSPENDED
    alert.suspended_at = at
    alert.suspended_until_date = until_date
    keep(alert, step, by, at)
    tell_handler(alert, "alert_suspended", at)


@transaction.atomic
def resume(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Go on with a suspended alert: it has the work days it had left.

    Raises: NotFound, KinStandsAside, WrongState, ReasonTooShort.
    """
    alert = locked(ext_id, by, EXTEND)
    step = Step("resumed", "接着办", said(reason))
    need_state(alert, (AlertState.SUSPENDED,), step)
    _go_on(alert, step, by, at)


def resume_due(at: datetime) -> int:
    """Go on with what was suspended until today; return how many."""
    day = clock.local_date(at)
    rest = Alert.objects.filter(state=AlertState.SUSPENDED, suspended_until_date__lte=day)
    count = 0
    for pk in list(rest.order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            alert = Alert.objects.select_for_update().get(pk=pk)
            if alert.state == AlertState.SUSPENDED:
                _go_on(alert, Step("resumed", "接着办", "挂起到期"), SYSTEM, at)
                count += 1
    return count


def _go_on(alert: Alert, step: Step, by: Actor, at: datetime) -> None:
    calendar = orgs.calendar()
    left = max(1, calendar.workdays_between(alert.suspended_at or at, alert.due_at))
    was_first = alert.first_due_at == alert.due_at
    alert.state = AlertState.NEW if alert.handler_id is None else AlertState.PENDING
    alert.suspended_at = None
    alert.suspended_until_date = None
    set_limit(alert, at, left)
    if was_first:
        alert.first_due_at = alert.due_at
    keep(alert, step, by, at)
    telling.tell(
        alert=alert,
        user_ids=[] if alert.handler_id is None else [alert.handler_id],
        template="alert_resumed",
        at=at,
        turn=turn(alert),
    )


def settle_provisional(at: datetime) -> int:
    """Reckon provisional limits again, now that a year is announced; return how many moved."""
    calendar = orgs.calendar()
    waiting = Alert.objects.exclude(state__in=STILL).filter(is_limit_provisional=True)
    count = 0
    for pk in list(waiting.order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            alert = Alert.objects.select_for_update().get(pk=pk)
            if alert.limit_began_at is None or alert.limit_days < 1:
                continue
            due_at = calendar.add_workdays(alert.limit_began_at, alert.limit_days)
            if calendar.is_provisional(alert.limit_began_at, due_at):
                continue
            was_first, moved = alert.first_due_at == alert.due_at, due_at != alert.due_at
            alert.due_at, alert.is_limit_provisional = due_at, False
            if was_first:
                alert.first_due_at = due_at
            if not moved:
                alert.save(update_fields=["is_limit_provisional"])
                continue
            keep(alert, Step("limit_settled", "按放假安排重算期限"), SYSTEM, at)
            count += 1
    return count
