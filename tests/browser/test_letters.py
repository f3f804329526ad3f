"""Two letters from a phone to their end: one verified by the station, one that stays sealed.

The villager's phone has no JavaScript; axe looks at each page on the way, at a copy of it, since
it is a script itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.flows import paper
from browser.office import PHONE, Office, Officer
from browser.site import Site
from browser.test_pages import barriers

pytestmark = [pytest.mark.browser, pytest.mark.database]

MEMBER = "supervision_member.101201"
TOWN, COUNTY = "town_discipline_office.101000", "county_discipline.000000"


@dataclass
class Phone:
    """A villager's phone without JavaScript, and the window in which axe sees what it shows."""

    site: Site
    page: Page
    mirror: Page

    def look(self) -> None:
        """Assert that the page has no barrier and does not scroll sideways."""
        self.mirror.set_content(self.page.content(), wait_until="load")
        look(self.mirror)

    def press(self, name: str) -> None:
        """Press a button and look at the page that comes."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look()

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.site.url + path)
        self.look()

    def hand_in(self, kind: str, words: str, accused: str = "") -> str:
        """Write a letter with a photo as a villager does; return the receipt code."""
        self.go(f"/village/{self.site.village}/letter/")
        page = self.page
        page.locator(f'input[name="kind"][value="{kind}"]').check()
        page.get_by_label("什么事", exact=True).fill(words)
        name, media, content = paper()
        photo = {"name": name, "mimeType": media, "buffer": content}
        page.locator("#f-photos").set_input_files(photo)
        if accused:
            page.get_by_text("说的是哪个干部").click()
            page.get_by_label(re.compile(accused)).first.check()
        self.press("交上去")
        return page.locator("p.code").inner_text()

    def follow(self, code: str) -> None:
        """Open the letter with its receipt code."""
        self.go("/letters/")
        self.page.get_by_label("回执码").fill(code)
        self.press("打开")

    def shows(self, *words: str) -> None:
        """Assert that the page says these words."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)


@pytest.fixture
def phone(site: Site, chromium: Browser) -> Iterator[Phone]:
    """A villager's phone."""
    plain = chromium.new_context(viewport=PHONE, java_script_enabled=False, locale="zh-CN")
    reading = chromium.new_context(viewport=PHONE, bypass_csp=True, locale="zh-CN")
    for one in (plain, reading):
        one.set_default_timeout(20_000)
    mirror = reading.new_page()
    mirror.goto(f"{site.url}/letters/")
    yield Phone(site, plain.new_page(), mirror)
    plain.close()
    reading.close()


def look(page: Page) -> None:
    """Assert that the page has no barrier and does not scroll sideways on a phone."""
    assert barriers(page, PHONE["width"]) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def press(page: Page, name: str) -> None:
    """Press a button in the office and look at the page that comes."""
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()
    look(page)


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
    office: Office, phone: Phone
) -> None:
    words = "村口路灯杆歪了，风一吹就晃，孩子上学从下面过。"
    code = phone.hand_in("urgent", words)

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
    page.locator("#id_finding").select_option("REAL")
    page.locator("#id_words").fill("灯杆歪了约十度，底座松了。")
    press(page, "记下看到的")
    expect(page.locator("main")).to_contain_text("情况属实")
    page.get_by_role("link", name="改好了，记整改").click()
    look(page)
    take_photo(page)
    doer = page.locator("#id_doer option", has_text="村委会成员").first.get_attribute("value")
    page.locator("#id_doer").select_option(str(doer))
    page.locator("#id_words").fill("底座重新浇了混凝土，灯杆扶正了。")
    press(page, "改好了，记下来")
    expect(page.locator("main")).to_contain_text("改好了，等写信人看")

    phone.follow(code)
    phone.shows("有人去看过了", "情况属实", "底座重新浇了混凝土", "改好了，您看行不行")
    phone.press("满意，可以办结")
    expect(phone.page.locator("h1")).to_have_text("您的信，办结了")
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
    office: Office, site: Site, phone: Phone
) -> None:
    words = "修渠的水泥卖给了亲戚，渠只修了一半，账上写的是修完了。"
    code = phone.hand_in("corruption", words, accused="村党组织书记")

    town = enter(office, TOWN)
    unlock(town, site, town_name(town))
    open_letter(town, words)
    town_page = town.page
    press(town_page, "我来办")
    town_page.get_by_label(re.compile("^怎么答复写信人")).fill("查过账，水泥都用在渠上了。")
    press(town_page, "答复")
    expect(town_page.locator("main")).to_contain_text("查过账")

    phone.follow(code)
    phone.shows("查过账，水泥都用在渠上了。")
    phone.page.get_by_label("哪里还不对").fill("没有到渠上看过，下半截还是土的。")
    phone.press("不满意，重新办")

    county = enter(office, COUNTY)
    unlock(county, site, town_name(county))
    open_letter(county, words)
    press(county.page, "我来办")
    county.page.get_by_label(re.compile("^为什么可以办结")).fill(
        "到渠上量过，差的一半已经补修，经办人受了处分。"
    )
    press(county.page, "定办结")

    phone.follow(code)
    expect(phone.page.locator("h1")).to_have_text("您的信，办结了")
    phone.shows("差的一半已经补修")
    phone.page.get_by_role("button", name="看第1张照片").click()
    expect(phone.page.locator("img")).to_be_visible()


def town_name(officer: Officer) -> str:
    """Return the office whose key it is, as the page of the key calls it."""
    officer.go("/office/letters/key/")
    return officer.page.locator(".head .sub").inner_text()


def test_somebody_helps_an_old_villager_on_his_phone(site: Site, phone: Phone) -> None:
    told = site.told
    phone.go(f"/village/{site.village}/family/")
    phone.page.get_by_label("姓名").fill(str(told["household_name"]))
    phone.page.get_by_label("家庭码").fill(str(told["household_code"]))
    phone.press("打开")
    phone.page.get_by_role("link", name="请人帮忙看").click()
    phone.look()
    phone.page.get_by_label("亲属").check()
    phone.press("开始帮忙")
    phone.shows("亲属在帮忙", "亲属帮着看")
    phone.go(f"/village/{site.village}/letter/")
    phone.shows("亲属在帮忙", "这件事是我自己要办的")
    phone.press("不用帮了")
    expect(phone.page.locator("main")).not_to_contain_text("亲属在帮忙")
