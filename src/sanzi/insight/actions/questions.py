"""Asking, and keeping what was asked: each run leaves who, what and how many rows in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.insight.models import Question
from sanzi.insight.questions import catalogue, errors, forms, queries
from sanzi.insight.questions import kept as kept_questions
from sanzi.insight.questions.shapes import Answer, Form
from sanzi.kernel import digest, ids
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import sandbox
from sanzi.supervision import own_rights, own_shape, own_sql
from sanzi.supervision.actions import own
from sanzi.supervision.own_rights import Desk

NEW: Final = "new"
KEPT_MOST: Final = 200


@dataclass(frozen=True)
class Told:
    """What a statement gave: names of columns, rows as they may be shown, whether more came."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_cut: bool
    milliseconds: int
    as_of: datetime


def ask(*, by: Actor, form: Form, at: datetime, code: str = NEW, role_code: str = "") -> Answer:
    """Answer a form for this officer, and tell the log. Raises: as `questions.ask`."""
    answer, seat = queries.ask(by=by, form=form, at=at, role_code=role_code)
    after = {
        "form": forms.to_dict(form),
        "sm3": digest.sm3(answer.statement.sql.encode()),
        "place": seat.place,
        "rows": answer.group_count,
    }
    _tell(own.desk_chain(seat.desk), "ran", after, by=by, at=at, code=code)
    return answer


def rows(
    *, by: Actor, form: Form, keys: Sequence[tuple[str, str]], bucket: str, at: datetime
) -> queries.RowsBehind:
    """Return the rows behind a line, and tell the log. Raises: as `questions.rows`."""
    found = queries.rows(by=by, form=form, keys=keys, bucket=bucket, at=at)
    after = {
        "form": forms.to_dict(form),
        "line": [list(one) for one in keys],
        "bucket": bucket,
        "place": found.seat.place,
        "rows": len(found.rows),
    }
    _tell(own.desk_chain(found.seat.desk), "opened", after, by=by, at=at, code=NEW)
    return found


def desk(*, by: Actor, role_code: str = "", division_code: str = "") -> Desk:
    """Return the desk that is named, or the widest, from which statements may be written.

    Raises: NotFound.
    """
    for one in own_rights.desks(by, queries.ASK_SQL):
        if not role_code or (one.role_code, one.division_code) == (role_code, division_code):
            return one
    raise NotFound


def ask_sql(*, by: Actor, sql: str, desk: Desk, at: datetime, code: str = NEW) -> Told:
    """Run a statement over what a desk sees, names in part, and tell the log, refused ones too.

    Raises: OwnStatementWrong and its kinds, TooMuchToRead, AskBusy.
    """
    try:
        told = _ran(by, sql, desk, at)
    except Refusal as refusal:
        _tell_sql(sql, desk, {"refused": refusal.code}, by=by, at=at, code=code)
        raise
    came = {"rows": len(told.rows), "more": told.is_cut}
    _tell_sql(sql, desk, came, by=by, at=at, code=code)
    return told


def _ran(by: Actor, sql: str, desk: Desk, at: datetime) -> Told:
    statement = own_sql.check(sql, desk.view)
    seat = queries.Seat(desk, desk.division_code)
    values = {own_rights.AS_OF: own_shape.local(at)}
    began = monotonic()
    with queries.one_of_few():
        try:
            held = queries.held(by, seat, statement.tables, catalogue.limits().sql_rows)
            with held as copy:
                answer = own_sql.run(lambda: copy.ask(sql, values))
        except sandbox.Wrong as error:
            raise own_sql.in_words(error) from error
    names, shown = own_shape.masked(answer, sql, desk.view)
    spent = int((monotonic() - began) * 1000)
    return Told(names, tuple(shown), answer.is_cut, spent, at)


def _tell_sql(
    sql: str, desk: Desk, came: Mapping[str, Any], *, by: Actor, at: datetime, code: str
) -> None:
    told = {**own.statement_told(sql, desk, by), "place": desk.division_code, **came}
    _tell(own.desk_chain(desk), "tried", told, by=by, at=at, code=code)


