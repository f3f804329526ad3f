"""Books taken away in any form, and the electronic archives."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from django.http import FileResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Ident
from sanzi.ledger.actions import archives as filing
from sanzi.ledger.actions import exporting
from sanzi.ledger.queries import archives

router = Router(auth=OFFICER)

Form = Annotated[
    str, StringConstraints(pattern=r"^(hledger|ledger|beancount|gbt24589|excel|package)$")
]
FILE = {
    "responses": {
        200: {
            "description": "OK",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


class ArchiveOut(Schema):
    """A filed year of a book; `digest` is the SM3 of its manifest."""

    ext_id: str
    org_ext_id: str
    organisation: str
    year: int
    piece_count: int
    size_bytes: int
    digest: str
    made_at: datetime


class PieceOut(Schema):
    """A piece of an archive."""

    archive: str
    number: str
    class_name: str
    title: str
    period: str
    label: str
    amount: str
    summary: str
    term: str


_TOLD = [name for name in PieceOut.model_fields if name != "archive"]


class PiecesWanted(Schema):
    """Which pieces: words, a voucher's or a file's number; a class; a body; a year."""

    text: str = Field("", max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")
    class_name: str = Field("", pattern=r"^(凭证|账簿|报告|其他)?$", description="类别")
    org: str = Field("", max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")
    year: int | None = Field(None, ge=2000, le=2100)


class YearIn(Schema):
    """The year to file."""

    year: int = Field(ge=2000, le=2100)


class FiledOut(Schema):
    """The id of the archive."""

    ext_id: str


@router.get("/books/{org}/export/{form}", response=READ, summary="导出一本账", openapi_extra=FILE)
def export_book(request: ApiRequest, org: Ident, form: Form) -> FileResponse:
    """Hand out a book in a form; closed and archived books too. Logged."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "book"
        taken = exporting.export_books(
            form=form, target=target, by=request.auth, at=request.at, org_ext_id=org
        )
        stream = target.open("rb")  # stays readable when its folder is gone
    response = FileResponse(stream, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(taken.file_name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.get("/archives", response={200: list[ArchiveOut], **READ}, summary="电子档案")
def listing(request: ApiRequest) -> object:
    """List the filed years of this officer's scope, newest first."""
    return archives.archives(by=request.auth)


@router.get("/archives/pieces", response={200: list[PieceOut], **READ}, summary="查档案")
def pieces(request: ApiRequest, wanted: Query[PiecesWanted]) -> list[PieceOut]:
    """Find pieces in the filed years, at most 200."""
    found = archives.find_pieces(
        by=request.auth,
        text=wanted.text,
        class_name=wanted.class_name,
        org_ext_id=wanted.org,
        year=wanted.year,
    )
    return [
        PieceOut(
            archive=one.archive.ext_id,
            **{
                name: getattr(one.piece, name)
                for name in PieceOut.model_fields
                if name != "archive"
            },
        )
        for one in found
    ]


@router.post("/books/{org}/archives", response={201: FiledOut, **WRITE}, summary="年度归档")
def file_year(request: ApiRequest, org: Ident, body: YearIn) -> object:
    """File a year of a book whose months are all closed."""
    made = filing.archive_year(org_ext_id=org, year=body.year, by=request.auth, at=request.at)
    return Status(201, {"ext_id": made})
