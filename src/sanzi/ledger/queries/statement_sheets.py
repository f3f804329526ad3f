"""Statements as sheets: as the forms print them, and for a place summed and side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.db.models import Count

from sanzi.kernel import divisions
from sanzi.kernel.money import format_yuan
from sanzi.ledger import rules, standards
from sanzi.ledger.errors import NoFigures
from sanzi.ledger.models import Book, Period
from sanzi.ledger.queries import reading, statements
from sanzi.ledger.queries.doors import BookInfo, access_book, info, require_period
from sanzi.ledger.queries.statements import (
    TOWN_FIGURES,
    ColumnInfo,
    GroupPage,
    LayoutInfo,
    StatementPage,
)
from sanzi.ledger.statements.evaluate import CheckResult, Row
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division
from sanzi.record import sheets
from sanzi.record.sheets import Column, Sheet, Value

SIGNERS = ("单位负责人：", "会计主管：", "制表：")
MONTH, QUARTER, YEAR = "month", "quarter", "year"
_FOLDED_SECTIONS = 2
MONTHS_BEFORE = 5
CODE_FIGURES = 3
"""Numbers of so many figures are codes of accounts, not of lines."""
_QUARTER_ENDS = ("03", "06", "09", "12")


def due_period(layout: LayoutInfo, month: str) -> str:
    """Return the period of a statement that is due when a month ends, '' when none is."""
    if MONTH in layout.frequency:
        return month
    if QUARTER in layout.frequency and month[5:] in _QUARTER_ENDS:
        return f"{month[:4]}-Q{int(month[5:]) // 3}"
    return month[:4] if YEAR in layout.frequency and month.endswith("12") else ""


def sheet_of(page: StatementPage) -> Sheet:
    """Return a statement as its form prints it; two sections stand side by side."""
    numbered = any(row.number for row in page.rows)
    if len(page.layout.section_titles) == _FOLDED_SECTIONS:
        columns, rows = _folded(page, numbered=numbered)
    else:
        columns = _columns(page.columns, "项目", page.rows)
        rows = _listed(page.layout.section_titles, page.rows, numbered=numbered)
    return Sheet(
        title=page.layout.title,
        columns=columns,
        rows=rows,
        left=f"编制单位：{page.book.organisation}",
        middle=page.period_words,
        number=page.layout.form,
        notes=tuple(said(check) for check in page.checks),
        signers=SIGNERS,
    )


def group_sheets(page: GroupPage) -> list[Sheet]:
    """Return the statement of a place: summed, and its members side by side in one column."""
    numbered = any(row.number for row in page.rows)
    beside = next(column for column in page.columns if column.id == page.beside)
    missing = f"没有账的：{'、'.join(page.missing)}。" if page.missing else ""
    summed = Sheet(
        title=f"{page.layout.title}（汇总）",
        columns=_columns(page.columns, "项目", page.rows),
        rows=_listed(page.layout.section_titles, page.rows, numbered=numbered),
        left=f"{page.division_name}，{page.body_count}个单位",
        middle=page.period_words,
        number=page.layout.form,
        notes=(*(said(check) for check in page.checks), *([missing] if missing else [])),
        signers=SIGNERS,
        name="汇总",
    )
    names = [Column("项目", "text", 34), *(Column(one.title, "money", 16) for one in page.members)]
    rows = tuple(
        sheets.Row(
            (row.title, *(one.figures[place] for one in page.members)),
            level=row.level,
            tone="total" if row.is_total else "",
        )
        for place, row in enumerate(page.rows)
    )
    side = Sheet(
        title=f"{page.layout.title}（各单位{beside.title}）",
        columns=names,
        rows=rows,
        left=page.division_name,
        middle=page.period_words,
        name="各单位",
    )
    return [summed, side]


@dataclass(frozen=True)
class PlaceGroup:
    """The books of a place under one standard, and which statements are due for which period."""

    standard_code: str
    title: str
    book_count: int
    layouts: tuple[tuple[LayoutInfo, str], ...]


@dataclass(frozen=True)
class PlacePage:
    """What a town or county has to show for a month; `months` are the last ones, newest first.

    `has_figures` tells whether any of its books has begun by then and is kept up to it.
    """

    division_code: str
    name: str
    period: str
    book_count: int
    has_figures: bool
    months: tuple[str, ...]
    groups: tuple[PlaceGroup, ...]


def places(*, by: Actor) -> list[tuple[str, str]]:
    """Return (code, name) of the towns and counties whose books the actor may see."""
    wide = [one for one in scope.prefixes(by, "ledger.see") if len(one) <= TOWN_FIGURES]
    codes = [one.ljust(12, "0") for one in wide]
    return list(
        Division.objects.filter(code__in=codes).order_by("code").values_list("code", "name")
    )


@dataclass(frozen=True)
class Due:
    """A statement of a book that is due for a month, with its checks; None where it has none.

    `broken` holds the titles of the checks that are not kept.
    """

    layout: LayoutInfo
    period: str
    check_count: int | None
    broken: tuple[str, ...]


def due_of(*, by: Actor, org_ext_id: str, period: str) -> list[Due]:
    """Return the statements of a book that are due when a month ends, worked out and checked.

    Raises: NotFound.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    require_period(period)
    found = []
    for layout in statements.layouts(book.standard_code):
        due = due_period(layout, period)
        if not due:
            continue
        try:
            page = statements.statement_of(book, layout.code, due)
        except NoFigures:
            found.append(Due(layout, due, None, ()))
            continue
        broken = tuple(one.title for one in page.checks if not one.is_kept)
        found.append(Due(layout, due, len(page.checks), broken))
    return found


