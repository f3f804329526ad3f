"""Publishing: what was published is fixed by its digest; a correction names what it replaces."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from sanzi.audit import actions as audit
from sanzi.disclosure import log_queries, queries, rules
from sanzi.disclosure.errors import AlreadyReplaced
from sanzi.disclosure.models import Door, HeldSheet, Publication
from sanzi.disclosure.periods import bounds, month_of, words
from sanzi.kernel import clock, digest, ids, leaks
from sanzi.matters import catalogue, gates
from sanzi.matters.catalogue import Disclosed
from sanzi.matters.items import MONTH, items
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.models import Division, Organisation
from sanzi.payments.hooks import OrderDone
from sanzi.payments.models import PaymentOrder
from sanzi.supervision.errors import CheckNotRun

logger = logging.getLogger(__name__)

MONTHLY_DETAIL = "F01"
PAYMENT = "M10"
PUBLISHED_ON_DAY = 10
DOOR_BITS = 60


@dataclass(frozen=True)
class Sheet:
    """What is to be published: place, item, title and body (JSON values, masked).

    `due_at` is when it must be public at the latest.
    """

    division_code: str
    org_ext_id: str
    item_code: str
    title: str
    body: Mapping[str, Any]
    total_fen: int | None = None
    period: str = ""
    subject: tuple[str, str] = ("", "")
    due_at: datetime | None = None

    @property
    def content_digest(self) -> str:
        """What fixes it: place, item, period, subject, title and body."""
        place = [self.division_code, self.item_code, self.period, list(self.subject)]
        return digest.sm3_of([*place, self.title, dict(self.body)])

    @property
    def judged_under(self) -> str:
        """Under what the gate keeps its answer: the case, or what is due."""
        if self.subject[0] == "case":
            return self.subject[1]
        return f"{self.division_code}-{self.item_code}-{self.period}"


def publish_or_hold(
    *,
    sheet: Sheet,
    by: Actor,
    at: datetime,
    replaces: Publication | None = None,
    reason: str = "",
) -> Publication | None:
    """Publish what the system makes; None when the gate keeps it back, with an alert at once.

    What is kept back, or could not be judged, is tried again until it is published. Of what could
    not be judged `unjudged` tells the office.
    Raises: AlreadyReplaced.
    """
    try:
        with transaction.atomic():
            return publish(sheet=sheet, by=by, at=at, replaces=replaces, reason=reason)
    except gates.Stopped as stopped:
        with transaction.atomic():
            stopped.keep()
            _held(sheet).update(is_by_hand=False)
            stopped.tell(by=SYSTEM, at=at)
        return None
    except CheckNotRun:
        logger.exception("publish gate: %s %s", sheet.item_code, sheet.title)
        with transaction.atomic():
            held = _held(sheet).first()
            _hold(sheet, held.ext_id if held else ids.new_id("G", at), at)
            _held(sheet).update(is_by_hand=False)
            _held(sheet).filter(unjudged_at=None).update(unjudged_at=at)
        return None


@transaction.atomic()
def publish(
    *,
    sheet: Sheet,
    by: Actor,
    at: datetime,
    replaces: Publication | None = None,
    reason: str = "",
) -> Publication:
    """Publish a sheet; with `replaces`, as its correction.

    The digest is SM3 over place, item, period, subject, title and body. The same sheet again is
    not published twice. Raises: AlreadyReplaced; gates.Stopped, which takes the sheet back, for
    `publish_or_hold` or the step that publishes by hand.
    """
    fixed = sheet.content_digest
    same = Publication.objects.filter(
        division_id=sheet.division_code,
        item_code=sheet.item_code,
        content_digest=fixed,
        replaced_by__isnull=True,
    ).first()
    if same is not None:
        for waited in _held(sheet):
            _judged(waited, at)
            waited.delete()
        return same
    if replaces is not None and hasattr(replaces, "replaced_by"):
        raise AlreadyReplaced
    held = _held(sheet).first()
    made = Publication.objects.create(
        ext_id=held.ext_id if held else ids.new_id("G", at),
        division_id=sheet.division_code,
        org_ext_id=sheet.org_ext_id,
        item_code=sheet.item_code,
        period=sheet.period,
        subject_kind=sheet.subject[0],
        subject_id=sheet.subject[1],
        title=sheet.title,
        body=dict(sheet.body),
        total_fen=sheet.total_fen,
        content_digest=fixed,
        leaks=" ".join(leaks.kinds([sheet.title, dict(sheet.body)])),
        due_at=sheet.due_at,
        min_days=items()[sheet.item_code].min_days,
        published_at=at,
        replaces=replaces,
        reason=reason,
    )
    audit.write(
        chain=sheet.org_ext_id,
        kind="disclosure.sheet.published",
        by=by,
        at=at,
        subject=("publication", made.ext_id),
        after={"item": sheet.item_code, "digest": fixed},
    )
    gates.judge_page(
        row_id=made.ext_id,
        subject_id=sheet.judged_under,
        at=at,
        was_held=held is not None,
        remember=lambda: _keep_back(sheet, made.ext_id, at),
    )
    if held is not None:
        _judged(held, at)
        held.delete()
    return made


def _held(sheet: Sheet) -> QuerySet[HeldSheet]:
    """Return the same page, as it is kept back."""
    return HeldSheet.objects.filter(
        division_id=sheet.division_code,
        item_code=sheet.item_code,
        period=sheet.period,
        subject_kind=sheet.subject[0],
        subject_id=sheet.subject[1],
    )


def _keep_back(sheet: Sheet, ext_id: str, at: datetime) -> None:
    """Hold what the models spoke against; that they could not speak is over."""
    for held in _held(sheet):
        _judged(held, at)
    _held(sheet).update(unjudged_at=None, told_at=None)
    _hold(sheet, ext_id, at)


def _judged(held: HeldSheet, at: datetime) -> None:
    """Close what the office was told of: the models have spoken."""
    if held.told_at is not None:
        audit.write(
            chain=held.org_ext_id,
            kind="disclosure.sheet.judged",
            by=SYSTEM,
            at=at,
            subject=("publication", held.ext_id),
            after={"item": held.item_code, "waited_since": held.unjudged_at},
        )


def _hold(sheet: Sheet, ext_id: str, at: datetime) -> None:
    """Write down what is kept back, as it would have been published."""
    HeldSheet.objects.update_or_create(
        division_id=sheet.division_code,
        item_code=sheet.item_code,
        period=sheet.period,
        subject_kind=sheet.subject[0],
        subject_id=sheet.subject[1],
        defaults={
            "ext_id": ext_id, "org_ext_id": sheet.org_ext_id, "title": sheet.title,
            "body": dict(sheet.body), "total_fen": sheet.total_fen, "due_at": sheet.due_at,
        },
        create_defaults={
            "ext_id": ext_id, "org_ext_id": sheet.org_ext_id, "title": sheet.title,
            "body": dict(sheet.body), "total_fen": sheet.total_fen, "due_at": sheet.due_at,
            "is_by_hand": True, "held_at": at,
        },
    )  # fmt: skip


def is_unchanged(publication: Publication) -> bool:
    """Return whether a publication still has the digest of the day it was published."""
    return publication.content_digest == log_queries.digest_of(publication)


def publish_payment(*, case_number: str, at: datetime, by: Actor = SYSTEM) -> Publication | None:
    """Publish a settled payment order as its case asks for it, or nothing while none is paid."""
    order = PaymentOrder.objects.select_related("organisation").get(case_number=case_number)
    seen = queries.payment(order.division_code, case_number)
    if not seen.paid_fen:
        return None
    previous = seen.publication
    one = _item_of(order)
    body = {
        "title": seen.title,
        "use": seen.use,
        "who": seen.who,
        "paid_fen": seen.paid_fen,
        "paid_at": seen.paid_at.isoformat() if seen.paid_at else None,
        "decision": seen.decision,
        "course": [_plain(asdict(step)) for step in seen.course],
        "payees": [[one.who, one.account_tail, one.amount_fen, one.status] for one in seen.payees],
    }
    sheet = Sheet(
        division_code=order.division_code,
        org_ext_id=order.organisation.ext_id,
        item_code=one.item,
        title=seen.title,
        body=body,
        total_fen=seen.paid_fen,
        subject=("case", case_number),
        due_at=rules.due(seen.paid_at or at, one.within_days),
    )
    reason = "到账情况有变化" if previous else ""
    return publish_or_hold(sheet=sheet, by=by, at=at, replaces=previous, reason=reason)


def _item_of(order: PaymentOrder) -> Disclosed:
    """Return under which item a payment is published: the highest that its sum reaches."""
    listed = catalogue.matters()[PAYMENT].disclosure
    reached = [one for one in listed if order.amount_fen >= (one.from_fen or 0)]
    return max(reached, key=lambda one: one.from_fen or 0)


def publish_done(done: OrderDone) -> None:
    """Publish an order of which no line is at the bank any more."""
    publish_payment(case_number=done.case_number, at=done.at)


def _plain(step: dict[str, Any]) -> dict[str, Any]:
    acted_at = step["acted_at"]
    return {**step, "acted_at": acted_at.isoformat() if acted_at else None}


def month_due(period: str) -> datetime:
    """Return until when a month must be public: the end of the 10th day of the next one."""
    return rules.due(bounds(period)[1], PUBLISHED_ON_DAY - 1)


def publish_month(*, village_code: str, period: str, at: datetime) -> Publication | None:
    """Publish a village's month line by line (item F01), or nothing for a month without money."""
    rows = queries.items(village_code, period)
    body_of = Organisation.objects.filter(division_id=village_code).order_by("id").first()
    if not rows or body_of is None:
        return None
    page = queries.month(village_code, period, clock.local_date(at))
    sheet = Sheet(
        division_code=village_code,
        org_ext_id=body_of.ext_id,
        item_code=MONTHLY_DETAIL,
        title=f"{words(MONTH, period)}收支明细",
        body={
            "in_fen": page.figures.in_fen,
            "out_fen": page.figures.out_fen,
            "balance_fen": page.figures.balance_fen,
            "rows": [
                [row.number, row.day.isoformat(), row.title, row.who, row.amount_fen, row.is_income]
                for row in rows
            ],
        },
        total_fen=page.figures.out_fen,
        period=period,
        due_at=month_due(period),
    )
    return publish_or_hold(sheet=sheet, by=SYSTEM, at=at)


def publish_due_months(at: datetime) -> int:
    """Publish last month's detail of every village from the 10th on, once each."""
    today = clock.local_date(at)
    if today.day < PUBLISHED_ON_DAY:
        return 0
    period = _month_before(today)
    done = set(
        Publication.objects.filter(
            item_code=MONTHLY_DETAIL,
            period=period,
        ).values_list("division_id", flat=True),
    )
    codes = Division.objects.filter(level="village").values_list("code", flat=True)
    return sum(
        publish_month(village_code=code, period=period, at=at) is not None
        for code in codes
        if code not in done
    )


def _month_before(day: date) -> str:
    return month_of(day.replace(day=1) - timedelta(days=1))


@transaction.atomic()
def ensure_doors(at: datetime) -> int:
    """Give every village that has none a QR door; return how many were made."""
    held = Door.objects.filter(revoked_at__isnull=True).values_list("division_id", flat=True)
    without = Division.objects.filter(level="village").exclude(code__in=list(held))
    made = [
        Door(token=ids.new_token(DOOR_BITS).replace("-", ""), division=one, created_at=at)
        for one in without
    ]
    Door.objects.bulk_create(made)
    return len(made)
