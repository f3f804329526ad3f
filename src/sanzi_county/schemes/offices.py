"""Schemes with seals, aid, debts, deposits and money from above."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN, Income
from sanzi_county.schemes.scene import Scene, Scheme, yuan

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
MILLION: Final = 1_000_000 * YUAN


def _seal(
    scene: Scene,
    *,
    hour: int = 10,
    approved: int = -60,
    copies: int = 2,
    stamped: int = 2,
    listed: bool = True,
    approver: str = "committee_member",
) -> None:
    """A stamp; `approved` are the minutes from the stamp to the approval, before it negative."""
    village = scene.plan.village
    day = scene.day(scene.random.randint(10, 40))
    done = at(day, hour, scene.random.randrange(5, 55))
    agreed = done + approved * MINUTE
    asked = agreed - 90 * MINUTE if approved < 0 else done - 20 * MINUTE
    number = scene.case("M34", "盖章", asked, agreed)
    keeper = village.officer("cashier_reporter", 1)
    by = keeper if approver == "keeper" else village.officer(approver, 1)
    scene.add(
        "seal_use", seal_use_id=scene.name("YZ"), seal_id=f"SL{village.key}com",
        village_id=village.code, case_id=number, item_code="report", item_title="报告、请示",
        seal_class="B", is_listed_item=listed,
        applicant_person_id=village.officer("village_clerk").person_id, requested_at=asked,
        approved_at=agreed, approver_person_id=by.person_id, keeper_person_id=keeper.person_id,
        stamped_at=done, copies_approved=copies, copies_stamped=stamped,
        before_photo_hash=scene.digest(), after_photo_hash=scene.digest(),
        is_offsite_approved=False, status="stamped", acted=done,
    )  # fmt: skip


def _aid(scene: Scene, *, tie: str = "", filed: bool = False, shown: int = 8) -> None:
    """Aid month by month; who gets it may be tied to an officer."""
    village, person = scene.plan.village, scene.relative(tie) if tie else scene.poor()
    decided = scene.day(30)
    shows = decided - (shown + 4) * DAY
    asked = shows - 15 * DAY
    number = scene.case("M26", "低保申请", at(asked, 9), at(decided, 10))
    scene.add(
        "aid_case", case_id=scene.name("JZ"), org_id=village.committee.org_id,
        matter_case_id=number, kind="low_income", household_id=person.household_id,
        applicant_person_id=person.person_id, village_id=village.code, applied_at=at(asked, 9),
        accepted_at=at(asked + DAY, 9), investigated_at=at(asked + 8 * DAY, 9),
        reviewed_at=at(asked + 12 * DAY, 9), publicity_start_at=at(shows, 9),
        publicity_end_at=at(shows + shown * DAY, 9), decided_at=at(decided, 10),
        result="approved", monthly_fen=900 * YUAN, start_date=decided, last_recheck_date=decided,
        recheck_due_date=decided + 182 * DAY, is_kin_of_staff=bool(tie),
        kin_filed_at=at(asked + 9 * DAY, 9) if filed else None, status="approved",
        acted=at(decided, 10),
    )  # fmt: skip


def _loan(scene: Scene, *, kind: str = "payable", who: str = "firm", due: int = 300) -> None:
    """Money owed, lent or guaranteed; what is owed was voted and reported to the town."""
    since, village = scene.day(60), scene.plan.village
    fen = yuan(20_000 + scene.random.randrange(9_000))
    holder = scene.firm("building").counterparty_id if who == "firm" else None
    officer = None if holder else village.officer("committee_member").person_id
    number = scene.case("M15", "往来借款", at(since - 20 * DAY, 9), at(since - 4 * DAY, 10), fen)
    vote = None
    if kind == "payable":
        vote = scene.plan.sources.decision(scene.body, "M15", "往来借款", since - 8 * DAY, fen)
    scene.add(
        "debt", debt_id=scene.name("ZQ"), **scene.base(), case_id=number, kind=kind,
        purpose="设备尾款" if kind == "payable" else "周转", counterparty_id=holder,
        person_id=officer, principal_fen=fen, rate_bp=0, balance_fen=fen,
        incurred_at=at(since, 10), due_date=since + due * DAY, decision_id=vote,
        town_approved_at=at(since - 5 * DAY, 10) if vote else None, status="standing",
        acted=at(since, 10),
    )  # fmt: skip


def _deposit(
    scene: Scene, *, is_over: bool = True, limit: int = MILLION, tendered: bool = False
) -> None:
    """A sum placed at a bank, after a tender or without one."""
    begun = scene.day(50)
    total = scene.over(limit) if is_over else scene.under(limit)
    number = scene.case("M13", "资金存放", at(begun - 20 * DAY, 9), at(begun - 3 * DAY, 9), total)
    tender = None
    if tendered:
        tender, opened = scene.name("ZB"), at(begun - 10 * DAY, 9)
        scene.add(
            "tender", tender_id=tender, **scene.base(), subject_kind="deposit",
            subject_id=f"CF{tender}", title="资金存放", method="invited", platform_level="town",
            published_at=opened - 10 * DAY, bid_deadline_at=opened - HOUR, opened_at=opened,
            bidder_min=3, result_published_at=opened + HOUR,
            result_publicity_end_date=begun - 5 * DAY, award_notice_at=opened + 5 * DAY,
            status="awarded",
        )  # fmt: skip
    scene.add(
        "deposit", deposit_id=scene.name("CK"), **scene.base(), case_id=number,
        bank_code=scene.body.bank, principal_fen=total, rate_bp=155, start_date=begun,
        maturity_date=begun + 365 * DAY, tender_id=tender, acted=at(begun, 10),
    )  # fmt: skip


def _fund(scene: Scene, *, passed: int | None = 10, ago: int = 60) -> None:
    """Project money from above, which a town passes on after so many days, or not."""
    village, town = scene.plan.village, scene.plan.village.town
    granted, fund, fen = scene.until - ago * DAY, scene.name("ZX"), 80_000 * YUAN
    arrived = None if passed is None else at(granted + passed * DAY, 9)
    scene.add(
        "fund", fund_code=fund, org_id=scene.body.org_id, name=f"{village.name}机耕路补助",
        source_level="county", purpose_subjects="51402", amount_fen=fen,
        allocated_at=at(granted, 9), received_at=arrived, use_by_date=scene.until + 200 * DAY,
        acted=at(granted, 9),
    )  # fmt: skip
    scene.add(
        "transfer", allocation_id=scene.name("XD"), org_id=town.agency.org_id, fund_code=fund,
        town_id=town.code, village_id=village.code, amount_fen=fen, issued_at=at(granted, 9),
        town_received_at=at(granted + 4 * DAY, 9), passed_on_at=arrived,
        passed_fen=fen if arrived else 0, acted=at(granted + 4 * DAY, 9),
    )  # fmt: skip
    if arrived:
        scene.plan.incomes.append(
            Income(arrived.date(), scene.body, "earmarked", "241", "县财政局", fen)
        )


SCHEMES: Final = (
    Scheme("night-seal", "夜里先盖章，第二天才批", _seal, {"hour": 22, "approved": 660}, (
        ("上班时间，先批后盖", {}),
        ("刚批好就盖", {"approved": -2}),
        ("傍晚六点，先批", {"hour": 18}),
        ("早上八点，前一天批的", {"hour": 8, "approved": -900}),
        ("晚上七点，先批", {"hour": 19, "approved": -30}),
    )),
    Scheme("more-prints-than-approved", "批两份盖三份", _seal, {"stamped": 3}, (
        ("批两份盖两份", {}),
        ("批四份盖四份，含骑缝", {"copies": 4, "stamped": 4}),
        ("批三份盖两份", {"copies": 3}),
        ("批一份盖一份", {"copies": 1, "stamped": 1}),
        ("批五份盖五份", {"copies": 5, "stamped": 5}),
    )),
    Scheme("seal-outside-list", "清单以外的事盖章", _seal, {"listed": False}, (
        ("清单里的事", {}),
        ("清单里的事，三份", {"copies": 3, "stamped": 3}),
        ("清单里的事，下午", {"hour": 15}),
        ("清单里的事，早上", {"hour": 9}),
        ("清单里的事，一份", {"copies": 1, "stamped": 1}),
    )),
    Scheme("keeper-approves", "保管章的人自己批", _seal, {"approver": "keeper"}, (
        ("主任批，保管员盖", {}),
        ("主任批，下午盖", {"hour": 16}),
        ("主任前一天批的", {"approved": -1000, "hour": 9}),
        ("主任批，四份", {"copies": 4, "stamped": 4}),
        ("主任刚批好就盖", {"approved": -3}),
    )),
    Scheme("aid-to-undeclared-kin", "书记的兄弟吃低保没有备案", _aid, {"tie": "sibling"}, (
        ("亲属备了案", {"tie": "sibling", "filed": True}),
        ("没有亲属关系", {}),
        ("没有亲属关系，公示九天", {"shown": 9}),
        ("没有亲属关系，公示十天", {"shown": 10}),
        ("没有亲属关系，公示正好七天", {"shown": 7}),
    )),
    Scheme("guarantee", "替企业担保", _loan, {"kind": "guarantee"}, (
        ("设备尾款，报镇里批了", {}),
        ("设备尾款，半年付清", {"due": 180}),
        ("设备尾款，一年付清", {"due": 365}),
        ("设备尾款，三个月付清", {"due": 90}),
        ("设备尾款，两年付清", {"due": 700}),
    )),
    Scheme("loan-to-cadre", "把集体的钱借给委员", _loan, {"kind": "lend_out", "who": "officer"}, (
        ("欠企业的设备尾款", {}),
        ("欠企业的尾款，半年", {"due": 180}),
        ("欠企业的尾款，一年", {"due": 365}),
        ("欠企业的尾款，四个月", {"due": 120}),
        ("欠企业的尾款，一年半", {"due": 540}),
    )),
    Scheme("million-without-tender", "一百多万存银行没有竞争", _deposit, {}, (
        ("竞争以后存的", {"tendered": True}),
        ("不到一百万", {"is_over": False}),
        ("二十多万", {"limit": MILLION // 5}),
        ("竞争以后存的，不到一百万", {"tendered": True, "is_over": False}),
        ("不到五十万", {"limit": MILLION // 2, "is_over": False}),
    )),
    Scheme("grant-kept-by-town", "上级的钱到了镇里不往下拨", _fund, {"passed": None}, (
        ("十天拨到村", {}),
        ("六天拨到村", {"passed": 6, "ago": 50}),
        ("二十天拨到村", {"passed": 20, "ago": 90}),
        ("刚下达十天", {"passed": None, "ago": 10}),
        ("十五天拨到村", {"passed": 15, "ago": 70}),
    )),
)  # fmt: skip
