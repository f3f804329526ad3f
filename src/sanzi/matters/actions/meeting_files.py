"""Who may see and change the files of a meeting: minutes, sign-in sheet, photo, mandates."""

from __future__ import annotations

from datetime import datetime

from sanzi.evidence import hooks
from sanzi.evidence.errors import SubjectClosed
from sanzi.matters import decision_queries as queries
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

KINDS = {
    "sign_in": "签到表",
    "minutes": "会议记录",
    "photo": "会场照片",
    "ballots": "表决票或计票单",
    "mandate": "书面委托",
    "papers": "会议材料",
}


def register() -> None:
    """Speak for meetings to evidence; called once from `apps.ready`."""
    hooks.register("meeting", hooks.Subject(see, change))


def see(by: Actor, ext_id: str) -> None:
    """Refuse what is out of scope. Raises: NotFound."""
    queries.access_meeting(by=by, ext_id=ext_id)


def change(by: Actor, ext_id: str, _at: datetime) -> str:
    """Return the audit chain while the minutes are not kept yet.

    Raises: NotFound, SubjectClosed.
    """
    meeting = queries.access_meeting(by=by, ext_id=ext_id)
    if not scope.can(by, queries.CALL, meeting.division_code):
        raise NotFound
    if any(step.minutes_digest for step in queries.meeting_steps(meeting)):
        raise SubjectClosed
    return meeting.organisation.ext_id
