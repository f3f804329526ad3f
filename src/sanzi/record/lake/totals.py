"""What villages paid, month by month or year by year, comparable over merges and splits.

Villages that a change within the days ties together are one unit on all days: see `divisions`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sanzi.record.lake import copies, divisions
from sanzi.record.lake.reading import Taken

STATEMENT: Final = """
SELECT p.village_id, strftime(p.paid_at, '%Y-%m') AS ym,
    CAST(SUM(p.amount_fen) AS BIGINT) AS paid_fen, COUNT(*) AS payments
FROM stg_payment p
WHERE p.status = 'paid' AND p.paid_at >= CAST($first AS TIMESTAMP)
    AND p.paid_at < CAST($after AS TIMESTAMP) AND p.village_id IS NOT NULL
GROUP BY p.village_id, strftime(p.paid_at, '%Y-%m')
"""
COLUMNS: Final = {"payment": ("village_id", "amount_fen", "paid_at", "status")}
PERIODS: Final = {"month": 7, "year": 4}


@dataclass(frozen=True)
class Total:
    """What a unit paid in a period. `villages` are the codes that are one unit."""

    county_code: str
    unit: str
    villages: tuple[str, ...]
    period: str
    payments: int
    paid_fen: int


def of(one: Taken, *, from_date: date, until_date: date, by: str) -> list[Total]:
    """Return what each unit of a county paid between two days, the last one counted.

    Shapes: `by` is month or year.
    """
    values = {"first": from_date, "after": until_date + timedelta(days=1)}
    with copies.held(one, COLUMNS) as session:
        rows = session.run(STATEMENT, values)
    changes = divisions.read(one.manifest.division_changes)
    codes = {row["village_id"] for row in rows}
    tied = {code for change in changes for code in (*change.before, *change.after)}
    units = divisions.units(codes | tied, changes, from_date=from_date, until_date=until_date)
    members: dict[str, set[str]] = defaultdict(set)
    for code, unit in units.items():
        members[unit].add(code)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        held = sums[units[row["village_id"]], row["ym"][: PERIODS[by]]]
        held[0] += row["payments"]
        held[1] += row["paid_fen"]
    return [
        Total(one.county.code, unit, tuple(sorted(members[unit])), period, count, fen)
        for (unit, period), (count, fen) in sorted(sums.items())
    ]
