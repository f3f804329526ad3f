"""The rows that a case under check touches.

The closure is `data/record/closures/neighbourhood.yaml`.
Set-based: the same few reads serve one payment and a batch of hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable
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
            extraction.position("payment" if table == SUBJECT else table, column)
    except KeyError as error:
        raise schema.SchemaBroken(f"neighbourhood.yaml: step {number}: unknown {error}") from error
    return step


@dataclass
class _Found:
    """Rows by table and primary key; `subject` is the payments of the case."""

    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)
    case_ids: tuple[str, ...] = ()

    def add(self, table: str, rows: Iterable[Row]) -> None:
        keys = key_positions(table)
        held = self.rows.setdefault(table, {})
        for row in rows:
            held[tuple(row[at] for at in keys)] = row

    def values(self, table: str, column: str) -> set[str]:
        if table == SUBJECT and column == "case_id":
            return set(self.case_ids)
        if table == SUBJECT:
            case_at = extraction.position("payment", "case_id")
            at = extraction.position("payment", column)
            held = self.rows.get("payment", {}).values()
            return {row[at] for row in held if row[at] and row[case_at] in self.case_ids}
        at = extraction.position(table, column)
        return {row[at] for row in self.rows.get(table, {}).values() if row[at]}


@cache
def key_positions(table: str) -> tuple[int, ...]:
    """Return where the primary key of a table stands in its rows."""
    shape = schema.load_tables()[table]
    names = [shape.column(name).record or name for name in shape.primary_key]
    return tuple(extraction.position(table, name) for name in names)


def collect(case_ids: Iterable[str], tables: Iterable[str]) -> dict[str, pa.Table]:
    """Return all rows that these cases touch, by table; `tables` not touched are empty."""
    found = _Found(case_ids=tuple(case_ids))
    done: dict[tuple[str, str], set[str]] = {}
    for step in steps():
        asked = done.setdefault((step.table, step.by), set())
        wanted = {value for source in step.sources for value in found.values(*source)} - asked
        if not wanted:
            continue
        if step.within is None:
            asked |= wanted
        within = None
        if step.within is not None:
            within = Only(step.within, sorted(found.values(SUBJECT, step.within)))
        rows = extraction.fetch(step.table, Only(step.by, sorted(wanted)), within)
        found.add(step.table, rows)
    return {
        table: extraction.to_arrow(table, list(found.rows.get(table, {}).values()))
        for table in tables
    }
