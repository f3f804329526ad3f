"""An accountant follows a figure to the bank, and takes the month's papers away."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import expect

from browser.office import Office
from sanzi.kernel import clock

pytestmark = pytest.mark.browser  # what a page looks like is asked once: see tools/test.sh

ACCOUNTANT = "agency_accountant.101000"
MONTH = f"{clock.today():%Y-%m}"
TOWN = "999901101000"


def test_a_figure_leads_to_its_account_its_voucher_and_the_case(office: Office) -> None:
    officer = office.officer(ACCOUNTANT)
    officer.go(f"/office/books/E0101/{MONTH}/")
    officer.page.get_by_role("link", name=re.compile("资产负债表")).click()
    row = officer.page.get_by_role("row", name=re.compile("货币资金"))
    figure = row.get_by_role("link").first.inner_text()
    row.get_by_role("link").first.click()

    expect(officer.page.locator("h1")).to_contain_text(f"{figure}元")
    officer.page.get_by_role("link", name=re.compile("^102 银行存款")).first.click()
    expect(officer.page.locator("h1")).to_contain_text("银行存款明细账")
    officer.page.get_by_role("link", name=re.compile("^记-")).first.click()
    expect(officer.page.get_by_role("heading", name="记账凭证")).to_be_visible()


def test_the_papers_of_a_month_and_of_a_town_are_taken_away(office: Office, tmp_path: Path) -> None:
    officer = office.officer(ACCOUNTANT)
    officer.go(f"/office/books/E0101/{MONTH}/")
    with officer.page.expect_download() as paper:
        officer.page.get_by_role("link", name="报表PDF").click()
    paper.value.save_as(tmp_path / "month.pdf")
    officer.go(f"/office/places/{TOWN}/{MONTH}/")
    with officer.page.expect_download() as town:
        officer.page.get_by_role("link", name="全部报表PDF").click()
    town.value.save_as(tmp_path / "town.zip")

    first = pypdfium2.PdfDocument(tmp_path / "month.pdf")[0].get_textpage().get_text_range()
    assert "柳湾村股份经济合作社" in first
    with zipfile.ZipFile(tmp_path / "town.zip") as packed:
        assert len(packed.namelist()) > 3
        assert all(name.endswith(".pdf") for name in packed.namelist())
