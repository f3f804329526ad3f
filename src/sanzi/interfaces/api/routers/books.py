"""The books: trial balance, one account's ledger, vouchers."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import AccountCode, Day, Ident, Month
from sanzi.ledger import queries

router = Router(auth=OFFICER)

PAGE_MAX = 100_000


class BookOut(Schema):
    """A book of one body."""

    ext_id: str
    org_ext_id: str
    organisation: str
    division_code: str
    standard_code: str
    standard_title: str
    first_period: str


class PeriodOut(Schema):
    """A month of a book."""

    period: str
    is_closed: bool


class ChartAccountOut(Schema):
    """An account of the chart."""

    code: str
    name: str


class BalanceRowOut(Schema):
    """One account of a trial balance; opening and closing are debit positive."""

    account: ChartAccountOut
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int


class TrialBalanceOut(Schema):
    """A month's trial balance; totals are (debit, credit)."""

    book: BookOut
    period: str
    is_closed: bool
    is_balanced: bool
    rows: list[BalanceRowOut]
    total_opening: tuple[int, int]
    total_movement: tuple[int, int]
    total_closing: tuple[int, int]


class LedgerWanted(Schema):
    """Which months of an account; pages count from 1."""

    first: Month = Field(description="从哪个月")
    last: Month = Field(description="到哪个月")
    page: int = Field(1, ge=1, le=PAGE_MAX)


class VouchersWanted(Schema):
    """Which month's vouchers; 50 on a page."""

    period: Month
    page: int = Field(1, ge=1, le=PAGE_MAX)


class LedgerRowOut(Schema):
    """One line with the balance after it, debit positive."""

    date: Day
    voucher_ext_id: str
    label: str
    summary: str
    account_code: str
    aux: str
    debit_fen: int
    credit_fen: int
    balance_fen: int


class LedgerOut(Schema):
    """One page of an account's ledger, 50 lines; pages count from 1."""

    book: BookOut
    account: ChartAccountOut
    first_period: str
    last_period: str
    opening_fen: int
    brought_forward_fen: int
    rows: list[LedgerRowOut]
    debit_fen: int
    credit_fen: int
    closing_fen: int
    page: int
    page_count: int


class VoucherRowOut(Schema):
    """A voucher in a list."""

    ext_id: str
    label: str
    date: Day
    summary: str
    total_fen: int
    origin: str
    is_red: bool


class LineOut(Schema):
    """One line of a voucher."""

    line_no: int
    summary: str
    account_code: str
    account_name: str
    debit_fen: int
    credit_fen: int
    aux_kind: str
    aux_id: str
    aux: str
    source_ref: str


class HistoryOut(Schema):
    """One event in the life of a voucher."""

    at: datetime
    kind: str
    actor: str


class VoucherOut(Schema):
    """A voucher whole."""

    ext_id: str
    book: BookOut
    period: str
    label: str
    date: Day
    summary: str
    origin: str
    rule: str
    source_kind: str
    source_id: str
    attachment_count: int
    total_fen: int
    maker: str
    reviewer: str
    posted_by: str
    posted_at: datetime
    reversal_of: str
    reversed_by: str
    hash: str
    lines: list[LineOut]
    history: list[HistoryOut]


@router.get("/books", response={200: list[BookOut], **READ}, summary="账套")
def books(request: ApiRequest) -> object:
    """List the books of this officer's scope."""
    return queries.books(by=request.auth)


@router.get("/books/{org}/periods", response={200: list[PeriodOut], **READ}, summary="账期")
def periods(request: ApiRequest, org: Ident) -> list[PeriodOut]:
    """List the months of a book, newest first."""
    found = queries.periods(by=request.auth, org_ext_id=org)
    return [PeriodOut(period=period, is_closed=closed) for period, closed in found]


@router.get(
    "/books/{org}/trial-balance/{period}",
    response={200: TrialBalanceOut, **READ},
    summary="试算平衡表",
)
def trial_balance(request: ApiRequest, org: Ident, period: Month) -> object:
    """Show the trial balance of a month."""
    return queries.trial_balance(by=request.auth, org_ext_id=org, period=period)


@router.get("/books/{org}/accounts/{code}", response={200: LedgerOut, **READ}, summary="明细账")
def account_ledger(
    request: ApiRequest,
    org: Ident,
    code: AccountCode,
    wanted: Query[LedgerWanted],
) -> object:
    """Show one page of an account's lines with the running balance."""
    return queries.account_ledger(
        by=request.auth,
        org_ext_id=org,
        account_code=code,
        first_period=wanted.first,
        last_period=wanted.last,
        page=wanted.page,
    )


@router.get("/books/{org}/vouchers", response={200: list[VoucherRowOut], **READ}, summary="凭证")
def vouchers(
    request: ApiRequest,
    org: Ident,
    wanted: Query[VouchersWanted],
) -> object:
    """List one page of a month's vouchers, by word and number."""
    return queries.vouchers(by=request.auth, org_ext_id=org, period=wanted.period, page=wanted.page)


@router.get("/vouchers/{ext_id}", response={200: VoucherOut, **READ}, summary="看一张凭证")
def voucher(request: ApiRequest, ext_id: Ident) -> object:
    """Show a voucher whole, with its history."""
    return queries.access_voucher(by=request.auth, ext_id=ext_id)
