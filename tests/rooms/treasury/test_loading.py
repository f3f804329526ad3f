"""Deposits, debts, advances and investments of a data package, into the room and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.matters import shelf
from sanzi.orgs.actors import SYSTEM
from sanzi.record.loaders import LoadContext, LoadCount, registered
from worlds import deals, treasury
from worlds.treasury import AT
from worlds.village import WILLOW

pytestmark = pytest.mark.django_db

ROWS: dict[str, dict[str, Any]] = {
    "deposit": {
        "deposit_id": "CK-1", "account_id": "A-TERM", "bank_code": "402999900017",
        "principal_fen": 120_000_000, "rate_bp": 110, "start_date": date(2026, 3, 1),
        "maturity_date": date(2027, 3, 1), "tender_id": None, "withdrawn_at": None,
        "interest_fen": None, "early_decision_id": None,
    },
    "debt": {
        "debt_id": "ZQ-1", "kind": "guarantee", "purpose": "替厂家担保", "counterparty_id": "C-1",
        "person_id": None, "principal_fen": 20_000_000, "rate_bp": 0, "balance_fen": 20_000_000,
        "incurred_at": datetime(2024, 5, 1, 2, 0, tzinfo=UTC), "due_date": date(2027, 5, 1),
        "decision_id": "D-1", "contract_id": None, "town_approved_at": None,
        "status": "standing",
    },
    "advance": {
        "advance_id": "JK-1", "person_id": "V1", "counterparty_id": None, "contract_id": None,
        "kind": "borrow", "purpose": "去年借的", "amount_fen": 3_600_000, "cleared_fen": 0,
        "issued_at": datetime(2025, 12, 1, 2, 0, tzinfo=UTC), "due_date": date(2025, 12, 4),
        "status": "out",
    },
    "investment": {
        "investment_id": "TZ-1", "project": "镇里飞地厂房", "kind": "joint",
        "counterparty_id": "C-2", "amount_fen": 100_000_000, "share_bp": 2000,
        "decision_id": "D-1", "contract_id": None, "approved_at": None,
        "start_date": date(2024, 1, 1), "end_date": date(2029, 1, 1), "returned_fen": 5_000_000,
        "last_return_date": date(2025, 12, 20), "status": "standing",
    },
}  # fmt: skip


def _utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


@pytest.mark.parametrize("table", list(ROWS))
def test_a_row_comes_in_once_and_stands_in_the_record_as_it_was_told(table: str) -> None:
    treasury.build()
    told = {"org_id": "O-WILLOW", "village_id": WILLOW, "case_id": None, **ROWS[table]}
    loader = next(one for one in registered() if one.table == table)
    context = LoadContext(by=SYSTEM, at=AT)

    assert loader.load([told], context) == LoadCount(added=1)
    assert loader.load([told], context) == LoadCount(unchanged=1)
    changed = {**told, "village_id": None, "case_id": "K-OLD"}
    assert loader.load([changed], context) == LoadCount(changed=1)

    [row] = deals.record_rows(table)
    if table == "deposit":
        assert row.pop("start_month") == str(told["start_date"])[:7]
    assert {key: _utc(value) for key, value in row.items() if value not in (None, "")} == {
        key: value for key, value in {**changed, "village_id": WILLOW}.items() if value is not None
    }


@pytest.mark.parametrize(
    ("key", "table", "head"),
    [
        ("deposits", "deposit", "1,200,000.00元，2027-03-01到期"),
        ("debts", "debt", "替厂家担保"),
        ("advances", "advance", "去年借的"),
        ("investments", "investment", "镇里飞地厂房"),
    ],
)
def test_the_shelf_shows_the_rows_of_the_own_village_only(key: str, table: str, head: str) -> None:
    made = treasury.build()
    told = {"org_id": "O-WILLOW", "village_id": WILLOW, "case_id": None, **ROWS[table]}
    loader = next(one for one in registered() if one.table == table)
    loader.load([told], LoadContext(by=SYSTEM, at=AT))

    item = shelf.item(by=made.world.actor("village_clerk"), key=key, ext_id=told[f"{table}_id"])

    assert item.head == head
    assert not shelf.rows(by=made.world.actor("stone_cashier"), key=key).exists()
