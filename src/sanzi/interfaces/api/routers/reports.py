"""Reports over the API: the templates of a place, asking, the archive, one whole, its files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import StringConstraints

from sanzi.insight.actions import reports as actions
from sanzi.insight.cockpit import panels
from sanzi.insight.reports import queries
from sanzi.insight.reports.queries import ReportFilter, ReportPage
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Empty,
    Ident,
    MadeOut,
    Page,
    Place,
    PlaceOrAny,
    Wanted,
    Words,
    page,
)
from sanzi.interfaces.look import report_files, report_links
from sanzi.kernel import clock

router = Router(auth=OFFICER)

PeriodCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[0-9Q-]{0,6}$")]
PeriodOrAny = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}[0-9Q-]{0,6})?$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
CodeOrAny = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]
State = Literal["asked", "failed", "draft", "seen", "issued"]


class ToldPeriodOut(Schema):
    """A period that a report may be made of."""

    code: str
    title: str


class TemplateOut(Schema):
    """A report that may be made for a place, with the periods it may tell of."""

    code: str
    title: str
    version: str
    means: str
    period: Literal["month", "quarter", "year", "day"]
    due_days: int
    periods: list[ToldPeriodOut]


class BulletinOut(Schema):
    """A report in the archive; `digest` is the SM3 of its figures."""

    ext_id: str
    code: str
    version: str
    division_code: str
    period: str
    number: int
    state: State
    asked_at: datetime
    made_at: datetime | None
    seen_at: datetime | None
    issued_at: datetime | None
    digest: str
    remark: str
    error: str


class ToldChangeOut(Schema):
    """What differs from the issued report that this one replaces."""

    title: str
    old: str
    new: str
    unit: str


class ToldFigureOut(Schema):
    """A named figure: part, whole and rows of the period, the one before, a year ago.

    Null where there is no data. Units: those of the panel; fen for money.
    """

    name: str
    title: str
    panel: str
    lines: list[str]
    unit: str
    of: str
    time: str
    now: list[int] | None
    before: list[int] | None
    year: list[int] | None
    text: str


class BulletinPageOut(BulletinOut):
    """One report whole: its figures, and its sections as they stand on every paper."""

    title: str
    place: str
    period_title: str
    replaces: str
    newer: str
    changes: list[ToldChangeOut]
    figures: list[ToldFigureOut]
    sections: list[dict[str, Any]] = Field(description="各部分：句子、表、图的数")


class ReportIn(Schema):
    """Which report is asked for."""

    code: Code
    division_code: Place
    period: PeriodCode


class RemarkIn(Schema):
    """A remark that stands on the first page; may be empty."""

    remark: Annotated[str, StringConstraints(max_length=1000)] = ""


class ReportsWanted(Schema):
    """Which reports: of a kind, a state, a period, a place, or with these words."""

    code: CodeOrAny = ""
    state: Literal["", "asked", "failed", "draft", "seen", "issued"] = ""
    period: PeriodOrAny = ""
    place: PlaceOrAny = ""
    words: Words = ""


@router.get(
    "/report-templates", response={200: list[TemplateOut], **READ}, summary="能给一处做的报告"
)
def templates(request: ApiRequest, place: Place) -> object:
    """Return the templates that this officer may have made for a place."""
    found = panels.access_place(by=request.auth, division_code=place)
    on = clock.local_date(request.at)
    return [
        {
            "code": one.code,
            "title": one.title,
            "version": one.version,
            "means": one.means,
            "period": one.period,
            "due_days": one.due_days,
            "periods": [
                {"code": code, "title": title}
                for code, title in queries.periods_to_offer(one, request.at)
            ],
        }
        for one in queries.templates_for(by=request.auth, place=found, on=on)
    ]


@router.get("/reports", response={200: Page[BulletinOut], **READ}, summary="报告档案")
def archive(request: ApiRequest, wanted: Query[ReportsWanted], window: Wanted) -> object:
    """Return the reports of the actor's scope, the newest first."""
    only = ReportFilter(
        code=wanted.code, state=wanted.state, period=wanted.period, words=wanted.words,
        division_code=wanted.place,
    )  # fmt: skip
    return page(queries.archive(by=request.auth, only=only), window)


