"""The portal as a villager uses it: on a phone, by taps, without JavaScript."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, Page, expect

from browser.office import PHONE
from browser.site import Site


class Portal:
    """A villager's phone."""

    page: Page

    def __init__(self, site: Site, browser: Browser) -> None:
        """Take a phone without JavaScript."""
        self.site = site
        self._context = browser.new_context(viewport=PHONE, java_script_enabled=False)
        self.page = self._context.new_page()
        self.taps = 0

    def __enter__(self) -> Self:
        """Nothing is open yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        """Put the phone away."""
        self._context.close()

    def open_village(self) -> None:
        """Scan the door's code of the village."""
        self.page.goto(f"{self.site.url}/village/{self.site.village}/")
        self.taps = 0

    def tap(self, name: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=re.compile(name)).first.click()
        self.page.wait_for_load_state()
        self.taps += 1

    def open_my_household(self, name: str, code: str) -> None:
        """Ask for my household's money by the code out of the envelope."""
        self.page.goto(f"{self.site.url}/village/{self.site.village}/family/")
        self.page.get_by_label("姓名").fill(name)
        self.page.get_by_label("家庭码").fill(code)
        self.page.get_by_role("button", name="打开").click()
        expect(self.page).to_have_url(re.compile("/family/money/$"))
