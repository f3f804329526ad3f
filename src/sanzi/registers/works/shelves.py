"""What the room puts on the shelf: projects with their course, inspections, what they found."""

from __future__ import annotations

from typing import Any

from sanzi.kernel import clock
from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.orgs.roles import title as role_title
from sanzi.registers.works import inspection_queries
from sanzi.registers.works.models import Inspection, Result, Risk, RiskState, Stage, Works


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (PROJECTS, INSPECTIONS, RISKS):
        shelf.put(one)


def _rows() -> Any:
    found = Works.objects.select_related("organisation", "counterparty")
    return found.order_by("-applied_at", "-pk")


def _inspections() -> Any:
    found = Inspection.objects.select_related("organisation", "works", "person")
    return found.order_by("-inspected_at", "-pk")


def _risks() -> Any:
    found = Risk.objects.select_related("organisation", "works", "person", "inspection")
    return found.order_by("due_date", "pk")


def _kind(one: Risk) -> str:
    return inspection_queries.kind_title(one.kind, clock.local_date(one.inspection.inspected_at))


FOUND = (
    Column("kind", "哪一类", _kind),
    Column("level", "轻重", "get_level_display"),
    Column("words", "问题"),
    Column("who", "谁来整改", "person.name"),
    Column("due", "最晚哪天", "due_date", "day"),
    Column("state", "现在", "get_state_display"),
)


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
                Column("executed", "先做", "executed_at", "moment"),
                Column("approved", "同意", "approved_at", "moment"),
            ),
            rows=lambda one: one.variations.order_by("submitted_at", "pk"),
            empty="没有变更。",
        ),
        Part(
            key="inspections",
            title="检查",
            columns=(
                Column("at", "什么时候", "inspected_at", "moment"),
                Column("office", "谁来查", lambda one: role_title(one.role_code)),
                Column("result", "结果", "get_result_display"),
                Column("words", "说明"),
            ),
            rows=lambda one: one.inspections.order_by("-inspected_at", "-pk"),
            empty="还没有检查过。",
        ),
        Part(
            key="risks",
            title="问题和整改",
            columns=FOUND,
            rows=lambda one: one.risks.select_related("person", "inspection").order_by("pk"),
            empty="没有发现问题。",
        ),
        Part(
            key="tasks",
            title="等着办的",
            columns=(
                Column("words", "办什么"),
                Column("who", "谁办"),
                Column("due", "最晚哪天", "due_date", "day"),
                Column("late", "过期了", "is_late", "yes_no"),
            ),
            rows=lambda one: inspection_queries.tasks(one, clock.now()),
            empty="现在没有等着办的。",
        ),
    ),
)  # fmt: skip

INSPECTIONS = Register(
    key="works-inspections",
    title="工程检查",
    sub="谁在什么时候到工地看过、看到什么。",
    group="工程招投标",
    rows=_inspections,
    head="works.name",
    line=("office", "place"),
    search=("works__name__icontains", "words__icontains", "place__icontains"),
    states=tuple(Result.choices),
    state_field="result",
    empty="还没有检查过。在工程页面点“记一次检查”，这里就有一条。",
    columns=(
        Column("works", "工程编号", "works.ext_id"),
        Column("office", "谁来查", lambda one: role_title(one.role_code)),
        Column("person", "检查人", "person.name"),
        Column("at", "什么时候", "inspected_at", "moment"),
        Column("stage", "工程走到哪", "get_stage_display"),
        Column("place", "在哪里"),
        Column("severity", "最重的问题", "get_severity_display"),
        Column("words", "看到什么"),
    ),
    parts=(
        Part(
            key="risks",
            title="发现的问题",
            columns=FOUND,
            rows=lambda one: one.risks.select_related("person", "inspection").order_by("pk"),
            empty="没有发现问题。",
        ),
    ),
)

RISKS = Register(
    key="works-risks",
    title="工程问题整改",
    sub="检查发现的每个问题：谁整改、到哪天、改好没有、谁核对的。",
    group="工程招投标",
    rows=_risks,
    head="words",
    line=("works", "who"),
    search=("works__name__icontains", "words__icontains", "person__name__icontains"),
    states=tuple(RiskState.choices),
    state_field="state",
    own_page="works_risk",
    empty="没有发现过问题。",
    columns=(
        Column("works", "工程", "works.name"),
        *(one for one in FOUND if one.key not in ("words", "state")),
        Column("found", "哪天发现", "inspection.inspected_at", "moment"),
        Column("closed", "哪天核对好", "closed_at", "moment"),
    ),
    parts=(
        Part(
            key="rectifications",
            title="怎么整改的",
            columns=(
                Column("done", "什么时候", "done_at", "moment"),
                Column("who", "谁整改", "person.name"),
                Column("words", "做了什么"),
                Column("verified", "什么时候核对", "verified_at", "moment"),
                Column("verifier", "谁核对", "verified_by.name"),
                Column("accepted", "改好了", "is_accepted", "yes_no"),
                Column("verdict", "核对怎么说"),
            ),
            rows=inspection_queries.answers,
            empty="还没有整改。",
        ),
    ),
)
