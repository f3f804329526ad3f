"""Rows of a fictional province for `bench_supervision`: every table of the record, made by SQL.

The shape follows the files of the record: keys exist, parts belong to their whole, people and
bodies to their village, values to their lists. What `supervision_rows.yaml` says keeps most rows
within the rules, so that a model finds what it would find in life: little. Nothing is left to
chance: the same number of payments gives the same rows.
"""

from __future__ import annotations

import hashlib
import os
import time
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import yaml

from sanzi.record import schema
from sanzi.record.schema import Column, Table

PAYMENTS_A_VILLAGE: Final = 480
"""Twenty a month, for two years."""
PEOPLE_A_VILLAGE: Final = 60
LAST_DAY: Final = "2026-11-10"
DAYS: Final = 720
FIRST_DAY_AGO: Final = 723
DAYS_A_CASE: Final = 6
"""A village begins a case of four payments every sixth day: 120 in two years."""
NEIGHBOURS: Final = 10
"""So many villages buy at the same shops."""

SHAPE: Final = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
PER_VILLAGE, PER_PAYMENT, WHOLE = SHAPE["per_village"], SHAPE["per_payment"], SHAPE["whole"]
OF_PAYMENT, OF_LABOUR, LAWFUL = SHAPE["of_payment"], SHAPE["of_labour"], SHAPE["lawful"]
OWNED: Final = {"person", "org", "household", "account", "budget_line"}
"""Tables of which every village has its own rows, in its own order."""
TYPES: Final = {
    "string": "VARCHAR", "integer": "BIGINT", "decimal": "DECIMAL(18, 2)", "date": "DATE",
    "datetime": "TIMESTAMP", "boolean": "BOOLEAN",
}  # fmt: skip
TOOK: Final = "seconds"
RARE: Final = 0.2
"""Most registers have one row in five villages."""
PERIODS: Final = {"period": "strftime(d, '%Y-%m')", "year": "CAST(year(d) AS BIGINT)"}
OF_VILLAGE: Final = {
    "village_id": "CAST(100000000000 + v AS VARCHAR)", "org_id": "'ORG' || v",
    "division_code": "CAST(100000000000 + v AS VARCHAR)",
}  # fmt: skip


def counts(payments: int) -> dict[str, int]:
    """Return how many rows each table has."""
    villages = payments // PAYMENTS_A_VILLAGE
    found = {}
    for name in schema.LOAD_ORDER:
        if name in WHOLE:
            found[name] = villages if name == "division" else WHOLE[name]
        elif name in PER_PAYMENT:
            found[name] = int(payments * PER_PAYMENT[name])
        else:
            found[name] = int(villages * PER_VILLAGE.get(name, RARE))
    return found


def write(folder: Path, payments: int, county: str = "") -> dict[str, int]:
    """Write a Parquet file a table, where it is not there yet; return the rows of each.

    With the six figures of a `county`, its villages have codes below it and its rows are its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = counts(payments)
    if county:
        rows["parameter_value"] = 0  # these are read: each county's own figures would be made up
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("SET memory_limit = '4GB'")
    start = time.perf_counter()
    _macros(connection, rows, county)
    for name, table in schema.load_tables().items():
        target = folder / f"{name}.parquet"
        if target.exists():
            continue
        half = target.with_suffix(".half")
        made = _in_county(_select(table, rows, county), table, county)
        connection.execute(f"COPY ({made}) TO '{half}' (FORMAT parquet)")
        half.rename(target)
    connection.close()
    if not (folder / TOOK).exists():
        (folder / TOOK).write_text(str(time.perf_counter() - start))
    return rows


def cached(payments: int) -> Path:
    """Return the folder of the rows of this many payments, outside the repository."""
    return kept(f"supervision-{payments}")


def kept(name: str) -> Path:
    """Return a folder of what is made from these rows: another one when they are made otherwise."""
    named = os.environ.get("SANZI_BENCH_CACHE")
    place = Path(named) if named else Path.home() / ".cache" / "sanzi-bench"
    return place / f"{name}-{_shape()}"


@cache
def _shape() -> str:
    """Return the digest of all that decides what the rows are: this module and the record."""
    told = hashlib.sha256()
    own = Path(__file__)
    for file in (own, own.with_suffix(".yaml"), *sorted(schema.FOLDER.glob("*.yaml"))):
        told.update(file.read_bytes())
    return told.hexdigest()[:10]


def seconds(folder: Path) -> float:
    """Return how long the making of these rows took, when they were made."""
    return float((folder / TOOK).read_text())


def _in_county(sql: str, table: Table, county: str) -> str:
    """Return a SELECT with the codes of a county's villages, a hundred to a town; keys once."""
    if not county:
        return sql
    if len(table.primary_key) > 1:
        key = ", ".join(f'"{table.column(one).record}"' for one in table.primary_key)
        sql = f"SELECT DISTINCT ON ({key}) * FROM ({sql}) ORDER BY ALL"
    for number in ("v", "i"):
        code = f"{county}101001 + ({number} // 100) * 1000 + {number} % 100"
        sql = sql.replace(f"100000000000 + {number}", code)
    return sql


