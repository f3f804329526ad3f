"""Data packages: a folder of CSV files with `datapackage.json`.

`open_package` refuses a folder that is not one; `Package.check` lists every wrong cell in one
pass; `Package.rows` gives typed rows; `write_package` writes one. Loading rows into rooms is
in `loaders`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sanzi.record import cells, descriptor
from sanzi.record.checking import Stored, check_files
from sanzi.record.csvfile import ROWS_MAX, CsvBroken, CsvFile
from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.schema import LOAD_ORDER, Table, load_tables


@dataclass(frozen=True)
class Package:
    """An opened package: which tables it has, and the files behind them."""

    folder: Path
    name: str
    tables: Mapping[str, Table]
    files: Mapping[str, CsvFile]
    resources: Mapping[str, Mapping[str, Any]]

    def check(self, stored: Stored | None = None) -> list[CellError]:
        """Every wrong cell, at most 200; empty when the package is right.

        `stored` tells which keys are stored already; without it a reference to a table that the
        package does not hold is left to the loaders.
        """
        return check_files(self.files, self.tables, stored)

    def rows(self, table: str) -> Iterator[dict[str, object]]:
        """The table's rows with typed values; an empty or absent cell is None.

        Days are date, times aware UTC datetime, decimals Decimal. Run `check` first: a wrong
        cell raises PackageRefused here with its row only. Raises KeyError for a table that
        the package does not hold.
        """
        file = self.files[table]
        columns = {column.name: column for column in self.tables[table].exchange_columns}
        try:
            header = file.header()
            makers = [(name, cells.converter(columns[name])) for name in header]
            blank = dict.fromkeys(columns)
            for first_row, block in file.blocks():
                for number, row in enumerate(block, start=first_row):
                    yield _typed(file.name, number, row, makers, blank)
        except CsvBroken as broken:
            raise PackageRefused([broken.error]) from broken

    def changed_files(self) -> list[str]:
        """Files whose SM3 is no longer the descriptor's: edited by hand after writing."""
        return [
            file.name
            for table, file in self.files.items()
            if (stated := self.resources[table].get("x-sm3")) is not None
            and stated != descriptor.file_sm3(file.path)
        ]


def open_package(folder: Path | str, *, rows_max: int = ROWS_MAX) -> Package:
    """Open the package in `folder`.

    Raises PackageRefused when the descriptor is missing or wrong, names a table or path that
    is not ours, or when a file is missing, a link, or not a plain file.
    """
    root = Path(folder)
    tables = load_tables()
    resources = descriptor.read(root, tables)
    errors: list[CellError] = []
    files: dict[str, CsvFile] = {}
    for name in LOAD_ORDER:
        if name not in resources:
            continue
        path = root / tables[name].resource
        if path.is_symlink() or not path.is_file():
            errors.append(CellError(path.name, 0, "", "", "文件夹里没有这个文件，或不是普通文件"))
        files[name] = CsvFile(path, rows_max=rows_max)
    if errors:
        raise PackageRefused(errors)
    return Package(root, root.name, tables, files, resources)


def write_package(
    folder: Path | str,
    name: str,
    tables: Mapping[str, Iterable[Mapping[str, object]]],
    *,
    told: Mapping[str, object] | None = None,
    known: Mapping[str, Table] | None = None,
) -> None:
    """Write rows as CSV files and the descriptor into `folder` (made if absent).

    `told` are further keys of the descriptor. Rows are streamed; a row key that is no exchange
    column raises KeyError. `known` are other tables than those of the record.
    """
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    order = LOAD_ORDER if known is None else tuple(known)
    known = load_tables() if known is None else known
    resources = []
    for table_name in order:
        if table_name not in tables:
            continue
        table = known[table_name]
        path = root / table.resource
        count = _write_csv(path, table, tables[table_name])
        sm3 = descriptor.file_sm3(path)
        resources.append(descriptor.resource(table, sm3=sm3, rows=count))
    unknown = sorted(set(tables) - set(order))
    if unknown:
        raise KeyError(unknown[0])
    descriptor.write(root, descriptor.build(name, resources, told))


def _write_csv(path: Path, table: Table, rows: Iterable[Mapping[str, object]]) -> int:
    names = [column.name for column in table.exchange_columns]
    allowed = set(names)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            if not row.keys() <= allowed:
                raise KeyError(f"{table.name}.{min(row.keys() - allowed)}")
            writer.writerow([cells.written(row.get(name)) for name in names])
            count += 1
    return count


def _typed(
    file: str,
    number: int,
    row: list[str],
    makers: list[tuple[str, cells.Converter | None]],
    blank: Mapping[str, None],
) -> dict[str, object]:
    values: dict[str, object] = dict(blank)
    for (name, make), cell in zip(makers, row, strict=False):
        if cell:
            try:
                values[name] = cell if make is None else make(cell)
            except (ValueError, ArithmeticError) as error:
                wrong = CellError(file, number, name, "", "这一格读不出来")
                raise PackageRefused([wrong]) from error
    return values
