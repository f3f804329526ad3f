"""The check before the money moves: all models of a gate on one case, in one set-based run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sanzi.orgs.actors import Actor
from sanzi.record import engine, neighbourhood
from sanzi.supervision import catalogue, queries, rules
from sanzi.supervision.errors import CheckNotRun
from sanzi.supervision.models import Check, Verdict
from sanzi.supervision.queries import CASE, CheckResult
from sanzi.supervision.shapes import AlertModel

SECONDS_MAX = 5.0


def run(*, gate: str, case_number: str, by: Actor, at: datetime) -> CheckResult:  # noqa: ARG001 - every action says who
    """Run all models of a gate on a case's payments and keep what they said.

    Reads inside the caller's transaction, so that a draft not yet committed is judged too.
    Only the newest draft check is kept; those of the other gates stay. A hold that was released
    on the same facts counts no more.
    Raises: CheckNotRun, when a model fails: the step is not taken on an unknown answer.
    """
    chosen = catalogue.at_gate(gate)
    found = judge(case_numbers=[case_number], models=chosen, at=at)
    with transaction.atomic():
        if gate == "draft":
            Check.objects.filter(subject_kind=CASE, subject_id=case_number, gate=gate).delete()
        check, verdicts = _keep(gate, case_number, at, len(chosen), found)
    return queries.result_of(check, verdicts)


def judge(
    *, case_numbers: Iterable[str], models: list[AlertModel], at: datetime
) -> list[rules.Finding]:
    """Return the findings of models on the payments of cases, without keeping anything.

    Raises: CheckNotRun.
    """
    overrides = queries.overrides()
    rows = neighbourhood.collect(
        case_numbers,
        catalogue.tables_of(models),
        at=at,
        window_days=rules.longest_window(models, overrides),
    )
    subjects = {payment_id for (payment_id,) in rows.pick(neighbourhood.SUBJECT, ["payment_id"])}
    if not subjects:
        return []
    awake = [model for model in models if rules.may_speak(model, rows, overrides)]
    if not awake:
        return []
    found: list[rules.Finding] = []
    name = ""
    try:
        with engine.warm_session(rows.tables(catalogue.tables_of(awake))) as session:
            for model in awake:
                name = model.number
                found += rules.find(session, model, at=at, overrides=overrides, seconds=SECONDS_MAX)
    except (engine.BadStatement, engine.QueryInterrupted, engine.EngineFailed) as error:
        raise CheckNotRun(model=name) from error
    return [one for one in found if one.finding_kind == "payment" and one.finding_id in subjects]


def _keep(
    gate: str, case_number: str, at: datetime, model_count: int, found: list[rules.Finding]
) -> tuple[Check, list[Verdict]]:
    strength = [one.model.severity for one in found]
    check = Check.objects.create(
        subject_kind=CASE,
        subject_id=case_number,
        gate=gate,
        at=at,
        model_count=model_count,
        block_count=strength.count("block"),
        hold_count=strength.count("hold"),
        warn_count=strength.count("warn"),
    )
    verdicts = [
        Verdict(
            gate_check=check,
            model_code=one.model.code,
            model_version=one.model.version,
            severity=one.model.severity,
            finding_kind=one.finding_kind,
            finding_id=one.finding_id,
            org_ext_id=one.org_id,
            division_code=one.village_id,
            line_no=one.line_no,
            sentence=one.sentence[:400],
            what_to_do=one.what_to_do[:400],
            figures=dict(one.figures),
            figures_digest=one.figures_digest,
            parameters=dict(one.parameters),
        )
        for one in sorted(found, key=_order)
    ]
    Verdict.objects.bulk_create(verdicts, batch_size=500)
    return check, verdicts


def _order(finding: rules.Finding) -> tuple[int, int, str]:
    strength = catalogue.SEVERITIES.index(finding.model.severity)
    return (strength, finding.line_no or 0, finding.model.number)
