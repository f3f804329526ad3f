"""Reads of own models: who sees which, one with its versions, the tables of a desk, samples.

Its owner sees a model while he holds the post from which he wrote it. A second officer sees what
was handed in, when he himself sees every column that it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from sanzi.audit import personal
from sanzi.audit import queries as audit
from sanzi.kernel import digest
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import engine, sandbox, schema
from sanzi.supervision import change_queries, known, own_rights, own_shape
from sanzi.supervision.models import BackTest, OwnModel, OwnState, OwnVersion
from sanzi.supervision.own_rights import Desk
from sanzi.supervision.own_shape import Said

SAMPLE_ROWS: Final = 5
COUNTED: Final = "supervision.own_model.tried", "supervision.own_model.ran"
_HANDED: Final = (
    OwnState.HANDED_IN,
    OwnState.REJECTED,
    OwnState.TRIAL,
    OwnState.ACTIVE,
    OwnState.REPLACED,
    OwnState.RETIRED,
)


@dataclass(frozen=True)
class OwnRow:
    """An own model in a list."""

    code: str
    title: str
    state: str
    state_title: str
    number: int
    owner_name: str
    role_code: str
    division_code: str
    changed_at: datetime
    last_run_at: datetime | None
    last_count: int
    last_error: str
    is_mine: bool
    may_judge: bool


@dataclass(frozen=True)
class StepRow:
    """One step of a version."""

    at: datetime
    actor_name: str
    action: str
    text: str


@dataclass(frozen=True)
class FindingRow:
    """What a version on trial found."""

    sentence: str
    division_code: str
    finding_kind: str
    finding_id: str
    found_at: datetime


@dataclass(frozen=True)
class VersionView:
    """A version whole."""

    number: int
    state: str
    state_title: str
    said: Said
    sql: str
    examples: str
    is_closed: bool
    last_run_at: datetime | None
    last_count: int
    last_error: str
    steps: tuple[StepRow, ...]


@dataclass(frozen=True)
class OwnTestView:
    """The newest back-test of a version; `listed` are single findings, for its owner alone.

    `moved_count` are the writes since it began that may have moved what it read.
    """

    state: str
    state_title: str
    asked_at: datetime
    asked_by_name: str
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    result: dict[str, Any]
    listed: tuple[dict[str, Any], ...]
    moved_at: datetime | None
    moved_count: int


@dataclass(frozen=True)
class RunRow:
    """One run as the log tells it: who, when, which text, how many rows or which refusal."""

    at: datetime
    actor_name: str
    statement: str
    rows: int | None
    refused: str


@dataclass(frozen=True)
class OwnView:
    """An own model whole, the newest version first; `findings` are for its owner alone."""

    row: OwnRow
    versions: tuple[VersionView, ...]
    findings: tuple[FindingRow, ...]
    runs: tuple[RunRow, ...]
    test: OwnTestView | None
    may_test: bool


@dataclass(frozen=True)
class ColumnView:
    """A column of a sandbox with what it means."""

    name: str
    type: str
    meaning: str
    is_masked: bool


@dataclass(frozen=True)
class TableView:
    """A table of a sandbox with what it means."""

    name: str
    view: str
    title: str
    columns: tuple[ColumnView, ...]


def may_write(by: Actor) -> bool:
    """Return whether the actor has a desk to write from."""
    return bool(own_rights.desks(by))


def may_look(by: Actor) -> bool:
    """Return whether the actor writes own models or looks at them."""
    return may_write(by) or bool(own_rights.desks(by, own_rights.APPROVE))


def desk(*, by: Actor, role_code: str = "", division_code: str = "") -> Desk:
    """Return the desk that is named, or the widest. Raises: NotFound."""
    for one in own_rights.desks(by):
        if not role_code or (one.role_code, one.division_code) == (role_code, division_code):
            return one
    raise NotFound


def desk_of(by: Actor, own: OwnModel) -> Desk:
    """Return the desk from which a model was written, when its owner still sits there.

    Raises: NotFound.
    """
    return desk(by=by, role_code=own.role_code, division_code=own.division_code)


def access_mine(*, by: Actor, code: str) -> OwnModel:
    """Return a model of the actor's own. Raises: NotFound."""
    own = _found(code)
    if not _is_mine(by, own):
        raise NotFound
    return own


