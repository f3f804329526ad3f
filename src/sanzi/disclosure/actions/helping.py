"""Somebody helps an old villager on his household's page: who he says he is, when, what he did.

It is written to the log and shown to the household. Letters to the offices that watch are no part
of it: that they were written with help stands in the letter alone.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.disclosure import rules
from sanzi.disclosure.actions.households import index, tell
from sanzi.disclosure.errors import NoSuchHelper
from sanzi.disclosure.models import HouseholdLook
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

DID = "help_did"


@transaction.atomic
def begin(*, helper: str, by: Actor, at: datetime) -> datetime:
    """Write down that somebody helps from now on; return until when. `by` is who proved himself.

    Raises: NotFound, NoSuchHelper. Nothing is left then.
    """
    if helper not in rules.HELPERS:
        raise NoSuchHelper(field="helper")
    until = at + rules.HELP_LASTS
    _note("begun", f"help_{helper}", by, at, {"helper": helper, "until": until.isoformat()})
    return until


@transaction.atomic
def end(*, helper: str, by: Actor, at: datetime) -> None:
    """Write down that the help is over. Raises: NotFound."""
    _note("ended", "", by, at, {"helper": helper})


@transaction.atomic
def did(*, helper: str, what: str, by: Actor, at: datetime) -> None:
    """Write down that something which binds was done with help. Raises: NotFound."""
    _note("used", DID, by, at, {"helper": helper, "what": what})


def _note(verb: str, how: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    """Write an event, and a look for the household when `how` says one."""
    person = Person.objects.select_related("household").filter(pk=by.person_id or 0).first()
    if person is None or person.household is None:
        raise NotFound
    if how:
        HouseholdLook.objects.create(
            household=person.household,
            name_index=index("look-help", f"{person.pk}"),
            address_index="",
            at=at,
            how=how,
            was_granted=True,
        )
    tell(person.household, f"disclosure.help.{verb}", by, at, after)
