"""The rows that a case under check touches.

The closure is `data/record/closures/neighbourhood.yaml`.
Set-based: the same few reads serve one payment and a batch of hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pyarrow as pa
import yaml

from sanzi.record import extraction, schema
from sanzi.record.extraction import Only, Row

SUBJECT: Final = "subject"
FILE: Final = schema.FOLDER / "closures" / "neighbourhood.yaml"


@dataclass(frozen=True)
class Step:
    """Read `table` where `by` is among the values of the columns `sources` (table, column)."""

    table: str
    by: str
    sources: tuple[tuple[str, str], ...]
    within: str | None


@cache
def steps() -> tuple[Step, ...]:
    """Return the steps in order, checked. Raises SchemaBroken."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(_step(number, item) for number, item in enumerate(data["steps"], start=1))


def _step(number: int, item: dict[str, Any]) -> Step:
    sources = tuple((table, column) for table, column in (one.split(".") for one in item["from"]))
    step = Step(item["read"], item["by"], sources, item.get("within"))
    try:
        extraction.position(step.table, step.by)
        if step.within:
            extraction.position(step.table, step.within)
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


def collect(case_ids: Iterable[str], tables: Iterable[str]) -> Neighbourhood:
    """Return all rows of `tables` that these cases touch, and the rows that lead to them."""
    found = Neighbourhood(tuple(case_ids))
    done: dict[tuple[str, str], set[str]] = {}
    for step in steps_for(frozenset(tables)):
        asked = done.setdefault((step.table, step.by), set())
        wanted = {value for source in step.sources for value in found.values(*source)} - asked
        if not wanted:
            continue
        if step.within is None:
            asked |= wanted
        within = None
        if step.within is not None:
            within = Only(step.within, sorted(found.values(SUBJECT, step.within)))
        found.add(step.table, extraction.fetch(step.table, Only(step.by, sorted(wanted)), within))
    return found
