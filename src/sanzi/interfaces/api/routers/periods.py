"""Periods: the agency's desk, closing a month or many, opening again, the year's end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema, Status

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.books import BookOut
from sanzi.interfaces.api.shapes import (
    AccountCode,
    Day,
    Empty,
    Fen,
    Ident,
    MadeOut,
    Month,
    Page,
    Text,
    Wanted,
    WhyNotIn,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.ledger.actions import (
    batches,
    closing,
    distribution,
    reopening,
    year_end,
)
from sanzi.ledger.actions.distribution import Decision, Given
from sanzi.ledger.queries import desk as desks
from sanzi.ledger.queries import year_end as ends

router = Router(auth=OFFICER)
BATCH_MAX = 200
Year = Annotated[int, Field(ge=2000, le=2100)]


class HindranceOut(Schema):
    """One kind of thing that is not done."""

    title: str
    count: int
    link_kind: str
    ids: list[str]


class DeskRowOut(Schema):
    """One book in a month; income and spending without closing vouchers."""

    book: BookOut
    village: str
    state: str
    voucher_count: int
    draft_count: int
    hindrances: list[HindranceOut]
    last_closed: str
    is_reopening_asked: bool
    income_fen: int
    spending_fen: int
    income_before_fen: int
    spending_before_fen: int


class DeskWanted(Schema):
    """Which month, and what narrows the desk."""

    period: Month
    text: Words = ""
    state: Words = ""
    sort: Words = "place"


class MonthEndOut(Schema):
    """Where the close of a month stands."""

    book: BookOut
    period: str
    is_over: bool
    is_closed: bool
    closed_by: str
    closed_at: datetime | None
    hindrances: list[HindranceOut]
    reopening_ext_id: str
    reopening_reason: str


class CloseIn(Schema):
    """How to close: with_plans books recurring entries first."""

    with_plans: bool = False


class ClosedOut(Schema):
    """A month as it was closed."""

    book_ext_id: str
    org_ext_id: str
    organisation: str
    period: str
    closed_at: datetime


class CloseManyIn(Schema):
    """Which books; at most 200."""

    orgs: list[Ident] = Field(min_length=1, max_length=BATCH_MAX)
    with_plans: bool = False


class CloseResultOut(Schema):
    """What became of one book."""

    org_ext_id: str
    organisation: str
    is_closed: bool
    code: str
    sentence: str
    hindrances: list[HindranceOut]


class ReopenIn(Schema):
    """Which month to open again, and why."""

    period: Month
    reason: Text


class TransferOut(Schema):
    """One transfer of a year's end; amount 0: nothing to do."""

    key: str
    title: str
    amount_fen: int


class YearEndOut(Schema):
    """Where a year's end stands."""

    book: BookOut
    year: int
    is_closed: bool
    open_periods: list[str]
    hindrances: list[HindranceOut]
    pending_fen: int
    steps: list[TransferOut]
    net_fen: int
    brought_fen: int
    total_fen: int
    left_fen: int
    reserve_permille: int


class VoucherMadeOut(Schema):
    """A closing voucher."""

    ext_id: str
    label: str
    total_fen: int


class ClosedYearOut(Schema):
    """A year as it was closed."""

    org_ext_id: str
    year: int
    vouchers: list[VoucherMadeOut]


class GivenIn(Schema):
    """One amount of a decision."""

    key: Ident
    account_code: AccountCode
    amount_fen: Fen
    aux_kind: Words = ""
    aux_id: Words = ""


class DistributionIn(Schema):
    """What the members decided about a year."""

    decision: Words
    date: Day
    given: list[GivenIn] = Field(default_factory=list, max_length=5000)
    cover_fen: Fen = 0
    cover_account: Words = ""


class ReviewManyIn(Schema):
    """Which drafts; at most 200."""

    drafts: list[Ident] = Field(min_length=1, max_length=BATCH_MAX)


class ReviewResultOut(Schema):
    """What became of one draft."""

    draft_ext_id: str
    is_posted: bool
    labels: list[str]
    code: str
    sentence: str


@router.get("/desk", response={200: Page[DeskRowOut], **READ}, summary="代理记账")
def desk(request: ApiRequest, wanted: Query[DeskWanted], window: Wanted) -> object:
    """List the books of this officer's scope in a month, with what is missing where."""
    only = desks.DeskFilter(text=wanted.text, state=wanted.state, sort=wanted.sort)
    found = desks.desk(
        by=request.auth, period=wanted.period, on=clock.local_date(request.at), only=only
    )
    return page(found.rows, window)


@router.get(
    "/books/{org}/month-ends/{period}", response={200: MonthEndOut, **READ}, summary="结账核对"
)
def month_end(request: ApiRequest, org: Ident, period: Month) -> object:
    """Show what stands in the way of closing a month."""
    return desks.month_end(
        by=request.auth, org_ext_id=org, period=period, on=clock.local_date(request.at)
    )


