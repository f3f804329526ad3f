"""Files on alerts: what the handler found and what the village brings to explain or put right."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.evidence import hooks
from sanzi.orgs.actors import Actor
from sanzi.supervision import known, queries
from sanzi.supervision.actions.stepping import IN_HAND, Step, locked, need_state
from sanzi.supervision.models import AlertState

SUBJECT: Final = "alert"
KINDS: Final = {
    "rectified": "整改凭据",
    "explained": "说明材料",
    "found": "核实材料",
}


def hang_papers() -> None:
    """Let files hang on alerts; called once from `apps.ready`."""
    hooks.register(SUBJECT, hooks.Subject(_may_see, _may_change))


def _may_see(by: Actor, ext_id: str) -> None:
    queries.access_alert(by=by, ext_id=ext_id)


def _may_change(by: Actor, ext_id: str, _at: datetime) -> str:
    with transaction.atomic():
        alert = locked(ext_id, by)
    need_state(alert, (*IN_HAND, AlertState.SUSPENDED), Step("file", "传材料"))
    return known.chain_of(alert.model_code, alert.org_ext_id)
