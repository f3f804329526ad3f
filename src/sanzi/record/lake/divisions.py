"""Villages that merge, split or get another code: told once, so that years stay comparable.

A row keeps the code it was written under: what was found then is found again. Figures of places
are compared by units: codes that a change of the compared days ties together are one unit, so a
split village is not a village that lost half its money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sanzi.kernel import divisions
from sanzi.kernel.errors import BadDivisionCode
from sanzi.record.lake.errors import BadDivisionChange

KINDS: Final = {"merge": (2, 1), "split": (1, 2), "recode": (1, 1)}
"""How many codes at least stand before and after; the other side of a merge or split has one."""


@dataclass(frozen=True)
class Change:
    """From `on` the places `after` stand where `before` stood."""

    kind: str
    on: date
    before: tuple[str, ...]
    after: tuple[str, ...]


def read(told: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return changes as they are told, by day. Raises: ValueError."""
    found = []
    for one in told:
        unknown = set(one) - {"kind", "on", "before", "after"}
        if unknown:
            raise ValueError(f"不认识 {min(unknown)}")
        try:
            on = one["on"] if isinstance(one["on"], date) else date.fromisoformat(one["on"])
            before, after = (_codes(one[side]) for side in ("before", "after"))
            kind = str(one["kind"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"缺 {error}") from error
        found.append(Change(kind, on, before, after))
    return sorted(found, key=lambda one: (one.on, one.before, one.after))


def check(county_code: str, told: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Return the changes of a county when they can be. Raises: BadDivisionChange."""
    try:
        changes = read(told)
    except (ValueError, BadDivisionCode) as error:
        raise BadDivisionChange(county=county_code, why=str(error)) from error
    ended: dict[str, date] = {}
    for one in changes:
        why = _fault(one, county_code, ended)
        if why:
            raise BadDivisionChange(county=county_code, why=why)
        ended |= dict.fromkeys(set(one.before) - set(one.after), one.on)
        for code in one.after:
            ended.pop(code, None)
    return changes


def units(
    codes: Iterable[str], changes: Sequence[Change], *, from_date: date, until_date: date
) -> dict[str, str]:
    """Return the unit of each code between two days: the lowest code that it is tied to.

    A change on the first day is already in force on all days; one after the last is not yet.
    """
    parents: dict[str, str] = {}

    def root(code: str) -> str:
        while parents.get(code, code) != code:
            code = parents[code]
        return code

    for one in changes:
        if not from_date < one.on <= until_date:
            continue
        roots = sorted({root(code) for code in (*one.before, *one.after)})
        parents |= dict.fromkeys(roots[1:], roots[0])
    return {code: root(code) for code in codes}


def _codes(told: Any) -> tuple[str, ...]:
    return tuple(divisions.check(str(one)) for one in ([told] if isinstance(told, str) else told))


def _fault(one: Change, county_code: str, ended: Mapping[str, date]) -> str:
    if one.kind not in KINDS:
        return f"kind 写的是 {one.kind[:20]}，只有 {'、'.join(KINDS)}"
    least = KINDS[one.kind]
    counts = (len(set(one.before)), len(set(one.after)))
    is_one_sided = one.kind == "recode" or 1 in counts
    if counts < least or counts[1] < least[1] or not is_one_sided:
        return f"{one.on} 的 {one.kind} 前后各有 {counts[0]} 和 {counts[1]} 个代码"
    if one.kind == "recode" and (counts != (1, 1) or one.before == one.after):
        return f"{one.on} 的换代码要一个旧的、一个新的"
    wrong = [code for code in one.after if not code.startswith(county_code)]
    if wrong:
        return f"{wrong[0]} 不是本县的"
    gone = [code for code in one.before if code in ended]
    if gone:
        return f"{gone[0]} 在 {ended[gone[0]]} 已经没有了"
    return ""
