"""Back-tests: what a model would have found over two years with the old and with the new value.

The worker runs them with the engine, the statement and the rules of the night. The old side is
judged by the values as they were in force; on the new side the new one holds all the time.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import Error, IntegrityError, transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, divisions
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import engine, snapshot
from sanzi.supervision import (
    change_errors,
    change_queries,
    known,
    queries,
    review_rules,
    rules,
)
from sanzi.supervision.actions import changes, nightly, reviews
from sanzi.supervision.models import Alert, BackTest, ChangeState, ParameterChange
from sanzi.supervision.shapes import AlertModel

logger = logging.getLogger(__name__)

STEPS: Final = 4
LISTED_MAX: Final = 200
GIVEN_UP_AFTER: Final = timedelta(minutes=30)
ALWAYS_FROM: Final = date(1900, 1, 1)


def ask(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Put a back-test of a change into the worker's queue.

    Raises: NotFound, ChangeDecided, BackTestRunning.
    """
    change = change_queries.access_change(by=by, ext_id=ext_id)
    if not (
        scope.can(by, change_queries.PROPOSE, change.division_code)
        or scope.can(by, change_queries.APPROVE, change.division_code)
    ):
        raise NotFound
    if change.state != ChangeState.PROPOSED:
        raise change_errors.ChangeDecided(state=ChangeState(change.state).label)
    try:
        with transaction.atomic():
            BackTest.objects.create(
                change=change, asked_at=at, asked_by_name=by.name, total_count=STEPS
            )
            audit.write(
                chain=known.chain_of(change.model_code, changes.CHAIN),
                kind="supervision.parameter.tested",
                by=by,
                at=at,
                subject=("parameter_change", change.ext_id),
            )
    except IntegrityError as error:
        raise change_errors.BackTestRunning from error


def run_waiting(at: datetime) -> int:
    """Run the oldest back-test that waits, or that a worker left lying; return how many ran."""
    with transaction.atomic():
        BackTest.objects.filter(
            state=BackTest.State.RUNNING, started_at__lt=at - GIVEN_UP_AFTER
        ).update(state=BackTest.State.WAITING, done_count=0)
        row = (
            BackTest.objects.select_for_update()
            .filter(state=BackTest.State.WAITING)
            .order_by("id")
            .first()
        )
        if row is None:
            return 0
        row.state, row.started_at, row.done_count = BackTest.State.RUNNING, at, 0
        row.save(update_fields=["state", "started_at", "done_count"])
    _run(row, at)
    return 1


def _run(row: BackTest, at: datetime) -> None:
    def step(done: int) -> None:
        BackTest.objects.filter(pk=row.pk).update(done_count=done)

    change = row.change
    try:
        model, _parameter = change_queries.named(change.model_code, change.name)
        overrides = queries.overrides()
        result = compare(change=change, model=model, overrides=overrides, at=at, step=step)
        basis = change_queries.basis(model, overrides)
    except (
        NotFound, Error, engine.BadStatement, engine.EngineFailed, engine.QueryInterrupted,
    ) as error:  # fmt: skip
        logger.exception("the back-test of %s failed", change.ext_id)
        BackTest.objects.filter(pk=row.pk).update(
            state=BackTest.State.FAILED, finished_at=at, error=str(error)[:300]
        )
        return
    BackTest.objects.filter(pk=row.pk).update(
        state=BackTest.State.FINISHED,
        finished_at=max(at, clock.now()),
        done_count=STEPS,
        basis=basis,
        result=result,
    )


