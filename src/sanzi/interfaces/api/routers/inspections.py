"""Inspections over the API: order, draw, find, answer, verify, leads, close, report."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.inspection import queries, report, rules
from sanzi.inspection.actions import answering, plans, seeing
from sanzi.inspection.actions.keeping import Paper
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Empty,
    Fen,
    Ident,
    MadeOut,
    Page,
    Place,
    PlaceOrAny,
    Text,
    Wanted,
    WhyNotIn,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.record import sheets

router = Router(auth=OFFICER)

FormCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]$")]
FieldCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
FindingState = Literal["open", "answered", "closed"]


class ProblemFormOut(Schema):
    """A form of problem: how to look, which papers, which law, which models."""

    code: str
    title: str
    level: Literal["minor", "serious", "grave"]
    is_lead: bool
    look: str
    papers: list[str]
    basis: list[str]
    models: list[str]


class AreaOut(Schema):
    """A field of the checklist."""

    code: str
    title: str
    matters: list[str]
    forms: list[ProblemFormOut]


class InspectionOut(Schema):
    """An inspection in the list."""

    ext_id: str
    title: str
    basis: str
    method: str
    fields: list[str]
    starts_date: Day
    ends_date: Day
    period_from_date: Day
    period_until_date: Day
    sample_size: int
    risk_percent: int
    state: Literal["open", "closed"]
    summary: str


class TaskOut(Schema):
    """A village of an inspection; seed and digest are there once it is drawn."""

    ext_id: str
    village: str
    state: Literal["ordered", "drawn", "finished"]
    inspectors: list[str]
    seed: str
    population_count: int
    population_digest: str
    drawn_at: datetime | None


class InspectionPageOut(InspectionOut):
    """An inspection with its villages in the actor's scope."""

    tasks: list[TaskOut]


class SampleOut(Schema):
    """What was drawn, why, and what was seen in it."""

    ext_id: str
    number: int
    kind: Literal["case", "order"]
    ref: str
    title: str
    amount_fen: int
    how: Literal["risk", "random"]
    points: int
    reasons: list[str]
    verdict: Literal["", "fine", "found"]
    words: str


class TaskPageOut(TaskOut):
    """A village with its samples."""

    samples: list[SampleOut]


class FindingOut(Schema):
    """A problem."""

    ext_id: str
    task: str
    village: str
    form: str
    level: Literal["minor", "serious", "grave"]
    facts: str
    amount_fen: int
    demand: str
    due_at: datetime
    state: FindingState
    rows: list[str]
    alerts: list[str]


class PutRightOut(Schema):
    """What the village did and what was said of it."""

    done_at: datetime
    words: str
    money_back_fen: int
    verified_at: datetime | None
    is_accepted: bool | None
    verdict: str


class FindingPageOut(FindingOut):
    """A problem with its answers."""

    answers: list[PutRightOut]


class VillageIn(Schema):
    """Who goes into a village, by ids of persons."""

    village: Place
    people: Annotated[list[Ident], Field(max_length=20)]


class InspectionIn(Schema):
    """What is ordered."""

    title: Words
    basis: Text
    method: Code
    fields: Annotated[list[FieldCode], Field(max_length=20)]
    starts_date: Day
    ends_date: Day
    period_from_date: Day
    period_until_date: Day
    sample_size: Annotated[int, Field(ge=0, le=1000)]
    villages: Annotated[list[VillageIn], Field(min_length=1, max_length=500)]


class SeenIn(Schema):
    """A problem as it is written; `days` are working days."""

    form: FormCode
    facts: Text
    amount_fen: Fen
    demand: Text
    sample: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_.:-]*$")] = ""
    rows: Annotated[list[Ident], Field(max_length=20)] = []
    days: Annotated[int, Field(ge=0, le=1000)] | None = None


class DoneIn(Schema):
    """What was done about it."""

    words: Text
    money_back_fen: Fen = 0


class VerdictIn(Schema):
    """What the verifier saw."""

    is_accepted: bool
    words: Text


class WordsIn(Schema):
    """A few sentences."""

    words: Text = ""


def _paper(file: UploadedFile) -> Paper:
    return Paper(file.name or "", file.read(SIZE_MAX_BYTES + 1))


