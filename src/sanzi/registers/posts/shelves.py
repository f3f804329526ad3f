"""What the room puts on the shelf: pay and its standards, hiring, leaving with its list."""

from __future__ import annotations

from typing import Any

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.orgs.roles import title as role_title
from sanzi.payments.queries import payees
from sanzi.registers.posts.models import (
    Handover,
    HandoverStatus,
    Hire,
    HireStatus,
    Pay,
    PayStandard,
    PayStatus,
)


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (STANDARDS, PAY, HIRES, HANDOVERS):
        shelf.put(one)


def _post(one: Any) -> str:
    return role_title(one.role_code) if one.role_code else ""


STANDARDS = Register(
    key="pay-standards",
    title="报酬标准",
    sub="每个职务拿多少、从哪天起、哪次会议定的。",
    group="人事",
    rows=lambda: PayStandard.objects.select_related("organisation").order_by(
        "-valid_from_date", "pk"
    ),
    head=_post,
    line=("kind", "since"),
    amount="value",
    search=("role_code__icontains",),
    columns=(
        Column("kind", "哪种", "get_kind_display"),
        Column("value", "标准", "value_fen", "money"),
        Column("since", "从哪天", "valid_from_date", "day"),
        Column("until", "到哪天", "valid_until_date", "day"),
        Column("source", "依据", "source_ref"),
    ),
)
PAY = Register(
    key="pay",
    title="报酬和误工补贴",
    sub="谁、哪个月、哪种、多少钱。",
    group="人事",
    rows=lambda: (
        Pay.objects.select_related("organisation", "person")
        .annotate(paid=payees.paid_at("pay"))
        .order_by("-period", "pk")
    ),
    head="person.name",
    line=("period", "kind"),
    amount="amount",
    search=("person__name__icontains", "period"),
    states=tuple(PayStatus.choices),
    columns=(
        Column("period", "月份", "period"),
        Column("post", "职务", _post),
        Column("kind", "哪种", "get_kind_display"),
        Column("day", "哪天", "work_date", "day"),
        Column("reason", "办什么事", "reason"),
        Column("standard", "标准", "standard_fen", "money"),
        Column("amount", "金额", "amount_fen", "money"),
        Column("paid", "到账", "paid", "moment"),
    ),
)
HIRES = Register(
    key="hires",
    title="聘用人员",
    sub="岗位、报酬、几个人报名、选了谁、合同到哪天。",
    group="人事",
    rows=lambda: Hire.objects.select_related("organisation", "person").order_by(
        "-submitted_at", "-pk"
    ),
    head="duties",
    line=("post", "person"),
    amount="monthly",
    search=("duties__icontains", "person__name__icontains"),
    states=tuple(HireStatus.choices),
    columns=(
        Column("post", "岗位", _post),
        Column("monthly", "每月", "monthly_fen", "money"),
        Column("person", "聘用了", "person.name"),
        Column("start", "从哪天", "start_date", "day"),
        Column("end", "到哪天", "end_date", "day"),
        Column("notice", "公告", "notice_date", "day"),
        Column("candidates", "报名几人", "candidate_count", "number"),
        Column("panel", "评议几人", "panel_count", "number"),
        Column("reason", "为什么选他", "choice_reason"),
        Column("kin", "是村干部近亲属", "is_kin_of_cadre", "yes_no"),
        Column("shown", "公示", "publicity_start_date", "day"),
        Column("signed", "签合同", "sign_date", "day"),
    ),
)
HANDOVERS = Register(
    key="handovers",
    title="离任移交",
    sub="谁离任、交了什么、审计说什么、改好没有。",
    group="人事",
    rows=lambda: Handover.objects.select_related(
        "organisation", "person", "receiver", "witness"
    ).order_by("-left_date", "-pk"),
    head="person.name",
    line=("post", "left"),
    search=("person__name__icontains", "auditor__icontains"),
    states=tuple(HandoverStatus.choices),
    columns=(
        Column("post", "职务", _post),
        Column("left", "离任", "left_date", "day"),
        Column("receiver", "谁接手", "receiver.name"),
        Column("witness", "谁监交", "witness.name"),
        Column("handed", "移交", "handed_over_at", "moment"),
        Column("late", "晚了的原因", "late_reason"),
        Column("auditor", "谁审计", "auditor"),
        Column("audited", "审计", "audited_at", "moment"),
        Column("problems", "几个问题", "problem_count", "number"),
        Column("problem_fen", "涉及金额", "problem_fen", "money"),
        Column("published", "公开", "audit_published_at", "moment"),
        Column("rectified", "改好几个", "rectified_count", "number"),
    ),
    parts=(
        Part(
            key="items",
            title="移交清单",
            columns=(
                Column("kind", "类别", "get_kind_display"),
                Column("title", "是什么", "title"),
                Column("amount", "金额", "amount_fen", "money"),
                Column("handed", "交了", "is_handed", "yes_no"),
            ),
            rows=lambda one: one.items.order_by("kind", "pk"),
            empty="镇里受理后列出清单。",
        ),
    ),
)  # fmt: skip
