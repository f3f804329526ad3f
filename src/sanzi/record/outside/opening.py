"""A file from outside, opened by what its bytes are: a workbook or a text table, never its name.

Refused before a cell is read: old and locked workbooks, what unpacks to too much, what is no
table. Values come out as the file holds them; what they mean is for `values`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from sanzi.record import excel
from sanzi.record.outside import errors

BYTES_MAX: Final = 20_000_000
ROWS_MAX: Final = 200_000
COLUMNS_MAX: Final = 200
SHOWN_MAX: Final = 5
TEXT_SHEET: Final = "文本"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_ZIP: Final = b"PK\x03\x04"
_CODINGS: Final = ("utf-8-sig", "gb18030")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEPT_TEXT: Final = re.compile(r'="([^"]*)"')
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')
_HIDDEN: Final = re.compile(rb'<(?:\w+:)?row\s[^>]*?\bhidden="(?:1|true)"[^>]*>')
_ROW_NUMBER: Final = re.compile(rb'\br="(\d+)"')
_BLOCK: Final = 1 << 20
_LAP: Final = 4_096
_BAD_BOOK: Final = (
    InvalidFileException, LookupError, ValueError, TypeError, SyntaxError, OSError,
    AttributeError, zipfile.BadZipFile,
)  # fmt: skip


class Formula(str):
    """A cell that holds a formula, or what a formula went wrong with: its text."""

    __slots__ = ()


@dataclass(frozen=True)
class Marks:
    """What a sheet says of its cells beside their values."""

    merged: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()


Line = tuple[int, list[Any]]


class OutsideFile:
    """An opened file: its sheets, and the lines of each."""

    def __init__(self, data: bytes, name: str) -> None:
        """Raises: FileUnknown, FileLocked, FileOld, FileTooBig."""
        self.name = name[:80]
        self._data = data
        self.is_workbook = _is_workbook(data, self.name)
        self._text = "" if self.is_workbook else _decoded(data, self.name)

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that can be seen, in the order of the file. Raises: FileUnknown."""
        if not self.is_workbook:
            return (TEXT_SHEET,)
        with closing(self._book()) as book:
            return tuple(one.title for one in book.worksheets if one.sheet_state == "visible")

    def lines(self, sheet: str, *, most: int | None = None) -> Iterator[Line]:
        """Return (number, values) of the lines that hold something, as the program counts them.

        Raises: SheetUnknown, FileTooBig, FileUnknown.
        """
        if sheet not in self.sheets:
            raise errors.SheetUnknown(name=self.name, sheet=sheet[:40])
        source = self._book_lines(sheet) if self.is_workbook else self._text_lines()
        count = 0
        for number, values in source:
            while values and values[-1] in (None, ""):
                values.pop()
            if not values:
                continue
            if len(values) > COLUMNS_MAX:
                raise errors.FileTooBig(name=self.name, why=f"一行最多{COLUMNS_MAX}格")
            count += 1
            if count > ROWS_MAX:
                raise errors.FileTooBig(name=self.name, why=f"一张表最多{ROWS_MAX}行")
            yield number, values
            if count == most:
                return

    def require_plain(self, sheet: str, header_row: int) -> None:
        """Refuse merged cells from the header down, and hidden rows.

        A title merged above the header is as it should be. Raises: CellsMerged, RowsHidden.
        """
        marks = self._marks(sheet)
        merged = [one for one in marks.merged if (range_boundaries(one)[3] or 0) >= header_row]
        if merged:
            more = f"等{len(merged)}处" if len(merged) > SHOWN_MAX else ""
            raise errors.CellsMerged(sheet=sheet, cells="、".join(merged[:SHOWN_MAX]) + more)
        hidden = [one for one in marks.hidden if one >= header_row]
        if hidden:
            shown = "、".join(f"第{one}行" for one in hidden[:SHOWN_MAX])
            more = "等" if len(hidden) > SHOWN_MAX else ""
            raise errors.RowsHidden(sheet=sheet, count=len(hidden), rows=shown + more)

    def _book(self) -> Any:
        try:
            return openpyxl.load_workbook(io.BytesIO(self._data), read_only=True)
        except _BAD_BOOK as wrong:
            raise errors.FileUnknown(name=self.name, why="Excel表不完整") from wrong

    def _book_lines(self, sheet: str) -> Iterator[Line]:
        try:
            with closing(self._book()) as book:
                found = book[sheet]
                found.reset_dimensions()
                for number, cells in enumerate(found.iter_rows(), start=1):
                    yield number, [_value(cell) for cell in cells]
        except _BAD_BOOK as wrong:
            raise errors.FileUnknown(name=self.name, why=f"工作表“{sheet}”读不完") from wrong

    def _text_lines(self) -> Iterator[Line]:
        first = self._text.partition("\n")[0]
        mark = max(",\t;|", key=first.count)
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=mark, strict=True)
        try:
            for row in reader:
                yield reader.line_num, [_unwrapped(cell) for cell in row]
        except csv.Error as wrong:
            why = f"第{reader.line_num}行的引号不成对"
            raise errors.FileUnknown(name=self.name, why=why) from wrong

    def _marks(self, sheet: str) -> Marks:
        if not self.is_workbook:
            return Marks()
        with closing(self._book()) as book:
            path = book[sheet]._worksheet_path  # noqa: SLF001 - the part that holds its XML
        with zipfile.ZipFile(io.BytesIO(self._data)) as packed, packed.open(path) as stream:
            return _scanned(stream)


