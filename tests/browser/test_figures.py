"""Figures in the browser: a report, a question, a file from outside, the index of a village."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from browser.office import Office
from browser.site import ROOT, Site
from browser.test_pages import first_link
from worlds.outside import id_no
from worlds.sheets_outside import workbook

pytestmark = [pytest.mark.browser, pytest.mark.database]

COUNTY, HEAD, CLERK = "county_agri.000000", "town_agri_head.101000", "cashier_reporter.101201"
SECRETARY, WITHOUT = "village_secretary.101201", "town_civil_office.101000"
TOWN = "999901101000"
DUE = """
from sanzi.insight.actions import reports
from sanzi.kernel import clock
reports.run_when_due(clock.now())
"""


def press(page: Page, name: str) -> None:
    """Press a button by its exact words."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def make_reports(site: Site) -> None:
    """Make what is asked for now, as the worker does every minute."""
    subprocess.run(
        [sys.executable, "-m", "sanzi.interfaces.cli.main", "manage", "shell", "-c", DUE],
        env={
            **os.environ,
            "SANZI_ENV": "demo",
            "SANZI_VAR": str(site.var),
            "SANZI_DATABASE_URL": site.database_url,
            "PYTHONPATH": str(ROOT / "src"),
        },
        cwd=site.var,
        check=True,
        capture_output=True,
    )


def test_a_report_is_asked_for_read_and_taken_as_pdf_word_and_excel(office: Office) -> None:
    head = office.officer(HEAD)
    page = head.page
    head.go(f"/office/reports/ask/?place={TOWN}")
    page.locator("#p-monthly").select_option(index=1)
    page.locator("li", has=page.locator("#p-monthly")).get_by_role("button").click()
    expect(head.said).to_contain_text("排上队了")
    make_reports(office.site)

    head.go("/office/reports/?code=monthly&state=draft")
    head.go(first_link(page, r"/office/reports/BG[^/]+/$"))
    expect(page.get_by_role("heading", name="一句话")).to_be_visible()
    figure = page.locator(".rp-said a").first
    expect(figure).to_contain_text(re.compile("[0-9]"))
    for name, start in (("PDF", b"%PDF-"), ("Word", b"PK"), ("Excel", b"PK")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=name, exact=True).click()
        assert taken.value.path().read_bytes().startswith(start)
    figure.click()
    expect(page).to_have_url(re.compile(rf"/office/cockpit/{TOWN}/[a-z_]+/"))


def test_a_question_is_asked_kept_shared_and_shut_to_who_may_not_ask(office: Office) -> None:
    asker = office.officer(COUNTY)
    page = asker.page
    asker.go("/office/ask/form/?subject=payments")
    page.locator("#a-by1").select_option(label="村")
    body = page.locator("#a-body")
    with page.expect_response(re.compile("/office/ask/bodies/")):
        body.press_sequentially("柳湾村股份")
    expect(page.locator("#a-bodies option")).to_have_count(1)
    body.fill(str(page.locator("#a-bodies option").get_attribute("value")))
    press(page, "问")
    expect(asker.said).to_contain_text("只看柳湾村股份经济合作社的")
    page.locator("#s-title").fill("柳湾村付了多少")
    press(page, "存")
    expect(asker.said).to_contain_text("存好了")
    kept = page.url.removeprefix(office.site.url)

    clerk, stranger = office.officer(CLERK), office.officer(WITHOUT)
    assert clerk.page.goto(office.site.url + kept).status == 404
    press(page, "给别人看")
    assert clerk.page.goto(office.site.url + kept).status == 200
    expect(clerk.said).to_contain_text("这里是您管的地方的数")
    assert stranger.page.goto(office.site.url + kept).status == 404


def test_a_file_of_another_office_is_mapped_and_looked_at_before_it_is_loaded(
    office: Office,
) -> None:
    officer = office.officer(COUNTY)
    page = officer.page
    rows = [("逝者", "号码", "哪天走的", "在哪个村"), ("王某某", id_no(1), "2026.3.5", "柳湾村")]
    officer.go("/office/exchange/deaths/")
    page.locator("#x-file").set_input_files(
        {"name": "名单.xlsx", "mimeType": "application/zip", "buffer": workbook(*rows)}
    )
    press(page, "上传")
    expect(page.locator("#load")).to_have_count(0)
    for field, heading in zip(("name", "id_no", "death_date", "village"), rows[0], strict=True):
        page.locator(f"#col-{field}").select_option(heading)
    press(page, "看会导入成什么样")
    expect(officer.said).to_contain_text("1行都能导入")
    assert id_no(1) not in page.content()
    press(page, "导入1行")
    page.get_by_role("dialog").get_by_role("button", name="确定导入").click()
    expect(officer.said).to_contain_text("导入了1行")


def test_a_village_sees_its_flag_and_what_would_move_its_index(office: Office) -> None:
    secretary = office.officer(SECRETARY)
    page = secretary.page
    for index, told in (("flags", "旗怎么评"), ("integrity", "做什么能多得分")):
        secretary.go(f"/office/indices/?index={index}")
        page.get_by_role("region", name="各村的分").get_by_role("link").first.click()
        expect(page.get_by_role("heading", name=told)).to_be_visible()
    gain = page.get_by_role("region", name="做什么能多得分").get_by_role("listitem").first
    expect(gain).to_contain_text(re.compile("做满多[0-9.]+分"))
    secretary.go(first_link(page, r"/office/indices/[^/]+/rows/"))
    expect(page.locator("main tbody tr").first).to_be_visible()
