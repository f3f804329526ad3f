"""What stands in the way of closing a month: this room's own guards, and those of other rooms.

A guard looks at many books in one go, so that a desk of a thousand books asks each guard once.
Other rooms register theirs in `apps.py`. Source: 财会〔2024〕12号 第二十四条.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, Max, Q, Sum

from sanzi.ledger import rules
from sanzi.ledger.models import (
    Book,
    NumberHead,
    OpeningBalance,
    Period,
    Voucher,
    VoucherDraft,
    VoucherLine,
)
from sanzi.ledger.queries import chains

IDS_MAX = 20


@dataclass(frozen=True)
class Hindrance:
    """One kind of thing that is not done: in words, how many, and where to see them.

    `link_kind` says what the ids are (`draft`, `period`, `voucher`, `payment`, `bank_line`, …)
    and groups hindrances by kind; at most twenty ids are given.
    """

    title: str
    count: int
    link_kind: str
    ids: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The title with its number, `还有凭证草稿没审核：2`."""
        return f"{self.title}：{self.count}"


Found = Mapping[int, list[Hindrance]]
Guard = Callable[[Sequence[Book], str], Found]


@dataclass(frozen=True)
class _Registered:
    """A guard; one that is not quick is asked at the close only, not for a list of books."""

    look: Guard
    is_quick: bool


_guards: dict[str, _Registered] = {}


def guard(name: str, look: Guard, *, is_quick: bool = True) -> None:
    """Register a guard of the month's close; the same name again replaces it.

    Shapes: look(books, period) returns the hindrances by book pk, nothing for a book that is
    ready. It must take a thousand books in a fixed number of queries, or be registered with
    is_quick=False.
    """
    _guards[name] = _Registered(look, is_quick)


def of_books(
    books: Sequence[Book], period: str, *, is_thorough: bool = False
) -> dict[int, list[Hindrance]]:
    """Return what hinders the close of a month, by book pk; books that are ready are absent.

    Thorough also recomputes the month's chain and the trial balance of each book.
    """
    found: dict[int, list[Hindrance]] = {}
    for name in sorted(_guards):
        one = _guards[name]
        if not (one.is_quick or is_thorough):
            continue
        for book_id, hindrances in one.look(books, period).items():
            found.setdefault(book_id, []).extend(hindrances)
    return found


def hindrances(book: Book, period: str) -> list[Hindrance]:
    """Return everything that hinders the close of a month of one book."""
    return of_books([book], period, is_thorough=True).get(book.pk, [])


def few(ids: Sequence[str]) -> tuple[str, ...]:
    """Return the first ids, as many as a hindrance carries."""
    return tuple(ids[:IDS_MAX])


def _drafts(books: Sequence[Book], period: str) -> Found:
    found: dict[int, list[str]] = {}
    rows = VoucherDraft.objects.filter(book__in=[book.pk for book in books]).order_by("pk")
    for book_id, ext_id, content in rows.values_list("book_id", "ext_id", "content"):
        if any(str(each["date"])[:7] <= period for each in content):
            found.setdefault(book_id, []).append(ext_id)
    return {
        book_id: [Hindrance("凭证草稿还没审核", len(ids), "draft", few(ids))]
        for book_id, ids in found.items()
    }


def _earlier(books: Sequence[Book], period: str) -> Found:
    closed: dict[int, set[str]] = {}
    rows = Period.objects.filter(
        book__in=[book.pk for book in books], period__lt=period, closed_at__isnull=False
    )
    for book_id, month in rows.values_list("book_id", "period"):
        closed.setdefault(book_id, set()).add(month)
    found = {}
    for book in books:
        wanted = rules.months_between(book.first_period, rules.shift(period, -1))
        still = [month for month in wanted if month not in closed.get(book.pk, ())]
        if still:
            found[book.pk] = [Hindrance("前面的月份还没结账", len(still), "period", few(still))]
    return found


def _gaps(books: Sequence[Book], period: str) -> Found:
    """Compare the last number with how many there are; numbers are positive and unique."""
    rows = (
        Voucher.objects.filter(book__in=[book.pk for book in books], period=period)
        .values("book_id", "word")
        .annotate(last=Max("number"), count=Count("pk"))
    )
    there = {(row["book_id"], row["word"]): (row["last"], row["count"]) for row in rows}
    heads = NumberHead.objects.filter(
        book__in=[book.pk for book in books], period=period, last_number__gt=0
    )
    said = {(head.book_id, head.word): head.last_number for head in heads}
    found: dict[int, list[Hindrance]] = {}
    for key in sorted(there.keys() | said.keys()):
        last, count = there.get(key, (0, 0))
        missing = max(last, said.get(key, 0)) - count
        if missing:
            one = Hindrance(f"“{key[1]}”字凭证缺号", missing, "number", (period,))
            found.setdefault(key[0], []).append(one)
    return found


def _faults(books: Sequence[Book], period: str) -> Found:
    found = {}
    for book in books:
        contents = chains.contents_between(book, period, period)
        wrong: list[str] = []
        for _, run in groupby(contents, key=lambda each: each.draft.word):
            wrong += rules.faults(list(run))
        if wrong:
            found[book.pk] = [Hindrance("凭证校验不符", len(wrong), "fault", few(wrong))]
    return found


def _unbalanced(books: Sequence[Book], period: str) -> Found:
    inside = Q(voucher__period__lte=period)
    found = {}
    for book in books:
        moved = VoucherLine.objects.filter(inside, voucher__book=book).aggregate(
            net=Sum(F("debit_fen") - F("credit_fen"), default=0)
        )
        opened = OpeningBalance.objects.filter(book=book).aggregate(
            net=Sum("balance_fen", default=0)
        )
        if moved["net"] or opened["net"]:
            found[book.pk] = [Hindrance("试算不平", 1, "trial_balance", (period,))]
    return found


guard("ledger.1_earlier", _earlier)
guard("ledger.2_drafts", _drafts)
guard("ledger.3_numbers", _gaps)
guard("ledger.4_faults", _faults, is_quick=False)
guard("ledger.5_balance", _unbalanced, is_quick=False)
