"""Tables: what was sent for a purpose and a period, how far it is with each county, the pairs."""

from __future__ import annotations

from django.db import models


class Sending(models.Model):
    """The rows behind the values that were sent, by their number; no values.

    `rows` is emptied when all pairs are in, or the period is over.
    """

    purpose = models.CharField(max_length=32)
    period = models.CharField(max_length=7)
    made_at = models.DateTimeField()
    count = models.IntegerField()
    rows = models.JSONField(default=list)


class RunState(models.TextChoices):
    """How far a run with one other county is."""

    SENDING = "sending", "在送"
    SENT = "sent", "等对方"
    MATCHED = "matched", "比对完了"


class Run(models.Model):
    """One purpose and period with one other county. `digest` is of the tags that were sent."""

    purpose = models.CharField(max_length=32)
    period = models.CharField(max_length=7)
    other_code = models.CharField(max_length=6)
    other_name = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.SENDING)
    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, related_name="runs")
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(null=True)
    matched_at = models.DateTimeField(null=True)
    pair_count = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["purpose", "period", "other_code"], name="matching_run_once"
            ),
        )


class Pair(models.Model):
    """One value that both counties have: our rows of it are below, theirs are theirs."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="pairs")
    pair_id = models.CharField(max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "pair_id"], name="matching_pair_once"),
        )


class PairRow(models.Model):
    """A row of ours behind a pair: its kind, its number in the record, its village."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="rows")
    row_kind = models.CharField(max_length=20)
    row_id = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12, blank=True)
    person_ext_id = models.CharField(max_length=40, blank=True)


class Fault(models.Model):
    """Why a purpose and period could not be sent or fetched last; gone when it went well."""

    purpose = models.CharField(max_length=32)
    period = models.CharField(max_length=7)
    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["purpose", "period"], name="matching_fault_once"),
        )
