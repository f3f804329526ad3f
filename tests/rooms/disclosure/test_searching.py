"""The table of the portal's search: open text only, in step with what is public."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sanzi.deals.actions.assets import register_asset
from sanzi.deals.models import Asset
from sanzi.disclosure import search_queries, search_rules
from sanzi.disclosure.actions import publishing, searching
from sanzi.disclosure.models import Publication, SearchLine
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person
from worlds import assets, village
from worlds.village import AT, STONE, WILLOW


def lines(typed: str, code: str = WILLOW) -> list[str]:
    return [one.title for one in search_queries.lines(search_rules.asked(typed), code)]


def publish(title: str, **more: Any) -> Publication:
    body = {
        "kind": "采购结果", "organisation": "柳湾村", "matter": "采购",
        "facts": [["在哪里", "东塘边"], ["谁去买的", "张*三"]],
        "tables": [{"title": "各家报价", "columns": ["单位", "报价（元）"],
                    "rows": [["青山五金", "4,600.00"], ["王*芳", "4,700.00"]]}],
    }  # fmt: skip
    sheet = publishing.Sheet(
        division_code=more.pop("place", WILLOW), org_ext_id="O-WILLOW",
        item_code=more.pop("item", "W04"), title=title, body=more.pop("body", body),
        period=more.pop("period", ""), subject=more.pop("subject", ("", "")),
    )  # fmt: skip
    return publishing.publish(sheet=sheet, by=SYSTEM, at=more.pop("at", AT), **more)


@pytest.mark.parametrize(
    ("typed", "words", "months"),
    [
        ("路灯", ("路灯",), ()),
        ("  路灯　东塘 路灯 ", ("路灯", "东塘"), ()),
        ("2026年10月收支", ("收支",), ("2026-10",)),
        ("10月的收支", ("收支",), ("-10",)),
        ("2026-09", (), ("2026-09",)),
        ("９月 №7", ("no7",), ("-09",)),
        ("8月15日演出", ("8月15日演出",), ()),
        ("13月", ("13月",), ()),
        ("\x00\ud800路\x00灯\u202e", ("路", "灯"), ()),
        ("%_", ("%_",), ()),
        (" 　\x00", (), ()),
    ],
)
def test_what_is_typed_is_read_as_words_and_months(
    typed: str, words: tuple[str, ...], months: tuple[str, ...]
) -> None:
    found = search_rules.asked(typed)

    assert (found.words, found.months, found.is_too_long) == (words, months, False)


@pytest.mark.parametrize("typed", ["路" * 41, "路" * 10_000, "\ufdfa" * 40])
def test_what_is_too_long_is_not_looked_for(typed: str) -> None:
    found = search_rules.asked(typed)

    assert (found.is_too_long, found.is_empty, len(found.text) <= 40) == (True, True, True)


@pytest.fixture
def world(db: None) -> village.World:
    return village.build()


def test_title_facts_tables_and_month_are_found_word_by_word(world: Any) -> None:
    publish("太阳能路灯50%_")
    publish("水渠清淤", at=datetime(2026, 10, 3, 1, 0, tzinfo=UTC))
    publish("石桥的路灯", place=STONE)
    searching.published(AT)

    assert lines("路灯") == ["太阳能路灯50%_"]
    assert lines("青山 路灯") == lines("东塘")[:1] == lines("4,600.00")[:1] == lines("50%_")
    assert lines("0%采") == lines("__") == lines("能%灯") == []
    assert lines("10月") == ["水渠清淤"]
    assert lines("2026-11 路灯") == ["太阳能路灯50%_"]
    assert lines("12月") == lines("2025年10月") == []
    assert sorted(lines("路灯", "")) == ["太阳能路灯50%_", "石桥的路灯"]


def test_nobody_is_found_by_a_masked_name_and_lists_that_leave_have_no_rows(world: Any) -> None:
    publish("太阳能路灯")
    publish("低保名单", item="S02")
    publish("困难救助：张*三", item="S02", body={"facts": [["原因", "生病"]], "tables": []})
    searching.published(AT)

    assert {one.item_code for one in Publication.objects.filter(title="低保名单")} == {"S02"}
    assert lines("*") == lines("张*三") == lines("王*芳") == lines("三") == []
    assert lines("低保名单") == ["低保名单"]
    assert lines("青山五金") == ["太阳能路灯"]
    assert lines("生病") == []
    kept = "".join(SearchLine.objects.values_list("words", flat=True))
    assert "*" not in kept


def test_what_was_replaced_or_left_the_web_is_found_no_more(world: Any) -> None:
    old, other = publish("太阳能路灯"), publish("修桥")
    searching.published(AT)
    publish("太阳能路灯6盏", replaces=old, reason="内容有更正")
    Publication.objects.filter(pk=other.pk).update(unpublished_at=AT + timedelta(days=1))

    assert searching.published(AT) == 3
    assert (lines("路灯"), lines("修桥")) == (["太阳能路灯6盏"], [])
    assert searching.published(AT) == 0


def test_registers_are_taken_in_as_they_stand_with_nobody_named(world: Any) -> None:
    someone = Person.objects.filter(division_id=WILLOW)[0]
    fields = replace(assets.HOUSE, name=f"{someone.name}门口仓库")
    clerk = world.actor("village_clerk")
    tag = register_asset(fields=fields, by=clerk, at=AT).tag
    searching.registered(AT)

    assert lines("仓库") == ["个人门口仓库"]
    assert lines(someone.name) == []
    kind, ref = SearchLine.objects.values_list("kind", "ref").get()
    assert (kind, ref) == ("asset", tag)
    assert searching.registered(AT) == 0

    Asset.objects.filter(tag=tag).update(status="disposed")
    assert searching.registered(AT) == 1
    assert lines("仓库") == []
