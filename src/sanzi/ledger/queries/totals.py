"""Sums over voucher lines, many books at once: what every table of figures stands on.

One grouped pass in SQL over the lines, on both engines; no total is ever stored. Callers hold
the doors of the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from sanzi.ledger.models import Book, Origin

CHUNK_ROWS = 5000
FIRST_PERIOD, LAST_PERIOD = "0000-00", "9999-12"


class Movement(NamedTuple):
    """What lines of an account moved in a month of a book, closing vouchers apart. Units: fen.

    `aux_kind` and `aux_id` are '' unless asked for. Red amounts count negative on their side.
    A tuple by name rather than a dataclass: a county makes hundreds of thousands.
    """

    book_id: int
    account_code: str
    aux_kind: str
    aux_id: str
    period: str
    is_closing: bool
    debit_fen: int
    credit_fen: int


class Opening(NamedTuple):
    """What an account stood at before a book began, debit positive. Units: fen."""

    book_id: int
    account_code: str
    aux_kind: str
    aux_id: str
    balance_fen: int


def movements(
    books: Sequence[Book],
    first: str = FIRST_PERIOD,
    last: str = LAST_PERIOD,
    *,
    with_aux: bool = False,
    accounts: Sequence[str] = (),
    beside: Sequence[str] = (),
    cuts: Sequence[str] = (),
) -> list[Movement]:
    """Return the sums of the months from `first` to `last`, in no order.

    `accounts`: only accounts that begin so. `beside`: only vouchers with a line on an account
    that begins so, those lines themselves left out: where the money of such accounts came from
    or went. `cuts` (ascending months): months are summed from one cut to the next and carry the
    cut as their period; what lies before the first cut carries '0000-00'.
    """
    return list(each_movement(
        books, first, last, with_aux=with_aux, accounts=accounts, beside=beside, cuts=cuts
    ))  # fmt: skip


def each_movement(
    books: Sequence[Book],
    first: str = FIRST_PERIOD,
    last: str = LAST_PERIOD,
    *,
    with_aux: bool = False,
    accounts: Sequence[str] = (),
    beside: Sequence[str] = (),
    cuts: Sequence[str] = (),
) -> Iterator[Movement]:
    """Yield what `movements` returns, a few thousand at a time in memory."""
    if not books:
        return
    aux = ("l.aux_kind", "l.aux_id") if with_aux else ("''", "''")
    closing = f"v.origin = '{Origin.CLOSING.value}'"
    keys = ("v.book_id", "l.account_code", *aux, _month(cuts), closing)
    where = ["v.period >= %s", "v.period <= %s"]
    parameters: list[Any] = [first, last]
    _narrow_books(books, "v.book_id", where)
    if accounts:
        where.append(_begins("l.account_code", accounts, parameters))
    if beside:
        where.append(f"NOT {_begins('l.account_code', beside, parameters)}")
        inner = _begins("b.account_code", beside, parameters)
        where.append(
            "EXISTS (SELECT 1 FROM ledger_voucherline b "  # noqa: S608 - own text, no values
            f"WHERE b.voucher_id = v.id AND {inner})"
        )
    grouped = [key for key in keys if key != "''"]
    sql = (
        f"SELECT {', '.join(keys)}, "  # noqa: S608 - own text; values are parameters
        "CAST(SUM(l.debit_fen) AS BIGINT), CAST(SUM(l.credit_fen) AS BIGINT) "
        "FROM ledger_voucherline l JOIN ledger_voucher v ON v.id = l.voucher_id "
        f"WHERE {' AND '.join(where)} GROUP BY {', '.join(grouped)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        yield from _each(cursor)


def openings(books: Sequence[Book], *, with_aux: bool = False) -> list[Opening]:
    """Return what the accounts of books stood at before their first months."""
    if not books:
        return []
    aux = ("aux_kind", "aux_id") if with_aux else ("''", "''")
    where = ["balance_fen <> 0"]
    _narrow_books(books, "book_id", where)
    grouped = ["book_id", "account_code", *(key for key in aux if key != "''")]
    sql = (
        f"SELECT book_id, account_code, {', '.join(aux)}, "  # noqa: S608 - own text only
        "CAST(SUM(balance_fen) AS BIGINT) FROM ledger_openingbalance "
        f"WHERE {' AND '.join(where)} GROUP BY {', '.join(grouped)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Opening._make(row) for row in cursor.fetchall()]


def _each(cursor: Any) -> Iterator[Movement]:
    while rows := cursor.fetchmany(CHUNK_ROWS):
        for book_id, code, kind, aux_id, period, is_closing, debit, credit in rows:
            yield Movement(
                book_id, code, kind, aux_id, period, bool(is_closing), debit, credit
            )  # fmt: skip


def _month(cuts: Sequence[str]) -> str:
    if not cuts:
        return "v.period"
    for cut in cuts:
        if not (len(cut) == len(FIRST_PERIOD) and cut.replace("-", "").isdigit()):
            raise ValueError(cut)
    whens = " ".join(f"WHEN v.period >= '{cut}' THEN '{cut}'" for cut in reversed(cuts))
    return f"CASE {whens} ELSE '{FIRST_PERIOD}' END"


def _narrow_books(books: Sequence[Book], column: str, where: list[str]) -> None:
    if len(books) < Book.objects.count():
        where.append(f"{column} IN ({', '.join(str(int(book.pk)) for book in books)})")


def _begins(column: str, prefixes: Sequence[str], parameters: list[Any]) -> str:
    parts = []
    for length in sorted({len(prefix) for prefix in prefixes}):
        same = [prefix for prefix in prefixes if len(prefix) == length]
        parts.append(f"substr({column}, 1, {length}) IN ({', '.join(['%s'] * len(same))})")
        parameters += same
    return f"({' OR '.join(parts)})"
