"""The nightly scan: the same models over everything; findings become alerts.

A finding that is already an alert keeps it, one that is gone is marked as vanished, and a hold
that the reviewer released on the same facts opens none. Drafts are no findings of the night.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date, datetime
from queue import SimpleQueue
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, digest, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record import engine, extraction, neighbourhood, snapshot
from sanzi.record.extraction import Only
from sanzi.supervision import catalogue, known, queries, rules
from sanzi.supervision.actions import own_nightly, precheck, routing, telling
from sanzi.supervision.models import Alert, AlertState, Disposal, ModelRun, Release
from sanzi.supervision.shapes import AlertModel

logger = logging.getLogger(__name__)

LIVE: Final = ("submitted", "approved", "dispatched", "paid")
SECONDS_MAX: Final = 120.0
HOUR: Final = 2
AT_ONCE: Final = 2
Key = tuple[str, str, str, str]
Tell = Callable[[AlertModel], None]


@dataclass
class Scan:
    """What the models said of everything: findings by key, models that ran, what went wrong."""

    findings: dict[Key, rules.Finding] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    errors: list[dict[str, str]] = field(default_factory=list)


def scan(
    *, at: datetime, models: Sequence[AlertModel] | None = None, tell: Tell = lambda _: None
) -> Scan:
    """Run the nightly models on the whole record; one bad model never stops the rest.

    `tell` is told each model that is done, in the order in which they end.
    """
    chosen = list(catalogue.at_gate("nightly") if models is None else models)
    wanted = snapshot.columns_of(engine.check(model.sql) for model in chosen)
    with snapshot.taken(wanted, sessions=AT_ONCE) as sessions:
        return ask(chosen, sessions, at=at, overrides=queries.overrides(), tell=tell)


def ask(
    chosen: Sequence[AlertModel],
    sessions: Sequence[engine.Session],
    *,
    at: datetime,
    overrides: Sequence[rules.Override],
    tell: Tell = lambda _: None,
) -> Scan:
    """Run models over rows that stand ready, one in each session at a time."""
    free: SimpleQueue[engine.Session] = SimpleQueue()
    for one in sessions:
        free.put(one)

    def run_one(model: AlertModel) -> list[rules.Finding]:
        session = free.get()
        try:
            return rules.find(session, model, at=at, overrides=overrides, seconds=SECONDS_MAX)
        finally:
            free.put(session)

    result = Scan()
    with ThreadPoolExecutor(len(sessions)) as pool:
        asked = {pool.submit(run_one, model): model for model in chosen}
        for answer in as_completed(asked):
            model = asked[answer]
            tell(model)
            try:
                found = answer.result()
            except (engine.BadStatement, engine.EngineFailed, engine.QueryInterrupted) as error:
                logger.exception("model %s failed", model.code)
                result.errors.append({"model": model.code, "error": str(error)[:300]})
                continue
            result.ran.add(model.code)
            result.findings.update({one.key: one for one in found})
    result.errors.sort(key=lambda one: one["model"])
    return result


def run(*, as_of: datetime, by: Actor, tell: Tell = lambda _: None) -> ModelRun:
    """Scan everything as of an instant, and open, keep or mark alerts.

    Units: as_of is aware; it is also the time of the alerts. Returns the row of the run.
    """
    row = ModelRun.objects.create(started_at=as_of, as_of=as_of)
    result = scan(at=as_of, tell=tell)
    own = own_nightly.scan(at=as_of, by=by)
    result.findings.update({one.key: one for one in own.findings})
    result.ran |= own.ran
    result.errors += own.errors
    rows = _payment_rows(result.findings.values())
    current = {
        key: one
        for key, one in result.findings.items()
        if one.finding_kind != "payment" or rows[one.finding_id]["status"] in LIVE
    }
    with transaction.atomic():
        held = {
            (one.model_code, one.finding_kind, one.finding_id, one.period): one
            for one in Alert.objects.select_for_update().order_by("id")
        }
        fresh = [one for key, one in current.items() if key not in held]
        opened = _open(_not_released(fresh), rows, by=by, at=as_of)
        kept = _keep(current, held, at=as_of)
        vanished = _mark_vanished(current, held, result.ran, at=as_of)
        ModelRun.objects.filter(pk=row.pk).update(
            finished_at=as_of,
            finding_count=len(current),
            opened_count=opened,
            kept_count=kept,
            vanished_count=vanished,
            errors=result.errors,
        )
    row.refresh_from_db()
    return row


def open_for_case(*, case_number: str, model_code: str, by: Actor, at: datetime) -> int:
    """Open at once what one model finds on one case now; return how many alerts opened.

    For news that can't wait for the night. The night finds the same and keeps it.
    Raises: CheckNotRun.
    """
    model = known.model_of(model_code)
    found = precheck.judge(case_numbers=[case_number], models=[model], at=at)
    held = set(
        Alert.objects.filter(model_code=model_code).values_list("finding_id", "period"),
    )
    fresh = [one for one in found if (one.finding_id, one.period) not in held]
    with transaction.atomic():
        return _open(fresh, _payment_rows(fresh), by=by, at=at)


def run_when_due(at: datetime) -> int:
    """Run the scan once for each night, at or after two o'clock; return how many alerts opened."""
    local = at.astimezone(clock.SHANGHAI)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    is_done = ModelRun.objects.filter(as_of__gte=tonight, finished_at__isnull=False).exists()
    if local < tonight or is_done:
        return 0
    return run(as_of=at, by=SYSTEM).opened_count


