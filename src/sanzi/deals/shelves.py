"""What the room puts on the shelf: assets, open auctions, disposals."""

from __future__ import annotations

from typing import Any

from sanzi.deals.models import (
    Asset,
    AssetStatus,
    Auction,
    AuctionState,
    Disposal,
    DisposalStatus,
)
from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Part, Register

SEE = "deals.see"


def put_registers() -> None:
    """Put the registers of the room on the shelf; called once from `apps.ready`."""
    shelf.put(ASSETS)
    shelf.put(AUCTIONS)
    shelf.put(DISPOSALS)


def _assets() -> Any:
    return Asset.objects.select_related("organisation").order_by("division_code", "number")


def _disposals() -> Any:
    found = Disposal.objects.select_related("organisation", "asset", "appraiser", "buyer")
    return found.order_by("-pk")


def _auctions() -> Any:
    return Auction.objects.select_related("organisation", "asset", "winner").order_by(
        "-opens_at", "-pk"
    )


ASSETS = Register(
    key="assets",
    title="资产资源",
    sub="有什么、在哪里、值多少、在不在用。",
    group="资产资源",
    rows=_assets,
    head="name",
    line=("number", "place"),
    amount="value",
    search=("name__icontains", "number", "place__icontains"),
    states=tuple(AssetStatus.choices),
    see=SEE,
    own_page="asset",
    columns=(
        Column("number", "编号"),
        Column("category", "类别", "get_category_display"),
        Column("kind", "种类", "get_kind_display"),
        Column("place", "在哪里"),
        Column("value", "账面原值", "book_value_fen", "money"),
        Column("appraised", "评估价", "appraised_fen", "money"),
        Column("acquired", "取得", "acquired_date", "day"),
        Column("counted", "上次盘点", "last_inventory_date", "day"),
    ),
)
AUCTIONS = Register(
    key="auctions",
    title="公开拍租",
    sub="拍什么、底价多少、每一口价、谁成交。",
    group="资产资源",
    rows=_auctions,
    head="title",
    line=("opens", "closes"),
    amount="floor",
    search=("title__icontains", "winner__name__icontains"),
    states=tuple(AuctionState.choices),
    state_field="state",
    see=SEE,
    own_page="auction",
    columns=(
        Column("round", "第几轮", "round", "number"),
        Column("floor", "底价", "floor_fen", "money"),
        Column("opens", "开拍", "opens_at", "moment"),
        Column("closes", "结束", "closes_at", "moment"),
        Column("level", "平台", "platform_level"),
        Column("winner", "成交人", "winner.name"),
        Column("price", "成交价", "price_fen", "money"),
    ),
    parts=(
        Part(
            key="bids",
            title="出价",
            columns=(
                Column("number", "第几口", "number", "number"),
                Column("paddle", "号牌", "bidder.number", "number"),
                Column("price", "出价", "price_fen", "money"),
                Column("at", "什么时候", "placed_at", "moment"),
            ),
            rows=lambda one: one.bids.select_related("bidder").order_by("number"),
        ),
    ),
)
DISPOSALS = Register(
    key="disposals",
    title="资产处置",
    sub="为什么处置、值多少、卖给谁、钱到没到、账销没销。",
    group="资产资源",
    rows=_disposals,
    head="asset.name",
    line=("method", "reason"),
    amount="price",
    search=("asset__name__icontains", "buyer__name__icontains"),
    states=tuple(DisposalStatus.choices),
    see=SEE,
    columns=(
        Column("method", "怎么处置", "get_method_display"),
        Column("reason", "为什么"),
        Column("appraised", "评估价", "appraised_fen", "money"),
        Column("appraised_on", "评估基准日", "appraised_date", "day"),
        Column("appraiser", "评估机构", "appraiser.name"),
        Column("shown", "公示天数", "appraisal_publicity_days", "number"),
        Column("floor", "底价", "floor_fen", "money"),
        Column("buyer", "买主", "buyer.name"),
        Column("price", "成交价", "price_fen", "money"),
        Column("received", "到账", "received_fen", "money"),
        Column("executed", "移交", "executed_at", "moment"),
        Column("written_off", "核销", "written_off_at", "moment"),
        Column("voucher", "核销凭证", "voucher_ext_id"),
    ),
)
