"""Statements of one body, of a township or county, and the lines behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sanzi.kernel import divisions
from sanzi.ledger.errors import NoFigures
from sanzi.ledger.models import Book, Period
from sanzi.ledger.queries import reading
from sanzi.ledger.queries.doors import BookInfo, access_book, info
from sanzi.ledger.queries.pages import aux_names
from sanzi.ledger.statements import evaluate
from sanzi.ledger.statements.evaluate import CheckResult, Evaluated, Row
from sanzi.ledger.statements.layouts import Layout
from sanzi.ledger.statements.windows import Span
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division

TOWN_FIGURES = 9


@dataclass(frozen=True)
class LayoutInfo:
    """A statement as lists and heads name it. `form` is the official number, '' if it has none."""

    code: str
    standard_code: str
    title: str
    form: str
    frequency: tuple[str, ...]
    provenance: str
    how_known: str
    is_custom: bool
    section_titles: tuple[str, ...]


@dataclass(frozen=True)
class ColumnInfo:
    """One column: its id, title, the group over it, and the months it speaks of."""

    id: str
    title: str
    group: str
    first_period: str
    last_period: str


@dataclass(frozen=True)
class StatementPage:
    """A statement of one body. Units: fen. `period_words` reads 2026年11月, 2026年度.

    `is_closed`: whether the last month is closed, so that the figures stay.
    """

    book: BookInfo
    layout: LayoutInfo
    period: str
    period_words: str
    is_closed: bool
    columns: tuple[ColumnInfo, ...]
    rows: tuple[Row, ...]
    checks: tuple[CheckResult, ...]

    @property
    def is_kept(self) -> bool:
        """Whether every check is kept."""
        return all(check.is_kept for check in self.checks)


@dataclass(frozen=True)
class Member:
    """One body, or one town of a county, beside the others; figures in the order of the rows."""

    division_code: str
    org_ext_id: str
    title: str
    figures: tuple[int | None, ...]
    broken_checks: int


@dataclass(frozen=True)
class _Group:
    """What the members of a place are made of."""

    division_code: str
    layout: Layout
    beside: str
    books: Sequence[Book]
    found: Mapping[int, Evaluated]
    rows: Sequence[Row]


@dataclass(frozen=True)
class GroupPage:
    """The bodies of a place that keep one standard: summed, and side by side in one column.

    `rows` hold the sums in all columns; `members` the figures of column `beside`. `missing` names
    the bodies that have nothing in the period.
    """

    division_code: str
    division_name: str
    layout: LayoutInfo
    period: str
    period_words: str
    columns: tuple[ColumnInfo, ...]
    rows: tuple[Row, ...]
    checks: tuple[CheckResult, ...]
    beside: str
    members: tuple[Member, ...]
    body_count: int
    missing: tuple[str, ...]


def layouts(standard_code: str) -> list[LayoutInfo]:
    """Return the statements of a standard in the order of a list, a county's own at the end."""
    return [layout_info(each) for each in reading.catalogue_of(standard_code).values()]


def statement(*, by: Actor, org_ext_id: str, code: str, period: str) -> StatementPage:
    """Return a statement of one body for a month, quarter or year.

    Raises: NotFound for the book, an unknown statement or what reads as no period; NoFigures when
    the book holds nothing in the period.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    return statement_of(book, code, period)


def statement_of(book: Book, code: str, period: str) -> StatementPage:
    """Return a statement for who holds the book's door. Raises as `statement`."""
    span = reading.span_of(period)
    layout = reading.layout_of(book.standard_code, code, span)
    first, last = reading.bounds([book]).get(book.pk, ("", ""))
    if not first or span.last < first or span.first > last:
        raise NoFigures(period=span.words, organisation=book.organisation.name)
    worked_out = reading.work_out([book], layout, span)[book.pk]
    closed = Period.objects.filter(book=book, period=span.last, closed_at__isnull=False)
    return StatementPage(
        book=info(book),
        layout=layout_info(layout),
        period=period,
        period_words=span.words,
        is_closed=closed.exists(),
        columns=column_infos(layout, span),
        rows=with_names(worked_out.rows),
        checks=worked_out.checks,
    )