def access_own(*, by: Actor, code: str) -> OwnModel:
    """Return a model that the actor wrote or may judge. Raises: NotFound."""
    own = _found(code)
    if _is_mine(by, own) or any(may_judge(by, own, one) for one in _handed(own)):
        return own
    raise NotFound


def _found(code: str) -> OwnModel:
    number = known.own_id(code)
    own = OwnModel.objects.filter(pk=number).first() if number is not None else None
    if own is None:
        raise NotFound
    return own


def _is_mine(by: Actor, own: OwnModel) -> bool:
    return own.owner_id == by.user_id and any(
        (one.role_code, one.division_code) == (own.role_code, own.division_code)
        for one in own_rights.desks(by)
    )


def may_judge(by: Actor, own: OwnModel, version: OwnVersion) -> bool:
    """Return whether the actor may look at a version as the second officer."""
    reads = [(str(table), str(column)) for table, column in version.reads]
    return version.state in _HANDED and own_rights.may_judge(by, own.division_code, reads)


def _handed(own: OwnModel) -> QuerySet[OwnVersion]:
    # What never was handed in says nothing of what it reads, and is its owner's alone.
    return own.versions.filter(state__in=_HANDED).exclude(reads=[])


def _visible(by: Actor, own: OwnModel, versions: Iterable[OwnVersion]) -> list[OwnVersion]:
    if _is_mine(by, own):
        return list(versions)
    return [one for one in versions if one.reads and may_judge(by, own, one)]


def own_models(*, by: Actor) -> list[OwnRow]:
    """Return the models that the actor wrote or may judge, what waits for him first."""
    if not may_look(by):
        return []
    found = []
    for own in OwnModel.objects.prefetch_related("versions").order_by("id"):
        versions = sorted(own.versions.all(), key=lambda one: -one.number)
        seen = _visible(by, own, versions)
        if seen:
            found.append(_row(by, own, seen[0]))
    return sorted(found, key=lambda one: (not one.may_judge, not one.is_mine, one.code))


def _row(by: Actor, own: OwnModel, version: OwnVersion) -> OwnRow:
    is_mine = _is_mine(by, own)
    waits = version.state in (OwnState.HANDED_IN, OwnState.TRIAL)
    return OwnRow(
        code=known.own_code(own.pk),
        title=version.title,
        state=version.state,
        state_title=OwnState(version.state).label,
        number=version.number,
        owner_name=own.owner_name,
        role_code=own.role_code,
        division_code=own.division_code,
        changed_at=version.changed_at,
        last_run_at=version.last_run_at,
        last_count=version.last_count,
        last_error=version.last_error if is_mine else "",
        is_mine=is_mine,
        may_judge=waits and own.owner_id != by.user_id and may_judge(by, own, version),
    )


def own_model(*, by: Actor, code: str) -> OwnView:
    """Return one model whole. Raises: NotFound."""
    own = access_own(by=by, code=code)
    versions = _visible(by, own, own.versions.order_by("-number"))
    is_mine = _is_mine(by, own)
    test = test_of(versions[0])
    if test is not None and not is_mine:
        test = replace(test, listed=(), error="没有算成" if test.error else "")
    is_asked = versions[0].state in (OwnState.HANDED_IN, OwnState.TRIAL)
    return OwnView(
        test=test,
        may_test=is_asked and (test is None or test.state in ("finished", "failed")),
        row=_row(by, own, versions[0]),
        versions=tuple(_version(one) for one in versions),
        findings=_findings(versions[0]) if is_mine else (),
        runs=_runs(by, code),
    )


