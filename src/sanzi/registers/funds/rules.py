"""What holds for an allocation: days in their order, no more passed on than came. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

LEVELS: Final = {
    "central": "中央", "province": "省", "city": "市", "county": "县", "town": "镇",
    "village": "村",
}  # fmt: skip
"""Who gives a fund, with the values of the record."""
DAYS: Final = ("issued_at", "town_received_at", "passed_on_at")


def wrong_transfer(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the column of an allocation that cannot be, and what is expected there.

    Shapes: a row of the table `transfer`.
    """
    if (row.get("passed_fen") or 0) > row["amount_fen"]:
        return "passed_fen", "拨付不能大于下达的金额"
    if (row.get("passed_fen") or 0) > 0 and row.get("passed_on_at") is None:
        return "passed_on_at", "写了拨付金额，就要有拨付时间"
    known = [(name, row[name]) for name in DAYS if row.get(name) is not None]
    for (_, before), (name, after) in pairwise(known):
        if after < before:
            return name, "时间要照下达、镇收到、拨付的顺序"
    return None


def wrong_project(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the column of a township project that cannot be, and what is expected there."""
    if row["paid_fen"] > row["budget_fen"]:
        return "paid_fen", "已付不能大于预算"
    return None
