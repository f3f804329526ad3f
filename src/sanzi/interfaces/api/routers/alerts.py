"""Alerts: list, one whole, and each step of their disposal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ, WRITE, BadRequest
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Empty, Fen, Ident, PlaceOrAny, Text, Window, Words
from sanzi.supervision import queries
from sanzi.supervision.actions import alerts as actions

router = Router(auth=OFFICER)


class AlertRowOut(Schema):
    """An alert in a list."""

    ext_id: str
    model_code: str
    model_number: str
    model_title: str
    category: str
    severity: str
    state: str
    state_title: str
    colour: str
    sentence: str
    division_code: str
    org_ext_id: str
    case_number: str
    handler_name: str
    route_role: str
    opened_at: datetime
    due_at: datetime
    is_red_line: bool
    reopened_count: int
    conclusion: str


class AlertPage(Schema):
    """A part of the list; the rest is asked for by `next_offset`."""

    items: list[AlertRowOut]
    next_offset: int | None


class AlertsWanted(Window):
    """What the list is narrowed to."""

    colour: Literal["", "red", "yellow", "green"] = ""
    severity: Literal["", "block", "hold", "warn"] = ""
    division: PlaceOrAny = ""
    overdue: bool = False
    mine: bool = False
    text: Words = ""


class CountOut(Schema):
    """How many alerts of one colour and severity."""

    colour: str
    severity: str
    count: int


class DisposalOut(Schema):
    """One step of a disposal."""

    at: datetime
    actor_name: str
    action: str
    text: str
    data: dict[str, Any]


class AlertOut(Schema):
    """One alert whole."""

    row: AlertRowOut
    what_to_do: str
    figures: list[tuple[str, str]]
    rows: dict[str, list[dict[str, Any]]]
    rows_digest: str
    parameters: dict[str, Any]
    rule: str
    basis: list[str]
    verify: str
    false_alarms: list[str]
    blind_spots: list[str]
    finding_kind: str
    finding_id: str
    route: str
    vanished_at: datetime | None
    history: list[DisposalOut]


class SaidIn(Schema):
    """Words: a question, an explanation, a reason."""

    text: Text


class RectifyIn(Schema):
    """What will be put right, how much, by when."""

    plan: Text
    amount_fen: Fen = 0
    finish_date: date


class FeedBackIn(Schema):
    """What was found and done."""

    text: Text
    cause: Words = ""
    action: Words = ""
    amount_involved_fen: Fen = 0
    money_back_fen: Fen = 0


class ConcludeIn(Schema):
    """What the alert was."""

    conclusion: Ident
    text: Text


class VerifyIn(Schema):
    """Whether the verifier agrees."""

    agrees: bool
    text: Text


class SnoozeIn(Schema):
    """Until when a warning waits, and why."""

    until: datetime = Field(description="带时区的时间，最多往后 30 天")
    text: Text


@router.get("/alerts", response={200: AlertPage, **READ}, summary="预警")
def alerts(request: ApiRequest, wanted: Query[AlertsWanted]) -> object:
    """List the alerts this officer may see, the most urgent first."""
    only = queries.AlertFilter(
        colour=wanted.colour,
        severity=wanted.severity,
        division_code=wanted.division,
        is_overdue=wanted.overdue,
        is_mine=wanted.mine,
        text=wanted.text,
    )
    limit, offset = wanted.limit, wanted.offset
    rows = queries.alerts(by=request.auth, only=only, at=request.at, limit=limit + 1, offset=offset)
    return {
        "items": rows[:limit],
        "next_offset": offset + limit if len(rows) > limit else None,
    }


@router.get("/alerts/counts", response={200: list[CountOut], **READ}, summary="预警数")
def counts(request: ApiRequest) -> list[CountOut]:
    """Count the alerts of this officer's scope."""
    found = queries.counts(by=request.auth)
    return [
        CountOut(colour=colour, severity=severity, count=count)
        for (colour, severity), count in sorted(found.items())
    ]


@router.get("/alerts/{ext_id}", response={200: AlertOut, **READ}, summary="看一条预警")
def alert(request: ApiRequest, ext_id: Ident) -> object:
    """Show one alert whole: facts, rows, rule, basis, history."""
    return queries.alert(by=request.auth, ext_id=ext_id)


@router.post("/alerts/{ext_id}/take", response={200: Empty, **WRITE}, summary="接办")
def take(request: ApiRequest, ext_id: Ident) -> Empty:
    """Take an alert in hand."""
    actions.take(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/ask", response={200: Empty, **WRITE}, summary="要求说明")
def ask(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Ask the village to explain."""
    actions.ask_explanation(ext_id=ext_id, question=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/explain", response={200: Empty, **WRITE}, summary="说明")
def explain(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Give the explanation asked for."""
    actions.explain(ext_id=ext_id, text=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/rectify", response={200: Empty, **WRITE}, summary="整改")
def rectify(request: ApiRequest, ext_id: Ident, body: RectifyIn) -> Empty:
    """Say what will be put right."""
    actions.rectify(
        ext_id=ext_id,
        plan=body.plan,
        amount_fen=body.amount_fen,
        finish_date=body.finish_date.isoformat(),
        by=request.auth,
        at=request.at,
    )
    return Empty()


@router.post("/alerts/{ext_id}/feed-back", response={200: Empty, **WRITE}, summary="反馈")
def feed_back(request: ApiRequest, ext_id: Ident, body: FeedBackIn) -> Empty:
    """Hand in what was found and done."""
    data = body.model_dump(exclude={"text"})
    actions.feed_back(ext_id=ext_id, text=body.text, data=data, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/conclude", response={200: Empty, **WRITE}, summary="定结论")
def conclude(request: ApiRequest, ext_id: Ident, body: ConcludeIn) -> Empty:
    """Say what the alert was."""
    actions.conclude(
        ext_id=ext_id,
        conclusion=body.conclusion,
        text=body.text,
        by=request.auth,
        at=request.at,
    )
    return Empty()


@router.post("/alerts/{ext_id}/verify", response={200: Empty, **WRITE}, summary="复核")
def verify(request: ApiRequest, ext_id: Ident, body: VerifyIn) -> Empty:
    """Agree and close, or send it back."""
    actions.verify(
        ext_id=ext_id, agrees=body.agrees, text=body.text, by=request.auth, at=request.at
    )
    return Empty()


@router.post("/alerts/{ext_id}/reopen", response={200: Empty, **WRITE}, summary="重新打开")
def reopen(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Open a disposed alert again."""
    actions.reopen(ext_id=ext_id, reason=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/snooze", response={200: Empty, **WRITE}, summary="往后放")
def snooze(request: ApiRequest, ext_id: Ident, body: SnoozeIn) -> Empty:
    """Let a warning wait."""
    if body.until.tzinfo is None:
        raise BadRequest(count=1, first="body.until 要带时区", fields=[])
    actions.snooze(
        ext_id=ext_id, until=body.until, reason=body.text, by=request.auth, at=request.at
    )
    return Empty()
