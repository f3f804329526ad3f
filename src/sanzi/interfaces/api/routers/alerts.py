"""Alerts: list, counts, one whole. Their steps are in `alert_steps`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema

from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day, Ident, PlaceOrAny, Window, Words
from sanzi.supervision import queries

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
    is_limit_provisional: bool
    limit_days: int
    is_extended: bool
    suspended_until_date: Day | None
    involved_fen: int
    money_back_fen: int
    money_stopped_fen: int
    history: list[DisposalOut]


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
