"""Rows behind a figure, in a city: what a county published last, out of the city's own cache.

Nothing is asked of the lake and nothing taken: rows are those that the night counted, as of the
county's own moment, with its pseudonyms. Statements run over the whole county, so they find what
they found in the night; only the rows of the place come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb
from django.conf import settings

from sanzi.record import engine, schema, snapshot
from sanzi.record.engine import Session
from sanzi.record.lake import copies, reading
from sanzi.record.lake.errors import BeingTaken
from sanzi.record.lake.reading import County, Taken
from sanzi.record.snapshot import Columns

MEMORY: Final = "1GB"
_COUNTY_DIGITS: Final = 6
_ASKED: Final = (
    "SELECT r.* FROM ({sql}) r WHERE list_contains($of_places, r.village_id)"
)  # fmt: skip
_VALUES: Final = "SELECT DISTINCT r.{column} AS value FROM stg_{table} r WHERE r.{column} <> ''"
_ROWS: Final = "SELECT r.* FROM stg_{table} r WHERE list_contains($of_keys, r.{key})"


def reads_a_lake() -> bool:
    """Return whether this installation is one of a city or a province."""
    return settings.SANZI.lake_counties is not None


def taken(division_code: str) -> Taken | None:
    """Return what was taken last of the county in which a place lies; None where nothing was.

    Raises: BadCountyList.
    """
    file = settings.SANZI.lake_counties
    county = reading.counties(file).get(division_code[:_COUNTY_DIGITS]) if file else None
    return reading.kept(county, settings.SANZI.var / "lake-cache") if county else None


def codes_of(county: County, division_code: str) -> list[str]:
    """Return the codes under which rows of a place may stand: the county's code has changed."""
    return [code + division_code[_COUNTY_DIGITS:] for code in county.codes]


def ask(
    found: Taken, sql: str, division_code: str, values: Mapping[str, Any], *, seconds: float
) -> list[dict[str, Any]]:
    """Return the rows of a checked statement at one place, without what lies below it.

    Nothing where the county's program is older than what the statement reads.
    Raises: BeingTaken, QueryInterrupted, EngineFailed.
    """
    wanted = snapshot.columns_of([engine.check(sql)])
    if found.evolved.lacks(wanted):
        return []
    places = codes_of(found.county, division_code)
    with _held(found, wanted) as session:
        given = {**values, "of_places": places}
        return session.run(_ASKED.format(sql=sql), given, seconds=seconds)


def values_in(found: Taken, table: str, column: str) -> list[str]:
    """Return the values that a text column has in a county, each once; none where it lacks it.

    Raises: BeingTaken, QueryInterrupted, EngineFailed.
    """
    wanted = {table: (column,)}
    if found.evolved.lacks(wanted):
        return []
    with _held(found, wanted) as session:
        told = session.run(_VALUES.format(table=table, column=column), {})
        return [str(one["value"]) for one in told]


def rows(
    found: Taken, wanted: Mapping[str, Sequence[str]], *, seconds: float
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return rows of the county by table and key, with the columns that it has.

    Raises: BeingTaken, QueryInterrupted, EngineFailed.
    """
    keys = {name: table.primary_key[0] for name, table in schema.load_tables().items()
            if name in wanted and len(table.primary_key) == 1}  # fmt: skip
    columns = {}
    for name in keys:
        if name in found.evolved.tables:
            there = found.evolved.tables[name][1]
            columns[name] = tuple(one for one in there if f"{name}.{one}" not in
                                  found.evolved.absent)  # fmt: skip
    told: dict[str, dict[str, dict[str, Any]]] = {}
    with _held(found, columns) as session:
        for name in columns:
            sql = _ROWS.format(table=name, key=keys[name])
            given = {"of_keys": sorted(set(wanted[name]))}
            answer = session.run(sql, given, seconds=seconds)
            told[name] = {str(one[keys[name]]): one for one in answer}
    return told


@contextmanager
def _held(found: Taken, wanted: Columns) -> Iterator[Session]:
    """Hold these columns of a county. Raises: BeingTaken, when the night drops a file."""
    try:
        with copies.held(found, wanted, memory=MEMORY) as session:
            yield session
    except duckdb.IOException as error:
        raise BeingTaken(county=found.county.code) from error
