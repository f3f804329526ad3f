"""Statements of a body, what each figure is made of, and statements of a whole place."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, ItemRow, Ledger, Link, Note, Row, Tab
from sanzi.interfaces.office.pages import page_in, page_number, query_without_page, show
from sanzi.interfaces.office.parts.sheets import file_links, sent
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.books import crumbs, month_words
from sanzi.interfaces.office.views.journals import address
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions import papers
from sanzi.ledger.errors import NoFigures
from sanzi.ledger.queries import behind, figure_parts, statement_sheets, statements
from sanzi.ledger.queries.doors import PAGE_ROWS
from sanzi.ledger.queries.journals import Wanted
from sanzi.ledger.statements import evaluate
from sanzi.orgs.errors import NotFound

_INDENT = "　"
MONTHS_BEFORE = 5


@officer
def page(request: OfficeRequest, org: str, code: str, period: str) -> HttpResponseBase:
    """Show a statement of a body, or hand it out as a file."""
    form = _form(request, papers.STATEMENT_FORMS)
    if form:
        return sent(
            papers.take_statement(
                by=request.actor, at=request.at, org_ext_id=org, code=code, period=period, form=form
            )
        )
    try:
        found = statements.statement(by=request.actor, org_ext_id=org, code=code, period=period)
    except NoFigures as refusal:
        return _told(request, refusal, reverse("office:books"))
    return show(
        request,
        "statement",
        {
            "title": f"{found.book.organisation}{found.period_words}的{found.layout.title}",
            "sub": _sub(found),
            "files": [*file_links(""), Link("XBRL", "?as=xbrl", "download")],
            "tabs": _other_statements(found, org),
            "ledger": _ledger(found, org),
            "notes": _checks(found.checks),
            "provenance": found.layout.provenance,
        },
        current="books",
        crumbs=crumbs(
            Link(found.book.organisation, reverse("office:book", args=[org, _month(period)])),
            Link(found.layout.title, ""),
        ),
    )


@officer
def all_of_book(request: OfficeRequest, org: str, period: str) -> HttpResponseBase:
    """Hand out all statements of a body for a month as one file."""
    form = _form(request, papers.STATEMENT_FORMS) or "pdf"
    try:
        made = papers.take_statements(
            by=request.actor, at=request.at, org_ext_id=org, period=period, form=form
        )
    except NoFigures as refusal:
        return _told(request, refusal, reverse("office:books"))
    return sent(made)


@officer
def figure(request: OfficeRequest, org: str, code: str, period: str) -> HttpResponseBase:
    """Show what a figure of a statement is made of, each part with its own ledger."""
    row, column, account, aux = (
        request.GET.get(key, "") for key in ("row", "column", "account", "aux")
    )
    aux_kind, _, aux_id = aux.partition(":")
    try:
        found = figure_parts.parts_of(
            by=request.actor,
            org_ext_id=org,
            code=code,
            period=period,
            place=figure_parts.Place(row, column, account, aux_kind, aux_id),
        )
    except NoFigures as refusal:
        return _told(request, refusal, reverse("office:books"))
    lines = _lines_behind(request, org, code, period)
    return show(
        request,
        "figure",
        {
            "title": f"{found.title}{found.column_title}{words.yuan(found.figure_fen)}元，"
            f"由{len(found.parts)}个科目算出",
            "sub": f"{found.book.organisation}，{found.statement_title}{found.period_words}",
            "ledger": _parts_ledger(found, org),
            "lines_ledger": _lines_ledger(lines) if lines else None,
            "lines_title": f"{found.first_period}到{found.last_period}的每一笔",
            "page": page_in(lines.page_count * PAGE_ROWS, lines.page, PAGE_ROWS)
            if lines and lines.page_count > 1
            else None,
            "query": query_without_page(request),
        },
        current="books",
        crumbs=crumbs(
            Link(found.book.organisation, reverse("office:book", args=[org, _month(period)])),
            Link(found.statement_title, reverse("office:statement", args=[org, code, period])),
            Link(found.title, ""),
        ),
    )


@officer
def place(request: OfficeRequest, division: str, period: str) -> HttpResponseBase:
    """List the statements of a town or county, or hand out those of all its books."""
    if request.GET.get("as") == "zip":
        return sent(
            papers.township_pdf(
                by=request.actor, at=request.at, division_code=division, period=period
            )
        )
    found = statement_sheets.place_of(by=request.actor, division_code=division, period=period)
    return show(
        request,
        "place",
        {
            "title": f"{found.name}{month_words(request, period)}的报表",
            "sub": f"{found.book_count}个账本",
            "links": [Link("全部报表PDF", "?as=zip", "printer")] if found.has_figures else [],
            "tabs": [
                Tab(
                    month_words(request, one),
                    reverse("office:place", args=[division, one]),
                    is_current=one == period,
                )
                for one in found.months
            ],
            "groups": [
                (
                    group.title,
                    f"{group.book_count}个账本",
                    [
                        ItemRow(
                            layout.title,
                            reverse(
                                "office:place_statement",
                                args=[division, group.standard_code, layout.code, due],
                            ),
                            "汇总和各单位并排",
                            icon="file-spreadsheet",
                        )
                        for layout, due in group.layouts
                    ],
                )
                for group in found.groups
            ],
        },
        current="books",
        crumbs=crumbs(Link(found.name, "")),
    )


@officer
def place_statement(
    request: OfficeRequest, division: str, standard: str, code: str, period: str
) -> HttpResponseBase:
    """Show a statement of a place: its members side by side and their sum, or a file of it."""
    wanted = papers.GroupWanted(division, standard, code, period, request.GET.get("column", ""))
    form = _form(request)
    try:
        if form:
            made = papers.take_group(by=request.actor, at=request.at, wanted=wanted, form=form)
            return sent(made)
        found = statements.township(
            by=request.actor,
            division_code=division,
            standard_code=standard,
            code=code,
            period=period,
            beside=wanted.beside,
        )
    except NoFigures as refusal:
        return _told(request, refusal, reverse("office:books"))
    broken = sum(one.broken_checks > 0 for one in found.members)
    return show(
        request,
        "place_statement",
        {
            "title": f"{found.division_name}{found.period_words}的{found.layout.title}",
            "sub": f"{found.body_count}个单位汇总"
            + (f"，{broken}个有检查没对上" if broken else "，检查都对上"),
            "files": file_links(urlencode({"column": found.beside})),
            "tabs": [
                Tab(
                    f"{one.group}{one.title}",
                    f"?{urlencode({'column': one.id})}",
                    is_current=one.id == found.beside,
                )
                for one in found.columns
            ],
            "ledger": _beside(found, code),
            "notes": _checks(found.checks),
            "missing": "、".join(found.missing),
        },
        current="books",
        crumbs=crumbs(
            Link(found.division_name, reverse("office:place", args=[division, _month(period)])),
            Link(found.layout.title, ""),
        ),
    )


def _form(request: OfficeRequest, known: Mapping[str, str] = papers.FORMS) -> str:
    form = request.GET.get("as", "")
    if form and form not in known:
        raise NotFound
    return form


def _told(request: OfficeRequest, refusal: Refusal, to: str) -> HttpResponseBase:
    messages.error(request, f"{refusal.text} {refusal.advice}")
    return redirect(to)


def _month(period: str) -> str:
    """Return the last month of a period, for the way back."""
    if "Q" in period:
        return f"{period[:4]}-{int(period[-1]) * 3:02d}"
    return period if "-" in period else f"{period}-12"


def _sub(found: statements.StatementPage) -> str:
    state = "已结账，数不会再变" if found.is_closed else "还没结账，数还会变"
    return f"{found.layout.form}，{state}" if found.layout.form else state


def _other_statements(found: statements.StatementPage, org: str) -> list[Tab]:
    tabs = []
    for one in statements.layouts(found.book.standard_code):
        due = statement_sheets.due_period(one, _month(found.period))
        if due:
            url = reverse("office:statement", args=[org, one.code, due])
            tabs.append(Tab(one.title, url, is_current=one.code == found.layout.code))
    return tabs


def _checks(checks: tuple[evaluate.CheckResult, ...]) -> list[Note]:
    return [Note("pass" if one.is_kept else "block", statement_sheets.said(one)) for one in checks]


def _ledger(found: statements.StatementPage, org: str) -> Ledger:
    has_numbers = any(row.number for row in found.rows)
    columns = [Column("项目"), *([Column(_number_head(found), "mid")] if has_numbers else [])]
    columns += [Column(f"{one.group}{one.title}", "money") for one in found.columns]
    titles, last, rows = found.layout.section_titles, -1, []
    for row in found.rows:
        if row.section != last and len(titles) > 1:
            blanks = [""] * (len(columns) - 1)
            rows.append(Row([Cell(titles[row.section], tone="strong"), *blanks]))
        last = row.section
        number = [Cell(row.number, tone="quiet")] if has_numbers else []
        tone = "strong" if row.is_total else ""
        figures = [
            Cell(
                "" if fen is None else words.yuan(fen),
                url=_figure_url(found, org, row, one.id) if fen else "",
                tone=tone,
            )
            for fen, one in zip(row.figures, found.columns, strict=True)
        ]
        title = Cell(_INDENT * row.level + row.title, sub=row.note, tone=tone)
        rows.append(Row([title, *number, *figures]))
    return Ledger(f"{found.layout.title}，单位元", columns, rows)


def _number_head(found: statements.StatementPage) -> str:
    is_code = any(len(row.number) >= statement_sheets.CODE_FIGURES for row in found.rows)
    return "编号" if is_code else "行次"


def _figure_url(found: statements.StatementPage, org: str, row: evaluate.Row, column: str) -> str:
    aux = f"{row.aux_kind}:{row.aux_id}" if row.aux_id else ""
    parts = {"row": row.id, "column": column, "account": row.account_code, "aux": aux}
    query = urlencode({key: value for key, value in parts.items() if value})
    return reverse("office:figure", args=[org, found.layout.code, found.period]) + f"?{query}"


def _parts_ledger(found: figure_parts.FigureParts, org: str) -> Ledger:
    return Ledger(
        caption="算出这个数的科目，单位元",
        columns=[
            Column("科目"),
            Column("怎么算", "text"),
            Column("期初余额", "money"),
            Column("借方", "money"),
            Column("贷方", "money"),
            Column("期末余额", "money"),
        ],
        rows=[
            Row(
                [
                    Cell(
                        f"{one.account_code} {one.account_name}",
                        url=_part_url(found, org, one),
                        sub=one.line_title,
                    ),
                    Cell(f"{'加' if one.sign > 0 else '减'}{one.how}"),
                    *(
                        Cell(words.yuan(fen))
                        for fen in (
                            one.opening_fen,
                            one.debit_fen,
                            one.credit_fen,
                            one.closing_fen,
                        )
                    ),
                ]
            )
            for one in found.parts
        ],
    )


def _lines_behind(
    request: OfficeRequest, org: str, code: str, period: str
) -> behind.BehindPage | None:
    """Return the voucher lines behind the figure asked for; None when it has none."""
    row, column, account, aux = (
        request.GET.get(key, "") for key in ("row", "column", "account", "aux")
    )
    aux_kind, _, aux_id = aux.partition(":")
    cell = behind.Cell(code, row, column, period, account, aux_kind, aux_id)
    try:
        return behind.behind(by=request.actor, org_ext_id=org, cell=cell, page=page_number(request))
    except NotFound:
        return None


def _lines_ledger(found: behind.BehindPage) -> Ledger:
    return Ledger(
        caption="算进这个数的每一笔，单位元",
        columns=[
            Column("日期"),
            Column("凭证"),
            Column("摘要"),
            Column("科目"),
            Column("借方", "money"),
            Column("贷方", "money"),
        ],
        rows=[
            Row(
                [
                    f"{one.date:%Y-%m-%d}",
                    Cell(one.label, url=reverse("office:voucher", args=[one.voucher_ext_id])),
                    one.summary,
                    Cell(f"{one.account_code} {one.account_name}", sub=one.aux),
                    Cell(words.yuan(one.debit_fen) if one.debit_fen else ""),
                    Cell(words.yuan(one.credit_fen) if one.credit_fen else ""),
                ]
            )
            for one in found.rows
        ],
        total=Row(
            [
                Cell("合计", span=4),
                Cell(words.yuan(found.debit_fen)),
                Cell(words.yuan(found.credit_fen)),
            ]
        ),
    )


def _part_url(found: figure_parts.FigureParts, org: str, part: figure_parts.Part) -> str:
    kind = "mutual" if part.is_by_aux and not found.aux_id else "detail"
    return address(
        org,
        Wanted(
            kind,
            found.first_period,
            found.last_period,
            part.account_code,
            found.aux_kind,
            found.aux_id,
        ),
    )


def _beside(found: statements.GroupPage, code: str) -> Ledger:
    """Return the sum and each member in one column; a member's head leads to its own page."""
    place_at = [one.id for one in found.columns].index(found.beside)
    return Ledger(
        caption=f"{found.layout.title}，各单位并排，单位元",
        columns=[
            Column("项目"),
            Column("汇总", "money"),
            *(Column(one.title, "money") for one in found.members),
        ],
        rows=[
            Row(
                [
                    Cell(_INDENT * row.level + row.title, tone="strong" if row.is_total else ""),
                    Cell(_figure(row.figures[place_at]), tone="strong"),
                    *(
                        Cell(
                            _figure(one.figures[at]),
                            url=_member_url(found, one, row, code) if one.figures[at] else "",
                        )
                        for one in found.members
                    ),
                ]
            )
            for at, row in enumerate(found.rows)
        ],
    )


def _member_url(
    found: statements.GroupPage, member: statements.Member, row: evaluate.Row, code: str
) -> str:
    if not member.org_ext_id:
        return (
            reverse(
                "office:place_statement",
                args=[member.division_code, found.layout.standard_code, code, found.period],
            )
            + f"?{urlencode({'column': found.beside})}"
        )
    aux = f"{row.aux_kind}:{row.aux_id}" if row.aux_id else ""
    parts = {"row": row.id, "column": found.beside, "account": row.account_code, "aux": aux}
    query = urlencode({key: value for key, value in parts.items() if value})
    return reverse("office:figure", args=[member.org_ext_id, code, found.period]) + f"?{query}"


def _figure(fen: int | None) -> str:
    return "" if fen is None else words.yuan(fen)
