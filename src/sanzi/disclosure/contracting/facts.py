"""What is public of the works and purchases of a village, read in a fixed number of queries.

Offers are told only after the opening; persons are masked, firms are not. An element of it is
one contracting process, whichever register it lies in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sanzi.deals.models import Bid, Contract, Tender
from sanzi.disclosure import naming
from sanzi.kernel import masking
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.payments.models import Payment, PaymentStatus
from sanzi.registers.procurement.models import Procurement, Quote
from sanzi.registers.procurement.models import Status as PurchaseStatus
from sanzi.registers.works.models import Stage, Variation, Works

PRIVATE_STAGES = (Stage.APPLIED, Stage.ENDED)
PRIVATE_PURCHASES = (PurchaseStatus.REQUESTED, PurchaseStatus.ENDED)


@dataclass(frozen=True)
class Party:
    """A body or a firm; `uscc` is empty where none is known, and always for a person."""

    ident: str
    name: str
    uscc: str = ""


@dataclass(frozen=True)
class Competition:
    """How the seller was found. `offers` holds who offered, None before the opening."""

    ident: str
    title: str
    method: str
    state: str
    limit_fen: int | None = None
    published_at: datetime | None = None
    deadline_at: datetime | None = None
    offers: tuple[Party, ...] | None = None
    awarded_at: datetime | None = None


@dataclass(frozen=True)
class Deal:
    """The contract. Units: fen."""

    ident: str
    fen: int | None
    signed: date | None
    start: date | None
    end: date | None
    is_closed: bool


@dataclass(frozen=True)
class Change:
    """An approved change of the contract's sum. Units: fen."""

    ident: str
    at: datetime
    fen: int
    why: str


@dataclass(frozen=True)
class Paid:
    """A payment that reached the seller. Units: fen."""

    ident: str
    at: datetime
    fen: int


@dataclass(frozen=True)
class Process:
    """One work or purchase with everything public of it. Units: fen; `lat`, `lng` degrees."""

    ident: str
    title: str
    is_works: bool
    kind: str
    buyer: Party
    changed_at: datetime
    applied_at: datetime | None
    approved_at: datetime | None
    budget_fen: int
    place: str = ""
    lat: float | None = None
    lng: float | None = None
    supplier: Party | None = None
    award_fen: int | None = None
    competition: Competition | None = None
    deal: Deal | None = None
    changes: tuple[Change, ...] = ()
    paid: tuple[Paid, ...] = ()
    started_at: datetime | None = None
    completed_at: datetime | None = None
    accepted_at: datetime | None = None
    final_fen: int | None = None
    planned_end: date | None = None
    is_emergency: bool = False


def processes(division_code: str) -> tuple[Process, ...]:
    """Return what a village builds and buys, newest first, from its approval on."""
    found = [*_works(division_code), *_purchases(division_code)]
    found = _without_names(division_code, found)
    return tuple(sorted(found, key=lambda one: (one.changed_at, one.ident), reverse=True))


def _without_names(division_code: str, rows: list[Process]) -> list[Process]:
    """Return the processes with nobody of the village named in titles, places and reasons."""
    texts = [
        text
        for one in rows
        for text in (
            one.title,
            one.place,
            one.competition.title if one.competition else "",
            *(each.why for each in one.changes),
        )
    ]
    told = iter(naming.clean(division_code, texts))
    return [
        replace(
            one,
            title=next(told),
            place=next(told),
            competition=_titled(one.competition, next(told)),
            changes=tuple(replace(each, why=next(told)) for each in one.changes),
        )
        for one in rows
    ]


def _titled(one: Competition | None, title: str) -> Competition | None:
    return replace(one, title=title) if one else None


def buyer_of(body: Organisation) -> Party:
    """Return a body of the village as a party."""
    return Party(f"SANZI-{body.ext_id}", body.name, body.uscc)


def firm(one: Counterparty) -> Party:
    """Return a seller as a party: a person masked and without a number."""
    if one.kind == "person":
        return Party(f"SANZI-{one.ext_id}", masking.name(one.name))
    return Party(f"SANZI-{one.ext_id}", one.name, one.uscc)


def _works(division_code: str) -> list[Process]:
    rows = list(
        Works.objects.filter(division_code=division_code)
        .exclude(status__in=PRIVATE_STAGES)
        .select_related("organisation", "counterparty")
    )
    tenders = _tenders(one.tender_ext_id for one in rows)
    deals = _deals(one.contract_ext_id for one in rows)
    paid = _paid("works", (one.case_number for one in rows))
    changes = _changes(rows)
    return [
        Process(
            ident=one.ext_id,
            title=one.name,
            is_works=True,
            kind=one.kind,
            buyer=buyer_of(one.organisation),
            changed_at=one.stage_changed_at or one.approved_at or one.applied_at,  # type: ignore[arg-type]
            applied_at=one.applied_at,
            approved_at=one.approved_at,
            budget_fen=one.estimate_fen,
            place=one.place,
            lat=_degrees(one.lat_micro),
            lng=_degrees(one.lng_micro),
            supplier=firm(one.counterparty) if one.counterparty else None,
            award_fen=one.award_fen,
            competition=tenders.get(one.tender_ext_id),
            deal=deals.get(one.contract_ext_id),
            changes=tuple(changes[one.pk]),
            paid=tuple(paid[one.case_number]),
            started_at=one.started_at,
            completed_at=one.completed_at,
            accepted_at=one.accepted_at,
            final_fen=one.audited_fen,
            planned_end=one.planned_end_date,
            is_emergency=one.is_emergency,
        )
        for one in rows
        if one.stage_changed_at or one.approved_at or one.applied_at
    ]


