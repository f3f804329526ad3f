"""Outside data over the API: how sources stand, files in, columns, load, quality."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from sanzi.exchange import queries, report, returning
from sanzi.exchange.actions import contacts, receiving
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Digest,
    Empty,
    Ident,
    MadeOut,
    Page,
    Wanted,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.record import sheets
from sanzi.record.outside.opening import BYTES_MAX

router = Router(auth=OFFICER)
SourceCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{3,30}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,30}$")]
Heading = Annotated[str, StringConstraints(max_length=200)]
Period = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2]))?$")]
State = Literal["draft", "queued", "loaded", "dropped"]


class SourceFieldOut(Schema):
    """A field that a source brings; `codes` are ours, by code."""

    name: str
    title: str
    kind: str
    is_required: bool
    codes: dict[str, str] | None


class SourceOut(Schema):
    """A source: who gives it, how often, how new its data is."""

    code: str
    title: str
    giver: str
    version: str
    rhythm_days: int
    newest_date: Day | None
    age_days: int | None
    is_late: bool
    accepted_percent_min: int
    accepted_percent: int | None
    is_poor: bool
    fields: list[SourceFieldOut]


class QualityOut(Schema):
    """What was found in a file's rows; `reasons` and `empty` count by code and by field."""

    rows: int
    accepted: int
    refused: int
    left_out: int = 0
    reasons: dict[str, int]
    empty: dict[str, int]
    duplicates: int
    bad_ids: int
    unknown_people: int
    other_names: int
    totals_left_out: int
    newest: str
    villages: list[str]
    villages_in_scope: int


class FaultOut(Schema):
    """A wrong cell; its value is masked."""

    row: int
    column: str
    value: str
    code: str
    why: str
    to_do: str


class LeftOutOut(Schema):
    """A row without which a file was loaded; its value is masked."""

    row: int
    column: str
    value: str
    code: str
    why: str


class DeliveryOut(Schema):
    """A file of a source."""

    ext_id: str
    source: str
    file_name: str
    file_digest: str
    state: State
    uploaded_by: str
    uploaded_at: datetime
    quality: QualityOut | None


class DeliveryPageOut(DeliveryOut):
    """A file with how it is read, what is wrong, what was loaded; `seen_digest` confirms it."""

    sheet: str
    header_row: int
    headings: list[str]
    columns: dict[str, str]
    formats: dict[str, dict[str, str]]
    codes: dict[str, dict[str, str]]
    mapping_name: str
    seen_digest: str
    faults: list[FaultOut]
    counts: dict[str, dict[str, int]]


class ChooseIn(Schema):
    """On which sheet and in which row the headings stand; 0 looks for the row."""

    sheet: Heading
    header_row: Annotated[int, Field(ge=0, le=200_000)] = 0


class ColumnsIn(Schema):
    """A heading for each field; order of days and unit of amounts; their words for our codes."""

    columns: dict[FieldName, Heading]
    formats: dict[FieldName, dict[Literal["order", "unit"], Words]] = {}
    codes: dict[FieldName, dict[Heading, Words]] = {}


class SeenDigestIn(Schema):
    """The digest of what was shown."""

    seen_digest: Digest


class MappingNameIn(Schema):
    """A name to keep a mapping under."""

    name: Words


class ContactProposalOut(Schema):
    """A difference between a directory and our posts; the telephone is masked."""

    ext_id: str
    file: str
    kind: Literal["left", "phone", "new"]
    person: str
    name: str
    phone: str
    department: str
    job: str
    state: Literal["open", "accepted", "declined"]


class ProposalDecisionIn(Schema):
    """Whether a proposal is accepted; a reason when it is not."""

    is_accepted: bool
    reason: Words = ""


def _proposal(one: Any) -> dict[str, Any]:
    return {
        "ext_id": one.ext_id, "file": one.delivery.ext_id, "kind": one.kind,
        "person": one.person.ext_id if one.person else "", "name": one.name,
        "phone": queries.phone_masked(one), "department": one.department, "job": one.job,
        "state": one.state,
    }  # fmt: skip


