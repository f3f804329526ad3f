"""The door for what banks send unasked. No user stands behind it: the bank's signature does."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from sanzi.interfaces.api.answers import OPEN, Refused
from sanzi.interfaces.api.shapes import Ident
from sanzi.kernel import clock
from sanzi.payments.actions import events

router = Router()


class BankEventTaken(Schema):
    """What was taken. The same message again brings nothing and is answered the same way."""

    events: int
    moved: int
    new_lines: int


@router.post(
    "/bank/{connection}/events",
    response={200: BankEventTaken, **OPEN, 503: Refused},
    auth=None,
    summary="银行推来的消息",
)
def take(request: HttpRequest, connection: Ident) -> object:
    """Take a signed message of a bank: the state of a message, or booked lines of an account.

    A message that the bank did not sign is answered as an address that is not there. When the
    database is in somebody's hands, nothing is taken, the answer is 503 with Retry-After, and the
    bank sends the same message again.
    """
    return events.take(
        connection=connection, raw=request.body, headers=dict(request.headers), at=clock.now()
    )
