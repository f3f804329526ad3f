"""The page of a clue: marked as a clue, drawn from its own finding, with a table beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from sanzi.interfaces.office.pictures import clues as clue_pictures
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Counterparty, Person
from sanzi.supervision import catalogue, clue_queries, examples, rules
from sanzi.supervision.actions import opening
from sanzi.supervision.models import Alert
from worlds.cases import AT, Desk

CLUES = [one for one in catalogue.models().values() if one.is_clue]


def first_hit(code: str) -> rules.Finding:
    """Return what a model finds in the first example of its folder."""
    model = catalogue.models()[code]
    return examples.run(model, examples.of(model)[0])[0]


def opened(code: str) -> Alert:
    """Open the alert of the first example of a model."""
    opening.open_alerts([first_hit(code)], by=SYSTEM, at=AT)
    return Alert.objects.get(model_code=code)


def drawn(code: str) -> clue_pictures.Picture:
    """Return the picture of the first example of a model."""
    clue = clue_queries.clue_of(opened(code))
    assert clue is not None
    return clue_pictures.picture(clue)


@pytest.mark.parametrize("code", [one.code for one in CLUES])
def test_every_clue_is_marked_in_list_and_page_and_has_a_picture_with_words_and_table(
    desk: Desk, officer: Any, code: str
) -> None:
    alert = opened(code)
    town = officer("town_agri_head")

    listed = town.get(reverse("office:alerts")).content.decode()
    page = town.get(reverse("office:alert", args=[alert.ext_id])).content.decode()

    assert "统计线索 · " in listed
    assert "这是统计线索：" in page
    picture = re.search(
        r'<svg [^>]*aria-labelledby="clue-title clue-desc".*?</svg>', page, re.DOTALL
    )
    assert picture is not None
    assert re.search(r'<title id="clue-title">[^<]+</title>', picture[0])
    assert re.search(r'<desc id="clue-desc">[^<]+</desc>', picture[0])
    assert "看数字" in page[picture.end() :]
    assert "<script" not in picture[0]


def test_a_month_stands_red_beside_its_season_under_the_line_of_the_median(desk: Desk) -> None:
    found = drawn("stat-month-season")

    assert [one.is_this for one in found.rects] == [False] * 5 + [True]
    assert found.rects[-1].height == clue_pictures.BASE - clue_pictures.TOP
    assert found.line_words == "中位数10,000.00元"
    assert found.table[0] == ("2025年8月", "9,000.00")
    assert found.table[-1] == ("2026年10月", "70,000.00")


def test_digits_stand_beside_what_is_natural(desk: Desk) -> None:
    found = drawn("stat-benford")

    assert [one.label for one in found.rects] == list("123456789")
    assert found.table[8] == ("9", "70", "9")
    assert found.table[0] == ("1", "40", "60")
    assert [one.is_this for one in found.rects].index(True) == 8


def test_peers_are_dots_without_names_and_prices_are_those_of_one_piece(desk: Desk) -> None:
    peers, prices = drawn("stat-month-peers"), drawn("stat-price-peers")

    assert len(peers.dots) == 6
    assert peers.table[0] == ("比的第1个", "9,000.00")
    assert prices.table[-1] == ("这里", "250.00")
    assert prices.line_words == "中位数100.00元"
    assert all(0 <= one.x <= clue_pictures.WIDTH for one in (*peers.dots, *prices.dots))


def test_a_net_shows_what_is_shared_and_persons_are_masked(desk: Desk) -> None:
    Counterparty.objects.create(ext_id="C1", kind="company", name="清河广告有限公司")
    Counterparty.objects.create(ext_id="C2", kind="person", name="李大山")

    found = drawn("stat-shared-account")

    assert [one.name for one in found.boxes] == ["同一个收款账号", "清河广告有限公司", "李*山"]
    assert [one.is_mark for one in found.boxes] == [True, False, False]
    assert len(found.lines) == 2


def test_a_ring_goes_round_with_sums(desk: Desk) -> None:
    for key, name in (("A", "王大海"), ("B", "赵小河")):
        Person.objects.create(ext_id=key, name=name, division_id="999901101201")

    found = drawn("stat-ring")

    assert found.is_ring
    assert [one.name for one in found.boxes] == ["王*海", "赵*河"]
    assert found.table == (
        ("王*海", "付给他的人5,000.00元", "赵*河"), ("赵*河", "付给他的人5,000.00元", "王*海"),
    )  # fmt: skip


def test_a_rule_has_no_clue(desk: Desk) -> None:
    alert = opened("stat-ring")
    alert.model_code = "payment-cash"

    assert clue_queries.clue_of(alert) is None
