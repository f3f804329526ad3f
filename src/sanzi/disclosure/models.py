"""Tables of what villagers see: doors (QR), publications, household access and look-ups."""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Division, Household, Organisation


class Door(models.Model):
    """A QR identity: its token opens the page of a village."""

    token = models.CharField(max_length=24, primary_key=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Publication(models.Model):
    """What was published, fixed by its digest; a correction names the one it replaces.

    `due_at` is when it had to be public at the latest. From `unpublished_at` on it is off the web:
    what names persons who were helped leaves after its days, without `withdrawn_reason`: that says
    in public why somebody took it down by hand. `page_settled_at` is when its page last agreed
    with it, empty while the page waits to be drawn or taken away. `leaks` says which numbers of
    persons stand in it in full (`kernel/leaks.py`), empty for none.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    org_ext_id = models.CharField(max_length=40)
    item_code = models.CharField(max_length=8)
    period = models.CharField(max_length=7, blank=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120)
    body = models.JSONField()
    total_fen = models.BigIntegerField(null=True)
    content_digest = models.CharField(max_length=64)
    leaks = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True)
    min_days = models.SmallIntegerField(default=0)
    published_at = models.DateTimeField()
    unpublished_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    page_settled_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="replaced_by",
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["division", "item_code", "period"], name="publication_place"),
            models.Index(fields=["subject_kind", "subject_id"], name="publication_subject"),
            models.Index(fields=["division", "published_at"], name="publication_day"),
            models.Index(
                fields=["id"],
                condition=models.Q(page_settled_at__isnull=True),
                name="publication_page_waits",
            ),
        )

    @property
    def is_late(self) -> bool:
        """Whether it became public after its day."""
        return self.due_at is not None and self.published_at > self.due_at


class Inquiry(models.Model):
    """A question to those who run the village, which must be answered in public.

    `askers` says who asks: the supervision committee, representatives, a tenth of the voters
    (these three must be answered within 15 days), or anybody. `again` names an earlier inquiry
    whose answer did not satisfy; the town answers then. `level` is who must answer it now, by
    `due_at`: nobody answered below in time.
    """

    class Askers(models.TextChoices):
        """Who asks."""

        SUPERVISION = "supervision", "村监会"
        REPS = "reps", "五名以上村民代表"
        VOTERS = "voters", "十分之一以上有选举权的村民"
        ANYBODY = "anybody", "村民个人"

    class Level(models.TextChoices):
        """Who must answer."""

        VILLAGE = "village", "村里"
        TOWN = "town", "镇里"
        COUNTY = "county", "县里"

    class Status(models.TextChoices):
        """How far it is."""

        ASKED = "asked", "等答复"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "评价过了"
        ENDED = "ended", "没有受理"

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    case_number = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=60)
    askers = models.CharField(max_length=12, choices=Askers.choices)
    asker_count = models.IntegerField()
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    again = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    satisfied_count = models.IntegerField(default=0)
    unsatisfied_count = models.IntegerField(default=0)
    is_satisfied = models.BooleanField(null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ASKED)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.VILLAGE)

    class Meta:
        indexes = (models.Index(fields=["division_code", "status"], name="inquiry_place"),)


class InquiryDelay(models.Model):
    """A level that let the day of an inquiry pass without a public answer; kept for good."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="delays")
    level = models.CharField(max_length=8, choices=Inquiry.Level.choices)
    due_at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["inquiry", "level"], name="inquiry_delay_once"),
        )


class HouseholdCode(models.Model):
    """The sealed code (>= 40 bits) with which a household opens its own page; only its hash."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="codes")
    code_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Application(models.Model):
    """What a household handed in at the public door: its receipt.

    `token` came with the form, so that a form sent twice is one case. `code_hash` opens the
    receipt without the household's proof; no address is kept, only its index of the day.
    """

    token = models.CharField(max_length=40, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, db_index=False)
    case_number = models.CharField(max_length=40, blank=True, db_index=True)
    code_hash = models.CharField(max_length=64)
    address_index = models.CharField(max_length=64)
    handed_in_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["household", "handed_in_at"], name="application_household"),
            models.Index(fields=["address_index", "handed_in_at"], name="application_address"),
        )


class OneTimeCode(models.Model):
    """A code sent to the registered phone of a household."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT)
    phone_index = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    wrong_count = models.IntegerField(default=0)