def _left_out(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("row", "column", "value", "code", "why")}


def _workbook(summary: str) -> dict[str, Any]:
    """Return how a door that gives a workbook is told."""
    content = {sheets.WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "response": {200: None, **READ},
        "summary": summary,
        "openapi_extra": {"responses": {200: {"description": "OK", "content": content}}},
    }


def _delivery(one: Any) -> dict[str, Any]:
    return {
        "ext_id": one.ext_id, "source": one.source, "file_name": one.file_name,
        "file_digest": one.file_id, "state": one.state, "uploaded_by": one.uploaded_by_name,
        "uploaded_at": one.uploaded_at, "quality": one.quality or None,
    }  # fmt: skip


def _whole(one: Any) -> dict[str, Any]:
    names = (
        "sheet", "header_row", "headings", "columns", "formats", "codes", "mapping_name",
        "seen_digest", "faults", "counts",
    )  # fmt: skip
    return {**_delivery(one), **{name: getattr(one, name) for name in names}}


@router.get("/exchange/sources", response={200: list[SourceOut], **READ}, summary="外部数据来源")
def sources(request: ApiRequest) -> object:
    """Give all sources with how new their data is in the actor's scope."""
    found = queries.standings(by=request.auth, today=clock.local_date(request.at))
    return [
        {
            "code": one.source.code, "title": one.source.title, "giver": one.source.giver,
            "version": one.source.version, "rhythm_days": one.source.rhythm_days,
            "newest_date": one.newest, "age_days": one.age_days, "is_late": one.is_late,
            "accepted_percent_min": one.source.accepted_percent_min,
            "accepted_percent": one.accepted_percent, "is_poor": one.is_poor,
            "fields": list(one.source.fields),
        }
        for one in found
    ]  # fmt: skip


@router.get(
    "/exchange/sources/{code}/files",
    response={200: Page[DeliveryOut], **READ},
    summary="一个来源的文件",
)
def files(request: ApiRequest, code: SourceCode, window: Wanted) -> object:
    """List the files of a source with their quality, the newest first."""
    queries.require_see(request.auth)
    found = queries.visible(request.auth).filter(source=queries.source_of(code).code)
    return page(found.order_by("-uploaded_at", "-pk"), window, _delivery)


@router.get("/exchange/sources/{code}/quality.xlsx", **_workbook("一个来源的数据质量表格"))
def quality(request: ApiRequest, code: SourceCode) -> HttpResponse:
    """Give the quality of a source's files over time as a workbook."""
    queries.require_see(request.auth)
    source = queries.source_of(code)
    rows = queries.visible(request.auth).filter(source=code).order_by("-uploaded_at", "-pk")
    data = report.workbook(source, list(rows[: report.MOST]))
    return HttpResponse(data, content_type=sheets.WORKBOOK)


@router.get("/exchange/returns/{period}.xlsx", **_workbook("补贴发放结果返回文件"))
def returned(request: ApiRequest, period: Period) -> HttpResponse:
    """Give the lines of a period with what the bank made of them, names and numbers masked."""
    queries.require_see(request.auth)
    sheet = returning.return_sheet(by=request.auth, period=period)
    return HttpResponse(sheets.workbook([sheet]), content_type=sheets.WORKBOOK)


@router.post(
    "/exchange/sources/{code}/files", response={201: MadeOut, **WRITE}, summary="交一个文件"
)
def receive(request: ApiRequest, code: SourceCode, file: File[UploadedFile]) -> object:
    """Take a file; its columns are proposed, nothing is loaded."""
    made = receiving.receive(
        source=code, name=file.name or "", data=file.read(BYTES_MAX + 1), by=request.auth,
        at=request.at,
    )  # fmt: skip
    return Status(201, MadeOut(ext_id=made.ext_id))


