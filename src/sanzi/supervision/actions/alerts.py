"""The disposal of alerts: take, ask, explain, rectify, feed back, conclude, verify, reopen.

Each step stands in the alert's history, in the log, and in the inbox of whose turn it is next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from sanzi.evidence import queries as evidence
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import known, loop_rules, queries, rules, trigger_rules
from sanzi.supervision.actions import routing, silences, telling, triggering
from sanzi.supervision.actions.stepping import (
    HANDLE,
    OPEN_STATES,
    RED_LINE,
    VERIFY,
    Step,
    in_hand,
    keep,
    locked,
    need_state,
    said,
    set_limit,
    tell_handler,
    turn,
)
from sanzi.supervision.errors import (
    BadFinishDate,
    CircumstancesContradict,
    ClosedAlert,
    EvidenceNeeded,
    HandOverFirst,
    NothingChosen,
    NotRectified,
    NotTogether,
    NotYourTurn,
    OnlyDiscipline,
    OnlyWarnSnoozes,
    SameHandler,
    StillFound,
    UnknownConclusion,
    WrongState,
)
from sanzi.supervision.loop_rules import Feedback, SilenceFor
from sanzi.supervision.models import Alert, AlertState
from sanzi.supervision.trigger_rules import Facts

SNOOZE_MAX: Final = timedelta(days=30)
REOPEN_WITHIN: Final = timedelta(days=365)
VILLAGE_ROLES: Final = ("village_secretary", "cashier_reporter")


@transaction.atomic
def take(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take an alert in hand.

    Raises: NotFound, KinStandsAside, WrongState, NotYourTurn.
    """
    alert = locked(ext_id, by)
    step = Step("taken", "接办")
    need_state(alert, OPEN_STATES, step)
    if not routing.may_handle(by, alert):
        raise NotYourTurn(whose=role_title(alert.route_role))
    if alert.handler_id not in (None, by.user_id):
        raise NotYourTurn(whose=alert.handler_name)
    alert.state = AlertState.PENDING
    alert.handler_id = by.user_id
    alert.handler_name = by.name
    keep(alert, step, by, at)


@transaction.atomic
def ask_explanation(*, ext_id: str, question: str, by: Actor, at: datetime) -> None:
    """Ask the village to explain.

    Raises: NotFound, WrongState, NotYourTurn, ReasonTooShort, ClosedAlert.
    """
    step = Step("asked", "要求说明", said(question))
    alert = in_hand(ext_id, by, step)
    if known.model_of(alert.model_code).is_closed:
        raise ClosedAlert
    alert.state = AlertState.EXPLAINING
    keep(alert, step, by, at)
    day = clock.local_date(at)
    conflicted = routing.with_kin(alert.subject_person_ext_ids)
    users = [
        one.user_id
        for role in VILLAGE_ROLES
        for one in orgs.holders(role, alert.division_code, day)
        if one.user_id is not None and one.person_ext_id not in conflicted
    ]
    telling.tell(alert=alert, user_ids=users, template="alert_asked", at=at, turn=turn(alert))


@transaction.atomic
def explain(*, ext_id: str, text: str, by: Actor, at: datetime) -> None:
    """Give the explanation asked for, on behalf of the village.

    Raises: NotFound, KinStandsAside, WrongState, ReasonTooShort, NotYourTurn.
    """
    alert = locked(ext_id, by, HANDLE)
    step = Step("explained", "说明", said(text))
    need_state(alert, (AlertState.EXPLAINING,), step)
    here = {one.role_code for one in by.posts if one.division_code == alert.division_code}
    if not here & set(VILLAGE_ROLES):
        raise NotYourTurn(whose=role_title(VILLAGE_ROLES[0]))
    alert.state = AlertState.PENDING
    keep(alert, step, by, at)
    tell_handler(alert, "alert_explained", at)


@transaction.atomic
def rectify(
    *, ext_id: str, plan: str, amount_fen: int, finish_date: str, by: Actor, at: datetime
) -> None:
    """Admit the fact and say what will be put right, how much, by when.

    Raises: NotFound, WrongState, NotYourTurn, ReasonTooShort, BadFinishDate.
    """
    data = {"amount_fen": amount_fen, "finish_date": finish_date}
    step = Step("rectifying", "整改", said(plan), data)
    alert = in_hand(ext_id, by, step)
    try:
        is_past = date.fromisoformat(finish_date) < clock.local_date(at)
    except ValueError:
        is_past = True
    if is_past:
        raise BadFinishDate(text=finish_date[:20])
    alert.state = AlertState.RECTIFYING
    alert.involved_fen = max(amount_fen, alert.involved_fen)
    keep(alert, step, by, at)


