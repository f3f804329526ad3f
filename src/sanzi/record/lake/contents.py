"""Whether files hold what their manifest says: columns, rows, months, keys, the county's places.

The house's own questions, asked of files by the DuckDB of the check; nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sanzi.record import schema
from sanzi.record.lake import evolution, shape
from sanzi.record.lake.errors import FileUnreadable, ForeignRows, OverlappingPeriods
from sanzi.record.lake.evolution import Evolved, quoted
from sanzi.record.lake.manifest import Manifest, Part

if TYPE_CHECKING:
    from sanzi.record.lake.reading import County

PARAMETERS: Final = "parameter_value"


def check(
    county: County, found: Manifest, files: Mapping[str, Sequence[Path]], evolved: Evolved
) -> None:
    """Refuse files that do not hold what they should.

    Raises: FileUnreadable, OverlappingPeriods, ForeignRows.
    """
    _check_months(found)
    for part, file in _pairs(found, files):
        _check_columns(found, part.table, part.rows, file)
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
    try:
        for table, (there, sources) in evolved.tables.items():
            if there in files:
                names = ", ".join(evolution.literal(str(one)) for one in files[there])
                columns = [name for name, one in sources.items() if one.column]
                connection.execute(
                    "CREATE OR REPLACE VIEW coming AS SELECT filename,"
                    f" {evolution.select(table, sources, columns)}"
                    f" FROM read_parquet([{names}], filename = true, union_by_name = true)"
                )
                months = {str(file): part.ym for part, file in _pairs(found, files)}
                _check_table(connection, county, table, columns, months)
                if table == PARAMETERS:
                    _check_values(connection, county)
    finally:
        connection.close()


def _pairs(found: Manifest, files: Mapping[str, Sequence[Path]]) -> Iterator[tuple[Part, Path]]:
    """Yield each part with its file."""
    taken = {table: iter(paths) for table, paths in files.items()}
    for part in found.parts:
        yield part, next(taken[part.table])


def _check_months(found: Manifest) -> None:
    seen: set[tuple[str, str]] = set()
    for part in found.parts:
        if (part.table, part.ym) in seen:
            why = f"{part.ym or '全部'} 送来了两份"
            raise OverlappingPeriods(county=found.county_code, table=part.table, why=why)
        seen.add((part.table, part.ym))
        if part.table not in found.tables:
            why = "清单没有写它有哪些列"
            raise FileUnreadable(county=found.county_code, path=part.table, why=why)


def _check_columns(found: Manifest, table: str, rows: int, file: Path) -> None:
    try:
        told = pq.ParquetFile(file)
        columns = {one.name: str(one.type) for one in told.schema_arrow}
        count = told.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        why = (str(error).splitlines() or ["不是 Parquet"])[0][:120]
        raise FileUnreadable(county=found.county_code, path=table, why=why) from error
    if columns != found.tables[table]:
        odd = sorted(set(columns.items()) ^ set(found.tables[table].items()))
        raise FileUnreadable(
            county=found.county_code, path=table, why=f"{odd[0][0]} 列和清单不一样"
        )
    if count != rows:
        why = f"有 {count} 行，清单写的是 {rows} 行"
        raise FileUnreadable(county=found.county_code, path=table, why=why)


def _check_table(
    connection: duckdb.DuckDBPyConnection,
    county: County,
    table: str,
    columns: Sequence[str],
    months: Mapping[str, str],
) -> None:
    _check_places(connection, county, table, columns)
    month = shape.current().months.get(table)
    if month in columns:
        for file, ym in _ask(
            connection,
            f"SELECT DISTINCT filename, COALESCE(strftime({quoted(str(month))}, '%Y-%m'),"
            f" '{shape.NO_MONTH}') FROM coming",
        ):
            if months[file] not in ("", ym):
                why = f"{months[file]} 的文件里有 {ym} 的行"
                raise OverlappingPeriods(county=county.code, table=table, why=why)
    key = [schema.load_tables()[table].column(k).record for k in _key(table)]
    if all(one in columns for one in key):
        names = ", ".join(quoted(str(one)) for one in key)
        twice = _ask(
            connection, f"SELECT {names} FROM coming GROUP BY {names} HAVING COUNT(*) > 1 LIMIT 1"
        )
        if twice:
            why = f"{'、'.join(str(one)[:40] for one in twice[0])} 有两行"
            raise OverlappingPeriods(county=county.code, table=table, why=why)


def _check_values(connection: duckdb.DuckDBPyConnection, county: County) -> None:
    """Refuse values of parameters that cannot be read: models are judged by them."""
    wrong = _ask(
        connection, "SELECT parameter_id FROM coming WHERE NOT COALESCE(json_valid(value), FALSE)"
    )
    if wrong:
        why = f"参数 {wrong[0][0][:60]} 的值不是 JSON"
        raise FileUnreadable(county=county.code, path=PARAMETERS, why=why)


def _check_places(
    connection: duckdb.DuckDBPyConnection, county: County, table: str, columns: Sequence[str]
) -> None:
    """Refuse rows of other places; what lies above the county may be named."""
    above = [one.ljust(12, "0") for code in county.codes for one in (code[:2], code[:4])]
    places = [
        str(one.record)
        for one in schema.load_tables()[table].record_columns
        if one.format == "division" or (table == "division" and one.name == "code")
    ]
    for column in places:
        if column not in columns:
            continue
        name = quoted(column)
        own = " OR ".join(f"starts_with({name}, '{code}')" for code in county.codes)
        listed = ", ".join(f"'{one}'" for one in above)
        [(count, place)] = _ask(
            connection,
            f"SELECT COUNT(*), MIN({name}) FROM coming WHERE NOT ({own} OR {name} IN ({listed}))",
        )
        if count:
            raise ForeignRows(county=county.code, table=table, count=count, place=place)


def _ask(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = connection.execute(sql).fetchall()
    return found


def _key(table: str) -> tuple[str, ...]:
    return schema.load_tables()[table].primary_key
