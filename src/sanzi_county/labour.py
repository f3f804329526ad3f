"""Village labour: the county's rates, each village's labour list, one piece done, one to come."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from sanzi_county.days import DAY, at, workday_before
from sanzi_county.events import YUAN
from sanzi_county.money import LABOUR_RATE, Plan
from sanzi_county.write import Sink

RATES: Final = (("general", "普通工", 150), ("skilled", "技工", 300))
WORKERS: Final = 4
DAYS: Final = 2
_FIGURES: Final = "0123456789abcdef"


def write_rates(sink: Sink, first: date) -> None:
    """The rate card of the county."""
    for code, title, yuan in RATES:
        sink.add(
            "rate_card",
            rate_card_id=f"LR-{code}",
            rate_code=code,
            title=title,
            county_id=sink.county.code,
            value_fen=yuan * YUAN,
            unit="day",
            valid_from_date=first.replace(month=1, day=1),
            source_ref="县级用工标准（样例）",
        )


def write(sink: Sink, plan: Plan, until: date) -> None:
    """The list of a village, a ditch that was cleared, and a road that is to be cleaned."""
    village = plan.village
    for place, person in enumerate(plan.labourers, start=1):
        sink.add(
            "labour_list",
            listing_id=f"LL{village.key}{place:03d}",
            person_id=person.person_id,
            village_id=village.code,
            since_date=date(until.year - 3, 1, 1),
        )
    done = workday_before(until - 14 * DAY)
    _request(sink, plan, "1", done, work=("ditch", "清理排水沟", "村东排水沟"), status="closed")
    _worked(sink, plan, done)
    _request(
        sink, plan, "2", until + DAY, work=("cleaning", "入冬前清扫村道", "村中主路"),
        status="approved",
    )  # fmt: skip


def _request(
    sink: Sink, plan: Plan, number: str, first: date, *, work: tuple[str, str, str], status: str
) -> None:
    village = plan.village
    kind, reason, place = work
    sink.add(
        "labour_request",
        request_id=f"LQ{village.key}{number}",
        org_id=village.collective.org_id,
        village_id=village.code,
        work_kind=kind,
        reason=reason,
        place=f"{village.name}{place}",
        planned_start_at=at(first, 8),
        planned_end_at=at(first + (DAYS - 1) * DAY, 17),
        headcount_planned=WORKERS,
        person_days_planned=WORKERS * DAYS,
        rate_code="general",
        rate_fen_day=LABOUR_RATE,
        budget_fen=WORKERS * DAYS * LABOUR_RATE,
        is_emergency=False,
        dispatcher_person_id=village.officer("dispatcher").person_id,
        checker_person_id=village.officer("supervision_head").person_id,
        submitted_at=at(first - 3 * DAY, 9),
        approved_at=at(first - 3 * DAY, 15),
        status=status,
    )


def _worked(sink: Sink, plan: Plan, first: date) -> None:
    village, random = plan.village, Random(f"labour {plan.village.key}")
    request = f"LQ{village.key}1"
    for turn in range(DAYS):
        day = first + turn * DAY
        for place, person in enumerate(plan.labourers[:WORKERS], start=1):
            sink.add(
                "labour_day",
                labour_day_id=f"LD{village.key}{turn}{place}",
                request_id=request,
                village_id=village.code,
                person_id=person.person_id,
                work_date=day,
                start_at=at(day, 8),
                end_at=at(day, 17),
                hours=8,
                rate_fen_day=LABOUR_RATE,
                amount_fen=LABOUR_RATE,
                dispatcher_person_id=village.officer("dispatcher").person_id,
                checker_person_id=village.officer("supervision_head").person_id,
                worker_signed_at=at(day, 17, 5),
                checked_at=at(day, 17, 20),
            )
        for phase, hour in (("before", 7), ("after", 17)):
            sink.add(
                "labour_photo",
                photo_id=f"LP{village.key}{turn}{phase}",
                request_id=request,
                work_date=day,
                phase=phase,
                taken_at=at(day, hour, 50 if phase == "before" else 2),
                perceptual_hash="".join(random.choices(_FIGURES, k=64)),
            )
    last = first + (DAYS - 1) * DAY
    sink.add(
        "labour_declaration",
        declaration_id=f"LC{village.key}1",
        request_id=request,
        declared_at=at(last + DAY, 10),
        total_fen=WORKERS * DAYS * LABOUR_RATE,
        accepted_at=at(last + DAY, 16),
        public_until_date=last + 4 * DAY,
    )
