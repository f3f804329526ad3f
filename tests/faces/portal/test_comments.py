"""Saying something to a consultation on the phone: proof first, once, counted on its page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sanzi.disclosure.actions import comments, publishing
from sanzi.disclosure.models import Comment, Publication
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from worlds import doors
from worlds.village import WILLOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return doors.build()


@pytest.fixture
def plan(world: World) -> Publication:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V01", "东塘招租方案", {"facts": []})
    return publishing.publish(sheet=sheet, by=SYSTEM, at=clock.now() - timedelta(days=1))


def here(one: Publication) -> str:
    return f"/village/{WILLOW}/bulletin/{one.ext_id}/"


def test_a_household_proves_itself_says_it_once_and_is_counted(
    world: World, plan: Publication
) -> None:
    url = f"{here(plan)}say/"
    assert Client().get(url).headers["Location"] == f"/village/{WILLOW}/family/"
    home = doors.enter(at=clock.now())
    assert 'name="stance"' in home.get(url).content.decode()

    wrong = home.post(url, {"stance": "against", "words": ""}).content.decode()
    assert "还没有写完" in wrong
    assert not Comment.objects.exists()
    sent = home.post(url, {"stance": "against", "words": "<b>太贵</b>"})
    assert sent.headers["Location"] == f"{here(plan)}#said"
    assert "已经说过一次" in home.post(url, {"stance": "for"}).content.decode()

    page = Client().get(here(plan)).content.decode()
    assert "<dt>不同意</dt><dd>1<small>户</small></dd>" in page
    assert "太贵" not in page, "not before it is answered"
    assert "还有1条，村里还没有答复" in page
    one = Comment.objects.get()
    comments.answer(ext_id=one.ext_id, text="按评估价", by=SYSTEM, at=clock.now())
    page = Client().get(here(plan)).content.decode()
    assert "&lt;b&gt;太贵&lt;/b&gt;" in page
    assert "村里答复：按评估价" in page
    assert "王" not in page.split("大家怎么说")[1].split("有人问过")[0]


def test_after_the_last_day_nobody_is_asked_and_other_items_never_ask(
    world: World, plan: Publication
) -> None:
    Publication.objects.update(published_at=clock.now() - timedelta(days=17))
    page = Client().get(here(plan)).content.decode()
    assert "收完了" in page
    assert "说一说" not in page

    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "F04", "修路", {"facts": []})
    spent = publishing.publish(sheet=sheet, by=SYSTEM, at=clock.now())
    assert "大家怎么说" not in Client().get(here(spent)).content.decode()
    home = doors.enter(at=clock.now())
    assert home.get(f"{here(spent)}say/").status_code == 404
