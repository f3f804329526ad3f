"""Tables of yearly matters: budgets with their items, distributions with their shares.

Units: fen.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class Step(models.TextChoices):
    """Where a yearly matter stands."""

    DRAFTED = "drafted", "拟好了"
    SHOWN = "shown", "公示满了"
    DECIDED = "decided", "表决过了"
    APPROVED = "approved", "镇里看过了"
    ENDED = "ended", "不办了"


class Row(models.Model):
    """What every head row of the room has."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    year = models.IntegerField()
    shown_start_date = models.DateField(null=True)
    shown_end_date = models.DateField(null=True)
    comment = models.CharField(max_length=200, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Step.choices, default=Step.DRAFTED)

    class Meta:
        abstract = True


class BudgetKind(models.TextChoices):
    """What is voted: the year's budget, a change of it, the accounts at its end."""

    BUDGET = "budget", "年度预算"
    ADJUST = "adjust", "预算调整"
    FINAL = "final", "年度决算"


class Budget(Row):
    """A budget, a change of it, or the accounts at its end."""

    kind = models.CharField(max_length=8, choices=BudgetKind.choices)
    total_fen = models.BigIntegerField()
    nonproductive_fen = models.BigIntegerField()
    nonproductive_decision_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "year"], name="budget_year"),
            models.Index(fields=["case_number"], name="budget_case"),
        )


class BudgetItem(models.Model):
    """One line of a budget as it was voted; `spent_fen` is told by the accounts at the end."""

    ext_id = models.CharField(max_length=40, unique=True)
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="items")
    place = models.IntegerField()
    subject_code = models.CharField(max_length=16)
    name = models.CharField(max_length=60, blank=True)
    amount_fen = models.BigIntegerField()
    spent_fen = models.BigIntegerField(null=True)
    is_nonproductive = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["budget", "place"], name="budget_item_once"),
        )


class Distribution(Row):
    """What of a year's income is given to the members."""

    net_income_fen = models.BigIntegerField()
    loss_offset_fen = models.BigIntegerField()
    reserve_fen = models.BigIntegerField()
    welfare_fen = models.BigIntegerField()
    per_share_fen = models.BigIntegerField()
    distributed_fen = models.BigIntegerField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "year"], name="distribution_year"),
            models.Index(fields=["case_number"], name="distribution_case"),
        )


class Share(models.Model):
    """What one member gets of a distribution."""

    ext_id = models.CharField(max_length=40, unique=True)
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="shares")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    share_count = models.IntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["distribution", "person"], name="share_once"),
        )
