"""Posted vouchers as rules read them, and the check of a whole book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import F, Max, Min, QuerySet

from sanzi.audit import queries as audit
from sanzi.ledger import rules
from sanzi.ledger.models import Book, NumberHead, OpeningBalance, Period, Voucher, VoucherLine
from sanzi.ledger.rules import Draft, Line, Link, Names, PostedContent

_CLOSING = ("ledger.periods.closed", "ledger.period.closed")
_REOPENED = "ledger.reopening.granted"
_KINDS = (
    "ledger.voucher.posted",
    "ledger.vouchers.loaded",
    "ledger.opening.loaded",
    _REOPENED,
    *_CLOSING,
)


def content_of(voucher: Voucher) -> PostedContent:
    """Return a posted voucher as rules read it. The book must be loaded with it."""
    rows = list(voucher.lines.order_by("line_no"))
    reversal_of = voucher.reversal_of.ext_id if voucher.reversal_of else ""
    return _content(voucher, voucher.book.ext_id, reversal_of, rows)


def verify_book(org_ext_id: str) -> list[str]:
    """Recompute a book from its lines; return one sentence per fault, none when it is whole.

    Checks numbers without gaps, every hash, every link, balance and line count, that the number
    heads say what the vouchers say, and that the log tells the same vouchers, the same openings
    and the same closed months: who changes a book around its guards has to change the log too,
    whose chain and seals show it.
    """
    wrong: list[str] = []
    for book in Book.objects.filter(organisation__ext_id=org_ext_id):
        told = _told(book, org_ext_id)
        heads = {
            (head.period, head.word): (head.last_number, head.last_hash)
            for head in NumberHead.objects.filter(book=book, last_number__gt=0)
        }
        found: dict[tuple[str, str], tuple[int, str]] = {}
        contents = contents_of(book)
        for key, run in groupby(contents, key=lambda each: (each.draft.period, each.draft.word)):
            whole = list(run)
            wrong += rules.faults(whole)
            wrong += _unlogged(whole, told)
            found[key] = (whole[-1].link.number, whole[-1].hash)
        for period, word in sorted(heads.keys() | found.keys()):
            if heads.get((period, word)) != found.get((period, word)):
                wrong.append(f"{book.ext_id} {period} {word}：最后一号和凭证对不上")
        wrong += [f"{book.ext_id} {each}：日志里记过账，凭证不见了" for each in told.left()]
        wrong += _other_openings(book, told) + _other_closings(book, told)
    return wrong


def loose_lines() -> list[str]:
    """Return a sentence when lines stand without their voucher: foreign keys were switched off."""
    count = VoucherLine.objects.exclude(voucher_id__in=Voucher.objects.values("pk")).count()
    return [f"有{count}行分录没有凭证"] if count else []


@dataclass
class _Told:
    """What the log says of one book."""

    posted: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the ext id of a voucher: its printed number and hash."""
    loaded: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    """By period and word: the numbers and hashes at which imports ended."""
    openings: str | None = None
    """The digest of the openings as loaded; empty when an older version did not tell it."""
    closed: dict[str, bool] = field(default_factory=dict)

    def left(self) -> list[str]:
        """Return the numbers of what no voucher has answered for."""
        gone = [number for number, _ in self.posted.values()]
        for (period, word), ends in self.loaded.items():
            gone += [f"{period} {word}-{number}" for number, _ in ends]
        return sorted(gone)


def _told(book: Book, chain: str) -> _Told:
    told = _Told()
    for kind, subject_id, after in audit.changes(chain, _KINDS):
        if kind == "ledger.voucher.posted":
            told.posted[subject_id] = (after.get("number", ""), after.get("hash", ""))
        elif kind == _REOPENED:
            told.closed[after["period"]] = False
        elif subject_id != book.ext_id:
            continue
        elif kind == "ledger.vouchers.loaded":
            for period, word, number, link in after["heads"]:
                told.loaded.setdefault((period, word), []).append((number, link))
        elif kind == "ledger.opening.loaded":
            told.openings = after.get("digest", "")
        else:
            for period in after.get("periods", [after.get("period", "")]):
                told.closed[period] = True
    return told


def _unlogged(run: Sequence[PostedContent], told: _Told) -> list[str]:
    """Return what of one run the log does not tell; what it tells is taken from `told`."""
    wrong: list[str] = []
    ends = told.loaded.pop((run[0].draft.period, run[0].draft.word), [])
    imported = max((number for number, _ in ends), default=0)
    for content in run:
        draft, link = content.draft, content.link
        name = f"{link.book} {draft.period} {draft.word}-{link.number}"
        _, logged = told.posted.pop(draft.ext_id, ("", ""))
        if logged and logged != content.hash:
            wrong.append(f"{name}：和记账时的日志对不上")
        elif not logged and link.number > imported:
            wrong.append(f"{name}：日志里没有这张凭证")
    hashes = {content.link.number: content.hash for content in run}
    for number, link_hash in ends:
        if hashes.get(number) != link_hash:
            book, draft = run[0].link.book, run[0].draft
            wrong.append(f"{book} {draft.period} {draft.word}-{number}：和导入时的日志对不上")
    return wrong


def _other_openings(book: Book, told: _Told) -> list[str]:
    """Return a sentence when the openings are not those that were loaded."""
    rows = OpeningBalance.objects.filter(book=book).values_list(
        "account_code", "aux_kind", "aux_id", "balance_fen"
    )
    if told.openings == "" or (told.openings is None and not rows):
        return []
    if rules.openings_digest(rows) == told.openings:
        return []
    return [f"{book.ext_id}：期初余额和录入时的日志对不上"]


def _other_closings(book: Book, told: _Told) -> list[str]:
    """Return the months that stand open while the log says closed, or the other way round."""
    closed = dict(Period.objects.filter(book=book).values_list("period", "closed_at"))
    wrong = []
    for period, is_closed in sorted(told.closed.items()):
        if (closed.get(period) is not None) != is_closed:
            said = "已结账" if is_closed else "没有结账"
            wrong.append(f"{book.ext_id} {period}：日志里{said}，账上不是")
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


def posted() -> QuerySet[Voucher]:
    """Return the vouchers of all books, as the public log reads them."""
    return Voucher.objects.select_related("book").annotate(reversal_ext_id=F("reversal_of__ext_id"))


def bytes_of(vouchers: Sequence[Any]) -> list[bytes]:
    """Return the bytes of vouchers of `posted`, as their hashes are made of."""
    lines: dict[int, list[VoucherLine]] = {}
    found = VoucherLine.objects.filter(voucher_id__in=[one.pk for one in vouchers])
    for line in found.order_by("voucher_id", "line_no"):
        lines.setdefault(line.voucher_id, []).append(line)
    whole = [
        _content(one, one.book.ext_id, one.reversal_ext_id or "", lines.get(one.pk, []))
        for one in vouchers
    ]
    return [rules.voucher_bytes(one.draft, one.link) for one in whole]


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
