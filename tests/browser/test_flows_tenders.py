"""What is competed for by sealed offers, walked on phones: a roof to mend, money to place."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from browser.bank import Bank, wait_until
from browser.flows import Flow, Flows, at, fill_in
from browser.test_flows_deals import (
    CASHIER,
    CLERK,
    COMMITTEE,
    COOP,
    DIRECTOR,
    SECRETARY,
    TOWN,
    WATCH,
    T,
    V,
    decide,
)
from sanzi.interfaces.cli.scene import Bill, invoice_xml

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

WORKS_OFFICE, DISCIPLINE = f"town_works_office.{T}", f"town_discipline_office.{T}"
ROOF, BUILDER = "活动室屋顶补漏", "清河平安建设工程有限公司"
PROMISING = (
    SECRETARY, COMMITTEE, f"{COMMITTEE}-2", CLERK, CASHIER, f"{CASHIER}-2", WATCH,
    f"supervision_member.{V}", f"coop_board.{V}", f"coop_supervisor.{V}",
)  # fmt: skip
HERE, AWAY = {"lat": "29.312", "lng": "120.081"}, {"lat": "29.402", "lng": "120.081"}
IDLE, ACCOUNTANT = "闲钱存银行", f"agency_accountant.{T}"
BANKS = {
    "清河农村商业银行": ("402999900017", "1.35", "95"),
    "农业银行清河支行": ("103999900025", "1.55", "90"),
    "建设银行清河支行": ("105999900037", "1.25", "60"),
}
"""Name of a bank to the code of its branch, the rate it offers, and the mark of its service."""
BILL = "26997000000000015326"


def visit(flow: Flow, username: str, address: str) -> None:
    """Let an officer open a page by its address."""
    flow.open_desk(username)
    flow.page.goto(address)


def call_for_offers(flow: Flow, title: str) -> str:
    """Let the clerk ask for offers until the afternoon; return the address of the page."""
    visit(flow, CLERK, f"{flow.flows.office.site.url}/office/tenders/new/")
    for key, value in (
        ("organisation", COOP), ("subject_kind", "工程"), ("title", title), ("method", "报价"),
        ("platform_level", "村里"), ("limit_price", "18000"),
        ("bid_deadline_at", at(flow.flows.days.today(), 16)),
    ):  # fmt: skip
        fill_in(flow.page.locator(f"#id_{key}"), value)
    flow.flows.look(flow.page, "new tender")
    flow.press("发布")
    expect(flow.main).to_contain_text("还没有收到报价")
    return flow.page.url


def hand_in(flow: Flow, prices: Mapping[str, str], label: str = "报价多少元") -> None:
    """Let firms in from the open page of a competition; each seals its offer on its own phone."""
    public = str(flow.page.get_by_role("link", name="公开页").get_attribute("href"))
    for place, (firm, price) in enumerate(prices.items(), start=1):
        flow.page.get_by_label("给哪家发投标码").select_option(label=firm)
        flow.press("发投标码")
        code = flow.page.get_by_role("region", name="投标码").locator("b").inner_text()
        phone = flow.flows.villager()
        phone.goto(public)
        phone.get_by_label("投标码").fill(code)
        phone.get_by_label(label).fill(price)
        phone.get_by_label("联系电话").fill(f"1990000000{place}")
        flow.flows.look(phone, "tender on the portal")
        phone.get_by_role("button", name="封好交上去").click()
        expect(phone.locator("main")).to_contain_text("收到了")
    flow.picture(page=phone)


def open_offers(flow: Flow, address: str, first: str, second: str) -> None:
    """Let two persons of two posts open the offers; one alone cannot."""
    visit(flow, first, address)
    flow.press("我在场")
    flow.press("拆封")
    expect(flow.main).to_contain_text("两个岗位")
    visit(flow, second, address)
    flow.press("拆封")
    expect(flow.main).to_contain_text("价格对所有人公开")
    flow.flows.look(flow.page, "tender")


def roof(flows: Flows) -> Flow:
    """Ask for a roof to be mended, which the village has decided; all agree."""
    decide(flows, ROOF, "工程项目", "18000")
    flow = flows.begin("M05", COMMITTEE, COOP)
    flow.fill(
        {
            "name": ROOF, "kind": "房屋", "place": "村口老年活动室", **HERE,
            "need": "下雨漏水，老人没地方去", "estimate": "18000",
            "planned_end": (flows.days.today() + timedelta(days=40)).isoformat(),
            "decision_id": ROOF,
        }
    )  # fmt: skip
    flow.hang("before_photo")
    flow.picture()
    flow.submit()
    flow.agree(SECRETARY)
    flow.agree(WORKS_OFFICE)
    flow.agree(TOWN)
    flow.expect_waits("村文书")
    return flow


def offers_for_the_roof(flow: Flow) -> None:
    """Let three firms offer; the cheapest gets its notice when its days are over."""
    flows = flow.flows
    tender = call_for_offers(flow, ROOF)
    hand_in(flow, {BUILDER: "16000", "清河金谷建设工程有限公司": "16800",
                   "清河明达建设工程有限公司": "17500"})  # fmt: skip
    flows.go_to(flows.days.today() + timedelta(days=1))
    open_offers(flow, tender, WATCH, TOWN)
    visit(flow, CLERK, tender)
    flow.page.get_by_label("定哪一家").select_option(index=0)
    flow.page.locator("#t-why").fill("三家在村里同一台路由器上交的，价最低")
    flow.press("定标并公示3天")
    flow.picture()
    flow.press("发中标通知书")
    expect(flow.main).to_contain_text("公示")
    flows.go_to(flows.days.today() + timedelta(days=4))
    visit(flow, CLERK, tender)
    flow.press("发中标通知书")
    expect(flow.main).to_contain_text("通知书发了")
    flow.record(CLERK, {"tender": ROOF})


def test_a_roof_is_mended_from_the_wish_to_the_bill_of_the_builder(flows: Flows) -> None:
    flow = roof(flows)
    offers_for_the_roof(flow)
    works = promise(flow)
    build(flow, works)
    accept(flow)
    flow.expect_state("办完了")
    shown(flow, works)
    pay(flow)


def promise(flow: Flow) -> str:
    """Let every officer promise before the contract is signed; return the project's address."""
    signed = {
        "sign_date": flow.flows.days.today().isoformat(),
        "start_date": flow.flows.days.today().isoformat(),
        "end_date": (flow.flows.days.today() + timedelta(days=20)).isoformat(),
        **dict.fromkeys(
            ("has_price_clause", "has_term_clause", "has_breach_clause", "has_settlement_clause"),
            "是",
        ),
    }  # fmt: skip
    flow.open(DIRECTOR)
    flow.write(signed, ["contract"])
    flow.note()
    flow.expect_refusal("承诺")
    flow.row(CLERK, "works", ROOF).get_by_role("link").click()
    flow.page.wait_for_load_state()
    works = flow.page.url
    for username in PROMISING:
        visit(flow, username, works)
        flow.press("^我承诺$")
        expect(flow.main).to_contain_text("承诺签了")
    flow.flows.look(flow.page, "works")
    flow.record(DIRECTOR, signed)
    return works


