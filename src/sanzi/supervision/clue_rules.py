"""Clues: findings of the statistical models, and how many of them may speak. Pure.

A clue says that something is unusual, never that something is wrong. So it stands at no gate,
only warns, goes to the village and the town, and never climbs to discipline by itself. And it is
quiet: of a model no more than some of a thousand subjects in a month are told, the strongest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from sanzi.supervision.rules import Finding
from sanzi.supervision.shapes import CLUES, AlertModel, Picture, Quiet

PICTURES: Final = ("season", "dots", "digits", "prices", "shared", "ring")
PERMILLE_MAX: Final = 50
STRENGTHS_MAX: Final = 2
OFFICES: Final = frozenset({"V", "F"})
LEAST: Final = 1
"""A model may always speak once in a place and a month, however small the place."""

Key = tuple[str, str, str, str]
Subjects = Callable[[str, str], Mapping[str, int]]
"""Kind of finding and month -> how many subjects a model judged in each village."""


@dataclass(frozen=True)
class Muted:
    """What a model left untold in a county in a month: found, told, and the limit that cut."""

    model_code: str
    county: str
    month: str
    found: int
    told: int


def quiet(item: Any) -> Quiet | None:
    """Return the limit of a model file. Raises ValueError, which says what is wrong."""
    if item is None:
        return None
    if not isinstance(item, dict) or set(item) != {"permille", "strength"}:
        raise ValueError("quiet needs permille and strength")
    permille, strength = item["permille"], item["strength"]
    if type(permille) is not int or not 1 <= permille <= PERMILLE_MAX:
        raise ValueError(f"quiet: permille {permille!r}, expected 1 to {PERMILLE_MAX}")
    if not isinstance(strength, list) or not 1 <= len(strength) <= STRENGTHS_MAX:
        raise ValueError("quiet: strength names one figure, or two whose ratio counts")
    return Quiet(permille, tuple(strength))


def picture(item: Any) -> Picture | None:
    """Return the picture of a model file. Raises ValueError, which says what is wrong."""
    if item is None:
        return None
    try:
        found = Picture(**item)
    except TypeError as error:
        raise ValueError(f"picture: {error}") from error
    if found.kind not in PICTURES:
        raise ValueError(f"picture: kind '{found.kind}', expected {', '.join(PICTURES)}")
    return found


def check(model: AlertModel) -> None:
    """Refuse a clue that would stop somebody, and a limit where a rule speaks.

    Raises: ValueError.
    """
    if not model.is_clue:
        if model.quiet or model.picture:
            raise ValueError(f"quiet and picture are for the category {CLUES}")
        return
    if model.severity != "warn":
        raise ValueError(f"a clue only warns, its severity is '{model.severity}'")
    if model.gates != ("nightly",):
        raise ValueError("a clue stands at no gate: nightly alone")
    if {one.letter for one in model.route} - OFFICES:
        raise ValueError("a clue goes to the village and the town (V, F), never to discipline")
    if model.quiet is None or model.picture is None:
        raise ValueError("a clue needs quiet and picture")


def told(
    findings: Mapping[Key, Finding], held: Collection[Key], subjects: Subjects
) -> tuple[dict[Key, Finding], list[Muted]]:
    """Return the findings that may speak, and what is left out.

    A finding that is an alert already stays. Then the strongest come, until the limit of the
    county, and of the village, for the month of the finding is reached; what a model finds of
    different kinds is limited apart.
    """
    kept = {key: one for key, one in findings.items() if one.model.quiet is None}
    clues = [one for key, one in findings.items() if key not in kept]
    muted: list[Muted] = []
    for (code, county, month), group in groupby(sorted(clues, key=_place), key=_place):
        found = list(group)
        spoken = []
        for kind in sorted({one.finding_kind for one in found}):
            like = [one for one in found if one.finding_kind == kind]
            spoken += _strongest(like, held, subjects(kind, month), county)
        kept.update({one.key: one for one in spoken})
        if len(spoken) < len(found):
            muted.append(Muted(code, county, month, len(found), len(spoken)))
    return kept, muted


def _place(one: Finding) -> tuple[str, str, str]:
    return one.model.code, one.village_id[:6], one.business_date.isoformat()[:7]


def _strongest(
    found: Sequence[Finding], held: Collection[Key], counts: Mapping[str, int], county: str
) -> list[Finding]:
    limit = found[0].model.quiet
    assert limit is not None  # noqa: S101 - only clues come here
    whole = sum(number for place, number in counts.items() if place.startswith(county))
    order = sorted(found, key=lambda one: (one.key not in held, -strength(one), one.key))
    spoken: list[Finding] = []
    here: dict[str, int] = {}
    for one in order:
        village = one.village_id
        may = (
            len(spoken) < most(limit, whole)
            and here.get(village, 0) < most(limit, counts.get(village, 0))
        )  # fmt: skip
        if one.key in held or may:
            spoken.append(one)
            here[village] = here.get(village, 0) + 1
    return spoken


def most(limit: Quiet, subjects: int) -> int:
    """Return how many findings may speak among so many subjects."""
    return max(LEAST, subjects * limit.permille // 1000)


def strength(one: Finding) -> Fraction:
    """Return how strong a finding is among its like: a figure, or one over another."""
    names = one.model.quiet.strength if one.model.quiet else ()
    figures = [int(one.figures.get(name) or 0) for name in names]
    return Fraction(figures[0], max(figures[1], 1)) if len(figures) > 1 else Fraction(figures[0])
