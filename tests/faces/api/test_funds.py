"""Fiscal money over the wire: the same steps, the same refusals, one deed for one key."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.registers.funds.models import PriceItem, TownProject, Transfer
from sanzi.registers.labour.models import RateCard
from worlds import village

pytestmark = pytest.mark.django_db
FUND = {
    "code": "XC-2026-8", "organisation": "O-WILLOW", "name": "公厕改造补助",
    "source_level": "county", "amount_fen": 10_000_000, "granted_date": "2026-10-08",
}  # fmt: skip
PART = {
    "town": village.TOWN, "village": village.WILLOW, "amount_fen": 6_000_000,
    "issued_date": "2026-10-12",
}  # fmt: skip


@pytest.fixture
def town(desk: Any, program: Any) -> Any:
    desk.world.bodies["new-town_finance_office"] = desk.world.bodies["agency"]
    village.post(desk.world, "town_finance_office", "王财政", village.TOWN)
    return program("town_finance_office")


def test_a_fund_goes_its_way_over_the_wire(desk: Any, program: Any, town: Any) -> None:
    county = program("county_finance")
    made = county("POST", "/funds", FUND)
    assert (made.status, made.body) == (201, {"ext_id": "XC-2026-8"})
    key = {"Idempotency-Key": "0c1d2e3f-4a5b-4c6d-8e7f-901234567890"}
    parts = [county("POST", "/funds/XC-2026-8/transfers", PART, headers=key) for _ in range(2)]
    assert [one.status for one in parts] == [201, 201]
    part = Transfer.objects.get().ext_id
    assert parts[0].body == parts[1].body == {"ext_id": part}
    much = county("POST", "/funds/XC-2026-8/transfers", PART)
    assert (much.status, much.body["code"]) == (409, "funds.allocated_too_much")

    came = {"day": "2026-10-20"}
    assert program("town_head")("POST", f"/transfers/{part}/receive", came).status == 404
    early = town("POST", f"/transfers/{part}/pass-on", {"amount_fen": 1, "day": "2026-10-20"})
    assert (early.status, early.body["code"]) == (409, "funds.not_now")
    assert town("POST", f"/transfers/{part}/receive", came).status == 200
    passed = town(
        "POST", f"/transfers/{part}/pass-on", {"amount_fen": 6_000_000, "day": "2026-10-21"}
    )
    assert passed.status == 200
    row = town("GET", f"/registers/transfers/{part}").body
    assert row["values"]["passed"] == 6_000_000
    assert [one["title"] for one in row["parts"]["course"]] == [
        "资金下达到镇", "镇里收到资金", "资金拨到村",
    ]  # fmt: skip
    whole = {**FUND, "code": "XC-2026-9"}
    assert county("POST", "/funds", whole).status == 201
    assert town("POST", "/funds/XC-2026-9/receive", {"day": "2026-10-09"}).status == 200


def test_projects_prices_and_rates_over_the_wire(desk: Any, town: Any) -> None:
    begun = {
        "town": village.TOWN, "name": "农村公厕改造", "budget_fen": 30_000_000,
        "start_date": "2026-11-01", "end_date": "2027-03-31",
    }  # fmt: skip
    made = town("POST", "/town-projects", begun)
    assert made.status == 201
    address = f"/town-projects/{made.body['ext_id']}/progress"
    told = {"progress_percent": 40, "paid_fen": 9_000_000, "end_date": "2027-03-31"}
    assert town("POST", address, told).status == 200
    assert TownProject.objects.get().progress_percent == 40
    over = town("POST", address, {**told, "paid_fen": 30_000_001})
    assert (over.status, over.body["code"]) == (409, "funds.project_over_budget")

    price = {
        "item_code": "rice", "name": "水稻青苗", "unit": "亩", "price_fen": 120_000,
        "division_code": village.TOWN, "valid_from_date": "2026-01-01",
    }  # fmt: skip
    assert town("POST", "/prices", price).status == 201
    again = town("POST", "/prices", price)
    assert (again.status, again.body["code"]) == (409, "funds.price_stands")
    assert PriceItem.objects.count() == 1
    rate = {
        "code": "mason", "title": "瓦工", "division_code": village.TOWN, "value_fen": 26_000,
        "unit": "day", "valid_from_date": "2026-12-01", "source_ref": "清政〔2026〕3号",
    }  # fmt: skip
    assert town("POST", "/rates", rate).status == 201
    assert RateCard.objects.filter(rate_code="mason").count() == 1
