"""A book of account ruled off: brought over, lines, 本月合计, 本年累计, carried over.

Pure. Source: 《会计基础工作规范》第六十三条.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sanzi.ledger.queries.journals.lines import Leg, Sums

FROM_LAST_YEAR, BROUGHT = "上年结转", "期初余额"
OF_MONTH, OF_YEAR, TO_NEXT_YEAR, OF_DAY = "本月合计", "本年累计", "结转下年", "本日合计"
JANUARY, DECEMBER = "01", "12"


@dataclass(frozen=True)
class Ruled:
    """One row: a line (`leg`), or words of the ruling with their sums.

    `year` holds the sums of the year up to here: what a turned page carries. Units: fen.
    """

    words: str
    period: str
    balance_fen: int
    year: Sums
    leg: Leg | None = None
    sums: Sums | None = None


def side(balance_fen: int) -> str:
    """Return 借, 贷, or 平 for zero."""
    return "借" if balance_fen > 0 else "贷" if balance_fen < 0 else "平"


def ruled(
    legs: Sequence[Leg],
    opening_fen: int,
    year: Sums,
    span: tuple[str, str],
    *,
    is_daily: bool = False,
) -> Iterator[Ruled]:
    """Yield the rows of a book of account.

    Shapes: legs in order of months; year is what its year moved before the first month; span is
        (first, last) month. Months without a line are passed over. is_daily adds 本日合计.
    Units: fen, debit positive.
    """
    first, last = span
    balance = opening_fen
    head = FROM_LAST_YEAR if first[5:] == JANUARY else BROUGHT
    yield Ruled(head, first, balance, year)
    present = first[:4]
    for period, run in groupby(legs, key=lambda leg: leg.period):
        if period[:4] != present:
            yield from _turn_of_year(present, period[:4], balance, year)
            present, year = period[:4], Sums()
        month = Sums()
        for row in _lines(list(run), balance, year, is_daily=is_daily):
            if row.leg:
                month = month.plus(row.leg.debit_fen, row.leg.credit_fen)
                balance, year = row.balance_fen, row.year
            yield row
        yield Ruled(OF_MONTH, period, balance, year, sums=month)
        yield Ruled(OF_YEAR, period, balance, year, sums=year)
    yield from _turn_of_year(present, last[:4], balance, year)
    if last[5:] == DECEMBER:
        yield Ruled(TO_NEXT_YEAR, last, balance, year)


def _turn_of_year(present: str, until: str, balance: int, year: Sums) -> Iterator[Ruled]:
    for number in range(int(present), int(until)):
        yield Ruled(TO_NEXT_YEAR, f"{number}-{DECEMBER}", balance, year)
        yield Ruled(FROM_LAST_YEAR, f"{number + 1}-{JANUARY}", balance, Sums())
        year = Sums()


def _lines(legs: list[Leg], balance: int, year: Sums, *, is_daily: bool) -> Iterator[Ruled]:
    for date, run in groupby(legs, key=lambda leg: leg.date):
        day = Sums()
        for leg in run:
            balance += leg.net_fen
            year = year.plus(leg.debit_fen, leg.credit_fen)
            day = day.plus(leg.debit_fen, leg.credit_fen)
            yield Ruled(leg.summary, leg.period, balance, year, leg=leg)
        if is_daily:
            yield Ruled(OF_DAY, f"{date:%Y-%m-%d}", balance, year, sums=day)
