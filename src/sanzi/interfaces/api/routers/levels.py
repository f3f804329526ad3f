"""Above the county over the API: how a city's counties stand, a panel compared, pairs of values."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import StringConstraints

from sanzi.inspection import queries as inspections
from sanzi.inspection.actions import leads
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.inspections import Code
from sanzi.interfaces.api.shapes import PRINTABLE, Fen, Ident, MadeOut, Page, Wanted, page
from sanzi.levels import queries
from sanzi.matching import queries as matching

router = Router(auth=OFFICER)


class StandingOut(Schema):
    """A county of the lake; `refusal` says why its newest publication was not taken."""

    county_code: str
    name: str
    site: str
    serial: int | None
    as_of: datetime | None
    rows: int
    village_count: int
    paid_fen: Fen
    refusal: str
    sentence: str


class ComparedOut(Schema):
    """One place of a panel; the trend is three months, and the three before."""

    code: str
    name: str
    value: int | None
    before: int | None
    latest: int | None
    is_far: bool


class ComparisonOut(Schema):
    """A panel over the places below: the middle, the half around it, all places."""

    panel: str
    middle: int | None
    low: int | None
    high: int | None
    places: list[ComparedOut]


class PairRowOut(Schema):
    """A row of this county behind a pair."""

    kind: str
    row_id: str
    division_code: str


class PairOut(Schema):
    """A value that two counties have: own rows, the other county's name, the number of the pair.

    `lead` is the lead that it opened, empty where the reader may not open it; null for none.
    """

    pair_id: str
    purpose: str
    period: str
    other_name: str
    matched_at: datetime
    rows: list[PairRowOut]
    lead: str | None


class PairLeadIn(Schema):
    """How both counties made sure of a pair, and what is told; the words are sealed."""

    how: Code
    ref: Annotated[str, StringConstraints(max_length=80, pattern=PRINTABLE)]
    words: Annotated[str, StringConstraints(max_length=1800, pattern=PRINTABLE)]


@router.get("/lake-counties", response={200: list[StandingOut], **READ}, summary="各县数据")
def counties(request: ApiRequest) -> object:
    """List the counties that a city or province reads, those that stand worst first."""
    return [
        {
            **{name: getattr(one, name) for name in (
                "county_code", "name", "site", "serial", "as_of", "rows", "village_count",
                "paid_fen", "sentence",
            )},
            "refusal": one.code,
        }
        for one in queries.standings(by=request.auth)
    ]  # fmt: skip


@router.get(
    "/lake-counties/{code}/{panel}", response={200: ComparisonOut, **READ}, summary="各处比一比"
)
def compare(request: ApiRequest, code: Ident, panel: Ident) -> object:
    """Compare one panel of the cockpit between the places below a city or a province."""
    found = queries.compare(by=request.auth, division_code=code, code=panel, at=request.at)
    return {
        "panel": panel,
        "middle": found.middle,
        "low": found.low,
        "high": found.high,
        "places": [
            {
                "code": one.place.code, "name": one.place.name, "value": one.value,
                "before": one.before, "latest": one.latest, "is_far": one.is_far,
            }
            for one in found.rows
        ],
    }  # fmt: skip


@router.get("/matches", response={200: Page[PairOut], **READ}, summary="跨县比对")
def matches(request: ApiRequest, window: Wanted) -> object:
    """List the pairs with rows in the scope of the county's discipline office."""
    return page(matching.pairs(by=request.auth), window, lambda one: _pair(request, one))


@router.post(
    "/matches/{purpose}/{period}/{pair_id}/leads",
    response={201: MadeOut, **WRITE},
    summary="从跨县比对立线索",
)
def open_lead(
    request: ApiRequest, purpose: Ident, period: Ident, pair_id: Ident, body: PairLeadIn
) -> object:
    """Open a sealed lead from a pair that both counties made sure of; a pair opens one."""
    made = leads.hand_from_pair(
        pair=f"{purpose}/{period}/{pair_id}", told=leads.Told(body.words),
        proof=leads.Confirmed(body.how, body.ref), by=request.auth, at=request.at,
    )  # fmt: skip
    return Status(201, MadeOut(ext_id=made))


def _pair(request: ApiRequest, one: Any) -> dict[str, Any]:
    [told] = matching.seen_all([one])
    return {
        "pair_id": told.pair_id, "purpose": told.purpose, "period": told.period,
        "other_name": told.other_name, "matched_at": told.matched_at,
        "rows": [
            {"kind": row.kind, "row_id": row.row_id, "division_code": row.division_code}
            for row in told.rows
        ],
        "lead": inspections.leads_of_pairs(request.auth, [told.key]).get(told.key),
    }  # fmt: skip