@transaction.atomic
def feed_back(*, ext_id: str, text: str, found: Feedback, by: Actor, at: datetime) -> None:
    """Hand in what was found and done; the verifier is next, or the discipline office.

    What was put right is shown by a file that came after the plan. A trigger sends the alert to
    the discipline office at once.
    Raises: NotFound, WrongState, NotYourTurn, ReasonTooShort, UnknownRectification,
        MoneyDoesNotAddUp, UnknownCircumstance, BadPersonCount, EvidenceNeeded.
    """
    step = Step("fed_back", "反馈", said(text), found.plain())
    alert = in_hand(ext_id, by, step)
    loop_rules.require_feedback(found)
    trigger_rules.require_circumstances(found.circumstances, found.person_count)
    if alert.state == AlertState.RECTIFYING and not _has_evidence(alert):
        raise EvidenceNeeded
    alert.state = AlertState.VERIFYING
    alert.involved_fen = max(found.amount_involved_fen, alert.involved_fen)
    alert.money_back_fen = found.money_back_fen
    alert.money_stopped_fen = found.money_stopped_fen
    keep(alert, step, by, at)
    if not triggering.move(alert, _told_of(alert), at):
        _tell_verifiers(alert, at)


@dataclass(frozen=True)
class Circumstances:
    """What somebody who concludes tells of the matter: kinds of `CIRCUMSTANCES`, how many."""

    kinds: tuple[str, ...] = ()
    person_count: int = 0


@transaction.atomic
def conclude(
    *,
    ext_id: str,
    conclusion: str,
    text: str,
    by: Actor,
    at: datetime,
    silence: SilenceFor | None = None,
    told: Circumstances | None = None,
) -> None:
    """Say what the alert was; the verifier is next.

    A fact is confirmed after it was put right, with its circumstances as far as no feedback told
    them; a trigger then sends it to the discipline office, which concludes anew. A false alarm
    says until when, and while what stays the same, it is not to fire again.
    Raises: NotFound, WrongState, NotYourTurn, UnknownConclusion, OnlyDiscipline, ReasonTooShort,
        NotRectified, HandOverFirst, ExpiryNeeded, SilenceTooWide, NoPartyPair, UnknownScope,
        UnknownCircumstance, BadPersonCount, CircumstancesContradict.
    """
    words = said(text)
    seen = told or Circumstances()
    step = Step("concluded", "定结论", words, {"conclusion": conclusion})
    alert = in_hand(ext_id, by, step, also=(AlertState.VERIFYING,))
    data: dict[str, Any] = {**_need_ground(alert, conclusion, silence, by, at)}
    trigger_rules.require_circumstances(seen.kinds, seen.person_count)
    if conclusion == "confirmed":
        data |= {"circumstances": list(seen.kinds), "person_count": seen.person_count}
    elif seen.kinds:
        raise CircumstancesContradict
    alert.conclusion = conclusion
    alert.state = AlertState.VERIFYING
    keep(alert, Step(step.action, step.title, words, data), by, at)
    confirmed = alert.involved_fen if conclusion == "confirmed" else 0
    if not triggering.move(alert, replace(_told_of(alert), confirmed_fen=confirmed), at):
        _tell_verifiers(alert, at)


def _told_of(alert: Alert) -> Facts:
    """Return what handlers told of the matter when they fed back or concluded."""
    circumstances, person_count = triggering.circumstances_of(alert)
    return Facts(circumstances=circumstances, person_count=person_count)


def conclude_together(
    *,
    ext_ids: Sequence[str],
    conclusion: str,
    text: str,
    by: Actor,
    at: datetime,
    silence: SilenceFor | None = None,
) -> int:
    """Say of several alerts about one matter what they were; all of them or none.

    What nobody has in hand yet is taken first. Returns how many were concluded.
    Raises: NothingChosen, NotTogether, and as `take` and `conclude`.
    """
    chosen = sorted(set(ext_ids))
    if not chosen:
        raise NothingChosen
    with transaction.atomic():
        found = [queries.access_alert(by=by, ext_id=one) for one in chosen]
        if len({one.matter_key or one.ext_id for one in found}) > 1:
            raise NotTogether
        for one in found:
            if one.handler_id is None:
                take(ext_id=one.ext_id, by=by, at=at)
            conclude(
                ext_id=one.ext_id, conclusion=conclusion, text=text, by=by, at=at, silence=silence
            )
    return len(chosen)


def _need_ground(
    alert: Alert, conclusion: str, silence: SilenceFor | None, by: Actor, at: datetime
) -> dict[str, str]:
    """Refuse a conclusion without what it needs; return what the history keeps of it."""
    data = {"conclusion": conclusion}
    if conclusion not in rules.CONCLUSIONS:
        raise UnknownConclusion(conclusion=conclusion)
    is_discipline = scope.can(by, RED_LINE, alert.division_code)
    if conclusion == "false_positive":
        if alert.severity == "block" and not is_discipline:
            raise OnlyDiscipline
        wanted = loop_rules.require_silence(
            silence,
            severity=alert.severity,
            parties=silences.parties_of(alert),
            today=clock.local_date(at),
        )
        data |= {"scope": wanted.scope, "until_date": wanted.until_date.isoformat()}
    if conclusion == "transferred" and not is_discipline:
        raise HandOverFirst
    if conclusion == "confirmed" and not _is_rectified(alert):
        raise NotRectified
    return data


