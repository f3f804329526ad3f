"""What this room says of its own subject: who may see and hang files on an invoice."""

from __future__ import annotations

from datetime import datetime

from sanzi.evidence import hooks
from sanzi.evidence.actions import checks
from sanzi.evidence.queries import register as register_queries
from sanzi.orgs.actors import Actor


def register() -> None:
    """Speak for invoices; called once from `apps.ready`."""
    hooks.register(checks.SUBJECT, hooks.Subject(see_invoice, change_invoice))


def see_invoice(by: Actor, ext_id: str) -> None:
    """Refuse what is out of scope. Raises: NotFound."""
    register_queries.page(by=by, ext_id=ext_id)


def change_invoice(by: Actor, ext_id: str, _at: datetime) -> str:
    """Return the audit chain: pictures of the tax office's page hang here. Raises: NotFound."""
    return checks.access(by, ext_id).org_ext_id or "evidence"
