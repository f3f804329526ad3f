"""The life of an own model: tried, kept, handed in, approved for trial, made active, retired.

Every run leaves in the log who wrote it, the text and how many rows came; what was handed in is
never changed, a change is a new version. Who wrote a version decides nothing about it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.audit import personal
from sanzi.kernel import clock, digest
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import sandbox
from sanzi.supervision import (
    known,
    own_cases,
    own_errors,
    own_queries,
    own_rights,
    own_shape,
    own_sql,
    review_rules,
    rules,
)
from sanzi.supervision.actions import own_telling, own_tests
from sanzi.supervision.catalogue import CLOSED_CHAIN
from sanzi.supervision.models import BackTest, OwnModel, OwnState, OwnStep, OwnVersion
from sanzi.supervision.own_rights import Desk
from sanzi.supervision.own_shape import Said

NEW: Final = "new"
_running: Final = threading.BoundedSemaphore(own_rights.load().limits.at_once)
_OPEN: Final = (OwnState.DRAFT, OwnState.HANDED_IN, OwnState.TRIAL, OwnState.ACTIVE)


@dataclass(frozen=True)
class Tried:
    """What a try gave: names of columns, rows as they may be shown, whether there was more.

    `cut` are the tables of which the copy held only the first rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_cut: bool
    cut: tuple[str, ...]
    milliseconds: int


def try_out(*, sql: str, desk: Desk, by: Actor, at: datetime, code: str = NEW) -> Tried:
    """Run a statement on a sandboxed copy of what the desk sees, and show the first rows.

    Nothing is changed but the log, which tells of refused runs too.
    Raises: OwnStatementWrong and its kinds, OwnBusy.
    """
    if not _running.acquire(blocking=False):
        raise own_errors.OwnBusy(count=own_rights.load().limits.at_once)
    try:
        tried, count = _tried(sql, desk, at)
    except Refusal as refusal:
        _tell_run(sql, desk, {"refused": refusal.code}, by=by, at=at, code=code)
        raise
    finally:
        _running.release()
    came = {"rows": count, "more": tried.is_cut}
    _tell_run(sql, desk, came, by=by, at=at, code=code)
    return tried


def _tried(sql: str, desk: Desk, at: datetime) -> tuple[Tried, int]:
    statement = own_sql.check(sql, desk.view)
    limits = own_rights.load().limits.of_a_try()
    without = {} if desk.is_closed else known.closed_rows()
    began = monotonic()
    try:
        with sandbox.opened(desk.view, sorted(statement.tables), limits, without) as copy:
            values = {own_rights.AS_OF: own_shape.local(at)}
            answer = own_sql.run(lambda: copy.ask(sql, values))
            cut = tuple(sorted(copy.cut))
    except sandbox.Wrong as error:
        raise own_sql.in_words(error) from error
    names, rows = own_shape.masked(answer, sql, desk.view)
    spent = int((monotonic() - began) * 1000)
    return Tried(names, tuple(rows), answer.is_cut, cut, spent), len(answer.rows)


@transaction.atomic
def _tell_run(
    sql: str, desk: Desk, came: Mapping[str, Any], *, by: Actor, at: datetime, code: str
) -> None:
    told = {**statement_told(sql, desk, by), **came}
    _tell(desk_chain(desk), "tried", told, by=by, at=at, code=code)


def statement_told(sql: str, desk: Desk, by: Actor) -> dict[str, Any]:
    """Return a statement as the log holds it: sealed, where it may speak of persons."""
    told: dict[str, Any] = {"sm3": digest.sm3(sql.encode())}
    if "personal" in desk.view.classes:
        [told["sealed"]] = personal.seal([(by.person_ext_id, sql)])
    else:
        told["statement"] = sql
    return told


def desk_chain(desk: Desk) -> str:
    """Return the chain of the log for what is done at a desk."""
    return CLOSED_CHAIN if desk.is_closed else desk.org_ext_id


@transaction.atomic
def save(
    *, said: Said, sql: str, examples: str, desk: Desk, by: Actor, at: datetime, code: str = NEW
) -> str:
    """Keep a draft: a new model, or the draft version of one; return its code.

    Raises: NotFound, OwnState, OwnWords, OwnEmpty.
    """
    if not said.title.strip():
        raise own_errors.OwnWords(what="请先给它起个名字。")
    most = own_rights.load().limits.statement_length
    if len(sql) > most or len(examples) > 5 * most:
        raise own_errors.OwnWords(what=f"语句最多{most}个字，样例最多{5 * most}个字。")
    if code == NEW:
        own = OwnModel.objects.create(
            owner_id=by.user_id or 0,
            owner_name=by.name,
            role_code=desk.role_code,
            division_code=desk.division_code,
            org_ext_id=desk.org_ext_id,
            made_at=at,
        )
        version = OwnVersion(own_model=own, number=1, made_at=at)
    else:
        own = own_queries.access_mine(by=by, code=code)
        version = _coming(own, (OwnState.DRAFT,), "修改")
    _fill(version, said)
    version.sql, version.examples, version.changed_at = sql, examples, at
    version.save()
    code = known.own_code(own.pk)
    told = {"version": version.number}
    _tell(desk_chain(desk), "saved", told, by=by, at=at, code=code)
    return code


