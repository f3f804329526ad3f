"""Disposals: a thing valued, decided, sold or scrapped, paid for, handed over, written off.

One row per thing. `received_fen` is what receipts have brought under the bill of the disposal.
"""

from __future__ import annotations

from django.db import models

from sanzi.deals.models.assets import Asset
from sanzi.orgs.models import Counterparty, Organisation


class DisposalMethod(models.TextChoices):
    """What becomes of a thing, with the values of the record."""

    SALE = "sale", "出售"
    TRANSFER = "transfer", "转让"
    SCRAP = "scrap", "报废"
    DEMOLISH = "demolish", "拆除"
    DONATE = "donate", "捐赠"


class DisposalStatus(models.TextChoices):
    """Where a disposal stands."""

    ASKED = "asked", "等批准"
    APPROVED = "approved", "批准了"
    SOLD = "sold", "有买主了"
    EXECUTED = "executed", "移交了"
    WRITTEN_OFF = "written_off", "核销了"
    ENDED = "ended", "不办了"


class Disposal(models.Model):
    """The disposal of one thing. Units: fen. `voucher_ext_id` is what took it off the books."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="disposals")
    method = models.CharField(max_length=10, choices=DisposalMethod.choices)
    reason = models.CharField(max_length=200, blank=True)
    appraised_fen = models.BigIntegerField(null=True)
    appraised_date = models.DateField(null=True)
    appraiser = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, null=True, related_name="+"
    )
    publicity_from_date = models.DateField(null=True)
    appraisal_publicity_days = models.IntegerField(null=True)
    floor_fen = models.BigIntegerField(default=0)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    tender_ext_id = models.CharField(max_length=40, blank=True)
    buyer = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True, related_name="+")
    price_fen = models.BigIntegerField(null=True)
    contract_ext_id = models.CharField(max_length=40, blank=True)
    bill_ext_id = models.CharField(max_length=40, blank=True)
    received_fen = models.BigIntegerField(default=0)
    executed_at = models.DateTimeField(null=True)
    written_off_at = models.DateTimeField(null=True)
    voucher_ext_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(
        max_length=12, choices=DisposalStatus.choices, default=DisposalStatus.ASKED
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["asset"],
                condition=~models.Q(status="ended"),
                name="disposal_once",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "status"], name="disposal_place"),
            models.Index(fields=["case_number"], name="disposal_case"),
            models.Index(fields=["bill_ext_id"], name="disposal_bill"),
        )
