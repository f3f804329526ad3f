"""Subsidy programmes, the rosters of villages, and one award for each who gets something."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Household, Organisation, Person


class Program(models.Model):
    """One version of a subsidy programme; the versions of one programme share their `code`.

    Units: fen; `cap_milli` in thousandths of the unit. `excludes_payroll` and
    `excludes_moved_out` bar whom outside lists name so; of one `exclusive_group` nobody gets two
    at a time; `needs_land` goes by the area of the household's right.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    department = models.CharField(max_length=60)
    unit = models.CharField(max_length=10)
    rate_fen = models.BigIntegerField()
    cap_milli = models.BigIntegerField(null=True)
    exclusive_group = models.CharField(max_length=24, blank=True)
    excludes_payroll = models.BooleanField(default=False)
    excludes_moved_out = models.BooleanField(default=False)
    needs_land = models.BooleanField(default=False)
    publicity_days = models.IntegerField(default=7)
    pay_within_days = models.IntegerField(default=30)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)
    source_ref = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=["code", "valid_from_date"], name="program_version"),)


class RosterStatus(models.TextChoices):
    """Where the roster of a village stands."""

    COLLECTED = "collected", "报上来了"
    CHECKED = "checked", "入户核过"
    SHOWN = "shown", "公示中"
    CLOSED = "closed", "公示满了，等审"
    APPROVED = "approved", "核定了"
    ENDED = "ended", "没有办成"


class Roster(models.Model):
    """The roster of one programme, village and period: the case that collects it."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, unique=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    submitted_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    sampled_count = models.IntegerField(null=True)
    publicity_start_at = models.DateTimeField(null=True)
    publicity_end_at = models.DateTimeField(null=True)
    objection = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    status = models.CharField(
        max_length=10, choices=RosterStatus.choices, default=RosterStatus.COLLECTED
    )

    class Meta:
        indexes = (models.Index(fields=["division_code", "period"], name="roster_place"),)


class AwardStatus(models.TextChoices):
    """Where one award stands; whether it was paid is known by `paid_at` and the payments."""

    PROPOSED = "proposed", "等核定"
    APPROVED = "approved", "核定了"
    REMOVED = "removed", "去掉了"


class Award(models.Model):
    """What one person gets of a programme in a period. Units: fen; thousandths of the unit.

    `paid_at` is kept for imported history only; else the payments of the case tell it.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    period = models.CharField(max_length=7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    quantity_milli = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    payee_name = models.CharField(max_length=60)
    account_index = models.CharField(max_length=64, blank=True)
    basis_ref = models.CharField(max_length=60, blank=True)
    is_kin_of_cadre = models.BooleanField(default=False)
    kin_declared_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    status = models.CharField(
        max_length=10, choices=AwardStatus.choices, default=AwardStatus.PROPOSED
    )

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "period"], name="award_place"),
            models.Index(fields=["case_number"], name="award_case"),
            models.Index(fields=["person", "period"], name="award_person"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="award_positive"),
        )


class AwardPayout(models.Model):
    """An imported award that had failed was paid after all: when we heard of it, and from what.

    `package` names what told it: the file of another office, or a data package.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="payouts")
    paid_at = models.DateTimeField()
    package = models.CharField(max_length=80)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["award"], name="award_paid_later_once"),)
