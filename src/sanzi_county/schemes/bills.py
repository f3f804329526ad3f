"""Schemes in single payments: to whom the money goes, what proves it, what it is booked under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanzi_county.days import DAY
from sanzi_county.events import NO_SOURCE, Income, Payee, Spend, to_firm, to_person
from sanzi_county.schemes.scene import Scene, Scheme, yuan
from sanzi_county.world import Firm, Person

REPAIR: Final = ("51402", "水管维修")


def _bill(  # noqa: PLR0913 - one word a way in which a bill may be wrong
    scene: Scene,
    *,
    what: tuple[str, str] = REPAIR,
    yuan_range: tuple[int, int] = (620, 3_900),
    trade: str = "hardware",
    owner: str = "stranger",
    payee: str = "seller",
    handler: str = "",
    signer: str = "",
    source: str = "procurement",
    method: str = "transfer",
    proof: Mapping[str, object] | None = None,
    age: int | None = None,
    back: int | None = None,
    limit: tuple[str, int] | None = None,
    times: int = 1,
    gap: int = 12,
    body: str = "collective",
    serial: bool = False,
) -> None:
    """One bill, or the like of it several times; every word is a way in which it may be wrong."""
    village = scene.plan.village
    firm = scene.firm(trade, _owner(scene, owner), kind="individual_business")
    back = scene.random.randint(16, 50) if back is None else back
    number = scene.numbers.invoice(scene.day(back + gap * times))
    for turn in range(times):
        if limit:
            total = scene.over(limit[1]) if limit[0] == "over" else scene.under(limit[1])
            fen = scene.parts(total, times)[turn] if times > 1 else total
        else:
            fen = yuan(scene.random.randint(*yuan_range)) + scene.random.randrange(100)
        spend = scene.buy(
            back + gap * (times - 1 - turn), what, firm, fen, kind=source or "other",
            source=None if source else NO_SOURCE, method=method,
            org=village.committee if body == "committee" else village.collective,
        )  # fmt: skip
        spend.proof = dict(proof or {})
        if serial:
            # Nobody else bought of this pad: the count goes on in a range that the county leaves.
            spend.invoice_no = f"{number[:4]}7{int(number[5:]) + turn:015d}"
        if body == "mixed":
            spend.proof = {
                "buyer_name": village.committee.name,
                "buyer_tax_no": village.committee.uscc,
            }
        if age is not None:
            spend.invoice_date = spend.day - age * DAY
        _hand(scene, spend, firm, payee, handler=handler, signer=signer)


def _hand(scene: Scene, spend: Spend, firm: Firm, payee: str, *, handler: str, signer: str) -> None:
    """Who receives it, who sees to it, who signs."""
    village = scene.plan.village
    fen = spend.total_fen
    if handler:
        spend.handler = village.officer(handler)
    if signer:
        spend.chain["village_secretary"] = village.officer(signer)
    to: Payee = to_firm(firm)
    if payee == "handler":
        spend.handler = village.officer("dispatcher")
        to = to_person(spend.handler)
    elif payee == "cashier":
        to = to_person(village.officer("cashier_reporter"))
        spend.chain["cashier_reporter"] = village.officer("cashier_reporter", 1)
    elif payee == "other":
        to = to_firm(scene.firm("stationery", kind="individual_business"))
    spend.lines = [(to, fen)]


def _owner(scene: Scene, owner: str) -> Person:
    return scene.person() if owner == "villager" else scene.outsider()


def _personal(
    scene: Scene,
    *,
    who: str = "villager",
    what: tuple[str, str] = ("51404", "临时困难救助"),
    kind: str = "aid",
    amount: tuple[int, int] = (400, 1_500),
    count: int = 1,
    account: str = "",
) -> None:
    """Money to persons: aid, gifts, wages."""
    village = scene.plan.village
    spend = scene.spend(scene.random.randint(16, 60), what, kind=kind)
    fen = yuan(scene.random.randint(*amount))
    people: list[Person] = []
    for turn in range(count):
        if who == "officers":
            roles = ("committee_member", "village_clerk", "supervision_member", "coop_board")
            people.append(village.officer(roles[turn % len(roles)]))
        elif who in village.kin:
            people.append(village.kin[who])
        elif who == "secretary":
            people.append(village.officer("village_secretary"))
        else:
            people.append(scene.person())
    for person in people:
        to = to_person(person)
        if account == "one":
            to = Payee(to.person_id, None, to.name, people[0].account, to.bank, to.household_id)
        spend.lines.append((to, fen))


def _there_and_back(
    scene: Scene,
    *,
    back: bool = True,
    days: int = 4,
    source: str = "",
    lower: bool = False,
    what: tuple[str, str] = ("112", "往来周转"),
) -> None:
    """Money out before the end of a month and back after it."""
    first = scene.until.replace(day=1) - 25 * DAY
    end = first.replace(day=1) + 31 * DAY
    month_end = end.replace(day=1) - DAY
    firm = scene.firm("tenant")
    fen = scene.under(yuan(50_000)) if lower else scene.over(yuan(50_000))
    if source:
        scene.contract(source, what[1], firm, fen, month_end - 9 * DAY)
    spend = scene.spend(
        (scene.until - month_end).days + 2, what, source=None if source else NO_SOURCE,
        kind={"works": "works", "": "other"}.get(source, "contract"),
    )  # fmt: skip
    spend.lines.append((to_firm(firm), fen))
    spend.has_budget = bool(source)
    if back:
        org = scene.body
        scene.plan.incomes.append(
            Income(spend.day + days * DAY, org, "other", "112", firm.name, fen, firm)
        )


SCHEMES: Final = (
    Scheme("paid-to-cashier", "货款打给报账员本人", _bill, {"payee": "cashier"}, (
        ("货款打给店家", {}),
        ("报账员经手，钱打给店家", {"handler": "cashier_reporter", "payee": "seller"}),
        ("货款打给店家，小额", {"yuan_range": (90, 400)}),
        ("刷村务卡", {"method": "card"}),
        ("村民开的店，打给店家", {"owner": "villager"}),
    )),
    Scheme("paid-to-handler", "发票是店家的，钱打给经办人", _bill, {"payee": "handler"}, (
        ("经办人经手，打给店家", {"handler": "dispatcher"}),
        ("经合社董事经手，打给店家", {"handler": "coop_board"}),
        ("刷村务卡，经办人经手", {"handler": "dispatcher", "method": "card"}),
        ("文书经手，打给店家", {"handler": "village_clerk"}),
        ("小额，打给店家", {"handler": "dispatcher", "yuan_range": (60, 300)}),
    )),
    Scheme("paid-to-another-firm", "甲开的票，钱打给乙", _bill, {"payee": "other"}, (
        ("开票的和收款的是一家", {}),
        ("专票，同一家", {"proof": {"type_code": "einv_special"}}),
        ("同一家，两次", {"times": 2, "gap": 40, "yuan_range": (620, 1_900)}),
        ("村民的店，同一家", {"owner": "villager"}),
        ("文具店开的票，打给文具店", {"trade": "stationery"}),
    )),
    Scheme("forged-invoice", "查验不符的发票", _bill, {"proof": {"verify_status": "failed"}}, (
        ("查验相符", {}),
        ("查验相符的专票", {"proof": {"type_code": "einv_special"}}),
        ("纸质专票，查验相符", {"proof": {"kind": "paper_invoice", "type_code": "paper_special",
                                "invoice_code": "3300994130"}}),
        ("税务代开的发票", {"proof": {"item_text": "*劳务*代开"}}),
        ("定额小票，查验相符", {"yuan_range": (60, 300)}),
    )),
    Scheme("title-of-another-body", "合作社付款，抬头开给村委会", _bill, {"body": "mixed"}, (
        ("抬头就是付款的合作社", {}),
        ("村委会付款，抬头是村委会", {"body": "committee", "what": ("5130108", "办公楼维修")}),
        ("合作社付款，专票抬头相符", {"proof": {"type_code": "einv_special"}}),
        ("村委会买办公用品，抬头相符", {"body": "committee", "what": ("5130102", "办公用品"),
                             "trade": "stationery"}),
        ("合作社小额，抬头相符", {"yuan_range": (60, 300)}),
    )),
    Scheme("stale-invoice", "拿大半年前的发票来报", _bill, {"age": 66}, (
        ("开票五十天内报的", {"age": 50}),
        ("开票一周内报的", {"age": 7}),
        ("开票当天报的", {"age": 0}),
        ("开票五十八天报的", {"age": 58}),
        ("开票一个月报的", {"age": 30}),
    )),
    Scheme("no-source", "没有来源事项的其他费用", _bill,
           {"source": "", "what": ("5130199", "其他费用"), "limit": ("over", yuan(500))}, (
        ("五百元以下的小额支出", {"source": "", "what": ("5130199", "邮寄资料"),
                        "limit": ("under", yuan(500))}),
        ("有采购事项", {"what": ("5130199", "档案盒")}),
        ("有工程事项", {"source": "works"}),
        ("三百元以下", {"source": "", "what": ("5130199", "复印资料"), "yuan_range": (40, 260)}),
        ("有采购事项的小额", {"yuan_range": (100, 480)}),
    )),
    Scheme("shopping-cards", "给干部发购物卡", _personal,
           {"who": "officers", "count": 4, "what": ("51404", "中秋购物卡"), "kind": "other"}, (
        ("困难户慰问金", {"count": 4, "what": ("51404", "中秋慰问困难户"), "amount": (200, 300)}),
        ("困难户临时救助", {}),
        ("老人重阳慰问", {"count": 6, "what": ("51404", "重阳慰问"), "amount": (200, 200)}),
        ("两户临时救助", {"count": 2}),
        ("三户冬春救助", {"count": 3, "what": ("51404", "冬春救助")}),
    )),
    Scheme("aid-to-kin", "书记批救助给自己的兄弟", _personal, {"who": "sibling"}, (
        ("堂表亲，不在回避范围", {"who": "cousin"}),
        ("普通困难户", {}),
        ("普通困难户，大病", {"what": ("51404", "大病救助"), "amount": (1_500, 2_800)}),
        ("两户普通困难户", {"count": 2}),
        ("火灾户临时救助", {"what": ("51404", "火灾临时救助")}),
    )),
    Scheme("one-account-for-many", "几个人的钱打进一个账户", _personal,
           {"count": 3, "account": "one"}, (
        ("各人各的账户", {"count": 3}),
        ("两个人两个账户", {"count": 2}),
        ("一个人", {}),
        ("五个人各有账户", {"count": 5, "amount": (200, 400)}),
        ("四个人各有账户", {"count": 4, "amount": (200, 400)}),
    )),
    Scheme("out-and-back", "月底转出去，月初转回来", _there_and_back, {}, (
        ("只付不回的工程预付，有来源", {"back": False, "source": "works", "lower": True,
                            "what": ("15302", "村道改造进度款")}),
        ("竞买押金，半个月后退回，有合同", {"days": 15, "source": "other", "lower": True}),
        ("预付的苗木款，货不齐退回，有合同",
         {"days": 16, "source": "procurement", "lower": True}),
        ("预付的货款，货到了，有合同", {"back": False, "source": "procurement", "lower": True}),
        ("押金两周后退回，有合同", {"days": 14, "source": "other", "lower": True}),
    )),
    Scheme("serial-invoices", "同一家店的票连着号，几个月才用完", _bill,
           {"times": 4, "gap": 19, "serial": True, "limit": ("over", yuan(10_000))}, (
        ("只买过一次", {}),
        ("两次，号码不连", {"times": 2, "gap": 33}),
        ("只买过一次，专票", {"proof": {"type_code": "einv_special"}}),
        ("两次，隔得远", {"times": 2, "gap": 60}),
        ("小额一次", {"yuan_range": (90, 400)}),
    )),
    Scheme("publicity-over-cap", "宣传费超过一年的限额", _bill,
           {"what": ("5130112", "宣传栏制作"), "trade": "printing", "times": 4, "gap": 40,
            "limit": ("over", yuan(20_000))}, (
        ("一年不到限额", {"what": ("5130112", "宣传栏制作"), "trade": "printing",
                   "yuan_range": (600, 1_200)}),
        ("标语横幅", {"what": ("5130112", "横幅"), "trade": "printing", "yuan_range": (200, 600)}),
        ("防火宣传单", {"what": ("5130112", "防火宣传单"), "trade": "printing",
                  "yuan_range": (200, 900)}),
        ("垃圾分类宣传", {"what": ("5130112", "垃圾分类宣传"), "trade": "printing",
                   "yuan_range": (300, 900)}),
        ("反诈宣传单", {"what": ("5130112", "反诈宣传单"), "trade": "printing",
                  "yuan_range": (200, 800)}),
    )),
    Scheme("scenic-trip", "借考察的名义游景区", _bill,
           {"what": ("5130104", "外出考察"), "trade": "meals", "yuan_range": (3_200, 4_900),
            "proof": {"item_text": "*旅游服务*景区门票住宿"}}, (
        ("县里培训班的资料费", {"what": ("5130102", "培训资料"), "trade": "stationery",
                      "yuan_range": (120, 480)}),
        ("会议用的桌签", {"what": ("5130105", "会议桌签"), "trade": "printing",
                   "yuan_range": (90, 300)}),
        ("村务公开栏", {"what": ("5130102", "公开栏纸张"), "trade": "stationery",
                  "yuan_range": (120, 480)}),
        ("农技资料打印", {"what": ("5130102", "农技资料"), "trade": "printing",
                   "yuan_range": (120, 480)}),
        ("党员学习读本", {"what": ("5130102", "学习读本"), "trade": "stationery",
                   "yuan_range": (120, 480)}),
    )),
)  # fmt: skip
