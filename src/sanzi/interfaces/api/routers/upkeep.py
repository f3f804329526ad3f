"""Recurring plans and handovers of books."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Field, Router, Schema, Status

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    AccountCode,
    Day,
    Empty,
    Fen,
    Ident,
    MadeOut,
    Month,
    Page,
    Place,
    SecondFactor,
    Text,
    Wanted,
    WhyNotIn,
    Words,
    page,
)
from sanzi.ledger.actions import handovers, plans
from sanzi.ledger.actions.plans import PlanFields
from sanzi.ledger.queries import handovers as found_handovers
from sanzi.ledger.queries import plans as found_plans
from sanzi.ledger.rules import Line

router = Router(auth=OFFICER)


class PlanOut(Schema):
    """A recurring plan; state is proposed, refused, running or ended."""

    ext_id: str
    org_ext_id: str
    kind: str
    title: str
    cost_fen: int
    salvage_fen: int
    months: int
    first_period: str
    last_period: str
    debit_account: str
    credit_account: str
    month_fen: int
    booked_fen: int
    booked_months: int
    maker: str
    approver: str
    refused_reason: str
    state: str


class PlanIn(Schema):
    """A plan to draw up; `use` takes the standard's account, or `debit` names one."""

    kind: Literal["DEPRECIATION", "AMORTISATION", "OTHER"]
    title: Words
    cost_fen: Fen
    salvage_fen: Fen = 0
    months: int = Field(ge=1, le=1200)
    added_date: Day
    use: Words = ""
    debit: AccountCode | None = None
    credit: AccountCode


class StopIn(Schema):
    """The last month that the plan books, and why it stops."""

    last_period: Month
    reason: Text


class SignatureOut(Schema):
    """One of the three signatures of a handover."""

    title: str
    person: str
    at: dt.datetime | None


class HandoverOut(Schema):
    """A handover with its list."""

    ext_id: str
    division_code: str
    division: str
    on_date: Day
    made_at: dt.datetime
    digest: str
    signatures: list[SignatureOut]
    content: dict[str, Any]


class HandoverIn(Schema):
    """Who hands which place's books to whom, before whom."""

    division_code: Place
    to_person: Ident
    supervisor: Ident
    on_date: Day


@router.get("/books/{org}/plans", response={200: list[PlanOut], **READ}, summary="定期计划")
def listing(request: ApiRequest, org: Ident) -> object:
    """List the recurring plans of a book, newest first."""
    return found_plans.plans(by=request.auth, org_ext_id=org)


@router.post("/books/{org}/plans", response={201: MadeOut, **WRITE}, summary="拟定期计划")
def propose(request: ApiRequest, org: Ident, body: PlanIn) -> object:
    """Draw up a plan; it books nothing before another approves it."""
    ext_id = plans.propose_plan(
        org_ext_id=org,
        fields=PlanFields(
            kind=body.kind,
            title=body.title,
            cost_fen=body.cost_fen,
            salvage_fen=body.salvage_fen,
            months=body.months,
            added_date=body.added_date,
            credit=Line(body.credit),
            debit=Line(body.debit) if body.debit else None,
            use=body.use,
        ),
        by=request.auth,
        at=request.at,
    )
    return Status(201, MadeOut(ext_id=ext_id))


@router.post("/plans/{ext_id}/approve", response={200: Empty, **WRITE}, summary="批准定期计划")
def approve(request: ApiRequest, ext_id: Ident) -> Empty:
    """Approve a plan that another drew up."""
    plans.approve_plan(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/plans/{ext_id}/refuse", response={200: Empty, **WRITE}, summary="不批定期计划")
def refuse(request: ApiRequest, ext_id: Ident, body: WhyNotIn) -> Empty:
    """Refuse a plan with the reason."""
    plans.refuse_plan(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.post("/plans/{ext_id}/stop", response={200: Empty, **WRITE}, summary="停定期计划")
def stop(request: ApiRequest, ext_id: Ident, body: StopIn) -> Empty:
    """Stop a plan after a month, which it still books."""
    plans.stop_plan(
        ext_id=ext_id,
        last_period=body.last_period,
        reason=body.reason,
        by=request.auth,
        at=request.at,
    )
    return Empty()


@router.get("/handovers", response={200: Page[HandoverOut], **READ}, summary="会计移交")
def handed(request: ApiRequest, window: Wanted) -> object:
    """List the handovers of this officer's scope, newest first."""
    return page(found_handovers.handovers(by=request.auth), window)


@router.get("/handovers/{ext_id}", response={200: HandoverOut, **READ}, summary="看移交清册")
def handover(request: ApiRequest, ext_id: Ident) -> object:
    """Show a handover with its list and signatures."""
    return found_handovers.access_handover(by=request.auth, ext_id=ext_id)


@router.post("/handovers", response={201: MadeOut, **WRITE}, summary="做移交清册")
def hand_over(request: ApiRequest, body: HandoverIn) -> object:
    """Make the list of a place's books; the giver is who asks."""
    ext_id = handovers.make_handover(
        division_code=body.division_code,
        to_person=body.to_person,
        supervisor=body.supervisor,
        on=body.on_date,
        by=request.auth,
        at=request.at,
    )
    return Status(201, MadeOut(ext_id=ext_id))


@router.post("/handovers/{ext_id}/sign", response={200: Empty, **WRITE}, summary="签移交清册")
def sign(request: ApiRequest, ext_id: Ident, second_factor: SecondFactor = None) -> Empty:
    """Sign a handover in one's turn; asks for the second factor."""
    handovers.sign_handover(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()