def _task(one: Any) -> dict[str, Any]:
    names = ("ext_id", "state", "seed", "population_count", "population_digest", "drawn_at")
    people = [each.person.ext_id for each in one.inspectors.select_related("person")]
    return {
        **{name: getattr(one, name) for name in names},
        "village": one.division_code,
        "inspectors": people,
    }


def _finding(one: Any) -> dict[str, Any]:
    names = ("ext_id", "form", "level", "facts", "amount_fen", "demand", "due_at", "state", "rows")
    return {
        **{name: getattr(one, name) for name in names},
        "task": one.task.ext_id,
        "village": one.division_code,
        "alerts": one.alert_ids,
    }


def require(request: ApiRequest, permission: str) -> None:
    """Refuse who may do this nowhere. Raises: NotFound."""
    if not scope.prefixes(request.auth, permission):
        raise NotFound


@router.get("/inspection-checklist", response={200: list[AreaOut], **READ}, summary="检查清单")
def checklist(request: ApiRequest) -> object:
    """Give the fields and forms in force today."""
    return list(rules.checklist(clock.local_date(request.at)).fields)


@router.get("/inspections", response={200: Page[InspectionOut], **READ}, summary="监督检查")
def listing(
    request: ApiRequest, window: Wanted, state: Literal["open", "closed"] | None = None
) -> object:
    """List the inspections of the actor's scope, the newest first."""
    require(request, queries.SEE)
    found = queries.visible(request.auth).order_by("-ordered_at", "-pk")
    return page(found.filter(state=state) if state else found, window)


@router.post("/inspections", response={201: MadeOut, **WRITE}, summary="发起检查")
def order(request: ApiRequest, body: InspectionIn) -> object:
    """Order an inspection."""
    said = body.dict()
    villages = {one["village"]: one["people"] for one in said.pop("villages")}
    wanted = plans.Wanted(villages=villages, **said)
    return Status(201, MadeOut(ext_id=plans.order(wanted=wanted, by=request.auth, at=request.at)))


@router.get("/inspections/{ext_id}", response={200: InspectionPageOut, **READ}, summary="一次检查")
def plan(request: ApiRequest, ext_id: Ident) -> object:
    """Give one inspection with its villages."""
    found = queries.access_inspection(by=request.auth, ext_id=ext_id)
    tasks = [_task(one) for one in queries.tasks_of(found, request.auth)]
    return {**InspectionOut.from_orm(found).dict(), "tasks": tasks}


@router.post("/inspections/{ext_id}/close", response={200: Empty, **WRITE}, summary="办结检查")
def close(request: ApiRequest, ext_id: Ident, body: WordsIn) -> object:
    """Close an inspection."""
    plans.close(ext_id=ext_id, summary=body.words, by=request.auth, at=request.at)
    return Empty()


