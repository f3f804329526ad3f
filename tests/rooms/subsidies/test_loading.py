"""Tables of the room come in from a package, once, and go out into the record as they came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.record.loaders import LoadContext, LoadCount
from sanzi.registers.subsidies import loading
from sanzi.registers.subsidies.models import Award
from worlds import deals, subsidies
from worlds.village import WILLOW, World

CONTEXT = LoadContext(by="tester", at=datetime(2026, 11, 1, tzinfo=UTC))
PROGRAM = {
    "program_id": "SP-1", "org_id": "O-COUNTY", "code": "grain", "name": "种粮补贴",
    "department": "县农业农村局", "unit": "亩", "rate_fen": 12_000, "cap_qty_milli": 50_000,
    "exclusive_group": "", "excludes_payroll": False, "excludes_moved_out": True,
    "needs_land": True, "publicity_days": 7, "pay_within_days": 30,
    "valid_from_date": date(2026, 1, 1), "valid_until_date": None, "source_ref": "云农〔2026〕9号",
}  # fmt: skip
AWARD = {
    "award_id": "AW-1", "org_id": "O-WILLOW", "program_id": "SP-1", "village_id": WILLOW,
    "case_id": "", "period": "2026", "person_id": "V1", "household_id": "H1",
    "quantity_milli": 3_000, "amount_fen": 36_000, "payee_name": "王一", "basis_ref": "L-1",
    "is_kin_of_cadre": False, "approved_at": datetime(2026, 5, 1, tzinfo=UTC),
    "paid_at": datetime(2026, 5, 9, tzinfo=UTC), "status": "approved",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return subsidies.build()


def same(table: str, key: str, row: dict[str, Any]) -> None:
    """Assert that the record tells a row as the package did, moments as text."""
    [found] = [one for one in deals.record_rows(table) if one[key] == row[key]]
    for name, value in row.items():
        if not isinstance(value, datetime):
            assert found[name] == value, name
        else:
            assert str(found[name]).startswith(value.strftime("%Y-%m-%d")), name


def test_programmes_and_awards_come_and_go_as_they_are(world: World) -> None:
    assert loading.load_programs(iter([PROGRAM]), CONTEXT) == LoadCount(added=1)
    assert loading.load_programs(iter([PROGRAM]), CONTEXT) == LoadCount(unchanged=1)
    dearer = {**PROGRAM, "rate_fen": 13_000}
    assert loading.load_programs(iter([dearer]), CONTEXT) == LoadCount(changed=1)
    assert loading.load_awards(iter([AWARD]), CONTEXT) == LoadCount(added=1)
    assert loading.load_awards(iter([{**AWARD, "amount_fen": 1}]), CONTEXT) == LoadCount(
        unchanged=1
    )

    same("program", "program_id", dearer)
    same("award", "award_id", AWARD)
    assert Award.objects.get().household is not None
