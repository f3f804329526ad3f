"""Powers about money and seals, each walked on phones from its form to what the villagers read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from browser.bank import wait_until
from browser.flows import Flow, Flows, at, fill_in
from browser.machines import Machines
from browser.site import Site
from sanzi.interfaces.cli.scene import Bill, invoice_xml

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

V, T = "101201", "101000"
COMMITTEE, WATCH = f"committee_member.{V}", f"supervision_head.{V}"
SECRETARY, CLERK = f"village_secretary.{V}", f"village_clerk.{V}"
HEAD = f"town_agri_head.{T}"
DISPATCHER, REPORTER = f"dispatcher.{V}", f"cashier_reporter.{V}"
PAYER, CHECKER = f"agency_cashier.{T}", f"agency_reviewer.{T}"
ACCOUNTANT = f"agency_accountant.{T}"
COLLECTIVE_BODY, COMMITTEE_BODY = "柳湾村股份经济合作社", "柳湾村村民委员会"
DAY = timedelta(days=1)
CIVIL, COUNTY = f"town_civil_office.{T}", "county_civil_affairs.000000"
VILLAGE_HEAD, KEEPER = f"committee_member.{V}-2", f"cashier_reporter.{V}-2"
CARD, BILL = "6228480000000088882", "26997000000000028650"
DEVICE, SEAL = "YK-0101", "SL0101com"
LAMPS = "村口路灯20盏"
FIRMS = ("清河同福机电安装有限公司", "清河安泰机电安装有限公司", "清河盛华建材经营部")


def test_a_purchase_goes_from_the_wish_to_the_goods(flows: Flows) -> None:
    flow = flows.begin("M08", COMMITTEE)
    flow.fill(
        {
            "title": LAMPS, "category_code": "服务", "quantity": "20", "unit": "盏",
            "estimate": "12000", "method": "直接买", "need": "村口到晒场，晚上看不见路",
            "kin_statement": "no",
        }
    )  # fmt: skip
    flow.expect_lacking("要用“三家书面报价”")
    flow.picture("#f-estimate")
    flow.fill({"method": "三家书面报价"})
    flow.hang("list")
    flow.submit()
    flow.expect_waits("村监会主任")
    flow.agree(WATCH)
    flow.open(SECRETARY)
    flow.picture()
    flow.say_yes("村口确实黑")
    flow.agree(HEAD)
    flow.expect_waits("村文书")

    contract = registered_contract(flows, LAMPS, FIRMS[0], "11800")
    flow.open(CLERK)
    prices = ("11800", "11900", "12000")
    flow.write(
        {
            "quotes": [
                {"firm": firm, "price": price} for firm, price in zip(FIRMS, prices, strict=True)
            ],
            "chosen": FIRMS[0], "contract": contract,
        },
        ["quote"],
    )  # fmt: skip
    flow.picture("#f-quotes")
    flow.note()
    flow.expect_no_refusal()
    flow.open(WATCH)
    flow.write({"quantity": "20", "acceptors": [{"person": "村监会主任"}]}, ["photo"])
    flow.note()
    flow.expect_refusal("验收人")
    flow.write(
        {
            "quantity": "20",
            "acceptors": [{"person": "村监会主任"}, {"person": "村民代表"}],
        },
        ["photo"],
    )
    flow.picture("#record")
    flow.note()
    flow.expect_state("办完了")
    flow.picture("#t-entries")
    expect(flow.row(CLERK, "procurement", LAMPS)).to_contain_text(FIRMS[0])
    page = flow.published("采购结果")
    expect(page.locator("main")).to_contain_text(FIRMS[0])
    flow.picture(page=page)


def registered_contract(flows: Flows, title: str, firm: str, amount: str) -> str:
    """Register a signed contract with a firm; return its number."""
    clerk = flows.officer(CLERK)
    clerk.go("/office/contracts/new/")
    for key, value in (
        ("organisation", "村民委员会"), ("kind", "采购"), ("title", title), ("counterparty", firm),
        ("amount", amount), ("sign_date", flows.days.today().isoformat()),
    ):  # fmt: skip
        fill_in(clerk.page.locator(f"#id_{key}"), value)
    for box in clerk.page.get_by_role("checkbox").all():
        box.check()
    flows.look(clerk.page, "new contract")
    clerk.press("登记合同")
    expect(clerk.said).to_contain_text("登记好了")
    return clerk.page.url.rstrip("/").split("/")[-1]


def test_a_day_of_work_goes_from_the_request_to_the_wages_in_the_bank(flows: Flows) -> None:
    tomorrow = flows.days.today() + DAY
    flow = flows.begin("M09", COMMITTEE, COLLECTIVE_BODY)
    asked = {
        "work_kind": "沟渠清理", "reason": "雨季前清理排水沟", "place": "村东排水沟",
        "planned_start_at": at(tomorrow, 8), "planned_end_at": at(tomorrow, 17),
        "headcount_planned": "2", "person_days_planned": "2", "rate_code": "普通工",
        "budget": "300", "dispatcher_person_id": "派工员", "checker_person_id": "派工员",
        "is_emergency": "no",
    }  # fmt: skip
    flow.fill(asked)
    flow.expect_lacking("同一个人")
    flow.fill({"checker_person_id": "村监会主任"})
    flow.picture("#f-planned_start_at")
    flow.submit()
    flow.agree(WATCH)
    flow.agree(SECRETARY)
    flow.expect_waits("报账员")

    flows.go_to(tomorrow, hour=17)
    flow.open_desk(DISPATCHER)
    flow.follow("村东排水沟今天")
    for phase in ("开工前", "干活中", "收工后", "签到单"):
        flow.page.locator("#d-phase").select_option(label=phase)
        flow.choose_file("#d-photo")
        flow.press("传照片")
        expect(flow.main).to_contain_text(f"{phase}：有")
    for kind in ("on", "signed"):
        for box in flow.page.locator(f"#roster input[name={kind}]").all()[:2]:
            box.check()
    flow.picture("#t-roster")
    flow.press("存下名单")
    flows.look(flow.page, "roster of a day")
    flow.open_desk(WATCH)
    flow.picture()
    flow.follow("村东排水沟今天")
    flow.press("人和时间都对，核对")
    expect(flow.main).to_contain_text("核对过了")

    flow.record(REPORTER, {})
    flow.record(WATCH, {"opinion": "沟清了，人对得上"})
    flow.expect_state("办完了")
    flow.picture("#t-work")
    expect(flow.row(CLERK, "labour", flow.number)).to_contain_text("村东排水沟")
    page = flow.published("工资名单")
    expect(page.locator("main")).to_contain_text("150.00")
    flow.picture(page=page)

    flows.go_to(tomorrow + 4 * DAY)
    payment = flow.pay(REPORTER)
    payment.fill(
        {
            # The roof of the tenders' flow takes up the line of the village's buildings.
            "subject_code": "环境卫生", "debit_account_id": "基本存款账户",
            "budget_line_id": "保洁和养护",
        }
    )  # fmt: skip
    payment.press("向银行核户名")
    payment.hang("handler_statement", "roster")
    payment.picture("#f-lines")
    payment.submit()
    paid_by_all(payment)


def paid_by_all(payment: Flow) -> None:
    """Let a payment below 10 000 yuan go through all hands; bank and worker settle it."""
    for username in (COMMITTEE, WATCH, PAYER, ACCOUNTANT, SECRETARY, PAYER, CHECKER):
        payment.agree(username)
    expect(payment.main).to_contain_text("已交银行")
    here = f"{payment.flows.office.site.url}/office/cases/{payment.number}/"

    def is_settled() -> bool:
        payment.page.goto(here)
        return "已办结" in payment.main.inner_text()

    wait_until(is_settled, f"{payment.number} settled")


def test_a_bill_is_given_back_put_right_and_paid_by_the_bank(
    flows: Flows, later_site: Site
) -> None:
    flow = flows.begin("M10", REPORTER, COMMITTEE_BODY)
    flow.fill(
        {
            "purpose": "一月电费", "source_kind": "合同", "source_id": "供用电合同",
            "subject_code": "5130102", "debit_account_id": "基本存款账户",
            "budget_line_id": "水电", "contract_id": "供用电合同", "method": "银行转账",
            "handler_person_id": "村文书", "proof_kind": "纸质发票",
        }
    )  # fmt: skip
    flow.page.get_by_label("找登记过的人或店家").fill("供电")
    flow.press("找收款人")
    flow.page.locator("input[name=amount]").fill("286.50")
    flow.press("^加上")
    flow.press("向银行核户名")
    flow.expect_lacking("缺凭据")
    flow.hang("handler_statement")
    bill = Bill(BILL, COMMITTEE_BODY, "澄川县供电公司", "286.50", "*供电*电费")
    flow.page.get_by_label("是什么").select_option("invoice")
    flow.page.locator("#paper-file").set_input_files(
        {
            "name": "电费发票.xml", "mimeType": "text/xml",
            "buffer": invoice_xml(bill, flows.days.today()),
        }
    )  # fmt: skip
    flow.press("传凭据")
    expect(flow.main).to_contain_text(BILL)
    flow.picture("#f-lines")
    flow.submit()
    flow.give_back(COMMITTEE, "科目或预算不对", "电费记在水电费里")

    flow.open(REPORTER)
    expect(flow.main).to_contain_text("电费记在水电费里")
    flow.picture()
    flow.fill({"subject_code": "5130106"})
    flow.submit()
    flow.open(COMMITTEE)
    flow.picture()
    paid_by_all(flow)
    flow.picture("#t-history")
    page = flow.published("一月电费", path="items/?kind=out")
    expect(page.locator("main")).to_contain_text("286元5角")
    flow.picture(page=page)


def test_a_village_card_goes_from_the_wish_to_its_end(flows: Flows, later_site: Site) -> None:
    flow = flows.begin("M11", SECRETARY, COMMITTEE_BODY)
    flow.fill(
        {
            "holder": "村委会成员", "kind": "信用额度", "limit": "4000", "bill_day": "5",
            "due_day": "25", "use": "办公用品、邮寄",
        }
    )  # fmt: skip
    flow.hang("pledge")
    flow.expect_lacking("5,000.00到20,000.00元之间")
    flow.picture("#f-limit")
    flow.fill({"limit": "8000"})
    flow.submit()
    flow.agree(WATCH)
    flow.open(HEAD)
    flow.picture()
    holder = flow.page.locator("main dl, main .facts").first.inner_text()
    flow.say_yes("任职没问题")
    name = re.search(r"谁持卡\s+(\S+)", holder)
    assert name is not None
    later_site.bank_control(
        "card", card=CARD, holder=name.group(1), limit_fen=800_000, bill_day=5, due_day=25
    )
    flow.open(HEAD)
    flow.write({"tail": CARD[-4:]})
    flow.picture("#record")
    flow.note()
    flow.expect_no_refusal()

    flow.open(HEAD)
    flow.write({"what": "停用", "reason": "晚还了两次"})
    flow.note()
    flow.expect_refusal(f"尾号{CARD[-4:]}的卡还在用")
    flow.picture()
    flow.record_more(HEAD, {"what": "调低额度", "limit": "5000", "reason": "用不到这么多"})
    flow.record(HEAD, {"what": "销卡", "reason": "离任了要销卡"})
    flow.expect_state("办完了")
    flow.picture("#t-entries")
    expect(flow.row(HEAD, "card_issues", name.group(1))).to_contain_text("销")
    page = flow.published("村务卡和刷卡清单")
    expect(page.locator("main")).to_contain_text(name.group(1))
    flow.picture(page=page)


def test_a_household_in_need_is_visited_shown_and_told_in_writing(flows: Flows) -> None:
    flow = flows.begin("M26", CLERK)
    applicant, member = two_of_one_household(flow)
    flow.fill(
        {
            "title": "申请低保", "kind": "最低生活保障", "applicant": applicant,
            "members": [{"person": member}], "kin_of_staff": "否",
        }
    )  # fmt: skip
    flow.expect_lacking("核对授权书")
    flow.hang("consent", "income")
    flow.picture()
    flow.submit()
    flow.agree(CIVIL)
    today = flows.days.today()
    flow.open(CIVIL)
    flow.write(
        {
            "visitors": [{"person": "镇社会事务办"}, {"person": "驻村干部"}],
            "visited_at": at(today), "income": "860", "agreed": "是",
        },
        ["photo"],
    )  # fmt: skip
    flow.picture("#record")
    flow.note()
    flow.expect_no_refusal()
    flow.record(COMMITTEE, {"place": "村委会公开栏"}, ["photo"])
    page = flow.published("救助申请公示")
    expect(page.locator("main")).to_contain_text("最低生活保障")
    expect(page.locator("main")).not_to_contain_text(applicant.split()[0])
    flow.picture(page=page)
    flow.open(COMMITTEE)
    flow.note()
    flow.expect_refusal("公示要满7天")
    flow.picture()

    flows.go_to(today + 8 * DAY)
    flow.record(COMMITTEE, {})
    flow.open(COUNTY)
    flow.write(
        {
            "result": "批准", "monthly": "1,035", "start_date": f"{today:%Y-%m}-01",
            "visited": "否",
        }
    )  # fmt: skip
    flow.picture("#record")
    flow.note()
    flow.expect_no_refusal()
    flow.record(CIVIL, {"receiver": "本人"})
    flow.expect_state("办完了")
    flow.picture("#t-history")
    expect(flow.row(CIVIL, "aid", applicant.split()[0])).to_contain_text("1,035.00")
    page = flow.published("低保、特困在册名单")
    expect(page.locator("main")).to_contain_text("1,035.00")


def two_of_one_household(flow: Flow) -> tuple[str, str]:
    """Return two people of one household as the form's list names them."""
    names = flow.page.locator("#id_applicant option").all_inner_texts()[1:]
    homes: dict[str, list[str]] = {}
    for one in names:
        homes.setdefault(one.split()[-1], []).append(one)
    first, second = next(found for found in homes.values() if len(found) == 2)
    return first, second


