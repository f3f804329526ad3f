"""The account register: accounts with balances and movements, their opening and closing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, BinaryIO, Literal, cast

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from sanzi.evidence.actions import files
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.files import StoredOut
from sanzi.interfaces.api.shapes import (
    Day,
    Empty,
    Fen,
    IdempotencyKey,
    Ident,
    MadeOut,
    Page,
    PlaceOrAny,
    SecondFactor,
    Text,
    Wanted,
    Window,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.payments.actions import account_proposals as actions
from sanzi.payments.queries import registers

router = Router(auth=OFFICER)
Number = Annotated[str, StringConstraints(pattern=r"^[0-9 -]{8,40}$")]
BankCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class AccountOut(Schema):
    """An account of a body. Units: fen; a balance of null is not known."""

    ext_id: str
    organisation_name: str
    division_code: str
    account_masked: str
    holder_name: str
    kind: str
    kind_label: str
    bank_code: str
    balance_fen: int | None
    balance_date: Day | None
    statement_date: Day | None
    open_count: int
    due_date: Day | None
    closed_date: Day | None
    is_registered: bool
    standing: str
    standing_label: str


class AccountsWanted(Window):
    """What the register is narrowed to."""

    state: Literal["", "open", "closed", "unregistered", "differs", "due"] = Field(
        "open", description="空是全部；due 是30天内到期的定期"
    )
    division: PlaceOrAny = Field("", description="区划代码")
    kind: Words = ""
    text: Words = ""


class MovementOut(Schema):
    """One line of an account, with the case, receipt and voucher that it belongs to."""

    ext_id: str
    booked_at: datetime
    is_credit: bool
    amount_fen: int
    peer_name: str
    memo: str
    case_number: str
    receipt_ext_id: str
    receipt_number: str
    voucher_ext_id: str


class MovementsWanted(Window):
    """What the lines of an account are narrowed to."""

    text: Words = ""
    first: Day | None = Field(None, description="从哪天起")
    last: Day | None = Field(None, description="到哪天止")
    amount_min_fen: Fen | None = None
    amount_max_fen: Fen | None = None
    open: bool = Field(default=False, description="只看没对上的")


class DifferenceOut(Schema):
    """An account on which the bank's list and the register differ."""

    ext_id: str
    account_ext_id: str
    account_masked: str
    holder_name: str
    organisation_name: str
    bank_code: str
    standing: str
    standing_label: str
    since_at: datetime
    checked_at: datetime


class AccountProposalOut(Schema):
    """A proposal to open or close an account; state is PROPOSED, APPROVED or REJECTED."""

    ext_id: str
    act: str
    act_label: str
    organisation_name: str
    division_code: str
    kind_label: str
    holder_name: str
    bank_code: str
    account_masked: str
    account_ext_id: str
    due_date: Day | None
    reason: str
    decision_number: str
    decision_date: Day
    eligible_count: int | None
    agree_count: int | None
    state: str
    state_label: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    opinion: str
    may_decide: bool


class AccountProposalsWanted(Window):
    """What the list of proposals is narrowed to."""

    state: Literal["", "PROPOSED", "APPROVED", "REJECTED"] = ""


class VillageDecisionIn(Schema):
    """The village's decision; the votes where the kind of account needs them."""

    number: Words
    date: Day
    eligible_count: Count | None = None
    agree_count: Count | None = None

    def decision(self) -> actions.Decision:
        """Return it as the room takes it."""
        return actions.Decision(self.number, self.date, self.eligible_count, self.agree_count)


class AccountOpeningIn(Schema):
    """The account to open; `due_date` for a term deposit only."""

    organisation: Ident
    kind: Ident
    holder_name: Words
    number: Number
    bank_code: BankCode
    reason: Text
    decision: VillageDecisionIn
    due_date: Day | None = None


class AccountClosingIn(Schema):
    """The account to close."""

    account: Ident
    reason: Text
    decision: VillageDecisionIn


class ProposalOpinionIn(Schema):
    """What the one who decides says; needed to send a proposal back."""

    opinion: Text = ""


class OpenedOut(Schema):
    """The account that was opened or closed."""

    account_ext_id: str


@router.get("/accounts", response={200: Page[AccountOut], **READ}, summary="账户")
def accounts(request: ApiRequest, wanted: Query[AccountsWanted]) -> object:
    """List the accounts of bodies with their last known balance; open ones unless asked."""
    only = registers.AccountFilter(wanted.text, wanted.division, wanted.kind, wanted.state)
    today = clock.local_date(request.at)
    listed = page(registers.accounts(by=request.auth, only=only, today=today), wanted)
    listed["items"] = registers.rows_of(list(listed["items"]))
    return listed


