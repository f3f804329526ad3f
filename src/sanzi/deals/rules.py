"""What contracts and competitions ask for, as pure functions. No tables, no clock.

Figures are county parameters unless a clause stands beside them; days are calendar days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SIGN_WITHIN_DAYS = 30  # LAW-BID 46
RESULT_DAYS = 3  # REG-BID 54
NOTICE_DAYS = {"quote": 0, "invited": 5, "negotiated": 3, "open": 5, "lot_draw": 5}
STATUTORY_NOTICE_DAYS = 20  # LAW-BID 24
DEPOSIT_NOTICE_DAYS = 10
STATUTORY_WORKS_FEN = 400_000_000
STATUTORY_GOODS_FEN = 200_000_000
WITNESS_LASTS = timedelta(hours=2)
BLOCKING_FLAGS = frozenset(
    {"same_price_same_device", "same_deposit", "same_contact", "same_agent", "common_control"}
)
FLAG_WORDS = {
    "same_price_same_device": "和另一家报价一分不差，又是同一台设备交的",
    "same_device": "和另一家从同一台设备交的",
    "same_author": "标书和另一家是同一人做的",
    "same_paper": "报价文件和另一家一模一样",
    "same_deposit": "和另一家的保证金出自同一账户",
    "same_contact": "和另一家留的是同一个电话",
    "same_agent": "和另一家的代理人或项目负责人是同一人",
    "common_control": "和另一家是同一人控制的",
    "kin_extended": "和村干部有亲戚关系（不是近亲属）",
}


@dataclass(frozen=True)
class Offer:
    """An opened offer as the comparison sees it; empty text is not known. Units: fen."""

    ext_id: str
    bidder: str
    price_fen: int
    ip: str = ""
    mac: str = ""
    doc_author: str = ""
    doc_hash: str = ""
    doc_software_id: str = ""
    deposit: str = ""
    contact: str = ""
    agents: frozenset[str] = frozenset()
    controllers: frozenset[str] = frozenset()


def notice_days(method: str, subject_kind: str, limit_price_fen: int | None) -> int:
    """Return how many days must lie between notice and deadline."""
    if subject_kind == "deposit":
        return DEPOSIT_NOTICE_DAYS
    statutory = STATUTORY_WORKS_FEN if subject_kind == "works" else STATUTORY_GOODS_FEN
    if subject_kind in ("works", "procurement") and (limit_price_fen or 0) >= statutory:
        return STATUTORY_NOTICE_DAYS
    return NOTICE_DAYS[method]


def flags(
    offers: Sequence[Offer], known_gateways: frozenset[str] = frozenset()
) -> dict[str, list[str]]:
    """Return by offer what it shares with another; `known_gateways` are addresses of counters.

    Source: REG-BID 34, 40. A flag is a lead, never a proof.
    """
    found: dict[str, set[str]] = {one.ext_id: set() for one in offers}
    for place, one in enumerate(offers):
        for other in offers[place + 1 :]:
            shared = _shared(one, other, known_gateways)
            found[one.ext_id] |= shared
            found[other.ext_id] |= shared
    return {key: sorted(names) for key, names in found.items()}


def _shared(one: Offer, other: Offer, gateways: frozenset[str]) -> set[str]:
    is_device = _same(one.mac, other.mac) or (_same(one.ip, other.ip) and one.ip not in gateways)
    tests = (
        ("same_device", is_device or _same(one.doc_software_id, other.doc_software_id)),
        ("same_price_same_device", is_device and one.price_fen == other.price_fen),
        ("same_author", _same(one.doc_author, other.doc_author)),
        ("same_paper", _same(one.doc_hash, other.doc_hash)),
        ("same_deposit", _same(one.deposit, other.deposit)),
        ("same_contact", _same(one.contact, other.contact)),
        ("same_agent", bool(one.agents & other.agents)),
        ("common_control", bool(one.controllers & other.controllers)),
    )
    return {name for name, is_so in tests if is_so}


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


def is_best(subject_kind: str, price_fen: int, prices: Sequence[int]) -> bool:
    """Return whether nobody asks less; for a deposit, whether no bank gives more.

    The price of a deposit is the yearly interest on 100 yuan, so that a fen is a basis point.
    """
    if subject_kind == "deposit":
        return all(price_fen >= other for other in prices)
    return all(price_fen <= other for other in prices)


def is_within(subject_kind: str, price_fen: int, limit_fen: int | None) -> bool:
    """Return whether an offer keeps the limit: a ceiling, for a deposit the lowest rate."""
    if limit_fen is None:
        return True
    return price_fen >= limit_fen if subject_kind == "deposit" else price_fen <= limit_fen


def publicity_end(published: date) -> date:
    """Return the last day of the publicity of a result."""
    return published + timedelta(days=RESULT_DAYS)


def witness_holds(witnessed_at: datetime | None, at: datetime) -> bool:
    """Return whether somebody said lately that he is there."""
    return witnessed_at is not None and timedelta() <= at - witnessed_at <= WITNESS_LASTS
