"""A power in the words of the village: what it is for, who decides, how long, what to bring.

What a power is for and who has the last word is written in `data/matters/plain.yaml`; all else is
read off its matter file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sanzi.kernel import yamls
from sanzi.matters import catalogue, flowchart
from sanzi.matters.catalogue import Matter, Step

FILE = catalogue.FOLDER / "plain.yaml"
HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Words:
    """What a power is for, who has the last word, how long where days do not say it."""

    what: str
    decides: str
    long: str = ""


@dataclass(frozen=True)
class FlowStep:
    """One step of the chart: who, what, what he looks at, how long, and for which cases."""

    who: str
    word: str
    looks_at: str
    limit: str
    only: str
    is_taking: bool


@cache
def words() -> dict[str, Words]:
    """Return the words of every power that has some."""
    content = yamls.read(FILE)
    return {code: Words(**one) for code, one in content["powers"].items()}


def of(matter: Matter) -> Words:
    """Return the words of a power; one of the county's own is told by what its file says."""
    found = words().get(matter.code)
    if found is not None:
        return found
    reviews = [step for step in matter.steps if step.kind == "review"]
    return Words(matter.promise or matter.title, f"{flowchart.who(reviews[-1])}{reviews[-1].word}")


def how_long(matter: Matter) -> str:
    """Return how many work days it takes at most until it is decided; empty without limits.

    Where the tiers differ the least and the most are told.
    """
    if of(matter).long:
        return of(matter).long
    days = [_days(matter, band.code) for band in matter.tiers[-1].bands]
    least, most = min(days), max(days)
    if not most:
        return ""
    if least == most:
        return f"最多{most}个工作日定下来"
    return f"小的最多{least or 1}个工作日，大的最多{most}个"


def _days(matter: Matter, tier: str) -> int:
    steps = [step for step in matter.steps if tier in step.tiers]
    until = _decided_at(matter, steps)
    limits = [step.limit for step in steps if step.limit and step.no <= until]
    if matter.online is not None:
        limits.append(matter.online.limit)
    hours = sum(one.hours or 0 for one in limits)
    days = sum((one.workdays or 0) + one.same_day for one in limits)
    return days + -(-hours // HOURS_OF_A_DAY)


def _decided_at(matter: Matter, steps: list[Step]) -> int:
    decides = matter.online.decides if matter.online else ()
    named = [step.no for step in steps if step.key in decides]
    reviews = [step.no for step in steps if step.kind == "review"]
    return max(named or reviews or [0])


def bring(matter: Matter) -> tuple[list[str], list[str]]:
    """Return the papers that everybody brings, and those that some cases need."""
    always = [one.title for one in matter.evidence if one.required and not one.when]
    return always, [one.title for one in matter.evidence if one.title not in always]


def flow(matter: Matter) -> list[FlowStep]:
    """Return the steps of the chart, from the one who asks to the last."""
    bands = matter.tiers[-1].bands
    return [
        FlowStep(
            who=flowchart.who(step),
            word=step.word,
            looks_at=step.looks_at,
            limit=flowchart.limit_text(_limit(matter, step)),
            only=f"{flowchart.only_words(step, bands)}才有这一步"
            if len(step.tiers) < len(bands)
            else "",
            is_taking=step.kind == "starter",
        )
        for step in matter.steps
    ]


def _limit(matter: Matter, step: Step) -> catalogue.Limit | None:
    is_taken = step.kind == "starter" and matter.online is not None
    return matter.online.limit if is_taken and matter.online else step.limit
