"""A table as it leaves the house: one value, written as a workbook, a CSV or a PDF.

Amounts are int fen until the last moment: numbers with two decimals in the workbook, text in the
other two. Text is never a formula. Who may have a table is not decided here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from sanzi.kernel import papers
from sanzi.kernel.money import format_yuan

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
UNIT: Final = "单位：元"
PORTRAIT_ROOM: Final = 104
"""How many half-width characters stand side by side on an upright leaf."""
_LANDSCAPE_ROOM: Final = 155
_SHEET_NAME_MAX: Final = 31
_BAD_IN_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_WIDE: Final = "\u2e80"
_INDENT: Final = "　"
_LONGEST_CELL: Final = 32_000
_PICTURE_ROWS: Final = 24

Value = str | int | None
"""Text, an amount in fen, a count, or nothing."""


@dataclass(frozen=True)
class Column:
    """One column. kind is text, mid, money (fen) or count; width in half-width characters.

    Neighbours of the same `group` stand under one head.
    """

    title: str
    kind: str = "text"
    width: int = 0
    group: str = ""

    @property
    def room(self) -> int:
        """The width, or what its kind usually needs."""
        return self.width or {"money": 16, "count": 8, "mid": 8}.get(self.kind, 20)

    @property
    def heading(self) -> str:
        """The title with its group, where only one line of heads is possible."""
        return f"{self.group}{self.title}" if self.group else self.title


@dataclass(frozen=True)
class Row:
    """One row; level indents the first text, tone is "", total or quiet.

    `source` names what lies behind it, such as ("voucher", "V-1"), for a face to make a link of.
    `carry` is what the cells from the first amount on say when a page is turned after this row.
    `urls` lead from cells to their sources, in the workbook and on paper; empty for nowhere.
    """

    cells: Sequence[Value]
    level: int = 0
    tone: str = ""
    source: tuple[str, ...] = ()
    carry: tuple[Value, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing that stands in a workbook: its title and a PNG."""

    title: str
    png: bytes


@dataclass(frozen=True)
class Sheet:
    """One table with what stands around it.

    `left`, `middle`, `right` stand in a line under the title: body, period, unit. `number` is the
    form's official number, `signers` are words such as 制表：, `indent` the column that levels
    indent. `row_mm` fixes the height of rows where a page holds a fixed number of them.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    left: str = ""
    middle: str = ""
    right: str = UNIT
    number: str = ""
    notes: Sequence[str] = ()
    signers: Sequence[str] = ()
    name: str = ""
    indent: int = 0
    row_mm: int = 0

    @property
    def has_groups(self) -> bool:
        """Whether the heads stand in two lines."""
        return any(column.group for column in self.columns)

    @property
    def is_wide(self) -> bool:
        """Whether it needs a leaf on its side."""
        return sum(column.room for column in self.columns) > PORTRAIT_ROOM


def width(text: str) -> int:
    """Return how many half-width characters a text takes."""
    return sum(2 if char >= _WIDE else 1 for char in text)


def turned(sheet: Sheet, rows_a_page: int) -> list[Sheet]:
    """Return a bound book's leaves: each ends with 过次页 and the next begins with 承前页.

    Rows that carry nothing, and sheets of one page, are left as they are.
    """
    leaves: list[Sheet] = []
    rows = list(sheet.rows)
    while len(rows) > rows_a_page and rows[rows_a_page - 2].carry:
        kept, rows = rows[: rows_a_page - 1], rows[rows_a_page - 1 :]
        carry = kept[-1].carry
        blank = len(sheet.columns) - len(carry)
        over, brought = (
            Row((*_words_at(blank, words), *carry), tone="quiet") for words in ("过次页", "承前页")
        )
        leaves.append(replace(sheet, rows=(*kept, over), notes=(), signers=()))
        rows = [brought, *rows]
    return [*leaves, replace(sheet, rows=tuple(rows))]


def _words_at(count: int, words: str) -> list[Value]:
    """Return `count` cells, the words in the third: the summary of every book of account."""
    cells: list[Value] = [None] * count
    cells[min(2, count - 1)] = words
    return cells


def pdf(title: str, sheets: Sequence[Sheet]) -> bytes:
    """Return the sheets as one PDF/A, each on leaves of its own."""
    return papers.pdf("tables", {"title": title, "sheets": [paper(one) for one in sheets]})


def workbook(sheets: Sequence[Sheet], pictures: Sequence[Picture] = ()) -> bytes:
    """Return an Excel workbook, a worksheet each; amounts are numbers, text is never a formula.

    Pictures stand one below the other on a last worksheet.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - the format has no zone
    formats = _formats(book)
    taken: set[str] = set()
    for one in sheets:
        _write(book.add_worksheet(_name(one.name or one.title, taken)), one, formats)
    if pictures:
        _write_pictures(book.add_worksheet(_name("图", taken)), pictures, formats)
    book.close()
    return out.getvalue()


