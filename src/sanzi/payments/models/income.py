"""Income: receipts issued to payers."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation
from sanzi.payments.models.accounts import BankAccount


class Receipt(models.Model):
    """An income receipt issued to a payer, from a bank line."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=16)
    payer_name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=60, blank=True)
    subject_code = models.CharField(max_length=16)
    source_kind = models.CharField(max_length=16, blank=True)
    source_id = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField()
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    received_via = models.CharField(max_length=8, default="bank")
    banked_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=120, blank=True)
    payer_counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True)
    book_number = models.CharField(max_length=30, blank=True)
    voucher_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="receipt_number_once"),
        )
        indexes = (models.Index(fields=["division_code", "issued_at"], name="receipt_place"),)
