"""Count the statements of the cockpit for a report: one place, its parts, the months it compares.

The same statements as the cockpit's, run over the rows of the place at one moment, with a window
that reaches back over the periods a report compares with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

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
Alerts = Sequence[Sequence[Any]]
"""Rows of alert, place, month, key, part, whole."""


@dataclass(frozen=True)
class Counts:
    """What the statements counted, by statement and division: sums by (month, key)."""

    sums: Mapping[str, Mapping[str, Months]]
    at: datetime
    alerts: Mapping[str, Alerts] = field(default_factory=dict)
    """Each alert behind the sums of a statement: a reader whom it names is told sums without it."""

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
    told = _told(place, below)
    found: dict[str, dict[str, Months]] = {}
    alerts: dict[str, Alerts] = {}
    with engine.warm_session(tables) as session:
        for slot, panel in wanted.items():
            sql = statements[panel.statement]
            given = {**counting.values(at), "since": _since(slot, period, at)}
            if counting.is_of_alerts(sql):
                alerts[slot] = _each(session.run(sql, given, seconds=SECONDS_MAX))
                rows = _summed(alerts[slot])
            else:
                rows = session.run(counting.sums_of(sql), given, seconds=SECONDS_MAX)
            found[slot] = _gathered(rows, given["since"], told)
    return Counts(found, at, alerts)


def without(
    alerts: Mapping[str, Alerts],
    named: AbstractSet[str],
    *,
    place: Place,
    below: Iterable[str],
    period: Period,
    at: datetime,
) -> Counts:
    """Return the counts of kept alerts, less those that are named."""
    told = _told(place, below)
    left = {slot: [one for one in rows if one[0] not in named] for slot, rows in alerts.items()}
    sums = {
        slot: _gathered(_summed(rows), _since(slot, period, at), told)
        for slot, rows in left.items()
    }
    return Counts(sums, at, left)


def _told(place: Place, below: Iterable[str]) -> Mapping[str, bool]:
    """Return the places that a report tells, and whether by what is rolled up under them."""
    return {place.code: place.level != VILLAGE, **dict.fromkeys(below, place.level == "county")}


def _since(slot: str, period: Period, at: datetime) -> date:
    if slot.endswith("/now"):
        return counting.first_day(at)
    return periods.first_of((period.year_ago or period.before).first_date, EARLIER_MONTHS)


def _each(rows: Iterable[Mapping[str, Any]]) -> Alerts:
    return [
        [
            row["row_id"], row["village_id"], row["month"] or "", row["key"],
            int(row["part"]), int(row["whole"]),
        ]
        for row in sorted(rows, key=lambda one: (one["row_id"], one["key"]))
        if row["village_id"] and row["key"]
    ]  # fmt: skip


def _summed(rows: Alerts) -> list[dict[str, Any]]:
    return [
        {"village_id": place, "month": month, "key": key, "part": part, "whole": whole,
         "row_count": 1}
        for _, place, month, key, part, whole in rows
    ]  # fmt: skip


def _gathered(
    rows: Iterable[Mapping[str, Any]], since: date, told: Mapping[str, bool]
) -> dict[str, Months]:
    found: dict[str, Months] = {}
    for (code, is_rolled, month, key), one in counting.rolled(rows, since).items():
        if code in told and is_rolled == told[code]:
            found.setdefault(code, {})[month, key] = one
    return found


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
