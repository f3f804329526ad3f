"""The imported package given back: the rows of the application as exchange tables.

The reading is that of the record (`data/record/<table>.sql`); what the record holds as a keyed
hash comes here from the column `<name>__sealed` beside it, and what a package says otherwise from
`<name>__exchange`; the record reads neither. This room has no keys: the caller says
what becomes of a personal cell, by `mask` below or by opening the seal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from sanzi.kernel import masking
from sanzi.record import packages, schema
from sanzi.record.schema import Column, Table

SEALED: Final = "__sealed"
EXCHANGE: Final = "__exchange"
CHUNK: Final = 2000
EAST_8: Final = timezone(timedelta(hours=8))

Show = Callable[[Column, str], str]
"""From a personal column and its cell (sealed, when the record has a hash) to what is written."""

Open = Callable[[str, str], str]
"""From a format (resident_id, account, phone) and a sealed value to the plain one."""

_MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "resident_id": masking.resident_id,
    "account": masking.account,
    "phone": masking.phone,
}
_LONG_NUMBER: Final = re.compile(r"\d{7,}[\dXx]")


@dataclass(frozen=True)
class Part:
    """What of the package is wanted: these tables, and of them the rows of one body."""

    tables: frozenset[str]
    org_id: str


def masked(opened: Open) -> Show:
    """Return the showing that masks every personal cell."""

    def show(column: Column, cell: str) -> str:
        plain = opened(column.format or "", cell) if column.is_hashed else cell
        return _MASKS.get(column.format or "", masking.name)(plain)

    return show


def plain(opened: Open) -> Show:
    """Return the showing that writes personal cells in full."""

    def show(column: Column, cell: str) -> str:
        return opened(column.format or "", cell) if column.is_hashed else cell

    return show


def scrubbed(text: str) -> str:
    """Return free text with long numbers masked: people write accounts into remarks."""
    return _LONG_NUMBER.sub(lambda found: masking.account(found[0]), text)


def rows(
    table: Table, show: Show, *, scrub: bool = False, part: Part | None = None
) -> Iterator[dict[str, object]]:
    """Return the rows of one table in the order of its key, as a package holds them.

    Shapes: days are date, times aware in UTC+8, decimals Decimal, empty cells None. With `scrub`,
    long numbers in free text are masked too; with `part`, only the rows of its body come.
    """
    columns = table.exchange_columns
    free = frozenset(one.name for one in columns if scrub and _is_free_text(table, one))
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement(table, part), [part.org_id] if part else [])
        while chunk := cursor.fetchmany(CHUNK):
            for row in chunk:
                cells = zip(columns, row, strict=True)
                yield {one.name: _cell(one, cell, show, free) for one, cell in cells}


def statement(table: Table, part: Part | None = None) -> str:
    """Return the SQL of a table's exchange columns, ordered by its key; a part takes its body."""
    inner = (schema.FOLDER / f"{table.name}.sql").read_text(encoding="utf-8").rstrip()
    wanted = ", ".join(
        f"CAST({_source(one, inner)} AS TEXT)"
        if one.type in ("date", "datetime")
        else _source(one, inner)
        for one in table.exchange_columns
    )
    order = ", ".join(f"t.{table.column(name).record}" for name in table.primary_key)
    # Every part comes from files of the house, none from a request.
    kept = " WHERE t.org_id = %s" if part else ""
    return f"SELECT {wanted} FROM (\n{inner}\n) t{kept} ORDER BY {order}"  # noqa: S608


def write(
    folder: Path,
    name: str,
    show: Show,
    *,
    scrub: bool,
    told: Mapping[str, object],
    part: Part | None = None,
) -> dict[str, int]:
    """Write all tables that have rows as a package; return the rows per table.

    `told` goes into the descriptor: whether it is masked, the watermark. The tables are read in
    one transaction, so that they agree with each other. With `part`, only what it names.
    """
    counts: dict[str, int] = {}

    def counted(table: Table) -> Iterator[dict[str, object]]:
        for row in rows(table, show, scrub=scrub, part=part):
            counts[table.name] = counts.get(table.name, 0) + 1
            yield row

    with transaction.atomic():
        filled = {
            table.name: counted(table)
            for table in schema.load_tables().values()
            if table.exchange and _is_in(table, part) and _has_rows(table, part)
        }
        packages.write_package(folder, name, filled, told=told)
    return counts


def _is_in(table: Table, part: Part | None) -> bool:
    return part is None or table.name in part.tables


def _has_rows(table: Table, part: Part | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement(table, part)} LIMIT 1", [part.org_id] if part else [])
        return cursor.fetchone() is not None


def _source(column: Column, inner: str) -> str:
    if column.is_hashed:
        return f"t.{column.name}{SEALED}"
    otherwise = f"{column.name}{EXCHANGE}"
    return f"t.{otherwise}" if f" AS {otherwise}" in inner else f"t.{column.record}"


def _is_free_text(table: Table, column: Column) -> bool:
    keys = {*table.primary_key, *(key.column for key in table.foreign_keys)}
    is_plain = not (column.enum or column.pattern or column.format or column.is_personal)
    is_id = column.name in keys or column.name.endswith(("_id", "_no", "_ref", "_hash", "_code"))
    return column.type == "string" and is_plain and not is_id


def _cell(column: Column, value: Any, show: Show, free: frozenset[str]) -> object:
    if value is None or value == "":
        return None
    if column.is_personal:
        return show(column, str(value)) or None
    if column.name in free:
        return scrubbed(str(value))
    return _typed(column.type, value)


def _typed(kind: str, value: Any) -> object:
    if kind == "date":
        return date.fromisoformat(str(value)[:10])
    if kind == "datetime":
        moment = datetime.fromisoformat(str(value).replace("+00", ""))
        return moment.replace(tzinfo=UTC).astimezone(EAST_8)
    if kind == "boolean":
        return bool(value)
    if kind == "decimal":
        hundredths = Decimal(str(value)).quantize(Decimal("0.01"))
        return hundredths.quantize(Decimal(1)) if hundredths % 1 == 0 else hundredths
    return value
