"""A report leads only where its reader may go: on the page, in the files, asked once a kind."""

from __future__ import annotations

import ctypes
import io
from datetime import timedelta
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from django.urls import reverse
from pypdfium2 import raw

from sanzi.insight.actions import cockpit, indices, reports
from sanzi.insight.cockpit.shapes import Place
from sanzi.insight.models import IndexScore, Report
from sanzi.insight.reports.queries import ReportPage
from sanzi.interfaces.look import report_links
from sanzi.interfaces.look.panel_links import kept_url
from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.models import Alert
from worlds import office
from worlds.cases import AT, Desk
from worlds.village import COUNTY, TOWN, WILLOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
CLOSED = "payment-silence"
ROLES = ("town_leader", "county_discipline", "village_clerk", "cashier_reporter", "stone_cashier")
Source = list[str]


def _told(sources: list[Source]) -> ReportPage:
    """Return a report of the town that tells these sources: as figures, in words, in a table."""
    third = len(sources) // 3
    figures, words, cells = sources[:third], sources[third : 2 * third], sources[2 * third :]
    body = {
        "figures": [{"name": "x", "from": one} for one in figures],
        "sections": [{
            "sentences": [[{"text": "1", "from": one} for one in words]],
            "items": [{"rows": [{"cells": ["1"] * len(cells), "from": [None, *cells]}]}],
        }],
    }  # fmt: skip
    return ReportPage(
        report=Report(), title="", place=Place(TOWN, "清河镇", "town"), period_title="",
        is_replaced=False, newer_ext_id="", may_look=False, may_issue=False, may_again=False,
        body=body, changes=(),
    )  # fmt: skip


def _left(page: ReportPage) -> list[Source | None]:
    section = page.body["sections"][0]
    assert section["items"][0]["rows"][0]["from"][0] is None
    return [
        *(one["from"] for one in page.body["figures"]),
        *(one["from"] for one in section["sentences"][0]),
        *section["items"][0]["rows"][0]["from"][1:],
    ]


def _sources(desk: Desk) -> list[Source]:
    """Return a source of every kind, and of each one that leads nowhere any more."""
    rows = office.record_rows(desk)
    indices.run(at=AT, by=SYSTEM)
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    village, person = (
        IndexScore.objects.filter(division_code=WILLOW, person_ext_id=one).first()
        for one in ("", desk.world.people["village_secretary"].ext_id)
    )
    kept = [
        ["row", table, next(iter(row.values())), row.get("case_id") or row.get("lease_id") or ""]
        for table, row in rows.items()
    ]
    assert village is not None
    assert person is not None
    return [
        ["panel", TOWN, "town", "matters_months", "all", "2026-11"],
        ["panel", COUNTY, "county", "funds", "", ""],
        ["panel", WILLOW, "village", "funds", "", ""],
        ["panel", WILLOW, "village", "alert_kinds", "payment", "2026-11"],
        ["panel", WILLOW, "village", "alert_kinds", "works", ""],
        ["panel", WILLOW, "village", "assets", "sold_long_ago", ""],
        ["panel", WILLOW, "village", "of_last_year", "", ""],
        ["panel", "999901101299", "village", "funds", "", ""],
        ["index", village.ext_id],
        ["index", person.ext_id],
        ["index", "IX-0"],
        ["row", "voucher", "imported", ""],
        *kept,
    ]  # fmt: skip


def test_a_source_is_kept_exactly_where_its_page_opens(desk: Desk, officer: Any) -> None:
    sources = _sources(desk)
    addresses = [kept_url(one) for one in sources]
    opened: dict[str, set[str]] = {}

    for role in ROLES:
        client = officer(role)
        opens = [bool(url) and client.get(url).status_code == 200 for url in addresses]
        left = _left(report_links.led(_told(sources), desk.actor(role)))
        assert left == [
            one if is_open else None for one, is_open in zip(sources, opens, strict=True)
        ], role
        opened[role] = {url for url, is_open in zip(addresses, opens, strict=True) if is_open}

    never = set(addresses) - set().union(*opened.values())
    assert never == {addresses[at] for at in (4, 5, 6, 7, 10, 11)}
    assert len({frozenset(one) for one in opened.values()}) == len(ROLES), "no two may see alike"


def test_more_links_are_not_more_questions(desk: Desk, django_assert_max_num_queries: Any) -> None:
    sources = _sources(desk)
    by = desk.actor("town_leader")
    report_links.led(_told(sources), by)  # what is read once and kept
    more = [
        [*one[:-1], f"{one[-1]}{at}"] if one[0] == "index" else
        [*one[:2], f"{one[2]}{at}", one[3]] if one[0] == "row" else [*one[:4], f"k{at}", ""]
        for one in sources for at in range(30)
    ]  # fmt: skip

    def asked(told: list[Source]) -> int:
        with django_assert_max_num_queries(100) as seen:
            report_links.led(_told(told), by)
        return len(seen)

    assert asked(sources) == asked([*sources, *more]) <= 15


@pytest.fixture
def issued(desk: Desk) -> str:
    """The papers of an inspection, with an alert that only the discipline offices see by now."""
    office.alert(desk.submitted())
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    next_day = AT + timedelta(days=1)
    ext_id = reports.ask(
        code="inspection", division_code=WILLOW, period="2026-11-19", by=SYSTEM, at=next_day
    )
    is_made = reports.make(ext_id=ext_id, at=next_day)
    assert is_made, Report.objects.get(ext_id=ext_id).error
    reports.look(ext_id=ext_id, by=desk.actor("town_agri_head"), at=next_day)
    reports.issue(ext_id=ext_id, remark="", by=desk.actor("town_leader"), at=next_day)
    Alert.objects.update(model_code=CLOSED)
    return ext_id


@pytest.mark.parametrize(
    ("role", "may"), [("town_discipline_office", True), ("town_leader", False)]
)
def test_page_and_files_lead_to_an_alert_only_who_may_open_it(
    issued: str, officer: Any, role: str, *, may: bool
) -> None:
    client = officer(role)
    alert, rows = (
        reverse("office:alert", args=["AL-1"]),
        reverse("office:cockpit_rows", args=[WILLOW, "matters_months"]),
    )
    assert (client.get(alert).status_code == 200) is may
    page = client.get(reverse("office:report", args=[issued])).content.decode()
    files = {
        kind: client.get(reverse("office:report_file", args=[issued, kind])).content
        for kind in ("pdf", "docx", "xlsx")
    }

    word = docx.Document(io.BytesIO(files["docx"]))
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    leads = {
        "page": page,
        "docx": " ".join(one.target_ref for one in word.part.rels.values() if one.is_external),
        "xlsx": " ".join(
            cell.hyperlink.target
            for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink
        ),
        "pdf": _pdf_leads(files["pdf"]),
    }  # fmt: skip
    assert {kind: alert in one for kind, one in leads.items()} == dict.fromkeys(leads, may)
    assert all(rows in one for one in leads.values()), "the rest leads on"
    assert "没处置完的预警" in page


def _pdf_leads(content: bytes) -> str:
    paper, found = pypdfium2.PdfDocument(content), []
    for leaf in paper:
        position, link = ctypes.c_int(0), raw.FPDF_LINK()
        while raw.FPDFLink_Enumerate(leaf, ctypes.byref(position), ctypes.byref(link)):
            text = ctypes.create_string_buffer(500)
            raw.FPDFAction_GetURIPath(paper, raw.FPDFLink_GetAction(link), text, len(text))
            found.append(text.value.decode())
    return " ".join(found)
