"""Pure rules of assets: which kinds a category has, what a card must say, areas as typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sanzi.kernel import money
from sanzi.kernel.typed import plain

KINDS_OF = {
    "fixed": ("house", "equipment", "livelihood", "other"),
    "intangible": ("other",),
    "biological": ("forest", "livelihood", "other"),
    "resource": ("land", "water", "forest"),
    "holding": ("share",),
}
"""Which kinds a category has."""
MEASURED_IN_MU = ("resource",)
PLACED = ("house", "land", "water", "forest")
GONE = ("disposed", "scrapped")
BY_HAND = ("self_use", "idle")
"""What a card may be set to by hand; leases and disposals set the others."""
EARLIEST = date(1949, 10, 1)
AREA_CENTI_MAX = 10_000_000_000
QUANTITY_MAX = 1_000_000
_AREA = re.compile(r"(?P<whole>[0-9]{1,9})(?:\.(?P<part>[0-9]{1,2}))?")


@dataclass(frozen=True)
class Card:
    """What a card says. Units: fen; areas in hundredths; `today` bounds the days."""

    category: str
    kind: str
    name: str
    place: str
    area_mu_centi: int | None
    quantity: int
    book_value_fen: int
    acquired_date: date | None


def wrong(card: Card, today: date) -> tuple[str, str] | None:
    """Return (field, why) of the first thing that does not hold, None when all holds."""
    if card.category not in KINDS_OF:
        return "类别", "没有这一类"
    if card.kind not in KINDS_OF[card.category]:
        return "种类", "这一类里没有这种"
    if not card.name.strip():
        return "名称", "还没写"
    if card.kind in PLACED and not card.place.strip():
        return "在哪里", "还没写"
    return _wrong_figures(card, today)


def _wrong_figures(card: Card, today: date) -> tuple[str, str] | None:
    if card.category in MEASURED_IN_MU and not card.area_mu_centi:
        return "面积", "资源要写多少亩"
    if card.area_mu_centi is not None and not 0 < card.area_mu_centi <= AREA_CENTI_MAX:
        return "面积", "要大于0，不能大得离谱"
    if not 1 <= card.quantity <= QUANTITY_MAX:
        return "数量", "要是1到1000000的整数"
    if not 0 <= card.book_value_fen <= money.MAX_FEN:
        return "账面原值", "不能是负数"
    if card.acquired_date is not None and not EARLIEST <= card.acquired_date <= today:
        return "哪天取得", "不能晚于今天"
    return None


def parse_area(text: str) -> int | None:
    """Return hundredths of an area as typed (`12.5`), None for an empty text.

    Raises: ValueError for anything else.
    """
    typed = plain(text)
    if not typed:
        return None
    match = _AREA.fullmatch(typed.replace(",", ""))
    if match is None:
        raise ValueError(text)
    return int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0"))


def area_words(centi: int | None) -> str:
    """Return `12.5` for 1250, an empty text for None."""
    if centi is None:
        return ""
    whole, part = divmod(centi, 100)
    return f"{whole:,}.{part:02d}".rstrip("0").rstrip(".")


def days_between(first: date, last: date) -> int:
    """Return how many days lie from one day to another."""
    return (last - first).days
