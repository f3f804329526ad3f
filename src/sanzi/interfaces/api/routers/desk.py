"""What waits for me, who I am here, and the list of powers with the file of each matter."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day, Ident, Page, Wanted, Words, page
from sanzi.kernel import clock
from sanzi.matters import catalogue, queries
from sanzi.orgs import queries as orgs
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title

router = Router(auth=OFFICER)

TODO_MAX = 1000


class PostOut(Schema):
    """A post held today."""

    role_code: str
    role: str
    organisation: str = Field(description="组织编号")
    division_code: str
    start_date: Day
    end_date: Day | None


class MeOut(Schema):
    """The officer behind the request."""

    name: str
    person: str
    posts: list[PostOut]
    second_factor_at: datetime | None


class TodoOut(Schema):
    """A step that waits for this officer."""

    number: str
    title: str
    village: str
    step_word: str
    line_no: int
    amount_fen: int
    due_at: datetime | None
    is_overdue: bool
    for_person: str = Field(description="替谁办；自己的为空")


class PowerOut(Schema):
    """One line of the list of powers."""

    code: str
    title: str
    group: str
    is_active: bool
    starts: list[str] = Field(description="能发起的角色")


class PowersWanted(Schema):
    """Which powers are looked for."""

    text: Words = ""


class FieldOut(Schema):
    """One field of a form."""

    key: str
    label: str
    type: str
    required: bool
    help: str
    max_length: int | None
    options: dict[str, str] | None


class PaperOut(Schema):
    """A kind of evidence."""

    kind: str
    title: str
    required: bool


class StepOut(Schema):
    """One step of the chain."""

    no: int
    key: str
    label: str
    role: str
    kind: str
    word: str
    tiers: list[str]
    second_factor: bool


class BandOut(Schema):
    """One tier of amounts, in force today."""

    code: str
    from_fen: int
    title: str


class MatterOut(Schema):
    """A matter file: what to fill in, what to hang on, who decides."""

    code: str
    title: str
    version: str
    group: str
    promise: str
    starts: list[str]
    fields: list[FieldOut]
    papers: list[PaperOut]
    payees_max: int
    steps: list[StepOut]
    bands: list[BandOut]
    reasons: dict[str, str] = Field(description="退回和不同意的原因")


@router.get("/me", response={200: MeOut, **READ}, summary="我是谁，有哪些职务")
def me(request: ApiRequest) -> MeOut:
    """Tell who the token stands for."""
    by = request.auth
    return MeOut(
        name=by.name,
        person=by.person_ext_id,
        posts=[
            PostOut(
                role_code=one.role_code,
                role=role_title(one.role_code),
                organisation=one.org_ext_id,
                division_code=one.division_code,
                start_date=one.start_date,
                end_date=one.end_date,
            )
            for one in by.posts
        ],
        second_factor_at=by.second_factor_at,
    )


@router.get("/todo", response={200: Page[TodoOut], **READ}, summary="等我办的")
def todo(request: ApiRequest, window: Wanted) -> object:
    """List the steps that wait for this officer, the nearest limit first."""
    rows = queries.todo(by=request.auth, at=request.at, limit=TODO_MAX)
    return page(rows, window, _todo)


def _todo(one: queries.Todo) -> TodoOut:
    return TodoOut(
        number=one.case.number,
        title=one.case.title,
        village=one.case.village,
        step_word=one.word,
        line_no=one.line_no,
        amount_fen=one.case.amount_fen,
        due_at=one.due_at,
        is_overdue=one.is_overdue,
        for_person=one.for_name,
    )


@router.get("/powers", response={200: list[PowerOut], **READ}, summary="权力清单")
def powers(request: ApiRequest, wanted: Query[PowersWanted]) -> list[PowerOut]:
    """List the powers whose title or code holds the text."""
    return [
        PowerOut(
            code=one.code,
            title=one.title,
            group=one.group,
            is_active=catalogue.get(one.code) is not None,
            starts=list(matter.starts) if (matter := catalogue.get(one.code)) else [],
        )
        for one in catalogue.powers()
        if wanted.text in one.title or wanted.text.upper() in one.code
    ]


@router.get("/powers/{code}", response={200: MatterOut, **READ}, summary="一项权力怎么办")
def power(request: ApiRequest, code: Ident) -> MatterOut:
    """Show the matter file of a power: form, papers, chain, tiers."""
    matter = catalogue.get(code)
    if matter is None:
        raise NotFound
    today = clock.local_date(request.at)
    tables = [one for one in matter.tiers if one.valid_from_date <= today]
    return MatterOut(
        code=matter.code,
        title=matter.title,
        version=matter.version,
        group=matter.group,
        promise=matter.promise,
        starts=list(matter.starts),
        fields=[FieldOut.from_orm(one) for one in matter.fields],
        papers=[PaperOut.from_orm(one) for one in matter.evidence],
        payees_max=matter.payees.max_lines if matter.payees else 0,
        steps=[StepOut.from_orm(one) for one in matter.steps],
        bands=[BandOut.from_orm(one) for one in tables[-1].bands] if tables else [],
        reasons=dict(matter.reasons),
    )


class BodyOut(Schema):
    """A body of a village."""

    ext_id: str
    name: str
    kind: str
    division_code: str


@router.get("/bodies", response={200: list[BodyOut], **READ}, summary="我任职的地方有哪些组织")
def bodies(request: ApiRequest) -> list[BodyOut]:
    """List the bodies at the places of this officer's posts."""
    places = sorted({one.division_code for one in request.auth.posts})
    return [
        BodyOut(ext_id=one.ext_id, name=one.name, kind=one.kind, division_code=one.division_id)
        for place in places
        for one in orgs.organisations_of(place)
    ]