@router.get(
    "/inspections/{ext_id}/report.pdf",
    response={200: None, **READ},
    summary="检查报告",
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {sheets.PDF: {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def report_file(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give the report of an inspection, cut to the actor's scope."""
    found = queries.access_inspection(by=request.auth, ext_id=ext_id)
    return HttpResponse(report.pdf(found, request.auth), content_type=sheets.PDF)


def _workbook(summary: str) -> dict[str, Any]:
    """Return how a door that gives a workbook is told."""
    content = {sheets.WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "response": {200: None, **READ},
        "summary": summary,
        "openapi_extra": {"responses": {200: {"description": "OK", "content": content}}},
    }


@router.get("/inspections/{ext_id}/report.xlsx", **_workbook("检查报告表格"))
def report_workbook(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give the report of an inspection as a workbook, cut to the actor's scope."""
    found = queries.access_inspection(by=request.auth, ext_id=ext_id)
    return HttpResponse(report.workbook(found, request.auth), content_type=sheets.WORKBOOK)


@router.get("/inspection-findings.xlsx", **_workbook("检查出的问题表格"))
def findings_workbook(
    request: ApiRequest, state: FindingState | None = None, village: PlaceOrAny = ""
) -> HttpResponse:
    """Give all problems of the actor's scope in one workbook, with what was done about them."""
    require(request, queries.FINDINGS)
    only = queries.Narrowed(state=state or "", division_code=village)
    found = queries.listed(request.auth, only, request.at)[: report.MOST]
    return HttpResponse(report.findings_workbook(list(found)), content_type=sheets.WORKBOOK)


@router.get("/inspection-tasks/{ext_id}", response={200: TaskPageOut, **READ}, summary="检查的村")
def task(request: ApiRequest, ext_id: Ident) -> object:
    """Give a village with what was drawn."""
    found = queries.access_task(by=request.auth, ext_id=ext_id)
    return {**_task(found), "samples": list(found.samples.order_by("number"))}


@router.post("/inspection-tasks/{ext_id}/draw", response={200: Empty, **WRITE}, summary="抽件")
def draw(request: ApiRequest, ext_id: Ident) -> object:
    """Draw the samples of a village, once."""
    plans.draw(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post(
    "/inspection-tasks/{ext_id}/finish", response={200: Empty, **WRITE}, summary="一个村查完"
)
def finish(request: ApiRequest, ext_id: Ident, body: WordsIn) -> object:
    """Hand a village in."""
    seeing.finish(ext_id=ext_id, words=body.words, by=request.auth, at=request.at)
    return Empty()


@router.post(
    "/inspection-tasks/{ext_id}/send-back", response={200: Empty, **WRITE}, summary="退回一个村"
)
def send_back(request: ApiRequest, ext_id: Ident, body: WhyNotIn) -> object:
    """Let the inspectors write again."""
    seeing.send_back(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.post(
    "/inspection-tasks/{ext_id}/findings", response={201: MadeOut, **WRITE}, summary="记一个问题"
)
def find(
    request: ApiRequest, ext_id: Ident, body: Form[SeenIn], file: File[UploadedFile]
) -> object:
    """Write down a problem with its evidence."""
    made = seeing.find(
        task=ext_id, seen=seeing.Seen(**body.dict()), papers=[_paper(file)], by=request.auth,
        at=request.at,
    )  # fmt: skip
    return Status(201, MadeOut(ext_id=made))


@router.post(
    "/inspection-samples/{ext_id}/fine", response={200: Empty, **WRITE}, summary="看了没有问题"
)
def fine(request: ApiRequest, ext_id: Ident, body: WordsIn) -> object:
    """Note that nothing is wrong with a sample."""
    seeing.look(ext_id=ext_id, words=body.words, by=request.auth, at=request.at)
    return Empty()


@router.get(
    "/inspection-findings", response={200: Page[FindingOut], **READ}, summary="检查出的问题"
)
def findings(
    request: ApiRequest, window: Wanted, state: FindingState | None = None,
    village: PlaceOrAny = "",
) -> object:  # fmt: skip
    """List the problems of the actor's scope, the earliest due first."""
    require(request, queries.FINDINGS)
    only = queries.Narrowed(state=state or "", division_code=village)
    return page(queries.listed(request.auth, only, request.at), window, _finding)


@router.get(
    "/inspection-findings/{ext_id}", response={200: FindingPageOut, **READ}, summary="一个问题"
)
def finding(request: ApiRequest, ext_id: Ident) -> object:
    """Give one problem with its answers."""
    found = queries.access_finding(by=request.auth, ext_id=ext_id)
    return {**_finding(found), "answers": queries.answers_of(found)}


@router.post(
    "/inspection-findings/{ext_id}/answers", response={201: MadeOut, **WRITE}, summary="交整改"
)
def answer(
    request: ApiRequest, ext_id: Ident, body: Form[DoneIn], file: File[UploadedFile]
) -> object:
    """Tell what the village did, with a paper."""
    made = answering.answer(
        ext_id=ext_id, done=answering.Done(**body.dict()), papers=[_paper(file)],
        by=request.auth, at=request.at,
    )  # fmt: skip
    return Status(201, MadeOut(ext_id=made))


@router.post(
    "/inspection-findings/{ext_id}/verdict", response={200: Empty, **WRITE}, summary="核对整改"
)
def verify(request: ApiRequest, ext_id: Ident, body: VerdictIn) -> object:
    """Say whether it was put right."""
    answering.verify(ext_id=ext_id, by=request.auth, at=request.at, **body.dict())
    return Empty()
