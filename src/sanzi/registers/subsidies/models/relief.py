"""Relief goods: one batch that came in, who needs how much of it, what was handed out."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class ReliefStatus(models.TextChoices):
    """Where a batch stands."""

    REQUESTED = "requested", "等批"
    APPROVED = "approved", "批了"
    SHOWN = "shown", "公示了，在发"
    CLOSED = "closed", "发完盘过"
    ENDED = "ended", "没有办成"


class ReliefBatch(models.Model):
    """Goods of one kind that came in together. Units: thousandths of the unit."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    batch_no = models.CharField(max_length=30)
    giver = models.CharField(max_length=60)
    item = models.CharField(max_length=40)
    unit = models.CharField(max_length=10)
    received_milli = models.BigIntegerField()
    given_milli = models.BigIntegerField(default=0)
    received_date = models.DateField()
    is_urgent = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    publicity_start_at = models.DateTimeField(null=True)
    counted_milli = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    status = models.CharField(
        max_length=10, choices=ReliefStatus.choices, default=ReliefStatus.REQUESTED
    )

    class Meta:
        indexes = (models.Index(fields=["division_code", "batch_no"], name="relief_place"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(given_milli__lte=models.F("received_milli")),
                name="relief_balance",
            ),
        )


class ReliefLine(models.Model):
    """What one person needs of a batch and what he got. Units: thousandths of the unit."""

    ext_id = models.CharField(max_length=40, unique=True)
    batch = models.ForeignKey(ReliefBatch, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reason = models.CharField(max_length=60)
    need_milli = models.BigIntegerField()
    given_milli = models.BigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "person"], name="relief_person_once"),
            models.CheckConstraint(
                condition=models.Q(given_milli__lte=models.F("need_milli")),
                name="relief_within_need",
            ),
        )
