"""Tables of deals: assets and resources and what becomes of them."""

from __future__ import annotations

from sanzi.deals.models.assets import (
    Asset,
    AssetCategory,
    AssetEvent,
    AssetKind,
    AssetStatus,
)
from sanzi.deals.models.stocktaking import CountResult, StockLine, Stocktaking, StocktakingState

__all__ = [
    "Asset",
    "AssetCategory",
    "AssetEvent",
    "AssetKind",
    "AssetStatus",
    "CountResult",
    "StockLine",
    "Stocktaking",
    "StocktakingState",
]
