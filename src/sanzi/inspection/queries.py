"""Reads of the room: the doors, the lists, what could be drawn in a village, who may go there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from sanzi.inspection import hooks, rules
from sanzi.inspection.models import Answer, Finding, Inspection, Lead, Sample, Task
from sanzi.inspection.rules import Checklist, Figures, Form, Unit
from sanzi.kernel import clock, divisions
from sanzi.matters.models import Case, CaseState
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation, Person
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.supervision import known
from sanzi.supervision.models import Alert, AlertState

SEE: Final = "inspection.see"
ORDER: Final = "inspection.order"
INSPECT: Final = "inspection.inspect"
FINDINGS: Final = "inspection.findings"
ANSWER: Final = "inspection.answer"
LEADS: Final = "inspection.leads"
OFFICE: Final = "town_discipline_office"
COUNTY: Final = "county_discipline"
TITLE_MAX: Final = 80


def lists_of(found: Inspection) -> tuple[Checklist, Figures]:
    """Return the checklist and the figures that an inspection was ordered under."""
    return rules.checklist(found.list_date), rules.figures(found.list_date)


def form_of(one: Finding) -> Form | None:
    """Return the form of a finding."""
    return rules.checklist(one.task.inspection.list_date).form(one.form)


# --- doors --------------------------------------------------------------------------------------


def visible(by: Actor) -> QuerySet[Inspection]:
    """Return the inspections that the actor may see: of his place, or of a village in it."""
    villages = Task.objects.filter(scope.within(by, SEE)).values("inspection")
    return Inspection.objects.filter(scope.within(by, SEE) | Q(pk__in=villages))


def access_inspection(*, by: Actor, ext_id: str) -> Inspection:
    """Return an inspection of the actor's scope. Raises: NotFound."""
    found = visible(by).select_related("ordered_by").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def access_task(*, by: Actor, ext_id: str) -> Task:
    """Return a task of the actor's scope. Raises: NotFound."""
    rows = Task.objects.filter(scope.within(by, SEE), ext_id=ext_id)
    found = rows.select_related("inspection", "organisation", "drawn_by").first()
    if found is None:
        raise NotFound
    return found


def access_sample(*, by: Actor, ext_id: str) -> Sample:
    """Return a sample of a task of the actor's scope. Raises: NotFound."""
    rows = Sample.objects.filter(scope.within(by, SEE, "task__division_code"), ext_id=ext_id)
    found = rows.select_related("task", "task__inspection").first()
    if found is None:
        raise NotFound
    return found


def findings(by: Actor) -> QuerySet[Finding]:
    """Return the findings of the actor's scope, the village's own among them."""
    return Finding.objects.filter(scope.within(by, FINDINGS)).select_related(
        "task", "task__inspection", "found_by", "sample"
    )


