"""Weights, ends, grades, caps and penalties of an index as fields of a form, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from sanzi.insight.indices import versions
from sanzi.insight.indices.shapes import Index, Indicator
from sanzi.insight.indices.simulation import ChangeRow, Outcome, Simulated, Simulation
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office.parts import indices as index_parts
from sanzi.interfaces.office.parts.index_tables import FLAGS

ENDS = ("w", "z", "h")
TOGETHER = "p-max"
"""The field of what all penalties together may take; no penalty is called `max`."""


@dataclass(frozen=True)
class Typed:
    """One indicator's row of the form: its names, its unit and what stands in the fields."""

    code: str
    title: str
    unit: str
    weight: str
    zero: str
    hundred: str


@dataclass(frozen=True)
class TypedField:
    """One field of the index with its weight and its rows."""

    code: str
    title: str
    weight: str
    rows: tuple[Typed, ...]


def form(index: Index, typed: Mapping[str, str]) -> list[TypedField]:
    """Return the form of an index: what was typed, else what holds now."""
    return [
        TypedField(
            one.code,
            one.title,
            typed.get(f"w-{one.code}", str(one.weight)),
            tuple(_row(part, typed) for part in one.indicators),
        )
        for one in index.fields
    ]


@dataclass(frozen=True)
class Limit:
    """A line of grades, caps or penalties: (name of the field, label, what stands in it) each."""

    code: str
    title: str
    boxes: tuple[tuple[str, str, str], ...]


def limits(index: Index, typed: Mapping[str, str]) -> list[tuple[str, list[Limit]]]:
    """Return grades, caps and penalties as parts of the form; what an index has none of is out."""

    def line(code: str, title: str, *boxes: tuple[str, str, int]) -> Limit:
        return Limit(
            code,
            title,
            tuple((name, label, typed.get(name, str(now))) for name, label, now in boxes),
        )

    bands = [
        line(f"b-{one.grade}", f"{one.grade}级，{one.title}",
             (f"b-{one.grade}", "从几分起", one.from_points))
        for one in index.bands
    ]  # fmt: skip
    caps = [
        line(f"c-{one.code}", one.title, (f"c-{one.code}", "最多几分", one.limit))
        for one in index.caps
    ]
    penalties = [
        line(f"p-{one.code}", one.title, (f"p-{one.code}-e", "一条扣几分", one.each),
             (f"p-{one.code}-m", "最多扣几分", one.most))
        for one in index.penalties
    ]  # fmt: skip
    if penalties:
        whole = (TOGETHER, "最多扣几分", index.penalty_max)
        penalties.append(line(TOGETHER, "几样合起来", whole))
    parts = [("等级", bands), ("封顶（有一条就算）", caps), ("另外扣分", penalties)]
    return [(title, lines) for title, lines in parts if lines]


