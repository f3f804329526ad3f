"""Loaders of the room's tables of a data package: purchases and the prices of inquiries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge
from sanzi.registers.procurement.models import Procurement, Quote

COLUMNS = (
    "organisation_id", "division_code", "case_number", "category_code", "title",
    "quantity_milli", "unit", "estimate_fen", "award_fen", "counterparty_id", "method",
    "buyer_id", "submitted_at", "approved_at", "ordered_at", "delivered_at", "accepted_at",
    "status", "tender_ext_id", "contract_ext_id",
)  # fmt: skip
AS_IT_IS = (
    "category_code", "quantity_milli", "unit", "estimate_fen", "award_fen", "method",
    "submitted_at", "approved_at", "ordered_at", "delivered_at", "accepted_at", "status",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("procurement", ORDER["procurement"], load_procurements))
    register(Loader("quote", ORDER["quote"], load_quotes))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def load_procurements(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `procurement` rows."""
    bodies, firms, people = _keys(Organisation), _keys(Counterparty), _keys(Person)
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    made = (
        {
            "ext_id": row["procurement_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _text(row, "village_id") or places[bodies[row["org_id"]]],
            "case_number": _text(row, "case_id"),
            "title": row["title"][:120],
            "counterparty_id": firms.get(_text(row, "counterparty_id")),
            "buyer_id": people.get(_text(row, "buyer_person_id")),
            "tender_ext_id": _text(row, "tender_id"),
            "contract_ext_id": _text(row, "contract_id"),
            **{name: row.get(name) for name in AS_IT_IS},
        }
        for row in rows
    )
    return merge(Procurement, made, key="ext_id", compare=COLUMNS)


def load_quotes(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `quote` rows that are not known."""
    bought, firms = _keys(Procurement), _keys(Counterparty)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["quote_id"],
            "procurement_id": bought[row["procurement_id"]],
            "counterparty_id": firms[row["counterparty_id"]],
            "price_fen": row["price_fen"],
            "quoted_at": row["quoted_at"],
            "file_hash": _text(row, "file_hash"),
            "is_winner": row["is_winner"],
        }

    return add(Quote, rows, column="quote_id", made=made)
