"""From a province's cockpit to the bank slip and the voucher: two installations and one lake.

The county pays, publishes and is taken for real; who looks from above clicks all the way.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import site as sites
from browser.bank import wait_until
from browser.office import DESK, PHONE, Office
from browser.site import ROOT, Site
from browser.test_pages import barriers
from browser.test_story import _wait_for

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

V, T = "101201", "101000"
WAITING = "村部复印纸和档案盒"
PAYERS = (f"village_secretary.{V}", f"agency_cashier.{T}", f"agency_reviewer.{T}")
PROVINCE, CITY = "province_office.000000", "city_office.000000"
NEIGHBOUR = "village_secretary.101202"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A county with a city above it."""
    with sites.below_city(tmp_path_factory.mktemp("above") / "var", counties=1) as running:
        yield running


def sanzi(site: Site, *words: str, above: bool = False) -> None:
    """Run a command in the county, or in the city."""
    var = site.var / "city" if above else site.var
    around = {
        **os.environ,
        "SANZI_ENV": "demo",
        "SANZI_VAR": str(var),
        "SANZI_DATABASE_URL": f"sqlite:///{var}/sanzi.sqlite3" if above else site.database_url,
        "PYTHONPATH": str(ROOT / "src"),
    }
    if above:
        around |= {
            "SANZI_LAKE": str(site.var / "lake"),
            "SANZI_LAKE_COUNTIES": str(var / "counties.yaml"),
        }
    command = [sys.executable, "-m", "sanzi.interfaces.cli.main", *words]
    subprocess.run(command, env=around, cwd=site.var, check=True, timeout=300)


def pay(office: Office) -> str:
    """Let the village's waiting payment be approved, made and settled; return its number."""
    for username in PAYERS:
        officer = office.officer(username)
        officer.open_todo(WAITING)
        officer.approve()
    number = officer.page.url.split("/cases/")[1].split("/")[0]
    here = f"{office.site.url}/office/payments/{number}/"
    _wait_for(officer.page, here, "1户都到账了")
    slip = officer.page.locator('main a[href$="/receipt/"]')

    def has_slip() -> bool:
        officer.page.goto(here)
        return slip.count() > 0 and slip.first.inner_text() == "看"

    wait_until(has_slip, "the bank's slip of the payment")
    return number


def enter(page: Page, site: str, username: str) -> None:
    """Come in at a site by one click of its demo."""
    page.goto(f"{site}/demo/")
    page.locator(f'form[action="/demo/enter/{username}/"] button').first.click()
    expect(page).to_have_url(re.compile(r"/office/(cockpit/[0-9]{12}/)?$"))  # a city has no desk


def drill(page: Page, site: Site, number: str) -> None:
    """Click from the province to the row of a case in the rows of its village."""
    page.goto(f"{site.city_url}/office/cockpit/")
    expect(page.locator("h1")).to_contain_text("示例省")
    for name in ("示例市", "澄川县", "清河镇", "柳湾村"):
        assert barriers(page, DESK["width"]) == [], name
        page.locator("nav.ck-below").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_contain_text(f"{name}：")
    page.locator(".p-matters table").get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text("支付与报销")
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_have_count(1)
    assert "王" not in row.inner_text()
    for width in (PHONE["width"], DESK["width"]):
        assert barriers(page, width) == [], width
    row.get_by_role("link").first.click()


def test_a_province_drills_to_the_bank_slip_and_the_voucher(
    site: Site, chromium: Browser, office: Office
) -> None:
    number = pay(office)
    sanzi(site, "lake", "publish", "--lake", str(site.var / "lake"))
    page = chromium.new_page(viewport=DESK, locale="zh-CN")
    page.set_default_timeout(20_000)
    enter(page, site.url, PROVINCE)
    enter(page, site.city_url, PROVINCE)
    page.goto(f"{site.city_url}/office/cockpit/")
    page.get_by_role("button", name="现在重算").click()
    expect(page.locator("main")).to_contain_text("十分钟内重算一遍")
    sanzi(site, "worker", "--once", above=True)

    drill(page, site, number)

    assert page.url == f"{site.url}/office/cases/{number}/", "the county's own page"
    expect(page.locator("h1")).to_contain_text(WAITING)
    page.locator(f'main a[href="/office/payments/{number}/"]').first.click()
    expect(page.locator("main")).to_contain_text("1户都到账了")
    line = page.locator("main table").first
    line.locator('a[href$="/receipt/"]').click()
    expect(page.locator("h1")).to_contain_text("回单")
    picture = page.locator("main img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") > 0, "the slip as the bank drew it"
    page.go_back()
    line.locator('a[href*="/vouchers/"]').click()
    expect(page).to_have_url(re.compile(r"/office/vouchers/"))
    expect(page.locator("main")).to_contain_text("426.00")
    page.close()


def test_who_has_no_scope_there_finds_nothing(site: Site, chromium: Browser) -> None:
    page = chromium.new_page(viewport=DESK, locale="zh-CN")
    here = f"{site.url}/office/cases/C010100117/"
    page.goto(here)
    expect(page.get_by_label("账号")).to_be_visible()
    enter(page, site.url, NEIGHBOUR)
    seen = []
    for address in (here, f"{site.url}/office/cases/nothing/"):
        answer = page.goto(address)
        assert answer is not None
        seen.append((answer.status, page.locator("main").inner_text()))
    assert seen[0] == seen[1]
    assert seen[0][0] == 404

    enter(page, site.city_url, CITY)
    for code in ("990000000000", "999901101299"):
        answer = page.goto(f"{site.city_url}/office/cockpit/{code}/")
        assert answer is not None
        assert answer.status == 404
    page.close()
