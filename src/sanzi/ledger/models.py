"""Tables of books. A voucher row exists only when it is posted; nothing here is ever changed.

Triggers on both engines hold irreversibility (see migrations); the hash chain per book shows
what an owner of the file or a superuser does.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation


class Origin(models.TextChoices):
    """What made a voucher. Closing vouchers are left out of what a period earned and spent."""

    AUTO = "auto", "自动"
    MANUAL = "manual", "手工"
    PERIODIC = "periodic", "定期"
    CLOSING = "closing", "结转"


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
    """The last number, hash and time of a book, period and word: the lock under which one posts."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    word = models.CharField(max_length=4)
    last_number = models.IntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")
    last_posted_at = models.DateTimeField(null=True)

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
    origin = models.CharField(max_length=8, choices=Origin.choices)
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


class Reopening(models.Model):
    """A wish to open the last closed month again, and what a second person said to it."""

    ext_id = models.CharField(max_length=40, unique=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    reason = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["book"],
                condition=models.Q(decided_at__isnull=True),
                name="reopening_one_waits",
            ),
        )


class YearArchive(models.Model):
    """The packed archive of a book and year; a month of it is never opened again.

    `digest` is the SM3 of the package's manifest, `file_name` its file under the archive folder.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    year = models.IntegerField()
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    piece_count = models.IntegerField()
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["book", "year"], name="archive_once_a_year"),
        )


class Proposal(models.Model):
    """What one person drew up and another has to approve, with the days it is in force."""

    ext_id = models.CharField(max_length=40, unique=True)
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    refused_reason = models.CharField(max_length=200, blank=True)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)

    class Meta:
        abstract = True


class ChartAddition(Proposal):
    """An account that a county adds below or beside the official ones of a standard.

    `requires` is a list of auxiliary kinds; `account_class` and `side` stand at first level only.
    """

    standard_code = models.CharField(max_length=16)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    account_class = models.CharField(max_length=10, blank=True)
    side = models.CharField(max_length=6, blank=True)
    requires = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["standard_code", "code"],
                condition=models.Q(refused_reason=""),
                name="addition_once",
            ),
        )


class EntryVersion(Proposal):
    """A county's own version of an entry template; `content` is what `entries.yaml` would say."""

    standard_code = models.CharField(max_length=16)
    rule_code = models.CharField(max_length=40)
    version = models.CharField(max_length=12)
    content = models.JSONField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["standard_code", "rule_code", "version"], name="entry_version_once"
            ),
        )


class CashPolicy(Proposal):
    """What a place allows of cash: nothing, up to a limit on hand, or freely."""

    class Kind(models.TextChoices):
        NONE = "NONE", "不用现金"
        LIMITED = "LIMITED", "限额使用"
        FREE = "FREE", "可以使用"

    division_code = models.CharField(max_length=12)
    policy = models.CharField(max_length=8, choices=Kind.choices)
    limit_fen = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200)


class RecurringPlan(Proposal):
    """A cost spread over months: depreciation of a card, amortisation, or a fixed monthly entry.

    Each month books (cost - salvage) / months, the last month the rest; for OTHER cost_fen is the
    amount of a month. `valid_from_date` is the first day of the first month booked.
    """

    class Kind(models.TextChoices):
        DEPRECIATION = "DEPRECIATION", "折旧"
        AMORTISATION = "AMORTISATION", "摊销"
        OTHER = "OTHER", "其他定期分录"

    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=60)
    cost_fen = models.BigIntegerField()
    salvage_fen = models.BigIntegerField(default=0)
    months = models.IntegerField()
    debit_account = models.CharField(max_length=16)
    debit_aux_kind = models.CharField(max_length=16, blank=True)
    debit_aux_id = models.CharField(max_length=40, blank=True)
    credit_account = models.CharField(max_length=16)
    credit_aux_kind = models.CharField(max_length=16, blank=True)
    credit_aux_id = models.CharField(max_length=40, blank=True)


class Handover(models.Model):
    """A bookkeeper hands books to another before a supervisor; each signs in turn.

    `content` is the list the system made, `digest` its SM3; what was signed is that digest.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    division_code = models.CharField(max_length=12)
    from_person_id = models.BigIntegerField()
    to_person_id = models.BigIntegerField()
    supervisor_person_id = models.BigIntegerField()
    on_date = models.DateField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    supervised_at = models.DateTimeField(null=True)
