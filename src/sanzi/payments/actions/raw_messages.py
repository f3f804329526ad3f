"""Looking into a raw message: who looked is in the log."""

from __future__ import annotations

from datetime import datetime

from sanzi.audit import actions as audit
from sanzi.orgs.actors import Actor
from sanzi.payments.queries import raw_messages as queries
from sanzi.payments.queries.raw_messages import RawPage


def open_message(*, by: Actor, at: datetime, pk: int) -> RawPage:
    """Return one call to a bank with both texts, masked; the log hears who looked.

    Raises: NotFound, when the actor has no county post that reads the log, or there is no such.
    """
    found = queries.message(by=by, pk=pk)
    audit.write(
        chain="county",
        kind="payments.raw_message.opened",
        by=by,
        at=at,
        subject=("bank_message", str(pk)),
        after={"reference": found.row.reference},
    )
    return found
