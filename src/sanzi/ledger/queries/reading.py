"""Figures of many books for one layout: as few passes over the lines as the layout needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db.models import Max

from sanzi.ledger import standards
from sanzi.ledger.models import Book, OpeningBalance, Period, Voucher
from sanzi.ledger.queries import charts, totals
from sanzi.ledger.queries.totals import Movement
from sanzi.ledger.statements import catalogue, evaluate, figures
from sanzi.ledger.statements.evaluate import Evaluated
from sanzi.ledger.statements.figures import Figures, Key, Raw
from sanzi.ledger.statements.formulas import AGED, STAR, Amount
from sanzi.ledger.statements.layouts import Layout
from sanzi.ledger.statements.windows import NoPeriod, Span, after, before, read_span
from sanzi.orgs.errors import NotFound

BEFORE_YEAR = "before_year"


def catalogue_of(standard_code: str) -> dict[str, Layout]:
    """Return the layouts of a standard, a county's own included."""
    return catalogue.of(standard_code, settings.SANZI.statements)


def layout_of(standard_code: str, code: str, span: Span) -> Layout:
    """Return a layout as a span takes it. Raises: NotFound."""
    if standard_code not in standards.codes():
        raise NotFound
    found = catalogue_of(standard_code).get(code)
    if found is None:
        raise NotFound
    return found.for_year() if span.is_year else found


def span_of(period: str) -> Span:
    """Return what a period means. Raises: NotFound."""
    try:
        return read_span(period)
    except NoPeriod:
        raise NotFound from None


def bounds(books: Sequence[Book]) -> dict[int, tuple[str, str]]:
    """Return the first and last month of each book that has any; openings are of the first."""
    ids = [book.pk for book in books]
    opened = OpeningBalance.objects.filter(book__in=ids).values_list("book_id", flat=True)
    has_openings = set(opened.distinct())
    last = {book.pk: book.first_period for book in books if book.pk in has_openings}
    vouchers = Voucher.objects.filter(book__in=ids).values_list("book_id")
    periods = Period.objects.filter(book__in=ids).values_list("book_id")
    for rows in (vouchers, periods):
        for book_id, period in rows.annotate(last=Max("period")):
            last[book_id] = max(last.get(book_id, ""), period)
    return {book.pk: (book.first_period, last[book.pk]) for book in books if book.pk in last}


def work_out(books: Sequence[Book], layout: Layout, span: Span) -> dict[int, Evaluated]:
    """Return the statement of each book. All books keep the layout's standard."""
    raws = read(books, layout, span)
    standard = charts.chart_of_standard(layout.standard_code, None)
    return {
        book.pk: evaluate.evaluate(
            layout,
            standard,
            _figures(raws[book.pk], layout, span, book),
            ends_year=span.ends_year,
        )
        for book in books
    }


def read(books: Sequence[Book], layout: Layout, span: Span) -> dict[int, Raw]:
    """Return what the layout's columns need of each book, by its key."""
    windows = [span.window(column.window) for column in layout.columns]
    cuts = sorted({cut for one in windows for cut in (one.first, after(one.last))})
    if any(isinstance(node, Amount) and node.function == AGED for node in layout.nodes()):
        cuts = sorted({*cuts, *(cut for one in windows for cut in figures.age_cuts(one.last))})
    last = max(one.last for one in windows)
    detailed, beside = _needs(layout)
    by_book: dict[int, list[Movement]] = _by_book(totals.movements(books, last=last, cuts=cuts))
    details: dict[int, list[Movement]] = {}
    if detailed:
        details = _by_book(
            totals.movements(books, last=last, cuts=cuts, with_aux=True, accounts=detailed)
        )
    others = {
        prefixes: _by_book(totals.movements(books, last=last, cuts=cuts, beside=prefixes))
        for prefixes in beside
    }
    openings: dict[int, list[tuple[Key, int]]] = defaultdict(list)
    for each in totals.openings(books, with_aux=True):
        key = (each.account_code, each.aux_kind, each.aux_id)
        openings[each.book_id].append((key, each.balance_fen))
    return {
        book.pk: Raw(
            openings=openings.get(book.pk, ()),
            movements=by_book.get(book.pk, ()),
            detailed=details.get(book.pk, ()),
            beside={prefixes: rows.get(book.pk, ()) for prefixes, rows in others.items()},
            opened=before(book.first_period, 1),
        )
        for book in books
    }


def _figures(raw: Raw, layout: Layout, span: Span, book: Book) -> list[Figures | None]:
    """Return the figures by column, each window once; None when the book had not begun by then."""
    found: dict[str, Figures | None] = {}
    for column in layout.columns:
        if column.window not in found:
            window = span.window(column.window)
            is_early = window.last < book.first_period and column.window != BEFORE_YEAR
            found[column.window] = None if is_early else figures.build(raw, window)
    return [found[column.window] for column in layout.columns]


def _needs(layout: Layout) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the accounts wanted with auxiliaries, and those whose other side is wanted."""
    detailed: set[str] = set()
    beside: set[tuple[str, ...]] = set()
    for node in layout.nodes():
        if isinstance(node, Amount) and node.function in ("DB", "CB", AGED):
            detailed |= set(node.accounts) - {STAR}
        if isinstance(node, Amount) and node.function in ("CRFROM", "DRTO") and node.accounts:
            beside.add(node.accounts)
    for line in layout.lines:
        if line.each is not None and line.each.by_aux:
            detailed |= set(line.each.accounts)
    if layout.flows.money:
        beside.add(layout.flows.money)
    return tuple(sorted(detailed)), tuple(sorted(beside))


def _by_book(rows: Sequence[Movement]) -> dict[int, list[Movement]]:
    found: dict[int, list[Movement]] = defaultdict(list)
    for row in rows:
        found[row.book_id].append(row)
    return found
