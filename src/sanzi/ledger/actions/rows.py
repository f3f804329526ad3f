"""Write posted vouchers as rows, many at a time.

An import of a county's history spends its time in the database and not in making model objects.
Only `posting.py` and `loading.py` call this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from sanzi.ledger.models import Book, NumberHead, Period, Voucher, VoucherLine
from sanzi.ledger.rules import Draft, Link
from sanzi.orgs.models import Organisation
from sanzi.record import bulk
from sanzi.record.bulk import Values

New = tuple[Draft, Link, str]

_HEAD = NumberHead._meta.db_table  # noqa: SLF001 - the public way to a table's name
_VOUCHER = Voucher._meta.db_table  # noqa: SLF001 - the same
_AT_ONCE = 500
_BOOK_NAMES = [field.attname for field in Book._meta.concrete_fields]  # noqa: SLF001 - the same
_ORG_NAMES = ["id", "ext_id", "division_id", "kind", "name"]  # the rest comes when asked for
_BOOK = (
    f"SELECT {', '.join(f'b.{name}' for name in _BOOK_NAMES)}, "  # noqa: S608 - our own names
    f"{', '.join(f'o.{name}' for name in _ORG_NAMES)} "
    f"FROM {Book._meta.db_table} b "  # noqa: SLF001
    f"JOIN {Organisation._meta.db_table} o ON o.id = b.organisation_id "  # noqa: SLF001
    "WHERE o.ext_id = %s ORDER BY b.id LIMIT 1"
)
_PERIOD = Period._meta.db_table  # noqa: SLF001 - the same


def book_of(org_ext_id: str) -> Book | None:
    """Return the book of an organisation with it, None when it keeps none."""
    found = _all(_BOOK, [org_ext_id])
    if not found:
        return None
    book: Book = Book.from_db(connection.alias, _BOOK_NAMES, found[0][: len(_BOOK_NAMES)])
    book.organisation = Organisation.from_db(
        connection.alias, _ORG_NAMES, found[0][len(_BOOK_NAMES) :]
    )
    return book


class Booked(NamedTuple):
    """A posted voucher as who posts its source again has to know it."""

    source_id: str
    ext_id: str
    period: str
    word: str
    number: int
    date: dt.date
    total_fen: int
    hash: str


@dataclass(slots=True)
class Head:
    """A locked number head: where the numbers of a book, month and word stand.

    Not the model: making one takes as long as reading the row.
    """

    pk: int
    last_number: int
    last_hash: str
    last_posted_at: dt.datetime | None


def locked_periods(
    book_id: int, periods: Sequence[str], cursor: Any = None
) -> dict[str, dt.datetime | None]:
    """Lock the months of a book that exist, in order; return when each was closed."""
    marks = ", ".join(["%s"] * len(periods))
    found = _all(
        f"SELECT period, closed_at FROM {_PERIOD} "  # noqa: S608 - our own names
        f"WHERE book_id = %s AND period IN ({marks}) ORDER BY period{_lock()}",
        [book_id, *periods],
        cursor,
    )
    return {period: _moment(closed_at) for period, closed_at in found}


def locked_heads(
    book_id: int, keys: Sequence[tuple[str, str]], cursor: Any = None
) -> dict[tuple[str, str], Head]:
    """Lock the number heads of a book's months that exist, in order, by (period, word)."""
    periods = sorted({period for period, _ in keys})
    marks = ", ".join(["%s"] * len(periods))
    found = _all(
        "SELECT id, period, word, last_number, last_hash, last_posted_at "  # noqa: S608 - own names
        f"FROM {_HEAD} WHERE book_id = %s AND period IN ({marks}) "
        f"ORDER BY period, word{_lock()}",
        [book_id, *periods],
        cursor,
    )
    return {
        (period, word): Head(key, number, last_hash, _moment(last))
        for key, period, word, number, last_hash, last in found
    }


def booked(
    book_id: int, source_kind: str, source_ids: Sequence[str], cursor: Any = None
) -> Iterator[Booked]:
    """Yield what is posted already of these sources of one kind."""
    for start in range(0, len(source_ids), _AT_ONCE):
        some = source_ids[start : start + _AT_ONCE]
        marks = ", ".join(["%s"] * len(some))
        for row in _all(
            "SELECT source_id, ext_id, period, word, number, date, total_fen, hash "  # noqa: S608
            f"FROM {_VOUCHER} WHERE book_id = %s AND source_kind = %s AND source_id IN ({marks})",
            [book_id, source_kind, *some],
            cursor,
        ):
            found = Booked._make(row)
            yield found._replace(date=_day(found.date))


def _all(sql: str, parameters: Sequence[int | str], cursor: Any = None) -> list[tuple[Any, ...]]:
    if cursor is None:
        with connection.cursor() as own:
            return _all(sql, parameters, own)
    cursor.execute(sql, parameters)
    return list(cursor.fetchall())


