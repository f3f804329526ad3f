"""The order in which a year's income is given out, and the figures of the county. Pure.

Figures are dated: data/yearly/rules.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sanzi.kernel import yamls

FILE = Path(__file__).resolve().parents[2] / "data" / "yearly" / "rules.yaml"
PERCENT = 100


@dataclass(frozen=True)
class Figures:
    """The figures of one day on. Units: days, per cent."""

    valid_from_date: date
    source_ref: str
    comment_days: int
    final_days: int
    plan_days: int
    reserve_percent: int


@dataclass(frozen=True)
class Plan:
    """What a year brought and what is to become of it. Units: fen, none negative.

    `loss_fen` is what earlier years lost and nobody has made up yet.
    """

    net_fen: int
    loss_fen: int
    reserve_fen: int
    welfare_fen: int
    given_fen: int

    @property
    def offset_fen(self) -> int:
        """What of the income makes up earlier losses first."""
        return min(self.net_fen, self.loss_fen)

    @property
    def after_losses_fen(self) -> int:
        """What is there once the losses are made up."""
        return self.net_fen - self.offset_fen

    @property
    def most_fen(self) -> int:
        """The most that may be given to members."""
        return max(0, self.after_losses_fen - self.reserve_fen - self.welfare_fen)


def figures(on: date) -> Figures:
    """Return the figures that hold on a day."""
    held = [one for one in all_figures() if one.valid_from_date <= on]
    return max(held, key=lambda one: one.valid_from_date)


@cache
def all_figures() -> tuple[Figures, ...]:
    """Return the figures of all days. Source: data/yearly/rules.yaml."""
    content = yamls.read(FILE)
    return tuple(Figures(**row) for row in content["rules"])


def reserve_least_fen(plan: Plan, percent: int) -> int:
    """Return the least for reserve and welfare, rounded up to a fen. Source: ZJ-RA 32."""
    return -(-plan.after_losses_fen * percent // PERCENT)


def per_share_fen(given_fen: int, shares: int) -> int:
    """Return what one share gets, rounded down; the rest stays with the collective."""
    return given_fen // shares
