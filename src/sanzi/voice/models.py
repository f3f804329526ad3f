"""Tables of letters: where each lies, its sealed parts, keys, bars, what the station saw.

And of confirmations: which households were asked whether a payment arrived, and what they said.

Nothing here is readable about a writer or the accused: words, names and photos are ciphertext,
who is kept out is a keyed mark of this letter alone. Without a name, the time is a full hour.
"""

from __future__ import annotations

from django.db import models

from sanzi.orgs.models import Household
from sanzi.payments.models import Payment, PaymentOrder


class OfficeKey(models.Model):
    """The public key of a discipline office; the private one is with the office, never here.

    `role_code` is `outside` for the office outside the county. A newer key ends the older.
    """

    role_code = models.CharField(max_length=32)
    division_code = models.CharField(max_length=12)
    public_key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64, unique=True)
    registered_at = models.DateTimeField()
    registered_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["role_code", "division_code"],
                condition=models.Q(ended_at__isnull=True),
                name="office_key_of_now",
            ),
        )


class State(models.TextChoices):
    """Where a letter stands."""

    RECEIVED = "RECEIVED", "收到了"
    DISPATCHED = "DISPATCHED", "转去办了"
    HANDLING = "HANDLING", "在办"
    ANSWERED = "ANSWERED", "答复了，等您评"
    RATED = "RATED", "您评了不满意"
    REOPENED = "REOPENED", "重新办"
    CLOSED = "CLOSED", "办结了"
    TRANSFERRED = "TRANSFERRED", "移送了"


class Complaint(models.Model):
    """One letter. `receipt_index` finds it for its writer, `token_index` what is sent twice.

    `sealed_letter` is the content key under the installation's data key, empty for sealed kinds.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    is_sealed = models.BooleanField()
    is_named = models.BooleanField()
    has_accused = models.BooleanField()
    sealed_letter = models.TextField(blank=True)
    receipt_index = models.CharField(max_length=64, unique=True)
    token_index = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=State.choices)
    route_step = models.SmallIntegerField()
    route_role = models.CharField(max_length=32)
    route_division = models.CharField(max_length=12)
    handler_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    is_satisfied = models.BooleanField(null=True)
    extended_count = models.SmallIntegerField(default=0)
    reopened_count = models.SmallIntegerField(default=0)
    threatened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["route_division", "route_role", "state"], name="complaint_place"),
            models.Index(fields=["division_code", "kind", "received_at"], name="complaint_day"),
        )


class Bar(models.Model):
    """Somebody or an office kept out of a letter, as a keyed mark that holds for it alone."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="bars")
    mark = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["complaint", "mark"], name="complaint_bar_once"),
        )


class Lock(models.TextChoices):
    """What a content key opens."""

    BODY = "BODY", "信"
    IDENTITY = "IDENTITY", "写信人"


class WrappedKey(models.Model):
    """A content key under one key that may open it.

    `holder` is the fingerprint of an office's key, or `writer`: under his receipt code.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="keys")
    lock = models.CharField(max_length=10, choices=Lock.choices)
    holder = models.CharField(max_length=64)
    wrapped = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["complaint", "lock", "holder"], name="wrapped_key_once"
            ),
        )


class Part(models.Model):
    """One sealed piece of a letter: words, a photo, the writer's name, or what was said to it.

    `turn` is the step that it belongs to, None for what came with the letter.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="parts")
    turn = models.ForeignKey("Turn", on_delete=models.PROTECT, null=True, related_name="parts")
    lock = models.CharField(max_length=10, choices=Lock.choices)
    name = models.CharField(max_length=12)
    number = models.SmallIntegerField(default=0)
    sealed = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["complaint", "turn", "name", "number"], name="complaint_part_once"
            ),
        )


