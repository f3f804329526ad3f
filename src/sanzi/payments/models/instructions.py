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
    """One message to the bank. Key and bytes are stored before the first send, never changed.

    `risk_from_date` to `risk_until_date` are the days on which the bank may execute what was
    sent; `replaces` is the refused message that this one brings again under a number of its own.
    """

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
    risk_from_date = models.DateField(null=True)
    risk_until_date = models.DateField(null=True)
    day_alarm_date = models.DateField(null=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True)

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


class TurnKind(models.TextChoices):
    """What passed between us and the bank about a message."""

    SENT = "SENT", "送给银行"
    SENT_AGAIN = "SENT_AGAIN", "原样再送一次"
    ANSWERED = "ANSWERED", "银行回话"
    NO_ANSWER = "NO_ANSWER", "没有回话"
    NOT_SENT = "NOT_SENT", "没有送出"
    REFUSED = "REFUSED", "银行没有收"
    ASKED = "ASKED", "问银行"
    TOLD = "TOLD", "银行来消息"
    CANCEL = "CANCEL", "请银行撤回"
    WORD = "WORD", "银行书面答复"
    REPLACED = "REPLACED", "换号再送"


class Turn(models.Model):
    """One turn in the talk with the bank about a message: a sending, an answer, a question."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="turns")
    kind = models.CharField(max_length=12, choices=TurnKind.choices)
    at = models.DateTimeField()
    text = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["instruction", "at"], name="turn_of_message"),)


class CancelWish(models.Model):
    """An officer's wish that the bank takes lines of a message out; asked until it has decided."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="wishes")
    e2e_ids = models.JSONField(default=list)
    wished_by_id = models.BigIntegerField(null=True)
    wished_at = models.DateTimeField()
    next_at = models.DateTimeField()
    asked_count = models.IntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=models.Q(answered_at__isnull=True),
                name="cancel_wish_queue",
            ),
        )


class BankWord(models.Model):
    """The bank's signed word that lines of a message were not and will not be executed."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="words")
    e2e_ids = models.JSONField(default=list)
    said_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    raw = models.BinaryField()
    signature = models.TextField(blank=True)


class BankChannel(models.Model):
    """A way to a bank that is stopped: it does not accept our signature until somebody looks."""

    name = models.CharField(max_length=40, primary_key=True)
    stopped_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)
    resumed_at = models.DateTimeField(null=True)
    resumed_by_id = models.BigIntegerField(null=True)
