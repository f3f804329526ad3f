"""Weights and ends of an index as fields of a form, and read back from what was typed."""

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
from sanzi.interfaces.office import index_parts
from sanzi.interfaces.office.index_tables import FLAGS

ENDS = ("w", "z", "h")


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
    return found


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
    return found


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
