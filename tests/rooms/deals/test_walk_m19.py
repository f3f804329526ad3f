"""M19: the yearly count from its plan to the town, over the sheet of the stock-taking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.deals import asset_errors as errors
from sanzi.deals.actions import assets, stocktaking
from sanzi.deals.actions.stocktaking import Counted
from sanzi.deals.models import Asset, AssetEvent, Stocktaking
from sanzi.kernel.refusals import Refusal
from worlds import deals, village, walks
from worlds.assets import HOUSE, POND
from worlds.publications import published
from worlds.village import AT, World
from worlds.walks import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """A village with a workshop, a pond and two representatives."""
    made = village.build()
    deals.works_office(made)
    for fields in (HOUSE, POND):
        assets.register_asset(fields=fields, by=made.actor("village_clerk"), at=AT)
    for name in ("孙代表", "钱代表"):
        village.villager(made, name)
    return made


def form(world: World, **changed: Any) -> dict[str, Any]:
    """The plan of this year's count."""
    parts = {
        "village_clerk": "count", "supervision_head": "supervision", "孙代表": "villager_rep",
        "钱代表": "villager_rep",
    }  # fmt: skip
    team = [{"person": world.people[who].ext_id, "part": part} for who, part in parts.items()]
    return {"title": "2026年资产盘点", "year": "2026", "team": team, **changed}


def planned(world: World) -> Walk:
    """A count that may begin."""
    walk = walks.start(world, "M19", "village_clerk")
    walk.submit("village_clerk", form(world))
    walk.approve("supervision_head")
    return walk


def counted(world: World, sheet: str) -> None:
    """The pond is not found, the workshop is; another checks."""
    clerk, head = world.actor("village_clerk"), world.actor("supervision_head")
    for asset in Asset.objects.order_by("number"):
        is_pond = asset.category == "resource"
        said = Counted("missing", "填平了") if is_pond else Counted("found")
        stocktaking.count(stocktaking=sheet, asset=asset.ext_id, counted=said, by=clerk, at=AT)
    stocktaking.check_all(stocktaking=sheet, by=head, at=AT)


def test_a_year_is_counted_shown_confirmed_and_reported(world: World) -> None:
    walk = planned(world)
    sheet = Stocktaking.objects.get(case_number=walk.number)
    with pytest.raises(errors.CountStands, match="还有2件没盘完"):
        walk.record("committee_member", {"note": "账实相符"}, papers=("photo",))
    counted(world, sheet.ext_id)
    walk.record("committee_member", {"note": "水塘去年填平，要办处置"}, papers=("photo",))
    with pytest.raises(errors.CountStands, match="公示没满七天"):
        walk.record("coop_director", {"decision_ref": "村代会〔2026〕9号"}, papers=("minutes",))
    walk.at = AT + timedelta(days=8)
    walk.record("coop_director", {"decision_ref": "村代会〔2026〕9号"}, papers=("minutes",))
    walk.record("town_agri_head", {"opinion": "限一个月内办处置"})

    assert walk.case.state == "DONE"
    rows = {one["name"]: one for one in deals.record_rows("asset")}
    assert str(rows["标准厂房"]["last_inventory_date"]) == "2026-11-12"
    assert rows["村前水塘"]["last_inventory_date"] is None
    shown = published(walk.number)["A01"]
    (told,) = next(iter(shown.tables.values()))
    assert told[1:] == ["村前水塘", "找不到", "填平了"]
    assert AssetEvent.objects.latest("pk").text == "镇里意见：限一个月内办处置"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"year": "2024"}, errors.CountStands),
        ({"year": "2027"}, errors.CountStands),
        ({"team": [{"person": "P-willow-5", "part": "count"}]}, errors.CountTeamWrong),
        (
            {"team": [{"person": "V1", "part": one} for one in ("count", "villager_rep")]},
            errors.CountTeamWrong,
        ),
    ],
)
def test_a_plan_without_its_people_or_of_another_year_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = walks.start(world, "M19", "village_clerk")
    with pytest.raises(refusal):
        walk.submit("village_clerk", form(world, **changed))

    assert walk.case.state == "DRAFT"
    assert not Stocktaking.objects.exists()


def test_a_year_is_counted_once(world: World) -> None:
    first = planned(world)
    again = walks.start(world, "M19", "village_clerk")
    with pytest.raises(errors.CountStands, match="已经开始过"):
        again.submit("village_clerk", form(world))

    assert Stocktaking.objects.get().case_number == first.number
