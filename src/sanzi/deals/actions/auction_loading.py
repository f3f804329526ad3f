"""Loaders of the tables of open auctions: the notice, who had a paddle, every bid as called."""

from __future__ import annotations

from typing import Any

from sanzi.deals.models import Asset, Auction
from sanzi.deals.models.auctions import AuctionBid, AuctionBidder
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add_missing, merge

AS_IT_IS = (
    "subject_kind", "platform_level", "appraised_fen", "floor_fen", "step_fen", "deposit_fen",
    "decision_ref", "round", "published_at", "opens_at", "closes_at", "awarded_at", "price_fen",
)  # fmt: skip
COLUMNS = (
    "organisation_id", "division_code", "asset_id", "title", "winner_id", "case_number", "state",
    *AS_IT_IS,
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables of auctions this room takes."""
    register(Loader("auction", ORDER["auction"], load_auctions))
    register(Loader("auction_bidder", ORDER["auction_bidder"], load_bidders))
    register(Loader("auction_bid", ORDER["auction_bid"], load_bids))


def load_auctions(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `auction` rows. Raises: RowProblem for one that ends before it opens."""
    bodies, things, firms = _keys(Organisation), _keys(Asset), _keys(Counterparty)
    places = dict(Organisation.objects.values_list("pk", "division_id"))

    def made(number: int, row: dict[str, Any]) -> dict[str, Any]:
        if row["closes_at"] <= row["opens_at"]:
            raise RowProblem(
                row=number, column="closes_at", value=row["closes_at"].isoformat(),
                expected="结束时间要晚于开拍时间",
            )  # fmt: skip
        body = bodies[row["org_id"]]
        return {
            "ext_id": row["auction_id"],
            "organisation_id": body,
            "division_code": row.get("village_id") or places[body],
            "asset_id": things[row["asset_id"]],
            "title": row["title"][:120],
            "winner_id": firms.get(row.get("winner_counterparty_id")),
            "case_number": row.get("case_id") or "",
            "state": row["status"],
            **{name: row.get(name) for name in AS_IT_IS},
        }

    listed = (made(number, row) for number, row in enumerate(rows, start=2))
    return merge(Auction, listed, key="ext_id", compare=COLUMNS)


def load_bidders(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `auction_bidder` rows that are not known."""
    auctions, firms = _keys(Auction), _keys(Counterparty)
    made = (
        {
            "auction_id": auctions[row["auction_id"]],
            "number": row["number"],
            "counterparty_id": firms[row["counterparty_id"]],
            "deposit_ref": row["deposit_ref"][:60],
            "is_kin": row["is_kin"],
            "registered_at": row["registered_at"],
        }
        for row in rows
    )
    return add_missing(AuctionBidder, made, key=("auction_id", "number"))


def load_bids(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `auction_bid` rows that are not known. Raises: RowProblem for an unknown paddle."""
    auctions = _keys(Auction)
    paddles = {
        (auction, number): pk
        for auction, number, pk in AuctionBidder.objects.values_list("auction_id", "number", "pk")
    }

    def made(number: int, row: dict[str, Any]) -> dict[str, Any]:
        auction = auctions[row["auction_id"]]
        bidder = paddles.get((auction, row["bidder_number"]))
        if bidder is None:
            raise RowProblem(
                row=number, column="bidder_number", value=str(row["bidder_number"]),
                expected="这场拍租登记过的号牌",
            )  # fmt: skip
        return {
            "auction_id": auction,
            "number": row["number"],
            "round": row["round"],
            "bidder_id": bidder,
            "price_fen": row["price_fen"],
            "placed_at": row["placed_at"],
            "device_index": row.get("device_hash") or "",
        }

    listed = (made(number, row) for number, row in enumerate(rows, start=2))
    return add_missing(AuctionBid, listed, key=("auction_id", "number"))


def _keys(model: Any) -> dict[Any, int]:
    return dict(model.objects.values_list("ext_id", "pk"))
