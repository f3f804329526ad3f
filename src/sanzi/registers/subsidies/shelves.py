"""What the room puts on the shelf: programmes, rosters, awards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Value

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.subsidies.models import (
    AidCase,
    AidStatus,
    Award,
    AwardStatus,
    Levy,
    LevyStatus,
    Program,
    ReliefBatch,
    ReliefStatus,
    Roster,
    RosterStatus,
)
from sanzi.registers.subsidies.queries import aid as aid_reads
from sanzi.registers.subsidies.queries import awards

GROUP = "救助补贴"


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (PROGRAMS, ROSTERS, AWARDS, AID, RELIEF, LEVIES):
        shelf.put(one)


def _number(milli: int) -> str:
    return format((Decimal(milli) / 1000).normalize(), "f")


def _programs() -> Any:
    found = Program.objects.select_related("organisation").annotate(case_number=Value(""))
    return found.order_by("name", "-valid_from_date", "pk")


def _rosters() -> Any:
    return Roster.objects.select_related("organisation", "program").order_by("-submitted_at", "-pk")


def _awards() -> Any:
    found = awards.with_payment().select_related("organisation", "program", "person")
    return found.prefetch_related("payouts").order_by("-period", "division_code", "pk")


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
    Column("paid", "到账", "got_at", "moment"),
    Column("told", "凭什么说到账", awards.paid_words),
    Column("state", "状态", "get_status_display"),
)

PROGRAMS = Register(
    key="subsidy-programs",
    is_common=True,
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

AID = Register(
    key="aid",
    title="困难救助",
    sub="谁申请、走到哪一步、批了多少、哪天要复核。不记病情。",
    group=GROUP,
    rows=lambda: AidCase.objects.select_related("organisation", "applicant").order_by(
        "-applied_at", "-pk"
    ),
    head="applicant.name",
    line=("kind", "applied"),
    amount="monthly",
    search=("applicant__name__icontains",),
    states=tuple(AidStatus.choices),
    columns=(
        Column("kind", "哪一种", "get_kind_display"),
        Column("members", "几口人", lambda one: one.members.count(), "number"),
        Column("income", "一月收入", "income_month_fen", "money"),
        Column("monthly", "每月或一次", "monthly_fen", "money"),
        Column("kin", "经办人员亲属", "is_kin_of_staff", "yes_no"),
        Column("applied", "申请", "applied_at", "moment"),
        Column("accepted", "受理", "accepted_at", "moment"),
        Column("visited", "入户", "investigated_at", "moment"),
        Column("shown", "开始公示", "publicity_start_at", "moment"),
        Column("decided", "决定", "decided_at", "moment"),
        Column("reason", "不批的理由", "reason"),
        Column("delivered", "送达", "delivered_at", "moment"),
        Column("since", "从哪天", "start_date", "day"),
        Column("until", "到哪天", "end_date", "day"),
        Column("recheck", "该复核的日子", "recheck_due_date", "day"),
    ),
    parts=(
        Part(
            key="members",
            title="一起保障的人",
            columns=(
                Column("name", "姓名", "person.name"),
                Column("consented", "签授权", "consented_at", "moment"),
            ),
            rows=lambda one: one.members.select_related("person").order_by("pk"),
        ),
        Part(
            key="visitors",
            title="谁去调查的",
            columns=(Column("name", "姓名", "person.name"),),
            rows=lambda one: one.visitors.select_related("person").order_by("pk"),
            empty="还没有入户。",
        ),
        Part(
            key="payments",
            title="发了哪几次",
            columns=(
                Column("purpose", "付什么钱", "order.purpose"),
                Column("name", "付给谁", "payee_name"),
                Column("amount", "金额", "amount_fen", "money"),
                Column("state", "怎么样了", "get_status_display"),
                Column("paid", "到账", "paid_at", "moment"),
            ),
            rows=lambda one: aid_reads.payments(one.case_number),
            empty="还没有发过。",
        ),
    ),
)

RELIEF = Register(
    key="relief",
    title="救灾款物",
    sub="每一批收到多少、给了谁、还剩多少。",
    group=GROUP,
    rows=lambda: ReliefBatch.objects.select_related("organisation").order_by(
        "-received_date", "-pk"
    ),
    head=lambda one: f"{one.item}（{one.batch_no}）",
    line=("giver", "received_date"),
    search=("item__icontains", "batch_no__icontains", "giver__icontains"),
    states=tuple(ReliefStatus.choices),
    columns=(
        Column("giver", "谁给的"),
        Column("received", "收到", lambda one: f"{_number(one.received_milli)}{one.unit}"),
        Column("given", "发出", lambda one: f"{_number(one.given_milli)}{one.unit}"),
        Column(
            "left", "还剩", lambda one: f"{_number(one.received_milli - one.given_milli)}{one.unit}"
        ),
        Column("urgent", "急用", "is_urgent", "yes_no"),
        Column("received_date", "收到日期", kind="day"),
        Column("shown", "开始公示", "publicity_start_at", "moment"),
        Column("counted", "盘点", "counted_at", "moment"),
    ),
    parts=(
        Part(
            key="lines",
            title="谁领了",
            columns=(
                Column("name", "姓名", "person.name"),
                Column("reason", "为什么"),
                Column("need", "该领", lambda one: _number(one.need_milli)),
                Column("given", "领了", lambda one: _number(one.given_milli)),
                Column("signed", "签字", "signed_at", "moment"),
                Column("giver", "谁发的", "giver.name"),
                Column("witness", "和谁一起", "witness.name"),
            ),
            rows=lambda one: one.lines.select_related("person", "giver", "witness").order_by("pk"),
        ),
    ),
)

LEVIES = Register(
    key="levies",
    title="筹资筹劳",
    sub="大家表决的方案，收了多少，用在哪里。",
    group=GROUP,
    rows=lambda: Levy.objects.select_related("organisation").order_by("-submitted_at", "-pk"),
    head="project",
    line=("body", "submitted"),
    amount="collected",
    search=("project__icontains",),
    states=tuple(LevyStatus.choices),
    columns=(
        Column("body", "哪里", "organisation.name"),
        Column("per_head", "每人", "per_head_fen", "money"),
        Column("days", "每人几个工", "days_per_head", "number"),
        Column("heads", "人数", "head_count", "number"),
        Column("exempt", "减免几人", "exempt_count", "number"),
        Column("collected", "收了", "collected_fen", "money"),
        Column("used", "用了", "used_fen", "money"),
        Column("submitted", "提出", "submitted_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
    ),
    parts=(
        Part(
            key="lines",
            title="收和用",
            columns=(
                Column("kind", "收或用", "get_kind_display"),
                Column("name", "谁交的", "person.name"),
                Column("words", "做什么用"),
                Column("amount", "金额", "amount_fen", "money"),
                Column("days", "工", kind="number"),
                Column("receipt", "收据号", "receipt_no"),
                Column("done", "时间", "done_at", "moment"),
            ),
            rows=lambda one: one.lines.select_related("person").order_by("pk"),
        ),
        Part(
            key="exempt",
            title="减免的人",
            columns=(Column("name", "姓名", "person.name"), Column("reason", "为什么")),
            rows=lambda one: one.exempt.select_related("person").order_by("pk"),
            empty="没有减免的人。",
        ),
    ),
)
