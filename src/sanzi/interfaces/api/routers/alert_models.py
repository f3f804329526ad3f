"""The alert models and their parameters: what each did, changes, back-tests, decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema, Status

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Empty,
    Ident,
    MadeOut,
    Page,
    Place,
    Text,
    Window,
    Words,
    page,
)
from sanzi.supervision import change_queries, model_queries
from sanzi.supervision.actions import backtests, changes

router = Router(auth=OFFICER)


class ModelOut(Schema):
    """A model with what it did in two years; a rate is null when there are too few cases."""

    code: str
    number: str
    title: str
    category: str
    category_title: str
    severity: str
    gates: list[str]
    status: str
    is_closed: bool
    alerts: int
    concluded: int
    false: int
    judged: int
    false_percent: int | None
    flag_permille: int | None
    reasons: list[str]
    review_asked_at: datetime | None


class ModelsWanted(Window):
    """What the list is narrowed to."""

    category: Words = ""
    severity: Literal["", "block", "hold", "warn"] = ""
    gate: Words = ""
    status: Literal["", "draft", "trial", "active", "retired"] = ""
    review: bool = False
    text: Words = ""


class DatedValueOut(Schema):
    """A value of a parameter; the place is empty for what the model file says."""

    division_code: str
    from_date: Day
    until_date: Day | None
    text: str
    source_ref: str
    is_in_force: bool


class ParameterOut(Schema):
    """A parameter with what holds today."""

    name: str
    meaning: str
    unit: str
    now: str
    range_text: str
    is_township: bool
    may_change: bool
    values: list[DatedValueOut]


class ModelWholeOut(Schema):
    """A model as its folder says it, with its parameters and what became of its alerts."""

    row: ModelOut
    version: str
    rule: str
    basis: list[str]
    verify: str
    false_alarms: list[str]
    blind_spots: list[str]
    parameters: list[ParameterOut]
    conclusions: dict[str, int]


class ChangeOut(Schema):
    """A change of a parameter; state is proposed, approved, rejected or withdrawn."""

    ext_id: str
    model_code: str
    model_number: str
    model_title: str
    name: str
    meaning: str
    division_code: str
    old: str
    new: str
    valid_from_date: Day
    valid_until_date: Day | None
    state: str
    state_title: str
    made_by_name: str
    made_at: datetime
    decided_by_name: str
    decided_at: datetime | None


class BackTestOut(Schema):
    """A back-test: how far it is, its result, and since when the data have moved on."""

    state: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done_count: int
    total_count: int
    result: dict[str, Any]
    error: str
    moved_at: datetime | None
    moved_count: int
    is_other_basis: bool


class ChangeWholeOut(Schema):
    """A change whole, with its newest back-test."""

    row: ChangeOut
    reason: str
    source_ref: str
    decided_reason: str
    unit: str
    backtest: BackTestOut | None


class ChangesWanted(Window):
    """What the list is narrowed to."""

    state: Literal["", "proposed", "approved", "rejected", "withdrawn"] = ""
    model: Words = ""


class ChangeIn(Schema):
    """What is asked for; the value as the model file writes it, money in fen."""

    division_code: Place
    value: int | bool | str | list[str] | list[int]
    valid_from_date: Day
    valid_until_date: Day | None = None
    reason: Text
    source_ref: Text


class ChangeDecisionIn(Schema):
    """Whether it is approved; a refusal says why."""

    is_approved: bool
    reason: Words = ""


@router.get("/alert-models", response={200: Page[ModelOut], **READ}, summary="预警规则")
def models(request: ApiRequest, wanted: Query[ModelsWanted]) -> object:
    """List the models with what each did in this officer's scope."""
    only = model_queries.ModelFilter(
        category=wanted.category,
        severity=wanted.severity,
        gate=wanted.gate,
        status=wanted.status,
        is_review=wanted.review,
        text=wanted.text,
    )
    return page(model_queries.models(by=request.auth, only=only, at=request.at), wanted)


@router.get("/alert-models/{code}", response={200: ModelWholeOut, **READ}, summary="一条规则")
def model(request: ApiRequest, code: Ident) -> object:
    """Show one model whole."""
    found = model_queries.model(by=request.auth, code=code, at=request.at)
    said = found.model
    return {
        "row": found.row,
        "version": said.version,
        "rule": said.rule,
        "basis": said.basis,
        "verify": said.verify,
        "false_alarms": said.false_alarms,
        "blind_spots": said.blind_spots,
        "parameters": found.parameters,
        "conclusions": found.conclusions,
    }


@router.post(
    "/alert-models/{code}/parameters/{name}",
    response={201: MadeOut, **WRITE},
    summary="提一个参数的改动",
)
def propose(request: ApiRequest, code: Ident, name: Ident, body: ChangeIn) -> object:
    """Put a change of a parameter forward."""
    new = changes.NewChange(model_code=code, name=name, **body.model_dump())
    return Status(201, {"ext_id": changes.propose(new=new, by=request.auth, at=request.at)})


@router.get("/parameter-changes", response={200: Page[ChangeOut], **READ}, summary="参数的改动")
def all_changes(request: ApiRequest, wanted: Query[ChangesWanted]) -> object:
    """List the changes, those that wait first."""
    only = change_queries.ChangeFilter(state=wanted.state, model_code=wanted.model)
    return page(change_queries.changes(by=request.auth, only=only), wanted)


@router.get(
    "/parameter-changes/{ext_id}", response={200: ChangeWholeOut, **READ}, summary="一个改动"
)
def change(request: ApiRequest, ext_id: Ident) -> object:
    """Show one change with its newest back-test."""
    return change_queries.change(by=request.auth, ext_id=ext_id)


@router.post("/parameter-changes/{ext_id}/test", response={200: Empty, **WRITE}, summary="试算")
def test(request: ApiRequest, ext_id: Ident) -> Empty:
    """Put a back-test into the worker's queue."""
    backtests.ask(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/parameter-changes/{ext_id}", response={200: Empty, **WRITE}, summary="核准或不同意")
def decide(request: ApiRequest, ext_id: Ident, body: ChangeDecisionIn) -> Empty:
    """Approve a change on its back-test, or refuse it with the reason."""
    if body.is_approved:
        changes.approve(ext_id=ext_id, by=request.auth, at=request.at)
    else:
        changes.reject(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.delete("/parameter-changes/{ext_id}", response={200: Empty, **WRITE}, summary="撤回")
def withdraw(request: ApiRequest, ext_id: Ident) -> Empty:
    """Take back a change of one's own."""
    changes.withdraw(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()
