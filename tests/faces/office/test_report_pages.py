"""Reports in the office: ask, the page, the steps; the same figure in PDF, Word and Excel."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from django.urls import reverse

from sanzi.deals.actions.assets import register_asset
from sanzi.insight.actions import cockpit, reports
from sanzi.insight.models import Report
from sanzi.orgs.actors import SYSTEM
from worlds import office
from worlds.assets import HOUSE, POND
from worlds.cases import AT, Desk
from worlds.village import COUNTY, TOWN, WILLOW

pytestmark = pytest.mark.django_db
NEXT = datetime(2026, 12, 8, 1, tzinfo=UTC)
JANUARY = datetime(2027, 1, 13, 1, tzinfo=UTC)


@pytest.fixture
def report(desk: Desk) -> str:
    """A draft of last month's bulletin."""
    office.alert(desk.submitted())
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    ext_id = reports.ask(code="monthly", division_code=TOWN, period="2026-11", by=SYSTEM, at=NEXT)
    assert reports.make(ext_id=ext_id, at=NEXT)
    return ext_id


def file(client: Any, ext_id: str, kind: str) -> bytes:
    answer = client.get(reverse("office:report_file", args=[ext_id, kind]))
    assert answer.status_code == 200
    return bytes(answer.content)


def test_a_draft_is_read_looked_at_and_issued(officer: Any, report: str) -> None:
    head, leader = officer("town_agri_head"), officer("town_leader")
    here = reverse("office:report", args=[report])
    page = head.get(here).content.decode()
    source = reverse("office:cockpit_panel", args=[TOWN, "matters_months"])

    assert "报上来<a href=" in page
    assert f"{source}?month=2026-11" in page
    assert "待看" in page
    head.post(reverse("office:report_step", args=[report, "look"]))
    leader.post(reverse("office:report_step", args=[report, "issue"]), {"remark": "请看第三部分"})
    assert "附言：请看第三部分" in leader.get(here).content.decode()
    assert Report.objects.get(ext_id=report).state == "issued"
    listed = leader.get(reverse("office:reports"), {"state": "issued", "words": "月报"})
    assert report in listed.content.decode()


def test_the_same_figure_stands_in_pdf_word_and_excel_and_leads_back(
    officer: Any, report: str
) -> None:
    client = officer("town_leader")
    path = f"{reverse('office:cockpit_panel', args=[TOWN, 'matters_months'])}?month=2026-11"

    pdf = pypdfium2.PdfDocument(file(client, report, "pdf"))
    text = "".join(one.get_textpage().get_text_range() for one in pdf).replace("\r\n", "")
    word = docx.Document(io.BytesIO(file(client, report, "docx")))
    told = "".join(one.text for one in word.paragraphs)
    book = openpyxl.load_workbook(io.BytesIO(file(client, report, "xlsx")))
    rows = {row[0].value: row for row in book["数和来源"].iter_rows(min_row=4)}

    sentence = "2026年11月报上来1件，上月没有数据，去年同月没有数据。"
    assert sentence in text
    assert sentence in told
    assert sentence in [one.value for one in book["正文"]["B"]]
    assert rows["报上来的办件"][2].value == "1"
    assert rows["报上来的办件"][2].hyperlink.target.endswith(path)
    links = [one.target_ref for one in word.part.rels.values() if one.is_external]
    assert any(one.endswith(path) for one in links)
    assert word.styles["Normal"].element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia")) == "宋体"
    assert len(word.inline_shapes) >= 2
    assert len(book["图"]._images) == len(word.inline_shapes)


@pytest.mark.parametrize(
    ("code", "place", "period", "role", "sentence", "cell"),
    [
        ("quarterly", COUNTY, "2026-Q4", "county_agri", "在册资产原值38.00万元", "清河镇"),
        ("three_assets", WILLOW, "2026", "town_agri_head", "在册资产原值38.00万元", "出租经营"),
        ("three_ledgers", WILLOW, "2026", "town_agri_head", "在册资产原值38.00万元", "标准厂房"),
    ],
)
def test_each_template_becomes_a_page_and_three_files(
    desk: Desk,
    officer: Any,
    code: str,
    place: str,
    period: str,
    role: str,
    sentence: str,
    cell: str,
) -> None:
    office.alert(desk.submitted())
    for fields in (HOUSE, POND):
        register_asset(fields=fields, by=desk.actor("village_clerk"), at=AT)
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    ext_id = reports.ask(code=code, division_code=place, period=period, by=SYSTEM, at=JANUARY)
    is_made = reports.make(ext_id=ext_id, at=JANUARY)
    assert is_made, Report.objects.get(ext_id=ext_id).error
    client = officer(role)

    page = client.get(reverse("office:report", args=[ext_id])).content.decode()
    pdf = pypdfium2.PdfDocument(file(client, ext_id, "pdf"))
    paper = "".join(one.get_textpage().get_text_range() for one in pdf)
    word = docx.Document(io.BytesIO(file(client, ext_id, "docx")))
    told = "".join(one.text for one in word.paragraphs)
    in_word = {one.text for table in word.tables for row in table.rows for one in row.cells}
    book = openpyxl.load_workbook(io.BytesIO(file(client, ext_id, "xlsx")))
    in_book = {one.value for sheet in book for row in sheet.iter_rows() for one in row}

    assert sentence in re.sub(r"<[^>]+>", "", page)
    assert sentence in "".join(paper.split())
    assert sentence in told
    assert any(sentence in str(one) for one in in_book)
    assert cell in page
    assert cell in paper
    assert any(cell in one for one in in_word)
    assert any(cell in str(one) for one in in_book)


def test_a_wrong_request_is_told_why_and_nothing_is_made(officer: Any, report: str) -> None:
    client = officer("town_leader")
    form = {"place": TOWN, "code": "monthly", "period": "2026-12"}

    answer = client.post(reverse("office:report_ask"), form, follow=True)
    assert "还没有过完" in answer.content.decode()
    assert Report.objects.count() == 1
    assert client.get(reverse("office:report_ask"), {"place": "1"}).status_code == 404
    assert client.get(reverse("office:report_file", args=[report, "odt"])).status_code == 404
