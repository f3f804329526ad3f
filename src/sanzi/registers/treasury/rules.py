"""What the treasury keeps to: dated figures, interest, scores, ratios. Pure.

The figures are the county's own (`data/treasury/rules.yaml`); what no county may change stands
in the checks with its article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.kernel import yamls

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "treasury" / "rules.yaml"
DAYS_A_YEAR: Final = 365
BASIS: Final = 10_000
GRACE_DAYS: Final = 5


@dataclass(frozen=True)
class Rules:
    """What is in force on a day. Units: fen, percent, days, months."""

    deposit_tender_from_fen: int
    deposit_bidders_min: int
    deposit_term_months_max: int
    deposit_reserve_months_min: int
    deposit_rate_weight_min: int
    deposit_split_days: int
    deposit_interest_gap_percent: int
    debt_ratio_warn: int
    debt_ratio_block: int
    debt_income_accounts: Sequence[str]
    advance_reserve_cap_fen: int
    advance_clear_workdays: int
    advance_prepay_days: int
    card_limit_min_fen: int
    card_reserve_max_fen: int
    reminder_days: int


@dataclass(frozen=True)
class Offer:
    """An opened offer of a bank: its rate and what its service was given of a hundred."""

    bank: str
    rate_bp: int
    service: int


@cache
def _all() -> tuple[tuple[date, Rules], ...]:
    raw = yamls.read(FILE)["rules"]
    found = []
    for one in raw:
        fields = {key: value for key, value in one.items() if key not in ("from", "source_ref")}
        found.append((one["from"], Rules(**fields)))
    return tuple(sorted(found, key=lambda pair: pair[0]))


def on(day: date) -> Rules:
    """Return the rules in force on a day; the oldest ones before all."""
    in_force = [rules for start, rules in _all() if start <= day]
    return in_force[-1] if in_force else _all()[0][1]


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def interest_fen(principal_fen: int, rate_bp: int, start: date, end: date) -> int:
    """Return simple interest between two days, rounded down. Units: fen, basis points a year."""
    return principal_fen * rate_bp * (end - start).days // (BASIS * DAYS_A_YEAR)


def is_short(told_fen: int, expected_fen: int, gap_percent: int) -> bool:
    """Return whether interest stays more than some percent below what was agreed."""
    return told_fen * 100 < expected_fen * (100 - gap_percent)


def scores(offers: Sequence[Offer], rate_weight: int) -> Mapping[str, int]:
    """Return by bank its score in hundredths of a point; the best rate has all of its weight."""
    best = max((one.rate_bp for one in offers), default=0)
    return {
        one.bank: (
            (rate_weight * one.rate_bp * 100 // best if best else 0)
            + (100 - rate_weight) * one.service
        )
        for one in offers
    }


def percent(part: int, whole: int) -> int | None:
    """Return a share in percent, rounded up; None of nothing."""
    return -(-part * 100 // whole) if whole > 0 else None
