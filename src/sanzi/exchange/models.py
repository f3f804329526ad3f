"""Tables of the room: files as they came, deliveries of sources, mappings kept under a name.

A file is kept whole, sealed, in parts, under the digest of its bytes: it is the evidence of what
was loaded. What a delivery says of its rows holds nobody's name or number.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Person


class SourceFile(models.Model):
    """The bytes of a file from outside, by their SM3."""

    digest = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField()
    stored_at = models.DateTimeField()


class SourceFilePart(models.Model):
    """A stretch of a file, sealed; small, so that a change of keys takes it in hand."""

    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="parts")
    number = models.IntegerField()
    sealed_file = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["file", "number"], name="exchange_part_once"),
        )


class Delivery(models.Model):
    """One file of a source on its way: its mapping, what was found in it, what was loaded.

    Shapes: `headings` as read; `columns` field -> heading; `formats` field -> {order, unit};
        `codes` field -> {their word: our code}; `quality` counts only, see `checking.Quality`;
        `faults` the first wrong cells, personal values masked.
    """

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", "还在对"
        QUEUED = "queued", "正在导入"
        LOADED = "loaded", "导入了"
        DROPPED = "dropped", "没有导入"

    ext_id = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=30)
    source_version = models.CharField(max_length=10)
    division_code = models.CharField(max_length=12)
    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="deliveries")
    file_name = models.CharField(max_length=80)
    sheet = models.CharField(max_length=60)
    header_row = models.IntegerField()
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    formats = models.JSONField(default=dict)
    codes = models.JSONField(default=dict)
    mapping_name = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    seen_digest = models.CharField(max_length=64, blank=True)
    quality = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    trouble = models.CharField(max_length=300, blank=True)
    uploaded_by_id = models.BigIntegerField()
    uploaded_by_name = models.CharField(max_length=40)
    uploaded_at = models.DateTimeField()
    confirmed_by_id = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["source", "uploaded_at"], name="exchange_delivery_source"),
            models.Index(fields=["division_code", "state"], name="exchange_delivery_place"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["file", "source", "sheet"],
                condition=models.Q(state__in=["queued", "loaded"]),
                name="exchange_file_once",
            ),
        )


class LeftOut(models.Model):
    """A row of a file that was loaded without it: where, what stood there (masked), why."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="left_out")
    row = models.IntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=20)
    why = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=["delivery", "row"], name="exchange_left_out_row"),)


class SavedMapping(models.Model):
    """How files of one look are read, under a name; a newer one of the name replaces it."""

    ext_id = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=30)
    division_code = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    headings = models.JSONField()
    columns = models.JSONField()
    formats = models.JSONField(default=dict)
    codes = models.JSONField(default=dict)
    saved_by_name = models.CharField(max_length=40)
    saved_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["source", "fingerprint"], name="exchange_mapping_look"),)
        constraints = (
            models.UniqueConstraint(
                fields=["source", "division_code", "name"],
                condition=models.Q(replaced_at__isnull=True),
                name="exchange_mapping_name",
            ),
        )


class Proposal(models.Model):
    """What a directory from outside differs in from our posts, and what an officer said of it.

    `person` is ours, for who left or whose telephone changed; the rest is what the file says.
    """

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "等定"
        ACCEPTED = "accepted", "采纳了"
        DECLINED = "declined", "没有采纳"
        REPLACED = "replaced", "有了新的通讯录"

    class Kind(models.TextChoices):
        """What differs."""

        LEFT = "left", "通讯录里没有了"
        PHONE = "phone", "手机号变了"
        NEW = "new", "通讯录里新来的"

    ext_id = models.CharField(max_length=40, unique=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="proposals")
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    row = models.IntegerField()
    name = models.CharField(max_length=60, blank=True)
    sealed_phone = models.TextField(blank=True)
    department = models.CharField(max_length=120, blank=True)
    job = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=120, blank=True)
    decided_by_name = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "state"], name="exchange_proposal_place"),)
