"""Members of the collective: asked for, checked by the council, voted, shown, filed.

Each step is a step of the power M24. Only the members' meeting decides, and no ground counts
that the law forbids. Source: LAW-REC 8, 11-18, 26, 28.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.kernel import clock, ids
from sanzi.matters.actions import needs
from sanzi.orgs.actions import standing
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.registers.land import rules
from sanzi.registers.land.actions import keeping
from sanzi.registers.land.errors import (
    GroundNotAllowed,
    LandWrong,
    MembershipDiffers,
    MembershipOpen,
)
from sanzi.registers.land.models import Membership, Step

MATTER = "M24"
JOIN, LEAVE = "join", "leave"


@dataclass(frozen=True)
class Wish:
    """Who is to become a member or to leave, and why."""

    person: str
    kind: str
    ground: str


@dataclass(frozen=True)
class Verdict:
    """What the meeting decided. `refuse_ground` is said where it did not accept."""

    decision: str
    is_accepted: bool
    refuse_ground: str = ""


def check(*, wish: Wish, division_code: str, case_number: str = "") -> Person:
    """Refuse a wish that the law or the register forbids; return the person.

    Raises: NotFound, LandWrong, GroundNotAllowed, MembershipDiffers, MembershipOpen.
    """
    if wish.kind == LEAVE and wish.ground in rules.FORBIDDEN:
        raise GroundNotAllowed(
            why=f"因为{rules.FORBIDDEN[wish.ground]}", what="取消成员身份",
            article="农村集体经济组织法第八、十八条", field="ground",
        )  # fmt: skip
    grounds = rules.JOIN_GROUNDS if wish.kind == JOIN else rules.LEAVE_GROUNDS
    if wish.ground not in grounds:
        raise LandWrong(what="理由", why="和办的事对不上", field="ground")
    person = Person.objects.filter(ext_id=wish.person, division_id=division_code).first()
    if person is None:
        raise LandWrong(what="人", why="不在本村的花名册里", field="person")
    _require_standing(wish, person)
    others = Membership.objects.filter(person=person, status__in=keeping.OPEN)
    if others.exclude(case_number=case_number or "-").exists():
        raise MembershipOpen(name=person.name, field="person")
    return person


def _require_standing(wish: Wish, person: Person) -> None:
    if person.is_member == (wish.kind == JOIN):
        why = "已经是成员" if person.is_member else "现在不是成员"
        raise MembershipDiffers(name=person.name, why=why, field="person")
    if wish.kind == JOIN and person.death_date is not None:
        raise MembershipDiffers(name=person.name, why="已经去世", field="person")
    if wish.ground == "death" and person.death_date is None:
        raise MembershipDiffers(name=person.name, why="没有登记去世", field="ground")
    if wish.kind == JOIN and person.id_no_index:
        same = Person.objects.filter(id_no_index=person.id_no_index, is_member=True)
        elsewhere = same.exclude(pk=person.pk).select_related("division").first()
        if elsewhere is not None:
            place = elsewhere.division.name if elsewhere.division else "别处"
            raise MembershipDiffers(
                name=person.name, why=f"还是{place}的成员，不能两头都是", field="person"
            )


@transaction.atomic
def request(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter what is asked for, or what a returned request says now. Raises: what `check` does."""
    body = keeping.body_of(organisation)
    person = check(wish=wish, division_code=body.division_id, case_number=case_number)
    said = {
        "person": person, "kind": wish.kind, "ground": wish.ground, "submitted_at": at,
        "status": Step.REQUESTED,
    }  # fmt: skip
    made, _ = Membership.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("CY", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    keeping.tell(made, "requested", by, at, {"kind": wish.kind, "ground": wish.ground})
    return made.ext_id


@transaction.atomic
def pass_check(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the council has checked it. Raises: NotFound, NotNow."""
    found = keeping.locked(Membership, case_number, (Step.REQUESTED,), "初审")
    found.checked_at, found.status = at, Step.CHECKED
    found.save(update_fields=["checked_at", "status"])
    keeping.tell(found, "checked", by, at, {})


@transaction.atomic
def decide(*, case_number: str, verdict: Verdict, by: Actor, at: datetime) -> None:
    """Note what the members' meeting decided.

    Raises: NotFound, NotNow, LandWrong, GroundNotAllowed, DecisionNeeded.
    """
    found = keeping.locked(Membership, case_number, (Step.CHECKED, Step.DECIDED), "记表决")
    _require_ground(found, verdict)
    passed = needs.require_passed(
        ext_id=verdict.decision, division_code=found.division_code, matter_code=MATTER
    )
    needs.require_two_thirds(passed, ("member_meeting",))
    found.decision_ext_id, found.decided_at = verdict.decision, passed.passed_at
    found.is_accepted, found.refuse_ground = verdict.is_accepted, verdict.refuse_ground
    found.status = Step.DECIDED
    found.save(
        update_fields=["decision_ext_id", "decided_at", "is_accepted", "refuse_ground", "status"]
    )
    after = {"is_accepted": verdict.is_accepted, "ground": verdict.refuse_ground}
    keeping.tell(found, "decided", by, at, {**after, "decision": verdict.decision})


def _require_ground(found: Membership, verdict: Verdict) -> None:
    ground = verdict.refuse_ground
    if verdict.is_accepted:
        if ground:
            raise LandWrong(what="不同意的理由", why="同意的不用填", field="refuse_ground")
        return
    if ground in rules.FORBIDDEN:
        raise GroundNotAllowed(
            why=f"因为{rules.FORBIDDEN[ground]}", what="不确认成员身份",
            article="农村集体经济组织法第八条", field="refuse_ground",
        )  # fmt: skip
    if found.kind == JOIN and found.ground == "birth" and ground != "other_member":
        raise GroundNotAllowed(
            why="在成员家里出生的孩子", what="不确认成员身份",
            article="农村集体经济组织法第十二条", field="refuse_ground",
        )  # fmt: skip
    if ground not in rules.REFUSE_GROUNDS:
        raise LandWrong(what="不同意的理由", why="要选一条", field="refuse_ground")


@transaction.atomic
def show(*, case_number: str, shown: rules.Shown, by: Actor, at: datetime) -> None:
    """Note that the roster was shown its days. Raises: NotFound, NotNow, ShownTooShort."""
    found = keeping.locked(Membership, case_number, (Step.DECIDED,), "记公示")
    least = rules.figures(clock.local_date(at)).membership_days
    keeping.require_shown(shown, least=least, what="成员名单", at=at)
    if found.decided_at is None or shown.start_date < clock.local_date(found.decided_at):
        raise LandWrong(what="公示开始日", why="早于表决", field="publicity_start")
    found.publicity_start_date, found.publicity_end_date = shown.start_date, shown.end_date
    found.objection, found.status = shown.objection[:200], Step.SHOWN
    found.save(update_fields=["publicity_start_date", "publicity_end_date", "objection", "status"])
    keeping.tell(found, "shown", by, at, {"until": str(shown.end_date)})


@transaction.atomic
def file(*, case_number: str, file_no: str, by: Actor, at: datetime) -> None:
    """Note that town and county have it on file; only now the roster of members changes.

    Raises: NotFound, NotNow, MembershipDiffers when it changed since.
    """
    found = keeping.locked(Membership, case_number, (Step.SHOWN,), "备案")
    person = Person.objects.filter(pk=found.person_id).first()
    if person is None:
        raise NotFound
    found.filed_at, found.file_no = at, file_no.strip()[:60]
    found.status = Step.CLOSED if found.is_accepted else Step.REFUSED
    found.save(update_fields=["filed_at", "file_no", "status"])
    if found.is_accepted:
        _require_standing(Wish(person.ext_id, found.kind, found.ground), person)
        standing.set_member(
            person=person.ext_id, is_member=found.kind == JOIN,
            chain=found.organisation.ext_id, case_number=case_number, by=by, at=at,
        )  # fmt: skip
    keeping.tell(found, "filed", by, at, {"file_no": found.file_no})
