"""Seals of the villages and what was stamped with them; the desk's papers; one stamp without leave.

In every second town the second village has a machine that pressed once on a Sunday night though
nobody had approved anything, and told of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county.days import DAY, at, workday_before
from sanzi_county.money import Plan
from sanzi_county.people import TERM_START
from sanzi_county.world import Person
from sanzi_county.write import Sink

ODD: Final = 2
"""Which village of a town, counted from 1, has the stamp without leave."""
USES: Final = (
    ("residence", "居住情况说明", "A", 6, 1),
    ("report", "报告、请示", "B", 11, 2),
)
"""Items: code, title, class, days ago, copies."""


def write(sink: Sink, plan: Plan, until: date) -> None:
    """Two seals of a village, two uses, one paper of the desk; in some a stamp without leave."""
    village = plan.village
    keeper, head = village.officer("cashier_reporter", 1), village.officer("committee_member", 1)
    for kind, body, title in (
        ("committee", village.committee, "村委会公章"),
        ("collective", village.collective, "合作社公章"),
    ):
        sink.add(
            "seal",
            seal_id=f"SL{village.key}{kind[:3]}",
            org_id=body.org_id,
            village_id=village.code,
            kind=kind,
            title=f"{village.name}{title}",
            device_id=f"YK-{village.key}" if kind == "committee" else None,
            keeper_person_id=keeper.person_id,
            kept_since_date=TERM_START,
            state="in_use",
        )
    for place, (code, title, seal_class, days, copies) in enumerate(USES, start=1):
        day = workday_before(until - days * DAY)
        asked = plan.labourers[place]
        approver = head.person_id if seal_class == "B" else None
        _use(sink, plan, str(place), day, item=(code, title, seal_class), copies=copies,
             people=(asked, keeper, approver))  # fmt: skip
    _service(sink, plan, until)
    if plan.village.tells(ODD):
        _odd(sink, plan, until, keeper)


def _use(
    sink: Sink,
    plan: Plan,
    number: str,
    day: date,
    *,
    item: tuple[str, str, str],
    copies: int,
    people: tuple[Person, Person, str | None],
) -> None:
    village = plan.village
    code, title, seal_class = item
    asked, keeper, approver = people
    sink.add(
        "seal_use",
        seal_use_id=f"YZ{village.key}{number}",
        seal_id=f"SL{village.key}com",
        village_id=village.code,
        item_code=code,
        item_title=title,
        seal_class=seal_class,
        is_listed_item=True,
        applicant_person_id=asked.person_id,
        requested_at=at(day, 9),
        approved_at=at(day, 10),
        approver_person_id=approver,
        keeper_person_id=keeper.person_id,
        stamped_at=at(day, 11),
        copies_approved=copies,
        copies_stamped=copies,
        before_photo_hash=_digest(village.key, number, "before"),
        after_photo_hash=_digest(village.key, number, "after"),
        is_offsite_approved=False,
        status="stamped",
    )


def _service(sink: Sink, plan: Plan, until: date) -> None:
    village = plan.village
    day = workday_before(until - USES[0][3] * DAY)
    sink.add(
        "service",
        service_id=f"BM{village.key}1",
        org_id=village.collective.org_id,
        village_id=village.code,
        item_code="residence",
        item_title="居住情况说明",
        channel="desk",
        applied_at=at(day, 9),
        due_at=at(day + DAY, 17),
        done_at=at(day, 14),
        applicant_person_id=plan.labourers[1].person_id,
        status="done",
    )


def _odd(sink: Sink, plan: Plan, until: date, keeper: Person) -> None:
    village = plan.village
    sunday = until - timedelta(days=until.isoweekday())
    why = "周日夜里没有批准盖了一个章"
    for model in ("seal-unapproved", "seal-blank-or-no-photo", "seal-odd-time-place"):
        plan.sources.plant(model, "seal_use", f"YZ{village.key}9", why)
    plan.sources.plant("seal-device-abnormal", "seal_device_event", f"YS{village.key}1", why)
    sink.add(
        "seal_use",
        seal_use_id=f"YZ{village.key}9",
        seal_id=f"SL{village.key}com",
        village_id=village.code,
        is_listed_item=False,
        requested_at=at(sunday, 23),
        keeper_person_id=keeper.person_id,
        stamped_at=at(sunday, 23),
        copies_approved=0,
        copies_stamped=1,
        status="unapproved",
    )
    for place, kind in enumerate(("forced_open", "unauthorised"), start=1):
        sink.add(
            "seal_device_event",
            event_id=f"YS{village.key}{place}",
            device_id=f"YK-{village.key}",
            seal_id=f"SL{village.key}com",
            village_id=village.code,
            event_at=at(sunday, 23),
            received_at=at(sunday, 23),
            kind=kind,
        )


def _digest(*parts: str) -> str:
    return sm3(" ".join(parts).encode())
