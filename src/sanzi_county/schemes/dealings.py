"""Schemes in what villages let, put out to tender and buy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN, entry
from sanzi_county.schemes.scene import Scene, Scheme, yuan
from sanzi_county.world import Firm, Person

HOUR: Final = timedelta(hours=1)
APPRAISED: Final = 24_000 * YUAN
QUOTED: Final = 10_000 * YUAN
"""From here on a purchase needs three offers."""


def _lease(
    scene: Scene,
    *,
    tie: str = "",
    share: int = 100,
    auctioned: bool = True,
    years: int = 3,
    renewed: bool = False,
) -> None:
    """A building of the village is let; `share` is the rent in percent of its valuation."""
    village, base = scene.plan.village, scene.base()
    tenant = scene.firm("farming", scene.relative(tie), kind="individual_business")
    start, asset = scene.day(25), scene.name("AS")
    rent = APPRAISED * share // 100
    scene.add(
        "asset", asset_id=asset, **base, card_no=asset[-5:], category="fixed", kind="house",
        is_operating=True, name="老粮站", place=f"{village.name}二组", quantity=1,
        book_value_fen=0, subject_code="1510101", status="leased", status_since_date=start,
        last_inventory_date=start - 90 * DAY, registered_at=at(start - 900 * DAY, 9),
    )  # fmt: skip
    common = {
        "asset_id": asset, "village_id": village.code, "pay_cycle": "year", "prepaid_years": 0,
        "tenant_counterparty_id": tenant.counterparty_id, "appraised_rent_fen_year": APPRAISED,
    }  # fmt: skip
    first = None
    if renewed:
        first = scene.name("LS")
        scene.sink.add(
            "lease", lease_id=first, **common, reserve_rent_fen_year=APPRAISED,
            rent_fen_year=APPRAISED, deposit_fen=APPRAISED // 4, start_date=start - 1095 * DAY,
            end_date=start - DAY, decision_ref=f"村代会〔{start.year - 3}〕6号",
            signed_at=at(start - 1105 * DAY, 10), handed_over_at=at(start - 1095 * DAY, 9),
            returned_at=at(start - DAY, 9),
        )  # fmt: skip
    sold = auction(scene, asset, tenant, rent, is_kin=bool(tie)) if auctioned else None
    signed = at(start - 8 * DAY, 10)
    contract, ends = scene.name("HT"), date(start.year + years, start.month, 1) - DAY
    scene.add(
        "contract", contract_id=contract, **base, kind="lease", title="老粮站出租合同",
        counterparty_id=tenant.counterparty_id, sign_date=signed.date(), start_date=start,
        end_date=ends, amount_fen=rent * years, period_fen=rent, subject_id=asset,
        filed_at=signed + 2 * DAY, doc_hash=scene.digest(), has_price_clause=True,
        has_term_clause=True, has_breach_clause=True, has_settlement_clause=True, is_oral=False,
        status="approved",
    )  # fmt: skip
    number = scene.case("M17", "老粮站出租", at(start - 60 * DAY, 9), signed, rent)
    name = scene.name("LS")
    scene.sink.add(
        "lease", lease_id=name, **common, case_id=number, rent_fen_year=rent,
        reserve_rent_fen_year=APPRAISED if auctioned else None, deposit_fen=rent // 4,
        start_date=start, end_date=ends, contract_id=contract,
        tender_id=sold, decision_ref=f"村代会〔{start.year}〕6号",
        kin_tie="distant" if tie and auctioned else None, renewed_from_lease_id=first,
        signed_at=signed, handed_over_at=at(start, 9),
    )  # fmt: skip
    scene.answer("lease", name, signed)
    scene.show("A03", number, "老粮站出租合同", signed, rent)


def auction(
    scene: Scene, asset: str, tenant: Firm, price: int, *, is_kin: bool = False, ago: int = 40
) -> str:
    """An open auction with three bidders, each from a device of his own."""
    name, opens = scene.name("PZ"), scene.day(ago)
    scene.add(
        "auction", auction_id=name, **scene.base(), asset_id=asset, subject_kind="lease",
        title="老粮站出租", platform_level="county", appraised_fen=APPRAISED, floor_fen=APPRAISED,
        step_fen=500 * YUAN, deposit_fen=2_000 * YUAN, decision_ref=f"村代会〔{opens.year}〕6号",
        round=1, published_at=at(opens - 25 * DAY, 9), opens_at=at(opens, 9),
        closes_at=at(opens, 11), awarded_at=at(opens, 11, 5),
        winner_counterparty_id=tenant.counterparty_id, price_fen=price, status="awarded",
    )  # fmt: skip
    rivals = [scene.firm("farming", scene.person(), "individual_business") for _ in range(2)]
    for number, firm in enumerate((tenant, *rivals), start=1):
        scene.add(
            "auction_bidder", auction_id=name, number=number, counterparty_id=firm.counterparty_id,
            deposit_ref=f"{name}-{number}", is_kin=is_kin and firm is tenant,
            registered_at=at(opens - 3 * DAY, 9, 7 * number),
        )  # fmt: skip
    for number, (paddle, less) in enumerate(((2, 1_700), (3, 900), (1, 0)), start=1):
        scene.add(
            "auction_bid", auction_id=name, number=number, round=1, bidder_number=paddle,
            price_fen=price - less * YUAN, placed_at=at(opens, 9, 13 * number),
            device_hash=scene.digest(),
        )  # fmt: skip
    return name


def _tenders(
    scene: Scene,
    *,
    rounds: int = 1,
    same: bool = False,
    mac: bool = False,
    bidders: int = 3,
    notice: int = 12,
    agent: bool = False,
) -> None:
    """Small works put out to tender; the `same` firms may come every time, each winning in turn."""
    firms = [scene.firm("building") for _ in range(bidders)]
    opened = at(scene.day(40), 9)
    for turn in range(rounds):
        if turn and not same:
            firms = [scene.firm("building") for _ in range(bidders)]
        opened = at(scene.day(260 - turn * 38 if rounds > 1 else 40), 9)
        asked, limit = opened - 30 * DAY, yuan(60_000 + 7_000 * turn + scene.random.randrange(900))
        title, tender = f"小型工程{turn + 1}", scene.name("ZB")
        number = scene.case("M05", title, asked, asked + 5 * DAY, limit)
        scene.add(
            "tender", tender_id=tender, **scene.base(), case_id=number, subject_kind="works",
            title=f"{title}施工", method="open", platform_level="village", limit_price_fen=limit,
            published_at=opened - notice * DAY, bid_deadline_at=opened - HOUR, opened_at=opened,
            bidder_min=3, result_published_at=opened + HOUR,
            result_publicity_end_date=opened.date() + 4 * DAY, award_notice_at=opened + 5 * DAY,
            status="awarded", acted=opened,
        )  # fmt: skip
        shared = f"02:4b:{scene.random.getrandbits(8):02x}:00:00:01" if mac else ""
        person = scene.outsider().person_id if agent else None
        for place, firm in enumerate(firms):
            rank = (place - turn * same) % bidders
            cut = (6_100, 3_300, 1_900, 700)[rank] + scene.random.randrange(400)
            scene.add(
                "bid", bid_id=scene.name("TB"), tender_id=tender, mac=shared if place < 2 else "",
                counterparty_id=firm.counterparty_id, price_fen=limit - cut * YUAN,
                submitted_at=opened - (6 + 3 * place) * HOUR, is_valid=True, is_winner=rank == 0,
                agent_person_id=person if place < 2 else None, acted=opened,
            )  # fmt: skip
    if same:
        for firm in firms:
            scene.answer("counterparty", firm.counterparty_id, opened)


def _bought(  # noqa: PLR0913 - one word a way in which it may be wrong
    scene: Scene,
    *,
    limit: int = QUOTED,
    is_over: bool = False,
    times: int = 1,
    quotes: int = 0,
    alike: bool = False,
    early: bool = False,
    kinds: int = 1,
    owner: str = "stranger",
) -> None:
    """A purchase in the register, or several, of so many kinds of things."""
    village = scene.plan.village
    goods = [_goods(scene) for _ in range(kinds)]
    for turn in range(times):
        fen = scene.over(limit) if is_over else scene.under(limit)
        (category, title, unit, price), since = goods[turn % kinds]
        start = scene.day(since - 14 * turn)
        winner, name = scene.firm("electric", _seller(scene, owner)), scene.name("CG")
        asked, agreed = at(start, 9), at(start + 3 * DAY, 15)
        ordered = at(start + DAY, 10) if early else at(start + 6 * DAY, 10)
        price = yuan(price) * scene.random.randint(96, 104) // 100
        number, less = scene.case("M08", f"采购{title}", asked, agreed, fen), fen // 40
        scene.add(
            "procurement", procurement_id=name, **scene.base(), case_id=number,
            category_code=category, title=title, quantity_milli=fen * 1_000 // price, unit=unit,
            estimate_fen=fen, award_fen=fen - less, counterparty_id=winner.counterparty_id,
            method="quote" if quotes else "inquiry", submitted_at=asked, approved_at=agreed,
            buyer_person_id=village.officer("committee_member").person_id, ordered_at=ordered,
            delivered_at=ordered + 6 * DAY, accepted_at=ordered + 6 * DAY + 4 * HOUR,
            status="accepted", acted=ordered,
        )  # fmt: skip
        if category in LASTING:
            _card(scene, name, title, fen - less, ordered.date() + 9 * DAY)
        sheet = scene.digest()
        for place in range(quotes):
            firm = scene.firm("electric") if place else winner
            more = fen * place // 50 + yuan(scene.random.randrange(90)) if place else 0
            scene.add(
                "quote", quote_id=scene.name("BJ"), procurement_id=name,
                counterparty_id=firm.counterparty_id, price_fen=fen + more - less,
                quoted_at=at(start + DAY, 9 + 2 * place), is_winner=place == 0,
                file_hash=sheet if alike and place < 2 else scene.digest(), acted=ordered,
            )  # fmt: skip


LASTING: Final = ("lamp", "equipment")
GOODS: Final = (
    ("equipment", "割草机", "台", 1_600), ("seedling", "桂花苗", "株", 120),
    ("lamp", "太阳能路灯", "盏", 1_450), ("material", "水泥", "吨", 430),
    ("service", "化粪池清掏", "次", 700), ("other", "分类垃圾桶", "只", 180),
)  # fmt: skip


def _goods(scene: Scene) -> tuple[tuple[str, str, str, int], int]:
    """What a village has not bought lately, and how many days before the end it asks for it."""
    key = f"{scene.plan.village.key} goods"
    turn = scene.taken.get(key, 0)
    scene.taken[key] = turn + 1
    return GOODS[turn % len(GOODS)], 70 + 130 * (turn // len(GOODS))


def _seller(scene: Scene, owner: str) -> Person | None:
    if owner == "villager":
        return scene.person()
    return scene.plan.village.kin["sibling"] if owner == "sibling" else None


def _card(scene: Scene, purchase: str, title: str, fen: int, day: date) -> None:
    """What was bought, in the list of what the village owns."""
    asset = scene.name("AS")
    scene.add(
        "asset", asset_id=asset, **scene.base(), card_no=asset[-5:], category="fixed",
        kind="equipment", is_operating=False, name=title, place=scene.plan.village.name,
        quantity=6, unit="套", book_value_fen=fen, status="self_use", status_since_date=day,
        acquired_date=day, source_kind="procurement", source_id=purchase,
        last_inventory_date=day, registered_at=at(day, 10), subject_code="1510202",
    )  # fmt: skip
    owed = entry(day, scene.body, f"{title}入库", {"1510202": fen}, {"21101": fen})
    scene.plan.entries.append(owed)


SCHEMES: Final = (
    Scheme("lease-to-cousins-wife", "续租低于市价，租给书记堂兄弟的妻子", _lease,
           {"tie": "cousins_wife", "share": 93, "auctioned": False, "renewed": True}, (
        ("堂亲公开竞拍，三家竞价，高过底价", {"tie": "cousin", "share": 112}),
        ("外人公开竞拍，正好底价", {}),
        ("外人续租前公开竞拍", {"renewed": True, "share": 104}),
        ("堂亲的妻子公开竞拍，高过底价", {"tie": "cousins_wife", "share": 125}),
        ("外人竞拍，租一年", {"years": 1, "share": 108}),
    )),
    Scheme("lease-twenty-years", "一口气租二十一年", _lease, {"years": 21}, (
        ("租三年", {}),
        ("租五年", {"years": 5}),
        ("租两年", {"years": 2, "share": 103}),
        ("租一年", {"years": 1}),
        ("租四年", {"years": 4, "share": 101}),
    )),
    Scheme("rent-without-auction", "不公开就租出去", _lease, {"auctioned": False}, (
        ("公开竞拍", {"share": 102}),
        ("公开竞拍，租一年", {"years": 1, "share": 101}),
        ("公开竞拍，租五年", {"years": 5, "share": 106}),
        ("公开竞拍，续租", {"renewed": True, "share": 101}),
        ("公开竞拍，高价", {"share": 131}),
    )),
    Scheme("trio-rotates", "三家固定陪标，轮流中标", _tenders, {"rounds": 6, "same": True}, (
        ("一次三家", {}),
        ("两次，各有各的投标人", {"rounds": 2}),
        ("三次，每次都是别家", {"rounds": 3}),
        ("一次四家", {"bidders": 4}),
        ("同样三家只遇到过两次", {"rounds": 2, "same": True}),
    )),
    Scheme("bids-from-one-machine", "两家的标书出自一台电脑", _tenders, {"mac": True}, (
        ("三家各用各的", {}),
        ("四家各用各的", {"bidders": 4}),
        ("公告十五天", {"notice": 15}),
        ("公告二十天", {"notice": 20}),
        ("两次，互不相干", {"rounds": 2}),
    )),
    Scheme("one-agent-for-two", "两家由同一个人代理", _tenders, {"agent": True}, (
        ("三家各有代理", {}),
        ("四家各有代理", {"bidders": 4}),
        ("公告十四天", {"notice": 14}),
        ("公告二十五天", {"notice": 25}),
        ("两次，各有各的人", {"rounds": 2}),
    )),
    Scheme("two-bidders", "只有两家就开了标", _tenders, {"bidders": 2}, (
        ("正好三家", {}),
        ("四家", {"bidders": 4}),
        ("三家，公告十天", {"notice": 10}),
        ("两次都是三家", {"rounds": 2}),
        ("四家，公告二十天", {"bidders": 4, "notice": 20}),
    )),
    Scheme("bought-before-approval", "先采购后审批", _bought, {"early": True}, (
        ("批了再买", {}),
        ("批了再买，两次不同类", {"times": 2, "kinds": 2}),
        ("三家报价，批了再买", {"quotes": 3, "is_over": True}),
        ("小额，批了再买", {"limit": 3_000 * YUAN}),
        ("村民的店，批了再买", {"owner": "villager"}),
    )),
    Scheme("purchase-in-pieces", "同一类东西拆成三次买", _bought, {"times": 3}, (
        ("只买一次", {}),
        ("两次，不同类", {"times": 2, "kinds": 2}),
        ("两次小额，合起来不到一万", {"times": 2, "limit": 4_500 * YUAN}),
        ("一次三家报价", {"quotes": 3, "is_over": True}),
        ("一次小额", {"limit": 2_000 * YUAN}),
    )),
    Scheme("paper-quotes", "三家报价，两家是一份文件", _bought,
           {"quotes": 3, "alike": True, "is_over": True}, (
        ("三家各报各的", {"quotes": 3, "is_over": True}),
        ("四家各报各的", {"quotes": 4, "is_over": True}),
        ("小额询价", {}),
        ("三家报价，村民的店", {"quotes": 3, "is_over": True, "owner": "villager"}),
        ("小额三家报价", {"quotes": 3}),
    )),
    Scheme("kin-supplier", "从书记兄弟的店里采购", _bought, {"owner": "sibling"}, (
        ("外村人的店", {}),
        ("同村村民的店，没有亲属关系", {"owner": "villager"}),
        ("外村人的店，三家报价", {"quotes": 3, "is_over": True}),
        ("同村村民的店，小额", {"owner": "villager", "limit": 2_000 * YUAN}),
        ("外村人的店，两次不同类", {"times": 2, "kinds": 2}),
    )),
)  # fmt: skip
