"""Books of account, each as one or more sheets from the lines of vouchers.

`journal` is the door. A book of account is never stored: it is what the vouchers say when asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sanzi.ledger import standards
from sanzi.ledger.queries.doors import BookInfo, access_book, info, require_period
from sanzi.ledger.queries.journals import accounts, lists, sums
from sanzi.ledger.queries.journals.lines import Span
from sanzi.ledger.standards import Standard
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record.sheets import Sheet

MONTHS_MAX = 36


@dataclass(frozen=True)
class Kind:
    """A kind of book of account. `page_rows`: how many rows a leaf of the bound book holds."""

    code: str
    title: str
    build: Callable[[Span], list[Sheet]]
    needs_account: bool = False
    page_rows: int = 0
    usual: str = ""


KINDS = {
    kind.code: kind
    for kind in (
        Kind("balances", "科目余额表", sums.account_balances),
        Kind("general", "总账", sums.general_ledger),
        Kind("detail", "明细账", accounts.three_columns, needs_account=True, page_rows=26),
        Kind("columns", "多栏账", accounts.many_columns, needs_account=True, page_rows=24),
        Kind("bank", "银行存款日记账", accounts.bank_journals, page_rows=26, usual="bank"),
        Kind("cash", "库存现金日记账", accounts.bank_journals, page_rows=26, usual="cash"),
        Kind("mutual", "往来余额表", sums.by_auxiliary, needs_account=True),
        Kind("vouchers", "凭证序时簿", lists.chronological),
        Kind("summary", "科目汇总表", sums.account_summary),
    )
}


@dataclass(frozen=True)
class Wanted:
    """Which book of account: its kind, months, account and auxiliary where it needs them."""

    kind: str
    first: str
    last: str
    code: str = ""
    aux_kind: str = ""
    aux_id: str = ""


@dataclass(frozen=True)
class Journal:
    """A book of account with the sheets it is made of."""

    book: BookInfo
    wanted: Wanted
    kind: Kind
    sheets: tuple[Sheet, ...]

    @property
    def title(self) -> str:
        """The title, with the account when it is of one."""
        return self.sheets[0].title if self.sheets else self.kind.title


def journal(*, by: Actor, org_ext_id: str, wanted: Wanted) -> Journal:
    """Return a book of account.

    Raises: NotFound for the book, an unknown kind, months that do not read or run backwards or
    are too many, and an account that the chart does not have.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    kind = KINDS.get(wanted.kind)
    require_period(wanted.first)
    require_period(wanted.last)
    if kind is None or not 0 <= _distance(wanted) < MONTHS_MAX:
        raise NotFound
    standard = standards.get(book.standard_code)
    code = wanted.code or usual_account(standard, kind.usual)
    needs_account = bool(kind.needs_account or kind.usual or code)
    if needs_account and code not in standard.accounts:
        raise NotFound
    span = Span(
        book=book,
        standard=standard,
        first=wanted.first,
        last=wanted.last,
        code=code,
        aux_kind=wanted.aux_kind,
        aux_id=wanted.aux_id,
    )
    return Journal(book=info(book), wanted=wanted, kind=kind, sheets=tuple(kind.build(span)))


def usual_account(standard: Standard, usual: str) -> str:
    """Return the account of money on hand or in the bank, '' for a kind that needs none.

    It is found by its name, which the regulations share: 库存现金, 银行存款.
    """
    name = {"bank": "银行存款", "cash": "库存现金"}.get(usual, "")
    found = (code for code, one in standard.accounts.items() if one.name == name and one.level == 1)
    return next(found, "")


def _distance(wanted: Wanted) -> int:
    first, last = (int(one[:4]) * 12 + int(one[5:7]) for one in (wanted.first, wanted.last))
    return last - first
