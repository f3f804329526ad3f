"""A filled-in sheet read row by row: named columns, text and yuan, mistakes by row and column."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from sanzi.kernel.money import parse_yuan
from sanzi.kernel.refusals import Refusal
from sanzi.record.errors import CellError, PackageRefused

BYTES_MAX: Final = 20_000_000
UNPACKED_MAX: Final = 200_000_000
ROWS_MAX: Final = 20_000
HEAD_WITHIN: Final = 20
NOISE: Final = 1e-6
"""How far a yuan of a workbook, a binary fraction, may lie from its two decimals."""


@dataclass(frozen=True)
class SheetRow:
    """One row that is not empty: its number as the program shows it, cells by heading."""

    number: int
    cells: dict[str, Any]

    def text(self, heading: str) -> str:
        """The cell as text; a whole number loses its `.0`."""
        value = self.cells.get(heading)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()


def rows(path: Path, headings: Sequence[str]) -> Iterator[SheetRow]:
    """Return the rows below the line that holds all headings, on the first sheet.

    Raises: PackageRefused for what is no workbook, a missing heading, or a formula.
    """
    _guard(path)
    places: dict[str, int] = {}
    for number, values in _lines(path):
        if not places:
            found = {str(value).strip(): place for place, value in enumerate(values) if value}
            if all(heading in found for heading in headings):
                places = {heading: found[heading] for heading in headings}
            elif number >= HEAD_WITHIN:
                break
            continue
        if number > ROWS_MAX:
            raise refused(path.name, number, "", "", f"最多 {ROWS_MAX} 行")
        row = {heading: _value(values, place) for heading, place in places.items()}
        for heading, value in row.items():
            if isinstance(value, str) and value.startswith("="):
                raise refused(path.name, number, heading, value, "不能是公式，请填数")
        if any(value not in (None, "") for value in row.values()):
            yield SheetRow(number, row)
    if not places:
        raise refused(path.name, 0, "", "", f"第一张表里要有这几列：{'、'.join(headings)}")


def yuan(path: Path, row: SheetRow, heading: str) -> int:
    """Return a cell of yuan as fen; empty is 0. Raises: PackageRefused, with row and column."""
    text = row.text(heading).replace(",", "").replace("，", "")
    if not text:
        return 0
    value = row.cells[heading]
    if isinstance(value, float) and abs(value - round(value, 2)) < NOISE:
        text = f"{value:.2f}"
    try:
        fen = parse_yuan(text.removeprefix("-"), allow_zero=True)
    except (Refusal, ValueError):
        message = "金额写成元，最多两位小数"
        raise refused(path.name, row.number, heading, text, message) from None
    return -fen if text.startswith("-") else fen


def refused(file: str, row: int, column: str, value: str, expected: str) -> PackageRefused:
    """Return the refusal of one cell."""
    return PackageRefused([CellError(file, row, column, value[:40], expected)])


def _lines(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Return the lines of the first sheet; a zip of something else is refused like any file."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
        with closing(book):
            for number, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
                yield number, [cell.value for cell in cells]
    except (InvalidFileException, LookupError, ValueError, TypeError, SyntaxError) as error:
        raise refused(path.name, 0, "", "", "不是能打开的 xlsx 文件") from error


def _value(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def _guard(path: Path) -> None:
    """Refuse what is no zip, or unpacks to more than it may, before opening it."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise refused(path.name, 0, "", "", "文件太大，不能导入")
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise refused(path.name, 0, "", "", "不是能打开的 xlsx 文件") from error
    if size > UNPACKED_MAX:
        raise refused(path.name, 0, "", "", "文件解开后太大，不能导入")
