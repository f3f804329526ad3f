"""Schemes on village cards: money drawn in cash, a shop that hands the money back.

A card pays at a shop, the bill of the shop comes within some days, and the village repays the
card. A term here is that of the county's rules on village cards.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sanzi_county import cards
from sanzi_county.bodies import RURAL
from sanzi_county.days import DAY, at
from sanzi_county.events import Payee, Source
from sanzi_county.schemes.scene import Scene, Scheme, yuan
from sanzi_county.world import Firm, Person

CLAIM: Final = 10
"""Days within which what a card paid is handed in with its bill."""
PAPER: Final = ("5130102", "会议用品")
SHOPS: Final = {"stationery": "5943", "printing": "7338", "hardware": "5251", "meals": "5812"}
MACHINE: Final = "6011"
"""The categories of merchants: shops by their trade, and a machine that gives banknotes."""


def _drawn(
    scene: Scene,
    *,
    cash: bool = False,
    trade: str = "stationery",
    parts: int = 1,
    returned: bool = False,
) -> None:
    """Something handed in as bought on the card, with a bill; or banknotes drawn instead."""
    firm = scene.firm(trade, kind="individual_business")
    spent = yuan(100 * scene.random.randint(6, 24))
    day = scene.day(scene.random.randint(14, 60))
    booked = day - scene.random.randint(2, 5) * DAY
    fen = spent - spent // 10 if returned else spent
    number = _settled(scene, firm, day, fen)
    for part in scene.parts(spent, parts) if parts > 1 else (spent,):
        if cash:
            _line(scene, booked, part, kind="cash", at_shop=None, settlement=number)
        else:
            _line(scene, booked, part, at_shop=(firm, trade), settlement=number)
    if returned:
        _line(
            scene, booked + DAY, spent // 10, kind="refund", at_shop=(firm, trade),
            settlement=number,
        )  # fmt: skip


def _unclaimed(
    scene: Scene,
    *,
    is_over: bool = True,
    claimed: bool = False,
    borne: bool = False,
    returned: bool = False,
    kind: str = "purchase",
) -> None:
    """The card at a shop, and no bill of it: the shop gave the money over the counter."""
    firm = scene.firm("hardware", kind="individual_business")
    fen = yuan(100 * scene.random.randint(8, 30))
    days = scene.over(CLAIM) if is_over else scene.under(CLAIM)
    booked, number = scene.until - days * DAY, None
    if claimed:
        day = scene.day(scene.random.randint(20, 50))
        booked, number = day - days * DAY, _settled(scene, firm, day, fen)
    elif returned:
        booked = scene.until - (CLAIM + days) * DAY
        number = _settlement(scene, booked + days * DAY, 0, scene.name("JS"))
    elif borne:
        booked = scene.until - (CLAIM + days) * DAY
    _line(
        scene, booked, fen, kind=kind, at_shop=None if kind == "fee" else (firm, "hardware"),
        settlement=number, borne=booked + days * DAY if borne else None,
    )  # fmt: skip
    if returned:
        _line(scene, booked + DAY, fen, kind="refund", at_shop=(firm, "hardware"),
              settlement=number)  # fmt: skip


def _line(
    scene: Scene,
    day: date,
    fen: int,
    *,
    at_shop: tuple[Firm, str] | None,
    kind: str = "purchase",
    settlement: str | None = None,
    borne: date | None = None,
) -> None:
    """A line of the village's card; it is acted on when the days to hand it in are over."""
    village, line = scene.plan.village, scene.name("VL")
    booked = at(day, 10, 20)
    _card(scene)
    is_machine = kind == "cash"
    merchant = f"{village.town.name}自助柜员机" if is_machine else "卡年费"
    scene.add(
        "card_line", card_line_id=line, card_id=_card_id(scene), org_id=village.committee.org_id,
        village_id=village.code, bank_ref=f"CH{line}", booked_at=booked, kind=kind,
        amount_fen=fen, merchant_name=at_shop[0].name if at_shop else merchant,
        mcc=SHOPS[at_shop[1]] if at_shop else MACHINE if is_machine else None,
        settlement_id=settlement, bill_due_date=cards.due_date(day), is_suspended=False,
        borne_at=at(borne, 15) if borne else None,
        borne_reason="本人认了，钱已还到卡上" if borne else None,
        acted=booked if is_machine else at(day + CLAIM * DAY, 23),
    )  # fmt: skip


def _settled(scene: Scene, firm: Firm, day: date, fen: int) -> str:
    """The settlement of a sum with the firm's bill, and the payment that repays the card."""
    village, number = scene.plan.village, scene.name("JS")
    holder = _holder(scene)
    spend = scene.spend(
        (scene.until - day).days, PAPER, source=Source(number, "card"), org=village.committee,
        method="card", number=number, seller=firm,
    )  # fmt: skip
    card = Payee(holder.person_id, None, holder.name, _card(scene), RURAL)
    spend.lines.append((card, fen))
    return _settlement(scene, day, fen, number)


def _settlement(scene: Scene, day: date, fen: int, number: str) -> str:
    village = scene.plan.village
    asked = at(day, 9) + timedelta(minutes=30)
    _card(scene)
    scene.add(
        "card_settlement", settlement_id=number, card_id=_card_id(scene),
        org_id=village.committee.org_id, village_id=village.code, purpose=PAPER[1],
        subject_code=PAPER[0], net_fen=fen, slip_fen=0, state="repaid",
        started_by_person_id=village.officer("cashier_reporter").person_id,
        started_at=at(day, 9), asked_at=asked,
        decided_by_person_id=village.town.staff["town_agri_head"][0].person_id,
        decided_at=at(day, 14), repaid_at=at(day, 15, 30),
    )  # fmt: skip
    return number


def _holder(scene: Scene) -> Person:
    return scene.plan.village.officer("dispatcher")


def _card_id(scene: Scene) -> str:
    return f"VK{scene.plan.village.key}02"


def _card(scene: Scene) -> str:
    """The number of the village's card of these tellings, issued when first asked for."""
    village = scene.plan.village
    if village.key not in scene.cards:
        number = scene.cards[village.key] = scene.numbers.card()
        cards.issue(
            scene.sink, village, (_card_id(scene), number, _holder(scene)),
            scene.until - 2 * cards.ISSUED_BEFORE,
        )  # fmt: skip
    return scene.cards[village.key]


SCHEMES: Final = (
    Scheme("card-drawn-as-cash", "村务卡取了现，拿买东西的票来报", _drawn, {"cash": True}, (
        ("在店里刷的，有票", {}),
        ("在图文店刷的，有票", {"trade": "printing"}),
        ("退了一部分，两笔一起报", {"returned": True}),
        ("分两次刷的，一起报", {"parts": 2}),
        ("在五金店分三次刷的，一起报", {"trade": "hardware", "parts": 3}),
    )),
    Scheme("card-handed-back", "村务卡刷在私人店里换回现金，没有票来报", _unclaimed, {}, (
        ("限期以内拿票报了", {"is_over": False, "claimed": True}),
        ("刷了还没有到报的限期", {"is_over": False}),
        ("限期以内定了由持卡人自己还", {"is_over": False, "borne": True}),
        ("货退了，两笔一起报", {"is_over": False, "returned": True}),
        ("银行收的年费", {"is_over": False, "kind": "fee"}),
    )),
)  # fmt: skip
