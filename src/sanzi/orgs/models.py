"""Tables of places, bodies, people and users. Personal numbers are sealed, with a blind index.

`sealed_*` columns hold SM4-GCM ciphertext, `*_index` columns HMAC-SM3 of the normalised value.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Division(models.Model):
    """A node of the tree: province, city, county, town or village, by its 12-digit code."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    parent_code = models.CharField(max_length=12, blank=True)
    valid_from_date = models.DateField(null=True)
    valid_until_date = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["parent_code"], name="division_parent"),)


class OrganisationKind(models.TextChoices):
    """Kinds of bodies and offices, with the values of the record."""

    PARTY_BRANCH = "party_branch", "村党组织"
    VILLAGE_COMMITTEE = "village_committee", "村民委员会"
    COLLECTIVE = "collective", "集体经济组织"
    ENTERPRISE = "enterprise", "村集体企业"
    SUPERVISION_COMMITTEE = "supervision_committee", "村务监督委员会"
    TOWN_AGENCY = "town_agency", "三资代理中心"
    OFFICE = "office", "部门"
    BANK = "bank", "银行"


class Organisation(models.Model):
    """A body of a village or an office of a town or county."""

    ext_id = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    is_poor_village = models.BooleanField(null=True)
    population = models.IntegerField(null=True)
    household_count = models.IntegerField(null=True)


class Household(models.Model):
    """A household of a village; its code opens its own page on the portal."""

    ext_id = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    group_no = models.IntegerField(null=True)
    head_person_ext_id = models.CharField(max_length=40, blank=True)
    member_count = models.IntegerField(null=True)


class Person(models.Model):
    """A natural person known to a village or an office."""

    ext_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    sealed_id_no = models.TextField(blank=True)
    id_no_index = models.CharField(max_length=64, blank=True)
    sealed_phone = models.TextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True)
    gender = models.CharField(max_length=6, blank=True)
    birth_date = models.DateField(null=True)
    death_date = models.DateField(null=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    household_status = models.CharField(max_length=12, default="resident")
    is_member = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["id_no_index"], name="person_id_no"),
            models.Index(fields=["phone_index"], name="person_phone"),
        )


class Kinship(models.Model):
    """Two persons are kin, as declared or derived; used only for checks."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin_of")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=20)
    is_statutory_kin = models.BooleanField()
    is_extended_kin = models.BooleanField()
    source = models.CharField(max_length=12)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "relative"], name="kinship_pair"),)


class Appointment(models.Model):
    """A post held by a person at an organisation between two days; it is also the grant of a role.

    A user's scope follows from the open appointments of the user's person.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role_code = models.CharField(max_length=32)
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    is_concurrent = models.BooleanField(default=False)
    document_ref = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = (models.Index(fields=["role_code", "organisation"], name="appointment_role"),)


class CounterpartyKind(models.TextChoices):
    """Kinds of counterparties, with the values of the record."""

    COMPANY = "company", "企业"
    INDIVIDUAL_BUSINESS = "individual_business", "个体户"
    PERSON = "person", "个人"


class Counterparty(models.Model):
    """A supplier, contractor, tenant or payer outside the village bodies."""

    ext_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=CounterpartyKind.choices)
    name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    legal_rep_person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    registered_date = models.DateField(null=True)
    business_scope = models.CharField(max_length=200, blank=True)
    sealed_phone = models.TextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True)
    address_norm = models.CharField(max_length=120, blank=True)
    is_blacklisted = models.BooleanField(default=False)
    blacklist_until_date = models.DateField(null=True)


class CounterpartyOwner(models.Model):
    """Who owns or controls a counterparty."""

    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="owners")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    share_percent = models.IntegerField(null=True)
    kind = models.CharField(max_length=12)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["counterparty", "person", "kind"],
                name="counterparty_owner_once",
            ),
        )


class LandRight(models.Model):
    """A right of a household, the collective or an outsider to a parcel."""

    parcel_id = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    holder_kind = models.CharField(max_length=12)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    right_kind = models.CharField(max_length=12)
    area_mu_centi = models.IntegerField(null=True)
    area_m2_centi = models.IntegerField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)


class OutsideDeath(models.Model):
    """A line of the death register, by blind index of the resident id."""

    id_no_index = models.CharField(max_length=64, primary_key=True)
    sealed_id_no = models.TextField()
    death_date = models.DateField()


class OutsideStatus(models.Model):
    """What another register says of a person between two days."""

    id_no_index = models.CharField(max_length=64)
    sealed_id_no = models.TextField()
    kind = models.CharField(max_length=16)
    value_fen = models.BigIntegerField(null=True)
    since_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    detail_level = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = (models.Index(fields=["id_no_index"], name="outside_status_id"),)


class CalendarDay(models.Model):
    """A day of the working calendar; days without a row follow the week."""

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    is_holiday = models.BooleanField()


class UserManager(BaseUserManager["User"]):
    """Finds users by user name."""


class User(AbstractBaseUser):
    """Somebody who may log in to the office; everything else is said of his person."""

    username = models.CharField(max_length=40, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Unmasking(models.Model):
    """One full view of a personal field: who looked, at whom, why. Never updated."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    field = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)


class ExportState(models.TextChoices):
    """Where a request for plain personal data stands."""

    REQUESTED = "REQUESTED", "待批准"
    APPROVED = "APPROVED", "已批准"
    DECLINED = "DECLINED", "未批准"
    WRITTEN = "WRITTEN", "已导出"


class ExportRequest(models.Model):
    """One wish to take the data package out with plain personal columns; two persons decide.

    `recipient_key` is the SM2 public key (128 hex figures) that alone opens the archive.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=200)
    recipient = models.CharField(max_length=120)
    recipient_key = models.CharField(max_length=128)
    state = models.CharField(
        max_length=10, choices=ExportState.choices, default=ExportState.REQUESTED
    )
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    valid_until_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    row_counts = models.JSONField(default=dict)
    file_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="export_two_persons",
            ),
        )


class ApiToken(models.Model):
    """A user's key to the interface for programs; only its keyed digest is kept."""

    ext_id = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_date = models.DateField(null=True)


class KeptAnswer(models.Model):
    """What a program was answered under an idempotency key, so that a repeat does nothing."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)
    status = models.IntegerField(default=0)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="kept_answer_once"),)


class BindingState(models.TextChoices):
    """Where the binding of an outside account stands."""

    ASKED = "ASKED", "等批准"
    APPROVED = "APPROVED", "已绑定"
    REFUSED = "REFUSED", "没有同意"
    ENDED = "ENDED", "已解绑"


class Binding(models.Model):
    """An account elsewhere (DingTalk, WeChat, OIDC) by which an officer may log in.

    `uid_index` finds the account, `notice_address` is where work notices go. Who approves is
    another person; what has ended is kept.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bindings")
    provider = models.CharField(max_length=20)
    sealed_uid = models.TextField()
    uid_index = models.CharField(max_length=64)
    nick = models.CharField(max_length=60, blank=True)
    notice_address = models.CharField(max_length=80, blank=True)
    division_code = models.CharField(max_length=12)
    state = models.CharField(
        max_length=10, choices=BindingState.choices, default=BindingState.ASKED
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "uid_index"],
                condition=models.Q(state__in=["ASKED", "APPROVED"]),
                name="binding_of_one_account",
            ),
            models.UniqueConstraint(
                fields=["provider", "user"],
                condition=models.Q(state__in=["ASKED", "APPROVED"]),
                name="binding_of_one_user",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("user"))
                | models.Q(state="ENDED"),
                name="binding_two_persons",
            ),
        )
