"""The desk of a township's bookkeepers: a row for every book of the scope, in a month.

A fixed number of queries, whether for forty villages or a thousand: each figure is one grouped
pass, each guard looks at all books at once. Figures of a village do not add up its bodies.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from sanzi.ledger import rules
from sanzi.ledger.models import Book, Period, Reopening, Voucher, VoucherDraft
from sanzi.ledger.queries import charts, hindrances, totals
from sanzi.ledger.queries.doors import BookInfo, access_book, info, require_period
from sanzi.ledger.queries.hindrances import Hindrance
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Person

CLOSED, READY, HINDERED, RUNNING, NOT_YET = "closed", "ready", "hindered", "running", "not_yet"
STATES = (
    (HINDERED, "有事没办完"),
    (READY, "可以结账"),
    (RUNNING, "这个月没过完"),
    (CLOSED, "已结账"),
    (NOT_YET, "还没建账"),
)
SORTS = (
    ("place", "按村"),
    ("missing", "没办完的多"),
    ("drafts", "草稿多"),
    ("vouchers", "凭证多"),
    ("income", "收入多"),
    ("spending", "支出多"),
)


@dataclass(frozen=True)
class DeskRow:
    """One book in a month. Units: fen; income and spending leave closing vouchers out.

    `last_closed` is '' when no month was ever closed; the `_before` figures are those of the same
    month a year ago.
    """

    book: BookInfo
    village: str
    state: str
    voucher_count: int
    draft_count: int
    hindrances: tuple[Hindrance, ...]
    last_closed: str
    is_reopening_asked: bool
    income_fen: int
    spending_fen: int
    income_before_fen: int
    spending_before_fen: int

    @property
    def missing_count(self) -> int:
        """How many single things are not done."""
        return sum(one.count for one in self.hindrances)


@dataclass(frozen=True)
class DeskFilter:
    """What narrows and orders the desk; '' narrows nothing."""

    text: str = ""
    state: str = ""
    standard_code: str = ""
    missing: str = ""
    sort: str = "place"


@dataclass(frozen=True)
class Desk:
    """The rows that were asked for, and counts of all rows of the scope by state and by kind."""

    period: str
    rows: tuple[DeskRow, ...]
    states: dict[str, int]
    missing: tuple[tuple[str, str, int], ...]
    standards: tuple[tuple[str, str], ...]
    total: int


def desk(*, by: Actor, period: str, on: dt.date, only: DeskFilter | None = None) -> Desk:
    """Return the desk of a month over the actor's scope; `on` is today.

    Raises: NotFound for what is no period, or an actor who sees no books.
    """
    require_period(period)
    if not scope.prefixes(by, "ledger.see") and by.person_id is not None:
        raise NotFound
    wanted = only or DeskFilter()
    rows = _rows(_books(by), period, is_over=rules.last_day(period) <= on)
    kinds: Counter[tuple[str, str]] = Counter(
        (one.link_kind, one.title) for row in rows for one in row.hindrances
    )
    return Desk(
        period=period,
        rows=tuple(_sorted((row for row in rows if _fits(row, wanted)), wanted.sort)),
        states=Counter(row.state for row in rows),
        missing=tuple((kind, title, count) for (kind, title), count in kinds.most_common()),
        standards=tuple(
            sorted({(row.book.standard_code, row.book.standard_title) for row in rows})
        ),
        total=len(rows),
    )


def _books(by: Actor) -> list[Book]:
    return list(
        Book.objects.select_related("organisation")
        .filter(scope.within(by, "ledger.see", "organisation__division_id"))
        .order_by("organisation__division_id", "organisation__ext_id")
    )


def _rows(books: Sequence[Book], period: str, *, is_over: bool) -> list[DeskRow]:
    keys = [book.pk for book in books]
    closed = Period.objects.filter(book__in=keys, closed_at__isnull=False)
    last = {
        row["book_id"]: row["last"] for row in closed.values("book_id").annotate(last=Max("period"))
    }
    shut = set(closed.filter(period=period).values_list("book_id", flat=True))
    open_books = [book for book in books if book.pk not in shut and book.first_period <= period]
    left = hindrances.of_books(open_books, period)
    vouchers = _counted(Voucher.objects.filter(book__in=keys, period=period))
    drafts = _counted(VoucherDraft.objects.filter(book__in=keys, returned_reason=""))
    asked = set(
        Reopening.objects.filter(book__in=keys, decided_at__isnull=True).values_list(
            "book_id", flat=True
        )
    )
    now = _income(books, period)
    before = _income(books, rules.shift(period, -12))
    codes = {book.organisation.division_id for book in books}
    villages = dict(Division.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        DeskRow(
            book=info(book),
            village=villages.get(book.organisation.division_id, ""),
            state=CLOSED
            if book.pk in shut
            else _open_state(book, period, left.get(book.pk, ()), is_over=is_over),
            voucher_count=vouchers.get(book.pk, 0),
            draft_count=drafts.get(book.pk, 0),
            hindrances=tuple(left.get(book.pk, ())),
            last_closed=last.get(book.pk, ""),
            is_reopening_asked=book.pk in asked,
            income_fen=now.get(book.pk, (0, 0))[0],
            spending_fen=now.get(book.pk, (0, 0))[1],
            income_before_fen=before.get(book.pk, (0, 0))[0],
            spending_before_fen=before.get(book.pk, (0, 0))[1],
        )
        for book in books
    ]


def _open_state(book: Book, period: str, left: Sequence[Hindrance], *, is_over: bool) -> str:
    if book.first_period > period:
        return NOT_YET
    if left:
        return HINDERED
    return READY if is_over else RUNNING


def _counted(rows: Any) -> dict[int, int]:
    counted = rows.values("book_id").annotate(number=Count("pk"))
    return {row["book_id"]: row["number"] for row in counted}


def _income(books: Sequence[Book], period: str) -> dict[int, tuple[int, int]]:
    """Return (income, spending) of a month by book: one grouped pass over its lines."""
    classes = {
        code: {
            one.code: one.account_class
            for one in charts.chart_of_standard(code, None).accounts.values()
        }
        for code in {book.standard_code for book in books}
    }
    standard = {book.pk: book.standard_code for book in books}
    found: dict[int, list[int]] = {}
    for moved in totals.each_movement(books, period, period):
        kind = classes[standard[moved.book_id]].get(moved.account_code)
        if moved.is_closing or kind not in ("income", "expense"):
            continue
        kept = found.setdefault(moved.book_id, [0, 0])
        net = moved.credit_fen - moved.debit_fen
        kept[kind == "expense"] += net if kind == "income" else -net
    return {book_id: (income, spending) for book_id, (income, spending) in found.items()}


def _fits(row: DeskRow, only: DeskFilter) -> bool:
    return (
        only.text in f"{row.village}{row.book.organisation}"
        and only.state in ("", row.state)
        and only.standard_code in ("", row.book.standard_code)
        and (not only.missing or any(one.link_kind == only.missing for one in row.hindrances))
    )


def _sorted(rows: Iterable[DeskRow], sort: str) -> list[DeskRow]:
    """Order rows; the place decides among equals."""
    figures: dict[str, Callable[[DeskRow], int]] = {
        "missing": lambda row: row.missing_count,
        "drafts": lambda row: row.draft_count,
        "vouchers": lambda row: row.voucher_count,
        "income": lambda row: row.income_fen,
        "spending": lambda row: row.spending_fen,
    }
    figure = figures.get(sort)
    return sorted(rows, key=figure, reverse=True) if figure else list(rows)


@dataclass(frozen=True)
class WaitingDraft:
    """A draft in the batch review: whose book, who made it, what and how much. Units: fen."""

    ext_id: str
    organisation: str
    summary: str
    date: str
    amount_fen: int
    line_count: int
    maker: str
    maker_id: int
    is_correction: bool


def waiting_drafts(*, by: Actor, org_ext_id: str = "") -> list[WaitingDraft]:
    """Return the drafts that wait for a reviewer in the actor's scope, oldest first."""
    rows = VoucherDraft.objects.select_related("book__organisation").filter(
        scope.within(by, "ledger.see", "book__organisation__division_id"), returned_reason=""
    )
    if org_ext_id:
        rows = rows.filter(book__organisation__ext_id=org_ext_id)
    found = list(rows.order_by("made_at", "pk"))
    makers = Person.objects.filter(pk__in={row.maker_id for row in found})
    names = dict(makers.values_list("pk", "name"))
    return [_waiting(row, names) for row in found]


