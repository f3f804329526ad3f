"""Signing in by phone: the code from the room, a name and that person's own number. No log-in.

A wrong try says nothing of which part was wrong; many of them close this door for a while, the
roll on the table stays open. No address and no device is kept.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_errors as errors
from sanzi.matters.actions import meetings
from sanzi.matters.models import Meeting
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

WRONG_MAX: Final = 20
WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Typed:
    """What was typed on the phone."""

    code: str
    name: str
    phone: str
    is_online: bool = False


def sign_in(*, meeting_ext_id: str, typed: Typed, at: datetime) -> str:
    """Put who typed this on the roll; return his name.

    Raises: NotFound while the roll is not open, SignInTooOften, SignInWrong, SignedAlready,
        PresenceNotAllowed, TermEnded. A wrong try is counted.
    """
    refusal: Exception | None = None
    with transaction.atomic():
        meeting = (
            Meeting.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .filter(ext_id=meeting_ext_id, opened_at__isnull=False, counted_at__isnull=True)
            .first()
        )
        if meeting is None:
            raise NotFound
        _require_few_tries(meeting, at)
        person = _find(meeting, typed)
        if person is None:
            _note_wrong(meeting, at)
            refusal = errors.SignInWrong()
        else:
            presence = "ONLINE" if typed.is_online else "ROOM"
            meetings.take(meeting, person, presence=presence, way="phone", at=at)
            audit.write(
                chain=meeting.organisation.ext_id,
                kind="matters.meeting.signed",
                by=SYSTEM,
                at=at,
                subject=("meeting", meeting.ext_id),
                after={"person": person.ext_id, "presence": presence, "way": "phone"},
            )
    if refusal is not None or person is None:
        raise refusal or errors.SignInWrong()
    return person.name


def _require_few_tries(meeting: Meeting, at: datetime) -> None:
    since = meeting.tries_since_at
    if since is not None and at - since < WINDOW and meeting.wrong_tries >= WRONG_MAX:
        raise errors.SignInTooOften(minutes=int(WINDOW.total_seconds() // 60))


def _note_wrong(meeting: Meeting, at: datetime) -> None:
    since = meeting.tries_since_at
    if since is None or at - since >= WINDOW:
        meeting.tries_since_at, meeting.wrong_tries = at, 0
    meeting.wrong_tries += 1
    meeting.save(update_fields=["tries_since_at", "wrong_tries"])


def _find(meeting: Meeting, typed: Typed) -> Person | None:
    """Return who is meant; the same work is done for a right and for a wrong code."""
    index = secrets.index("phone", typed.phone[:30])
    due = queries.electorate_of(meeting).people.filter(
        phone_index=index or "-", name=typed.name.strip()[:60]
    )
    person = due.first()
    is_right = hmac.compare_digest(typed.code.strip().encode(), meeting.code.encode())
    return person if is_right else None
