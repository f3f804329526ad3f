"""The rows that a case under check touches.

The closure is `data/record/closures/neighbourhood.yaml`.
Set-based: the same few reads serve one payment and a batch of hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import pyarrow as pa
import yaml

from sanzi.record import extraction, schema
from sanzi.record.extraction import Only, Row, Since

SUBJECT: Final = "subject"
FILE: Final = schema.FOLDER / "closures" / "neighbourhood.yaml"


@dataclass(frozen=True)
class Step:
    """Read `table` where `by` is among the values of the columns `sources` (table, column)."""

    table: str
    by: str
    sources: tuple[tuple[str, str], ...]
    since: tuple[str, ...] = ()


@cache
def steps() -> tuple[Step, ...]:
    """Return the steps in order, checked. Raises SchemaBroken."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(_step(number, item) for number, item in enumerate(data["steps"], start=1))


def _step(number: int, item: dict[str, Any]) -> Step:
    sources = tuple((table, column) for table, column in (one.split(".") for one in item["from"]))
    step = Step(item["read"], item["by"], sources, tuple(item.get("since", ())))
    try:
        extraction.position(step.table, step.by)
        for column in step.since:
            extraction.position(step.table, column)
        for table, column in step.sources:
            check_column(table, column)
    except KeyError as error:
        raise schema.SchemaBroken(f"neighbourhood.yaml: step {number}: unknown {error}") from error
    return step


@dataclass
class Neighbourhood:
    """The rows that cases touch, by table and primary key; `subject` is their payments."""

    case_ids: tuple[str, ...]
    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Hold rows of a table, each once."""
        keys = key_positions(table)
        held = self.rows.setdefault(table, {})
        for row in rows:
            held[tuple(row[at] for at in keys)] = row

    def pick(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Return these columns of the rows of a table or of `subject`; empty text is None."""
        shape = _payment_or(table)
        at = [extraction.position(shape, name) for name in columns]
        for row in self._rows(table):
            yield tuple(None if row[one] == "" else row[one] for one in at)

    def values(self, table: str, column: str) -> set[str]:
        """Return the values of a column, the empty ones left out."""
        if table == SUBJECT and column == "case_id":
            return set(self.case_ids)
        at = extraction.position(_payment_or(table), column)
        return {row[at] for row in self._rows(table) if row[at]}

    def tables(self, names: Iterable[str]) -> dict[str, pa.Table]:
        """Return the rows of these tables, typed; a table that nothing touched is empty."""
        return {name: extraction.to_arrow(name, list(self._rows(name))) for name in names}

    def earliest(self, at: datetime, columns: Sequence[str]) -> datetime:
        """Return the earliest time in these columns of the subject, or `at` when that is before."""
        times = {
            extraction.moment(one) for row in self.pick(SUBJECT, columns) for one in row if one
        }
        return min({at, *times})

    def _rows(self, table: str) -> Iterable[Row]:
        if table != SUBJECT:
            return self.rows.get(table, {}).values()
        case_at = extraction.position("payment", "case_id")
        return [row for row in self._rows("payment") if row[case_at] in self.case_ids]


def _payment_or(table: str) -> str:
    return "payment" if table == SUBJECT else table


def check_column(table: str, column: str) -> None:
    """Raise KeyError unless the table (or `subject`) has the column."""
    extraction.position(_payment_or(table), column)


@cache
def key_positions(table: str) -> tuple[int, ...]:
    """Return where the primary key of a table stands in its rows."""
    shape = schema.load_tables()[table]
    names = [shape.column(name).record or name for name in shape.primary_key]
    return tuple(extraction.position(table, name) for name in names)


@cache
def steps_for(tables: frozenset[str]) -> tuple[Step, ...]:
    """Return the steps that bring rows of these tables, or values that such a step asks by."""
    kept: list[Step] = []
    wanted = tables | {SUBJECT, "payment"}
    for step in reversed(steps()):
        if step.table in wanted:
            kept.append(step)
            wanted |= {table for table, _ in step.sources}
    return tuple(reversed(kept))


def collect(
    case_ids: Iterable[str],
    tables: Iterable[str],
    *,
    at: datetime,
    window_days: int | None = None,
) -> Neighbourhood:
    """Return all rows of `tables` that these cases touch, and the rows that lead to them.

    Units: steps with `since` go back `window_days` from the earliest time of the subject (`at`
    for what is not handed in yet); None leaves them out.
    """
    found = Neighbourhood(tuple(case_ids))
    asked: dict[tuple[str, str], set[str]] = {}
    for step in steps_for(frozenset(tables)):
        wanted = {value for source in step.sources for value in found.values(*source)}
        since = None
        if step.since:
            if window_days is None:
                continue
            since = Since(step.since, found.earliest(at, step.since) - timedelta(window_days + 1))
        else:
            wanted -= asked.setdefault((step.table, step.by), set())
            asked[step.table, step.by] |= wanted
        if wanted:
            rows = extraction.fetch(step.table, Only(step.by, sorted(wanted)), since)
            found.add(step.table, rows)
    return found
