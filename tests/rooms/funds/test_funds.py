"""Fiscal money: it comes in by package, its course is followed, and it never exceeds itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue, registry, shelf
from sanzi.payments.models import Fund
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import LoadContext, LoadCount
from sanzi.registers.funds import effects, errors, loading
from sanzi.registers.funds.models import PriceItem, TownProject, Transfer
from worlds import deals, spending, village
from worlds.village import AT, COUNTY, TOWN, WILLOW, World

CONTEXT = LoadContext(by="tester", at=AT)
PROJECT = {
    "project_id": "TP-1", "org_id": "O-AGENCY", "town_id": TOWN, "name": "农村公厕改造",
    "budget_fen": 30_000_000, "paid_fen": 9_000_000, "start_date": date(2026, 3, 1),
    "end_date": date(2026, 12, 31), "progress_percent": 40, "qr_code": "XM-1",
    "info_updated_at": datetime(2026, 11, 1, tzinfo=UTC), "payable_fen": 0,
    "payable_due_date": None,
}  # fmt: skip
TRANSFER = {
    "allocation_id": "XD-1", "org_id": "O-AGENCY", "fund_code": "F-1", "town_id": TOWN,
    "village_id": WILLOW, "amount_fen": 6_000_000, "issued_at": datetime(2026, 5, 1, tzinfo=UTC),
    "town_received_at": datetime(2026, 5, 8, tzinfo=UTC),
    "passed_on_at": datetime(2026, 5, 20, tzinfo=UTC), "passed_fen": 5_000_000,
    "project_id": "TP-1",
}  # fmt: skip
PRICE = {
    "price_id": "PB-1", "org_id": "O-COUNTY", "item_code": "camphor-8", "name": "香樟，胸径8厘米",
    "unit": "株", "price_fen": 12_000, "density_max_per_mu": 160,
    "valid_from_date": date(2026, 1, 1), "valid_until_date": None, "area_code": COUNTY,
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    made = village.build()
    Fund.objects.create(
        code="F-1", organisation=made.bodies["willow"], name="公厕改造补助", source_level="county",
        amount_fen=10_000_000, received_at=AT,
    )  # fmt: skip
    return made


def loaded() -> None:
    loading.load_projects(iter([PROJECT]), CONTEXT)
    loading.load_transfers(iter([TRANSFER]), CONTEXT)
    loading.load_prices(iter([PRICE]), CONTEXT)


def turn(world: World, amount_fen: int, fund: str = "F-1") -> registry.Turn:
    return registry.Turn(
        number="P-NEW", organisation="O-WILLOW", division_code=WILLOW, matter_code="M10",
        step_key="", round=1, amount_fen=amount_fen, title="", form={"fund_code": fund},
        by=world.actor("cashier_reporter"), at=AT,
    )  # fmt: skip


def test_the_tables_come_and_go_as_they_are(world: World) -> None:
    loaded()
    assert loading.load_transfers(iter([TRANSFER]), CONTEXT) == LoadCount(unchanged=1)
    further = {**PROJECT, "progress_percent": 55}
    assert loading.load_projects(iter([further]), CONTEXT) == LoadCount(changed=1)

    for table, row in (("town_project", further), ("transfer", TRANSFER), ("price_book", PRICE)):
        [found] = deals.record_rows(table)
        plain = {key: value for key, value in row.items() if not isinstance(value, datetime)}
        assert {key: found[key] for key in plain} == plain


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"passed_fen": 6_000_001}, "passed_fen"),
        ({"passed_on_at": None}, "passed_on_at"),
        ({"town_received_at": datetime(2026, 4, 1, tzinfo=UTC)}, "town_received_at"),
        ({"passed_on_at": datetime(2026, 5, 2, tzinfo=UTC)}, "passed_on_at"),
        ({"amount_fen": 10_000_001}, "amount_fen"),
    ],
)
def test_an_allocation_that_cannot_be_is_told_by_its_cell(
    world: World, changed: dict[str, Any], column: str
) -> None:
    with pytest.raises(RowProblem) as refused:
        loading.load_transfers(iter([{**TRANSFER, **changed}]), CONTEXT)
    assert refused.value.column == column


def test_a_project_is_not_paid_beyond_its_budget(world: World) -> None:
    with pytest.raises(RowProblem) as refused:
        loading.load_projects(iter([{**PROJECT, "paid_fen": 30_000_001}]), CONTEXT)
    assert refused.value.column == "paid_fen"
    assert not TownProject.objects.exists()


def test_a_payment_stays_within_what_came_of_its_fund(world: World) -> None:
    loaded()
    clerk = world.people["committee_member"]
    spending.spend(world, "P-OLD", [(clerk, 1_500_000)], state="submitted", fund_code="F-1")
    spending.spend(world, "P-OFF", [(clerk, 900_000)], state="withdrawn", fund_code="F-1")

    effects.require_within(turn(world, 3_500_000))
    with pytest.raises(errors.FundOverspent, match="35,000"):
        effects.require_within(turn(world, 3_500_001))
    effects.require_within(turn(world, 10**9, fund=""))


@pytest.mark.parametrize("state", ["kept", "absent"])
def test_money_that_has_not_come_is_not_used(world: World, state: str) -> None:
    if state == "kept":
        loaded()
        Transfer.objects.update(passed_on_at=None, passed_fen=0)
    else:
        Fund.objects.update(received_at=None)
    refusal: type[Refusal] = errors.FundNotReceived
    with pytest.raises(refusal, match="柳湾村"):
        effects.require_within(turn(world, 1))


def test_payments_are_asked_whether_their_fund_has_the_money() -> None:
    assert "funds.within" in catalogue.matters()["M10"].checks


def test_the_course_of_a_fund_stands_on_the_shelf(world: World) -> None:
    loaded()
    spending.spend(
        world, "P-OLD", [(world.people["committee_member"], 1_500_000)], state="paid",
        fund_code="F-1",
    )  # fmt: skip
    reader = world.actor("town_head")

    found = shelf.item(by=reader, key="funds", ext_id="F-1")

    values = {column.key: value for column, value in found.values}
    assert [values[key] for key in ("granted", "allocated", "passed", "used")] == [
        10_000_000, 6_000_000, 5_000_000, 1_500_000,
    ]  # fmt: skip
    assert [line[1] for line in found.parts[0][1]] == [6_000_000]
    for key, count in (("transfers", 1), ("town-projects", 1), ("prices", 1)):
        assert shelf.rows(by=reader, key=key).count() == count
    assert shelf.rows(by=reader, key="prices").get() == PriceItem.objects.get()
    assert shelf.rows(by=world.actor("stone_cashier"), key="transfers").count() == 0