def _limits(index: Index, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed of grades, caps and penalties; what the form did not have is left."""
    penalties = {
        one.code: [_number(typed.get(f"p-{one.code}-{end}", "")) for end in "em"]
        for one in index.penalties
    }
    found: dict[str, Any] = {}
    if any(name.startswith("b-") for name in typed):
        found["bands"] = {
            one.grade: _number(typed.get(f"b-{one.grade}", "")) for one in index.bands
        }
    if any(name.startswith("c-") for name in typed):
        found["caps"] = {one.code: _number(typed.get(f"c-{one.code}", "")) for one in index.caps}
    if penalties and any(name.startswith("p-") for name in typed):
        found["penalties"] = penalties
        found["together"] = {"penalty_max": _number(typed.get(TOGETHER, ""))}
    return found


def _limits_typed(given: Mapping[str, Any]) -> dict[str, str]:
    found = {f"b-{grade}": str(points) for grade, points in given.get("bands", {}).items()}
    found |= {f"c-{code}": str(limit) for code, limit in given.get("caps", {}).items()}
    for code, (each, most) in given.get("penalties", {}).items():
        found[f"p-{code}-e"], found[f"p-{code}-m"] = str(each), str(most)
    if given.get("together"):
        found[TOGETHER] = str(given["together"]["penalty_max"])
    return found


def _limits_told(index: Index, given: Mapping[str, Any]) -> list[str]:
    """Return in words what settings change of grades, caps and penalties."""
    bands, caps = given.get("bands", {}), given.get("caps", {})
    found = [
        f"{one.grade}级：从{one.from_points}分起改成从{bands[one.grade]}分起"
        for one in index.bands
        if bands.get(one.grade, one.from_points) != one.from_points
    ]
    found += [
        f"{one.title}：最多{one.limit}分改成最多{caps[one.code]}分"
        for one in index.caps
        if caps.get(one.code, one.limit) != one.limit
    ]
    for one in index.penalties:
        each, most = given.get("penalties", {}).get(one.code, (one.each, one.most))
        if (each, most) != (one.each, one.most):
            found.append(
                f"{one.title}：一条扣{one.each}分、最多{one.most}分，改成一条扣{each}分、最多{most}分"
            )
    whole = given.get("together", {}).get("penalty_max", index.penalty_max)
    if whole != index.penalty_max:
        found.append(f"扣分合起来：最多{index.penalty_max}分改成最多{whole}分")
    return found


def _row(one: Indicator, typed: Mapping[str, str]) -> Typed:
    return Typed(
        one.code,
        one.title,
        {"share": "%", "per_thousand": "每千"}.get(one.unit, "条"),
        typed.get(f"{one.code}-w", str(one.weight)),
        typed.get(f"{one.code}-z", _shown(one, one.zero)),
        typed.get(f"{one.code}-h", _shown(one, one.hundred)),
    )


def _shown(one: Indicator, value: int) -> str:
    if one.unit != "share":
        return str(value)
    return f"{value // 10}.{value % 10}" if value % 10 else str(value // 10)


def settings(index: Index, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed as settings; what is no number is left as it was typed.

    The rules refuse what is no whole number, and name it.
    """
    return {
        "fields": {one.code: _number(typed.get(f"w-{one.code}", "")) for one in index.fields},
        "indicators": {
            one.code: [
                _number(typed.get(f"{one.code}-w", "")),
                *(_number(typed.get(f"{one.code}-{end}", ""), one) for end in ENDS[1:]),
            ]
            for one in index.indicators
        },
        **_limits(index, typed),
    }


def _number(text: str, one: Indicator | None = None) -> int | str:
    try:
        value = Decimal(text.strip()) * (10 if one is not None and one.unit == "share" else 1)
        return int(value) if value == value.to_integral_value() else text
    except (InvalidOperation, ValueError, OverflowError):
        return text


def typed_of(index: Index, given: Mapping[str, Any]) -> dict[str, str]:
    """Return settings as they would be typed, to carry them from form to form."""
    found = {f"w-{code}": str(weight) for code, weight in given["fields"].items()}
    known = {one.code: one for one in index.indicators}
    for code, (weight, zero, hundred) in given["indicators"].items():
        if code in known:
            found[f"{code}-w"] = str(weight)
            found[f"{code}-z"] = _shown(known[code], zero)
            found[f"{code}-h"] = _shown(known[code], hundred)
    return found | _limits_typed(given)


def told(index: Index, given: Mapping[str, Any]) -> list[str]:
    """Return in words what settings change of an index."""
    now = versions.settings_of(index)
    titles = {one.code: one.title for one in index.fields}
    found = [
        f"{titles[code]}：权重{now['fields'][code]}改成{weight}"
        for code, weight in given["fields"].items()
        if now["fields"].get(code) != weight
    ]
    for one in index.indicators:
        new = given["indicators"].get(one.code)
        if new is None or list(new) == now["indicators"][one.code]:
            continue
        weight, zero, hundred = new
        found.append(
            f"{one.title}：权重{one.weight}、{index_parts.ends(one)}，改成权重{weight}、"
            f"{index_parts.end(one, hundred)}得满分，{index_parts.end(one, zero)}不得分"
        )
    return found + _limits_told(index, given)


def ledger(found: Simulation, rows: list[Simulated]) -> Ledger:
    """Return places before and after as a table."""
    unit = "乡镇" if found.index.is_of_towns else "村"
    return Ledger(
        caption=f"各{unit}改前改后",
        columns=[Column(unit), Column("现在", "money"), Column("改后", "money"), Column("变化")],
        rows=[
            Row(
                [
                    Cell(one.name),
                    Cell(index_parts.points(one.before.tenths), sub=_place(one.before)),
                    Cell(index_parts.points(one.after.tenths), sub=_place(one.after)),
                    _moved(one),
                ]
            )
            for one in rows
        ],
        is_row_headed=True,
    )


def _place(one: Outcome) -> str:
    place = "" if one.place is None else f"第{one.place}名"
    grade = f"{one.grade}级" if one.grade else "不定级"
    flag = f"，{FLAGS[one.flag]}" if one.flag else ""
    return "，".join(part for part in (place, grade) if part) + flag


def _moved(one: Simulated) -> str:
    if not one.moved:
        return "没有变"
    return f"{'高' if one.moved > 0 else '低'}{index_parts.points(abs(one.moved))}分"


def change_url(index: Index, one: ChangeRow) -> str:
    """Return the address that tries what a change asks for."""
    asked = urlencode({"try": "1", **typed_of(index, one.settings)})
    return f"{reverse('office:index_settings', args=[index.code])}?{asked}"
