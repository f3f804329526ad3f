"""What the record reads of posts is taken in again from a package, and changes nothing there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sanzi.record.loaders import LoadContext
from sanzi.record.packages import open_package, write_package
from sanzi.registers.posts import loading
from sanzi.registers.posts.models import Handover, HandoverItem, Hire, Pay, PayStandard
from worlds.village import WILLOW

CONTEXT = LoadContext(by=None, at=datetime(2026, 11, 12, tzinfo=UTC))
BASE = {"org_id": "O-WILLOW", "village_id": WILLOW}
ROWS: tuple[tuple[str, Any, Any, dict[str, Any]], ...] = (
    ("pay_standard", loading.load_standards, PayStandard, {
        "standard_id": "BZ-9", "role_code": "village_secretary", "kind": "basic",
        "value_fen": 500_000, "valid_from_date": date(2026, 1, 1),
    }),
    ("pay", loading.load_pay, Pay, {
        "pay_id": "BC-9", "person_id": "P-willow-4", "kind": "lost_work", "period": "2026-10",
        "work_date": date(2026, 10, 9), "amount_fen": 12_000, "status": "approved",
    }),
    ("hire", loading.load_hires, Hire, {
        "hire_id": "PY-9", "role_code": "village_staff", "duties": "村道保洁",
        "monthly_fen": 180_000, "start_date": date(2026, 1, 1), "end_date": date(2026, 12, 31),
        "person_id": "V1", "status": "hired",
    }),
    ("handover", loading.load_handovers, Handover, {
        "handover_id": "LR-9", "person_id": "P-willow-1", "role_code": "cashier_reporter",
        "left_date": date(2026, 9, 1), "rectified_count": 0, "status": "leaving",
    }),
    ("handover_item", loading.load_items, HandoverItem, {
        "item_id": "LRX-9", "handover_id": "LR-9", "kind": "books", "title": "账簿",
        "is_found": True,
    }),
)  # fmt: skip


@pytest.mark.usefixtures("money")
def test_every_table_of_the_room_is_taken_in_once_and_a_change_is_seen(tmp_path: Path) -> None:
    tables = {name: [row if name == "handover_item" else {**BASE, **row}]
              for name, _, _, row in ROWS}  # fmt: skip
    write_package(tmp_path, "posts", tables)
    package = open_package(tmp_path)

    for name, load, model, row in ROWS:
        first = load(package.rows(name), CONTEXT)
        again = load(package.rows(name), CONTEXT)
        assert (first.added, again.unchanged, again.added + again.changed) == (1, 1, 0), name
        assert model.objects.get().ext_id in row.values()

    changed = load_changed(tmp_path)
    assert changed == 1
    assert Pay.objects.get().amount_fen == 15_000


def load_changed(folder: Path) -> int:
    """Write the pay row again with another sum, and load it."""
    row = next(one for name, _, _, one in ROWS if name == "pay")
    write_package(folder / "again", "posts", {"pay": [{**BASE, **row, "amount_fen": 15_000}]})
    return loading.load_pay(open_package(folder / "again").rows("pay"), CONTEXT).changed
