"""Posted vouchers as rules read them, and the check of a whole book."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db.models import F, Max, Min

from sanzi.ledger import rules
from sanzi.ledger.models import Book, NumberHead, Voucher, VoucherLine
from sanzi.ledger.rules import Draft, Line, Link, Names, PostedContent


def content_of(voucher: Voucher) -> PostedContent:
    """Return a posted voucher as rules read it. The book must be loaded with it."""
    rows = list(voucher.lines.order_by("line_no"))
    reversal_of = voucher.reversal_of.ext_id if voucher.reversal_of else ""
    return _content(voucher, voucher.book.ext_id, reversal_of, rows)


def verify_book(org_ext_id: str) -> list[str]:
    """Recompute a book from its lines; return one sentence per fault, none when it is whole.

    Checks numbers without gaps, every hash, every link, balance and line count, and that the
    number heads say what the vouchers say.
    """
    wrong: list[str] = []
    for book in Book.objects.filter(organisation__ext_id=org_ext_id):
        heads = {
            (head.period, head.word): (head.last_number, head.last_hash)
            for head in NumberHead.objects.filter(book=book, last_number__gt=0)
        }
        found: dict[tuple[str, str], tuple[int, str]] = {}
        contents = contents_of(book)
        for key, run in groupby(contents, key=lambda each: (each.draft.period, each.draft.word)):
            whole = list(run)
            wrong += rules.faults(whole)
            found[key] = (whole[-1].link.number, whole[-1].hash)
        for period, word in sorted(heads.keys() | found.keys()):
            if heads.get((period, word)) != found.get((period, word)):
                wrong.append(f"{book.ext_id} {period} {word}：最后一号和凭证对不上")
    return wrong


def contents_of(book: Book) -> Iterator[PostedContent]:
    """Yield the vouchers of a book in the order of their chains, a year in memory at a time."""
    bounds = Voucher.objects.filter(book=book).aggregate(first=Min("period"), last=Max("period"))
    if bounds["first"] is None:
        return
    for year in range(int(bounds["first"][:4]), int(bounds["last"][:4]) + 1):
        yield from contents_between(book, f"{year:04d}-01", f"{year:04d}-12")


def contents_between(book: Book, first: str, last: str) -> Iterator[PostedContent]:
    """Yield the vouchers of some months of a book in the order of their chains."""
    span = (first, last)
    rows = Voucher.objects.filter(book=book, period__range=span).annotate(
        reversal_ext_id=F("reversal_of__ext_id")
    )
    lines: dict[int, list[VoucherLine]] = {}
    for line in VoucherLine.objects.filter(
        voucher__book=book, voucher__period__range=span
    ).order_by("voucher_id", "line_no"):
        lines.setdefault(line.voucher_id, []).append(line)
    for row in rows.order_by("period", "word", "number"):
        yield _content(row, book.ext_id, row.reversal_ext_id or "", lines.get(row.pk, []))


def _content(
    voucher: Voucher, book_ext_id: str, reversal_of: str, rows: list[VoucherLine]
) -> PostedContent:
    draft = Draft(
        date=voucher.date,
        summary=voucher.summary,
        lines=tuple(
            Line(
                account_code=row.account_code,
                debit_fen=row.debit_fen,
                credit_fen=row.credit_fen,
                summary=row.summary,
                aux_kind=row.aux_kind,
                aux_id=row.aux_id,
                source_ref=row.source_ref,
            )
            for row in rows
        ),
        source_kind=voucher.source_kind,
        source_id=voucher.source_id,
        names=Names(voucher.maker_name, voucher.reviewer_name, voucher.posted_by_name),
        word=voucher.word,
        origin=voucher.origin,
        rule_code=voucher.rule_code,
        rule_version=voucher.rule_version,
        attachment_count=voucher.attachment_count,
        reversal_of=reversal_of,
        ext_id=voucher.ext_id,
    )
    link = Link(book_ext_id, voucher.number, voucher.posted_at, voucher.previous_hash)
    numbers = tuple(row.line_no for row in rows)
    return PostedContent(draft, link, voucher.hash, voucher.line_count, voucher.total_fen, numbers)
