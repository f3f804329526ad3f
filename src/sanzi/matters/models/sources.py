"""Tables of sources: the approved matters that payments come from."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation


class SourceMatter(models.Model):
    """An approved matter that payments come from, until a register of its own holds it."""

    ext_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField(null=True)
    counterparty_ext_id = models.CharField(max_length=40, blank=True)
    person_ext_id = models.CharField(max_length=40, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=12, default="approved")

    class Meta:
        indexes = (
            models.Index(fields=["division_code"], name="source_place"),
            models.Index(fields=["counterparty_ext_id"], name="source_counterparty"),
        )
