"""Tables of posts: pay and its standards, hiring, leaving with its list and audit."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class PayKind(models.TextChoices):
    """Kinds of pay, with the values of the record."""

    BASIC = "basic", "基本报酬"
    PERFORMANCE = "performance", "绩效报酬"
    LOST_WORK = "lost_work", "误工补贴"
    MEETING = "meeting", "会议补贴"
    BONUS = "bonus", "奖金"
    OTHER = "other", "其他"


class PayStatus(models.TextChoices):
    """Where a line of pay stands."""

    SUBMITTED = "submitted", "在审核"
    APPROVED = "approved", "批准了"
    ENDED = "ended", "作废"


class PayStandard(models.Model):
    """What a post is paid from a day on, by the month or by the day. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    role_code = models.CharField(max_length=32)
    kind = models.CharField(max_length=12, choices=PayKind.choices)
    value_fen = models.BigIntegerField()
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    source_ref = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "role_code"], name="pay_standard_place"),
            models.Index(fields=["case_number"], name="pay_standard_case"),
        )


class Pay(models.Model):
    """One person's pay of one kind in a month, or for one day of it. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    role_code = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=12, choices=PayKind.choices)
    period = models.CharField(max_length=7)
    work_date = models.DateField(null=True)
    reason = models.CharField(max_length=120, blank=True)
    amount_fen = models.BigIntegerField()
    standard_fen = models.BigIntegerField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=PayStatus.choices)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "period"], name="pay_place"),
            models.Index(fields=["person", "period"], name="pay_person"),
            models.Index(fields=["case_number"], name="pay_case"),
        )


class HireStatus(models.TextChoices):
    """Where a hiring stands."""

    REQUESTED = "requested", "提出了"
    NOTICED = "noticed", "公告了"
    CHOSEN = "chosen", "选好人了"
    SHOWN = "shown", "公示了"
    SIGNED = "signed", "签了合同"
    HIRED = "hired", "上岗了"
    ENDED = "ended", "不聘了"


class Hire(models.Model):
    """A post of a village that is filled by a contract. Units: fen by the month."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    role_code = models.CharField(max_length=32)
    duties = models.CharField(max_length=200)
    monthly_fen = models.BigIntegerField()
    start_date = models.DateField()
    end_date = models.DateField()
    decision_ext_id = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    choice_reason = models.CharField(max_length=200, blank=True)
    candidate_count = models.IntegerField(null=True)
    panel_count = models.IntegerField(null=True)
    is_kin_of_cadre = models.BooleanField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    notice_date = models.DateField(null=True)
    chosen_at = models.DateTimeField(null=True)
    publicity_start_date = models.DateField(null=True)
    sign_date = models.DateField(null=True)
    appointment_ext_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=HireStatus.choices)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "status"], name="hire_place"),
            models.Index(fields=["case_number"], name="hire_case"),
        )


class HandoverStatus(models.TextChoices):
    """Where a leaving stands."""

    LEAVING = "leaving", "等移交"
    HANDED = "handed", "移交了"
    AUDITED = "audited", "审计了"
    PUBLISHED = "published", "公开了"
    CLOSED = "closed", "办结了"


class Handover(models.Model):
    """Somebody leaves a post: what he hands over, what the audit says."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    appointment_ext_id = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role_code = models.CharField(max_length=32)
    left_date = models.DateField()
    receiver = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField(null=True)
    late_reason = models.CharField(max_length=200, blank=True)
    audited_at = models.DateTimeField(null=True)
    auditor = models.CharField(max_length=60, blank=True)
    problem_count = models.IntegerField(null=True)
    problem_fen = models.BigIntegerField(null=True)
    audit_late_reason = models.CharField(max_length=200, blank=True)
    audit_published_at = models.DateTimeField(null=True)
    rectified_count = models.IntegerField(default=0)
    status = models.CharField(max_length=10, choices=HandoverStatus.choices)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "left_date"], name="handover_place"),
            models.Index(fields=["case_number"], name="handover_case"),
        )


class ItemKind(models.TextChoices):
    """What is handed over."""

    BOOKS = "books", "账簿凭证"
    SEAL = "seal", "印章"
    CASH = "cash", "现金"
    CARD = "card", "村务卡"
    RECEIPTS = "receipts", "收据本"
    CONTRACT = "contract", "合同"
    ASSET = "asset", "资产"
    CASE = "case", "没办完的事"
    OTHER = "other", "其他"


class HandoverItem(models.Model):
    """One thing on the list: found by the system, or added on the day. Units: fen."""

    ext_id = models.CharField(max_length=40, unique=True)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    title = models.CharField(max_length=120)
    ref = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField(null=True)
    is_found = models.BooleanField()
    is_handed = models.BooleanField(null=True)
