"""Tables of supervision: parameters, checks at gates, releases of holds, alerts and disposal.

Subjects are named by kind and id; no foreign keys to the rooms above.
"""

from __future__ import annotations

from django.db import models


class Severity(models.TextChoices):
    """How strong a model acts, with the values of the catalogue."""

    BLOCK = "block", "阻断"
    HOLD = "hold", "暂缓"
    WARN = "warn", "提醒"


class AlertState(models.TextChoices):
    """Where an alert stands in the disposal loop."""

    NEW = "new", "新增"
    PENDING = "pending", "待处置"
    EXPLAINING = "explaining", "说明中"
    RECTIFYING = "rectifying", "整改中"
    VERIFYING = "verifying", "复核中"
    DISPOSED = "disposed", "已处置"
    SUSPENDED = "suspended", "挂起"
    TRANSFERRED = "transferred", "转办"


class SilenceScope(models.TextChoices):
    """What must be the same for a false alarm not to fire again."""

    FACTS = "facts", "同一件、查到的事实一样"
    PARTIES = "parties", "同样的两方"


class Parameter(models.Model):
    """A dated value of a model's parameter, for a division and below; absent: the default."""

    model_code = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)
    value = models.JSONField()
    source_ref = models.CharField(max_length=120, blank=True)
    made_by_id = models.BigIntegerField()
    approved_by_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["model_code", "name", "division_code", "valid_from_date"],
                name="parameter_once",
            ),
        )


class ChangeState(models.TextChoices):
    """Where a change of a parameter stands."""

    PROPOSED = "proposed", "等核准"
    APPROVED = "approved", "已核准"
    REJECTED = "rejected", "没有同意"
    WITHDRAWN = "withdrawn", "撤回了"


class ParameterChange(models.Model):
    """A wish to set a parameter for a county or a town from a day on; one makes, one decides.

    `old_value` is what held at the place on the first day when the wish was made.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    model_code = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)
    value = models.JSONField()
    old_value = models.JSONField()
    reason = models.CharField(max_length=300)
    source_ref = models.CharField(max_length=120)
    state = models.CharField(
        max_length=10, choices=ChangeState.choices, default=ChangeState.PROPOSED
    )
    made_by_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=300, blank=True)
    parameter = models.ForeignKey(Parameter, on_delete=models.PROTECT, null=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "state"], name="change_place_state"),)


class BackTest(models.Model):
    """What a model would have found with the old and the new value; kept with the proposal.

    `basis` is the digest of the model and of all values in force while it ran.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "排队"
        RUNNING = "running", "在算"
        FINISHED = "finished", "算好了"
        FAILED = "failed", "没有算成"

    change = models.ForeignKey(ParameterChange, on_delete=models.PROTECT, related_name="tests")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=60)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done_count = models.IntegerField(default=0)
    total_count = models.IntegerField(default=0)
    basis = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["change"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="backtest_one_at_a_time",
            ),
        )


class Judged(models.Model):
    """How many rows of a table of the record the night judged in a village, two years back."""

    kind = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    row_count = models.IntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "division_code"], name="judged_once"),
        )


class ModelReview(models.Model):
    """A model that a county is asked to look at again, with the rates that passed their limits."""

    model_code = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    figures = models.JSONField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["model_code", "division_code"],
                condition=models.Q(settled_at__isnull=True),
                name="review_open_once",
            ),
        )


class Check(models.Model):
    """One run of all models of one gate on one subject."""

    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=40)
    gate = models.CharField(max_length=10)
    at = models.DateTimeField()
    model_count = models.IntegerField()
    block_count = models.IntegerField()
    hold_count = models.IntegerField()
    warn_count = models.IntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="check_subject"),
        )


class Verdict(models.Model):
    """What one model said of one payment in a check; only hits are kept."""

    gate_check = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="verdicts")
    model_code = models.CharField(max_length=60)
    model_version = models.CharField(max_length=12)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    finding_kind = models.CharField(max_length=20)
    finding_id = models.CharField(max_length=40)
    org_ext_id = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    line_no = models.IntegerField(null=True)
    sentence = models.CharField(max_length=400)
    what_to_do = models.CharField(max_length=400)
    figures = models.JSONField()
    figures_digest = models.CharField(max_length=64)
    parameters = models.JSONField()


class Release(models.Model):
    """A hold let go by the named reviewer, with the reason; binds to the finding's digest."""

    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=40)
    model_code = models.CharField(max_length=60)
    finding_id = models.CharField(max_length=40)
    figures_digest = models.CharField(max_length=64)
    released_by_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    released_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=[
                    "subject_kind",
                    "subject_id",
                    "model_code",
                    "finding_id",
                    "figures_digest",
                ],
                name="release_once",
            ),
        )


