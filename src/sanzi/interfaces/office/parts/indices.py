"""Scores in words and in small bars: points, figures, what would move them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from sanzi.insight.indices import rules
from sanzi.insight.indices.queries import Month, RowsPage, ScorePage, ScoreRow
from sanzi.insight.indices.rules import COUNT, Scored, ScoredField
from sanzi.insight.indices.shapes import Indicator
from sanzi.interfaces.look import words

NO_DATA: Final = "没有数据"
MOVERS_SHOWN: Final = 3


@dataclass(frozen=True)
class FigureRow:
    """One figure of a score: what it is, its value, its points, what it would bring."""

    title: str
    means: str
    value: str
    points: str
    gain: str
    better: str
    ends: str
    width: int
    rows_url: str
    rows_words: str


@dataclass(frozen=True)
class FieldPart:
    """One field with its points and its figures."""

    code: str
    title: str
    weight: int
    points: str
    width: int
    rows: tuple[FigureRow, ...]


def points(tenths: int | None) -> str:
    """Return `82.4`, or that there is no data."""
    return NO_DATA if tenths is None else f"{tenths // 10}.{tenths % 10}"


def change(row: ScoreRow) -> str:
    """Return how a score moved against the month before, in words."""
    if row.tenths is None or row.before is None:
        return "上月没有分"
    moved = row.tenths - row.before
    if not moved:
        return "和上月一样"
    return f"比上月{'高' if moved > 0 else '低'}{points(abs(moved))}"


def value(one: Scored) -> str:
    """Return a figure as people say it: a share with both sums, a rate, a count."""
    indicator, figure = one.indicator, one.figure
    if indicator.unit == COUNT:
        return f"{figure.part if figure else 0}条" if one.tenths is not None else NO_DATA
    if figure is None or figure.whole <= 0:
        return NO_DATA
    if indicator.unit == "per_thousand":
        return f"每千{_tenths(figure.part * 10_000 // figure.whole)}，一共{figure.part}条"
    share = f"{_tenths(figure.part * 1_000 // figure.whole)}%"
    if indicator.of == "weight":
        return share
    if indicator.of == "fen":
        return f"{share}，{words.yuan(figure.whole)}元里有{words.yuan(figure.part)}元"
    return f"{share}，{figure.whole}件里有{figure.part}件"


def ends(one: Indicator) -> str:
    """Return from where on a figure gets nothing and all."""
    return f"{end(one, one.hundred)}得满分，{end(one, one.zero)}不得分"


def end(one: Indicator, x: int) -> str:
    """Return one end of an indicator as people say it."""
    if one.unit == COUNT:
        return f"{x}条"
    if one.unit == "per_thousand":
        return f"每千{x}"
    return f"{_tenths(x)}%"


def _tenths(number: int) -> str:
    return f"{number // 10}.{number % 10}" if number % 10 else f"{number // 10}"


def fields(page: ScorePage) -> list[FieldPart]:
    """Return the fields of a score for its page."""
    return [_field(page, one) for one in page.fields]


def _field(page: ScorePage, field: ScoredField) -> FieldPart:
    return FieldPart(
        field.field.code,
        field.field.title,
        field.field.weight,
        points(field.tenths),
        (field.tenths or 0) // 10,
        tuple(_figure(page, one) for one in field.indicators),
    )


def _figure(page: ScorePage, one: Scored) -> FigureRow:
    gain = rules.gain(page.fields, one.indicator.code)
    costly = page.costly.get(one.indicator.code, 0)
    url = reverse("office:index_rows", args=[page.row.ext_id, one.indicator.code])
    return FigureRow(
        title=one.indicator.title,
        means=one.indicator.means,
        value=value(one),
        points=points(one.tenths),
        gain=f"做满多{points(gain)}分" if gain else "",
        better=one.indicator.better,
        ends=ends(one.indicator),
        width=(one.tenths or 0) // 10,
        rows_url=url if costly else "",
        rows_words=f"看扣分的{costly}件" if costly else "",
    )


def penalties(page: ScorePage) -> list[FigureRow]:
    """Return what was taken off beside the fields, for the page of a score."""
    return [
        FigureRow(
            title=one.penalty.title,
            means=one.penalty.means,
            value=f"{one.row_count}条",
            points=f"扣{points(one.tenths)}" if one.tenths else "没有扣",
            gain="",
            better=one.penalty.better,
            ends=f"一条扣{one.penalty.each}分，最多扣{one.penalty.most}分",
            width=0,
            rows_url=reverse("office:index_rows", args=[page.row.ext_id, one.penalty.code])
            if one.row_count
            else "",
            rows_words=f"看扣分的{page.costly.get(one.penalty.code, 0)}件",
        )
        for one in page.lost
    ]


def asked(found: RowsPage) -> FigureRow:
    """Return the figure, or the penalty, whose rows a page shows."""
    if found.scored is not None:
        return _figure(found.page, found.scored)
    code = found.lost.penalty.code if found.lost else ""
    lost = {one.penalty.code: row for one, row in zip(found.page.lost, penalties(found.page))}  # noqa: B905
    return lost[code]


def movers(page: ScorePage) -> list[tuple[str, str, str]]:
    """Return (figure, what to do, gain) of what costs most, penalties among them."""
    found = [
        (gain, one.indicator.code, one.indicator.title, one.indicator.better)
        for field in page.fields
        for one in field.indicators
        if (gain := rules.gain(page.fields, one.indicator.code))
    ]
    found += [
        (one.tenths, one.penalty.code, one.penalty.title, one.penalty.better)
        for one in page.lost
        if one.tenths
    ]
    found.sort(key=lambda one: (-one[0], one[1]))
    return [(title, better, points(gain)) for gain, _, title, better in found[:MOVERS_SHOWN]]


def bars(history: Sequence[Month]) -> list[dict[str, object]]:
    """Return the months as rows of a bar picture; a new version of the index is said."""
    versions = {one.version for one in history}
    return [
        {
            "name": f"{one.period[:4]}年{int(one.period[5:])}月"
            + (f"（第{one.version}版）" if len(versions) > 1 else ""),
            "words": points(one.tenths),
            "width": (one.tenths or 0) // 10,
        }
        for one in history
    ]
