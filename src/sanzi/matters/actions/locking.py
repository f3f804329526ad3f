"""The one way to lock a case, and the gap-free numbers. Locks: number head, case, then payments."""

from __future__ import annotations

from datetime import datetime

from sanzi.kernel import clock
from sanzi.matters.models import Case, NumberHead
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


def lock_case(number: str, by: Actor, *, with_form: bool = True) -> Case:
    """Return a case of the actor's scope, locked until the transaction ends.

    A villager reaches those of his household.

    Raises: NotFound, for absent and out of scope alike.
    """
    rows = Case.objects.select_for_update(of=("self",)).select_related("organisation")
    if with_form:
        rows = rows.select_related("organisation", "started_by")
    else:
        rows = rows.defer("form", "saved_at", "title")
    case = rows.filter(number=number).first()
    if case is None:
        raise NotFound
    if by.household_id is None:
        scope.require(by, "matters.see", case.division_code)
    elif by.household_id != case.household_id:
        raise NotFound
    return case


def next_number(division_code: str, at: datetime) -> str:
    """Return the next case number of a village and year: no gaps, because a rollback gives it back.

    Must run in the transaction that makes the case.
    """
    prefix = f"{division_code}-{clock.local_date(at).year}"
    head = NumberHead.objects.select_for_update().filter(pk=prefix).first()
    if head is None:
        NumberHead.objects.bulk_create([NumberHead(key=prefix)], ignore_conflicts=True)
        head = NumberHead.objects.select_for_update().get(pk=prefix)
    head.last_number += 1
    head.save(update_fields=["last_number"])
    return f"{prefix}-{head.last_number:06d}"
