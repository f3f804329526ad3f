"""Pages of leases: signed, refused with a word, billed, late, given back; the public side."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.orgs.models import Counterparty
from sanzi.registers.leases.models import Lease, RentBill
from worlds import leases as worlds_leases
from worlds.cases import Desk
from worlds.leases import Letting


@pytest.fixture
def letting(desk: Desk) -> Letting:
    """A workshop that may be let."""
    return worlds_leases.build(desk.money)


def typed(letting: Letting, **changed: str) -> dict[str, str]:
    return {
        "asset": letting.asset,
        "tenant": "C-WORKS",
        "start_date": "2026-01-01",
        "end_date": "2028-12-31",
        "rent_fen_year": "120,000",
        "pay_cycle": "quarter",
        "deposit_fen": "30000",
        "auction": "AU-1",
        **changed,
    }


def test_a_clerk_signs_bills_and_takes_back(letting: Letting, officer: Any) -> None:
    client = officer("village_clerk")

    made = client.post(reverse("office:lease_new"), typed(letting))

    one = Lease.objects.get()
    here = reverse("office:lease", args=[one.ext_id])
    act = reverse("office:lease_act", args=[one.ext_id])
    assert made["Location"] == here
    page = client.get(here).content.decode()
    assert "欠租120,000.00元" in page
    assert "开这一期的缴款单" in page
    first = RentBill.objects.get(place=1)
    refused = client.post(
        act, {"do": "waive", "rent": first.ext_id, "amount": "-1", "decision": "会"}, follow=True
    )
    assert "不能是负数" in refused.content.decode()
    cashier = officer("cashier_reporter")
    cashier.post(act, {"do": "bill", "rent": first.ext_id})
    assert RentBill.objects.get(place=1).bill_ext_id
    assert "青石机械厂" in client.get(reverse("office:rent_arrears")).content.decode()
    assert "标准厂房" in client.get(reverse("office:leases"), {"state": "running"}).content.decode()
    client.post(act, {"do": "return", "note": "搬空了，门窗完好"})
    assert Lease.objects.get().returned_at is not None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"end_date": "2047-01-01"}, "超过二十年的部分没有效力"),
        ({"end_date": "2025-01-01"}, "到期日在起租日以前"),
        ({"auction": ""}, "要公开拍租"),
        ({"auction": "AU-2"}, "这场拍租是柳湾米厂成交的"),
        ({"rent_fen_year": "-1"}, "不能是负数"),
        ({"rent_fen_year": ""}, "一年租金"),
        ({"asset": "AS-OTHER"}, "租什么"),
    ],
)
def test_a_wrong_lease_comes_back_with_a_word(
    letting: Letting, officer: Any, changed: dict[str, str], told: str
) -> None:
    answer = officer("village_clerk").post(reverse("office:lease_new"), typed(letting, **changed))

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert Lease.objects.count() == 0


def test_the_public_page_names_a_firm_and_masks_a_person(letting: Letting, client: Client) -> None:
    from sanzi.deals.models import Asset

    letting.sign("village_clerk")
    address = reverse("portal:asset", args=[Asset.objects.get().tag])

    assert "青石机械厂" in client.get(address).content.decode()
    Counterparty.objects.filter(ext_id="C-WORKS").update(kind="person", name="陈建国")
    page = client.get(address).content.decode()
    assert "陈建国" not in page
    assert "租给谁" in page


def test_rent_of_years_ahead_is_written_down_and_of_too_many_refused(
    letting: Letting, officer: Any
) -> None:
    client = officer("village_clerk")
    told = dict.fromkeys(("-1", "21", "三", "1.5"), "填0到20的整数")
    for years, said in {**told, "9": "一次收9年租金，最多先收1年"}.items():
        refused = client.post(reverse("office:lease_new"), typed(letting, prepaid_years=years))
        assert refused.status_code == 200
        assert said in refused.content.decode()
        assert not Lease.objects.exists()

    client.post(reverse("office:lease_new"), typed(letting, prepaid_years="1"))

    assert Lease.objects.get().prepaid_years == 1


@pytest.mark.parametrize(("years", "told"), [("", []), ("0", []), ("1", ["1年"])])
def test_the_page_says_how_many_years_of_rent_were_taken_ahead(
    letting: Letting, officer: Any, years: str, told: list[str]
) -> None:
    client = officer("village_clerk")
    client.post(reverse("office:lease_new"), typed(letting, prepaid_years=years))

    page = client.get(reverse("office:lease", args=[Lease.objects.get().ext_id]))

    facts = page.context["facts"]
    assert [one.text for one in facts if one.term == "预收租金"] == told


def test_the_list_goes_out_as_a_file_as_it_is_narrowed(letting: Letting, officer: Any) -> None:
    client = officer("village_clerk")
    client.post(reverse("office:lease_new"), typed(letting))
    here = reverse("office:leases")

    def rows(**given: str) -> list[list[str]]:
        told = b"".join(client.get(here, {**given, "as": "csv"})).decode("utf-8-sig")
        return list(csv.reader(told.splitlines()))

    head, *found = rows(state="running", text="厂房")

    assert head == ["合同编号", "单位", "资产", "承租人", "一年租金（元）", "起", "止", "现在"]
    assert [line[2:7] for line in found] == [
        ["标准厂房", "青石机械厂", "120,000.00", "2026-01-01", "2028-12-31"]
    ]
    assert rows(state="over") == [head]


def test_late_rent_goes_out_for_the_village_that_is_looked_at(
    letting: Letting, officer: Any
) -> None:
    client = officer("village_clerk")
    client.post(reverse("office:lease_new"), typed(letting))

    here = reverse("office:rent_arrears")
    page = client.get(here, {"village": "999901101201"}).content.decode()

    assert "?village=999901101201&amp;as=csv" in page
