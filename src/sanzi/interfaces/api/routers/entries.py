"""Steps with a form of their own: write down what was done, hang files on it, say it is done."""

from __future__ import annotations

from typing import Annotated, Any, BinaryIO, cast

from ninja import Field, File, Form, Router, Schema, Status, UploadedFile

from sanzi.evidence.actions import files
from sanzi.interfaces.api.answers import WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.cases import ActedOut
from sanzi.interfaces.api.routers.files import StoredOut
from sanzi.interfaces.api.shapes import Ident, LineNo, SecondFactor, Text
from sanzi.matters.actions import cases as actions
from sanzi.matters.actions import entries

router = Router(auth=OFFICER)

Rows = Annotated[list[dict[Ident, Text]], Field(max_length=2000)]


class EntryIn(Schema):
    """What was done, by the fields of the step; rows as lists. `is_last` ends the step."""

    form: dict[Ident, Text | Rows] = Field(default_factory=dict, max_length=60)
    is_last: bool = True


@router.post("/cases/{number}/record", response={200: ActedOut, **WRITE}, summary="记下办了什么")
def record(
    request: ApiRequest, number: Ident, body: EntryIn, second_factor: SecondFactor = None
) -> object:
    """Write down what was done in the open step, with the files hung on it; then go on."""
    form: dict[str, Any] = dict(body.form)
    return actions.record(
        number=number, by=request.auth, at=request.at, form=form, is_last=body.is_last
    )


@router.post("/cases/{number}/finish-step", response={200: ActedOut, **WRITE}, summary="这一步办完")
def finish(request: ApiRequest, number: Ident, second_factor: SecondFactor = None) -> object:
    """End a step that may be written down many times, without writing more."""
    return actions.finish(number=number, by=request.auth, at=request.at)


@router.post(
    "/cases/{number}/steps/{step_no}/evidence",
    response={201: StoredOut, **WRITE},
    summary="给这一步传材料",
)
def hang(
    request: ApiRequest,
    number: Ident,
    step_no: LineNo,
    kind: Form[Ident],
    file: File[UploadedFile],
) -> object:
    """Hang a photo or a paper on the open step; recording it carries the file to the entry."""
    subject_kind, subject_id = entries.step_subject(number, step_no)
    stored = files.store(
        by=request.auth,
        at=request.at,
        upload=files.Upload(name=file.name or "", kind=kind, content=cast("BinaryIO", file)),
        subject_kind=subject_kind,
        subject_id=subject_id,
    )
    return Status(201, stored)
