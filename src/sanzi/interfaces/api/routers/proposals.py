"""What a county may change, and vouchers by hand: drawn up by one, decided by another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    AccountCode,
    Day,
    Empty,
    Fen,
    IdempotencyKey,
    Ident,
    MadeOut,
    Page,
    Place,
    Text,
    Wanted,
    Words,
    page,
)
from sanzi.kernel import clock
from sanzi.kernel.money import MAX_FEN
from sanzi.ledger.actions import adjustments, cash_policies, corrections, entry_versions
from sanzi.ledger.actions import charts as chart_actions
from sanzi.ledger.queries import drafts, entries, proposals
from sanzi.ledger.rules import Line
from sanzi.orgs.errors import NotFound

router = Router(auth=OFFICER)
Signed = Annotated[int, Field(ge=-MAX_FEN, le=MAX_FEN)]
Aux = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_.:-]*$")]
LINES_MAX = 400


class ChartRowOut(Schema):
    """An account of a chart."""

    code: str
    name: str
    account_class: str
    side: str
    is_official: bool
    is_leaf: bool
    requires: list[str]


class AdditionOut(Schema):
    """An account of the county; state is waiting, approved or refused."""

    ext_id: str
    code: str
    name: str
    requires: list[str]
    state: str
    made_by: str
    made_at: datetime
    approved_by: str
    approved_at: datetime | None
    refused_reason: str
    first_date: Day


class ChartOut(Schema):
    """A chart as it is in force today, and what the county added or wants to add."""

    standard_code: str
    standard_title: str
    accounts: list[ChartRowOut]
    additions: list[AdditionOut]


class AdditionIn(Schema):
    """An account to add; class and side at the first level only."""

    code: AccountCode
    name: Words
    valid_from_date: Day
    requires: list[Ident] = Field(default_factory=list, max_length=5)
    account_class: Words = ""
    side: Words = ""


class RuleRowOut(Schema):
    """A template in force today."""

    rule_code: str
    title: str
    event: str
    version: str
    is_shipped: bool
    waiting: int


class VersionOut(Schema):
    """One version of a template; state is shipped, waiting, approved or refused."""

    ext_id: str
    version: str
    state: str
    made_by: str
    approved_by: str
    approved_on: Day | None
    refused_reason: str
    reason: str
    first_date: Day | None
    last_date: Day | None
    used: int
    text: str


class RuleOut(Schema):
    """A template with all its versions."""

    standard_code: str
    rule_code: str
    title: str
    event: str
    kinds: list[str]
    basis: str
    versions: list[VersionOut]


class VersionIn(Schema):
    """A version of a template, as a row of `entries.yaml` without who approved it."""

    content: dict[str, Any]
    reason: Text
    valid_from_date: Day


class PolicyOut(Schema):
    """A cash policy of a place; state is waiting, approved or refused. Units: fen."""

    ext_id: str
    division_code: str
    place: str
    policy: str
    limit_fen: int
    reason: str
    state: str
    first_date: Day
    last_date: Day | None


class PolicyIn(Schema):
    """What a place shall be allowed of cash."""

    division_code: Place
    policy: Literal["NONE", "LIMITED", "FREE"]
    reason: Text
    valid_from_date: Day
    valid_until_date: Day | None = None
    limit_fen: Fen = 0


class DecisionIn(Schema):
    """Approve, or refuse with the reason."""

    is_approved: bool
    reason: Text = ""


class HandLineIn(Schema):
    """One line; red amounts are negative and stay on their side. Units: fen."""

    account_code: AccountCode
    debit_fen: Signed = 0
    credit_fen: Signed = 0
    summary: Text = ""
    aux_kind: Aux = ""
    aux_id: Aux = ""


class HandVoucherIn(Schema):
    """A voucher by hand."""

    summary: Words
    date: Day
    lines: list[HandLineIn] = Field(max_length=LINES_MAX)


class CorrectionIn(Schema):
    """How a posted voucher is put right.

    red: struck out, and booked again with `lines` when there are any; amounts: one voucher for
    the difference to `amounts_fen`; prior_year: `lines` in this year.
    """

    how: Literal["red", "amounts", "prior_year"]
    date: Day
    lines: list[HandLineIn] = Field(default_factory=list, max_length=LINES_MAX)
    amounts_fen: list[Signed] = Field(default_factory=list, max_length=LINES_MAX)


class WaitingDraftOut(Schema):
    """A voucher that waits for its reviewer."""

    ext_id: str
    organisation: str
    org_ext_id: str
    corrects_ext_id: str
    maker: str
    made_at: datetime
    returned_reason: str


class ReviewIn(Schema):
    """Post it, or give it back with the reason."""

    is_posted: bool
    reason: Text = ""


class PostedOut(Schema):
    """The vouchers that a draft became; none when it was given back."""

    ext_ids: list[str]
    labels: list[str]


@router.get("/charts/{standard}", response={200: ChartOut, **READ}, summary="会计科目")
def chart(request: ApiRequest, standard: Ident) -> object:
    """Show the chart of a standard and what the county added."""
    today = clock.local_date(request.at)
    return proposals.chart_page(by=request.auth, standard_code=standard, on=today)


@router.post("/charts/{standard}/additions", response={201: MadeOut, **WRITE}, summary="提一个科目")
def add_account(
    request: HttpRequest, standard: Ident, body: AdditionIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Propose an account below an official one."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MadeOut:
        account = chart_actions.NewAccount(standard_code=standard, **body.model_dump())
        made = chart_actions.propose_account(account=account, by=known.auth, at=known.at)
        return MadeOut(ext_id=made)

    return once(known, idempotency_key, act, status=201)


@router.get("/charts/{standard}/rules", response={200: list[RuleRowOut], **READ}, summary="规则")
def rules(request: ApiRequest, standard: Ident) -> object:
    """List the templates in force today."""
    today = clock.local_date(request.at)
    return entries.rules_of(by=request.auth, standard_code=standard, on=today)


@router.get("/charts/{standard}/rules/{rule}", response={200: RuleOut, **READ}, summary="看规则")
def rule(request: ApiRequest, standard: Ident, rule: Ident) -> object:
    """Show a template with every version, who made and approved it, and how often it was used."""
    return entries.rule_page(by=request.auth, standard_code=standard, rule_code=rule)


@router.post("/charts/{standard}/rules", response={201: MadeOut, **WRITE}, summary="提一版规则")
def add_version(
    request: HttpRequest, standard: Ident, body: VersionIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Propose a version of a template."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MadeOut:
        made = entry_versions.propose_version(
            standard_code=standard, by=known.auth, at=known.at, **body.model_dump()
        )
        return MadeOut(ext_id=made)

    return once(known, idempotency_key, act, status=201)


@router.get("/cash-policies", response={200: list[PolicyOut], **READ}, summary="现金规定")
def policies(request: ApiRequest) -> object:
    """List what places are allowed of cash."""
    return proposals.policies(by=request.auth)


@router.post("/cash-policies", response={201: MadeOut, **WRITE}, summary="提一条现金规定")
def add_policy(
    request: HttpRequest, body: PolicyIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Propose what a place is allowed of cash."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MadeOut:
        policy = cash_policies.NewPolicy(**body.model_dump())
        made = cash_policies.propose_policy(policy=policy, by=known.auth, at=known.at)
        return MadeOut(ext_id=made)

    return once(known, idempotency_key, act, status=201)


@router.post("/proposals/{kind}/{ext_id}", response={200: Empty, **WRITE}, summary="核准或不同意")
def decide(request: ApiRequest, kind: Ident, ext_id: Ident, body: DecisionIn) -> Empty:
    """Approve or refuse a proposal; kind is account, rule or cash."""
    who: dict[str, Any] = {"ext_id": ext_id, "by": request.auth, "at": request.at}
    approve, refuse = {
        "account": (chart_actions.approve_account, chart_actions.refuse_account),
        "rule": (entry_versions.approve_version, entry_versions.refuse_version),
        "cash": (cash_policies.approve_policy, cash_policies.refuse_policy),
    }.get(kind, (None, None))
    if approve is None or refuse is None:
        raise NotFound
    if body.is_approved:
        approve(**who)
    else:
        refuse(reason=body.reason, **who)
    return Empty()


@router.get("/drafts", response={200: Page[WaitingDraftOut], **READ}, summary="等审核的凭证")
def waiting(request: ApiRequest, window: Wanted) -> object:
    """List vouchers by hand that wait for their reviewer, oldest first."""
    return page(drafts.waiting(by=request.auth), window)


@router.post("/books/{org}/drafts", response={201: MadeOut, **WRITE}, summary="填凭证")
def fill(
    request: HttpRequest, org: Ident, body: HandVoucherIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Draw up a voucher by hand; another person reviews and posts it."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> MadeOut:
        made = corrections.draft_voucher(
            book_org_ext_id=org,
            lines=_lines(body.lines),
            summary=body.summary,
            date=body.date,
            by=known.auth,
            at=known.at,
        )
        return MadeOut(ext_id=made.ext_id)

    return once(known, idempotency_key, act, status=201)


@router.post("/vouchers/{ext_id}/corrections", response={201: MadeOut, **WRITE}, summary="更正凭证")
def correct(
    request: HttpRequest, ext_id: Ident, body: CorrectionIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Draw up the correction of a posted voucher; another person reviews and posts it."""
    known: ApiRequest = request  # type: ignore[assignment]
    given: dict[str, Any] = {
        "voucher_ext_id": ext_id,
        "date": body.date,
        "by": known.auth,
        "at": known.at,
    }

    def act() -> MadeOut:
        if body.how == "amounts":
            made = adjustments.draft_adjustment(amounts_fen=body.amounts_fen, **given)
        elif body.how == "prior_year":
            made = adjustments.draft_prior_year(lines=_lines(body.lines), **given)
        else:
            made = corrections.draft_correction(lines=_lines(body.lines) or None, **given)
        return MadeOut(ext_id=made.ext_id)

    return once(known, idempotency_key, act, status=201)


@router.post("/drafts/{ext_id}/review", response={200: PostedOut, **WRITE}, summary="审核凭证")
def review(request: ApiRequest, ext_id: Ident, body: ReviewIn) -> PostedOut:
    """Review a draft: post it, or give it back with the reason."""
    if not body.is_posted:
        corrections.return_draft(
            draft_ext_id=ext_id, reason=body.reason, by=request.auth, at=request.at
        )
        return PostedOut(ext_ids=[], labels=[])
    posted = corrections.review_and_post(draft_ext_id=ext_id, by=request.auth, at=request.at)
    return PostedOut(ext_ids=[one.ext_id for one in posted], labels=[one.label for one in posted])


def _lines(given: list[HandLineIn]) -> list[Line]:
    return [Line(**one.model_dump()) for one in given]
