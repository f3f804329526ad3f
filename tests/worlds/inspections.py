"""A village with cases to draw from, and an inspection of it at each of its stages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sanzi.inspection.actions import answering, plans, seeing
from sanzi.inspection.actions.answering import Done
from sanzi.inspection.actions.keeping import Paper
from sanzi.inspection.actions.plans import Wanted
from sanzi.inspection.actions.seeing import Seen
from sanzi.inspection.models import Finding, Task
from sanzi.matters.models import Case, CaseState
from sanzi.payments.models import PaymentOrder
from sanzi.supervision.models import Alert
from worlds import village
from worlds.labour import picture
from worlds.village import AT, WILLOW, World

LATER = AT + timedelta(days=2)
DAY = date(2026, 11, 12)
COUNTY_AGRI, FINANCE, TOWN_AGRI = "P-county-2", "P-county-3", "P-agency-4"
"""Who inspects: of the county's agriculture and finance, of the township's agriculture."""


def build(cases: int = 12) -> World:
    """Return the village with so many cases of October, the larger the later."""
    world = village.build()
    for number in range(1, cases + 1):
        case(world, f"M10-{number:03d}", 10_000 * number)
    return world


def case(world: World, number: str, fen: int, matter: str = "M10", **changed: Any) -> Case:
    """Add a case that was handed in on the tenth of October."""
    body = world.bodies[changed.pop("body", "willow")]
    said = {
        "matter_code": matter, "matter_version": "1", "organisation": body,
        "division_code": body.division_id, "title": f"付款{number}", "amount_fen": fen,
        "state": CaseState.SETTLED, "created_at": AT - timedelta(days=33),
        "saved_at": AT - timedelta(days=33), "submitted_at": AT - timedelta(days=33), **changed,
    }  # fmt: skip
    return Case.objects.create(number=number, **said)


def order_alone(world: World, number: str, fen: int) -> PaymentOrder:
    """Add a payment order that no case of ours stands behind."""
    return PaymentOrder.objects.create(
        ext_id=f"PO-{number}", case_number=number, organisation=world.bodies["willow"],
        division_code=WILLOW, matter_code="M10", purpose="旧账付款", amount_fen=fen,
        state="SETTLED", created_at=AT - timedelta(days=30), is_backfilled=True,
        submitted_at=AT - timedelta(days=30),
    )  # fmt: skip


def alert(number: str, severity: str = "block", **changed: Any) -> Alert:
    """Add an open alert about a case."""
    said = {
        "model_code": "payment-to-cashier", "model_version": "1", "finding_kind": "payment",
        "finding_id": f"P-{number}", "org_ext_id": "O-WILLOW", "division_code": WILLOW,
        "case_number": number, "severity": severity, "sentence": "付给了报账员", "figures": {},
        "parameters": {}, "rows": [], "rows_digest": "0", "route": "D 5", "route_role": "county",
        "route_division": WILLOW, "opened_at": AT - timedelta(days=20),
        "due_at": AT + timedelta(days=20), **changed,
    }  # fmt: skip
    return Alert.objects.create(ext_id=f"AL-{Alert.objects.count() + 1}", **said)


def wanted(**changed: Any) -> Wanted:
    """Return the order of an inspection of spending in one village by two of the county."""
    said: dict[str, Any] = {
        "title": "村级支出专项检查", "basis": "云纪〔2026〕12号", "method": "special",
        "fields": ["C", "D"], "starts_date": DAY, "ends_date": DAY + timedelta(days=30),
        "period_from_date": date(2026, 1, 1), "period_until_date": DAY, "sample_size": 5,
        "villages": {WILLOW: [COUNTY_AGRI, FINANCE]}, **changed,
    }  # fmt: skip
    return Wanted(**said)


def ordered(world: World, **changed: Any) -> Task:
    """Order an inspection by the county's discipline office; return its first task."""
    made = plans.order(wanted=wanted(**changed), by=world.actor("county_discipline"), at=AT)
    return Task.objects.filter(inspection__ext_id=made).order_by("division_code")[0]


def drawn(world: World, **changed: Any) -> Task:
    """Order an inspection and draw its samples."""
    task = ordered(world, **changed)
    plans.draw(ext_id=task.ext_id, by=world.actor("county_agri"), at=AT)
    task.refresh_from_db()
    return task


def paper(mark: int = 1) -> Paper:
    """Return a photo as it comes from a phone."""
    return Paper("现场.jpg", picture(mark, AT - timedelta(minutes=1), (29_300_000, 120_000_000)))


def seen(task: Task, **changed: Any) -> Seen:
    """Return a problem with the first sample of a task."""
    said: dict[str, Any] = {
        "form": "C3", "facts": "三笔维修款付给了报账员吴小芬的卡", "amount_fen": 320_000,
        "demand": "把钱追回集体账户，补收款人的签字",
        "sample": task.samples.order_by("number")[0].ext_id, **changed,
    }  # fmt: skip
    return Seen(**said)


def found(world: World, task: Task, mark: int = 1, **changed: Any) -> Finding:
    """Let the inspector of agriculture write a problem down."""
    made = seeing.find(
        task=task.ext_id, seen=seen(task, **changed), papers=[paper(mark)],
        by=world.actor("county_agri"), at=AT,
    )  # fmt: skip
    return Finding.objects.get(ext_id=made)


def answered(world: World, one: Finding, mark: int = 50, at: datetime = LATER) -> Finding:
    """Let the village's secretary tell what was done."""
    answering.answer(
        ext_id=one.ext_id, done=Done("3,200元已经存回集体账户，补了签字", 320_000),
        papers=[paper(mark)], by=world.actor("village_secretary", at), at=at,
    )  # fmt: skip
    one.refresh_from_db()
    return one


def looked_through(world: World, task: Task) -> None:
    """Look at all samples that nobody has looked at, and hand the village in."""
    for one in task.samples.filter(looked_at__isnull=True):
        seeing.look(ext_id=one.ext_id, words="", by=world.actor("county_finance"), at=AT)
    seeing.finish(
        ext_id=task.ext_id,
        words="账目基本清楚，个别付款不规范",
        by=world.actor("county_finance"),
        at=AT,
    )