def csv_file(sheet: Sheet) -> bytes:
    """Return one table as CSV that Excel opens, amounts as plain figures of yuan."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_guarded(column.heading) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow(
            [_plain(value, column) for value, column in zip(row.cells, sheet.columns, strict=True)]
        )
    return ("\ufeff" + out.getvalue()).encode()


def _plain(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return format_yuan(value).replace(",", "") if column.kind == "money" else str(value)
    return _guarded(value)


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def shown(value: Value, column: Column) -> str:
    """Return a value as paper writes it."""
    if value is None:
        return ""
    if isinstance(value, int):
        return format_yuan(value) if column.kind == "money" else str(value)
    return value


def paper(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as templates of papers read it."""
    factor = _room(sheet)
    return {
        "title": sheet.title,
        "number": sheet.number,
        "left": sheet.left,
        "middle": sheet.middle,
        "right": sheet.right,
        "flipped": sheet.is_wide,
        "indent": sheet.indent,
        "row_height": sheet.row_mm,
        "columns": [
            {"title": one.title, "kind": one.kind, "width": one.room, "group": one.group}
            for one in sheet.columns
        ],
        "rows": [
            {
                "cells": [
                    _fitted(shown(value, column), column.room * factor // 100)
                    for value, column in zip(row.cells, sheet.columns, strict=True)
                ],
                "level": row.level,
                "tone": row.tone,
                **({"urls": list(row.urls)} if any(row.urls) else {}),
            }
            for row in sheet.rows
        ],
        "notes": list(sheet.notes),
        "signers": list(sheet.signers),
    }


def _room(sheet: Sheet) -> int:
    """Return how many hundredths of its own width a column gets on the leaf."""
    room = _LANDSCAPE_ROOM if sheet.is_wide else PORTRAIT_ROOM
    return room * 100 // max(1, sum(column.room for column in sheet.columns))


def _fitted(text: str, room: int) -> str | dict[str, str]:
    return {"tight": text} if width(text) > room - 2 else text


def _name(title: str, taken: set[str]) -> str:
    """Return a name that a workbook takes: 31 characters, no marks, once."""
    base = _BAD_IN_NAME.sub("", title)[:_SHEET_NAME_MAX] or "表"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        tail = f"_{number}"
        name = base[: _SHEET_NAME_MAX - len(tail)] + tail
    taken.add(name.lower())
    return name


def _formats(book: Any) -> dict[str, Any]:
    line: dict[str, Any] = {"border": 1, "border_color": "#A9B5AC", "valign": "vcenter"}
    head: dict[str, Any] = {
        **line,
        "bold": True,
        "bg_color": "#E4EDE3",
        "align": "center",
        "text_wrap": True,
    }
    made: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 15, "align": "center"},
        "quiet": {"font_color": "#414E47"},
        "head": {**head, "num_format": "@"},
        "text": {**line, "num_format": "@"},
        "mid": {**line, "num_format": "@", "align": "center"},
        "count": {**line, "num_format": "0"},
        "money": {**line, "num_format": "#,##0.00;-#,##0.00;0.00"},
    }
    for kind in ("text", "mid", "count", "money"):
        made[f"{kind}+total"] = {**made[kind], "bold": True, "top": 6}
    return {key: book.add_format(value) for key, value in made.items()}


