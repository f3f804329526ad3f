"""The cockpit over the wire: a place, a panel by month with the places below, its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.insight.actions import cockpit
from sanzi.orgs.actors import SYSTEM
from worlds.cases import AT
from worlds.village import TOWN, WILLOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(desk: Any) -> str:
    """One case, counted a minute later."""
    number = desk.submitted()
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    return str(number)


def test_a_figure_comes_with_its_definition_its_time_and_its_rows(case: str, program: Any) -> None:
    ask = program("town_leader")
    page = ask("GET", f"/cockpit/{TOWN}?duty=agriculture").body
    panel = ask("GET", f"/cockpit/{TOWN}/panels/matters_months").body
    rows = ask("GET", f"/cockpit/{WILLOW}/panels/matters_months/rows?month=2026-11").body

    told = next(one for one in page["panels"] if one["code"] == "matters_months")
    assert told["lines"][0]["value"] == 1
    assert told["means"] == "每月报上来的办件。"
    assert told["computed_at"] is not None
    assert [one["place"]["name"] for one in panel["below"]] == ["柳湾村", "石桥村"]
    assert [one["lines"][0]["value"] for one in panel["below"]] == [1, 0]
    assert [one["value"] for one in panel["months"]][-1] == 1
    assert (rows["kept"], rows["now"], [one["row_id"] for one in rows["rows"]]) == (1, 1, [case])


def test_a_month_and_a_duty_that_are_none_are_refused(case: str, program: Any) -> None:
    ask = program("town_leader")

    assert ask("GET", "/cockpit/柳湾村").status == 404
    path = f"/cockpit/{WILLOW}/panels/matters/rows?month=november"
    assert ask("GET", path).status == 400
    assert ask("GET", f"/cockpit/{WILLOW}?duty=all").status == 400
