"""Tables of members, homesteads, compensation for taken land, and contracts of land.

Units: money in fen, quantities in thousandths, areas in hundredths.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Counterparty, Household, Organisation, Person


class Step(models.TextChoices):
    """Where a matter of this room stands; each power uses some of these."""

    REQUESTED = "requested", "已申请"
    CHECKED = "checked", "初审过了"
    DISCUSSED = "discussed", "小组议过了"
    SURVEYED = "surveyed", "在清点"
    SHOWN = "shown", "公示满了"
    PLANNED = "planned", "方案公告满了"
    DECIDED = "decided", "表决过了"
    ACCEPTED = "accepted", "镇里受理了"
    APPROVED = "approved", "批准了"
    FUNDED = "funded", "钱到了"
    SIGNED = "signed", "签了合同"
    BUILT = "built", "建好了"
    CLOSED = "closed", "办完了"
    REFUSED = "refused", "不予确认"
    ENDED = "ended", "不办了"


class Row(models.Model):
    """What every head row of the room has."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    submitted_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Step.choices, default=Step.REQUESTED)

    class Meta:
        abstract = True


class Membership(Row):
    """Somebody becomes a member of the collective, or is one no longer."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8)
    ground = models.CharField(max_length=16)
    checked_at = models.DateTimeField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    refuse_ground = models.CharField(max_length=16, blank=True)
    publicity_start_date = models.DateField(null=True)
    publicity_end_date = models.DateField(null=True)
    objection = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField(null=True)
    file_no = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="membership_place"),
            models.Index(fields=["case_number"], name="membership_case"),
        )


class Homestead(Row):
    """A household's wish for a plot to build its house on."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT)
    ground = models.CharField(max_length=12)
    land_class = models.CharField(max_length=10)
    area_m2_centi = models.IntegerField()
    place = models.CharField(max_length=80, blank=True)
    old_site = models.CharField(max_length=10, blank=True)
    group_agreed_at = models.DateTimeField(null=True)
    publicity_start_at = models.DateTimeField(null=True)
    publicity_end_at = models.DateTimeField(null=True)
    objection = models.CharField(max_length=200, blank=True)
    town_accepted_at = models.DateTimeField(null=True)
    site_visit_1_at = models.DateTimeField(null=True)
    site_visit_2_at = models.DateTimeField(null=True)
    site_visit_3_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    built_at = models.DateTimeField(null=True)
    built_m2_centi = models.IntegerField(null=True)
    old_site_returned_at = models.DateTimeField(null=True)
    parcel_id = models.CharField(max_length=40, blank=True)
    certificate_no = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="homestead_place"),
            models.Index(fields=["case_number"], name="homestead_case"),
        )


class LandTaking(Row):
    """Land that is taken for a project, from the notice to the money."""

    project_name = models.CharField(max_length=120)
    notice_no = models.CharField(max_length=60, blank=True)
    notice_start_date = models.DateField(null=True)
    notice_end_date = models.DateField(null=True)
    roster_start_date = models.DateField(null=True)
    roster_end_date = models.DateField(null=True)
    objection = models.CharField(max_length=200, blank=True)
    plan_start_date = models.DateField(null=True)
    plan_end_date = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True)
    fund_received_at = models.DateTimeField(null=True)
    fund_fen = models.BigIntegerField(null=True)
    collective_use = models.CharField(max_length=12, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="land_taking_place"),
            models.Index(fields=["case_number"], name="land_taking_case"),
        )


class Survey(models.Model):
    """A count on the spot: who came, and whether the owner signed."""

    ext_id = models.CharField(max_length=40, unique=True)
    taking = models.ForeignKey(LandTaking, on_delete=models.PROTECT, related_name="surveys")
    division_code = models.CharField(max_length=12)
    surveyed_at = models.DateTimeField()
    attendee_count = models.IntegerField()
    has_third_party = models.BooleanField()
    has_owner_sign = models.BooleanField()
    photo_count = models.IntegerField()
    person_count_village = models.IntegerField()


class OwnerKind(models.TextChoices):
    """Whose it was that is compensated."""

    COLLECTIVE = "collective", "集体的"
    HOUSEHOLD = "household", "农户的"


class Compensation(models.Model):
    """One line of the roster: what is compensated to whom. Units: fen; thousandths."""

    ext_id = models.CharField(max_length=40, unique=True)
    taking = models.ForeignKey(LandTaking, on_delete=models.PROTECT, related_name="lines")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, null=True, related_name="lines")
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    parcel_id = models.CharField(max_length=40, blank=True)
    owner_kind = models.CharField(max_length=12, choices=OwnerKind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    quantity_milli = models.BigIntegerField()
    unit = models.CharField(max_length=10)
    unit_price_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["parcel_id", "kind"], name="compensation_parcel"),)


class LandContract(Row):
    """One parcel that the collective gives out by contract. Units: hundredths of a mu, fen."""

    parcel_id = models.CharField(max_length=40)
    holder_kind = models.CharField(max_length=12)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, null=True)
    land_use = models.CharField(max_length=10)
    area_mu_centi = models.IntegerField()
    fee_fen_year = models.BigIntegerField()
    start_date = models.DateField()
    end_date = models.DateField()
    scheme_start_date = models.DateField(null=True)
    scheme_end_date = models.DateField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    has_credit_check = models.BooleanField(default=False)
    approved_at = models.DateTimeField(null=True)
    signed_date = models.DateField(null=True)
    registered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case_number", "parcel_id"], name="land_contract_once",
                condition=~models.Q(case_number=""),
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["division_code", "submitted_at"], name="land_contract_place"),
            models.Index(fields=["parcel_id"], name="land_contract_parcel"),
        )
