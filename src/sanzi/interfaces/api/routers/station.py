"""The station over the API: reports to look at, what was seen on the spot, what was put right."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.inspection.actions import leads
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day, Ident, MadeOut, Place, Text, Words
from sanzi.kernel import clock
from sanzi.voice import promise_rules
from sanzi.voice import station_queries as queries
from sanzi.voice.actions import promising
from sanzi.voice.actions import stations as actions

router = Router(auth=OFFICER)

Doer = Annotated[
    str, StringConstraints(max_length=60, pattern=r"^(person|office):[0-9A-Za-z_.-]+$")
]
Standing = Literal["visit", "rectify", "rectified", "seen", "over"]


class ReportOut(Schema):
    """A report in the list of the station; nothing of who wrote."""

    ext_id: str
    kind: str
    village: str
    standing: Standing
    received_at: datetime
    due_at: datetime


class ReportStepOut(Schema):
    """One step of a report: what happened, in which office, what was found, the words."""

    at: datetime
    action: str
    office: str
    found: str
    words: str
    photo: str


class ReportPageOut(ReportOut):
    """A report as it was written, with its steps."""

    words: str
    place: str
    photo_count: int
    steps: list[ReportStepOut]


class StationMemberOut(Schema):
    """Somebody of a station, and when he signed the promise in force."""

    name: str
    role_code: str
    division_code: str
    signed_at: datetime | None


class PromiseOut(Schema):
    """The promise in force, and who signed it."""

    valid_from_date: Day
    source_ref: str
    sentences: list[str]
    members: list[StationMemberOut]


class PromiseIn(Schema):
    """For which village it is signed."""

    village: Place


class VisitLeadIn(Schema):
    """A lead that grew from a visit; the words are sealed."""

    words: Text
    named: Annotated[list[Ident], Field(max_length=10)] = []


class VisitIn(Schema):
    """What was seen on the spot; degrees only if the phone was asked."""

    finding: Literal["REAL", "PARTLY", "NOT_SEEN"]
    words: Text
    place: Words = ""
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lng: Annotated[float, Field(ge=-180, le=180)] | None = None


class PutRightIn(Schema):
    """What was put right: by whom, on which local day."""

    doer: Doer
    done_date: Day
    words: Text


@router.get("/station/promise", response={200: PromiseOut, **READ}, summary="监察联络员的承诺")
def promise(request: ApiRequest) -> object:
    """Give the promise in force, with who of the actor's stations signed it and when."""
    members = queries.station_of(by=request.auth, at=request.at)
    text = promise_rules.text_on(clock.local_date(request.at))
    return {
        "valid_from_date": text.valid_from_date,
        "source_ref": text.source_ref,
        "sentences": list(text.sentences),
        "members": members,
    }


@router.post("/station/promise", response={201: MadeOut, **WRITE}, summary="签承诺")
def sign(request: ApiRequest, body: PromiseIn) -> object:
    """Sign the promise for a village."""
    made = promising.sign(village=body.village, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


@router.post(
    "/station/visits/{ext_id}/lead", response={201: MadeOut, **WRITE}, summary="核实后移交线索"
)
def hand(request: ApiRequest, ext_id: Ident, body: VisitLeadIn) -> object:
    """Hand what a visit made likely to the discipline office."""
    told = leads.Told(body.words, "", body.named)
    made = leads.hand_from_visit(visit=ext_id, told=told, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


@router.get("/station/reports", response={200: list[ReportOut], **READ}, summary="站里要看的事")
def reports(request: ApiRequest, standing: Standing | None = None) -> object:
    """List the reports that the station may look at, the earliest due first."""
    found = queries.reports(by=request.auth)
    return [_row(one, stand) for one, stand in found if standing in (None, stand)]


def _row(one: Any, stand: str) -> dict[str, object]:
    return {
        "ext_id": one.ext_id,
        "kind": one.kind,
        "village": one.division_code,
        "standing": stand,
        "received_at": one.received_at,
        "due_at": one.due_at,
    }


@router.get(
    "/station/reports/{ext_id}", response={200: ReportPageOut, **READ}, summary="站里看一件事"
)
def report(request: ApiRequest, ext_id: Ident) -> object:
    """Give one report as it was written."""
    found = queries.report(by=request.auth, ext_id=ext_id)
    opened = found.opened
    steps = [
        {
            "at": one.at,
            "action": one.action,
            "office": one.office,
            "found": one.found,
            "words": one.words,
            "photo": one.photo_ext_id,
        }
        for one in opened.turns
    ]
    return {
        **_row(opened.complaint, found.standing),
        "words": opened.words,
        "place": opened.place,
        "photo_count": opened.photo_count,
        "steps": steps,
    }


@router.post(
    "/station/reports/{ext_id}/visits", response={201: MadeOut, **WRITE}, summary="当场核实"
)
def visit(
    request: ApiRequest, ext_id: Ident, body: Form[VisitIn], file: File[UploadedFile]
) -> object:
    """Write down what was seen on the spot, with a photo."""
    made = actions.visit(
        ext_id=ext_id,
        seen=actions.Seen(**body.dict()),
        shot=_shot(file),
        by=request.auth,
        at=request.at,
    )
    return Status(201, MadeOut(ext_id=made))


@router.post(
    "/station/reports/{ext_id}/rectifications",
    response={201: MadeOut, **WRITE},
    summary="记来信的整改",
)
def put_right(
    request: ApiRequest, ext_id: Ident, body: Form[PutRightIn], file: File[UploadedFile]
) -> object:
    """Record what was put right, with a photo."""
    made = actions.put_right(
        ext_id=ext_id,
        done=actions.Done(**body.dict()),
        shot=_shot(file),
        by=request.auth,
        at=request.at,
    )
    return Status(201, MadeOut(ext_id=made))


def _shot(file: UploadedFile) -> actions.Shot:
    return actions.Shot(file.name or "", file.read(SIZE_MAX_BYTES + 1))
