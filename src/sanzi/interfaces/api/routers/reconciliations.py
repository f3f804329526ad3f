"""Reconciliation: accounts of a month, open lines of both sides, matches, statements, checks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Day,
    Digest,
    Empty,
    IdempotencyKey,
    Ident,
    Month,
    Page,
    Text,
    Wanted,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.payments.actions import matching, reconciliations
from sanzi.payments.actions.matching import Chosen
from sanzi.payments.queries import reconciliations as queries
from sanzi.payments.queries import statement_checks

router = Router(auth=OFFICER)
BATCH_MAX, LINES_MAX, OUTSIDE_DAYS = 200, 2000, 92
LineKey = Annotated[int, Field(ge=1, le=2**62)]


class MonthWanted(Schema):
    """Which month, and which accounts of it."""

    period: Month
    text: Words = ""
    state: Words = ""


class AccountMonthOut(Schema):
    """Where the reconciliation of one account stands in a month."""

    account_ext_id: str
    account_words: str
    organisation: str
    organisation_ext_id: str
    division_code: str
    state: str
    state_label: str
    item_count: int
    adjusted_fen: int | None
    reconciliation: str
    digest: str
    prepared_by: str
    signed_by: str
    bank_answer: str


class OpenItemOut(Schema):
    """A line that one side has alone; amounts are positive, kind says which way."""

    kind: str
    kind_label: str
    booked_date: Day
    amount_fen: int
    reference: str
    text: str
    cause: str
    age_days: int
    voucher_line_id: int | None
    voucher_ext_id: str
    bank_line_ext_id: str


class MatchSuggestionOut(Schema):
    """A voucher line and a bank line that may belong together, and why."""

    book: int
    bank: str
    reason: str


class WorkbenchOut(Schema):
    """Both sides of an account at the end of a month, with what is open."""

    account_ext_id: str
    account_words: str
    organisation: str
    period: str
    missing: str
    book_fen: int
    bank_fen: int
    adjusted_book_fen: int
    adjusted_bank_fen: int
    difference_fen: int
    matched_count: int
    bank_count: int
    book: list[OpenItemOut]
    bank: list[OpenItemOut]
    suggestions: list[MatchSuggestionOut]
    statement: str


class MatchedOut(Schema):
    """What one run of the rules joined, by rule, and what is left open."""

    by_rule: dict[str, int]
    open_book: int
    open_bank: int


class ChosenIn(Schema):
    """Lines of both sides that belong together."""

    book: list[LineKey] = Field(default_factory=list, max_length=LINES_MAX)
    bank: list[Ident] = Field(default_factory=list, max_length=LINES_MAX)
    note: Words = ""


class MatchOut(Schema):
    """A match that was made."""

    ext_id: str


class MatchedGroupOut(Schema):
    """A live match with its lines in words."""

    ext_id: str
    rule: str
    rule_label: str
    made_at: datetime
    made_by: str
    note: str
    amount_fen: int
    book: list[str]
    bank: list[str]


class UndoIn(Schema):
    """Why a match is taken apart."""

    reason: Text


class PreparedOut(Schema):
    """A statement that was made; its digest is what is signed."""

    ext_id: str
    account_ext_id: str
    period: str
    adjusted_fen: int
    item_count: int
    digest: str


class PrepareManyIn(Schema):
    """Which accounts; at most 200. only_clean leaves those with items to a person."""

    accounts: list[Ident] = Field(min_length=1, max_length=BATCH_MAX)
    only_clean: bool = True


class PrepareResultOut(Schema):
    """What became of one account."""

    account_ext_id: str
    is_prepared: bool
    item_count: int
    code: str
    sentence: str


class BalanceStatementOut(Schema):
    """A balance reconciliation statement. Units: fen."""

    ext_id: str
    account_ext_id: str
    account_words: str
    organisation: str
    period: str
    state: str
    state_label: str
    book_fen: int
    bank_fen: int
    adjusted_fen: int
    items: list[OpenItemOut]
    digest: str
    is_history: bool
    prepared_by: str
    prepared_at: datetime
    signed_by: str
    signed_at: datetime | None
    bank_answer: str
    bank_problem: str
    bank_told_at: datetime | None


class SignIn(Schema):
    """The digest of what was seen."""

    digest: Digest


class CheckWanted(Schema):
    """Which account; empty for all of the scope."""

    account: Words = ""


class BankStatementCheckOut(Schema):
    """One thing about a bank statement, and what to do."""

    account_ext_id: str
    account_words: str
    organisation: str
    kind: str
    title: str
    day: Day
    text: str
    what_to_do: str
    since: datetime | None
    payments: list[str]


class OutsideOut(Schema):
    """A debit without a payment order or a card. Units: fen."""

    ext_id: str
    account_ext_id: str
    account_words: str
    organisation: str
    booked_at: datetime
    amount_fen: int
    peer_name: str
    memo: str
    channel: str


@router.get("/reconciliations", response={200: Page[AccountMonthOut], **READ}, summary="对账进度")
def month(request: ApiRequest, wanted: Query[MonthWanted], window: Wanted) -> object:
    """List the accounts of this officer's scope with where the month's reconciliation stands."""
    rows = queries.month(by=request.auth, period=wanted.period, text=wanted.text)
    return page([one for one in rows if wanted.state in ("", one.state)], window)


@router.post(
    "/reconciliations/{period}",
    response={200: list[PrepareResultOut], **WRITE},
    summary="批量编余额调节表",
)
def prepare_many(request: ApiRequest, period: Month, body: PrepareManyIn) -> object:
    """Prepare the statements of many accounts; each tells what became of it."""
    return reconciliations.prepare_many(
        accounts=body.accounts,
        period=period,
        by=request.auth,
        at=request.at,
        only_clean=body.only_clean,
    )


@router.get(
    "/bank-accounts/{account}/months/{period}",
    response={200: WorkbenchOut, **READ},
    summary="没对上的流水",
)
def workbench(request: ApiRequest, account: Ident, period: Month) -> object:
    """Show the open lines of both sides of an account at the end of a month."""
    found = queries.workbench(by=request.auth, account=account, period=period)
    sides = found.sides
    return {
        "account_ext_id": found.account_ext_id,
        "account_words": found.account_words,
        "organisation": found.organisation,
        "period": found.period,
        "missing": sides.missing,
        "book_fen": sides.book_fen,
        "bank_fen": sides.bank_fen,
        "adjusted_book_fen": sides.adjusted_book_fen,
        "adjusted_bank_fen": sides.adjusted_bank_fen,
        "difference_fen": sides.difference_fen,
        "matched_count": found.matched_count,
        "bank_count": found.bank_count,
        "book": list(found.book),
        "bank": list(found.bank),
        "suggestions": list(found.suggestions),
        "statement": found.statement,
    }


@router.get(
    "/bank-accounts/{account}/months/{period}/matches",
    response={200: Page[MatchedGroupOut], **READ},
    summary="已对上的流水",
)
def matches(request: ApiRequest, account: Ident, period: Month, window: Wanted) -> object:
    """List the live matches of an account with a line in the month."""
    return page(queries.matches(by=request.auth, account=account, period=period), window)


@router.post(
    "/bank-accounts/{account}/match", response={200: MatchedOut, **WRITE}, summary="按规则对账"
)
def run(request: ApiRequest, account: Ident) -> object:
    """Run the five rules over all open lines of an account."""
    return matching.match_account(account=account, by=request.auth, at=request.at)


@router.post(
    "/bank-accounts/{account}/matches", response={201: MatchOut, **WRITE}, summary="人工勾对"
)
def match(
    request: HttpRequest, account: Ident, body: ChosenIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Join lines by hand; the sums of both sides must agree."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MatchOut:
        ext_id = matching.match_by_hand(
            account=account,
            chosen=Chosen(tuple(body.book), tuple(body.bank)),
            by=known.auth,
            at=known.at,
            note=body.note,
        )
        return MatchOut(ext_id=ext_id)

    return once(known, idempotency_key, act, status=201)


@router.post("/matches/{ext_id}/undo", response={200: Empty, **WRITE}, summary="拆开勾对")
def undo(request: ApiRequest, ext_id: Ident, body: UndoIn) -> Empty:
    """Take a match apart; it stays, with who undid it and why."""
    matching.undo_match(match=ext_id, by=request.auth, at=request.at, reason=body.reason)
    return Empty()


@router.post(
    "/bank-accounts/{account}/months/{period}/statement",
    response={201: PreparedOut, **WRITE},
    summary="编余额调节表",
)
def prepare(request: ApiRequest, account: Ident, period: Month) -> object:
    """Prepare the balance reconciliation statement of an account and month."""
    made = reconciliations.prepare(account=account, period=period, by=request.auth, at=request.at)
    return Status(201, made)


@router.get(
    "/balance-statements/{ext_id}",
    response={200: BalanceStatementOut, **READ},
    summary="余额调节表",
)
def statement(request: ApiRequest, ext_id: Ident) -> object:
    """Show a balance reconciliation statement as it was made."""
    found = queries.statement(by=request.auth, ext_id=ext_id)
    named = {
        name: getattr(found, name)
        for name in BalanceStatementOut.model_fields
        if hasattr(found, name)
    }
    return {
        **named,
        "book_fen": found.sides.book_fen,
        "bank_fen": found.sides.bank_fen,
        "adjusted_fen": found.sides.adjusted_book_fen,
        "items": list(found.sides.items),
    }


@router.post(
    "/balance-statements/{ext_id}/sign", response={200: Empty, **WRITE}, summary="签余额调节表"
)
def sign(request: ApiRequest, ext_id: Ident, body: SignIn) -> Empty:
    """Sign a statement that another prepared; the digest says what was seen."""
    reconciliations.sign(reconciliation=ext_id, digest=body.digest, by=request.auth, at=request.at)
    return Empty()


@router.get(
    "/statement-checks", response={200: Page[BankStatementCheckOut], **READ}, summary="对账单检查"
)
def checks(request: ApiRequest, wanted: Query[CheckWanted], window: Wanted) -> object:
    """List what is wrong with bank statements in this officer's scope."""
    today = clock.local_date(request.at)
    return page(
        statement_checks.checks(by=request.auth, today=today, account=wanted.account), window
    )


@router.get(
    "/outside-payments", response={200: Page[OutsideOut], **READ}, summary="没有付款单的支出"
)
def outside(request: ApiRequest, window: Wanted) -> object:
    """List debits of the last three months without a payment order or a card."""
    since = clock.local_date(request.at) - timedelta(days=OUTSIDE_DAYS)
    return page(statement_checks.outside(by=request.auth, since=since), window)
