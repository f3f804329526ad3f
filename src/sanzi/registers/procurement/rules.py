"""Which way of buying a sum asks for, and when two prices come from one hand. Pure.

The figures are parameters of the county, dated by the matter file; here stand their defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

INQUIRY_FROM_FEN = 200_000
QUOTE_FROM_FEN = 1_000_000
TENDER_FROM_FEN = 5_000_000
CONTRACT_FROM_FEN = 500_000
SPLIT_DAYS = 90
ACCEPTORS_MIN = 2
EMERGENCY_HOURS = 24
STRENGTH = {"direct": 0, "inquiry": 1, "quote": 2, "tender": 3}
QUOTES_MIN = {"direct": 1, "inquiry": 2, "quote": 3, "emergency": 1}


@dataclass(frozen=True)
class Named:
    """A price as the comparison sees it; empty text is not known. Units: fen."""

    name: str
    price_fen: int
    contact: str = ""
    address: str = ""
    file_hash: str = ""
    controllers: frozenset[str] = frozenset()


def method_for(estimate_fen: int) -> str:
    """Return the weakest way of buying that a sum allows."""
    for name, floor in (
        ("tender", TENDER_FROM_FEN), ("quote", QUOTE_FROM_FEN), ("inquiry", INQUIRY_FROM_FEN),
    ):  # fmt: skip
        if estimate_fen >= floor:
            return name
    return "direct"


def is_enough(method: str, estimate_fen: int) -> bool:
    """Return whether this way of buying is strong enough for a sum."""
    return method == "emergency" or STRENGTH[method] >= STRENGTH[method_for(estimate_fen)]


def alike(quotes: Sequence[Named]) -> tuple[str, str, str] | None:
    """Return two names and what they share, None when all prices stand alone.

    Source: REG-BID 40 by analogy.
    """
    for place, one in enumerate(quotes):
        for other in quotes[place + 1 :]:
            for why, is_so in (
                ("是同一人控制的", bool(one.controllers & other.controllers)),
                ("留的是同一个电话", one.contact != "" and one.contact == other.contact),
                ("是同一份报价文件", one.file_hash != "" and one.file_hash == other.file_hash),
            ):
                if is_so:
                    return one.name, other.name, why
    return None
