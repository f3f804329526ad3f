"""Tables of the room come in from a package, once, and go out into the record as they came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.record.loaders import LoadContext, LoadCount, Rows
from sanzi.registers.yearly import loading
from worlds import deals, yearly
from worlds.village import WILLOW, World

CONTEXT = LoadContext(by="tester", at=datetime(2026, 11, 1, tzinfo=UTC))
DAY = datetime(2025, 5, 6, 4, tzinfo=UTC)
HEAD = {
    "org_id": "O-WILLOW", "village_id": WILLOW, "case_id": "", "year": 2025,
    "shown_start_date": date(2025, 1, 2), "shown_end_date": date(2025, 1, 20),
    "decision_id": "D-1", "submitted_at": DAY, "approved_at": DAY, "status": "approved",
}  # fmt: skip
BUDGET = {
    **HEAD, "budget_id": "YSA-1", "kind": "budget", "total_fen": 900_000,
    "nonproductive_fen": 100_000, "nonproductive_decision_id": "D-2",
}  # fmt: skip
ITEM = {
    "budget_item_id": "YSH-1", "budget_id": "YSA-1", "place": 1, "subject_code": "51404",
    "title": "保洁", "amount_fen": 900_000, "spent_fen": None, "is_nonproductive": False,
}  # fmt: skip
DISTRIBUTION = {
    **HEAD, "distribution_id": "FP-1", "net_income_fen": 500_000, "loss_offset_fen": 0,
    "reserve_fen": 150_000, "welfare_fen": 0, "per_share_fen": 1_000, "distributed_fen": 300_000,
    "paid_at": DAY,
}  # fmt: skip
SHARE = {
    "share_id": "FPM-1", "distribution_id": "FP-1", "person_id": "V1", "share_count": 2,
    "amount_fen": 2_000,
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return yearly.build()


def _same(found: object, value: object) -> bool:
    if isinstance(value, datetime):
        return str(found).startswith(value.strftime("%Y-%m-%d"))
    return str(found) == str(value) if isinstance(value, date) else found == value


def _goes_round(
    load: Callable[[Rows, LoadContext], LoadCount], table: str, row: dict[str, Any]
) -> None:
    """Load a row twice, and read it back from the record."""
    assert load(iter([row]), CONTEXT) == LoadCount(added=1)
    assert load(iter([row]), CONTEXT) == LoadCount(unchanged=1)
    [found] = deals.record_rows(table)
    for name, value in row.items():
        assert _same(found[name], value), (table, name, found[name])


def test_the_tables_of_the_room_come_and_go_as_they_are(world: World) -> None:
    _goes_round(loading.load_budgets, "budget", BUDGET)
    _goes_round(loading.load_items, "budget_item", ITEM)
    _goes_round(loading.load_distributions, "distribution", DISTRIBUTION)
    _goes_round(loading.load_shares, "distribution_share", SHARE)