def _fill(version: OwnVersion, said: Said) -> None:
    version.title = said.title.strip()[:60]
    version.rule = said.rule.strip()[:400]
    version.sentence = said.sentence.strip()[:300]
    version.advice = said.advice.strip()[:300]
    version.basis = said.basis.strip()[:400]
    version.severity = said.severity if said.severity in own_shape.SEVERITIES else "warn"
    version.route = said.route[:40]
    version.columns = {name: dict(one) for name, one in (said.columns or {}).items()}


@transaction.atomic
def hand_in(*, code: str, by: Actor, at: datetime) -> None:
    """Hand a draft to the second officer, when statement, words and cases hold; try it out.

    Raises: NotFound, OwnState, OwnStatementWrong, OwnWords, OwnShape, OwnCasesMissing,
    OwnCaseWrong, OwnCaseFailed.
    """
    own = own_queries.access_mine(by=by, code=code)
    desk = own_queries.desk_of(by, own)
    version = _coming(own, (OwnState.DRAFT,), "交审")
    said = own_queries.said_of(version)
    statement = own_sql.check(version.sql, desk.view)
    reads = sorted(sandbox.named(version.sql, desk.view))
    version.is_closed = bool({table for table, _ in reads} & own_rights.load().closed_tables)
    own_shape.check_words(said, is_closed=version.is_closed)
    limits = own_rights.load().limits.of_a_try()
    with sandbox.holding(desk.view, {}, limits) as copy:
        values = {own_rights.AS_OF: own_shape.local(at)}
        answer = own_sql.run(lambda: copy.ask(version.sql, values))
    own_shape.check_columns(answer, said, version.sql, desk.view, statement.tables)
    own_cases.prove(version.sql, version.examples, desk.view)
    version.reads = [list(one) for one in reads]
    version.changed_at = at
    version.save(update_fields=["is_closed", "reads", "changed_at"])
    told = statement_told(version.sql, desk, by)
    _move(version, OwnState.HANDED_IN, _Step("handed_in", by, at), told)
    own_tests.queue(version, by=by, at=at)
    own_telling.tell_judges(version, at)


@transaction.atomic
def approve(*, code: str, text: str, by: Actor, at: datetime) -> None:
    """Let a version run on trial: at night, its findings for its owner alone.

    Raises: NotFound, OwnState, OwnSameOfficer, OwnNotTested.
    """
    version = _judged(code, (OwnState.HANDED_IN,), "同意试运行", by)
    _require_tested(version, at)
    _move(version, OwnState.TRIAL, _Step("approved", by, at, text))
    own_telling.tell_owner(version, at)


def _require_tested(version: OwnVersion, at: datetime) -> None:
    """Refuse what nobody tried out, or before the data moved on. Raises: OwnNotTested."""
    test = own_queries.test_of(version)
    if test is None or test.state != BackTest.State.FINISHED:
        words = {BackTest.State.FAILED: "试算没有算成", None: "还没有试算过近24个月"}
        state = BackTest.State(test.state) if test else None
        raise own_errors.OwnNotTested(why=words.get(state, "试算还没有算完"))
    limits = review_rules.limits_for(version.own_model.division_code, clock.local_date(at))
    old = at - (test.started_at or test.asked_at) > timedelta(hours=limits.backtest_hours)
    if old and test.moved_count:
        raise own_errors.OwnNotTested(
            why=f"试算以后数据又有{test.moved_count}处变动，已经过了{limits.backtest_hours}小时"
        )


@transaction.atomic
def reject(*, code: str, reason: str, by: Actor, at: datetime) -> None:
    """Send a version back, with the reason; its owner may write another.

    Raises: NotFound, OwnState, OwnSameOfficer, OwnReason.
    """
    version = _judged(code, (OwnState.HANDED_IN, OwnState.TRIAL), "退回", by)
    _move(version, OwnState.REJECTED, _Step("rejected", by, at, _reason(reason)))
    own_telling.tell_owner(version, at)


