"""Questions that were kept: whose they are, who may open one by its link, a list to search.

A link gives the question, never its answer: who opens it asks from his own desk. Who has no desk
that holds every piece of it gets what he would get for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db.models import Q, QuerySet

from sanzi.insight.models import Question
from sanzi.insight.questions import catalogue, errors, forms, queries
from sanzi.insight.questions import sql as question_sql
from sanzi.insight.questions.catalogue import SubjectBroken
from sanzi.insight.questions.shapes import Form
from sanzi.kernel import yamls
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import own_rights
from sanzi.supervision.own_rights import Desk

READY: Final = catalogue.FOLDER / "ready"


@dataclass(frozen=True)
class Kept:
    """A question as it was kept; `form` is None for a statement."""

    code: str
    title: str
    note: str
    form: Form | None
    sql: str
    owner_name: str
    role_code: str
    division_code: str
    is_mine: bool
    is_shared: bool
    changed_at: datetime


@dataclass(frozen=True)
class Ready:
    """A question that the house ships."""

    code: str
    title: str
    note: str
    form: Form


@cache
def ready() -> tuple[Ready, ...]:
    """Return the questions that are shipped, in the order of their files. Raises: SubjectBroken."""
    return tuple(_ready(path) for path in sorted(READY.glob("*.yaml")))


def _ready(path: Path) -> Ready:
    try:
        given: Mapping[str, Any] = yamls.read(path)
        form = forms.from_dict(given["form"])
        subject = catalogue.subjects()[form.subject]
        when = form.when or next(iter(subject.whens))
        question_sql.check_form(subject, replace(form, when=when))
        return Ready(path.stem, given["title"], given["note"], form)
    except (KeyError, TypeError, yaml.YAMLError, errors.FormWrong) as error:
        raise SubjectBroken(f"{path.stem}: {error}") from error


def ready_for(by: Actor) -> list[Ready]:
    """Return the shipped questions that an officer may ask."""
    return [one for one in ready() if _may_ask(by, one.form)]


def _may_ask(by: Actor, form: Form) -> bool:
    try:
        queries.seat(by, form)
    except NotFound:
        return False
    return True


def listed(*, by: Actor, words: str = "") -> QuerySet[Question]:
    """Return the questions of an officer, the newest first, those with these words in them."""
    mine = Question.objects.filter(owner_id=by.user_id or 0)
    if words.strip():
        mine = mine.filter(Q(title__icontains=words.strip()) | Q(note__icontains=words.strip()))
    return mine.order_by("-changed_at", "-id")


def access_question(*, by: Actor, code: str) -> Question:
    """Return a question of the officer's own, or a shared one that he may ask. Raises: NotFound."""
    found = Question.objects.filter(code=code).first()
    if found is None or not queries.may_ask(by):
        raise NotFound
    if found.owner_id != by.user_id and not found.is_shared:
        raise NotFound
    if found.sql:
        desk_for(by, found)
    else:
        queries.seat(by, forms.from_dict(found.form))
    return found


def access_mine(*, by: Actor, code: str) -> Question:
    """Return a question of the officer's own. Raises: NotFound."""
    found = Question.objects.filter(code=code, owner_id=by.user_id or 0).first()
    if found is None or not queries.may_ask(by):
        raise NotFound
    return found


def desk_for(by: Actor, question: Question) -> Desk:
    """Return the desk from which an officer may run a statement: it holds all that it reads.

    Raises: NotFound.
    """
    reads = {(str(table), str(column)) for table, column in question.reads}
    found = [
        one
        for one in own_rights.desks(by, queries.ASK_SQL)
        if reads <= own_rights.columns_of(one.view)
    ]
    found.sort(key=lambda one: one.role_code != question.role_code)
    if not found:
        raise NotFound
    return found[0]


def view(by: Actor, found: Question) -> Kept:
    """Return a question as this officer sees it."""
    return Kept(
        code=found.code,
        title=found.title,
        note=found.note,
        form=None if found.sql else forms.from_dict(found.form),
        sql=found.sql,
        owner_name=found.owner_name,
        role_code=found.role_code,
        division_code=found.division_code,
        is_mine=found.owner_id == by.user_id,
        is_shared=found.is_shared,
        changed_at=found.changed_at,
    )
