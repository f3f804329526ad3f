"""The voucher lines behind a figure of a statement, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from sanzi.ledger.models import Book, Origin, VoucherLine
from sanzi.ledger.queries import charts, reading
from sanzi.ledger.queries.doors import PAGE_ROWS, BookInfo, access_book, account_of, info
from sanzi.ledger.queries.pages import aux_names
from sanzi.ledger.statements.sources import Source, sources
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


@dataclass(frozen=True)
class Cell:
    """A cell of a statement as a link names it; the last three only in repeated rows."""

    statement: str
    row: str
    column: str
    period: str
    account_code: str = ""
    aux_kind: str = ""
    aux_id: str = ""


@dataclass(frozen=True)
class BehindLine:
    """One voucher line behind a figure. Units: fen."""

    date: date
    voucher_ext_id: str
    label: str
    summary: str
    account_code: str
    account_name: str
    aux: str
    debit_fen: int
    credit_fen: int


@dataclass(frozen=True)
class BehindPage:
    """One page of the lines behind a cell, oldest first, with the sums of all pages.

    `accounts` are (code, name) of what the cell is made of; the lines are those from
    `first_period` to `last_period`: of a balance, the months that led to it from the start of
    the column. Pages count from 1.
    """

    book: BookInfo
    cell: Cell
    statement_title: str
    row_title: str
    column_title: str
    accounts: tuple[tuple[str, str], ...]
    first_period: str
    last_period: str
    rows: tuple[BehindLine, ...]
    debit_fen: int
    credit_fen: int
    page: int
    page_count: int


def behind(*, by: Actor, org_ext_id: str, cell: Cell, page: int = 1) -> BehindPage:
    """Return one page of the lines behind a cell.

    Raises: NotFound for the book, a cell that is not there or has no lines of its own (a header),
    or a page beyond the last.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    span = reading.span_of(cell.period)
    layout = reading.layout_of(book.standard_code, cell.statement, span)
    standard = charts.chart_of_standard(book.standard_code, None)
    try:
        found = sources(layout, standard, cell.row, cell.column, cell.account_code)
    except KeyError:
        raise NotFound from None
    if not found:
        raise NotFound
    column = next(one for one in layout.columns if one.id == cell.column)
    line = next(one for one in layout.lines if (one.id or one.title) == cell.row)
    window = span.window(column.window)
    lines = _lines(book, found, cell).filter(
        voucher__period__gte=window.first, voucher__period__lte=window.last
    )
    page_count = max(1, -(-lines.count() // PAGE_ROWS))
    if not 1 <= page <= page_count:
        raise NotFound
    sums = lines.aggregate(debit=Sum("debit_fen", default=0), credit=Sum("credit_fen", default=0))
    ordered = lines.select_related("voucher").order_by(
        "voucher__date", "voucher__word", "voucher__number", "line_no"
    )
    start = (page - 1) * PAGE_ROWS
    shown = list(ordered[start : start + PAGE_ROWS])
    names = aux_names(shown)
    codes = sorted({code for one in found for code in one.accounts})
    return BehindPage(
        book=info(book),
        cell=cell,
        statement_title=layout.title,
        row_title=line.title or account_of(standard, cell.account_code).name,
        column_title=column.title,
        accounts=tuple((code, account_of(standard, code).name) for code in codes),
        first_period=window.first,
        last_period=window.last,
        rows=tuple(
            BehindLine(
                date=each.voucher.date,
                voucher_ext_id=each.voucher.ext_id,
                label=f"{each.voucher.word}-{each.voucher.number}",
                summary=each.summary,
                account_code=each.account_code,
                account_name=account_of(standard, each.account_code).name,
                aux=names.get((each.aux_kind, each.aux_id), each.aux_id),
                debit_fen=each.debit_fen,
                credit_fen=each.credit_fen,
            )
            for each in shown
        ),
        debit_fen=int(sums["debit"]),
        credit_fen=int(sums["credit"]),
        page=page,
        page_count=page_count,
    )


def _lines(book: Book, found: tuple[Source, ...], cell: Cell) -> QuerySet[VoucherLine]:
    wanted = reduce(or_, (_condition(one) for one in found))
    lines = VoucherLine.objects.filter(voucher__book=book).filter(wanted)
    if cell.aux_id:
        lines = lines.filter(aux_kind=cell.aux_kind, aux_id=cell.aux_id)
    return lines


def _condition(source: Source) -> Q:
    wanted = begins(source.accounts)
    if not source.has_closing:
        wanted &= ~Q(voucher__origin=Origin.CLOSING)
    if source.beside:
        same = VoucherLine.objects.filter(begins(source.beside), voucher=OuterRef("voucher"))
        wanted &= Q(Exists(same)) & ~begins(source.beside)
    return wanted


def begins(codes: tuple[str, ...]) -> Q:
    """Return the condition that an account begins with one of some codes."""
    return reduce(or_, (Q(account_code__startswith=code) for code in codes))
