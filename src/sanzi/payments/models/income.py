"""Income: bills sent to payers, books of paper receipts, and the receipts themselves."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models.accounts import BankAccount


class BillState(models.TextChoices):
    """Where a bill stands. Late is no state: it follows from the due date."""

    OPEN = "OPEN", "等交款"
    PART = "PART", "交了一部分"
    PAID = "PAID", "交清了"
    VOID = "VOID", "作废了"


class Bill(models.Model):
    """A bill (缴款单): what a payer is asked to bring to an account, under a reference of its own.

    `paid_fen` is the sum of its receipts that are not void.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    number = models.CharField(max_length=30)
    reference = models.CharField(max_length=16, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    subject_code = models.CharField(max_length=16)
    purpose = models.CharField(max_length=60)
    payer_name = models.CharField(max_length=120)
    payer_counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    payer_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    sealed_phone = models.TextField(blank=True)
    source_kind = models.CharField(max_length=16, blank=True)
    source_id = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    due_date = models.DateField()
    state = models.CharField(max_length=5, choices=BillState.choices, default=BillState.OPEN)
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    paid_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by_id = models.BigIntegerField(null=True)
    void_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="bill_number_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0)
                & models.Q(paid_fen__gte=0)
                & models.Q(paid_fen__lte=models.F("amount_fen")),
                name="bill_paid_within",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "due_date"], name="bill_place"),
            models.Index(
                fields=["organisation", "amount_fen"],
                condition=models.Q(state__in=["OPEN", "PART"]),
                name="bill_waiting",
            ),
        )


class ReceiptBook(models.Model):
    """A book of paper receipts with printed numbers, issued to a body by the township."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    number = models.CharField(max_length=20, unique=True)
    first_serial = models.IntegerField()
    last_serial = models.IntegerField()
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    written_off_at = models.DateTimeField(null=True)
    written_off_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(first_serial__gt=0)
                & models.Q(last_serial__gte=models.F("first_serial")),
                name="receipt_book_numbers",
            ),
        )


class SpoiltReceipt(models.Model):
    """A number of a receipt book that was spoilt, or handed in blank, before it was used."""

    book = models.ForeignKey(ReceiptBook, on_delete=models.PROTECT, related_name="spoilt")
    serial = models.IntegerField()
    reason = models.CharField(max_length=120)
    has_all_copies = models.BooleanField()
    spoilt_at = models.DateTimeField()
    spoilt_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["book", "serial"], name="spoilt_receipt_once"),
        )


class Receipt(models.Model):
    """An income receipt issued to a payer, from a bank line or from a book of paper receipts.

    `bank_line` is set when several receipts share one line of the bank; the line itself names
    the first of them. `bill` is what it pays, wholly or in part.
    """

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
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, null=True, related_name="receipts")
    book = models.ForeignKey(
        ReceiptBook, on_delete=models.PROTECT, null=True, related_name="receipts"
    )
    serial = models.IntegerField(null=True)
    has_all_copies = models.BooleanField(null=True)
    bank_line = models.ForeignKey(
        "payments.BankTransaction", on_delete=models.PROTECT, null=True, related_name="receipts"
    )
    voucher_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["book", "serial"], name="receipt_serial_once"),
        )
        indexes = (models.Index(fields=["division_code", "issued_at"], name="receipt_place"),)