def column_letter(place: int) -> str:
    """Return the letters of a column, counted from 0."""
    return str(get_column_letter(place + 1))


def _is_workbook(data: bytes, name: str) -> bool:
    if not data.strip():
        raise errors.FileUnknown(name=name, why="是空的")
    if len(data) > BYTES_MAX:
        raise errors.FileTooBig(name=name, why=f"最多{BYTES_MAX // 1_000_000}MB")
    if data.startswith(_OLE):
        raise (errors.FileLocked if _LOCKED in data else errors.FileOld)(name=name)
    if not data.startswith(_ZIP):
        return False
    fault = excel.packing_fault(io.BytesIO(data))
    if fault:
        raise errors.FileTooBig(name=name, why=fault)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names, flags = packed.namelist(), {one.flag_bits & 1 for one in packed.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as wrong:
        raise errors.FileUnknown(name=name, why="压缩包不完整") from wrong
    if 1 in flags:
        raise errors.FileLocked(name=name)
    if "xl/workbook.xml" not in names:
        raise errors.FileUnknown(name=name, why="是压缩包或别的文档，里面没有Excel表")
    return True


def _decoded(data: bytes, name: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codings: Sequence[str] = ("utf-16",)
    else:
        codings = _CODINGS
    for coding in codings:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise errors.FileUnknown(name=name, why="不是Excel表，也不是UTF-8或GB18030的文本")


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return None
    if cell.data_type in ("f", "e") or (isinstance(value, str) and value.startswith("=")):
        return Formula(value)
    return value.strip() if isinstance(value, str) else value


def _unwrapped(cell: str) -> str:
    """Return a text cell; `="0123"` is how programs keep figures as text in a CSV."""
    text = cell.strip()
    kept = _KEPT_TEXT.fullmatch(text)
    if kept:
        return kept[1].strip()
    return Formula(text) if text.startswith("=") else text


def _scanned(stream: Any) -> Marks:
    """Read a sheet's XML block by block for merged cells and hidden rows."""
    merged: dict[str, None] = {}
    hidden: dict[int, None] = {}
    rest = b""
    while block := stream.read(_BLOCK):
        text = rest + block
        for found in _MERGED.finditer(text):
            merged.setdefault(found[1].decode())
        for row in _HIDDEN.finditer(text):
            number = _ROW_NUMBER.search(row[0])
            if number:
                hidden.setdefault(int(number[1]))
        rest = text[-_LAP:]
    return Marks(tuple(merged), tuple(hidden))
