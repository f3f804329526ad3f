"""What the village lets, sells and builds, walked on phones from the wish to the money."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.bank import Bank, wait_until
from browser.flows import Flow, Flows, at
from browser.test_flows_decisions import count, follow, keep_minutes, let_in
from sanzi.kernel import clock

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

V, T = "101201", "101000"
DIRECTOR = SECRETARY = f"village_secretary.{V}"
CLERK, COMMITTEE, WATCH = f"village_clerk.{V}", f"committee_member.{V}", f"supervision_head.{V}"
CASHIER, LEADER = f"cashier_reporter.{V}", f"town_leader.{T}"
TOWN, REVIEWER = f"town_agri_head.{T}", f"agency_reviewer.{T}"
COOP = "柳湾村股份经济合作社"


def decide(flows: Flows, title: str, subject: str, amount: str) -> None:
    """Let the village's joint meeting decide a matter today; a sum must be small, none is empty."""
    flow = flows.begin("M01", SECRETARY, COOP)
    flow.fill(
        {
            "title": title, "subject": subject, "procedure": "联席会议程序",
            "body": "村务联席会议", "amount": amount, "plan_text": f"{title}，照县里的规定办。",
        }
    )  # fmt: skip
    flow.submit()
    today = flows.days.today()
    flow.record(CLERK, {
        "held_at": at(today, 16), "place": "村会议室", "chair": "村党组织书记",
        "recorder": "村文书", "watcher": "村监会主任", "has_papers": "是",
    })  # fmt: skip
    flow.open(CLERK)
    follow(flow, "打开会议页")
    count(flow, let_in(flow))
    keep_minutes(flow)
    flow.note()
    flow.expect_no_refusal()
    flow.record(CLERK, {"until": (today + timedelta(days=8)).isoformat()})


def register(flows: Flows, name: str, kind: str, value: str, *, is_operating: bool) -> None:
    """Make a card of the register of assets."""
    clerk = flows.officer(CLERK)
    clerk.go("/office/assets/new/")
    clerk.page.locator("#f-org").select_option(label=COOP)
    clerk.press("换单位")
    for key, text in (
        ("name", name), ("place", "村口"), ("book_value_fen", value),
        ("acquired_date", "2015-05-01"),
    ):  # fmt: skip
        clerk.page.locator(f"#id_{key}").fill(text)
    clerk.page.locator("#id_kind").select_option(label=kind)
    if is_operating:
        clerk.page.locator("#id_is_operating").check()
    flows.look(clerk.page, "asset form")
    clerk.press("建卡片")
    expect(clerk.said).to_contain_text("建好了")


def bid(flows: Flows, address: str, code: str, price: str) -> Page:
    """Let a firm bid from its own phone by its code."""
    page = flows.villager()
    page.goto(address)
    flows.look(page, "auction on the portal")
    page.get_by_label("竞租码").fill(code)
    page.get_by_label("出价多少元").fill(price)
    page.get_by_role("button", name="出这一口").click()
    page.wait_for_load_state()
    return page


def auction(flow: Flow, title: str) -> date:
    """Publish an auction, let two firms bid from their phones, close it; return its day."""
    flows = flow.flows
    opens = flows.days.today() + timedelta(days=8)
    flow.record(CLERK, {
        "opens_at": at(opens, 11), "closes_at": at(opens, 12), "step": "500",
        "bid_deposit": "2000", "platform_level": "镇平台",
    }, ["notice"])  # fmt: skip
    codes = {}
    follow(flow, title)
    for firm in ("清河瑞丰食品有限公司", "清河万和食品有限公司"):
        flow.page.get_by_label("谁来竞租").select_option(label=firm)
        flow.page.get_by_label("保证金收款凭证号").fill("收据12")
        flow.press("发竞租码")
        codes[firm] = flow.page.get_by_role("region", name="竞租码").locator("b").inner_text()
    flows.look(flow.page, "auction")
    address = str(flow.page.get_by_role("link", name="公开页").get_attribute("href"))
    flow.picture()

    flows.go_to(opens)
    flows.days.go_to(datetime.combine(opens, time(11, 5), clock.SHANGHAI))
    one, other = codes
    bid(flows, address, codes[one], "12000")
    low = bid(flows, address, codes[other], "12100")
    expect(low.locator("main")).to_contain_text("12,500")
    high = bid(flows, address, codes[other], "13000")
    expect(high.locator("main")).to_contain_text("收到了")
    flow.picture(page=high)
    flows.days.go_to(datetime.combine(opens, time(12, 10), clock.SHANGHAI))
    high.goto(address)  # whoever comes late finds no form any more
    expect(high.locator("main")).to_contain_text("钟点过了")
    expect(high.get_by_label("竞租码")).to_have_count(0)
    flows.go_to(opens + timedelta(days=1))
    flow.open(CLERK)
    follow(flow, title)
    flow.press("成交")
    expect(flow.main).to_contain_text("清河万和食品有限公司")
    return opens


