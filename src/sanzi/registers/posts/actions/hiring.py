"""Hiring: a post and its pay are decided, the notice hangs, a panel chooses, the village sees.

Only then is a contract signed, and the post begins. Near kin of officers keep no money; a post is
taken over only when it was handed over. Sources: LAW-VC 32; LAW-REC 34; the county's own figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs import electorates
from sanzi.orgs import queries as orgs
from sanzi.orgs.actions import appointments
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation, Person
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title
from sanzi.registers.posts import rules
from sanzi.registers.posts.errors import (
    HandoverOpen,
    HireNotNow,
    HireWrong,
    KinInFinancePost,
    NoticeRuns,
    PanelWrong,
    PostsIncompatible,
)
from sanzi.registers.posts.models import Handover, Hire, HireStatus

REASON_LENGTH_MIN = 6


@dataclass(frozen=True)
class Wish:
    """Which post is to be filled. Units: fen by the month; both days included."""

    role_code: str
    duties: str
    monthly_fen: int
    start_date: date
    end_date: date


@dataclass(frozen=True)
class Candidate:
    """Who applied, and the points the panel gave."""

    person: str
    points: Decimal


@dataclass(frozen=True)
class Choice:
    """What the panel decided; `reason` is needed when the best did not win."""

    candidates: Sequence[Candidate]
    panel: Sequence[str]
    chosen: str
    reason: str = ""


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> None:
    """Refuse a post that cannot be filled like this. Raises: NotFound, HireWrong."""
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    today = clock.local_date(at)
    figures = rules.figures(today)
    role = roles().get(wish.role_code)
    if role is None or role.level != "village":
        raise HireWrong(what="岗位", why="村里没有这个岗位", field="post")
    if not 0 < wish.monthly_fen <= money.MAX_FEN:
        raise HireWrong(what="月报酬", why="要大于0", field="monthly")
    if wish.start_date <= today:
        raise HireWrong(what="聘期", why="要从今天以后开始", field="start_date")
    latest = rules.months_after(wish.start_date, figures.term_months_max)
    if not wish.start_date < wish.end_date < latest:
        why = f"结束要晚于开始，最长{figures.term_months_max}个月"
        raise HireWrong(what="聘期", why=why, field="end_date")
    if wish.role_code in figures.single_posts:
        _require_free(body, wish, case_number)


def _require_free(body: Organisation, wish: Wish, case_number: str) -> None:
    holder = (
        Appointment.objects.filter(
            Q(end_date__isnull=True) | Q(end_date__gte=wish.start_date),
            organisation__division_id=body.division_id,
            role_code=wish.role_code,
        )
        .select_related("person")
        .first()
    )
    if holder is not None:
        raise HireWrong(what="岗位", why=f"{holder.person.name}那时还在任", field="post")
    running = (
        Hire.objects.filter(division_code=body.division_id, role_code=wish.role_code)
        .exclude(status__in=[HireStatus.ENDED, HireStatus.HIRED])
        .exclude(case_number=case_number)
    )
    if running.exists():
        raise HireWrong(what="岗位", why="已经有一件在聘", field="post")


@transaction.atomic
def request(
    *, wish: Wish, organisation: str, decision: str, case_number: str, by: Actor, at: datetime
) -> str:
    """Enter a hiring that is asked for, or what a returned one says now.

    Raises: what `check` raises.
    """
    check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = Organisation.objects.get(ext_id=organisation)
    said = {
        "role_code": wish.role_code,
        "duties": wish.duties.strip()[:200],
        "monthly_fen": wish.monthly_fen,
        "start_date": wish.start_date,
        "end_date": wish.end_date,
        "decision_ext_id": decision,
        "submitted_at": at,
        "status": HireStatus.REQUESTED,
    }
    made, _ = Hire.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("PY", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    _tell(made, "requested", by, at, {"post": made.role_code, "monthly_fen": made.monthly_fen})
    return made.ext_id


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up; nothing happens when it was never asked for."""
    found = Hire.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is not None and found.status != HireStatus.HIRED:
        found.status = HireStatus.ENDED
        found.save(update_fields=["status"])
        _tell(found, "ended", by, at, {})


