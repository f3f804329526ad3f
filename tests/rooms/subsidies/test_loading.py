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


AID = {
    "case_id": "JZ-1", "org_id": "O-WILLOW", "matter_case_id": "", "kind": "low_income",
    "household_id": "H1", "applicant_person_id": "V1", "village_id": WILLOW,
    "applied_at": datetime(2026, 1, 5, tzinfo=UTC), "accepted_at": None,
    "investigated_at": None, "reviewed_at": None, "publicity_start_at": None,
    "publicity_end_at": None, "decided_at": datetime(2026, 1, 30, tzinfo=UTC),
    "result": "approved", "monthly_fen": 90_000, "start_date": date(2026, 2, 1),
    "end_date": None, "last_recheck_date": date(2026, 1, 30), "recheck_due_date": None,
    "is_kin_of_staff": False, "kin_filed_at": None, "status": "approved",
}  # fmt: skip


def test_aid_comes_with_the_people_of_its_household(world: World) -> None:
    assert loading.load_aid(iter([AID]), CONTEXT) == LoadCount(added=1)
    assert loading.load_aid(iter([AID]), CONTEXT) == LoadCount(unchanged=1)

    same("aid_case", "case_id", AID)
    [row] = deals.record_rows("aid_case")
    assert row["member_count"] == 1


BATCH = {
    "batch_id": "JW-1", "org_id": "O-WILLOW", "village_id": WILLOW, "case_id": "",
    "batch_no": "JZ2025-01", "giver": "县民政局", "item": "棉被", "unit": "床",
    "received_milli": 5_000, "received_date": date(2025, 12, 1), "is_urgent": False,
    "approved_at": None, "publicity_start_at": None, "counted_milli": 2_000, "counted_at": None,
    "status": "closed",
}  # fmt: skip
BATCH_LINE = {
    "line_id": "JL-1", "batch_id": "JW-1", "person_id": "V1", "reason": "受灾",
    "need_milli": 3_000, "given_milli": 3_000, "signed_at": datetime(2025, 12, 9, tzinfo=UTC),
}  # fmt: skip
LEVY = {
    "levy_id": "YS-1", "org_id": "O-WILLOW", "village_id": WILLOW, "case_id": "",
    "project": "修桥", "per_head_fen": 1_500, "days_per_head": 0, "head_count": 40,
    "exempt_count": 0, "decision_id": "", "submitted_at": None, "approved_at": None,
    "status": "used",
}  # fmt: skip
PAID_IN = {
    "line_id": "YL-1", "levy_id": "YS-1", "kind": "collected", "person_id": "V1",
    "amount_fen": 4_500, "days": 0, "words": "", "receipt_no": "001",
    "done_at": datetime(2025, 6, 1, tzinfo=UTC),
}  # fmt: skip
SPENT = {
    **PAID_IN, "line_id": "YL-2", "kind": "used", "person_id": None, "amount_fen": 4_000,
    "words": "水泥", "receipt_no": "",
}  # fmt: skip


def test_goods_and_levies_come_with_their_sums(world: World) -> None:
    for _ in range(2):
        loading.load_batches(iter([BATCH]), CONTEXT)
        loading.load_relief_lines(iter([BATCH_LINE]), CONTEXT)
        loading.load_levies(iter([LEVY]), CONTEXT)
        loading.load_levy_lines(iter([PAID_IN, SPENT]), CONTEXT)

    same("relief_batch", "batch_id", {**BATCH, "given_milli": 3_000})
    same("relief_line", "line_id", BATCH_LINE)
    same("levy", "levy_id", {**LEVY, "collected_fen": 4_500, "used_fen": 4_000})
    same("levy_line", "line_id", PAID_IN)
    same("levy_line", "line_id", SPENT)
