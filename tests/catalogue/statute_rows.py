"""The statute table, row by row: facts on both sides of each row, and what it must say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sanzi.matters.decision_facts import Facts, Held

PLACE = "999901101201"


def day(month: int, number: int, hour: int = 6, year: int = 2026) -> datetime:
    """Return an hour of a day; 6 o'clock UTC is 14 o'clock in the village."""
    return datetime(year, month, number, hour, tzinfo=UTC)


@dataclass(frozen=True)
class Example:
    """One row seen from one side: what is changed on a decision that is valid, and what it says."""

    row: str
    body: str
    state: str
    says: str
    subject: str = "other"
    procedure: str = "four_two"
    amount_fen: int | None = 5_000_000
    step: str = "resolution"
    change: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def meeting(step: str, at: datetime, **changed: Any) -> Held:
    """Return a meeting of 60 due, all of whom came and agreed, with early notice and papers."""
    whole = Held(
        step=step, held_at=at, notice_given_at=day(9, 20), papers_given_at=day(9, 20),
        eligible=60, present=60, households=30, present_households=30, agree=60,
        has_minutes=True, is_watched=True,
    )  # fmt: skip
    return replace(whole, **changed)


def valid(example: Example) -> Facts:
    """Return a decision without a fault, but for what the example changes."""
    shown = Held("comment", publicity_start_at=day(9, 5), publicity_end_at=day(9, 25))
    told = Held("resolution_notice", publicity_start_at=day(11, 12), publicity_end_at=day(11, 30))
    ended = Held("result_notice", publicity_start_at=day(12, 12), publicity_end_at=day(12, 30))
    steps = {
        "proposal": meeting("proposal", day(9, 1)),
        "consultation": meeting("consultation", day(9, 3)),
        "comment": shown,
        "party_review": meeting("party_review", day(10, 8)),
        "resolution": meeting("resolution", day(11, 10)),
        "resolution_notice": told,
        "result_notice": ended,
    }
    steps[example.step] = replace(steps[example.step], **example.change)
    found = Facts(
        place=PLACE, procedure=example.procedure, body=example.body, subject=example.subject,
        amount_fen=example.amount_fen, has_risk_note=True, is_concurrent=False, steps=steps,
    )  # fmt: skip
    return replace(found, **example.facts)


REC = "《农村集体经济组织法》"
VC = "《村民委员会组织法》"
_REPS = "应到52人，到了{}人，{}"

VILLAGE = [
    Example("vc-21-notice", "villager_meeting", "ok",
            f"{VC}第二十一条：2026年10月31日通知，2026年11月10日开会，隔10天，够10天。",
            change={"notice_given_at": day(10, 31)}),
    Example("vc-21-notice", "villager_meeting", "fail",
            f"{VC}第二十一条：2026年11月1日通知，2026年11月10日开会，隔9天，不够10天。",
            change={"notice_given_at": day(11, 1)}),
    Example("vc-21-notice", "villager_meeting", "fail",
            f"{VC}第二十一条：没有通知，要在开会10天前通知。", change={"notice_given_at": None}),
    Example("vc-22-quorum", "villager_meeting", "ok",
            f"{VC}第二十二条：应到400人，到了201人（150户到了10户），够过半数，或户的代表三分之二。",
            change={"eligible": 400, "present": 201, "households": 150, "present_households": 10,
                    "agree": 150}),
    Example("vc-22-quorum", "villager_meeting", "ok",
            f"{VC}第二十二条：应到400人，到了110人（150户到了100户），够过半数，或户的代表三分之二。",
            change={"eligible": 400, "present": 110, "households": 150, "present_households": 100}),
    Example("vc-22-quorum", "villager_meeting", "fail",
            f"{VC}第二十二条：应到400人，到了200人（150户到了99户），不够过半数，或户的代表三分之二，"
            "还差1人。",
            change={"eligible": 400, "present": 200, "households": 150, "present_households": 99}),
    Example("vc-22-majority", "villager_meeting", "ok",
            f"{VC}第二十二条：到会60人，同意31票，够过半数。", change={"agree": 31}),
    Example("vc-22-majority", "villager_meeting", "fail",
            f"{VC}第二十二条：到会60人，同意30票，不够过半数，要31票。", change={"agree": 30}),
    Example("vc-24-competence", "joint", "fail",
            f"{VC}第二十四条：“干部报酬和误工补贴”不能由村务联席会议决定，要换开会的主体。",
            subject="cadre_pay", procedure="committee"),
    Example("vc-24-competence", "council", "ok",
            f"{VC}第二十四条：“物资服务采购”可以由理事会决定。",
            subject="procurement", procedure="committee", amount_fen=10_000),
    Example("vc-25-mandate", "villager_reps", "ok", f"{VC}第二十五条：到会的都在任期内。"),
    Example("vc-25-mandate", "villager_reps", "fail",
            f"{VC}第二十五条：有1人任期已满或没有当选，不能参加表决。", change={"strangers": 1}),
    Example("vc-26-quorum", "villager_reps", "ok",
            f"{VC}第二十六条：" + _REPS.format(35, "够三分之二。"),
            change={"eligible": 52, "present": 35, "agree": 30}),
    Example("vc-26-quorum", "villager_reps", "fail",
            f"{VC}第二十六条：" + _REPS.format(33, "不够三分之二，还差2人。"),
            change={"eligible": 52, "present": 33, "agree": 30}),
    Example("vc-26-majority", "villager_reps", "ok",
            f"{VC}第二十六条：到会41人，同意21票，够过半数。",
            change={"present": 41, "agree": 21}),
    Example("vc-26-majority", "villager_reps", "fail",
            f"{VC}第二十六条：到会41人，同意20票，不够过半数，要21票。",
            change={"present": 41, "agree": 20}),
    Example("vc-27-rules", "villager_reps", "fail",
            f"{VC}第二十七条：“自治章程和村规民约”不能由村民代表会议决定，要换开会的主体。",
            subject="village_rules"),
    Example("vc-27-rules", "villager_reps", "ok",
            f"{VC}第二十七条：“工程项目”可以由村民代表会议决定。", subject="works"),
    Example("vc-30-publication", "villager_reps", "ok",
            f"{VC}第三十条：表决后第5天公开，在5天内。", step="resolution_notice",
            change={"publicity_start_at": day(11, 15)}),
    Example("vc-30-publication", "villager_reps", "fail",
            f"{VC}第三十条：表决后第6天公开，超过5天。", step="resolution_notice",
            change={"publicity_start_at": day(11, 16)}),
]  # fmt: skip

COLLECTIVE = [
    Example("rec-15-outsiders", "member_meeting", "ok",
            f"{REC}第十五条：全体60人，同意45票，够四分之三。",
            subject="outsider_welfare", procedure="member_meeting", change={"agree": 45}),
    Example("rec-15-outsiders", "member_meeting", "fail",
            f"{REC}第十五条：全体60人，同意44票，不够四分之三，要45票。",
            subject="outsider_welfare", procedure="member_meeting", change={"agree": 44}),
    Example("rec-26-party-first", "member_meeting", "ok",
            f"{REC}第二十六条：“党组织提议”在表决前做了。", procedure="member_meeting"),
    Example("rec-26-party-first", "member_meeting", "fail",
            f"{REC}第二十六条：“党组织提议”要在表决前做。", procedure="member_meeting",
            change={"held_at": day(8, 30)}),
    Example("rec-26-collective-property", "villager_reps", "fail",
            f"{REC}第二十六条：“收益分配方案”不能由村民代表会议决定，要换开会的主体。",
            subject="distribution"),
    Example("rec-27-notice", "member_meeting", "ok",
            f"{REC}第二十七条：2026年10月31日通知，2026年11月10日开会，隔10天，够10天。",
            change={"notice_given_at": day(10, 31)}),
    Example("rec-27-notice", "member_meeting", "fail",
            f"{REC}第二十七条：2026年11月2日通知，2026年11月10日开会，隔8天，不够10天。",
            change={"notice_given_at": day(11, 2)}),
    Example("rec-27-quorum", "member_meeting", "ok",
            f"{REC}第二十七条：应到200人，到了150人，够三分之二。",
            change={"eligible": 200, "present": 150, "agree": 140}),
    Example("rec-27-quorum", "member_meeting", "fail",
            f"{REC}第二十七条：应到200人，到了133人，不够三分之二，还差1人。",
            change={"eligible": 200, "present": 133, "agree": 133}),
    Example("rec-27-presence", "member_meeting", "ok",
            f"{REC}第二十七条：在线7人，同户代表5人，都算到会。",
            change={"online": 7, "proxies": 5}),
    Example("rec-27-majority", "member_meeting", "ok",
            f"{REC}第二十七条：全体200人，同意134票，够三分之二。",
            change={"eligible": 200, "present": 150, "agree": 134}),
    Example("rec-27-majority", "member_meeting", "fail",
            f"{REC}第二十七条：全体200人，同意133票，不够三分之二，要134票。",
            change={"eligible": 200, "present": 150, "agree": 133}),
    Example("rec-28-size", "member_delegates", "ok",
            f"{REC}第二十八条：成员代表大会21人，多于20人。",
            change={"eligible": 21, "present": 21, "agree": 21}),
    Example("rec-28-size", "member_delegates", "fail",
            f"{REC}第二十八条：成员代表大会20人，不多于20人。",
            change={"eligible": 20, "present": 20, "agree": 20}),
    Example("rec-28-term", "member_delegates", "ok", f"{REC}第二十八条：到会的都在任期内。"),
    Example("rec-28-term", "member_delegates", "fail",
            f"{REC}第二十八条：有2人任期已满或没有当选，不能参加表决。", change={"strangers": 2}),
    *(
        Example(f"rec-28-item-{item}", "member_delegates", "fail",
                f"{REC}第二十八条：“{title}”不能由成员代表大会决定，要换开会的主体。",
                subject=subject, procedure="member_delegates")
        for item, subject, title in (
            (1, "charter", "集体经济组织章程"), (3, "membership", "成员身份确认"),
            (8, "land_scheme", "土地承包方案"), (8, "homestead_scheme", "宅基地使用方案"),
            (8, "share_scheme", "收益权份额量化方案"),
            (10, "compensation_use", "土地补偿费分配使用"),
            (12, "merger", "合并和分立"),
        )
    ),
    Example("rec-28-majority", "member_delegates", "ok",
            f"{REC}第二十八条：全体45人，同意30票，够三分之二。",
            change={"eligible": 45, "present": 40, "agree": 30}),
    Example("rec-28-majority", "member_delegates", "fail",
            f"{REC}第二十八条：全体45人，同意28票，不够三分之二，要30票。",
            change={"eligible": 45, "present": 40, "agree": 28}),
    Example("rec-31-quorum", "council", "ok", f"{REC}第三十一条：应到6人，到了4人，够三分之二。",
            procedure="committee", amount_fen=100,
            change={"eligible": 6, "present": 4, "agree": 4}),
    Example("rec-31-quorum", "council", "fail",
            f"{REC}第三十一条：应到7人，到了4人，不够三分之二，还差1人。",
            procedure="committee", amount_fen=100,
            change={"eligible": 7, "present": 4, "agree": 4}),
    Example("rec-31-majority", "council", "ok", f"{REC}第三十一条：全体6人，同意4票，够过半数。",
            procedure="committee", amount_fen=100,
            change={"eligible": 6, "present": 5, "agree": 4}),
    Example("rec-31-majority", "council", "fail",
            f"{REC}第三十一条：全体6人，同意3票，不够过半数，要4票。",
            procedure="committee", amount_fen=100,
            change={"eligible": 6, "present": 5, "agree": 3}),
    Example("rec-46-papers", "member_delegates", "ok",
            f"{REC}第四十六条：2026年10月31日发材料，2026年11月10日开会，隔10天，够10天。",
            subject="budget", procedure="member_delegates",
            change={"papers_given_at": day(10, 31)}),
    Example("rec-46-papers", "member_delegates", "fail",
            f"{REC}第四十六条：没有发材料，要在开会10天前发材料。",
            subject="budget", procedure="member_delegates", change={"papers_given_at": None}),
]  # fmt: skip

ZJ = "《浙江省农村集体资产管理条例》"
ZJVC = "《浙江省实施《村民委员会组织法》办法》"
ZHEJIANG = [
    Example("zj-17-two-thirds", "member_delegates", "ok",
            f"{ZJ}第十七条：全体60人，同意40票，够三分之二。", subject="works",
            procedure="member_delegates", change={"agree": 40}),
    Example("zj-17-two-thirds", "member_delegates", "fail",
            f"{ZJ}第十七条：全体60人，同意39票，不够三分之二，要40票。", subject="works",
            procedure="member_delegates", change={"agree": 39}),
    Example("zj-17-watched", "member_delegates", "ok", f"{ZJ}第十七条：监督的人全程在场。",
            subject="works", procedure="member_delegates"),
    Example("zj-17-watched", "member_delegates", "fail",
            f"{ZJ}第十七条：没有写监督的人，表决要有人全程监督。",
            subject="works", procedure="member_delegates", change={"is_watched": False}),
    Example("zj-17-risk", "member_meeting", "ok", f"{ZJ}第十七条：写了风险说明。", subject="debt",
            procedure="member_meeting"),
    Example("zj-17-risk", "member_meeting", "fail", f"{ZJ}第十七条：没有写风险说明。",
            subject="debt", procedure="member_meeting", facts={"has_risk_note": False}),
    Example("zj-20-comment", "member_delegates", "ok",
            f"{ZJ}第二十条：2026年9月5日到2026年9月20日公示15天，够15天。",
            subject="budget", procedure="member_delegates", step="comment",
            change={"publicity_end_at": day(9, 20)}),
    Example("zj-20-comment", "member_delegates", "fail",
            f"{ZJ}第二十条：2026年9月5日到2026年9月9日公示4天，不够15天。",
            subject="budget", procedure="member_delegates", step="comment",
            change={"publicity_end_at": day(9, 9)}),
    Example("zj-22-account", "member_delegates", "ok",
            f"{ZJ}第二十二条：全体60人，同意40票，够过半数。",
            subject="extra_account", procedure="member_delegates", change={"agree": 40}),
    Example("zj-22-account", "member_delegates", "fail",
            f"{ZJ}第二十二条：全体60人，同意30票，不够过半数，要31票。",
            subject="extra_account", procedure="member_delegates", change={"agree": 30}),
    Example("zj-25-publication", "member_meeting", "ok",
            f"{ZJ}第二十五条：表决后第2天公开，在5天内。",
            procedure="member_meeting", step="resolution_notice"),
    Example("zj-25-publication", "member_meeting", "fail",
            f"{ZJ}第二十五条：表决后第10天公开，超过5天。", procedure="member_meeting",
            step="resolution_notice", change={"publicity_start_at": day(11, 20)}),
    Example("zjvc-23-notice", "villager_reps", "ok",
            f"{ZJVC}第二十三条：2026年11月7日通知，2026年11月10日开会，隔3天，够3天。",
            change={"notice_given_at": day(11, 7)}),
    Example("zjvc-23-notice", "villager_reps", "fail",
            f"{ZJVC}第二十三条：2026年11月8日通知，2026年11月10日开会，隔2天，不够3天。",
            change={"notice_given_at": day(11, 8)}),
    Example("zjvc-23-papers", "villager_reps", "ok",
            f"{ZJVC}第二十三条：2026年11月7日发材料，2026年11月10日开会，隔3天，够3天。",
            change={"papers_given_at": day(11, 7)}),
    Example("zjvc-23-papers", "villager_reps", "fail",
            f"{ZJVC}第二十三条：没有发材料，要在开会3天前发材料。",
            change={"papers_given_at": None}),
]  # fmt: skip

HOUSE = "《村级议事通行做法》"
COUNTY = "《云川县村级民主决策规定（样例）》"
PRACTICE = [
    Example("party-review-quorum", "villager_reps", "ok",
            f"{HOUSE}第一条：应到30人，到了20人，够三分之二。",
            step="party_review", change={"eligible": 30, "present": 20, "agree": 16}),
    Example("party-review-quorum", "villager_reps", "fail",
            f"{HOUSE}第一条：应到30人，到了19人，不够三分之二，还差1人。",
            step="party_review", change={"eligible": 30, "present": 19, "agree": 16}),
    Example("party-review-majority", "villager_reps", "ok",
            f"{HOUSE}第一条：全体30人，同意16票，够过半数。",
            step="party_review", change={"eligible": 30, "present": 20, "agree": 16}),
    Example("party-review-majority", "villager_reps", "fail",
            f"{HOUSE}第一条：全体30人，同意15票，不够过半数，要16票。",
            step="party_review", change={"eligible": 30, "present": 20, "agree": 15}),
    Example("joint-quorum", "villager_reps", "ok", f"{HOUSE}第二条：应到8人，到了5人，够过半数。",
            step="consultation", change={"eligible": 8, "present": 5, "agree": 5}),
    Example("joint-quorum", "villager_reps", "fail",
            f"{HOUSE}第二条：应到8人，到了4人，不够过半数，还差1人。",
            step="consultation", change={"eligible": 8, "present": 4, "agree": 4}),
    Example("joint-majority", "villager_reps", "ok", f"{HOUSE}第二条：全体8人，同意5票，够过半数。",
            step="consultation", change={"eligible": 8, "present": 6, "agree": 5}),
    Example("joint-majority", "villager_reps", "fail",
            f"{HOUSE}第二条：全体8人，同意4票，不够过半数，要5票。",
            step="consultation", change={"eligible": 8, "present": 6, "agree": 4}),
    Example("joint-limit", "joint", "ok",
            f"{HOUSE}第二条：村务联席会议只定不到30,000.00元的事，这一件29,999.99元。",
            subject="works", procedure="committee", amount_fen=2_999_999),
    Example("joint-limit", "joint", "fail",
            f"{HOUSE}第二条：村务联席会议只定不到30,000.00元的事，这一件30,000.00元，"
            "要交给村民会议、村民代表会议或成员大会。",
            subject="works", procedure="committee", amount_fen=3_000_000),
    Example("joint-limit", "joint", "fail",
            f"{HOUSE}第二条：村务联席会议只定不到30,000.00元的事，这一件没写金额。",
            subject="works", procedure="committee", amount_fen=None),
    Example("joint-never", "council", "fail",
            f"{HOUSE}第二条：“举债”不能由理事会决定，要换开会的主体。",
            subject="debt", procedure="committee", amount_fen=100),
    Example("county-resolution-shown", "villager_reps", "ok",
            f"{COUNTY}第四条：2026年11月12日到2026年11月19日公示7天，够7天。",
            step="resolution_notice", change={"publicity_end_at": day(11, 19)}),
    Example("county-resolution-shown", "villager_reps", "fail",
            f"{COUNTY}第四条：2026年11月12日到2026年11月18日公示6天，不够7天。",
            step="resolution_notice", change={"publicity_end_at": day(11, 18)}),
    Example("resolution-shown", "villager_reps", "fail",
            f"{HOUSE}第三条：2026年11月12日到2026年11月14日公示2天，不够3天。",
            step="resolution_notice", change={"publicity_end_at": day(11, 14)},
            facts={"place": "330782101201"}),
    Example("resolution-shown", "villager_reps", "ok",
            f"{HOUSE}第三条：2026年11月12日到2026年11月15日公示3天，够3天。",
            step="resolution_notice", change={"publicity_end_at": day(11, 15)},
            facts={"place": "330782101201"}),
    Example("result-shown", "villager_reps", "ok",
            f"{HOUSE}第三条：2026年12月12日到2026年12月19日公示7天，够7天。",
            step="result_notice", change={"publicity_end_at": day(12, 19)}),
    Example("result-shown", "villager_reps", "fail",
            f"{HOUSE}第三条：2026年12月12日到2026年12月13日公示1天，不够7天。",
            step="result_notice", change={"publicity_end_at": day(12, 13)}),
    Example("recusal-leaves", "villager_reps", "ok",
            f"{HOUSE}第四条：2人回避，不算应到，也不算实到。",
            change={"aside": 2, "aside_present": 1, "agree": 50}),
    Example("recusal-leaves", "villager_reps", "fail", f"{HOUSE}第四条：有1位利害关系人没有回避。",
            change={"kin_voted": 1}),
    Example("recusal-stays", "member_meeting", "ok",
            f"{HOUSE}第四条：3人回避，仍算应到和实到，只是不投票。",
            change={"aside": 3, "aside_present": 3, "agree": 50}),
    Example("recusal-stays", "member_meeting", "fail", f"{HOUSE}第四条：有2位利害关系人没有回避。",
            change={"kin_voted": 2}),
    Example("five-two-comment", "villager_reps", "ok",
            f"{HOUSE}第六条：2026年9月5日到2026年9月20日公示15天，够15天。",
            procedure="five_two", step="comment", change={"publicity_end_at": day(9, 20)}),
    Example("five-two-comment", "villager_reps", "fail",
            f"{HOUSE}第六条：2026年9月5日到2026年9月19日公示14天，不够15天。",
            procedure="five_two", step="comment", change={"publicity_end_at": day(9, 19)}),
]  # fmt: skip

EXAMPLES = [*VILLAGE, *COLLECTIVE, *ZHEJIANG, *PRACTICE]
# Rows with tests of their own: amounts from which a decision is needed, and merged meetings.
ELSEWHERE = {
    "needs-works", "needs-labour", "needs-procurement", "needs-lease", "needs-always",
    "merge-when-concurrent",
}  # fmt: skip
