"""Every table under the log is changed around the application: what was done is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from flushing import lifted_triggers
from sanzi.audit import actions as audit
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.models import Publication
from sanzi.interfaces.cli.main import main
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, queries
from sanzi.transparency.models import Leaf
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
HEAD = "日志：{size}条时的签名"
REWRITTEN = f"{HEAD}和条目对不上：改过历史"
TILE = "日志：第0层第0块和条目对不上"
EVENT = "event {event}：和日志对不上，改过"
PAGE = "publication {page}：和日志对不上，改过"
LOST = "publication {page}：日志里有，库里没有了"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A log of events and one page; returns the names that the faults are told by."""
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, log_keys=tmp_path / "keys"))
    village.build()
    for number in range(5):
        audit.write(
            chain="A", kind="tests.thing.done", by=SYSTEM, at=AT,
            subject=("thing", str(number)), after={"fen": 36_500},
        )  # fmt: skip
    body = {"in_fen": 100, "out_fen": 36_500, "balance_fen": None, "rows": []}
    sheet = Sheet(WILLOW, "O-WILLOW", "F01", "2026年10月收支明细", body, 36_500, "2026-10")
    page = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    actions.work(AT)
    assert list(queries.verify()) == []
    event = Leaf.objects.filter(kind="event").order_by("index")[2]
    at = Leaf.objects.get(kind="publication").index
    return {"event": event.subject, "index": event.index, "page": page.ext_id, "at": at,
            "size": Leaf.objects.count()}  # fmt: skip


def change(sql: str) -> None:
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE audit_event SET change = '{{}}' WHERE id = {event}", EVENT),
        ("UPDATE audit_event SET actor_name = 'x' WHERE id = {event}", EVENT),
        ("UPDATE audit_event SET kind = 'tests.thing.left' WHERE id = {event}", EVENT),
        ("UPDATE audit_event SET subject_id = 'x' WHERE id = {event}", EVENT),
        ("DELETE FROM audit_event WHERE id = {event}", "event {event}：日志里有，库里没有了"),
        ("UPDATE disclosure_publication SET title = 'x'", PAGE),
        ("UPDATE disclosure_publication SET period = '2026-09'", PAGE),
        ("UPDATE disclosure_publication SET item_code = 'F02'", PAGE),
        ("UPDATE disclosure_publication SET subject_id = 'x'", PAGE),
        ("UPDATE disclosure_publication SET total_fen = 36501", PAGE),
        ("UPDATE disclosure_publication SET published_at = '2026-01-01 00:00:00+00:00'", PAGE),
        ("UPDATE disclosure_publication SET ext_id = 'x'", LOST),
        ('UPDATE transparency_leaf SET text = \'x\' WHERE "index" = {index}', TILE),
        ('UPDATE transparency_leaf SET kind = \'x\' WHERE "index" = {index}', "第{index}条"),
        ('UPDATE transparency_leaf SET subject = \'0\' WHERE "index" = {index}',
         "event 0：日志里有，库里没有了"),
        ('DELETE FROM transparency_leaf WHERE "index" = {index}', "日志：第{index}条不见了"),
        ("DELETE FROM transparency_leaf", "日志：应当有{size}条，只有0条"),
        ("DELETE FROM transparency_tile", TILE),
        ("UPDATE transparency_tile SET level = 5", TILE),
        ("UPDATE transparency_log SET size = size - 1", "只有"),
        ("UPDATE transparency_log SET size = size + 1", "日志：应当有"),
        ("DELETE FROM transparency_log", "日志：应当有0条"),
        ("UPDATE transparency_checkpoint SET size = size - 1", "说的不是这一本日志"),
        ("UPDATE transparency_checkpoint SET note = 'x'", "不对"),
        ("DELETE FROM transparency_checkpoint", "日志：没有签过名"),
    ],
)  # fmt: skip
def test_a_change_of_any_table_is_named(told: dict[str, object], sql: str, found: str) -> None:
    change(sql.format(**told))
    wrong = list(queries.verify())
    assert any(found.format(**told) in one for one in wrong), wrong


@pytest.mark.parametrize("column", ["sha256", "sm3"])
def test_a_changed_hash_of_either_tree_is_named(told: dict[str, object], column: str) -> None:
    zero = "zeroblob(64)" if connection.vendor == "sqlite" else "decode(repeat('00', 64), 'hex')"
    change(f"UPDATE transparency_tile SET {column} = {zero}")
    assert TILE in list(queries.verify())


def test_one_fen_of_a_published_month_is_named_by_the_command(
    told: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    page = Publication.objects.get()
    Publication.objects.update(body={**page.body, "out_fen": 36_501})
    assert main(["verify"]) == 1
    assert PAGE.format(**told) in capsys.readouterr().out


def swapped(first: int, second: int) -> None:
    with lifted_triggers():
        for old, new in ((first, -1), (second, first), (-1, second)):
            Leaf.objects.filter(index=old).update(index=new)


def cut() -> None:
    with lifted_triggers():
        last = Leaf.objects.order_by("-index")[0]
        Leaf.objects.filter(index=last.index).delete()


@pytest.mark.parametrize("act", [lambda: swapped(1, 2), cut], ids=["swapped", "cut"])
def test_leaves_in_another_order_or_fewer_are_named(
    told: dict[str, object], act: Callable[[], None]
) -> None:
    act()
    assert TILE in list(queries.verify())
