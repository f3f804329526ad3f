"""Reads of red and yellow flags: what was decided of a month, or how it stands until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sanzi.insight.indices import rules
from sanzi.insight.indices.rules import Standing
from sanzi.insight.indices.shapes import FlagRule, Index
from sanzi.insight.models import Flag, IndexScore, Objection
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

FOLLOW = "insight.follow"
"""To say that the talk was held, or that the village stands on the county's list."""
TOWN_DIGITS = 9


@dataclass(frozen=True)
class FlagRow:
    """The flag of a village in a month; `decided_at` is empty until the days of objection end."""

    flag: str
    reason: str
    place: int | None
    of: int
    running: int
    step: str
    decided_at: datetime | None
    ext_id: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    words: str = ""


@dataclass(frozen=True)
class ToFollow:
    """A yellow flag from which something follows that nobody has done yet."""

    score_ext_id: str
    place: str
    running: int
    step: str


def of_month(index: Index, period: str, codes: Iterable[str]) -> dict[str, FlagRow]:
    """Return the flags of these villages in a month: as decided, else as they stand now.

    Places are among all villages of the township, whoever asks.
    """
    wanted = set(codes)
    if index.flag_rule is None or not wanted:
        return {}
    decided = {
        one.division_code: _row(one)
        for one in Flag.objects.filter(
            index_code=index.code, period=period, division_code__in=wanted
        )
    }
    if decided:
        return decided
    found: dict[str, FlagRow] = {}
    for town in sorted({town_of(one) for one in wanted}):
        judged = judge_town(index, period, town)
        before = runs_before(index, period, judged)
        for code in wanted & set(judged):
            one = judged[code]
            running = before[code] + 1 if one.flag == rules.YELLOW else 0
            step = rules.step_of(index.flag_rule, running)
            found[code] = FlagRow(one.flag, one.reason, one.place, one.of, running, step, None)
    return found


def judge_town(index: Index, period: str, town: str) -> dict[str, rules.Judged]:
    """Return the flags of all villages of a township by their scores of a month."""
    if index.flag_rule is None:
        return {}
    scores = IndexScore.objects.filter(
        index_code=index.code, period=period, person_ext_id="", division_code__startswith=town
    )
    kept = scores.order_by("division_code").values_list(
        "division_code", "tenths", "coverage_percent", "penalties"
    )
    standings = [standing(index.flag_rule, *one) for one in kept]
    return rules.flags_of(index.flag_rule, standings)


def standing(
    rule: FlagRule,
    code: str,
    tenths: int | None,
    coverage: int,
    penalties: Sequence[Mapping[str, object]],
) -> Standing:
    """Return what a village is judged by, from its kept score."""
    rows = {one["code"]: one["rows"] for one in penalties}
    has_red_line, is_hidden = bool(rows.get(rule.no_red)), bool(rows.get(rule.yellow_by))
    return Standing(code, tenths, coverage, has_red_line, is_hidden)


def runs_before(index: Index, period: str, codes: Iterable[str]) -> dict[str, int]:
    """Return how many yellow flags in a row each village had at the end of the month before."""
    wanted = list(codes)
    found = dict.fromkeys(wanted, 0)
    before = Flag.objects.filter(
        index_code=index.code,
        period=rules.month_before(period),
        flag=rules.YELLOW,
        division_code__in=wanted,
    )
    return found | dict(before.values_list("division_code", "running"))


def town_of(code: str) -> str:
    """Return the digits that all villages of a village's township begin with."""
    return code[:TOWN_DIGITS]


def is_open(index: Index, period: str) -> bool:
    """Return whether objections to scores of a month still wait for their answer."""
    return Objection.objects.filter(
        score__index_code=index.code, score__period=period, answered_at__isnull=True
    ).exists()


def undecided(index: Index, before: str) -> list[str]:
    """Return the months before this one that have scores and no flags yet, the oldest first."""
    scored = IndexScore.objects.filter(index_code=index.code, period__lt=before)
    decided = Flag.objects.filter(index_code=index.code).values("period")
    months = scored.exclude(period__in=decided).order_by("period")
    return list(months.values_list("period", flat=True).distinct())


def access_flag(*, by: Actor, ext_id: str) -> Flag:
    """Return a decided flag whose talk or listing is the actor's to note. Raises: NotFound."""
    found = Flag.objects.filter(ext_id=ext_id).first()
    if found is None or not scope.can(by, FOLLOW, found.division_code):
        raise NotFound
    return found


def to_follow(*, by: Actor) -> list[ToFollow]:
    """Return the yellow flags whose talk or listing waits for the actor, the oldest first."""
    waiting = Flag.objects.filter(scope.within(by, FOLLOW), done_at__isnull=True).exclude(step="")
    found = [*waiting.select_related("score").order_by("period", "division_code")]
    names = orgs.division_names({one.division_code for one in found})
    return [
        ToFollow(one.score.ext_id, names.get(one.division_code, ""), one.running, one.step)
        for one in found
    ]


def _row(one: Flag) -> FlagRow:
    return FlagRow(
        one.flag,
        one.reason,
        one.place,
        one.of,
        one.running,
        one.step,
        one.decided_at,
        one.ext_id,
        one.done_at,
        one.done_by_name,
        one.words,
    )


def counted(village: str, at: datetime) -> dict[str, int]:
    """Return whether the newest flag of a village is yellow or red, and how many others are yellow.

    The others are of its township. A village that got no flag in the newest month has none.
    """
    rows = Flag.objects.filter(division_code__startswith=town_of(village), decided_at__lte=at)
    newest: dict[str, str] = dict(
        rows.order_by("period", "pk").values_list("division_code", "flag")
    )
    own = newest.pop(village, "")
    return {
        "village_yellow": int(own == Flag.Colour.YELLOW),
        "village_red": int(own == Flag.Colour.RED),
        "town_yellow": sum(1 for one in newest.values() if one == Flag.Colour.YELLOW),
    }
