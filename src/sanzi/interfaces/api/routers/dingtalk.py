"""The door for events that DingTalk sends. Its signature stands behind it, no user."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from sanzi.interfaces.api.answers import OPEN
from sanzi.kernel import clock
from sanzi.notices import outbox
from sanzi.notices.channels.dingtalk_events import NotFromDingTalk, Sealed
from sanzi.orgs.actions import bindings
from sanzi.orgs.errors import NotFound

router = Router()
Short = Annotated[str, Field(max_length=80)]


class DingTalkMessage(Schema):
    """A sealed message."""

    encrypt: Annotated[str, Field(max_length=64 * 1024)]


class DingTalkAnswer(Schema):
    """The sealed word that the message was taken."""

    msg_signature: str
    timeStamp: str  # noqa: N815 - the provider's name
    nonce: str
    encrypt: str


@router.post(
    "/dingtalk/events",
    response={200: DingTalkAnswer, **OPEN},
    auth=None,
    summary="钉钉推来的事件",
)
def take(
    request: HttpRequest,
    body: DingTalkMessage,
    signature: Short,
    timestamp: Short,
    nonce: Short,
) -> object:
    """Take an event of DingTalk: who leaves the organisation loses his binding.

    A message that DingTalk did not sign for this app is answered as an address that is not there.
    """
    envelope = outbox.wire.dingtalk_events
    if envelope is None:
        raise NotFound
    try:
        event = envelope.open(Sealed(signature, timestamp, nonce, body.encrypt))
    except NotFromDingTalk as problem:
        raise NotFound from problem
    if event.get("EventType") == "user_leave_org":
        left = [str(one) for one in event.get("UserId") or []]
        bindings.end_by_address(provider="dingtalk", addresses=left, at=clock.now())
    return envelope.seal("success", timestamp, nonce)