def _version(one: OwnVersion) -> VersionView:
    return VersionView(
        number=one.number,
        state=one.state,
        state_title=OwnState(one.state).label,
        said=said_of(one),
        sql=one.sql,
        examples=one.examples,
        is_closed=one.is_closed,
        last_run_at=one.last_run_at,
        last_count=one.last_count,
        last_error=one.last_error,
        steps=tuple(
            StepRow(step.at, step.actor_name, step.action, step.text)
            for step in one.steps.order_by("at", "id")
        ),
    )


def basis(version: OwnVersion) -> str:
    """Return the digest of the statement that a back-test ran."""
    return digest.sm3(version.sql.encode())


def test_of(version: OwnVersion) -> OwnTestView | None:
    """Return the newest back-test of a version as it stands, None when nobody asked for one."""
    one = version.tests.filter(basis=basis(version)).order_by("-id").first()
    if one is None:
        return None
    moved_at, moved = change_queries.moved_since(one)
    figures = {name: value for name, value in one.result.items() if name != "listed"}
    return OwnTestView(
        state=one.state,
        state_title=BackTest.State(one.state).label,
        asked_at=one.asked_at,
        asked_by_name=one.asked_by_name,
        started_at=one.started_at,
        finished_at=one.finished_at,
        error=one.error,
        result=figures,
        listed=tuple(one.result.get("listed", ())),
        moved_at=moved_at,
        moved_count=moved,
    )


def said_of(version: OwnVersion) -> Said:
    """Return the words of a version."""
    return Said(
        title=version.title,
        rule=version.rule,
        sentence=version.sentence,
        advice=version.advice,
        basis=version.basis,
        severity=version.severity,
        route=version.route,
        columns=version.columns,
    )


def _findings(version: OwnVersion) -> tuple[FindingRow, ...]:
    return tuple(
        FindingRow(one.sentence, one.division_code, one.finding_kind, one.finding_id, one.found_at)
        for one in version.findings.order_by("-found_at", "id")
    )


def _runs(by: Actor, code: str) -> tuple[RunRow, ...]:
    """Return the newest runs of a model as the log tells them; sealed texts to their author."""
    found = []
    for event in reversed(audit.history("own_model", code)):
        if event.kind not in COUNTED:
            continue
        after: dict[str, Any] = json.loads(event.change)["after"] if event.change else {}
        text = after.get("statement", "")
        if "sealed" in after and event.actor_id == by.user_id:
            text = personal.reveal(by.person_ext_id, after["sealed"])
        rows, refused = after.get("rows"), after.get("refused", "")
        found.append(RunRow(event.at, event.actor_name, text, rows, refused))
    return tuple(found[:20])


def tables(one: Desk) -> list[TableView]:
    """Return the tables of a desk's sandbox, with what they and their columns mean."""
    known_tables = schema.load_tables()
    return [
        TableView(
            name,
            f"{engine.PREFIX}{name}",
            known_tables[name].title,
            tuple(ColumnView(c.record or "", c.type, c.meaning, c.is_personal) for c in columns),
        )
        for name, columns in sorted(one.view.tables().items())
    ]


def sample(*, desk: Desk, table: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the first rows of a table at a desk, personal columns masked. Raises: NotFound."""
    columns = desk.view.tables().get(table)
    if columns is None:
        raise NotFound
    limits = own_rights.load().limits
    few = sandbox.Limits(limits.try_seconds, limits.memory_mb, SAMPLE_ROWS, SAMPLE_ROWS)
    names = ", ".join(f"t.{one.record}" for one in columns)
    sql = f"SELECT {names} FROM {engine.PREFIX}{table} t"  # noqa: S608 - names of the schema
    without = {} if desk.is_closed else known.closed_rows()
    with sandbox.opened(desk.view, [table], few, without) as copy:
        return own_shape.masked(copy.ask(sql, {}), sql, desk.view)
