"""Leaving a post: the list the system makes, the handover before witnesses, the audit, its end.

The post ends when the township accepts the leaving. What comes late comes with its reason, and
is published with it. Sources: LAW-VC 20, 35; ZJ-RA 23, 40.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs.actions import appointments
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation, Person
from sanzi.registers.posts import rules
from sanzi.registers.posts.errors import LateNeedsReason, LeavingWrong, NotRectified
from sanzi.registers.posts.models import Handover, HandoverItem, HandoverStatus, ItemKind
from sanzi.registers.posts.queries import handover as queries

REASON_LENGTH_MIN = 6
AHEAD_DAYS_MAX = 60


@dataclass(frozen=True)
class Added:
    """A thing that the list did not know. Units: fen."""

    kind: str
    title: str
    amount_fen: int | None = None


@dataclass(frozen=True)
class HandedOver:
    """What was handed over, to whom. Units: fen; `missing` are titles of things that lacked."""

    receiver: str
    cash_fen: int | None = None
    added: Sequence[Added] = ()
    missing: str = ""
    late_reason: str = ""


@dataclass(frozen=True)
class Audit:
    """What the audit says. Units: fen."""

    auditor: str
    audited_date: date
    problem_count: int
    problem_fen: int | None = None
    late_reason: str = ""


def check(*, organisation: str, person: str, left_date: date, at: datetime) -> list[Appointment]:
    """Return the posts that somebody leaves; refuse who holds none.

    Raises: NotFound, LeavingWrong.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    who = Person.objects.filter(ext_id=person).first()
    if body is None or who is None:
        raise NotFound
    if (left_date - clock.local_date(at)).days > AHEAD_DAYS_MAX:
        why = f"最多提前{AHEAD_DAYS_MAX}天登记"
        raise LeavingWrong(what="离任日期", why=why, field="left_date")
    posts = queries.posts_of(who.pk, body.division_id, left_date)
    if not posts:
        raise LeavingWrong(what="离任的人", why=f"{who.name}那天在村里没有职务", field="person")
    return posts


@transaction.atomic
def open_leaving(
    *, organisation: str, person: str, left_date: date, case_number: str, by: Actor, at: datetime
) -> None:
    """Enter a leaving for every post that ends, in place of what a returned form said.

    Raises: what `check` raises.
    """
    posts = check(organisation=organisation, person=person, left_date=left_date, at=at)
    end_leaving(case_number=case_number)
    for post in posts:
        made = Handover.objects.create(
            ext_id=ids.new_id("LR", at), organisation=post.organisation,
            division_code=post.organisation.division_id, case_number=case_number,
            appointment_ext_id=post.ext_id, person=post.person, role_code=post.role_code,
            left_date=left_date, status=HandoverStatus.LEAVING,
        )  # fmt: skip
        _tell(made, "opened", by, at, {"left_date": left_date.isoformat()})


def end_leaving(*, case_number: str) -> None:
    """Take back a leaving that nobody accepted."""
    rows = Handover.objects.filter(case_number=case_number, handed_over_at__isnull=True)
    HandoverItem.objects.filter(handover__in=rows).delete()
    rows.delete()


@transaction.atomic
def accept(*, case_number: str, by: Actor, at: datetime) -> None:
    """Let the posts end with the day of leaving, and make the list of what is handed over.

    Raises: NotFound, AppointmentWrong.
    """
    rows = _locked(case_number, HandoverStatus.LEAVING)
    for place, one in enumerate(rows):
        post = Appointment.objects.select_related("organisation", "person").get(
            ext_id=one.appointment_ext_id
        )
        held = queries.of_post(post, one.left_date)
        if place == 0:
            held += queries.of_person(one.person, one.division_code, case_number)
        HandoverItem.objects.filter(handover=one).delete()
        HandoverItem.objects.bulk_create(
            HandoverItem(
                ext_id=ids.new_id("LRX", at), handover=one, kind=thing.kind,
                title=thing.title[:120], ref=thing.ref, is_found=True,
            )
            for thing in held
        )  # fmt: skip
        appointments.end(ext_id=one.appointment_ext_id, end_date=one.left_date, by=by, at=at)
        _tell(one, "accepted", by, at, {"items": len(held)})


@transaction.atomic
def hand_over(*, case_number: str, said: HandedOver, by: Actor, at: datetime) -> None:
    """Note what was handed over, to whom, before whom.

    Raises: NotFound, LeavingWrong, LateNeedsReason.
    """
    rows = _locked(case_number, HandoverStatus.LEAVING, HandoverStatus.HANDED)
    today = clock.local_date(at)
    first = rows[0]
    receiver = Person.objects.filter(ext_id=said.receiver).first()
    if receiver is None or receiver.pk == first.person_id:
        raise LeavingWrong(what="接手的人", why="要是另一个在册的人", field="receiver")
    if first.left_date > today:
        raise LeavingWrong(what="移交", why="离任的日子还没到", field="receiver")
    due = rules.last_shown(first.left_date, rules.figures(first.left_date).handover_days)
    _require_reason("移交", due, today, said.late_reason)
    needs_cash = HandoverItem.objects.filter(handover__in=rows, kind=ItemKind.CASH, is_found=True)
    if needs_cash.exists() and said.cash_fen is None:
        raise LeavingWrong(what="现金", why="要当面点清，没有就填0", field="cash")
    needs_cash.update(amount_fen=said.cash_fen)
    HandoverItem.objects.filter(handover__in=rows, is_found=False).delete()
    HandoverItem.objects.bulk_create(
        HandoverItem(
            ext_id=ids.new_id("LRX", at), handover=first, kind=one.kind, title=one.title[:120],
            amount_fen=one.amount_fen, is_found=False,
        )
        for one in said.added
    )  # fmt: skip
    _mark(rows, said.missing)
    for row in rows:
        row.receiver, row.witness_id = receiver, by.person_id
        row.handed_over_at, row.late_reason = at, said.late_reason.strip()[:200]
        row.status = HandoverStatus.HANDED
        row.save(update_fields=["receiver", "witness", "handed_over_at", "late_reason", "status"])
        _tell(row, "handed_over", by, at, {"receiver": receiver.ext_id})


