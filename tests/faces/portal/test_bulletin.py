"""The village's bulletin: everything published, by item, open to all, late ones said to be late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sanzi.disclosure import rules
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Inquiry, Publication
from sanzi.orgs.actors import SYSTEM
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
TABLE = {"title": "各家报价", "columns": ["单位", "报价（元）"], "rows": [["青山五金", "4,600.00"]]}
HERE = f"/village/{village.WILLOW}/bulletin/"


def read(url: str, **query: str) -> str:
    response = Client().get(url, query)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.fixture(autouse=True)
def world() -> village.World:
    return village.build()


def publish(title: str, *, late: bool = False, **more: Any) -> Publication:
    replaces = more.pop("replaces", None)
    body = {
        "kind": "采购结果", "stage": "验收了", "organisation": "柳湾村", "matter": "采购",
        "facts": [["数量", "6盏"]],
        "tables": [TABLE],
    }  # fmt: skip
    sheet = publishing.Sheet(
        division_code=village.WILLOW, org_ext_id="O-WILLOW", item_code=more.pop("item", "W04"),
        title=title, body=body, total_fen=460_000, subject=("case", "330782001201-2026-000001"),
        due_at=rules.due(AT, -1 if late else 3),
    )  # fmt: skip
    return publishing.publish(
        sheet=sheet, by=SYSTEM, at=AT, replaces=replaces, reason=more.pop("reason", "")
    )


def test_the_board_lists_what_stands_by_item_and_page_by_page() -> None:
    for number in range(21):
        publish(f"路灯{number:02d}号")
    publish("修桥方案", item="V01")

    first, second, plans = read(HERE), read(HERE, page="2"), read(HERE, item="V01")

    assert "村里公布了22份" in first
    assert "修桥方案" in first
    assert "路灯00号" not in first
    assert "路灯00号" in second
    assert "修桥方案" in plans
    assert "路灯" not in plans
    assert f"{HERE}?item=W04" in first
    assert "22份" in read(f"/village/{village.WILLOW}/")


def test_a_sheet_shows_its_facts_tables_and_days() -> None:
    page = read(f"{HERE}{publish('太阳能路灯').ext_id}/")

    for words in ("太阳能路灯", "4,600", "验收了", "6盏", "青山五金", "没有改过"):
        assert words in page
    assert "晚了" not in page


def test_a_late_sheet_says_so_in_the_list_and_on_its_page() -> None:
    one = publish("太阳能路灯", late=True)

    assert "公布，晚了" in read(HERE)
    assert "应在" in read(f"{HERE}{one.ext_id}/")


def test_a_correction_stands_alone_on_the_board_and_each_version_names_the_other() -> None:
    old = publish("太阳能路灯")
    new = publish("太阳能路灯6盏", replaces=old, reason="内容有更正")

    assert f"{HERE}{old.ext_id}/" not in read(HERE)
    assert f"{HERE}{new.ext_id}/" in read(f"{HERE}{old.ext_id}/")
    page = read(f"{HERE}{new.ext_id}/")
    assert "内容有更正" in page
    assert f"{HERE}{old.ext_id}/" in page


def test_a_changed_sheet_is_seen() -> None:
    one = publish("太阳能路灯")
    Publication.objects.update(title="太阳能路灯60盏")

    assert "和公布那天不一样" in read(f"{HERE}{one.ext_id}/")


def test_what_left_the_web_or_belongs_to_another_village_is_not_found() -> None:
    one = publish("太阳能路灯")
    other = f"/village/{village.STONE}/bulletin/{one.ext_id}/"
    assert Client().get(other).status_code == 404

    Publication.objects.update(unpublished_at=AT + timedelta(days=9))

    assert Client().get(f"{HERE}{one.ext_id}/").status_code == 404
    assert "太阳能路灯" not in read(HERE)


def test_the_board_is_read_with_a_fixed_number_of_queries(django_assert_max_num_queries) -> None:
    for number in range(20):
        publish(f"路灯{number}号")

    with django_assert_max_num_queries(9):
        read(HERE)


def test_the_board_says_how_many_asked_and_how_soon_they_were_answered(
    world: village.World,
) -> None:
    asked_at = AT - timedelta(days=20)
    for number, days in enumerate((1, 3, 8, None)):
        Inquiry.objects.create(
            ext_id=f"Q-{number}",
            organisation=world.bodies["willow"],
            division_code=WILLOW,
            title="路灯的钱",
            askers="anybody",
            asker_count=1,
            asked_at=asked_at,
            due_at=asked_at + timedelta(days=7),
            answered_at=asked_at + timedelta(days=days) if days else None,
        )

    page = read(f"/village/{WILLOW}/bulletin/")

    assert "问了4件，答了3件，晚了2件。" in page
    assert "一半在3天以内答复。" in page
