"""Each step of the disposal of an alert, its dossier, and asking its model again."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from django.http import HttpResponse
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile

from sanzi.evidence.actions import files
from sanzi.interfaces.api.answers import WRITE, BadRequest
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day, Empty, Fen, Ident, Text, Words
from sanzi.orgs.errors import NotFound
from sanzi.supervision import trigger_rules
from sanzi.supervision.actions import alerts as actions
from sanzi.supervision.actions import handovers, limits, nightly
from sanzi.supervision.actions.papers import KINDS, SUBJECT
from sanzi.supervision.loop_rules import Feedback, SilenceFor

router = Router(auth=OFFICER)


class SaidIn(Schema):
    """Words: a question, an explanation, a reason."""

    text: Text


class RectifyIn(Schema):
    """What will be put right, how much, by when."""

    plan: Text
    amount_fen: Fen = 0
    finish_date: Day


class FeedBackIn(Schema):
    """What was found and done."""

    text: Text
    cause: Words = ""
    action: Words = ""
    rectifications: list[Ident] = []
    amount_involved_fen: Fen = 0
    money_back_fen: Fen = 0
    money_stopped_fen: Fen = 0
    circumstances: list[Ident] = Field(
        [], description="有没有这些情形：" + "、".join(trigger_rules.CIRCUMSTANCES)
    )
    person_count: int = Field(0, ge=0, le=trigger_rules.PEOPLE_MOST, description="一共几个人")


class ConcludeIn(Schema):
    """What the alert was."""

    conclusion: Ident
    text: Text
    scope: Ident = "facts"
    until_date: Day | None = Field(None, description="误报记到哪一天，最多一年")
    circumstances: list[Ident] = Field(
        [], description="属实的，有没有这些情形：" + "、".join(trigger_rules.CIRCUMSTANCES)
    )
    person_count: int = Field(0, ge=0, le=trigger_rules.PEOPLE_MOST, description="一共几个人")


class VerifyIn(Schema):
    """Whether the verifier agrees."""

    agrees: bool
    text: Text


class SnoozeIn(Schema):
    """Until when a warning waits, and why."""

    until: datetime = Field(description="带时区的时间，最多往后 30 天")
    text: Text


class ExtendIn(Schema):
    """How many work days more, and why."""

    days: int = Field(ge=1, le=60)
    text: Text


class SuspendIn(Schema):
    """Why and until when an alert rests."""

    ground: Ident
    until_date: Day
    text: Text


class HungOut(Schema):
    """A file hung on an alert."""

    ext_id: str
    digest: str
    media_type: str
    preview_count: int


class RecheckOut(Schema):
    """Whether the model still finds it."""

    is_still_found: bool


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
    found = Feedback(
        cause=body.cause,
        action=body.action,
        rectifications=tuple(body.rectifications),
        amount_involved_fen=body.amount_involved_fen,
        money_back_fen=body.money_back_fen,
        money_stopped_fen=body.money_stopped_fen,
        circumstances=tuple(body.circumstances),
        person_count=body.person_count,
    )
    actions.feed_back(ext_id=ext_id, text=body.text, found=found, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/conclude", response={200: Empty, **WRITE}, summary="定结论")
def conclude(request: ApiRequest, ext_id: Ident, body: ConcludeIn) -> Empty:
    """Say what the alert was."""
    actions.conclude(
        ext_id=ext_id,
        conclusion=body.conclusion,
        text=body.text,
        silence=SilenceFor(body.scope, body.until_date) if body.until_date else None,
        told=actions.Circumstances(tuple(body.circumstances), body.person_count),
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


@router.post("/alerts/{ext_id}/extend", response={200: Empty, **WRITE}, summary="延长")
def extend(request: ApiRequest, ext_id: Ident, body: ExtendIn) -> Empty:
    """Give more time, once."""
    limits.extend(ext_id=ext_id, days=body.days, reason=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/suspend", response={200: Empty, **WRITE}, summary="挂起")
def suspend(request: ApiRequest, ext_id: Ident, body: SuspendIn) -> Empty:
    """Let an alert rest until a day."""
    limits.suspend(
        ext_id=ext_id,
        ground=body.ground,
        until_date=body.until_date,
        reason=body.text,
        by=request.auth,
        at=request.at,
    )
    return Empty()


@router.post("/alerts/{ext_id}/resume", response={200: Empty, **WRITE}, summary="接着办")
def resume(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Go on with a suspended alert."""
    limits.resume(ext_id=ext_id, reason=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/hand-over", response={200: Empty, **WRITE}, summary="移交纪委")
def hand_over(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Hand an alert to the discipline office with its dossier."""
    handovers.hand_over(ext_id=ext_id, reason=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/accept", response={200: Empty, **WRITE}, summary="收下移交")
def accept(request: ApiRequest, ext_id: Ident) -> Empty:
    """Take in what was handed over."""
    handovers.accept(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/send-back", response={200: Empty, **WRITE}, summary="退回移交")
def send_back(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Send a hand-over back, once."""
    handovers.send_back(ext_id=ext_id, reason=body.text, by=request.auth, at=request.at)
    return Empty()


@router.post("/alerts/{ext_id}/recheck", response={200: RecheckOut, **WRITE}, summary="再查一遍")
def recheck(request: ApiRequest, ext_id: Ident) -> RecheckOut:
    """Ask the model of this alert again, now."""
    found = nightly.recheck(ext_id=ext_id, by=request.auth, at=request.at)
    return RecheckOut(is_still_found=found)


@router.post("/alerts/{ext_id}/files", response={200: HungOut, **WRITE}, summary="传材料")
def add_file(
    request: ApiRequest, ext_id: Ident, file: File[UploadedFile], kind: Form[Ident]
) -> object:
    """Hang a file on an alert: rectified, explained or found."""
    if kind not in KINDS:
        raise NotFound
    return files.store(
        by=request.auth,
        at=request.at,
        upload=files.Upload(
            name=file.name or "",
            kind=kind,
            content=cast("BinaryIO", file.file),
            may_be_invoice=False,
        ),
        subject_kind=SUBJECT,
        subject_id=ext_id,
    )


@router.post(
    "/alerts/{ext_id}/dossier",
    response=WRITE,
    summary="下载案卷",
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def dossier(request: ApiRequest, ext_id: Ident) -> HttpResponse:
    """Send the dossier of an alert as a PDF; the log keeps who took it."""
    _, made = handovers.dossier(ext_id=ext_id, by=request.auth, at=request.at)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{ext_id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
