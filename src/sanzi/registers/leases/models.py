"""Tables of leases: who has what until when for how much, each period's rent, what was told.

Rent is asked for by a bill of the payments room and counted when its receipt comes; nothing here
is money that nobody saw.
"""

from __future__ import annotations

from django.db import models

from sanzi.deals.models import Asset
from sanzi.orgs.models import Counterparty, Organisation

TIES = {"distant": "是村干部的远亲", "near": "是村干部或近亲属"}
"""How a tenant is tied to the officers of the village, in words."""


class PayCycle(models.TextChoices):
    """How often rent is paid."""

    MONTH = "month", "按月"
    QUARTER = "quarter", "按季"
    HALF = "half", "按半年"
    YEAR = "year", "按年"


class Lease(models.Model):
    """A lease of one thing. `end_date` is its last day; `returned_at` when it was handed back.

    `rent_steps` maps the number of a year to its rent. `tender_ext_id` is the auction it came
    from; `kin_tie` says that the tenant is distant kin of an officer, open to everybody. A lease
    that is handed back early keeps its end and pays no rent after the handover. `next_case_number`
    is the case that the platform opened when the end came near.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="leases")
    tenant = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="+")
    actual_user = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, null=True, related_name="+"
    )
    contract_ref = models.CharField(max_length=40, blank=True)
    use_limit = models.CharField(max_length=120, blank=True)
    rent_fen_year = models.BigIntegerField()
    rent_steps = models.JSONField(default=dict)
    reserve_rent_fen_year = models.BigIntegerField(null=True)
    appraised_rent_fen_year = models.BigIntegerField(null=True)
    pay_cycle = models.CharField(max_length=8, choices=PayCycle.choices)
    prepaid_years = models.IntegerField(default=0)
    deposit_fen = models.BigIntegerField(default=0)
    is_sublet_allowed = models.BooleanField(default=False)
    start_date = models.DateField()
    end_date = models.DateField()
    tender_ext_id = models.CharField(max_length=40, blank=True)
    decision_ref = models.CharField(max_length=60, blank=True)
    renewed_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="renewals"
    )
    kin_tie = models.CharField(max_length=8, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_note = models.CharField(max_length=120, blank=True)
    case_number = models.CharField(max_length=40, blank=True)
    next_case_number = models.CharField(max_length=40, blank=True)
    signed_at = models.DateTimeField()
    signed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(end_date__gte=models.F("start_date"))
                & models.Q(rent_fen_year__gt=0)
                & models.Q(deposit_fen__gte=0),
                name="lease_days_and_rent",
            ),
        )
        indexes = (
            models.Index(fields=["asset", "end_date"], name="lease_of_asset"),
            models.Index(fields=["division_code", "end_date"], name="lease_place"),
        )


class RentBill(models.Model):
    """The rent of one period: when it is due, what has come, what was given up by decision.

    `bill_ext_id` is the payments room's bill under whose reference the tenant pays.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="rent")
    division_code = models.CharField(max_length=12)
    place = models.IntegerField()
    from_date = models.DateField()
    until_date = models.DateField()
    due_date = models.DateField()
    amount_fen = models.BigIntegerField()
    received_fen = models.BigIntegerField(default=0)
    received_at = models.DateTimeField(null=True)
    waived_fen = models.BigIntegerField(default=0)
    waiver_decision_ref = models.CharField(max_length=60, blank=True)
    dunned_count = models.IntegerField(default=0)
    last_dunned_at = models.DateTimeField(null=True)
    bill_ext_id = models.CharField(max_length=40, blank=True)
    is_dropped = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["lease", "place"], name="rent_bill_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gte=0)
                & models.Q(received_fen__gte=0)
                & models.Q(waived_fen__gte=0)
                & models.Q(amount_fen__gte=models.F("received_fen") + models.F("waived_fen")),
                name="rent_bill_within",
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "due_date"], name="rent_bill_place"),
            models.Index(fields=["bill_ext_id"], name="rent_bill_of_bill"),
        )


class RentReminder(models.Model):
    """A step of dunning that was told, once."""

    rent = models.ForeignKey(RentBill, on_delete=models.PROTECT, related_name="reminders")
    day = models.IntegerField()
    title = models.CharField(max_length=40)
    to = models.CharField(max_length=60)
    told_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["rent", "day"], name="rent_reminder_once"),)


class ExpiryNotice(models.Model):
    """A notice that a lease is about to end, once for each number of days before."""

    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="notices")
    days_before = models.IntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["lease", "days_before"], name="expiry_notice_once"),
        )
