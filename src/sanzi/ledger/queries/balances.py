"""The trial balance of a month in one pass. Amounts are int fen; balances debit positive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import QuerySet, Sum

from sanzi.ledger.models import Book, OpeningBalance, Period, VoucherLine
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import BookInfo, access_book, account_of, info, require_period
from sanzi.ledger.standards import Account, Standard
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class BalanceRow:
    """One account of a trial balance. Opening and closing are signed, debit positive."""

    account: Account
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def closing_fen(self) -> int:
        """Opening and movements together, debit positive."""
        return self.opening_fen + self.debit_fen - self.credit_fen

    @property
    def opening_sides(self) -> tuple[int, int]:
        """The opening balance as (debit, credit)."""
        return _sides(self.opening_fen)

    @property
    def closing_sides(self) -> tuple[int, int]:
        """The closing balance as (debit, credit)."""
        return _sides(self.closing_fen)


@dataclass(frozen=True)
class TrialBalance:
    """All accounts with a figure, first levels summed over their details, by code.

    `total` sums the lowest level; `is_balanced` says that both sides agree three times.
    """

    book: BookInfo
    period: str
    is_closed: bool
    rows: tuple[BalanceRow, ...]
    total_opening: tuple[int, int]
    total_movement: tuple[int, int]
    total_closing: tuple[int, int]

    @property
    def is_balanced(self) -> bool:
        """Whether debits equal credits in opening, movement and closing."""
        totals = (self.total_opening, self.total_movement, self.total_closing)
        return all(debit == credit for debit, credit in totals)


def trial_balance(*, by: Actor, org_ext_id: str, period: str) -> TrialBalance:
    """Return the trial balance of a month.

    Raises: NotFound; also for a period that does not read as one.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    require_period(period)
    standard = charts.shown_chart(book)
    figures = _figures(book, period)
    rows = _rolled_up(figures, standard)
    opening = [_sides(opening) for opening, _, _ in figures.values()]
    closing = [_sides(first + debit - credit) for first, debit, credit in figures.values()]
    return TrialBalance(
        book=info(book),
        period=period,
        is_closed=Period.objects.filter(book=book, period=period, closed_at__isnull=False).exists(),
        rows=rows,
        total_opening=_both(opening),
        total_movement=_both([(debit, credit) for _, debit, credit in figures.values()]),
        total_closing=_both(closing),
    )


def standing_fen(book: Book, account_code: str) -> int:
    """Return what an account, with its details, stands at after all that is posted; signed."""
    lines = VoucherLine.objects.filter(voucher__book=book, account_code__startswith=account_code)
    return _opening(book, account_code) + _net(lines)


_SUMS: Final = """
SELECT l.account_code,
       SUM(CASE WHEN v.period < %s THEN l.debit_fen - l.credit_fen ELSE 0 END),
       SUM(CASE WHEN v.period = %s THEN l.debit_fen ELSE 0 END),
       SUM(CASE WHEN v.period = %s THEN l.credit_fen ELSE 0 END)
FROM ledger_voucher v CROSS JOIN ledger_voucherline l
WHERE l.voucher_id = v.id AND v.book_id = %s AND v.period <= %s
GROUP BY l.account_code
"""
_OPENED: Final = """
SELECT account_code, SUM(balance_fen) FROM ledger_openingbalance
WHERE book_id = %s GROUP BY account_code
"""


def _figures(book: Book, period: str) -> dict[str, tuple[int, int, int]]:
    """Return (opening, debit, credit) by account code: one pass in SQL over the lines."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [period, period, period, book.pk, period])
        figures = {
            code: (int(before), int(debit), int(credit))
            for code, before, debit, credit in cursor.fetchall()
        }
        cursor.execute(_OPENED, [book.pk])
        for code, balance in cursor.fetchall():
            before, debit, credit = figures.get(code, (0, 0, 0))
            figures[code] = (before + int(balance), debit, credit)
    return figures


def _rolled_up(
    figures: Mapping[str, tuple[int, int, int]], standard: Standard
) -> tuple[BalanceRow, ...]:
    sums: dict[str, list[int]] = {}
    for code, figure in figures.items():
        for each in standard.lineage(code):
            kept = sums.setdefault(each, [0, 0, 0])
            for place, value in enumerate(figure):
                kept[place] += value
    return tuple(
        BalanceRow(account_of(standard, code), *sums[code])
        for code in sorted(sums)
        if any(sums[code])
    )


def _opening(book: Book, account_code: str) -> int:
    rows = OpeningBalance.objects.filter(book=book, account_code__startswith=account_code)
    return int(rows.aggregate(balance=Sum("balance_fen", default=0))["balance"])


def _net(lines: QuerySet[VoucherLine]) -> int:
    sums = lines.aggregate(debit=Sum("debit_fen", default=0), credit=Sum("credit_fen", default=0))
    return int(sums["debit"]) - int(sums["credit"])


def _sides(signed_fen: int) -> tuple[int, int]:
    return (signed_fen, 0) if signed_fen >= 0 else (0, -signed_fen)


def _both(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(debit for debit, _ in pairs), sum(credit for _, credit in pairs)
