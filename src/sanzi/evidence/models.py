"""Tables of proofs: files by digest, attachments to subjects, invoices."""

from __future__ import annotations

from django.db import models


class File(models.Model):
    """A stored original, named by the SM3 digest of its bytes; shown only as a re-encoded copy."""

    digest = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=60)
    preview_count = models.IntegerField(default=0)
    stored_at = models.DateTimeField()


class Attachment(models.Model):
    """A file hung on a subject (a case, a decision) with its kind and the name it came under."""

    ext_id = models.CharField(max_length=40, unique=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    taken_at = models.DateTimeField(null=True)
    uploaded_by_id = models.BigIntegerField()
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["subject_kind", "subject_id"], name="attachment_subject"),)


class Invoice(models.Model):
    """An invoice or other proof of a payment. `key_index` finds the same one county-wide."""

    ext_id = models.CharField(max_length=40, unique=True)
    payment_ext_id = models.CharField(max_length=40, blank=True)
    case_number = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=16)
    key_index = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=20, blank=True)
    issue_date = models.DateField(null=True)
    seller_name = models.CharField(max_length=120, blank=True)
    seller_tax_no = models.CharField(max_length=20, blank=True)
    buyer_name = models.CharField(max_length=120, blank=True)
    buyer_tax_no = models.CharField(max_length=20, blank=True)
    amount_fen = models.BigIntegerField()
    item_text = models.CharField(max_length=200, blank=True)
    verify_status = models.CharField(max_length=12, default="pending")
    verified_at = models.DateTimeField(null=True)
    file_digest = models.CharField(max_length=64, blank=True)
    division_code = models.CharField(max_length=12, blank=True, default="")
    org_ext_id = models.CharField(max_length=40, blank=True, default="")
    type_code = models.CharField(max_length=16, blank=True, default="")
    check_code = models.CharField(max_length=24, blank=True, default="")
    net_fen = models.BigIntegerField(null=True)
    tax_fen = models.BigIntegerField(null=True)
    used_fen = models.BigIntegerField(null=True)
    soft_index = models.CharField(max_length=64, blank=True, default="")
    sources = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    next_check_date = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["payment_ext_id"], name="invoice_payment"),
            models.Index(fields=["case_number"], name="invoice_case"),
            models.Index(fields=["key_index"], name="invoice_key"),
            models.Index(fields=["file_digest"], name="invoice_file"),
            models.Index(fields=["division_code", "issue_date"], name="invoice_place"),
            models.Index(
                fields=["soft_index"], condition=~models.Q(soft_index=""), name="invoice_soft"
            ),
            models.Index(
                fields=["next_check_date"],
                condition=models.Q(next_check_date__isnull=False),
                name="invoice_next_check",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(used_fen__isnull=True)
                | models.Q(used_fen__gt=0, used_fen__lte=models.F("amount_fen")),
                name="invoice_used_within",
            ),
        )

    @property
    def taken_fen(self) -> int:
        """What this use takes of the invoice, in fen: the part that was named, else all."""
        return self.amount_fen if self.used_fen is None else self.used_fen


class InvoiceCheck(models.Model):
    """One answer about an invoice, kept as it came and never changed.

    `key_index` binds it to the invoice wherever it is used; `told` is what the office says of it,
    `raw` its reply word for word; a manual check has two persons and the picture of the page.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    key_index = models.CharField(max_length=64)
    invoice_ext_id = models.CharField(max_length=40)
    result = models.CharField(max_length=12)
    channel = models.CharField(max_length=20)
    occasion = models.CharField(max_length=12)
    words = models.CharField(max_length=200, blank=True)
    told = models.JSONField(default=dict)
    raw = models.TextField(blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    asked_by_id = models.BigIntegerField(default=0)
    second_by_id = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["key_index", "asked_at"], name="invoice_check_key"),)


class InvoiceEntry(models.Model):
    """What the first of two persons read on the tax office's page; it waits for the second."""

    ext_id = models.CharField(max_length=40, unique=True)
    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="entry")
    result = models.CharField(max_length=12)
    words = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64)
    entered_by_id = models.BigIntegerField()
    entered_by_name = models.CharField(max_length=40)
    entered_at = models.DateTimeField()


class InvoiceWaiver(models.Model):
    """A checker's written reason to pay although the tax office gave no answer. Never changed."""

    invoice_ext_id = models.CharField(max_length=40)
    case_number = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    result = models.CharField(max_length=12)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["case_number"], name="invoice_waiver_case"),)


class Picture(models.Model):
    """How a proof's picture looks, in 256 bits; `PictureBand` finds those that look alike."""

    file = models.OneToOneField(File, on_delete=models.CASCADE, primary_key=True)
    likeness = models.CharField(max_length=64)


class PictureBand(models.Model):
    """One eighth of a likeness: pictures that differ in few bits share one of them."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, db_index=False)
    place = models.SmallIntegerField()
    value = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["picture", "place"], name="picture_band_once"),
        )
        indexes = (models.Index(fields=["place", "value"], name="picture_band"),)


class WhiteSlip(models.Model):
    """A payment without an invoice: who gets how much for what, and who can say so.

    The resident number is sealed. The three papers are digests of files that hang on the case.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    case_number = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    org_ext_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)
    line_no = models.IntegerField()
    payee_name = models.CharField(max_length=60)
    person_index = models.CharField(max_length=64)
    sealed_id_no = models.TextField()
    account_tail = models.CharField(max_length=4)
    quantity_text = models.CharField(max_length=20)
    unit = models.CharField(max_length=10)
    unit_price_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=120)
    handler_name = models.CharField(max_length=40)
    witness_name = models.CharField(max_length=40)
    slip_date = models.DateField()
    recorded_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["case_number"], name="white_slip_case"),
            models.Index(fields=["person_index", "slip_date"], name="white_slip_person"),
            models.Index(fields=["division_code", "slip_date"], name="white_slip_place"),
        )
