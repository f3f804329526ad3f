"""Bank statements and their lines, as the bank told them.

A statement that the bank corrects comes in as a new version that names the old; lines that the
new version does not have stay here, withdrawn.
"""

from __future__ import annotations

from django.db import models

from sanzi.payments.models.accounts import BankAccount
from sanzi.payments.models.income import Receipt
from sanzi.payments.models.orders import Payment


class BankStatement(models.Model):
    """The statement of one closed day in one version. Units: fen.

    `digest` is SM3 over number, balances and lines: the same digest is the same statement.
    """

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    day = models.DateField()
    version = models.IntegerField(default=1)
    number = models.IntegerField()
    opening_fen = models.BigIntegerField()
    closing_fen = models.BigIntegerField()
    line_count = models.IntegerField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    withdrawn_count = models.IntegerField(default=0)
    added_count = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "day", "version"], name="statement_version_once"
            ),
        )


class StatementProblem(models.Model):
    """Why a statement of a day was not taken; gone when the day's statement is there."""

    class Kind(models.TextChoices):
        SUM = "SUM", "合计不对"
        OPENING = "OPENING", "余额接不上"
        NUMBER = "NUMBER", "编号不连续"
        CURRENCY = "CURRENCY", "币种不对"
        UNREADABLE = "UNREADABLE", "读不出来"

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    why = models.CharField(max_length=200)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "day"], name="statement_problem_once"),
        )


class StandingLines(models.Manager["BankTransaction"]):
    """The lines that the bank stands by: without those it took back."""

    def get_queryset(self) -> models.QuerySet[BankTransaction]:
        """Return the lines that were not withdrawn."""
        return super().get_queryset().filter(withdrawn_by__isnull=True)


class BankTransaction(models.Model):
    """A line of a bank statement, as the bank told it.

    `objects` leaves out what a corrected statement took back; `every` has all.
    """

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
    msg_id = models.CharField(max_length=35, blank=True)
    bank_ref = models.CharField(max_length=40)
    withdrawn_by = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, null=True, related_name="withdrawn_lines"
    )
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

    objects = StandingLines()
    every: models.Manager[BankTransaction] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "bank_ref"],
                condition=models.Q(withdrawn_by__isnull=True),
                name="bank_line_once",
            ),
        )
        indexes = (
            models.Index(fields=["account", "booked_at"], name="bank_line_day"),
            models.Index(
                fields=["account", "booked_at"],
                condition=models.Q(direction="in", payment__isnull=True, receipt__isnull=True),
                name="bank_line_unmatched",
            ),
        )
