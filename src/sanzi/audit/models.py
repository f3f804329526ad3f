"""Tables of the append-only log: events chained per organisation, seals, keys of persons.

No foreign keys to other rooms, so that the log never blocks or follows live data.
"""

from __future__ import annotations

from django.db import models


class ChainHead(models.Model):
    """The last link of one chain; its row is the lock under which the next event is written.

    `sealed_number` is the last link that a seal covers.
    """

    chain = models.CharField(max_length=40, primary_key=True)
    last_number = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")
    sealed_number = models.BigIntegerField(null=True)


class Event(models.Model):
    """One thing somebody did. Never updated, never deleted (triggers hold it, the chain shows it).

    `change` is canonical JSON text of what was before and after; personal fields inside are
    ciphertext under the person's own key. `hash` = SM3 over the previous hash and this row.
    """

    chain = models.CharField(max_length=40)
    number = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=40)
    change = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["chain", "number"], name="audit_event_number"),
        )
        indexes = (
            models.Index(fields=["subject_kind", "subject_id"], name="audit_event_subject"),
            models.Index(fields=["at"], name="audit_event_at"),
        )


class Seal(models.Model):
    """The digest over all chain heads at one minute, chained to the seal before it."""

    at = models.DateTimeField()
    head_count = models.IntegerField()
    heads_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)


class SealedHead(models.Model):
    """Where one chain stood under a seal; only chains that moved since the seal before."""

    seal_id = models.BigIntegerField()
    chain = models.CharField(max_length=40)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seal_id", "chain"], name="audit_sealed_once"),
        )


class PersonKey(models.Model):
    """The key under which one person's fields stand in the log; destroying it erases them."""

    person_ref = models.CharField(max_length=40, primary_key=True)
    sealed_key = models.TextField(blank=True)
    destroyed_at = models.DateTimeField(null=True)