@router.get(
    "/exchange/files/{ext_id}", response={200: DeliveryPageOut, **READ}, summary="一个外部文件"
)
def delivery(request: ApiRequest, ext_id: Ident) -> object:
    """Give a file with how it is read and what is wrong."""
    return _whole(queries.access(by=request.auth, ext_id=ext_id))


@router.post(
    "/exchange/files/{ext_id}/header", response={200: Empty, **WRITE}, summary="说表头在哪里"
)
def choose(request: ApiRequest, ext_id: Ident, body: ChooseIn) -> object:
    """Say on which sheet and in which row the headings stand."""
    receiving.choose(
        ext_id=ext_id, sheet=body.sheet, header_row=body.header_row, by=request.auth, at=request.at
    )
    return Empty()


@router.post(
    "/exchange/files/{ext_id}/columns",
    response={200: DeliveryPageOut, **WRITE},
    summary="对列并核对每一行",
)
def look(request: ApiRequest, ext_id: Ident, body: ColumnsIn) -> object:
    """Tell which column is which field; every row is checked, nothing is loaded."""
    said = receiving.Said(**body.dict())
    receiving.look(ext_id=ext_id, said=said, by=request.auth, at=request.at)
    return _whole(queries.access(by=request.auth, ext_id=ext_id))


@router.post(
    "/exchange/files/{ext_id}/load", response={200: DeliveryPageOut, **WRITE}, summary="导入"
)
def load(request: ApiRequest, ext_id: Ident, body: SeenDigestIn) -> object:
    """Load the file as it was shown, whole or not at all; a long one is left to the worker."""
    receiving.confirm(ext_id=ext_id, seen=body.seen_digest, by=request.auth, at=request.at)
    return _whole(queries.access(by=request.auth, ext_id=ext_id))


@router.get(
    "/exchange/files/{ext_id}/left-out",
    response={200: Page[LeftOutOut], **READ},
    summary="留下没有导入的行",
)
def left_out(request: ApiRequest, ext_id: Ident, window: Wanted) -> object:
    """List the rows without which a file was loaded, by row."""
    found = queries.access(by=request.auth, ext_id=ext_id)
    return page(queries.left_out(found), window, _left_out)


@router.post(
    "/exchange/files/{ext_id}/again",
    response={200: DeliveryPageOut, **WRITE},
    summary="再导一次留下的行",
)
def again(request: ApiRequest, ext_id: Ident) -> object:
    """Load what was left out of a file, now that the registers know more."""
    receiving.again(ext_id=ext_id, by=request.auth, at=request.at)
    return _whole(queries.access(by=request.auth, ext_id=ext_id))


@router.post(
    "/exchange/files/{ext_id}/mapping", response={201: MadeOut, **WRITE}, summary="记住对应关系"
)
def save(request: ApiRequest, ext_id: Ident, body: MappingNameIn) -> object:
    """Keep how this file is read under a name."""
    made = receiving.save_mapping(ext_id=ext_id, name=body.name, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made.ext_id))


@router.post(
    "/exchange/files/{ext_id}/drop", response={200: Empty, **WRITE}, summary="不导入，收起来"
)
def drop(request: ApiRequest, ext_id: Ident) -> object:
    """Put a file away without loading it."""
    receiving.drop(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.get(
    "/exchange/proposals",
    response={200: Page[ContactProposalOut], **READ},
    summary="通讯录比出来的",
)
def proposals(
    request: ApiRequest, window: Wanted, state: Literal["open", "decided"] = "open"
) -> object:
    """List what directories differ in from our posts."""
    found = queries.proposals(by=request.auth, is_open=state == "open")
    return page(found, window, _proposal)


@router.post(
    "/exchange/proposals/{ext_id}/decision", response={200: Empty, **WRITE}, summary="定一处不同"
)
def decide(request: ApiRequest, ext_id: Ident, body: ProposalDecisionIn) -> object:
    """Accept a proposal and do what it says, or decline it."""
    contacts.decide(
        ext_id=ext_id, is_accepted=body.is_accepted, reason=body.reason, by=request.auth,
        at=request.at,
    )  # fmt: skip
    return Empty()
