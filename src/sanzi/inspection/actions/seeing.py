"""In the village: each sample is looked at, what is wrong is written by its form, with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from sanzi.inspection import queries
from sanzi.inspection.actions.keeping import (
    FINDING,
    Paper,
    keep,
    locked_task,
    notify,
    require_inspector,
    said,
    sum_of,
    tell,
)
from sanzi.inspection.errors import (
    InspectionWrong,
    NotDrawn,
    RowNotThere,
    TaskFinished,
    TaskNotFinished,
    UnknownForm,
)
from sanzi.inspection.models import Finding, Sample, Task
from sanzi.inspection.rules import Figures, Form
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

ROWS_MAX = 20


@dataclass(frozen=True)
class Seen:
    """A problem as the inspector writes it.

    Shapes: `form` is its code; `sample` the ext id of what was drawn, empty for something else;
        `rows` numbers of further cases or orders; `days` working days to put right, None for as
        long as its level has. Units: fen.
    """

    form: str
    facts: str
    amount_fen: int
    demand: str
    sample: str = ""
    rows: Sequence[str] = field(default_factory=tuple)
    days: int | None = None


def _open(task: Task, by: Actor, at: datetime) -> tuple[Task, str]:
    """Lock a task that may be written into; return it with the inspector's post.

    Raises: InspectionClosed, NotFound, NotYourTask, InspectorTooNear, NotDrawn, TaskFinished.
    """
    task = locked_task(task)
    role = require_inspector(task, by, at)
    village = orgs.village_name(task.division_code)
    if task.state == Task.State.ORDERED:
        raise NotDrawn(village=village)
    if task.state == Task.State.FINISHED:
        raise TaskFinished(village=village)
    return task, role


@transaction.atomic
def look(*, ext_id: str, words: str, by: Actor, at: datetime) -> None:
    """Note that a sample was looked at and nothing is wrong with it.

    Raises: NotFound, InspectionClosed, NotYourTask, InspectorTooNear, NotDrawn, TaskFinished,
        InspectionWrong.
    """
    one = queries.access_sample(by=by, ext_id=ext_id)
    task, _ = _open(one.task, by, at)
    if one.findings.exists():
        raise InspectionWrong(what="看的结果", why="这一件记了问题，不能写没有问题", field="words")
    _mark(one, Sample.Verdict.FINE, words.strip()[:200], by, at)
    tell(
        task.organisation.ext_id, ("inspection.sample.looked_at", ext_id), by, at,
        {"verdict": one.verdict},
    )  # fmt: skip


def _mark(one: Sample, verdict: str, words: str, by: Actor, at: datetime) -> None:
    one.verdict, one.words, one.looked_at, one.looked_by_id = verdict, words, at, by.person_id
    one.save(update_fields=["verdict", "words", "looked_at", "looked_by"])


@transaction.atomic
def find(*, task: str, seen: Seen, papers: Sequence[Paper], by: Actor, at: datetime) -> str:
    """Write down a problem with its evidence, and ask the village to put it right.

    The alerts of the loop that look for the same thing in the same case are joined to it.
    Returns its ext id. Raises: NotFound, InspectionClosed, NotYourTask, InspectorTooNear,
        NotDrawn, TaskFinished, UnknownForm, AmountWrong, WordsTooShort, InspectionWrong,
        RowNotThere, EvidenceMissing, EvidenceTooMany, what evidence refuses. Nothing is left then.
    """
    held, role = _open(queries.access_task(by=by, ext_id=task), by, at)
    checklist, figures = queries.lists_of(held.inspection)
    form = checklist.form(seen.form)
    if form is None or seen.form[0] not in held.inspection.fields:
        raise UnknownForm(form=seen.form[:10])
    days = _days(seen.days, form, figures)
    sample = _sample(held, seen.sample)
    rows = _rows(held, seen.rows)
    made = Finding.objects.create(
        ext_id=ids.new_id("JW", at), task=held, sample=sample, organisation=held.organisation,
        division_code=held.division_code, form=form.code, level=form.level,
        facts=said(seen.facts, "查到的情况", 500), amount_fen=sum_of(seen.amount_fen), rows=rows,
        alert_ids=[
            one
            for ref in dict.fromkeys([*([sample.ref] if sample else []), *rows])
            for one in queries.alerts_about(held.division_code, ref, form.models)
        ],
        demand=said(seen.demand, "要求怎么改", 300), days=days,
        due_at=orgs.calendar().add_workdays(at, days), found_by_id=by.person_id or 0,
        role_code=role, found_at=at,
    )  # fmt: skip
    made.file_hashes = keep(papers, (FINDING, made.ext_id), figures.files_max, by, at)
    made.save(update_fields=["file_hashes"])
    if sample is not None:
        _mark(sample, Sample.Verdict.FOUND, form.title, by, at)
    tell(
        held.organisation.ext_id, ("inspection.finding.written", made.ext_id), by, at,
        {"form": made.form, "amount_fen": made.amount_fen, "days": days,
         "alerts": made.alert_ids},
    )  # fmt: skip
    users = queries.answerers(made.division_code, clock.local_date(at))
    params = {"due": clock.minute_text(made.due_at)}
    notify(
        "inspection_found", users, params, key=made.ext_id, at=at, subject=(FINDING, made.ext_id)
    )
    return made.ext_id


def _days(asked: int | None, form: Form, figures: Figures) -> int:
    """Return the working days to put right. Raises: InspectionWrong."""
    days = figures.days[form.level] if asked is None else asked
    if not 0 < days <= figures.days_max:
        raise InspectionWrong(
            what="整改期限", why=f"要在1到{figures.days_max}个工作日之间", field="days"
        )
    return days


def _sample(task: Task, ext_id: str) -> Sample | None:
    """Return the sample that was named, None for none. Raises: NotFound."""
    if not ext_id:
        return None
    found = task.samples.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def _rows(task: Task, refs: Sequence[str]) -> list[str]:
    """Return further numbers, each once, all of this village. Raises: RowNotThere."""
    asked = [one.strip() for one in refs if one.strip()]
    found = list(dict.fromkeys(asked))
    if len(found) > ROWS_MAX:
        raise InspectionWrong(what="办件号", why=f"最多{ROWS_MAX}个", field="rows")
    for ref in found:
        if len(ref) > 40 or not queries.row_is_there(task.division_code, ref):
            village = orgs.village_name(task.division_code)
            raise RowNotThere(village=village, ref=ref[:40], field="rows")
    return found


@transaction.atomic
def finish(*, ext_id: str, words: str, by: Actor, at: datetime) -> None:
    """Hand a village in: everything drawn was looked at.

    Raises: NotFound, InspectionClosed, NotYourTask, InspectorTooNear, NotDrawn, TaskFinished,
        TaskNotFinished, WordsTooShort.
    """
    task, _ = _open(queries.access_task(by=by, ext_id=ext_id), by, at)
    left = task.samples.filter(looked_at__isnull=True).count()
    if left:
        raise TaskNotFinished(village=orgs.village_name(task.division_code), count=left)
    task.words = said(words, "这个村的情况", 500)
    task.state, task.finished_at, task.finished_by_id = Task.State.FINISHED, at, by.person_id
    task.save(update_fields=["words", "state", "finished_at", "finished_by"])
    tell(
        task.organisation.ext_id, ("inspection.task.finished", ext_id), by, at,
        {"findings": task.findings.count()},
    )  # fmt: skip


@transaction.atomic
def send_back(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Let the inspectors write again in a village that they handed in too early.

    Raises: NotFound, InspectionClosed, InspectionWrong, WordsTooShort.
    """
    task = locked_task(queries.access_task(by=by, ext_id=ext_id))
    scope.require(by, queries.ORDER, task.inspection.division_code)
    if task.state != Task.State.FINISHED:
        raise InspectionWrong(what="退回", why="这个村还没有交", field="reason")
    text = said(reason, "退回的理由", 200)
    task.state, task.finished_at, task.finished_by_id = Task.State.DRAWN, None, None
    task.save(update_fields=["state", "finished_at", "finished_by"])
    tell(task.organisation.ext_id, ("inspection.task.sent_back", ext_id), by, at, {"reason": text})
