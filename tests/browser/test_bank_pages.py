"""The control page of the sandbox bank in a browser: open to all, and of use without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.test_pages import assert_open_to_all
from fixtures_bank import PAYEES, Sandbox, bank_process, make_batch, sandbox

__all__ = ["bank_process", "sandbox"]


@pytest.fixture
def busy(sandbox: Sandbox) -> Sandbox:
    """A bank with something in every part of its page."""
    gateway = sandbox.gateway()
    gateway.send("SZ-20261118-000001", gateway.build_batch(make_batch()))
    sandbox.fault("queued", minutes=60)
    held = make_batch(msg_id="SZ-20261118-000002")
    gateway.send(held.msg_id, gateway.build_batch(held))
    gateway.close()
    sandbox.fault("clock_skew", seconds=90)
    sandbox.control("calendar", day="2026-11-20", name="地方假")
    sandbox.control("card", card="6228489990000000007", holder="高建林", limit_fen=2_000_000)
    return sandbox


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A page that runs no scripts of its own."""
    found = chromium.new_page(java_script_enabled=False)
    yield found
    found.close()


@pytest.mark.parametrize("path", ["/_ctl/", "/_ctl/messages/{last}", "/sms/inbox"])
def test_the_pages_of_the_bank_are_open_to_all(busy: Sandbox, chromium: Browser, path: str) -> None:
    last = str(busy.read("/_ctl/state.json")["messages"][0]["id"])
    page = chromium.new_page()
    page.goto(busy.url + path.replace("{last}", last))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert_open_to_all(page)

    page.close()


def test_a_fault_is_opened_and_closed_without_scripts(sandbox: Sandbox, plain: Page) -> None:
    plain.goto(f"{sandbox.url}/_ctl/")
    plain.get_by_text("次日退汇").first.click()
    form = plain.locator("form", has=plain.locator('input[value="return"]'))
    form.get_by_label("只对这个账号（可空）").fill(PAYEES[0][0])
    form.get_by_role("button", name="打开").click()
    assert "开着1个故障" in plain.locator(".lead").inner_text()

    plain.get_by_role("button", name="关掉", exact=True).click()

    assert "没有开故障" in plain.locator(".lead").inner_text()
    plain.get_by_role("button", name="过3天").click()
    assert "2026-11-21" in plain.locator(".lead").inner_text()
