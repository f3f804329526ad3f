"""Posts are given and end: the register of who holds what, from which day, by which paper.

Which matter lets somebody into a post is said by the room that calls; here stand only the rules
of the register itself.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.kernel import clock, divisions, ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import AppointmentWrong, NotFound
from sanzi.orgs.models import Appointment, Organisation, Person
from sanzi.orgs.roles import roles


@transaction.atomic
def appoint(
    *,
    person: str,
    organisation: str,
    role_code: str,
    start_date: date,
    end_date: date | None,
    document_ref: str,
    by: Actor,
    at: datetime,
) -> str:
    """Give a post to a person between two days (both included); return its ext id.

    Raises: NotFound, AppointmentWrong.
    """
    who = Person.objects.select_for_update().filter(ext_id=person).first()
    body = Organisation.objects.filter(ext_id=organisation).first()
    if who is None or body is None:
        raise NotFound
    role = roles().get(role_code)
    if role is None or divisions.level(body.division_id) != role.level:
        raise AppointmentWrong(name=who.name, why="这个单位没有这个职务")
    if end_date is not None and end_date < start_date:
        raise AppointmentWrong(name=who.name, why="结束日期早于开始日期")
    if who.death_date is not None:
        raise AppointmentWrong(name=who.name, why="这个人已经去世")
    standing = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=start_date),
        person=who,
        organisation=body,
        role_code=role_code,
    )
    if end_date is not None:
        standing = standing.filter(start_date__lte=end_date)
    if standing.exists():
        raise AppointmentWrong(name=who.name, why=f"这段时间已经是{role.title}")
    made = Appointment.objects.create(
        ext_id=ids.new_id("RZ", at),
        person=who,
        organisation=body,
        role_code=role_code,
        start_date=start_date,
        end_date=end_date,
        document_ref=document_ref[:80],
    )
    _tell(made, "begun", by, at)
    return made.ext_id


@transaction.atomic
def end(*, ext_id: str, end_date: date, by: Actor, at: datetime) -> None:
    """Let a post end with a day (its last). Raises: NotFound, AppointmentWrong."""
    found = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("organisation", "person")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    if end_date < found.start_date:
        raise AppointmentWrong(name=found.person.name, why="结束日期早于开始日期")
    if found.end_date is not None and found.end_date < end_date:
        raise AppointmentWrong(
            name=found.person.name, why=f"{clock.date_said(found.end_date)}就已经离任"
        )
    found.end_date = end_date
    found.save(update_fields=["end_date"])
    _tell(found, "ended", by, at)


def _tell(one: Appointment, what: str, by: Actor, at: datetime) -> None:
    audit.write(
        chain=one.organisation.ext_id,
        kind=f"orgs.appointment.{what}",
        by=by,
        at=at,
        subject=("appointment", one.ext_id),
        after={
            "person": one.person.ext_id,
            "role": one.role_code,
            "start_date": one.start_date.isoformat(),
            "end_date": one.end_date.isoformat() if one.end_date else "",
        },
    )
