"""Tables of seals: the seals, their uses and impressions, what machines tell, desk services."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Organisation, Person


class SealKind(models.TextChoices):
    """Kinds of seals, with the values of the record."""

    COMMITTEE = "committee", "村委会公章"
    COLLECTIVE = "collective", "集体经济组织公章"
    PARTY = "party", "村党组织公章"
    FINANCE = "finance", "财务专用章"
    CONTRACT = "contract", "合同专用章"


class SealState(models.TextChoices):
    """Whether a seal may be used."""

    IN_USE = "in_use", "在用"
    LOST = "lost", "遗失作废"
    RETIRED = "retired", "停用"


class UseStatus(models.TextChoices):
    """Where a use of a seal stands."""

    REQUESTED = "requested", "等批准"
    APPROVED = "approved", "可以盖"
    STAMPED = "stamped", "盖好了"
    UNUSED = "unused", "批了没盖"
    ENDED = "ended", "没有批"
    UNAPPROVED = "unapproved", "没批就盖了"


class Sending(models.TextChoices):
    """Where the authorisation for a machine stands."""

    NONE = "", "不用机器"
    WAITING = "waiting", "等着发"
    SENT = "sent", "机器收到了"
    REFUSED = "refused", "机器不收"
    CLOSING = "closing", "等着收回"
    CLOSED = "closed", "收回了"


class EventKind(models.TextChoices):
    """What a machine tells besides impressions, and what we found in what it told."""

    ONLINE = "online", "连上了"
    OFFLINE = "offline", "断线"
    FORCED_OPEN = "forced_open", "强行打开"
    TAMPER = "tamper", "被动过"
    CLOCK_ERROR = "clock_error", "时间不对"
    LOW_BATTERY = "low_battery", "电快没了"
    OUT_OF_FENCE = "out_of_fence", "离开范围"
    UNAUTHORISED = "unauthorised", "没批就盖"
    EXCESS = "excess", "盖多了"
    COUNT_DIFFERS = "count_differs", "次数对不上"
    CLASH = "clash", "同号不同记录"


ALARMS = frozenset(
    {
        EventKind.FORCED_OPEN, EventKind.TAMPER, EventKind.CLOCK_ERROR, EventKind.OUT_OF_FENCE,
        EventKind.UNAUTHORISED, EventKind.EXCESS, EventKind.COUNT_DIFFERS, EventKind.CLASH,
    }
)  # fmt: skip
"""Of these the discipline office hears at once."""


class Seal(models.Model):
    """One seal and who keeps it. `device_uuid` names the machine it is locked in, if any."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=12, choices=SealKind.choices)
    title = models.CharField(max_length=60)
    device_uuid = models.CharField(max_length=40, blank=True, db_index=True)
    keeper = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    kept_since_date = models.DateField(null=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=SealState.choices, default=SealState.IN_USE)
    lost_at = models.DateTimeField(null=True)
    void_notice = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "kind"], name="seal_place"),)


class SealUse(models.Model):
    """One use: asked for, approved for n impressions in a window, stamped.

    Its `ext_id` is the number of the authorisation that a machine gets. Units: degrees in
    millionths.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    item_code = models.CharField(max_length=24, blank=True)
    item_title = models.CharField(max_length=60, blank=True)
    seal_class = models.CharField(max_length=1, blank=True)
    is_listed_item = models.BooleanField()
    purpose = models.CharField(max_length=80, blank=True)
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    decision_ext_id = models.CharField(max_length=40, blank=True)
    requested_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approver = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    keeper = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    copies_approved = models.IntegerField(default=0)
    copies_stamped = models.IntegerField(default=0)
    not_before_at = models.DateTimeField(null=True)
    not_after_at = models.DateTimeField(null=True)
    is_offsite = models.BooleanField(default=False)
    offsite_place = models.CharField(max_length=80, blank=True)
    stamped_at = models.DateTimeField(null=True)
    before_photo_hash = models.CharField(max_length=64, blank=True)
    after_photo_hash = models.CharField(max_length=64, blank=True)
    lat_e6 = models.IntegerField(null=True)
    lng_e6 = models.IntegerField(null=True)
    sending = models.CharField(max_length=8, choices=Sending.choices, blank=True)
    sent_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=UseStatus.choices)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "requested_at"], name="seal_use_place"),
            models.Index(fields=["case_number"], name="seal_use_case"),
            models.Index(fields=["sending"], name="seal_use_sending"),
        )


class SealImpression(models.Model):
    """One pressing of a seal, by a machine (`device_seq`) or by hand.

    `received_at` is when we heard of it; `raw_digest` is the SM3 of the signed record.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    use = models.ForeignKey(SealUse, on_delete=models.PROTECT, related_name="impressions")
    place = models.IntegerField()
    device_uuid = models.CharField(max_length=40, blank=True)
    device_seq = models.IntegerField(null=True)
    stamped_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    before_photo_hash = models.CharField(max_length=64, blank=True)
    after_photo_hash = models.CharField(max_length=64, blank=True)
    lat_e6 = models.IntegerField(null=True)
    lng_e6 = models.IntegerField(null=True)
    raw_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["use", "place"], name="impression_once"),
            models.UniqueConstraint(
                fields=["device_uuid", "device_seq"], name="device_record_once",
                condition=models.Q(device_seq__isnull=False),
            ),
        )  # fmt: skip


class SealDeviceEvent(models.Model):
    """What a machine told of itself, or what was found wrong in what it told."""

    ext_id = models.CharField(max_length=40, unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="events")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    device_uuid = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    event_at = models.DateTimeField()
    received_at = models.DateTimeField()
    words = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "event_at"], name="seal_event_place"),)


class ServiceStatus(models.TextChoices):
    """Where a service of the desk stands."""

    APPLIED = "applied", "在核实"
    SEALING = "sealing", "等盖章"
    DONE = "done", "交给村民了"
    ENDED = "ended", "没有办"


class Service(models.Model):
    """One paper a villager came for."""

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=24, blank=True)
    item_code = models.CharField(max_length=24)
    item_title = models.CharField(max_length=60)
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    paper_text = models.CharField(max_length=600, blank=True)
    paper_digest = models.CharField(max_length=64, blank=True)
    seal_case_number = models.CharField(max_length=24, blank=True)
    applied_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=8, choices=ServiceStatus.choices)

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "applied_at"], name="service_place"),
            models.Index(fields=["case_number"], name="service_case"),
        )
