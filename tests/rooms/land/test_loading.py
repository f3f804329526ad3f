"""Tables of the room come in from a package, once, and go out into the record as they came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sanzi.record.loaders import LoadContext, LoadCount, Rows
from sanzi.registers.land import loading
from worlds import deals, land
from worlds.village import WILLOW, World

CONTEXT = LoadContext(by="tester", at=datetime(2026, 11, 1, tzinfo=UTC))
DAY = datetime(2025, 5, 6, 4, tzinfo=UTC)
HEAD = {"org_id": "O-WILLOW", "village_id": WILLOW, "case_id": "", "submitted_at": DAY}
MEMBERSHIP = {
    **HEAD, "membership_id": "CY-1", "person_id": "V1", "kind": "join", "ground": "birth",
    "checked_at": DAY, "decision_id": "D-1", "decided_at": DAY, "is_accepted": True,
    "refuse_ground": "", "publicity_start_date": date(2025, 5, 7),
    "publicity_end_date": date(2025, 5, 15), "filed_at": DAY, "file_no": "备〔2025〕1号",
    "status": "closed",
}  # fmt: skip
HOMESTEAD = {
    **HEAD, "application_id": "ZJD-1", "household_id": "H1", "ground": "split",
    "land_class": "farmland", "area_m2": Decimal("120.50"), "place": "二组", "old_site": "none",
    "group_agreed_at": DAY, "publicity_start_at": DAY, "publicity_end_at": DAY,
    "town_accepted_at": DAY, "site_visit_1_at": DAY, "site_visit_2_at": DAY,
    "site_visit_3_at": None, "approved_at": DAY, "built_at": None, "built_m2": None,
    "old_site_returned_at": None, "parcel_id": "", "certificate_no": "", "status": "approved",
}  # fmt: skip
TAKING = {
    **HEAD, "taking_id": "ZD-1", "project_name": "东路工程", "notice_no": "告1号",
    "notice_start_date": date(2025, 1, 1), "notice_end_date": date(2025, 1, 20),
    "roster_start_date": None, "roster_end_date": None, "plan_start_date": None,
    "plan_end_date": None, "approved_at": DAY, "fund_received_at": DAY, "fund_fen": 90_000,
    "collective_use": "keep", "decision_id": "D-1", "status": "closed",
}  # fmt: skip
SURVEY = {
    "survey_id": "QD-1", "taking_id": "ZD-1", "village_id": WILLOW, "surveyed_at": DAY,
    "attendee_count": 4, "has_third_party": True, "has_owner_sign": True, "photo_count": 3,
    "person_count_village": 2,
}  # fmt: skip
LINE = {
    "comp_id": "BC-1", "taking_id": "ZD-1", "village_id": WILLOW, "kind": "seedling",
    "parcel_id": "L-1", "owner_kind": "household", "person_id": "V1",
    "quantity": Decimal("30.5"), "unit": "株", "unit_price_fen": 2_000, "amount_fen": 61_000,
    "survey_id": "QD-1", "paid_at": DAY,
}  # fmt: skip
CONTRACT = {
    **HEAD, "land_contract_id": "CB-1", "parcel_id": "L-1", "holder_kind": "household",
    "household_id": "H1", "counterparty_id": None, "land_use": "farmland",
    "area_mu": Decimal("3.25"), "fee_fen_year": 90_000, "start_date": date(2025, 1, 1),
    "end_date": date(2034, 12, 31), "scheme_start_date": None, "scheme_end_date": None,
    "decision_id": "D-1", "has_credit_check": False, "approved_at": DAY,
    "signed_date": date(2025, 1, 5), "registered_at": DAY, "status": "closed",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return land.build()


def _same(found: object, value: object) -> bool:
    if isinstance(value, datetime):
        return str(found).startswith(value.strftime("%Y-%m-%d"))
    if isinstance(value, Decimal):
        return Decimal(str(found)) == value
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
    _goes_round(loading.load_memberships, "membership", MEMBERSHIP)
    _goes_round(loading.load_homesteads, "homestead", HOMESTEAD)
    _goes_round(loading.load_takings, "land_taking", TAKING)
    _goes_round(loading.load_surveys, "survey", SURVEY)
    _goes_round(loading.load_lines, "compensation", LINE)
    _goes_round(loading.load_contracts, "land_contract", CONTRACT)
    [line] = deals.record_rows("compensation")
    assert (line["project_name"], line["payee_name"]) == ("东路工程", "王大山")