def township(
    *, by: Actor, division_code: str, standard_code: str, code: str, period: str, beside: str = ""
) -> GroupPage:
    """Return a statement of all bodies of a place under one standard.

    In a county the members are its towns, elsewhere the bodies. `beside` is the column shown side
    by side, the first when ''. Raises: NotFound; NoFigures when no body has any.
    """
    place = Division.objects.filter(code=division_code).first()
    if place is None:
        raise NotFound
    scope.require(by, "ledger.see", division_code)
    span = reading.span_of(period)
    layout = reading.layout_of(standard_code, code, span)
    beside = beside or layout.columns[0].id
    if beside not in [column.id for column in layout.columns]:
        raise NotFound
    books = list(
        Book.objects.select_related("organisation")
        .filter(
            organisation__division__code__startswith=divisions.prefix(division_code),
            standard_code=standard_code,
        )
        .order_by("organisation__division_id", "organisation__ext_id")
    )
    known = reading.bounds(books)
    having = [
        book
        for book in books
        if book.pk in known and known[book.pk][0] <= span.last and span.first <= known[book.pk][1]
    ]
    if not having:
        raise NoFigures(period=span.words, organisation=place.name)
    found = reading.work_out(having, layout, span)
    summed = evaluate.add(layout, [found[book.pk] for book in having])
    return GroupPage(
        division_code=division_code,
        division_name=place.name,
        layout=layout_info(layout),
        period=period,
        period_words=span.words,
        columns=column_infos(layout, span),
        rows=with_names(summed.rows),
        checks=summed.checks,
        beside=beside,
        members=_members(_Group(division_code, layout, beside, having, found, summed.rows)),
        body_count=len(having),
        missing=tuple(book.organisation.name for book in books if book not in having),
    )


def layout_info(layout: Layout) -> LayoutInfo:
    """Return how a list names a statement."""
    return LayoutInfo(
        code=layout.code,
        standard_code=layout.standard_code,
        title=layout.title,
        form=layout.form,
        frequency=layout.frequency,
        provenance=layout.provenance,
        how_known=layout.how_known,
        is_custom=layout.is_custom,
        section_titles=tuple(section.title for section in layout.sections),
    )


def column_infos(layout: Layout, span: Span) -> tuple[ColumnInfo, ...]:
    """Return the columns with the months they speak of."""
    return tuple(
        ColumnInfo(
            id=column.id,
            title=column.title,
            group=column.group,
            first_period=span.window(column.window).first,
            last_period=span.window(column.window).last,
        )
        for column in layout.columns
    )


def with_names(rows: Sequence[Row], *, is_masked: bool = False) -> tuple[Row, ...]:
    """Return the rows, those of auxiliaries under their names."""
    named = [row for row in rows if row.aux_id]
    names = aux_names(named, is_masked=is_masked) if named else {}
    return tuple(
        replace(row, title=names.get((row.aux_kind, row.aux_id), "" if is_masked else row.aux_id))
        if row.aux_id
        else row
        for row in rows
    )


def _members(group: _Group) -> tuple[Member, ...]:
    """Return the towns of a county, or the bodies of a smaller place, in one column."""
    heads: dict[str, list[Book]] = {}
    is_county = len(divisions.prefix(group.division_code)) < TOWN_FIGURES
    for book in group.books:
        place = book.organisation.division_id
        key = place[:TOWN_FIGURES].ljust(12, "0") if is_county else book.organisation.ext_id
        heads.setdefault(key, []).append(book)
    names = dict(Division.objects.filter(code__in=heads).values_list("code", "name"))
    return tuple(_member(group, key, books, names) for key, books in heads.items())


def _member(group: _Group, key: str, books: Sequence[Book], names: Mapping[str, str]) -> Member:
    layout = group.layout
    summed = evaluate.add(layout, [group.found[book.pk] for book in books])
    place = [column.id for column in layout.columns].index(group.beside)
    cells = {_key(row): row.figures[place] for row in summed.rows}
    is_one = key not in names
    return Member(
        division_code=books[0].organisation.division_id if is_one else key,
        org_ext_id=key if is_one else "",
        title=books[0].organisation.name if is_one else names[key],
        figures=tuple(cells.get(_key(row)) for row in group.rows),
        broken_checks=sum(not check.is_kept for check in summed.checks),
    )


def _key(row: Row) -> tuple[str, ...]:
    return row.id, str(row.section), row.account_code, row.aux_kind, row.aux_id
