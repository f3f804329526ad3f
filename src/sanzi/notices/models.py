"""Tables of the outbox: what must be told to whom, to which programs, and the worker's duties."""

from __future__ import annotations

from django.db import models


class Channel(models.TextChoices):
    """How a notice travels."""

    SMS = "SMS", "短信"
    INBOX = "INBOX", "站内"
    DINGTALK = "DINGTALK", "钉钉"
    WECOM = "WECOM", "企业微信"
    WECHAT = "WECHAT", "微信"
    OPS = "OPS", "运维"


class NoticeState(models.TextChoices):
    """Where a notice stands. SENT: the provider took it; DELIVERED: it says that it arrived."""

    QUEUED = "QUEUED", "待发"
    SENT = "SENT", "已发"
    DELIVERED = "DELIVERED", "已送达"
    FAILED = "FAILED", "没发出去"
    EXPIRED = "EXPIRED", "过期不发"


class Notice(models.Model):
    """One message to one receiver, written in the transaction that gave cause to it.

    `user_id` or `person_id` names the receiver where the channel has an address book of its own.
    A channel that fails for good hands over to the next one by writing another notice, whose
    `instead_of` is this one's key.
    """

    dedup_key = models.CharField(max_length=80, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    user_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    sealed_phone = models.TextField(blank=True)
    template = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=10,
        choices=NoticeState.choices,
        default=NoticeState.QUEUED,
    )
    attempt_count = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    provider_id = models.CharField(max_length=60, blank=True)
    last_error = models.CharField(max_length=120, blank=True)
    instead_of = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
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
            models.Index(
                fields=["sent_at"],
                condition=models.Q(state="SENT", ended_at__isnull=True),
                name="notice_on_its_way",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["FAILED", "EXPIRED"]),
                name="notice_failed",
            ),
        )


class Webhook(models.Model):
    """Another program that wants to hear: where, of what, of which place.

    `events` are kinds (`payment.settled`), `*` for all. The secret signs each message.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    url = models.CharField(max_length=300)
    sealed_secret = models.TextField()
    events = models.JSONField(default=list)
    division_code = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    stopped_reason = models.CharField(max_length=120, blank=True)


class Delivery(models.Model):
    """One event for one webhook: the exact bytes, and what became of them."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.CharField(max_length=40)
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.QUEUED)
    attempt_count = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_status = models.IntegerField(null=True)
    last_error = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="QUEUED"),
                name="delivery_queue",
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
