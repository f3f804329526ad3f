"""Reads of changes of parameters: the list, one whole with its back-test, who may do what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from sanzi.audit import queries as audit
from sanzi.kernel import digest, divisions
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division
from sanzi.supervision import catalogue, change_rules, model_queries, queries, rules
from sanzi.supervision.models import BackTest, ChangeState, OwnTest, ParameterChange
from sanzi.supervision.shapes import AlertModel, Parameter

PROPOSE: Final = "supervision.propose_parameter"
FINDINGS: Final = ("gained", "lost")
"""What of a back-test names people's matters: for those alone who propose or approve."""
APPROVE: Final = "supervision.approve_parameter"
PASSIVE: Final = (
    "audit.", "notices.", "orgs.account", "orgs.token", "orgs.binding", "supervision.",
    "transparency.", "voice.",
)  # fmt: skip
"""Beginnings of kinds of events that move nothing which a model reads."""


@dataclass(frozen=True)
class ChangeRow:
    """A change in a list; values and days in words."""

    ext_id: str
    model_code: str
    model_number: str
    model_title: str
    name: str
    meaning: str
    division_code: str
    old: str
    new: str
    valid_from_date: date
    valid_until_date: date | None
    state: str
    state_title: str
    made_by_name: str
    made_at: datetime
    decided_by_name: str
    decided_at: datetime | None


@dataclass(frozen=True)
class BackTestView:
    """A back-test: how far it is, what it said, and since when it is out of date, if it is."""

    state: str
    state_title: str
    asked_at: datetime
    asked_by_name: str
    started_at: datetime | None
    finished_at: datetime | None
    done_count: int
    total_count: int
    result: dict[str, Any]
    error: str
    moved_at: datetime | None
    moved_count: int
    is_other_basis: bool


@dataclass(frozen=True)
class ChangePage:
    """A change whole, with its newest back-test and what the actor may do now."""

    row: ChangeRow
    reason: str
    source_ref: str
    decided_reason: str
    unit: str
    severity: str
    backtest: BackTestView | None
    may_see_findings: bool
    may_test: bool
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True)
class ChangeFilter:
    """What the list is narrowed to; empty means all."""

    state: str = ""
    model_code: str = ""


def in_scope(by: Actor) -> QuerySet[ParameterChange]:
    """Return the changes that hold in a place of the actor, or above it."""
    if by.user_id is None and by.person_id is None:
        return ParameterChange.objects.all()
    condition = Q(pk__in=[])
    for one in scope.prefixes(by, queries.SEE):
        above = {one[:length].ljust(12, "0") for length in (6, 9) if len(one) >= length}
        condition |= Q(division_code__in=above)
        condition |= Q(division_code__gte=one, division_code__lt=one + ":")
    is_open = ~Q(model_code__in=catalogue.closed_codes())
    return ParameterChange.objects.filter(condition, is_open | scope.within(by, queries.SEE_CLOSED))


def access_change(*, by: Actor, ext_id: str) -> ParameterChange:
    """Return a change that the actor may see. Raises: NotFound."""
    found = in_scope(by).filter(ext_id=ext_id).first()
    if found is None or found.model_code not in catalogue.models():
        raise NotFound
    return found


def changes(*, by: Actor, only: ChangeFilter) -> list[ChangeRow]:
    """Return the changes of the actor's scope, those that wait first. Raises: NotFound."""
    model_queries.require_see(by)
    found = in_scope(by).filter(model_code__in=list(catalogue.models()))
    if only.state:
        found = found.filter(state=only.state)
    if only.model_code:
        found = found.filter(model_code=only.model_code)
    rows = [row_of(one) for one in found.order_by("-made_at", "-id")]
    return sorted(rows, key=lambda one: one.state != ChangeState.PROPOSED)


def change(*, by: Actor, ext_id: str) -> ChangePage:
    """Return one change whole. Raises: NotFound."""
    found = access_change(by=by, ext_id=ext_id)
    model, parameter = named(found.model_code, found.name)
    is_open = found.state == ChangeState.PROPOSED
    may_decide = scope.can(by, APPROVE, found.division_code)
    may_test = may_decide or scope.can(by, PROPOSE, found.division_code)
    is_mine = by.person_id is not None and by.person_id == found.made_by_id
    newest = found.tests.order_by("-id").first()
    seen = view_of(newest) if newest else None
    if seen is not None and not may_test:
        plain = {key: value for key, value in seen.result.items() if key not in FINDINGS}
        seen = replace(seen, result=plain)
    return ChangePage(
        row=row_of(found),
        reason=found.reason,
        source_ref=found.source_ref,
        decided_reason=found.decided_reason,
        unit=parameter.unit,
        severity=model.severity,
        backtest=seen,
        may_see_findings=may_test,
        may_test=is_open and may_test and (seen is None or seen.state in ("finished", "failed")),
        may_decide=is_open and may_decide and not is_mine,
        may_withdraw=is_open and is_mine,
    )


