"""One piece of village labour from request to wages: request, days, photos, declaration."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person
from sanzi.registers.labour.models.standards import RateUnit


class RequestState(models.TextChoices):
    """Where a request stands; the record has the values in lower case."""

    SUBMITTED = "SUBMITTED", "等批"
    RETURNED = "RETURNED", "退回了"
    APPROVED = "APPROVED", "批了，在干"
    DECLARED = "DECLARED", "等验收"
    ACCEPTED = "ACCEPTED", "验收了，公示工资"
    CLOSED = "CLOSED", "办结"
    STOPPED = "STOPPED", "没有批"


class LabourRequest(models.Model):
    """A request for village labour, made before the work. `case_number` names its case.

    Units: fen; places in millionths of a degree; moments aware UTC. `rate_fen_day` is for one
    `rate_unit`: both stay as the rate card had them on the day of the request. Dispatcher and
    checker are two persons, and neither is paid on it.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    work_kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    place = models.CharField(max_length=60)
    lat_e6 = models.IntegerField(null=True)
    lng_e6 = models.IntegerField(null=True)
    planned_start_at = models.DateTimeField()
    planned_end_at = models.DateTimeField()
    headcount_planned = models.IntegerField()
    person_days_planned = models.IntegerField()
    rate_code = models.CharField(max_length=24)
    rate_fen_day = models.BigIntegerField()
    rate_unit = models.CharField(max_length=6, choices=RateUnit.choices, default=RateUnit.DAY)
    budget_fen = models.BigIntegerField()
    budget_line_ext_id = models.CharField(max_length=40, blank=True)
    is_emergency = models.BooleanField(default=False)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    dispatcher = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    checker = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    submitted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=10, choices=RequestState.choices, default=RequestState.SUBMITTED
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case_number"],
                condition=~models.Q(case_number=""),
                name="labour_request_of_case",
            ),
            models.CheckConstraint(
                condition=models.Q(checker__isnull=True)
                | ~models.Q(checker=models.F("dispatcher")),
                name="labour_request_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(planned_end_at__gte=models.F("planned_start_at"))
                & models.Q(budget_fen__gte=0, rate_fen_day__gte=0),
                name="labour_request_figures",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="labour_request_place"),
        )


class LabourDay(models.Model):
    """One person's work on one day. Units: minutes, fen; `rate_fen_day` is for 8 hours or a piece.

    Signed by the worker, entered by the dispatcher, checked by the checker, all on the day;
    `late_reason` says why when it was the next day.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    request = models.ForeignKey(LabourRequest, on_delete=models.PROTECT, related_name="days")
    division_code = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    work_date = models.DateField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    minutes = models.IntegerField()
    piece_qty = models.IntegerField(null=True)
    rate_fen_day = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    dispatcher = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    checker = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField()
    worker_signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=8, blank=True)
    checked_at = models.DateTimeField(null=True)
    late_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["request", "person", "work_date", "start_at"], name="labour_day_once"
            ),
            models.CheckConstraint(
                condition=models.Q(end_at__gt=models.F("start_at"))
                & models.Q(minutes__gt=0, minutes__lte=1440, amount_fen__gte=0),
                name="labour_day_figures",
            ),
        )
        indexes = (
            models.Index(fields=["person", "work_date"], name="labour_day_person"),
            models.Index(fields=["division_code", "work_date"], name="labour_day_place"),
        )


class Phase(models.TextChoices):
    """When a photo was taken, with the values of the record."""

    BEFORE = "before", "开工前"
    DURING = "during", "干活中"
    AFTER = "after", "收工后"
    CHECKIN = "checkin", "签到单"


class LabourPhoto(models.Model):
    """A photo of the site. Time and place are what the phone wrote into it, else of the upload.

    `attachment_ext_id` is its file; history from elsewhere has only digests. `doubts` holds words
    out of alike, day, far; `alike_to` names what the picture looks like.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    request = models.ForeignKey(LabourRequest, on_delete=models.PROTECT, related_name="photos")
    work_date = models.DateField()
    phase = models.CharField(max_length=8, choices=Phase.choices)
    taken_at = models.DateTimeField(null=True)
    has_own_time = models.BooleanField(default=False)
    lat_e6 = models.IntegerField(null=True)
    lng_e6 = models.IntegerField(null=True)
    file_digest = models.CharField(max_length=64, blank=True)
    likeness = models.CharField(max_length=64, blank=True)
    attachment_ext_id = models.CharField(max_length=40, blank=True)
    doubts = models.CharField(max_length=40, blank=True)
    alike_to = models.CharField(max_length=80, blank=True)
    uploaded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["request", "work_date"], name="labour_photo_day"),
            models.Index(fields=["file_digest"], name="labour_photo_file"),
        )


class DeclarationState(models.TextChoices):
    """Where a declaration stands."""

    DECLARED = "DECLARED", "等验收"
    HELD = "HELD", "暂缓"
    ACCEPTED = "ACCEPTED", "验收了"
    RETURNED = "RETURNED", "退回了"


class LabourDeclaration(models.Model):
    """The wages of a request as they are declared after the work. Units: fen.

    `hold` holds words out of quick, over_plan, photos; a held one is released with a reason.
    The roll is shown from acceptance to `public_until_date`, then it may be paid.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    request = models.ForeignKey(
        LabourRequest, on_delete=models.PROTECT, related_name="declarations"
    )
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    total_fen = models.BigIntegerField()
    day_count = models.IntegerField(default=0)
    payment_ext_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=8, choices=DeclarationState.choices, default=DeclarationState.DECLARED
    )
    hold = models.CharField(max_length=40, blank=True)
    released_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=200, blank=True)
    accepted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    accepted_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=200, blank=True)
    public_until_date = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["request"],
                condition=~models.Q(state="RETURNED"),
                name="labour_declaration_one_alive",
            ),
            models.CheckConstraint(
                condition=models.Q(total_fen__gte=0), name="labour_declaration_total"
            ),
        )