def build(flow: Flow, works: str) -> None:
    """Keep the diary of the site: a photo from elsewhere does not count."""
    flow.open(CLERK)
    flow.write({"kind": "进度", "percent": "50", "words": "旧瓦揭了", **AWAY}, ["photo"])
    flow.note()
    flow.expect_refusal("照片离工地")
    flow.picture("main .errors")
    flow.record_more(CLERK, {"kind": "进度", "percent": "50", "words": "旧瓦揭了", **HERE})
    flow.record(CLERK, {"kind": "进度", "percent": "100", "words": "新瓦盖好了", **HERE}, ["photo"])


def accept(flow: Flow) -> None:
    """Accept on the spot, then settle."""
    flow.open(WATCH)
    choices = flow.page.locator("#id_present-0-person option").evaluate_all(
        "all => all.map(o => [o.value, o.text])"
    )
    two = [code for code, text in choices if "村民代表" in text][:2]
    flow.record(
        WATCH,
        {
            "is_passed": "是", "measured": "120", "contracted": "120",
            "present": [
                {"person": "村委会成员", "role": "村里"},
                {"person": "村监会主任", "role": "村监会"},
                *({"person": one, "role": "村民代表"} for one in two),
            ],
        },
        ["photo"],
    )  # fmt: skip
    flow.record(WORKS_OFFICE, {"settlement": "16000", "audited": "15800"}, ["report"])


def shown(flow: Flow, works: str) -> None:
    """Read the project on the register, behind its code and on the bulletin."""
    visit(flow, CLERK, works)
    expect(flow.main).to_contain_text("15,800.00")
    public = str(flow.page.get_by_role("link", name="公开页").get_attribute("href"))
    page = flow.flows.villager()
    page.goto(public)
    flow.flows.look(page, "works on the portal")
    expect(page.locator("main")).to_contain_text("还在保修")
    expect(page.locator("main")).to_contain_text(BUILDER)
    flow.picture(page=page)
    sheet = flow.published(f"{ROOF}.*工程走到哪一步")
    expect(sheet.locator("main")).to_contain_text("15,800")


