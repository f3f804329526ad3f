"""Orders and what became of them: payees, messages to the bank, the two hands on the money."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.cases import ActedOut, turn
from sanzi.interfaces.api.shapes import (
    Digest,
    Ident,
    LineNo,
    Page,
    PlaceOrAny,
    SecondFactor,
    Text,
    Wanted,
    Window,
    Words,
    page,
)
from sanzi.matters import queries as matters
from sanzi.matters.actions import cases
from sanzi.matters.errors import NoOpenStep
from sanzi.payments.queries import orders as order_queries
from sanzi.payments.queries import payments as queries

router = Router(auth=OFFICER)

OrderState = Literal[
    "", "SUBMITTED", "APPROVED", "INSTRUCTED", "RELEASED", "SETTLED", "PART_SETTLED", "CANCELLED"
]


class OrderRowOut(Schema):
    """An order in a list."""

    case_number: str
    purpose: str
    division_code: str
    amount_fen: int
    payment_count: int
    state: str
    created_at: datetime


class OrdersWanted(Window):
    """What the list is narrowed to."""

    state: OrderState = ""
    division: PlaceOrAny = Field("", description="村区划代码")
    text: Words = ""
    unknown: bool = Field(default=False, description="只看银行还没有回话的")


class PayeeOut(Schema):
    """One payee of an order, his account by its last four figures."""

    ext_id: str
    line_no: int
    payee_name: str
    payee_kind: str
    account_masked: str
    bank_code: str
    amount_fen: int
    note: str
    status: str
    status_label: str
    reason_class: str
    reason_text: str
    payee_check: str
    payee_check_name: str
    paid_at: datetime | None
    returned_at: datetime | None
    bank_ref: str
    attempt_no: int
    voucher_ext_id: str
    next_words: str

    @staticmethod
    def resolve_next_words(one: queries.LineRow) -> str:
        """Return what happens now, or what is to be done."""
        return order_queries.next_words(one)


class MessageOut(Schema):
    """One message to the bank, where it stands and what happens next."""

    msg_id: str
    case_number: str
    state: str
    state_label: str
    line_count: int
    amount_fen: int
    created_at: datetime
    first_sent_at: datetime | None
    unknown_at: datetime | None
    alarmed_at: datetime | None
    last_error: str
    next_step: str


class OrderOut(Schema):
    """An order whole; its payees are a list of their own. `counts` is by payment status."""

    ext_id: str
    case_number: str
    organisation_name: str
    org_ext_id: str
    division_code: str
    debit_account_masked: str
    purpose: str
    subject_code: str
    method: str
    state: str
    state_label: str
    amount_fen: int
    settled_fen: int
    counts: dict[str, int]
    approved_digest: str
    approved_at: datetime | None
    released_at: datetime | None
    stopped_reason: str
    messages: list[MessageOut]
    may_instruct: bool
    may_release: bool


class HandIn(Schema):
    """The hand of the maker or the checker. `seen_digest` as in the case."""

    seen_digest: Digest = ""
    opinion: Text = ""
    line_no: LineNo = 0


@router.get("/orders", response={200: Page[OrderRowOut], **READ}, summary="付款单")
def orders(
    request: ApiRequest,
    wanted: Query[OrdersWanted],
) -> object:
    """List the orders of this officer's scope, newest first."""
    only = order_queries.OrderFilter(
        state=wanted.state,
        division_code=wanted.division,
        text=wanted.text,
        is_unknown=wanted.unknown,
    )
    return page(order_queries.orders(by=request.auth, only=only), wanted)


@router.get("/orders/{number}", response={200: OrderOut, **READ}, summary="看一张付款单")
def order(request: ApiRequest, number: Ident) -> object:
    """Show the order of a case, and the messages to the bank with their states."""
    return queries.order_page(by=request.auth, case_number=number)


@router.get("/orders/{number}/payees", response={200: Page[PayeeOut], **READ}, summary="收款人")
def payees(request: ApiRequest, number: Ident, window: Wanted) -> object:
    """List the payees of an order with the fate of each."""
    return page(queries.order_page(by=request.auth, case_number=number).lines, window)


@router.get(
    "/orders/{number}/messages", response={200: list[MessageOut], **READ}, summary="指令状态"
)
def messages(request: ApiRequest, number: Ident) -> object:
    """List the messages to the bank; an unknown fate is told as such."""
    return list(queries.order_page(by=request.auth, case_number=number).messages)


@router.get("/messages", response={200: Page[MessageOut], **READ}, summary="还在路上的指令")
def in_flight(request: ApiRequest, window: Wanted) -> object:
    """List the messages that wait, are being sent, are silent or accepted, oldest first."""
    return page(queries.in_flight(by=request.auth), window)


@router.post("/orders/{number}/instruct", response={200: ActedOut, **WRITE}, summary="制单")
def instruct(
    request: ApiRequest, number: Ident, body: HandIn, second_factor: SecondFactor = None
) -> object:
    """Make the bank instruction of an approved order (the maker)."""
    return _hand(request, number, body, "instruct")


@router.post("/orders/{number}/release", response={200: ActedOut, **WRITE}, summary="复核付款")
def release(
    request: ApiRequest, number: Ident, body: HandIn, second_factor: SecondFactor = None
) -> object:
    """Release the money (the checker, who is not the maker)."""
    return _hand(request, number, body, "release")


def _hand(request: ApiRequest, number: str, body: HandIn, effect: str) -> object:
    """Do the step of the case that has this effect; the other steps are `act`'s."""
    view = matters.case_page(by=request.auth, number=number, at=request.at)
    mine = turn(view)
    if mine is None or (mine.effect, mine.line_no) != (effect, body.line_no):
        raise NoOpenStep
    opinion = cases.Opinion(verdict="approve", seen_digest=body.seen_digest, text=body.opinion)
    return cases.act(
        number=number, by=request.auth, at=request.at, opinion=opinion, line_no=body.line_no
    )
