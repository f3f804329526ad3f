"""Inquiries as everybody may read them: how many wait, until when, and where they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from django.db.models import Exists, OuterRef

from sanzi.disclosure.models import Inquiry, InquiryDelay, Publication
from sanzi.matters.models import CaseStep, StepState

UNREAD = "等村里受理"


@dataclass(frozen=True)
class Asked:
    """A question about a publication. Its words are shown once the village has taken it up.

    `answer_ext_id` is the publication that answers it; `is_late` that its day is past, or was, or
    that it went up unanswered. `level` is who must answer, `late_levels` who let the day pass.
    """

    title: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answer_ext_id: str
    is_late: bool
    level: str
    late_levels: tuple[str, ...]


def about(publication_ext_id: str, at: datetime) -> list[Asked]:
    """Return the questions about a publication, newest first."""
    found = Inquiry.objects.filter(
        subject_kind="publication", subject_id=publication_ext_id
    ).exclude(status=Inquiry.Status.ENDED)
    return [_asked(one, at) for one in found.order_by("-asked_at", "-pk")]


def waiting(division_code: str, at: datetime) -> list[Asked]:
    """Return the questions of a village that wait for their answer, the oldest first."""
    found = Inquiry.objects.filter(division_code=division_code, status=Inquiry.Status.ASKED)
    return [_asked(one, at) for one in found.order_by("due_at", "pk")]


@dataclass(frozen=True)
class Tally:
    """How many questions were taken up and answered in a village, and in how many days.

    `median_days` is None before the first answer; a half counts as a whole day.
    """

    asked: int
    answered: int
    late: int
    median_days: int | None


def tally(division_code: str, at: datetime) -> Tally:
    """Return the counts of all questions of a village."""
    found = Inquiry.objects.filter(division_code=division_code).exclude(status=Inquiry.Status.ENDED)
    went_up = Exists(InquiryDelay.objects.filter(inquiry=OuterRef("pk")))
    rows = list(found.values_list("asked_at", "answered_at", "due_at", went_up))
    took = [(answered - asked).days for asked, answered, *_ in rows if answered is not None]
    return Tally(
        asked=len(rows),
        answered=len(took),
        late=sum(is_up or (answered or at) > due for _, answered, due, is_up in rows),
        median_days=ceil(median(took)) if took else None,
    )


def due_of(case_number: str) -> datetime | None:
    """Return until when the inquiry of a case must be answered, None where it is none."""
    found = Inquiry.objects.filter(case_number=case_number)
    return found.values_list("due_at", flat=True).first()


def answer_of(case_number: str) -> Publication | None:
    """Return what answers the inquiry of a case in public, None before."""
    found = Publication.objects.filter(
        subject_kind="case", subject_id=case_number, item_code="G04", replaced_by__isnull=True,
        unpublished_at__isnull=True,
    )  # fmt: skip
    return found.order_by("-pk").first()


def _asked(one: Inquiry, at: datetime) -> Asked:
    answer = answer_of(one.case_number)
    delays = one.delays.order_by("pk").values_list("level", flat=True)
    late = tuple(str(Inquiry.Level(level).label) for level in delays)
    return Asked(
        title=one.title if answer or _is_taken(one) else UNREAD,
        asked_at=one.asked_at,
        due_at=one.due_at,
        answered_at=answer.published_at if answer else None,
        answer_ext_id=answer.ext_id if answer else "",
        is_late=bool(late) or (answer.published_at if answer else at) > one.due_at,
        level=Inquiry.Level(one.level).label,
        late_levels=late,
    )


def _is_taken(one: Inquiry) -> bool:
    """Return whether the supervision committee took it up: before that nobody read its words."""
    done = CaseStep.objects.filter(
        case__number=one.case_number, step_key="accept", state=StepState.APPROVED
    )
    return done.exists()
