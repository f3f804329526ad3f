"""What writers of exports are fed. A book can always be taken out: closed or archived alike.

Names of persons are masked and long numbers in free text too, as in the data package; auxiliaries
stand under their ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sanzi.kernel import masking
from sanzi.ledger import rules, standards
from sanzi.ledger.exports import names
from sanzi.ledger.exports.shapes import (
    ExportedAccount,
    ExportedBook,
    ExportedLine,
    ExportedVoucher,
    Opening,
    Turnover,
)
from sanzi.ledger.models import Book, OpeningBalance, Period, Voucher, VoucherLine
from sanzi.ledger.queries import charts, totals
from sanzi.ledger.queries.doors import access_book, account_of
from sanzi.ledger.queries.pages import names_of
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.record import exporting as record

CHUNK: Final = 2000
_VOUCHER: Final = (
    "ext_id", "date", "period", "word", "number", "summary", "origin", "source_kind", "source_id",
    "attachment_count", "maker_name", "reviewer_name", "posted_by_name",
)  # fmt: skip
_LINE: Final = ("account_code", "debit_fen", "credit_fen", "summary", "aux_kind", "aux_id")


def books_to_export(*, by: Actor, org_ext_id: str = "") -> list[Book]:
    """Return the book of an organisation, or all of the actor's scope, by place.

    Raises: NotFound.
    """
    if org_ext_id:
        return [access_book(by=by, org_ext_id=org_ext_id)]
    found = Book.objects.select_related("organisation").filter(
        scope.within(by, "ledger.see", "organisation__division_id")
    )
    return list(found.order_by("organisation__division_id", "organisation__ext_id"))


def exported(book: Book, *, made_on: dt.date, is_alone: bool = True) -> ExportedBook:
    """Return a book up to its vouchers; among others its accounts bear its id."""
    months = dict(Period.objects.filter(book=book).values_list("period", "closed_at"))
    organisation = book.organisation
    return ExportedBook(
        ext_id=book.ext_id,
        org_ext_id=organisation.ext_id,
        organisation=organisation.name,
        standard_code=book.standard_code,
        standard_title=standards.get(book.standard_code).title,
        first_period=book.first_period,
        accounts=_accounts(book),
        openings=_openings(book),
        closed=frozenset(period for period, closed_at in months.items() if closed_at),
        months=tuple(sorted(months)),
        made_on=made_on,
        prefix="" if is_alone else names.book_part(organisation.ext_id),
    )


def with_month_ends(book: ExportedBook, ends: Mapping[str, Mapping[str, int]]) -> ExportedBook:
    """Return the book with these balances as its assertions."""
    return replace(book, month_ends=ends)


def vouchers_of_book(
    book: Book, *, periods: Sequence[str] = (), is_masked: bool = True
) -> Iterator[ExportedVoucher]:
    """Yield the vouchers of a book by period, date, word and number; never all in memory.

    `periods` keeps only these months. Without `is_masked`, names and texts stand in full: that
    is for the archive alone.
    """
    rows = VoucherLine.objects.filter(voucher__book=book)
    if periods:
        rows = rows.filter(voucher__period__in=list(periods))
    ordered = rows.order_by(
        "voucher__period", "voucher__date", "voucher__word", "voucher__number", "line_no"
    ).values_list(*(f"voucher__{name}" for name in _VOUCHER), *_LINE)
    shown = _masked if is_masked else _whole
    for _, group in groupby(ordered.iterator(chunk_size=CHUNK), key=itemgetter(0)):
        lines = list(group)
        yield shown(dict(zip(_VOUCHER, lines[0], strict=False)), lines)


def _masked(head: Mapping[str, Any], rows: Iterable[tuple[Any, ...]]) -> ExportedVoucher:
    is_auto = head["origin"] == rules.AUTO
    signed = str if is_auto else masking.name
    return _voucher(
        {
            **head,
            "summary": record.scrubbed(head["summary"]),
            "maker_name": signed(head["maker_name"]),
            "reviewer_name": signed(head["reviewer_name"]),
            "posted_by_name": signed(head["posted_by_name"]),
        },
        [(*row[:-3], record.scrubbed(row[-3]), *row[-2:]) for row in rows],
    )


def _whole(head: Mapping[str, Any], rows: Iterable[tuple[Any, ...]]) -> ExportedVoucher:
    return _voucher(head, rows)


def _voucher(head: Mapping[str, Any], rows: Iterable[tuple[Any, ...]]) -> ExportedVoucher:
    return ExportedVoucher(
        ext_id=head["ext_id"],
        date=head["date"],
        period=head["period"],
        word=head["word"],
        number=head["number"],
        summary=head["summary"],
        origin=head["origin"],
        source=f"{head['source_kind']}/{head['source_id']}",
        attachment_count=head["attachment_count"],
        maker=head["maker_name"],
        reviewer=head["reviewer_name"],
        posted_by=head["posted_by_name"],
        lines=tuple(
            ExportedLine(code, debit, credit, summary, (kind, aux_id))
            for code, debit, credit, summary, kind, aux_id in (row[-6:] for row in rows)
        ),
    )


def _accounts(book: Book) -> dict[str, ExportedAccount]:
    """Return the chart, and whatever else the book's lines and openings name."""
    standard = charts.shown_chart(book)
    used = set(
        VoucherLine.objects.filter(voucher__book=book)
        .values_list("account_code", flat=True)
        .distinct()
    )
    used |= set(OpeningBalance.objects.filter(book=book).values_list("account_code", flat=True))
    codes = sorted(used | set(standard.accounts))
    chart = {code: account_of(standard, code) for code in codes}
    return {
        code: ExportedAccount(
            code=code,
            name=account.name,
            account_class=account.account_class,
            side=account.side,
            level=len(path := _path(code, chart)),
            path=path,
            is_leaf=account.is_leaf,
            is_used=code in used,
            requires=account.requires,
        )
        for code, account in chart.items()
    }


