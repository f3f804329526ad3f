"""Two letters from a phone to their end: one verified by the station, one that stays sealed.

The villager's phone has no JavaScript; axe looks at each page on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.flows import paper
from browser.office import PHONE, Office, Officer
from browser.site import Site
from browser.test_pages import barriers

pytestmark = [pytest.mark.browser, pytest.mark.database]

MEMBER, COMMITTEE = "supervision_member.101201", "committee_member.101201"
TOWN, COUNTY = "town_discipline_office.101000", "county_discipline.000000"


@pytest.fixture
def phone(site: Site, chromium: Browser) -> Iterator[Page]:
    """A villager's phone without JavaScript."""
    context = chromium.new_context(
        viewport=PHONE, java_script_enabled=False, bypass_csp=True, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def look(page: Page) -> None:
    """Assert that the page has no barrier and does not scroll sideways on a phone."""
    assert barriers(page, PHONE["width"]) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def press(page: Page, name: str) -> None:
    """Press a button and look at the page that comes."""
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()
    look(page)


def hand_in(phone: Page, site: Site, kind: str, words: str, accused: str = "") -> str:
    """Write a letter with a photo as a villager does; return the receipt code."""
    phone.goto(f"{site.url}/village/{site.village}/letter/")
    look(phone)
    phone.locator(f'input[name="kind"][value="{kind}"]').check()
    phone.get_by_label("什么事").fill(words)
    name, media, content = paper()
    phone.locator("#f-photos").set_input_files({"name": name, "mimeType": media, "buffer": content})
    if accused:
        phone.get_by_text("说的是哪个干部").click()
        phone.get_by_label(re.compile(accused)).first.check()
    press(phone, "交上去")
    return phone.locator("p.code").inner_text()


def follow(phone: Page, site: Site, code: str) -> None:
    """Open the letter with its receipt code."""
    phone.goto(f"{site.url}/letters/")
    look(phone)
    phone.get_by_label("回执码").fill(code)
    press(phone, "打开")


def enter(office: Office, username: str) -> Officer:
    """Let an officer in with his phone."""
    officer = office.officer(username)
    officer.page.set_viewport_size(PHONE)
    return officer


def take_photo(page: Page) -> None:
    """Take a photo with the phone."""
    name, media, content = paper()
    page.locator("#id_photo").set_input_files({"name": name, "mimeType": media, "buffer": content})


def test_a_report_is_verified_on_the_spot_put_right_and_closed_by_its_writer(
    office: Office, site: Site, phone: Page
) -> None:
    words = "村口路灯杆歪了，风一吹就晃，孩子上学从下面过。"
    code = hand_in(phone, site, "urgent", words)

    member = enter(office, MEMBER)
    page = member.page
    member.go("/office/station/")
    look(page)
    for link in page.locator("#t-visit").locator("xpath=ancestor::section").locator("a.row").all():
        member.go(str(link.get_attribute("href")))
        if words in page.locator("main").inner_text():
            break
        member.go("/office/station/")
    expect(page.locator("main")).to_contain_text(words)
    look(page)
    page.get_by_role("link", name="我在现场").click()
    look(page)
    take_photo(page)
    page.get_by_label("看到的").select_option("REAL")
    page.get_by_label(re.compile("^看到什么")).fill("灯杆歪了约十度，底座松了。")
    press(page, "记下看到的")
    expect(page.locator("main")).to_contain_text("情况属实")
    page.get_by_role("link", name="改好了，记整改").click()
    look(page)
    take_photo(page)
    page.get_by_label("谁改的").select_option(label=re.compile("村委会成员"))
    page.get_by_label(re.compile("^改了什么")).fill("底座重新浇了混凝土，灯杆扶正了。")
    press(page, "改好了，记下来")
    expect(page.locator("main")).to_contain_text("改好了，等写信人看")

    follow(phone, site, code)
    for said in ("有人去看过了", "情况属实", "底座重新浇了混凝土", "改好了，您看行不行"):
        expect(phone.locator("main")).to_contain_text(said)
    press(phone, "满意，可以办结")
    expect(phone.locator("h1")).to_have_text("您的信，办结了")
    member.go("/office/station/")
    expect(page.locator("main")).not_to_contain_text(words)


def unlock(officer: Officer, site: Site, name: str) -> None:
    """Open the office's key with its file and passphrase."""
    officer.go("/office/letters/key/")
    page = officer.page
    look(page)
    file = site.var / "letter-keys" / f"{name}.json"
    page.get_by_label("钥匙文件").set_input_files(file)
    page.get_by_label("口令", exact=True).fill(str(site.told["letter_passphrase"]))
    press(page, "打开钥匙")
    expect(page.locator("main")).to_contain_text("钥匙打开了")


def open_letter(officer: Officer, words: str) -> None:
    """Find the letter on the office's list and open it."""
    page = officer.page
    hrefs = [str(one.get_attribute("href")) for one in page.locator("main a.row").all()]
    for href in hrefs:
        officer.go(href)
        if words in page.locator("main").inner_text():
            look(page)
            return
    raise AssertionError(hrefs)


def test_a_sealed_letter_goes_from_a_phone_one_level_up_and_is_closed_with_reasons(
    office: Office, site: Site, phone: Page
) -> None:
    words = "修渠的水泥卖给了亲戚，渠只修了一半，账上写的是修完了。"
    code = hand_in(phone, site, "corruption", words, accused="村党组织书记")

    town = enter(office, TOWN)
    unlock(town, site, town_name(town))
    open_letter(town, words)
    town_page = town.page
    press(town_page, "我来办")
    town_page.get_by_label(re.compile("^怎么答复写信人")).fill("查过账，水泥都用在渠上了。")
    town_page.get_by_role("button", name="答复", exact=True).click()
    town_page.wait_for_load_state()

    follow(phone, site, code)
    expect(phone.locator("main")).to_contain_text("查过账，水泥都用在渠上了。")
    phone.get_by_label("哪里还不对").fill("没有到渠上看过，下半截还是土的。")
    press(phone, "不满意，重新办")

    county = enter(office, COUNTY)
    unlock(county, site, town_name(county))
    open_letter(county, words)
    press(county.page, "我来办")
    county.page.get_by_label(re.compile("^为什么可以办结")).fill(
        "到渠上量过，差的一半已经补修，经办人受了处分。"
    )
    press(county.page, "定办结")

    follow(phone, site, code)
    expect(phone.locator("h1")).to_have_text("您的信，办结了")
    expect(phone.locator("main")).to_contain_text("差的一半已经补修")
    phone.get_by_role("button", name="看第1张照片").click()
    expect(phone.locator("img")).to_be_visible()


def town_name(officer: Officer) -> str:
    """Return the office whose key it is, as the page of the key calls it."""
    officer.go("/office/letters/key/")
    return officer.page.locator(".head .sub").inner_text()