def place_of(*, by: Actor, division_code: str, period: str) -> PlacePage:
    """Return the statements of a place. Raises: NotFound."""
    require_period(period)
    place = Division.objects.filter(code=division_code).first()
    if place is None:
        raise NotFound
    scope.require(by, "ledger.see", division_code)
    rows = Book.objects.filter(
        organisation__division__code__startswith=divisions.prefix(division_code)
    )
    counts = dict(rows.values_list("standard_code").annotate(Count("id")))
    return PlacePage(
        division_code=division_code,
        name=place.name,
        period=period,
        book_count=sum(counts.values()),
        has_figures=bool(_kept(list(rows), period)),
        months=tuple(rules.shift(period, -back) for back in range(-1, MONTHS_BEFORE)),
        groups=tuple(
            PlaceGroup(
                standard_code=code,
                title=standards.get(code).title,
                book_count=count,
                layouts=tuple(
                    (layout, due)
                    for layout in statements.layouts(code)
                    if (due := due_period(layout, period))
                ),
            )
            for code, count in sorted(counts.items())
        ),
    )


def books_with_statements(division_code: str, period: str) -> list[tuple[BookInfo, list[Sheet]]]:
    """Return the books of a place with the sheets of all statements due when a month ends.

    Each statement is worked out for all books of a standard in one pass. Books that have nothing
    by then are left out. The caller holds the place's door.
    """
    rows = Book.objects.select_related("organisation").filter(
        organisation__division__code__startswith=divisions.prefix(division_code)
    )
    by_standard: dict[str, list[Book]] = {}
    ordered = list(rows.order_by("organisation__division_id", "organisation__ext_id"))
    for book in _kept(ordered, period):
        by_standard.setdefault(book.standard_code, []).append(book)
    found: dict[int, tuple[BookInfo, list[Sheet]]] = {}
    for standard_code, books in by_standard.items():
        for book in books:
            found[book.pk] = (info(book), [])
        for layout in statements.layouts(standard_code):
            due = due_period(layout, period)
            for book_id, page in _pages(books, layout.code, due) if due else ():
                found[book_id][1].append(sheet_of(page))
    return [one for one in found.values() if one[1]]


def _kept(books: list[Book], period: str) -> list[Book]:
    """Return the books whose first and last month with figures hold a month between them."""
    known = reading.bounds(books)
    return [
        one for one in books if one.pk in known and known[one.pk][0] <= period <= known[one.pk][1]
    ]


