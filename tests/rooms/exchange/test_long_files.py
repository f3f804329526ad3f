"""A file of a hundred thousand rows goes through whole, in one transaction, by the worker."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import xlsxwriter

from sanzi.exchange.actions import loading, receiving
from sanzi.exchange.actions.receiving import Said
from sanzi.orgs.models import OutsideDeath
from worlds.outside import id_no
from worlds.village import AT, WILLOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.one_engine]
ROWS = 100_000


def long_list() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, ("姓名", "身份证号", "死亡时间", "村"))
    for number in range(ROWS):
        born = (date(1940, 1, 1) + timedelta(days=number // 900)).strftime("%Y%m%d")
        sheet.write_row(number + 1, 0, ("某某", id_no(number % 900 + 1, born), "2026.3.5", WILLOW))
    book.close()
    return stream.getvalue()


def test_a_hundred_thousand_rows_are_loaded_by_the_worker(world: World) -> None:
    by = world.actor("county_civil_affairs")
    made = receiving.receive(source="deaths", name="长.xlsx", data=long_list(), by=by, at=AT)
    checked = receiving.look(ext_id=made.ext_id, said=Said(made.columns), by=by, at=AT)
    assert checked.faults == []
    made.refresh_from_db()

    queued = receiving.confirm(ext_id=made.ext_id, seen=made.seen_digest, by=by, at=AT)
    assert queued.state == "queued"
    assert loading.load_waiting(AT) == 1

    assert OutsideDeath.objects.count() == ROWS
