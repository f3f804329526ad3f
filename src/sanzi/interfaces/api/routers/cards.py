"""Village cards: registered, closed, their lines, and settlements matter by matter."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import AccountCode, Day, Empty, Fen, Ident, Text, Words
from sanzi.kernel import clock
from sanzi.payments.actions import card_settlements, card_terms, cards
from sanzi.payments.queries import cards as queries

router = Router(auth=OFFICER)

CardNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,32}$")]
BankCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
DayOfMonth = Annotated[int, Field(ge=1, le=28)]


class CardIn(Schema):
    """A card as the township registers it; an empty account means the body's basic one."""

    organisation: Ident
    holder: Ident
    number: CardNumber
    bank_code: BankCode
    limit_fen: Fen
    bill_day: DayOfMonth
    due_day: DayOfMonth
    repaid_from: Words = ""


class CardOut(Schema):
    """A card with what is owed on it."""

    ext_id: str
    organisation: str
    division_code: str
    holder: str
    tail: str
    limit_fen: int
    owed_fen: int
    unsettled_count: int
    late_count: int
    open_count: int
    is_suspended: bool
    is_over_limit: bool
    bill_day: int
    due_day: int
    closed_date: Day | None


class CardDoubtOut(Schema):
    """One thing to look at on a line."""

    code: str
    text: str
    is_late: bool


class CardLineOut(Schema):
    """A line of a card; a refund is below zero."""

    ext_id: str
    booked_at: datetime
    kind_label: str
    merchant: str
    memo: str
    signed_fen: int
    due_date: Day
    settlement: str
    settlement_label: str
    borne_reason: str
    doubts: list[CardDoubtOut]


class CardTermsIn(Schema):
    """What may change on a card."""

    limit_fen: Fen
    bill_day: DayOfMonth
    due_day: DayOfMonth
    repaid_from: Ident


class CardReasonIn(Schema):
    """Why a card is suspended, or a line left to its holder."""

    reason: Text


class CardSettlementIn(Schema):
    """The lines of one matter."""

    card: Ident
    lines: list[Ident] = Field(max_length=50)
    purpose: Words
    subject_code: AccountCode


class CardSettlementOut(Schema):
    """A settlement and where it stands."""

    ext_id: str
    card: str
    organisation: str
    purpose: str
    subject: str
    net_fen: int
    invoice_fen: int
    slip_fen: int
    state: str
    state_label: str
    order_state: str
    failure: str
    may_repay_again: bool
    asked_at: datetime | None
    decided_at: datetime | None
    repaid_at: datetime | None
    opinion: str
    lines: list[CardLineOut]


class CardMadeOut(Schema):
    """The id of what was made."""

    ext_id: str


class SlipSumIn(Schema):
    """What white slips show; their picture must hang on the settlement."""

    slip_fen: Fen = 0


class CardOpinionIn(Schema):
    """Why."""

    opinion: Text = ""


@router.get("/cards", response={200: list[CardOut], **READ}, summary="村务卡")
def listing(request: ApiRequest) -> object:
    """List the cards of this officer's scope."""
    found = queries.access_cards(by=request.auth)
    return queries.views(found, clock.local_date(request.at))


@router.post("/cards", response={201: CardMadeOut, **WRITE}, summary="登记村务卡")
def register(request: ApiRequest, body: CardIn) -> object:
    """Register a card that the bank has issued."""
    fields = cards.CardFields(**body.model_dump())
    made = cards.register_card(fields=fields, by=request.auth, at=request.at)
    return Status(201, {"ext_id": made})


