"""The models over the records of many counties: each county judged as it would judge itself.

As of the moment of its own publication, with its own dated parameters: what is found equals what
its own night finds on these rows. DuckDB takes county by county; Spark takes all at once, by
statements that are held to one county each (`record.lake.scoping`). A county that is refused, or a
model that asks for what a county does not have, is told and stops nothing else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlglot import exp
from sqlglot.errors import UnsupportedError

from sanzi.kernel import clock
from sanzi.record import engine, snapshot
from sanzi.record.lake import copies, dialect, reading, scoping
from sanzi.record.lake.errors import LakeRefusal
from sanzi.record.lake.reading import County, Taken
from sanzi.record.lake.spark import Spark, SparkFailed
from sanzi.record.lake.stores import Store
from sanzi.supervision import catalogue, rules
from sanzi.supervision.actions import nightly
from sanzi.supervision.actions.nightly import LIVE, Scan
from sanzi.supervision.rules import Finding, Override
from sanzi.supervision.shapes import AlertModel

logger = logging.getLogger(__name__)

PARAMETERS: Final = (
    "SELECT v.model_code, v.name, v.area_code, v.valid_from_date, v.valid_until_date, v.value"
    " FROM stg_parameter_value v"
)
_LIVE: Final = ", ".join(f"'{one}'" for one in LIVE)
ASLEEP: Final = f"SELECT p.payment_id FROM stg_payment p WHERE p.status NOT IN ({_LIVE})"  # noqa: S608 - words of the house
"""Drafts and what ended before it was paid: few, where all payments are a tenth of the time."""


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
    statements += [engine.check(PARAMETERS), engine.check(ASLEEP)]
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


def scan_apart(
    found: Sequence[Taken],
    models: Sequence[AlertModel],
    *,
    tell: Callable[[], None] = lambda: None,
) -> list[CountyScan]:
    """Ask the models of each county on DuckDB, of some counties beside each other.

    A county is small: while one is laid down, another is asked, and neither waits for the
    longest statement of the other.
    """
    with ThreadPoolExecutor(nightly.AT_ONCE) as pool:
        return list(pool.map(lambda one: scan(one, models, tell=tell), found))


def scan(
    one: Taken, models: Sequence[AlertModel], *, tell: Callable[[], None] = lambda: None
) -> CountyScan:
    """Ask the models of one county on DuckDB, one after another."""
    asked, unasked = askable(models, one)
    with copies.held(one, wanted_columns(asked)) as session:
        overrides = overrides_of(session.run(PARAMETERS, {}))
        asleep = {row["payment_id"] for row in session.run(ASLEEP, {})}
        found = nightly.ask(
            asked, [session], at=one.manifest.as_of, overrides=overrides, tell=lambda _: tell()
        )
    found.findings = {
        key: finding
        for key, finding in found.findings.items()
        if finding.finding_kind != "payment" or finding.finding_id not in asleep
    }
    scanned = _empty_scan(one)
    scanned.scan, scanned.unasked = found, unasked
    return scanned


def _empty_scan(one: Taken) -> CountyScan:
    return CountyScan(
        one.county, one.manifest.as_of.astimezone(clock.SHANGHAI), one.manifest.serial,
        one.manifest.row_count, one.is_new, Scan(),
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


def scan_together(
    spark: Spark,
    cache: Path,
    found: Sequence[Taken],
    models: Sequence[AlertModel],
    *,
    tell: Callable[[], None] = lambda: None,
) -> list[CountyScan]:
    """Ask the models of all counties at once on Spark: of each what it would find alone.

    Raises: SparkFailed, where the counties' rows themselves cannot be read.
    """
    scans = {one.county.code: _empty_scan(one) for one in found}
    for one in found:
        scans[one.county.code].unasked = askable(models, one)[1]
    if not found:
        return []
    spark.lay(cache, found, wanted_columns(models))
    own, asleep = _own_values(spark, scans), _asleep(spark)
    with ThreadPoolExecutor(nightly.AT_ONCE) as pool:
        asked = {pool.submit(_together, spark, one, scans, own): one for one in models}
        for answer in as_completed(asked):
            tell()
            _note(asked[answer], answer, scans, asleep)
    for scanned in scans.values():
        scanned.scan.errors.sort(key=lambda error: error["model"])
    return list(scans.values())


def _own_values(spark: Spark, codes: Iterable[str]) -> dict[str, list[Override]]:
    """Return the dated values of each county's parameters."""
    found: dict[str, list[Override]] = {code: [] for code in codes}
    for row in spark.rows(PARAMETERS.replace("SELECT ", f"SELECT v.{scoping.COUNTY}, ", 1)):
        found[row[scoping.COUNTY]] += overrides_of([row])
    return found


