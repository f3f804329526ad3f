"""Tables of works: the project and its stages, promises, diary, variations, acceptance.

Inspections by those who supervise stand beside the diary of the village; what they find is a
risk that somebody puts right and another looks at.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Organisation, Person


class Stage(models.TextChoices):
    """Where a project stands; the page behind its code changes with it."""

    APPLIED = "applied", "申请了"
    APPROVED = "approved", "立项了"
    PRICED = "priced", "定了指导价"
    AWARDED = "awarded", "定了施工单位"
    CONTRACTED = "contracted", "签了合同"
    BUILDING = "building", "在施工"
    COMPLETED = "completed", "完工了"
    ACCEPTED = "accepted", "验收了"
    SETTLED = "settled", "结算审计了"
    ENDED = "ended", "不建了"


class Works(models.Model):
    """One project. Units: fen; places in millionths of a degree."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    place = models.CharField(max_length=120)
    lat_micro = models.BigIntegerField(null=True)
    lng_micro = models.BigIntegerField(null=True)
    fund_code = models.CharField(max_length=40, blank=True)
    estimate_fen = models.BigIntegerField()
    guide_price_fen = models.BigIntegerField(null=True)
    guide_agency = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, null=True, related_name="+"
    )
    limit_price_fen = models.BigIntegerField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    tender_ext_id = models.CharField(max_length=40, blank=True)
    contract_ext_id = models.CharField(max_length=40, blank=True)
    counterparty = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, null=True, related_name="+"
    )
    award_fen = models.BigIntegerField(null=True)
    planned_end_date = models.DateField(null=True)
    applied_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settlement_fen = models.BigIntegerField(null=True)
    audited_at = models.DateTimeField(null=True)
    audited_fen = models.BigIntegerField(null=True)
    audit_agency = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, null=True, related_name="+"
    )
    retention_fen = models.BigIntegerField(null=True)
    warranty_end_date = models.DateField(null=True)
    is_emergency = models.BooleanField(default=False)
    qr_code = models.CharField(max_length=24, unique=True)
    qr_updated_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=12, choices=Stage.choices, default=Stage.APPLIED)
    stage_changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "status"], name="works_place"),
            models.Index(fields=["case_number"], name="works_case"),
        )


class WorksStage(models.Model):
    """A stage that a project came to, as its page tells it. Never changed."""

    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="stages")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    at = models.DateTimeField()
    words = models.CharField(max_length=200, blank=True)


class Commitment(models.Model):
    """A promise of no share and no kin, or one of the two reminders."""

    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="commitments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["works", "person", "kind"], name="commitment_once"),
        )


class Variation(models.Model):
    """A change of what is built, asked for before it is done. Units: fen, may be less.

    `executed_at` is told by who asks when it could not wait: no later than that it was done.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="variations")
    amount_fen = models.BigIntegerField()
    reason_code = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    needs_role = models.CharField(max_length=32)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("submitted_by")),
                name="variation_two_persons",
            ),
        )


class Attendance(models.Model):
    """One person at the acceptance, and for whom he was there."""

    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="attendance")
    held_at = models.DateTimeField()
    result = models.CharField(max_length=8)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    measured_milli = models.BigIntegerField()
    contract_milli = models.BigIntegerField()


class Diary(models.Model):
    """A line of the site diary with its photo: how far, where and when the photo was taken."""

    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="diary")
    logged_at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    percent = models.IntegerField()
    words = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    taken_at = models.DateTimeField(null=True)
    lat_micro = models.BigIntegerField(null=True)
    lng_micro = models.BigIntegerField(null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)


class Result(models.TextChoices):
    """What an inspection came to."""

    FINE = "fine", "没发现问题"
    FOUND = "found", "发现问题"


class Level(models.TextChoices):
    """How strong a finding is."""

    LOW = "low", "一般"
    MEDIUM = "medium", "较重"
    HIGH = "high", "严重"


class RiskState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", "等整改"
    ANSWERED = "answered", "等核对"
    CLOSED = "closed", "整改好了"


class Inspection(models.Model):
    """Somebody who supervises was on the site: when, where, what he saw, with his photo.

    `role_code` is the office he came in; `severity` the level of the worst he found, empty when
    it was fine. Never changed. Places in millionths of a degree.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="inspections")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12)
    role_code = models.CharField(max_length=32)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    inspected_at = models.DateTimeField()
    stage = models.CharField(max_length=12, choices=Stage.choices)
    place = models.CharField(max_length=120)
    result = models.CharField(max_length=8, choices=Result.choices)
    severity = models.CharField(max_length=8, choices=Level.choices, blank=True)
    words = models.CharField(max_length=300)
    file_hash = models.CharField(max_length=64)
    photo_ext_id = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True)
    lat_micro = models.BigIntegerField(null=True)
    lng_micro = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "inspected_at"], name="inspection_place"),
            models.Index(fields=["file_hash"], name="inspection_photo"),
        )


class Risk(models.Model):
    """What an inspection found: who must put it right, and until what day."""

    ext_id = models.CharField(max_length=40, unique=True)
    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="risks")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="risks")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=8, choices=Level.choices)
    words = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField()
    state = models.CharField(max_length=10, choices=RiskState.choices, default=RiskState.OPEN)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "state"], name="works_risk_place"),)


class Rectification(models.Model):
    """What was done about a finding, with its photo, and what another said who looked at it.

    `is_accepted` is None until somebody has looked.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="rectifications")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    words = models.CharField(max_length=300)
    file_hash = models.CharField(max_length=64)
    photo_ext_id = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    verifier_role = models.CharField(max_length=32, blank=True)
    verified_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    verdict = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True)
                | ~models.Q(verified_by=models.F("person")),
                name="rectification_two_persons",
            ),
            models.UniqueConstraint(
                fields=["risk"],
                condition=models.Q(verified_at__isnull=True),
                name="rectification_one_open",
            ),
        )
        indexes = (models.Index(fields=["file_hash"], name="rectification_photo"),)
