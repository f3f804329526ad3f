"""A rule of an officer, in the browser: written, refused, tried, tested back, approved, run."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from browser.office import Office
from browser.site import ROOT, Site

pytestmark = pytest.mark.browser  # rules run in the sandbox, which is no engine of ours: once

WRITER, CHECKER = "county_agri.000000", "county_finance.000000"
TITLE = "付款一万元以上"
SQL = """SELECT 'payment' AS finding_kind, p.payment_id AS finding_id, p.village_id, p.org_id,
    strftime(p.submitted_at, '%Y-%m') AS period,
    CAST(p.submitted_at AS DATE) AS business_date, p.amount_fen
FROM stg_payment p
WHERE p.amount_fen >= 1000000
"""
FIELDS = {
    "o-title": TITLE,
    "o-rule": "一笔付款一万元以上的，要看有没有村民代表会议的决议。",
    "o-columns": "amount_fen fen 金额（元）",
    "o-sentence": "这笔付了{amount_fen}元。",
    "o-advice": "请看决议。",
    "o-basis": "县农业农村局工作安排",
}
CASES = {
    "一万元，该查出": ("hit", "amount_fen=1000000", "P1"),
    "差一分": ("near_miss", "amount_fen=999999", ""),
    "九千元的合规付款": ("lookalike", "amount_fen=900000", ""),
    "空表": ("empty", "", ""),
}


def press(page: Page, name: str) -> None:
    """Press a button by its exact words."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def write(page: Page) -> None:
    """Write the statement with the list of names, look at a table, fill words and cases."""
    sql = page.locator("#o-sql")
    sql.fill("SELECT p.amount_fen FROM stg_pay")
    sql.press("Control+Space")
    offered = page.get_by_role("option", name=re.compile(r"^stg_payment\s+付款$"))
    expect(offered).to_be_visible()
    offered.click()
    expect(sql).to_have_value("SELECT p.amount_fen FROM stg_payment")

    sql.fill("DROP TABLE stg_payment")
    press(page, "试跑")
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("这不是查询。这里只能写一条SELECT")
    expect(refused).to_contain_text("数据没有动过")
    expect(sql).to_have_value("DROP TABLE stg_payment")

    sql.fill(SQL)
    press(page, "试跑")
    expect(page.locator("#tried")).to_contain_text("什么都没有改动")
    for field, text in FIELDS.items():
        page.locator(f"#{field}").fill(text)
    page.locator("#o-route").select_option("F:agri 5")
    page.locator("#o-examples").fill("")
    for name, (kind, rows, hits) in CASES.items():
        summary = page.locator("summary", has_text="加一个样例")
        if not page.locator("#c-name").is_visible():
            summary.click()
        page.locator("#c-name").fill(name)
        page.locator("#c-kind").select_option(kind)
        page.locator("#c-table").select_option("payment" if rows else "")
        page.locator("#c-rows").fill(rows)
        page.locator("#c-hits").fill(hits)
        press(page, "加进样例")
    press(page, "跑样例")
    expect(page.locator("main .c-done")).to_have_count(len(CASES))


def night(site: Site) -> None:
    """Let the models run now, in a program of their own, as the worker does every night."""
    subprocess.run(
        [sys.executable, "-m", "sanzi.interfaces.cli.main", "supervise", "--json"],
        env={
            **os.environ,
            "SANZI_ENV": "demo",
            "SANZI_VAR": str(site.var),
            "SANZI_DATABASE_URL": site.database_url,
            "PYTHONPATH": str(ROOT / "src"),
        },
        cwd=site.var,
        check=True,
        capture_output=True,
    )


def test_a_rule_is_written_tested_back_approved_and_found_by_its_owner_alone(
    office: Office,
) -> None:
    writer = office.officer(WRITER)
    page = writer.page
    writer.go("/office/own-models/new/")
    page.locator("summary", has_text="付款 stg_payment").first.click()
    expect(page.locator("details[open] .names").first).to_contain_text("amount_fen 金额（分）")
    page.locator("details[open]").get_by_role("link", name="看前几行").click()
    expect(page.locator("main")).to_contain_text("前几行，5行")

    writer.go("/office/own-models/new/")
    write(page)
    press(page, "存草稿")
    expect(page.locator("h1")).to_contain_text(TITLE)
    rule = page.url
    press(page, "交审")
    expect(writer.said).to_contain_text("正在试算近24个月")

    checker = office.officer(CHECKER)
    seen = checker.page
    counted = re.compile(r"近24个月会查出[1-9][0-9]*条；查过[0-9]+件，每千件[0-9]+条")
    for _ in range(60):
        seen.goto(rule)
        if counted.search(seen.locator("main").inner_text()):
            break
        seen.wait_for_timeout(1_000)
    expect(checker.said).to_contain_text(counted)
    expect(checker.said).to_contain_text("各村每千件查出几条")
    expect(seen.get_by_text("会查出的，只有您看得到")).to_have_count(0)
    seen.locator("#a-text").fill("语句、样例和试算都看过")
    press(seen, "同意试运行")
    expect(checker.said).to_contain_text("今夜开始试运行")

    night(office.site)

    page.goto(rule)
    found = page.get_by_role("region", name="试运行查出的")
    expect(found).to_contain_text(re.compile(r"试运行查出[1-9][0-9]*条，只有您看得到"))
    expect(found).to_contain_text("这笔付了")
    seen.goto(rule)
    expect(checker.said).to_contain_text(re.compile("上次试跑查出[1-9][0-9]*条"))
    expect(seen.get_by_role("region", name="试运行查出的")).to_have_count(0)
    stranger = office.officer("town_leader.101000")
    answer = stranger.page.goto(rule)
    assert answer is not None
    assert answer.status == 404
