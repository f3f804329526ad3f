"""Published pages as files: drawn once, signed, never changed; names leave after their days."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.disclosure import page_files, page_parts, page_queries
from sanzi.disclosure.actions import case_publishing, pages, publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.errors import PageStands
from sanzi.disclosure.models import PageFile, Publication
from sanzi.kernel import clock, digest, notes
from sanzi.matters.items import calendar_on
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions as log
from sanzi.transparency import keys, queries
from worlds import village
from worlds.village import AT, STONE, WILLOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BODY = {
    "kind": "大额支出", "stage": "付了", "organisation": "柳湾村", "facts": [["用途", "修路"]],
    "tables": [{"title": "付给谁", "columns": ["付给谁", "金额（元）"],
                "rows": [["青山建筑公司", "50,000.00"], ["王*芳", "365.00"]]}],
}  # fmt: skip
AID = {
    "kind": "救助审批公示", "facts": [["申请人", "李*华"]],
    "tables": [{"title": "名单", "columns": ["谁", "金额（元）"], "rows": [["李*华", "640.00"]]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.SANZI = replace(settings.SANZI, site_dir=tmp_path / "site")
    village.build()
    return tmp_path / "site"


def publish(title: str = "村道维修", item: str = "F04", **more: Any) -> Publication:
    sheet = Sheet(
        division_code=more.pop("at_village", WILLOW), org_ext_id="O-WILLOW", item_code=item,
        title=title, body=more.pop("body", BODY), total_fen=5_036_500,
    )  # fmt: skip
    return publishing.publish(sheet=sheet, by=SYSTEM, at=more.pop("at", AT), **more)


def whole(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in page_files.every(folder)}


def test_a_publication_is_a_page_its_data_and_a_note_that_both_keys_signed(folder: Path) -> None:
    one = publish()

    assert pages.publish_due(AT) > 0

    here = folder / WILLOW / one.ext_id
    html, data = here.with_suffix(".html").read_bytes(), here.with_suffix(".json").read_bytes()
    note = notes.read(here.with_suffix(".note").read_text())
    assert len(note.signers(keys.verifiers())) == 2
    told = page_parts.told(note.text)
    assert told["html"].sha256 == hashlib.sha256(html).hexdigest()
    assert told["json"].sm3 == digest.sm3(data)
    assert json.loads(data)["content_sm3"] == one.content_digest
    assert json.loads(data)["tables"][0]["rows"][0] == ["青山建筑公司", "50,000.00"]
    log.work(AT)
    assert queries.proof("page", f"{WILLOW}/{one.ext_id}").leaf.decode() == note.text
    assert list(page_queries.faults()) == []


def test_a_page_needs_no_script_and_asks_no_host(folder: Path) -> None:
    publish()
    pages.publish_due(AT)

    for path, data in whole(folder).items():
        if not path.endswith((".html", ".css")):
            continue
        text = data.decode()
        assert "<script" not in text, path
        loads = re.findall(r'(?:<link rel="stylesheet"|<img|<iframe)[^>]*', text)
        assert not any("http" in one for one in loads), path
        assert "url(" not in text, path
        for target in re.findall(r'href="([^"#:]+)"', text):
            reached = (folder / path).parent / target
            assert reached.exists() or target.startswith("data"), (path, target)


def test_names_lie_apart_outside_sitemap_and_feed_and_leave_when_their_days_are_over(
    folder: Path,
) -> None:
    one = publish("救助：李*华", item="S04", body=AID)
    pages.publish_due(AT)
    apart = folder / "people" / WILLOW / f"{one.ext_id}.html"
    before = whole(folder)
    page = before[f"{WILLOW}/{one.ext_id}.html"].decode()

    assert "李*华" in apart.read_text()
    assert 'name="robots" content="noindex' in apart.read_text()
    for path, data in before.items():
        if not path.startswith("people/"):
            assert "李*华" not in data.decode(), path
            assert path.endswith(f"{one.ext_id}.html") or b"people/" not in data, path
    assert page_parts.digests(apart.read_bytes()).sha256 in page

    assert pages.publish_due(AT + 7 * DAY - timedelta(seconds=1)) == 0
    assert apart.exists()
    case_publishing.take_down_due(AT + 7 * DAY)
    pages.publish_due(AT + 7 * DAY)

    assert not apart.exists()
    assert PageFile.objects.get().people is None
    assert (folder / WILLOW / f"{one.ext_id}.html").read_text() == page
    assert Event.objects.filter(kind="disclosure.page.names_removed").count() == 1
    assert list(page_queries.faults()) == []


def test_firms_stay_in_the_open_page_and_persons_become_a_word(folder: Path) -> None:
    one = publish()
    pages.publish_due(AT)

    page = (folder / WILLOW / f"{one.ext_id}.html").read_text()
    assert "青山建筑公司" in page
    assert "王*芳" not in page
    assert "个人" in page
    apart = (folder / "people" / WILLOW / f"{one.ext_id}.html").read_text()
    assert "王*芳" in apart
    assert "青山建筑公司" not in apart


def test_only_what_changed_is_written_and_a_new_folder_gets_the_same_bytes(folder: Path) -> None:
    publish()
    publish("石桥维修", at_village=STONE)
    pages.publish_due(AT)
    first = whole(folder)
    stamps = {path: (folder / path).stat().st_mtime_ns for path in first}

    assert pages.publish_due(AT + DAY) == 0
    publish("路灯更换", at=AT + DAY)
    pages.publish_due(AT + DAY)

    same = {path for path in first if (folder / path).stat().st_mtime_ns == stamps[path]}
    assert {path for path in first if path.startswith(STONE)} <= same
    assert f"{WILLOW}/index.html" not in same
    second = whole(folder)
    shutil.rmtree(folder)
    pages.publish_due(AT + 2 * DAY)
    assert whole(folder) == second


def test_a_correction_is_a_new_file_that_names_the_old_one(folder: Path) -> None:
    old = publish()
    pages.publish_due(AT)
    before = (folder / WILLOW / f"{old.ext_id}.html").read_bytes()
    new = publish("村道维修（更正）", at=AT + DAY, replaces=old, reason="少写了一笔")
    pages.publish_due(AT + DAY)

    assert (folder / WILLOW / f"{old.ext_id}.html").read_bytes() == before
    page = (folder / WILLOW / f"{new.ext_id}.html").read_text()
    assert f'href="../{WILLOW}/{old.ext_id}.html"' in page
    assert "少写了一笔" in page
    data = json.loads((folder / WILLOW / f"{new.ext_id}.json").read_text())
    assert data["replaces"] == old.ext_id
    assert "后来更正了" in (folder / WILLOW / "index.html").read_text()


def test_who_tries_to_change_yesterdays_page_is_refused_and_it_is_in_the_log(folder: Path) -> None:
    one = publish()
    pages.publish_due(AT)
    before = whole(folder)
    fake = {**BODY, "facts": [["用途", "修桥"]]}
    fresh = digest.sm3_of([WILLOW, "F04", "", ["", ""], one.title, fake])
    Publication.objects.update(body=fake, content_digest=fresh)
    one.refresh_from_db()

    with pytest.raises(PageStands) as refusal:
        pages.keep(publication=one, by=SYSTEM, at=AT + DAY)
    assert refusal.value.code == "disclosure.page_stands"
    done = pages.publish(at=AT + DAY, is_whole=True)

    assert done.refused == [refusal.value.text]
    assert whole(folder) == before
    assert Event.objects.filter(kind="disclosure.page.refused").count() == 1, "said once"
    assert list(page_queries.faults()) == [
        f"{WILLOW}/{one.ext_id}：库里的内容改过，和公布那天不一样"
    ]


def test_a_file_changed_on_the_disk_is_named_and_never_written_over(folder: Path) -> None:
    one = publish()
    pages.publish_due(AT)
    file = folder / WILLOW / f"{one.ext_id}.json"
    file.write_bytes(file.read_bytes().replace(b"50,000", b"30,000"))
    (folder / WILLOW / "more.html").write_text("x")
    (folder / WILLOW / f"{one.ext_id}.note").unlink()
    changed = file.read_bytes()

    assert set(page_queries.faults()) == {
        f"{WILLOW}/{one.ext_id}.json：和公布那天不一样",
        f"{WILLOW}/{one.ext_id}.note：不见了",
        f"{WILLOW}/more.html：不该在这里",
    }
    done = pages.publish(at=AT + DAY, is_whole=True)
    assert len(done.refused) == 1
    assert file.read_bytes() == changed
    assert (folder / WILLOW / f"{one.ext_id}.note").exists()


def test_sitemap_and_feed_hold_every_page_once(folder: Path) -> None:
    rows = [publish(f"路灯{number}号", at=AT + number * DAY) for number in range(3)]
    pages.publish_due(AT + 3 * DAY)

    found = (folder / WILLOW / "sitemap.xml").read_text()
    assert re.findall(r"/([^/]+)\.html</loc>", found) == [
        "index", *(one.ext_id for one in reversed(rows)),
    ]  # fmt: skip
    assert f"/{WILLOW}/sitemap.xml" in (folder / "sitemap.xml").read_text()
    feed = (folder / "feed.xml").read_text()
    assert feed.count("<entry>") == 3
    assert "<updated>2026-11-14T02:00:00Z</updated>" in feed


def test_a_page_whose_publication_left_the_web_is_gone_and_stays_in_the_archive(
    folder: Path,
) -> None:
    one, two = publish(), publish("路灯更换")
    pages.publish_due(AT)
    years = 366 * calendar_on(clock.local_date(AT)).web_years * DAY
    Publication.objects.filter(pk=two.pk).update(published_at=AT + years)
    case_publishing.take_down_due(AT + years)

    pages.publish_due(AT + years)

    assert not list((folder / WILLOW).glob(f"{one.ext_id}.*"))
    assert (folder / WILLOW / f"{two.ext_id}.html").exists()
    assert one.ext_id not in (folder / WILLOW / "index.html").read_text()
    assert len(PageFile.objects.get(publication=one).html) > 100
    assert pages.publish_due(AT + years + DAY) == 0
    assert list(page_queries.faults()) == []


def test_a_payment_and_a_month_are_pages_without_accounts(folder: Path) -> None:
    payment = {
        "title": "修路", "use": "修建工程", "who": "王*芳等2家", "paid_fen": 40_000,
        "paid_at": AT.isoformat(), "decision": "",
        "course": [{"role": "村书记", "name": "陈*平", "acted_at": AT.isoformat(), "opinion": ""},
                   {"role": "镇长", "name": "", "acted_at": None, "opinion": ""}],
        "payees": [["王*芳", "0018", 36_500, "到账了"], ["青山公司", "0019", 3_500, "到账了"]],
    }  # fmt: skip
    month = {
        "in_fen": 100, "out_fen": 36_500, "balance_fen": None,
        "rows": [["N1", "2026-10-03", "工钱", "王*芳", 36_500, False]],
    }  # fmt: skip
    first, second = publish(body=payment), publish("2026年10月收支明细", item="F01", body=month)
    pages.publish_due(AT)

    page = (folder / WILLOW / f"{first.ext_id}.html").read_text()
    for words in ("村书记", "青山公司", "个人等2家", "365.00"):
        assert words in page
    for words in ("陈*平", "王*芳"):
        assert words not in page
    assert not re.search(r"\b(0018|0019)\b", page)
    assert "工钱" in (folder / WILLOW / f"{second.ext_id}.html").read_text()


@pytest.mark.parametrize(
    ("name", "kept"), [("G123-4", True), ("../../etc/x", False), ("甲", False), (".a", False)]
)
def test_a_file_has_a_name_that_stays_in_its_folder(name: str, kept: bool) -> None:
    found = page_parts.file_name(name)
    assert (found == name) is kept
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张*三", "个人"),
        ("张*", "个人"),
        ("欧阳*明", "欧个人"),
        ("买*·*力", "个人"),
        ("35元", "35元"),
    ],
)
def test_a_masked_name_becomes_a_word(text: str, shown: str) -> None:
    assert page_parts.opened(text) == shown
