"""How the statements of the cockpit are counted: what they are given, their sums, rolled up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sanzi.insight.cockpit.shapes import NOTHING, Sum
from sanzi.insight.indices import rules
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.record import engine
from sanzi.record.lake import looking
from sanzi.record.lake.reading import Taken
from sanzi.supervision import catalogue
from sanzi.supervision import queries as supervision

MONTHS: Final = 13
SEE: Final = "insight.see"
ALERT: Final = "alert"
_ALERT_TABLES: Final = frozenset({ALERT, "org"})
Slot = tuple[str, bool, str, str]
"""Division, whether rolled up, month, key."""


def first_day(at: datetime) -> date:
    """Return where the window of thirteen months begins."""
    return rules.first_day(MONTHS, clock.local_date(at))


def values(at: datetime) -> dict[str, Any]:
    """Return what the statements may ask for: the window, the moment, the closed models."""
    return {
        "since": first_day(at),
        "as_of": at.astimezone(clock.SHANGHAI).replace(tzinfo=None),
        "closed": supervision.closed_model_codes(),
    }


def values_of(found: Taken) -> dict[str, Any]:
    """Return what the statements may ask of a county that published.

    A county tells which of its own models are open to all; every other that is not among the
    common ones counts as closed, all of them where an older county tells nothing.
    Raises: BeingTaken, QueryInterrupted, EngineFailed.
    """
    given = values(found.manifest.as_of)
    common = catalogue.models()
    told = found.manifest.own_models
    own = {one for one in looking.values_in(found, ALERT, "model_code") if one not in common}
    closed = {one for one in own if not told.get(one, False)}
    theirs = {one for one in given["closed"] if one in common}
    return {**given, "closed": sorted(theirs | closed)}


def is_of_alerts(sql: str) -> bool:
    """Return whether a statement counts alerts: whom one of them names is not to see it."""
    return engine.check(sql).tables <= _ALERT_TABLES


def sums_of(sql: str) -> str:
    """Return the statement that adds up rows by place, month and key."""
    return (
        "SELECT r.village_id, COALESCE(r.month, '') AS month, LEFT(r.key, 120) AS key, "  # noqa: S608 - the house's own statement
        "SUM(r.part) AS part, SUM(r.whole) AS whole, COUNT(*) AS row_count "
        f"FROM ({sql}) r WHERE r.village_id IS NOT NULL AND r.key IS NOT NULL "
        "GROUP BY r.village_id, COALESCE(r.month, ''), LEFT(r.key, 120)"
    )


def rolled(rows: Iterable[Mapping[str, Any]], first: date) -> dict[Slot, Sum]:
    """Return the sums of every place, and rolled up of every division above and of its own.

    Months before the window are added up under the empty month.
    """
    found: dict[Slot, Sum] = {}
    window = f"{first:%Y-%m}"
    above: dict[str, list[str]] = {}
    for row in rows:
        code = row["village_id"]
        one = Sum(int(row["part"]), int(row["whole"]), int(row["row_count"]))
        if code not in above:
            is_village = code[9:] != "000"
            above[code] = [*([] if is_village else [code]), *orgs.ancestors(code)]
        slots = [(code, False), *((higher, True) for higher in above[code])]
        for division, is_rolled in slots:
            month = row["month"] if row["month"] >= window else ""
            slot = (division, is_rolled, month, row["key"])
            found[slot] = found.get(slot, NOTHING) + one
    return found
