"""Who sees the pictures that machines took; nobody but the machines hangs one."""

from __future__ import annotations

from datetime import datetime

from sanzi.evidence import hooks
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.registers.seals.actions.arrivals import SUBJECT
from sanzi.registers.seals.models import SealUse
from sanzi.registers.seals.queries import SEE


def register() -> None:
    """Speak for uses of seals to evidence; called once from `apps.ready`."""
    hooks.register(SUBJECT, hooks.Subject(_see, _change))


def _see(by: Actor, ext_id: str) -> None:
    row = SealUse.objects.filter(ext_id=ext_id).only("division_code").first()
    if row is None or not scope.can(by, SEE, row.division_code):
        raise NotFound


def _change(by: Actor, ext_id: str, _at: datetime) -> str:
    row = SealUse.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if row is None or by.user_id is not None or by.person_id is not None:
        raise NotFound
    return row.organisation.ext_id
