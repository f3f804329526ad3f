"""What holds before anybody works: dated rates, and who in a village may be dispatched."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Person


class RateUnit(models.TextChoices):
    """What a rate is for, with the values of the record."""

    DAY = "day", "一天（8小时）"
    PIECE = "piece", "一件"


class RateCard(models.Model):
    """A dated local standard of pay. `division_code` is a county, a town or a village.

    The nearest place wins, and in it the row valid on the day. Units: fen for one unit.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    rate_code = models.CharField(max_length=24)
    title = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    value_fen = models.BigIntegerField()
    unit = models.CharField(max_length=6, choices=RateUnit.choices, default=RateUnit.DAY)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)
    source_ref = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["rate_code", "division_code", "valid_from_date"], name="rate_card_once"
            ),
            models.CheckConstraint(condition=models.Q(value_fen__gt=0), name="rate_card_positive"),
        )


class LabourListing(models.Model):
    """A villager on the village labour list (用工名单) between two days.

    `health_until_date` is the day to which a health paper lets somebody above the age work.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    since_date = models.DateField()
    until_date = models.DateField(null=True)
    health_until_date = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "division_code", "since_date"], name="labour_listing_once"
            ),
        )
        indexes = (models.Index(fields=["division_code"], name="labour_listing_place"),)
