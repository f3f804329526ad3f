"""Posters and door sheets: what they show, who prints them, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from sanzi.disclosure import posters
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.errors import MonthNotPublished
from sanzi.disclosure.models import Publication
from sanzi.interfaces.cli.main import main
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.transparency import actions
from sanzi.transparency.errors import NotInLog
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
POSTER = f"/village/{WILLOW}/poster/2026-10.pdf"


@pytest.fixture(autouse=True)
def _world() -> None:
    village.build()
    publishing.ensure_doors(AT)


def publish(**more: Any) -> Publication:
    body = {"in_fen": 0, "out_fen": 1_219_650, "balance_fen": None, "rows": [
        ["N1", "2026-10-09", "路灯电费", "青山供电所", 1_219_650, False],
        ["N2", "2026-10-12", "误工补贴", "王*芳", 12_000, False],
    ], **more}  # fmt: skip
    sheet = Sheet(WILLOW, "O-WILLOW", "F01", "2026年10月收支明细", body, 1_219_650, "2026-10")
    return publishing.publish(sheet=sheet, by=SYSTEM, at=AT)


def words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def test_a_month_that_was_not_published_has_no_poster() -> None:
    with pytest.raises(MonthNotPublished):
        posters.month(village_code=WILLOW, period="2026-10")
    assert posters.newest_period(WILLOW) == ""
    assert Client().get(POSTER).status_code == 404
    assert "打印版" not in Client().get(f"/village/{WILLOW}/bulletin/").content.decode()


def test_a_poster_waits_until_the_log_has_the_month() -> None:
    publish()
    with pytest.raises(NotInLog):
        posters.month(village_code=WILLOW, period="2026-10")


def test_villagers_find_the_poster_and_the_verifier_on_the_bulletin() -> None:
    publish()
    actions.work(AT)
    board = Client().get(f"/village/{WILLOW}/bulletin/").content.decode()
    assert POSTER in board
    assert "/log/verifier.html" in board
    answer = Client().get(POSTER)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "路灯电费" in words(answer.content)
    assert "王*芳" not in words(answer.content)
    assert "误工补贴 个人" in words(answer.content)
    assert Client().get(POSTER).content == answer.content


def test_a_large_poster_fits_one_page_of_a3(tmp_path: Path) -> None:
    rows = [[f"N{n}", "2026-10-09", "很长很长的事由" * 6, "很长的名字" * 6, 10**11 + n, True]
            for n in range(40)]  # fmt: skip
    publish(in_fen=10**13, balance_fen=10**12, rows=rows)
    actions.work(AT)
    out = tmp_path / "poster.pdf"
    assert main(["poster", WILLOW, "--size", "a3", "--out", str(out)]) == 0
    pages = pypdfium2.PdfDocument(out.read_bytes())
    assert len(pages) == 1
    assert [round(one) for one in pages[0].get_size()] == [842, 1191]


def test_a_door_sheet_says_what_one_can_ask(tmp_path: Path) -> None:
    out = tmp_path / "door.pdf"
    assert main(["poster", WILLOW, "--door", "--out", str(out)]) == 0
    assert "我家的补贴，到账了没有" in words(out.read_bytes())
    assert len(pypdfium2.PdfDocument(out.read_bytes())) == 1


def test_a_village_without_a_door_and_a_size_that_is_none_are_absent() -> None:
    with pytest.raises(NotFound):
        posters.door_sheet(village_code="999999999999")
    with pytest.raises(NotFound):
        posters.door_sheet(village_code=WILLOW, size="a5")
    with pytest.raises(NotFound):
        posters.month(village_code=WILLOW, period="2026-10", size="a5")
