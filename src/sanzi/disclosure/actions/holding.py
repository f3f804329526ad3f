"""Pages that the publish gate keeps back: tried again until the models say nothing more."""

from __future__ import annotations

from datetime import datetime

from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import DueSheet, HeldSheet, Publication
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.models import PaymentOrder


def try_again(at: datetime) -> int:
    """Publish what may be published by now; return how many pages.

    A page of a period that is still due is made anew by `periodic`, one of a payment from what was
    paid by now, one of a case as it was at its step.
    """
    count = 0
    for one in HeldSheet.objects.filter(is_by_hand=False).order_by("pk"):
        due = DueSheet.objects.filter(
            division_id=one.division_id, item_code=one.item_code, period=one.period
        )
        if not one.subject_kind and due.exists():
            continue
        count += _again(one, at) is not None
    return count


def _again(one: HeldSheet, at: datetime) -> Publication | None:
    if one.subject_kind == "case":
        if PaymentOrder.objects.filter(case_number=one.subject_id).exists():
            return publishing.publish_payment(case_number=one.subject_id, at=at)
    elif one.item_code == publishing.MONTHLY_DETAIL:
        return publishing.publish_month(village_code=one.division_id, period=one.period, at=at)
    standing = Publication.objects.filter(
        division_id=one.division_id,
        item_code=one.item_code,
        period=one.period,
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        replaced_by__isnull=True,
    ).first()
    return publishing.publish_or_hold(
        sheet=publishing.Sheet(
            division_code=one.division_id,
            org_ext_id=one.org_ext_id,
            item_code=one.item_code,
            title=one.title,
            body=one.body,
            total_fen=one.total_fen,
            period=one.period,
            subject=(one.subject_kind, one.subject_id),
            due_at=one.due_at,
        ),
        by=SYSTEM,
        at=at,
        replaces=standing,
        reason="补公布" if standing else "",
    )
