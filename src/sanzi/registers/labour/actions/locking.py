"""One way to lock a request: its row first, then persons by key."""

from __future__ import annotations

from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour.errors import NotOpen
from sanzi.registers.labour.models import LabourRequest, RequestState


def lock(
    ext_id: str, by: Actor, permission: str, allowed: tuple[RequestState, ...], verb: str
) -> LabourRequest:
    """Lock a request of the actor's scope that stands at one of these states.

    Raises: NotFound, NotOpen.
    """
    rows = LabourRequest.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(ext_id=ext_id).first()
    if row is None:
        raise NotFound
    scope.require(by, permission, row.division_code)
    if row.state not in allowed:
        raise NotOpen(state=row.get_state_display(), verb=verb)
    return row
