"""Rounds over published pages: what waits is settled each minute, all is checked once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.audit.models import Event
from sanzi.disclosure import page_files
from sanzi.disclosure.actions import pages, publishing
from sanzi.disclosure.errors import PagesDiffer
from sanzi.disclosure.models import PageFile, Publication
from sanzi.kernel import digest
from sanzi.notices import duties
from sanzi.orgs.actors import SYSTEM
from worlds import village
from worlds.village import AT, STONE, WILLOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BODY = {"kind": "大额支出", "facts": [["用途", "修路"]]}
AID = {"kind": "救助公示", "facts": [["申请人", "李*华"]]}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.SANZI = replace(settings.SANZI, site_dir=tmp_path / "site")
    village.build()
    return tmp_path / "site"


def publish(title: str, *, code: str = WILLOW, item: str = "F04", body: Any = BODY) -> Publication:
    sheet = publishing.Sheet(code, "O-WILLOW", item, title, body)
    return publishing.publish(sheet=sheet, by=SYSTEM, at=AT)


def queries_of_an_idle_round() -> int:
    with CaptureQueriesContext(connection) as seen:
        assert pages.publish_due(AT + DAY) == 0
    return len(seen)


def test_what_is_new_is_drawn_in_one_round_and_nothing_twice(folder: Path) -> None:
    old = publish("村道维修")
    pages.publish_due(AT)
    drawn = PageFile.objects.values().get(publication=old)
    stamps = {path: (folder / path).stat().st_mtime_ns for path in page_files.every(folder)}
    new = publish("石桥维修", code=STONE)

    done = pages.publish(at=AT + DAY)

    assert (done.made, done.touched) == (1, {STONE})
    assert (folder / STONE / f"{new.ext_id}.html").exists()
    assert PageFile.objects.values().get(publication=old) == drawn
    changed = {path for path, at in stamps.items() if (folder / path).stat().st_mtime_ns != at}
    assert changed == {"index.html", "feed.xml", "sitemap.xml"}, "lists of the county only"
    assert not Publication.objects.filter(page_settled_at=None).exists()


def test_an_idle_round_asks_as_often_with_forty_pages_as_with_one() -> None:
    publish("村道维修")
    pages.publish_due(AT)
    few = queries_of_an_idle_round()
    for number in range(40):
        publish(f"路灯{number}号")
    publish("救助", item="S04", body=AID)
    Publication.objects.filter(title="路灯1号").update(unpublished_at=AT)
    pages.publish_due(AT)

    assert queries_of_an_idle_round() == few <= 6


def test_an_idle_round_reads_no_page_that_is_settled() -> None:
    publish("村道维修")
    pages.publish_due(AT)

    with CaptureQueriesContext(connection) as seen:
        pages.publish_due(AT + DAY)

    asked = [one["sql"] for one in seen if 'FROM "disclosure_' in one["sql"]]
    limits = ("page_settled_at", "people_until", "written_at", "disclosure_pagestyle")
    assert [one for one in asked if not any(name in one for name in limits)] == []


def test_a_round_that_broke_off_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    publish("村道维修")
    publish("石桥维修")
    draw, drawn = pages._drawn, []

    def break_at_the_second(*given: Any) -> Any:
        drawn.append(given)
        if len(drawn) == 2:
            raise OSError("the disk is full")
        return draw(*given)

    with monkeypatch.context() as patch:
        patch.setattr(pages, "_drawn", break_at_the_second)
        with pytest.raises(OSError, match="the disk is full"):
            pages.publish_due(AT)

    assert PageFile.objects.count() == 0
    assert pages.publish(at=AT).made == 2


def test_the_daily_check_is_silent_while_everything_stands() -> None:
    publish("村道维修")
    pages.publish_due(AT)

    assert duties.run_now("disclosure.pages_check", AT + DAY) == 0


def test_a_changed_row_passes_the_round_and_is_refused_and_named_by_the_daily_check(
    folder: Path,
) -> None:
    one = publish("村道维修")
    pages.publish_due(AT)
    before = (folder / WILLOW / f"{one.ext_id}.html").read_bytes()
    fake = {**BODY, "facts": [["用途", "修桥"]]}
    fresh = digest.sm3_of([WILLOW, "F04", "", ["", ""], one.title, fake])
    Publication.objects.filter(pk=one.pk).update(
        body=fake, content_digest=fresh, page_settled_at=None
    )

    assert pages.publish_due(AT + DAY) == 0
    for _ in range(2):
        with pytest.raises(PagesDiffer) as refusal:
            duties.run_now("disclosure.pages_check", AT + DAY)

    assert refusal.value.data["count"] == 1
    assert f"{WILLOW}/{one.ext_id}：库里的内容改过" in refusal.value.text
    assert Event.objects.filter(kind="disclosure.page.refused").count() == 1, "said once"
    assert (folder / WILLOW / f"{one.ext_id}.html").read_bytes() == before


def test_a_changed_file_is_named_by_the_daily_check_and_let_alone(folder: Path) -> None:
    one = publish("村道维修")
    pages.publish_due(AT)
    file = folder / WILLOW / f"{one.ext_id}.html"
    file.write_bytes(file.read_bytes() + b" ")
    changed = file.read_bytes()

    with pytest.raises(PagesDiffer, match=f"{one.ext_id}.html：和公布那天不一样"):
        pages.check(AT + DAY)

    assert file.read_bytes() == changed
