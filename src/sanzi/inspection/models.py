"""Tables of the room: inspections, tasks, samples, findings, answers, leads, outcomes.

Cases, orders and alerts are named by their numbers; no foreign keys to the rooms that hold them.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class Inspection(models.Model):
    """One inspection: who ordered it, on what ground, which fields, over which months of business.

    `division_code` is the place whose office ordered it. `list_date` names the checklist and the
    figures that were in force. Units: samples a village, percent.
    """

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "进行中"
        CLOSED = "closed", "办结"

    ext_id = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    basis = models.CharField(max_length=120)
    method = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role_code = models.CharField(max_length=32)
    ordered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    field_codes = models.CharField(max_length=40)
    list_date = models.DateField()
    starts_date = models.DateField()
    ends_date = models.DateField()
    period_from_date = models.DateField()
    period_until_date = models.DateField()
    sample_size = models.IntegerField()
    risk_percent = models.IntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    summary = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "state"], name="inspection_plan_place"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sample_size__gt=0, risk_percent__gte=0, risk_percent__lte=100),
                name="inspection_shares",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_date__lte=models.F("ends_date"))
                & models.Q(period_from_date__lte=models.F("period_until_date")),
                name="inspection_days",
            ),
        )

    @property
    def fields(self) -> list[str]:
        """The codes of the fields that are looked at."""
        return self.field_codes.split(";")


class Task(models.Model):
    """One village of an inspection. `population` is all that could be drawn, as it was weighed.

    Seed, population, size and the inspection's share give the samples again. `grade` is the
    village's in the integrity index when it was drawn; a low one has more looked at. `weights` is
    all that had a part in its size, as `rules.weights_kept` writes it.
    """

    class State(models.TextChoices):
        """Where it stands."""

        ORDERED = "ordered", "还没抽件"
        DRAWN = "drawn", "在查"
        FINISHED = "finished", "查完了"

    ext_id = models.CharField(max_length=40, unique=True)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="tasks")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ORDERED)
    seed = models.CharField(max_length=32, blank=True)
    population = models.JSONField(default=list)
    population_count = models.IntegerField(default=0)
    population_digest = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    grade = models.CharField(max_length=10, blank=True)
    weights = models.CharField(max_length=200, blank=True)
    sample_size = models.IntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "state"], name="inspection_task_place"),)
        constraints = (
            models.UniqueConstraint(
                fields=["inspection", "division_code"], name="inspection_village_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="ordered", drawn_at__isnull=True, seed="")
                | models.Q(~models.Q(state="ordered"), drawn_at__isnull=False),
                name="inspection_drawn_once",
            ),
        )


class Inspector(models.Model):
    """Somebody who goes into a village for a task, with the post in which he does."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="inspectors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role_code = models.CharField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["task", "person"], name="inspector_once"),)


class Sample(models.Model):
    """One case or payment order that was drawn, why, and what the inspector saw in it."""

    class Kind(models.TextChoices):
        """What was drawn."""

        CASE = "case", "办件"
        ORDER = "order", "付款"

    class How(models.TextChoices):
        """How it was drawn."""

        RISK = "risk", "按风险"
        RANDOM = "random", "随机"

    class Verdict(models.TextChoices):
        """What the inspector saw."""

        FINE = "fine", "没有问题"
        FOUND = "found", "有问题"

    ext_id = models.CharField(max_length=40, unique=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="samples")
    number = models.IntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    ref = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    amount_fen = models.BigIntegerField()
    how = models.CharField(max_length=6, choices=How.choices)
    points = models.IntegerField()
    reasons = models.JSONField(default=list)
    verdict = models.CharField(max_length=6, choices=Verdict.choices, blank=True)
    words = models.CharField(max_length=200, blank=True)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "kind", "ref"], name="sample_once"),
            models.UniqueConstraint(fields=["task", "number"], name="sample_number_once"),
        )


