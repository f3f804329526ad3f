"""What the room puts on the shelf: projects, with their course, diary and changes."""

from __future__ import annotations

from typing import Any

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.works.models import Stage, Works


def put_registers() -> None:
    """Put the register of projects on the shelf; called once from `apps.ready`."""
    shelf.put(PROJECTS)


def _rows() -> Any:
    found = Works.objects.select_related("organisation", "counterparty")
    return found.order_by("-applied_at", "-pk")


PROJECTS = Register(
    key="works",
    title="工程",
    sub="从想建到审计，每个工程走到哪了、花了多少。",
    group="工程招投标",
    rows=_rows,
    head="name",
    line=("place", "builder"),
    amount="estimate",
    search=("name__icontains", "place__icontains", "counterparty__name__icontains"),
    states=tuple(Stage.choices),
    own_page="works",
    columns=(
        Column("place", "地点"),
        Column("kind", "类别"),
        Column("estimate", "估价", "estimate_fen", "money"),
        Column("guide_price", "指导价", "guide_price_fen", "money"),
        Column("award", "定价", "award_fen", "money"),
        Column("audited", "审定价", "audited_fen", "money"),
        Column("builder", "施工单位", "counterparty.name"),
        Column("applied", "申请", "applied_at", "moment"),
        Column("planned_end", "计划完工", "planned_end_date", "day"),
        Column("accepted", "验收", "accepted_at", "moment"),
        Column("warranty_end", "保修到", "warranty_end_date", "day"),
    ),
    parts=(
        Part(
            key="course",
            title="走到哪了",
            columns=(
                Column("stage", "阶段", "get_stage_display"),
                Column("at", "什么时候", "at", "moment"),
                Column("words", "说明"),
            ),
            rows=lambda one: one.stages.order_by("at", "pk"),
        ),
        Part(
            key="diary",
            title="施工日志",
            columns=(
                Column("at", "什么时候", "logged_at", "moment"),
                Column("percent", "做到百分之几", "percent", "number"),
                Column("words", "说明"),
            ),
            rows=lambda one: one.diary.order_by("-logged_at", "-pk"),
            empty="还没有记过。",
        ),
        Part(
            key="changes",
            title="变更",
            columns=(
                Column("fen", "增减", "amount_fen", "money"),
                Column("reason", "为什么"),
                Column("approved", "同意", "approved_at", "moment"),
            ),
            rows=lambda one: one.variations.order_by("submitted_at", "pk"),
            empty="没有变更。",
        ),
    ),
)  # fmt: skip