def test_a_seal_in_its_machine_stamps_what_was_approved(flows: Flows, machines: Machines) -> None:
    machines.control("setting", push_url=f"{flows.office.site.url}/api/v1/seals/events")
    machines.control("add", device=DEVICE, seal=SEAL)
    ahead = flows.days.now() - datetime.now(tz=UTC)
    machines.control("clock", device=DEVICE, seconds=int(ahead.total_seconds()))
    flow = flows.begin("M34", CLERK)
    flow.fill(
        {
            "seal_id": "村委会公章", "item_code": "担保", "purpose": "申请修路补助",
            "applicant_person_id": "丁光明", "copies": "2",
        }
    )  # fmt: skip
    flow.expect_lacking("担保")
    flow.picture("#f-item_code")
    flow.fill({"item_code": "报告、请示"})
    flow.hang("document")
    flow.submit()
    flow.expect_waits("村委会主任")
    flow.open(VILLAGE_HEAD)
    flow.picture()
    flow.say_yes()
    flow.open(KEEPER)
    flow.write({"is_used": "是"})
    flow.note()
    flow.expect_refusal("锁在印控机里")
    flow.picture()

    row = flow.row(KEEPER, "seal-uses", flow.number).locator("a")
    leave = str(row.get_attribute("href")).rstrip("/").split("/")[-1]
    for _ in range(2):
        wait_until(
            lambda: machines.control("press", device=DEVICE, auth_id=leave)["is_pressed"],
            "the machine has leave",
        )
    flow.open(KEEPER)
    flow.page.context.grant_permissions(["geolocation"])
    flow.page.context.set_geolocation({"latitude": 29.306, "longitude": 120.0741})
    flow.page.get_by_role("button", name="带上这里的位置").click()
    expect(flow.page.locator("#id_lng")).to_have_value("120.074")
    flow.write({"is_used": "是"})
    flow.picture("#record")
    flow.note()
    flow.expect_state("办完了")
    flow.picture("#t-entries")
    expect(flow.row(KEEPER, "seal-uses", flow.number)).to_contain_text("报告、请示")
    page = flow.published("公章盖了什么")
    expect(page.locator("main")).to_contain_text("2个")
    flow.picture(page=page)
