"""Fiscal money over the API: grants and their way down, township projects, prices, rates of pay.

What there is stands in the registers `funds`, `transfers`, `town-projects` and `prices`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Empty,
    Fen,
    IdempotencyKey,
    Ident,
    MadeOut,
    Place,
    PlaceOrAny,
    Words,
)
from sanzi.payments.actions.funds import FundFields
from sanzi.registers.funds.actions import grants, prices, projects
from sanzi.registers.labour.actions import standards

router = Router(auth=OFFICER)

FundCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,40}$")]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,24}$")]
Subjects = Annotated[str, StringConstraints(max_length=200, pattern=r"^[0-9 ]*$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]*$")]
OptionalIdent = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_.:-]*$")
]  # fmt: skip


class FundIn(Schema):
    """A fund as its document grants it; `organisation` is the body that will use it."""

    code: FundCode
    organisation: Ident
    name: Title
    source_level: Literal["central", "province", "city", "county", "town", "village"]
    amount_fen: Fen
    granted_date: Day
    subjects: Subjects = ""
    use_by_date: Day | None = None


class TransferIn(Schema):
    """A part of a fund for a town; without a village it stays there."""

    town: Place
    village: PlaceOrAny = ""
    amount_fen: Fen
    issued_date: Day
    project: OptionalIdent = ""


class CameIn(Schema):
    """The local day on which money came."""

    day: Day


class PassedIn(Schema):
    """What went on to the village, and on which local day."""

    amount_fen: Fen
    day: Day


class TownProjectIn(Schema):
    """A township project as it is begun."""

    town: Place
    name: Title
    budget_fen: Fen
    start_date: Day
    end_date: Day


class TownProgressIn(Schema):
    """How a township project stands."""

    progress_percent: Annotated[int, Field(ge=0, le=100)]
    paid_fen: Fen
    payable_fen: Fen = 0
    payable_due_date: Day | None = None
    end_date: Day


class PriceIn(Schema):
    """A reference price for one unit from a day on."""

    item_code: ItemCode
    name: Words
    unit: Words
    price_fen: Fen
    division_code: Place
    valid_from_date: Day
    density_max_per_mu: Annotated[int, Field(ge=1, le=100_000)] | None = None


class RateIn(Schema):
    """A rate of pay for a day of eight hours or a piece, from a day on."""

    code: ItemCode
    title: Words
    division_code: Place
    value_fen: Fen
    unit: Literal["day", "piece"]
    valid_from_date: Day
    source_ref: Title


@router.post("/funds", response={201: MadeOut, **WRITE}, summary="登记一笔资金")
def enter_fund(request: ApiRequest, body: FundIn) -> object:
    """Enter a fund that was granted; its code is its id."""
    fields = FundFields(**body.dict())
    made = grants.enter_fund(fields=fields, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


@router.post("/funds/{code}/receive", response={200: Empty, **WRITE}, summary="资金到账")
def receive_fund(request: ApiRequest, code: FundCode, body: CameIn) -> Empty:
    """Note when a fund came that nobody allocates further."""
    grants.receive_fund(code=code, day=body.day, by=request.auth, at=request.at)
    return Empty()


@router.post("/funds/{code}/transfers", response={201: MadeOut, **WRITE}, summary="下达到镇")
def allocate(
    request: HttpRequest, code: FundCode, body: TransferIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Allocate a part of a fund to a town, for one of its villages or for itself."""
    fields = grants.TransferFields(fund=code, **body.dict())
    return _make_once(
        request,
        idempotency_key,
        lambda known: grants.allocate(fields=fields, by=known.auth, at=known.at),
    )


@router.post("/transfers/{ext_id}/receive", response={200: Empty, **WRITE}, summary="镇里收到资金")
def receive(request: ApiRequest, ext_id: Ident, body: CameIn) -> Empty:
    """Note when an allocation came to the town."""
    grants.receive(transfer=ext_id, day=body.day, by=request.auth, at=request.at)
    return Empty()


@router.post("/transfers/{ext_id}/pass-on", response={200: Empty, **WRITE}, summary="拨到村")
def pass_on(
    request: HttpRequest, ext_id: Ident, body: PassedIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Note what was passed on to the village; in parts, never above what came."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> Empty:
        grants.pass_on(transfer=ext_id, **body.dict(), by=known.auth, at=known.at)
        return Empty()

    return once(known, idempotency_key, act, status=200)


@router.post("/town-projects", response={201: MadeOut, **WRITE}, summary="立乡镇项目")
def start_project(
    request: HttpRequest, body: TownProjectIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Start a township project; its code is given and stands in the register."""
    fields = projects.ProjectFields(**body.dict())
    return _make_once(
        request,
        idempotency_key,
        lambda known: projects.start(fields=fields, by=known.auth, at=known.at),
    )


@router.post(
    "/town-projects/{ext_id}/progress", response={200: Empty, **WRITE}, summary="更新乡镇项目"
)
def update_project(request: ApiRequest, ext_id: Ident, body: TownProgressIn) -> Empty:
    """Tell how a township project stands: what is done, paid and owed."""
    told = projects.Progress(**body.dict())
    projects.update(project=ext_id, progress=told, by=request.auth, at=request.at)
    return Empty()


@router.post("/prices", response={201: MadeOut, **WRITE}, summary="定参考价")
def set_price(request: ApiRequest, body: PriceIn) -> object:
    """Add a price from a day on; the one before it ends the day before."""
    price = prices.Price(**body.dict())
    made = prices.set_price(price=price, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


@router.post("/rates", response={201: MadeOut, **WRITE}, summary="定用工单价")
def set_rate(request: ApiRequest, body: RateIn) -> object:
    """Add a rate of pay from a day on; the one before it ends the day before."""
    rate = standards.Rate(**body.dict())
    made = standards.set_rate(rate=rate, by=request.auth, at=request.at)
    return Status(201, MadeOut(ext_id=made))


def _make_once(
    request: HttpRequest, key: str | None, make: Callable[[ApiRequest], str]
) -> HttpResponse:
    """Answer with the id of what is made; the same key makes it once."""
    known: ApiRequest = request  # type: ignore[assignment]
    return once(known, key, lambda: MadeOut(ext_id=make(known)), status=201)
