"""Changes of parameters: one proposes with a reason, another approves on a finished back-test.

What is approved holds from its first day on, which is never past: what was found before keeps
the figures it was found by. A value without a last day ends on the day before the next begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, divisions, ids
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import (
    catalogue,
    change_errors,
    change_queries,
    change_rules,
    known,
    queries,
    review_rules,
    rules,
)
from sanzi.supervision.change_rules import Period
from sanzi.supervision.errors import ReasonTooShort
from sanzi.supervision.models import BackTest, ChangeState, Parameter, ParameterChange
from sanzi.supervision.shapes import AlertModel
from sanzi.supervision.shapes import Parameter as Named

CHAIN: Final = "county"
CHECKER: Final = "county_discipline"


@dataclass(frozen=True)
class NewChange:
    """What is asked for. Units: `value` as the model file writes it, money in fen."""

    model_code: str
    name: str
    division_code: str
    value: Any
    valid_from_date: date
    valid_until_date: date | None
    reason: str
    source_ref: str


def propose(*, new: NewChange, by: Actor, at: datetime) -> str:
    """Put a change forward; returns its ext id.

    Raises: NotFound, NotAPlace, NotForTownship, BadParameterValue, PeriodPast, PeriodOverlaps,
    SameValue, ReasonTooShort, SourceMissing. Nothing is written when raised.
    """
    model, parameter = _named(new, by)
    _require_place(new.division_code, parameter)
    change_rules.check(parameter, new.value, change_rules.governed(model, parameter))
    period = Period(new.valid_from_date, new.valid_until_date)
    _require_ahead(period, at)
    reason = _said(new.reason)
    if not new.source_ref.strip():
        raise change_errors.SourceMissing
    old = rules.values_for(model, queries.overrides(), new.division_code, new.valid_from_date)
    if old[new.name] == new.value and type(old[new.name]) is type(new.value):
        raise change_errors.SameValue(
            meaning=parameter.meaning,
            place=orgs.village_name(new.division_code),
            value=change_rules.said(parameter, new.value),
        )
    with transaction.atomic():
        _require_free(new.model_code, parameter, new.division_code, period)
        row = ParameterChange.objects.create(
            ext_id=ids.new_id("PC", at),
            model_code=new.model_code,
            name=new.name,
            division_code=new.division_code,
            valid_from_date=new.valid_from_date,
            valid_until_date=new.valid_until_date,
            value=new.value,
            old_value=old[new.name],
            reason=reason,
            source_ref=new.source_ref.strip()[:120],
            made_by_id=by.person_id or 0,
            made_by_name=by.name,
            made_at=at,
        )
        after = {
            "model": row.model_code,
            "name": row.name,
            "place": row.division_code,
            "value": row.value,
            "from": row.valid_from_date.isoformat(),
        }
        _log(row, "proposed", by, at, after)
        day = clock.local_date(at)
        checkers = [
            one.user_id
            for one in orgs.holders(CHECKER, row.division_code, day)
            if one.user_id is not None and one.person_id != by.person_id
        ]
        _tell(row, checkers, "parameter_proposed", {}, at)
    return row.ext_id


@transaction.atomic
def approve(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Bring a change into force, on a back-test that still stands.

    Raises: NotFound, ChangeDecided, OwnChange, BadParameterValue, PeriodPast, PeriodOverlaps,
    NoBackTest, BackTestStale.
    """
    row = _to_decide(ext_id, by)
    model, parameter = change_queries.named(row.model_code, row.name)
    change_rules.check(parameter, row.value, change_rules.governed(model, parameter))
    period = Period(row.valid_from_date, row.valid_until_date)
    _require_ahead(period, at)
    _require_free(row.model_code, parameter, row.division_code, period, besides=row.pk)
    _require_tested(row, model, at)
    ended = _end_earlier(row)
    row.parameter = Parameter.objects.create(
        model_code=row.model_code,
        name=row.name,
        division_code=row.division_code,
        valid_from_date=row.valid_from_date,
        valid_until_date=row.valid_until_date,
        value=row.value,
        source_ref=row.source_ref,
        made_by_id=row.made_by_id,
        approved_by_id=by.person_id or 0,
    )
    row.save(update_fields=["parameter"])
    _decide(row, ChangeState.APPROVED, by=by, at=at, more={"ended": ended})


