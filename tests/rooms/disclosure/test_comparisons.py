"""Rents and unit prices beside the neighbours': who counts, the middle, what is public of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from sanzi.deals.models import Asset
from sanzi.disclosure import comparison_queries, comparison_rules, open_data
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.comparison_rules import Price
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Counterparty, Division, Organisation, Person
from sanzi.registers.leases.models import Lease
from sanzi.registers.procurement.models import Procurement
from worlds import village
from worlds.village import AT, STONE, TOWN, WILLOW

OWN = WILLOW
NEAR = [f"{WILLOW[:9]}{number}" for number in ("301", "302", "303", "304")]
FAR = "330782999201"


def price(code: str, fen: int, **more: Any) -> Price:
    return Price(f"{code}-{fen}", "rent", "水面", "亩", code, 2026, date(2026, 1, 1), fen,
                 more.pop("title", "水塘"), **more)  # fmt: skip


@pytest.mark.parametrize(
    ("fen", "amount", "parts", "told"),
    [(2_400_000, 1_250, 100, 192_000), (100, 300, 100, 33), (50, 100, 100, 50), (1, 200, 100, 1)],
)
def test_a_price_for_one_unit_is_rounded_half_up(
    fen: int, amount: int, parts: int, told: int
) -> None:
    assert comparison_rules.per_unit(fen, amount, parts) == told


def test_a_middle_is_told_from_three_other_villages_on_and_never_counts_the_own() -> None:
    two = [price(NEAR[0], 10), price(NEAR[0], 20), price(NEAR[1], 30)]
    assert comparison_rules.spread(two) is None
    three = [*two, price(NEAR[2], 90)]
    found = comparison_rules.spread(three)
    assert found == comparison_rules.Spread(3, 4, 20, 10, 90)

    [group] = comparison_rules.groups([*three, price(FAR, 1), price(OWN, 5)], OWN, WILLOW[:9])
    assert [one.fen for one in group.own] == [5]
    assert group.town == found
    assert group.county == comparison_rules.Spread(4, 5, 20, 1, 90)
    assert comparison_rules.groups(three, OWN, WILLOW[:9]) == []


@pytest.fixture
def world(db: None) -> village.World:
    found = village.build()
    for number, code in enumerate(NEAR):
        Division.objects.create(code=code, name=f"邻{number}村", level="village", parent_code=TOWN)
        Organisation.objects.create(
            ext_id=f"O-{number}", name=f"邻{number}村合作社", kind="collective", division_id=code
        )
    return found


def let(code: str, mu_centi: int | None, rent_fen: int, **more: Any) -> Lease:
    body = Organisation.objects.filter(division_id=code).order_by("pk")[0]
    key = f"{code[-3:]}{Lease.objects.count()}"
    asset = Asset.objects.create(
        ext_id=f"AS{key}", organisation=body, division_code=code, number=key, tag=f"TAG{key}",
        category="resource", kind="water", is_operating=True, name=more.pop("name", "水塘"),
        area_mu_centi=mu_centi, status="leased", status_since_date=date(2024, 1, 1),
        registered_at=AT,
    )  # fmt: skip
    tenant, _ = Counterparty.objects.get_or_create(
        ext_id="C-TENANT", defaults={"name": "陈水生", "kind": "person"}
    )
    return Lease.objects.create(
        ext_id=f"LS{key}", organisation=body, division_code=code, asset=asset, tenant=tenant,
        rent_fen_year=rent_fen, pay_cycle="year", signed_at=AT,
        start_date=more.pop("start", date(2025, 1, 1)), end_date=date(2029, 12, 31), **more,
    )  # fmt: skip


def bought(code: str, fen: int, **more: Any) -> Procurement:
    body = Organisation.objects.filter(division_id=code).order_by("pk")[0]
    said = {
        "category_code": "lamp", "title": "太阳能路灯", "quantity_milli": 12_000, "unit": "盏",
        "estimate_fen": fen, "award_fen": fen, "method": "quote", "ordered_at": AT,
        "status": "ordered", **more,
    }  # fmt: skip
    return Procurement.objects.create(
        ext_id=f"CG{code}{Procurement.objects.count()}", organisation=body, division_code=code,
        **said,
    )  # fmt: skip


def told(year: int = 2026, code: str = WILLOW) -> list[tuple[str, str, list[int]]]:
    found = comparison_queries.of_village(code, year)
    return [(one.name, one.unit, [each.fen for each in one.own]) for one in found]


def test_leases_count_while_they_run_with_the_rent_of_the_year(world: Any) -> None:
    let(WILLOW, 1_250, 2_400_000, rent_steps={"2": 2_500_000})
    let(WILLOW, None, 9_000_000)
    let(WILLOW, 100, 70_000, returned_at=datetime(2025, 6, 1, 1, 0, tzinfo=AT.tzinfo))

    assert told(2025) == [("水面", "亩", [192_000, 70_000])]
    assert told(2026) == [("水面", "亩", [200_000])]
    assert told(2024) == []


def test_purchases_count_in_the_year_of_the_order_unless_they_are_not_public(world: Any) -> None:
    bought(WILLOW, 3_600_000)
    bought(WILLOW, 100, status="ended")
    bought(WILLOW, 100, ordered_at=None, status="approved")
    bought(WILLOW, 2_400_000, unit="套", category_code="none-such")

    assert told() == [("其他", "套", [200_000]), ("路灯电料", "盏", [300_000])]
    assert told(2025) == []


def test_the_page_shows_own_middle_and_neighbours_and_names_no_tenant(world: Any) -> None:
    someone = Person.objects.filter(division_id=WILLOW)[0]
    let(WILLOW, 1_250, 2_400_000, name=f"{someone.name}门口水塘")
    for number, code in enumerate(NEAR[:3]):
        let(code, 1_000, 1_000_000 * (number + 1))
    bought(WILLOW, 3_600_000)
    bought(STONE, 3_000_000)
    response = Client().get(f"/village/{WILLOW}/prices/", {"year": "2026"})
    page = response.content.decode()

    assert "租水面，一亩一年" in page
    assert "镇里中间价2,000元，村里的1份低" in page
    assert "3个村3份" in page
    assert "1,000元到3,000元" in page
    assert 'href="/asset/TAG' in page
    assert "邻0村" in page
    assert "不到3个村，不算中间价" in page
    assert someone.name not in page
    assert "陈水生" not in page
    assert "陈*生" not in page


def test_a_published_purchase_leads_to_its_publication(world: Any) -> None:
    case = f"{WILLOW}-2026-000001"
    bought(WILLOW, 3_600_000, case_number=case)
    sheet = publishing.Sheet(
        WILLOW, "O-WILLOW", "W04", "路灯", {"facts": [], "tables": []}, subject=("case", case)
    )
    made = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    page = Client().get(f"/village/{WILLOW}/prices/?year=2026").content.decode()

    assert f'href="/village/{WILLOW}/bulletin/{made.ext_id}/"' in page


@pytest.mark.parametrize(
    ("year", "status"), [("", 200), ("2026", 200), ("1999", 404), ("一", 404), ("9" * 99, 404)]
)
def test_a_year_is_this_one_or_the_last(world: Any, year: str, status: int) -> None:
    query = {"year": year} if year else {}
    response = Client().get(f"/village/{WILLOW}/prices/", query)

    assert response.status_code == status
    assert status == 404 or "没有能比的" in response.content.decode()


def test_the_open_data_hold_the_same_as_table_and_as_json(world: Any) -> None:
    let(WILLOW, 1_250, 2_400_000)
    let(NEAR[0], 1_000, 1_000_000)
    client, year = Client(), clock.today().year
    rows = client.get(f"/open/{WILLOW}/price.json").json()

    assert [(one["year"], one["price_fen"]) for one in rows] == [
        (year, 192_000),
        (year - 1, 192_000),
    ]
    table = b"".join(client.get(f"/open/{WILLOW}/price.csv")).decode().splitlines()
    assert len(table) == 1 + len(rows)
    county = open_data.counties()[0]
    assert len(open_data.records(county, "price", clock.today())) == 4
    assert client.get(f"/open/{WILLOW}/nothing.json").status_code == 404
