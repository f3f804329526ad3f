"""Tables of books. A voucher row exists only when it is posted; nothing here is ever changed.

Triggers on both engines hold irreversibility (see migrations); the hash chain per book shows
what an owner of the file or a superuser does.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation


class Book(models.Model):
    """The book of one organisation under one standard."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    standard_code = models.CharField(max_length=16)
    first_period = models.CharField(max_length=7)


class Period(models.Model):
    """A month of a book, `2026-11`."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["book", "period"], name="ledger_period_once"),
        )


class NumberHead(models.Model):
    """The last number and hash of a book, period and word: the lock under which one posts."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    word = models.CharField(max_length=4)
    last_number = models.IntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["book", "period", "word"], name="ledger_head_once"),
        )


class Voucher(models.Model):
    """A posted voucher. Numbers run without gaps within book, period and word.

    `source_kind` and `source_id` say what it books, once; a voucher without a source names
    itself. The chain runs within one book, period and word.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    word = models.CharField(max_length=4)
    number = models.IntegerField()
    date = models.DateField()
    summary = models.CharField(max_length=120)
    origin = models.CharField(max_length=8)
    rule_code = models.CharField(max_length=40, blank=True)
    rule_version = models.CharField(max_length=12, blank=True)
    source_kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=40)
    attachment_count = models.IntegerField(default=0)
    line_count = models.IntegerField()
    total_fen = models.BigIntegerField()
    maker_name = models.CharField(max_length=60)
    reviewer_name = models.CharField(max_length=60)
    posted_by_name = models.CharField(max_length=60)
    posted_at = models.DateTimeField()
    reversal_of = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversed_by",
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["book", "period", "word", "number"],
                name="voucher_number_once",
            ),
            models.UniqueConstraint(
                fields=["book", "source_kind", "source_id"],
                name="voucher_source_once",
            ),
        )
        indexes = (models.Index(fields=["source_id"], name="voucher_source"),)


class VoucherLine(models.Model):
    """One line of a voucher: an account of the book's standard, one side, one auxiliary.

    Red amounts are negative and stay on their side. `source_ref` is what this line alone books,
    such as one payment of a batch; the voucher's own source is the whole event.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="lines")
    line_no = models.IntegerField()
    summary = models.CharField(max_length=120)
    account_code = models.CharField(max_length=16)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)
    aux_kind = models.CharField(max_length=16, blank=True)
    aux_id = models.CharField(max_length=40, blank=True)
    source_ref = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["voucher", "line_no"], name="voucher_line_once"),
            models.CheckConstraint(
                condition=models.Q(debit_fen=0) | models.Q(credit_fen=0),
                name="voucher_line_one_side",
            ),
        )
        indexes = (
            models.Index(
                fields=["source_ref"],
                condition=~models.Q(source_ref=""),
                name="voucher_line_source",
            ),
        )


class OpeningBalance(models.Model):
    """What an account stood at before the first period of a book; signed, debit positive."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    account_code = models.CharField(max_length=16)
    aux_kind = models.CharField(max_length=16, blank=True)
    aux_id = models.CharField(max_length=40, blank=True)
    balance_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["book", "account_code", "aux_kind", "aux_id"],
                name="opening_once",
            ),
        )


class VoucherDraft(models.Model):
    """A hand-made voucher waiting for its reviewer; deleted in the transaction that posts it.

    `content` holds the vouchers to post as JSON: a red one, a blue one, or both. `maker_id` is
    the person who made it.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    content = models.JSONField()
    corrects = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True)
    maker_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    returned_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["corrects"], name="draft_once_per_voucher"),)
