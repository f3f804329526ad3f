"""What a writer is fed: one book with its accounts and openings, then its vouchers in order.

Amounts are int fen, red amounts negative on their own side, balances debit positive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    """An account of the book's chart; `path` is its code and those above it, first level first."""

    code: str
    name: str
    account_class: str
    side: str
    level: int
    path: tuple[str, ...]
    is_leaf: bool
    is_used: bool
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """One line of a voucher; `aux` is (kind, id), empty texts when there is none."""

    account_code: str
    debit_fen: int
    credit_fen: int
    summary: str
    aux: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ExportedVoucher:
    """One posted voucher. Names of persons are masked already where they have to be."""

    ext_id: str
    date: dt.date
    period: str
    word: str
    number: int
    summary: str
    origin: str
    source: str
    attachment_count: int
    maker: str
    reviewer: str
    posted_by: str
    lines: tuple[ExportedLine, ...]

    @property
    def label(self) -> str:
        """The printed number, `记-12`."""
        return f"{self.word}-{self.number}"


@dataclass(frozen=True, slots=True)
class Opening:
    """What an account stood at before the first period, per auxiliary; debit positive."""

    account_code: str
    aux: tuple[str, str]
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Turnover:
    """One account and auxiliary in one month; opening and closing debit positive."""

    period: str
    account_code: str
    aux: tuple[str, str]
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def closing_fen(self) -> int:
        """Opening and movements together."""
        return self.opening_fen + self.debit_fen - self.credit_fen


@dataclass(frozen=True, slots=True)
class Sheet:
    """One statement of one month: rows are (number, title, figures in fen).

    `code` names it within the export: the statement with its month.
    """

    code: str
    title: str
    period: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, str, tuple[int | None, ...]], ...]


@dataclass(frozen=True)
class ExportedBook:
    """A book up to its vouchers. `closed` are its closed months; `prefix` names it among others.

    `month_ends` are balances by period and account to stand as assertions; those of a closed month
    that is not there are taken from the vouchers themselves.
    """

    ext_id: str
    org_ext_id: str
    organisation: str
    standard_code: str
    standard_title: str
    first_period: str
    accounts: Mapping[str, ExportedAccount]
    openings: tuple[Opening, ...]
    closed: frozenset[str]
    made_on: dt.date
    prefix: str = ""
    months: tuple[str, ...] = ()
    month_ends: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    aux_names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def asserted(self) -> frozenset[str]:
        """The months whose last balances are written down."""
        return self.closed | frozenset(self.month_ends)

    @property
    def first_day(self) -> dt.date:
        """The day on which the opening balances stand."""
        return dt.date.fromisoformat(f"{self.first_period}-01")

    def opening_of(self) -> dict[str, int]:
        """Return the opening balance by account code, auxiliaries summed."""
        sums: dict[str, int] = {}
        for one in self.openings:
            sums[one.account_code] = sums.get(one.account_code, 0) + one.balance_fen
        return sums


Vouchers = Iterator[ExportedVoucher]
"""Vouchers in the order of period, date, word and number."""
