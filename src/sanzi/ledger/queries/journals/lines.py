"""Lines of a book as a book of account takes them: with words, names and what went before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet, Sum

from sanzi.ledger import rules
from sanzi.ledger.models import Book, OpeningBalance, VoucherLine
from sanzi.ledger.queries.doors import account_of
from sanzi.ledger.queries.pages import names_of
from sanzi.ledger.standards import Standard

NAMES_SHOWN = 2
WITHOUT = "-"
"""As the kind of an auxiliary: only lines that name none."""


@dataclass(frozen=True)
class Span:
    """Which months of which account of a book; with an auxiliary, only its lines."""

    book: Book
    standard: Standard
    first: str
    last: str
    code: str = ""
    aux_kind: str = ""
    aux_id: str = ""

    @property
    def words(self) -> str:
        """The months as a heading says them."""
        first, last = month_words(self.first), month_words(self.last)
        return first if self.first == self.last else f"{first}至{last}"

    @property
    def is_credit(self) -> bool:
        """Whether the account normally stands on the credit side."""
        return account_of(self.standard, self.code).side == "credit"

    def full_name(self, code: str) -> str:
        """Return an account with the names above it, without its code."""
        chart = self.standard.accounts
        return "／".join(
            account_of(self.standard, each).name
            for each in self.standard.lineage(code)
            if each in chart or each == code
        )


class Leg(NamedTuple):
    """One line in a book of account. Units: fen; red amounts are negative."""

    date: date
    period: str
    voucher_id: int
    voucher_ext_id: str
    label: str
    summary: str
    code: str
    aux_kind: str
    aux_id: str
    debit_fen: int
    credit_fen: int

    @property
    def net_fen(self) -> int:
        """Debit less credit."""
        return self.debit_fen - self.credit_fen


class Sums(NamedTuple):
    """Debit and credit together. Units: fen."""

    debit_fen: int = 0
    credit_fen: int = 0

    def plus(self, debit_fen: int, credit_fen: int) -> Sums:
        """Return the sums with an amount added."""
        return Sums(self.debit_fen + debit_fen, self.credit_fen + credit_fen)


def month_words(period: str) -> str:
    """Return `2026年11月`."""
    return f"{period[:4]}年{int(period[5:7])}月"


def legs(span: Span) -> list[Leg]:
    """Return the lines of the span in the order they are written down."""
    rows = _within(span).filter(voucher__period__gte=span.first)
    ordered = rows.order_by(
        "voucher__period", "voucher__date", "voucher__word", "voucher__number", "line_no"
    ).values_list(
        "voucher__date", "voucher__period", "voucher_id", "voucher__ext_id",
        "voucher__word", "voucher__number", "summary", "voucher__summary",
        "account_code", "aux_kind", "aux_id", "debit_fen", "credit_fen",
    )  # fmt: skip
    return [
        Leg._make((*row[:4], f"{row[4]}-{row[5]}", row[6] or row[7], *row[8:]))
        for row in cast("Iterable[tuple[Any, ...]]", ordered)
    ]


def opening_fen(span: Span) -> int:
    """Return what the account stood at before the first month, debit positive."""
    given = OpeningBalance.objects.filter(
        book=span.book, account_code__startswith=span.code, **_aux(span)
    )
    before = _sums(_within(span).filter(voucher__period__lt=span.first))
    start = int(given.aggregate(balance=Sum("balance_fen", default=0))["balance"])
    return start + before.debit_fen - before.credit_fen


def year_before(span: Span) -> Sums:
    """Return what the year of the first month moved before it."""
    january = f"{span.first[:4]}-01"
    return _sums(_within(span).filter(voucher__period__gte=january, voucher__period__lt=span.first))


def aux_words(found: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of auxiliaries by (kind, id); one that has no name keeps its id."""
    wanted = set(found)
    names = names_of(wanted, is_masked=False)
    return {key: names.get(key, key[1]) for key in wanted}


def opposites(span: Span, found: Sequence[Leg]) -> dict[tuple[int, bool], str]:
    """Return by (voucher, whether our line is a debit) the accounts on the other side."""
    sides: dict[tuple[int, bool], set[str]] = {}
    rows = VoucherLine.objects.filter(
        voucher__book=span.book, voucher__period__range=(span.first, span.last)
    )
    ours = {leg.voucher_id for leg in found}
    for voucher, code, debit in rows.values_list("voucher_id", "account_code", "debit_fen"):
        if voucher in ours:
            sides.setdefault((voucher, bool(debit)), set()).add(code)
    return {
        (voucher, is_debit): _named(span, sides.get((voucher, not is_debit), set()))
        for voucher in ours
        for is_debit in (True, False)
    }


def _named(span: Span, codes: set[str]) -> str:
    names = list(dict.fromkeys(account_of(span.standard, code).name for code in sorted(codes)))
    tail = "等" if len(names) > NAMES_SHOWN else ""
    return "、".join(names[:NAMES_SHOWN]) + tail


def months(first: str, last: str) -> list[str]:
    """Return the months from first to last."""
    found = [first]
    while found[-1] < last:
        found.append(rules.shift(found[-1], 1))
    return found


def _within(span: Span) -> QuerySet[VoucherLine]:
    rows = VoucherLine.objects.filter(
        voucher__book=span.book, voucher__period__lte=span.last, **_aux(span)
    )
    return rows.filter(account_code__startswith=span.code) if span.code else rows


def _aux(span: Span) -> dict[str, str]:
    if not span.aux_kind:
        return {}
    if span.aux_kind == WITHOUT:
        return {"aux_id": ""}
    return {"aux_kind": span.aux_kind, "aux_id": span.aux_id}


def _sums(rows: QuerySet[VoucherLine]) -> Sums:
    found = rows.aggregate(debit=Sum("debit_fen", default=0), credit=Sum("credit_fen", default=0))
    return Sums(int(found["debit"]), int(found["credit"]))