def _payment_rows(findings: Iterable[rules.Finding]) -> dict[str, dict[str, Any]]:
    wanted = {one.finding_id for one in findings if one.finding_kind == "payment"}
    wanted |= {
        one.figures["earlier_payment_id"]
        for one in findings
        if one.figures.get("earlier_payment_id")
    }
    names = extraction.arrow_schema("payment").names
    rows = extraction.fetch("payment", Only("payment_id", sorted(wanted)))
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def _not_released(fresh: Sequence[rules.Finding]) -> list[rules.Finding]:
    released = set(
        Release.objects.filter(finding_id__in=[one.finding_id for one in fresh]).values_list(
            "model_code", "finding_id", "figures_digest"
        )
    )
    return [
        one for one in fresh if (one.model.code, one.finding_id, one.figures_digest) not in released
    ]


def _open(
    fresh: Sequence[rules.Finding], rows: Mapping[str, dict[str, Any]], *, by: Actor, at: datetime
) -> int:
    calendar = orgs.calendar()
    cases = neighbourhood.case_ids_of({(one.finding_kind, one.finding_id) for one in fresh})
    for finding in fresh:
        payment = rows.get(finding.finding_id, {})
        people = _people(finding, payment)
        target = routing.choose(
            rules.full_route(finding.model.route),
            village_id=finding.village_id,
            conflicted=routing.with_kin(people),
            at=at,
        )
        frozen = _evidence(finding, rows)
        alert = Alert.objects.create(
            ext_id=ids.new_id("AL", at),
            model_code=finding.model.code,
            model_version=finding.model.version,
            finding_kind=finding.finding_kind,
            finding_id=finding.finding_id,
            period=finding.period,
            org_ext_id=finding.org_id,
            division_code=finding.village_id,
            case_number=cases.get((finding.finding_kind, finding.finding_id), ""),
            subject_person_ext_ids=sorted(people),
            severity=finding.model.severity,
            is_red_line=finding.model.severity == "block",
            sentence=finding.sentence[:400],
            what_to_do=finding.what_to_do[:400],
            figures=dict(finding.figures),
            parameters=dict(finding.parameters),
            rows=frozen,
            rows_digest=digest.sm3_of(frozen),
            route=rules.route_text(finding.model.route)[:40],
            route_step=target.step,
            route_role=target.role,
            route_division=target.division_code,
            opened_at=at,
            due_at=calendar.add_workdays(at, target.days),
        )
        Disposal.objects.create(alert=alert, at=at, actor_name=by.name, action="opened")
        audit.write(
            chain=known.chain_of(alert.model_code, alert.org_ext_id),
            kind="supervision.alert.opened",
            by=by,
            at=at,
            subject=("alert", alert.ext_id),
            after={"model": alert.model_code, "finding": alert.finding_id},
        )
        telling.tell(alert=alert, user_ids=target.user_ids, template="alert_opened", at=at)
    return len(fresh)


def _people(finding: rules.Finding, payment: Mapping[str, Any]) -> set[str]:
    """Return the persons whom the finding is about: payee, handler, and whom the model named."""
    named = (
        payment.get("payee_person_id"),
        payment.get("handler_person_id"),
        finding.figures.get("person_id"),
    )
    return {str(one) for one in named if one}


def _evidence(
    finding: rules.Finding, rows: Mapping[str, dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows the finding stands on, as they are now, for good."""
    names = [finding.finding_id, str(finding.figures.get("earlier_payment_id"))]
    kept = [_plain(rows[name]) for name in names if name in rows]
    return {"payment": kept} if kept else {}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if isinstance(value, str | int | bool | date | None)
    }


def _keep(current: Mapping[Key, rules.Finding], held: Mapping[Key, Alert], *, at: datetime) -> int:
    kept = 0
    for key, finding in current.items():
        alert = held.get(key)
        if alert is None:
            continue
        kept += 1
        changed = dict(finding.figures) != alert.figures
        if alert.state == AlertState.DISPOSED or not (changed or alert.vanished_at):
            continue
        alert.vanished_at = None
        alert.figures = dict(finding.figures)
        alert.sentence = finding.sentence[:400]
        alert.save(update_fields=["vanished_at", "figures", "sentence"])
        Disposal.objects.create(alert=alert, at=at, action="facts_changed", text=alert.sentence)
    return kept


def _mark_vanished(
    current: Mapping[Key, rules.Finding],
    held: Mapping[Key, Alert],
    ran: set[str],
    *,
    at: datetime,
) -> int:
    gone = [
        alert
        for key, alert in held.items()
        if key not in current
        and alert.model_code in ran
        and alert.vanished_at is None
        and alert.state != AlertState.DISPOSED
    ]
    for alert in gone:
        alert.vanished_at = at
        alert.save(update_fields=["vanished_at"])
        Disposal.objects.create(alert=alert, at=at, action="vanished")
    return len(gone)
