"""Books of account, each as one or more sheets from the lines of vouchers.

`journal` is the door. A book of account is never stored: it is what the vouchers say when asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sanzi.ledger.queries import charts
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
    """A kind of book of account.

    `usual`: names of the accounts it is kept for when none is asked for, the first that the chart
    has; () when it is of the whole book. `page_rows`: how many rows a leaf of the bound book
    holds. `is_yearly`: it is read from January on, others by the month.
    """

    code: str
    title: str
    about: str
    build: Callable[[Span], list[Sheet]]
    usual: tuple[str, ...] = ()
    page_rows: int = 0
    is_yearly: bool = False

    @property
    def takes_account(self) -> bool:
        """Whether another account may be chosen."""
        return bool(self.usual) and self.build is not accounts.bank_journals


_BANK, _CASH = ("银行存款",), ("库存现金",)
_COSTS = ("管理费用", "业务活动成本")
_OWED = ("内部往来", "其他应收款", "应收款")
KINDS = {
    kind.code: kind
    for kind in (
        Kind("general", "总账", "一级科目逐月合计和累计", sums.general_ledger, is_yearly=True),
        Kind("detail", "明细账", "一个科目或一个往来户的每一笔", accounts.three_columns,
             _BANK, page_rows=26, is_yearly=True),
        Kind("columns", "多栏账", "费用、收入按明细科目分栏", accounts.many_columns,
             _COSTS, page_rows=24, is_yearly=True),
        Kind("bank", "银行存款日记账", "每个账户每天的收支和余额", accounts.bank_journals,
             _BANK, page_rows=26, is_yearly=True),
        Kind("cash", "库存现金日记账", "平时没有：村里不用现金", accounts.bank_journals,
             _CASH, page_rows=26, is_yearly=True),
        Kind("mutual", "往来余额表", "每户、每人、每个单位欠多少", sums.by_auxiliary, _OWED),
        Kind("vouchers", "凭证序时簿", "每张凭证每一行，按日期排", lists.chronological),
        Kind("summary", "科目汇总表", "这段时间每个科目的发生额", sums.account_summary),
    )
}  # fmt: skip


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
    code: str
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
    standard = charts.shown_chart(book)
    code = wanted.code or usual_account(standard, kind)
    if (kind.usual or code) and code not in standard.accounts:
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
    return Journal(info(book), wanted, kind, code, tuple(kind.build(span)))


def usual_account(standard: Standard, kind: Kind) -> str:
    """Return the account that a kind is kept for when none is asked for, '' when there is none.

    It is found by its name, which the regulations share.
    """
    by_name = {one.name: code for code, one in standard.accounts.items() if one.level == 1}
    return next((by_name[name] for name in kind.usual if name in by_name), "")


def _distance(wanted: Wanted) -> int:
    first, last = (int(one[:4]) * 12 + int(one[5:7]) for one in (wanted.first, wanted.last))
    return last - first
