"""Tables of purchases: what was asked for, who offered, who took the goods in."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person


class Method(models.TextChoices):
    """How a seller is found, with the values of the record; later is stronger."""

    DIRECT = "direct", "直接买"
    INQUIRY = "inquiry", "两人询价"
    QUOTE = "quote", "三家书面报价"
    TENDER = "tender", "招标"
    EMERGENCY = "emergency", "应急采购"


class Status(models.TextChoices):
    """Where a purchase stands."""

    REQUESTED = "requested", "等批准"
    APPROVED = "approved", "批准了"
    ORDERED = "ordered", "订货了"
    ACCEPTED = "accepted", "验收了"
    ENDED = "ended", "不买了"


class Procurement(models.Model):
    """One purchase. Units: fen; quantities in thousandths of the unit."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    category_code = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    quantity_milli = models.BigIntegerField()
    unit = models.CharField(max_length=10)
    estimate_fen = models.BigIntegerField()
    award_fen = models.BigIntegerField(null=True)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    method = models.CharField(max_length=10, choices=Method.choices)
    buyer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    choice_reason = models.CharField(max_length=200, blank=True)
    tender_ext_id = models.CharField(max_length=40, blank=True)
    contract_ext_id = models.CharField(max_length=40, blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_milli = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="procurement_place"),
            models.Index(fields=["case_number"], name="procurement_case"),
        )


class Quote(models.Model):
    """A price that a seller named in an inquiry. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="quotes")
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT)
    price_fen = models.BigIntegerField()
    quoted_at = models.DateTimeField()
    file_hash = models.CharField(max_length=64, blank=True)
    contact_phone_index = models.CharField(max_length=64, blank=True)
    is_winner = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["procurement", "counterparty"], name="quote_once"),
        )


class Acceptor(models.Model):
    """Somebody who looked at the goods and took them in."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="acceptors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["procurement", "person"], name="acceptor_once"),
        )
