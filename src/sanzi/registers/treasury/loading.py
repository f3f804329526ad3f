"""Loaders of the room's tables of a data package: what is planned, placed, owed, asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models import BankAccount, VillageCard
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import merge
from sanzi.registers.treasury.models import (
    Advance,
    CardIssue,
    Debt,
    Deposit,
    DepositPlan,
    Investment,
)

COMMON = ("organisation_id", "division_code", "case_number")
AS_IT_IS: Mapping[str, tuple[str, ...]] = {
    "deposit_plan": (
        "principal_fen", "term_months", "reserve_months", "rate_floor_bp", "rate_weight",
        "won_rate_bp", "agreement_end_date", "submitted_at", "approved_at",
    ),
    "deposit": (
        "bank_code", "principal_fen", "rate_bp", "start_date", "maturity_date", "withdrawn_at",
        "interest_fen",
    ),
    "debt": (
        "kind", "principal_fen", "rate_bp", "balance_fen", "incurred_at", "due_date",
        "town_approved_at",
    ),
    "advance": ("kind", "amount_fen", "cleared_fen", "issued_at", "due_date"),
    "investment": (
        "project", "kind", "amount_fen", "share_bp", "approved_at", "start_date", "end_date",
        "returned_fen", "last_return_date",
    ),
    "card_issue": ("kind", "limit_fen", "bill_day", "due_day", "asked_at", "approved_at"),
}  # fmt: skip
TEXTS: Mapping[str, Mapping[str, str]] = {
    "deposit_plan": {"tender_id": "tender_ext_id", "status": "state"},
    "deposit": {"tender_id": "tender_ext_id", "early_decision_id": "early_decision_ext_id"},
    "debt": {
        "purpose": "purpose", "decision_id": "decision_ext_id", "contract_id": "contract_ext_id",
        "status": "state",
    },
    "advance": {"purpose": "purpose", "contract_id": "contract_ext_id", "status": "state"},
    "investment": {
        "decision_id": "decision_ext_id", "contract_id": "contract_ext_id", "status": "state",
    },
    "card_issue": {"status": "state"},
}  # fmt: skip
PARTIES: Mapping[str, tuple[str, Any]] = {
    "counterparty_id": ("counterparty_id", Counterparty),
    "person_id": ("person_id", Person),
}
KEYS: Mapping[str, Mapping[str, tuple[str, Any]]] = {
    "deposit_plan": {"bank_counterparty_id": ("bank_id", Counterparty)},
    "deposit": {"account_id": ("account_id", BankAccount)},
    "debt": PARTIES,
    "advance": PARTIES,
    "investment": {"counterparty_id": ("counterparty_id", Counterparty)},
    "card_issue": {
        "holder_person_id": ("holder_id", Person), "card_id": ("card_id", VillageCard),
    },
}  # fmt: skip
MODELS: Mapping[str, Any] = {
    "deposit_plan": DepositPlan, "deposit": Deposit, "debt": Debt, "advance": Advance,
    "investment": Investment, "card_issue": CardIssue,
}  # fmt: skip
IDS: Mapping[str, str] = {"deposit_plan": "plan_id", "card_issue": "issue_id"}
"""Tables whose key is not called as the table is."""


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table in MODELS:
        load: Callable[[Rows, LoadContext], LoadCount] = partial(_load, table)
        register(Loader(table, ORDER[table], load))


def _load(table: str, rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge the rows of one table."""
    bodies = dict(Organisation.objects.values_list("ext_id", "pk"))
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    known = {
        column: (attname, dict(model.objects.values_list("ext_id", "pk")))
        for column, (attname, model) in KEYS[table].items()
    }

    def made(row: Mapping[str, Any]) -> dict[str, Any]:
        body = bodies[row["org_id"]]
        return {
            "ext_id": row[IDS.get(table, f"{table}_id")],
            "organisation_id": body,
            "division_code": row.get("village_id") or places[body],
            "case_number": row.get("case_id") or "",
            **{name: row.get(name) for name in AS_IT_IS[table]},
            **{name: row.get(column) or "" for column, name in TEXTS[table].items()},
            **{name: keys.get(row.get(column)) for column, (name, keys) in known.items()},
        }

    attnames = [name for name, _ in KEYS[table].values()]
    compare = (*COMMON, *AS_IT_IS[table], *TEXTS[table].values(), *attnames)
    return merge(MODELS[table], (made(row) for row in rows), key="ext_id", compare=compare)
