"""Reading one CSV of a package safely and in blocks.

UTF-8 with or without a byte order mark. Refused with the row: bytes that are no UTF-8, NUL
and other control characters, broken quotes, over-long cells, rows with too few or too many
cells, too many rows. A link or anything but a plain file is not opened.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

from sanzi.record.errors import CellError

ROWS_MAX: Final = 5_000_000
BLOCK_ROWS: Final = 2_000
LINE_LENGTH_MAX: Final = 40_000

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Row = list[str]


class CsvBroken(Exception):
    """The file cannot be read on; `error` says where and why."""

    def __init__(self, error: CellError) -> None:
        super().__init__(error.text)
        self.error = error


class CsvFile:
    """One CSV. Iterating `blocks` yields (number of its first row, rows), header excluded."""

    def __init__(self, path: Path, *, rows_max: int = ROWS_MAX) -> None:
        self.path = path
        self.name = path.name
        self._rows_max = rows_max

    def header(self) -> Row:
        """The first row. Raises CsvBroken."""
        rows = self._rows()
        try:
            return next(rows, [])
        finally:
            rows.close()

    def blocks(self) -> Iterator[tuple[int, list[Row]]]:
        """Data rows in blocks; the first data row is number 2. Raises CsvBroken."""
        rows = self._rows()
        next(rows, None)
        first, block = 2, list[Row]()
        for row in rows:
            block.append(row)
            if len(block) == BLOCK_ROWS:
                yield first, block
                first, block = first + len(block), []
        if block:
            yield first, block

    def _rows(self) -> Generator[Row, None, None]:
        handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, encoding="utf-8-sig", newline="") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise self._broken(0, "不是普通文件")
            yield from self._parsed(stream)

    def _parsed(self, stream: Iterator[str]) -> Iterator[Row]:
        number = 0
        reader = csv.reader(self._lines(stream), strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._broken(number + 1, "引号不成对，或引号后还有字") from error
            except UnicodeDecodeError as error:
                raise self._broken(number + 1, "文件应是 UTF-8 编码") from error
            number += 1
            if number > self._rows_max + 1:
                raise self._broken(number, f"一张表最多 {self._rows_max} 行")
            yield row

    def _lines(self, stream: Iterator[str]) -> Iterator[str]:
        control = _CONTROL.search
        for number, line in enumerate(stream, start=1):
            if len(line) > LINE_LENGTH_MAX:
                raise self._broken(number, f"一行最多 {LINE_LENGTH_MAX} 个字符")
            if control(line):
                raise self._broken(number, "含有不可见的控制字符")
            yield line

    def _broken(self, row: int, expected: str) -> CsvBroken:
        return CsvBroken(CellError(self.name, row, "", "", expected))
