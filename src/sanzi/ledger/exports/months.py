"""The walk that every journal takes: a book's opening, its vouchers by month, their balances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sanzi.ledger import rules
from sanzi.ledger.exports.shapes import ExportedBook, ExportedVoucher, Vouchers


@dataclass
class Running:
    """Balances by account code, debit positive, after what has passed so far."""

    balances: dict[str, int] = field(default_factory=dict)

    def passing(self, vouchers: Vouchers) -> Iterator[ExportedVoucher]:
        """Yield the vouchers and add them up."""
        for one in vouchers:
            for line in one.lines:
                code = line.account_code
                self.balances[code] = self.balances.get(code, 0) + line.debit_fen - line.credit_fen
            yield one


def by_month(
    book: ExportedBook, vouchers: Vouchers, running: Running
) -> Iterator[tuple[str, Iterator[ExportedVoucher]]]:
    """Yield (period, its vouchers), each asserted month too when it has none.

    `running` holds the balances at the end of a month once its vouchers have been taken.
    """
    months = groupby(vouchers, key=lambda one: one.period)
    waiting = sorted(book.asserted, reverse=True)
    for period, inside in months:
        while waiting and waiting[-1] < period:
            yield waiting.pop(), iter(())
        if waiting and waiting[-1] == period:
            waiting.pop()
        yield period, running.passing(inside)  # groupby itself has looked one voucher ahead
    while waiting:
        yield waiting.pop(), iter(())


def balances_at(book: ExportedBook, period: str, running: Running) -> Mapping[str, int]:
    """Return what stands as assertions at the end of a month, by account code."""
    return book.month_ends.get(period, running.balances)


@dataclass(frozen=True)
class Dialect:
    """How a format writes what the walk comes by.

    `lacking_fen`: what the openings lack to balance. Balances by account code, debit positive.
    """

    head: Callable[[ExportedBook, int], Iterator[str]]
    opening: Callable[[ExportedBook, int], Iterator[str]]
    voucher: Callable[[ExportedVoucher], str]
    balances: Callable[[str, Mapping[str, int]], str]


def walked(book: ExportedBook, vouchers: Vouchers, dialect: Dialect) -> Iterator[str]:
    """Yield a book in a format: head, opening, vouchers, and balances after asserted months."""
    running = Running(book.opening_of())
    lacking_fen = -sum(running.balances.values())
    yield from dialect.head(book, lacking_fen)
    yield "\n"
    if book.openings:
        yield from dialect.opening(book, lacking_fen)
    for period, inside in by_month(book, vouchers, running):
        for one in inside:
            yield dialect.voucher(one)
        if period in book.asserted:
            yield dialect.balances(period, balances_at(book, period, running))


def day_after(period: str) -> dt.date:
    """Return the first day after a month."""
    return rules.last_day(period) + dt.timedelta(days=1)