def _path(code: str, chart: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(code[:end] for end in range(1, len(code) + 1) if code[:end] in chart)


def _openings(book: Book) -> tuple[Opening, ...]:
    rows = OpeningBalance.objects.filter(book=book).order_by("account_code", "aux_kind", "aux_id")
    return tuple(
        Opening(row.account_code, (row.aux_kind, row.aux_id), row.balance_fen) for row in rows
    )


def turnovers_of(book: Book, view: ExportedBook) -> tuple[Turnover, ...]:
    """Return what stood and moved in every month, per account and auxiliary, by code and month.

    From the first month in which an account and auxiliary had a figure.
    """
    opened = {(one.account_code, one.aux): one.balance_fen for one in view.openings}
    moved: dict[tuple[str, tuple[str, str]], dict[str, tuple[int, int]]] = {
        key: {} for key in opened
    }
    for one in totals.each_movement([book], with_aux=True):
        months = moved.setdefault((one.account_code, (one.aux_kind, one.aux_id)), {})
        debit, credit = months.get(one.period, (0, 0))
        months[one.period] = (debit + one.debit_fen, credit + one.credit_fen)
    periods = sorted({*view.months, *(one for each in moved.values() for one in each)})
    found: list[Turnover] = []
    for key in sorted(moved):
        balance, first = opened.get(key, 0), min(moved[key], default="")
        for period in periods:
            if key not in opened and period < first:
                continue
            debit, credit = moved[key].get(period, (0, 0))
            found.append(Turnover(period, *key, balance, debit, credit))
            balance += debit - credit
    return tuple(found)


def named(book: ExportedBook, turnovers: Iterable[Turnover]) -> ExportedBook:
    """Return the book with the masked names of the auxiliaries that occur."""
    pairs = {one.aux for one in turnovers if one.aux[0]}
    return replace(book, aux_names=names_of(pairs, is_masked=True))


def voucher_count(book: Book) -> int:
    """Return how many vouchers a book holds."""
    return Voucher.objects.filter(book=book).count()
