"""Tables of meetings: the plan of a decision, its steps, who came, who stood aside.

`Decision` itself keeps the outcome; what is here is how it came about. Counts on a step are fixed
when its votes are counted; until then they follow the roll.
"""

from __future__ import annotations

from django.db import models

from sanzi.matters.models.decisions import Decision
from sanzi.orgs.models import Household, Organisation, Person


class DecisionPlan(models.Model):
    """What is to be decided and how: the wording, the matter, the risk, who began it.

    `subject` is a matter of the statute table. `score` is what villagers gave in the evaluation,
    0 to 100, None before it.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="plan")
    subject = models.CharField(max_length=24)
    plan_text = models.TextField()
    risk_note = models.TextField(blank=True)
    is_concurrent = models.BooleanField(default=False)
    case_number = models.CharField(max_length=40, blank=True)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    score = models.SmallIntegerField(null=True)
    comments = models.TextField(blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["case_number"], name="decision_plan_case"),)


class Meeting(models.Model):
    """One meeting of a body: when, where, who chairs, how attendees prove that they are there.

    `code` is shown in the room; a phone signs in with it, a name and its own number. Wrong tries
    are counted in a window and then refused for a while.
    """

    ext_id = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    division_code = models.CharField(max_length=12)
    body = models.CharField(max_length=24)
    held_at = models.DateTimeField()
    place = models.CharField(max_length=60)
    chair = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorder = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    watcher = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    notice_given_at = models.DateTimeField(null=True)
    papers_given_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=8)
    opened_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    wrong_tries = models.IntegerField(default=0)
    tries_since_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["division_code", "held_at"], name="meeting_place"),)


class Presence(models.TextChoices):
    """How somebody takes part."""

    ROOM = "ROOM", "到场"
    ONLINE = "ONLINE", "在线"
    PROXY = "PROXY", "同户代表"


class Attendance(models.Model):
    """Somebody of the body who takes part in a meeting, himself or through his household."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    presence = models.CharField(max_length=8, choices=Presence.choices, default=Presence.ROOM)
    proxy = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=8)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once"),
        )


class DecisionStep(models.Model):
    """One step of a decision: a meeting with its votes, or a publication with its days."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="steps")
    step_no = models.SmallIntegerField()
    step_kind = models.CharField(max_length=20)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, related_name="decision_steps"
    )
    held_at = models.DateTimeField(null=True)
    eligible_count = models.IntegerField(null=True)
    present_count = models.IntegerField(null=True)
    household_count = models.IntegerField(null=True)
    present_household_count = models.IntegerField(null=True)
    agree_count = models.IntegerField(null=True)
    against_count = models.IntegerField(null=True)
    abstain_count = models.IntegerField(null=True)
    notice_given_at = models.DateTimeField(null=True)
    minutes_digest = models.CharField(max_length=64, blank=True)
    photo_phash = models.CharField(max_length=64, blank=True)
    publicity_start_at = models.DateTimeField(null=True)
    publicity_end_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["decision", "step_kind"], name="decision_step_once"),
        )
        indexes = (
            models.Index(fields=["minutes_digest"], name="decision_step_minutes"),
            models.Index(fields=["photo_phash"], name="decision_step_photo"),
        )


class DecisionRecusal(models.Model):
    """Somebody with an interest in a decision, and whether he stood aside.

    `was_due` and `was_present`: whether the vote had a seat for him, and whether he came to it;
    None before the vote, and where whoever brought it in did not say.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reason = models.CharField(max_length=120)
    is_recused = models.BooleanField(default=True)
    was_due = models.BooleanField(null=True)
    was_present = models.BooleanField(null=True)
    noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["decision", "person"], name="decision_recusal_once"),
        )
