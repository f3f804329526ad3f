"""Indices over the API: places of a month, one score with its figures, objections and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Query, Router, Schema, Status

from sanzi.insight.actions import objections as actions
from sanzi.insight.indices import queries, rules
from sanzi.insight.indices.queries import ScorePage, ScoreRow
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Empty, Ident, Text

router = Router(auth=OFFICER)


class BoardWanted(Schema):
    """Which index, which month; the newest without one."""

    index: Ident = "integrity"
    period: Annotated[str, Field(pattern=r"^(|[0-9]{4}-[0-9]{2})$")] = ""


class FlagOut(Schema):
    """The flag of a village in a month; `decided_at` is null as long as it may be questioned."""

    ext_id: str
    flag: str
    reason: str
    place: int | None
    of: int
    running: int
    step: str
    decided_at: datetime | None
    done_at: datetime | None


class ScoreOut(Schema):
    """A score. Units: tenths of a point; null where there is too little data."""

    ext_id: str
    division_code: str
    role: str
    tenths: int | None
    before: int | None
    grade: str
    coverage_percent: int
    caps: list[str]
    version: str
    flag: FlagOut | None


class BoardOut(Schema):
    """The villages or towns of a month, the lowest first."""

    index: str
    version: str
    period: str
    periods: list[str]
    computed_at: datetime | None
    rows: list[ScoreOut]


class IndicatorOut(Schema):
    """One figure: sums of part and whole, its points, what the score would rise by at full."""

    code: str
    title: str
    unit: str
    of: str
    weight: int
    zero: int
    hundred: int
    part: int | None
    whole: int | None
    tenths: int | None
    gain_tenths: int


class IndexFieldOut(Schema):
    """A field with its weight, its points and its figures."""

    code: str
    title: str
    weight: int
    tenths: int | None
    indicators: list[IndicatorOut]


class ObjectionOut(Schema):
    """What was said against a figure, and the answer."""

    ext_id: str
    indicator: str
    words: str
    made_at: datetime
    due_at: datetime
    answer: str
    is_upheld: bool | None
    answered_at: datetime | None


class IndexMonthOut(Schema):
    """The points of one month and the version of the index that counted them."""

    period: str
    tenths: int | None
    version: str


class PenaltyOut(Schema):
    """What was taken off beside the fields: so many rows, so many tenths."""

    code: str
    title: str
    rows: int
    tenths: int


class ScorePageOut(ScoreOut):
    """One score whole."""

    period: str
    fields: list[IndexFieldOut]
    penalties: list[PenaltyOut]
    history: list[IndexMonthOut]
    posts: list[ScoreOut]
    objections: list[ObjectionOut]


class ObjectionIn(Schema):
    """Which figure, and what is wrong with it."""

    indicator: Ident
    words: Text


class AnswerIn(Schema):
    """Whether the objection holds, and why."""

    is_upheld: bool
    words: Text


class ObjectionMadeOut(Schema):
    """The objection that was made."""

    ext_id: str


@router.get("/indices", response={200: BoardOut, **READ}, summary="各村、各乡镇的指数")
def board(request: ApiRequest, wanted: Query[BoardWanted]) -> object:
    """List the villages, or towns, of this officer's scope in a month, the lowest first."""
    found = queries.board(by=request.auth, index_code=wanted.index, period=wanted.period)
    return {
        "index": found.index.code,
        "version": found.index.version,
        "period": found.period,
        "periods": found.periods,
        "computed_at": found.computed_at,
        "rows": [_row(one) for one in found.rows],
    }


@router.get("/indices/mine", response={200: list[ScoreOut], **READ}, summary="本人的分")
def mine(request: ApiRequest) -> object:
    """List the officer's own scores of the newest month, one for each post."""
    return [_row(one) for one in queries.mine(by=request.auth)]


@router.get("/indices/{ext_id}", response={200: ScorePageOut, **READ}, summary="一个分的来历")
def score(request: ApiRequest, ext_id: Ident) -> object:
    """Return one score with its figures; a look at another person's is written down."""
    found = queries.score_page(by=request.auth, ext_id=ext_id)
    actions.look(ext_id=ext_id, by=request.auth, at=request.at)
    return {
        **_row(found.row),
        "period": found.period,
        "fields": _fields(found),
        "penalties": [
            {
                "code": one.penalty.code,
                "title": one.penalty.title,
                "rows": one.row_count,
                "tenths": one.tenths,
            }
            for one in found.lost
        ],
        "history": found.history,
        "posts": [_row(one) for one in found.posts],
        "objections": found.objections,
    }


@router.post(
    "/indices/{ext_id}/objections",
    response={201: ObjectionMadeOut, **WRITE},
    summary="对一项提异议",
)
def object_to(request: ApiRequest, ext_id: Ident, body: ObjectionIn) -> Status[object]:
    """Question a figure of a score."""
    made = actions.make(
        ext_id=ext_id,
        indicator=body.indicator,
        words=body.words,
        by=request.auth,
        at=request.at,
    )
    return Status(201, {"ext_id": made})


@router.post(
    "/index-objections/{ext_id}/answer", response={200: Empty, **WRITE}, summary="答复异议"
)
def answer(request: ApiRequest, ext_id: Ident, body: AnswerIn) -> Empty:
    """Answer an objection, once."""
    actions.answer(
        ext_id=ext_id,
        words=body.words,
        is_upheld=body.is_upheld,
        by=request.auth,
        at=request.at,
    )
    return Empty()


def _row(one: ScoreRow) -> dict[str, object]:
    return {
        "ext_id": one.ext_id,
        "division_code": one.division_code,
        "role": one.role,
        "tenths": one.tenths,
        "before": one.before,
        "grade": one.grade,
        "coverage_percent": one.coverage_percent,
        "caps": one.caps,
        "version": one.version,
        "flag": one.flag,
    }


def _fields(found: ScorePage) -> list[dict[str, object]]:
    return [
        {
            "code": field.field.code,
            "title": field.field.title,
            "weight": field.field.weight,
            "tenths": field.tenths,
            "indicators": [
                {
                    "code": one.indicator.code,
                    "title": one.indicator.title,
                    "unit": one.indicator.unit,
                    "of": one.indicator.of,
                    "weight": one.indicator.weight,
                    "zero": one.indicator.zero,
                    "hundred": one.indicator.hundred,
                    "part": one.figure.part if one.figure else None,
                    "whole": one.figure.whole if one.figure else None,
                    "tenths": one.tenths,
                    "gain_tenths": rules.gain(found.fields, one.indicator.code),
                }
                for one in field.indicators
            ],
        }
        for field in found.fields
    ]