@router.get(
    "/accounts/differences",
    response={200: Page[DifferenceOut], **READ},
    summary="和银行不一致的账户",
)
def differences(request: ApiRequest, window: Wanted) -> object:
    """List the accounts on which the bank's list and the register differ."""
    return page(registers.differing(by=request.auth), window, registers.listing_view)


@router.get("/accounts/{ext_id}", response={200: AccountOut, **READ}, summary="看一个账户")
def account(request: ApiRequest, ext_id: Ident) -> object:
    """Show an account with its last known balance."""
    found = registers.access_account(by=request.auth, ext_id=ext_id)
    return registers.rows_of([found])[0]


@router.get(
    "/accounts/{ext_id}/lines", response={200: Page[MovementOut], **READ}, summary="账户流水"
)
def lines(request: ApiRequest, ext_id: Ident, wanted: Query[MovementsWanted]) -> object:
    """List the bank lines of an account, newest first."""
    found = registers.access_account(by=request.auth, ext_id=ext_id)
    only = registers.LineFilter(
        text=wanted.text,
        from_date=wanted.first,
        until_date=wanted.last,
        amount_min_fen=wanted.amount_min_fen,
        amount_max_fen=wanted.amount_max_fen,
        is_open=wanted.open,
    )
    return page(registers.movements(found, only), wanted, registers.movement)


@router.get(
    "/account-proposals", response={200: Page[AccountProposalOut], **READ}, summary="开户销户"
)
def proposals(request: ApiRequest, wanted: Query[AccountProposalsWanted]) -> object:
    """List the proposals to open or close accounts, the newest first."""
    found = registers.proposals(by=request.auth, state=wanted.state)
    return page(found, wanted, lambda one: registers.proposal_view(one, by=request.auth))


@router.get(
    "/account-proposals/{ext_id}",
    response={200: AccountProposalOut, **READ},
    summary="看一件开户销户",
)
def proposal(request: ApiRequest, ext_id: Ident) -> object:
    """Show a proposal."""
    found = registers.access_proposal(by=request.auth, ext_id=ext_id)
    return registers.proposal_view(found, by=request.auth)


@router.post("/account-openings", response={201: MadeOut, **WRITE}, summary="申请开户")
def propose_opening(
    request: HttpRequest, body: AccountOpeningIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Propose to open an account; its decision's paper is hung on the proposal next."""
    known: ApiRequest = request  # type: ignore[assignment]
    fields = actions.AccountFields(**body.model_dump(exclude={"decision"}))

    def act() -> MadeOut:
        made = actions.propose_opening(
            account=fields, decision=body.decision.decision(), by=known.auth, at=known.at
        )
        return MadeOut(ext_id=made)

    return once(known, idempotency_key, act, status=201)


@router.post("/account-closings", response={201: MadeOut, **WRITE}, summary="申请销户")
def propose_closing(
    request: HttpRequest, body: AccountClosingIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Propose to close an account on which nothing is open."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MadeOut:
        made = actions.propose_closing(
            account=body.account,
            reason=body.reason,
            decision=body.decision.decision(),
            by=known.auth,
            at=known.at,
        )
        return MadeOut(ext_id=made)

    return once(known, idempotency_key, act, status=201)


@router.post(
    "/account-proposals/{ext_id}/evidence",
    response={201: StoredOut, **WRITE},
    summary="传决议",
)
def paper(request: ApiRequest, ext_id: Ident, file: File[UploadedFile]) -> object:
    """Hang the paper of the village's decision on a proposal; it is judged by its content."""
    stored = files.store(
        by=request.auth,
        at=request.at,
        upload=files.Upload(file.name or "", "decision", cast("BinaryIO", file)),
        subject_kind=actions.SUBJECT,
        subject_id=ext_id,
    )
    return Status(201, stored)


@router.post(
    "/account-proposals/{ext_id}/approve",
    response={200: OpenedOut, **WRITE},
    summary="批准开户销户",
)
def approve(
    request: ApiRequest,
    ext_id: Ident,
    body: ProposalOpinionIn,
    second_factor: SecondFactor = None,
) -> object:
    """Approve a proposal that another made: the account opens or closes."""
    done = actions.approve(ext_id=ext_id, by=request.auth, at=request.at, opinion=body.opinion)
    return {"account_ext_id": done}


@router.post(
    "/account-proposals/{ext_id}/reject",
    response={200: Empty, **WRITE},
    summary="退回开户销户",
)
def reject(request: ApiRequest, ext_id: Ident, body: ProposalOpinionIn) -> Empty:
    """Send a proposal back with the reason."""
    actions.reject(ext_id=ext_id, by=request.auth, at=request.at, opinion=body.opinion)
    return Empty()