def _asleep(spark: Spark) -> set[tuple[str, str]]:
    """Return the payments, by county, that are drafts or ended before they were paid."""
    rows = spark.rows(
        f"SELECT p.{scoping.COUNTY} AS code, p.payment_id FROM stg_payment p"  # noqa: S608 - words of the house
        f" WHERE p.status NOT IN ({_LIVE})"
    )
    return {(row["code"], row["payment_id"]) for row in rows}


def _note(
    model: AlertModel,
    answer: Future[dict[str, list[Finding]]],
    scans: Mapping[str, CountyScan],
    asleep: set[tuple[str, str]],
) -> None:
    """Write down what a model said of each county, or that it failed."""
    try:
        said = answer.result()
    except (SparkFailed, scoping.NotScoped, UnsupportedError) as error:
        logger.exception("model %s failed on Spark", model.code)
        for one in scans.values():
            one.scan.errors.append({"model": model.code, "error": str(error)[:300]})
        return
    for code, one in scans.items():
        if model.code not in one.unasked:
            one.scan.ran.add(model.code)
        for finding in said.get(code, ()):
            if finding.finding_kind != "payment" or (code, finding.finding_id) not in asleep:
                one.scan.findings[finding.key] = finding


def _together(
    spark: Spark,
    model: AlertModel,
    scans: Mapping[str, CountyScan],
    own: Mapping[str, Sequence[Override]],
) -> dict[str, list[Finding]]:
    """Return what one model finds in each county that it is asked of.

    Raises: SparkFailed, NotScoped.
    """
    moments = {
        code: one.as_of.replace(tzinfo=None)
        for code, one in scans.items()
        if model.code not in one.unasked
    }
    mine = {code: [o for o in own[code] if o.model_code == model.code] for code in moments}
    sets = {code: rules.parameter_sets(model, mine[code]) for code in moments}
    every: list[dict[str, Any]] = []
    for one in sets.values():
        every += [values for values in one if values not in every]
    found: dict[str, list[Finding]] = {}
    for tree, codes in _scoped(model, moments):
        for values in every:
            rows: dict[str, list[dict[str, Any]]] = {}
            for row in spark.rows(dialect.spark_sql(tree, values)):
                rows.setdefault(row.pop(scoping.COUNTY), []).append(row)
            for code in codes & set(rows):
                if values in sets[code]:
                    found.setdefault(code, []).extend(
                        rules.told(model, rows[code], values, mine[code])
                    )
    return {code: rules.in_order(some) for code, some in found.items()}


def _scoped(
    model: AlertModel, moments: Mapping[str, datetime]
) -> Iterator[tuple[exp.Query, set[str]]]:
    """Yield the statement over all counties, or one for those of each moment where it must be."""
    if not moments:
        return
    try:
        yield scoping.scoped(model.sql, moments), set(moments)
    except scoping.NotScoped:
        for moment in sorted(set(moments.values())):
            some = {code: at for code, at in moments.items() if at == moment}
            yield scoping.scoped(model.sql, some), set(some)
