"""Cases: start, save as typed, submit, act, withdraw, look for, read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.repeats import once
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import (
    Digest,
    Empty,
    IdempotencyKey,
    Ident,
    LineNo,
    Page,
    PlaceOrAny,
    SecondFactor,
    Text,
    Window,
    Words,
)
from sanzi.matters import queries
from sanzi.matters.actions import cases as actions
from sanzi.supervision.actions import holds

router = Router(auth=OFFICER)

State = Literal[
    "", "DRAFT", "SUBMITTED", "APPROVED", "RETURNED", "REJECTED", "WITHDRAWN", "DISPATCHED",
    "PART_SETTLED", "SETTLED", "DONE", "BANK_RETURNED",
]  # fmt: skip


class StartIn(Schema):
    """Which matter, at which body."""

    matter: Ident = Field(description="事项代码，如 M10")
    organisation: Ident = Field(description="组织编号")
    source: Ident | None = Field(None, description="付哪一件的钱：已批准的办件号")


class StartedOut(Schema):
    """The number of the new draft."""

    number: str


class LineIn(Schema):
    """A payee line as typed; an account with `*` means the one kept before."""

    kind: Literal["person", "counterparty", "org"] = "person"
    payee_id: Words = ""
    name: Words = ""
    account: Words = ""
    id_no: Words = ""
    bank_code: Words = ""
    amount: Words = Field("", description="元，照写，如 286.50")
    note: Words = ""


class SaveIn(Schema):
    """Only what was typed now; `lines` replaces all payee lines, null leaves them."""

    form: dict[Ident, Text | list[dict[Ident, Text]]] = Field(default_factory=dict, max_length=60)
    lines: list[LineIn] | None = Field(None, max_length=2000)
    as_of: datetime | None = Field(None, description="看到的草稿是什么时候存的；之后存过就不收")


class ProblemOut(Schema):
    """What keeps a draft from being handed in."""

    key: str
    text: str


class VerdictOut(Schema):
    """What a model said."""

    model_code: str
    model_title: str
    severity: str
    finding_id: str
    line_no: int | None
    sentence: str
    what_to_do: str
    figures: list[tuple[str, str]]
    rule: str
    basis: list[str]
    is_released: bool


class CheckOut(Schema):
    """A run of the models at a gate."""

    gate: str
    at: datetime
    blocks: int
    holds: int
    warns: int
    verdicts: list[VerdictOut]


class SavedOut(Schema):
    """A draft after saving."""

    number: str
    state: str
    amount_fen: int
    tier: str
    problems: list[ProblemOut]
    check: CheckOut | None


class RepeatIn(Schema):
    """Which older case of the body; none means its last of this power that ended well."""

    like: Ident | None = Field(None, description="照哪一件填：同一单位、同一事项、办成了的办件号")


class RepeatedOut(Schema):
    """What was filled in; amounts are to be checked, what is left out is to be filled in anew."""

    number: str
    source: str
    fields: list[str]
    amounts: list[str]
    left_out: list[str]


class SubmittedOut(Schema):
    """A case after it was handed in."""

    number: str
    state: str
    tier: str
    next_step: str
    next_role: str
    check: CheckOut | None


class ActIn(Schema):
    """An opinion. `seen_digest` is the `content_digest` of the case as it was read."""

    verdict: Literal["approve", "return", "reject"]
    seen_digest: Digest = ""
    opinion: Text = ""
    reason_code: Words = ""
    line_no: LineNo = 0


class ActedOut(Schema):
    """Where a case stands after a step."""

    number: str
    state: str
    next_step: str
    next_role: str
    due_at: datetime | None


class LineNoIn(Schema):
    """Which open step: that of the case (0) or of one line."""

    line_no: LineNo = 0


class CorrectIn(Schema):
    """The corrected account of a line that came back, and who confirmed it."""

    line: LineIn
    confirmation: Text


class ReleaseHoldIn(Schema):
    """Which hold, and why it may go."""

    model_code: Ident
    finding_id: Ident
    reason: Text


class CaseRowOut(Schema):
    """A case in a list."""

    number: str
    title: str
    village: str
    amount_fen: int
    tier: str
    state: str
    state_text: str
    created_at: datetime


class CasesWanted(Window):
    """What the list is narrowed to."""

    text: Words = Field("", description="标题或编号里的字")
    state: State = ""
    division: PlaceOrAny = Field("", description="村区划代码")
    mine: bool = Field(default=False, description="只看我发起、还没办完的")


class StepRowOut(Schema):
    """A step that was, is or will be; `people` may do an open one."""

    no: int
    label: str
    key: str
    word: str
    role: str
    state: Literal["done", "returned", "rejected", "open", "waiting", "skipped"]
    line_no: int
    actor: str
    delegate_of: str
    acted_at: datetime | None
    due_at: datetime | None
    opinion: str
    reason: str
    people: list[str]
    is_added: bool


class TurnOut(Schema):
    """What this officer may do now; with an effect, use `/orders/{number}/{effect}`."""

    step_no: int
    word: str
    effect: str
    line_no: int
    due_at: datetime | None
    needs_code: bool


class FileOut(Schema):
    """A file on a case."""

    ext_id: str
    digest: str
    kind: str
    title: str
    media_type: str
    size_bytes: int
    preview_count: int
    uploaded_at: datetime


class DecisionOut(Schema):
    """The decision a case stands on."""

    ext_id: str
    title: str
    passed_at: datetime | None
    present_count: int | None
    agree_count: int | None


class EntryOut(Schema):
    """What was written down in a step."""

    step_no: int
    number: int
    word: str
    actor: str
    recorded_at: datetime
    form: dict[str, Any]
    files: list[FileOut]


class CaseOut(Schema):
    """A case whole; payee lines show the last four figures only."""

    case: CaseRowOut
    matter: str
    organisation: str
    organisation_ext_id: str
    round: int
    content_digest: str
    form: dict[str, Any]
    lines: list[dict[str, str]]
    chain: list[StepRowOut]
    files: list[FileOut]
    check: CheckOut | None
    decision: DecisionOut | None
    turn: TurnOut | None
    entries: list[EntryOut]
    saved_at: datetime | None
    is_starter: bool
    is_editable: bool


@router.post("/cases", response={201: StartedOut, **WRITE}, summary="办一件事")
def start(
    request: HttpRequest, body: StartIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Begin a draft. With an Idempotency-Key, a repeat gives the same number and starts nothing."""
    known: ApiRequest = request  # type: ignore[assignment]

    def act() -> StartedOut:
        number = actions.start(
            matter_code=body.matter,
            organisation_ext_id=body.organisation,
            by=known.auth,
            at=known.at,
            source=body.source or "",
        )
        return StartedOut(number=number)

    return once(known, idempotency_key, act, status=201)


