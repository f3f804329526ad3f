"""The night of own models: each runs on the rows of the division it was approved for.

What a version on trial finds is kept for its owner alone; what an active one finds goes the way
of all findings. A wrong row, a copy that is too large, a statement that no longer fits the record:
the model tells its owner and the rest run on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import digest
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.actors import Actor
from sanzi.record import engine, places, sandbox, schema
from sanzi.supervision import known, own_rights, own_shape, own_sql, rules
from sanzi.supervision.catalogue import CLOSED_CHAIN
from sanzi.supervision.models import OwnFinding, OwnState, OwnVersion

logger = logging.getLogger(__name__)

RUNNING: Final = (OwnState.TRIAL, OwnState.ACTIVE)


@dataclass
class OwnScan:
    """What the active versions found, which of them ran, and what went wrong with any."""

    findings: list[rules.Finding] = field(default_factory=list)
    ran: set[str] = field(default_factory=set)
    errors: list[dict[str, str]] = field(default_factory=list)


def scan(*, at: datetime, by: Actor) -> OwnScan:
    """Run all own models on trial or active, and keep what those on trial found."""
    result = OwnScan()
    running = OwnVersion.objects.filter(state__in=RUNNING).select_related("own_model")
    for version in running.order_by("own_model_id", "number"):
        found, said = asked(version, at)
        code = known.own_code(version.own_model_id)
        if said:
            logger.warning("own model %s failed: %s", code, said)
            result.errors.append({"model": code, "error": said[:300]})
        _keep(version, found, said, by, at)
        if found is not None and version.state == OwnState.ACTIVE:
            result.ran.add(code)
            result.findings += found
    return result


def ask_again(code: str, at: datetime) -> OwnScan:
    """Run the active version of one model, in the place it was approved for; keep nothing."""
    result = OwnScan()
    active = OwnVersion.objects.filter(own_model_id=known.own_id(code), state=OwnState.ACTIVE)
    for version in active.select_related("own_model"):
        found, said = asked(version, at)
        if found is None:
            result.errors.append({"model": code, "error": said[:300]})
        else:
            result.ran.add(code)
            result.findings += found
    return result


def asked(version: OwnVersion, at: datetime) -> tuple[list[rules.Finding] | None, str]:
    """Return what a version finds, or None and what went wrong, in words for its owner."""
    try:
        return _found(version, at), ""
    except (engine.EngineFailed, engine.QueryInterrupted, sandbox.Wrong) as error:
        return None, _words(error)
    except (engine.BadStatement, own_shape.OwnBroken, Refusal, KeyError) as error:
        return None, str(error)


def _words(error: Exception) -> str:
    cause = error if isinstance(error, sandbox.Wrong) else error.__cause__
    if isinstance(cause, sandbox.Wrong):
        return own_sql.in_words(cause).text
    if isinstance(error, sandbox.TooManyRows):
        most = own_rights.load().limits.findings
        return f"一夜查出超过{most}条，都没有记下来。请把条件写严一点。"
    return str(error)


class _Checked:
    """What runs a statement and lets only findings of the place pass."""

    def __init__(self, copy: sandbox.Sandbox) -> None:
        self._copy = copy

    def run(
        self, sql: str, parameters: Mapping[str, Any], *, seconds: float = 60.0
    ) -> list[dict[str, Any]]:
        """Return the rows of a statement. Raises: OwnBroken, and what the sandbox raises."""
        rows = self._copy.run(sql, parameters, seconds=seconds)
        own_shape.check_rows(rows, self._villages(), self._keys())
        return rows

    def _keys(self) -> dict[str, list[str]]:
        tables = schema.load_tables()
        return {
            name: held.column(tables[name].column(tables[name].primary_key[0]).record).to_pylist()
            for name, held in self._copy.tables.items()
        }

    def _villages(self) -> set[str]:
        """Return the divisions of the rows at hand: all of them lie in the place."""
        return {
            code
            for name, held in self._copy.tables.items()
            for place in [places.places()[name]]
            if place.kind == "code"
            for code in held.column(place.column).unique().to_pylist()
        }


def _found(version: OwnVersion, at: datetime) -> list[rules.Finding]:
    own = version.own_model
    view = own_rights.view_of(own.role_code, own.division_code)
    own_sql.check(version.sql, view)
    model = known.as_model(version)
    limits = own_rights.load().limits.of_a_night()
    grant = own_rights.load().grants.get(own.role_code)
    without = {} if grant is not None and grant.is_closed else known.closed_rows()
    with sandbox.opened(view, sorted(model.tables), limits, without) as copy:
        runs = _Checked(copy)
        return rules.find(runs, model, at=at, overrides=[], seconds=limits.seconds)


@transaction.atomic
def _keep(
    version: OwnVersion, found: list[rules.Finding] | None, said: str, by: Actor, at: datetime
) -> None:
    version.last_run_at = at
    version.last_error = said[:300]
    version.last_count = len(found or ())
    version.save(update_fields=["last_run_at", "last_error", "last_count"])
    if found is not None and version.state == OwnState.TRIAL:
        _keep_trial(version, found, at)
    audit.write(
        chain=chain_of(version),
        kind="supervision.own_model.ran",
        by=by,
        at=at,
        subject=("own_model", known.own_code(version.own_model_id)),
        after={
            "version": version.number,
            "author": version.own_model.owner_name,
            "sm3": digest.sm3(version.sql.encode()),
            "rows": version.last_count,
            **({"failed": True} if said else {}),
        },
    )


def chain_of(version: OwnVersion) -> str:
    """Return the chain of the log for what becomes of a version."""
    grant = own_rights.load().grants.get(version.own_model.role_code)
    is_hidden = version.is_closed or (grant is not None and grant.is_closed)
    return CLOSED_CHAIN if is_hidden else version.own_model.org_ext_id


def _keep_trial(version: OwnVersion, found: list[rules.Finding], at: datetime) -> None:
    """Hold what a version on trial finds tonight: new, still there, or gone."""
    held = {(one.finding_kind, one.finding_id, one.period): one for one in version.findings.all()}
    for finding in found:
        key = (finding.finding_kind, finding.finding_id, finding.period)
        row = held.pop(key, None) or OwnFinding(version=version, found_at=at)
        row.finding_kind, row.finding_id, row.period = key
        row.division_code = finding.village_id
        row.sentence = finding.sentence[:400]
        row.figures = dict(finding.figures)
        row.seen_at = at
        row.save()
    OwnFinding.objects.filter(pk__in=[one.pk for one in held.values()]).delete()
