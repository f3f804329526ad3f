"""The one pass over a package that finds every wrong cell.

Blocks of rows are turned into columns, and each column is judged by its distinct values: a
cell seen before costs a set look-up. Keys of a table stay in memory only while a later table
may refer to them; keys nobody refers to are kept as 64-bit digests.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final

from sanzi.record import cells
from sanzi.record.csvfile import CsvBroken, CsvFile, Row
from sanzi.record.errors import CellError
from sanzi.record.schema import LOAD_ORDER, Column, ForeignKey, Table

ERRORS_MAX: Final = 200
KNOWN_MAX: Final = 20_000
_TWIN: Final = "编号重复了，一张表里每个编号只能出现一次"
_PARTS: Final = 16

Keys = set[str]
Stored = Callable[[str, set[str]], set[str]]
"""Which of these keys of a table are stored already."""
Block = Sequence[Row]
Columns = dict[str, Sequence[str]]


class _Full(Exception):
    """Enough errors were found."""


class Findings:
    """The errors so far, at most `ERRORS_MAX`."""

    def __init__(self) -> None:
        self.errors: list[CellError] = []

    def add(self, error: CellError) -> None:
        """Keep one; raises _Full at the limit."""
        self.errors.append(error)
        if len(self.errors) >= ERRORS_MAX:
            raise _Full


@dataclass(eq=False)
class _Pending:
    """References to a table not read yet: value → the row that used it first."""

    file: str
    column: Column
    key: ForeignKey
    first_rows: dict[str, int] = field(default_factory=dict)


def _nothing(_table: str, _keys: set[str]) -> set[str]:
    return set()


def check_files(
    files: Mapping[str, CsvFile], tables: Mapping[str, Table], stored: Stored | None = None
) -> list[CellError]:
    """Every wrong cell of the files (table name → file), up to ERRORS_MAX, in table order.

    With `stored` a reference may name what is stored already, and must name something: also one
    to a table that is not among the files.
    """
    run = _Run(files, tables, stored)
    with suppress(_Full):
        run.check_all()
    return run.findings.errors


class _Run:
    def __init__(
        self, files: Mapping[str, CsvFile], tables: Mapping[str, Table], stored: Stored | None
    ) -> None:
        self.findings = Findings()
        self._stored = stored or _nothing
        self._asks_stored = stored is not None
        self._files = files
        self._tables = tables
        self._order = [name for name in LOAD_ORDER if name in files]
        self._keys: dict[str, Keys] = {}
        self._pending: dict[str, list[_Pending]] = {}
        self._unread: set[str] = set()
        self._readers = Counter(
            target
            for name in self._order
            for key in tables[name].foreign_keys
            for target in _targets(key)
        )

    def check_all(self) -> None:
        for name in self._order:
            table, file = self._tables[name], self._files[name]
            try:
                self._check_table(table, file)
            except CsvBroken as broken:
                self._unread.add(name)
                self.findings.add(broken.error)
            self._settle(name)

    def _check_table(self, table: Table, file: CsvFile) -> None:
        header = file.header()
        if not check_header(table, header, file.name, self.findings):
            self._unread.add(table.name)
            return
        check = _TableCheck(table, header, file.name, self.findings)
        if self._readers[table.name]:
            check.seen = self._keys.setdefault(table.name, set())
        references = self._references(table, file.name)
        for first_row, rows in file.blocks():
            columns = check.block(first_row, rows)
            for reference in references:
                self._check_reference(reference, first_row, columns)
        if has_twins(check.digests):
            report_twins(table, file, self.findings)

    def _references(self, table: Table, file: str) -> list[_Pending]:
        readable = self._files.keys() - self._unread
        known = [
            key
            for key in table.foreign_keys
            if key.table in readable or (self._asks_stored and key.table not in self._files)
        ]
        references = [_Pending(file, table.column(key.column), key) for key in known]
        for reference in references:
            if reference.key.table not in self._files:
                continue
            if reference.key.table not in self._keys or reference.key.table == table.name:
                self._pending.setdefault(reference.key.table, []).append(reference)
        return references

    def _check_reference(
        self, ref: _Pending, first_row: int, columns: Mapping[str, Sequence[str]]
    ) -> None:
        cells_ = columns.get(ref.key.column, ())
        wanted = set(cells_)
        wanted.discard("")
        for target in _targets(ref.key):
            wanted -= self._keys.get(target, set())
        later = ref in self._pending.get(ref.key.table, ())
        for target in _targets(ref.key) if wanted and not later else ():
            wanted -= self._stored(target, wanted)
        if not wanted:
            return
        for row, cell in enumerate(cells_, start=first_row):
            if cell in wanted and later:
                ref.first_rows.setdefault(cell, row)
            elif cell in wanted:
                self._report_reference(ref, row, cell)

    def _settle(self, name: str) -> None:
        """Judge what waited for this table, and forget keys that nobody will ask for."""
        keys = self._keys.get(name, set())
        for waiting in [] if name in self._unread else self._pending.pop(name, []):
            unknown = waiting.first_rows.keys() - keys
            for target in _targets(waiting.key) if unknown else ():
                unknown -= self._stored(target, unknown)
            for cell, row in waiting.first_rows.items():
                if cell in unknown:
                    self._report_reference(waiting, row, cell)
        for key in self._tables[name].foreign_keys:
            for target in _targets(key):
                self._readers[target] -= 1
        for target in [t for t in self._keys if not self._readers[t]]:
            del self._keys[target]

    def _report_reference(self, ref: _Pending, row: int, cell: str) -> None:
        title = self._tables[ref.key.table].title
        self.findings.add(
            CellError(
                ref.file,
                row,
                ref.column.name,
                cells.shown(ref.column, cell),
                f"{title}表（{ref.key.table}.csv）里没有这个编号",
            )
        )


def _targets(key: ForeignKey) -> tuple[str, ...]:
    return (key.table, key.also) if key.also else (key.table,)


class _TableCheck:
    """Types, required cells, ranges and the primary key of one table."""

    def __init__(self, table: Table, header: Row, file: str, findings: Findings) -> None:
        self._table = table
        self._file = file
        self._findings = findings
        self._header = header
        named = {column.name: column for column in table.exchange_columns}
        self._columns = [named[name] for name in header]
        keys = {*table.primary_key, *(key.column for key in table.foreign_keys)}
        self._checkers = [cells.checker(c, is_key=c.name in keys) for c in self._columns]
        self._known: list[set[str]] = [{""} for _ in self._columns]
        self.seen: Keys | None = None
        self.digests = array("q")

    def block(self, first_row: int, rows: Block) -> Columns:
        """Judge a block; returns it as columns by name."""
        width = len(self._header)
        if set(map(len, rows)) != {width}:
            rows = [self._fitted(number, row) for number, row in enumerate(rows, first_row)]
        columns: Columns = dict(zip(self._header, zip(*rows, strict=True), strict=True))
        for index, column in enumerate(self._columns):
            self._check_cells(index, column, first_row, columns[column.name])
        self._check_keys(first_row, columns)
        return columns

    def _fitted(self, number: int, row: Row) -> Row:
        width = len(self._header)
        if len(row) != width:
            self._add(number, None, "", f"这一行有 {len(row)} 格，表头有 {width} 格")
            return [*row, *repeat("", width)][:width]
        return row

    def _check_cells(
        self, index: int, column: Column, first_row: int, values: Sequence[str]
    ) -> None:
        distinct = set(values)
        if column.required and "" in distinct:
            self._report(column, first_row, values, {"": "这一格不能空"})
        known, check = self._known[index], self._checkers[index]
        wrong: dict[str, str] = {}
        if max(map(len, distinct)) > cells.CELL_LENGTH_MAX:
            long = [cell for cell in distinct if len(cell) > cells.CELL_LENGTH_MAX]
            wrong = dict.fromkeys(long, f"一格最多 {cells.CELL_LENGTH_MAX} 个字符")
        for cell in distinct - known if check is not None else ():
            expected = check(cell) if check is not None else None
            if expected is not None:
                wrong[cell] = expected
            elif len(known) < KNOWN_MAX:
                known.add(cell)
        if wrong:
            self._report(column, first_row, values, wrong)

    def _check_keys(self, first_row: int, columns: Mapping[str, Sequence[str]]) -> None:
        names = self._table.primary_key
        if self.seen is None:
            self.digests.extend(map(hash, zip(*(columns[name] for name in names), strict=True)))
            return
        values = columns[names[0]]
        fresh = set(values)
        if len(fresh) == len(values) and self.seen.isdisjoint(fresh):
            self.seen |= fresh
            return
        for row, cell in enumerate(values, start=first_row):
            if cell and cell in self.seen:
                self._add(row, self._table.column(names[0]), cell, _TWIN)
            self.seen.add(cell)

    def _report(
        self, column: Column, first_row: int, values: Sequence[str], wrong: Mapping[str, str]
    ) -> None:
        for row, cell in enumerate(values, start=first_row):
            if cell in wrong:
                self._add(row, column, cell, wrong[cell])

    def _add(self, row: int, column: Column | None, cell: str, expected: str) -> None:
        name = column.name if column else ""
        self._findings.add(CellError(self._file, row, name, cells.shown(column, cell), expected))


def check_header(table: Table, header: Row, file: str, findings: Findings) -> bool:
    """Whether the header can be read: known columns, each once, none required missing."""
    allowed = {column.name for column in table.exchange_columns}
    before = len(findings.errors)
    for name in header:
        if name not in allowed:
            shown = cells.shown(None, name)
            findings.add(CellError(file, 1, shown, shown, "表头里不认识这一列"))
    for name, count in Counter(header).items():
        if count > 1 and name in allowed:
            findings.add(CellError(file, 1, name, name, "表头里这一列出现了两次"))
    for column in table.exchange_columns:
        if column.required and column.name not in header:
            findings.add(CellError(file, 1, column.name, "", "表头里缺这一列"))
    return len(findings.errors) == before


def has_twins(digests: array[int]) -> bool:
    """Whether a digest occurs twice; looks at a part at a time to keep memory low."""
    parts = [array("q") for _ in range(_PARTS)]
    for digest in digests:
        parts[digest % _PARTS].append(digest)
    return any(len(set(part)) != len(part) for part in parts)


def report_twins(table: Table, file: CsvFile, findings: Findings) -> None:
    """Name the rows whose primary key was used before; reads the file once more."""
    header = file.header()
    places = [header.index(name) for name in table.primary_key]
    seen: set[tuple[str, ...]] = set()
    for first_row, rows in file.blocks():
        for number, row in enumerate(rows, start=first_row):
            if len(row) != len(header):
                continue
            key = tuple(row[place] for place in places)
            if key in seen:
                columns = [table.column(name) for name in table.primary_key]
                shown = " ".join(
                    cells.shown(column, part) for column, part in zip(columns, key, strict=True)
                )
                name = "+".join(table.primary_key)
                findings.add(CellError(file.name, number, name, shown, _TWIN))
            seen.add(key)
