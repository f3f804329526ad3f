"""What a case is judged on: the tables whose rows carry its number, and their parts.

A table of the record with a column `case_id` is a subject table; where that names the row itself,
as in cases of aid, the number of the matter's case stands in `matter_case_id`. A table without
one, whose required foreign key names the key of a subject table, is a part of it: the days of a
labour request, the bids of a tender, the diary of works.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from sanzi.record import schema

PAYMENT: Final = "payment"
CASE: Final = "case"
CASE_ID: Final = "case_id"
MATTER_CASE_ID: Final = "matter_case_id"


@cache
def roots() -> frozenset[str]:
    """Return the subject tables."""
    return frozenset(
        name
        for name, table in schema.load_tables().items()
        if name != CASE and len(table.primary_key) == 1 and _has_case(table)
    )


@cache
def parts(root: str) -> tuple[tuple[str, str], ...]:
    """Return (table, column) of the parts of a subject table; the column names its key."""
    return tuple(
        (name, column.record)
        for name, table in schema.load_tables().items()
        if name != CASE and not _has_case(table)
        for one in table.foreign_keys
        for column in (table.column(one.column),)
        if one.table == root and column.required and column.record is not None
    )


@cache
def key(root: str) -> str:
    """Return the column of a subject table that names a row."""
    return schema.load_tables()[root].primary_key[0]


@cache
def case_column(root: str) -> str:
    """Return the column of a subject table that holds the number of the case."""
    names = {column.record for column in schema.load_tables()[root].record_columns}
    return MATTER_CASE_ID if MATTER_CASE_ID in names else CASE_ID


def roots_of(kinds: Iterable[str]) -> set[str]:
    """Return the subject tables that rows of these kinds belong to."""
    wanted = set(kinds)
    return {
        root
        for root in roots()
        if root in wanted or not wanted.isdisjoint(name for name, _ in parts(root))
    }


def _has_case(table: schema.Table) -> bool:
    return any(column.record == CASE_ID for column in table.record_columns)
