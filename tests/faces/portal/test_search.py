"""The search box of the portal: without script, over open text only, whatever is typed into it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sanzi.config import middleware
from sanzi.disclosure.actions import publishing, searching
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Appointment, Person
from worlds import village
from worlds.village import AT, STONE, WILLOW

pytestmark = pytest.mark.django_db
HERE = f"/village/{WILLOW}/search/"
NOTHING = "没有找到"


def read(url: str, **query: str) -> str:
    response = Client().get(url, query)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.fixture(autouse=True)
def world() -> village.World:
    return village.build()


def publish(*titles: str, place: str = WILLOW) -> None:
    for title in titles:
        body: dict[str, Any] = {"facts": [["在哪里", "东塘边"], ["谁办的", "张*三"]], "tables": []}
        sheet = publishing.Sheet(place, "O-WILLOW", "W04", title, body)
        publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    searching.published(AT)


def test_one_box_stands_on_the_county_and_the_village_and_leads_to_what_is_found() -> None:
    publish("太阳能路灯")

    assert 'action="/search/"' in read("/")
    assert f'action="{HERE}"' in read(f"/village/{WILLOW}/")
    found = read(HERE, q="路灯 东塘")
    assert "找到1份公开的" in found
    assert f'href="/village/{WILLOW}/bulletin/' in found
    assert 'href="/search/?q=%E8%B7%AF%E7%81%AF+%E4%B8%9C%E5%A1%98"' in found
    assert NOTHING in read(f"/village/{STONE}/search/", q="路灯")


def test_the_county_finds_villages_by_name_and_says_where_each_thing_is() -> None:
    publish("太阳能路灯")
    publish("石桥的路灯", place=STONE)

    found = read("/search/", q="路灯")
    assert "柳湾村，公布的" in found
    assert "石桥村，公布的" in found
    assert f'href="/village/{STONE}/"' in read("/search/", q="石桥")
    assert "全县只找题目" in read("/search/", q="东塘")
    assert "找到1份" in read(HERE, q="东塘")


def test_powers_and_those_in_office_are_found_by_title_name_and_post() -> None:
    page = read(HERE, q="采购")
    assert f'href="/village/{WILLOW}/powers/M08/"' in page
    head = Appointment.objects.filter(
        role_code="village_secretary", organisation__division_id=WILLOW
    )[0].person
    for typed in (head.name, "书记"):
        found = read(HERE, q=typed)
        assert "在任的干部" in found
        assert head.name in found
    Appointment.objects.update(end_date="2020-01-01")
    assert "在任的干部" not in read(HERE, q=head.name)


def test_a_villager_is_not_found_by_name() -> None:
    publish("太阳能路灯")
    Person.objects.create(ext_id="P-GE", name="葛长生", division_id=WILLOW)

    for name in ("葛长生", "长生", "张*三", "*三", "*"):
        for url in (HERE, "/search/"):
            assert f"{NOTHING}“{name}”" in read(url, q=name)


def test_the_list_goes_on_page_by_page_with_what_was_asked() -> None:
    publish(*(f"路灯{number:02d}号" for number in range(21)))

    first, second = read(HERE, q="路灯"), read(HERE, q="路灯", page="2")

    assert "找到21份" in first
    assert "?q=%E8%B7%AF%E7%81%AF&amp;page=2" in first
    assert "路灯00号" not in first
    assert "路灯00号" in second


@pytest.mark.parametrize(
    "typed",
    ['"><script>alert(1)</script>', "%", "_", "\\", "' OR 1=1 --", "*"],
)
def test_signs_are_signs_and_nothing_more(typed: str) -> None:
    publish("太阳能路灯")
    page = read(HERE, q=typed)

    assert "<script>alert" not in page
    assert "太阳能路灯" not in page


@pytest.mark.parametrize("typed", ["路" * 10_000, "路" * 41])
def test_a_long_text_is_refused_in_words_and_not_looked_for(typed: str) -> None:
    publish("太阳能路灯")
    page = read(HERE, q=typed)

    assert "最多40个字" in page
    assert "路" * 41 not in page
    assert "太阳能路灯" not in page


def test_nothing_asked_and_nothing_found_say_what_to_try() -> None:
    assert "写几个字" in read(HERE)
    assert "写几个字" in read(HERE, q="  ")
    found = read(HERE, q="飞机场")
    assert f"{NOTHING}“飞机场”" in found
    assert "换个找法" in found


def test_the_search_is_read_only_and_belongs_to_a_village_that_is_there() -> None:
    assert Client().post(HERE).status_code == 405
    assert Client().get("/village/999999999999/search/", {"q": "路"}).status_code == 404


def test_who_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "OPEN_REQUESTS_A_MINUTE", 3)
    client = Client()
    told = [client.get(HERE, {"q": "路"}, REMOTE_ADDR="10.9.9.9").status_code for _ in range(4)]

    assert told == [200, 200, 200, 429]


def test_a_page_of_the_search_costs_a_fixed_number_of_queries(
    django_assert_max_num_queries: Any,
) -> None:
    publish(*(f"路灯{number:02d}号" for number in range(21)))

    for url in (HERE, "/search/"):
        with django_assert_max_num_queries(8):
            read(url, q="路灯")
