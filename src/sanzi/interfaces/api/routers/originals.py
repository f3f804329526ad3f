"""Structured electronic originals: booked by a template, and the file that says how."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import AccountCode, Day, Ident, Words
from sanzi.ledger.actions import originals
from sanzi.ledger.queries import posting_files

router = Router(auth=OFFICER)

BYTES_MAX = 5 * 1024 * 1024
XML = "application/xml"
_SIGNATURE_MAX = 2000


class OriginalIn(Schema):
    """Which template, and what it wants beside the original."""

    rule_code: Ident
    subject_code: AccountCode | None = None
    account_id: Ident | None = None
    aux_kind: Ident | None = None
    aux_id: Ident | None = None
    purpose: Words = ""
    signature: str = Field(
        "",
        max_length=_SIGNATURE_MAX,
        pattern=r"^[0-9A-Za-z+/=\s]*$",
        description="文件的电子签名，base64",
    )


class DraftLineOut(Schema):
    """One line of the voucher to be."""

    account_code: str
    debit_fen: int
    credit_fen: int
    aux_kind: str
    aux_id: str


class ProposalOut(Schema):
    """What the original says, and the voucher to be."""

    kind: str
    number: str
    date: Day
    amount_fen: int
    signer: str
    summary: str
    lines: list[DraftLineOut]


class BookedOut(Schema):
    """The voucher as posted."""

    ext_id: str
    period: str
    label: str
    total_fen: int


def _fields(body: OriginalIn) -> dict[str, Any]:
    return body.model_dump(exclude={"rule_code", "signature"}, exclude_none=True)


def _given(file: UploadedFile, body: OriginalIn) -> originals.Given:
    data = file.read(BYTES_MAX + 1)
    return originals.Given(data, (file.name or "")[:60], body.signature)


@router.post(
    "/books/{org}/originals/preview",
    response={200: ProposalOut, **WRITE},
    summary="试算电子凭证的分录",
)
def preview(
    request: ApiRequest, org: Ident, body: Form[OriginalIn], file: File[UploadedFile]
) -> object:
    """Show the voucher that an electronic original would make; nothing is written."""
    found = originals.propose(
        org_ext_id=org,
        given=_given(file, body),
        rule_code=body.rule_code,
        fields=_fields(body),
        by=request.auth,
    )
    return {
        "kind": found.original.kind,
        "number": found.original.number,
        "date": found.original.date,
        "amount_fen": found.original.amount_fen,
        "signer": found.signed.signer,
        "summary": found.draft.summary,
        "lines": list(found.draft.lines),
    }


@router.post("/books/{org}/originals", response={201: BookedOut, **WRITE}, summary="电子凭证入账")
def book(
    request: ApiRequest, org: Ident, body: Form[OriginalIn], file: File[UploadedFile]
) -> object:
    """Book an electronic original by a template; a second time it is refused."""
    posted = originals.book_original(
        org_ext_id=org,
        given=_given(file, body),
        rule_code=body.rule_code,
        fields=_fields(body),
        by=request.auth,
        at=request.at,
    )
    return Status(201, posted)


@router.get(
    "/vouchers/{ext_id}/posting-file",
    response=READ,
    summary="入账信息结构化数据文件",
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {XML: {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def posting_file(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Give the structured file that says how this voucher was booked."""
    data = posting_files.posting_file(by=request.auth, ext_id=ext_id)
    response = HttpResponse(data, content_type=XML)
    response["Content-Disposition"] = f'attachment; filename="{ext_id}.xml"'
    return response
