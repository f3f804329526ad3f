"""The bank's e-receipts (电子回单) of its lines: which are here, which are still to be fetched."""

from __future__ import annotations

from django.db import models

from sanzi.payments.models.accounts import BankAccount


class BankReceiptState(models.TextChoices):
    """Where an e-receipt stands."""

    WAITING = "WAITING", "等银行出"
    STORED = "STORED", "已取回"
    GIVEN_UP = "GIVEN_UP", "没取到"
    NOT_OFFERED = "NOT_OFFERED", "银行不给"


class BankReceipt(models.Model):
    """The e-receipt of one bank line. `line_ext_id` names the line, also one taken back later.

    Picture and data hang on the line as evidence (subject `bank_line`), `picture_ext_id` is the
    picture's attachment; `signature` is the bank's over the bytes of `data_digest`.
    """

    line_ext_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    bank_ref = models.CharField(max_length=40)
    booked_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=BankReceiptState.choices, default=BankReceiptState.WAITING
    )
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    said = models.CharField(max_length=120, blank=True)
    fetched_at = models.DateTimeField(null=True)
    picture_ext_id = models.CharField(max_length=40, blank=True)
    picture_digest = models.CharField(max_length=64, blank=True)
    data_digest = models.CharField(max_length=64, blank=True)
    signature = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=models.Q(state="WAITING"),
                name="bank_receipt_waiting",
            ),
            models.Index(fields=["account", "booked_at"], name="bank_receipt_account"),
        )
