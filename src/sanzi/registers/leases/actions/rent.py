"""Rent: billed under a reference, counted as its receipts come, dunned, given up by decision.

The money itself is the payments room's: a rent row takes over what its bill has received, whenever
a receipt is written or voided.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from sanzi.audit import actions as audit
from sanzi.kernel import clock, money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import bills
from sanzi.payments.actions.bills import BillFields, IssuedBill
from sanzi.payments.hooks import BillCredited
from sanzi.registers.leases import errors, rules
from sanzi.registers.leases.models import RentBill

logger = logging.getLogger(__name__)

PERMISSION = "leases.keep"
SOURCE = "rent"
LATE_BILL_DAYS = timedelta(days=15)


@transaction.atomic
def issue_bill(*, ext_id: str, by: Actor, at: datetime) -> IssuedBill:
    """Issue the bill under which a tenant pays one period's rent.

    What is overdue is asked for within fifteen days. Raises: NotFound, RentStands, what the
    payments room raises. Nothing is written then.
    """
    rent = _locked(ext_id, by)
    left = rent.amount_fen - rent.received_fen - rent.waived_fen
    if rent.is_dropped or left <= 0:
        raise errors.RentStands(now="不用交了", verb="开单", advice="请看租约的租金表。")
    if rent.bill_ext_id:
        raise errors.RentStands(
            now="已经开过缴款单", verb="再开", advice="请打开那张单子；开错了先作废。"
        )
    lease, today = rent.lease, clock.local_date(at)
    issued = bills.issue_bill(
        fields=BillFields(
            organisation=lease.organisation.ext_id,
            kind="contracting" if lease.asset.category == "resource" else "rent",
            purpose=f"{lease.asset.name[:30]}租金（{_span(rent)}）",
            amount_fen=left,
            due_date=max(rent.due_date, today) if rent.due_date >= today
            else today + LATE_BILL_DAYS,
            payer_counterparty=lease.tenant.ext_id,
            source_kind=SOURCE,
            source_id=rent.ext_id,
        ),
        by=by,
        at=at,
    )  # fmt: skip
    rent.bill_ext_id = issued.ext_id
    rent.save(update_fields=["bill_ext_id"])
    return issued


@transaction.atomic
def waive(*, ext_id: str, amount_fen: int, decision_ref: str, by: Actor, at: datetime) -> None:
    """Give up rent, in whole or in part, by a decision. Units: fen.

    Raises: NotFound, RentStands. Nothing is written then.
    """
    rent = _locked(ext_id, by)
    left = rent.amount_fen - rent.received_fen - rent.waived_fen
    if rent.bill_ext_id:
        raise errors.RentStands(
            now="已经开了缴款单", verb="减免", advice="请先作废那张缴款单，再办减免。"
        )
    if not 0 < amount_fen <= left:
        raise errors.RentStands(
            now=f"还差{money.format_yuan(left)}元",
            verb=f"减免{money.format_yuan(amount_fen)}元",
            advice="减免要大于0、不超过还差的数。",
        )
    if len(decision_ref.strip()) < 2:
        raise errors.RentStands(
            now="没有决议", verb="减免", advice="减免租金要开会表决，请写上决议文号。"
        )
    rent.waived_fen += amount_fen
    rent.waiver_decision_ref = decision_ref.strip()[:60]
    rent.save(update_fields=["waived_fen", "waiver_decision_ref"])
    _audit(rent, "waived", by, at, {"fen": amount_fen, "decision": rent.waiver_decision_ref})


def credited(news: BillCredited) -> None:
    """Take over what a bill has received; runs with the receipt, in one transaction."""
    rent = (
        RentBill.objects.select_for_update(of=("self",))
        .select_related("lease__organisation")
        .filter(bill_ext_id=news.bill_ext_id)
        .first()
    )
    if rent is None:
        return
    if news.is_void:
        rent.bill_ext_id = ""
    else:
        rent.received_fen += news.amount_fen
        left = rent.amount_fen - rent.received_fen - rent.waived_fen
        rent.received_at = news.at if left <= 0 else None
    rent.save(update_fields=["bill_ext_id", "received_fen", "received_at"])


def work(at: datetime) -> int:
    """Issue the bills that are due soon; a duty of the worker, safe to repeat."""
    today = clock.local_date(at)
    until = today + timedelta(days=rules.reminders(today).bill_days_before)
    waiting = RentBill.objects.filter(
        is_dropped=False,
        bill_ext_id="",
        due_date__range=(today, until),
        amount_fen__gt=F("received_fen") + F("waived_fen"),
        lease__returned_at__isnull=True,
    )
    done = 0
    for ext_id in list(waiting.order_by("due_date", "pk").values_list("ext_id", flat=True)):
        try:
            issue_bill(ext_id=ext_id, by=SYSTEM, at=at)
        except Refusal as refusal:  # one body without an account holds up nobody else's rent
            logger.warning("rent %s is not billed: %s", ext_id, refusal.text)
        else:
            done += 1
    return done


def phone_of(rent: RentBill) -> str:
    """Return the sealed phone of a tenant, empty when nobody left one."""
    tenant = rent.lease.tenant
    if tenant.sealed_phone:
        return tenant.sealed_phone
    return tenant.person.sealed_phone if tenant.person else secrets.seal("phone", "")


def _span(rent: RentBill) -> str:
    first, last = rent.from_date, rent.until_date
    return f"{clock.date_said(first)}起{(last - first).days + 1}天"


def _locked(ext_id: str, by: Actor) -> RentBill:
    rent = (
        RentBill.objects.select_for_update(of=("self",))
        .select_related("lease__organisation", "lease__asset", "lease__tenant__person")
        .filter(ext_id=ext_id)
        .first()
    )
    if rent is None:
        raise NotFound
    scope.require(by, PERMISSION, rent.division_code)
    return rent


def _audit(rent: RentBill, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=rent.lease.organisation.ext_id,
        kind=f"leases.rent.{what}",
        by=by,
        at=at,
        subject=("lease", rent.lease.ext_id),
        after={"rent": rent.ext_id, **after},
    )
