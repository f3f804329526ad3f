"""The official statements of a book as an export takes them: at each year's last month."""

from __future__ import annotations

from sanzi.ledger.exports.shapes import Sheet
from sanzi.ledger.models import Book
from sanzi.ledger.queries import reading, statement_sheets, statements


def sheets_of(book: Book) -> tuple[Sheet, ...]:
    """Return the statements that have an official number, for the last month of every year.

    Nothing in them names a person. The caller holds the book's door.
    """
    first, last = reading.bounds([book]).get(book.pk, ("", ""))
    if not first:
        return ()
    years = range(int(first[:4]), int(last[:4]) + 1)
    return tuple(
        _sheet(statements.statement_of(book, layout.code, due), month)
        for month in (min(f"{year}-12", last) for year in years)
        for layout in statements.layouts(book.standard_code)
        if layout.form and not layout.is_custom
        if (due := statement_sheets.due_period(layout, month))
    )


def _sheet(page: statements.StatementPage, month: str) -> Sheet:
    return Sheet(
        code=f"{page.layout.code}-{month}",
        title=page.layout.title,
        period=month,
        columns=tuple(f"{one.group}{one.title}" for one in page.columns),
        rows=tuple(
            (number, row.title, row.figures)
            for number, row in enumerate(page.rows, 1)
            if any(fen is not None for fen in row.figures)
        ),
    )
