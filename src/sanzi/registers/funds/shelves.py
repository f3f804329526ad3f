"""What the room puts on the shelf: funds and their course, allocations, projects, prices."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Value

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.payments.models import Fund
from sanzi.registers.funds import queries
from sanzi.registers.funds.models import PriceItem, TownProject, Transfer
from sanzi.registers.funds.rules import LEVELS

GROUP = "财政资金"
EMPTY = "还没有。可以在这里登记，也可以从数据包或Excel导入。"


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    for one in (FUNDS, TRANSFERS, PROJECTS, PRICES):
        shelf.put(one)


def _steps(kind: str, key: str = "ext_id") -> Part:
    """The steps that were taken in the office, from the log."""
    return Part(
        key="course",
        title="经过",
        columns=(
            Column("at", "时间", kind="moment"),
            Column("who", "谁办的"),
            Column("title", "办了什么"),
            Column("said", "怎么写的"),
        ),
        rows=lambda one: queries.course(kind, getattr(one, key)),
        empty="从数据包导入的，没有在这里办过。",
    )


def _plain(rows: Any) -> Any:
    """Return rows that no case made."""
    return rows.select_related("organisation").annotate(case_number=Value(""))


def _funds() -> Any:
    found = _plain(Fund.objects.all()).annotate(
        ext_id=F("code"), division_code=F("organisation__division_id")
    )
    return queries.with_course(found).order_by("code")


WAY = (
    Column("place", "给哪里", "place_name"),
    Column("amount", "下达", "amount_fen", "money"),
    Column("issued", "下达时间", "issued_at", "moment"),
    Column("received", "镇收到", "town_received_at", "moment"),
    Column("passed_on", "拨付时间", "passed_on_at", "moment"),
    Column("passed", "拨付", "passed_fen", "money"),
)

FUNDS = Register(
    key="funds",
    title="专项资金",
    sub="一笔钱从下达、到账、拨付到用掉，走到哪一步。",
    group=GROUP,
    rows=_funds,
    head=lambda one: one.name or one.code,
    line=("body", "until"),
    amount="granted",
    search=("name__icontains",),
    columns=(
        Column("code", "资金代码"),
        Column("body", "哪里用", "organisation.name"),
        Column("level", "哪一级给的", lambda one: LEVELS.get(one.source_level, "")),
        Column("granted", "金额", "amount_fen", "money"),
        Column("allocated", "已下达", "allocated_fen", "money"),
        Column("passed", "已拨付", "passed_fen", "money"),
        Column("used", "用掉和在付", "used_fen", "money"),
        Column("received", "到账", "received_at", "moment"),
        Column("until", "用到哪天", "use_by_date", "day"),
    ),
    parts=(
        Part(
            key="transfers",
            title="下达和拨付",
            columns=WAY,
            rows=lambda one: queries.with_place(
                Transfer.objects.filter(fund_code=one.code)
            ).order_by("issued_at", "pk"),
            empty="没有分到镇村。",
        ),
        _steps("fund", "code"),
    ),
    empty=EMPTY,
)

TRANSFERS = Register(
    key="transfers",
    title="资金下达和拨付",
    sub="上级下达、镇里收到、拨到村里，各在哪天。",
    group=GROUP,
    rows=lambda: queries.with_place(_plain(Transfer.objects.select_related("project"))).order_by(
        "-issued_at", "-pk"
    ),
    head="fund_code",
    line=("place", "issued"),
    amount="amount",
    search=("fund_code__icontains", "project__name__icontains"),
    columns=(*WAY, Column("project", "哪个项目", "project.name")),
    parts=(_steps("transfer"),),
    empty=EMPTY,
)

PROJECTS = Register(
    key="town-projects",
    title="乡镇项目",
    sub="预算多少、付了多少、做到几成、还欠谁的。",
    group=GROUP,
    rows=lambda: _plain(TownProject.objects.all()).order_by("name", "pk"),
    head="name",
    line=("progress", "until"),
    amount="budget",
    search=("name__icontains",),
    columns=(
        Column("budget", "预算", "budget_fen", "money"),
        Column("paid", "已付", "paid_fen", "money"),
        Column("progress", "做到百分之几", "progress_percent", "number"),
        Column("since", "开工", "start_date", "day"),
        Column("until", "完工", "end_date", "day"),
        Column("code", "项目码", "qr_code"),
        Column("told", "上次更新", "info_updated_at", "moment"),
        Column("payable", "欠付", "payable_fen", "money"),
        Column("due", "该付的日子", "payable_due_date", "day"),
    ),
    parts=(
        Part(
            key="transfers",
            title="用的哪笔钱",
            columns=(Column("fund", "资金代码", "fund_code"), *WAY),
            rows=lambda one: queries.with_place(one.transfer_set.all()).order_by("issued_at", "pk"),
            empty="还没有下达的钱挂在这个项目上。",
        ),
        _steps("town_project"),
    ),
    empty=EMPTY,
)

PRICES = Register(
    key="prices",
    is_common=True,
    title="价格本",
    sub="县里镇里定的参考价和每亩最多多少。",
    group=GROUP,
    rows=lambda: _plain(PriceItem.objects.all()).order_by("item_code", "-valid_from_date", "pk"),
    head="name",
    line=("unit", "since"),
    amount="price",
    search=("name__icontains", "item_code__icontains"),
    columns=(
        Column("code", "代码", "item_code"),
        Column("unit", "单位"),
        Column("price", "参考价", "price_fen", "money"),
        Column("density", "每亩最多", "density_max_per_mu", "number"),
        Column("since", "从哪天", "valid_from_date", "day"),
        Column("until", "到哪天", "valid_until_date", "day"),
    ),
    parts=(_steps("price_item"),),
    empty=EMPTY,
)
