"""Files of a case: the list of payees as a sheet, evidence up and down."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.cases import ProblemOut
from sanzi.interfaces.api.shapes import Empty, Ident, LineNo
from sanzi.kernel import money
from sanzi.matters.actions import cases
from sanzi.payments.actions import payee_check, payee_file

router = Router(auth=OFFICER)

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(media: str) -> dict[str, Any]:
    """Return what the document says of an answer that is a file."""
    content = {media: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "OK", "content": content}}}


class TakenOut(Schema):
    """A list of payees that was taken."""

    line_count: int
    amount_fen: int
    problems: list[ProblemOut]


class CheckedOut(Schema):
    """One payee as the bank sees him."""

    line_no: int
    verdict: str
    bank_name: str


class StoredOut(Schema):
    """A file hung on a case."""

    ext_id: str
    digest: str
    media_type: str
    preview_count: int


class LabelOut(Schema):
    """A field of an e-invoice."""

    label: str
    text: str


@router.get(
    "/payee-template",
    response=READ,
    summary="收款名单的空表",
    openapi_extra=_file(SHEET),
)
def template(request: HttpRequest) -> HttpResponse:
    """Give the empty sheet that a village fills in."""
    response = HttpResponse(payee_file.write_payee_template(), content_type=SHEET)
    response["Content-Disposition"] = 'attachment; filename="payees.xlsx"'
    return response


@router.post("/cases/{number}/payees", response={200: TakenOut, **WRITE}, summary="传收款名单")
def payees(request: ApiRequest, number: Ident, file: File[UploadedFile]) -> object:
    """Take a filled-in list whole, or say every wrong cell and take nothing."""
    data = file.read(payee_file.BYTES_MAX + 1)
    taken = payee_file.read_payee_file(data)
    lines = []
    for one in taken.lines:
        line = {key: str(value) for key, value in asdict(one).items()}
        amount = money.format_yuan(one.amount_fen)
        lines.append({**line, "payee_id": one.ext_id, "name": one.payee_name, "amount": amount})
    saved = cases.save(number=number, by=request.auth, at=request.at, form={}, lines=lines)
    return {
        "line_count": len(lines),
        "amount_fen": taken.amount_fen,
        "problems": list(saved.problems),
    }


@router.post(
    "/cases/{number}/check-payees",
    response={200: list[CheckedOut], **WRITE},
    summary="向银行核户名",
)
def check_payees(request: ApiRequest, number: Ident) -> object:
    """Ask the bank whether names and accounts belong together."""
    return payee_check.check_payees(case_number=number, by=request.auth, at=request.at)


@router.post("/cases/{number}/evidence", response={201: StoredOut, **WRITE}, summary="传凭据")
def upload(
    request: ApiRequest, number: Ident, kind: Form[Ident], file: File[UploadedFile]
) -> object:
    """Hang a photo, PDF, OFD or XML invoice on a case; it is judged by its content."""
    stored = files.store(
        by=request.auth,
        at=request.at,
        upload=files.Upload(name=file.name or "", kind=kind, content=cast("BinaryIO", file)),
        subject_kind="case",
        subject_id=number,
    )
    return Status(201, stored)


@router.delete("/evidence/{ext_id}", response={200: Empty, **WRITE}, summary="取下凭据")
def remove(request: ApiRequest, ext_id: Ident) -> Empty:
    """Take a file off its case while that may still change."""
    files.remove(by=request.auth, at=request.at, ext_id=ext_id)
    return Empty()


@router.get(
    "/evidence/{ext_id}/original",
    response=READ,
    summary="凭据原件",
    openapi_extra=_file("application/octet-stream"),
)
def original(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give the original as an attachment, never to be shown by a browser."""
    found = evidence.access_original(by=request.auth, ext_id=ext_id)
    response = HttpResponse(found.path.read_bytes(), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


@router.get(
    "/evidence/{ext_id}/pages/{page}",
    response=READ,
    summary="凭据的一页",
    openapi_extra=_file("image/webp"),
)
def preview(request: ApiRequest, ext_id: Ident, page: LineNo) -> HttpResponse:
    """Give the re-encoded copy of one page."""
    path = evidence.access_preview(by=request.auth, ext_id=ext_id, page=page)
    types = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg"}
    media = types.get(path.suffix, "application/octet-stream")
    response = HttpResponse(path.read_bytes(), content_type=media)
    response["Cache-Control"] = "no-store"
    return response


@router.get(
    "/evidence/{ext_id}/fields", response={200: list[LabelOut], **READ}, summary="电子发票内容"
)
def fields(request: ApiRequest, ext_id: Ident) -> list[LabelOut]:
    """Give what an e-invoice says of itself; empty for other files."""
    found = evidence.access_fields(by=request.auth, ext_id=ext_id)
    return [LabelOut(label=label, text=text) for label, text in found]
