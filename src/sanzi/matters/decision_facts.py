"""What the checks of a decision look at, and how shares are counted. Pure.

The checks themselves are in `validity.py`, the table they read in `statutes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sanzi.matters.statutes import Frame, Row, StepKind

OK: Final = "ok"
FAIL: Final = "fail"
WAIT: Final = "wait"
_SHARES: Final = {
    (1, 2, True): "过半数",
    (1, 2, False): "一半",
    (2, 3, False): "三分之二",
    (3, 4, False): "四分之三",
    (4, 5, False): "五分之四",
}


@dataclass(frozen=True)
class Held:
    """What is known of one step. Units: people, households; moments aware UTC.

    Shapes: `eligible` and `present` count everybody, those who stand aside too; `aside` and
        `aside_present` are how many of them do, `kin_voted` those who should have and did not;
        `strangers` signed in without a mandate on that day. `agree` is None before the count.
    """

    step: str
    held_at: datetime | None = None
    notice_given_at: datetime | None = None
    papers_given_at: datetime | None = None
    eligible: int | None = None
    present: int | None = None
    households: int | None = None
    present_households: int | None = None
    agree: int | None = None
    against: int = 0
    abstain: int = 0
    online: int = 0
    proxies: int = 0
    strangers: int = 0
    aside: int = 0
    aside_present: int = 0
    kin_voted: int = 0
    publicity_start_at: datetime | None = None
    publicity_end_at: datetime | None = None
    has_minutes: bool = False
    is_watched: bool = False


@dataclass(frozen=True)
class Facts:
    """A decision as the checks see it. Units: fen; `place` is a division code."""

    place: str
    procedure: str
    body: str
    subject: str
    amount_fen: int | None
    has_risk_note: bool
    is_concurrent: bool
    steps: Mapping[str, Held] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One article looked at: `state` is ok, fail or wait; `step` is where it belongs."""

    row: str
    source: str
    step: str
    state: str
    sentence: str

    @property
    def text(self) -> str:
        """Return source and sentence in one line."""
        return f"{self.source}：{self.sentence}"


@dataclass(frozen=True)
class Ask:
    """What every check gets: the facts, the words of the table, the step and who meets in it."""

    facts: Facts
    frame: Frame
    held: Held
    body: str
    rows: Sequence[Row]

    def applying(self, rule: str, *, body: str | None = None) -> list[Row]:
        """Return the rows of a rule that hold for a body (here: the one that meets)."""
        meets = self.body if body is None else body
        is_vote = self.held.step == "resolution"
        return [
            row
            for row in self.rows
            if row.rule == rule
            and (not row.bodies or meets in row.bodies)
            and (not row.subjects or (is_vote and self.facts.subject in row.subjects))
            and (not row.procedures or self.facts.procedure in row.procedures)
        ]


def needed(count: int, share: Sequence[int], *, over: bool) -> int:
    """Return how many of `count` a share asks for: at least the share, or more than it."""
    part, whole = share
    return count * part // whole + 1 if over else -(-count * part // whole)


def share_words(share: Sequence[int], *, over: bool) -> str:
    """Return 过半数, 三分之二, …; another share in figures."""
    part, whole = share
    return _SHARES.get((part, whole, over), f"{'超过' if over else ''}{whole}分之{part}")


def body_of(step: StepKind, facts: Facts) -> str:
    """Return who meets in a step: the deciding body in the vote, empty for publications."""
    return facts.body if step.code == "resolution" else step.body


def required_steps(facts: Facts, frame: Frame, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the steps this decision needs, in order; comment only where a row asks for it."""
    steps = frame.procedures[facts.procedure].steps
    asked = Ask(facts, frame, Held("resolution"), facts.body, rows).applying("comment_days")
    if not asked:
        return tuple(one for one in steps if one != "comment")
    if "comment" in steps:
        return steps
    place = steps.index("resolution")
    before = place - 1 if place and steps[place - 1] == "party_review" else place
    return (*steps[:before], "comment", *steps[before:])


def counted(ask: Ask) -> tuple[int, int]:
    """Return how many are due and how many came, after those who stand aside."""
    leaves: set[str] = set()
    for row in ask.applying("recusal"):
        leaves |= set(row.value["leaves"])
    held = ask.held
    due = (held.eligible or 0) - (held.aside if "eligible" in leaves else 0)
    came = (held.present or 0) - (held.aside_present if "present" in leaves else 0)
    return max(due, 0), max(came, 0)


def happened_at(held: Held) -> datetime | None:
    """Return when a step happened: the meeting, or the first day of the publication."""
    return held.held_at or held.publicity_start_at
