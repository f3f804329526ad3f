"""A year's end as its page and its actions see it: what is to transfer, what may be distributed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Sum

from sanzi.ledger import rules, standards, year_rules
from sanzi.ledger.models import Book, Origin, Period, Voucher, VoucherLine
from sanzi.ledger.queries import charts, hindrances, totals
from sanzi.ledger.queries.doors import BookInfo, access_book, info
from sanzi.ledger.queries.hindrances import Found, Hindrance
from sanzi.ledger.standards import Closing
from sanzi.ledger.year_rules import Distributable, Key, Step
from sanzi.orgs.actors import Actor

DISTRIBUTION = "distribution"
"""The source kind of vouchers that distribute; their id begins with the year distributed."""


@dataclass(frozen=True)
class YearEnd:
    """A year of a book: its open months, what December hinders, the steps, what is left to give.

    `pending_fen` is what 待处理财产损溢 still stands at; `last_period` is December; `loss_cover`
    is the account of the reserves that make up a loss, '' when none may.
    """

    book: BookInfo
    year: int
    last_period: str
    is_closed: bool
    open_periods: tuple[str, ...]
    hindrances: tuple[Hindrance, ...]
    pending_fen: int
    steps: tuple[Step, ...]
    distributable: Distributable
    reserve_permille: int
    reserve_source: str
    shares: tuple[standards.Share, ...]
    loss_cover: str = ""

    @property
    def loss_fen(self) -> int:
        """What reserves may make up; 0 when the year and those before it left no loss."""
        return max(0, -self.distributable.total_fen) if self.loss_cover else 0

    @property
    def is_transferred(self) -> bool:
        """Whether no step has anything left to transfer."""
        return not any(step.lines for step in self.steps)


def december(year: int) -> str:
    """Return the last period of a year."""
    return f"{year:04d}-12"


def year_end(*, by: Actor, org_ext_id: str, year: int, on: dt.date) -> YearEnd:
    """Return where a year's end stands; `on` decides the reserve's ratio.

    Raises: NotFound; also for a standard that says nothing of a year's end.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    standard = charts.shown_chart(book)
    closing = standard.closing or Closing("", "")
    last = december(year)
    balances = balances_at(book, last)
    least = year_rules.reserve_least(book.organisation.division_id, on)
    is_closed = Period.objects.filter(book=book, period=last, closed_at__isnull=False).exists()
    found = [] if is_closed else hindrances.hindrances(book, last)
    return YearEnd(
        book=info(book),
        year=year,
        last_period=last,
        is_closed=is_closed,
        open_periods=tuple(open_months(book, year)),
        hindrances=tuple(one for one in found if one.link_kind != YEAR),
        pending_fen=pending_fen(balances, closing),
        steps=tuple(year_rules.steps(balances, standard, closing)) if standard.closing else (),
        distributable=distributable(book, year),
        reserve_permille=least.permille,
        reserve_source=least.source_ref,
        shares=closing.shares,
        loss_cover=closing.loss_cover if closing.shares else "",
    )


def balances_at(book: Book, period: str) -> dict[Key, int]:
    """Return what every account and auxiliary stands at after a month, debit positive."""
    return _balances([book], period).get(book.pk, {})


def _balances(books: Sequence[Book], period: str) -> dict[int, dict[Key, int]]:
    found: dict[int, dict[Key, int]] = {}
    for opening in totals.openings(books, with_aux=True):
        kept = found.setdefault(opening.book_id, {})
        key = (opening.account_code, opening.aux_kind, opening.aux_id)
        kept[key] = kept.get(key, 0) + opening.balance_fen
    for moved in totals.each_movement(books, last=period, with_aux=True, cuts=(period,)):
        kept = found.setdefault(moved.book_id, {})
        key = (moved.account_code, moved.aux_kind, moved.aux_id)
        kept[key] = kept.get(key, 0) + moved.debit_fen - moved.credit_fen
    return found


def pending_fen(balances: Mapping[Key, int], closing: Closing) -> int:
    """Return what stands on accounts that must be empty at a year's end, sides not set off."""
    return sum(abs(fen) for key, fen in balances.items() if key[0].startswith(closing.pending))


def open_months(book: Book, year: int) -> list[str]:
    """Return the months of a year that are not closed, without December."""
    first = max(book.first_period, f"{year:04d}-01")
    closed = set(
        Period.objects.filter(
            book=book, period__startswith=f"{year:04d}-", closed_at__isnull=False
        ).values_list("period", flat=True)
    )
    wanted = rules.months_between(first, f"{year:04d}-11")
    return [month for month in wanted if month not in closed]


