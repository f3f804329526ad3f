"""The models over the records of many counties: each county judged as it would judge itself.

County by county, as of the moment of its own publication, with its own dated parameters: what is
found equals what its own night finds on these rows. A county that is refused, or a model that
asks for what a county does not have, is told and stops nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import clock
from sanzi.record import engine, snapshot
from sanzi.record.lake import copies, reading
from sanzi.record.lake.errors import LakeRefusal
from sanzi.record.lake.reading import County, Taken
from sanzi.record.lake.stores import Store
from sanzi.supervision import catalogue, rules
from sanzi.supervision.actions import nightly
from sanzi.supervision.actions.nightly import LIVE, Scan
from sanzi.supervision.rules import Finding, Override
from sanzi.supervision.shapes import AlertModel

PARAMETERS: Final = (
    "SELECT v.model_code, v.name, v.area_code, v.valid_from_date, v.valid_until_date, v.value"
    " FROM stg_parameter_value v"
)
STATES: Final = "SELECT p.payment_id, p.status FROM stg_payment p"


@dataclass
class CountyScan:
    """What the models said of one county.

    `unasked` names the models that ask for what its version of the record does not have.
    """

    county: County
    as_of: datetime
    serial: int
    rows: int
    is_new: bool
    scan: Scan
    unasked: dict[str, list[str]] = field(default_factory=dict)

    def told(self) -> Iterator[dict[str, Any]]:
        """Yield the findings as plain values, in order."""
        for key in sorted(self.scan.findings):
            yield plain(self.county.code, self.scan.findings[key])


def plain(county_code: str, one: Finding) -> dict[str, Any]:
    """Return a finding for programs."""
    return {
        "county_code": county_code,
        "model": one.model.code,
        "version": one.model.version,
        "severity": one.model.severity,
        "kind": one.finding_kind,
        "id": one.finding_id,
        "village_id": one.village_id,
        "org_id": one.org_id,
        "period": one.period,
        "business_date": one.business_date.isoformat(),
        "figures": dict(one.figures),
        "parameters": dict(one.parameters),
        "sentence": one.sentence,
    }


def chosen_models(*, with_closed: bool = False) -> list[AlertModel]:
    """Return the nightly models; those for the discipline offices alone only where asked for."""
    return [one for one in catalogue.at_gate("nightly") if with_closed or not one.is_closed]


def taken(
    store: Store,
    known: Iterable[County],
    cache: Path,
    *,
    at: datetime,
    max_age_days: int = reading.MAX_AGE_DAYS,
) -> tuple[list[Taken], list[LakeRefusal]]:
    """Take what the counties sent; return it, and why others were refused. Raises: BadPlace."""
    counties = list(known)
    found, refused = [], reading.strangers(store, [one.code for one in counties])
    for one in counties:
        try:
            found.append(reading.take(store, one, cache, at=at, max_age_days=max_age_days))
        except LakeRefusal as refusal:
            refused.append(refusal)
    return found, refused


def wanted_columns(models: Sequence[AlertModel]) -> dict[str, tuple[str, ...]]:
    """Return the columns that models and the house ask for."""
    statements = [engine.check(one.sql) for one in models]
    statements += [engine.check(PARAMETERS), engine.check(STATES)]
    return snapshot.columns_of(statements)


def askable(
    models: Sequence[AlertModel], one: Taken
) -> tuple[list[AlertModel], dict[str, list[str]]]:
    """Return the models that a county's rows can answer, and what the others miss."""
    unasked = {}
    for model in models:
        lacking = one.evolved.lacks(snapshot.columns_of([engine.check(model.sql)]))
        if lacking:
            unasked[model.code] = lacking
    return [model for model in models if model.code not in unasked], unasked


def scan(
    one: Taken, models: Sequence[AlertModel], *, tell: Callable[[], None] = lambda: None
) -> CountyScan:
    """Ask the models of one county on DuckDB."""
    asked, unasked = askable(models, one)
    with copies.held(one, wanted_columns(asked), sessions=nightly.AT_ONCE) as sessions:
        overrides = overrides_of(sessions[0].run(PARAMETERS, {}))
        states = {row["payment_id"]: row["status"] for row in sessions[0].run(STATES, {})}
        found = nightly.ask(
            asked, sessions, at=one.manifest.as_of, overrides=overrides, tell=lambda _: tell()
        )
    found.findings = {
        key: finding
        for key, finding in found.findings.items()
        if finding.finding_kind != "payment" or states[finding.finding_id] in LIVE
    }
    return CountyScan(
        one.county, one.manifest.as_of.astimezone(clock.SHANGHAI), one.manifest.serial,
        one.manifest.row_count, one.is_new, found, unasked,
    )  # fmt: skip


def overrides_of(rows: Iterable[Mapping[str, Any]]) -> list[Override]:
    """Return the dated values of a county's parameters from its own rows."""
    return [
        rules.Override(
            row["model_code"], row["name"], row["area_code"], row["valid_from_date"],
            row["valid_until_date"], json.loads(row["value"]),
        )
        for row in rows
    ]  # fmt: skip
