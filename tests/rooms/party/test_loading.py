"""What the record reads of party work is taken in again from a package, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sanzi.record.loaders import LoadContext
from sanzi.record.packages import open_package, write_package
from sanzi.registers.party import loading
from sanzi.registers.party.models import PartyDues, PartyStage
from worlds.village import WILLOW

CONTEXT = LoadContext(by=None, at=datetime(2026, 11, 12, tzinfo=UTC))
BASE = {"org_id": "O-WILLOW", "village_id": WILLOW}
ROWS: dict[str, dict[str, Any]] = {
    "party_development": {
        **BASE, "development_id": "DF-9", "person_id": "V1", "stage": "object",
        "applied_date": date(2024, 5, 1),
    },
    "party_dues": {
        **BASE, "dues_id": "DFE-9", "person_id": "V1", "period": "2026-10", "due_fen": 100,
        "paid_fen": 100, "status": "approved",
    },
    "party_fund": {
        **BASE, "fund_id": "DFF-9", "use": "training", "reason": "党员培训",
        "amount_fen": 80_000, "status": "approved",
    },
    "honour": {
        **BASE, "honour_id": "PX-9", "person_id": "V1", "title": "优秀党员", "event": "抗洪",
        "level": "town", "status": "approved",
    },
}  # fmt: skip
STAGE = {
    "stage_id": "DFS-9", "development_id": "DF-9", "stage": "activist",
    "held_date": date(2024, 9, 1), "eligible_count": 20, "present_count": 18, "agree_count": 17,
}  # fmt: skip


@pytest.mark.usefixtures("money")
def test_every_table_of_the_room_is_taken_in_once_and_a_change_is_seen(tmp_path: Path) -> None:
    tables = {name: [row] for name, row in ROWS.items()}
    write_package(tmp_path, "party", {**tables, "party_stage": [STAGE]})
    package = open_package(tmp_path)

    for name in ROWS:
        first = loading.load_table(name, package.rows(name))
        again = loading.load_table(name, package.rows(name))
        assert (first.added, again.unchanged, again.added + again.changed) == (1, 1, 0), name
    loading.load_stages(package.rows("party_stage"), CONTEXT)
    assert loading.load_stages(package.rows("party_stage"), CONTEXT).unchanged == 1
    assert PartyStage.objects.get().development.ext_id == "DF-9"

    paid_less = [{**ROWS["party_dues"], "paid_fen": 0}]
    write_package(tmp_path / "again", "party", {"party_dues": paid_less})
    changed = loading.load_table("party_dues", open_package(tmp_path / "again").rows("party_dues"))
    assert changed.changed == 1
    assert PartyDues.objects.get().paid_fen == 0
