"""Opening alerts: for each finding that may speak, its frozen rows, its addressee, its limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sanzi.audit import actions as audit
from sanzi.kernel import digest, ids
from sanzi.orgs.actors import Actor
from sanzi.record import neighbourhood
from sanzi.supervision import frozen, known, rules
from sanzi.supervision.actions import routing, silences, stepping, telling, triggering
from sanzi.supervision.models import Alert, Disposal


def speaking(
    fresh: Sequence[rules.Finding], remembered: silences.Remembered
) -> tuple[list[rules.Finding], list[int]]:
    """Return the findings that may speak, and the ids of what keeps the others silent."""
    payments = frozen.read(
        {"payment": [one.finding_id for one in fresh if one.finding_kind == "payment"]}
    )["payment"]
    may: list[rules.Finding] = []
    silent: list[int] = []
    for one in fresh:
        by = remembered.silences(one, payments.get(one.finding_id))
        if by is None:
            may.append(one)
        else:
            silent.append(by)
    return may, silent


def open_alerts(
    fresh: Sequence[rules.Finding], *, by: Actor, at: datetime, rows: frozen.Rows | None = None
) -> int:
    """Open an alert for each finding; return how many. `rows` are those of a step undone since."""
    if not fresh:
        return 0
    rows = frozen.read(frozen.wanted(fresh)) if rows is None else rows
    cases = neighbourhood.case_ids_of({(one.finding_kind, one.finding_id) for one in fresh})
    kept = [frozen.evidence(one, rows) for one in fresh]
    around = triggering.Known(fresh, kept, at)
    for finding in fresh:
        row = rows.get(finding.finding_kind, {}).get(finding.finding_id) or {}
        case = cases.get((finding.finding_kind, finding.finding_id)) or row.get("case_id") or ""
        _open(finding, case, around, by, at)
    return len(fresh)


def matter_key(case_number: str, finding_kind: str, finding_id: str) -> str:
    """Return what alerts about the same matter share: the case, or else the thing itself."""
    return (case_number or f"{finding_kind}:{finding_id}")[:64]


def _open(
    finding: rules.Finding,
    case: str,
    around: triggering.Known,
    by: Actor,
    at: datetime,
) -> None:
    rows = around.rows[finding.key]
    payments = rows.get("payment") if finding.finding_kind == "payment" else None
    people = _people(finding, payments[0] if payments else {})
    route, conflicted = rules.ladder(finding.model), routing.with_kin(people)
    target = routing.choose(route, village_id=finding.village_id, conflicted=conflicted, at=at)
    found, usual = around.triggers(finding), target
    if found and target.step < triggering.first_step(route, found):
        target = routing.choose(
            route,
            village_id=finding.village_id,
            conflicted=conflicted,
            at=at,
            from_step=triggering.first_step(route, found),
        )
    alert = Alert(
        ext_id=ids.new_id("AL", at),
        model_code=finding.model.code,
        model_version=finding.model.version,
        finding_kind=finding.finding_kind,
        finding_id=finding.finding_id,
        period=finding.period,
        org_ext_id=finding.org_id,
        division_code=finding.village_id,
        case_number=case,
        matter_key=matter_key(case, finding.finding_kind, finding.finding_id),
        subject_person_ext_ids=sorted(people),
        severity=finding.model.severity,
        is_red_line=finding.model.severity == "block",
        sentence=finding.sentence[:400],
        what_to_do=finding.what_to_do[:400],
        figures=dict(finding.figures),
        parameters=dict(finding.parameters),
        rows=rows,
        rows_digest=digest.sm3_of(rows),
        route=rules.route_text(finding.model.route)[:40],
        route_step=target.step,
        route_role=target.role,
        route_division=target.division_code,
        opened_at=at,
    )
    stepping.set_limit(alert, at, target.days)
    alert.first_due_at = alert.due_at
    alert.save()
    Disposal.objects.create(alert=alert, at=at, actor_name=by.name, action="opened")
    audit.write(
        chain=known.chain_of(alert.model_code, alert.org_ext_id),
        kind="supervision.alert.opened",
        by=by,
        at=at,
        subject=("alert", alert.ext_id),
        after={"model": alert.model_code, "finding": alert.finding_id},
    )
    if target != usual:
        triggering.told(alert, found, {"role": usual.role}, at)
    telling.tell(alert=alert, user_ids=target.user_ids, template="alert_opened", at=at)


def _people(finding: rules.Finding, payment: Mapping[str, Any]) -> set[str]:
    """Return the persons whom the finding is about: payee, handler, and whom the model named."""
    named = (
        payment.get("payee_person_id"),
        payment.get("handler_person_id"),
        finding.figures.get("person_id"),
    )
    return {str(one) for one in named if one}
