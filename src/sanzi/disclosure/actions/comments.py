"""Comments on consultations: a household speaks once, the village answers, both are public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.disclosure import comment_queries, rules
from sanzi.disclosure.errors import (
    CommentsClosed,
    NumberInText,
    SaidAlready,
    WordsMissing,
    WordsTooLong,
)
from sanzi.disclosure.models import Comment, Publication
from sanzi.kernel import ids
from sanzi.matters.fields import seen
from sanzi.matters.items import items
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Household

WORDS_MAX: Final = 500


@dataclass(frozen=True)
class Words:
    """What a household says: for, against or other, and its words; other needs words."""

    stance: str
    text: str


def _read(text: str) -> str:
    """Return what was written, without signs that nobody sees. Raises: WordsTooLong."""
    found = seen(text).strip()
    if len(found) > WORDS_MAX:
        raise WordsTooLong(limit=WORDS_MAX, field="words")
    return found


def say(*, village_code: str, ext_id: str, words: Words, by: Actor, at: datetime) -> Comment:
    """Take what a household says to a publication that asks for it.

    Raises: NotFound, CommentsClosed, SaidAlready, WordsMissing, WordsTooLong, NumberInText. Nothing
    is left then.
    """
    text = _read(words.text)
    if words.stance not in Comment.Stance.values or (
        words.stance != Comment.Stance.FOR and not text
    ):
        raise WordsMissing(field="words")
    if rules.scrubbed(text) != text:
        raise NumberInText(label="意见", field="words")
    with transaction.atomic():
        if by.household_id is None:
            raise NotFound
        household = Household.objects.select_for_update().get(pk=by.household_id)
        one = Publication.objects.filter(
            ext_id=ext_id, division_id=village_code, unpublished_at__isnull=True,
            replaced_by__isnull=True,
        ).first()  # fmt: skip
        if (
            one is None
            or not items()[one.item_code].comments
            or household.division_id != village_code
        ):
            raise NotFound
        if at >= comment_queries.until(one):
            raise CommentsClosed
        if comment_queries.about(one).filter(household=household).exists():
            raise SaidAlready
        made = Comment.objects.create(
            ext_id=ids.new_id("Y", at),
            publication=one,
            household=household,
            stance=words.stance,
            words=text,
            said_at=at,
        )
        audit.write(
            chain=one.org_ext_id,
            kind="disclosure.comment.said",
            by=by,
            at=at,
            subject=("comment", made.ext_id),
            after={"publication": one.ext_id, "stance": made.stance},
        )
    return made


def answer(*, ext_id: str, text: str, by: Actor, at: datetime) -> None:
    """Answer one comment in public, once.

    Raises: NotFound, WordsMissing, WordsTooLong, NumberInText.
    """
    said = _read(text)
    if not said:
        raise WordsMissing(field="answer")
    if rules.scrubbed(said) != said:
        raise NumberInText(label="答复", field="answer")
    with transaction.atomic():
        found = comment_queries.access_comment(by=by, ext_id=ext_id)
        one = Comment.objects.select_for_update().get(pk=found.pk)
        if one.answered_at is not None:
            raise NotFound
        one.answer, one.answered_at, one.answered_by_id = said, at, by.user_id
        one.save(update_fields=["answer", "answered_at", "answered_by_id"])
        audit.write(
            chain=found.publication.org_ext_id,
            kind="disclosure.comment.answered",
            by=by,
            at=at,
            subject=("comment", one.ext_id),
        )
