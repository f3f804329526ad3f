"""Files as other offices send them: workbooks and text tables, right and wrong."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl


def workbook(*rows: Sequence[Any], title: str = "名单", more: Any = None) -> bytes:
    """Return a workbook with these rows on one sheet; `more` may do something to book and sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place, value)
    if more is not None:
        more(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text(*rows: Sequence[str], coding: str = "gb18030") -> bytes:
    """Return rows as a text table."""
    return "\r\n".join(",".join(row) for row in rows).encode(coding)
