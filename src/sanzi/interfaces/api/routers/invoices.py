"""Invoices: the register, one on a case, what a file says, the tax office's answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Query, Router, Schema, Status

from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import checks
from sanzi.evidence.actions import invoices as actions
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.queries import register
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Digest,
    Empty,
    Fen,
    Ident,
    Page,
    PlaceOrAny,
    Text,
    Window,
    Words,
)
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound

router = Router(auth=OFFICER)

InvoiceKind = Literal["e_invoice", "paper_invoice", "fiscal_receipt"]
Result = Literal["VALID", "MISMATCH", "NOT_FOUND", "VOID", "RED", "TOO_MANY", "TOO_OLD", "TOO_NEW"]


class InvoiceRowOut(Schema):
    """An invoice in the register. `taken_fen` is what this case uses of it."""

    ext_id: str
    number: str
    code: str
    type_text: str
    issue_date: Day | None
    seller_name: str
    buyer_name: str
    amount_fen: int
    taken_fen: int
    status: str
    status_text: str
    division_code: str
    case_number: str
    is_claimed: bool


class InvoiceCheckOut(Schema):
    """One answer of the tax office; a manual one has two persons."""

    at: datetime
    result: str
    words: str
    channel: str
    people: list[str]
    has_picture: bool


class InvoiceFieldOut(Schema):
    """A field of an invoice and where it was read."""

    label: str
    text: str
    source: str


class InvoiceOut(Schema):
    """One invoice whole. `uses` are those in scope, `uses_elsewhere` counts the others."""

    line: InvoiceRowOut
    fields: list[InvoiceFieldOut]
    checks: list[InvoiceCheckOut]
    uses: list[InvoiceRowOut]
    uses_elsewhere: int
    used_fen: int
    waivers: list[str]


class InvoicesWanted(Window):
    """What the register is narrowed to."""

    state: Literal["", "pending", "ok", "failed", "voided", "red_flushed", "twice", "after"] = ""
    division: PlaceOrAny = Field("", description="村区划代码")
    text: Words = Field("", description="号码、销售方或金额")
    day: Day | None = None


class InvoiceIn(Schema):
    """An invoice as it was typed or confirmed. `part_fen` leaves it whole when null."""

    kind: InvoiceKind
    code: Words = ""
    number: Words
    issue_date: Day
    seller_name: Words
    seller_tax_no: Words = ""
    buyer_name: Words = ""
    amount_fen: Fen
    net_fen: Fen | None = None
    check_code: Words = ""
    part_fen: Fen | None = None
    file_digest: Digest = ""


class InvoiceMadeOut(Schema):
    """The id of an invoice on a case."""

    ext_id: str


class InvoiceReadOut(Schema):
    """One invoice that a file shows; `is_sure` when it needs no second look."""

    fields: list[InvoiceFieldOut]
    doubts: list[str]
    is_sure: bool


class CheckedOutcome(Schema):
    """What an answer was; nothing when a manual one waits for the second person."""

    result: str
    words: str


class ReadIn(Schema):
    """What one person read on the tax office's page; its picture hangs on the invoice."""

    result: Result
    words: Text = ""


@router.get("/invoices", response={200: Page[InvoiceRowOut], **READ}, summary="发票台账")
def listing(request: ApiRequest, wanted: Query[InvoicesWanted]) -> object:
    """List the invoices of the scope, newest day first."""
    if not scope.prefixes(request.auth, register.SEE):
        raise NotFound
    only = register.InvoiceFilter(
        text=wanted.text, state=wanted.state, division_code=wanted.division, day=wanted.day
    )
    rows = register.lines(by=request.auth, only=only)
    total = rows.count()
    end = wanted.offset + wanted.limit
    return {
        "items": register.shown(rows[wanted.offset : end]),
        "total": total,
        "next_offset": end if end < total else None,
    }


@router.get("/invoices/{ext_id}", response={200: InvoiceOut, **READ}, summary="看一张发票")
def one(request: ApiRequest, ext_id: Ident) -> Mapping[str, Any]:
    """Show one invoice: its fields, the answers about it, where it is used."""
    found = register.page(by=request.auth, ext_id=ext_id)
    fields = [
        {"label": label, "text": text, "source": source} for label, text, source in found.fields
    ]
    return {**found.__dict__, "fields": fields}


@router.post(
    "/cases/{number}/invoices", response={201: InvoiceMadeOut, **WRITE}, summary="给办件记一张发票"
)
def record(request: ApiRequest, number: Ident, body: InvoiceIn) -> object:
    """Write an invoice on a case that may still change; the same one twice is one."""
    said = body.dict(exclude={"part_fen", "file_digest"})
    told = {key: value for key, value in said.items() if value is not None}
    sources = dict.fromkeys((key for key, value in told.items() if value != ""), "typed")
    made = actions.record_invoice(
        by=request.auth,
        at=request.at,
        case_number=number,
        fields=InvoiceFields(**told, sources=sources),
        file_digest=body.file_digest,
        part_fen=body.part_fen,
    )
    return Status(201, {"ext_id": made})


@router.delete("/invoices/{ext_id}", response={200: Empty, **WRITE}, summary="从办件拿掉发票")
def remove(request: ApiRequest, ext_id: Ident) -> Empty:
    """Strike an invoice from a case that may still change."""
    actions.remove_invoice(by=request.auth, at=request.at, ext_id=ext_id)
    return Empty()


@router.get(
    "/evidence/{ext_id}/invoices",
    response={200: list[InvoiceReadOut], **READ},
    summary="文件里读出的发票",
)
def read(request: ApiRequest, ext_id: Ident) -> list[dict[str, Any]]:
    """Give the invoices that a file shows, each field with its source."""
    return [
        {
            "fields": [
                {"label": label, "text": text, "source": source}
                for label, text, source in register.told_with_sources(told)
            ],
            "doubts": list(told.doubts),
            "is_sure": told.is_sure,
        }
        for told in evidence.access_reading(by=request.auth, ext_id=ext_id)
    ]


@router.post(
    "/invoices/{ext_id}/checks", response={201: CheckedOutcome, **WRITE}, summary="查验一张发票"
)
def verify(request: ApiRequest, ext_id: Ident) -> object:
    """Ask the tax office now; at most five answers an invoice a day."""
    made = checks.verify(by=request.auth, at=request.at, ext_id=ext_id)
    return Status(201, {"result": made.result, "words": made.words})


@router.post(
    "/invoices/{ext_id}/readings",
    response={201: CheckedOutcome, **WRITE},
    summary="填网页上查到的结果",
)
def enter(request: ApiRequest, ext_id: Ident, body: ReadIn) -> object:
    """Write down what one person read; the second person's equal reading makes it an answer."""
    made = checks.enter(
        by=request.auth, at=request.at, ext_id=ext_id, result=body.result, words=body.words
    )
    if made is None:
        return Status(201, {"result": "", "words": "等第二个人填"})
    return Status(201, {"result": made.result, "words": made.words})
