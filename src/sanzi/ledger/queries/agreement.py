"""Hold our balances against those that hledger and beancount work out from what we export.

Ours come from `totals` (sums in SQL over the lines), theirs from the vouchers one by one, so the
two ways share neither code nor figures.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CalledProcessError
from typing import Final

from sanzi.ledger import rules
from sanzi.ledger.exports import forms, names, peers
from sanzi.ledger.exports.shapes import ExportedBook
from sanzi.ledger.models import Book
from sanzi.ledger.queries import exporting, totals

AT_ONCE: Final = 100

Ends = dict[str, dict[str, int]]
"""Balances by period and account code, debit positive."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One account at one month's end that a program holds to be other than we do."""

    program: str
    org_ext_id: str
    account_code: str
    period: str
    ours_fen: int
    theirs_fen: int


@dataclass
class Agreement:
    """What came out: how much was compared, what differs, what programs said or were missing."""

    books: int = 0
    vouchers: int = 0
    cells: int = 0
    ran: set[str] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The programs without which nothing is proved and that did not run."""
        return [one for one in peers.NEEDED if one not in self.ran]

    @property
    def is_whole(self) -> bool:
        """Whether both programs ran and agree with us to the fen."""
        return not (self.missing or self.differences or self.complaints)


def parts(books: Sequence[Book]) -> list[list[Book]]:
    """Return the books in lots that one journal holds."""
    return [list(books[start : start + AT_ONCE]) for start in range(0, len(books), AT_ONCE)]


def compare(books: Sequence[Book], told: Agreement, *, on: dt.date, period: str = "") -> None:
    """Export these books, run the programs and add to `told` what they say.

    `period` holds only that month's end against theirs.
    """
    views: dict[str, ExportedBook] = {}
    ends = month_ends(books)
    with tempfile.TemporaryDirectory(prefix="sanzi-verify-") as scratch:
        files = {code: Path(scratch) / f"books.{code}" for code in forms.TEXTS}
        _write(books, ends, files, (on, views))
        told.books += len(books)
        told.vouchers += sum(exporting.voucher_count(book) for book in books)
        owners = _owners(views)
        _hledger(files["hledger"], (ends, owners), told, period)
        _beancount(files["beancount"], (ends, owners), told, period)
        if peers.find(peers.LEDGER):
            told.ran.add(peers.LEDGER)
            told.complaints += peers.ledger_check(files["ledger"]).complaints


def month_ends(books: Sequence[Book]) -> dict[str, Ends]:
    """Return our balances at the end of every month of each book, by its ext id.

    A book's months run without a gap from its first to its last with a line.
    """
    moved: dict[int, dict[str, dict[str, int]]] = {}
    for one in totals.each_movement(books):
        month = moved.setdefault(one.book_id, {}).setdefault(one.period, {})
        net = one.debit_fen - one.credit_fen
        month[one.account_code] = month.get(one.account_code, 0) + net
    opened: dict[int, dict[str, int]] = {}
    for each in totals.openings(books):
        opened.setdefault(each.book_id, {})[each.account_code] = each.balance_fen
    return {
        book.ext_id: _running(book, opened.get(book.pk, {}), moved.get(book.pk, {}))
        for book in books
    }


def _running(book: Book, opened: Mapping[str, int], moved: Mapping[str, Mapping[str, int]]) -> Ends:
    balances, ends = dict(opened), Ends()
    period, last = book.first_period, max(moved, default=book.first_period)
    while period <= last:
        for code, fen in moved.get(period, {}).items():
            balances[code] = balances.get(code, 0) + fen
        ends[period] = dict(balances)
        period = rules.shift(period, 1)
    return ends


def _write(
    books: Sequence[Book],
    ends: Mapping[str, Ends],
    files: Mapping[str, Path],
    held: tuple[dt.date, dict[str, ExportedBook]],
) -> None:
    on, views = held
    for book in books:
        view = exporting.exported(book, made_on=on, is_alone=False)
        views[book.ext_id] = exporting.with_month_ends(view, ends[book.ext_id])
    for code, file in files.items():
        form = forms.TEXTS[code]
        with file.open("w", encoding="utf-8") as stream:
            stream.write(form.head)
            for book in books:
                stream.writelines(
                    form.journal(views[book.ext_id], exporting.vouchers_of_book(book))
                )


def _owners(views: Mapping[str, ExportedBook]) -> dict[str, tuple[ExportedBook, str]]:
    """Return whose account a full account name is, and its code."""
    return {
        name: (view, code)
        for view in views.values()
        for code, name in names.account_names(view).items()
    }


Held = tuple[Mapping[str, Ends], Mapping[str, tuple[ExportedBook, str]]]


def _hledger(file: Path, held: Held, told: Agreement, period: str) -> None:
    if not peers.find(peers.HLEDGER):
        return
    told.ran.add(peers.HLEDGER)
    told.complaints += peers.hledger_check(file).complaints
    try:
        theirs = {(one.account, one.period): one.fen for one in peers.hledger_balances(file)}
    except CalledProcessError:
        return  # the file does not read; the check has said why
    for name, code, view in _named(held):
        for month, balances in held[0][view.ext_id].items():
            if period not in {"", month}:
                continue
            told.cells += 1
            ours, other = balances.get(code, 0), theirs.get((name, month), 0)
            if ours != other:
                told.differences.append(
                    Difference(peers.HLEDGER, view.org_ext_id, code, month, ours, other)
                )


def _named(held: Held) -> Iterator[tuple[str, str, ExportedBook]]:
    for name, (view, code) in held[1].items():
        if view.accounts[code].is_used:
            yield name, code, view


def _beancount(file: Path, held: Held, told: Agreement, period: str) -> None:
    if not peers.find(peers.BEANCOUNT):
        return
    told.ran.add(peers.BEANCOUNT)
    verdict = peers.bean_check(file)
    told.complaints += verdict.complaints
    for one in verdict.balances:
        view, code = held[1][one.account]
        if period in {"", one.period}:
            ours = held[0][view.ext_id][one.period].get(code, 0)
            told.differences.append(
                Difference(peers.BEANCOUNT, view.org_ext_id, code, one.period, ours, one.fen)
            )
