"""Loaders of the room's tables: history comes in as it was and is never changed by an import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sanzi.orgs.models import Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add
from sanzi.registers.yearly.models import Budget, BudgetItem, Distribution, Share

HEAD = ("year", "shown_start_date", "shown_end_date", "submitted_at", "approved_at", "status")
BUDGET = ("kind", "total_fen", "nonproductive_fen")
ITEM = ("place", "subject_code", "amount_fen", "spent_fen", "is_nonproductive")
DISTRIBUTION = (
    "net_income_fen", "loss_offset_fen", "reserve_fen", "welfare_fen", "per_share_fen",
    "distributed_fen", "paid_at",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table, load in (
        ("budget", load_budgets),
        ("budget_item", load_items),
        ("distribution", load_distributions),
        ("distribution_share", load_shares),
    ):
        register(Loader(table, ORDER[table], load))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def _said(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in names}


def _head(pk: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what reads the columns that every head row has."""
    bodies = _keys(Organisation)

    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row[pk],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": _text(row, "case_id"),
            "decision_ext_id": _text(row, "decision_id"),
            **_said(row, HEAD),
        }

    return read


def load_budgets(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `budget` rows; what payments name comes with `budget_line`."""
    head = _head("budget_id")

    def made(row: dict[str, Any]) -> dict[str, Any]:
        apart = _text(row, "nonproductive_decision_id")
        return {**head(row), **_said(row, BUDGET), "nonproductive_decision_ext_id": apart}

    return add(Budget, rows, column="budget_id", made=made)


def load_items(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `budget_item` rows."""
    budgets = _keys(Budget)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["budget_item_id"],
            "budget_id": budgets[row["budget_id"]],
            "name": _text(row, "title")[:60],
            **_said(row, ITEM),
        }

    return add(BudgetItem, rows, column="budget_item_id", made=made)


def load_distributions(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `distribution` rows."""
    head = _head("distribution_id")

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {**head(row), **_said(row, DISTRIBUTION)}

    return add(Distribution, rows, column="distribution_id", made=made)


def load_shares(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `distribution_share` rows."""
    plans, people = _keys(Distribution), _keys(Person)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["share_id"],
            "distribution_id": plans[row["distribution_id"]],
            "person_id": people[row["person_id"]],
            **_said(row, ("share_count", "amount_fen")),
        }

    return add(Share, rows, column="share_id", made=made)
