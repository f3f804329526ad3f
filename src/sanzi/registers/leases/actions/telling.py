"""What tenants and officers hear: rent that is coming or late, leases that end.

Which step on which day is dated data (`data/leases/reminders.yaml`). Each step is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from sanzi.kernel import clock, money
from sanzi.matters.models import Case
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.registers.leases import rules
from sanzi.registers.leases.actions import successions
from sanzi.registers.leases.actions.rent import phone_of
from sanzi.registers.leases.models import ExpiryNotice, Lease, RentBill, RentReminder
from sanzi.registers.leases.rules import Reminder

HELP_PHONE = "12345"
TEXTS = {
    "rent_before": (
        "{name}您好，{org}的{asset}租金{amount}元，{due}前交。附言写缴款单上的编号，"
        "不收现金。如有疑问请联系{phone}。"
    ),
    "rent_late": (
        "{name}您好，{org}的{asset}租金还差{amount}元，{due}已经到期。请尽快转账，"
        "附言写缴款单上的编号。如有疑问请联系{phone}。"
    ),
    "rent_arrears": "{org}的{asset}，{tenant}欠租{amount}元，过期{days}天。这一步：{step}。",
    "lease_ends": "{org}的{asset}租约{end}到期，还有{days}天。请开始评估、公开拍租，到期不自动续。",
    "lease_next": "{org}的{asset}租约{end}到期，下一次出租的表替您开好了，知道的都填上了。"
    "请补评估价和决议，改好再交。",
}
TITLES = {
    "rent_before": "租金快到期",
    "rent_late": "租金过期了",
    "rent_arrears": "租金欠缴",
    "lease_ends": "租约快到期",
    "lease_next": "下一次出租的表开好了",
}
ROLES = {
    "village": ("coop_director", "cashier_reporter", "village_clerk"),
    "town": ("town_agri_head",),
    "discipline": ("town_discipline_office",),
}


def work(at: datetime) -> int:
    """Tell what is due to be told today; a duty of the worker, safe to repeat."""
    return _work_rent(at) + _work_expiry(at)


def _work_rent(at: datetime) -> int:
    today = clock.local_date(at)
    first = max((-one.day for one in rules.reminders(today).rent), default=0)
    waiting = (
        RentBill.objects.filter(
            is_dropped=False,
            due_date__lte=today + timedelta(days=first),
            amount_fen__gt=F("received_fen") + F("waived_fen"),
        )
        .select_related("lease__organisation", "lease__asset", "lease__tenant__person")
        .prefetch_related("reminders")
        .order_by("pk")
    )
    done = 0
    for rent in waiting:
        step = rules.reminder_due(rent.due_date, [one.day for one in rent.reminders.all()], today)
        if step is not None:
            _tell_rent(rent, step, today, at)
            done += 1
    return done


@transaction.atomic
def _tell_rent(rent: RentBill, step: Reminder, today: date, at: datetime) -> None:
    _, is_new = RentReminder.objects.get_or_create(
        rent=rent,
        day=step.day,
        defaults={"title": step.title, "to": "、".join(step.to), "told_at": at},
    )
    if not is_new:
        return
    if step.day > 0:
        RentBill.objects.filter(pk=rent.pk).update(
            dunned_count=F("dunned_count") + 1, last_dunned_at=at
        )
    left = money.format_yuan(rent.amount_fen - rent.received_fen - rent.waived_fen)
    lease, key = rent.lease, f"rent:{rent.ext_id}:{step.day}"
    common = {"org": lease.organisation.name, "asset": lease.asset.name, "amount": left}
    phone = phone_of(rent)
    told = []
    if "tenant" in step.to and phone:
        template = "rent_before" if step.day <= 0 else "rent_late"
        due = clock.day_said(rent.due_date)
        params = {**common, "name": lease.tenant.name, "due": due, "phone": HELP_PHONE}
        told.append(
            outbox.NewNotice(
                dedup_key=key, channel=Channel.SMS, template=template, sealed_phone=phone,
                params=params, subject_kind="lease", subject_id=lease.ext_id,
            )
        )  # fmt: skip
    days = str((today - rent.due_date).days)
    params = {**common, "tenant": lease.tenant.name, "days": days, "step": step.title}
    told += _inbox(
        lease,
        "rent_arrears",
        params,
        key=key,
        places=[to for to in step.to if to in ROLES],
        today=today,
    )
    outbox.enqueue(told, at=at)


def _work_expiry(at: datetime) -> int:
    today = clock.local_date(at)
    last = today + timedelta(days=max(rules.reminders(today).expiry_days, default=0))
    ending = (
        Lease.objects.filter(returned_at__isnull=True, end_date__range=(today, last))
        .select_related("organisation", "asset", "tenant")
        .prefetch_related("notices")
        .order_by("pk")
    )
    done = 0
    for lease in ending:
        told = [one.days_before for one in lease.notices.all()]
        days = rules.expiry_due(lease.end_date, told, today)
        if days is not None:
            done += _tell_expiry(lease, days, today, at)
    return done


@transaction.atomic
def _tell_expiry(lease: Lease, days: int, today: date, at: datetime) -> int:
    _, is_new = ExpiryNotice.objects.get_or_create(
        lease=lease, days_before=days, defaults={"told_at": at}
    )
    params = {
        "org": lease.organisation.name,
        "asset": lease.asset.name,
        "end": clock.day_said(lease.end_date),
        "days": str((lease.end_date - today).days),
    }
    key = f"lease:{lease.ext_id}:{days}"
    told = _inbox(lease, "lease_ends", params, key=key, places=["village"], today=today)
    opened = successions.open_next(lease=lease.pk, at=at)
    outbox.enqueue([*told, *(_of_draft(lease, opened, params, today) if opened else ())], at=at)
    return int(is_new)


def _of_draft(
    lease: Lease, opened: Case, params: dict[str, str], today: date
) -> list[outbox.NewNotice]:
    """Tell him for whom the next case was opened, on the case itself."""
    held = orgs.holders(successions.HOLDER, lease.division_code, today)
    said = {key: value for key, value in params.items() if key != "days"}
    return [
        outbox.NewNotice(
            dedup_key=f"lease:{lease.ext_id}:next:{one.user_id}"[:80], channel=Channel.INBOX,
            template="lease_next", user_id=one.user_id, params=said,
            subject_kind="case", subject_id=opened.number,
        )
        for one in held
        if one.person_id == opened.started_by_id and one.user_id is not None
    ]  # fmt: skip


def _inbox(
    lease: Lease,
    template: str,
    params: dict[str, str],
    *,
    key: str,
    places: Iterable[str],
    today: date,
) -> list[outbox.NewNotice]:
    roles = [role for place in places for role in ROLES[place]]
    held = [one for role in roles for one in orgs.holders(role, lease.division_code, today)]
    users = sorted({one.user_id for one in held if one.user_id is not None})
    return [
        outbox.NewNotice(
            dedup_key=f"{key}:{user}"[:80], channel=Channel.INBOX, template=template,
            user_id=user, params=params, subject_kind="lease", subject_id=lease.ext_id,
        )
        for user in users
    ]  # fmt: skip
