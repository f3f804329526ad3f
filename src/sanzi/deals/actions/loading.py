"""Loaders of the room's tables of a data package: contracts, tenders, bids, and old sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sanzi.deals.models import Auction, Bid, Contract, Tender
from sanzi.deals.queries import contracts as queries
from sanzi.matters import elsewhere
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge

CONTRACT_COLUMNS = (
    "kind", "organisation_id", "division_code", "title", "counterparty_id", "sign_date",
    "start_date", "end_date", "amount_fen", "period_fen", "tender_ext_id", "decision_ext_id",
    "seal_use_ext_id", "parent_id", "has_price_clause", "has_term_clause", "has_breach_clause",
    "has_settlement_clause", "is_oral", "doc_hash", "filed_at", "status", "subject_ext_id",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes, and matters that contracts live here."""
    register(Loader("contract", ORDER["contract"], load_contracts))
    register(Loader("tender", ORDER["tender"], load_tenders))
    register(Loader("bid", ORDER["bid"], load_bids))
    elsewhere.register(
        "contract",
        elsewhere.Held(
            load=load_sources,
            offered=queries.offered,
            title=lambda ext_id: queries.titles([ext_id]).get(ext_id, ""),
        ),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def load_sources(rows: Sequence[Mapping[str, Any]]) -> LoadCount:
    """Add the contracts that a package brings as mere sources of payments.

    A contract that is known is left as it stands: its own table says more. The price of a source
    with an end is that of one period.
    """
    bodies, firms, people = _keys(Organisation), _keys(Counterparty), _keys(Person)
    places = dict(Organisation.objects.values_list("pk", "division_id"))

    def made(row: Mapping[str, Any]) -> dict[str, Any]:
        body = bodies[row["org_id"]]
        fen, is_series = row.get("amount_fen"), row.get("end_date") is not None
        return {
            "ext_id": row["source_id"],
            "organisation_id": body,
            "division_code": _text(row, "village_id") or places[body],
            "kind": "other",
            "title": row["title"][:120],
            "counterparty_id": firms.get(_text(row, "counterparty_id")),
            "person_id": people.get(_text(row, "person_id")),
            "decision_ext_id": _text(row, "decision_id"),
            "start_date": row.get("start_date"),
            "end_date": row.get("end_date"),
            "amount_fen": None if is_series else fen,
            "period_fen": fen if is_series else None,
            "approved_at": row.get("approved_at"),
            "status": row["status"],
        }

    return add(Contract, [dict(row) for row in rows], column="source_id", made=made)


def load_contracts(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `contract` rows; supplements come after the contracts they belong to."""
    bodies, firms = _keys(Organisation), _keys(Counterparty)
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    listed = list(rows)
    added = changed = unchanged = 0
    for is_supplement in (False, True):
        parents = _keys(Contract) if is_supplement else {}
        part = [row for row in listed if bool(row.get("parent_contract_id")) is is_supplement]
        made = [_contract(row, bodies, firms, places, parents) for row in part]
        count = merge(Contract, made, key="ext_id", compare=CONTRACT_COLUMNS)
        added, changed = added + count.added, changed + count.changed
        unchanged += count.unchanged
    return LoadCount(added, changed, unchanged)


def _contract(
    row: Mapping[str, Any],
    bodies: Mapping[str, int],
    firms: Mapping[str, int],
    places: Mapping[int, str],
    parents: Mapping[str, int],
) -> dict[str, Any]:
    body = bodies[row["org_id"]]
    return {
        "ext_id": row["contract_id"],
        "kind": row["kind"],
        "organisation_id": body,
        "division_code": _text(row, "village_id") or places[body],
        "title": row["title"][:120],
        "counterparty_id": firms.get(_text(row, "counterparty_id")),
        "sign_date": row.get("sign_date"),
        "start_date": row.get("start_date"),
        "end_date": row.get("end_date"),
        "amount_fen": row.get("amount_fen"),
        "period_fen": row.get("period_fen"),
        "tender_ext_id": _text(row, "tender_id"),
        "decision_ext_id": _text(row, "decision_id"),
        "seal_use_ext_id": _text(row, "seal_use_id"),
        "parent_id": parents.get(_text(row, "parent_contract_id")),
        "has_price_clause": row.get("has_price_clause"),
        "has_term_clause": row.get("has_term_clause"),
        "has_breach_clause": row.get("has_breach_clause"),
        "has_settlement_clause": row.get("has_settlement_clause"),
        "is_oral": bool(row.get("is_oral")),
        "doc_hash": _text(row, "doc_hash"),
        "filed_at": row.get("filed_at"),
        "status": row.get("status") or "approved",
        "subject_ext_id": _text(row, "subject_id"),
    }


TENDER_AS_IT_IS = (
    "subject_kind", "method", "platform_level", "published_at", "bid_deadline_at", "opened_at",
    "limit_price_fen", "reserve_price_fen", "bidder_min", "result_published_at",
    "result_publicity_end_date", "award_notice_at",
)  # fmt: skip


def load_tenders(rows: Rows, context: LoadContext) -> LoadCount:
    """Merge `tender` rows: competitions of the past as they went.

    Open auctions are known with every bid, or come so in the package's own table of them, and
    are left as they stand.
    """
    held = set(Auction.objects.values_list("ext_id", flat=True))
    if context.package is not None and "auction" in context.package.files:
        held |= {str(row["auction_id"]) for row in context.package.rows("auction")}
    bodies = _keys(Organisation)
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    made = (
        {
            "ext_id": row["tender_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _text(row, "village_id") or places[bodies[row["org_id"]]],
            "subject_ext_id": _text(row, "subject_id"),
            "case_number": _text(row, "case_id"),
            "title": row["title"][:120],
            "platform_number": _text(row, "platform_number"),
            "state": row["status"],
            **{name: row.get(name) for name in TENDER_AS_IT_IS},
        }
        for row in rows
        if row["tender_id"] not in held
    )
    compare = ("organisation_id", "division_code", "subject_ext_id", "case_number", "title",
               "platform_number", "state", *TENDER_AS_IT_IS)  # fmt: skip
    return merge(Tender, made, key="ext_id", compare=compare)


def load_bids(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `bid` rows that are not known: offers of the past, opened long ago."""
    known, firms = _keys(Tender), _keys(Counterparty)
    past = (row for row in rows if row["tender_id"] in known)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["bid_id"],
            "tender_id": known[row["tender_id"]],
            "counterparty_id": firms[row["counterparty_id"]],
            "price_fen": row.get("price_fen"),
            "submitted_at": row["submitted_at"],
            "ip": _text(row, "ip"),
            "mac": _text(row, "mac"),
            "doc_author": _text(row, "doc_author"),
            "doc_hash": _text(row, "doc_hash"),
            "doc_software_id": _text(row, "doc_software_id"),
            "agent_person_ext_id": _text(row, "agent_person_id"),
            "pm_person_ext_id": _text(row, "pm_person_id"),
            "is_valid": row.get("is_valid"),
            "is_winner": row["is_winner"],
        }

    return add(Bid, past, column="bid_id", made=made)