def row_of(one: ParameterChange) -> ChangeRow:
    """Return a change as a list shows it."""
    model, parameter = named(one.model_code, one.name)
    return ChangeRow(
        ext_id=one.ext_id,
        model_code=one.model_code,
        model_number=model.number,
        model_title=model.title,
        name=one.name,
        meaning=parameter.meaning,
        division_code=one.division_code,
        old=change_rules.said(parameter, one.old_value),
        new=change_rules.said(parameter, one.value),
        valid_from_date=one.valid_from_date,
        valid_until_date=one.valid_until_date,
        state=one.state,
        state_title=ChangeState(one.state).label,
        made_by_name=one.made_by_name,
        made_at=one.made_at,
        decided_by_name=one.decided_by_name,
        decided_at=one.decided_at,
    )


def named(model_code: str, name: str) -> tuple[AlertModel, Parameter]:
    """Return a model and its parameter.

    A name that a later version dropped is kept readable. Raises: NotFound, for no such model.
    """
    model = catalogue.models().get(model_code)
    if model is None:
        raise NotFound
    for one in model.parameters:
        if one.name == name:
            return model, one
    return model, Parameter(name, name, "", ())


def basis(model: AlertModel, overrides: list[rules.Override]) -> str:
    """Return the digest of a model and of the values in force everywhere."""
    own = sorted(
        (
            [one.name, one.division_code, str(one.from_date), str(one.until_date), one.value]
            for one in overrides
            if one.model_code == model.code
        ),
        key=str,
    )
    return digest.sm3_of([model.content_digest, own])


def moved_since(one: BackTest | OwnTest) -> tuple[datetime | None, int]:
    """Return when the data first moved after a finished back-test began, and how often since."""
    if one.state != BackTest.State.FINISHED or one.started_at is None:
        return None, 0
    return audit.first_since(one.started_at, PASSIVE)


def view_of(one: BackTest) -> BackTestView:
    """Return a back-test as the faces read it."""
    model = catalogue.models()[one.change.model_code]
    moved_at, moved = moved_since(one)
    return BackTestView(
        state=one.state,
        state_title=BackTest.State(one.state).label,
        asked_at=one.asked_at,
        asked_by_name=one.asked_by_name,
        started_at=one.started_at,
        finished_at=one.finished_at,
        done_count=one.done_count,
        total_count=one.total_count,
        result=one.result,
        error=one.error,
        moved_at=moved_at,
        moved_count=moved,
        is_other_basis=one.state == BackTest.State.FINISHED
        and one.basis != basis(model, queries.overrides()),
    )


def places(by: Actor, *, is_township: bool) -> list[str]:
    """Return the counties, and the towns when they may, for which the actor may propose."""
    codes = {
        one.division_code
        for one in by.posts
        if scope.can(by, PROPOSE, one.division_code)
    }  # fmt: skip
    found = {one for one in codes if divisions.level(one) == "county"}
    if is_township:
        found |= {one for one in codes if divisions.level(one) == "town"}
        found |= set(_towns_below(found))
    return sorted(found)


def _towns_below(counties: set[str]) -> list[str]:
    condition = Q(pk__in=[])
    for one in counties:
        condition |= Q(parent_code=one)
    return list(Division.objects.filter(condition, level="town").values_list("code", flat=True))


@dataclass(frozen=True)
class ChangeForm:
    """What the form of a change needs: the parameter, what holds now, where it may be set."""

    model: AlertModel
    parameter: Parameter
    now: str
    asked: str
    held: tuple[str, ...]
    among: tuple[str, ...]
    places: tuple[str, ...]


def form(*, by: Actor, code: str, name: str, on: date) -> ChangeForm:
    """Return what the form of a change shows, for one who may propose it. Raises: NotFound."""
    model, parameter = named(code, name)
    where = places(by, is_township=parameter.is_township)
    if not parameter.values or not where:
        raise NotFound
    if model.is_closed and not any(scope.can(by, queries.SEE_CLOSED, one) for one in where):
        raise NotFound
    value = rules.values_for(model, queries.overrides(), where[0], on)[name]
    return ChangeForm(
        model=model,
        parameter=parameter,
        now=change_rules.said(parameter, value),
        asked=change_rules.asked(parameter, value),
        held=tuple(str(one) for one in value) if isinstance(value, list) else (),
        among=change_rules.governed(model, parameter),
        places=tuple(where),
    )
