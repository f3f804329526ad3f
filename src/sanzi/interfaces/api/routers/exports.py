"""Requests to take the data package out with plain personal columns: two persons, then the CLI."""

from __future__ import annotations

from ninja import Field, Router, Schema, Status

from sanzi.interfaces.api.answers import WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Empty, Ident, SecondFactor, Text, Words
from sanzi.orgs.actions import exports

router = Router(auth=OFFICER)


class ExportIn(Schema):
    """What for, for whom, and the key that alone opens the archive."""

    purpose: Text
    recipient: Words
    recipient_key: str = Field(
        description="接收方的 SM2 公钥，128 位十六进制", max_length=130, pattern=r"^[0-9A-Fa-f]*$"
    )


class RequestedOut(Schema):
    """The id of the request."""

    ext_id: str


class DecideIn(Schema):
    """Whether the second person agrees."""

    is_approved: bool


@router.post("/exports", response={201: RequestedOut, **WRITE}, summary="申请导出")
def request_export(request: ApiRequest, body: ExportIn) -> object:
    """Ask for the plain package."""
    ext_id = exports.request(
        purpose=body.purpose,
        recipient=body.recipient,
        recipient_key=body.recipient_key,
        by=request.auth,
        at=request.at,
    )
    return Status(201, {"ext_id": ext_id})


@router.post("/exports/{ext_id}/decide", response={200: Empty, **WRITE}, summary="批准导出")
def decide(
    request: ApiRequest, ext_id: Ident, body: DecideIn, second_factor: SecondFactor = None
) -> Empty:
    """Approve or decline as the second person; the archive is then written at the machine."""
    exports.decide(ext_id=ext_id, is_approved=body.is_approved, by=request.auth, at=request.at)
    return Empty()
