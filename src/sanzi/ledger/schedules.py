"""Pure rules of recurring entries: which months a plan books, and how much in each.

Straight line; each month the same, the last month the rest, so that no fen is lost. A thing added
this month is depreciated from the next; one taken away still is this month. Nominal values (one
yuan) are not depreciated. Source: 财会〔2023〕14号 固定资产; 小企业会计准则 第三十条.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanzi.kernel import yamls
from sanzi.ledger import rules

DEPRECIATION, AMORTISATION, OTHER = "DEPRECIATION", "AMORTISATION", "OTHER"
NOMINAL_FEN = 100
MONTHS_MAX = 1200
USES_FILE = Path(__file__).resolve().parent.parent / "data" / "periods" / "plans.yaml"


@dataclass(frozen=True)
class Schedule:
    """A plan's figures. Units: fen; for OTHER `cost_fen` is the amount of each month.

    `last_period` is '' while nobody has stopped the plan.
    """

    kind: str
    cost_fen: int
    salvage_fen: int
    months: int
    first_period: str
    last_period: str = ""

    def periods(self) -> list[str]:
        """Return the months that the plan books."""
        last = rules.shift(self.first_period, self.months - 1)
        if self.last_period:
            last = min(last, self.last_period)
        return rules.months_between(self.first_period, last)

    def amount_fen(self, period: str) -> int:
        """Return what a month books; 0 outside the plan."""
        if period < self.first_period or (self.last_period and period > self.last_period):
            return 0
        number = months_from(self.first_period, period) + 1
        if number > self.months:
            return 0
        if self.kind == OTHER:
            return self.cost_fen
        whole = self.cost_fen - self.salvage_fen
        each = whole // self.months
        return whole - each * (self.months - 1) if number == self.months else each


def months_from(first: str, period: str) -> int:
    """Return how many months a period lies after another."""
    (year, month), (other_year, other_month) = (
        (int(part) for part in each.split("-")) for each in (first, period)
    )
    return (other_year - year) * 12 + other_month - month


def first_month(kind: str, added_date: dt.date) -> str:
    """Return the first month booked for a thing added on a day."""
    period = rules.period_of(added_date)
    return rules.shift(period, 1) if kind == DEPRECIATION else period


@dataclass(frozen=True)
class Use:
    """What a thing is used for, and the account that bears its cost."""

    use: str
    title: str
    account: str


@dataclass(frozen=True)
class PlanAccounts:
    """What a kind of plan books to under a standard."""

    standard: str
    kind: str
    credit: tuple[str, ...]
    uses: tuple[Use, ...]


def accounts_of(standard: str, kind: str) -> PlanAccounts | None:
    """Return what a standard says of a kind of plan, None when it says nothing."""
    return next(
        (one for one in plan_accounts() if (one.standard, one.kind) == (standard, kind)), None
    )


@cache
def plan_accounts() -> tuple[PlanAccounts, ...]:
    """Return the accounts of plans of all standards."""
    content = yamls.read(USES_FILE)
    return tuple(
        PlanAccounts(
            row["standard"],
            row["kind"],
            tuple(row["credit"]),
            tuple(Use(use["use"], use["title"], use["account"]) for use in row["uses"]),
        )
        for row in content["plans"]
    )
