"""Levies: what villagers agreed to give for a project, in money and days, and what became of it."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class LevyStatus(models.TextChoices):
    """Where a levy stands."""

    PLANNED = "planned", "等批"
    APPROVED = "approved", "批了，在筹"
    USED = "used", "用清了"
    ENDED = "ended", "没有办成"


class Levy(models.Model):
    """The plan of one levy. Units: fen and days a head."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    project = models.CharField(max_length=60)
    per_head_fen = models.BigIntegerField()
    days_per_head = models.IntegerField(default=0)
    head_count = models.IntegerField()
    exempt_count = models.IntegerField(default=0)
    collected_fen = models.BigIntegerField(default=0)
    used_fen = models.BigIntegerField(default=0)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=LevyStatus.choices, default=LevyStatus.PLANNED)

    class Meta:
        indexes = (models.Index(fields=["division_code", "submitted_at"], name="levy_place"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(used_fen__lte=models.F("collected_fen")),
                name="levy_within_collected",
            ),
        )


class LevyExempt(models.Model):
    """A person who gives nothing, and why."""

    levy = models.ForeignKey(Levy, on_delete=models.CASCADE, related_name="exempt")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reason = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["levy", "person"], name="levy_exempt_once"),)


class LineKind(models.TextChoices):
    """What a line of a levy tells."""

    COLLECTED = "collected", "收了"
    USED = "used", "用了"


class LevyLine(models.Model):
    """Money a household gave, with its receipt, or money that was used, with its purpose."""

    ext_id = models.CharField(max_length=40, unique=True)
    levy = models.ForeignKey(Levy, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    amount_fen = models.BigIntegerField()
    days = models.IntegerField(default=0)
    words = models.CharField(max_length=60, blank=True)
    receipt_no = models.CharField(max_length=30, blank=True)
    done_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["levy", "receipt_no"],
                condition=~models.Q(receipt_no=""),
                name="levy_receipt_once",
            ),
        )
