"""What the room puts on the shelf: leases, with the rent of their periods."""

from __future__ import annotations

from typing import Any

from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register
from sanzi.registers.leases.models import TIES, Lease
from sanzi.registers.leases.queries.leases import SEE


def put_registers() -> None:
    """Put the register of leases on the shelf; called once from `apps.ready`."""
    shelf.put(LEASES)


def _rows() -> Any:
    found = Lease.objects.select_related("organisation", "asset", "tenant")
    return found.order_by("-start_date", "-pk")


def _left(one: Any) -> int:
    return 0 if one.is_dropped else one.amount_fen - one.received_fen - one.waived_fen


LEASES = Register(
    key="leases",
    title="租约",
    sub="租给谁、租到哪天、一年多少、交了没有。",
    group="资产资源",
    rows=_rows,
    head="asset.name",
    line=("tenant", "until"),
    amount="rent",
    search=("asset__name__icontains", "tenant__name__icontains", "contract_ref__icontains"),
    see=SEE,
    own_page="lease",
    columns=(
        Column("tenant", "承租人", "tenant.name"),
        Column("use", "用途", "use_limit"),
        Column("from", "从哪天", "start_date", "day"),
        Column("until", "到哪天", "end_date", "day"),
        Column("rent", "年租", "rent_fen_year", "money"),
        Column("floor", "底价年租", "reserve_rent_fen_year", "money"),
        Column("appraised", "评估年租", "appraised_rent_fen_year", "money"),
        Column("cycle", "怎么交", "get_pay_cycle_display"),
        Column("deposit", "保证金", "deposit_fen", "money"),
        Column("kin", "和村干部的关系", lambda one: TIES.get(one.kin_tie, "没有")),
        Column("auction", "公开拍租", "tender_ext_id"),
        Column("contract", "合同", "contract_ref"),
        Column("handed_over", "交付", "handed_over_at", "moment"),
        Column("returned", "收回", "returned_at", "moment"),
    ),
    parts=(
        Part(
            key="rent",
            title="租金",
            columns=(
                Column("due", "哪天交", "due_date", "day"),
                Column("amount", "应交", "amount_fen", "money"),
                Column("received", "已收", "received_fen", "money"),
                Column("left", "还差", _left, "money"),
            ),
            rows=lambda one: one.rent.order_by("place"),
        ),
    ),
)  # fmt: skip