class HouseholdLook(models.Model):
    """One attempt to open a household's page, shown to the household; no address kept."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    name_index = models.CharField(max_length=64)
    address_index = models.CharField(max_length=64)
    at = models.DateTimeField()
    how = models.CharField(max_length=12)
    was_granted = models.BooleanField()

    class Meta:
        indexes = (
            models.Index(fields=["name_index", "at"], name="look_name"),
            models.Index(fields=["address_index", "at"], name="look_address"),
        )


class PageStyle(models.Model):
    """A stylesheet of published pages, kept as long as one page was drawn with it."""

    name = models.CharField(max_length=40, primary_key=True)
    content = models.BinaryField()


class PageFile(models.Model):
    """A publication as files: its bytes are drawn once and kept, so the folder can be made anew.

    `path` is the village and the name of the file, without ending; html, data and people are
    deflated. What names people is emptied at `people_until`; the digests stay in `note`, which
    the keys of the log signed. `refused_digest` is the last other content that was refused.
    """

    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, primary_key=True, related_name="page"
    )
    path = models.CharField(max_length=60, unique=True)
    style = models.ForeignKey(PageStyle, on_delete=models.PROTECT, db_index=False)
    content_digest = models.CharField(max_length=64)
    html = models.BinaryField()
    data = models.BinaryField()
    people = models.BinaryField(null=True)
    people_until = models.DateTimeField(null=True, db_index=True)
    note = models.TextField()
    made_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, db_index=True)
    removed_at = models.DateTimeField(null=True)
    refused_digest = models.CharField(max_length=64, blank=True)


class DueSheet(models.Model):
    """An item of a village that is due for a period; a quarter and a year by their last month.

    `empty_at` says that books and registers had nothing to publish.
    """

    division = models.ForeignKey(Division, on_delete=models.PROTECT, db_index=False)
    org_ext_id = models.CharField(max_length=40)
    item_code = models.CharField(max_length=8)
    period = models.CharField(max_length=7)
    title = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, null=True)
    empty_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["division", "item_code", "period"], name="due_sheet_once"
            ),
        )
        indexes = (models.Index(fields=["due_at"], name="due_sheet_day"),)


class HeldSheet(models.Model):
    """A page that the models of the gate keep from being published, until they say nothing more.

    `ext_id` is the publication's to be, so that a release binds to it. What a case or the calendar
    made is tried again by the worker; what somebody hands in by hand, by him. `unjudged_at` is
    since when the models could not say anything of it, `told_at` when its office was told so.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, db_index=False)
    org_ext_id = models.CharField(max_length=40)
    item_code = models.CharField(max_length=8)
    period = models.CharField(max_length=7, blank=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120)
    body = models.JSONField()
    total_fen = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    is_by_hand = models.BooleanField()
    held_at = models.DateTimeField()
    unjudged_at = models.DateTimeField(null=True, db_index=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["division", "item_code", "period", "subject_kind", "subject_id"],
                name="held_sheet_once",
            ),
            models.CheckConstraint(
                condition=models.Q(told_at__isnull=True) | models.Q(unjudged_at__isnull=False),
                name="held_sheet_told",
            ),
        )


class Comment(models.Model):
    """What a household says to a publication that asks for it, once; the text without numbers."""

    class Stance(models.TextChoices):
        """For, against, or neither."""

        FOR = "for", "同意"
        AGAINST = "against", "不同意"
        OTHER = "other", "有别的想法"

    ext_id = models.CharField(max_length=40, unique=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="comments")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, db_index=False)
    stance = models.CharField(max_length=8, choices=Stance.choices)
    words = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["publication", "household"], name="comment_once"),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answer=""),
                name="comment_answer",
            ),
        )


class SearchLine(models.Model):
    """What the search of the portal finds: open text only, nobody's name in it, masked or not.

    `kind` and `ref` say which page it leads to; `words` is folded as `search_rules.folded` does
    and begins with the title. `publication` is empty for what stands in a register.
    """

    class Kind(models.TextChoices):
        """The page that it leads to."""

        SHEET = "sheet", "公布的"
        PAYMENT = "payment", "付的钱"
        MONTH = "month", "每月收支"
        WORKS = "works", "工程"
        ASSET = "asset", "资产资源"
        AUCTION = "auction", "招租和出让"
        TENDER = "tender", "招标"

    division = models.ForeignKey(Division, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    ref = models.CharField(max_length=40)
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, null=True)
    period = models.CharField(max_length=7, blank=True)
    at = models.DateTimeField()
    title = models.CharField(max_length=120)
    words = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "ref"],
                condition=models.Q(publication__isnull=True),
                name="search_line_once",
            ),
        )
        indexes = (
            models.Index(fields=["division", "at"], name="search_line_place"),
            models.Index(fields=["at", "title", "period"], name="search_line_day"),
        )
