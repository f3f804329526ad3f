"""What the books say of a month, as a sheet to publish: every line (F01), or the sums (F02)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sanzi.disclosure import queries
from sanzi.disclosure.errors import NothingInPeriod, PeriodNotOver
from sanzi.disclosure.periods import bounds
from sanzi.kernel import clock, money

LINES, SUMS = "F01", "F02"
FROM_BOOKS = (LINES, SUMS)


def require_over(period: str, today: date) -> None:
    """Refuse a month that is none or is not over. Raises: PeriodNotOver."""
    try:
        end = clock.local_date(bounds(period)[1])
    except ValueError:
        raise PeriodNotOver(period=period or "这个月") from None
    if end > today:
        raise PeriodNotOver(period=period)


def sheet(village_code: str, item: str, period: str, today: date) -> tuple[dict[str, Any], int]:
    """Return (facts and tables, fen spent) of a month, from the books alone.

    Raises: PeriodNotOver, NothingInPeriod.
    """
    require_over(period, today)
    rows = queries.items(village_code, period)
    if not rows:
        raise NothingInPeriod(period=period)
    figures = queries.month(village_code, period, today).figures
    facts = [
        ["进了（元）", money.format_yuan(figures.in_fen)],
        ["出了（元）", money.format_yuan(figures.out_fen)],
    ]
    if figures.balance_fen is not None:
        facts.append(["账上还有（元）", money.format_yuan(figures.balance_fen)])
    tables = []
    if item == LINES:
        lines = [
            [f"{one.day:%m-%d}", one.title, one.who, "进" if one.is_income else "出",
             money.format_yuan(one.amount_fen)]
            for one in sorted(rows, key=lambda one: one.day)
        ]  # fmt: skip
        columns = ["日期", "事由", "和谁", "进出", "金额（元）"]
        tables.append({"title": "逐笔收支", "columns": columns, "rows": lines})
    return {"facts": facts, "tables": tables}, figures.out_fen
