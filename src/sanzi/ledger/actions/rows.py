"""Write posted vouchers as rows, many at a time.

An import of a county's history spends its time in the database and not in making model objects.
Only `posting.py` and `loading.py` call this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection

from sanzi.ledger.models import Book, NumberHead, Period, Voucher, VoucherLine
from sanzi.ledger.rules import Draft, Link
from sanzi.record import bulk
from sanzi.record.bulk import Values

New = tuple[Draft, Link, str]

_HEAD = NumberHead._meta.db_table  # noqa: SLF001 - the public way to a table's name
_PERIOD = Period._meta.db_table  # noqa: SLF001 - the same


def insert_vouchers(book: Book, new: Sequence[New]) -> None:
    """Insert vouchers in the order given, with their lines.

    A red voucher finds the one it strikes out by its ext id, in the tables or earlier in `new`.
    """
    for run in _runs(new):
        struck = _keys([draft.reversal_of for draft, _, _ in run if draft.reversal_of])
        bulk.insert(Voucher, [_voucher(book.pk, each, struck) for each in run])
        keys = _keys([draft.ext_id for draft, _, _ in run])
        lines = _lines((draft for draft, _, _ in run), keys)
        for chunk in bulk.chunks(lines):
            bulk.insert(VoucherLine, chunk)


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


def _keys(ext_ids: Sequence[str]) -> dict[str, int]:
    if not ext_ids:
        return {}
    return dict(Voucher.objects.filter(ext_id__in=ext_ids).values_list("ext_id", "pk"))


def save_heads(heads: Sequence[NumberHead]) -> None:
    """Write where the locked number heads stand now."""
    if not heads:
        return
    moment = connection.ops.adapt_datetimefield_value
    told = "last_number = %s, last_hash = %s, last_posted_at = %s"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_HEAD} SET {told} WHERE id = %s",  # noqa: S608 - our own names
            [
                (head.last_number, head.last_hash, moment(head.last_posted_at), head.pk)
                for head in heads
            ],
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
