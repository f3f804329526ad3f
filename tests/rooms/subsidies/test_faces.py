"""Where the room is read: the shelf of the office, and the policies on the portal."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from sanzi.matters import shelf
from sanzi.orgs.errors import NotFound
from sanzi.registers.subsidies.actions import awards
from sanzi.registers.subsidies.actions.rosters import Claim, RosterFields
from worlds import subsidies
from worlds.village import AT, World


@pytest.fixture
def world(db: None) -> World:
    return subsidies.build()


def test_everybody_reads_the_programmes_with_their_versions(world: World) -> None:
    subsidies.program(
        world, ext_id="SP-OLD", valid_from_date=date(2025, 1, 1), rate_fen=9_000,
        valid_until_date=date(2025, 12, 31), source_ref="云农〔2025〕3号",
    )  # fmt: skip
    page = Client().get("/subsidies/").content.decode()

    assert "耕地地力补贴" in page
    assert "云农〔2026〕8号" in page
    assert "以前：90元" in page
    assert "财政供养人员不能领" in page


def test_a_roster_stands_on_the_shelf_of_its_scope_with_its_lines(world: World) -> None:
    fields = RosterFields("O-WILLOW", "SP-LAND", "2026", (Claim("V1", 4_000), Claim("V2", 5_000)))
    awards.collect(
        fields=fields, case_number="K-1", by=world.actor("village_clerk"), at=AT
    )  # fmt: skip
    reader = world.actor("town_head")
    [row] = shelf.rows(by=reader, key="subsidy-rosters", wanted=shelf.Wanted(text="地力"))

    found = shelf.item(by=reader, key="subsidy-rosters", ext_id=row.ext_id)

    values = {column.key: value for column, value in found.values}
    assert (found.head, found.state, values["total"]) == ("2026 耕地地力补贴", "报上来了", 85_140)
    assert [line[:3] for line in found.parts[0][1]] == [
        ("王一", "4亩", 37_840), ("王二", "5亩", 47_300),
    ]  # fmt: skip
    assert shelf.rows(by=reader, key="subsidy-awards").count() == 2
    county = world.actor("county_agri")
    assert shelf.rows(by=county, key="subsidy-programs", wanted=shelf.Wanted(text="x")).count() == 0
    assert shelf.rows(by=county, key="subsidy-programs").count() == 2
    with pytest.raises(NotFound):
        shelf.item(by=world.actor("stone_cashier"), key="subsidy-rosters", ext_id=row.ext_id)