def _macros(connection: duckdb.DuckDBPyConnection, rows: dict[str, int], county: str) -> None:
    """Give the words in which `supervision_rows.yaml` tells its values."""
    shops = f"(v // {NEIGHBOURS}) * {NEIGHBOURS * PER_VILLAGE['counterparty']}"
    draws = f"draw(payment, 'payee', {NEIGHBOURS * PER_VILLAGE['counterparty']})"
    own = f" || '{county}'" if county else ""
    for macro in (
        f"draw(number, salt, top) AS CAST(hash(number, salt{own}) % top AS BIGINT)",
        "fen(payment) AS 5000 + draw(payment, 'fen', 240000)",
        "subject(payment) AS draw(payment, 'subject', 40)",
        f"shop(payment, v) AS ({shops} + {draws}) % {rows['counterparty']}",
    ):
        connection.execute(f"CREATE MACRO {macro}")


def _select(table: Table, rows: dict[str, int], county: str) -> str:
    """Return the SELECT that makes a table: row number, its village, its day, its columns."""
    villages = rows["division"]
    if table.name in OF_PAYMENT:
        case = OF_PAYMENT[table.name]
        village = f"{case} % {villages}"
        ago = f"{FIRST_DAY_AGO} - ({case} // {villages}) * {DAYS_A_CASE} - draw({case}, 'day', 6)"
        day = f"CAST('{LAST_DAY}' AS DATE) - CAST(greatest({ago}, 3) AS INTEGER)"
    else:
        of = OF_LABOUR.get(table.name, "i")
        village = _village(table, rows)
        day = f"CAST('{LAST_DAY}' AS DATE) - CAST(draw({of}, 'day', {DAYS}) AS INTEGER)"
    lawful = LAWFUL.get(table.name, {})
    values = [
        (one, lawful.get(str(one.record)) or _column(table, one, rows, county))
        for one in table.record_columns
    ]
    columns = ", ".join(
        f'CAST({value} AS {TYPES[one.type]}) AS "{one.record}"' for one, value in values
    )
    return (
        f"SELECT {columns} FROM (SELECT i, {village} AS v, {day} AS d"
        f" FROM range({rows[table.name]}) t(i)) s"
    )


def _village(table: Table, rows: dict[str, int]) -> str:
    if table.name in OWNED or rows[table.name] >= rows["division"]:
        return f"i // {max(rows[table.name] // rows['division'], 1)}"
    return "i"


def _column(table: Table, column: Column, rows: dict[str, int], county: str) -> str:
    """Return a value for a column by what its file says of it."""
    name = str(column.record)
    if county and column.format == "division":
        return OF_VILLAGE["village_id"]
    if list(table.primary_key) == [column.name]:
        return f"'{table.name.upper()}' || i"
    if name in OF_VILLAGE:
        return OF_VILLAGE[name]
    key = next((one for one in table.foreign_keys if one.column == column.name), None)
    if key is not None and key.table != "division":
        return _key(table, column, key.table, rows)
    return _plain(table, column)


def _plain(table: Table, column: Column) -> str:
    """Return a value of the column's type."""
    name = str(column.record)
    if name in PERIODS:
        return PERIODS[name]
    if column.enum:
        listed = ", ".join(f"'{one}'" for one in column.enum)
        place = f"CAST(draw(i, '{name}', {len(column.enum)}) AS INTEGER) + 1"
        return f"list_extract([{listed}], {place})"
    if column.type == "boolean":
        return "FALSE"
    if column.type == "date":
        return f"d + CAST({_offset(table, column)} AS INTEGER)"
    if column.type == "datetime":
        return f"d + INTERVAL {_offset(table, column)} HOUR"
    if column.type in ("integer", "decimal"):
        top = 1_000_000 if name.endswith("_fen") else 10
        return f"{column.minimum or 0} + draw(i, '{name}', {top})"
    return (
        f"md5('{table.name} {name}' || i)"
        if "hash" in name
        else f"'{column.name}' || draw(i, '{name}', 97)"
    )


def _key(table: Table, column: Column, other: str, rows: dict[str, int]) -> str:
    """Return the key of another row: of the same village where each village has its own."""
    mine, theirs = rows[table.name], rows[other]
    if other == "person":
        found = f"'PERSON' || (v * {PEOPLE_A_VILLAGE} + 10 + draw(i, '{column.record}', 50))"
    elif other in OWNED:
        share = theirs // rows["division"]
        found = f"'{other.upper()}' || (v * {share} + draw(i, '{column.record}', {share}))"
    elif theirs <= mine:
        found = f"'{other.upper()}' || (i // {max(mine // theirs, 1)})"
    else:
        found = f"'{other.upper()}' || (i * {theirs // mine})"
    if column.required:
        return found
    return f"CASE WHEN draw(i, 'has {column.record}', 3) = 0 THEN {found} END"


def _offset(table: Table, column: Column) -> int:
    """Return how far behind the day of its row a column lies: as they stand in the file."""
    times = [one for one in table.record_columns if one.type in ("date", "datetime")]
    return 9 + 3 * times.index(column)
