"""An inspection is ordered, its samples are drawn, and when everything is put right it is closed.

The seed of a draw is made by the server at the moment of the draw and kept with all that could be
drawn, as it was weighed: nobody chooses, and whoever doubts draws again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Final

from django.db import transaction

from sanzi.inspection import hooks, queries, rules
from sanzi.inspection.actions.keeping import (
    locked,
    locked_task,
    notify,
    require_inspector,
    said,
    tell,
)
from sanzi.inspection.errors import (
    CloseNotYet,
    DrawnAlready,
    InspectionWrong,
    InspectorMayNot,
    InspectorTooNear,
    TooFewInspectors,
)
from sanzi.inspection.models import Finding, Inspection, Inspector, Lead, Sample, Task
from sanzi.inspection.rules import Figures
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation

TITLE_LEAST: Final = 4
SEED_BYTES: Final = 16


@dataclass(frozen=True)
class Wanted:
    """What is ordered.

    Shapes: `fields` are codes of the checklist; `villages` maps division codes to the ext ids of
        the persons who go there. Units: samples a village.
    """

    title: str
    basis: str
    method: str
    fields: Sequence[str]
    starts_date: date
    ends_date: date
    period_from_date: date
    period_until_date: date
    sample_size: int
    villages: Mapping[str, Sequence[str]]


@transaction.atomic
def order(*, wanted: Wanted, by: Actor, at: datetime) -> str:
    """Order an inspection with a task for each village; return its ext id.

    Raises: NotFound, InspectionWrong, WordsTooShort, TooFewInspectors, InspectorMayNot,
        InspectorTooNear. Nothing is left then.
    """
    if by.person_id is None or not wanted.villages:
        raise NotFound
    for village in wanted.villages:
        scope.require(by, queries.ORDER, village)
    today = clock.local_date(at)
    figures = rules.figures(today)
    _require_sound(wanted, figures, today)
    first = next(iter(wanted.villages))
    role, org = queries.office_of(by, queries.ORDER, first)
    body = Organisation.objects.get(ext_id=org)
    made = Inspection.objects.create(
        ext_id=ids.new_id("JH", at),
        title=said(wanted.title, "名称", 60, TITLE_LEAST),
        basis=said(wanted.basis, "依据", 120, TITLE_LEAST),
        method=wanted.method, division_code=body.division_id, organisation=body,
        role_code=role, ordered_by_id=by.person_id, ordered_at=at,
        field_codes=";".join(one for one in _field_codes(today) if one in wanted.fields),
        list_date=today, starts_date=wanted.starts_date, ends_date=wanted.ends_date,
        period_from_date=wanted.period_from_date, period_until_date=wanted.period_until_date,
        sample_size=wanted.sample_size, risk_percent=figures.risk_percent,
    )  # fmt: skip
    for village, people in sorted(wanted.villages.items()):
        _send(made, village, people, figures, at)
    tell(
        org, ("inspection.plan.ordered", made.ext_id), by, at,
        {"title": made.title, "villages": sorted(wanted.villages), "fields": made.fields},
    )  # fmt: skip
    return made.ext_id


def _field_codes(on: date) -> list[str]:
    return [one.code for one in rules.checklist(on).fields]


def _require_sound(wanted: Wanted, figures: Figures, today: date) -> None:
    """Refuse an order that cannot be right. Raises: InspectionWrong."""
    term = (wanted.ends_date - wanted.starts_date).days
    back = (wanted.period_until_date - wanted.period_from_date).days
    unknown = set(wanted.fields) - set(_field_codes(today))
    wrong = (
        (wanted.method not in figures.methods, "检查方式", "没有这一种", "method"),
        (not wanted.fields or bool(unknown), "检查领域", "要从清单里至少选一个", "fields"),
        (len(wanted.villages) > figures.villages_max, "村",
         f"一次最多{figures.villages_max}个", "villages"),
        (term < 0 or wanted.ends_date < today, "检查时间", "结束要在开始以后，不能早过今天",
         "ends_date"),
        (term > figures.term_days_max, "检查时间", f"最长{figures.term_days_max}天", "ends_date"),
        (back < 0 or wanted.period_until_date > today, "查哪段时间",
         "要从早到晚，不能到今天以后", "period_until_date"),
        (back > figures.period_days_max, "查哪段时间", f"最长{figures.period_days_max}天",
         "period_from_date"),
        (not 0 < wanted.sample_size <= figures.sample_max, "每村抽几件",
         f"要在1到{figures.sample_max}之间", "sample_size"),
    )  # fmt: skip
    for is_wrong, what, why, field in wrong:
        if is_wrong:
            raise InspectionWrong(what=what, why=why, field=field)


def _send(
    made: Inspection, village: str, people: Sequence[str], figures: Figures, at: datetime
) -> None:
    """Send inspectors into a village. Raises: those of `order`."""
    name = orgs.village_name(village)
    body = queries.body_of(village)
    if body is None:
        raise InspectionWrong(what="村", why=f"{name}没有登记单位", field="villages")
    chosen = list(dict.fromkeys(people))
    if len(chosen) < figures.inspectors_least:
        raise TooFewInspectors(village=name, count=len(chosen), least=figures.inspectors_least)
    known = {one.person.ext_id: one for one in queries.candidates(village, made.list_date)}
    task = Task.objects.create(
        ext_id=ids.new_id("JR", at), inspection=made, organisation=body, division_code=village
    )
    for ext_id in chosen:
        found = known.get(ext_id)
        if found is None:
            raise InspectorMayNot(name="选的人", village=name)
        if found.is_near:
            raise InspectorTooNear(name=found.person.name, village=name)
        Inspector.objects.create(task=task, person=found.person, role_code=found.role_code)
    users = orgs.users_of(known[one].person.pk for one in chosen)
    params = {"village": name, "until": clock.day_said(made.ends_date)}
    notify(
        "inspection_task",
        users,
        params,
        key=task.ext_id,
        at=at,
        subject=("inspection_task", task.ext_id),
    )


@transaction.atomic
def draw(*, ext_id: str, by: Actor, at: datetime) -> int:
    """Draw the samples of a village, once; return how many there are.

    A village with a low grade, yellow flags or confirmed alerts that are open has more of them.
    Raises: NotFound, InspectionClosed, DrawnAlready, NotYourTask, InspectorTooNear.
    """
    task = locked_task(queries.access_task(by=by, ext_id=ext_id))
    require_inspector(task, by, at)
    if task.state != Task.State.ORDERED:
        raise DrawnAlready(village=orgs.village_name(task.division_code))
    task.drawn_at, task.drawn_by_id = at, by.person_id
    task.grade = hooks.grade_of(task.division_code, at)
    _, figures = queries.lists_of(task.inspection)
    weights = figures.weights_of(task.grade, queries.counts_of(task.division_code, at))
    task.weights = rules.weights_kept(weights)
    task.sample_size = figures.size_of(task.inspection.sample_size, weights)
    whole = sorted(queries.population(task), key=lambda one: (one.kind, one.ref))
    task.seed = token_hex(SEED_BYTES)
    task.population = [one.plain() for one in whole]
    task.population_count, task.population_digest = len(whole), rules.digest_of(whole)
    task.state = Task.State.DRAWN
    task.save()
    picked = again(task)
    Sample.objects.bulk_create(
        Sample(
            ext_id=ids.new_id("CJ", at), task=task, number=number, kind=one.unit.kind,
            ref=one.unit.ref, title=one.unit.title, amount_fen=one.unit.amount_fen, how=one.how,
            points=one.unit.points, reasons=list(one.unit.reasons),
        )
        for number, one in enumerate(picked, start=1)
    )  # fmt: skip
    tell(
        task.organisation.ext_id, ("inspection.task.drawn", ext_id), by, at,
        {"seed": task.seed, "of": task.population_count, "drawn": len(picked),
         "digest": task.population_digest, "grade": task.grade, "weights": task.weights},
    )  # fmt: skip
    return len(picked)


def again(task: Task) -> tuple[rules.Picked, ...]:
    """Return what the kept seed draws from the kept population: the samples, again."""
    found = task.inspection
    return rules.draw(
        [rules.unit(one) for one in task.population],
        size=found.sample_size if task.sample_size is None else task.sample_size,
        percent=found.risk_percent,
        seed=task.seed,
    )


@transaction.atomic
def close(*, ext_id: str, summary: str, by: Actor, at: datetime) -> None:
    """Close an inspection: all villages looked at, all findings put right, all leads told.

    Raises: NotFound, InspectionClosed, CloseNotYet, WordsTooShort.
    """
    found = queries.access_inspection(by=by, ext_id=ext_id)
    scope.require(by, queries.ORDER, found.division_code)
    found = locked(found)
    why = not_yet(found)
    if why:
        raise CloseNotYet(why="，".join(why))
    found.summary = said(summary, "总的情况", 500)
    found.state, found.closed_at = Inspection.State.CLOSED, at
    found.closed_by_id = by.person_id
    found.save(update_fields=["summary", "state", "closed_at", "closed_by"])
    tell(
        found.organisation.ext_id, ("inspection.plan.closed", ext_id), by, at,
        {"findings": Finding.objects.filter(task__inspection=found).count()},
    )  # fmt: skip


def not_yet(found: Inspection) -> list[str]:
    """Return what keeps an inspection open, in words."""
    problems = Finding.objects.filter(task__inspection=found).select_related("task__inspection")
    figures = rules.figures(found.list_date)
    untold = [
        one
        for one in problems.exclude(pk__in=Lead.objects.values("finding").exclude(finding=None))
        if not one.no_lead_reason
        and rules.needs_lead(queries.form_of(one), one.amount_fen, figures)
    ]
    counts = (
        (found.tasks.exclude(state=Task.State.FINISHED).count(), "{}个村没有查完"),
        (problems.exclude(state=Finding.State.CLOSED).count(), "{}个问题没有改好"),
        (len(untold), "{}个问题要移交纪委或写明为什么不移交"),
    )
    return [words.format(count) for count, words in counts if count]
