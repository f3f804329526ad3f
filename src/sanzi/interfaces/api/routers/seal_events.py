"""The door for records of seal machines. No user stands behind it: their maker's signature does."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router, Schema

from sanzi.interfaces.api.answers import OPEN
from sanzi.kernel import clock
from sanzi.registers.seals.actions import arrivals

router = Router()
Customer = Annotated[
    str, Header(alias="X-Seal-Customer", max_length=64, pattern=r"^[0-9A-Za-z_.-]+$")
]
Signature = Annotated[
    str, Header(alias="X-Seal-Signature", max_length=512, pattern=r"^[0-9A-Za-z+/=_-]+$")
]


class SealRecordsTaken(Schema):
    """What was taken; records that came before count as known."""

    new: int
    known: int


@router.post(
    "/seals/events",
    response={200: SealRecordsTaken, **OPEN},
    auth=None,
    summary="印控机传来的记录",
)
def take(request: HttpRequest, customer: Customer, signature: Signature) -> object:
    """Take signed records of machines: impressions with their pictures, alarms, going off line.

    `X-Seal-Customer` names us, `X-Seal-Signature` is SM2 over that name, a line feed and the body.
    A record may come late, twice and out of order. What the maker's platform did not sign is
    answered as an address that is not there.
    """
    taken = arrivals.take(
        raw=request.body,
        signature=signature,
        customer=customer,
        at=clock.now(),
    )
    return {"new": taken.new, "known": taken.known}