@transaction.atomic
def activate(*, code: str, text: str, by: Actor, at: datetime) -> None:
    """Let a version on trial open alerts like the others; the version before it ends.

    Raises: NotFound, OwnState, OwnSameOfficer, OwnNotTriedAtNight.
    """
    version = _judged(code, (OwnState.TRIAL,), "转正", by)
    if version.last_run_at is None or version.last_error:
        raise own_errors.OwnNotTriedAtNight(number=version.number)
    for former in OwnVersion.objects.select_for_update().filter(
        own_model_id=version.own_model_id, state=OwnState.ACTIVE
    ):
        _move(former, OwnState.REPLACED, _Step("replaced", by, at))
    _move(version, OwnState.ACTIVE, _Step("activated", by, at, text))
    own_telling.tell_owner(version, at)


@transaction.atomic
def retire(*, code: str, reason: str, by: Actor, at: datetime) -> None:
    """End a model: its owner, or who may approve it. Its open alerts stay.

    Raises: NotFound, OwnState, OwnReason.
    """
    own = own_queries.access_own(by=by, code=code)
    _locked(own)
    versions = [one for one in own.versions.order_by("number") if one.state in _OPEN]
    if not versions:
        raise own_errors.OwnState(number=own.versions.count(), state="停用", action="再停用")
    text = _reason(reason)
    for version in versions:
        _move(version, OwnState.RETIRED, _Step("retired", by, at, text))


@transaction.atomic
def revise(*, code: str, by: Actor, at: datetime) -> None:
    """Begin a new version from the newest; an active one runs on until the new one takes over.

    Raises: NotFound, OwnState.
    """
    own = own_queries.access_mine(by=by, code=code)
    _locked(own)
    last = own.versions.order_by("-number")[0]
    if last.state in (OwnState.DRAFT, OwnState.HANDED_IN):
        state = OwnState(last.state).label
        raise own_errors.OwnState(number=last.number, state=state, action="另写一版")
    if last.state == OwnState.TRIAL:
        _move(last, OwnState.REPLACED, _Step("replaced", by, at))
    fresh = OwnVersion(own_model=own, number=last.number + 1, made_at=at, changed_at=at)
    _fill(fresh, own_queries.said_of(last))
    fresh.sql, fresh.examples = last.sql, last.examples
    fresh.save()
    chain = _chain(own, is_closed=False)
    _tell(chain, "revised", {"version": fresh.number}, by=by, at=at, code=code)


@dataclass(frozen=True)
class _Step:
    action: str
    by: Actor
    at: datetime
    text: str = ""


def _move(
    version: OwnVersion, state: OwnState, step: _Step, more: Mapping[str, Any] | None = None
) -> None:
    before = version.state
    version.state = state
    version.save(update_fields=["state"])
    OwnStep.objects.create(
        version=version,
        at=step.at,
        actor_id=step.by.user_id or 0,
        actor_name=step.by.name,
        action=step.action,
        text=step.text.strip()[:300],
    )
    after = {"state": str(state), "version": version.number, **(more or {})}
    chain = _chain(version.own_model, is_closed=version.is_closed)
    code = known.own_code(version.own_model_id)
    was = {"state": str(before)}
    _tell(chain, step.action, after, by=step.by, at=step.at, code=code, before=was)


def _chain(own: OwnModel, *, is_closed: bool) -> str:
    grant = own_rights.load().grants.get(own.role_code)
    is_hidden = is_closed or (grant is not None and grant.is_closed)
    return CLOSED_CHAIN if is_hidden else own.org_ext_id


def _tell(
    chain: str,
    action: str,
    after: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    code: str,
    before: Mapping[str, Any] | None = None,
) -> None:
    audit.write(
        chain=chain,
        kind=f"supervision.own_model.{action}",
        by=by,
        at=at,
        subject=("own_model", code),
        before=before,
        after=after,
    )


def _locked(own: OwnModel) -> None:
    OwnModel.objects.select_for_update().get(pk=own.pk)


def _coming(own: OwnModel, allowed: tuple[OwnState, ...], action: str) -> OwnVersion:
    _locked(own)
    version = own.versions.select_for_update().order_by("-number")[0]
    if version.state not in allowed:
        state = OwnState(version.state).label
        raise own_errors.OwnState(number=version.number, state=state, action=action)
    return version


def _judged(code: str, allowed: tuple[OwnState, ...], action: str, by: Actor) -> OwnVersion:
    """Return the newest version for the second officer: seen by him, not written by him."""
    own = own_queries.access_own(by=by, code=code)
    if own.owner_id == by.user_id:
        raise own_errors.OwnSameOfficer
    version = _coming(own, allowed, action)
    if not own_queries.may_judge(by, own, version):
        raise NotFound
    return version


def _reason(text: str) -> str:
    said = text.strip()
    if len(said) < rules.REASON_LEAST:
        raise own_errors.OwnReason(count=len(said), least=rules.REASON_LEAST)
    return said
