"""The service desk: a villager asks, the paper is drafted, sealed and handed over.

Each step is a step of the power M35. The sealing is a case of M34 of its own, which starts here
with everything the system knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence.actions import files
from sanzi.kernel import clock, ids, papers
from sanzi.matters import limits
from sanzi.matters.actions import cases
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.orgs.queries import village_name
from sanzi.registers.seals import errors, queries, rules
from sanzi.registers.seals.models import Seal, Service, ServiceStatus, UseStatus

MATTER = "M34"
LIVE = (ServiceStatus.APPLIED, ServiceStatus.SEALING)


@dataclass(frozen=True)
class Asked:
    """What a villager comes for. Empty text: the draft of the list is taken."""

    item: str
    applicant: str
    purpose: str
    channel: str
    text: str = ""


def check(*, asked: Asked, organisation: str, case_number: str, at: datetime) -> rules.ServiceItem:
    """Refuse what the desk does not do; return the item.

    Raises: NotFound, NotServed, NeverStamped, ApplicantWrong, AlreadyAsked, NoSealHere.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    today = clock.local_date(at)
    item = rules.services(today).items.get(asked.item)
    if item is None:
        raise errors.NotServed(field="item_code")
    known = rules.seal_list(today).items[item.seal_item]
    if known.seal_class == rules.NEVER:
        raise errors.NeverStamped(item=item.title, why=known.why, go=known.go, field="item_code")
    person = _applicant(asked.applicant, body.division_id)
    earlier = Service.objects.filter(applicant=person, item_code=item.code, status__in=LIVE)
    other = earlier.exclude(case_number=case_number).first()
    if other is not None:
        day = clock.local_date(other.applied_at)
        raise errors.AlreadyAsked(
            name=person.name, item=item.title, day=clock.day_said(day), field="item_code"
        )
    _seal(body.division_id, item)
    return item


def _applicant(ext_id: str, division_code: str) -> Person:
    person = Person.objects.filter(ext_id=ext_id).first()
    if person is None or person.division_id != division_code:
        raise errors.ApplicantWrong(why="不是本村的人", field="applicant_person_id")
    if person.death_date is not None:
        raise errors.ApplicantWrong(why="已经去世", field="applicant_person_id")
    return person


def _seal(division_code: str, item: rules.ServiceItem) -> Seal:
    found = queries.usable_seal(division_code, item.seal_kind)
    if found is None:
        kind = queries.kind_title(item.seal_kind)
        raise errors.NoSealHere(kind=kind, item=item.title, field="item_code")
    return found


def draft_text(*, asked: Asked, at: datetime) -> str:
    """Return what the paper says: as typed, else the draft of the list with what is known.

    Raises: NotFound, NotServed.
    """
    if asked.text.strip():
        return asked.text.strip()
    item = rules.services(clock.local_date(at)).items.get(asked.item)
    person = Person.objects.select_related("household").filter(ext_id=asked.applicant).first()
    if item is None:
        raise errors.NotServed(field="item_code")
    if person is None:
        raise NotFound
    group = person.household.group_no if person.household else None
    known = {
        "name": person.name,
        "village": village_name(person.division_id or ""),
        "household": f"{group}组" if group else "",
        "purpose": asked.purpose.strip(),
        "day": _day(at),
    }
    return rules.draft(item, known)


def _day(at: datetime) -> str:
    day = clock.local_date(at)
    return clock.date_said(day)


@transaction.atomic
def apply(*, asked: Asked, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter what is asked for, or what a returned request says now.

    Raises: what `check` raises.
    """
    item = check(asked=asked, organisation=organisation, case_number=case_number, at=at)
    body = Organisation.objects.get(ext_id=organisation)
    days = rules.services(clock.local_date(at)).workdays
    said = {
        "item_code": item.code,
        "item_title": item.title,
        "applicant": Person.objects.get(ext_id=asked.applicant),
        "channel": asked.channel,
        "paper_text": draft_text(asked=asked, at=at)[:600],
        "status": ServiceStatus.APPLIED,
    }
    made, _ = Service.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("BM", at), "case_number": case_number,
            "organisation": body, "division_code": body.division_id, "applied_at": at,
            "due_at": limits.calendar(at).add_workdays(at, days),
        },
    )  # fmt: skip
    _tell(made, "applied", by, at, {"item": item.code})
    return made.ext_id


@transaction.atomic
def hand_to_seal(*, case_number: str, purpose: str, by: Actor, at: datetime) -> str:
    """Print the paper and hand in its sealing as a case of its own; return the case's number.

    Raises: NotFound, UseNotNow, NoSealHere, what M34 refuses.
    """
    found = _locked(case_number, ServiceStatus.APPLIED, "盖章")
    item = rules.services(clock.local_date(found.applied_at)).items[found.item_code]
    seal = _seal(found.division_code, item)
    paper = papers.pdf("certificate", _paper(found, seal, at))
    number = cases.start(
        matter_code=MATTER, organisation_ext_id=seal.organisation.ext_id, by=by, at=at
    )
    form = {
        "seal_id": seal.ext_id,
        "item_code": item.seal_item,
        "purpose": f"{found.item_title}：{purpose}"[:40],
        "applicant_person_id": found.applicant.ext_id,
        "copies": "1",
    }
    cases.save(number=number, by=by, at=at, form=form)
    stored = files.store(
        by=by, at=at, subject_kind="case", subject_id=number,
        upload=files.Upload(f"{found.item_title}.pdf", "document", paper, may_be_invoice=False),
    )  # fmt: skip
    cases.submit(number=number, by=by, at=at)
    found.seal_case_number, found.paper_digest = number, stored.digest
    found.status = ServiceStatus.SEALING
    found.save(update_fields=["seal_case_number", "paper_digest", "status"])
    _tell(found, "drafted", by, at, {"seal_case": number, "paper": stored.digest})
    return number


def _paper(found: Service, seal: Seal, at: datetime) -> dict[str, str]:
    return {
        "title": found.item_title,
        "number": found.case_number,
        "text": found.paper_text,
        "body": seal.organisation.name,
        "day": _day(at),
    }


@transaction.atomic
def deliver(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the villager has the sealed paper.

    Raises: NotFound, UseNotNow, NotStampedYet.
    """
    found = _locked(case_number, ServiceStatus.SEALING, "交付")
    use = queries.of_case(found.seal_case_number)
    if use is None or use.status != UseStatus.STAMPED:
        raise errors.NotStampedYet(item=found.item_title, number=found.seal_case_number)
    found.done_at, found.status = at, ServiceStatus.DONE
    found.save(update_fields=["done_at", "status"])
    _tell(found, "delivered", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was refused or taken back; nothing when it was never asked."""
    found = Service.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is not None and found.status in LIVE:
        found.status = ServiceStatus.ENDED
        found.save(update_fields=["status"])
        _tell(found, "ended", by, at, {})


def _locked(case_number: str, status: ServiceStatus, verb: str) -> Service:
    found = (
        Service.objects.select_for_update(of=("self",))
        .select_related("organisation", "applicant")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status != status:
        raise errors.UseNotNow(status=found.get_status_display(), verb=verb)
    return found


def _tell(found: Service, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"seals.service.{what}",
        by=by,
        at=at,
        subject=("service", found.ext_id),
        after={"title": found.item_title, **after},
    )
