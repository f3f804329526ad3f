"""Aid: a household's application, its members, who visited it, what the county decided."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Household, Organisation, Person


class AidKind(models.TextChoices):
    """Kinds of aid, with the values of the record."""

    LOW_INCOME = "low_income", "最低生活保障"
    DESTITUTE = "destitute", "特困供养"
    MARGIN = "margin", "低保边缘"
    TEMPORARY = "temporary", "临时救助"
    DISASTER = "disaster", "受灾救助"


ONCE = (AidKind.TEMPORARY, AidKind.DISASTER)
"""Kinds that are paid once; the others month by month."""


class AidStatus(models.TextChoices):
    """Where an application stands."""

    APPLIED = "applied", "申请了"
    ACCEPTED = "accepted", "受理了"
    VISITED = "visited", "调查过"
    SHOWN = "shown", "公示中"
    CLOSED = "closed", "等县里定"
    APPROVED = "approved", "批了"
    REFUSED = "refused", "没有批"
    STOPPED = "stopped", "停发了"


class AidCase(models.Model):
    """An application for aid. Units: fen; a month's sum, or the whole of what is paid once.

    No illness and no disability stands here: the papers of the case say it to those who decide.
    `renews` is the aid that this one looks at again.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=AidKind.choices)
    household = models.ForeignKey(Household, on_delete=models.PROTECT)
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT)
    renews = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    is_kin_of_staff = models.BooleanField(default=False)
    kin_filed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    investigated_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    income_month_fen = models.BigIntegerField(null=True)
    publicity_start_at = models.DateTimeField(null=True)
    publicity_end_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True)
    monthly_fen = models.BigIntegerField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    last_recheck_date = models.DateField(null=True)
    recheck_due_date = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=AidStatus.choices, default=AidStatus.APPLIED)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "status"], name="aid_place"),
            models.Index(fields=["case_number"], name="aid_case_number"),
        )


class AidMember(models.Model):
    """A member for whom aid is asked, and when he agreed that his means are looked into.

    Imported history does not know when that was.
    """

    aid_case = models.ForeignKey(AidCase, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    consented_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["aid_case", "person"], name="aid_member_once"),
        )


class AidVisitor(models.Model):
    """One of the two who visited the home."""

    aid_case = models.ForeignKey(AidCase, on_delete=models.CASCADE, related_name="visitors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["aid_case", "person"], name="aid_visitor_once"),
        )
