"""Tables of competitions: a tender or an inquiry, and the sealed offers to it."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person, User


class TenderMethod(models.TextChoices):
    """How competitors are asked, with the values of the record.

    An auction here is one of the past, as a package brings it; ours are in `auctions`.
    """

    QUOTE = "quote", "三家书面报价"
    OPEN = "open", "公开招标"
    INVITED = "invited", "邀请招标"
    NEGOTIATED = "negotiated", "竞争性谈判"
    LOT_DRAW = "lot_draw", "限价内抽签"
    AUCTION = "auction", "公开拍租"


class TenderState(models.TextChoices):
    """Where a competition stands."""

    DRAFT = "draft", "还没发布"
    PUBLISHED = "published", "正在收标"
    OPENED = "opened", "开标了"
    PUBLICISED = "publicised", "结果公示中"
    AWARDED = "awarded", "定标了"
    FAILED = "failed", "流标了"


class Tender(models.Model):
    """One competition for a work, a purchase, a lease, a disposal or a deposit. Units: fen.

    Offers are opened by two persons of different roles: the witness says he is there, another
    opens within two hours.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    subject_kind = models.CharField(max_length=16)
    subject_ext_id = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120)
    method = models.CharField(max_length=12, choices=TenderMethod.choices)
    platform_level = models.CharField(max_length=8, default="village")
    platform_number = models.CharField(max_length=60, blank=True)
    limit_price_fen = models.BigIntegerField(null=True)
    reserve_price_fen = models.BigIntegerField(null=True)
    bidder_min = models.IntegerField(default=3)
    published_at = models.DateTimeField(null=True)
    bid_deadline_at = models.DateTimeField(null=True)
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    witness_role = models.CharField(max_length=32, blank=True)
    witnessed_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    result_published_at = models.DateTimeField(null=True)
    result_publicity_end_date = models.DateField(null=True)
    award_notice_at = models.DateTimeField(null=True)
    award_reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=TenderState.choices, default=TenderState.DRAFT)
    failed_at = models.DateTimeField(null=True)
    fail_reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(witness__isnull=True)
                | models.Q(opened_by__isnull=True)
                | ~models.Q(witness=models.F("opened_by")),
                name="tender_two_openers",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "state"], name="tender_place"),
            models.Index(fields=["subject_kind", "subject_ext_id"], name="tender_subject"),
        )


class BidTicket(models.Model):
    """The right of one bidder to hand in an offer; only the keyed digest of its code is kept."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="tickets")
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT)
    code_index = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tender", "counterparty"], name="ticket_once"),
        )


class Bid(models.Model):
    """An offer. Until the opening only its ciphertext and its digest are here. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="bids")
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT)
    sealed_offer = models.TextField(blank=True)
    offer_digest = models.CharField(max_length=64, blank=True)
    price_fen = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    mac = models.CharField(max_length=64, blank=True)
    doc_author = models.CharField(max_length=80, blank=True)
    doc_hash = models.CharField(max_length=64, blank=True)
    doc_software_id = models.CharField(max_length=80, blank=True)
    deposit_account_index = models.CharField(max_length=64, blank=True)
    contact_phone_index = models.CharField(max_length=64, blank=True)
    agent_person_ext_id = models.CharField(max_length=40, blank=True)
    pm_person_ext_id = models.CharField(max_length=40, blank=True)
    is_kin_hold = models.BooleanField(default=False)
    is_valid = models.BooleanField(null=True)
    invalid_reason = models.CharField(max_length=120, blank=True)
    flags = models.JSONField(default=list)
    is_winner = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tender", "counterparty"],
                condition=models.Q(replaced_at__isnull=True),
                name="bid_one_standing",
            ),
            models.UniqueConstraint(
                fields=["tender"], condition=models.Q(is_winner=True), name="bid_one_winner"
            ),
        )
