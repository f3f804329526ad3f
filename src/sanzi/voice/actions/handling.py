"""What an office does with a letter: take, answer, ask for time, pass to another kind, decide.

Every step goes through the one door: whoever is in a letter meets the same nothing as for none.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.voice import queries, sealing
from sanzi.voice.actions import turning
from sanzi.voice.actions.turning import Step
from sanzi.voice.errors import (
    KindHandled,
    NoKeyYet,
    NoMoreTime,
    NoSuchKind,
    NoSuchOffice,
    NotNow,
    NotYours,
    SameOffice,
    StillWaiting,
)
from sanzi.voice.models import Complaint, Lock, State, WrappedKey

WAITING = (State.DISPATCHED, State.REOPENED)


@transaction.atomic
def take(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take a letter in hand. Raises: NotFound, NotNow, NotYours."""
    complaint = _locked(ext_id, by)
    _need(complaint, WAITING, "接办")
    _need_turn(complaint, by)
    complaint.state, complaint.handler_id = State.HANDLING, by.user_id
    _done(complaint, "taken", by=by, at=at)


@transaction.atomic
def answer(
    *, ext_id: str, words: str, opener: sealing.Opener | None, by: Actor, at: datetime
) -> None:
    """Answer the writer; he then says whether he is content.

    Raises: NotFound, NotNow, NotYours, ReasonTooShort, KeyMissing.
    """
    complaint = _in_hand(ext_id, by, "答复")
    text = turning.said(words)
    key = queries.body_key(complaint, opener)
    complaint.state, complaint.answered_at = State.ANSWERED, at
    complaint.due_at = at + timedelta(days=queries.edition_of(complaint).silent_days)
    _done(complaint, "answered", by=by, at=at, words=text, key=key)


@transaction.atomic
def extend(
    *, ext_id: str, reason: str, opener: sealing.Opener | None, by: Actor, at: datetime
) -> None:
    """Take more time and tell the writer why.

    Raises: NotFound, NotNow, NotYours, NoMoreTime, ReasonTooShort, KeyMissing.
    """
    complaint = _in_hand(ext_id, by, "延期")
    edition = queries.edition_of(complaint)
    if complaint.extended_count >= edition.extensions_max:
        raise NoMoreTime(limit=edition.extensions_max)
    text = turning.said(reason)
    key = queries.body_key(complaint, opener)
    complaint.extended_count += 1
    since = max(complaint.due_at, at)
    complaint.due_at = orgs.calendar().add_workdays(since, edition.extension_workdays)
    _done(complaint, "extended", by=by, at=at, words=text, key=key)


@transaction.atomic
def pass_on(*, ext_id: str, kind: str, reason: str, by: Actor, at: datetime) -> None:
    """Pass a letter to where another kind belongs; what becomes sealed is sealed from now on.

    Raises: NotFound, NotNow (a sealed letter stays sealed), NotYours, NoSuchKind, KindHandled,
        ReasonTooShort.
    """
    complaint = _in_hand(ext_id, by, "转办")
    if complaint.is_sealed:
        raise NotNow(state="封着的", action="转办")
    found = queries.edition_of(complaint).kind(kind)
    if found is None:
        raise NoSuchKind(field="kind")
    if found.code == complaint.kind:
        raise KindHandled(field="kind")
    text, key = turning.said(reason), queries.body_key(complaint, None)
    complaint.kind, complaint.is_sealed = found.code, found.is_sealed
    if not turning.route_to(complaint, 0, at):
        raise NotFound
    if found.is_sealed:
        complaint.sealed_letter = ""
    complaint.state, complaint.dispatched_at = State.DISPATCHED, at
    _done(complaint, "passed_on", by=by, at=at, words=text, key=key)
    turning.tell(complaint, "voice_arrived", at)
    turning.tell_station(complaint, at)


@transaction.atomic
def send_on(
    *,
    ext_id: str,
    office: str,
    reason: str,
    opener: sealing.Opener | None,
    by: Actor,
    at: datetime,
) -> None:
    """Send a letter to the office it belongs to: the discipline office does, with a reason.

    `office` is one of `queries.offices`. The accused, their kin and offices stay kept out; what is
    sealed stays sealed and is opened for the office it goes to.
    Raises: NotFound, NotNow, NoSuchOffice, NoKeyYet, ReasonTooShort, KeyMissing.
    """
    complaint = _locked(ext_id, by)
    if not queries.is_keeper(by, complaint):
        raise NotFound
    _need(complaint, (*WAITING, State.HANDLING), "转办")
    if office not in dict(queries.offices(complaint, at)):
        raise NoSuchOffice(field="office")
    code, _, step = office.partition(":")
    kind = next(one for one in queries.edition_of(complaint).kinds if one.code == code)
    place = queries.free_place(complaint, kind, int(step), at)
    if place is None:
        raise NoSuchOffice(field="office")
    text, key = turning.said(reason), queries.body_key(complaint, opener)
    if kind.is_sealed:
        _let_open(complaint, (place.role, place.division_code), key, at)
        complaint.sealed_letter = ""
    complaint.kind, complaint.is_sealed = kind.code, kind.is_sealed
    turning.route_to(complaint, place.step, at)
    complaint.state = State.REOPENED if complaint.reopened_count else State.DISPATCHED
    complaint.dispatched_at = at
    _done(complaint, "sent_on", by=by, at=at, words=text, key=key)
    turning.tell(complaint, "voice_arrived", at)
    turning.tell_station(complaint, at)


