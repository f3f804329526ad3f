"""The pictures of the README, taken from the running pages with SANZI_SCREENSHOTS=1.

Without it the same pages are opened and nothing is written.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.office import DESK, PHONE, Office
from browser.site import Site

pytestmark = pytest.mark.browser  # what a page looks like is asked once: see tools/test.sh

BYTES_MAX = 150_000
CLERK, SECRETARY = "cashier_reporter.101201", "village_secretary.101201"
DISCIPLINE = "town_discipline_office.101000"


def take(page: Page, name: str, folder: Path | None, size: ViewportSize) -> None:
    """Take the first screen of a page as a small PNG."""
    page.set_viewport_size(size)
    data = page.screenshot()
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    assert len(stream.getvalue()) <= BYTES_MAX
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.png").write_bytes(stream.getvalue())


def test_the_village_and_one_payment(site: Site, chromium: Browser, shots: Path | None) -> None:
    page = chromium.new_context(viewport=PHONE).new_page()
    page.goto(f"{site.url}/village/{site.village}/")
    take(page, "village", shots, PHONE)
    page.goto(f"{site.url}/village/{site.village}/items/?kind=out")
    page.locator("main .row, main .item a").first.click()
    expect(page).to_have_url(re.compile("/pay/"))
    take(page, "payment", shots, PHONE)


def test_the_desk_and_an_approval(office: Office, shots: Path | None) -> None:
    secretary = office.officer(SECRETARY)
    take(secretary.page, "desk", shots, DESK)
    secretary.open_todo("村部复印纸")
    take(secretary.page, "approve", shots, PHONE)
    secretary.page.set_viewport_size(DESK)


def test_the_form_with_two_payees_who_cannot_be_paid(
    office: Office, site: Site, shots: Path | None
) -> None:
    clerk = office.officer(CLERK)
    clerk.start_payment("柳湾村股份经济合作社")
    clerk.fill_rent("柳湾村土地租金352户")
    clerk.upload_payees(site.var / "payees-352.xlsx")
    clerk.check_payees()
    expect(clerk.said).to_contain_text("第88行不能付。")
    clerk.page.locator("#f-lines").scroll_into_view_if_needed()
    clerk.page.evaluate("document.querySelector('#f-lines').scrollIntoView({block: 'center'})")
    take(clerk.page, "form", shots, DESK)


def test_an_alert(office: Office, shots: Path | None) -> None:
    officer = office.officer(DISCIPLINE)
    officer.go("/office/alerts/?severity=block")
    officer.page.locator("main a.row", has_text="现在归镇纪委").first.click()
    officer.page.wait_for_load_state()
    take(officer.page, "alert", shots, DESK)