def compare(
    *,
    change: ParameterChange,
    model: AlertModel,
    overrides: Sequence[rules.Override],
    at: datetime,
    step: Callable[[int], None] = lambda _done: None,
) -> dict[str, Any]:
    """Return what a model found in the window with the old and with the new value, side by side."""
    day = clock.local_date(at)
    first, prefix = review_rules.since(day), divisions.prefix(change.division_code)

    def found(session: engine.Session, values: Sequence[rules.Override]) -> list[rules.Finding]:
        everything = rules.find(
            session, model, at=at, overrides=values, seconds=nightly.SECONDS_MAX
        )
        here = {
            one.key: one
            for one in everything
            if first <= one.business_date <= day and one.village_id.startswith(prefix)
        }
        return list(nightly.live(here).values())

    wanted = snapshot.columns_of([engine.check(model.sql)])
    with snapshot.taken(wanted) as [session]:
        step(1)
        old = found(session, overrides)
        step(2)
        new = found(session, with_change(overrides, change))
        step(3)
    judged = _judged(model, prefix, day)
    return _result(old, new, judged=judged, confirmed=_confirmed(change), first=first, day=day)


def with_change(
    overrides: Sequence[rules.Override], change: ParameterChange
) -> list[rules.Override]:
    """Return the values in force as if the new one had always held in its place."""
    kept = [
        one
        for one in overrides
        if (one.model_code, one.name, one.division_code)
        != (change.model_code, change.name, change.division_code)
    ]
    new = rules.Override(
        change.model_code, change.name, change.division_code, ALWAYS_FROM, None, change.value
    )
    return [*kept, new]


def _judged(model: AlertModel, prefix: str, day: date) -> Counter[str]:
    judged: Counter[str] = Counter()
    for kind in model.kinds:
        judged.update(reviews.of_kind(kind, day))
    return Counter({code: count for code, count in judged.items() if code.startswith(prefix)})


def _confirmed(change: ParameterChange) -> dict[tuple[str, str, str, str], Alert]:
    prefix = divisions.prefix(change.division_code)
    return {
        (one.model_code, one.finding_kind, one.finding_id, one.period): one
        for one in Alert.objects.filter(
            model_code=change.model_code,
            conclusion="confirmed",
            division_code__gte=prefix,
            division_code__lt=prefix + ":",
        )
    }


def _result(
    old: list[rules.Finding],
    new: list[rules.Finding],
    *,
    judged: Counter[str],
    confirmed: dict[tuple[str, str, str, str], Alert],
    first: date,
    day: date,
) -> dict[str, Any]:
    old_keys, new_keys = {one.key for one in old}, {one.key for one in new}
    gained = [one for one in new if one.key not in old_keys]
    lost = [one for one in old if one.key not in new_keys]
    per_old, per_new = (Counter(one.village_id for one in side) for side in (old, new))
    in_month = [Counter(month(one.business_date) for one in side) for side in (old, new)]
    return {
        "from": first.isoformat(),
        "until": day.isoformat(),
        "old": len(old),
        "new": len(new),
        "months": [[name, in_month[0][name], in_month[1][name]] for name in months(first, day)],
        "villages": [
            [code, judged[code], per_old[code], per_new[code]]
            for code in sorted(judged.keys() | per_old.keys() | per_new.keys())
        ],
        "gained": listed(gained, {}),
        "lost": listed(lost, confirmed),
        "gained_count": len(gained),
        "lost_count": len(lost),
        "lost_confirmed": [confirmed[one.key].ext_id for one in lost if one.key in confirmed],
    }


def listed(
    found: Iterable[rules.Finding], confirmed: dict[tuple[str, str, str, str], Alert]
) -> list[dict[str, Any]]:
    """Return findings as rows, those confirmed first, then the newest."""
    ordered = sorted(found, key=lambda one: one.business_date, reverse=True)
    ordered.sort(key=lambda one: one.key not in confirmed)
    return [
        {
            "kind": one.finding_kind,
            "id": one.finding_id,
            "village": one.village_id,
            "day": one.business_date.isoformat(),
            "sentence": one.sentence,
            "alert": confirmed[one.key].ext_id if one.key in confirmed else "",
        }
        for one in ordered[:LISTED_MAX]
    ]


def month(day: date) -> str:
    """Return the month of a day as `2026-11`."""
    return f"{day:%Y-%m}"


def months(first: date, last: date) -> list[str]:
    """Return all months from one day to another, both ends included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    start = first.year * 12 + first.month - 1
    return [f"{(start + one) // 12}-{(start + one) % 12 + 1:02d}" for one in range(count + 1)]
