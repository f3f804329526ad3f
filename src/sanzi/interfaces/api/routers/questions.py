"""Questions over the record: subjects, kept questions, and the answer of a form for who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema

from sanzi.insight.actions import questions as actions
from sanzi.insight.questions import forms, queries
from sanzi.insight.questions import kept as kept_questions
from sanzi.insight.questions.shapes import Answer, Group, Subject
from sanzi.interfaces.api.answers import READ, WRITE
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day, Ident
from sanzi.orgs.errors import NotFound

router = Router(auth=OFFICER)

Text = Annotated[str, Field(max_length=120)]


class NamedOut(Schema):
    """A piece of a subject: its code for forms, its name."""

    code: str
    title: str


class MeasureOut(NamedOut):
    """A figure; `of` is sum, count, distinct, mean or max."""

    unit: str
    of: str
    means: str


class SubjectOut(Schema):
    """What may be asked about, as far as this officer may."""

    code: str
    title: str
    means: str
    whens: list[NamedOut]
    measures: list[MeasureOut]
    dimensions: list[NamedOut]


class FormIn(Schema):
    """A question. Units: fen. `period` is `days` with `since` and `until`, or a named one."""

    subject: Text
    measures: Annotated[list[Text], Field(max_length=8)]
    by: Annotated[list[Text], Field(max_length=8)] = []
    bucket: Text = ""
    when: Text = ""
    period: Text = ""
    since: Day | None = None
    until: Day | None = None
    place: Text = ""
    body: Text = ""
    filters: dict[Text, list[Text]] = {}
    least_fen: Annotated[int, Field(ge=0, le=10**15)] | None = None
    most_fen: Annotated[int, Field(ge=0, le=10**15)] | None = None
    compare: Text = ""
    top: Annotated[int, Field(ge=0, le=5000)] = 0


class KeptOut(Schema):
    """A kept question; one in SQL has no form."""

    code: str
    title: str
    note: str
    form: dict[str, object] | None
    sql: str
    owner_name: str
    is_mine: bool
    is_shared: bool
    changed_at: datetime


class AnswerLineOut(Schema):
    """One line of an answer. Units: as the measures say; means of other than fen in tenths."""

    keys: list[str]
    titles: list[str]
    bucket: str
    values: list[int | None]
    before: list[int | None]
    rows: int


class AnswerOut(Schema):
    """An answer as the record stood at `as_of`, for the place that was asked from."""

    subject: str
    place: str
    as_of: datetime
    since: Day | None
    until: Day | None
    measures: list[MeasureOut]
    statement: str
    lines: list[AnswerLineOut]
    total: AnswerLineOut
    hidden: int


@router.get("/question-subjects", response={200: list[SubjectOut], **READ}, summary="能问什么")
def subjects(request: ApiRequest) -> object:
    """Return the subjects of this officer's posts."""
    desks = queries.desks(request.auth)
    if not desks:
        raise NotFound
    found = {one.code: one for desk in reversed(desks) for one in queries.offered(desk)}
    return [_subject(one) for one in sorted(found.values(), key=lambda one: one.order)]


@router.get("/questions", response={200: list[KeptOut], **READ}, summary="存下来的问题")
def kept(request: ApiRequest) -> object:
    """Return the questions that this officer kept, the newest first."""
    if not queries.may_ask(request.auth):
        raise NotFound
    found = kept_questions.listed(by=request.auth)
    return [_kept(kept_questions.view(request.auth, one)) for one in found]


@router.get("/questions/{code}", response={200: KeptOut, **READ}, summary="一个存下来的问题")
def one_kept(request: ApiRequest, code: Ident) -> object:
    """Return a question of this officer's own, or a shared one that he may ask."""
    found = kept_questions.access_question(by=request.auth, code=code)
    return _kept(kept_questions.view(request.auth, found))


@router.post("/question-answers", response={200: AnswerOut, **WRITE}, summary="问一次")
def ask(request: ApiRequest, body: FormIn) -> object:
    """Answer a form over the rows of this officer's scope; the log tells of it."""
    form = forms.from_dict(body.dict())
    return _answer(actions.ask(by=request.auth, form=form, at=request.at))


@router.post(
    "/questions/{code}/ask", response={200: AnswerOut, **WRITE}, summary="把存的问题再问一次"
)
def ask_again(request: ApiRequest, code: Ident) -> object:
    """Answer a kept form as the record stands now; one in SQL is asked in the office."""
    found = kept_questions.view(
        request.auth, kept_questions.access_question(by=request.auth, code=code)
    )
    if found.form is None:
        raise NotFound
    return _answer(
        actions.ask(
            by=request.auth, form=found.form, at=request.at, code=code, role_code=found.role_code
        )
    )


def _subject(one: Subject) -> dict[str, object]:
    return {
        "code": one.code,
        "title": one.title,
        "means": one.means,
        "whens": list(one.whens.values()),
        "measures": list(one.measures.values()),
        "dimensions": list(one.dimensions.values()),
    }


def _kept(one: kept_questions.Kept) -> dict[str, object]:
    form = None if one.form is None else forms.to_dict(one.form)
    return {
        "code": one.code,
        "title": one.title,
        "note": one.note,
        "form": form,
        "sql": one.sql,
        "owner_name": one.owner_name,
        "is_mine": one.is_mine,
        "is_shared": one.is_shared,
        "changed_at": one.changed_at,
    }


def _answer(one: Answer) -> dict[str, object]:
    return {
        "subject": one.subject.code,
        "place": one.place,
        "as_of": one.as_of,
        "since": one.window.since,
        "until": one.window.until,
        "measures": list(one.measures),
        "statement": one.statement.sql,
        "lines": [_line(group) for group in one.groups],
        "total": _line(one.total),
        "hidden": one.hidden,
    }


def _line(one: Group) -> dict[str, object]:
    return {
        "keys": one.keys,
        "titles": one.titles,
        "bucket": one.bucket,
        "values": one.values,
        "before": one.before,
        "rows": one.row_count,
    }
