"""The log of raw messages to and from banks, as sent and as received."""

from __future__ import annotations

from django.db import models


class BankMessage(models.Model):
    """Raw bytes of one call to a bank: written before it is sent, answered when it returns."""

    kind = models.CharField(max_length=24)
    reference = models.CharField(max_length=40)
    request = models.BinaryField()
    request_digest = models.CharField(max_length=64)
    answer = models.BinaryField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["reference"], name="bank_message_reference"),)
