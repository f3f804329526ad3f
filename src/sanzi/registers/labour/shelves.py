"""What the room puts on the shelf: requests for labour with their days of work."""

from __future__ import annotations

from typing import Any

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.labour.models import LabourRequest, RequestState


def put_registers() -> None:
    """Put the register of labour on the shelf; called once from `apps.ready`."""
    shelf.put(REQUESTS)


def _rows() -> Any:
    found = LabourRequest.objects.select_related("organisation", "dispatcher", "checker")
    return found.order_by("-submitted_at", "-pk")


REQUESTS = Register(
    key="labour",
    title="用工",
    sub="谁派的工、谁干的、几天、多少钱。",
    group="用工",
    rows=_rows,
    head="reason",
    line=("place", "people"),
    amount="budget",
    search=("reason__icontains", "place__icontains"),
    states=tuple(RequestState.choices),
    state_field="state",
    see="labour.see",
    own_page="labour_request",
    columns=(
        Column("place", "地点"),
        Column("start", "开工", "planned_start_at", "moment"),
        Column("end", "收工", "planned_end_at", "moment"),
        Column("people", "人数", "headcount_planned", "number"),
        Column("person_days", "工日", "person_days_planned", "number"),
        Column("rate", "单价", "rate_fen_day", "money"),
        Column("budget", "预算", "budget_fen", "money"),
        Column("emergency", "应急", "is_emergency", "yes_no"),
        Column("dispatcher", "派工", "dispatcher.name"),
        Column("checker", "验工", "checker.name"),
        Column("submitted", "申请", "submitted_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
    ),
    parts=(
        Part(
            key="days",
            title="干活的天",
            columns=(
                Column("name", "姓名", "person.name"),
                Column("day", "哪天", "work_date", "day"),
                Column("minutes", "分钟", "minutes", "number"),
                Column("fen", "工钱", "amount_fen", "money"),
                Column("checked", "核对", "checked_at", "moment"),
            ),
            rows=lambda one: one.days.select_related("person").order_by("work_date", "pk"),
            empty="还没有记过工。",
        ),
    ),
)  # fmt: skip
