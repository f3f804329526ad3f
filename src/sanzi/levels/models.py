"""Tables: what this county published night by night; how each county of a city's list stands."""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """One day's publication to the lake, by the lake's number, or why there is none yet."""

    day = models.DateField(unique=True)
    tried_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    serial = models.IntegerField(null=True)
    rows = models.BigIntegerField(default=0)
    files = models.IntegerField(default=0)
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=300, blank=True)


class Standing(models.Model):
    """A county of the list: the publication that is in use, and the last refusal, if it stands."""

    county_code = models.CharField(max_length=6, unique=True)
    division_code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    site = models.CharField(max_length=200, blank=True)
    serial = models.IntegerField(null=True)
    as_of = models.DateTimeField(null=True)
    version = models.IntegerField(null=True)
    rows = models.BigIntegerField(default=0)
    village_count = models.IntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    absent = models.JSONField(default=list)
    unasked = models.JSONField(default=list)
    taken_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    advice = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["division_code"], name="levels_standing_place"),)
