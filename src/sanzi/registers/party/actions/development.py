"""Growing members: each stage is voted, shown for five work days, and reviewed by the town.

Source: 中国共产党发展党员工作细则. What is public is the name and the stage, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs.actions import appointments
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation, OrganisationKind, Person
from sanzi.registers.party import rules
from sanzi.registers.party.errors import (
    PublicityRuns,
    RunsAlready,
    StageWrong,
    TooEarly,
    VoteFails,
)
from sanzi.registers.party.models import PartyDevelopment, PartyStage, Stage
from sanzi.registers.party.rules import Vote

MEMBER: Final = "party_member"
BEFORE: Final[Mapping[str, str]] = {
    Stage.ACTIVIST: Stage.APPLICANT,
    Stage.OBJECT: Stage.ACTIVIST,
    Stage.PROBATION: Stage.OBJECT,
    Stage.FULL: Stage.PROBATION,
}
SHOWN: Final = (Stage.OBJECT, Stage.PROBATION, Stage.FULL)


def check(
    *, organisation: str, person: str, applied_date: date, at: datetime, case_number: str = ""
) -> Person:
    """Return who applies; refuse who is too young, on his way, or a member.

    Raises: NotFound, StageWrong, RunsAlready.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    who = Person.objects.filter(ext_id=person, death_date__isnull=True).first()
    if body is None or who is None:
        raise NotFound
    today = clock.local_date(at)
    if applied_date > today:
        raise StageWrong(what="递交申请的日期", why="还没到", field="applied_date")
    age_min = rules.figures(today).age_min
    if who.birth_date and rules.months_after(who.birth_date, age_min * 12) > applied_date:
        raise StageWrong(what="申请人", why=f"递交时不满{age_min}岁", field="person")
    if any(one.role_code == MEMBER for one in orgs.posts_of(who.pk, today)):
        raise RunsAlready(name=who.name, why="已经是党员", field="person")
    running = PartyDevelopment.objects.filter(person=who).exclude(case_number=case_number)
    if running.exclude(stage__in=[Stage.FULL, Stage.ENDED]).exists():
        raise RunsAlready(name=who.name, why="正在培养，已经有一件", field="person")
    return who


