"""Open auctions of leases and disposals: who paid a deposit, each bid as it was called, the award.

Bids are open, so nothing is sealed; the row of the auction is the lock under which they queue.
Prices are a year's rent for a lease, the whole price for a disposal.
"""

from __future__ import annotations

from django.db import models

from sanzi.deals.models.assets import Asset
from sanzi.orgs.models import Counterparty, Organisation


class AuctionState(models.TextChoices):
    """Where an auction stands. Whether bids are taken follows from its hours."""

    PUBLISHED = "published", "公告了"
    FAILED = "failed", "流拍了"
    AWARDED = "awarded", "成交了"


class Auction(models.Model):
    """One open auction of one thing. Units: fen. `round` counts from 1."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    subject_kind = models.CharField(max_length=10)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="auctions")
    title = models.CharField(max_length=120)
    platform_level = models.CharField(max_length=8)
    appraised_fen = models.BigIntegerField()
    floor_fen = models.BigIntegerField()
    step_fen = models.BigIntegerField()
    deposit_fen = models.BigIntegerField()
    decision_ref = models.CharField(max_length=60)
    round = models.IntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=AuctionState.choices, default=AuctionState.PUBLISHED
    )
    published_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    awarded_at = models.DateTimeField(null=True)
    winner = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True, related_name="+")
    price_fen = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=40, blank=True)
    made_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(floor_fen__gt=0)
                & models.Q(step_fen__gt=0)
                & models.Q(deposit_fen__gte=0)
                & models.Q(closes_at__gt=models.F("opens_at")),
                name="auction_figures",
            ),
        )
        indexes = (models.Index(fields=["division_code", "state"], name="auction_place"),)


class AuctionBidder(models.Model):
    """Who may bid: number on his paddle, deposit, and whether he is distant kin of an officer.

    Of the code with which he bids from his own phone only the keyed digest is kept.
    """

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="bidders")
    number = models.IntegerField()
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="+")
    deposit_ref = models.CharField(max_length=60)
    code_index = models.CharField(max_length=64, blank=True)
    is_kin = models.BooleanField(default=False)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["auction", "counterparty"], name="bidder_once"),
            models.UniqueConstraint(fields=["auction", "number"], name="bidder_number_once"),
        )


class AuctionBid(models.Model):
    """A bid as it was taken: never changed. `number` is the order in which they were taken."""

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="bids")
    round = models.IntegerField()
    number = models.IntegerField()
    bidder = models.ForeignKey(AuctionBidder, on_delete=models.PROTECT, related_name="bids")
    price_fen = models.BigIntegerField()
    placed_at = models.DateTimeField()
    device_index = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["auction", "number"], name="auction_bid_in_turn"),
            models.UniqueConstraint(
                fields=["auction", "round", "price_fen"], name="auction_price_once"
            ),
        )