def _pages(books: Sequence[Book], code: str, period: str) -> Iterator[tuple[int, StatementPage]]:
    """Yield a statement of each book of one standard, by the book's key."""
    span = reading.span_of(period)
    layout = reading.layout_of(books[0].standard_code, code, span)
    head, columns = statements.layout_info(layout), statements.column_infos(layout, span)
    closed = Period.objects.filter(book__in=books, period=span.last, closed_at__isnull=False)
    closed_ids = set(closed.values_list("book_id", flat=True))
    worked_out = reading.work_out(books, layout, span)
    for book in books:
        made = worked_out[book.pk]
        yield (
            book.pk,
            StatementPage(
                book=info(book),
                layout=head,
                period=period,
                period_words=span.words,
                is_closed=book.pk in closed_ids,
                columns=columns,
                rows=statements.with_names(made.rows),
                checks=made.checks,
            ),
        )


def said(check: CheckResult) -> str:
    """Return a check as a sentence with its figures."""
    if check.is_kept:
        return f"检查 {check.title}：对上了，{format_yuan(check.left_fen)}。"
    gap = format_yuan(check.left_fen - check.right_fen)
    return (
        f"检查 {check.title}：没对上，{format_yuan(check.left_fen)}"
        f"比{format_yuan(check.right_fen)}，差{gap}。"
    )


def _columns(infos: Sequence[ColumnInfo], head: str, rows: Sequence[Row]) -> tuple[Column, ...]:
    widest = max((len(row.number) for row in rows), default=0)
    number = (Column("行次", "mid", 6),) if widest else ()
    if widest >= CODE_FIGURES:
        number = (Column("编号", "mid", 11),)
    money = (Column(one.title, "money", 17, group=one.group) for one in infos)
    return (Column(head, "text", 38), *number, *money)


def _listed(
    titles: Sequence[str], rows: Sequence[Row], *, numbered: bool
) -> tuple[sheets.Row, ...]:
    made, last = [], 0 if len(titles) == 1 else -1
    width = (1 if numbered else 0) + max((len(row.figures) for row in rows), default=0)
    for row in rows:
        if row.section != last and titles[row.section]:
            made.append(sheets.Row((titles[row.section], *[None] * width), tone="quiet"))
        last = row.section
        made.append(_row(row, numbered=numbered))
    return tuple(made)


def _row(row: Row, *, numbered: bool) -> sheets.Row:
    return sheets.Row(_cells(row, numbered=numbered), row.level, "total" if row.is_total else "")


def _cells(row: Row, *, numbered: bool) -> tuple[Value, ...]:
    return (row.title, *((row.number,) if numbered else ()), *row.figures)


def _folded(
    page: StatementPage, *, numbered: bool
) -> tuple[tuple[Column, ...], tuple[sheets.Row, ...]]:
    """Return the first section's rows with the second's beside them, both heads above."""
    halves: list[list[Row | None]] = [
        [row for row in page.rows if row.section == side] for side in (0, 1)
    ]
    _level_ends(halves)
    columns = [
        _columns(page.columns, page.layout.section_titles[side], page.rows) for side in (0, 1)
    ]
    blank: tuple[Value, ...] = (None,) * len(columns[0])
    rows = []
    for sides in zip_longest(*halves):
        cells = [_indented(row, numbered=numbered) if row else blank for row in sides]
        is_total = any(row is not None and row.is_total for row in sides)
        rows.append(sheets.Row((*cells[0], *cells[1]), tone="total" if is_total else ""))
    return (*columns[0], *columns[1]), tuple(rows)


def _level_ends(halves: list[list[Row | None]]) -> None:
    """Bring the sums that end both halves into one line."""
    longest = max(len(half) for half in halves)
    for half in halves:
        if half and half[-1] is not None and half[-1].is_total:
            half[-1:-1] = [None] * (longest - len(half))


def _indented(row: Row, *, numbered: bool) -> tuple[Value, ...]:
    first, *rest = _cells(row, numbered=numbered)
    return ("　" * row.level + str(first), *rest)
