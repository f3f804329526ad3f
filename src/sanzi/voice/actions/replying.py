"""What a writer does with his receipt code: agree, disagree, open again, report a threat."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sanzi.voice import queries, rules
from sanzi.voice.actions import turning
from sanzi.voice.actions.turning import WRITER, Step
from sanzi.voice.errors import NotNow
from sanzi.voice.models import Complaint, State

REOPEN_WITHIN = timedelta(days=365)


@transaction.atomic
def agree(*, code: str, at: datetime, helper: str = "") -> None:
    """Close a letter that was answered, or put right, because its writer is content.

    Raises: ReceiptNotOpened, NotNow.
    """
    complaint, key = _locked(code)
    _need(complaint, queries.may_rate(complaint), "评价")
    moment = _time(complaint, at)
    complaint.is_satisfied = True
    complaint.state, complaint.closed_at = State.CLOSED, moment
    turning.save(complaint)
    turning.keep(complaint, Step("agreed", key=key, helper=helper), by=WRITER, at=moment)


@transaction.atomic
def disagree(*, code: str, words: str, at: datetime, helper: str = "") -> None:
    """Send an answer one level up, to somebody new, with what is still wrong.

    Also opens again what was closed, within a year.
    Raises: ReceiptNotOpened, NotNow, ReasonTooShort.
    """
    complaint, key = _locked(code)
    may = queries.may_rate(complaint) or queries.is_closed(complaint)
    _need(complaint, may, "重新办")
    moment = _time(complaint, at)
    if complaint.closed_at is not None and at - complaint.closed_at > REOPEN_WITHIN:
        raise NotNow(state="办结满一年", action="重新办")
    text = turning.said(words)
    action = "reopened" if complaint.state == State.CLOSED else "rated"
    complaint.is_satisfied, complaint.reopened_count = False, complaint.reopened_count + 1
    complaint.closed_at = complaint.closed_by_id = None
    complaint.state = State.RATED
    turning.keep(complaint, Step(action, words=text, key=key, helper=helper), by=WRITER, at=moment)
    turning.climb(complaint, at)
    turning.save(complaint)
    went = Step("dispatched", complaint.route_role, complaint.route_division)
    turning.keep(complaint, went, by=WRITER, at=moment)
    turning.tell(complaint, "voice_again", at)


@transaction.atomic
def report_threat(*, code: str, at: datetime) -> None:
    """Tell that somebody threatens the writer: red, and straight to the level above.

    A second tap changes nothing. Raises: ReceiptNotOpened, NotNow (it lies outside the county).
    """
    complaint, _ = _locked(code)
    if complaint.threatened_at is not None:
        return
    if queries.is_outside(complaint):
        raise NotNow(state=State.TRANSFERRED.label, action="在这里报")
    moment = _time(complaint, at)
    complaint.threatened_at = moment
    turning.climb(complaint, at)
    complaint.state = State.REOPENED
    complaint.closed_at = complaint.closed_by_id = None
    complaint.due_at = at + timedelta(hours=queries.edition_of(complaint).threat_hours)
    turning.save(complaint)
    step = Step("threatened", complaint.route_role, complaint.route_division)
    turning.keep(complaint, step, by=WRITER, at=moment)
    turning.tell(complaint, "voice_threat", at)


def _time(complaint: Complaint, at: datetime) -> datetime:
    return at if complaint.is_named else rules.hour_of(at)


def _locked(code: str) -> tuple[Complaint, bytes]:
    found, key = queries.by_receipt(code)
    return Complaint.objects.select_for_update().get(pk=found.pk), key


def _need(complaint: Complaint, may: bool, action: str) -> None:  # noqa: FBT001 - a condition
    if not may:
        raise NotNow(state=State(complaint.state).label, action=action)
