"""An answer on its way out: a workbook, a CSV, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.template.loader import render_to_string

from sanzi.insight.questions.shapes import BUCKETS, COMPARES, Answer, Group, Measure
from sanzi.interfaces.look.parts import Cell, Ledger
from sanzi.interfaces.office.pages import moment
from sanzi.interfaces.office.parts import ask as ask_parts
from sanzi.interfaces.office.parts import sheets as sheet_parts
from sanzi.interfaces.office.pictures import ask as ask_pictures
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel import papers
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs.errors import NotFound
from sanzi.record import sheets

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}


def answer_file(request: OfficeRequest, answer: Answer, title: str, kind: str) -> HttpResponse:
    """Return an answer as a file; with what must be known of it below. Raises: NotFound."""
    notes = (*ask_parts.said(answer), f"数到{moment(request, answer.as_of)}。")
    columns = [sheets.Column(one.title) for one in answer.dimensions]
    if answer.form.bucket:
        columns.insert(0, sheets.Column(BUCKETS[answer.form.bucket]))
    columns = columns or [sheets.Column("合计")]
    heads = len(columns)
    for one in answer.measures:
        columns.append(_column(one, one.title))
        if answer.form.compare:
            columns.append(_column(one, f"{COMPARES[answer.form.compare]}{one.title}"))
    rows = [
        sheets.Row([*ask_parts.titles(answer, one), *_values(answer, one)]) for one in answer.groups
    ]
    words: list[sheets.Value] = ["合计", *[None] * (heads - 1)]
    rows.append(sheets.Row([*words, *_values(answer, answer.total)], tone="total"))
    return sent(sheets.Sheet(title, columns, rows, right="", notes=notes), kind)


def _column(measure: Measure, title: str) -> sheets.Column:
    if measure.unit == "fen":
        return sheets.Column(f"{title}（元）", "money")
    kind = "text" if measure.is_tenths else "count"
    return sheets.Column(f"{title}（{ask_parts.unit(measure)}）", kind)


def _values(answer: Answer, group: Group) -> list[sheets.Value]:
    found: list[sheets.Value] = []
    for at, one in enumerate(answer.measures):
        found.append(_value(one, group.values[at]))
        if answer.form.compare:
            found.append(_value(one, group.before[at] if group.before else None))
    return found


def _value(measure: Measure, value: int | None) -> sheets.Value:
    return ask_parts.figure(measure, value) if measure.is_tenths and value is not None else value


def ledger_file(ledger: Ledger, title: str, notes: Sequence[str], kind: str) -> HttpResponse:
    """Return a table of a page as a file. Raises: NotFound."""
    columns = [sheets.Column(one.title) for one in ledger.columns]
    rows = [
        sheets.Row([one.text if isinstance(one, Cell) else one for one in row.cells])
        for row in ledger.rows
    ]
    return sent(sheets.Sheet(title, columns, rows, right="", notes=tuple(notes)), kind)


def sent(sheet: sheets.Sheet, kind: str) -> HttpResponse:
    """Return a sheet as a workbook or a CSV. Raises: NotFound."""
    if kind == "xlsx":
        data, media = sheets.workbook([sheet]), sheets.WORKBOOK
    elif kind == "csv":
        data, media = sheets.csv_file(sheet), sheets.CSV
    else:
        raise NotFound
    return sheet_parts.sent(PaperFile(f"{sheet.title}.{kind}", media, data))


def picture_file(request: OfficeRequest, answer: Answer, title: str, kind: str) -> HttpResponse:
    """Return the picture of an answer as a file. Raises: NotFound."""
    drawn = ask_pictures.paper(answer, ask_parts.title_of(answer))
    if kind not in PICTURES or drawn is None:
        raise NotFound
    sub = f"{' '.join(ask_parts.said(answer))} 数到{moment(request, answer.as_of)}。"
    text = render_to_string(
        "office/cockpit/file.svg", {"picture": drawn, "title": title, "sub": sub}
    )
    body = text.encode() if kind == "svg" else papers.picture(text)
    response = HttpResponse(body, content_type=PICTURES[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{title}.{kind}')}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
