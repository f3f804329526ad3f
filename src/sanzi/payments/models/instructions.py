"""Messages to the bank: their bytes are stored before the first send."""

from __future__ import annotations

from django.db import models

from sanzi.payments.models.accounts import BankAccount
from sanzi.payments.models.orders import Payment, PaymentOrder, PaymentStatus


class InstructionState(models.TextChoices):
    """Where a message to the bank stands (state machine of a payment instruction)."""

    READY = "READY", "待发"
    SENDING = "SENDING", "发送中"
    UNKNOWN = "UNKNOWN", "没有回话"
    ACCEPTED = "ACCEPTED", "银行已收"
    FINAL = "FINAL", "已有结果"
    REFUSED = "REFUSED", "没有发出"


class Instruction(models.Model):
    """One message to the bank. Key and bytes are stored before the first send, never changed."""

    msg_id = models.CharField(max_length=35, unique=True)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="instructions")
    debit_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    body = models.BinaryField()
    body_digest = models.CharField(max_length=64)
    line_count = models.IntegerField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(
        max_length=10,
        choices=InstructionState.choices,
        default=InstructionState.READY,
    )
    attempt_count = models.IntegerField(default=0)
    poll_count = models.IntegerField(default=0)
    settlement_count = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    unknown_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["debit_account"],
                condition=models.Q(state="SENDING"),
                name="one_sending_per_account",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=~models.Q(state__in=["FINAL", "REFUSED"]),
                name="instruction_queue",
            ),
        )


class InstructionLine(models.Model):
    """One payment in one message. A payment has at most one line whose fate is open or good."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    instr_id = models.CharField(max_length=35, unique=True)
    e2e_id = models.CharField(max_length=35, unique=True)
    amount_fen = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=PaymentStatus.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payment"],
                condition=~models.Q(
                    status__in=["REJECTED", "NOT_EXECUTED", "RETURNED", "CANCELLED"],
                ),
                name="payment_in_flight_once",
            ),
        )


class NumberHead(models.Model):
    """The last number given under one key (messages of a body and day, receipts of a year).

    Its row is the lock: a number is taken in the transaction that uses it, so none is skipped.
    """

    key = models.CharField(max_length=60, primary_key=True)
    last_number = models.IntegerField(default=0)
