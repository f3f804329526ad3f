"""A sheet on a page: the table with its links, and its files on the way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from django.http import HttpResponse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.ledger.actions.papers import PaperFile
from sanzi.record.sheets import Row as SheetRow
from sanzi.record.sheets import Sheet, Value

ROWS_A_PAGE = 100
_INDENT = "　"
_LABEL = 1
Address = Callable[[tuple[str, ...]], str]
"""From what lies behind a row, such as ("voucher", "V-1"), to an address; '' for none."""


def ledger_of(sheet: Sheet, rows: Sequence[SheetRow], address: Address) -> Ledger:
    """Return some rows of a sheet as a table; its sum stands under every page of it."""
    total = sheet.rows[-1] if len(own_rows(sheet)) < len(sheet.rows) else None
    return Ledger(
        caption=f"{sheet.title}，{sheet.right}",
        columns=[
            Column(one.heading, "money" if one.kind in ("money", "count") else one.kind)
            for one in sheet.columns
        ],
        rows=[_row(sheet, one, address) for one in rows if one is not total],
        total=_sum(sheet, total) if total else None,
    )


def own_rows(sheet: Sheet) -> Sequence[SheetRow]:
    """Return the rows that pages are cut from: all but the sum."""
    last = sheet.rows[-1] if sheet.rows else None
    is_sum = last is not None and last.tone == "total" and not last.source and not last.carry
    return sheet.rows[:-1] if is_sum else sheet.rows


def file_links(query: str) -> list[Link]:
    """Return the three forms in which a sheet may be taken away."""
    start = f"?{query}&" if query else "?"
    return [
        Link("PDF", f"{start}as=pdf", "printer"),
        Link("Excel", f"{start}as=xlsx", "file-spreadsheet"),
        Link("CSV", f"{start}as=csv", "download"),
    ]


def sent(paper: PaperFile) -> HttpResponse:
    """Return a file as an attachment."""
    response = HttpResponse(paper.data, content_type=paper.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(paper.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _row(sheet: Sheet, row: SheetRow, address: Address) -> Row:
    url = address(row.source) if row.source else ""
    linked = _LABEL if row.source[:1] == ("voucher",) else sheet.indent
    tone = {"total": "strong", "quiet": "quiet"}.get(row.tone, "")
    return Row(
        [
            Cell(
                _text(value, column.kind, row.level if place == sheet.indent else 0),
                url=url if place == linked else "",
                tone=tone,
            )
            for place, (value, column) in enumerate(zip(row.cells, sheet.columns, strict=True))
        ]
    )


def _sum(sheet: Sheet, row: SheetRow) -> Row:
    """Return the sum, its words in one cell across the columns of text."""
    text = [place for place, one in enumerate(sheet.columns) if one.kind in ("text", "mid")]
    span = next((at for at, place in enumerate(text) if at != place), len(text))
    said = "　".join(str(value) for value in row.cells[:span] if value)
    rest = zip(row.cells[span:], sheet.columns[span:], strict=True)
    return Row([Cell(said, span=span), *(Cell(_text(value, one.kind, 0)) for value, one in rest)])


def _text(value: Value, kind: str, level: int) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return words.yuan(value) if kind == "money" else str(value)
    return _INDENT * level + value
