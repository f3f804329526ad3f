"""Stock-taking: a sheet per body and year, a line per card, two people at each line."""

from __future__ import annotations

from django.db import models

from sanzi.deals.models.assets import Asset
from sanzi.orgs.models import Organisation


class StocktakingState(models.TextChoices):
    """Where a stock-taking stands."""

    COUNTING = "counting", "正在盘"
    PUBLISHED = "published", "差异在公示"
    CONFIRMED = "confirmed", "确认了"


class CountResult(models.TextChoices):
    """What was found of a thing."""

    PENDING = "pending", "没盘到"
    FOUND = "found", "在，相符"
    CHANGED = "changed", "在，有变化"
    MISSING = "missing", "找不到"


class Stocktaking(models.Model):
    """The stock-taking of one body in one year. Source: 浙江省农村集体资产管理条例 第九条."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    year = models.IntegerField()
    state = models.CharField(
        max_length=10, choices=StocktakingState.choices, default=StocktakingState.COUNTING
    )
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    decision_ref = models.CharField(max_length=60, blank=True)
    case_number = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "year"], name="stocktaking_once_a_year"
            ),
        )


class StockLine(models.Model):
    """A card on a sheet: who counted it, who checked, what is different."""

    stocktaking = models.ForeignKey(Stocktaking, on_delete=models.PROTECT, related_name="lines")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="count_lines")
    result = models.CharField(
        max_length=8, choices=CountResult.choices, default=CountResult.PENDING
    )
    note = models.CharField(max_length=120, blank=True)
    photo_ext_id = models.CharField(max_length=40, blank=True)
    counted_at = models.DateTimeField(null=True)
    counted_by_id = models.BigIntegerField(null=True)
    counted_by_name = models.CharField(max_length=60, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    checked_by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["stocktaking", "asset"], name="stock_line_once"),
            models.CheckConstraint(
                condition=models.Q(checked_by_id__isnull=True)
                | ~models.Q(checked_by_id=models.F("counted_by_id")),
                name="stock_line_two_persons",
            ),
        )