def _mark(rows: Sequence[Handover], missing: str) -> None:
    """Mark every thing as handed over but those that are named as missing."""
    lacking = {one.strip() for one in missing.replace("，", "、").split("、")} - {""}
    items = HandoverItem.objects.filter(handover__in=rows)
    unknown = lacking - set(items.values_list("title", flat=True))
    if unknown:
        raise LeavingWrong(what="没交的", why=f"清单里没有“{min(unknown)}”", field="missing")
    items.update(is_handed=True)
    items.filter(title__in=lacking).update(is_handed=False)


def _require_reason(what: str, due: date, day: date, reason: str) -> None:
    """Refuse what comes after its limit without words. Raises: LateNeedsReason."""
    if day > due and len(reason.strip()) < REASON_LENGTH_MIN:
        said = clock.day_said(due)
        raise LateNeedsReason(what=what, day=said, days=(day - due).days, field="late_reason")


@transaction.atomic
def audited(*, case_number: str, said: Audit, by: Actor, at: datetime) -> None:
    """Note what the audit found.

    Raises: NotFound, LeavingWrong, LateNeedsReason.
    """
    rows = _locked(case_number, HandoverStatus.HANDED, HandoverStatus.AUDITED)
    first = rows[0]
    handed = clock.local_date(first.handed_over_at or at)
    if not handed <= said.audited_date <= clock.local_date(at):
        why = "要在移交以后、今天以前"
        raise LeavingWrong(what="审计日期", why=why, field="audited_date")
    if said.problem_fen and not said.problem_count:
        raise LeavingWrong(what="问题", why="有金额就至少有一个", field="problem_count")
    months = rules.figures(first.left_date).audit_months
    due = rules.months_after(first.left_date, months)
    _require_reason("审计", due, said.audited_date, said.late_reason)
    for row in rows:
        row.audited_at, row.auditor = at, said.auditor.strip()[:60]
        row.problem_count, row.problem_fen = said.problem_count, said.problem_fen
        row.audit_late_reason, row.status = said.late_reason.strip()[:200], HandoverStatus.AUDITED
        row.save(
            update_fields=[
                "audited_at", "auditor", "problem_count", "problem_fen", "audit_late_reason",
                "status",
            ]
        )  # fmt: skip
        _tell(row, "audited", by, at, {"problems": said.problem_count})


@transaction.atomic
def publish(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the audit hangs where villagers read it. Raises: NotFound."""
    for row in _locked(case_number, HandoverStatus.AUDITED):
        row.audit_published_at, row.status = at, HandoverStatus.PUBLISHED
        row.save(update_fields=["audit_published_at", "status"])
        _tell(row, "published", by, at, {})


@transaction.atomic
def rectify(*, case_number: str, count: int, by: Actor, at: datetime) -> None:
    """Count findings that were put right. Raises: NotFound, LeavingWrong."""
    rows = _locked(case_number, HandoverStatus.PUBLISHED)
    if rows[0].rectified_count + count > (rows[0].problem_count or 0):
        raise LeavingWrong(what="改好的个数", why="比审计提出的多", field="count")
    for row in rows:
        row.rectified_count += count
        row.save(update_fields=["rectified_count"])
        _tell(row, "rectified", by, at, {"count": count})


@transaction.atomic
def close(*, case_number: str, by: Actor, at: datetime) -> None:
    """Close a leaving whose findings were all put right. Raises: NotFound, NotRectified."""
    for row in _locked(case_number, HandoverStatus.PUBLISHED):
        if row.rectified_count < (row.problem_count or 0):
            raise NotRectified(count=row.problem_count, done=row.rectified_count)
        row.status = HandoverStatus.CLOSED
        row.save(update_fields=["status"])
        _tell(row, "closed", by, at, {})


def _locked(case_number: str, *states: HandoverStatus) -> list[Handover]:
    rows = list(
        Handover.objects.select_for_update(of=("self",))
        .select_related("organisation", "person")
        .filter(case_number=case_number, status__in=states)
        .order_by("pk")
    )
    if not rows:
        raise NotFound
    return rows


def _tell(one: Handover, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=one.organisation.ext_id, kind=f"posts.handover.{what}", by=by, at=at,
        subject=("handover", one.ext_id), after={"role": one.role_code, **after},
    )  # fmt: skip
