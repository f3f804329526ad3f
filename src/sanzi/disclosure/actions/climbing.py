"""Inquiries that nobody answered in time go up by themselves: village, town, county. Once each.

What counts is the public answer: one that was written and never released is none. Both offices
are told, and whoever asked from a phone; every missed day is a row that stays.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sanzi.audit import actions as audit
from sanzi.disclosure import inquiry_rules, rules
from sanzi.disclosure.models import Inquiry, InquiryDelay, Publication
from sanzi.kernel import clock
from sanzi.matters.actions import rising
from sanzi.matters.models import Case
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM

OFFICES = {
    Inquiry.Level.VILLAGE: ("committee_member", "village_secretary"),
    Inquiry.Level.TOWN: ("town_agri_head", "town_leader"),
    Inquiry.Level.COUNTY: ("county_agri",),
}
ABOVE = {
    Inquiry.Level.VILLAGE: Inquiry.Level.TOWN,
    Inquiry.Level.TOWN: Inquiry.Level.COUNTY,
}
OFFICE, ASKER = "inquiry_climbed", "inquiry_climbed_asker"


def register() -> None:
    """Make the wordings known; called once from `apps.ready`."""
    outbox.register_text(
        OFFICE,
        "质询“{title}”{late}到期没有公开答复，转到{now}，{due}前答复。",
        title="质询没有按时答复",
    )
    outbox.register_text(
        ASKER,
        "您问村里的事，{late}到期没有答复，转到{now}了，最迟{due}答复。回执号{number}。",
        title="问的事转到上一级",
    )


def climb_overdue(at: datetime) -> int:
    """Move every inquiry whose day has passed without a public answer; return how many moved."""
    keys = overdue(at).order_by("due_at", "pk").values_list("pk", flat=True)
    return sum(_climb(key, at) for key in list(keys))


def overdue(at: datetime) -> QuerySet[Inquiry]:
    """Return the inquiries whose day has passed unanswered and that were not noted for it yet."""
    public = Publication.objects.filter(
        subject_kind="case", subject_id=OuterRef("case_number"), item_code="G04"
    )
    noted = InquiryDelay.objects.filter(inquiry=OuterRef("pk"), level=OuterRef("level"))
    waits = Q(status=Inquiry.Status.ASKED) | Q(status=Inquiry.Status.ANSWERED, case_number__gt="")
    return Inquiry.objects.filter(waits, ~Exists(public), ~Exists(noted), due_at__lt=at)


@transaction.atomic
def _climb(key: int, at: datetime) -> int:
    one = Inquiry.objects.select_for_update(of=("self",)).get(pk=key)
    if not overdue(at).filter(pk=key).exists() or _is_with_asker(one):
        return 0
    late, due_at = Inquiry.Level(one.level), one.due_at
    InquiryDelay.objects.create(inquiry=one, level=late, due_at=due_at, noted_at=at)
    now = ABOVE.get(late)
    if now is None:
        return 0
    one.level = now
    one.due_at = rules.due(at, inquiry_rules.on(clock.local_date(at)).days_above(now))
    one.status, one.answered_at = Inquiry.Status.ASKED, None
    one.save(update_fields=["level", "due_at", "status", "answered_at"])
    if one.case_number:
        rising.take_up(number=one.case_number, at=at)
    audit.write(
        chain=one.organisation.ext_id,
        kind="disclosure.inquiry.climbed",
        by=SYSTEM,
        at=at,
        subject=("inquiry", one.ext_id),
        before={"level": str(late), "due_at": due_at.isoformat()},
        after={"level": str(now), "due_at": one.due_at.isoformat()},
    )
    _tell(one, late, now, at)
    return 1


def _is_with_asker(one: Inquiry) -> bool:
    """Return whether its case was given back to be put right: the clock is not the office's."""
    return Case.objects.filter(number=one.case_number).exclude(state="SUBMITTED").exists()


def _tell(one: Inquiry, late: Inquiry.Level, now: Inquiry.Level, at: datetime) -> None:
    """Tell both offices, and the asker where a phone is known."""
    params = {
        "title": one.title,
        "late": str(late.label),
        "now": str(now.label),
        "due": clock.day_said(inquiry_rules.last_day(one.due_at)),
        "number": one.case_number,
    }
    day = clock.local_date(at)
    users = {
        holder.user_id
        for level in (late, now)
        for role in OFFICES[level]
        for holder in orgs.holders(role, one.division_code, day)
        if holder.user_id is not None
    }
    subject = ("case", one.case_number) if one.case_number else ("inquiry", one.ext_id)
    notices = [
        outbox.NewNotice(
            dedup_key=f"{OFFICE}:{one.ext_id}:{now}:{user_id}"[:80],
            channel=Channel.INBOX,
            template=OFFICE,
            user_id=user_id,
            params=params,
            subject_kind=subject[0],
            subject_id=subject[1],
        )
        for user_id in sorted(users)
    ]
    case = Case.objects.select_related("started_by").filter(number=one.case_number).first()
    asker = case.started_by if case is not None and case.household_id is not None else None
    if asker is not None and asker.sealed_phone:
        notices.append(
            outbox.NewNotice(
                dedup_key=f"{ASKER}:{one.ext_id}:{now}"[:80],
                channel=Channel.SMS,
                template=ASKER,
                person_id=asker.pk,
                sealed_phone=asker.sealed_phone,
                params=params,
                subject_kind="case",
                subject_id=one.case_number,
            )
        )
    outbox.enqueue(notices, at=at)
