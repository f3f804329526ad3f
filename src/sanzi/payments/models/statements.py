"""Lines of bank statements, as the bank told them."""

from __future__ import annotations

from django.db import models

from sanzi.payments.models.accounts import BankAccount
from sanzi.payments.models.income import Receipt
from sanzi.payments.models.orders import Payment


class BankTransaction(models.Model):
    """A line of a bank statement, as the bank told it."""

    ext_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    booked_at = models.DateTimeField()
    direction = models.CharField(max_length=3)
    amount_fen = models.BigIntegerField()
    sealed_peer_account = models.TextField(blank=True)
    peer_account_index = models.CharField(max_length=64, blank=True)
    peer_name = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=10, default="direct")
    memo = models.CharField(max_length=140, blank=True)
    e2e_id = models.CharField(max_length=35, blank=True)
    bank_ref = models.CharField(max_length=40)
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        related_name="bank_lines",
    )
    receipt = models.ForeignKey(
        Receipt,
        on_delete=models.PROTECT,
        null=True,
        related_name="bank_lines",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "bank_ref"], name="bank_line_once"),
        )
        indexes = (
            models.Index(fields=["account", "booked_at"], name="bank_line_day"),
            models.Index(
                fields=["account", "booked_at"],
                condition=models.Q(direction="in", payment__isnull=True, receipt__isnull=True),
                name="bank_line_unmatched",
            ),
        )
