"""Earmarked funds: entered once, and the day on which their money came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.orgs.models import Organisation
from sanzi.payments.models import Fund


@dataclass(frozen=True)
class FundFields:
    """A fund as it is granted. Units: fen.

    Shapes: `organisation` is the body that will use it; `source_level` a value of the record;
        `subjects` the account codes it may be spent on, with spaces between.
    """

    code: str
    organisation: str
    name: str
    source_level: str
    amount_fen: int
    granted_date: date
    subjects: str = ""
    use_by_date: date | None = None


def create(*, fields: FundFields, body: Organisation, allocated_at: datetime) -> Fund:
    """Write a fund down; the caller has checked it and writes the event. In its transaction."""
    return Fund.objects.create(
        code=fields.code.strip(),
        organisation=body,
        name=fields.name.strip()[:120],
        source_level=fields.source_level,
        purpose_subjects=" ".join(fields.subjects.split())[:200],
        amount_fen=fields.amount_fen,
        allocated_at=allocated_at,
        use_by_date=fields.use_by_date,
    )


def note_received(fund: Fund, received_at: datetime) -> None:
    """Note when the money of a fund came; the first time counts. In the caller's transaction."""
    if fund.received_at is None:
        fund.received_at = received_at
        fund.save(update_fields=["received_at"])
