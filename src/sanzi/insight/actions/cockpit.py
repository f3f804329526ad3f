"""Count the panels of the cockpit: each night, and within minutes when somebody asks.

The statements run over one copy of the record at one moment. Sums are kept for every place where
rows lie and, rolled up, for every division above; what did not change is not written again. A
statement that fails keeps its figures of the night before, with their time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.insight.cockpit import catalogue, counting
from sanzi.insight.cockpit.counting import Slot
from sanzi.insight.cockpit.shapes import Sum
from sanzi.insight.errors import CockpitAsked
from sanzi.insight.models import CockpitRun, CockpitSum
from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import engine, snapshot

logger = logging.getLogger(__name__)

HOUR: Final = 4
SECONDS_MAX: Final = 120.0
CHAIN: Final = "county"
ALL: Final = Q()


def run_when_due(at: datetime) -> int:
    """Count once a night, at or after four, and when it was asked for; return the sums written."""
    local = at.astimezone(clock.SHANGHAI)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    asked = CockpitRun.objects.filter(asked_at__isnull=False)
    is_night = local >= tonight and not CockpitRun.objects.filter(tried_at__gte=tonight).exists()
    return run(at=at, by=SYSTEM) if is_night or asked.exists() else 0


def ask(*, by: Actor, at: datetime) -> None:
    """Ask for figures of now: the worker counts within minutes.

    Raises: NotFound; CockpitAsked when it is already asked for.
    """
    if by.user_id is None or not scope.prefixes(by, counting.SEE):
        raise NotFound
    with transaction.atomic():
        # Before the first night nothing was counted: the wish itself is the first row.
        CockpitRun.objects.bulk_create(
            [CockpitRun(statement=one, tried_at=at) for one in catalogue.statements()],
            ignore_conflicts=True,
        )
        runs = [*CockpitRun.objects.select_for_update().order_by("id")]
        if any(one.asked_at is not None for one in runs):
            raise CockpitAsked
        CockpitRun.objects.filter(pk__in=[one.pk for one in runs]).update(asked_at=at)
        audit.write(
            chain=CHAIN,
            kind="insight.cockpit.asked",
            by=by,
            at=at,
            subject=("cockpit", "all"),
            after={"statements": len(runs)},
        )


def run(*, at: datetime, by: Actor) -> int:
    """Count every statement as of an instant; return how many sums were written."""
    statements = catalogue.statements()
    wanted = snapshot.columns_of(engine.check(sql) for sql in statements.values())
    given = counting.values(at)
    written, failed = 0, {}
    with snapshot.taken(wanted) as (session,):
        for code, sql in statements.items():
            try:
                rows = session.run(counting.sums_of(sql), given, seconds=SECONDS_MAX)
            except (engine.EngineFailed, engine.QueryInterrupted) as error:
                logger.exception("statement %s of the cockpit failed", code)
                failed[code] = str(error)
                continue
            written += keep(code, counting.rolled(rows, given["since"]), at)
    _forget(statements)
    with transaction.atomic():
        for code, words in failed.items():
            CockpitRun.objects.update_or_create(
                statement=code, defaults={"tried_at": at, "error": words[:200], "asked_at": None}
            )
        audit.write(
            chain=CHAIN,
            kind="insight.cockpit.counted",
            by=by,
            at=at,
            subject=("cockpit", "all"),
            after={"statements": len(statements), "sums": written, "errors": sorted(failed)},
        )
    return written


def keep(code: str, sums: Mapping[Slot, Sum], at: datetime, *, places: Q = ALL) -> int:
    """Write what changed of a statement; return how many rows were touched.

    Shapes: `places` says of which rows the sums are all there is; the others stay.
    """
    fresh, changed, gone = [], [], []
    left = dict(sums)
    with transaction.atomic():
        for old in CockpitSum.objects.select_for_update().filter(places, statement=code):
            one = left.pop((old.division_code, old.is_rolled, old.month, old.key), None)
            if one is None:
                gone.append(old.pk)
            elif (old.part, old.whole, old.row_count) != (one.part, one.whole, one.row_count):
                old.part, old.whole, old.row_count = one.part, one.whole, one.row_count
                changed.append(old)
        for (division, is_rolled, month, key), one in left.items():
            fresh.append(
                CockpitSum(
                    statement=code, division_code=division, is_rolled=is_rolled, month=month,
                    key=key, part=one.part, whole=one.whole, row_count=one.row_count,
                )
            )  # fmt: skip
        for start in range(0, len(gone), 500):
            CockpitSum.objects.filter(pk__in=gone[start : start + 500]).delete()
        CockpitSum.objects.bulk_create(fresh, batch_size=1000)
        CockpitSum.objects.bulk_update(changed, ["part", "whole", "row_count"], batch_size=300)
        CockpitRun.objects.update_or_create(
            statement=code,
            defaults={"computed_at": at, "tried_at": at, "error": "", "asked_at": None},
        )
    return len(fresh) + len(changed) + len(gone)


def _forget(statements: Mapping[str, str]) -> None:
    """Drop what no file asks for any more."""
    CockpitSum.objects.exclude(statement__in=[*statements]).delete()
    CockpitRun.objects.exclude(statement__in=[*statements]).delete()
