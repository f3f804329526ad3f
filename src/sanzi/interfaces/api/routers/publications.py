"""Publications over the API: how one stands, and taking it off the web."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema
from pydantic import StringConstraints

from sanzi.disclosure import publication_queries as queries
from sanzi.disclosure.actions import withdrawing
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import PRINTABLE, Empty, Ident

router = Router(auth=OFFICER)


class PublicationOut(Schema):
    """A publication; `leaks` are kinds of numbers that stand in it in full. Units: fen, days."""

    ext_id: str
    village_code: str
    item: str
    period: str
    title: str
    total_fen: int | None
    content_sm3: str
    leaks: list[str]
    due_at: datetime | None
    min_days: int
    published_at: datetime
    unpublished_at: datetime | None
    withdrawn_reason: str
    newer: str = Field(description="换它的新一份，没有换过的为空")


class WithdrawIn(Schema):
    """Why it is taken off the web; stands in public."""

    reason: Annotated[
        str, StringConstraints(max_length=withdrawing.REASON_MOST, pattern=PRINTABLE)
    ]  # fmt: skip


@router.get("/publications/{ext_id}", response={200: PublicationOut, **READ}, summary="公布的一份")
def publication(request: ApiRequest, ext_id: Ident) -> PublicationOut:
    """Return one publication of the scope, standing or not; its words are on the portal."""
    one = queries.access_publication(by=request.auth, ext_id=ext_id)
    newer = getattr(one, "replaced_by", None)
    return PublicationOut(
        ext_id=one.ext_id,
        village_code=one.division_id,
        item=one.item_code,
        period=one.period,
        title=one.title,
        total_fen=one.total_fen,
        content_sm3=one.content_digest,
        leaks=one.leaks.split(),
        due_at=one.due_at,
        min_days=one.min_days,
        published_at=one.published_at,
        unpublished_at=one.unpublished_at,
        withdrawn_reason=one.withdrawn_reason,
        newer=newer.ext_id if newer else "",
    )


@router.post(
    "/publications/{ext_id}/withdraw", response={200: Empty, **WRITE}, summary="从网上撤下一份"
)
def withdraw(request: ApiRequest, ext_id: Ident, body: WithdrawIn) -> Empty:
    """Take a publication off the web for good; the reason stands on the bulletin."""
    withdrawing.withdraw(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()
