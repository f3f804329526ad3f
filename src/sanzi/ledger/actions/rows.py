"""Write posted vouchers as rows, many at a time.

Plain INSERTs through one prepared statement: an import of a county's history spends its time in
the database and not in making model objects. Only `posting.py` and `loading.py` call this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from sanzi.ledger.models import Book, NumberHead, Period, Voucher, VoucherLine
from sanzi.ledger.rules import Draft, Link

New = tuple[Draft, Link, str]

_VOUCHER = Voucher._meta.db_table  # noqa: SLF001 - the public way to a table's name
_LINE = VoucherLine._meta.db_table  # noqa: SLF001 - the same
_HEAD = NumberHead._meta.db_table  # noqa: SLF001 - the same
_PERIOD = Period._meta.db_table  # noqa: SLF001 - the same
_ID_OF = f"(SELECT id FROM {_VOUCHER} WHERE ext_id = %s)"  # noqa: S608 - names of our own
_VOUCHER_COLUMNS = (
    *("ext_id", "book_id", "period", "word", "number", "date", "summary", "origin"),
    *("rule_code", "rule_version", "source_kind", "source_id", "attachment_count"),
    *("line_count", "total_fen", "maker_name", "reviewer_name", "posted_by_name"),
    *("posted_at", "previous_hash", "hash"),
)
_LINE_COLUMNS = (
    *("line_no", "summary", "account_code", "debit_fen", "credit_fen"),
    *("aux_kind", "aux_id", "source_ref"),
)


def insert_vouchers(book: Book, new: Sequence[New]) -> None:
    """Insert vouchers in the order given, then their lines.

    A red voucher finds the one it strikes out by its ext id, in the tables or earlier in `new`.
    """
    if not new:
        return
    columns = ", ".join([*_VOUCHER_COLUMNS, "reversal_of_id"])
    marks = ", ".join(["%s"] * len(_VOUCHER_COLUMNS) + [_ID_OF])
    line_columns = ", ".join([*_LINE_COLUMNS, "voucher_id"])
    line_marks = ", ".join(["%s"] * len(_LINE_COLUMNS) + [_ID_OF])
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_VOUCHER} ({columns}) VALUES ({marks})",  # noqa: S608 - our own names
            [_voucher_values(book.pk, *each) for each in new],
        )
        cursor.executemany(
            f"INSERT INTO {_LINE} ({line_columns}) VALUES ({line_marks})",  # noqa: S608 - as above
            list(_line_values(draft for draft, _, _ in new)),
        )


def save_heads(heads: Sequence[NumberHead]) -> None:
    """Write where the locked number heads stand now."""
    if not heads:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_HEAD} SET last_number = %s, last_hash = %s WHERE id = %s",  # noqa: S608
            [(head.last_number, head.last_hash, head.pk) for head in heads],
        )


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


def _voucher_values(book_id: int, draft: Draft, link: Link, link_hash: str) -> tuple[Any, ...]:
    return (
        draft.ext_id,
        book_id,
        draft.period,
        draft.word,
        link.number,
        connection.ops.adapt_datefield_value(draft.date),
        draft.summary,
        draft.origin,
        draft.rule_code,
        draft.rule_version,
        draft.source_kind,
        draft.source_id,
        draft.attachment_count,
        len(draft.lines),
        draft.total_fen,
        draft.names.maker,
        draft.names.reviewer,
        draft.names.posted_by,
        connection.ops.adapt_datetimefield_value(link.posted_at),
        link.previous_hash,
        link_hash,
        draft.reversal_of,
    )


def _line_values(drafts: Iterable[Draft]) -> Iterator[tuple[Any, ...]]:
    for draft in drafts:
        for line_no, line in enumerate(draft.lines, 1):
            yield (
                line_no,
                line.summary,
                line.account_code,
                line.debit_fen,
                line.credit_fen,
                line.aux_kind,
                line.aux_id,
                line.source_ref,
                draft.ext_id,
            )
