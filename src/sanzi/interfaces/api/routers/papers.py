"""Statements and books of account: as figures, with what is behind each, and as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import READ, Refused
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.books import PAGE_MAX, BookOut
from sanzi.interfaces.api.shapes import Day, Ident, Month, Place
from sanzi.ledger.actions import papers
from sanzi.ledger.queries import behind, figure_parts, statement_sheets, statements
from sanzi.ledger.queries.journals import KINDS, Wanted, journal
from sanzi.record import sheets

router = Router(auth=OFFICER)
ZIP = "application/zip"
NONE_YET = {**READ, 409: Refused}
"""What a read of figures may answer: 409 when the book holds nothing in the period."""

Span = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4])?$", max_length=7)
]
"""A month, a quarter or a year: `2026-11`, `2026-Q4`, `2026`."""

Form = Annotated[str, StringConstraints(pattern=r"^(pdf|xlsx|csv)$")]
"""In which form a paper is taken away."""

StatementForm = Annotated[str, StringConstraints(pattern=r"^(pdf|xlsx|csv|xbrl)$")]
"""In which form a statement of a body is; xbrl is a ZIP of the instance and its taxonomy."""

CodeOrNone = Annotated[str, StringConstraints(pattern=r"^([0-9]{3,12})?$")]
KeyOrNone = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _file(*media: str) -> dict[str, Any]:
    """Return what the document says of an answer that is a file."""
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in media}
    return {"responses": {200: {"description": "OK", "content": content}}}


_FORMS = _file(*(one.split(";")[0] for one in papers.FORMS.values()))
_STATEMENT_FORMS = _file(*(one.split(";")[0] for one in papers.STATEMENT_FORMS.values()))


class LayoutOut(Schema):
    """A statement of a standard. `how_known`: text, second_hand, memory or own."""

    code: str
    standard_code: str
    title: str
    form: str
    frequency: list[str]
    provenance: str
    how_known: str
    is_custom: bool
    section_titles: list[str]


class DueOut(Schema):
    """A statement due at the end of a month; check_count is null where the book has nothing."""

    layout: LayoutOut
    period: str
    check_count: int | None
    broken: list[str]


class StatementColumnOut(Schema):
    """A column and the months it speaks of."""

    id: str
    title: str
    group: str
    first_period: str
    last_period: str


class StatementRowOut(Schema):
    """A row; figures stand in the order of the columns, null where nothing is to be shown."""

    id: str
    number: str
    title: str
    level: int
    section: int
    is_header: bool
    is_total: bool
    figures: list[int | None]
    account_code: str
    aux_kind: str
    aux_id: str


class StatementCheckOut(Schema):
    """A check of a statement in one column."""

    title: str
    column: str
    is_kept: bool
    left_fen: int
    right_fen: int


class StatementOut(Schema):
    """A statement of one body."""

    book: BookOut
    layout: LayoutOut
    period: str
    period_words: str
    is_closed: bool
    columns: list[StatementColumnOut]
    rows: list[StatementRowOut]
    checks: list[StatementCheckOut]


class MemberOut(Schema):
    """One body, or one town, beside the others; figures in the order of the rows."""

    division_code: str
    org_ext_id: str
    title: str
    figures: list[int | None]
    broken_checks: int


class GroupOut(Schema):
    """A statement of a place: rows are the sums, members stand side by side in column `beside`."""

    division_code: str
    division_name: str
    layout: LayoutOut
    period: str
    period_words: str
    columns: list[StatementColumnOut]
    rows: list[StatementRowOut]
    checks: list[StatementCheckOut]
    beside: str
    members: list[MemberOut]
    body_count: int
    missing: list[str]


class BesideWanted(Schema):
    """Which column is shown side by side, the first when none is named."""

    column: KeyOrNone = ""


class FigureWanted(Schema):
    """Which figure: row and column by id, account or auxiliary where rows repeat."""

    row: KeyOrNone
    column: KeyOrNone
    account_code: CodeOrNone = ""
    aux_kind: KeyOrNone = ""
    aux_id: KeyOrNone = ""
    page: int = Field(1, ge=1, le=PAGE_MAX)


class FigurePartOut(Schema):
    """An account behind a figure and how it counts; balances debit positive."""

    sign: int
    how: str
    line_title: str
    account_code: str
    account_name: str
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int


class FigureLineOut(Schema):
    """A voucher line behind a figure."""

    date: Day
    voucher_ext_id: str
    label: str
    summary: str
    account_code: str
    account_name: str
    aux: str
    debit_fen: int
    credit_fen: int


class FigureOut(Schema):
    """What a figure is made of: its accounts, and one page of the lines, 50 each."""

    title: str
    column_title: str
    figure_fen: int | None
    first_period: str
    last_period: str
    parts: list[FigurePartOut]
    lines: list[FigureLineOut]
    page: int
    page_count: int


class JournalWanted(Schema):
    """Which months, and of which account or auxiliary where the book is of one."""

    first: Month = Field(description="从哪个月")
    last: Month = Field(description="到哪个月")
    code: CodeOrNone = ""
    aux_kind: KeyOrNone = ""
    aux_id: KeyOrNone = ""


class SheetColumnOut(Schema):
    """A column; kind is text, mid, money (fen) or count."""

    title: str
    kind: str
    group: str


class SheetRowOut(Schema):
    """A row; money in fen. `source` says what is behind it, such as voucher and its id."""

    cells: list[str | int | None]
    level: int
    tone: str
    source: list[str]


class SheetOut(Schema):
    """One table with what stands around it."""

    title: str
    left: str
    middle: str
    right: str
    columns: list[SheetColumnOut]
    rows: list[SheetRowOut]
    notes: list[str]


class JournalOut(Schema):
    """A book of account; a bank journal has a sheet for each account."""

    book: BookOut
    kind: str
    title: str
    sheets: list[SheetOut]


class JournalKindOut(Schema):
    """A kind of book of account."""

    code: str
    title: str
    about: str
    takes_account: bool


@router.get("/journal-kinds", response={200: list[JournalKindOut], **READ}, summary="账簿的种类")
def journal_kinds(request: ApiRequest) -> object:
    """List the kinds of books of account."""
    return list(KINDS.values())


@router.get(
    "/books/{org}/statements/{period}",
    response={200: list[DueOut], **READ},
    summary="一个月要出的报表",
)
def due(request: ApiRequest, org: Ident, period: Month) -> object:
    """List the statements due at the end of a month, with how their checks came out."""
    return statement_sheets.due_of(by=request.auth, org_ext_id=org, period=period)


@router.get(
    "/books/{org}/statements/{period}/file/{form}",
    response=NONE_YET,
    summary="一个月的全部报表，文件",
    openapi_extra=_STATEMENT_FORMS,
)
def statements_file(
    request: ApiRequest, org: Ident, period: Month, form: StatementForm
) -> HttpResponse:
    """Hand out all statements of a body for a month as one file."""
    return _sent(
        papers.take_statements(
            by=request.auth, at=request.at, org_ext_id=org, period=period, form=form
        )
    )


@router.get(
    "/books/{org}/statement/{code}/{period}",
    response={200: StatementOut, **NONE_YET},
    summary="一张报表",
)
def statement(request: ApiRequest, org: Ident, code: Ident, period: Span) -> object:
    """Show a statement of a body for a month, a quarter or a year."""
    return statements.statement(by=request.auth, org_ext_id=org, code=code, period=period)


@router.get(
    "/books/{org}/statement/{code}/{period}/figure",
    response={200: FigureOut, **NONE_YET},
    summary="一个数是怎么来的",
)
def figure(
    request: ApiRequest, org: Ident, code: Ident, period: Span, wanted: Query[FigureWanted]
) -> object:
    """Show the accounts and the voucher lines behind a figure of a statement."""
    aux = (wanted.account_code, wanted.aux_kind, wanted.aux_id)
    found = figure_parts.parts_of(
        by=request.auth,
        org_ext_id=org,
        code=code,
        period=period,
        place=figure_parts.Place(wanted.row, wanted.column, *aux),
    )
    lines = behind.behind(
        by=request.auth,
        org_ext_id=org,
        cell=behind.Cell(code, wanted.row, wanted.column, period, *aux),
        page=wanted.page,
    )
    return {
        **{key: value for key, value in asdict(found).items() if key != "book"},
        "lines": lines.rows,
        "page": lines.page,
        "page_count": lines.page_count,
    }


@router.get(
    "/books/{org}/statement/{code}/{period}/file/{form}",
    response=NONE_YET,
    summary="一张报表，文件",
    openapi_extra=_STATEMENT_FORMS,
)
def statement_file(
    request: ApiRequest, org: Ident, code: Ident, period: Span, form: StatementForm
) -> HttpResponse:
    """Hand out a statement of a body as a file."""
    return _sent(
        papers.take_statement(
            by=request.auth, at=request.at, org_ext_id=org, code=code, period=period, form=form
        )
    )


@router.get(
    "/places/{division}/statement/{standard}/{code}/{period}",
    response={200: GroupOut, **NONE_YET},
    summary="一个镇或县的报表",
)
def group(
    request: ApiRequest,
    division: Place,
    *,
    standard: Ident,
    code: Ident,
    period: Span,
    wanted: Query[BesideWanted],
) -> object:
    """Show a statement of a place: summed, and its members side by side in one column."""
    return statements.township(
        by=request.auth,
        division_code=division,
        standard_code=standard,
        code=code,
        period=period,
        beside=wanted.column,
    )


@router.get(
    "/places/{division}/statements/{period}/file",
    response=READ,
    summary="一个镇全部账本的报表，压缩包",
    openapi_extra=_file(ZIP),
)
def place_file(request: ApiRequest, division: Place, period: Month) -> HttpResponse:
    """Hand out all statements of all books of a place as a ZIP, one PDF a book."""
    return _sent(
        papers.township_pdf(by=request.auth, at=request.at, division_code=division, period=period)
    )


@router.get(
    "/books/{org}/journals/{kind}",
    response={200: JournalOut, **READ},
    summary="一本账簿",
)
def book_of_account(
    request: ApiRequest, org: Ident, kind: Ident, wanted: Query[JournalWanted]
) -> object:
    """Show a book of account, ruled off by month and year."""
    found = journal(by=request.auth, org_ext_id=org, wanted=_wanted(kind, wanted))
    return {
        "book": found.book,
        "kind": kind,
        "title": found.title,
        "sheets": [_sheet(one) for one in found.sheets],
    }


@router.get(
    "/books/{org}/journals/{kind}/file/{form}",
    response=READ,
    summary="一本账簿，文件",
    openapi_extra=_FORMS,
)
def journal_file(
    request: ApiRequest, org: Ident, kind: Ident, form: Form, wanted: Query[JournalWanted]
) -> HttpResponse:
    """Hand out a book of account as a file."""
    return _sent(
        papers.take_journal(
            by=request.auth,
            at=request.at,
            org_ext_id=org,
            wanted=_wanted(kind, wanted),
            form=form,
        )
    )


@router.get(
    "/vouchers/{ext_id}/file",
    response=READ,
    summary="一张凭证，PDF",
    openapi_extra=_file(sheets.PDF),
)
def voucher_file(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Hand out a voucher as a PDF."""
    return _sent(papers.take_voucher(by=request.auth, at=request.at, ext_id=ext_id))


