"""Posts of a village: what they are paid, a month's sheet, a sweeper who was hired, who left.

In one village of every second town the former reporter has not handed his books over.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.money import Plan
from sanzi_county.write import Sink

STANDARDS: Final = (
    ("village_secretary", "basic", 4_200), ("committee_member", "lost_work", 120),
    ("supervision_head", "lost_work", 120), ("village_clerk", "basic", 3_000),
)  # fmt: skip
LOST_DAYS: Final = 2
LATE_DAYS: Final = 40
LATE: Final = 2
"""In which village of a town the books are still with the one who left."""
SWEEPER_YUAN: Final = 1_600


def write(sink: Sink, plan: Plan, until: date) -> None:
    """Everything of one village."""
    base = {"org_id": plan.village.collective.org_id, "village_id": plan.village.code}
    month = (until.replace(day=1) - DAY).replace(day=1)
    _pay(sink, plan, base, month)
    _hire(sink, plan, base, until)
    _leaver(sink, plan, base, until)


def _pay(sink: Sink, plan: Plan, base: dict[str, str], month: date) -> None:
    village = plan.village
    vote = plan.sources.decision(
        village.committee,
        "M16",
        f"{month.year}年误工补贴标准",
        date(month.year, 1, 10),
        by_reps=True,
    )
    for place, (role, kind, yuan) in enumerate(STANDARDS, start=1):
        sink.add(
            "pay_standard", **base, standard_id=f"BZ{village.key}{place}", role_code=role,
            kind=kind, value_fen=yuan * YUAN, valid_from_date=date(month.year, 1, 1),
            source_ref="村民代表会议决议、镇核定（样例）",
        )  # fmt: skip
        days = [month + (4 + 7 * turn) * DAY for turn in range(LOST_DAYS)]
        for turn, day in enumerate(days if kind == "lost_work" else [None]):
            sink.add(
                "pay", **base, pay_id=f"BC{village.key}{place}{turn}",
                person_id=village.officer(role).person_id, role_code=role, kind=kind,
                period=f"{month:%Y-%m}", work_date=day, reason="去镇里办事" if day else "",
                amount_fen=yuan * YUAN, standard_fen=yuan * YUAN, status="approved",
                decision_id=vote if day else None,
            )  # fmt: skip


def _hire(sink: Sink, plan: Plan, base: dict[str, str], until: date) -> None:
    start = date(until.year, 1, 1)
    sink.add(
        "hire", **base, hire_id=f"PY{plan.village.key}1", role_code="village_staff",
        duties="村道保洁，每天两遍", monthly_fen=SWEEPER_YUAN * YUAN, start_date=start,
        end_date=date(until.year, 12, 31), person_id=plan.labourers[0].person_id,
        candidate_count=3, panel_count=5, is_kin_of_cadre=False,
        submitted_at=at(start - 40 * DAY, 9), notice_date=start - 36 * DAY,
        chosen_at=at(start - 28 * DAY, 15), publicity_start_date=start - 27 * DAY,
        sign_date=start - 20 * DAY, approved_at=at(start - 18 * DAY, 10), status="hired",
    )  # fmt: skip


def _leaver(sink: Sink, plan: Plan, base: dict[str, str], until: date) -> None:
    village = plan.village
    is_late = village.tells(LATE)
    left = until - LATE_DAYS * DAY
    handover = f"LR{village.key}1"
    if is_late:
        plan.sources.plant("cadre-handover-overdue", "handover", handover, "离任四十天没有移交")
    sink.add(
        "handover", **base, handover_id=handover, person_id=village.heads[-1].person_id,
        role_code="cashier_reporter", left_date=left,
        receiver_person_id=village.officer("cashier_reporter").person_id,
        handed_over_at=None if is_late else at(left + 6 * DAY, 10), rectified_count=0,
        status="leaving" if is_late else "handed",
    )  # fmt: skip
    for place, (kind, title) in enumerate((("books", "账簿凭证"), ("cash", "库存现金")), start=1):
        sink.add(
            "handover_item", item_id=f"{handover}{place}", handover_id=handover, kind=kind,
            title=title, amount_fen=0 if kind == "cash" and not is_late else None, is_found=True,
            is_handed=None if is_late else True,
        )  # fmt: skip
