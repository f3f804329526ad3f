"""Fiscal money in the office: from the list to the form, the row with its course, the code."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from faces.office.conftest import logged_in
from sanzi.payments.models import Fund
from sanzi.registers.funds.models import PriceItem, TownProject, Transfer
from sanzi.registers.labour.models import RateCard
from worlds import village
from worlds.cases import Desk

FUND = {
    "code": "XC-2026-8", "organisation": "O-WILLOW", "name": "公厕改造补助",
    "source_level": "county", "amount": "100,000", "granted_date": "2026-10-08",
    "subjects": "51402", "use_by_date": "2027-06-30",
}  # fmt: skip


@pytest.fixture
def town(desk: Desk) -> Client:
    desk.world.bodies["new-town_finance_office"] = desk.world.bodies["agency"]
    village.post(desk.world, "town_finance_office", "王财政", village.TOWN)
    return logged_in(desk, "town_finance_office")


def body(client: Client, name: str, *args: str) -> str:
    answer = client.get(reverse(f"office:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, page: str, /, *args: str, **said: str) -> Any:
    return client.post(reverse(f"office:{page}", args=args), said)


def test_a_fund_goes_its_way_by_the_forms_of_its_register(desk: Desk, town: Client) -> None:
    county = logged_in(desk, "county_finance")
    listed = body(county, "register", "funds")
    assert reverse("office:fund_new") in listed
    assert county.get(reverse("office:register", args=["budget"])).status_code == 200
    assert reverse("office:register", args=["budget"]) in listed
    assert "确定登记" in body(county, "fund_new")
    made = sent(county, "fund_new", **FUND)
    assert made["Location"] == reverse("office:register_row", args=["funds", "XC-2026-8"])
    row = body(county, "register_row", "funds", "XC-2026-8")
    assert reverse("office:fund_allocate", args=["XC-2026-8"]) in row
    assert ("登记一笔资金" in row, "财政局" in row, "从资料包导入" in row) == (True, True, False)

    said = {"town": village.TOWN, "village": village.WILLOW, "amount": "60000"}
    made = sent(county, "fund_allocate", "XC-2026-8", **said, issued_date="2026-10-12")
    assert made.status_code == 302
    part = Transfer.objects.get().ext_id
    assert reverse("office:transfer_receive", args=[part]) in body(
        town, "register_row", "transfers", part
    )
    assert 'value="2026-11-18"' in body(town, "transfer_receive", part)
    sent(town, "transfer_receive", part, day="2026-10-20")
    assert "60,000.00" in body(town, "transfer_pass", part)
    sent(town, "transfer_pass", part, amount="60000", day="2026-11-02")
    row = body(town, "register_row", "transfers", part)
    assert "资金拨到村" in row
    assert reverse("office:transfer_pass", args=[part]) not in row
    assert Fund.objects.get().received_at is not None


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(desk: Desk, town: Client) -> None:
    county = logged_in(desk, "county_agri")
    sent(county, "fund_new", **FUND)
    again = sent(county, "fund_new", **{**FUND, "name": "另一笔"})
    assert "登记过了" in again.content.decode()
    assert "另一笔" in again.content.decode()
    said = {"town": village.TOWN, "amount": "100000.01", "issued_date": "2026-10-12"}
    more = sent(county, "fund_allocate", "XC-2026-8", **said).content.decode()
    assert "100,000.00元以内" in more
    assert 'aria-invalid="true"' in more
    empty = sent(county, "fund_allocate", "XC-2026-8").content.decode()
    assert 'role="alert"' in empty
    assert not Transfer.objects.exists()
    assert town.get(reverse("office:fund_receive", args=["XC-2026-8"])).status_code == 200
    sent(town, "fund_receive", "XC-2026-8", day="2026-10-30")
    assert Fund.objects.get().received_at is not None


def test_a_project_gets_a_code_that_everybody_may_scan(desk: Desk, town: Client) -> None:
    made = sent(
        town, "project_new", town=village.TOWN, name="农村公厕改造", budget="300000",
        start_date="2026-11-01", end_date="2027-03-31",
    )  # fmt: skip
    one = TownProject.objects.get()
    assert made["Location"] == reverse("office:register_row", args=["town-projects", one.ext_id])
    row = body(town, "register_row", "town-projects", one.ext_id)
    assert "公开页的二维码" in row
    assert reverse("portal:project", args=[one.qr_code]) in row
    sent(
        town, "project_update", one.ext_id, progress_percent="40", paid="90000", payable="",
        payable_due_date="", end_date="2027-03-31",
    )  # fmt: skip
    assert "90,000.00" in body(town, "project_update", one.ext_id)
    public = Client().get(reverse("portal:project", args=[one.qr_code]))
    text = public.content.decode()
    assert ("农村公厕改造" in text, "40%" in text, "清河镇" in text) == (True, True, True)
    assert Client().get(reverse("portal:project", args=["XM-NONE"])).status_code == 404
    head = logged_in(desk, "town_head")
    assert head.get(reverse("office:project_update", args=[one.ext_id])).status_code == 200
    assert head.get(reverse("office:fund_new")).status_code == 404


def test_a_price_and_a_rate_hold_from_a_day(desk: Desk, town: Client) -> None:
    said = {"division": village.TOWN, "item_code": "rice", "name": "水稻青苗", "unit": "亩",
            "density": ""}  # fmt: skip
    sent(town, "price_new", **said, price="1200", valid_from_date="2026-01-01")
    sent(town, "price_new", **said, price="1260", valid_from_date="2026-12-01")
    late = sent(town, "price_new", **said, price="1", valid_from_date="2026-12-01")
    assert "已经定了价" in late.content.decode()
    assert sorted(PriceItem.objects.values_list("price_fen", flat=True)) == [120_000, 126_000]
    assert "定参考价" in body(town, "register_row", "prices", PriceItem.objects.all()[0].ext_id)

    known = RateCard.objects.count()
    rate = {"division": village.TOWN, "code": "mason", "title": "瓦工", "value": "260",
            "unit": "day", "source_ref": "清政〔2026〕3号"}  # fmt: skip
    sent(town, "rates", **rate, valid_from_date="2026-12-01")
    assert RateCard.objects.count() == known + 1
    assert "瓦工" in body(logged_in(desk, "cashier_reporter"), "rates")
    reader = logged_in(desk, "cashier_reporter")
    assert sent(reader, "rates", **rate, valid_from_date="2027-01-01").status_code == 404
