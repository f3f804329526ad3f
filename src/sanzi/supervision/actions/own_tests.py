"""Back-tests of own models: what a version would have found over two years, before it is approved.

It runs as the night runs it: the same statement, the same place, the same limits. Who may judge a
version reads the figures of every village; the single findings are for its owner alone.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, divisions
from sanzi.orgs.actors import Actor
from sanzi.supervision import known, own_errors, own_queries, review_rules, rules
from sanzi.supervision.actions import backtests, own_nightly, reviews
from sanzi.supervision.models import BackTest, OwnState, OwnTest, OwnVersion

logger = logging.getLogger(__name__)

State = BackTest.State
_ASKED_IN: Final = (OwnState.HANDED_IN, OwnState.TRIAL)


def ask(*, code: str, by: Actor, at: datetime) -> None:
    """Put a back-test of the newest version that was handed in into the worker's queue.

    Raises: NotFound, OwnState, OwnTestRunning.
    """
    own = own_queries.access_own(by=by, code=code)
    version = own.versions.order_by("-number")[0]
    if version.state not in _ASKED_IN:
        state = OwnState(version.state).label
        raise own_errors.OwnState(number=version.number, state=state, action="试算")
    queue(version, by=by, at=at)


def queue(version: OwnVersion, *, by: Actor, at: datetime) -> None:
    """Let the worker try a version out. Raises: OwnTestRunning."""
    try:
        with transaction.atomic():
            OwnTest.objects.create(
                version=version,
                asked_at=at,
                asked_by_name=by.name,
                basis=own_queries.basis(version),
            )
            audit.write(
                chain=own_nightly.chain_of(version),
                kind="supervision.own_model.tested",
                by=by,
                at=at,
                subject=("own_model", known.own_code(version.own_model_id)),
                after={"version": version.number},
            )
    except IntegrityError as error:
        raise own_errors.OwnTestRunning(number=version.number) from error


def run_waiting(at: datetime) -> int:
    """Run the oldest back-test that waits, or that a worker left lying; return how many ran."""
    with transaction.atomic():
        OwnTest.objects.filter(
            state=State.RUNNING, started_at__lt=at - backtests.GIVEN_UP_AFTER
        ).update(state=State.WAITING)
        row = OwnTest.objects.select_for_update().filter(state=State.WAITING).order_by("id").first()
        if row is None:
            return 0
        row.state, row.started_at = State.RUNNING, at
        row.save(update_fields=["state", "started_at"])
    _run(row, at)
    return 1


def _run(row: OwnTest, at: datetime) -> None:
    found, said = own_nightly.asked(row.version, at)
    if found is None:
        logger.warning("the back-test of own version %s failed: %s", row.version_id, said)
        OwnTest.objects.filter(pk=row.pk).update(
            state=State.FAILED, finished_at=at, error=said[:300]
        )
        return
    OwnTest.objects.filter(pk=row.pk).update(
        state=State.FINISHED,
        finished_at=max(at, clock.now()),
        result=result(row.version, found, clock.local_date(at)),
    )


def result(version: OwnVersion, found: list[rules.Finding], day: date) -> dict[str, Any]:
    """Return findings of the window by month and by village, with how much was judged there."""
    first, prefix = review_rules.since(day), divisions.prefix(version.own_model.division_code)
    inside = [one for one in found if first <= one.business_date <= day]
    judged: Counter[str] = Counter()
    kinds = {one.finding_kind for one in inside} | known.as_model(version).kinds
    for kind in sorted(kinds):
        judged.update(reviews.of_kind(kind, day))
    here = {code: count for code, count in judged.items() if code.startswith(prefix)}
    by_village = Counter(one.village_id for one in inside)
    by_month = Counter(backtests.month(one.business_date) for one in inside)
    return {
        "from": first.isoformat(),
        "until": day.isoformat(),
        "found": len(inside),
        "earlier": len(found) - len(inside),
        "judged": sum(here.values()),
        "months": [[name, by_month[name]] for name in backtests.months(first, day)],
        "villages": [
            [code, here.get(code, 0), by_village[code]]
            for code in sorted(here.keys() | by_village.keys())
        ],
        "listed": backtests.listed(inside, {}),
    }
