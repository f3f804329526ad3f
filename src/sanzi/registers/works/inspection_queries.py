"""Reads of inspections: what was seen and found on a project, and what waits for whom on it.

Tasks are never typed: they follow from the open steps of the case, from promises and changes that
wait, from what is due on the site, and from open findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Prefetch, Q, QuerySet

from sanzi.deals.queries.parties import cadres
from sanzi.kernel import clock
from sanzi.matters import step_queries
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title
from sanzi.registers.works import rules
from sanzi.registers.works.models import (
    Inspection,
    Level,
    Rectification,
    Risk,
    RiskState,
    Stage,
    Works,
)

SEE: Final = "matters.see"
INSPECT: Final = "works.inspect"
RECTIFY: Final = "works.rectify"
VERIFY: Final = "works.verify"
INSPECTABLE: Final = (
    Stage.CONTRACTED, Stage.BUILDING, Stage.COMPLETED, Stage.ACCEPTED, Stage.SETTLED,
)  # fmt: skip
"""Stages in which there is a site to look at; after the audit the warranty runs."""
SUPERVISION: Final = ("supervision_head", "supervision_member")
LEVELS: Final = Level.choices
WAITING_MAX: Final = 30


@dataclass(frozen=True)
class Task:
    """What waits on a project, for whom, until when.

    Shapes: `who` are offices in words, fit for everybody; `names` the persons, for the office
        only; `risk` the ext id of a finding, empty for anything else.
    """

    kind: str
    words: str
    who: str
    names: tuple[str, ...] = ()
    due_date: date | None = None
    is_late: bool = False
    risk: str = ""


def inspections(found: Works) -> list[Inspection]:
    """Return the inspections of a project, newest first, with what was found and done."""
    answers = Prefetch(
        "rectifications",
        Rectification.objects.select_related("person", "verified_by").order_by("done_at", "pk"),
    )
    risks = Risk.objects.select_related("person", "works").prefetch_related(answers).order_by("pk")
    rows = found.inspections.select_related("person").prefetch_related(Prefetch("risks", risks))
    return list(rows.order_by("-inspected_at", "-pk")[:100])


def access_risk(*, by: Actor, ext_id: str) -> Risk:
    """Return a finding of the actor's scope. Raises: NotFound."""
    found = (
        Risk.objects.filter(scope.within(by, SEE), ext_id=ext_id)
        .select_related("works", "person", "inspection", "inspection__person")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def answers(found: Risk) -> list[Rectification]:
    """Return what was done about a finding, oldest first."""
    rows = found.rectifications.select_related("person", "verified_by")
    return list(rows.order_by("done_at", "pk"))


def kind_title(code: str, on: date) -> str:
    """Return what a kind of finding is called."""
    return rules.inspection_rules(on).kinds.get(code, code)


def answerable(division_code: str, on: date) -> list[tuple[str, str]]:
    """Return (ext id, `高大林 村委会成员`) of those in a village who may put a finding right."""
    may = [code for code, role in roles().items() if RECTIFY in role.may]
    rows = (
        Appointment.objects.filter(
            Q(end_date__isnull=True) | Q(end_date__gte=on),
            start_date__lte=on,
            role_code__in=may,
            organisation__division_id=division_code,
        )
        .select_related("person")
        .order_by("organisation_id", "pk")
    )
    found: dict[str, str] = {}
    for one in rows:
        found.setdefault(one.person.ext_id, f"{one.person.name} {role_title(one.role_code)}")
    return list(found.items())


def office_of(by: Actor, found: Works, permission: str) -> str:
    """Return the role in which somebody may do this at a project, his nearest post first."""
    posts = sorted(by.posts, key=lambda post: post.division_code, reverse=True)
    return next(
        (
            post.role_code
            for post in posts
            if permission in roles()[post.role_code].may
            and post.role_code in by.roles_at(found.division_code)
        ),
        "",
    )


def tasks(found: Works, at: datetime) -> tuple[Task, ...]:
    """Return what waits on a project, what is late first."""
    today = clock.local_date(at)
    every = [
        *_steps(found, today),
        *_promises(found, today),
        *_changes(found),
        *_on_site(found, today),
        *_findings(found, today),
    ]
    return tuple(sorted(every, key=lambda one: (one.due_date or date.max, one.kind)))


def _task(kind: str, words: str, who: str, due: date | None, today: date, **more: object) -> Task:
    return Task(
        kind=kind, words=words, who=who, due_date=due,
        is_late=due is not None and due < today, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _steps(found: Works, today: date) -> list[Task]:
    made = []
    for one in step_queries.open_steps(found.case_number):
        due = clock.local_date(one.due_at) if one.due_at else None
        names = tuple(each.name for each in orgs.holders(one.role_code, one.division_code, today))
        made.append(_task("step", one.word, role_title(one.role_code), due, today, names=names))
    return made


def _promises(found: Works, today: date) -> list[Task]:
    if found.status != Stage.AWARDED:
        return []
    done = found.commitments.filter(kind="commitment").values_list("person_id", flat=True)
    left = len(cadres(found.division_code, today) - set(done))
    words = f"签不入股、不让亲属参与的承诺，还差{left}位"
    return [_task("promise", words, "村干部", None, today)] if left else []


def _changes(found: Works) -> list[Task]:
    rows = found.variations.filter(approved_at__isnull=True, refused_at__isnull=True)
    return [
        Task("change", f"批变更：{one.reason}", role_title(one.needs_role))
        for one in rows.order_by("submitted_at", "pk")
    ]


def _on_site(found: Works, today: date) -> list[Task]:
    """Return what is due while it is built: a line of the diary, an inspection by the village."""
    if found.status != Stage.BUILDING or found.started_at is None:
        return []
    known = rules.inspection_rules(today)
    last = found.diary.order_by("-logged_at", "-pk").first()
    wrote = clock.local_date(last.logged_at if last else found.started_at)
    due = wrote + timedelta(days=known.diary_days)
    made = [_task("diary", "记施工日志，拍照片", role_title("village_clerk"), due, today)]
    seen = found.inspections.filter(role_code__in=SUPERVISION).count()
    started = clock.local_date(found.started_at)
    next_due = rules.supervision_due(
        started, found.planned_end_date or started, done=seen,
        needed=known.supervision_inspections,
    )  # fmt: skip
    if next_due is not None:
        words = f"到工地检查，第{seen + 1}次"
        made.append(_task("inspect", words, role_title("supervision_head"), next_due, today))
    return made


def waiting(*, by: Actor, at: datetime) -> list[tuple[Works, Task]]:
    """Return what waits for the actor himself, the nearest day first, at most 30.

    That is what he has to put right, and what was put right after an inspection of his own.
    """
    if by.person_id is None:
        return []
    mine = Q(state=RiskState.OPEN, person_id=by.person_id) | Q(
        state=RiskState.ANSWERED, inspection__person_id=by.person_id
    )
    rows = Risk.objects.filter(scope.within(by, SEE), mine).order_by("due_date", "pk")
    today = clock.local_date(at)
    return [(one.works, _finding(one, today)) for one in _whole(rows)[:WAITING_MAX]]


def _findings(found: Works, today: date) -> list[Task]:
    rows = found.risks.exclude(state=RiskState.CLOSED).order_by("due_date", "pk")
    return [_finding(one, today) for one in _whole(rows)]


def _whole(rows: QuerySet[Risk]) -> QuerySet[Risk]:
    whole = rows.select_related("person", "inspection", "works", "works__organisation")
    return whole.prefetch_related("rectifications")


def _finding(one: Risk, today: date) -> Task:
    if one.state == RiskState.OPEN:
        return _task(
            "rectify", f"整改：{one.words}", "负责整改的干部", one.due_date, today,
            names=(one.person.name,), risk=one.ext_id,
        )  # fmt: skip
    done = next((each for each in one.rectifications.all() if each.verified_at is None), None)
    days = timedelta(days=rules.inspection_rules(today).verify_days)
    due = clock.local_date(done.done_at) + days if done else None
    who = role_title(one.inspection.role_code)
    return _task("verify", f"核对整改：{one.words}", who, due, today, risk=one.ext_id)


def shares(rows: Sequence[Risk], today: date) -> tuple[int, int]:
    """Return how many findings were put right in time, of how many that can be judged.

    Shapes: the findings come with their rectifications. What counts is the day of the answer
        that was accepted.
    """
    return rules.on_time(((one.due_date, _put_right(one)) for one in rows), today)


def _put_right(one: Risk) -> date | None:
    days = [clock.local_date(each.done_at) for each in one.rectifications.all() if each.is_accepted]
    return days[0] if days else None
