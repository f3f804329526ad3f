"""What the room puts on the shelf: purchases, with their prices and who took the goods in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.procurement.models import Procurement, Status


def put_registers() -> None:
    """Put the register of purchases on the shelf; called once from `apps.ready`."""
    shelf.put(PURCHASES)


def _rows() -> Any:
    found = Procurement.objects.select_related("organisation", "counterparty")
    return found.order_by("-submitted_at", "-pk")


def _quantity(one: Procurement) -> str:
    return f"{format((Decimal(one.quantity_milli) / 1000).normalize(), 'f')}{one.unit}"


PURCHASES = Register(
    key="procurement",
    title="采购",
    sub="买了什么、几家报价、向谁买、谁验收。",
    group="采购",
    rows=_rows,
    head="title",
    line=("quantity", "seller"),
    amount="estimate",
    search=("title__icontains", "counterparty__name__icontains"),
    states=tuple(Status.choices),
    columns=(
        Column("quantity", "数量", _quantity),
        Column("method", "买法", "get_method_display"),
        Column("estimate", "估价", "estimate_fen", "money"),
        Column("award", "定价", "award_fen", "money"),
        Column("seller", "卖方", "counterparty.name"),
        Column("reason", "为什么选它", "choice_reason"),
        Column("submitted", "申请", "submitted_at", "moment"),
        Column("approved", "批准", "approved_at", "moment"),
        Column("ordered", "订货", "ordered_at", "moment"),
        Column("accepted", "验收", "accepted_at", "moment"),
    ),
    parts=(
        Part(
            key="quotes",
            title="各家报价",
            columns=(
                Column("seller", "单位", "counterparty.name"),
                Column("price", "报价", "price_fen", "money"),
                Column("chosen", "选了", "is_winner", "yes_no"),
            ),
            rows=lambda one: one.quotes.select_related("counterparty").order_by("price_fen", "pk"),
            empty="没有单独报价：直接买的，或者招了标。",
        ),
        Part(
            key="acceptors",
            title="谁验收",
            columns=(Column("name", "姓名", "person.name"),),
            rows=lambda one: one.acceptors.select_related("person").order_by("pk"),
            empty="还没验收。",
        ),
    ),
)  # fmt: skip