def distributable(book: Book, year: int) -> Distributable:
    """Return what a year of a book leaves to distribute, whatever has been transferred."""
    standard = charts.shown_chart(book)
    closing = standard.closing
    if closing is None or not closing.shares:
        return Distributable(0, 0)
    first, last = f"{year:04d}-01", december(year)
    head = standard.first_level(closing.undistributed)
    classes = {code: account.account_class for code, account in standard.accounts.items()}
    net = sum(
        moved.credit_fen - moved.debit_fen
        for moved in totals.each_movement([book], first, last)
        if not moved.is_closing and classes.get(moved.account_code) in ("income", "expense")
    )
    before = _balances([book], rules.shift(first, -1)).get(book.pk, {})
    brought = -sum(
        fen
        for key, fen in before.items()
        if key[0].startswith((head, closing.result)) or classes.get(key[0]) in ("income", "expense")
    )
    taken, reserved = _taken(book, year, closing)
    other = _covered(book, year, closing)
    late = _late_shares(book, year, closing)
    return Distributable(net, brought - late, other, taken, reserved)


def _taken(book: Book, year: int, closing: Closing) -> tuple[int, int]:
    """Return what the year's own distributions took, and the reserve's part of it."""
    details = {one.account: one.key for one in closing.shares}
    rows = _lines(book, year, tuple(details))
    reserved = sum(fen for code, fen in rows if details[code] == "reserve")
    return sum(fen for _, fen in rows), reserved


def _covered(book: Book, year: int, closing: Closing) -> int:
    """Return what came in beside the year's income: from reserves, by hand for earlier years."""
    head = standards.get(book.standard_code).first_level(closing.undistributed)
    by_hand = (
        VoucherLine.objects.filter(
            voucher__book=book,
            voucher__period__startswith=f"{year:04d}-",
            account_code__startswith=head,
        )
        .exclude(voucher__origin=Origin.CLOSING)
        .exclude(voucher__source_kind=DISTRIBUTION)
        .aggregate(net=Sum(F("credit_fen") - F("debit_fen"), default=0))
    )
    decided = sum(fen for _, fen in _lines(book, year, (closing.undistributed,)))
    return int(by_hand["net"]) - decided


def _lines(book: Book, year: int, codes: tuple[str, ...]) -> list[tuple[str, int]]:
    rows = Voucher.objects.filter(
        book=book,
        source_kind=DISTRIBUTION,
        source_id__startswith=f"{year:04d}-",
        lines__account_code__in=codes,
    ).values_list("lines__account_code", "lines__debit_fen", "lines__credit_fen")
    return [(code, debit - credit) for code, debit, credit in rows]


def _late_shares(book: Book, year: int, closing: Closing) -> int:
    """Return what later months of earlier years' income were distributed in this year.

    Last year's income is often distributed in this year's spring: it is not this year's to give.
    """
    details = tuple(one.account for one in closing.shares)
    rows = Voucher.objects.filter(
        book=book,
        source_kind=DISTRIBUTION,
        source_id__lt=f"{year:04d}-",
        period__gte=f"{year:04d}-01",
        lines__account_code__in=(*details, closing.undistributed),
    ).values_list("lines__debit_fen", "lines__credit_fen")
    return sum(debit - credit for debit, credit in rows)


YEAR = "year"


def _untransferred(books: Sequence[Book], period: str) -> Found:
    """Hinder the close of a December whose year has not been transferred, or has pending sums."""
    if not period.endswith("-12"):
        return {}
    found: dict[int, list[Hindrance]] = {}
    balances = _balances(books, period)
    for book in books:
        standard = charts.shown_chart(book)
        there = balances.get(book.pk, {})
        if standard.closing is None or not there:
            continue
        if pending_fen(there, standard.closing):
            one = Hindrance("待处理财产损溢还有余额", 1, "pending", (period,))
            found.setdefault(book.pk, []).append(one)
        if any(step.lines for step in year_rules.steps(there, standard, standard.closing)):
            one = Hindrance("年终结转还没做", 1, YEAR, (period[:4],))
            found.setdefault(book.pk, []).append(one)
    return found


def register() -> None:
    """Register the guards of December."""
    hindrances.guard("ledger.7_year", _untransferred)
