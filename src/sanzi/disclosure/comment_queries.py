"""Comments on what asks for them: counted, with their answers, without any name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from sanzi.disclosure import rules
from sanzi.disclosure.models import Comment, Publication
from sanzi.matters.items import items
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

PERMISSION: Final = "matters.start"
"""Who may begin a matter of the village may answer what villagers say to it."""
Stance = Comment.Stance


@dataclass(frozen=True)
class Said:
    """One comment as everybody sees it."""

    stance: str
    words: str
    said_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Comments:
    """All comments on a publication: until when one may speak, counts by stance, the texts.

    A text is public with its answer: what anybody writes is not shown before somebody has read it.
    `waiting` tells how many are not answered, so that none can be kept back in silence.
    """

    until: datetime
    is_open: bool
    counts: tuple[tuple[str, int], ...]
    rows: tuple[Said, ...]
    waiting: int


def about(one: Publication) -> QuerySet[Comment]:
    """Return the comments on a publication, on its other versions too: they are on one thing."""
    place = Q(publication=one)
    if one.subject_id:
        place = Q(
            publication__division_id=one.division_id,
            publication__item_code=one.item_code,
            publication__subject_kind=one.subject_kind,
            publication__subject_id=one.subject_id,
        )
    return Comment.objects.filter(place)


def until(one: Publication) -> datetime:
    """Return the end of the last day for comments: the least days from the first version on."""
    first = one
    if one.subject_id:
        versions = Publication.objects.filter(
            division_id=one.division_id, item_code=one.item_code,
            subject_kind=one.subject_kind, subject_id=one.subject_id,
        )  # fmt: skip
        first = versions.order_by("published_at", "pk").first() or one
    return rules.due(first.published_at, first.min_days)


def of(one: Publication, at: datetime) -> Comments | None:
    """Return the comments on a publication, None where its item takes none."""
    if not items()[one.item_code].comments:
        return None
    found = list(about(one).order_by("said_at", "pk"))
    last = until(one)
    return Comments(
        until=last,
        is_open=at < last,
        counts=tuple(
            (str(stance.label), sum(each.stance == stance for each in found)) for stance in Stance
        ),
        rows=tuple(
            Said(str(each.get_stance_display()), each.words, each.said_at, each.answer,
                 each.answered_at)
            for each in found
            if each.answered_at is not None
        ),
        waiting=sum(bool(each.words) and each.answered_at is None for each in found),
    )  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """One comment as those see it who answer; whose it is, nobody sees."""

    ext_id: str
    village: str
    title: str
    said: Said


def in_scope(*, by: Actor) -> QuerySet[Comment]:
    """Return the comments with words in the actor's scope, the oldest first."""
    found = Comment.objects.filter(
        scope.within(by, PERMISSION, "publication__division_id")
    ).exclude(words="")
    return found.select_related("publication__division").order_by("said_at", "pk")


def waiting(*, by: Actor) -> list[Waiting]:
    """Return the comments that wait for an answer, the oldest first."""
    return [
        Waiting(
            one.ext_id, one.publication.division.name, one.publication.title,
            Said(str(one.get_stance_display()), one.words, one.said_at, "", None),
        )
        for one in in_scope(by=by).filter(answered_at__isnull=True)
    ]  # fmt: skip


def access_comment(*, by: Actor, ext_id: str) -> Comment:
    """Return one comment. Raises: NotFound, also when it lies out of scope."""
    found = in_scope(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found
