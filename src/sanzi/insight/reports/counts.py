"""Count the statements of the cockpit for a report: one place, its parts, the months it compares.

The same statements as the cockpit's, run over the rows of the place at one moment, with a window
that reaches back over the periods a report compares with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sanzi.insight.cockpit import catalogue as panel_catalogue
from sanzi.insight.cockpit import counting
from sanzi.insight.cockpit import lines as panel_lines
from sanzi.insight.cockpit.shapes import NOTHING, Counted, Panel, Place, Sum
from sanzi.insight.reports import periods
from sanzi.insight.reports.periods import Period
from sanzi.insight.reports.shapes import Figure
from sanzi.kernel import clock
from sanzi.record import engine, places

SECONDS_MAX: Final = 120.0
VILLAGE: Final = "village"
EARLIER_MONTHS: Final = 12
"""How far before the oldest compared month rows are looked for: they show that the record began."""
Months = dict[tuple[str, str], Sum]


@dataclass(frozen=True)
class Counts:
    """What the statements counted, by statement and division: sums by (month, key)."""

    sums: Mapping[str, Mapping[str, Months]]
    at: datetime

    def of(self, panel: Panel, division_code: str) -> Counted:
        """Return the figures of a place under the lines of a panel."""
        return panel_lines.counted_of(panel, self._months(panel, division_code))

    def _months(self, panel: Panel, division_code: str) -> Months:
        return self.sums.get(slot_of(panel), {}).get(division_code, {})

    def begins(self, panel: Panel, division_code: str) -> str:
        """Return the first month in which the record has a row; empty for none."""
        months = [month for month, _ in self._months(panel, division_code) if month]
        return min(months, default="")

    @property
    def is_empty(self) -> bool:
        """Whether the record holds no row of the place."""
        return not any(months for places in self.sums.values() for months in places.values())


def slot_of(panel: Panel) -> str:
    """Return under which name a panel's statement is counted: its window depends on its time."""
    return f"{panel.statement}/{'now' if panel.time == 'now' else 'months'}"


def count(panels: Iterable[Panel], place: Place, below: Iterable[str], period: Period,
          at: datetime) -> Counts:  # fmt: skip
    """Run the statements of panels over the rows of a place as they stand."""
    wanted = {slot_of(one): one for one in panels}
    statements = panel_catalogue.statements()
    checked = [engine.check(statements[one.statement]) for one in wanted.values()]
    tables, _ = places.read({name for one in checked for name in one.tables}, place.code)
    told = {place.code: place.level != VILLAGE, **dict.fromkeys(below, place.level == "county")}
    found: dict[str, dict[str, Months]] = {}
    with engine.warm_session(tables) as session:
        for slot, panel in wanted.items():
            given = counting.values(at)
            if panel.time != "now":
                oldest = (period.year_ago or period.before).first_date
                given["since"] = periods.first_of(oldest, EARLIER_MONTHS)
            rows = session.run(
                counting.sums_of(statements[panel.statement]), given, seconds=SECONDS_MAX
            )
            for (code, is_rolled, month, key), one in counting.rolled(rows, given["since"]).items():
                if code in told and is_rolled == told[code]:
                    found.setdefault(slot, {}).setdefault(code, {})[month, key] = one
    return Counts(found, at)


def sum_of(
    counts: Counts, figure: Figure, code: str, period: Period, *, is_whole: bool = False
) -> Sum | None:
    """Return what a figure was in a period; None where the record had not begun.

    With `is_whole` a period in which the record began is none, either: a part of it cannot be
    compared. Shapes: a balance is what had gathered at the period's end; lines of `now` know no
    period.
    """
    panel, lines = figure.panel, set(figure.lines)
    counted = counts.of(panel, code)
    found = {slot: one for slot, one in counted.sums.items() if not lines or slot[1] in lines}
    if panel.time == "now":
        return sum(found.values(), NOTHING)
    begins = counts.begins(panel, code)
    last = period.months[-1]
    if not begins or begins > last:
        return None
    if panel.time == "balance":
        return sum((one for (month, _), one in found.items() if month <= last), NOTHING)
    if is_whole and begins > period.months[0]:
        return None
    return sum((one for (month, _), one in found.items() if month in period.months), NOTHING)


def is_fresh(period: Period, at: datetime, fresh_days: int) -> bool:
    """Return whether what stands now may be told of a period: it ended so many days ago at most."""
    return 0 <= (clock.local_date(at) - period.last_date).days <= fresh_days
