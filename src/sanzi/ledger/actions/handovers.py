"""Hand books over: the system makes the list, three people sign it in turn.

What is signed is the list's digest. Nothing of it changes after the first signature; when the
books have moved on before, a new list is made.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import digest, ids
from sanzi.ledger.actions.papers import PaperFile
from sanzi.ledger.models import Book, Handover
from sanzi.ledger.period_errors import (
    HandoverChanged,
    HandoverDone,
    HandoverPeople,
    HandoverTurn,
    NothingToHandOver,
)
from sanzi.ledger.queries import handovers as found
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.record import sheets


def make_handover(
    *,
    division_code: str,
    to_person: str,
    supervisor: str,
    on: dt.date,
    by: Actor,
    at: dt.datetime,
) -> str:
    """Make the list of a place's books for another bookkeeper; returns its id.

    Shapes: to_person and supervisor are persons' ext ids; the giver is who makes it.
    Raises: NotFound, HandoverPeople unless three different people have the posts for it,
    NothingToHandOver for a place without books. Nothing is written when raised.
    """
    scope.require(by, "ledger.hand_over", division_code)
    if by.person_id is None:
        raise NotFound
    people = found.choices(by=by, division_code=division_code, on=on)
    able = {key: dict(few) for key, few in people.items()}
    is_apart = to_person != supervisor
    if not (is_apart and to_person in able["to"] and supervisor in able["supervisor"]):
        raise HandoverPeople
    keys = dict(
        Person.objects.filter(ext_id__in=[to_person, supervisor]).values_list("ext_id", "pk")
    )
    with transaction.atomic():
        content = found.content_of(division_code, on, at)
        if not content["books"]:
            raise NothingToHandOver
        row = Handover.objects.create(
            ext_id=ids.new_id("HO", at),
            division_code=division_code,
            from_person_id=by.person_id,
            to_person_id=keys[to_person],
            supervisor_person_id=keys[supervisor],
            on_date=on,
            content=content,
            digest=digest.sm3_of(content),
            made_at=at,
        )
        _tell(row, "made", by, at)
    return row.ext_id


def sign_handover(*, ext_id: str, by: Actor, at: dt.datetime) -> None:
    """Sign a handover in one's turn: giver, receiver, supervisor.

    Raises: NotFound, SecondFactorNeeded, HandoverDone, HandoverTurn, HandoverChanged when the
    list is not the one that was made. Nothing is written when raised.
    """
    with transaction.atomic():
        row = Handover.objects.select_for_update().filter(ext_id=ext_id).first()
        if row is None or not scope.can(by, found.SEE, row.division_code):
            raise NotFound
        by.require_second_factor(at)
        waiting = [one for one in found.SIGNERS if getattr(row, one[0]) is None]
        if not waiting:
            raise HandoverDone
        column, whose, title = waiting[0]
        if by.person_id is None or by.person_id != getattr(row, whose):
            name = Person.objects.filter(pk=getattr(row, whose)).values_list("name", flat=True)
            raise HandoverTurn(title=title, name=name.first() or "未知")
        if digest.sm3_of(row.content) != row.digest:
            raise HandoverChanged
        setattr(row, column, at)
        row.save(update_fields=[column])
        _tell(row, column.removesuffix("_at"), by, at)


def take_handover(*, ext_id: str, by: Actor, at: dt.datetime) -> PaperFile:
    """Return the list as a PDF with the signatures so far, and log who took it.

    Raises: NotFound.
    """
    view = found.access_handover(by=by, ext_id=ext_id)
    name = f"会计移交清册_{view.division}_{view.on_date.isoformat()}"
    data = sheets.pdf(name, found.sheets_of(view))
    with transaction.atomic():
        _tell(Handover.objects.get(ext_id=ext_id), "taken", by, at)
    return PaperFile(f"{name}.pdf", sheets.PDF, data)


def _tell(row: Handover, what: str, by: Actor, at: dt.datetime) -> None:
    """Write into the chain of every body whose book is in the list, in the order of bodies."""
    keys = [one["book"] for one in row.content["books"]]
    chains = Book.objects.filter(ext_id__in=keys).values_list("organisation__ext_id", flat=True)
    for chain in sorted(chains):
        audit.write(
            chain=chain,
            kind=f"ledger.handover.{what}",
            by=by,
            at=at,
            subject=("handover", row.ext_id),
            after={"digest": row.digest},
        )
