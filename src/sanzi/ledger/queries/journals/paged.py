"""An account's lines page by page with the running balance, as programs read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import PAGE_ROWS, BookInfo, access_book, info, require_period
from sanzi.ledger.queries.journals.lines import Leg, Span, aux_words, legs, opening_fen
from sanzi.ledger.standards import Account
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


@dataclass(frozen=True)
class LedgerRow:
    """One line of an account's ledger with the balance after it, debit positive."""

    date: date
    voucher_ext_id: str
    label: str
    summary: str
    account_code: str
    aux: str
    debit_fen: int
    credit_fen: int
    balance_fen: int


@dataclass(frozen=True)
class AccountLedger:
    """One page of one account, with its details when it has some. Pages count from 1."""

    book: BookInfo
    account: Account
    first_period: str
    last_period: str
    opening_fen: int
    brought_forward_fen: int
    rows: tuple[LedgerRow, ...]
    debit_fen: int
    credit_fen: int
    closing_fen: int
    page: int
    page_count: int


def account_ledger(
    *,
    by: Actor,
    org_ext_id: str,
    account_code: str,
    first_period: str,
    last_period: str,
    page: int = 1,
) -> AccountLedger:
    """Return one page of an account's lines with the running balance, details included.

    Raises: NotFound for the book, an account that is not open, a bad period or a page beyond
    the last.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    require_period(first_period)
    require_period(last_period)
    standard = charts.shown_chart(book)
    account = standard.accounts.get(account_code)
    span = Span(book, standard, first_period, last_period, account_code)
    found = legs(span)
    page_count = max(1, -(-len(found) // PAGE_ROWS))
    if account is None or not 1 <= page <= page_count:
        raise NotFound
    opening, start = opening_fen(span), (page - 1) * PAGE_ROWS
    debit, credit = sum(leg.debit_fen for leg in found), sum(leg.credit_fen for leg in found)
    brought = opening + sum(leg.net_fen for leg in found[:start])
    return AccountLedger(
        book=info(book),
        account=account,
        first_period=first_period,
        last_period=last_period,
        opening_fen=opening,
        brought_forward_fen=brought,
        rows=tuple(_running(found[start : start + PAGE_ROWS], brought)),
        debit_fen=debit,
        credit_fen=credit,
        closing_fen=opening + debit - credit,
        page=page,
        page_count=page_count,
    )


def _running(found: Sequence[Leg], balance: int) -> Iterator[LedgerRow]:
    names = aux_words((leg.aux_kind, leg.aux_id) for leg in found if leg.aux_kind)
    for leg in found:
        balance += leg.net_fen
        yield LedgerRow(
            date=leg.date,
            voucher_ext_id=leg.voucher_ext_id,
            label=leg.label,
            summary=leg.summary,
            account_code=leg.code,
            aux=names.get((leg.aux_kind, leg.aux_id), ""),
            debit_fen=leg.debit_fen,
            credit_fen=leg.credit_fen,
            balance_fen=balance,
        )
