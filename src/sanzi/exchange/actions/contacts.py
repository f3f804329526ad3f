"""What a directory from outside proposes, and an officer's word on each: nothing follows silently.

Accepted: who left loses his open posts from that day on, a telephone that changed is written, who
is new is noted for the appointment that brings him in. Whoever decides never decides on himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.exchange import comparing, errors
from sanzi.exchange.checking import Checked
from sanzi.exchange.comparing import Holder, Listed
from sanzi.exchange.models import Delivery, Proposal
from sanzi.exchange.queries import ACCEPT
from sanzi.exchange.resolving import LOAD
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as people
from sanzi.orgs import scope, secrets
from sanzi.orgs.actions import appointments
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Person

REASON_MIN: Final = 4


def propose(found: Delivery, checked: Checked, *, by: Actor, at: datetime) -> dict[str, int]:
    """Write down what a directory differs in; what still waits of an earlier one gives way.

    Runs in the load's transaction.
    """
    lines = {row.number: row.values for row in checked.rows}
    theirs = [
        Listed(number, one["name"], secrets.index("phone", one["phone"]))
        for number, one in lines.items()
    ]
    holders = {one.pk: one for one in _people(by, at)}
    waiting = Proposal.objects.filter(division_code=found.division_code, state=Proposal.State.OPEN)
    waiting.update(state=Proposal.State.REPLACED, decided_at=at)
    keys = {one.ext_id: pk for pk, one in holders.items()}
    made = []
    for one in comparing.compare(_holders(list(holders.values()), at), theirs):
        line = lines.get(one.row, {})
        made.append(
            Proposal(
                ext_id=ids.new_id("TX", at), delivery=found, division_code=found.division_code,
                kind=one.kind, person_id=keys.get(one.person), row=one.row,
                name=line.get("name", "")[:60],
                sealed_phone=secrets.seal("phone", line.get("phone", "")),
                department=line.get("department", "")[:120], job=line.get("job", "")[:60],
            )
        )  # fmt: skip
    Proposal.objects.bulk_create(made, batch_size=500)
    kinds = (comparing.LEFT, comparing.PHONE, comparing.NEW)
    return {kind: sum(1 for one in made if one.kind == kind) for kind in kinds}


def decide(*, ext_id: str, is_accepted: bool, reason: str, by: Actor, at: datetime) -> None:
    """Accept a proposal, and do what it says, or decline it with a reason.

    Raises: NotFound, ProposalDecided, OwnProposal, ReasonNeeded, AppointmentWrong.
    """
    with transaction.atomic():
        found = (
            Proposal.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(ext_id=ext_id)
            .first()
        )
        if found is None:
            raise NotFound
        scope.require(by, ACCEPT, found.division_code)
        if found.state != Proposal.State.OPEN:
            raise errors.ProposalDecided
        if found.person_id is not None and found.person_id == by.person_id:
            raise errors.OwnProposal
        words = " ".join(reason.split())[:120]
        if not is_accepted and len(words) < REASON_MIN:
            raise errors.ReasonNeeded
        done = _accept(found, by, at) if is_accepted else {}
        found.state = Proposal.State.ACCEPTED if is_accepted else Proposal.State.DECLINED
        found.reason, found.decided_by_name, found.decided_at = words, by.name[:40], at
        found.save(update_fields=["state", "reason", "decided_by_name", "decided_at"])
        audit.write(
            chain="exchange", kind=f"exchange.proposal.{found.state}", by=by, at=at,
            subject=("proposal", found.ext_id),
            after={"kind": found.kind, "reason": words, **done},
        )  # fmt: skip


def _accept(found: Proposal, by: Actor, at: datetime) -> dict[str, object]:
    """Do what a proposal says; return what was done, for the log."""
    person = found.person
    if person is None:
        return {"row": found.row}
    if found.kind == comparing.PHONE:
        person.sealed_phone = found.sealed_phone
        person.phone_index = secrets.index("phone", secrets.reveal("phone", found.sealed_phone))
        person.save(update_fields=["sealed_phone", "phone_index"])
        return {"person": person.ext_id}
    today = clock.local_date(at)
    prefix = scope.within(by, ACCEPT, "organisation__division_id")
    standing = Appointment.objects.filter(people.in_office(today), prefix, person=person)
    ended = list(standing.order_by("pk").values_list("ext_id", flat=True))
    for one in ended:
        appointments.end(ext_id=one, end_date=today, by=by, at=at)
    return {"person": person.ext_id, "appointments": ended}


def _people(by: Actor, at: datetime) -> list[Person]:
    """Return who holds a post in the loader's scope today."""
    standing = Appointment.objects.filter(
        people.in_office(clock.local_date(at)), scope.within(by, LOAD, "organisation__division_id")
    )
    return list(Person.objects.filter(pk__in=standing.values("person_id")).order_by("pk"))


def _holders(found: Sequence[Person], at: datetime) -> list[Holder]:
    """Return people with the bodies at which they hold posts today."""
    bodies: dict[int, set[str]] = {}
    standing = Appointment.objects.filter(people.in_office(clock.local_date(at)))
    for person, body in standing.values_list("person_id", "organisation__ext_id"):
        bodies.setdefault(person, set()).add(body)
    return [
        Holder(one.ext_id, one.name, one.phone_index, frozenset(bodies[one.pk])) for one in found
    ]
