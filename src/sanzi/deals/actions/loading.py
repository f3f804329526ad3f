"""Loaders of the room's tables of a data package: contracts, tenders, bids, and old sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sanzi.deals.models import Contract
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
