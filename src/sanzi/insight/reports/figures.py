"""A figure of a report with what it is compared with, and how each is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanzi.insight.cockpit import panels
from sanzi.insight.cockpit import words as panel_words
from sanzi.insight.cockpit.shapes import Panel, Place, Sum
from sanzi.insight.reports import counts as report_counts
from sanzi.insight.reports import periods
from sanzi.insight.reports.counts import Counts
from sanzi.insight.reports.periods import Period
from sanzi.insight.reports.shapes import Condition, Figure

NO_DATA: Final = "没有数据"
NOW: Final = "now"


@dataclass(frozen=True)
class Told:
    """A figure of a period, of the period before, of the same one a year ago; None: no data."""

    figure: Figure
    now: Sum | None
    before: Sum | None
    year: Sum | None

    @property
    def panel(self) -> Panel:
        """The panel that the figure is of."""
        return self.figure.panel

    def value(self, side: str = "") -> int | None:
        """Return the whole number of a side: the period itself, `before` or `year`."""
        one = {"": self.now, "before": self.before, "year": self.year}[side]
        return None if one is None else panels.value(self.panel, one)

    def holds(self, condition: Condition) -> bool:
        """Return whether a condition on this figure holds; what has no data is never up or down."""
        value, before = self.value(), self.value("before")
        if condition.state in ("data", "no_data"):
            return (value is not None) == (condition.state == "data")
        if condition.state in ("some", "none"):
            return value is not None and (value != 0) == (condition.state == "some")
        if value is None or before is None:
            return False
        return {"up": value > before, "down": value < before, "same": value == before}[
            condition.state
        ]


def told(
    figure: Figure, counts: Counts, place: str, period: Period, earlier: Earlier, *, is_fresh: bool
) -> Told:
    """Return a figure with its comparisons; how things stood comes from earlier reports."""
    if figure.panel.time == NOW:
        own = report_counts.sum_of(counts, figure, place, period) if is_fresh else None
        return Told(
            figure,
            own if is_fresh else earlier.own.get(figure.name),
            earlier.before.get(figure.name),
            earlier.year.get(figure.name),
        )
    year = period.year_ago
    return Told(
        figure,
        report_counts.sum_of(counts, figure, place, period),
        report_counts.sum_of(counts, figure, place, period.before, is_whole=True),
        report_counts.sum_of(counts, figure, place, year, is_whole=True) if year else None,
    )


@dataclass(frozen=True)
class Earlier:
    """Figures that reports of this place kept: of this very period, the one before, a year ago."""

    own: Mapping[str, Sum]
    before: Mapping[str, Sum]
    year: Mapping[str, Sum]


def kept(body: Mapping[str, Any]) -> dict[str, Sum]:
    """Return the figures that a kept report holds, by name."""
    found = [*body.get("figures", ()), *body.get("lines", ())]
    return {one["name"]: Sum(*one["now"]) for one in found if one["now"] is not None}


def said(told_one: Told, aside: str, period: Period) -> str:
    """Return a figure as a sentence says it, or how it stands beside an earlier period."""
    panel = told_one.panel
    if not aside:
        return NO_DATA if told_one.now is None else panel_words.told(panel, told_one.now)
    name = periods.BEFORE if aside == "before" else periods.LAST_YEAR_WORDS
    words = name[period.kind]
    old, new = told_one.value(aside), told_one.value()
    if old is None or new is None:
        return f"{words}{NO_DATA}"
    return compared(panel, words, new, old)


def compared(panel: Panel, words: str, new: int, old: int) -> str:
    """Return `比上月多1.20万元（3.4%）`; shares in percentage points, no rate of nothing."""
    if new == old:
        return f"和{words}一样"
    gap = abs(new - old)
    if panel.of == "share":
        return f"比{words}{'高' if new > old else '低'}{panel_words.tenths(gap)}个百分点"
    more = "多" if new > old else "少"
    rate = f"（{panel_words.tenths((gap * 1000 * 2 + old) // (2 * old))}%）" if old > 0 else ""
    return f"比{words}{more}{panel_words.said(panel, gap)}{rate}"


def frozen(one: Told, place: Place, period: Period) -> dict[str, Any]:
    """Return a figure as a report keeps it."""
    return {
        "name": one.figure.name,
        "title": one.figure.title,
        "panel": one.panel.code,
        "lines": list(one.figure.lines),
        "unit": panel_words.exact_unit(one.panel),
        "of": one.panel.of,
        "time": one.panel.time,
        "now": _sum(one.now),
        "before": _sum(one.before),
        "year": _sum(one.year),
        "text": cell(one.panel, one.value()),
        "before_text": cell(one.panel, one.value("before")),
        "year_text": cell(one.panel, one.value("year")) if period.year_ago else "",
        "from": source(place, one.panel, one.figure.lines, period) if one.now else None,
    }


def _sum(one: Sum | None) -> list[int] | None:
    return None if one is None else [one.part, one.whole, one.row_count]


def cell(panel: Panel, value: int | None) -> str:
    """Return a figure as a table writes it."""
    return NO_DATA if value is None else panel_words.exact(panel, value)


def kind_of(all_panels: Sequence[Panel]) -> str:
    """Return how a column of figures is written: as money when all of them are."""
    is_money = all(one.unit == "fen" and one.of == "sum" for one in all_panels)
    return "money" if is_money else "figure"


def in_cell(panel: Panel, value: int | None, kind: str) -> str | int:
    """Return a figure for a column: fen as they are where all are money, else as text."""
    if value is None:
        return NO_DATA
    return value if kind == "money" else panel_words.exact(panel, value)


def source(place: Place, panel: Panel, lines: Sequence[str], period: Period) -> list[str]:
    """Return where a figure comes from: a panel of a place, its line and month when it is one."""
    month = period.code if period.kind == periods.MONTH and panel.time != NOW else ""
    key = lines[0] if len(lines) == 1 else ""
    return ["panel", place.code, place.level, panel.code, key, month]
