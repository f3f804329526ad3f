"""The office as its people use it: come in, find one's work, fill the form, approve, pay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from browser.site import Site
from sanzi.kernel import clock

DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
SAVED_AS_TYPED_MS = 500


class Office:
    """All officers of the demo, each in a window of his own."""

    def __init__(self, site: Site, browser: Browser) -> None:
        """Begin with nobody inside."""
        self.site = site
        self._browser = browser
        self._inside: dict[str, BrowserContext] = {}

    def officer(self, username: str, *, by_password: bool = False) -> Officer:
        """Let an officer in: by one click of the demo, or by password and six digits."""
        if username not in self._inside:
            context = self._browser.new_context(viewport=DESK, locale="zh-CN")
            context.set_default_timeout(20_000)
            self._inside[username] = context
            page = context.new_page()
            if by_password:
                self._log_in(page, username)
            else:
                page.goto(f"{self.site.url}/demo/")
                page.locator(f'form[action="/demo/enter/{username}/"] button').first.click()
            expect(page).to_have_url(re.compile(r"/office/$"))
        return Officer(self.site, self._inside[username].pages[0])

    def _log_in(self, page: Page, username: str) -> None:
        page.goto(f"{self.site.url}/office/")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(self.site.told["password"])
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("验证码").fill(self.site.totp(username))
        page.get_by_role("button", name="登录").click()

    def next_day(self) -> None:
        """Send everybody home; who is needed comes in again, with a fresh second factor."""
        self.close()
        self._inside.clear()

    def close(self, pictures: Path | None = None) -> None:
        """Send everybody home; with a folder, keep a picture of what each saw last."""
        for username, context in self._inside.items():
            if pictures is not None:
                context.pages[0].screenshot(path=pictures / f"{username}.png", full_page=True)
            context.close()


class Officer:
    """One officer's window."""

    def __init__(self, site: Site, page: Page) -> None:
        """Hold the window."""
        self.site = site
        self.page = page

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.site.url + path)

    @property
    def said(self) -> Locator:
        """What the page tells on top: the result of the last press, or a refusal."""
        return self.page.locator("main")

    @property
    def state(self) -> Locator:
        """The state of the alert on the page: one chip, in words."""
        return self.page.locator("main .chip").first

    def start_payment(self, body: str | None) -> str:
        """Begin 支付与报销 for a body, None for the first; return the number of the case."""
        self.go("/office/start/")
        form = self.page.get_by_role("region", name="支付与报销")
        choice = form.get_by_label("哪个单位办")
        choice.select_option(label=body) if body else choice.select_option(index=0)
        form.get_by_role("button", name="开始填").click()
        expect(self.page).to_have_url(re.compile(r"/office/cases/[^/]+/form/$"))
        return self.page.url.rstrip("/").split("/")[-2]

    def fill(self, texts: Mapping[str, str], choices: Mapping[str, str]) -> None:
        """Fill fields of the form by key and keep them."""
        for key, text in texts.items():
            self.page.locator(f"#id_{key}").fill(text)
        for key, value in choices.items():
            self.page.locator(f"#id_{key}").select_option(value)
        # What is saved as typed must have come to rest: late, it would overtake what comes next.
        self.page.wait_for_timeout(SAVED_AS_TYPED_MS)
        self.page.wait_for_load_state("networkidle")
        self.page.get_by_role("button", name="存一下").click()
        self.page.wait_for_load_state()

    def fill_rent(self, purpose: str, year: int | None = None) -> None:
        """Fill what the village has for the land rent: contract, account, budget, handler."""
        clerk = self.page.locator("#id_handler_person_id option", has_text="村文书").first
        self.fill(
            {"purpose": purpose},
            {
                "source_kind": "contract", "source_id": "LW-2024-017",
                "contract_id": "LW-2024-017", "subject_code": "11302",
                "debit_account_id": "A-E0101", "method": "transfer", "proof_kind": "roster",
                "budget_line_id": f"YE0101-{year or clock.today().year}-11302",
                "handler_person_id": str(clerk.get_attribute("value")),
            },
        )  # fmt: skip

    def upload_payees(self, sheet: Path) -> None:
        """Hand in the Excel list of payees."""
        self.page.get_by_label("多户用名单").set_input_files(sheet)
        self.page.get_by_role("button", name="传名单").click()
        self.page.wait_for_load_state()

    def check_payees(self) -> None:
        """Ask the bank about every payee."""
        self.page.get_by_role("button", name="向银行核户名").click()
        self.page.wait_for_load_state()

    def hang_papers(self, papers: Sequence[tuple[str, str, bytes]]) -> None:
        """Upload evidence: (kind, file name, bytes)."""
        for kind, name, data in papers:
            self.page.get_by_label("是什么").select_option(kind)
            self.page.get_by_label(re.compile("^文件")).set_input_files(
                {"name": name, "mimeType": "image/png", "buffer": data}
            )
            self.page.get_by_role("button", name="传凭据").click()
            self.page.wait_for_load_state()
            expect(self.page.locator("#f-papers")).to_contain_text(name)

    def submit(self) -> None:
        """Hand the case in; the dialog asks once more."""
        self.page.locator("#bar").get_by_role("button", name="提交").click()
        self.page.get_by_role("dialog").get_by_role("button", name="交上去").click()
        self.page.wait_for_load_state()

    def open_todo(self, title: str) -> None:
        """Open a case from one's own list of things to do."""
        self.go("/office/")
        self.page.get_by_role("link", name=re.compile(title)).first.click()
        self.page.wait_for_load_state()

    def approve(self, opinion: str = "") -> None:
        """Agree to the open case; a money step asks once more in a dialog."""
        if opinion:
            self.page.locator("#id_opinion").fill(opinion)
        self.page.get_by_role("region", name="操作").locator("button.p").click()
        dialog = self.page.locator("dialog[open]")
        if dialog.count():
            dialog.locator("button.p").click()
        self.page.wait_for_load_state()

    def correct_account(self, account: str, confirmation: str) -> None:
        """Give a refused line another account of the same payee."""
        self.page.get_by_label("本人的账号").fill(account)
        self.page.get_by_label("村里谁核对过").fill(confirmation)
        self.press("改好这一行")

    def press(self, name: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=re.compile(name)).first.click()
        self.page.wait_for_load_state()

    def conclude(self, conclusion: str, text: str) -> None:
        """Say what an alert was; somebody else verifies."""
        self.page.get_by_label(conclusion).check()
        self.page.get_by_label("查到了什么").fill(text)
        self.press("定结论")
