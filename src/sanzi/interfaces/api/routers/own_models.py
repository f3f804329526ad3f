"""Own models of officers: the list, and one whole; they are written in the office."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from ninja import Router, Schema

from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Ident
from sanzi.orgs.errors import NotFound
from sanzi.supervision import own_queries

router = Router(auth=OFFICER)


class OwnRowOut(Schema):
    """An own model in the list, as its newest version stands."""

    code: str
    title: str
    state: str
    state_title: str
    number: int
    owner_name: str
    role_code: str
    division_code: str
    changed_at: datetime
    last_run_at: datetime | None
    last_count: int
    last_error: str
    is_mine: bool
    may_judge: bool


class OwnStepOut(Schema):
    """One step of a version."""

    at: datetime
    actor_name: str
    action: str
    text: str


class OwnFigureOut(Schema):
    """A figure of what a version finds."""

    name: str
    type: str
    title: str


class OwnVersionOut(Schema):
    """A version whole."""

    number: int
    state: str
    state_title: str
    title: str
    rule: str
    sentence: str
    advice: str
    basis: str
    severity: str
    route: str
    figures: list[OwnFigureOut]
    sql: str
    examples: str
    is_closed: bool
    last_run_at: datetime | None
    last_count: int
    last_error: str
    steps: list[OwnStepOut]


class OwnFindingOut(Schema):
    """What a version on trial found; only its owner gets any."""

    sentence: str
    division_code: str
    finding_kind: str
    finding_id: str
    found_at: datetime


class OwnTestVillageOut(Schema):
    """A village of a back-test: rows of it that were judged, and what would have been found."""

    division_code: str
    judged: int
    found: int


class OwnTestOut(Schema):
    """The newest back-test of the newest version over two years."""

    state: str
    asked_at: datetime
    asked_by_name: str
    finished_at: datetime | None
    error: str
    found: int | None
    judged: int | None
    villages: list[OwnTestVillageOut]


class OwnOut(Schema):
    """One model whole, the newest version first."""

    row: OwnRowOut
    versions: list[OwnVersionOut]
    findings: list[OwnFindingOut]
    test: OwnTestOut | None


@router.get("/own-models", response={200: list[OwnRowOut], **READ}, summary="自建规则")
def own_models(request: ApiRequest) -> object:
    """List the models that this officer wrote or may judge."""
    if not own_queries.may_look(request.auth):
        raise NotFound
    return own_queries.own_models(by=request.auth)


@router.get("/own-models/{code}", response={200: OwnOut, **READ}, summary="看一条自建规则")
def own_model(request: ApiRequest, code: Ident) -> object:
    """Show one model with its versions, their course, and what its trial found."""
    view = own_queries.own_model(by=request.auth, code=code)
    return {
        "row": view.row,
        "versions": [_version(one) for one in view.versions],
        "findings": view.findings,
        "test": _test(view.test) if view.test else None,
    }


def _test(one: own_queries.OwnTestView) -> dict[str, object]:
    result = one.result
    return {
        **asdict(one),
        "found": result.get("found"),
        "judged": result.get("judged"),
        "villages": [
            {"division_code": code, "judged": judged, "found": found}
            for code, judged, found in result.get("villages", [])
        ],
    }


def _version(one: own_queries.VersionView) -> dict[str, object]:
    said = asdict(one.said)
    columns = said.pop("columns") or {}
    return {
        **asdict(one),
        **said,
        "figures": [{"name": name, **column} for name, column in columns.items()],
    }
