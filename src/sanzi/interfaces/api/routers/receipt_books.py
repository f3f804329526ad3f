"""Books of paper receipts: issued, used number by number, handed back and written off."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Empty,
    Fen,
    IdempotencyKey,
    Ident,
    MadeOut,
    Page,
    PlaceOrAny,
    Text,
    Wanted,
    Window,
    Words,
    page,
)
from sanzi.payments.actions import receipt_books as actions
from sanzi.payments.queries import receipt_books as queries

router = Router(auth=OFFICER)
Serial = Annotated[int, Field(ge=0, le=10**9)]
SubjectOrNone = Annotated[str, StringConstraints(pattern=r"^([0-9]{3,12})?$")]


class ReceiptBookOut(Schema):
    """A book and how far it is used; `written_off_at` is null while it is out. Units: fen."""

    ext_id: str
    number: str
    organisation_name: str
    division_code: str
    first_serial: int
    last_serial: int
    used_count: int
    void_count: int
    spoilt_count: int
    blank_count: int
    unbanked_fen: int
    issued_at: datetime
    written_off_at: datetime | None


class ReceiptNumberOut(Schema):
    """A number of a book that is not blank, and what became of it."""

    serial: int
    state: str
    receipt_ext_id: str
    payer_name: str
    purpose: str
    amount_fen: int | None
    issued_at: datetime | None
    banked_at: datetime | None


class ReceiptBooksWanted(Window):
    """What the list of books is narrowed to."""

    division: PlaceOrAny = Field("", description="区划代码")
    open: bool | None = Field(None, description="只看在外的（true）或核销了的（false）")


class ReceiptBookIn(Schema):
    """A book with its printed numbers, at most 1000."""

    organisation: Ident
    number: Words
    first_serial: Serial
    last_serial: Serial


class PaperReceiptIn(Schema):
    """What stands on a receipt that was written by hand for cash."""

    serial: Serial
    payer_name: Words
    kind: Ident
    purpose: Words
    amount_fen: Fen
    received_date: Day
    subject_code: SubjectOrNone = ""


class SpoiltIn(Schema):
    """A number that was spoilt before it was used."""

    serial: Serial
    reason: Text
    has_all_copies: bool = Field(description="各联都在")


class HandBackIn(Schema):
    """How a book comes back; the numbers never used are cancelled when handed in blank."""

    hand_in_blank: bool = Field(default=False, description="空白交回")


@router.get("/receipt-books", response={200: Page[ReceiptBookOut], **READ}, summary="票据本")
def listing(request: ApiRequest, wanted: Query[ReceiptBooksWanted]) -> object:
    """List the books of this officer's scope, those that are out first."""
    found = queries.receipt_books(
        by=request.auth, division_code=wanted.division, is_open=wanted.open
    )
    listed = page(found, wanted)
    listed["items"] = queries.rows_of(list(listed["items"]))
    return listed


@router.get("/receipt-books/{ext_id}", response={200: ReceiptBookOut, **READ}, summary="看一本票据")
def receipt_book(request: ApiRequest, ext_id: Ident) -> object:
    """Show a book and how far it is used."""
    return queries.rows_of([queries.access_book(by=request.auth, ext_id=ext_id)])[0]


@router.get(
    "/receipt-books/{ext_id}/numbers",
    response={200: Page[ReceiptNumberOut], **READ},
    summary="票据本的号码",
)
def numbers(request: ApiRequest, ext_id: Ident, window: Wanted) -> object:
    """List the numbers of a book that are not blank."""
    return page(queries.numbers_of(queries.access_book(by=request.auth, ext_id=ext_id)), window)


@router.post("/receipt-books", response={201: MadeOut, **WRITE}, summary="发一本票据")
def issue_book(
    request: HttpRequest, body: ReceiptBookIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Issue a book to a body."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MadeOut:
        return MadeOut(ext_id=actions.issue_book(by=known.auth, at=known.at, **body.model_dump()))

    return once(known, idempotency_key, act, status=201)


@router.post(
    "/receipt-books/{ext_id}/receipts",
    response={201: MadeOut, **WRITE},
    summary="登记手写的收据",
)
def write_receipt(
    request: HttpRequest,
    ext_id: Ident,
    body: PaperReceiptIn,
    idempotency_key: IdempotencyKey = None,
) -> HttpResponse:
    """Enter a receipt that was written by hand for cash; it is booked when the cash is banked."""
    known: ApiRequest = request  # type: ignore[assignment]
    fields = actions.CashFields(**body.model_dump())

    def act() -> MadeOut:
        made = actions.write_receipt(book=ext_id, fields=fields, by=known.auth, at=known.at)
        return MadeOut(ext_id=made)

    return once(known, idempotency_key, act, status=201)


@router.post(
    "/receipt-books/{ext_id}/spoilt", response={200: Empty, **WRITE}, summary="作废一个票号"
)
def spoil(request: ApiRequest, ext_id: Ident, body: SpoiltIn) -> Empty:
    """Enter a number that was spoilt before it was used."""
    actions.spoil(book=ext_id, by=request.auth, at=request.at, **body.model_dump())
    return Empty()


@router.post(
    "/receipt-books/{ext_id}/write-off", response={200: Empty, **WRITE}, summary="交回核销"
)
def write_off(request: ApiRequest, ext_id: Ident, body: HandBackIn) -> Empty:
    """Take a book back: each number accounted for, all cash of it at the bank."""
    actions.write_off(book=ext_id, hand_in_blank=body.hand_in_blank, by=request.auth, at=request.at)
    return Empty()
