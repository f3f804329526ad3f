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

    class Meta:
        indexes = (
            models.Index(fields=["payment_ext_id"], name="invoice_payment"),
            models.Index(fields=["case_number"], name="invoice_case"),
            models.Index(fields=["key_index"], name="invoice_key"),
            models.Index(fields=["file_digest"], name="invoice_file"),
        )