def _write(sheet: Any, table: Sheet, formats: dict[str, Any]) -> None:
    last = len(table.columns) - 1
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, min(48, max(column.room, width(column.title) + 2)))
    if last:
        sheet.merge_range(0, 0, 0, last, table.title, formats["title"])
    else:
        sheet.write_string(0, 0, table.title, formats["title"])
    around = "　　".join(part for part in (table.left, table.middle, table.right) if part)
    sheet.write_string(1, 0, around, formats["quiet"])
    top = 2
    if table.has_groups:
        _write_groups(sheet, table.columns, formats["head"])
        top = 3
    for place, column in enumerate(table.columns):
        if not table.has_groups or column.group:
            sheet.write_string(top, place, column.title, formats["head"])
    sheet.freeze_panes(top + 1, 1)
    number = top
    for number, row in enumerate(table.rows, start=top + 1):
        for place, value in enumerate(row.cells):
            _write_cell(sheet, (number, place), _Cell(table, row, place, value), formats)
    for text in (*table.notes, "　　".join(table.signers)):
        number += 1
        sheet.write_string(number, 0, text, formats["quiet"])
    sheet.set_landscape() if table.is_wide else sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)


def _write_pictures(sheet: Any, pictures: Sequence[Picture], formats: dict[str, Any]) -> None:
    line = 0
    for one in pictures:
        sheet.write_string(line, 0, one.title, formats["quiet"])
        sheet.insert_image(
            line + 1, 0, "picture.png",
            {"image_data": io.BytesIO(one.png), "x_scale": 0.5, "y_scale": 0.5,
             "description": one.title},
        )  # fmt: skip
        line += _PICTURE_ROWS


def _write_groups(sheet: Any, columns: Sequence[Column], head: Any) -> None:
    """Write the upper line of heads; a column without a group stands across both lines."""
    place = 0
    while place < len(columns):
        group, end = columns[place].group, place
        while group and end + 1 < len(columns) and columns[end + 1].group == group:
            end += 1
        if not group:
            sheet.merge_range(2, place, 3, place, columns[place].title, head)
        elif end > place:
            sheet.merge_range(2, place, 2, end, group, head)
        else:
            sheet.write_string(2, place, group, head)
        place = end + 1


@dataclass(frozen=True)
class _Cell:
    """One cell with its table and row, on the way into a worksheet."""

    table: Sheet
    row: Row
    place: int
    value: Value


def _write_cell(sheet: Any, at: tuple[int, int], cell: _Cell, formats: dict[str, Any]) -> None:
    kind = cell.table.columns[cell.place].kind
    form = formats[f"{kind}+total" if cell.row.tone == "total" else kind]
    value = cell.value
    urls = cell.row.urls
    if urls and urls[cell.place]:
        # The link first, then the value over it: the cell keeps both.
        sheet.write_url(*at, urls[cell.place], form)
    if value is None:
        sheet.write_blank(*at, None, form)
    elif isinstance(value, str):
        gap = _INDENT * cell.row.level if cell.place == cell.table.indent else ""
        sheet.write_string(*at, (gap + value)[:_LONGEST_CELL], form)
    else:
        number = Decimal(value) / 100 if kind == "money" else value
        sheet.write_number(*at, number, form)


def plain_rows(values: Iterable[Sequence[Value]]) -> tuple[Row, ...]:
    """Return rows without indent or tone."""
    return tuple(Row(cells) for cells in values)
