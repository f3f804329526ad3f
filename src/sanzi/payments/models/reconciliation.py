"""The two sides of an account laid beside each other: matches, and the statement that is signed.

A match joins lines of the book with lines of the bank, or lines of one side that cancel. Each
line is in at most one live match; the database holds that. A match that is undone stays, with
who undid it and why.
"""

from __future__ import annotations

from django.db import models

from sanzi.ledger.models import VoucherLine
from sanzi.payments.models.accounts import BankAccount
from sanzi.payments.models.statements import BankTransaction


class MatchRule(models.TextChoices):
    """By which rule two sides were joined, in the order in which the rules are tried."""

    E2E = "E2E", "付款编号一致"
    REFERENCE = "REFERENCE", "银行流水号一致"
    ACCOUNT = "ACCOUNT", "金额、日期、对方账号一致"
    NAME = "NAME", "金额、日期、户名一致"
    BATCH = "BATCH", "合计一致"
    CANCEL = "CANCEL", "同一边一正一负抵掉"
    HAND = "HAND", "人工勾对"


class BankMatch(models.Model):
    """Lines that belong together. Sums of both sides agree; one side may be empty and sum to 0."""

    ext_id = models.CharField(max_length=22, primary_key=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    rule = models.CharField(max_length=10, choices=MatchRule.choices)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=120, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undone_by_name = models.CharField(max_length=60, blank=True)
    undone_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (models.Index(fields=["account", "made_at"], name="match_account"),)


class MatchedBookLine(models.Model):
    """A voucher line in a match; it is free again when the match is undone."""

    match = models.ForeignKey(BankMatch, on_delete=models.PROTECT, related_name="book_lines")
    line = models.ForeignKey(VoucherLine, on_delete=models.PROTECT)
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(is_live=True), name="book_line_matched_once"
            ),
        )


class MatchedBankLine(models.Model):
    """A bank line in a match; it is free again when the match is undone."""

    match = models.ForeignKey(BankMatch, on_delete=models.PROTECT, related_name="bank_lines")
    line = models.ForeignKey(BankTransaction, on_delete=models.PROTECT)
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(is_live=True), name="bank_line_matched_once"
            ),
        )


class ReconciliationState(models.TextChoices):
    """Where a balance reconciliation statement stands."""

    PREPARED = "PREPARED", "编好了，等签字"
    SIGNED = "SIGNED", "已签字"
    REPLACED = "REPLACED", "已被新的一份代替"


class BankAnswer(models.TextChoices):
    """Whether the bank was told the result of the reconciliation."""

    NOT_SENT = "NOT_SENT", "还没告诉银行"
    SENT = "SENT", "已告诉银行"
    FAILED = "FAILED", "没有送到银行"
    NOT_NEEDED = "NOT_NEEDED", "不用告诉银行"


class Reconciliation(models.Model):
    """The balance reconciliation statement of one account at the end of one month. Units: fen.

    `book_fen` + what the bank received and the book has not - what the bank paid and the book has
    not = `adjusted_fen` = `bank_fen` + what the book received and the bank has not - what the
    book paid and the bank has not. The `moved` figures are those of the month on both sides when
    it was made: when they change, it no longer holds. `digest` is SM3 over all figures and items.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    state = models.CharField(max_length=8, choices=ReconciliationState.choices)
    book_fen = models.BigIntegerField()
    bank_fen = models.BigIntegerField()
    bank_in_fen = models.BigIntegerField(default=0)
    bank_out_fen = models.BigIntegerField(default=0)
    book_in_fen = models.BigIntegerField(default=0)
    book_out_fen = models.BigIntegerField(default=0)
    adjusted_fen = models.BigIntegerField()
    item_count = models.IntegerField(default=0)
    book_moved_fen = models.BigIntegerField(default=0)
    book_moved_count = models.IntegerField(default=0)
    bank_moved_fen = models.BigIntegerField(default=0)
    bank_moved_count = models.IntegerField(default=0)
    is_history = models.BooleanField(default=False)
    prepared_at = models.DateTimeField()
    prepared_by_id = models.BigIntegerField(null=True)
    prepared_by_name = models.CharField(max_length=60)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    bank_answer = models.CharField(
        max_length=10, choices=BankAnswer.choices, default=BankAnswer.NOT_SENT
    )
    bank_told_at = models.DateTimeField(null=True)
    bank_problem = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "period"],
                condition=~models.Q(state="REPLACED"),
                name="reconciliation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    adjusted_fen=models.F("book_fen")
                    + models.F("bank_in_fen")
                    - models.F("bank_out_fen")
                ),
                name="reconciliation_book_side",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    adjusted_fen=models.F("bank_fen")
                    + models.F("book_in_fen")
                    - models.F("book_out_fen")
                ),
                name="reconciliation_bank_side",
            ),
        )
        indexes = (models.Index(fields=["period", "state"], name="reconciliation_month"),)


class ItemKind(models.TextChoices):
    """Which side has an item and which way the money went."""

    BANK_IN = "BANK_IN", "银行已收、账上未收"
    BANK_OUT = "BANK_OUT", "银行已付、账上未付"
    BOOK_IN = "BOOK_IN", "账上已收、银行未收"
    BOOK_OUT = "BOOK_OUT", "账上已付、银行未付"


class ReconciliationItem(models.Model):
    """A line that only one side has at the end of the month, with its age and its cause."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="items"
    )
    place = models.IntegerField()
    kind = models.CharField(max_length=8, choices=ItemKind.choices)
    booked_date = models.DateField()
    amount_fen = models.BigIntegerField()
    reference = models.CharField(max_length=60)
    text = models.CharField(max_length=140, blank=True)
    cause = models.CharField(max_length=60, blank=True)
    age_days = models.IntegerField()
    voucher_line = models.ForeignKey(VoucherLine, on_delete=models.PROTECT, null=True)
    bank_line = models.ForeignKey(BankTransaction, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reconciliation", "place"], name="reconciliation_item_once"
            ),
        )