@router.get(
    "/books/{org}/vouchers/{period}/file",
    response=READ,
    summary="一个月的凭证，PDF",
    openapi_extra=_file(sheets.PDF),
)
def vouchers_file(request: ApiRequest, org: Ident, period: Month) -> HttpResponse:
    """Hand out a month's vouchers as one PDF."""
    return _sent(
        papers.take_vouchers(by=request.auth, at=request.at, org_ext_id=org, period=period)
    )


def _wanted(kind: str, wanted: JournalWanted) -> Wanted:
    return Wanted(kind, wanted.first, wanted.last, wanted.code, wanted.aux_kind, wanted.aux_id)


def _sheet(one: sheets.Sheet) -> dict[str, Any]:
    def rows(found: Sequence[sheets.Row]) -> list[dict[str, Any]]:
        return [
            {
                "cells": list(row.cells),
                "level": row.level,
                "tone": row.tone,
                "source": list(row.source),
            }
            for row in found
        ]

    return {
        "title": one.title,
        "left": one.left,
        "middle": one.middle,
        "right": one.right,
        "columns": [asdict(column) for column in one.columns],
        "rows": rows(one.rows),
        "notes": list(one.notes),
    }


def _sent(paper: papers.PaperFile) -> HttpResponse:
    response = HttpResponse(paper.data, content_type=paper.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(paper.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
