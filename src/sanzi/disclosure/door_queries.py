"""Reads of doors: which villages' QR an officer may print."""

from __future__ import annotations

from dataclasses import dataclass

from sanzi.disclosure.models import Door
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


@dataclass(frozen=True)
class DoorView:
    """A village and the token of its QR."""

    village_code: str
    village_name: str
    token: str


def doors(*, by: Actor) -> list[DoorView]:
    """Return the doors in force in the actor's scope, by place."""
    found = Door.objects.filter(
        scope.within(by, "disclosure.issue_code", "division_id"), revoked_at__isnull=True
    )
    return [
        DoorView(one.division_id, one.division.name, one.token)
        for one in found.select_related("division").order_by("division_id")
    ]


def access_door(*, by: Actor, village_code: str) -> DoorView:
    """Return one door. Raises: NotFound, also when it lies out of scope."""
    for one in doors(by=by):
        if one.village_code == village_code:
            return one
    raise NotFound
