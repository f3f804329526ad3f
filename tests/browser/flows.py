"""One case of a power from its form to its end, on the phones of those who do the steps.

Everything goes through the pages: nothing is written or read behind them.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Locator, Page, expect

from browser.days import Days
from browser.office import PHONE, SAVED_AS_TYPED_MS, Office, Officer
from browser.test_pages import barriers
from sanzi.kernel import clock
from sanzi.matters import catalogue

COLOURS, BYTES_MAX = 64, 60_000
Values = Mapping[str, str | Sequence[Mapping[str, str]]]


def paper() -> tuple[str, str, bytes]:
    """Draw a photo like no other: (file name, type, bytes)."""
    mark = os.urandom(12 * 9)
    cells = Image.frombytes("L", (12, 9), mark).resize((480, 360), Image.Resampling.BICUBIC)
    stream = io.BytesIO()
    ImageOps.colorize(cells, "#3c5a48", "#e4dcc4").save(stream, "JPEG", quality=80)
    return f"照片{mark.hex()[:4]}.jpg", "image/jpeg", stream.getvalue()


@dataclass
class Flows:
    """What all flows of a running county share: its people, its days, where pictures go."""

    office: Office
    days: Days
    chromium: Browser
    shots: Path | None
    looked_at: set[str]

    def begin(self, code: str, username: str, body: str | None = None) -> Flow:
        """Begin a case of a power for a body, None for the first."""
        flow = Flow(self, code)
        flow.begin(username, body)
        return flow

    def officer(self, username: str) -> Officer:
        """Return an officer with his phone."""
        officer = self.office.officer(username)
        officer.page.set_viewport_size(PHONE)
        return officer

    def go_to(self, day: date, hour: int = 10) -> None:
        """Go on to half past an hour of a later day; everybody logs in again."""
        self.office.next_day()
        self.days.go_to(datetime.combine(day, time(hour, 30), clock.SHANGHAI))

    def look(self, page: Page, kind: str) -> None:
        """Let axe look at a page, once for each kind of page."""
        if kind not in self.looked_at:
            self.looked_at.add(kind)
            page.evaluate("scrollTo(0, 0)")
            found = barriers(page, PHONE["width"])
            assert found == [], (kind, found)
            page.set_viewport_size(PHONE)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{kind} scrolls sideways by {wide}"

    def villager(self) -> Page:
        """Return a villager's phone on the first page of the village."""
        context = self.chromium.new_context(viewport=PHONE, bypass_csp=True, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{self.office.site.url}/village/{self.office.site.village}/")
        return page


class Flow:
    """One case. After each step the window of who did it stays on the case's page."""

    def __init__(self, flows: Flows, code: str) -> None:
        """Not begun yet."""
        self.flows, self.code = flows, code
        self.title = catalogue.matters()[code].title
        self.number = ""
        self._album: tuple[str, list[str]] = (code, [])
        self._on: Officer | None = None

    @property
    def page(self) -> Page:
        """The window in which the last thing was done."""
        assert self._on is not None
        return self._on.page

    @property
    def main(self) -> Locator:
        """What that window shows."""
        return self.page.locator("main")

    def begin(self, username: str, body: str | None) -> None:
        """Find the power by its name and begin to fill its form."""
        self._on = self.flows.officer(username)
        self._on.go("/office/start/")
        self.page.get_by_label("事项的名字或编号").fill(self.title)
        self._press(self.page.get_by_role("button", name="找", exact=True))
        form = self.page.get_by_role("region", name=self.title, exact=True)
        if body is not None:
            form.get_by_label("哪个单位办").select_option(label=body)
        self._press(form.get_by_role("button", name="开始填"))
        expect(self.page).to_have_url(re.compile(r"/office/cases/[^/]+/form/$"))
        self.number = self.page.url.rstrip("/").split("/")[-2]

    def fill(self, values: Values) -> None:
        """Fill the form by keys, lists by their words or codes, and keep it."""
        self._type(values)
        # What is saved as typed must have come to rest: late, it would overtake what comes next.
        self.page.wait_for_timeout(SAVED_AS_TYPED_MS)
        self.page.wait_for_load_state("networkidle")
        self._press(self.page.locator("#bar").get_by_role("button", name="存一下"))
        self.flows.look(self.page, f"form {self.code}")

    def hang(self, *kinds: str) -> None:
        """Hang a paper of each kind on the form."""
        for kind in kinds:
            self.page.get_by_label("是什么").select_option(kind)
            self.choose_file("#paper-file")
            self._press(self.page.get_by_role("button", name="传凭据"))
            expect(self.page.locator(".flash")).to_contain_text("收下1份凭据")

    def submit(self) -> None:
        """Hand the case in; the dialog asks once more."""
        expect(self.page.locator("#bar")).not_to_contain_text("还差")
        self.page.locator("#bar").get_by_role("button", name="提交").click()
        self._press(self.page.get_by_role("dialog").get_by_role("button", name="交上去"))

    def expect_lacking(self, words: str) -> None:
        """Assert that the form says beside its button why it cannot be handed in yet."""
        expect(self.page.locator("#bar .why")).to_contain_text(words)
        expect(self.page.locator("#bar").get_by_role("button", name="提交")).to_be_disabled()

    def open(self, username: str) -> None:
        """Let an officer find the case among his things to do and open it."""
        self.open_desk(username)
        self.tap(self.number)

    def pay(self, username: str) -> Flow:
        """Let the cashier begin the payment of this case from its own page."""
        self.look_up(username)
        self.press("去付款")
        paying = Flow(self.flows, "M10")
        paying._on, paying._album = self._on, self._album
        paying.number = self.page.url.rstrip("/").split("/")[-2]
        return paying

    def open_desk(self, username: str) -> None:
        """Let an officer look at what he has to do today."""
        self._on = self.flows.officer(username)
        self._on.go("/office/")

    def look_up(self, username: str) -> None:
        """Let an officer look at the case whose turn it may not be."""
        self._on = self.flows.officer(username)
        self._on.go(f"/office/cases/{self.number}/")

    def agree(self, username: str, opinion: str = "") -> None:
        """Let an officer agree: one tap from the list, one on the page."""
        self.open(username)
        self.flows.look(self.page, f"approve {self.code}")
        self.say_yes(opinion)
        self.expect_no_refusal()

    def say_yes(self, opinion: str = "") -> None:
        """Agree on the open page; a money step asks once more in a dialog."""
        if opinion:
            self.page.locator("#id_opinion").fill(opinion)
        button = self.page.get_by_role("region", name="操作").locator("button.p")
        if button.get_attribute("data-opens"):
            button.click()
            button = self.page.locator("dialog[open] button.p")
        self._press(button)

    def give_back(
        self, username: str, reason: str, opinion: str, *, for_good: bool = False
    ) -> None:
        """Let an officer give the case back to be changed, or end it for good."""
        self.open(username)
        self.page.get_by_text("退回或不同意").click()
        self.page.locator("#id_reason").select_option(label=reason)
        self.page.locator("#id_opinion").fill(opinion)
        if for_good:
            self.page.locator('button[value="reject"][data-opens]').click()
            self._press(self.page.locator("dialog[open] button.p"))
        else:
            self._press(self.page.get_by_role("button", name="退回修改"))

    def write(self, values: Values, papers: Sequence[str] = ()) -> None:
        """Fill the open record step; nothing is sent yet."""
        self._type(values)
        for kind in papers:
            self.choose_file(f"#file-{kind}")
        self.flows.look(self.page, f"record {self.code}")

    def note(self) -> None:
        """Send the open record step by its one button."""
        self._press(self.page.get_by_role("region", name="操作").locator("button.p"))

    def record(self, username: str, values: Values, papers: Sequence[str] = ()) -> None:
        """Let an officer write a step down, which passes it."""
        self.open(username)
        self.write(values, papers)
        self.note()
        self.expect_no_refusal()

    def record_more(self, username: str, values: Values, papers: Sequence[str] = ()) -> None:
        """Let an officer write down one of several times; the step stays open."""
        self.open(username)
        self.write(values, papers)
        self._press(self.page.get_by_role("button", name="还要接着记"))
        self.expect_no_refusal()

    def finish(self, username: str) -> None:
        """Let an officer end a step of several times without writing one more."""
        self.open(username)
        self._press(self.page.get_by_role("button", name=re.compile("^不再记了")))
        self.expect_no_refusal()

    def expect_refusal(self, words: str) -> None:
        """Assert that the page says what is wrong, on top."""
        expect(self.page.locator("main .errors")).to_contain_text(words)

    def expect_no_refusal(self) -> None:
        """Assert that the last thing went through."""
        said = self.page.locator("main .errors").all_inner_texts()
        assert said == [], said

    def expect_waits(self, role: str) -> None:
        """Assert that the case's page says whose turn it is."""
        expect(self.page.locator("ol.his li.now")).to_contain_text(role)

    def expect_state(self, words: str) -> None:
        """Assert that the case's page says how it stands."""
        expect(self.page.locator("main .due-block p").first).to_contain_text(words)

    def row(self, username: str, register: str, text: str = "") -> Locator:
        """Return the newest row of a register that names a text, this case's number when empty."""
        self._on = self.flows.officer(username)
        self._on.go(f"/office/registers/{register}/?text={text or self.number}")
        self.flows.look(self.page, f"register {register}")
        return self.page.locator("main .rows li").first

    def published(self, words: str, path: str = "bulletin/") -> Page:
        """Return the villager's phone on a sheet of the bulletin, found by the words of its row."""
        page = self.flows.villager()
        page.goto(f"{page.url}{path}")
        self.flows.look(page, "bulletin")
        page.get_by_role("link", name=re.compile(words)).first.click()
        page.wait_for_load_state()
        self.flows.look(page, f"publication {self.code}")
        return page

    def picture(self, at: str = "", page: Page | None = None) -> None:
        """Take the next picture of the handbook: one screen of a phone, from a place downwards."""
        if self.flows.shots is None:
            return
        shown = page or self.page
        shown.set_viewport_size(PHONE)
        shown.evaluate("scrollTo(0, 0)")
        if at:
            top = shown.locator(at).first.bounding_box()
            assert top is not None
            shown.evaluate("y => scrollTo(0, Math.max(0, y - 70))", top["y"])
        shown.wait_for_timeout(300)  # pictures on the page load when they are seen
        code, taken = self._album
        taken.append(shown.url)
        keep(shown.screenshot(), self.flows.shots / f"flow-{code}-{len(taken)}.png")

    def press(self, name: str) -> None:
        """Press a button by its words and wait for the page that follows."""
        self._press(self.page.get_by_role("button", name=re.compile(name)).first)

    def choose_file(self, control: str) -> None:
        """Take a fresh photo for a field of files."""
        name, media, data = paper()
        self.page.locator(control).set_input_files(
            {"name": name, "mimeType": media, "buffer": data}
        )

    def tap(self, address: str) -> None:
        """Follow the first link of the page whose address has this in it."""
        self._press(self.page.locator(f'main a[href*="{address}"]').first)

    def _press(self, button: Locator) -> None:
        self.page.evaluate("document.documentElement.dataset.was = ''")
        button.click()
        self.page.locator("html:not([data-was])").wait_for(state="attached")
        self.page.wait_for_load_state()

    def _type(self, values: Values) -> None:
        for key, value in values.items():
            if isinstance(value, str):
                fill_in(self.page.locator(f"#id_{key}"), value)
                continue
            for place, row in enumerate(value):
                if self.page.locator(f"[name^='{key}-{place}-']").count() == 0:
                    self._press(self.page.locator(f'button[value="more-{key}"]'))
                for column, words in row.items():
                    fill_in(self.page.locator(f"#id_{key}-{place}-{column}"), words)


def fill_in(control: Locator, value: str) -> None:
    """Fill a control: a list by the code of a choice or words of it, all else by typing."""
    if control.evaluate("e => e.tagName") != "SELECT":
        control.fill(value)
        return
    choices = control.locator("option").evaluate_all("all => all.map(o => [o.value, o.text])")
    found = [code for code, text in choices if code == value]
    found = found or [code for code, text in choices if value in text]
    assert found, f"no choice {value!r} among {[text for _, text in choices]}"
    control.select_option(found[0])


def at(day: date, hour: int = 9) -> str:
    """Return an hour of a day as a phone's clock field takes it."""
    return f"{day.isoformat()}T{hour:02d}:00"


def keep(data: bytes, file: Path) -> None:
    """Keep a picture small."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, "PNG", optimize=True)
    assert file.stat().st_size <= BYTES_MAX, file.name