@router.post("/cards/{ext_id}/close", response={200: Empty, **WRITE}, summary="销卡")
def close(request: ApiRequest, ext_id: Ident) -> Empty:
    """Close a card on which nothing is open."""
    card_terms.close_card(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/cards/{ext_id}/terms", response={200: Empty, **WRITE}, summary="改村务卡额度")
def terms(request: ApiRequest, ext_id: Ident, body: CardTermsIn) -> Empty:
    """Change limit, days or account of a card."""
    asked = card_terms.CardTerms(**body.model_dump())
    card_terms.change_terms(ext_id=ext_id, terms=asked, by=request.auth, at=request.at)
    return Empty()


@router.post("/cards/{ext_id}/suspend", response={200: Empty, **WRITE}, summary="停用村务卡")
def suspend(request: ApiRequest, ext_id: Ident, body: CardReasonIn) -> Empty:
    """Stop a card with a reason."""
    card_terms.suspend(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.post("/cards/{ext_id}/resume", response={200: Empty, **WRITE}, summary="恢复村务卡")
def resume(request: ApiRequest, ext_id: Ident) -> Empty:
    """Let a suspended card be used again."""
    card_terms.resume(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/card-lines/{ext_id}/bear", response={200: Empty, **WRITE}, summary="由持卡人自己还")
def bear(request: ApiRequest, ext_id: Ident, body: CardReasonIn) -> Empty:
    """Say that the holder bears a line himself."""
    card_terms.bear_line(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.get("/cards/{ext_id}/lines", response={200: list[CardLineOut], **READ}, summary="刷卡流水")
def lines(request: ApiRequest, ext_id: Ident) -> object:
    """List the lines of a card, newest first, with what is to be looked at."""
    card = queries.access_card(by=request.auth, ext_id=ext_id)
    return queries.lines_of(card, clock.local_date(request.at))


@router.post("/card-settlements", response={201: CardMadeOut, **WRITE}, summary="选流水结算")
def start(request: ApiRequest, body: CardSettlementIn) -> object:
    """Take the lines of one matter into a settlement; its proofs come next."""
    fields = card_settlements.SettlementFields(**body.model_dump())
    made = card_settlements.start(fields=fields, by=request.auth, at=request.at)
    return Status(201, {"ext_id": made})


@router.get(
    "/card-settlements/{ext_id}", response={200: CardSettlementOut, **READ}, summary="一件结算"
)
def settlement(request: ApiRequest, ext_id: Ident) -> object:
    """Show a settlement with its lines."""
    return queries.settlement(by=request.auth, ext_id=ext_id, today=clock.local_date(request.at))


@router.post("/card-settlements/{ext_id}/ask", response={200: Empty, **WRITE}, summary="交结算")
def ask(request: ApiRequest, ext_id: Ident, body: SlipSumIn) -> Empty:
    """Hand a settlement in."""
    card_settlements.ask(ext_id=ext_id, by=request.auth, at=request.at, slip_fen=body.slip_fen)
    return Empty()


@router.post("/card-settlements/{ext_id}/drop", response={200: Empty, **WRITE}, summary="撤掉结算")
def drop(request: ApiRequest, ext_id: Ident) -> Empty:
    """Give up a settlement that was not handed in."""
    card_settlements.drop(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post(
    "/card-settlements/{ext_id}/approve", response={200: Empty, **WRITE}, summary="批准结算"
)
def approve(request: ApiRequest, ext_id: Ident, body: CardOpinionIn) -> Empty:
    """Approve a settlement and the order that repays the card."""
    card_settlements.approve(ext_id=ext_id, by=request.auth, at=request.at, opinion=body.opinion)
    return Empty()


@router.post(
    "/card-settlements/{ext_id}/refuse", response={200: Empty, **WRITE}, summary="退回结算"
)
def refuse(request: ApiRequest, ext_id: Ident, body: CardOpinionIn) -> Empty:
    """Send a settlement back with a reason."""
    card_settlements.refuse(ext_id=ext_id, by=request.auth, at=request.at, opinion=body.opinion)
    return Empty()


@router.post(
    "/card-settlements/{ext_id}/instruct", response={200: Empty, **WRITE}, summary="做还款指令"
)
def instruct(request: ApiRequest, ext_id: Ident) -> Empty:
    """Make the bank instruction of an approved settlement."""
    card_settlements.instruct(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/card-settlements/{ext_id}/repay", response={200: Empty, **WRITE}, summary="还款")
def repay(request: ApiRequest, ext_id: Ident, body: CardOpinionIn) -> Empty:
    """Hand the repayment to the bank; the opinion says why where an invoice is not verified."""
    said = body.opinion
    card_settlements.repay(ext_id=ext_id, by=request.auth, at=request.at, reason=said)
    return Empty()


@router.post(
    "/card-settlements/{ext_id}/repay-again", response={200: Empty, **WRITE}, summary="再还一次"
)
def repay_again(request: ApiRequest, ext_id: Ident) -> Empty:
    """Let a repayment that ended without success go round once more."""
    card_settlements.repay_again(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()