class Finding(models.Model):
    """One problem, by its form in the checklist: facts, sum, rows, what is asked, until when.

    `file_hashes` are the SM3 of its files, parted by `;`; `alert_ids` the alerts about the same
    thing. `no_lead_reason` says why the discipline office was not told where it must be.
    """

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "等整改"
        ANSWERED = "answered", "等核对"
        CLOSED = "closed", "改好了"

    ext_id = models.CharField(max_length=40, unique=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="findings")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, null=True, related_name="findings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    form = models.CharField(max_length=4)
    level = models.CharField(max_length=8)
    facts = models.CharField(max_length=500)
    amount_fen = models.BigIntegerField()
    rows = models.JSONField(default=list)
    alert_ids = models.JSONField(default=list)
    demand = models.CharField(max_length=300)
    days = models.IntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    found_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role_code = models.CharField(max_length=32)
    found_at = models.DateTimeField()
    file_hashes = models.CharField(max_length=400)
    closed_at = models.DateTimeField(null=True)
    no_lead_reason = models.CharField(max_length=200, blank=True)
    no_lead_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "state"], name="finding_place"),
            models.Index(fields=["due_at"], name="finding_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount_fen__gte=0), name="finding_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | models.Q(~models.Q(state="closed"), closed_at__isnull=True),
                name="finding_closed",
            ),
        )


class Answer(models.Model):
    """What a village did about a finding, and what another said who looked at it."""

    ext_id = models.CharField(max_length=40, unique=True)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role_code = models.CharField(max_length=32)
    done_at = models.DateTimeField()
    words = models.CharField(max_length=500)
    money_back_fen = models.BigIntegerField(default=0)
    file_hashes = models.CharField(max_length=400)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    verifier_role = models.CharField(max_length=32, blank=True)
    verified_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    verdict = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(money_back_fen__gte=0), name="answer_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, is_accepted__isnull=True)
                | models.Q(verified_at__isnull=False, is_accepted__isnull=False),
                name="answer_verified",
            ),
            models.UniqueConstraint(
                fields=["finding"],
                condition=models.Q(verified_at__isnull=True),
                name="answer_one_waits",
            ),
        )


class Lead(models.Model):
    """A suspicion handed to a discipline office; its words are ciphertext in the tables.

    It grew from a village of an inspection, from what a station saw on the spot (`visit_id`), or
    from a pair with another county (`pair_key`), which opens one lead and no more.
    `bars` are keyed marks, parted by spaces, of those it names and their kin: they never see it.
    `escalated_at`: the township let its time pass, so the county has it. `list_date` names the
    figures in force when it was handed over.
    """

    class State(models.TextChoices):
        """Where it stands."""

        HANDED = "handed", "移交了"
        TAKEN = "taken", "在核查"
        CONCLUDED = "concluded", "有结果了"

    ext_id = models.CharField(max_length=40, unique=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="leads")
    visit_id = models.CharField(max_length=40, blank=True)
    pair_key = models.CharField(max_length=70, blank=True)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="leads")
    division_code = models.CharField(max_length=12)
    route_role = models.CharField(max_length=32)
    route_division = models.CharField(max_length=12)
    sealed_lead = models.TextField()
    bars = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HANDED)
    handed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    handed_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    list_date = models.DateField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["route_division", "state"], name="lead_place"),
            models.Index(fields=["due_at"], name="lead_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(task__isnull=False, visit_id="", pair_key="")
                | (models.Q(task__isnull=True, pair_key="") & ~models.Q(visit_id=""))
                | (models.Q(task__isnull=True, visit_id="") & ~models.Q(pair_key="")),
                name="lead_of_one",
            ),
            models.UniqueConstraint(
                fields=["pair_key"], condition=~models.Q(pair_key=""), name="lead_of_pair_once"
            ),
        )


class Outcome(models.Model):
    """What came of a finding or of a lead; what came of a lead is told under seal."""

    ext_id = models.CharField(max_length=40, unique=True)
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, null=True, related_name="outcomes"
    )
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="outcomes")
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField(default=0)
    document_ref = models.CharField(max_length=80, blank=True)
    decided_date = models.DateField()
    words = models.CharField(max_length=200, blank=True)
    sealed_lead = models.TextField(blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(finding__isnull=True, lead__isnull=False, words="")
                | models.Q(finding__isnull=False, lead__isnull=True, sealed_lead=""),
                name="outcome_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gte=0), name="outcome_not_negative"
            ),
        )
