"""What the room puts on the shelf: members who grow, dues, funds, awards."""

from __future__ import annotations

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.party.models import (
    Honour,
    PartyDevelopment,
    PartyDues,
    PartyFund,
    Progress,
    Stage,
)


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (DEVELOPMENT, DUES, FUNDS, HONOURS):
        shelf.put(one)


DEVELOPMENT = Register(
    key="party-development",
    title="发展党员",
    sub="谁到了哪个阶段、每次表决几票、公示到哪天。",
    group="党务",
    rows=lambda: PartyDevelopment.objects.select_related("organisation", "person").order_by("-pk"),
    head="person.name",
    line=("applied",),
    search=("person__name__icontains",),
    states=tuple(Stage.choices),
    state_field="stage",
    columns=(Column("applied", "递交申请", "applied_date", "day"),),
    parts=(
        Part(
            key="stages",
            title="各阶段",
            columns=(
                Column("stage", "阶段", "get_stage_display"),
                Column("held", "开会", "held_date", "day"),
                Column("eligible", "应到", "eligible_count", "number"),
                Column("present", "实到", "present_count", "number"),
                Column("agree", "同意", "agree_count", "number"),
                Column("shown", "公示到", "publicity_end_date", "day"),
            ),
            rows=lambda one: one.stages.order_by("held_date", "pk"),
            empty="还没有表决。",
        ),
    ),
)  # fmt: skip
DUES = Register(
    key="party-dues",
    title="党费",
    sub="谁、哪个月、应交多少、交了多少、哪天交到镇里。",
    group="党务",
    rows=lambda: PartyDues.objects.select_related("organisation", "person").order_by(
        "-period", "pk"
    ),
    head="person.name",
    line=("period",),
    amount="paid",
    search=("person__name__icontains", "period"),
    states=tuple(Progress.choices),
    columns=(
        Column("period", "月份", "period"),
        Column("due", "应交", "due_fen", "money"),
        Column("paid", "交了", "paid_fen", "money"),
        Column("paid_on", "哪天交", "paid_date", "day"),
        Column("handed", "交到镇里", "handed_date", "day"),
        Column("reason", "没交的原因", "reason"),
    ),
)
FUNDS = Register(
    key="party-funds",
    title="党建经费",
    sub="要做什么、要多少钱、批了没有。",
    group="党务",
    rows=lambda: PartyFund.objects.select_related("organisation").order_by("-submitted_at", "-pk"),
    head="reason",
    amount="amount",
    search=("reason__icontains",),
    states=tuple(Progress.choices),
    columns=(
        Column("amount", "金额", "amount_fen", "money"),
        Column("submitted", "申请", "submitted_at", "moment"),
    ),
)
HONOURS = Register(
    key="honours",
    title="评先评优",
    sub="推荐了谁、因为什么、有没有奖金。",
    group="党务",
    rows=lambda: Honour.objects.select_related("organisation", "person").order_by(
        "-submitted_at", "-pk"
    ),
    head="title",
    line=("person", "event"),
    amount="amount",
    search=("title__icontains", "event__icontains", "person__name__icontains"),
    states=tuple(Progress.choices),
    columns=(
        Column("person", "谁", "person.name"),
        Column("event", "因为什么", "event"),
        Column("amount", "奖金", "amount_fen", "money"),
        Column("submitted", "推荐", "submitted_at", "moment"),
        Column("shown", "公示", "publicity_start_date", "day"),
        Column("granted", "上报", "granted_at", "moment"),
    ),
)