@router.post("/reports", response={201: MadeOut, **WRITE}, summary="要一份报告")
def ask(request: ApiRequest, body: ReportIn) -> Status[object]:
    """Ask for a report: the worker makes it within minutes."""
    made = actions.ask(
        code=body.code, division_code=body.division_code, period=body.period, by=request.auth,
        at=request.at,
    )  # fmt: skip
    return Status(201, {"ext_id": made})


@router.get("/reports/{ext_id}", response={200: BulletinPageOut, **READ}, summary="一份报告")
def report(request: ApiRequest, ext_id: Ident) -> object:
    """Return one report whole."""
    return _whole(report_links.led(queries.page(by=request.auth, ext_id=ext_id), request.auth))


def _file(kind: str, summary: str) -> dict[str, Any]:
    """Return how a door that gives a file is told."""
    content = {report_files.TYPES[kind]: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "response": {200: None, **READ},
        "summary": summary,
        "openapi_extra": {"responses": {200: {"description": "OK", "content": content}}},
    }


@router.get("/reports/{ext_id}/report.pdf", **_file("pdf", "报告，PDF"))
def pdf(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give a report as a PDF."""
    return _sent(request, ext_id, "pdf")


@router.get("/reports/{ext_id}/report.docx", **_file("docx", "报告，Word"))
def word(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give a report as a Word document."""
    return _sent(request, ext_id, "docx")


@router.get("/reports/{ext_id}/report.xlsx", **_file("xlsx", "报告，Excel"))
def workbook(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give a report as an Excel workbook."""
    return _sent(request, ext_id, "xlsx")


def _sent(request: ApiRequest, ext_id: str, kind: str) -> HttpResponse:
    found = queries.page_with_body(by=request.auth, ext_id=ext_id)
    made = report_files.made(found, kind, by=request.auth)
    return HttpResponse(made.data, content_type=made.media_type)


@router.post("/reports/{ext_id}/look", response={200: Empty, **WRITE}, summary="看过草稿")
def look(request: ApiRequest, ext_id: Ident) -> Empty:
    """Say that a draft was looked through."""
    actions.look(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/reports/{ext_id}/issue", response={200: Empty, **WRITE}, summary="签发报告")
def issue(request: ApiRequest, ext_id: Ident, body: RemarkIn) -> Empty:
    """Issue a report that was looked through; it stays as it is."""
    actions.issue(ext_id=ext_id, remark=body.remark, by=request.auth, at=request.at)
    return Empty()


@router.post("/reports/{ext_id}/drop", response={200: Empty, **WRITE}, summary="不用这份草稿")
def drop(request: ApiRequest, ext_id: Ident) -> Empty:
    """Put a draft aside."""
    actions.drop(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/reports/{ext_id}/again", response={201: MadeOut, **WRITE}, summary="重出一份")
def again(request: ApiRequest, ext_id: Ident) -> Status[object]:
    """Ask for a new report instead of an issued one; it says what changed."""
    made = actions.ask_again(ext_id=ext_id, by=request.auth, at=request.at)
    return Status(201, {"ext_id": made})


def _whole(found: ReportPage) -> dict[str, object]:
    one = found.report
    return {
        **{name: getattr(one, name) for name in BulletinOut.model_fields},
        "title": found.title,
        "place": found.place.name,
        "period_title": found.period_title,
        "replaces": one.replaces.ext_id if one.replaces else "",
        "newer": found.newer_ext_id,
        "changes": found.changes,
        "figures": found.body.get("figures", []),
        "sections": found.body.get("sections", []),
    }
