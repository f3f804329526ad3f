"""Tables of the room: scores of villages and of posts, month by month, and objections to them."""

from __future__ import annotations

from django.db import models


class IndexScore(models.Model):
    """An index in a month: of a town, of a village, or of the holder of a post there.

    Units: tenths of a point. `parts` holds each indicator's sums, points, the weights and ends it
    was counted with and the rows that cost points; `penalties` what else was taken off. Of the
    running month the row is made anew each night.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    index_code = models.CharField(max_length=40)
    version = models.CharField(max_length=12)
    period = models.CharField(max_length=7)
    division_code = models.CharField(max_length=12)
    role_code = models.CharField(max_length=40, blank=True)
    person_ext_id = models.CharField(max_length=40, blank=True)
    tenths = models.IntegerField(null=True)
    coverage_percent = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=2, blank=True)
    caps = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    penalties = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["index_code", "period", "division_code", "role_code", "person_ext_id"],
                name="index_score_once",
            ),
            models.CheckConstraint(
                condition=models.Q(tenths__isnull=True) | models.Q(tenths__range=(0, 1000)),
                name="index_score_of_a_hundred",
            ),
        )
        indexes = (
            models.Index(fields=["index_code", "division_code", "period"], name="index_score_of"),
        )


class Flag(models.Model):
    """The flag that a village got for a month, once its days of objection were over; or none.

    `running` is the number of yellow flags in a row that this one ends; `step` what follows from
    them, and `done_at` when the office that does it said it was done.
    """

    class Colour(models.TextChoices):
        """Praise, behind, or neither."""

        NONE = "", "没有旗"
        RED = "red", "红旗"
        YELLOW = "yellow", "黄旗"

    ext_id = models.CharField(max_length=40, unique=True)
    score = models.OneToOneField(IndexScore, on_delete=models.PROTECT, related_name="flag")
    index_code = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    period = models.CharField(max_length=7)
    flag = models.CharField(max_length=6, choices=Colour.choices, blank=True)
    reason = models.CharField(max_length=10, blank=True)
    place = models.PositiveIntegerField(null=True)
    of = models.PositiveIntegerField()
    running = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=6, blank=True)
    decided_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)
    done_by_name = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["index_code", "division_code", "period"], name="flag_once"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by_id__isnull=True)
                | models.Q(done_at__isnull=False, done_by_id__isnull=False),
                name="flag_step_done",
            ),
        )
        indexes = (models.Index(fields=["division_code", "period"], name="flag_place"),)


class IndexChange(models.Model):
    """A wish to count an index otherwise from a day on; one makes, another decides.

    `settings` holds all weights and ends as they would be: {"fields": {code: weight},
    "indicators": {code: [weight, zero, hundred]}, "bands": {grade: points}, "caps": {code: limit},
    "penalties": {code: [each, most]}, "together": {"penalty_max": points}}; the last four may be
    missing. Approved, it is the version of that number.
    """

    class State(models.TextChoices):
        """Where the wish stands."""

        PROPOSED = "proposed", "等第二人审"
        APPROVED = "approved", "通过了"
        REFUSED = "refused", "没有通过"

    ext_id = models.CharField(max_length=40, unique=True)
    index_code = models.CharField(max_length=40)
    version = models.CharField(max_length=12, blank=True)
    valid_from_date = models.DateField()
    settings = models.JSONField()
    reason = models.CharField(max_length=300)
    source_ref = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    made_by_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["index_code"],
                condition=models.Q(state="proposed"),
                name="index_change_one_open",
            ),
            models.UniqueConstraint(
                fields=["index_code", "valid_from_date"],
                condition=models.Q(state="approved"),
                name="index_change_one_a_day",
            ),
        )


class Objection(models.Model):
    """What a village or a person says against a figure, and what the township answered."""

    ext_id = models.CharField(max_length=40, unique=True)
    score = models.ForeignKey(IndexScore, on_delete=models.PROTECT, related_name="objections")
    indicator_code = models.CharField(max_length=40)
    words = models.TextField()
    made_by_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    is_upheld = models.BooleanField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answered_by_name = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["score", "indicator_code"],
                condition=models.Q(answered_at__isnull=True),
                name="objection_one_at_a_time",
            ),
        )


class CockpitSum(models.Model):
    """What a statement of the cockpit counted at a place, in a month, under a key.

    Shapes: `is_rolled` is False for rows that lie at the place itself, True for those of all
    places below and its own together; a village has no rolled rows. `month` is empty for what has
    none. Made anew each night by differences; never a source: the record is.
    """

    statement = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    is_rolled = models.BooleanField()
    month = models.CharField(max_length=7, blank=True)
    key = models.CharField(max_length=120, blank=True)
    part = models.BigIntegerField()
    whole = models.BigIntegerField()
    row_count = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["division_code", "statement", "is_rolled", "month", "key"],
                name="cockpit_sum_once",
            ),
        )
        indexes = (models.Index(fields=["statement"], name="cockpit_sum_of"),)


class Boundary(models.Model):
    """Where a place lies, for the map of the cockpit.

    Shapes: `rings` are closed rings of points, millionths of a degree east and north; what lies
    within two of them is a hole.
    """

    division_code = models.CharField(max_length=12, unique=True)
    rings = models.JSONField()


class CockpitRun(models.Model):
    """When a statement of the cockpit was counted last, and what went wrong since."""

    statement = models.CharField(max_length=40, unique=True)
    computed_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True)


class Report(models.Model):
    """A report of a place and a period, with its figures frozen.

    Shapes: `period` is a code such as `2026-10`; `body` is what `report_body` composes and
    `digest` its SM3; both are empty while it is only asked for. `changes` says what differs from
    the issued one that it replaces. What is issued stays: the database refuses a change.
    """

    class State(models.TextChoices):
        ASKED = "asked", "在做"
        FAILED = "failed", "没做成"
        DRAFT = "draft", "待看"
        SEEN = "seen", "待签发"
        ISSUED = "issued", "已签发"

    ext_id = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12)
    period = models.CharField(max_length=10)
    number = models.IntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=200, blank=True)
    seen_by_id = models.BigIntegerField(null=True)
    seen_by_name = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField(null=True)
    issued_by_id = models.BigIntegerField(null=True)
    issued_by_name = models.CharField(max_length=60, blank=True)
    issued_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="later")
    changes = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "division_code", "period"],
                condition=models.Q(state__in=["asked", "draft", "seen"]),
                name="report_one_open",
            ),
            models.UniqueConstraint(
                fields=["code", "division_code", "period", "number"],
                condition=models.Q(state="issued"),
                name="report_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "failed"]) | ~models.Q(digest=""),
                name="report_has_digest",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="issued")
                | models.Q(issued_at__isnull=False, seen_at__isnull=False),
                name="report_seen_before_issued",
            ),
        )
        indexes = (models.Index(fields=["division_code", "-asked_at"], name="report_of_place"),)


class Question(models.Model):
    """A question over the record that an officer kept: a form, or a statement of his own.

    Shapes: `form` as `question_forms.to_dict` gives it, `sql` empty; or `sql` alone. `reads` are
    the (table, column) of a statement. Its answer is nobody's: each run is that of who asks.
    """

    code = models.CharField(max_length=40, unique=True)
    owner_id = models.BigIntegerField()
    owner_name = models.CharField(max_length=60)
    role_code = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    title = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    form = models.JSONField(default=dict)
    sql = models.TextField(blank=True)
    reads = models.JSONField(default=list)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["owner_id", "-changed_at"], name="question_of"),)
