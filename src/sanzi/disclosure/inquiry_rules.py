"""How many must ask and when an answer is due: rows of `data/disclosure/inquiries.yaml`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sanzi.kernel import clock, yamls

FILE = Path(__file__).resolve().parent.parent / "data" / "disclosure" / "inquiries.yaml"
SUPERVISION, REPS, VOTERS, ANYBODY = "supervision", "reps", "voters", "anybody"
TOWN = "town"


@dataclass(frozen=True)
class InquiryRules:
    """The rules of a day. Units: persons, calendar days. Source: ZJ-VC 36, 43."""

    valid_from_date: date
    source_ref: str
    reps_least: int
    voters_share: tuple[int, int]
    formal_days: int
    informal_days: int
    town_days: int
    county_days: int

    def least(self, askers: str, voters: int) -> int:
        """Return how many must ask, of a village with so many voters."""
        if askers == REPS:
            return self.reps_least
        if askers == VOTERS:
            part, whole = self.voters_share
            return max(1, -(-voters * part // whole))
        return 1

    def days(self, askers: str, *, is_again: bool) -> int:
        """Return within how many days the answer is due."""
        if is_again:
            return self.town_days
        return self.informal_days if askers == ANYBODY else self.formal_days

    def days_above(self, level: str) -> int:
        """Return within how many days the town, or the county, answers what came up to it."""
        return self.town_days if level == TOWN else self.county_days


def last_day(due_at: datetime) -> date:
    """Return the last local day on which an answer is in time: it is due at that day's end."""
    return clock.local_date(due_at - timedelta(seconds=1))


@cache
def _rows() -> tuple[InquiryRules, ...]:
    content = yamls.read(FILE)
    return tuple(
        InquiryRules(**{**one, "voters_share": tuple(one["voters_share"])})
        for one in content["rules"]
    )


def on(day: date) -> InquiryRules:
    """Return the rules in force on a day. Raises: LookupError before the first."""
    found = next((one for one in _rows() if one.valid_from_date <= day), None)
    if found is None:
        raise LookupError(day)
    return found
