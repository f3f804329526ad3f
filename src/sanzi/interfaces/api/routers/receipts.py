"""Receipts for money that came in, issued and voided; what waits for one is in `bills.py`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from sanzi.interfaces.api.answers import WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    AccountCode,
    Empty,
    IdempotencyKey,
    Ident,
    Text,
    Words,
)
from sanzi.payments.actions import income, voids

router = Router(auth=OFFICER)


class ReceiptIn(Schema):
    """What the accountant says of a bank line; an empty payer means the name the bank gave."""

    bank_line: Ident
    kind: Ident
    subject_code: AccountCode
    purpose: Words
    payer_name: Words = ""
    payer_counterparty: Words = ""


class ReceiptOut(Schema):
    """A receipt as issued."""

    ext_id: str
    number: str
    amount_fen: int
    voucher_ext_id: str


class VoidIn(Schema):
    """Why a receipt is void."""

    reason: Text


@router.post("/receipts", response={201: ReceiptOut, **WRITE}, summary="开收据")
def issue(
    request: HttpRequest, body: ReceiptIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Issue the receipt for one bank line and book it."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> ReceiptOut:
        issued = income.issue_receipt(
            bank_line=body.bank_line,
            by=known.auth,
            at=known.at,
            fields=income.ReceiptFields(
                kind=body.kind,
                subject_code=body.subject_code,
                purpose=body.purpose,
                payer_name=body.payer_name,
                payer_counterparty=body.payer_counterparty,
            ),
        )
        return ReceiptOut.from_orm(issued)

    return once(known, idempotency_key, act, status=201)


@router.post("/receipts/{ext_id}/void", response={200: Empty, **WRITE}, summary="作废收据")
def void(request: ApiRequest, ext_id: Ident, body: VoidIn) -> Empty:
    """Void a receipt; it stays, and a red voucher takes it out of the books."""
    voids.void_receipt(ext_id=ext_id, by=request.auth, at=request.at, reason=body.reason)
    return Empty()
