"""Opening balances from a sheet: the sheet to fill in, what would stand, and the deed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field, TypeAdapter, ValidationError

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Digest, Ident
from sanzi.kernel.money import MAX_FEN
from sanzi.ledger.actions import opening
from sanzi.ledger.map_errors import MapChoiceUnreadable
from sanzi.ledger.queries import openings
from sanzi.ledger.standards.mapping import Choices

router = Router(auth=OFFICER)

BYTES_MAX = 1_500_000
CHOICES_MAX = 20_000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Code = Annotated[str, Field(pattern=r"^[0-9]{3,12}$")]
_Part = Annotated[int, Field(ge=-MAX_FEN, le=MAX_FEN)]
_CHOICES: TypeAdapter[dict[str, str | dict[str, int]]] = TypeAdapter(
    dict[_Code, _Code | dict[_Code, _Part]]
)


class OpeningIn(Schema):
    """Under which standard the sheet was kept, and where its open accounts go."""

    standard_code: str = Field(
        "", max_length=20, pattern=r"^[0-9a-z_-]*$", description="表里科目的制度，空是账套自己的"
    )
    choices: str = Field(
        "",
        max_length=CHOICES_MAX,
        description="JSON：旧科目到新科目，或到各新科目的分数（借正贷负），"
        '如 {"131": "132", "211": {"212": -100, "213": -200}}',
    )


class OpeningConfirmIn(OpeningIn):
    """The same, with the digest of the preview that was looked at."""

    digest: Digest


class OpeningRowOut(Schema):
    """One balance, debit positive."""

    account_code: str
    account: str
    aux_kind: str
    aux_id: str
    balance_fen: int


class OpeningOut(Schema):
    """What a book was opened with; fixed once a voucher is posted."""

    org_ext_id: str
    organisation: str
    first_period: str
    is_fixed: bool
    rows: list[OpeningRowOut]


class OpeningOptionOut(Schema):
    """One new account to choose."""

    code: str
    name: str


class OpeningQuestionOut(Schema):
    """What must be said of one old account before anything moves."""

    from_code: str
    name: str
    amount_fen: int
    question: str
    options: list[OpeningOptionOut]


class OpeningMoveOut(Schema):
    """One row of the sheet on its way to the new standard."""

    row: int
    from_code: str
    from_name: str
    code: str
    name: str
    amount_fen: int
    why: str


class OpeningPreviewOut(Schema):
    """What would stand. `digest` is empty while questions are open."""

    first_period: str
    is_balanced: bool
    debit_fen: int
    credit_fen: int
    rows: list[OpeningRowOut]
    moves: list[OpeningMoveOut]
    questions: list[OpeningQuestionOut]
    digest: str


@dataclass(frozen=True)
class _Said:
    data: bytes
    standard_code: str
    choices: Choices


def _said(body: OpeningIn, file: UploadedFile) -> _Said:
    """Return what was sent. Raises: MapChoiceUnreadable."""
    try:
        choices = _CHOICES.validate_json(body.choices) if body.choices else {}
    except ValidationError as error:
        raise MapChoiceUnreadable from error
    return _Said(file.read(BYTES_MAX + 1), body.standard_code, choices)


@router.get("/books/{org}/opening", response={200: OpeningOut, **READ}, summary="账上的期初余额")
def opened(request: ApiRequest, org: Ident) -> object:
    """Give what a book was opened with."""
    found = openings.opening_of(by=request.auth, org_ext_id=org)
    return {
        "org_ext_id": found.book.org_ext_id,
        "organisation": found.book.organisation,
        "first_period": found.book.first_period,
        "is_fixed": found.is_fixed,
        "rows": list(found.rows),
    }


@router.get(
    "/books/{org}/opening/template",
    response=READ,
    summary="期初余额的空表",
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {SHEET: {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def template(request: ApiRequest, org: Ident) -> HttpResponse:
    """Give the sheet with every account of the book."""
    data = opening.template(org_ext_id=org, by=request.auth)
    response = HttpResponse(data, content_type=SHEET)
    response["Content-Disposition"] = 'attachment; filename="opening.xlsx"'
    return response


@router.post(
    "/books/{org}/opening/preview",
    response={200: OpeningPreviewOut, **WRITE},
    summary="试导期初余额",
)
def preview(
    request: ApiRequest, org: Ident, body: Form[OpeningIn], file: File[UploadedFile]
) -> object:
    """Show what a sheet would become, balanced or not; nothing is written."""
    said = _said(body, file)
    with opening.as_file(said.data) as path:
        found = opening.preview(
            org_ext_id=org,
            file=path,
            standard_code=said.standard_code,
            choices=said.choices,
            by=request.auth,
        )
    return _told(found)


@router.post(
    "/books/{org}/opening", response={201: OpeningPreviewOut, **WRITE}, summary="导入期初余额"
)
def book(
    request: ApiRequest, org: Ident, body: Form[OpeningConfirmIn], file: File[UploadedFile]
) -> object:
    """Write what was previewed, in place of what stood there, while no voucher is posted."""
    said = _said(body, file)
    with opening.as_file(said.data) as path:
        found = opening.import_opening(
            org_ext_id=org,
            file=path,
            standard_code=said.standard_code,
            choices=said.choices,
            digest=body.digest,
            by=request.auth,
            at=request.at,
        )
    return Status(201, _told(found))


def _told(found: opening.Preview) -> dict[str, Any]:
    return {
        "first_period": found.first_period,
        "is_balanced": found.total_fen == found.credit_fen,
        "debit_fen": found.total_fen,
        "credit_fen": found.credit_fen,
        "rows": [
            {
                "account_code": one.code,
                "account": one.name,
                "aux_kind": one.aux_kind,
                "aux_id": one.aux_id,
                "balance_fen": one.balance_fen,
            }
            for one in found.stands
        ],
        "moves": list(found.moves),
        "questions": [
            {
                "from_code": one.from_code,
                "name": one.name,
                "amount_fen": one.amount_fen,
                "question": one.question,
                "options": [{"code": code, "name": name} for code, name in one.options],
            }
            for one in found.questions
        ],
        "digest": found.digest,
    }
