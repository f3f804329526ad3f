"""From rows that were read to rows of the record's tables, and into a package of its own.

What is loaded goes the way of every package: `record.packages` writes it, `record.loaders` takes
it. There is no second loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sanzi.exchange import resolving
from sanzi.exchange.checking import Checked, RowRead
from sanzi.exchange.resolving import Lookups
from sanzi.exchange.rules import Source, Target
from sanzi.kernel import clock
from sanzi.record import cells
from sanzi.record.schema import Table, load_tables

PREFIXES = {"award": resolving.AWARD, "counterparty": "QY"}


@dataclass(frozen=True)
class Filled:
    """Rows of one table, and the row of the sheet that each came from."""

    rows: list[dict[str, object]]
    numbers: list[int]


def fill(source: Source, checked: Checked) -> dict[str, Filled]:
    """Return what goes into each table; the same key of a table is written once."""
    made: dict[str, Filled] = {}
    lookups = checked.lookups
    assert lookups is not None  # noqa: S101 - told to mypy; every check has them
    for target in source.targets:
        table = load_tables()[target.table]
        filled = made.setdefault(target.table, Filled([], []))
        seen: set[tuple[object, ...]] = set()
        for row in checked.rows:
            if not row.is_taken or any(name not in row.values for name in target.when):
                continue
            values = _values(source, target, row, lookups)
            key = tuple(values.get(name) for name in table.primary_key)
            if key not in seen:
                seen.add(key)
                filled.rows.append(_typed(table, values))
                filled.numbers.append(row.number)
    return made


def _values(
    source: Source, target: Target, row: RowRead, lookups: Lookups
) -> dict[str, object | None]:
    firm = lookups.firms.get(row.values.get("uscc", "")) if target.table == "counterparty" else None
    made: dict[str, object | None] = {} if firm is None else dict(resolving.kept(firm))
    for column, said in target.columns.items():
        if said.startswith("="):
            made.setdefault(column, said[1:])
        elif said.startswith("@"):
            found = _made(said[1:], source, target, row, lookups)
            made[column] = found or made.get(column)
        else:
            made[column] = row.values.get(said) or made.get(column)
    return made


def _made(
    what: str, source: Source, target: Target, row: RowRead, lookups: Lookups
) -> object | None:
    """Return what the room works out for a row."""
    if what in ("program", "program_org"):
        program = lookups.program(row.values["program"], row.values["period"])
        assert program is not None  # noqa: S101 - such a row is wrong and not here
        return program.ext_id if what == "program" else program.organisation.ext_id
    prefix = PREFIXES.get(target.table, "WB")
    if what == "firm":
        known = lookups.firms.get(row.values["uscc"])
        return known.ext_id if known else f"{prefix}-{row.values['uscc']}"
    if what == "paid_at":
        day = row.values.get("paid", "") if row.values.get("result") == "paid" else ""
        return clock.midnight(date.fromisoformat(day)) if day else None
    person = row.person
    return {
        "person": person.ext_id if person else None,
        "household": person.household if person else None,
        "village": row.village,
        "key": resolving.key_of(prefix, row.values, source.key),
    }[what]


def _typed(table: Table, values: Mapping[str, object | None]) -> dict[str, object]:
    """Return values as a package is written; texts of typed columns stand as they are."""
    kinds: Mapping[str, Any] = {one.name: one.type for one in table.exchange_columns}
    return {
        name: value if isinstance(value, str) else cells.written(_plain(value))
        for name, value in values.items()
        if value is not None and name in kinds
    }


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | Decimal | date | datetime) else str(value)
