"""The register of assets and resources: a card for each thing, and what happened to it.

Areas are in hundredths of a mu or of a square metre. `book_value_fen` is what the books hold it at
when it came (原值); wear is booked by the recurring plan that the card names, never here.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation


class AssetCategory(models.TextChoices):
    """What a thing is to the books."""

    FIXED = "fixed", "固定资产"
    INTANGIBLE = "intangible", "无形资产"
    BIOLOGICAL = "biological", "生物资产"
    RESOURCE = "resource", "资源"
    HOLDING = "holding", "股权和份额"


class AssetKind(models.TextChoices):
    """What a thing is, with the values of the record."""

    HOUSE = "house", "房屋"
    LAND = "land", "土地"
    EQUIPMENT = "equipment", "设备"
    WATER = "water", "水面"
    FOREST = "forest", "林地林木"
    LIVELIHOOD = "livelihood", "帮扶项目资产"
    SHARE = "share", "股权"
    OTHER = "other", "其他"


class AssetStatus(models.TextChoices):
    """What is done with a thing, with the values of the record."""

    SELF_USE = "self_use", "自用"
    LEASED = "leased", "出租"
    IDLE = "idle", "闲置"
    DISPOSED = "disposed", "处置了"
    SCRAPPED = "scrapped", "报废了"


class Asset(models.Model):
    """A card of the register. `tag` is what its label says; `number` runs within a body.

    `subject_code` and `plan_ext_id` join it to the books: the account it stands in, and the
    recurring plan that writes it off.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    number = models.CharField(max_length=20)
    tag = models.CharField(max_length=16, unique=True)
    category = models.CharField(max_length=12, choices=AssetCategory.choices)
    kind = models.CharField(max_length=12, choices=AssetKind.choices)
    is_operating = models.BooleanField()
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=120, blank=True)
    area_mu_centi = models.BigIntegerField(null=True)
    area_m2_centi = models.BigIntegerField(null=True)
    quantity = models.IntegerField(default=1)
    unit = models.CharField(max_length=8, blank=True)
    book_value_fen = models.BigIntegerField(default=0)
    appraised_fen = models.BigIntegerField(null=True)
    appraised_at = models.DateTimeField(null=True)
    appraiser_name = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=AssetStatus.choices)
    status_since_date = models.DateField()
    acquired_date = models.DateField(null=True)
    source_kind = models.CharField(max_length=16, blank=True)
    source_id = models.CharField(max_length=40, blank=True)
    last_inventory_date = models.DateField(null=True)
    subject_code = models.CharField(max_length=16, blank=True)
    plan_ext_id = models.CharField(max_length=40, blank=True)
    case_number = models.CharField(max_length=40, blank=True)
    registered_at = models.DateTimeField()
    registered_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="asset_number_once"),
            models.UniqueConstraint(
                fields=["plan_ext_id"],
                condition=~models.Q(plan_ext_id=""),
                name="asset_plan_once",
            ),
            models.CheckConstraint(
                condition=models.Q(book_value_fen__gte=0) & models.Q(quantity__gte=1),
                name="asset_value_not_negative",
            ),
        )
        indexes = (models.Index(fields=["division_code", "status"], name="asset_place"),)


class AssetEvent(models.Model):
    """A line of a card's history: never changed, never removed."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    title = models.CharField(max_length=20)
    text = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=60)
    by_user_id = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (models.Index(fields=["asset", "at"], name="asset_event_course"),)
