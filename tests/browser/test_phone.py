"""A phone with a poor network: what was typed is not lost, what did not get through goes again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.office import PHONE, Office, Officer

pytestmark = pytest.mark.browser  # what a page looks like is asked once: see tools/test.sh

COMMITTEE, WATCH, SECRETARY, CLERK = (
    f"{role}.101201"
    for role in ("committee_member", "supervision_head", "village_secretary", "village_clerk")
)
TITLE = "村口路灯灯泡"


@pytest.fixture
def context(office: Office) -> Iterator[BrowserContext]:
    """The phone of the committee member; it has a network again afterwards."""
    officer = office.officer(COMMITTEE)
    officer.page.set_viewport_size(PHONE)
    yield officer.page.context
    officer.page.context.set_offline(False)


def purchase(officer: Officer) -> str:
    """Begin a purchase; return the number of its case."""
    return begin(officer, "物资服务采购")


def begin(officer: Officer, title: str) -> str:
    """Begin a case of a matter; return its number."""
    officer.go("/office/start/")
    form = officer.page.get_by_role("region", name=title)
    form.get_by_label("哪个单位办").select_option(index=0)
    form.get_by_role("button", name="开始填").click()
    expect(officer.page).to_have_url(re.compile(r"/office/cases/[^/]+/form/$"))
    return officer.page.url.rstrip("/").split("/")[-2]


def fill(page: Page) -> None:
    """Fill what a small purchase asks for."""
    for key, text in (("quantity", "20"), ("unit", "只"), ("estimate", "800"),
                      ("need", "村口的灯坏了一半，晚上看不见路")):  # fmt: skip
        page.locator(f"#id_{key}").fill(text)
    for key, value in (
        ("category_code", "material"),
        ("method", "direct"),
        ("kin_statement", "no"),
    ):
        page.locator(f"#id_{key}").select_option(value)


def test_typed_words_outlive_a_lost_network_and_a_reload(
    office: Office, context: BrowserContext
) -> None:
    officer = office.officer(COMMITTEE)
    purchase(officer)
    page = officer.page
    context.set_offline(True)
    expect(page.locator(".offline")).to_be_visible()
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_need").fill("晚上看不见路")
    page.wait_for_timeout(600)
    context.set_offline(False)
    page.reload()
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator(".kept")).to_contain_text("填回来2处")
    expect(page.locator(".kept")).to_have_count(0, timeout=20_000)  # it has saved itself
    page.reload()
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator(".kept")).to_have_count(0)


def test_a_step_that_did_not_get_through_goes_by_itself_and_is_written_once(
    office: Office, context: BrowserContext
) -> None:
    officer = office.officer(COMMITTEE)
    number = purchase(officer)
    officer.page.locator("#id_title").fill(TITLE)
    fill(officer.page)
    officer.page.wait_for_timeout(500)
    officer.page.get_by_role("button", name="存一下").click()
    officer.page.wait_for_load_state()
    officer.submit()
    for username in (WATCH, SECRETARY):
        approver = office.officer(username)
        approver.go(f"/office/cases/{number}/")
        approver.approve("情况属实")
    clerk = office.officer(CLERK)
    page = clerk.page
    clerk.go(f"/office/cases/{number}/")
    firm = page.locator("select[name^=quotes]").first
    firm.select_option(index=1)
    page.locator("input[name^=quotes]:not([type=hidden])").first.fill("780")
    page.locator("#id_chosen").select_option(index=1)
    page.context.set_offline(True)
    page.get_by_role("region", name="操作").locator("button.p").click()
    expect(page.locator(".kept")).to_contain_text("没有网，还没交上去")
    page.context.set_offline(False)
    expect(page.locator("main")).to_contain_text("记下了")
    expect(page.locator("main")).to_contain_text("780")


def test_one_of_a_thousand_names_is_found_by_typing_it(
    office: Office, context: BrowserContext
) -> None:
    page = office.officer(COMMITTEE).page
    begin(office.officer(COMMITTEE), "成员身份确认")
    names = page.locator("#id_person")
    last = names.locator("option").last.inner_text()
    box = names.locator("xpath=preceding-sibling::input")
    assert names.locator("option").count() > 300
    box.fill(last)
    box.press("Enter")
    assert names.locator("option").count() < 10
    expect(names.locator("option:checked")).to_have_text(last)
    expect(names).to_be_focused()
    box.fill("没有这个人")
    expect(names.locator("option:checked")).to_have_text(last)
    assert names.locator("option").count() < 5
