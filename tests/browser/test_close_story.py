"""A township accountant opens a month with leave, closes it, and takes its statements home."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.office import Office
from sanzi.kernel import clock
from sanzi.ledger import rules

pytestmark = [pytest.mark.browser, pytest.mark.database]
ACCOUNTANT, HEAD = "agency_accountant.101000", "town_agri_head.101000"
BOOK = "E0101"
LAST = rules.shift(rules.period_of(clock.today()), -1)


def test_a_month_is_opened_by_two_closed_by_one_and_its_statements_downloaded(
    office: Office,
) -> None:
    here = f"/office/month-ends/{BOOK}/{LAST}/"
    accountant, head = office.officer(ACCOUNTANT), office.officer(HEAD)
    accountant.go(here)
    if "已经结账" in accountant.page.locator("h1").inner_text():
        accountant.page.get_by_label("理由").fill("租金记错了科目")
        accountant.page.get_by_role("button", name="申请", exact=True).click()
        expect(accountant.said).to_contain_text("在等镇农经负责人审批")
        head.go(here)
        expect(head.said).to_contain_text("租金记错了科目")
        head.page.get_by_role("button", name="批准", exact=True).click()
        head.page.get_by_role("button", name="确定批").click()
        expect(head.page.locator("h1")).to_contain_text("可以结账")

    accountant.go(f"/office/agency/?month={LAST}&state=ready")
    accountant.page.locator(f'a[href="{here}"]').click()
    expect(accountant.page.locator("h1")).to_contain_text("可以结账")
    accountant.page.get_by_role("button", name="的账").click()
    accountant.page.get_by_role("button", name="确定结").click()
    expect(accountant.page.locator("h1")).to_contain_text("已经结账")

    answer = accountant.page.request.get(
        f"{office.site.url}/office/statements/{BOOK}/{LAST}/?as=pdf"
    )
    assert answer.ok
    assert answer.body().startswith(b"%PDF-")
