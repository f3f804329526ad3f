"""What the room puts on the shelf: budgets with their lines, distributions with their rosters."""

from __future__ import annotations

from typing import Any

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.payments.queries import payees
from sanzi.registers.yearly import queries
from sanzi.registers.yearly.models import Budget, Distribution, Row, Step

GROUP = "年度"


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    shelf.put(BUDGETS)
    shelf.put(DISTRIBUTIONS)


def _rows(model: type[Row]) -> Any:
    found = model._default_manager.select_related("organisation")  # noqa: SLF001 - any model's rows
    return found.order_by("-year", "-submitted_at", "-pk")


def _budget(one: Budget) -> str:
    return f"{one.organisation.name}{one.year}{one.get_kind_display()}"


def _distribution(one: Distribution) -> str:
    return f"{one.organisation.name}{one.year}年收益分配"


def _shares(one: Distribution) -> Any:
    paid = payees.paid_at(queries.KIND, "distribution__case_number")
    return one.shares.select_related("person").annotate(paid=paid).order_by("pk")


BUDGETS = Register(
    key="budget",
    title="预算和决算",
    sub="一年打算花多少、改过几次、最后花了多少。",
    group=GROUP,
    rows=lambda: _rows(Budget),
    head=_budget,
    line=("kind", "shown"),
    amount="total",
    search=("organisation__name__icontains",),
    states=tuple(Step.choices),
    columns=(
        Column("year", "年度", "year", "number"),
        Column("kind", "哪一种", "get_kind_display"),
        Column("total", "合计", "total_fen", "money"),
        Column("nonproductive", "非生产性", "nonproductive_fen", "money"),
        Column("submitted", "拟定", "submitted_at", "moment"),
        Column("shown", "公示到", "shown_end_date", "day"),
        Column("comment", "意见", "comment"),
        Column("approved", "生效", "approved_at", "moment"),
    ),
    parts=(
        Part(
            key="items",
            title="预算行",
            columns=(
                Column("subject", "科目", "subject_code"),
                Column("name", "项目", "name"),
                Column("amount", "预算", "amount_fen", "money"),
                Column("spent", "用了", "spent_fen", "money"),
                Column("nonproductive", "非生产性", "is_nonproductive", "yes_no"),
            ),
            rows=lambda one: one.items.order_by("place"),
        ),
    ),
)

DISTRIBUTIONS = Register(
    key="distribution",
    title="收益分配",
    sub="一年净赚多少、先补亏、提多少、每股分多少。",
    group=GROUP,
    rows=lambda: _rows(Distribution),
    head=_distribution,
    line=("per_share", "shown"),
    amount="distributed",
    search=("organisation__name__icontains",),
    states=tuple(Step.choices),
    columns=(
        Column("year", "年度", "year", "number"),
        Column("net_income", "净收益", "net_income_fen", "money"),
        Column("loss_offset", "先补亏", "loss_offset_fen", "money"),
        Column("reserve", "公积金", "reserve_fen", "money"),
        Column("welfare", "公益金", "welfare_fen", "money"),
        Column("per_share", "每股", "per_share_fen", "money"),
        Column("distributed", "分给成员", "distributed_fen", "money"),
        Column("submitted", "拟定", "submitted_at", "moment"),
        Column("shown", "公示到", "shown_end_date", "day"),
        Column("comment", "意见", "comment"),
        Column("approved", "镇里看过", "approved_at", "moment"),
    ),
    parts=(
        Part(
            key="shares",
            title="名单",
            columns=(
                Column("name", "姓名", "person.name"),
                Column("shares", "股数", "share_count", "number"),
                Column("amount", "金额", "amount_fen", "money"),
                Column("paid", "到账", "paid", "moment"),
            ),
            rows=_shares,
        ),
    ),
)
