"""The bank's e-receipts of booked lines: where they are, and which a month still lacks."""

from __future__ import annotations

from datetime import datetime

from ninja import Query, Router, Schema

from sanzi.evidence import queries as evidence
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Empty, Ident, Month
from sanzi.payments.actions import bank_receipts
from sanzi.payments.queries import bank_receipts as queries

router = Router(auth=OFFICER)


class BankReceiptFileOut(Schema):
    """A file of an e-receipt: fetch it as evidence under its ext_id."""

    ext_id: str
    kind: str
    title: str
    media_type: str
    digest: str


class BankReceiptOut(Schema):
    """The e-receipt of one bank line; `said` is why it is not here yet."""

    line_ext_id: str
    bank_ref: str
    booked_at: datetime
    state: str
    state_label: str
    said: str
    fetched_at: datetime | None


class BankReceiptWithFilesOut(BankReceiptOut):
    """The same with its files: the page, and the data that the bank signed."""

    files: list[BankReceiptFileOut]


@router.get(
    "/bank-lines/{ext_id}/receipt",
    response={200: BankReceiptWithFilesOut, **READ},
    summary="一笔银行流水的电子回单",
)
def receipt(request: ApiRequest, ext_id: Ident) -> object:
    """Say where the e-receipt of a bank line is; who asks for one that is here is logged."""
    found = queries.receipt_of(by=request.auth, line_ext_id=ext_id)
    files = []
    if found.is_here:
        bank_receipts.open_receipt(by=request.auth, at=request.at, line_ext_id=ext_id)
        files = evidence.attachments(bank_receipts.SUBJECT, ext_id)
    told = {name: getattr(found, name) for name in BankReceiptOut.model_fields}
    return {**told, "files": files}


@router.post(
    "/bank-lines/{ext_id}/receipt/again",
    response={200: Empty, **WRITE},
    summary="再取一次电子回单",
)
def again(request: ApiRequest, ext_id: Ident) -> Empty:
    """Let the worker ask now for an e-receipt that is late or was given up."""
    bank_receipts.try_again(by=request.auth, at=request.at, line_ext_id=ext_id)
    return Empty()


@router.get(
    "/books/{org}/missing-bank-receipts",
    response={200: list[BankReceiptOut], **READ},
    summary="一个月还没取到的电子回单",
)
def missing(request: ApiRequest, org: Ident, period: Query[Month]) -> object:
    """List the bank lines of a month whose e-receipt is not here; it stops no close."""
    return queries.missing_receipts(by=request.auth, org_ext_id=org, period=period)
