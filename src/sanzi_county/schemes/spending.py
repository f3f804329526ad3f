"""Schemes that are told in payments: what is bought, from whom, how it is proved and paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sanzi_county.days import DAY, at
from sanzi_county.events import TIERS, to_person
from sanzi_county.money import Basis
from sanzi_county.schemes.scene import Scene, Scheme, yuan

FREE_HAND: Final = TIERS[0][1]
"""Below it a village decides alone."""
MEAL: Final = yuan(30)
"""What a helper in a rescue may eat for."""
RESCUERS: Final = 20
HOUR: Final = timedelta(hours=1)


def _split(
    scene: Scene,
    *,
    owners: int = 1,
    parts: int = 3,
    gap: int = 9,
    purpose: tuple[str, ...] = ("村口道路修补",),
    is_over: bool = True,
    gone: int = 0,
) -> None:
    """One piece of work in parts that each need no leave, to firms of one hand."""
    hands = [scene.outsider() for _ in range(owners)]
    total = scene.over(FREE_HAND) if is_over else scene.under(FREE_HAND)
    sums = scene.parts(total, parts)
    for turn, fen in enumerate(sums):
        firm = scene.firm("building", hands[turn % owners])
        spend = scene.buy(
            12 + gap * (parts - turn), ("51402", purpose[turn % len(purpose)]), firm, fen,
            kind="works",
        )  # fmt: skip
        spend.is_withdrawn = turn < gone


def _one_digit(
    scene: Scene,
    *,
    sellers: int = 1,
    same: bool = True,
    digits: int = 1,
    first_gone: bool = False,
    exact: bool = False,
) -> None:
    """An invoice paid again with one digit of its number changed."""
    firms = [scene.firm("hardware", kind="individual_business") for _ in range(sellers)]
    fen = yuan(scene.random.randint(1_800, 4_900)) + scene.random.randrange(100)
    day = scene.day(80)
    number = scene.numbers.invoice(day)
    # A digit that no count of this county reaches: the number is nobody else's.
    other = number
    for place in range(digits):
        spot = len(number) - 9 - place
        figure = (int(other[spot]) + scene.random.randint(1, 8)) % 10
        other = f"{other[:spot]}{figure}{other[spot + 1 :]}"
    names = (number, number if exact else other)
    for turn, (name, firm) in enumerate(zip(names, (firms * 2)[:2], strict=True)):
        spend = scene.buy(
            72 - 31 * turn, ("51402", "水泵维修配件"), firm,
            fen if same or not turn else fen + yuan(137) + 11,
        )  # fmt: skip
        spend.invoice_no, spend.invoice_date = name, day
        spend.is_withdrawn = first_gone and not turn


def _after_death(
    scene: Scene,
    *,
    died: int | None = 60,
    back: int = 21,
    other: bool = False,
    kind: str = "subsidy",
) -> None:
    """An allowance to somebody who had died: `died` and `back` are days before the end."""
    person = scene.person()
    listed = scene.outsider() if other else person
    if died is not None:
        scene.add("ext_death", id_no=listed.id_no, death_date=scene.until - died * DAY)
    spend = scene.spend(back, ("51405", "高龄补贴"), kind=kind)
    spend.lines.append((to_person(person), yuan(scene.random.choice((200, 300, 500)))))


def _cash(scene: Scene, *, method: str = "cash", limited: bool = False, high: bool = True) -> None:
    """Banknotes to a shop; where a county allows small sums in cash, within that sum."""
    limit = yuan(1_000)
    if limited:
        officer = scene.plan.village.town.staff["agency_accountant"][0]
        scene.add(
            "cash_policy", cash_policy_id=f"XJ{scene.key}", division_code=scene.body.code,
            policy="LIMITED", limit_fen=limit, reason="集市采购，摊主没有账户",
            made_by_person_id=officer.person_id, made_at=f"{scene.day(200)}T09:00:00+08:00",
            approved_by_person_id=scene.plan.village.town.staff["town_head"][0].person_id,
            approved_at=f"{scene.day(199)}T09:00:00+08:00", valid_from_date=scene.day(198),
        )  # fmt: skip
    fen = scene.over(limit) if high else scene.under(limit)
    firm = scene.firm("stationery", kind="individual_business")
    scene.buy(scene.random.randint(14, 60), ("5130102", "会议用品"), firm, fen, method=method)


def _reception(
    scene: Scene,
    *,
    item: str = "*餐饮服务*餐费",
    purpose: str = "接待餐费",
    subject: str = "5130105",
    trade: str = "meals",
    basis: str = "",
) -> None:
    """A meal for guests on the village's account; `basis` is what stands behind a lawful one."""
    firm = scene.firm(trade, kind="individual_business")
    fen = yuan(scene.random.randint(420, 1_900))
    back = scene.random.randint(14, 70)
    source = None
    if basis == "canteen":
        signed = scene.day(back) - 40 * DAY
        scene.contract("other", purpose, firm, 12 * fen, signed)
        source = scene.plan.sources.matter(
            "contract", scene.body, f"{purpose}合同", signed + DAY, payee=firm, amount_fen=fen
        )
    elif basis == "rescue":
        fen = RESCUERS * scene.under(MEAL)
        basis_row = Basis(source_id=_rescue(scene, scene.day(back) - 3 * DAY))
        source = scene.plan.sources.matter(
            "labour", scene.body, purpose, scene.day(back) - DAY, basis=basis_row
        )
    scene.buy(back, (subject, purpose), firm, fen, proof={"item_text": item}, source=source)


