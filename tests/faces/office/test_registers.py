"""Registers in the office and over the API: one telling, one scope, the same rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from sanzi.matters import shelf
from sanzi.matters.actions import register_files
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.registers.procurement.models import Procurement
from worlds.cases import Desk

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.fixture
def lamp(desk: Desk) -> Procurement:
    body = Organisation.objects.get(ext_id="O-WILLOW")
    return Procurement.objects.create(
        ext_id="CG-1",
        organisation=body,
        division_code=body.division_id,
        case_number="",
        category_code="lamp",
        title="太阳能路灯",
        quantity_milli=12_500,
        unit="盏",
        estimate_fen=1_860_000,
        method="quote",
        submitted_at=AT,
    )


def actor(desk: Desk, role: str) -> Actor:
    return orgs.actor_for(desk.world.users[role], AT, origin="test")


def test_the_list_tells_a_row_in_words(lamp: Procurement, officer: Any) -> None:
    page = officer("village_clerk").get(reverse("office:register", args=["procurement"]))
    text = page.content.decode()
    assert "太阳能路灯" in text
    assert "12.5盏" in text
    assert "18,600.00" in text
    assert "等批准" in text


def test_words_a_state_and_a_village_narrow_the_list(lamp: Procurement, desk: Desk) -> None:
    by = actor(desk, "town_leader")
    for wanted, count in (
        (shelf.Wanted(text="路灯"), 1),
        (shelf.Wanted(text="CG-1"), 1),
        (shelf.Wanted(text="水泵"), 0),
        (shelf.Wanted(state="requested"), 1),
        (shelf.Wanted(state="ordered"), 0),
        (shelf.Wanted(state="nonsense"), 0),
        (shelf.Wanted(division_code=lamp.division_code), 1),
        (shelf.Wanted(division_code="999901101202"), 0),
    ):
        found = shelf.rows(by=by, key="procurement", wanted=wanted)
        assert found.count() == count, wanted


def test_another_village_finds_the_row_absent(lamp: Procurement, officer: Any) -> None:
    address = reverse("office:register_row", args=["procurement", lamp.ext_id])
    assert officer("village_clerk").get(address).status_code == 200
    assert officer("stone_cashier").get(address).status_code == 404
    empty = officer("stone_cashier").get(reverse("office:register", args=["procurement"]))
    assert "还没有登记过" in empty.content.decode()


def test_nobody_looks_into_a_register_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound):
        shelf.rows(by=actor(desk, "town_leader"), key="nothing")


def test_a_register_goes_out_as_a_workbook_and_the_log_knows(
    lamp: Procurement, desk: Desk, tmp_path: Any
) -> None:
    from sanzi.audit.models import Event

    name, _, data = register_files.take_register(
        key="procurement",
        wanted=shelf.Wanted(),
        form="xlsx",
        by=actor(desk, "town_leader"),
        at=AT,
    )
    target = tmp_path / name
    target.write_bytes(data)
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(row[0] == "CG-1" and 18600 in row for row in cells)
    assert Event.objects.filter(kind="matters.register.taken").count() == 1


def test_the_page_of_a_row_shows_its_tables(lamp: Procurement, officer: Any) -> None:
    address = reverse("office:register_row", args=["procurement", lamp.ext_id])
    text = officer("village_clerk").get(address).content.decode()
    assert "各家报价" in text
    assert "还没验收。" in text
    assert "从资料包导入" in text


def test_a_key_is_taken_once_and_names_must_be_known() -> None:
    taken = shelf.access_register(by=SYSTEM, key="procurement")
    with pytest.raises(ValueError, match="procurement"):
        shelf.put(taken)


def test_what_the_county_lays_down_is_seen_by_every_village(desk: Desk) -> None:
    from sanzi.registers.funds.models import PriceItem

    county = Organisation.objects.filter(division_id="999901000000").first()
    assert county is not None
    PriceItem.objects.create(
        ext_id="JG-1", organisation=county, division_code="999901000000", item_code="gravel",
        name="碎石", unit="方", price_fen=12_000, valid_from_date=AT.date(),
    )  # fmt: skip
    assert shelf.rows(by=actor(desk, "cashier_reporter"), key="prices").count() == 1
