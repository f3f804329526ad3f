"""What the proposals of a county have in common: one draws up, another approves or refuses.

A proposal counts from its first day on, which is never past when it is approved: what was booked
before keeps the chart and the templates it was booked by. Source: 财会〔2024〕11号 第十七条 (rules
are queryable and their change is approved and logged).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.ledger.errors import FirstDayPast, MakerApproves, ProposalDecided, ReasonMissing
from sanzi.ledger.models import Proposal
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

PROPOSE, APPROVE = "ledger.propose", "ledger.approve"
CHAIN = "county"
REASON_MAX = 200
Row = TypeVar("Row", bound=Proposal)


def require(by: Actor, permission: str) -> int:
    """Return the person behind an actor who may do this for the county; raises NotFound."""
    if by.person_id is None or not scope.prefixes(by, permission):
        raise NotFound
    return by.person_id


def require_ahead(day: dt.date, at: dt.datetime) -> None:
    """Refuse a first day that is past; raises FirstDayPast."""
    if day < clock.local_date(at):
        raise FirstDayPast(day=day)


def locked(model: type[Row], ext_id: str, by: Actor) -> Row:
    """Return a proposal that waits, locked, for one who may decide and did not draw it up.

    Raises: NotFound, ProposalDecided, MakerApproves.
    """
    person = require(by, APPROVE)
    found = model._default_manager.select_for_update().filter(ext_id=ext_id).first()  # noqa: SLF001
    if found is None:
        raise NotFound
    if found.approved_at is not None or found.refused_reason:
        raise ProposalDecided
    if found.made_by_id == person:
        raise MakerApproves
    return found


def approve(row: Proposal, kind: str, *, by: Actor, at: dt.datetime, **more: Any) -> None:
    """Write the approval of a locked proposal; `more` are other fields that change with it.

    Raises: FirstDayPast.
    """
    require_ahead(row.valid_from_date, at)
    row.approved_by_id, row.approved_at = by.person_id, at
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["approved_by_id", "approved_at", *more])
    tell(row, kind, "approved", by=by, at=at, after={"from": row.valid_from_date.isoformat()})


def refuse(
    model: type[Row],
    kind: str,
    *,
    ext_id: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    access: Callable[[Row], None] = lambda _row: None,
) -> None:
    """Refuse a proposal with the reason.

    Raises: NotFound, ProposalDecided, MakerApproves, ReasonMissing.
    """
    row = locked(model, ext_id, by)
    access(row)
    if not reason.strip():
        raise ReasonMissing
    row.refused_reason = reason.strip()[:REASON_MAX]
    row.save(update_fields=["refused_reason"])
    tell(row, kind, "refused", by=by, at=at, after={"reason": row.refused_reason})


def tell(
    row: Proposal, kind: str, what: str, *, by: Actor, at: dt.datetime, after: dict[str, Any]
) -> None:
    """Write what happened to a proposal into the log of the county."""
    audit.write(
        chain=CHAIN,
        kind=f"ledger.{kind}.{what}",
        by=by,
        at=at,
        subject=(kind, row.ext_id),
        after=after,
    )
