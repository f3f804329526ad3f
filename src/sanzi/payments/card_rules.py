"""What holds for village cards: dated limits, days, and what makes a line worth a question.

Pure functions and the one loader of `data/cards/rules.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.kernel import money, yamls
from sanzi.kernel.workdays import Calendar

FILE: Final = Path(__file__).resolve().parents[1] / "data" / "cards" / "rules.yaml"


@dataclass(frozen=True)
class CardRules:
    """What is in force on a day. Units: fen and days; categories by merchant code."""

    limit_max_fen: int
    slip_max_fen: int
    claim_days: int
    lead_days: int
    round_min_fen: int
    round_step_fen: int
    barred: Mapping[str, str]
    meals: Mapping[str, str]


@dataclass(frozen=True)
class SeenLine:
    """What the checks look at. Units: fen; `day` is the local day of the line."""

    kind: str
    amount_fen: int
    mcc: str
    day: date
    due_date: date
    is_claimed: bool
    is_repaid: bool
    is_suspended: bool = False


@dataclass(frozen=True)
class Doubt:
    """One thing to look at on a line. `is_late` when somebody must act now."""

    code: str
    text: str
    is_late: bool = False


@cache
def _all() -> tuple[tuple[date, CardRules], ...]:
    raw = yamls.read(FILE)["rules"]
    found = []
    for one in raw:
        fields = {key: value for key, value in one.items() if key not in ("from", "source_ref")}
        found.append((one["from"], CardRules(**fields)))
    return tuple(sorted(found, key=lambda pair: pair[0]))


def on(day: date) -> CardRules:
    """Return the rules in force on a day; the oldest ones before all."""
    in_force = [rules for start, rules in _all() if start <= day]
    return in_force[-1] if in_force else _all()[0][1]


def due_date(day: date, bill_day: int, due_day: int) -> date:
    """Return when a line of a day must be repaid: the due day that follows its bill."""
    bill = day.replace(day=bill_day)
    if day > bill:
        bill = _next_month(bill)
    due = bill.replace(day=due_day)
    return due if due > bill else _next_month(due)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, day.day)


def doubts(line: SeenLine, today: date, calendar: Calendar) -> list[Doubt]:
    """Return what is to be looked at on a line, the late first."""
    if line.kind == "REFUND":
        return []
    rules = on(line.day)
    return [*_of_time(line, rules, today), *_of_use(line, rules, calendar)]


def _of_time(line: SeenLine, rules: CardRules, today: date) -> list[Doubt]:
    if line.is_repaid:
        return []
    left = (line.due_date - today).days
    if left < 0:
        return [Doubt("overdue", f"免息期过了{-left}天，还没还款", is_late=True)]
    if left <= rules.lead_days:
        words = "今天" if left == 0 else f"{left}天后"
        return [Doubt("due", f"{words}免息期到，还没还款", is_late=True)]
    if not line.is_claimed and today > line.day + timedelta(days=rules.claim_days):
        return [Doubt("unclaimed", f"刷了{(today - line.day).days}天，还没报", is_late=True)]
    return []


def _of_use(line: SeenLine, rules: CardRules, calendar: Calendar) -> list[Doubt]:
    found = []
    if line.is_suspended:
        found.append(Doubt("suspended", "是卡停用以后刷的，村里不报"))
    if line.kind == "CASH":
        found.append(Doubt("cash", "是取现，村务卡不能取现"))
    if line.mcc in rules.barred:
        found.append(Doubt("barred", f"商户是{rules.barred[line.mcc]}，村里不在这里花钱"))
    if line.mcc in rules.meals:
        found.append(Doubt("meal", f"商户是{rules.meals[line.mcc]}，请看是不是招待"))
    if line.kind == "PURCHASE" and not calendar.is_workday(line.day):
        found.append(Doubt("day_off", "在休息日刷的"))
    is_round = line.amount_fen % rules.round_step_fen == 0
    if line.kind == "PURCHASE" and is_round and line.amount_fen >= rules.round_min_fen:
        found.append(Doubt("round", f"正好{money.format_yuan(line.amount_fen)}元整"))
    return found
