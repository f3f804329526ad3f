"""The loop of an alert, in the browser: taken, put right with evidence, confirmed, verified."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from browser.office import Office, Officer
from sanzi.interfaces.cli.scene import draw_paper
from sanzi.kernel import clock

pytestmark = [pytest.mark.browser, pytest.mark.database]

T = "101000"
FOUND = "核对了凭证和银行回单，情况属实"


def fold(officer: Officer, name: str) -> None:
    """Open a folded form by its words."""
    officer.page.locator("summary", has_text=name).click()


def test_a_red_alert_is_put_right_with_evidence_and_closed_by_another(office: Office) -> None:
    handler = office.officer(f"town_discipline_office.{T}")
    page = handler.page
    handler.go("/office/alerts/?colour=red&severity=block")
    page.locator("main a.row", has_text="现在归镇纪委").first.click()
    page.wait_for_load_state()
    alert = page.url
    expect(handler.state).to_have_text("新增")
    handler.press("我来办")
    expect(handler.state).to_have_text("待处置")

    handler.conclude("属实，已整改", FOUND)
    expect(handler.said).to_contain_text("定为属实，要先整改、传凭据、反馈结果")

    fold(handler, "责令整改")
    page.get_by_label("怎么改").fill("退回这笔钱，以后一律转账")
    page.get_by_label("哪天改好").fill((clock.today() + dt.timedelta(days=7)).isoformat())
    handler.press("记下整改")
    fold(handler, "传材料")
    page.get_by_label(re.compile("^文件")).set_input_files(
        {"name": "退款回单.png", "mimeType": "image/png", "buffer": draw_paper("REFUND", "1")}
    )
    page.get_by_role("button", name="传材料").click()
    page.wait_for_load_state()
    expect(handler.said).to_contain_text("退款回单.png")
    fold(handler, "反馈结果")
    page.get_by_label("办成什么样").fill("钱已退回账户，回单附后")
    page.get_by_label("钱追回来了").check()
    handler.press("反馈，交复核")
    handler.conclude("属实，已整改", FOUND)

    verifier = office.officer(f"town_discipline_office.{T}-2")
    verifier.page.goto(alert)
    with verifier.page.expect_download() as taken:
        verifier.page.get_by_role("button", name="下载案卷").click()
    assert taken.value.suggested_filename.endswith(".pdf")
    verifier.page.get_by_label("复核意见").fill("核过材料，同意按此办结这条预警")
    verifier.press("同意，办结")
    expect(verifier.state).to_have_text("已处置")
    verifier.go("/office/alerts/statistics/")
    expect(verifier.said).to_contain_text("按类别")
