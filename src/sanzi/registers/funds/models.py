"""Township fiscal money: allocations on their way, projects, the book of reference prices."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation


class TownProject(models.Model):
    """A project of the township paid from fiscal money. Units: fen, per cent."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    budget_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    progress_percent = models.IntegerField(default=0)
    qr_code = models.CharField(max_length=40, blank=True)
    info_updated_at = models.DateTimeField(null=True)
    payable_fen = models.BigIntegerField(default=0)
    payable_due_date = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(paid_fen__lte=models.F("budget_fen")),
                name="town_project_within_budget",
            ),
        )


class Transfer(models.Model):
    """An allocation of a fund to a town, passed on to a village or kept. Units: fen.

    `division_code` is the village it is for, or the town.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    town_code = models.CharField(max_length=12)
    fund_code = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    issued_at = models.DateTimeField()
    town_received_at = models.DateTimeField(null=True)
    passed_on_at = models.DateTimeField(null=True)
    passed_fen = models.BigIntegerField(default=0)
    project = models.ForeignKey(TownProject, on_delete=models.PROTECT, null=True)

    class Meta:
        indexes = (models.Index(fields=["fund_code", "division_code"], name="transfer_fund"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(passed_fen__lte=models.F("amount_fen")),
                name="transfer_within_amount",
            ),
        )


class PriceItem(models.Model):
    """A reference price of the county or a town, between two days. Units: fen for one unit."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    item_code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=10)
    price_fen = models.BigIntegerField()
    density_max_per_mu = models.IntegerField(null=True)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["item_code", "valid_from_date"], name="price_item"),)
