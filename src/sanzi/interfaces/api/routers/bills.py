"""Bills and what pays them: issue, look up, void; credits with what they may be, and claiming."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

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
    Page,
    PlaceOrAny,
    Text,
    Wanted,
    Window,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.payments.actions import bills as actions
from sanzi.payments.actions import claims
from sanzi.payments.actions.income import ReceiptFields
from sanzi.payments.queries import bills as queries
from sanzi.payments.queries import unclaimed
from sanzi.payments.queries.bills import BillFilter
from sanzi.payments.queries.unclaimed import CreditFilter

router = Router(auth=OFFICER)
IdentOrNone = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_.:-]*$")]
CodeOrNone = Annotated[str, StringConstraints(pattern=r"^([0-9]{3,12})?$")]
PhoneOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9+ -]{0,20}$")]
BillStateIn = Literal["", "OPEN", "PART", "PAID", "VOID"]


class BillRowOut(Schema):
    """A bill in a list."""

    ext_id: str
    number: str
    organisation_name: str
    division_code: str
    payer_name: str
    purpose: str
    amount_fen: int
    paid_fen: int
    due_date: Day
    state: str
    state_label: str
    is_late: bool


class BillOut(Schema):
    """A bill with what its payer needs; `text_to_pay` is what the code on it says."""

    ext_id: str
    number: str
    reference: str
    organisation_name: str
    holder_name: str
    account_masked: str
    kind: str
    purpose: str
    payer_name: str
    amount_fen: int
    paid_fen: int
    left_fen: int
    due_date: Day
    state: str
    state_label: str
    is_late: bool
    text_to_pay: str


class BillIn(Schema):
    """A bill to issue. The payer is a person or a counterparty of the registers, or a name."""

    organisation: Ident
    kind: Ident
    purpose: Words
    amount_fen: Fen
    due_date: Day
    payer_name: Words = ""
    payer_counterparty: IdentOrNone = ""
    payer_person: IdentOrNone = ""
    phone: PhoneOrNone = ""
    account: IdentOrNone = ""
    subject_code: CodeOrNone = ""
    source_id: IdentOrNone = ""


class IssuedBillOut(Schema):
    """A bill as issued."""

    ext_id: str
    number: str
    reference: str
    amount_fen: int


class VoidBillIn(Schema):
    """Why a bill is void."""

    reason: Text


class BillsWanted(Window):
    """What the list of bills is narrowed to."""

    state: BillStateIn = ""
    division: PlaceOrAny = Field("", description="区划代码")
    text: Words = ""
    late: bool = Field(default=False, description="只看过期没交的")


class SuggestionOut(Schema):
    """What a credit may be. `is_sure`: the claim is complete as it stands."""

    what: str
    words: str
    is_sure: bool
    target_ext_id: str
    amount_fen: int


class CreditOut(Schema):
    """A credit that nobody has claimed, with what it may be."""

    ext_id: str
    booked_at: datetime
    amount_fen: int
    peer_name: str
    memo: str
    organisation_name: str
    account_masked: str
    suggestions: list[SuggestionOut]


class PartIn(Schema):
    """One part of a claim: a bill, a cash receipt, or plain income by kind, account and words."""

    amount_fen: Fen
    bill: IdentOrNone = ""
    cash_receipt: IdentOrNone = ""
    kind: IdentOrNone = ""
    subject_code: CodeOrNone = ""
    purpose: Words = ""
    payer_name: Words = ""


class ClaimIn(Schema):
    """The parts that add up to a credit."""

    parts: list[PartIn] = Field(max_length=50)


class ClaimedOut(Schema):
    """A receipt that a claim made."""

    ext_id: str
    number: str
    amount_fen: int
    voucher_ext_id: str


@router.get("/bills", response={200: Page[BillRowOut], **READ}, summary="缴款单")
def bills(request: ApiRequest, wanted: Query[BillsWanted]) -> object:
    """List the bills of this officer's scope."""
    today = clock.local_date(request.at)
    only = BillFilter(wanted.text, wanted.division, wanted.state, wanted.late)
    found = queries.bills(by=request.auth, only=only, today=today)
    return page(found, wanted, lambda one: queries.bill_row(one, today=today))


@router.post("/bills", response={201: IssuedBillOut, **WRITE}, summary="开缴款单")
def issue_bill(
    request: HttpRequest, body: BillIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Issue a bill with its number and reference."""
    known: ApiRequest = request  # type: ignore[assignment]
    fields = actions.BillFields(**body.dict(), source_kind="contract" if body.source_id else "")

    def act() -> IssuedBillOut:
        issued = actions.issue_bill(fields=fields, by=known.auth, at=known.at)
        return IssuedBillOut.from_orm(issued)

    return once(known, idempotency_key, act, status=201)


@router.get("/bills/{ext_id}", response={200: BillOut, **READ}, summary="看一张缴款单")
def bill(request: ApiRequest, ext_id: Ident) -> object:
    """Show a bill, with the text of its code while something is due."""
    today = clock.local_date(request.at)
    return queries.access_bill(by=request.auth, ext_id=ext_id, today=today)


@router.post("/bills/{ext_id}/void", response={200: Empty, **WRITE}, summary="作废缴款单")
def void_bill(request: ApiRequest, ext_id: Ident, body: VoidBillIn) -> Empty:
    """Void a bill to which no money has come; its number stays."""
    actions.void_bill(ext_id=ext_id, by=request.auth, at=request.at, reason=body.reason)
    return Empty()


@router.get("/credits", response={200: Page[CreditOut], **READ}, summary="待认领的收入和建议")
def credits_waiting(request: ApiRequest, window: Wanted) -> object:
    """List the credits that nobody has claimed, each with what it may be."""
    found = unclaimed.waiting(by=request.auth, only=CreditFilter())
    listed = page(found, window)
    listed["items"] = unclaimed.with_suggestions(list(listed["items"]))
    return listed


@router.post(
    "/credits/{ext_id}/claim", response={201: list[ClaimedOut], **WRITE}, summary="认领收入"
)
def claim(request: ApiRequest, ext_id: Ident, body: ClaimIn) -> object:
    """Claim a credit by parts that add up to it; each part gets a receipt."""
    parts = [
        claims.Part(
            amount_fen=one.amount_fen,
            bill=one.bill,
            subject_code=one.subject_code,
            cash_receipt=one.cash_receipt,
            fields=ReceiptFields(one.kind, one.subject_code, one.purpose, one.payer_name)
            if not (one.bill or one.cash_receipt)
            else None,
        )
        for one in body.parts
    ]
    return 201, claims.claim(bank_line=ext_id, parts=parts, by=request.auth, at=request.at)
