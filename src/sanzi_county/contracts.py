"""Contracts on paper: signed, filed with their original, each with what the law wants in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sanzi.kernel.digest import sm3
from sanzi_county.days import DAY, at, workday_from
from sanzi_county.world import Firm, Org
from sanzi_county.write import Sink


@dataclass(frozen=True)
class Deal:
    """What was agreed: from when to when, for how much, on which vote, about what."""

    signed: date
    end: date
    amount_fen: int | None = None
    decision_id: str | None = None
    subject_id: str | None = None
    contract_id: str | None = None
    tender_id: str | None = None
    start: date | None = None


def write(sink: Sink, org: Org, what: tuple[str, str, str], firm: Firm, deal: Deal) -> None:
    """Write a contract (number, kind, title); its body keeps it from two days after."""
    name, kind, title = what
    sink.add(
        "contract",
        contract_id=name,
        org_id=org.org_id,
        village_id=org.code,
        kind=kind,
        title=title,
        counterparty_id=firm.counterparty_id,
        sign_date=deal.signed,
        start_date=deal.start or deal.signed + 10 * DAY,
        end_date=deal.end,
        amount_fen=deal.amount_fen,
        tender_id=deal.tender_id,
        decision_id=deal.decision_id,
        subject_id=deal.subject_id,
        filed_at=at(workday_from(deal.signed + 2 * DAY), 10),
        doc_hash=sm3(f"contract {name}".encode()),
        has_price_clause=True,
        has_term_clause=True,
        has_breach_clause=True,
        has_settlement_clause=True,
        is_oral=False,
        status="approved",
    )
