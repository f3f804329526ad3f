"""What other weights and ends would do to the scores there are; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanzi.insight.indices import catalogue, rules, versions
from sanzi.insight.indices import flags as flag_queries
from sanzi.insight.indices.queries import SEE, may_see_index, may_try
from sanzi.insight.indices.rules import Figure, Judged, Result
from sanzi.insight.indices.shapes import Index
from sanzi.insight.models import IndexChange, IndexScore
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

PROPOSE = "insight.propose"
APPROVE = "insight.approve"


@dataclass(frozen=True)
class Outcome:
    """A place as a version counts it; its place among those of one's scope."""

    tenths: int | None
    grade: str
    place: int | None
    flag: str


@dataclass(frozen=True)
class Simulated:
    """One village or town before and after."""

    division_code: str
    name: str
    before: Outcome
    after: Outcome

    @property
    def moved(self) -> int:
        """Return the tenths that it would rise or fall by."""
        return (self.after.tenths or 0) - (self.before.tenths or 0)


@dataclass(frozen=True)
class Simulation:
    """All places of one's scope in the newest month, those that move most first."""

    index: Index
    period: str
    rows: tuple[Simulated, ...]
    changed: tuple[str, ...]

    @property
    def moved_count(self) -> int:
        """Return how many places would get other points."""
        return sum(bool(one.moved) for one in self.rows)

    @property
    def regraded_count(self) -> int:
        """Return how many places would stand in another grade."""
        return sum(one.before.grade != one.after.grade for one in self.rows)


@dataclass(frozen=True)
class ChangeRow:
    """A change of an index, and whether the actor may decide it."""

    ext_id: str
    version: str
    valid_from_date: Any
    state: str
    state_words: str
    reason: str
    source_ref: str
    made_by: str
    made_at: datetime
    decided_by: str
    decided_reason: str
    changed: tuple[str, ...]
    settings: Mapping[str, Any]
    may_decide: bool


def access_index(*, by: Actor, code: str, at: datetime) -> Index:
    """Return an index in force that an office of the town or above may try. Raises: NotFound."""
    if code not in catalogue.indices() or not may_see_index(by, catalogue.indices()[code]):
        raise NotFound
    if not may_try(by=by):
        raise NotFound
    return versions.on(code, clock.local_date(at))


def simulate(*, by: Actor, code: str, settings: Mapping[str, Any], at: datetime) -> Simulation:
    """Return the newest scores of one's scope as they are and as these settings would have them.

    Raises: NotFound, SettingsWrong.
    """
    index = access_index(by=by, code=code, at=at)
    rules.require_settings(index, settings)
    other = rules.with_settings(index, settings)
    kept = IndexScore.objects.filter(
        scope.within(by, SEE), index_code=code, person_ext_id=""
    ).order_by("division_code")
    period = kept.order_by("-period").values_list("period", flat=True).first() or ""
    scores = [*kept.filter(period=period)]
    names = orgs.division_names({one.division_code for one in scores})
    before, after = _outcomes(index, scores), _outcomes(other, scores)
    rows = [
        Simulated(one.division_code, names.get(one.division_code, ""), old, new)
        for one, old, new in zip(scores, before, after, strict=True)
    ]
    rows.sort(key=lambda one: (-abs(one.moved), one.division_code))
    now = versions.settings_of(index)
    return Simulation(index, period, tuple(rows), tuple(versions.moved(now, settings)))


def _outcomes(index: Index, scores: Sequence[IndexScore]) -> list[Outcome]:
    results = [judged(index, one) for one in scores]
    held = [one.tenths for one in results if one.tenths is not None]
    flags = _flags(index, scores, results)
    return [
        Outcome(
            one.tenths,
            one.grade,
            None if one.tenths is None else 1 + sum(tenths > one.tenths for tenths in held),
            flags[score.division_code].flag if flags else "",
        )
        for score, one in zip(scores, results, strict=True)
    ]


def _flags(
    index: Index, scores: Sequence[IndexScore], results: Sequence[Result]
) -> dict[str, Judged]:
    if index.flag_rule is None:
        return {}
    towns: dict[str, list[rules.Standing]] = {}
    for score, one in zip(scores, results, strict=True):
        standing = flag_queries.standing(
            index.flag_rule,
            score.division_code,
            one.tenths,
            one.coverage_percent,
            score.penalties,
        )
        towns.setdefault(flag_queries.town_of(score.division_code), []).append(standing)
    found: dict[str, Judged] = {}
    for standings in towns.values():
        found |= rules.flags_of(index.flag_rule, standings)
    return found


def judged(index: Index, score: IndexScore) -> Result:
    """Return what a version makes of the sums that a score keeps."""
    parts = [part for field in score.parts for part in field["indicators"]]
    figures = {
        part["code"]: Figure(part["part"], part["whole"], part["rows"])
        for part in parts
        if part["part"] is not None
    }
    figures |= {
        one["code"]: Figure(one["rows"], one["rows"], one["rows"]) for one in score.penalties
    }
    known = {part["code"] for part in parts if part["tenths"] is not None}
    missing = frozenset(one.code for one in index.indicators) - known
    capped = [one for one in index.caps if one.code in score.caps]
    return rules.judge(index, figures, capped, missing)


def changes(*, by: Actor, index: Index) -> tuple[ChangeRow, ...]:
    """Return the changes of an index, the newest first, each against what the house's file says."""
    now = versions.settings_of(catalogue.indices()[index.code])
    may_decide = bool(scope.prefixes(by, APPROVE))
    found = IndexChange.objects.filter(index_code=index.code).order_by("-made_at", "-id")
    return tuple(
        ChangeRow(
            ext_id=one.ext_id,
            version=one.version,
            valid_from_date=one.valid_from_date,
            state=one.state,
            state_words=IndexChange.State(one.state).label,
            reason=one.reason,
            source_ref=one.source_ref,
            made_by=one.made_by_name,
            made_at=one.made_at,
            decided_by=one.decided_by_name,
            decided_reason=one.decided_reason,
            changed=tuple(versions.moved(now, one.settings)),
            settings=one.settings,
            may_decide=may_decide
            and one.state == IndexChange.State.PROPOSED
            and one.made_by_id != by.user_id,
        )
        for one in found
    )


def may_propose(by: Actor) -> bool:
    """Return whether the actor may ask for another version."""
    return by.user_id is not None and bool(scope.prefixes(by, PROPOSE))
