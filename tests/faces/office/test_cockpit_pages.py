"""The pages of the cockpit: before the first night, a place, a panel, its files, its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.insight.actions import cockpit
from sanzi.orgs.actors import SYSTEM
from worlds import office
from worlds.cases import AT, Desk
from worlds.village import COUNTY, TOWN, WILLOW

pytestmark = pytest.mark.django_db


def read(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(f"office:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def lines_of(client: Client, name: str, *args: str, **query: str) -> list[str]:
    answer: Any = client.get(reverse(f"office:{name}", args=args), query)
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


@pytest.fixture
def case(desk: Desk) -> str:
    """One case and one alert, counted."""
    number = desk.submitted()
    office.alert(number)
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    return number


def test_before_the_first_night_the_page_says_when(officer: Any, desk: Desk) -> None:
    assert "每天凌晨4点算一次，还没有算过" in read(officer("town_leader"), "cockpit", TOWN)


def test_a_place_tells_its_sentence_and_leads_down_to_the_case(officer: Any, case: str) -> None:
    client = officer("county_discipline")
    county = read(client, "cockpit", COUNTY)
    town = read(client, "cockpit_panel", TOWN, "matters")
    village = read(client, "cockpit_panel", WILLOW, "matters")
    rows = read(client, "cockpit_rows", WILLOW, "matters", key="M10")

    assert "2个村" in county
    assert "1条预警新增" in county
    assert reverse("office:cockpit", args=[TOWN]) in county
    assert reverse("office:cockpit_panel", args=[WILLOW, "matters"]) in town
    assert f"{reverse('office:cockpit_rows', args=[WILLOW, 'matters'])}?key=M10" in village
    assert reverse("office:case", args=[case]) in rows
    assert "现在数出来" in rows


def test_each_duty_has_its_own_panels(officer: Any, case: str) -> None:
    client = officer("county_discipline")

    finance = read(client, "cockpit", COUNTY, duty="finance")
    assert "只给纪委看的预警" not in finance
    assert "只给纪委看的预警" in read(client, "cockpit", COUNTY, duty="discipline")
    assert "只给纪委看的预警" in read(client, "cockpit", COUNTY, duty="nonsense")
    assert "只给纪委看的预警" not in read(officer("town_leader"), "cockpit", TOWN)


def test_figures_and_pictures_go_out_as_files(officer: Any, case: str) -> None:
    client = officer("town_leader")
    table = lines_of(client, "cockpit_panel", TOWN, "matters_months", **{"as": "csv"})
    places = lines_of(client, "cockpit_panel", TOWN, "matters_months", **{"as": "places"})
    rows = lines_of(client, "cockpit_rows", WILLOW, "matters_months", **{"as": "csv"})
    address = [TOWN, "matters_months"]
    svg = client.get(reverse("office:cockpit_picture", args=[*address, "svg"]))
    png = client.get(reverse("office:cockpit_picture", args=[*address, "png"]))

    assert (table[0], table[-1]) == ("月份,办件（件）", "2026年11月,1")
    assert places == ["哪里,办件", "柳湾村,1", "石桥村,0", "合计,1"]
    assert len(rows) == 2
    assert svg["Content-Type"] == "image/svg+xml"
    assert svg.content.decode().count("<rect") > 1
    assert png.content.startswith(b"\x89PNG")
    gif = client.get(reverse("office:cockpit_picture", args=[*address, "gif"]))
    assert gif.status_code == 404


def test_a_wall_has_no_menu_and_tells_the_time(officer: Any, case: str) -> None:
    page = read(officer("county_discipline"), "cockpit_wall", COUNTY)

    assert "农村三资监管" in page
    assert "截至" in page
    assert 'aria-label="主菜单"' not in page


def test_to_ask_twice_is_told(officer: Any, case: str) -> None:
    client = officer("town_leader")
    path = reverse("office:cockpit_again")

    assert "十分钟内重算" in client.post(path, follow=True).content.decode()
    assert "已经在重算了" in client.post(path, follow=True).content.decode()