def _let_open(complaint: Complaint, office: tuple[str, str], key: bytes, at: datetime) -> None:
    """Wrap a letter's key for a discipline office that could not open it. Raises: NoKeyYet."""
    held = queries.key_of_now(office)
    if held is None:
        raise NoKeyYet(office=queries.office_title(*office, at))
    WrappedKey.objects.get_or_create(
        complaint=complaint,
        lock=Lock.BODY,
        holder=held.fingerprint,
        defaults={"wrapped": sealing.wrap_for_office(held.public_key, key)},
    )


@transaction.atomic
def close(
    *, ext_id: str, reason: str, opener: sealing.Opener | None, by: Actor, at: datetime
) -> None:
    """Close a letter one level above who answered, with reasons that the writer reads.

    Either its writer stayed silent, or he sent the answer back and the level above has it in hand.
    Raises: NotFound, NotNow, SameOffice, StillWaiting, ReasonTooShort, KeyMissing.
    """
    complaint = _locked(ext_id, by)
    is_review = queries.is_review(by, complaint)
    if not is_review:
        _need(complaint, (State.ANSWERED,), "办结")
        if not queries.is_above(by, complaint) or complaint.handler_id == by.user_id:
            raise SameOffice
        if at < complaint.due_at:
            raise StillWaiting(day=clock.minute_text(complaint.due_at)[:10])
    text = turning.said(reason)
    key = queries.body_key(complaint, opener)
    complaint.state, complaint.closed_at, complaint.closed_by_id = State.CLOSED, at, by.user_id
    turning.save(complaint)
    step_above = complaint.route_step + (0 if is_review else 1)
    stop = queries.kind_of(complaint).route[step_above]
    role = next(one.role_code for one in by.posts if one.role_code in stop.roles)
    step = Step("closed", role, stop.division(complaint.division_code), text, key)
    turning.keep(complaint, step, by=by, at=at)


@transaction.atomic
def open_identity(
    *, ext_id: str, reason: str, opener: sealing.Opener | None, by: Actor, at: datetime
) -> dict[str, str]:
    """Return who wrote a letter, to the discipline office alone, with a reason in the log.

    Raises: NotFound, ReasonTooShort, KeyMissing.
    """
    complaint = queries.access_complaint(by=by, ext_id=ext_id)
    if not queries.is_keeper(by, complaint) or not complaint.is_named:
        raise NotFound
    text = turning.said(reason)
    found = queries.identity(complaint, opener)
    audit.write(
        chain=turning.CHAIN,
        kind="voice.identity.opened",
        by=by,
        at=at,
        subject=("complaint", complaint.ext_id),
        after={"reason": text[:200]},
    )
    return found


def climb_overdue(at: datetime) -> int:
    """Lay what is overdue one stop higher and tell it there; return how many. Safe to repeat."""
    states = (State.DISPATCHED, State.REOPENED, State.HANDLING)
    late = Complaint.objects.filter(state__in=states, due_at__lt=at)
    count = 0
    for pk in list(late.order_by("pk").values_list("pk", flat=True)):
        count += _climb_one(pk, at)
    return count


@transaction.atomic
def _climb_one(pk: int, at: datetime) -> int:
    complaint = Complaint.objects.select_for_update().get(pk=pk)
    if complaint.due_at >= at or complaint.state not in (*WAITING, State.HANDLING):
        return 0
    turning.climb(complaint, at)
    turning.save(complaint)
    step = Step("climbed", complaint.route_role, complaint.route_division)
    turning.keep(complaint, step, by=SYSTEM, at=at)
    turning.tell(complaint, "voice_overdue", at)
    return 1


def _locked(ext_id: str, by: Actor) -> Complaint:
    seen = queries.access_complaint(by=by, ext_id=ext_id)
    return Complaint.objects.select_for_update().get(pk=seen.pk)


def _in_hand(ext_id: str, by: Actor, action: str) -> Complaint:
    complaint = _locked(ext_id, by)
    _need(complaint, (State.HANDLING,), action)
    if complaint.handler_id != by.user_id:
        raise NotYours
    return complaint


def _need(complaint: Complaint, allowed: tuple[State, ...], action: str) -> None:
    if complaint.state not in allowed:
        raise NotNow(state=State(complaint.state).label, action=action)


def _need_turn(complaint: Complaint, by: Actor) -> None:
    if not queries.is_handler(by, complaint):
        raise NotYours


def _done(
    complaint: Complaint,
    action: str,
    *,
    by: Actor,
    at: datetime,
    words: str = "",
    key: bytes | None = None,
) -> None:
    turning.save(complaint)
    step = Step(action, complaint.route_role, complaint.route_division, words, key)
    turning.keep(complaint, step, by=by, at=at)
