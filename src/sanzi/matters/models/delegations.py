"""Tables of delegations: who stands in for whom."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class Delegation(models.Model):
    """A dated, bounded stand-in for one role at one organisation; never passed on."""

    ext_id = models.CharField(max_length=40, unique=True)
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role_code = models.CharField(max_length=32)
    start_date = models.DateField()
    end_date = models.DateField()
    limit_fen = models.BigIntegerField()
    reason = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