@dataclass(frozen=True)
class Words:
    """The name and the note under which a question is kept."""

    title: str
    note: str = ""


def save(*, words: Words, form: Form, by: Actor, at: datetime, code: str = NEW) -> str:
    """Keep a form under a name, new or in the place of one's own; return its code.

    Raises: NotFound, QuestionWords, TooManyQuestions, FormWrong, PeriodWrong, AmountWrong.
    """
    seat, subject = queries.seat(by, form)
    queries.checked(subject, form, at)
    fields = {"form": forms.to_dict(form), "sql": "", "reads": []}
    return _save(words, fields, seat.desk, by=by, at=at, code=code)


def save_sql(
    *, words: Words, sql: str, desk: Desk, by: Actor, at: datetime, code: str = NEW
) -> str:
    """Keep a statement under a name; return its code.

    Raises: NotFound, QuestionWords, TooManyQuestions, OwnStatementWrong and its kinds.
    """
    own_sql.check(sql, desk.view)
    reads = [list(one) for one in sorted(sandbox.named(sql, desk.view))]
    return _save(words, {"form": {}, "sql": sql, "reads": reads}, desk, by=by, at=at, code=code)


@transaction.atomic
def _save(
    words: Words, fields: Mapping[str, Any], desk: Desk, *, by: Actor, at: datetime, code: str
) -> str:
    title, note = words.title.strip(), words.note.strip()
    if not 2 <= len(title) <= 60 or len(note) > 300:
        raise errors.QuestionWords(what="名字要2到60个字，说明最多300个字。")
    if code == NEW:
        if Question.objects.filter(owner_id=by.user_id or 0).count() >= KEPT_MOST:
            raise errors.TooManyQuestions(most=KEPT_MOST)
        kept = Question(
            code=ids.new_id("Q", at), owner_id=by.user_id or 0, owner_name=by.name, made_at=at
        )
    else:
        kept = _locked(by, code)
    kept.title, kept.note, kept.changed_at = title, note, at
    kept.role_code, kept.division_code = desk.role_code, desk.division_code
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save()
    after: dict[str, Any] = {"form": kept.form}
    if kept.sql:
        after = own.statement_told(kept.sql, desk, by)
    _tell(own.desk_chain(desk), "saved", after, by=by, at=at, code=kept.code)
    return kept.code


@transaction.atomic
def share(*, code: str, is_shared: bool, by: Actor, at: datetime) -> None:
    """Open a question to others by its link, or close it again. Raises: NotFound."""
    kept = _locked(by, code)
    kept.is_shared = is_shared
    kept.save(update_fields=["is_shared"])
    after = {"is_shared": is_shared}
    _tell(_chain(by, kept), "shared", after, by=by, at=at, code=code)


@transaction.atomic
def delete(*, code: str, by: Actor, at: datetime) -> None:
    """Forget a question of one's own; its link ends with it. Raises: NotFound."""
    kept = _locked(by, code)
    chain = _chain(by, kept)
    kept.delete()
    _tell(chain, "deleted", {}, by=by, at=at, code=code)


def _locked(by: Actor, code: str) -> Question:
    kept_questions.access_mine(by=by, code=code)
    return Question.objects.select_for_update().get(code=code)


def _chain(by: Actor, kept: Question) -> str:
    desks = queries.desks(by)
    wanted = (kept.role_code, kept.division_code)
    of_it = [one for one in desks if (one.role_code, one.division_code) == wanted]
    return own.desk_chain((of_it or desks)[0])


@transaction.atomic
def _tell(
    chain: str, action: str, after: Mapping[str, Any], *, by: Actor, at: datetime, code: str
) -> None:
    audit.write(
        chain=chain,
        kind=f"insight.question.{action}",
        by=by,
        at=at,
        subject=("question", code),
        after=dict(after),
    )
