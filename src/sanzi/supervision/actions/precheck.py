"""The check before a step is taken: all models of a gate on one case, in one set-based run.

A case is judged on its own rows: its payments, or what its registers hold of it. A model is asked
when it finds something on rows of a kind that the case has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.orgs.actors import Actor
from sanzi.record import engine, neighbourhood, subjects
from sanzi.supervision import catalogue, queries, rules, screens
from sanzi.supervision.errors import CheckNotRun
from sanzi.supervision.models import Check, Verdict
from sanzi.supervision.queries import CASE, CheckResult
from sanzi.supervision.shapes import AlertModel

SECONDS_MAX = 5.0


@dataclass(frozen=True)
class Weighed:
    """What the models of a gate said of a case, not kept yet."""

    gate: str
    case_number: str
    at: datetime
    model_count: int
    found: tuple[rules.Finding, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether a red-line model hit."""
        return any(one.model.severity == "block" for one in self.found)


def run(*, gate: str, case_number: str, by: Actor, at: datetime) -> CheckResult:  # noqa: ARG001 - every action says who
    """Run all models of a gate on the rows of a case and keep what they said.

    Reads inside the caller's transaction, so that a draft not yet committed is judged too.
    Only the newest draft check is kept; those of the other gates stay. A hold that was released
    on the same facts counts no more.
    Raises: CheckNotRun, when a model fails: the step is not taken on an unknown answer.
    """
    return keep(weigh(gate=gate, case_number=case_number, at=at))


def weigh(*, gate: str, case_number: str, at: datetime) -> Weighed:
    """Run all models of a gate on a case, without keeping what they said. Raises: CheckNotRun."""
    models = catalogue.at_gate(gate)
    rows = neighbourhood.begin([case_number], _kinds(models))
    count, found = _judge(rows, models, at)
    return Weighed(gate, case_number, at, count, tuple(found))


def weigh_row(*, gate: str, table: str, row_id: str, subject_id: str, at: datetime) -> Weighed:
    """Run all models of a gate on one row of a register, which need not be of a case.

    `subject_id` is under what the answer is kept. Raises: CheckNotRun.
    """
    rows = neighbourhood.begin_with(table, [row_id])
    count, found = _judge(rows, catalogue.at_gate(gate), at)
    return Weighed(gate, subject_id, at, count, tuple(found))


def keep(weighed: Weighed) -> CheckResult:
    """Keep what was said; of a case that no model was asked about nothing is kept."""
    if not weighed.model_count:
        return CheckResult(0, weighed.case_number, weighed.gate, weighed.at, 0, ())
    with transaction.atomic():
        if weighed.gate == "draft":
            Check.objects.filter(
                subject_kind=CASE, subject_id=weighed.case_number, gate=weighed.gate
            ).delete()
        check, verdicts = _keep(weighed)
    return queries.result_of(check, verdicts)


def keep_row(weighed: Weighed, row_id: str) -> CheckResult:
    """Keep what was said of one row, in place of what was said of it before; nothing if nothing."""
    with transaction.atomic():
        Check.objects.filter(gate=weighed.gate, verdicts__finding_id=row_id).delete()
        if not weighed.found:
            return CheckResult(0, weighed.case_number, weighed.gate, weighed.at, 0, ())
        check, verdicts = _keep(weighed)
    return queries.result_of(check, verdicts)


def judge(
    *, case_numbers: Iterable[str], models: list[AlertModel], at: datetime
) -> list[rules.Finding]:
    """Return the findings of models on the own rows of cases, without keeping anything.

    Raises: CheckNotRun.
    """
    return _judge(neighbourhood.begin(case_numbers, _kinds(models)), models, at)[1]


def _kinds(models: Iterable[AlertModel]) -> frozenset[str]:
    return frozenset().union(*(model.kinds for model in models))


def _judge(
    rows: neighbourhood.Neighbourhood, models: Iterable[AlertModel], at: datetime
) -> tuple[int, list[rules.Finding]]:
    """Return how many models had something to judge of the own rows, and their findings."""
    own = rows.subjects()
    present = {table for table, _ in own}
    asked = [model for model in models if not model.kinds.isdisjoint(present)]
    if not asked:
        return 0, []
    overrides = queries.overrides()
    near = [model for model in asked if _is_near(model, rows, overrides)]
    window = rules.longest_window(near, overrides)
    neighbourhood.widen(rows, catalogue.tables_of(near), at=at, window_days=window)
    # Other screens are written for payments: of other rows every model is asked.
    awake = [
        model
        for model in near
        if model.kinds & present != {subjects.PAYMENT} or rules.may_speak(model, rows, overrides)
    ]
    if not awake:
        return len(asked), []
    found: list[rules.Finding] = []
    name = ""
    try:
        with engine.warm_session(rows.tables(catalogue.tables_of(awake))) as session:
            for model in awake:
                name = model.number
                found += rules.find(session, model, at=at, overrides=overrides, seconds=SECONDS_MAX)
    except (engine.BadStatement, engine.QueryInterrupted, engine.EngineFailed) as error:
        raise CheckNotRun(model=name) from error
    return len(asked), [one for one in found if (one.finding_kind, one.finding_id) in own]


def _is_near(
    model: AlertModel, rows: neighbourhood.Neighbourhood, overrides: Sequence[rules.Override]
) -> bool:
    """Whether the own rows alone leave a model something to say."""
    return not screens.is_of_own_rows(model.screen) or rules.may_speak(model, rows, overrides)


def _keep(weighed: Weighed) -> tuple[Check, list[Verdict]]:
    strength = [one.model.severity for one in weighed.found]
    check = Check.objects.create(
        subject_kind=CASE,
        subject_id=weighed.case_number,
        gate=weighed.gate,
        at=weighed.at,
        model_count=weighed.model_count,
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
        for one in sorted(weighed.found, key=_order)
    ]
    Verdict.objects.bulk_create(verdicts, batch_size=500)
    return check, verdicts


def _order(finding: rules.Finding) -> tuple[int, int, str]:
    strength = catalogue.SEVERITIES.index(finding.model.severity)
    return (strength, finding.line_no or 0, finding.model.number)