@router.post("/books/{org}/month-ends/{period}", response={201: ClosedOut, **WRITE}, summary="结账")
def close(request: ApiRequest, org: Ident, period: Month, body: CloseIn) -> object:
    """Close a month of a book; refused with the whole list of what is not done."""
    done = closing.close_month(
        org_ext_id=org,
        period=period,
        by=request.auth,
        at=request.at,
        with_plans=body.with_plans,
    )
    return Status(201, done)


@router.post(
    "/month-ends/{period}", response={200: list[CloseResultOut], **WRITE}, summary="批量结账"
)
def close_many(request: ApiRequest, period: Month, body: CloseManyIn) -> object:
    """Close a month of many books; each tells what became of it, none stops the others."""
    return closing.close_many(
        org_ext_ids=body.orgs,
        period=period,
        by=request.auth,
        at=request.at,
        with_plans=body.with_plans,
    )


@router.post("/books/{org}/reopenings", response={201: MadeOut, **WRITE}, summary="申请反结账")
def ask_reopen(request: ApiRequest, org: Ident, body: ReopenIn) -> object:
    """Ask to open the last closed month again."""
    ext_id = reopening.ask_reopen(
        org_ext_id=org,
        period=body.period,
        reason=body.reason,
        by=request.auth,
        at=request.at,
    )
    return Status(201, MadeOut(ext_id=ext_id))


@router.post("/reopenings/{ext_id}/grant", response={200: Empty, **WRITE}, summary="批准反结账")
def grant_reopen(request: ApiRequest, ext_id: Ident) -> Empty:
    """Grant another's wish; the month opens."""
    reopening.grant_reopen(ext_id=ext_id, by=request.auth, at=request.at)
    return Empty()


@router.post("/reopenings/{ext_id}/refuse", response={200: Empty, **WRITE}, summary="不批反结账")
def refuse_reopen(request: ApiRequest, ext_id: Ident, body: WhyNotIn) -> Empty:
    """Refuse another's wish; the month stays closed."""
    reopening.refuse_reopen(ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at)
    return Empty()


@router.get(
    "/books/{org}/year-ends/{year}", response={200: YearEndOut, **READ}, summary="年终结转情况"
)
def year(request: ApiRequest, org: Ident, year: Year) -> object:
    """Show the transfers of a year's end with their amounts, and what may be distributed."""
    found = ends.year_end(
        by=request.auth, org_ext_id=org, year=year, on=clock.local_date(request.at)
    )
    there = found.distributable
    return {
        "book": found.book,
        "year": found.year,
        "is_closed": found.is_closed,
        "open_periods": list(found.open_periods),
        "hindrances": list(found.hindrances),
        "pending_fen": found.pending_fen,
        "steps": [_step(one) for one in found.steps],
        "net_fen": there.net_fen,
        "brought_fen": there.brought_fen,
        "total_fen": there.total_fen,
        "left_fen": there.left_fen,
        "reserve_permille": found.reserve_permille,
    }


def _step(one: Any) -> dict[str, object]:
    return {"key": one.key, "title": one.title, "amount_fen": one.amount_fen}


@router.post(
    "/books/{org}/year-ends/{year}", response={201: ClosedYearOut, **WRITE}, summary="年终结转"
)
def close_year(request: ApiRequest, org: Ident, year: Year) -> object:
    """Transfer what the year earned and spent, and close its December."""
    done = year_end.close_year(org_ext_id=org, year=year, by=request.auth, at=request.at)
    return Status(201, done)


@router.post(
    "/books/{org}/year-ends/{year}/distribution",
    response={201: MadeOut, **WRITE},
    summary="收益分配",
)
def distribute(request: ApiRequest, org: Ident, year: Year, body: DistributionIn) -> object:
    """Draw up the distribution of a year's income by decision; a reviewer posts it."""
    made = distribution.distribute(
        org_ext_id=org,
        year=year,
        decision=Decision(
            number=body.decision,
            given=tuple(Given(**one.model_dump()) for one in body.given),
            cover_fen=body.cover_fen,
            cover_account=body.cover_account,
        ),
        date=body.date,
        by=request.auth,
        at=request.at,
    )
    return Status(201, MadeOut(ext_id=made.ext_id))


@router.post("/drafts/review", response={200: list[ReviewResultOut], **WRITE}, summary="批量审核")
def review_many(request: ApiRequest, body: ReviewManyIn) -> object:
    """Review and post drafts; each tells what became of it, none stops the others."""
    return batches.review_many(draft_ext_ids=body.drafts, by=request.auth, at=request.at)