def pay(flow: Flow) -> None:
    """Let the reporter hand in the builder's bill: not above the audit, a part stays back."""
    payment = flow.pay(CASHIER)
    payment.fill(
        {
            "subject_code": "公益设施维护", "debit_account_id": "基本存款账户",
            "budget_line_id": "公益设施维护", "handler_person_id": "村文书",
        }
    )  # fmt: skip
    bill = Bill(BILL, COOP, BUILDER, "15326.00", "*建筑服务*屋顶补漏")
    payment.hang("handler_statement", "contract")
    payment.page.get_by_label("是什么").select_option("invoice")
    payment.page.locator("#paper-file").set_input_files(
        {
            "name": "工程发票.xml", "mimeType": "text/xml",
            "buffer": invoice_xml(bill, payment.flows.days.today()),
        }
    )  # fmt: skip
    payment.press("传凭据")
    expect(payment.main).to_contain_text(BILL)
    for amount in ("16000", "15326"):
        payment.page.locator("#l0m").fill(amount)
        payment.fill({})
        payment.press("向银行核户名")
        if amount == "16000":
            payment.expect_lacking("动了质保金")
            payment.picture("#bar")
    payment.submit()
    payment.expect_no_refusal()
    payment.expect_waits("村委会成员")


def come_in(flows: Flows, amount_fen: int) -> None:
    """Let the county pay the collective, and a day pass so that the bank states the balance."""
    with (flows.office.site.var / "county" / "account.csv").open(encoding="utf-8") as source:
        own = next(row for row in csv.DictReader(source) if row["account_id"] == "A-E0101")
    Bank(flows.office.site).credit(
        own["account_no"], amount_fen, name="澄川县财政局", said="土地补偿费"
    )
    flows.go_to(flows.days.today() + timedelta(days=1))


def plan_of_deposit(flows: Flows) -> Flow:
    """Plan to place idle money, which the village has decided; all agree."""
    come_in(flows, 250_000_000)
    decide(flows, IDLE, "存款公开竞争", "")
    flow = flows.begin("M13", DIRECTOR, COOP)
    said = {
        "term_months": "12", "reserve_months": "3", "rate_floor": "1.2", "rate_weight": "60",
        "decision_id": IDLE,
    }  # fmt: skip
    flow.hang("plan")
    flow.fill({**said, "principal": "9000000"})
    flow.expect_lacking("最多能存")
    flow.picture("#f-principal")
    flow.fill({"principal": "1200000"})

    def is_stated() -> bool:
        flow.page.reload()
        return "最多能存" not in flow.main.inner_text()

    wait_until(is_stated, "the balance with what came in")
    flow.submit()
    flow.agree(ACCOUNTANT)
    flow.agree(WATCH)
    flow.agree(TOWN)
    return flow


def offers_of_banks(flow: Flow) -> None:
    """Publish the competition; three banks offer, two persons open, the best score wins."""
    flows = flow.flows
    until = flows.days.today() + timedelta(days=11)
    flow.record(TOWN, {"deadline": at(until, 10), "platform_number": "QH2027-118"}, ["notice"])
    visit(flow, CLERK, f"{flows.office.site.url}/office/tenders/?text=存款1,200,000")
    flow.follow("存款1,200,000")
    tender = flow.page.url
    hand_in(flow, {name: rate for name, (_, rate, _) in BANKS.items()}, "年利率百分之几")
    flows.go_to(until)
    open_offers(flow, tender, WATCH, DISCIPLINE)
    flow.picture()
    marks = [
        {"bank": name, "bank_code": code, "service": service}
        for name, (code, _, service) in BANKS.items()
    ]
    flow.open(TOWN)
    flow.write({"services": marks}, ["pledge", "minutes"])
    flow.picture("#f-services")
    flow.note()
    flow.expect_no_refusal()


def test_idle_money_goes_to_the_bank_that_won_and_to_no_other(flows: Flows) -> None:
    flow = plan_of_deposit(flows)
    offers_of_banks(flow)
    flows.go_to(flows.days.today() + timedelta(days=4))
    today = flows.days.today()
    deposit = {
        "account": "402999900017", "principal": "1200000", "rate": "1.55",
        "start_date": today.isoformat(),
        "maturity_date": (today + timedelta(days=365)).isoformat(),
    }  # fmt: skip
    flow.open(CLERK)
    flow.write(
        {
            "agreement_end": (today + timedelta(days=730)).isoformat(), "deposits": [deposit],
        },
        ["agreement"],
    )  # fmt: skip
    flow.note()
    flow.expect_refusal("不在中标的农业银行清河支行开户")
    flow.picture("main .errors")
    flow.write({"deposits": [{"account": "103999900025"}]})
    flow.note()
    flow.expect_no_refusal()
    flow.expect_waits("代理会计")
    expect(flow.row(CLERK, "deposit_plans")).to_contain_text("农业银行清河支行")
    expect(flow.row(CLERK, "deposits")).to_contain_text("1,200,000.00")
    sheet = flow.published("存款公开竞争.*存款方案")
    placed = sheet.get_by_role("table", name="到期利息").locator("tbody")
    expect(placed).to_contain_text("农业银行清河支行")
    expect(placed).to_contain_text("1.55")
    flow.picture(page=sheet)
