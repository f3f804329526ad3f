"""How many rows of a table of the record lie in each village, since a day.

A row without a village of its own lies where its organisation, account or parent does.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

from django.db import connection

from sanzi.record import extraction, schema

STEPS_MAX: Final = 3
NEAREST: Final = ("org", "account")
TIMES: Final = (
    "submitted_at", "applied_at", "asked_at", "requested_at", "drawn_at", "booked_at", "issued_at",
    "work_date", "published_at", "voucher_date", "posted_at", "noted_at", "due_at", "event_at",
    "placed_at", "held_at", "declared_at",
)  # fmt: skip
"""The time that a row is counted by: the first that its table has. Without one all rows count."""


def by_village(table: str, since: date) -> dict[str, int]:
    """Return the number of rows of a table since a day by village; what lies nowhere is left out.

    Raises: KeyError, for a table that the record does not know.
    """
    place = _place(table, "t", STEPS_MAX)
    if place is None:
        return {}
    joins, village = place
    names = extraction.arrow_schema(table).names
    time = next((one for one in TIMES if one in names), "")
    # As text, days and times sort as they do, on both engines.
    test = f" WHERE CAST(t.{time} AS TEXT) >= %s" if time else ""
    sql = (
        f"SELECT {village}, COUNT(*) FROM ({_rows(table)}) t{joins}{test}"  # noqa: S608 - names of the schema
        f" GROUP BY {village}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [since.isoformat()] if time else None)
        return {code: count for code, count in cursor.fetchall() if code}


def by_month(table: str, since: date) -> dict[tuple[str, str], int]:
    """Return the number of rows since a day by village and month (`2026-11`).

    A table without a time has one number for all months, under the empty month. The month is that
    of the text that is stored, so it may end some hours early: it bounds, it does not account.
    """
    place = _place(table, "t", STEPS_MAX)
    if place is None:
        return {}
    joins, village = place
    names = extraction.arrow_schema(table).names
    time = next((one for one in TIMES if one in names), "")
    month = f"SUBSTR(CAST(t.{time} AS TEXT), 1, 7)" if time else "''"
    test = f" WHERE CAST(t.{time} AS TEXT) >= %s" if time else ""
    sql = (
        f"SELECT {village}, {month}, COUNT(*) FROM ({_rows(table)}) t{joins}{test}"  # noqa: S608 - names of the schema
        " GROUP BY 1, 2"  # a month that is a constant may not stand here by name
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [since.isoformat()] if time else None)
        return {(code, when): count for code, when, count in cursor.fetchall() if code}


@cache
def _rows(table: str) -> str:
    return (schema.FOLDER / f"{table}.sql").read_text(encoding="utf-8").rstrip()


@cache
def _place(table: str, alias: str, steps: int) -> tuple[str, str] | None:
    """Return the joins that lead from a table to a village, and the column that names it."""
    names = set(extraction.arrow_schema(table).names)
    if "village_id" in names:
        return "", f"{alias}.village_id"
    if not steps:
        return None
    keys = schema.load_tables()[table].foreign_keys
    for one in sorted(keys, key=lambda key: key.table not in NEAREST):
        column = schema.load_tables()[table].column(one.column).record
        parent = None if one.table == table else _place(one.table, f"{alias}p", steps - 1)
        if column is None or parent is None:
            continue
        joins, village = parent
        join = (
            f" JOIN ({_rows(one.table)}) {alias}p ON {alias}p.{one.references} = {alias}.{column}"
        )
        return join + joins, village
    return None