@transaction.atomic
def notice(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the notice hangs from today on. Raises: NotFound, HireNotNow."""
    found = _locked(case_number, HireStatus.REQUESTED, "公告")
    found.notice_date, found.status = clock.local_date(at), HireStatus.NOTICED
    found.save(update_fields=["notice_date", "status"])
    _tell(found, "noticed", by, at, {})


@transaction.atomic
def choose(*, case_number: str, choice: Choice, by: Actor, at: datetime) -> None:
    """Choose one of those who applied, after the notice has hung its days.

    Raises: NotFound, HireNotNow, NoticeRuns, HireWrong, PanelWrong, KinInFinancePost,
        PostsIncompatible.
    """
    found = _locked(case_number, HireStatus.NOTICED, "评议")
    figures = rules.figures(clock.local_date(at))
    _require_shown(found.notice_date, figures.hire_notice_days, at, ("招聘公告", "评议"))
    people = _people([*choice.panel, *(one.person for one in choice.candidates)])
    ranked = {people[one.person].pk: one.points for one in choice.candidates}
    if len(ranked) != len(choice.candidates):
        raise HireWrong(what="报名的人", why="有人写了两次", field="candidates")
    chosen = people.get(choice.chosen)
    if chosen is None or chosen.pk not in ranked:
        raise HireWrong(what="选定的人", why="没有报名", field="chosen")
    if ranked[chosen.pk] < max(ranked.values()) and len(choice.reason.strip()) < REASON_LENGTH_MIN:
        raise HireWrong(what="选定的人", why="不是分数最高的，要写明理由", field="reason")
    panel = {people[one].pk for one in choice.panel}
    _require_panel(panel, set(ranked), figures.panel_min)
    found.is_kin_of_cadre = _require_fit(found, chosen, figures, at)
    found.person, found.choice_reason = chosen, choice.reason.strip()[:200]
    found.candidate_count, found.panel_count = len(ranked), len(panel)
    found.chosen_at, found.status = at, HireStatus.CHOSEN
    found.save(
        update_fields=[
            "person", "choice_reason", "candidate_count", "panel_count", "is_kin_of_cadre",
            "chosen_at", "status",
        ]
    )  # fmt: skip
    _tell(found, "chosen", by, at, {"person": chosen.ext_id, "candidates": len(ranked)})


def _people(ext_ids: Sequence[str]) -> dict[str, Person]:
    found = {one.ext_id: one for one in Person.objects.filter(ext_id__in=ext_ids)}
    if set(ext_ids) - set(found):
        raise HireWrong(what="名单", why="有人不在名册里", field="candidates")
    return found


def _require_panel(panel: set[int], candidates: set[int], least: int) -> None:
    if len(panel) < least:
        raise PanelWrong(why=f"只有{len(panel)}人，要{least}人", field="panel")
    if panel & candidates:
        raise PanelWrong(why="里有报名的人", field="panel")
    if any(orgs.kin_ids(one) & candidates for one in panel):
        raise PanelWrong(why="里有报名人的近亲属", field="panel")


def _require_fit(found: Hire, chosen: Person, figures: rules.Figures, at: datetime) -> bool:
    """Return whether somebody is near kin of an officer; refuse who may not hold the post."""
    today, post = clock.local_date(at), role_title(found.role_code)
    cadres = electorates.holders(found.division_code, figures.kin_barred_by, today).people
    kin = orgs.kin_ids(chosen.pk)
    is_kin = bool(kin & set(cadres.values_list("pk", flat=True)))
    if is_kin and found.role_code in figures.finance_posts:
        raise KinInFinancePost(name=chosen.name, post=post, field="chosen")
    held = [
        one.role_code
        for one in orgs.posts_of(chosen.pk, max(today, found.start_date))
        if one.division_code == found.division_code
    ]
    barred = rules.bar_between(found.role_code, held, figures.barred)
    if barred is not None:
        other = next(one for one in held if one in barred.these | barred.those)
        raise PostsIncompatible(
            name=chosen.name, held=role_title(other), post=post, basis=barred.basis, field="chosen"
        )
    return is_kin


@transaction.atomic
def show(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the choice is public from today on. Raises: NotFound, HireNotNow."""
    found = _locked(case_number, HireStatus.CHOSEN, "公示")
    found.publicity_start_date, found.status = clock.local_date(at), HireStatus.SHOWN
    found.save(update_fields=["publicity_start_date", "status"])
    _tell(found, "shown", by, at, {})


@transaction.atomic
def sign(*, case_number: str, sign_date: date, by: Actor, at: datetime) -> None:
    """Note the contract, after the publicity and the handover of who held the post before.

    Raises: NotFound, HireNotNow, NoticeRuns, HireWrong, HandoverOpen.
    """
    found = _locked(case_number, HireStatus.SHOWN, "签合同", HireStatus.SIGNED)
    today = clock.local_date(at)
    days = rules.figures(today).hire_publicity_days
    _require_shown(found.publicity_start_date, days, at, ("聘用公示", "签合同"))
    earliest = rules.last_shown(found.publicity_start_date or today, days)
    if not earliest < sign_date <= today:
        raise HireWrong(what="签合同的日期", why="要在公示满了以后、今天以前", field="sign_date")
    left = Handover.objects.filter(
        division_code=found.division_code, role_code=found.role_code, handed_over_at__isnull=True
    ).select_related("person")
    if found.role_code in rules.figures(today).single_posts and (open_one := left.first()):
        raise HandoverOpen(name=open_one.person.name, post=role_title(found.role_code))
    found.sign_date, found.status = sign_date, HireStatus.SIGNED
    found.save(update_fields=["sign_date", "status"])
    _tell(found, "signed", by, at, {"sign_date": sign_date.isoformat()})


@transaction.atomic
def begin(*, case_number: str, by: Actor, at: datetime) -> None:
    """Let the post begin once the town has the papers: an appointment for the contract's term.

    Raises: NotFound, HireNotNow, AppointmentWrong.
    """
    found = _locked(case_number, HireStatus.SIGNED, "上岗")
    assert found.person is not None  # noqa: S101 - who signed was chosen
    found.appointment_ext_id = appointments.appoint(
        person=found.person.ext_id,
        organisation=found.organisation.ext_id,
        role_code=found.role_code,
        start_date=found.start_date,
        end_date=found.end_date,
        document_ref=f"聘用办件{case_number}",
        by=by,
        at=at,
    )
    found.approved_at, found.status = at, HireStatus.HIRED
    found.save(update_fields=["appointment_ext_id", "approved_at", "status"])
    _tell(found, "begun", by, at, {"appointment": found.appointment_ext_id})


def _require_shown(start: date | None, days: int, at: datetime, words: tuple[str, str]) -> None:
    """Refuse before something public has hung its days. Raises: NoticeRuns."""
    today = clock.local_date(at)
    until = rules.last_shown(start or today, days)
    if today <= until:
        said = clock.day_said(until)
        raise NoticeRuns(what=words[0], days=days, day=said, verb=words[1])


def _locked(
    case_number: str, status: HireStatus, verb: str, again: HireStatus | None = None
) -> Hire:
    """Return a hiring where it stands; `again` lets what was sent back be written once more."""
    found = (
        Hire.objects.select_for_update(of=("self",))
        .select_related("organisation", "person")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status not in (status, again):
        raise HireNotNow(status=found.get_status_display(), verb=verb)
    return found


def _tell(found: Hire, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"posts.hire.{what}",
        by=by,
        at=at,
        subject=("hire", found.ext_id),
        after={"case": found.case_number, **after},
    )