def _purchases(division_code: str) -> list[Process]:
    rows = list(
        Procurement.objects.filter(division_code=division_code)
        .exclude(status__in=PRIVATE_PURCHASES)
        .select_related("organisation", "counterparty")
    )
    tenders = _tenders(one.tender_ext_id for one in rows)
    deals = _deals(one.contract_ext_id for one in rows)
    paid = _paid("procurement", (one.case_number for one in rows))
    asked = _asked(rows)
    found = []
    for one in rows:
        changed = one.accepted_at or one.ordered_at or one.approved_at or one.submitted_at
        if changed is None:
            continue
        competition = tenders.get(one.tender_ext_id) or _inquiry(one, tuple(asked[one.pk]))
        found.append(
            Process(
                ident=one.ext_id,
                title=one.title,
                is_works=False,
                kind=one.category_code,
                buyer=buyer_of(one.organisation),
                changed_at=changed,
                applied_at=one.submitted_at,
                approved_at=one.approved_at,
                budget_fen=one.estimate_fen,
                supplier=firm(one.counterparty) if one.counterparty else None,
                award_fen=one.award_fen,
                competition=competition,
                deal=deals.get(one.contract_ext_id),
                paid=tuple(paid[one.case_number]),
                accepted_at=one.accepted_at,
                is_emergency=one.method == "emergency",
            )
        )
    return found


def _inquiry(one: Procurement, offers: tuple[Party, ...]) -> Competition:
    """Return an inquiry or a direct purchase as the competition it was."""
    return Competition(
        ident=one.ext_id,
        title=one.title,
        method=one.method,
        state="awarded" if one.ordered_at else "published",
        published_at=one.approved_at,
        offers=offers if one.ordered_at else None,
        awarded_at=one.ordered_at,
    )


def _tenders(wanted: Iterable[str]) -> dict[str, Competition]:
    keys = {one for one in wanted if one}
    offers: defaultdict[int, list[Party]] = defaultdict(list)
    standing = Bid.objects.filter(
        tender__ext_id__in=keys, tender__opened_at__isnull=False, replaced_at__isnull=True
    )
    for bid in standing.select_related("counterparty").order_by("pk"):
        offers[bid.tender_id].append(firm(bid.counterparty))
    return {
        one.ext_id: Competition(
            ident=one.ext_id,
            title=one.title,
            method=one.method,
            state=one.state,
            limit_fen=one.limit_price_fen,
            published_at=one.published_at,
            deadline_at=one.bid_deadline_at,
            offers=tuple(offers[one.pk]) if one.opened_at else None,
            awarded_at=one.award_notice_at,
        )
        for one in Tender.objects.filter(ext_id__in=keys)
    }


def _asked(rows: Iterable[Procurement]) -> defaultdict[int, list[Party]]:
    found: defaultdict[int, list[Party]] = defaultdict(list)
    quotes = Quote.objects.filter(procurement__in=[one.pk for one in rows])
    for quote in quotes.select_related("counterparty").order_by("pk"):
        found[quote.procurement_id].append(firm(quote.counterparty))
    return found


def _deals(wanted: Iterable[str]) -> dict[str, Deal]:
    keys = {one for one in wanted if one}
    found = {
        one.ext_id: Deal(
            ident=one.ext_id,
            fen=one.amount_fen,
            signed=one.sign_date,
            start=one.start_date,
            end=one.end_date,
            is_closed=one.status in ("closed", "revoked"),
        )
        for one in Contract.objects.filter(ext_id__in=keys)
    }
    added = Contract.objects.filter(parent__ext_id__in=keys, amount_fen__isnull=False)
    for parent, fen in added.values_list("parent__ext_id", "amount_fen"):
        deal = found[parent]
        found[parent] = replace(deal, fen=(deal.fen or 0) + (fen or 0))
    return found


def _paid(source_kind: str, cases: Iterable[str]) -> defaultdict[str, list[Paid]]:
    found: defaultdict[str, list[Paid]] = defaultdict(list)
    rows = Payment.objects.filter(
        order__source_kind=source_kind,
        order__source_id__in={one for one in cases if one},
        status=PaymentStatus.SETTLED,
    )
    told = rows.order_by("paid_at", "pk").values_list(
        "order__source_id", "ext_id", "paid_at", "amount_fen"
    )
    for case, ident, at, fen in told:
        if at is not None:
            found[case].append(Paid(ident, at, fen))
    return found


def _changes(rows: Iterable[Works]) -> defaultdict[Any, list[Change]]:
    found: defaultdict[Any, list[Change]] = defaultdict(list)
    approved = Variation.objects.filter(
        works__in=[one.pk for one in rows], approved_at__isnull=False
    )
    told = approved.order_by("approved_at", "pk").values_list(
        "works_id", "ext_id", "approved_at", "amount_fen", "reason"
    )
    for works, ident, at, fen, why in told:
        if at is not None:
            found[works].append(Change(ident, at, fen, why))
    return found


def _degrees(micro: int | None) -> float | None:
    return None if micro is None else micro / 1_000_000