def _rescue(scene: Scene, day: date) -> str:
    """The request for so many helpers after a storm; returns its case."""
    village = scene.plan.village
    asked, fee = at(day, 8), yuan(140)
    number = scene.case("M09", "防汛抢险用工", asked, asked + HOUR, RESCUERS * fee)
    scene.add(
        "labour_request", request_id=scene.name("LQ"), case_id=number,
        org_id=village.collective.org_id, village_id=village.code, work_kind="rescue",
        reason="台风后抢通", place=f"{village.name}后山", planned_start_at=asked + HOUR,
        planned_end_at=asked + 9 * HOUR, headcount_planned=RESCUERS,
        person_days_planned=RESCUERS, rate_code="general", rate_fen_day=fee,
        budget_fen=RESCUERS * fee, is_emergency=True,
        dispatcher_person_id=village.officer("dispatcher").person_id,
        checker_person_id=village.officer("supervision_head").person_id,
        submitted_at=asked, approved_at=asked + HOUR, status="approved",
    )  # fmt: skip
    return number


def _slip(scene: Scene, *, proof: dict[str, Any], fen_yuan: tuple[int, int] = (620, 3_900)) -> None:
    """A handwritten slip where there must be a bill."""
    firm = scene.firm("hardware", kind="individual_business")
    fen = yuan(scene.random.randint(*fen_yuan))
    spend = scene.buy(scene.random.randint(14, 70), ("51402", "砂石料"), firm, fen)
    spend.proof = proof


def _before(until: date, days: int) -> date:
    return until - days * DAY


SCHEMES: Final = (
    Scheme(
        "split-hands", "一件工程拆成几笔，隔几周付给同一只手里的几家", _split, {},
        (
            ("合起来不到一万元，村里自己可以定", {"is_over": False}),
            ("三家互不相干，各做各的活",
             {"owners": 3, "purpose": ("围墙粉刷", "水渠清淤", "屋顶补漏")}),
            ("两家各做一件，隔了大半年", {"owners": 2, "parts": 2, "gap": 110, "is_over": False,
                              "purpose": ("凉亭修缮", "戏台修缮")}),
            ("头一笔撤回了，剩下的不到一万元", {"parts": 2, "is_over": False, "gone": 1}),
            ("两家两件，单件都小", {"owners": 2, "parts": 2, "is_over": False,
                           "purpose": ("路灯杆校正", "标牌安装")}),
        ),
    ),
    Scheme(
        "invoice-one-digit", "同一张发票改一位号码再报一次", _one_digit, {},
        (
            ("两家店，号码碰巧只差一位", {"sellers": 2}),
            ("同一家店两次买的东西不一样，金额也不一样", {"same": False}),
            ("头一次撤回了，重开的票只差一位", {"first_gone": True}),
            ("同一张票撤回以后重新报", {"first_gone": True, "exact": True}),
            ("两家店的两张票，金额也不同", {"sellers": 2, "same": False, "digits": 2}),
        ),
    ),
    Scheme(
        "allowance-after-death", "人去世以后还在发补贴", _after_death, {},
        (
            ("发的时候人还在，后来才去世", {"died": 6, "back": 30}),
            ("去世的是外村人，同在名单上", {"other": True}),
            ("没有去世", {"died": None}),
            ("付款十天以后去世", {"died": 20, "back": 30}),
            ("最后一笔在去世以前", {"died": 40, "back": 55}),
        ),
    ),
    Scheme(
        "cash-purchase", "不许用现金的村提现金付款", _cash, {},
        (
            ("刷村务卡付的", {"method": "card"}),
            ("转账付的", {"method": "transfer"}),
            ("县里准许小额现金，没有超", {"limited": True, "high": False}),
            ("转账付的小额", {"method": "transfer", "high": False}),
            ("刷卡付的小额", {"method": "card", "high": False}),
        ),
    ),
    Scheme(
        "reception-meal", "村里列支接待餐费", _reception, {},
        (
            ("老年食堂的配餐",
             {"item": "*餐饮服务*配餐", "purpose": "老年食堂配餐", "subject": "51405",
              "basis": "canteen"}),
            ("会议用的文具",
             {"item": "*纸制品*笔记本", "purpose": "会议用品", "trade": "stationery"}),
            ("慰问老人的米油", {"item": "*食品*大米", "purpose": "重阳慰问米油", "subject": "51404",
                          "trade": "hardware"}),
            ("食堂的灶具", {"item": "*家用电器*灶具", "purpose": "老年食堂灶具", "subject": "51405",
                       "trade": "hardware"}),
            ("抢险人员的盒饭，按防汛列支", {"item": "*餐饮服务*盒饭", "purpose": "防汛抢险人员盒饭",
                                "subject": "51504", "basis": "rescue"}),
        ),
    ),
    Scheme(
        "white-slip", "用白条报账", _slip,
        {"proof": {"kind": "white_slip", "invoice_no": None, "verify_status": None,
                   "verified_at": None, "type_code": None}},
        (
            ("正规电子发票", {"proof": {}}),
            ("专用发票", {"proof": {"type_code": "einv_special"}}),
            ("小额零星的电子发票", {"proof": {}, "fen_yuan": (60, 190)}),
            ("砂石料发票写明规格", {"proof": {"item_text": "*非金属矿石*机制砂"}}),
            ("运输公司开的票", {"proof": {"item_text": "*运输服务*砂石运输"}}),
        ),
    ),
)  # fmt: skip
