"""What the village decides and hands out, walked on phones: a decision, a lease, a roster."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from browser.flows import Flow, Flows, at

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

V, T = "101201", "101000"
SECRETARY, CLERK = f"village_secretary.{V}", f"village_clerk.{V}"
COMMITTEE, WATCH = f"committee_member.{V}", f"supervision_head.{V}"
TOWN = f"town_agri_head.{T}"


def follow(flow: Flow, name: str) -> None:
    """Follow a link of the page by its words."""
    flow.page.get_by_role("link", name=name).first.click()
    flow.page.wait_for_load_state()


def call(flow: Flow, hour: int) -> None:
    """Give notice of the next meeting, for an hour of today, and open its page."""
    flow.open(CLERK)
    follow(flow, "发开会通知")
    flow.flows.look(flow.page, "decision")
    flow.page.locator("#id_day").fill(flow.flows.days.today().isoformat())
    flow.page.locator("#id_hour").fill(f"{hour}:00")
    flow.page.locator("#id_place").fill("村文化礼堂")
    flow.page.locator("#id_chair").select_option(index=1)
    flow.press("发通知")


def let_in(flow: Flow, most: int = 99) -> int:
    """Open the roll and sign everybody in, or so many; return how many came."""
    if flow.page.get_by_role("button", name="开始签到").count():
        flow.press("开始签到")
    arrivals = flow.page.get_by_role("button", name="到了", exact=False)
    came = 0
    while came < most and arrivals.count():
        arrivals.first.click()
        flow.page.wait_for_load_state()
        came += 1
    flow.flows.look(flow.page, "meeting")
    return came


def count(flow: Flow, agree: int) -> None:
    """Count the votes: all agree."""
    flow.page.locator("#id_agree").fill(str(agree))
    flow.press("票点好了")


def meet(flow: Flow, hour: int) -> None:
    """Hold the meeting of the open step, everybody agreeing, and write the step down."""
    call(flow, hour)
    count(flow, let_in(flow))
    follow(flow, "回到办件")
    flow.note()
    flow.expect_no_refusal()


def keep_minutes(flow: Flow) -> None:
    """Hang the roll and the minutes on the counted vote, keep them, and go back to the case."""
    flow.page.locator('section[aria-label="表决"] a').click()
    flow.page.wait_for_load_state()
    for kind in ("签到表", "会议记录"):
        flow.page.get_by_label("是什么").select_option(label=kind)
        flow.choose_file("#h-f")
        flow.press("传上来")
        expect(flow.main).to_contain_text(f"{kind}传好了")
    flow.press("会议记录存档")
    expect(flow.page.get_by_role("link", name="下载记录和决议")).to_be_visible()
    follow(flow, "回到办件")


def meet_with_too_few(flow: Flow, hour: int) -> None:
    """Hold a meeting to which one came: it does not count until the others are there."""
    call(flow, hour)
    let_in(flow, 1)
    count(flow, 1)
    expect(flow.main).to_contain_text("应到4人，到了1人，不够过半数")
    flow.picture()
    count(flow, 1 + let_in(flow))
    follow(flow, "回到办件")
    flow.note()
    flow.expect_no_refusal()


def test_a_decision_takes_four_deliberations_and_two_publications(flows: Flows) -> None:
    flow = flows.begin("M01", SECRETARY, "柳湾村村民委员会")
    flow.fill(
        {
            "title": "村内道路修补", "subject": "工程项目", "procedure": "四议两公开",
            "body": "村民代表会议", "amount": "80000",
            "plan_text": "修补主路三百米，先补坑，再铺沥青，春耕前做完。",
        }
    )  # fmt: skip
    flow.picture()
    flow.submit()
    flow.open(CLERK)
    flow.note()
    flow.expect_refusal("党组织提议")
    meet(flow, 14)
    meet_with_too_few(flow, 15)
    meet(flow, 16)
    day = flows.days.today() + timedelta(days=4)
    flow.record(CLERK, {
        "held_at": at(day, 14), "place": "村文化礼堂", "chair": "村党组织书记",
        "recorder": "村文书", "watcher": "村监会主任", "has_papers": "是",
    })  # fmt: skip
    sheet = flow.published("村内道路修补.*征求意见")
    expect(sheet.locator("main")).to_contain_text("先补坑")

    flows.go_to(day)
    flow.open(CLERK)
    follow(flow, "打开会议页")
    came = let_in(flow)
    flow.picture("#roll")
    count(flow, came)
    keep_minutes(flow)
    flow.note()
    flow.expect_no_refusal()
    until = (day + timedelta(days=8)).isoformat()
    flow.record(CLERK, {"until": until})
    sheet = flow.published("村内道路修补.*决议")
    expect(sheet.locator("main table")).to_contain_text(str(came))
    flow.picture(page=sheet)
    flow.agree(TOWN)

    flows.go_to(day + timedelta(days=20))
    until = (day + timedelta(days=28)).isoformat()
    flow.record(CLERK, {"until": until, "words": "主路修好了，路面硬化三百米", "cost": "79000"})
    flow.expect_state("办完了")
    flow.picture()
    expect(flow.published("村内道路修补.*办得怎么样").locator("main")).to_contain_text("79,000")
    clerk = flows.officer(CLERK)
    clerk.go("/office/decisions/?status=passed")
    row = clerk.page.locator("main a.row", has_text="村内道路修补").first
    expect(row).to_contain_text("已通过")


def test_a_subsidy_roster_is_copied_shown_and_approved_by_the_county(flows: Flows) -> None:
    flow = flows.begin("M25", CLERK, "柳湾村村民委员会")
    year = str(flows.days.today().year)
    title = f"{year}年耕地地力补贴"
    flow.fill({"title": title, "program": "耕地地力补贴", "period": year, "like_last": "是"})
    flow.picture()
    flow.submit()
    flow.open(SECRETARY)
    expect(flow.main).to_contain_text("0.6亩")
    flow.picture("#t-roster")
    flow.agree(SECRETARY)
    flow.open(COMMITTEE)
    somebody = flow.page.locator("#id_sampled-0-person option").nth(1).inner_text()
    flow.record(COMMITTEE, {"sampled": [{"person": somebody}]}, ["photo"])
    flow.record(WATCH, {"place": "村委会公开栏"}, ["photo"])

    flow.open(WATCH)
    flow.note()
    flow.expect_refusal("公示")
    flow.picture("main .errors")
    sheet = flow.published(f"{title}.*发放前公示")
    expect(sheet.locator("main")).to_contain_text("0.6亩")
    flow.picture(page=sheet)
    flows.go_to(flows.days.today() + timedelta(days=8))
    flow.record(WATCH, {})
    flow.agree(TOWN)
    flow.agree(f"town_finance_office.{T}")
    flow.agree("county_agri.000000")

    flow.expect_state("办完了")
    flow.picture()
    row = flow.row(CLERK, "subsidy-rosters", year)
    expect(row.first).to_contain_text("核定")
    expect(flow.published(f"{title}.*补贴发给了谁").locator("main")).to_contain_text("56.76")
    flow.look_up(f"cashier_reporter.{V}")
    expect(flow.page.get_by_role("button", name="去付款")).to_be_visible()
