"""Party work of a village: a member who grows, a month's dues, an award.

In one village of every second town a name was voted in before its year was over.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.money import Plan
from sanzi_county.write import Sink

DUES_YUAN: Final = 2
YEAR: Final = 365 * DAY
EARLY: Final = 200 * DAY
HASTY: Final = 2
"""In which village of a town a name was voted in early."""


def write(sink: Sink, plan: Plan, until: date) -> None:
    """Everything of one village."""
    village = plan.village
    base = {"org_id": village.collective.org_id, "village_id": village.code}
    _development(sink, plan, base, until)
    month = (until.replace(day=1) - DAY).replace(day=1)
    for place, role in enumerate(("village_secretary", "supervision_head"), start=1):
        sink.add(
            "party_dues", **base, dues_id=f"DFE{village.key}{place}",
            person_id=village.officer(role).person_id, period=f"{month:%Y-%m}",
            due_fen=DUES_YUAN * YUAN, paid_fen=DUES_YUAN * YUAN, paid_date=month + 7 * DAY,
            handed_date=month + 9 * DAY, status="approved",
        )  # fmt: skip
    sink.add(
        "party_fund", **base, fund_id=f"DFF{village.key}1", use="training",
        reason="主题党日学习资料", amount_fen=600 * YUAN, submitted_at=at(month + 3 * DAY, 9),
        status="approved",
    )  # fmt: skip
    sink.add(
        "honour", **base, honour_id=f"PX{village.key}1", person_id=plan.labourers[1].person_id,
        title="最美村民", event="台风天帮邻居搬家", level="village",
        submitted_at=at(month + 4 * DAY, 9), publicity_start_date=month + 6 * DAY,
        granted_at=at(month + 13 * DAY, 10), status="approved",
    )  # fmt: skip


def _development(sink: Sink, plan: Plan, base: dict[str, str], until: date) -> None:
    village = plan.village
    waited = EARLY if village.tells(HASTY) else YEAR + 20 * DAY
    reached = until - 60 * DAY
    key = f"DF{village.key}1"
    sink.add(
        "party_development", **base, development_id=key,
        person_id=plan.labourers[2].person_id, stage="object",
        applied_date=reached - waited - 120 * DAY,
    )  # fmt: skip
    for stage, day in (("activist", reached - waited), ("object", reached)):
        is_shown = stage == "object"
        sink.add(
            "party_stage", stage_id=f"{key}{stage}", development_id=key, stage=stage,
            held_date=day, eligible_count=24, present_count=21, agree_count=20,
            publicity_start_date=day + DAY if is_shown else None,
            publicity_end_date=day + 9 * DAY if is_shown else None,
        )  # fmt: skip
