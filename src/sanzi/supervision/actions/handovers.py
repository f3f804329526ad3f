"""Handing an alert over to the discipline office: with its dossier, taken in or sent back once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import digest
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import dossiers, known, queries
from sanzi.supervision.actions import routing, telling
from sanzi.supervision.actions.stepping import (
    RED_LINE,
    VERIFY,
    Step,
    in_hand,
    keep,
    locked,
    need_state,
    said,
    set_limit,
    turn,
)
from sanzi.supervision.errors import AlreadyThere, NotYourTurn, SentBackOnce
from sanzi.supervision.models import Alert, AlertState

ACCEPT_DAYS: Final = 1
DISCIPLINE: Final = ("D", "C")


@transaction.atomic
def hand_over(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Hand an alert to the discipline office; its dossier as it stands goes with it.

    The office takes it in within a work day, or sends it back once.
    Raises: NotFound, KinStandsAside, WrongState, NotYourTurn, ReasonTooShort, AlreadyThere.
    """
    words = said(reason)
    alert = in_hand(ext_id, by, Step("handed_over", "移交"))
    route = routing.signs_of(alert)
    if route[alert.route_step].letter in DISCIPLINE:
        raise AlreadyThere
    first = next(place for place, sign in enumerate(route) if sign.letter in DISCIPLINE)
    target = routing.choose(
        route,
        village_id=alert.division_code,
        conflicted=routing.with_kin(alert.subject_person_ext_ids),
        at=at,
        from_step=first,
    )
    papers = digest.sm3_of(dossiers.data_of(alert))
    alert.handed_from = {
        "step": alert.route_step, "role": alert.route_role, "division": alert.route_division,
        "handler_id": alert.handler_id, "handler_name": alert.handler_name,
    }  # fmt: skip
    alert.handed_over_at = at
    alert.state = AlertState.TRANSFERRED
    alert.route_step, alert.route_role = target.step, target.role
    alert.route_division = target.division_code
    alert.handler_id, alert.handler_name = None, ""
    set_limit(alert, at, ACCEPT_DAYS)
    keep(alert, Step("handed_over", "移交", words, {"dossier": papers}), by, at)
    telling.tell(
        alert=alert, user_ids=target.user_ids, template="alert_handed_over", at=at,
        turn=turn(alert),
    )  # fmt: skip


@transaction.atomic
def accept(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take in what was handed over; the receiver is the handler from here on.

    Raises: NotFound, KinStandsAside, WrongState, NotYourTurn.
    """
    alert = _waiting(ext_id, by, Step("accepted", "收下"))
    alert.state = AlertState.PENDING
    alert.handler_id, alert.handler_name = by.user_id, by.name
    set_limit(alert, at, routing.signs_of(alert)[alert.route_step].days)
    keep(alert, Step("accepted", "收下"), by, at)
    _tell_sender(alert, "alert_accepted", at)


@transaction.atomic
def send_back(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Send a hand-over back to who had it, once.

    Raises: NotFound, KinStandsAside, WrongState, NotYourTurn, ReasonTooShort, SentBackOnce.
    """
    words = said(reason)
    alert = _waiting(ext_id, by, Step("handed_back", "退回"))
    if alert.handed_back_at is not None or alert.handed_from is None:
        raise SentBackOnce
    was: dict[str, Any] = alert.handed_from
    alert.handed_back_at = at
    alert.state = AlertState.PENDING
    alert.route_step, alert.route_role = was["step"], was["role"]
    alert.route_division = was["division"]
    alert.handler_id, alert.handler_name = was["handler_id"], was["handler_name"]
    set_limit(alert, at, routing.signs_of(alert)[alert.route_step].days)
    keep(alert, Step("handed_back", "退回", words), by, at)
    _tell_sender(alert, "alert_handed_back", at)


def dossier(*, ext_id: str, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Return the dossier of an alert as a file name and a PDF; who took it stands in the log.

    For the discipline offices, the verifiers, and who has the alert in hand.
    Raises: NotFound.
    """
    alert = queries.access_alert(by=by, ext_id=ext_id)
    may = any(scope.can(by, one, alert.division_code) for one in (RED_LINE, VERIFY))
    if not may and (by.user_id is None or alert.handler_id != by.user_id):
        raise NotFound
    data = dossiers.data_of(alert)
    made = dossiers.drawn(data)
    audit.write(
        chain=known.chain_of(alert.model_code, alert.org_ext_id),
        kind="supervision.dossier.downloaded",
        by=by,
        at=at,
        subject=("alert", alert.ext_id),
        after={"digest": digest.sm3_of(data), "bytes": len(made)},
    )
    return f"案卷{alert.ext_id}.pdf", made


def _waiting(ext_id: str, by: Actor, step: Step) -> Alert:
    alert = locked(ext_id, by)
    need_state(alert, (AlertState.TRANSFERRED,), step)
    if not routing.may_handle(by, alert):
        raise NotYourTurn(whose=role_title(alert.route_role))
    return alert


def _tell_sender(alert: Alert, template: str, at: datetime) -> None:
    sender = (alert.handed_from or {}).get("handler_id")
    if sender is not None:
        telling.tell(alert=alert, user_ids=[sender], template=template, at=at, turn=turn(alert))
