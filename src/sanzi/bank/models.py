"""The log of raw messages to and from banks, and the events that came unasked."""

from __future__ import annotations

from django.db import models


class BankMessage(models.Model):
    """Raw bytes of one call to a bank: an order is written here before it is sent.

    Both sides are sealed base64, because they name people and accounts; `request_digest` is the
    SM3 of the plain bytes. `bank` is the name of the connection, `outcome` the HTTP status
    or what went wrong; empty while no answer is known.
    """

    bank = models.CharField(max_length=24)
    kind = models.CharField(max_length=24)
    reference = models.CharField(max_length=40)
    sealed_request = models.TextField()
    request_digest = models.CharField(max_length=64)
    sealed_answer = models.TextField(blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["reference"], name="bank_message_reference"),)


class BankEventSeen(models.Model):
    """An event of a bank that was taken in: the same number is not taken in again."""

    bank = models.CharField(max_length=24)
    event_id = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bank", "event_id"], name="bank_event_seen_once"),
        )
        indexes = (models.Index(fields=["seen_at"], name="bank_event_seen_at"),)
