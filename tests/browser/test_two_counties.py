"""A city with two counties: the second has no pages, is compared with the first and opened."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import site as sites
from browser.office import DESK, PHONE
from browser.site import Site
from browser.test_above import CITY, enter
from browser.test_pages import barriers

pytestmark = [pytest.mark.browser, pytest.mark.one_engine, pytest.mark.long]

FIRST, SECOND = "澄川县", "岚溪县"
TOWN, VILLAGE = "苇汀镇", "枫畈村"
HERE = "999900000000"
TAKEN_SECONDS = 420


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A county with pages, one without, and their city."""
    with sites.below_city(tmp_path_factory.mktemp("two") / "var", counties=2) as running:
        yield running


@pytest.fixture(scope="module")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """The city's officer, at the list of counties with both of them on it."""
    found = chromium.new_context(viewport=DESK, locale="zh-CN", bypass_csp=True).new_page()
    found.set_default_timeout(20_000)
    enter(found, site.city_url, CITY)
    found.get_by_role("link", name="各县数据").click()
    deadline = time.monotonic() + TAKEN_SECONDS
    while not found.get_by_role("row").filter(has_text=SECOND).count():
        assert time.monotonic() < deadline, "the second county did not come"
        time.sleep(2)
        found.reload()
    yield found
    found.context.close()


def assert_open_to_all(page: Page) -> None:
    """Assert that axe finds nothing at either width."""
    assert [barriers(page, one["width"]) for one in (PHONE, DESK)] == [[], []]


def test_both_counties_are_listed_with_what_they_sent(page: Page, site: Site) -> None:
    page.goto(f"{site.city_url}/office/cockpit/{HERE}/")
    page.get_by_role("link", name="各县数据").click()

    for name in (FIRST, SECOND):
        row = page.get_by_role("row").filter(has_text=name)
        expect(row).to_have_count(1)
        expect(row).to_contain_text("收下了")
    assert_open_to_all(page)


def test_the_two_are_held_side_by_side_and_taken_along_as_a_file(
    page: Page, site: Site, tmp_path: Path
) -> None:
    page.goto(f"{site.city_url}/office/cockpit/{HERE}/disclosure/")
    page.get_by_role("link", name="各处比一比").click()

    expect(page.locator("h1")).to_contain_text("2处有数")
    assert_open_to_all(page)
    rows = page.locator("main table tbody tr")
    expect(rows).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出表格").click()
    download.value.save_as(tmp_path / "compared.csv")
    with (tmp_path / "compared.csv").open(encoding="utf-8-sig", newline="") as file:
        taken = [line[:2] for line in csv.reader(file)][1:]
    assert {name for name, _ in taken} == {FIRST, SECOND}
    assert [rows.nth(place).locator("th, td").first.inner_text() for place in (0, 1)] == [
        name for name, _ in taken
    ]


def test_a_county_without_pages_is_read_down_to_its_rows_which_lead_nowhere(
    page: Page, site: Site
) -> None:
    page.goto(f"{site.city_url}/office/cockpit/{HERE}/")
    for name in (SECOND, TOWN, VILLAGE):
        page.locator("nav.ck-below").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_contain_text(f"{name}：")
        expect(page.locator("main")).not_to_contain_text("这个县自己的系统")
    assert_open_to_all(page)
    page.locator(".p-matters table").get_by_role("link").first.click()

    rows = page.locator("main table tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.get_by_role("link").count() == 0
    expect(page.locator("main")).not_to_contain_text("这个县自己的系统")
    assert_open_to_all(page)


def test_of_the_other_county_the_first_one_shows_nothing(page: Page, site: Site) -> None:
    enter(page, site.url, "county_agri.000000")
    for address in ("/office/cockpit/999902000000/", "/office/cockpit/999903000000/"):
        answer = page.goto(site.url + address)
        assert answer is not None
        assert answer.status == 404
