"""A guard of the month's close: the checks of the balance sheet are kept.

Source: 会计基础工作规范 第六十八条, 勾稽关系. Other statements show their broken checks and do not
hinder; what must be done by the year's end has a guard of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sanzi.ledger.models import Book
from sanzi.ledger.queries import hindrances, reading
from sanzi.ledger.queries.hindrances import Found, Hindrance

STATEMENT = "balance"


def register() -> None:
    """Join the guards of the close."""
    hindrances.guard("ledger.6_statements", _broken, is_quick=False)


def _broken(books: Sequence[Book], period: str) -> Found:
    """Return the titles of checks that are not kept, by book; standards are read one by one."""
    found = {}
    span = reading.span_of(period)
    for standard_code in sorted({book.standard_code for book in books}):
        same = [book for book in books if book.standard_code == standard_code]
        layout = reading.layout_of(standard_code, STATEMENT, span)
        wanted = {check.title for check in layout.checks if not check.at_year_end}
        for book_id, done in reading.work_out(same, layout, span).items():
            broken = {check.title for check in done.checks if not check.is_kept}
            titles = sorted(broken & wanted)
            if titles:
                found[book_id] = [
                    Hindrance(f"报表对不上：{title}", 1, "statement", (STATEMENT,))
                    for title in titles
                ]
    return found