def test_a_shop_is_let_by_auction_from_the_card_to_the_first_receipt(flows: Flows) -> None:
    register(flows, "村西店面", "房屋", "120000", is_operating=True)
    decide(flows, "村西店面出租", "发包租赁", "12000")
    flow = flows.begin("M17", DIRECTOR, COOP)
    today = flows.days.today()
    flow.fill(
        {
            "asset": "村西店面", "use_limit": "店面，开小超市", "appraised": "12000",
            "appraiser": "清河宏图文具店", "reserve_rent": "12000", "term_months": "24",
            "start_date": (today + timedelta(days=30)).isoformat(), "pay_cycle": "按季",
            "deposit": "3000", "is_sublet_allowed": "否",
            "terms": "到期恢复原样，欠租三个月收回", "decision_id": "村西店面出租",
        }
    )  # fmt: skip
    flow.hang("report")
    flow.picture()
    flow.submit()
    flow.agree(WATCH)
    flow.expect_waits("镇农经负责人")  # the director is the secretary: who asked does not agree
    flow.agree(TOWN)
    flow.agree(LEADER)
    opens = auction(flow, "村西店面出租")
    flow.record(CLERK, {"uses_priority": "否"})
    sign(flow)
    flow.expect_refusal("要公示3天")
    flows.go_to(opens + timedelta(days=5))
    sign(flow)
    flow.expect_no_refusal()
    flow.record(CLERK, {"note": "水表1203，电表889，门窗完好"}, ["photo"])
    flow.expect_state("办完了")
    sheet = flow.published("店面，开小超市.*租约")
    expect(sheet.locator("main")).to_contain_text("13,000")
    flow.picture(page=sheet)
    flow.row(CLERK, "leases").first.get_by_role("link").click()
    cashier = flows.officer(CASHIER)
    cashier.page.goto(flow.page.url)
    flows.look(cashier.page, "lease")
    cashier.press("开这一期的缴款单")
    flow.picture("#t-rent", page=cashier.page)
    pay(flows, "村西店面", 325_000, "清河万和食品有限公司")


def sign(flow: Flow) -> None:
    """Enter the lease as signed today."""
    flow.open(CLERK)
    today = flow.flows.days.today().isoformat()
    flow.write({"sign_date": today, "is_model_text": "是"}, ["contract"])
    flow.note()


def pay(flows: Flows, text: str, amount_fen: int, name: str) -> None:
    """Let the bill of something be paid under its number; its receipt is written by itself."""
    cashier = flows.officer(CASHIER)
    cashier.go(f"/office/bills/?text={text}")
    cashier.page.locator("main a.row").first.click()
    cashier.page.wait_for_load_state()
    flows.look(cashier.page, "bill")
    said = cashier.said.inner_text()
    reference, account = re.search(r"附言编号 ([0-9A-Z ]+)", said), re.search(r"\d{17}", said)
    assert reference is not None
    assert account is not None
    Bank(flows.office.site).credit(
        account.group(), amount_fen, name=name, said=reference.group(1).replace(" ", "").strip()
    )

    def has_come() -> bool:
        cashier.page.reload()
        return "交清了" in cashier.said.inner_text()

    wait_until(has_come, "the receipt of the bill")


def test_an_old_pump_is_scrapped_when_its_price_has_come(flows: Flows) -> None:
    register(flows, "旧抽水机", "设备", "4000", is_operating=False)
    flow = flows.begin("M18", DIRECTOR, COOP)
    flow.fill(
        {
            "asset": "旧抽水机", "method": "报废", "why": "旧抽水机坏了修不好", "worth": "300",
            "floor": "300",
            "checkers": [{"person": "村委会成员"}, {"person": "村文书"}, {"person": "村监会主任"}],
        }
    )  # fmt: skip
    flow.hang("photo")
    flow.picture()
    flow.submit()
    flow.agree(WATCH)
    flow.expect_waits("镇农经负责人")
    flow.open(TOWN)
    flow.picture()
    flow.agree(TOWN)
    one = {"firm": "清河盛华建材经营部", "price": "320"}
    flow.open(CLERK)
    flow.write({"quotes": [one]}, ["quote"])
    flow.note()
    flow.expect_refusal("不到2家报价")
    flow.picture("main .errors")
    flow.record(CLERK, {"quotes": [one, {"firm": "清河天合建材经营部", "price": "350"}]})
    flow.record(CLERK, {"sign_date": flows.days.today().isoformat()}, ["contract"])
    deliver = {"executed_at": at(flows.days.today(), 10)}
    flow.open(COMMITTEE)
    flow.write(deliver, ["photo"])
    flow.note()
    flow.expect_refusal("钱到齐了才能移交")
    pay(flows, "旧抽水机", 35_000, "清河天合建材经营部")
    flow.record(COMMITTEE, deliver)
    flow.record(REVIEWER, {})

    flow.expect_state("办完了")
    flow.picture()
    sheet = flow.published("旧抽水机坏了修不好.*资产处置")
    expect(sheet.locator("main")).to_contain_text("350")
    flow.picture(page=sheet)
    clerk = flows.officer(CLERK)
    clerk.go("/office/assets/?text=旧抽水机")
    expect(clerk.said).to_contain_text("报废")
