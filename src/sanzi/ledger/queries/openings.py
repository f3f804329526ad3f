"""What a book was opened with, and whether that can still be replaced."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sanzi.ledger import standards
from sanzi.ledger.models import OpeningBalance, Voucher
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import BookInfo, access_book, info
from sanzi.ledger.queries.pages import names_of
from sanzi.ledger.standards import mapping
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class OpenedRow:
    """One opening balance, debit positive, with the name of whom it is with."""

    account_code: str
    account: str
    aux_kind: str
    aux_id: str
    aux: str
    balance_fen: int


@dataclass(frozen=True)
class Opening:
    """The opening of a book. `sources` are (code, title) of standards a sheet may come from."""

    book: BookInfo
    rows: tuple[OpenedRow, ...]
    is_fixed: bool
    sources: tuple[tuple[str, str], ...]


def opening_of(*, by: Actor, org_ext_id: str) -> Opening:
    """Return what a book was opened with; it is fixed once a voucher is posted.

    Raises: NotFound.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    rows = OpeningBalance.objects.filter(book=book).order_by("account_code", "aux_kind", "aux_id")
    stored = list(rows.values_list("account_code", "aux_kind", "aux_id", "balance_fen"))
    names = names_of([row[1:3] for row in stored], is_masked=False)
    accounts = charts.chart_of(book, dt.date.fromisoformat(f"{book.first_period}-01")).accounts
    old = mapping.sources(book.standard_code)
    return Opening(
        book=info(book),
        rows=tuple(
            OpenedRow(
                account_code=code,
                account=accounts[code].name if code in accounts else "",
                aux_kind=kind,
                aux_id=aux_id,
                aux=names.get((kind, aux_id), aux_id),
                balance_fen=balance,
            )
            for code, kind, aux_id, balance in stored
        ),
        is_fixed=Voucher.objects.filter(book=book).exists(),
        sources=tuple((code, standards.get(code).title) for code in [book.standard_code, *old]),
    )
