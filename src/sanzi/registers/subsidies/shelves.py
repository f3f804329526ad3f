"""What the room puts on the shelf: programmes, rosters, awards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Value

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.subsidies.models import (
    Award,
    AwardStatus,
    Program,
    Roster,
    RosterStatus,
)
from sanzi.registers.subsidies.queries import awards

GROUP = "救助补贴"


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (PROGRAMS, ROSTERS, AWARDS):
        shelf.put(one)


def _number(milli: int) -> str:
    return format((Decimal(milli) / 1000).normalize(), "f")


def _programs() -> Any:
    found = Program.objects.select_related("organisation").annotate(case_number=Value(""))
    return found.order_by("name", "-valid_from_date", "pk")


def _rosters() -> Any:
    return Roster.objects.select_related("organisation", "program").order_by("-submitted_at", "-pk")


def _awards() -> Any:
    found = Award.objects.select_related("organisation", "program", "person")
    return found.order_by("-period", "division_code", "pk")


def _quantity(one: Award) -> str:
    return f"{_number(one.quantity_milli)}{one.program.unit}"


def _cap(one: Program) -> str:
    return f"{_number(one.cap_milli)}{one.unit}" if one.cap_milli else ""


LINE = (
    Column("quantity", "数量", _quantity),
    Column("amount", "金额", "amount_fen", "money"),
    Column("basis", "凭什么", "basis_ref"),
    Column("kin", "干部或亲属", "is_kin_of_cadre", "yes_no"),
    Column("remark", "说明", "remark"),
    Column("state", "状态", "get_status_display"),
)

PROGRAMS = Register(
    key="subsidy-programs",
    title="补贴项目",
    sub="每项补贴的标准、依据、哪些人不能领；标准一变就是新的一版。",
    group=GROUP,
    rows=_programs,
    head="name",
    line=("department", "source"),
    amount="rate",
    search=("name__icontains", "department__icontains"),
    columns=(
        Column("department", "主管部门"),
        Column("rate", "标准", "rate_fen", "money"),
        Column("unit", "每", "unit"),
        Column("cap", "一人最多", _cap),
        Column("land", "按承包地", "needs_land", "yes_no"),
        Column("payroll", "不发给财政供养人员", "excludes_payroll", "yes_no"),
        Column("moved", "不发给迁出的人", "excludes_moved_out", "yes_no"),
        Column("group", "同组只领一样", "exclusive_group"),
        Column("shown", "公示几天", "publicity_days", "number"),
        Column("paid", "几天内发", "pay_within_days", "number"),
        Column("since", "从哪天", "valid_from_date", "day"),
        Column("until", "到哪天", "valid_until_date", "day"),
        Column("source", "依据", "source_ref"),
    ),
    empty="还没有补贴项目。县里从数据包导入。",
)

ROSTERS = Register(
    key="subsidy-rosters",
    title="补贴名单",
    sub="哪个村、哪一期、多少人，公示到哪天，核定了没有。",
    group=GROUP,
    rows=_rosters,
    head=lambda one: f"{one.period} {one.program.name}",
    line=("body", "submitted"),
    amount="total",
    search=("program__name__icontains", "period__icontains"),
    states=tuple(RosterStatus.choices),
    columns=(
        Column("body", "哪里报的", "organisation.name"),
        Column("period", "期间"),
        Column("total", "合计", lambda one: awards.total_fen(one.case_number), "money"),
        Column("sampled", "入户核了几人", "sampled_count", "number"),
        Column("submitted", "报上来", "submitted_at", "moment"),
        Column("shown", "开始公示", "publicity_start_at", "moment"),
        Column("closed", "公示满了", "publicity_end_at", "moment"),
        Column("objection", "意见和处理", "objection"),
        Column("approved", "核定", "approved_at", "moment"),
    ),
    parts=(
        Part(
            key="awards",
            title="名单",
            columns=(Column("name", "姓名", "person.name"), *LINE),
            rows=lambda one: _awards().filter(case_number=one.case_number),
        ),
    ),
)

AWARDS = Register(
    key="subsidy-awards",
    title="谁领了补贴",
    sub="一人一期一项一行，连以前导入的。",
    group=GROUP,
    rows=_awards,
    head="person.name",
    line=("program", "period"),
    amount="amount",
    search=("person__name__icontains", "program__name__icontains", "period__icontains"),
    states=tuple(AwardStatus.choices),
    columns=(
        Column("program", "哪项补贴", "program.name"),
        Column("period", "期间"),
        *LINE[:-1],
        Column("approved", "核定", "approved_at", "moment"),
    ),
)
