"""Orders and what became of them: payees, messages to the bank, the two hands on the money."""

from __future__ import annotations

from datetime import date, datetime
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
from sanzi.matters import queries
from sanzi.matters.actions import cases
from sanzi.matters.errors import NoOpenStep
from sanzi.payments import account_queries, order_queries

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

    line_no: int
    name: str
    account_tail: str
    amount_fen: int
    status: str
    status_word: str
    next_words: str
    reason: str
    check: str
    check_word: str
    paid_at: datetime | None
    bank_ref: str
    voucher_ext_id: str
    attempt_no: int


class MessageOut(Schema):
    """One message to the bank and where it stands."""

    msg_id: str
    state_word: str
    line_count: int
    amount_fen: int
    created_at: datetime
    first_sent_at: datetime | None
    unknown_at: datetime | None
    attempt_count: int


class StatusOut(Schema):
    """How many payees stand where."""

    status: str
    word: str
    count: int


class OrderOut(Schema):
    """An order whole; its payees are a list of their own."""

    case_number: str
    organisation: str
    organisation_ext_id: str
    division_code: str
    purpose: str
    state: str
    state_word: str
    amount_fen: int
    payment_count: int
    debit_words: str
    handler: str
    subject: str
    budget: str
    stopped_reason: str
    approved_at: datetime | None
    made_by: str
    released_by: str
    released_at: datetime | None
    has_unknown: bool
    statuses: list[StatusOut]
    messages: list[MessageOut]


class HandIn(Schema):
    """The hand of the maker or the checker. `seen_digest` as in the case."""

    seen_digest: Digest = ""
    opinion: Text = ""
    line_no: LineNo = 0


class AccountOut(Schema):
    """An account of a body."""

    ext_id: str
    organisation: str
    division_code: str
    kind: str
    tail: str
    holder_name: str
    balance_fen: int | None
    balance_date: date | None
    is_closed: bool


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
    view = order_queries.access_order(by=request.auth, case_number=number)
    plain = {name: getattr(view, name) for name in OrderOut.model_fields if hasattr(view, name)}
    return {
        **plain,
        "statuses": [
            {"status": status, "word": word, "count": count}
            for status, word, count in view.by_status
        ],
    }


@router.get("/orders/{number}/payees", response={200: Page[PayeeOut], **READ}, summary="收款人")
def payees(request: ApiRequest, number: Ident, window: Wanted) -> object:
    """List the payees of an order with the fate of each."""
    view = order_queries.access_order(by=request.auth, case_number=number)
    return page(view.payees, window, order_queries.payee_row)


@router.get(
    "/orders/{number}/messages", response={200: list[MessageOut], **READ}, summary="指令状态"
)
def messages(request: ApiRequest, number: Ident) -> object:
    """List the messages to the bank; an unknown fate is told as such."""
    return list(order_queries.access_order(by=request.auth, case_number=number).messages)


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


@router.get("/accounts", response={200: Page[AccountOut], **READ}, summary="账户")
def accounts(request: ApiRequest, window: Wanted) -> object:
    """List the accounts of bodies with their last known balance."""
    rows = account_queries.accounts(by=request.auth)
    return page(rows, window, account_queries.account_row)


def _hand(request: ApiRequest, number: str, body: HandIn, effect: str) -> object:
    """Do the step of the case that has this effect; the other steps are `act`'s."""
    view = queries.case_page(by=request.auth, number=number, at=request.at)
    mine = turn(view)
    if mine is None or (mine.effect, mine.line_no) != (effect, body.line_no):
        raise NoOpenStep
    opinion = cases.Opinion(verdict="approve", seen_digest=body.seen_digest, text=body.opinion)
    return cases.act(
        number=number, by=request.auth, at=request.at, opinion=opinion, line_no=body.line_no
    )
