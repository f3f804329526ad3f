"""Village cards: one in each of three villages, with what was spent and not settled yet.

The first has only what is in order; the second an old purchase whose day of repayment is past;
the third spending that looks private, beside one line that its holder bears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi_county.bodies import RURAL
from sanzi_county.codes import Numbers
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.world import Person, Village
from sanzi_county.write import Sink

LIMIT_FEN: Final = 5_000 * YUAN
BILL_DAY: Final = 5
DUE_DAY: Final = 25
ISSUED_BEFORE: Final = 200 * DAY


@dataclass(frozen=True)
class Spent:
    """One line: days before the last day told, kind, yuan, merchant with its category."""

    days: int
    kind: str
    yuan: int
    merchant: str
    mcc: str
    borne: str = ""
    found: tuple[str, ...] = ()


PURCHASE, CASH, REFUND = "purchase", "cash", "refund"
PRIVATE: Final = "card-cash-or-private"
STORIES: Final = (
    (
        Spent(4, PURCHASE, 268, "青石文具店", "5943"),
        Spent(2, REFUND, 28, "青石文具店", "5943"),
    ),
    (
        Spent(72, PURCHASE, 640, "清河图文社", "7338", found=(PRIVATE, "card-settle-overdue")),
        Spent(9, PURCHASE, 185, "青石五金店", "5251"),
        Spent(3, PURCHASE, 96, "青石文具店", "5943"),
    ),
    (
        Spent(6, PURCHASE, 1_280, "金福珠宝", "5944", found=(PRIVATE,)),
        Spent(34, CASH, 500, "青石镇自助柜员机", "6011", "本人认了，钱已还到卡上", (PRIVATE,)),
        Spent(5, PURCHASE, 132, "青石五金店", "5251"),
    ),
)
"""In the order of the villages that bank with the first bank."""


def write(sink: Sink, villages: Sequence[Village], numbers: Numbers, until: date) -> None:
    """Write the cards of the first villages that bank where cards are issued."""
    able = [village for village in villages if village.committee.bank == RURAL]
    for village, story in zip(able, STORIES, strict=False):
        _card(sink, village, numbers.card(), until, story)


def _card(sink: Sink, village: Village, number: str, until: date, story: Sequence[Spent]) -> None:
    body, holder = village.committee, village.officer("committee_member")
    card = f"VK{village.key}01"
    issue(sink, village, (card, number, holder), until - ISSUED_BEFORE)
    _asked(sink, village, card, until)
    for place, spent in enumerate(story, start=1):
        day = until - spent.days * DAY
        for model in spent.found:
            why = f"村务卡在{spent.merchant}的一笔"
            sink.plant(village.code, (model, "card_line", f"VL{village.key}{place:03d}"), why)
        sink.add(
            "card_line",
            card_line_id=f"VL{village.key}{place:03d}",
            card_id=card,
            org_id=body.org_id,
            village_id=village.code,
            bank_ref=f"CH{village.key}{place:08d}",
            booked_at=at(day, 10, 20),
            kind=spent.kind,
            amount_fen=spent.yuan * YUAN,
            merchant_name=spent.merchant,
            mcc=spent.mcc,
            bill_due_date=due_date(day),
            is_suspended=False,
            borne_at=at(until - DAY, 15) if spent.borne else None,
            borne_reason=spent.borne or None,
        )


def issue(sink: Sink, village: Village, card: tuple[str, str, Person], day: date) -> None:
    """A card (id, number, holder) of the village committee, and what the bank knows of it."""
    name, number, holder = card
    body = village.committee
    sink.add(
        "card",
        card_id=name,
        card_no=number,
        org_id=body.org_id,
        village_id=village.code,
        holder_person_id=holder.person_id,
        bank_code=RURAL,
        repaid_account_id=body.account_id,
        limit_fen=LIMIT_FEN,
        bill_day=BILL_DAY,
        due_day=DUE_DAY,
        issued_date=day,
    )
    sink.beside(
        "bank_cards",
        card=number,
        holder=holder.name,
        limit_fen=LIMIT_FEN,
        bill_day=BILL_DAY,
        due_day=DUE_DAY,
    )


def _asked(sink: Sink, village: Village, card: str, until: date) -> None:
    """The wish that this card came from, and one for the head that waits for its approval."""
    base: dict[str, object] = {
        "org_id": village.committee.org_id, "village_id": village.code, "kind": "credit",
        "bill_day": BILL_DAY, "due_day": DUE_DAY,
    }  # fmt: skip
    issued = until - ISSUED_BEFORE
    sink.add(
        "card_issue", **base, issue_id=f"BK{village.key}1", card_id=card, limit_fen=LIMIT_FEN,
        holder_person_id=village.officer("committee_member").person_id,
        asked_at=at(issued - 9 * DAY, 9), approved_at=at(issued - 4 * DAY, 15), status="issued",
    )  # fmt: skip
    sink.add(
        "card_issue", **base, issue_id=f"BK{village.key}2", limit_fen=2 * LIMIT_FEN,
        holder_person_id=village.officer("village_clerk").person_id,
        asked_at=at(until - 3 * DAY, 9), status="asked",
    )  # fmt: skip


def due_date(day: date) -> date:
    """The day by which a line must be repaid: the 25th after its bill of the 5th."""
    month = day.year * 12 + day.month - 1 + (day.day > BILL_DAY)
    return date(month // 12, month % 12 + 1, DUE_DAY)