@router.get("/cases", response={200: Page[CaseRowOut], **READ}, summary="查办件")
def search(
    request: ApiRequest,
    wanted: Query[CasesWanted],
) -> object:
    """List the cases of this officer's scope, newest first."""
    narrowed = queries.CaseFilter(
        text=wanted.text,
        state=wanted.state,
        division_code=wanted.division,
        is_mine=wanted.mine,
    )
    end = wanted.offset + wanted.limit
    first = wanted.offset // queries.PAGE_SIZE
    rows: list[queries.CaseLine] = []
    total = 0
    for number in range(first, (end - 1) // queries.PAGE_SIZE + 1):
        found = queries.search(by=request.auth, narrowed=narrowed, page=number + 1)
        total = found.total
        if number * queries.PAGE_SIZE >= total:
            break
        rows += found.cases
    start = wanted.offset - first * queries.PAGE_SIZE
    return {
        "items": rows[start : start + wanted.limit],
        "total": total,
        "next_offset": end if end < total else None,
    }


@router.get("/cases/{number}", response={200: CaseOut, **READ}, summary="看一件")
def get(request: ApiRequest, number: Ident) -> object:
    """Show a case whole: form, payees, papers, steps, checks, what may be done now."""
    view = queries.case_page(by=request.auth, number=number, at=request.at)
    names = CaseOut.model_fields.keys() - {"matter", "turn"}
    plain = {name: getattr(view, name) for name in names}
    return {**plain, "matter": view.matter.code, "turn": turn(view)}


def turn(view: queries.CasePage) -> TurnOut | None:
    """Return the open step that this officer may do."""
    for one in view.chain:
        if one.state == "open" and view.mine is not None and one.line_no == view.mine:
            step = view.matter.step(one.no)
            return TurnOut(
                step_no=one.no,
                word=one.word,
                effect=step.effect,
                line_no=one.line_no,
                due_at=one.due_at,
                needs_code=step.second_factor,
            )
    return None


@router.patch("/cases/{number}", response={200: SavedOut, **WRITE}, summary="存草稿")
def save(request: ApiRequest, number: Ident, body: SaveIn) -> object:
    """Keep what was typed, complete or not, and say what is missing and what the models find."""
    lines = None if body.lines is None else [one.model_dump() for one in body.lines]
    return actions.save(
        number=number,
        by=request.auth,
        at=request.at,
        form=body.form,
        lines=lines,
        as_of=body.as_of,
    )


@router.post("/cases/{number}/repeat", response={200: RepeatedOut, **WRITE}, summary="照上次填")
def repeat(request: ApiRequest, number: Ident, body: RepeatIn) -> object:
    """Fill the empty fields of a draft from an older case; nothing of that one changes."""
    return actions.repeat(number=number, by=request.auth, at=request.at, source=body.like or "")


@router.post("/cases/{number}/submit", response={200: SubmittedOut, **WRITE}, summary="提交")
def submit(request: ApiRequest, number: Ident) -> object:
    """Hand a complete draft to its approvers."""
    return actions.submit(number=number, by=request.auth, at=request.at)


@router.post("/cases/{number}/act", response={200: ActedOut, **WRITE}, summary="审批")
def act(
    request: ApiRequest, number: Ident, body: ActIn, second_factor: SecondFactor = None
) -> object:
    """Approve, return or reject the open step, having seen the present content."""
    return actions.act(
        number=number,
        by=request.auth,
        at=request.at,
        opinion=actions.Opinion(
            verdict=body.verdict,
            seen_digest=body.seen_digest,
            text=body.opinion,
            reason_code=body.reason_code,
        ),
        line_no=body.line_no,
    )


@router.post("/cases/{number}/pass-on", response={200: ActedOut, **WRITE}, summary="转给下一位")
def pass_on(request: ApiRequest, number: Ident, body: LineNoIn) -> object:
    """Hand an open step on, when all who hold it must stand aside."""
    return actions.pass_on(number=number, by=request.auth, at=request.at, line_no=body.line_no)


@router.post("/cases/{number}/withdraw", response={200: Empty, **WRITE}, summary="撤回")
def withdraw(request: ApiRequest, number: Ident) -> Empty:
    """Take a case back for good."""
    actions.withdraw(number=number, by=request.auth, at=request.at)
    return Empty()


@router.post(
    "/cases/{number}/lines/{line_no}/correct",
    response={200: Empty, **WRITE},
    summary="改银行退回的一行",
)
def correct(request: ApiRequest, number: Ident, line_no: LineNo, body: CorrectIn) -> Empty:
    """Correct the account of one line that the bank refused or gave back."""
    actions.correct_line(
        number=number,
        line_no=line_no,
        by=request.auth,
        at=request.at,
        line=body.line.model_dump(),
        confirmation=body.confirmation,
    )
    return Empty()


@router.post("/cases/{number}/release-hold", response={200: Empty, **WRITE}, summary="放行暂缓")
def release_hold(request: ApiRequest, number: Ident, body: ReleaseHoldIn) -> Empty:
    """Let a hold go, with a reason; only the named reviewer may."""
    holds.release_hold(
        case_number=number,
        model_code=body.model_code,
        finding_id=body.finding_id,
        reason=body.reason,
        by=request.auth,
        at=request.at,
    )
    return Empty()
