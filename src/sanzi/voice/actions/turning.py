"""One step of a letter: kept with its sealed words, in the log, told to whose turn it is.

The log names no writer: events of letters have the writer or the office as actor, a chain of
their own, and nothing of what was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.matters.fields import seen
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.voice import queries, rules, sealing
from sanzi.voice import station_queries as stations
from sanzi.voice.errors import ReasonTooShort, TooLong
from sanzi.voice.models import Complaint, Lock, Part, State, Turn

SAID_MAX = 2000
CHAIN = "voice"
WRITER = Actor(user_id=None, person_id=None, person_ext_id="", name="写信人", origin=orgs.PORTAL)
"""Who writes and answers at the public door: nobody that the log could tell."""


@dataclass(frozen=True)
class Step:
    """What happened: its name in the history, in which office, the words said; who helped."""

    action: str
    role: str = ""
    division_code: str = ""
    words: str = ""
    key: bytes | None = None
    helper: str = ""


def keep(complaint: Complaint, step: Step, *, by: Actor, at: datetime) -> Turn:
    """Write one step down with its words under the letter's key."""
    turn = Turn.objects.create(
        complaint=complaint,
        at=at,
        action=step.action,
        role_code=step.role,
        division_code=step.division_code,
        actor_id=by.user_id,
    )
    if step.words and step.key is not None:
        add_part(complaint, Part(turn=turn, lock=Lock.BODY, name="said"), step.words, step.key)
    if step.helper and step.key is not None:
        add_part(complaint, Part(turn=turn, lock=Lock.BODY, name="helper"), step.helper, step.key)
    audit.write(
        chain=CHAIN,
        kind=f"voice.complaint.{step.action}",
        by=by,
        at=at,
        subject=("complaint", complaint.ext_id),
        after={"state": str(complaint.state)},
    )
    return turn


def add_part(complaint: Complaint, part: Part, text: str, key: bytes) -> None:
    """Seal one piece of a letter and keep it."""
    part.complaint = complaint
    part.sealed = sealing.seal(key, text, queries.context(part, complaint.ext_id))
    part.save(force_insert=True)


def said(text: str) -> str:
    """Return words that say something. Raises: ReasonTooShort, TooLong."""
    found = seen(text).strip()
    if len(found) < rules.REASON_LEAST:
        raise ReasonTooShort(least=rules.REASON_LEAST)
    if len(found) > SAID_MAX:
        raise TooLong(limit=SAID_MAX)
    return found


def route_to(complaint: Complaint, start: int, day_at: datetime) -> bool:
    """Lay a letter at the first stop from `start` on without a bar; return whether there is one."""
    kind = queries.kind_of(complaint)
    holders = queries.holders_on(complaint.ext_id, clock.local_date(day_at))
    place = rules.choose(
        kind, complaint.division_code, queries.bars_of(complaint), holders, start=start
    )
    if place is None:
        return False
    complaint.route_step = place.step
    complaint.route_role = place.role
    complaint.route_division = place.division_code
    complaint.handler_id = None
    complaint.due_at = kind.route[place.step].due(day_at, orgs.calendar())
    return True


def tell(complaint: Complaint, template: str, at: datetime) -> None:
    """Tell whose turn it is; a notice names the letter by its number alone."""
    day = clock.local_date(at)
    users = queries.free_users(complaint, complaint.route_role, complaint.route_division, day)
    _notify(complaint, template, users, at)


def tell_station(complaint: Complaint, at: datetime) -> None:
    """Tell the station of the village that there is something to look at, if it is its kind."""
    if stations.is_visited(complaint):
        users = stations.members(complaint, clock.local_date(at))
        _notify(complaint, "voice_visit", users, at)


def _notify(complaint: Complaint, template: str, users: list[int], at: datetime) -> None:
    count = complaint.turns.count()
    due = clock.minute_text(complaint.due_at)
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}/{complaint.ext_id}/{count}/{user_id}"[:80],
                channel=Channel.INBOX,
                template=template,
                params={"due": due},
                user_id=user_id,
                subject_kind="complaint",
                subject_id=complaint.ext_id,
            )
            for user_id in sorted(set(users))
        ],
        at=at,
    )


STATE_FIELDS = (
    "state", "route_step", "route_role", "route_division", "handler_id", "dispatched_at", "due_at",
    "escalated_at", "answered_at", "closed_at", "closed_by_id", "is_satisfied", "extended_count",
    "reopened_count", "threatened_at", "kind", "is_sealed", "sealed_letter",
)  # fmt: skip


def save(complaint: Complaint) -> None:
    """Save what steps change."""
    complaint.save(update_fields=STATE_FIELDS)


def climb(complaint: Complaint, at: datetime) -> None:
    """Lay a letter one stop higher, or leave it at the last one with a new limit."""
    if not route_to(complaint, complaint.route_step + 1, at):
        route_to(complaint, complaint.route_step, at)
    complaint.state = State.REOPENED if complaint.reopened_count else State.DISPATCHED
    complaint.escalated_at = at