def _lock() -> str:
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


def _moment(value: Any) -> dt.datetime | None:
    """Return a stored time as aware UTC; SQLite hands out text without a zone, or such a time."""
    if value is None:
        return None
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def insert_vouchers(book: Book, new: Sequence[New], cursor: Any = None) -> None:
    """Insert vouchers in the order given, with their lines.

    A red voucher finds the one it strikes out by its ext id, in the tables or earlier in `new`.
    """
    for run in _runs(new):
        struck = _keys([draft.reversal_of for draft, _, _ in run if draft.reversal_of], cursor)
        values = [_voucher(book.pk, each, struck) for each in run]
        can_return = connection.features.can_return_columns_from_insert  # SQLite from 3.35 on
        if len(run) == 1 and cursor is not None and can_return:
            keys = {run[0][0].ext_id: bulk.insert_one(Voucher, values[0], cursor=cursor)}
        else:
            bulk.insert(Voucher, values, cursor=cursor)
            keys = _keys([draft.ext_id for draft, _, _ in run], cursor)
        lines = _lines((draft for draft, _, _ in run), keys)
        for chunk in bulk.chunks(lines):
            bulk.insert(VoucherLine, chunk, cursor=cursor)


def _runs(new: Sequence[New]) -> Iterator[list[New]]:
    """Part the vouchers so that none strikes out one of its own part, which has no key yet."""
    run: list[New] = []
    inside: set[str] = set()
    for each in new:
        draft = each[0]
        if draft.reversal_of in inside or len(run) == bulk.CHUNK:
            yield run
            run, inside = [], set()
        run.append(each)
        inside.add(draft.ext_id)
    if run:
        yield run


def _keys(ext_ids: Sequence[str], cursor: Any = None) -> dict[str, int]:
    if not ext_ids:
        return {}
    found: dict[str, int] = {}
    for start in range(0, len(ext_ids), _AT_ONCE):
        some = ext_ids[start : start + _AT_ONCE]
        marks = ", ".join(["%s"] * len(some))
        sql = f"SELECT ext_id, id FROM {_VOUCHER} WHERE ext_id IN ({marks})"  # noqa: S608
        found |= _all(sql, some, cursor)
    return found


def save_heads(heads: Sequence[Head], cursor: Any = None) -> None:
    """Write where the locked number heads stand now."""
    if not heads:
        return None
    if cursor is None:
        with connection.cursor() as own:
            return save_heads(heads, own)
    moment = connection.ops.adapt_datetimefield_value
    told = "last_number = %s, last_hash = %s, last_posted_at = %s"
    cursor.executemany(
        f"UPDATE {_HEAD} SET {told} WHERE id = %s",  # noqa: S608 - our own names
        [
            (head.last_number, head.last_hash, moment(head.last_posted_at), head.pk)
            for head in heads
        ],
    )
    return None


def save_closings(periods: Sequence[Period]) -> None:
    """Write when the months were closed."""
    if not periods:
        return
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_PERIOD} SET closed_at = %s WHERE id = %s",  # noqa: S608 - our own names
            [(moment(period.closed_at), period.pk) for period in periods],
        )


def _voucher(book_id: int, new: New, struck: Mapping[str, int]) -> Values:
    draft, link, link_hash = new
    return {
        "ext_id": draft.ext_id,
        "book_id": book_id,
        "period": draft.period,
        "word": draft.word,
        "number": link.number,
        "date": draft.date,
        "summary": draft.summary,
        "origin": draft.origin,
        "rule_code": draft.rule_code,
        "rule_version": draft.rule_version,
        "source_kind": draft.source_kind,
        "source_id": draft.source_id,
        "attachment_count": draft.attachment_count,
        "line_count": len(draft.lines),
        "total_fen": draft.total_fen,
        "maker_name": draft.names.maker,
        "reviewer_name": draft.names.reviewer,
        "posted_by_name": draft.names.posted_by,
        "posted_at": link.posted_at,
        "previous_hash": link.previous_hash,
        "hash": link_hash,
        "reversal_of_id": struck.get(draft.reversal_of),
    }


def _lines(drafts: Iterable[Draft], keys: Mapping[str, int]) -> Iterator[Values]:
    for draft in drafts:
        for line_no, line in enumerate(draft.lines, 1):
            yield {
                "voucher_id": keys[draft.ext_id],
                "line_no": line_no,
                "summary": line.summary,
                "account_code": line.account_code,
                "debit_fen": line.debit_fen,
                "credit_fen": line.credit_fen,
                "aux_kind": line.aux_kind,
                "aux_id": line.aux_id,
                "source_ref": line.source_ref,
            }
