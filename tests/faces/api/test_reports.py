"""Reports over the wire: the templates of a place, the archive, one whole, its files, its steps."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import docx
import openpyxl
import pytest

from sanzi.insight.actions import cockpit, reports
from sanzi.insight.models import Report
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from worlds import office
from worlds.cases import AT
from worlds.village import TOWN

pytestmark = pytest.mark.django_db
NEXT = datetime(2026, 12, 8, 1, tzinfo=UTC)


@pytest.fixture
def report(desk: Any) -> str:
    """A draft of the bulletin of November."""
    office.alert(desk.submitted())
    cockpit.run(at=AT + timedelta(minutes=1), by=SYSTEM)
    ext_id = reports.ask(code="monthly", division_code=TOWN, period="2026-11", by=SYSTEM, at=NEXT)
    assert reports.make(ext_id=ext_id, at=NEXT)
    return ext_id


def test_a_report_is_found_read_and_taken_as_files(report: str, program: Any) -> None:
    ask = program("town_agri_head")
    templates = ask("GET", f"/report-templates?place={TOWN}").body
    listed = ask("GET", f"/reports?code=monthly&state=draft&place={TOWN}").body
    whole = ask("GET", f"/reports/{report}").body
    files = {
        kind: ask("GET", f"/reports/{report}/report.{kind}").raw.content
        for kind in ("pdf", "docx", "xlsx")
    }

    monthly = next(one for one in templates if one["code"] == "monthly")
    assert (monthly["period"], monthly["periods"][0]["code"]) == ("month", "2026-10")
    assert [one["ext_id"] for one in listed["items"]] == [report]
    cases = next(one for one in whole["figures"] if one["name"] == "cases")
    assert (cases["now"], cases["before"], cases["text"]) == ([0, 0, 1], None, "1")
    assert (whole["title"], whole["place"], whole["changes"]) == ("三资监管月报", "清河镇", [])
    assert files["pdf"].startswith(b"%PDF-")
    told = "".join(one.text for one in docx.Document(io.BytesIO(files["docx"])).paragraphs)
    assert "报上来1件" in told
    assert "数和来源" in openpyxl.load_workbook(io.BytesIO(files["xlsx"])).sheetnames


def test_it_is_looked_at_and_issued_with_a_remark_and_only_in_this_order(
    report: str, program: Any
) -> None:
    head, leader = program("town_agri_head"), program("town_leader")

    early = leader("POST", f"/reports/{report}/issue", {"remark": ""})
    assert (early.status, early.body["code"]) == (409, "insight.report_not_ready")
    assert head("POST", f"/reports/{report}/look", {}).status == 200
    assert program("town_head")("GET", f"/reports/{report}").status == 404
    assert leader("POST", f"/reports/{report}/issue", {"remark": "请看"}).status == 200
    assert program("town_head")("GET", f"/reports/{report}").body["remark"] == "请看"
    assert leader("POST", f"/reports/{report}/drop", {}).status == 409
    assert Report.objects.get().state == "issued"


def test_a_report_is_asked_for_once_and_a_wrong_wish_is_told_why(
    report: str, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    ask = program("town_agri_head")
    wish = {"code": "three_assets", "division_code": TOWN, "period": "2026"}

    wrong = ask("POST", "/reports", wish)
    assert (wrong.status, wrong.body["code"]) == (409, "insight.report_period_open")
    unknown = ask("POST", "/reports", {**wish, "code": "weekly"})
    assert (unknown.status, unknown.body["code"]) == (422, "insight.report_unknown")
    assert ask("POST", "/reports", {**wish, "period": "last year"}).status in (400, 422)
    assert Report.objects.count() == 1
