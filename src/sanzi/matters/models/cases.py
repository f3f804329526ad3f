"""Tables of cases: the case, its steps with opinions, its number."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Household, Organisation, Person


class CaseState(models.TextChoices):
    """Where a case stands."""

    DRAFT = "DRAFT", "草稿"
    SUBMITTED = "SUBMITTED", "审批中"
    APPROVED = "APPROVED", "已批准"
    RETURNED = "RETURNED", "退回修改"
    REJECTED = "REJECTED", "不同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    DISPATCHED = "DISPATCHED", "已交银行"
    PART_SETTLED = "PART_SETTLED", "部分到账"
    SETTLED = "SETTLED", "已办结"
    DONE = "DONE", "办完了"
    BANK_RETURNED = "BANK_RETURNED", "银行退回"


class Case(models.Model):
    """One use of a power. It keeps the version of the matter file that it began with.

    `form` is what was typed; account and identity numbers in it are sealed. Its payee lines are
    there only while it may change: once submitted, the payments hold them. `parties` are the
    persons who must stand aside with their kin (`handler`, `payees`), `route` says which steps
    another role does (`detours`) and whether outside steps are added (`concurrent`); both are
    fixed when the case is submitted. `household` is set where a villager began it himself at the
    public door: it is his until the office takes it, and his household may follow it.
    """

    number = models.CharField(max_length=40, unique=True)
    matter_code = models.CharField(max_length=4)
    matter_version = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    division_code = models.CharField(max_length=12)
    title = models.CharField(max_length=60, blank=True)
    form = models.JSONField(default=dict)
    amount_fen = models.BigIntegerField(default=0)
    tier = models.CharField(max_length=2, blank=True)
    state = models.CharField(
        max_length=14,
        choices=CaseState.choices,
        default=CaseState.DRAFT,
    )
    round = models.IntegerField(default=1)
    content_digest = models.CharField(max_length=64, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    started_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    parties = models.JSONField(default=dict)
    route = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_backfilled = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "created_at"], name="case_place"),
            models.Index(fields=["created_at", "id"], name="case_newest"),
            models.Index(fields=["started_by", "created_at"], name="case_started"),
            models.Index(
                fields=["household", "created_at"],
                condition=models.Q(household__isnull=False),
                name="case_of_household",
            ),
            models.Index(
                fields=["state", "created_at"],
                condition=models.Q(state__in=["SUBMITTED", "RETURNED", "APPROVED", "DISPATCHED"]),
                name="case_on_the_way",
            ),
        )


class StepState(models.TextChoices):
    """Where one step stands."""

    WAITING = "WAITING", "未到"
    OPEN = "OPEN", "待办"
    APPROVED = "APPROVED", "同意"
    RETURNED = "RETURNED", "退回"
    REJECTED = "REJECTED", "不同意"
    SKIPPED = "SKIPPED", "略过"


class CaseStep(models.Model):
    """One step of one round of a case, with the opinion of the one who acted.

    `ext_id` is the id an imported approval came with; a step made here is named by its place.
    `line_no` names the payee line for which a step was re-opened; 0 for the whole case.
    `content_digest` is what the approver saw; it must equal the case's when the money moves.
    """

    # Columns of a fixed length come first: the rows are many, and none of them is padding then.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    actor = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    delegate_of = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    line_no = models.IntegerField(default=0)
    round = models.SmallIntegerField()
    step_no = models.SmallIntegerField()
    step_key = models.CharField(max_length=24)
    role_code = models.CharField(max_length=32)
    division_code = models.CharField(max_length=12)
    state = models.CharField(
        max_length=10,
        choices=StepState.choices,
        default=StepState.WAITING,
    )
    opinion = models.CharField(max_length=300, blank=True)
    reason_code = models.CharField(max_length=24, blank=True)
    content_digest = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    device_index = models.CharField(max_length=64, blank=True)
    ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "round", "step_no", "line_no"],
                name="case_step_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["role_code", "division_code"],
                condition=models.Q(state="OPEN"),
                name="case_step_todo",
            ),
        )


class CaseEntry(models.Model):
    """What somebody wrote down in a step with a form of its own; never changed afterwards.

    `number` counts the entries of one step of a case from 1, over all rounds. `form` is what was
    typed; its files hang on the subject `case_entry`.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    delegate_of = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    round = models.SmallIntegerField()
    step_no = models.SmallIntegerField()
    number = models.SmallIntegerField()
    step_key = models.CharField(max_length=24)
    form = models.JSONField(default=dict)
    content_digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "step_no", "number"], name="case_entry_once"),
        )


class NumberHead(models.Model):
    """The last case number of a village and year; its row is the lock."""

    key = models.CharField(max_length=40, primary_key=True)
    last_number = models.IntegerField(default=0)
