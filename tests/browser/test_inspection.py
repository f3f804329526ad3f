"""An inspection in the browser: ordered, drawn, looked at, found, put right, verified, closed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from browser.flows import paper
from browser.office import PHONE, Office, Officer
from browser.test_pages import barriers

pytestmark = [pytest.mark.browser, pytest.mark.database]

CHIEF, FINDER, VERIFIER = "county_discipline.000000", "county_agri.000000", "county_finance.000000"
VILLAGE = "village_secretary.101201"
TITLE = "村级支出回头看"
FORM = "D4"


def attach(page: Page, selector: str) -> None:
    """Attach a photo as a phone does."""
    name, kind, content = paper()
    page.locator(selector).set_input_files({"name": name, "mimeType": kind, "buffer": content})


def waits(officer: Officer, words: str) -> None:
    """Open what waits on the officer's desk by its words."""
    officer.go("/office/")
    officer.page.locator("#todo a.row", has_text=words).first.click()
    officer.page.wait_for_load_state()


def looked(page: Page) -> None:
    """The page fits a phone and has no barriers."""
    assert barriers(page, PHONE["width"]) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, wide


def order(chief: Officer) -> str:
    """Order an inspection of the first village; return the address of its page."""
    page = chief.page
    chief.go("/office/inspections/new/")
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_basis").fill("云纪〔2026〕20号")
    page.locator("#id_method").select_option("again")
    page.locator("#id_sample_size").fill("2")
    for box in page.locator('input[name="fields_looked"]').all():
        box.check()
    for role in ("县农业农村局", "县财政局"):
        page.locator("label.check", has_text=role).first.click()
    page.locator('input[name="villages"]').first.check()
    chief.press("发起检查")
    expect(chief.said).to_contain_text("检查发起了，派去的人收到了通知")
    return page.url


def find_and_finish(finder: Officer, verifier: Officer) -> None:
    """Draw, write a problem with the first sample, look at the others, hand the village in."""
    page = finder.page
    waits(finder, TITLE)
    page.get_by_role("button", name="抽件", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确定抽").click()
    page.wait_for_load_state()
    expect(finder.said).to_contain_text(re.compile("抽了[2-4]件，看了0件"))
    looked(page)
    page.get_by_role("link", name="有问题，记下来").first.click()
    attach(page, "#id_photo")
    page.locator("#id_form").select_option(FORM)
    page.locator("#id_facts").fill("三张收条没有经手人签字")
    page.locator("#id_demand").fill("补签字，以后先签再付")
    finder.press("记下来，通知村里整改")
    expect(finder.said).to_contain_text("村里收到了整改通知")

    waits(verifier, TITLE)
    while verifier.page.get_by_role("button", name="看了，没有问题", exact=True).count():
        verifier.page.get_by_role("button", name="看了，没有问题", exact=True).first.click()
        verifier.page.wait_for_load_state()
    verifier.page.locator("#f-words").fill("账目清楚，有几张收条没有签字")
    verifier.press("查完了，交上去")
    expect(verifier.page.locator("#finish")).to_have_count(0)


def test_from_the_order_to_the_report(office: Office) -> None:
    chief, finder, verifier = map(office.officer, (CHIEF, FINDER, VERIFIER))
    plan = order(chief)
    find_and_finish(finder, verifier)
    chief.page.goto(plan)
    expect(chief.said).to_contain_text("还不能办结：1个问题没有改好")

    village = office.officer(VILLAGE)
    waits(village, "整改：")
    looked(village.page)
    attach(village.page, "#id_a-photo")
    village.page.locator("#id_a-words").fill("三张收条都补了签字，照片附后")
    village.press("改好了，交上去")
    expect(village.said).to_contain_text("整改交上去了")
    waits(verifier, "的整改：")
    verifier.page.locator("#id_v-words").fill("看了三张收条，签字齐了")
    verifier.press("我看过了，改好了")
    expect(verifier.said).to_contain_text("核对好了，这个问题改好了")

    waits(chief, f"可以办结了：{TITLE}")
    page = chief.page
    page.locator("#c-summary").fill("一个村，一个问题，改好了")
    page.get_by_role("button", name="办结这次检查").click()
    page.get_by_role("dialog").get_by_role("button", name="确定办结").click()
    page.wait_for_load_state()
    expect(chief.said).to_contain_text("检查办结了，不能再改")
    for name, ending in (("报告PDF", ".pdf"), ("报告表格", ".xlsx")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=name).click()
        assert taken.value.suggested_filename == f"{TITLE}检查报告{ending}"
