"""Taking a publication off the web by hand: a reason in public, nothing left of what it said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.disclosure import bulletin_queries, due_queries
from sanzi.disclosure.actions import pages, publishing, searching, withdrawing
from sanzi.disclosure.errors import (
    AlreadyWithdrawn,
    NotWithdrawable,
    NumberInText,
    ReasonTooShort,
)
from sanzi.disclosure.models import DueSheet, PageFile, Publication, SearchLine
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.transparency import actions as log
from worlds import village
from worlds.village import AT, WILLOW, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = "写了孩子的名字和住址，改好再公布"
PHONE = "13912345678"
BODY = {"kind": "通知", "facts": [["找谁", "二组十二号李小华"]]}
AID = {
    "kind": "救助审批公示", "facts": [["申请人", "李*华"]],
    "tables": [{"title": "名单", "columns": ["谁", "住哪里"], "rows": [["李小华", "二组十二号"]]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.SANZI = replace(settings.SANZI, site_dir=tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def world() -> World:
    return village.build()


def publish(item: str = "V03", body: Any = BODY, **more: Any) -> Publication:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", item, "村里找人修渠", body, **more)
    return publishing.publish(sheet=sheet, by=SYSTEM, at=AT)


def withdraw(world: World, one: Publication, reason: str = WHY, role: str = "town_agri_head"):
    withdrawing.withdraw(ext_id=one.ext_id, reason=reason, by=world.actor(role), at=AT + DAY)


def everything() -> list[Any]:
    rows = Publication.objects.order_by("pk").values_list()
    return [list(rows), Event.objects.count(), SearchLine.objects.count(), Notice.objects.count()]


@pytest.mark.parametrize(("item", "body"), [("V03", BODY), ("S04", AID)])
def test_nothing_of_it_is_left_in_the_folder_and_its_digest_stays_in_the_log(
    world: World, folder: Path, item: str, body: Any
) -> None:
    one = publish(item, body)
    pages.publish_due(AT)
    searching.published(AT)
    log.work(AT)
    assert (folder / WILLOW / f"{one.ext_id}.html").exists()
    assert SearchLine.objects.filter(publication=one).exists()

    withdraw(world, one)
    assert not SearchLine.objects.filter(publication=one).exists(), "at once"
    pages.publish_due(AT + DAY)

    left = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in left if one.ext_id in path.name]
    assert not [path for path in left if one.ext_id in path.read_text(errors="replace")]
    page = PageFile.objects.get(publication=one)
    assert page.removed_at == AT + DAY
    assert page.people is None
    pages.publish(at=AT + DAY, is_whole=True)
    assert not (folder / WILLOW / f"{one.ext_id}.html").exists(), "a whole run brings nothing back"
    assert pages.check(AT + DAY) == 0
    one.refresh_from_db()
    assert publishing.is_unchanged(one)
    assert searching.published(AT + DAY) == 0


def test_what_was_never_drawn_is_never_drawn(world: World, folder: Path) -> None:
    one = publish()
    withdraw(world, one)

    pages.publish_due(AT + DAY)

    assert not PageFile.objects.exists()
    assert not list(folder.glob(f"**/{one.ext_id}*"))


def test_who_did_it_is_in_the_log_and_the_village_is_told_without_the_title(world: World) -> None:
    one = publish()
    withdraw(world, one)

    event = Event.objects.latest("pk")
    assert event.kind == "disclosure.sheet.withdrawn"
    assert event.subject_id == one.ext_id
    assert json.loads(event.change)["after"] == {"item": "V03", "reason": WHY}
    told = Notice.objects.filter(template="publication_withdrawn")
    assert {notice.user_id for notice in told} == {
        world.users[role].pk for role in withdrawing.TOLD if role in world.users
    }
    assert told.exists()
    assert "修渠" not in str(list(told.values_list("params", flat=True)))


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("", ReasonTooShort),
        ("  写 错 了  ", ReasonTooShort),
        (f"把{PHONE}写全了，改好再公布", NumberInText),
    ],
)
def test_a_reason_that_says_nothing_or_leaks_itself_is_refused(
    world: World, reason: str, refusal: type[Exception]
) -> None:
    one = publish()
    before = everything()

    with pytest.raises(refusal):
        withdraw(world, one, reason)

    assert everything() == before


@pytest.mark.parametrize("role", ["village_secretary", "agency_cashier", "town_discipline_office"])
def test_nobody_else_takes_a_page_down(world: World, role: str) -> None:
    one = publish()
    before = everything()

    with pytest.raises(NotFound):
        withdraw(world, one, role=role)

    assert everything() == before


def test_it_is_taken_down_once(world: World) -> None:
    one = publish()
    withdraw(world, one)
    before = everything()

    with pytest.raises(AlreadyWithdrawn):
        withdraw(world, one)

    assert everything() == before


def test_what_stands_of_a_payment_or_a_month_is_corrected_and_its_old_version_goes(
    world: World,
) -> None:
    month = publish("F01", {"in_fen": 1, "out_fen": 2}, period="2026-10")
    before = everything()
    with pytest.raises(NotWithdrawable):
        withdraw(world, month)
    assert everything() == before

    sheet = publishing.Sheet(
        WILLOW, "O-WILLOW", "F01", "十月", {"in_fen": 1, "out_fen": 3}, period="2026-10"
    )
    publishing.publish(sheet=sheet, by=SYSTEM, at=AT, replaces=month, reason="内容有更正")
    month.refresh_from_db()
    withdraw(world, month)

    assert bulletin_queries.month(WILLOW, "2026-10") is not None
    assert [one.ext_id for one in bulletin_queries.withdrawn(WILLOW)] == [month.ext_id]


def test_the_office_sees_what_was_withdrawn_until_another_stands(world: World) -> None:
    one = publish(period="2026-10")
    due = DueSheet.objects.create(
        division_id=WILLOW, org_ext_id="O-WILLOW", item_code="V03", period="2026-10",
        title="十月", due_at=AT + DAY, publication=one,
    )  # fmt: skip
    assert due_queries.state(due, AT) == due_queries.MADE
    withdraw(world, one)
    due.refresh_from_db()

    assert due_queries.state(due, AT + DAY) == due_queries.WITHDRAWN
    [counts] = due_queries.villages(by=world.actor("town_agri_head"), at=AT + DAY)
    assert counts.counts[due_queries.WITHDRAWN] == 1

    publish(body={"kind": "通知", "facts": [["找谁", "李*华"]]}, period="2026-10")
    due.refresh_from_db()
    assert due_queries.state(due, AT + DAY) == due_queries.MADE


def test_a_new_version_names_no_page_that_is_gone(world: World, folder: Path) -> None:
    one = publish()
    pages.publish_due(AT)
    withdraw(world, one)
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V03", "村里找人修渠", {"facts": []})
    new = publishing.publish(sheet=sheet, by=SYSTEM, at=AT + DAY, replaces=one, reason="号码遮住")

    pages.publish_due(AT + DAY)

    assert one.ext_id not in (folder / WILLOW / f"{new.ext_id}.html").read_text()