@transaction.atomic
def verify(*, ext_id: str, agrees: bool, text: str, by: Actor, at: datetime) -> None:
    """Check what the handler did: agree and close, or send it back.

    An error of the data is closed once the model does not find it any more; a false alarm is
    remembered from here on.
    Raises: NotFound (no such right there), KinStandsAside, WrongState, SameHandler,
        ReasonTooShort, StillFound.
    """
    alert = locked(ext_id, by, VERIFY)
    step = Step("verified" if agrees else "sent_back", "复核", said(text))
    need_state(alert, (AlertState.VERIFYING,), step)
    if by.user_id == alert.handler_id:
        raise SameHandler
    if agrees and not alert.conclusion:
        raise WrongState(state="没有结论", action="复核通过")
    if agrees and alert.conclusion == "data_error" and alert.vanished_at is None:
        raise StillFound
    if agrees:
        alert.state = AlertState.DISPOSED
        alert.verified_by_id = by.user_id
        alert.disposed_at = at
    else:
        alert.state = AlertState.PENDING
        alert.conclusion = ""
        alert.reopened_count += 1
    keep(alert, step, by, at)
    if agrees and alert.conclusion == "false_positive":
        silences.remember(alert, by=by, at=at)
    tell_handler(alert, "alert_closed" if agrees else "alert_sent_back", at)


def close(*, ext_id: str, text: str, by: Actor, at: datetime) -> None:
    """Close an alert that has its conclusion: the verifier's agreement.

    Raises: as `verify`.
    """
    verify(ext_id=ext_id, agrees=True, text=text, by=by, at=at)


@transaction.atomic
def reopen(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Open a disposed alert again, within a year; what it silenced speaks again.

    Raises: NotFound, KinStandsAside, WrongState, ReasonTooShort.
    """
    alert = locked(ext_id, by, VERIFY)
    step = Step("reopened", "重新打开", said(reason))
    need_state(alert, (AlertState.DISPOSED,), step)
    if alert.disposed_at is not None and at - alert.disposed_at > REOPEN_WITHIN:
        raise WrongState(state="已处置满一年", action=step.title)
    silences.end_of(alert, reason=step.text, by=by, at=at)
    open_again(alert, step, by, at)


def open_again(alert: Alert, step: Step, by: Actor, at: datetime) -> None:
    """Put a disposed alert back into the loop with a fresh limit."""
    alert.state = AlertState.PENDING
    alert.conclusion = ""
    alert.disposed_at = None
    alert.verified_by_id = None
    alert.reopened_count += 1
    set_limit(alert, at, routing.signs_of(alert)[alert.route_step].days)
    keep(alert, step, by, at)
    tell_handler(alert, "alert_reopened", at)


@transaction.atomic
def snooze(*, ext_id: str, until: datetime, reason: str, by: Actor, at: datetime) -> None:
    """Let a warning wait, at most 30 days; the next office of its route is told.

    Raises: NotFound, WrongState, NotYourTurn, OnlyWarnSnoozes, ReasonTooShort.
    """
    step = Step("snoozed", "往后放", said(reason), {"until": until.isoformat()})
    alert = in_hand(ext_id, by, step)
    if alert.severity != "warn" or not at < until <= at + SNOOZE_MAX:
        raise OnlyWarnSnoozes
    alert.snoozed_until = until
    keep(alert, step, by, at)
    route = routing.signs_of(alert)
    above = routing.choose(
        route,
        village_id=alert.division_code,
        conflicted=routing.with_kin(alert.subject_person_ext_ids),
        at=at,
        from_step=min(alert.route_step + 1, len(route) - 1),
    )
    users = [one for one in above.user_ids if one != by.user_id]
    telling.tell(alert=alert, user_ids=users, template="alert_snoozed", at=at, turn=turn(alert))


def _has_evidence(alert: Alert) -> bool:
    """Return whether a file came since the plan."""
    plan = alert.disposals.filter(action="rectifying").order_by("-id").first()
    return plan is not None and any(
        one.uploaded_at >= plan.at for one in evidence.attachments("alert", alert.ext_id)
    )


def _is_rectified(alert: Alert) -> bool:
    """Return whether the newest plan was fed back."""
    steps = list(
        alert.disposals.filter(action__in=["rectifying", "fed_back", "reopened", "sent_back"])
        .order_by("id")
        .values_list("action", flat=True)
    )
    return "rectifying" in steps and steps[-1] == "fed_back"


def _tell_verifiers(alert: Alert, at: datetime) -> None:
    """Tell who may verify: the discipline office of the town, not the handler."""
    day = clock.local_date(at)
    town = alert.division_code[:9] + "000"
    conflicted = routing.with_kin(alert.subject_person_ext_ids)
    users = [
        one.user_id
        for one in orgs.holders("town_discipline_office", town, day)
        if one.user_id is not None
        and one.user_id != alert.handler_id
        and one.person_ext_id not in conflicted
    ]
    telling.tell(alert=alert, user_ids=users, template="alert_to_verify", at=at, turn=turn(alert))