@transaction.atomic
def apply(
    *,
    organisation: str,
    person: str,
    applied_date: date,
    case_number: str,
    by: Actor,
    at: datetime,
) -> None:
    """Enter who applied. Raises: what `check` raises."""
    who = check(
        organisation=organisation, person=person, applied_date=applied_date, at=at,
        case_number=case_number,
    )  # fmt: skip
    body = Organisation.objects.get(ext_id=organisation)
    said = {"person": who, "applied_date": applied_date, "stage": Stage.APPLICANT}
    made, _ = PartyDevelopment.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("DF", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    _tell(made, "applied", by, at)


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it stopped; nothing happens when nobody applied."""
    found = PartyDevelopment.objects.select_for_update(of=("self",)).filter(
        case_number=case_number
    ).first()  # fmt: skip
    if found is not None:
        found.stage = Stage.ENDED
        found.save(update_fields=["stage"])
        _tell(found, "ended", by, at)


@transaction.atomic
def reach(
    *, case_number: str, stage: str, held_date: date, vote: Vote, by: Actor, at: datetime
) -> None:
    """Note that the branch voted somebody into the next stage.

    Full membership is entered by `admit`, when the town has agreed.
    Raises: NotFound, StageWrong, TooEarly, VoteFails, PublicityRuns.
    """
    found = _locked(case_number)
    if found.stage not in (BEFORE[stage], stage):
        why = f"现在是{found.get_stage_display()}，不能直接到{Stage(stage).label}"
        raise StageWrong(what="阶段", why=why)
    last = _last_before(found, stage)
    if not (last.held_date if last else found.applied_date) <= held_date <= clock.local_date(at):
        why = "要在上一步以后、今天以前"
        raise StageWrong(what="开会的日期", why=why, field="held_date")
    _require_term(stage, last, held_date)
    if last is not None and last.stage in SHOWN:
        _require_shown(last, held_date)
    fault = rules.vote_fault(vote)
    if fault:
        raise VoteFails(why=fault, field="agree")
    PartyStage.objects.update_or_create(
        development=found,
        stage=stage,
        defaults={
            "held_date": held_date, "eligible_count": vote.eligible,
            "present_count": vote.present, "agree_count": vote.agree,
        },
        create_defaults={
            "ext_id": ids.new_id("DFS", at), "held_date": held_date,
            "eligible_count": vote.eligible, "present_count": vote.present,
            "agree_count": vote.agree,
        },
    )  # fmt: skip
    if stage != Stage.FULL:
        found.stage = stage
        found.save(update_fields=["stage"])
    _tell(found, "reached", by, at, {"stage": stage})


def _last_before(found: PartyDevelopment, stage: str) -> PartyStage | None:
    return found.stages.filter(stage=BEFORE[stage]).first()


def _require_term(stage: str, last: PartyStage | None, held_date: date) -> None:
    """Refuse before a year of growing or of probation is over. Raises: TooEarly."""
    if last is None:
        return
    known = rules.figures(held_date)
    months = {Stage.OBJECT: known.activist_months, Stage.FULL: known.probation_months}
    term = months.get(Stage(stage), 0)
    due = rules.months_after(last.held_date, term)
    if term and held_date < due:
        what = "培养考察" if stage == Stage.OBJECT else "预备期"
        raise TooEarly(what=what, months=term, day=clock.date_said(due), field="held_date")


def _require_shown(shown: PartyStage, day: date) -> None:
    """Refuse before the publicity of a stage has run. Raises: StageWrong, PublicityRuns."""
    until = shown.publicity_end_date
    if until is None:
        raise StageWrong(what=f"{shown.get_stage_display()}", why="还没有公示")
    if day <= until:
        days = rules.figures(day).publicity_workdays
        raise PublicityRuns(days=f"{days}个工作日", day=clock.day_said(until))


@transaction.atomic
def show(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the stage just voted is public from today on. Raises: NotFound, StageWrong."""
    found = _locked(case_number)
    row = found.stages.order_by("-held_date", "-pk").first()
    if row is None:
        raise StageWrong(what="公示", why="还没有表决")
    today = clock.local_date(at)
    until = orgs.calendar().add_workdays(at, rules.figures(today).publicity_workdays)
    row.publicity_start_date, row.publicity_end_date = today, clock.local_date(until)
    row.save(update_fields=["publicity_start_date", "publicity_end_date"])
    _tell(found, "shown", by, at, {"stage": row.stage})


@transaction.atomic
def admit(*, case_number: str, by: Actor, at: datetime) -> None:
    """Let somebody be a member, when the town has agreed and the publicity is over.

    Raises: NotFound, StageWrong, PublicityRuns, AppointmentWrong.
    """
    found = _locked(case_number)
    row = found.stages.filter(stage=Stage.FULL).first()
    if row is None:
        raise StageWrong(what="转正", why="支部还没有表决")
    _require_shown(row, clock.local_date(at))
    branch = Organisation.objects.filter(
        division_id=found.division_code, kind=OrganisationKind.PARTY_BRANCH
    ).first()
    found.appointment_ext_id = appointments.appoint(
        person=found.person.ext_id,
        organisation=(branch or found.organisation).ext_id,
        role_code=MEMBER,
        start_date=row.held_date,
        end_date=None,
        document_ref=f"发展党员办件{case_number}",
        by=by,
        at=at,
    )
    found.stage = Stage.FULL
    found.save(update_fields=["stage", "appointment_ext_id"])
    _tell(found, "admitted", by, at)


def members(division_code: str, on: date) -> list[Person]:
    """Return the living members of a village's branch on a day, by name."""
    posts = Appointment.objects.filter(
        organisation__division_id=division_code, role_code=MEMBER, start_date__lte=on
    ).exclude(end_date__lt=on)
    people = Person.objects.filter(pk__in=posts.values("person_id"), death_date__isnull=True)
    return list(people.order_by("name", "pk"))


def _locked(case_number: str) -> PartyDevelopment:
    found = (
        PartyDevelopment.objects.select_for_update(of=("self",))
        .select_related("organisation", "person")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _tell(
    found: PartyDevelopment,
    what: str,
    by: Actor,
    at: datetime,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.write(
        chain=found.organisation.ext_id, kind=f"party.development.{what}", by=by, at=at,
        subject=("party_development", found.ext_id), after=after or {},
    )  # fmt: skip
