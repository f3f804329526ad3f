"""What anybody may read: a village's months, its lines, one payment with its course. Masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from sanzi.disclosure import contracting_queries as contracting
from sanzi.disclosure import queries
from sanzi.interfaces.api.answers import OPEN
from sanzi.interfaces.api.shapes import Day, Ident, Month, Page, Place, Wanted, page
from sanzi.kernel import clock

router = Router(auth=None)


class VillageOut(Schema):
    """A village."""

    code: str
    name: str
    town_name: str
    population: int | None
    household_count: int | None
    latest_period: str = ""


class UseOut(Schema):
    """One use of money in a month."""

    word: str
    amount_fen: int
    share_percent: int


class MonthOut(Schema):
    """A village's month in figures and a sentence."""

    period: str
    sentence: str
    in_fen: int
    out_fen: int
    balance_fen: int | None
    in_count: int
    out_count: int
    uses: list[UseOut]
    previous: str
    following: str | None


class ItemOut(Schema):
    """One line of money in or out."""

    number: str
    day: Day
    title: str
    who: str
    amount_fen: int
    is_income: bool


class PublicPayeeOut(Schema):
    """One payee as the public sees him."""

    who: str
    account_tail: str
    amount_fen: int
    status: str
    paid_at: datetime | None


class CourseOut(Schema):
    """One step: the office that acted, the masked name, when."""

    role: str
    name: str
    acted_at: datetime | None
    opinion: str


class PublicPaymentOut(Schema):
    """One payment with everything that is public of it."""

    number: str
    village_code: str
    organisation: str
    title: str
    use: str
    who: str
    amount_fen: int
    paid_fen: int
    state: str
    submitted_at: datetime | None
    approved_at: datetime | None
    paid_at: datetime | None
    payees: list[PublicPayeeOut]
    course: list[CourseOut]
    evidence: list[tuple[str, str]]
    decision: str
    vouchers: list[tuple[str, str]]


@router.get("/villages", response={200: Page[VillageOut], **OPEN}, summary="各村")
def villages(request: HttpRequest, window: Wanted) -> object:
    """List all villages, town by town."""
    return page([one for _, rows in queries.villages() for one in rows], window)


@router.get("/villages/{code}", response={200: VillageOut, **OPEN}, summary="一个村")
def village(request: HttpRequest, code: Place) -> VillageOut:
    """Show a village and the last month with money in it."""
    found = queries.village(code)
    return VillageOut(
        **{name: getattr(found, name) for name in VillageOut.model_fields if hasattr(found, name)},
        latest_period=queries.latest_period(code, clock.today()),
    )


@router.get(
    "/villages/{code}/months/{period}", response={200: MonthOut, **OPEN}, summary="一个月的收支"
)
def month(request: HttpRequest, code: Place, period: Month) -> object:
    """Show a village's month."""
    queries.village(code)
    found = queries.month(code, period, clock.today())
    figures = found.figures
    return {
        "period": found.period,
        "sentence": found.sentence,
        "in_fen": figures.in_fen,
        "out_fen": figures.out_fen,
        "balance_fen": figures.balance_fen,
        "in_count": figures.in_count,
        "out_count": figures.out_count,
        "uses": found.uses,
        "previous": found.previous,
        "following": found.following,
    }


@router.get(
    "/villages/{code}/months/{period}/items",
    response={200: Page[ItemOut], **OPEN},
    summary="一个月的每一笔",
)
def items(request: HttpRequest, code: Place, period: Month, window: Wanted) -> object:
    """List every line of a month, newest first."""
    queries.village(code)
    return page(queries.items(code, period), window)


@router.get(
    "/villages/{code}/payments/{number}",
    response={200: PublicPaymentOut, **OPEN},
    summary="一笔付款的来龙去脉",
)
def payment(request: HttpRequest, code: Place, number: Ident) -> object:
    """Show one payment: masked payees, who approved when, evidence, vouchers."""
    queries.village(code)
    return queries.payment(code, number)


@router.get(
    "/villages/{code}/contracting/releases",
    response={200: dict[str, Any], **OPEN},
    summary="工程和采购的公开数据（OCDS）",
)
def contracting_releases(request: HttpRequest, code: Place) -> dict[str, Any]:
    """Tell what a village builds and buys as an OCDS 1.1.5 release package."""
    return contracting.releases(code, address=request.build_absolute_uri(), at=clock.now())


@router.get(
    "/villages/{code}/contracting/projects",
    response={200: dict[str, Any], **OPEN},
    summary="工程的公开数据（OC4IDS）",
)
def contracting_projects(request: HttpRequest, code: Place) -> dict[str, Any]:
    """Tell what a village builds as an OC4IDS project package."""
    return contracting.projects(code, address=request.build_absolute_uri(), at=clock.now())