def _waiting(row: VoucherDraft, names: dict[int, str]) -> WaitingDraft:
    last = row.content[-1]
    return WaitingDraft(
        ext_id=row.ext_id,
        organisation=row.book.organisation.name,
        summary=str(last["summary"]),
        date=str(last["date"]),
        amount_fen=sum(line["debit_fen"] for line in last["lines"]),
        line_count=sum(len(each["lines"]) for each in row.content),
        maker=names.get(row.maker_id, "未知"),
        maker_id=row.maker_id,
        is_correction=row.corrects_id is not None,
    )


@dataclass(frozen=True)
class MonthEnd:
    """What the close of one month of one book looks like: its checks and its reopening."""

    book: BookInfo
    period: str
    is_over: bool
    is_closed: bool
    closed_by: str
    closed_at: dt.datetime | None
    hindrances: tuple[Hindrance, ...]
    reopening_ext_id: str
    reopening_reason: str
    reopening_by_id: int
    reopening_by: str


def month_end(*, by: Actor, org_ext_id: str, period: str, on: dt.date) -> MonthEnd:
    """Return where the close of a month stands, every guard asked; `on` is today.

    Raises: NotFound.
    """
    require_period(period)
    book = access_book(by=by, org_ext_id=org_ext_id)
    row = Period.objects.filter(book=book, period=period).first()
    is_closed = row is not None and row.closed_at is not None
    wish = Reopening.objects.filter(book=book, period=period, decided_at__isnull=True).first()
    people = [row.closed_by_id if row else None, wish.asked_by_id if wish else None]
    names = dict(Person.objects.filter(pk__in=filter(None, people)).values_list("pk", "name"))
    return MonthEnd(
        book=info(book),
        period=period,
        is_over=rules.last_day(period) <= on,
        is_closed=is_closed,
        closed_by=names.get(row.closed_by_id or 0, "系统") if row and is_closed else "",
        closed_at=row.closed_at if row else None,
        hindrances=() if is_closed else tuple(hindrances.hindrances(book, period)),
        reopening_ext_id=wish.ext_id if wish else "",
        reopening_reason=wish.reason if wish else "",
        reopening_by_id=wish.asked_by_id if wish else 0,
        reopening_by=names.get(wish.asked_by_id, "未知") if wish else "",
    )