class ModelRun(models.Model):
    """One nightly run over everything, or over what may be different since the last one.

    `asked` says of a short one how many models were asked whole, in part and not at all, and of
    how many villages; `trace_token` names what it left for the next, empty where it left nothing.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField()
    finding_count = models.IntegerField(default=0)
    opened_count = models.IntegerField(default=0)
    kept_count = models.IntegerField(default=0)
    vanished_count = models.IntegerField(default=0)
    silenced_count = models.IntegerField(default=0)
    muted = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    is_full = models.BooleanField(default=True)
    asked = models.JSONField(default=dict)
    trace_token = models.CharField(max_length=32, blank=True)


class Alert(models.Model):
    """A finding that somebody must deal with; one per model, subject and period."""

    ext_id = models.CharField(max_length=40, unique=True)
    model_code = models.CharField(max_length=60)
    model_version = models.CharField(max_length=12)
    finding_kind = models.CharField(max_length=20)
    finding_id = models.CharField(max_length=40)
    period = models.CharField(max_length=7, blank=True)
    org_ext_id = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    subject_person_ext_ids = models.JSONField(default=list)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    is_red_line = models.BooleanField(default=False)
    sentence = models.CharField(max_length=400)
    figures = models.JSONField()
    parameters = models.JSONField()
    what_to_do = models.CharField(max_length=400, blank=True)
    rows = models.JSONField()
    rows_digest = models.CharField(max_length=64)
    state = models.CharField(
        max_length=12,
        choices=AlertState.choices,
        default=AlertState.NEW,
    )
    route = models.CharField(max_length=40)
    route_step = models.IntegerField(default=0)
    route_role = models.CharField(max_length=32)
    route_division = models.CharField(max_length=12)
    handler_id = models.BigIntegerField(null=True)
    handler_name = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    vanished_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    verified_by_id = models.BigIntegerField(null=True)
    conclusion = models.CharField(max_length=16, blank=True)
    reopened_count = models.IntegerField(default=0)
    matter_key = models.CharField(max_length=64, blank=True, default="")
    limit_began_at = models.DateTimeField(null=True)
    limit_days = models.IntegerField(default=0)
    is_limit_provisional = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_until_date = models.DateField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_from = models.JSONField(null=True)
    handed_back_at = models.DateTimeField(null=True)
    involved_fen = models.BigIntegerField(default=0)
    money_back_fen = models.BigIntegerField(default=0)
    money_stopped_fen = models.BigIntegerField(default=0)
    first_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["model_code", "finding_kind", "finding_id", "period"],
                name="alert_once",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "state"], name="alert_place_state"),
            models.Index(
                fields=["due_at"],
                condition=~models.Q(state="disposed"),
                name="alert_due",
            ),
            models.Index(fields=["matter_key"], name="alert_matter"),
        )


class Disposal(models.Model):
    """One step of the disposal of an alert: who did what, when, with which words."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="disposals")
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=20)
    text = models.CharField(max_length=1000, blank=True)
    data = models.JSONField(default=dict)


class Silence(models.Model):
    """A false alarm remembered: the same model does not fire again for the same reason.

    `key` is the digest of what must be the same; it binds until a day, or until it is revoked.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="silences")
    model_code = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12)
    scope = models.CharField(max_length=8, choices=SilenceScope.choices)
    key = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000)
    made_by_id = models.BigIntegerField()
    verified_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    until_date = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.BigIntegerField(null=True)
    revoke_reason = models.CharField(max_length=1000, blank=True)
    kept_silent_count = models.IntegerField(default=0)
    last_silent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["model_code", "key"], name="silence_key"),)


class OwnState(models.TextChoices):
    """Where a version of an own model stands."""

    DRAFT = "draft", "草稿"
    HANDED_IN = "handed_in", "等第二人审"
    REJECTED = "rejected", "没有通过"
    TRIAL = "trial", "试运行"
    ACTIVE = "active", "在用"
    REPLACED = "replaced", "被新版替换"
    RETIRED = "retired", "停用"


class OwnModel(models.Model):
    """A model that an officer wrote; its code is `own-<id>`. It sees what his post sees."""

    owner_id = models.BigIntegerField()
    owner_name = models.CharField(max_length=60)
    role_code = models.CharField(max_length=32)
    division_code = models.CharField(max_length=12)
    org_ext_id = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["division_code"], name="own_model_place"),)


class OwnVersion(models.Model):
    """One version of an own model; what was handed in is never changed."""

    own_model = models.ForeignKey(OwnModel, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=OwnState.choices, default=OwnState.DRAFT)
    title = models.CharField(max_length=60)
    rule = models.CharField(max_length=400, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    advice = models.CharField(max_length=300, blank=True)
    basis = models.CharField(max_length=400, blank=True)
    severity = models.CharField(max_length=6, choices=Severity.choices, default=Severity.WARN)
    route = models.CharField(max_length=40, blank=True)
    columns = models.JSONField(default=dict)
    sql = models.TextField()
    examples = models.TextField(blank=True)
    reads = models.JSONField(default=list)
    is_closed = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_count = models.IntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["own_model", "number"], name="own_version_once"),
            models.UniqueConstraint(
                fields=["own_model"],
                condition=models.Q(state="active"),
                name="own_version_one_active",
            ),
            models.UniqueConstraint(
                fields=["own_model"],
                condition=models.Q(state__in=["draft", "handed_in", "trial"]),
                name="own_version_one_coming",
            ),
        )


class OwnTest(models.Model):
    """What a version would have found over two years; `basis` is the digest of its statement."""

    version = models.ForeignKey(OwnVersion, on_delete=models.PROTECT, related_name="tests")
    state = models.CharField(
        max_length=10, choices=BackTest.State.choices, default=BackTest.State.WAITING
    )
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=60)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="own_test_one_at_a_time",
            ),
        )


class OwnStep(models.Model):
    """One step in the life of a version: handed in, approved, rejected, active, retired."""

    version = models.ForeignKey(OwnVersion, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=60)
    action = models.CharField(max_length=20)
    text = models.CharField(max_length=300, blank=True)


class OwnFinding(models.Model):
    """What a version on trial found; nobody but its owner sees it."""

    version = models.ForeignKey(OwnVersion, on_delete=models.CASCADE, related_name="findings")
    finding_kind = models.CharField(max_length=20)
    finding_id = models.CharField(max_length=40)
    period = models.CharField(max_length=7, blank=True)
    division_code = models.CharField(max_length=12)
    sentence = models.CharField(max_length=400)
    figures = models.JSONField()
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["version", "finding_kind", "finding_id", "period"],
                name="own_finding_once",
            ),
        )
