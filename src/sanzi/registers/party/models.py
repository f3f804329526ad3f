"""Tables of party work: members who grow stage by stage, dues, funds, awards."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class Stage(models.TextChoices):
    """The stages of a member, with the values of the record."""

    APPLICANT = "applicant", "入党申请人"
    ACTIVIST = "activist", "入党积极分子"
    OBJECT = "object", "发展对象"
    PROBATION = "probation", "预备党员"
    FULL = "full", "正式党员"
    ENDED = "ended", "停下了"


class PartyDevelopment(models.Model):
    """Somebody on the way into the party; what is known of him is his name and his stage."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    applied_date = models.DateField()
    appointment_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "stage"], name="party_dev_place"),
            models.Index(fields=["case_number"], name="party_dev_case"),
        )


class PartyStage(models.Model):
    """One stage that was voted, and when it hung for everybody to see."""

    ext_id = models.CharField(max_length=40, unique=True)
    development = models.ForeignKey(
        PartyDevelopment, on_delete=models.PROTECT, related_name="stages"
    )
    stage = models.CharField(max_length=10, choices=Stage.choices)
    held_date = models.DateField()
    eligible_count = models.IntegerField()
    present_count = models.IntegerField()
    agree_count = models.IntegerField()
    publicity_start_date = models.DateField(null=True)
    publicity_end_date = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["development", "stage"], name="party_stage_once"),
        )


class Progress(models.TextChoices):
    """Where a sheet, a request or an award stands."""

    SUBMITTED = "submitted", "在审核"
    APPROVED = "approved", "批准了"
    ENDED = "ended", "作废"


class PartyDues(models.Model):
    """What a member owes and paid for a month. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    due_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField()
    paid_date = models.DateField(null=True)
    handed_date = models.DateField(null=True)
    reason = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Progress.choices)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "period"], name="party_dues_place"),
            models.Index(fields=["person", "period"], name="party_dues_person"),
            models.Index(fields=["case_number"], name="party_dues_case"),
        )


class PartyFund(models.Model):
    """Money of the party's work that a branch asks for. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    use = models.CharField(max_length=16)
    reason = models.CharField(max_length=200)
    amount_fen = models.BigIntegerField()
    submitted_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Progress.choices)


class Honour(models.Model):
    """Somebody put forward for an award; the money, if any, is paid by M10. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    title = models.CharField(max_length=60)
    event = models.CharField(max_length=100)
    level = models.CharField(max_length=8)
    amount_fen = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(null=True)
    publicity_start_date = models.DateField(null=True)
    granted_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Progress.choices)

    class Meta:
        indexes = (
            models.Index(fields=["person", "status"], name="honour_person"),
            models.Index(fields=["case_number"], name="honour_case"),
        )
