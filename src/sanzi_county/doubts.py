"""What an accountant and the discipline office still have to look into: for a demo only.

The second village's bank tells of three lines that its books do not know (a fee, money that went
out by the counter, money that came in), and one paid invoice was taken back by its seller.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sanzi_county.days import DAY, month_end, workday_before
from sanzi_county.events import YUAN, Stray
from sanzi_county.money import Plan

FEE_FEN: Final = 35 * YUAN
OUTSIDE_FEN: Final = 6_800 * YUAN
UNKNOWN_FEN: Final = 2_300 * YUAN
_RED_AFTER: Final = timedelta(days=9)
_PAID_BEFORE: Final = timedelta(days=16)


def raise_in(plan: Plan, until: date) -> None:
    """Add the doubts to one village's plan; `until` is the last day told."""
    village = plan.village
    last_month = until.replace(day=1) - DAY
    tenant = plan.firm("tenant")
    plan.strays += [
        Stray(
            min(last_month.replace(day=21), month_end(last_month)), village.committee, -FEE_FEN,
            "开户银行", "账户管理费", "fee", "手续费还没记账",
        ),
        Stray(
            workday_before(until - 4 * DAY), village.collective, -OUTSIDE_FEN,
            "周建业", "往来款", "counter", "没有付款单的支出，要查",
        ),
        Stray(
            workday_before(until - 2 * DAY), village.collective, UNKNOWN_FEN,
            tenant.name, "水电费", "direct", "收入还没认领",
        ),
    ]  # fmt: skip
    bought = [one for one in plan.spends if one.org is village.committee and one.seller]
    paid = [one for one in bought if one.day <= until - _PAID_BEFORE and not one.is_withdrawn]
    taken_back = max(paid, key=lambda one: one.day)
    taken_back.red_on = taken_back.day + _RED_AFTER
