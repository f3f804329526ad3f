"""Tables of the outbox: what must be told to whom, and the duties of the worker."""

from __future__ import annotations

from django.db import models


class Channel(models.TextChoices):
    """How a notice travels."""

    SMS = "SMS", "短信"
    INBOX = "INBOX", "站内"


class NoticeState(models.TextChoices):
    """Where a notice stands."""

    QUEUED = "QUEUED", "待发"
    SENT = "SENT", "已发"
    FAILED = "FAILED", "没发出去"


class Notice(models.Model):
    """One message to one receiver, written in the transaction that gave cause to it."""

    dedup_key = models.CharField(max_length=80, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    user_id = models.BigIntegerField(null=True)
    sealed_phone = models.TextField(blank=True)
    template = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=8,
        choices=NoticeState.choices,
        default=NoticeState.QUEUED,
    )
    attempt_count = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    provider_id = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="QUEUED"),
                name="notice_queue",
            ),
            models.Index(
                fields=["user_id", "created_at"],
                condition=models.Q(channel="INBOX"),
                name="notice_inbox",
            ),
        )


class Duty(models.Model):
    """One recurring duty of the worker: the lease keeps two workers from doing it at once."""

    name = models.CharField(max_length=60, primary_key=True)
    leased_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=60, blank=True)
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
