"""Other weights of an index over the API: what holds, a trial, a wish, its decision."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Field, Query, Router, Schema, Status

from sanzi.insight.actions import changes as actions
from sanzi.insight.actions import flags
from sanzi.insight.indices import simulation, versions
from sanzi.insight.indices.simulation import Outcome
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day, Empty, Ident, Text

router = Router(auth=OFFICER)
Weight = Annotated[int, Field(ge=1, le=100)]
End = Annotated[int, Field(ge=0, le=10_000)]


class IndexEndsIn(Schema):
    """One indicator: its weight in its field, and where it gets nothing and all.

    Units: zero and hundred in thousandths for a share, else as counted.
    """

    weight: Weight
    zero: End
    hundred: End


class IndexSettingsIn(Schema):
    """All weights and ends of an index, by code."""

    fields_: Annotated[dict[str, Weight], Field(alias="fields", max_length=40)]
    indicators: Annotated[dict[str, IndexEndsIn], Field(max_length=200)]

    def plain(self) -> dict[str, Any]:
        """Return the settings as the room keeps them."""
        return {
            "fields": self.fields_,
            "indicators": {
                code: [one.weight, one.zero, one.hundred] for code, one in self.indicators.items()
            },
        }


class IndexSettingsWanted(Schema):
    """Which index."""

    index: Ident = "integrity"


class IndexChangeOut(Schema):
    """A change of an index; the version is empty until it is approved."""

    ext_id: str
    version: str
    valid_from_date: Day
    state: str
    reason: str
    source_ref: str
    made_by: str
    decided_by: str
    decided_reason: str
    changed: list[str]
    settings: dict[str, Any]


class IndexSettingsOut(Schema):
    """How an index is counted today, and the changes of it, the newest first."""

    index: str
    version: str
    settings: dict[str, Any]
    changes: list[IndexChangeOut]


class IndexTrialIn(Schema):
    """Which index, and how it would be counted."""

    index: Ident
    settings: IndexSettingsIn


class IndexOutcomeOut(Schema):
    """A place as a version counts it. Units: tenths of a point; its place in one's scope."""

    tenths: int | None
    grade: str
    place: int | None
    flag: str


class IndexTriedOut(Schema):
    """One village or town before and after."""

    division_code: str
    before: IndexOutcomeOut
    after: IndexOutcomeOut
    moved: int


class IndexTrialOut(Schema):
    """What other settings would do in the newest month; nothing of it is kept."""

    index: str
    period: str
    changed: list[str]
    rows: list[IndexTriedOut]


class IndexChangeIn(IndexTrialIn):
    """A wish to count an index otherwise from the first day of a month on."""

    valid_from_date: Day
    reason: Text
    source_ref: Text


class IndexChangeMadeOut(Schema):
    """The change that was asked for."""

    ext_id: str


class IndexDecisionIn(Schema):
    """Whether the change is approved, and why."""

    is_approved: bool
    reason: Text


class IndexDecidedOut(Schema):
    """The number of the new version, empty when it was refused."""

    version: str


class IndexFollowIn(Schema):
    """What was said and agreed."""

    words: Text


@router.get("/index-settings", response={200: IndexSettingsOut, **READ}, summary="指数怎么算")
def settings(request: ApiRequest, wanted: Query[IndexSettingsWanted]) -> object:
    """Return the weights and ends of an index as they hold today, and its changes."""
    index = simulation.access_index(by=request.auth, code=wanted.index, at=request.at)
    return {
        "index": index.code,
        "version": index.version,
        "settings": versions.settings_of(index),
        "changes": simulation.changes(by=request.auth, index=index),
    }


@router.post("/index-trials", response={200: IndexTrialOut, **WRITE}, summary="试算，什么都不存")
def try_out(request: ApiRequest, body: IndexTrialIn) -> object:
    """Return scores and ranks before and after; nothing is kept."""
    found = simulation.simulate(
        by=request.auth, code=body.index, settings=body.settings.plain(), at=request.at
    )
    return {
        "index": found.index.code,
        "period": found.period,
        "changed": found.changed,
        "rows": [
            {
                "division_code": one.division_code,
                "before": _outcome(one.before),
                "after": _outcome(one.after),
                "moved": one.moved,
            }
            for one in found.rows
        ],
    }


@router.post("/index-changes", response={201: IndexChangeMadeOut, **WRITE}, summary="提请新算法")
def propose(request: ApiRequest, body: IndexChangeIn) -> Status[object]:
    """Ask for another version of an index; another officer decides."""
    made = actions.propose(
        code=body.index,
        settings=body.settings.plain(),
        valid_from=body.valid_from_date,
        reason=body.reason,
        source_ref=body.source_ref,
        by=request.auth,
        at=request.at,
    )
    return Status(201, {"ext_id": made})


@router.post(
    "/index-changes/{ext_id}/decision", response={200: IndexDecidedOut, **WRITE}, summary="审新算法"
)
def decide(request: ApiRequest, ext_id: Ident, body: IndexDecisionIn) -> object:
    """Approve or refuse what another asked for."""
    version = actions.decide(
        ext_id=ext_id,
        is_approved=body.is_approved,
        reason=body.reason,
        by=request.auth,
        at=request.at,
    )
    return {"version": version}


@router.post(
    "/village-flags/{ext_id}/follow", response={200: Empty, **WRITE}, summary="黄旗办了记下来"
)
def follow(request: ApiRequest, ext_id: Ident, body: IndexFollowIn) -> Empty:
    """Note that the talk was held, or the village put on the county's list."""
    flags.follow(ext_id=ext_id, words=body.words, by=request.auth, at=request.at)
    return Empty()


def _outcome(one: Outcome) -> dict[str, object]:
    return {"tenths": one.tenths, "grade": one.grade, "place": one.place, "flag": one.flag}
