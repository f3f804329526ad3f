"""Tables of decisions: a resolution of a body, with its votes and its paper."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation


class Decision(models.Model):
    """A resolution of a body, with its votes and its paper; a case refers to it, never to text."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    matter_code = models.CharField(max_length=4, blank=True)
    title = models.CharField(max_length=120)
    procedure = models.CharField(max_length=20)
    deciding_body = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField(null=True)
    held_at = models.DateTimeField(null=True)
    eligible_count = models.IntegerField(null=True)
    present_count = models.IntegerField(null=True)
    agree_count = models.IntegerField(null=True)
    against_count = models.IntegerField(null=True)
    abstain_count = models.IntegerField(null=True)
    file_digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, default="passed")
    passed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code"], name="decision_place"),
            models.Index(fields=["file_digest"], name="decision_paper"),
        )
