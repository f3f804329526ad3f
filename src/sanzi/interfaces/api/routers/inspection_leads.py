"""Leads and outcomes of inspections over the API: handed over, taken, concluded, or kept here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from sanzi.inspection import queries
from sanzi.inspection.actions import leads
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.inspections import Code, require
from sanzi.interfaces.api.shapes import (
    Day,
    Empty,
    Fen,
    Ident,
    MadeOut,
    Page,
    Text,
    Wanted,
    WhyNotIn,
    Words,
    page,
)

router = Router(auth=OFFICER)


class LeadOut(Schema):
    """A lead in the list: never what it says."""

    ext_id: str
    village: str
    route_role: str
    state: Literal["handed", "taken", "concluded"]
    handed_at: datetime


class LeadPageOut(LeadOut):
    """A lead opened for its office; the look is written down."""

    words: str
    named: list[str]


class LeadIn(Schema):
    """A lead; the words are sealed."""

    words: Text
    finding: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_.:-]*$")] = ""
    named: Annotated[list[Ident], Field(max_length=10)] = []


class ResultIn(Schema):
    """What came of it."""

    kind: Code
    decided_date: Day
    amount_fen: Fen = 0
    document_ref: Words = ""
    words: Text

    def result(self) -> leads.Result:
        """Return it as the action takes it."""
        return leads.Result(
            self.kind, self.decided_date, self.amount_fen, self.document_ref, self.words
        )


def _lead(one: Any) -> dict[str, Any]:
    names = ("ext_id", "route_role", "state", "handed_at")
    return {**{name: getattr(one, name) for name in names}, "village": one.division_code}


@router.post(
    "/inspection-tasks/{ext_id}/leads", response={201: MadeOut, **WRITE}, summary="移交线索"
)
def hand(request: ApiRequest, ext_id: Ident, body: LeadIn) -> object:
    """Hand a lead to the discipline office."""
    told = leads.Told(**body.dict())
    made = leads.hand(task=ext_id, told=told, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


@router.post(
    "/inspection-findings/{ext_id}/outcomes",
    response={201: MadeOut, **WRITE},
    summary="记处理结果",
)
def note(request: ApiRequest, ext_id: Ident, body: ResultIn) -> object:
    """Note what came of a problem."""
    made = leads.note(ext_id=ext_id, result=body.result(), by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


@router.post(
    "/inspection-findings/{ext_id}/keep-here",
    response={200: Empty, **WRITE},
    summary="写明为什么不移交",
)
def keep_here(request: ApiRequest, ext_id: Ident, body: WhyNotIn) -> object:
    """Write why there is no lead."""
    leads.keep_here(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.get("/inspection-leads", response={200: Page[LeadOut], **READ}, summary="检查线索")
def lead_list(request: ApiRequest, window: Wanted) -> object:
    """List the leads of the actor's office."""
    require(request, queries.LEADS)
    return page(queries.leads(request.auth).order_by("-handed_at", "-pk"), window, _lead)


@router.get("/inspection-leads/{ext_id}", response={200: LeadPageOut, **READ}, summary="看线索")
def lead(request: ApiRequest, ext_id: Ident) -> object:
    """Open a lead; the look is written down."""
    found, words, named = leads.read(ext_id=ext_id, by=request.auth, at=request.at)
    return {**_lead(found), "words": words, "named": named}


@router.post("/inspection-leads/{ext_id}/take", response={200: Empty, **WRITE}, summary="接收线索")
def take(request: ApiRequest, ext_id: Ident) -> object:
    """Take a lead in."""
    leads.take(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post(
    "/inspection-leads/{ext_id}/outcomes", response={201: MadeOut, **WRITE}, summary="记线索结果"
)
def conclude(request: ApiRequest, ext_id: Ident, body: ResultIn) -> object:
    """Note what came of a lead, under seal."""
    made = leads.conclude(ext_id=ext_id, result=body.result(), by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))