def access_finding(*, by: Actor, ext_id: str) -> Finding:
    """Return a finding of the actor's scope. Raises: NotFound."""
    found = findings(by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def leads(by: Actor) -> QuerySet[Lead]:
    """Return the leads of the actor's office that bar neither him nor his kin."""
    found = Lead.objects.filter(
        Q(scope.within(by, LEADS, "route_division")) & Q(route_role__in=_offices(by))
    ).select_related("task", "finding")
    if not by.person_ext_id:
        return found
    return found.exclude(bars__contains=mark_of(by.person_ext_id))


def leads_of_pairs(by: Actor, keys: Iterable[str]) -> dict[str, str]:
    """Return the leads that pairs opened, by key, for whoever sees the pairs.

    Shapes: the value is the ext id where the actor may open the lead, else empty.
    """
    found = Lead.objects.filter(pair_key__in=list(keys)).values_list("pair_key", "ext_id")
    mine = set(leads(by).exclude(pair_key="").values_list("ext_id", flat=True))
    return {key: ext_id if ext_id in mine else "" for key, ext_id in found}


def _offices(by: Actor) -> list[str]:
    """Return the discipline offices whose leads the actor may open: the county's opens all."""
    mine = {post.role_code for post in by.posts}
    if COUNTY in mine:
        return [OFFICE, COUNTY]
    return [OFFICE] if OFFICE in mine else []


def mark_of(person_ext_id: str) -> str:
    """Return the keyed mark under which somebody is kept out of a lead."""
    return secrets.index("lead", person_ext_id)


def access_lead(*, by: Actor, ext_id: str) -> Lead:
    """Return a lead of the actor's office. Raises: NotFound."""
    found = leads(by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


# --- who may go -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Somebody who inspects there: who, in which post, and whether he must stand aside."""

    person: Person
    role_code: str
    is_near: bool

    @property
    def words(self) -> str:
        """Name and post."""
        return f"{self.person.name} {role_title(self.role_code)}"


def candidates(village: str, on: date) -> list[Candidate]:
    """Return who holds a post that inspects in a village, each once, the nearest post first."""
    may = [code for code, role in roles().items() if INSPECT in role.may]
    rows = (
        Appointment.objects.filter(
            orgs.in_office(on),
            role_code__in=may,
            organisation__division_id__in=[village, *orgs.ancestors(village)],
        )
        .select_related("person")
        .order_by("-organisation__division_id", "pk")
    )
    local = people_of(village, on)
    found: dict[int, Candidate] = {}
    for one in rows:
        if one.person_id not in found:
            near = is_near(one.person, village, local)
            found[one.person_id] = Candidate(one.person, one.role_code, near)
    return list(found.values())


def inspectors_in(by: Actor, on: date) -> list[tuple[str, str]]:
    """Return ext id and words of those whom the actor may send: of his place and of those in it.

    Those above are there, too: the county's people go into a township's villages.
    """
    may = [code for code, role in roles().items() if INSPECT in role.may]
    above = {
        each
        for post in by.posts
        if ORDER in roles()[post.role_code].may
        for each in orgs.ancestors(post.division_code)
    }
    rows = (
        Appointment.objects.filter(
            scope.within(by, ORDER, "organisation__division_id")
            | Q(organisation__division_id__in=above),
            orgs.in_office(on),
            role_code__in=may,
        )
        .select_related("person", "organisation__division")
        .order_by("organisation__division_id", "pk")
    )
    found: dict[str, str] = {}
    for one in rows:
        place = one.organisation.division.name
        words = f"{one.person.name}，{place}{role_title(one.role_code)}"
        found.setdefault(one.person.ext_id, words)
    return list(found.items())


def people_of(village: str, on: date) -> set[int]:
    """Return who holds a post in a village on a day."""
    rows = Appointment.objects.filter(orgs.in_office(on), organisation__division_id=village)
    return set(rows.values_list("person_id", flat=True))


def is_near(person: Person, village: str, local: Collection[int]) -> bool:
    """Return whether somebody is of the village, holds a post there, or has near kin in a post."""
    if person.division_id == village or person.pk in local:
        return True
    return bool(orgs.kin_ids(person.pk) & set(local))


def office_of(by: Actor, permission: str, division_code: str) -> tuple[str, str]:
    """Return role and body in which the actor may do this at a place, his nearest post first.

    Raises: NotFound.
    """
    posts = sorted(by.posts, key=lambda post: post.division_code, reverse=True)
    for post in posts:
        if permission in roles()[post.role_code].may and division_code.startswith(
            divisions.prefix(post.division_code)
        ):
            return post.role_code, post.org_ext_id
    raise NotFound


def answerers(village: str, on: date) -> list[int]:
    """Return the log-ins of those in a village who answer findings."""
    people: set[int] = set()
    for code, role in roles().items():
        if ANSWER in role.may:
            people |= {
                one.person_id
                for one in orgs.holders(code, village, on)
                if one.division_code == village
            }
    return orgs.users_of(people)


def body_of(village: str) -> Organisation | None:
    """Return the collective of a village, or the first of its bodies."""
    found = orgs.organisations_of(village)
    return next((one for one in found if one.kind == "collective"), found[0] if found else None)


# --- what can be drawn ----------------------------------------------------------------------------


def population(task: Task) -> list[Unit]:
    """Return all that can be drawn in a village: its cases and payment orders, with their points.

    A case and its payment order are one thing; an order without a case is brought in from outside.
    """
    found, (checklist, figures) = task.inspection, lists_of(task.inspection)
    matters = checklist.matters(found.fields)
    first = clock.midnight(found.period_from_date)
    last = clock.midnight(found.period_until_date + timedelta(days=1))
    inside = Q(submitted_at__gte=first, submitted_at__lt=last, division_code=task.division_code)
    cases = Case.objects.filter(inside, matter_code__in=matters).exclude(state=CaseState.DRAFT)
    orders = PaymentOrder.objects.filter(inside, matter_code__in=matters).exclude(
        case_number__in=Case.objects.filter(division_code=task.division_code).values("number")
    )
    rows = [
        (Unit("case", one.number, one.title[:TITLE_MAX], one.amount_fen), one) for one in cases
    ] + [
        (Unit("order", one.case_number, one.purpose[:TITLE_MAX], one.amount_fen), one)
        for one in orders
    ]
    marks = _marks(task, figures, {bare.ref for bare, _ in rows})
    before = _found_before(task, figures)
    return [
        rules.weighed(
            bare,
            figures,
            {
                **marks.get(bare.ref, {}),
                "found_before": int(one.matter_code in before),
                "backfilled": int(one.is_backfilled),
            },
        )
        for bare, one in rows
    ]


def _marks(task: Task, figures: Figures, numbers: Collection[str]) -> dict[str, dict[str, int]]:
    """Return for each number how many open alerts of each severity, how many confirmed lately.

    Alerts that the discipline offices alone see have no part: the reasons are read by others.
    """
    since = _drawing(task) - timedelta(days=figures.look_back_days)
    rows = Alert.objects.filter(
        known.is_open(), division_code=task.division_code, case_number__in=list(numbers)
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for number, state, severity, conclusion, disposed_at in rows.values_list(
        "case_number", "state", "severity", "conclusion", "disposed_at"
    ):
        if state != AlertState.DISPOSED:
            found[number][severity] += 1
        elif conclusion == "confirmed" and disposed_at is not None and disposed_at >= since:
            found[number]["confirmed"] += 1
    return found


def counts_of(village: str, at: datetime) -> dict[str, int]:
    """Return what adds to the size of a draw: flags, and alerts found real that are still open.

    Alerts that the discipline offices alone see have no part, as in the points of a case.
    """
    real = Alert.objects.filter(known.is_open(), division_code=village, conclusion="confirmed")
    return {
        **hooks.flags_of(village, at),
        "confirmed_open": real.exclude(state=AlertState.DISPOSED).count(),
    }


def _drawing(task: Task) -> datetime:
    return task.drawn_at or task.inspection.ordered_at


def _found_before(task: Task, figures: Figures) -> set[str]:
    """Return the matters of this village in which earlier inspections found something."""
    since = _drawing(task) - timedelta(days=figures.look_back_days)
    refs = Finding.objects.filter(
        division_code=task.division_code, found_at__gte=since, sample__isnull=False
    ).exclude(task=task)
    numbers = set(refs.values_list("sample__ref", flat=True))
    cases = Case.objects.filter(number__in=numbers).values_list("matter_code", flat=True)
    orders = PaymentOrder.objects.filter(case_number__in=numbers).values_list(
        "matter_code", flat=True
    )
    return {*cases, *orders}


def row_is_there(village: str, ref: str) -> bool:
    """Return whether a case or an order of this number is of the village."""
    return (
        Case.objects.filter(number=ref, division_code=village).exists()
        or PaymentOrder.objects.filter(case_number=ref, division_code=village).exists()
    )


def alerts_about(village: str, ref: str, models: Iterable[str]) -> list[str]:
    """Return the alerts about a case that look for the same thing as a form does."""
    rows = Alert.objects.filter(
        known.is_open(), division_code=village, case_number=ref, model_code__in=list(models)
    )
    return list(rows.order_by("pk").values_list("ext_id", flat=True)) if ref else []


# --- lists ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a task or an inspection is. Units: samples, findings."""

    drawn: int
    looked: int
    findings: int
    open: int


def progress(tasks: Collection[int]) -> dict[int, Progress]:
    """Return how far some tasks are, by their keys."""
    samples = Sample.objects.filter(task_id__in=tasks).values("task_id")
    drawn = {
        one["task_id"]: (one["all"], one["seen"])
        for one in samples.annotate(all=Count("pk"), seen=Count("looked_at"))
    }
    found = Finding.objects.filter(task_id__in=tasks).values("task_id")
    problems = {
        one["task_id"]: (one["all"], one["left"])
        for one in found.annotate(
            all=Count("pk"), left=Count("pk", filter=~Q(state=Finding.State.CLOSED))
        )
    }
    return {pk: Progress(*drawn.get(pk, (0, 0)), *problems.get(pk, (0, 0))) for pk in tasks}


def tasks_of(found: Inspection, by: Actor) -> list[Task]:
    """Return the tasks of an inspection in the actor's scope, in the order of villages."""
    rows = found.tasks.filter(scope.within(by, SEE)).select_related("inspection")
    return list(rows.prefetch_related("inspectors__person").order_by("division_code"))


def answers_of(one: Finding) -> list[Answer]:
    """Return what was done about a finding, oldest first."""
    return list(one.answers.select_related("person", "verified_by").order_by("done_at", "pk"))


def is_inspector(by: Actor, task: Task) -> bool:
    """Return whether the actor was named for a task."""
    return by.person_id is not None and task.inspectors.filter(person_id=by.person_id).exists()


@dataclass(frozen=True)
class Narrowed:
    """Which findings a list wants: of a state or late, of a village, of an inspection."""

    state: str = ""
    is_late: bool = False
    division_code: str = ""
    inspection: str = ""


def listed(by: Actor, only: Narrowed, at: datetime) -> QuerySet[Finding]:
    """Return the findings of a list, the earliest due first."""
    found = findings(by)
    if only.state in Finding.State.values:
        found = found.filter(state=only.state)
    if only.is_late:
        found = found.filter(_late(at))
    if only.division_code:
        prefix = divisions.prefix(only.division_code)
        found = found.filter(division_code__gte=prefix, division_code__lt=prefix + ":")
    if only.inspection:
        found = found.filter(task__inspection__ext_id=only.inspection)
    return found.order_by("due_at", "pk")


def tallies(by: Actor, at: datetime) -> dict[str, int]:
    """Return how many findings stand where, those late among them."""
    whole = findings(by)
    rows = whole.values("state").order_by("state").annotate(count=Count("pk"))
    found = {one["state"]: one["count"] for one in rows}
    return {**found, "late": whole.filter(_late(at)).count()}


def _late(at: datetime) -> Q:
    """The village let its day pass; what it handed in waits for somebody else."""
    return Q(state=Finding.State.OPEN, due_at__lt=at)


def vouchers_of(sample: Sample) -> list[str]:
    """Return the vouchers that booked the payments of a sample."""
    rows = Payment.objects.filter(order__case_number=sample.ref).exclude(voucher_ext_id="")
    return list(dict.fromkeys(rows.order_by("line_no").values_list("voucher_ext_id", flat=True)))


def has_payment(sample: Sample) -> bool:
    """Return whether a payment order stands behind a sample."""
    return PaymentOrder.objects.filter(case_number=sample.ref).exists()
