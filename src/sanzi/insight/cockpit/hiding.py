"""What an actor is not to see of the sums: the alerts that name him, taken out of every figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanzi.insight.cockpit import catalogue, counting
from sanzi.insight.cockpit.shapes import NOTHING, Place, Sum
from sanzi.insight.models import CockpitRun
from sanzi.orgs.actors import Actor
from sanzi.record import engine, extraction
from sanzi.record.extraction import Only
from sanzi.supervision import queries as alerts

ALERT: Final = counting.ALERT
Sums = dict[str, dict[tuple[str, str], Sum]]
"""Statement, then (month, key of the statement)."""
Hidden = dict[tuple[str, str, bool], dict[tuple[str, str], Sum]]
"""By statement, division and whether rolled up: what the alerts that name the actor added."""


def naming(by: Actor, place: Place) -> Hidden:
    """Return what the alerts that name the actor added to the sums of a place and below."""
    named = alerts.alerts_that_name(by, place.code)
    if not named:
        return {}
    rows = extraction.fetch(ALERT, Only("alert_id", named))
    at = extraction.position(ALERT, "org_id")
    bodies = extraction.fetch("org", Only("org_id", sorted({row[at] for row in rows if row[at]})))
    tables = {
        ALERT: extraction.to_arrow(ALERT, rows),
        "org": extraction.to_arrow("org", bodies),
    }
    found: Hidden = {}
    runs = {one.statement: one for one in CockpitRun.objects.all()}
    with engine.warm_session(tables) as session:
        for code, sql in catalogue.statements().items():
            run = runs.get(code)
            if not counting.is_of_alerts(sql) or not run or not run.computed_at:
                continue
            given: dict[str, Any] = counting.values(run.computed_at)
            told = counting.rolled(session.run(counting.sums_of(sql), given), given["since"])
            for (division, is_rolled, month, key), one in told.items():
                found.setdefault((code, division, is_rolled), {})[month, key] = one
    return found


def without(sums: Sums, code: str, hidden: Hidden, *, is_rolled: bool) -> Sums:
    """Leave out of the alerts of a place those that name the actor: he is not to see them."""
    return {
        statement: less(kept, hidden.get((statement, code, is_rolled), {}))
        for statement, kept in sums.items()
    }


def less(
    kept: Mapping[tuple[str, str], Sum], hidden: Mapping[tuple[str, str], Sum]
) -> dict[tuple[str, str], Sum]:
    """Return the sums of a place without what is hidden of them."""
    found = dict(kept)
    for slot, one in hidden.items():
        have = found.get(slot, NOTHING)
        found[slot] = Sum(
            max(have.part - one.part, 0),
            max(have.whole - one.whole, 0),
            max(have.row_count - one.row_count, 0),
        )
    return {slot: one for slot, one in found.items() if one != NOTHING}
