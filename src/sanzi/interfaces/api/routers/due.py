"""What villages must publish over the API: how each stands, one in full, what nobody can judge."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Router, Schema

from sanzi.disclosure import due_queries as queries
from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Page, Place, Wanted, page

router = Router(auth=OFFICER)


class DueCountsOut(Schema):
    """A village: how many of its pages stand how."""

    village_code: str
    village_name: str
    made: int
    late: int
    empty: int
    due: int
    missing: int
    held: int
    unjudged: int
    withdrawn: int


class DueItemOut(Schema):
    """A page that is due. `publication` is empty until it is public; `unjudged_at` else null."""

    village_code: str
    village_name: str
    item: str
    title: str
    state: Literal["made", "late", "empty", "due", "missing", "held", "unjudged", "withdrawn"]
    due_at: datetime | None
    published_at: datetime | None
    unjudged_at: datetime | None
    publication: str


@router.get(
    "/publishing-duties", response={200: Page[DueCountsOut], **READ}, summary="各村该公布的"
)
def villages(request: ApiRequest, window: Wanted) -> object:
    """List the villages in scope of which anything is due, by code."""
    found = queries.villages(by=request.auth, at=request.at)
    return page(found, window, lambda one: {
        "village_code": one.code, "village_name": one.name, **one.counts,
    })  # fmt: skip


@router.get(
    "/publishing-duties/unjudged",
    response={200: Page[DueItemOut], **READ},
    summary="没能检查、压着没公布的",
)
def unjudged(request: ApiRequest, window: Wanted) -> object:
    """List what the models could not judge for an hour, the longest waiting first.

    They stand on the desk of the township's office and the county's; nobody else has any.
    """
    return page(queries.unjudged_for(by=request.auth, at=request.at), window, _item)


@router.get(
    "/publishing-duties/{place}", response={200: Page[DueItemOut], **READ}, summary="一个村该公布的"
)
def of_village(request: ApiRequest, place: Place, window: Wanted) -> object:
    """List what one village has to publish: what is kept back first, then by the last day."""
    found = queries.of_village(by=request.auth, code=place, at=request.at)
    return page(found, window, _item)


def _item(one: queries.DueItem) -> dict[str, Any]:
    names = (
        "village_code", "village_name", "title", "state", "due_at", "published_at", "unjudged_at",
    )  # fmt: skip
    return {
        **{name: getattr(one, name) for name in names},
        "item": one.item.code, "publication": one.ext_id,
    }  # fmt: skip
