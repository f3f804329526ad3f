"""Every account of every book at every month's end: opening, debit, credit, closing.

Straight sums in SQL over the voucher lines, one book after the other: the sorting of a small book
is cheap, and a county needs no more memory than a village. No total is ever stored. Pure: who
calls gives what runs a statement, so that a command may come without Django.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, Final

Rows = Iterable[tuple[Any, ...]]


@dataclass(frozen=True)
class Source:
    """What runs a statement (parameters as %s) and returns its rows.

    `is_whole`: the engine adds up all books at once faster than one after the other, and hands
    the rows out as they come.
    """

    run: Callable[[str, Sequence[Any]], Rows]
    is_whole: bool = False


_BOOKS: Final = """
SELECT b.id, o.ext_id, b.first_period
FROM ledger_book b JOIN orgs_organisation o ON o.id = b.organisation_id ORDER BY b.id
"""
_LAST: Final = "SELECT MAX(period) FROM ledger_voucher"
_OPENED: Final = """
SELECT book_id, account_code, CAST(SUM(balance_fen) AS BIGINT)
FROM ledger_openingbalance GROUP BY book_id, account_code
"""
# CROSS JOIN keeps SQLite to the order written: vouchers of the book by month, then their lines.
_LINES: Final = """
SELECT {keys}, CAST(SUM(l.debit_fen) AS BIGINT), CAST(SUM(l.credit_fen) AS BIGINT)
FROM ledger_voucher v CROSS JOIN ledger_voucherline l
WHERE l.voucher_id = v.id{book} GROUP BY {keys}{order}
"""
_MONTHS: Final = "l.account_code, v.period"
_TOTALS: Final = "l.account_code"


@dataclass(frozen=True, slots=True)
class Cells:
    """One account: its four figures a month, in the order of the months. Balances debit positive.

    Units: fen.
    """

    opening: list[int]
    debit: list[int]
    credit: list[int]
    closing: list[int]


@dataclass(frozen=True, slots=True)
class BookMonths:
    """One book: its months without a gap, and the cells of each account."""

    org_ext_id: str
    months: tuple[str, ...]
    accounts: dict[str, Cells]


def month_ends(source: Source, *, only: Collection[int] | None = None) -> Iterator[BookMonths]:
    """Yield the books in the order they were opened; `only` keeps those of these keys.

    Months run from a book's first to the last that any book has a voucher in, so that all books
    end together.
    """
    last = str(_first(source.run(_LAST, ())) or "")
    opened = _opened(source)
    for (book_id, org_ext_id, first), rows in _by_book(source, _MONTHS):
        if only is not None and book_id not in only:
            continue
        months, places = _months(first, max(last, first))
        moves: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows:
            moves.setdefault(row[0], []).append(row)
        openings = opened.get(book_id, {})
        accounts = {
            code: _cells(openings.get(code, 0), places, moves.get(code, ()))
            for code in sorted(moves.keys() | openings.keys())
        }
        yield BookMonths(org_ext_id, months, accounts)


def trial_balance_of_all(source: Source) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Return (debit, credit, closing) of each (organisation, account) over all voucher lines."""
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    opened = _opened(source)
    for (book_id, org, _), rows in _by_book(source, _TOTALS):
        openings = opened.pop(book_id, {})
        for code, debit, credit in rows:
            found[org, code] = (debit, credit, openings.pop(code, 0) + debit - credit)
        for code, fen in openings.items():
            found[org, code] = (0, 0, fen)
    return found


def _by_book(source: Source, keys: str) -> Iterator[tuple[tuple[int, str, str], Rows]]:
    """Yield every book with its sums; take them before the next book."""
    books: list[tuple[Any, ...]] = list(source.run(_BOOKS, ()))
    if not source.is_whole:
        sql = _LINES.format(keys=keys, book=" AND v.book_id = %s", order="")
        for book_id, org, first in books:
            yield (book_id, org, first), source.run(sql, (book_id,))
        return
    sql = _LINES.format(keys=f"v.book_id, {keys}", book="", order=" ORDER BY v.book_id")
    runs = groupby(source.run(sql, ()), key=itemgetter(0))
    place, rows = next(runs, (None, iter(())))
    for book_id, org, first in books:
        if place != book_id:
            yield (book_id, org, first), ()
            continue
        yield (book_id, org, first), (row[1:] for row in rows)
        place, rows = next(runs, (None, iter(())))


def _opened(source: Source) -> dict[int, dict[str, int]]:
    opened: dict[int, dict[str, int]] = {}
    for book_id, code, fen in source.run(_OPENED, ()):
        opened.setdefault(book_id, {})[code] = fen
    return opened


def _first(rows: Rows) -> Any:
    return next(iter(rows))[0]


def _cells(opened: int, places: dict[str, int], moves: Iterable[tuple[Any, ...]]) -> Cells:
    count = len(places)
    debits, credits_, nets = [0] * count, [0] * count, [0] * count
    for _, period, debit, credit in moves:
        place = places[period]
        debits[place], credits_[place], nets[place] = debit, credit, debit - credit
    balances = list(accumulate(nets, initial=opened))
    return Cells(balances[:-1], debits, credits_, balances[1:])


@lru_cache(maxsize=64)
def _months(first: str, last: str) -> tuple[tuple[str, ...], dict[str, int]]:
    found = [first]
    while found[-1] < last:
        year, month = divmod(int(found[-1][:4]) * 12 + int(found[-1][5:]), 12)
        found.append(f"{year:04d}-{month + 1:02d}")
    return tuple(found), {period: place for place, period in enumerate(found)}