class Turn(models.Model):
    """One step of a letter: what happened, in which office; its words are a sealed part."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="turns")
    at = models.DateTimeField()
    action = models.CharField(max_length=12)
    role_code = models.CharField(max_length=32, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    actor_id = models.BigIntegerField(null=True)


class Finding(models.TextChoices):
    """What somebody of the station found on the spot."""

    REAL = "REAL", "情况属实"
    PARTLY = "PARTLY", "部分属实"
    NOT_SEEN = "NOT_SEEN", "没有看到这样的事"


class Visit(models.Model):
    """The station of the village was on the spot: who, when, what was found, a photo.

    The words are sealed parts of `turn`. Where it was stands here only when the phone was asked,
    in millionths of a degree, and is taken off after the days of the rules.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="visits")
    turn = models.OneToOneField(Turn, on_delete=models.PROTECT, related_name="visit")
    role_code = models.CharField(max_length=32)
    person = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+")
    visited_at = models.DateTimeField()
    finding = models.CharField(max_length=10, choices=Finding.choices)
    photo_ext_id = models.CharField(max_length=40)
    file_hash = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField(null=True)
    lat_micro = models.IntegerField(null=True)
    lng_micro = models.IntegerField(null=True)


class Rectification(models.Model):
    """What a letter told of was put right: by whom, on which day, seen by the station, a photo.

    `doer` is `person:ID` of an officer or `office:ID`; the words are a sealed part of `turn`.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="rectifications"
    )
    turn = models.OneToOneField(Turn, on_delete=models.PROTECT, related_name="rectification")
    role_code = models.CharField(max_length=32)
    person = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    doer = models.CharField(max_length=60)
    doer_title = models.CharField(max_length=120)
    done_date = models.DateField()
    photo_ext_id = models.CharField(max_length=40)
    file_hash = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField(null=True)


class Promise(models.Model):
    """A member of a station signed what its text of a day says; `text_digest` is its SM3."""

    ext_id = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+")
    role_code = models.CharField(max_length=32)
    division_code = models.CharField(max_length=12)
    text_date = models.DateField()
    text_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "division_code", "text_date"], name="promise_once"
            ),
        )


class TextCode(models.Model):
    """A code sent by text so that one more letter may be handed in; no letter is named."""

    division_code = models.CharField(max_length=12)
    phone_mark = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_count = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "sent_at"], name="text_code_day"),)


class UsedProof(models.Model):
    """A challenge that a device has worked on: it counts once."""

    mark = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField()


class ConfirmationRound(models.Model):
    """The drawing of one payment order: whom it reached, whom a text can reach, how many are asked.

    `salt` and the server's key give the lot, so that the drawing can be done again by who has both.
    Units: households. `rested_count` were asked lately or asked not to be.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    order = models.OneToOneField(
        PaymentOrder, on_delete=models.PROTECT, related_name="confirmation_round"
    )
    division_code = models.CharField(max_length=12)
    salt = models.CharField(max_length=32)
    drawn_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    household_count = models.IntegerField()
    phoneless_count = models.IntegerField()
    rested_count = models.IntegerField()
    asked_count = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["division_code", "drawn_at"], name="confirmation_place"),)


class Answer(models.TextChoices):
    """What a household says of a payment."""

    RECEIVED = "received", "收到了"
    NOT_RECEIVED = "not_received", "没收到"
    WRONG_SUM = "wrong_sum", "数不对"
    DECLINED = "declined", "以后别再问"


class Confirmation(models.Model):
    """One household asked about one payment; it answers once, by a code kept as its hash."""

    ext_id = models.CharField(max_length=40, unique=True)
    round = models.ForeignKey(
        ConfirmationRound, on_delete=models.PROTECT, related_name="confirmations"
    )
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    received_fen = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["household", "asked_at"], name="confirmation_household"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | models.Q(~models.Q(answer=""), answered_at__isnull=False),
                name="confirmation_answered",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="wrong_sum", received_fen__gt=0)
                | models.Q(~models.Q(answer="wrong_sum"), received_fen__isnull=True),
                name="confirmation_sum",
            ),
        )