@transaction.atomic
def reject(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a change, with the reason.

    Raises: NotFound, ChangeDecided, OwnChange, ReasonTooShort.
    """
    row = _to_decide(ext_id, by)
    _decide(row, ChangeState.REJECTED, by=by, at=at, reason=_said(reason))


@transaction.atomic
def withdraw(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take back a change of one's own.

    Raises: NotFound, ChangeDecided, NotYourChange.
    """
    row = _locked(ext_id, by)
    if by.person_id is None or by.person_id != row.made_by_id:
        raise change_errors.NotYourChange(who=row.made_by_name)
    _decide(row, ChangeState.WITHDRAWN, by=by, at=at)


def _named(new: NewChange, by: Actor) -> tuple[AlertModel, Named]:
    """Return the model and the parameter, for one who may propose there. Raises: NotFound."""
    found = catalogue.models().get(new.model_code)
    named = {one.name: one for one in found.parameters} if found else {}
    if found is None or new.name not in named or by.person_id is None:
        raise NotFound
    if new.division_code not in orgs.division_names([new.division_code]):
        raise NotFound
    scope.require(by, change_queries.PROPOSE, new.division_code)
    if found.is_closed:
        scope.require(by, queries.SEE_CLOSED, new.division_code)
    return found, named[new.name]


def _require_place(division_code: str, parameter: Named) -> None:
    level = divisions.level(division_code)
    if level not in ("county", "town"):
        raise change_errors.NotAPlace(place=orgs.village_name(division_code))
    if level == "town" and not parameter.is_township:
        raise change_errors.NotForTownship(meaning=parameter.meaning)


def _require_ahead(period: Period, at: datetime) -> None:
    if period.from_date < clock.local_date(at):
        raise change_errors.PeriodPast(why=f"{period.from_date}已经过去了，不能往回改")
    if period.until_date is not None and period.until_date < period.from_date:
        raise change_errors.PeriodPast(why="最后一天早于第一天")


def _require_free(
    model_code: str,
    parameter: Named,
    division_code: str,
    period: Period,
    besides: int | None = None,
) -> None:
    """Refuse days for which a value holds or is asked for already. Raises: PeriodOverlaps.

    What holds without a last day gives way to what follows it without one.
    """
    same = {"model_code": model_code, "name": parameter.name, "division_code": division_code}
    taken = [
        Period(one.valid_from_date, one.valid_until_date)
        for one in Parameter.objects.select_for_update().filter(**same).order_by("id")
        if not _gives_way(one, period)
    ]
    # All that wait are locked, so that two are not approved for the same days at once.
    waiting = ParameterChange.objects.select_for_update().filter(**same, state=ChangeState.PROPOSED)
    taken += [
        Period(one.valid_from_date, one.valid_until_date)
        for one in waiting.order_by("id")
        if one.pk != besides
    ]
    for other in taken:
        if period.touches(other):
            raise change_errors.PeriodOverlaps(
                place=orgs.village_name(division_code), meaning=parameter.meaning, days=other.said
            )


def _gives_way(held: Parameter, period: Period) -> bool:
    is_open = held.valid_until_date is None and period.until_date is None
    return is_open and held.valid_from_date < period.from_date


def _require_tested(row: ParameterChange, model: AlertModel, at: datetime) -> None:
    finished = row.tests.filter(state=BackTest.State.FINISHED).order_by("-id").first()
    if finished is None:
        raise change_errors.NoBackTest
    seen = change_queries.view_of(finished)
    if seen.is_other_basis:
        raise change_errors.BackTestStale(why=f"“{model.title}”的参数或语句后来变了")
    limits = review_rules.limits_for(row.division_code, clock.local_date(at))
    begun = finished.started_at or finished.asked_at
    if seen.moved_at is not None and at - begun > timedelta(hours=limits.backtest_hours):
        raise change_errors.BackTestStale(
            why=f"从{clock.minute_text(seen.moved_at)}起数据又有{seen.moved_count}处变动，"
            f"已经过了{limits.backtest_hours}小时"
        )


def _end_earlier(row: ParameterChange) -> str:
    """Let the value that holds without a last day end before the new one; returns its last day."""
    last = row.valid_from_date - timedelta(days=1)
    ended = Parameter.objects.filter(
        model_code=row.model_code,
        name=row.name,
        division_code=row.division_code,
        valid_until_date__isnull=True,
        valid_from_date__lt=row.valid_from_date,
    ).update(valid_until_date=last)
    return last.isoformat() if ended else ""


def _locked(ext_id: str, by: Actor) -> ParameterChange:
    seen = change_queries.access_change(by=by, ext_id=ext_id)
    row = ParameterChange.objects.select_for_update().get(pk=seen.pk)
    if row.state != ChangeState.PROPOSED:
        raise change_errors.ChangeDecided(state=ChangeState(row.state).label)
    return row


def _to_decide(ext_id: str, by: Actor) -> ParameterChange:
    """Return a change that waits, locked, for one who may decide and did not make it."""
    seen = change_queries.access_change(by=by, ext_id=ext_id)
    scope.require(by, change_queries.APPROVE, seen.division_code)
    row = _locked(ext_id, by)
    if by.person_id is None or by.person_id == row.made_by_id:
        raise change_errors.OwnChange
    return row


def _decide(
    row: ParameterChange,
    state: ChangeState,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:
    row.state = state
    row.decided_by_id, row.decided_by_name = by.person_id, by.name
    row.decided_at, row.decided_reason = at, reason
    row.save(
        update_fields=["state", "decided_by_id", "decided_by_name", "decided_at", "decided_reason"]
    )
    _log(row, str(state), by, at, {"reason": reason, **(more or {})})
    if state != ChangeState.WITHDRAWN:
        maker = orgs.users_of([row.made_by_id])
        _tell(row, maker, "parameter_decided", {"result": state.label}, at)


def _said(text: str) -> str:
    said = text.strip()
    if len(said) < rules.REASON_LEAST:
        raise ReasonTooShort(count=len(said), least=rules.REASON_LEAST)
    return said[:300]


def _log(
    row: ParameterChange, what: str, by: Actor, at: datetime, after: Mapping[str, Any]
) -> None:
    audit.write(
        chain=known.chain_of(row.model_code, CHAIN),
        kind=f"supervision.parameter.{what}",
        by=by,
        at=at,
        subject=("parameter_change", row.ext_id),
        after=after,
    )


def _tell(
    row: ParameterChange, user_ids: list[int], template: str, more: dict[str, str], at: datetime
) -> None:
    _model, parameter = change_queries.named(row.model_code, row.name)
    text = f"{parameter.meaning}改成{change_rules.said(parameter, row.value)}"[:120]
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}/{row.ext_id}/{one}"[:80],
                channel=Channel.INBOX,
                template=template,
                params={"said": text, **more},
                user_id=one,
                subject_kind="parameter_change",
                subject_id=row.ext_id,
            )
            for one in sorted(set(user_ids))
        ],
        at=at,
    )
