"""A village or a person questions a figure; the township's party office answers in five days.

A township questions its own in the same way, and the county's finance bureau answers.

An objection changes no score: where it is upheld, the row that was wrong is corrected where it
was made, and the next night counts anew.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.insight.errors import (
    AnswerEmpty,
    ObjectionAnswered,
    ObjectionEmpty,
    ObjectionLate,
    ObjectionOpen,
    OwnObjection,
)
from sanzi.insight.indices import catalogue, queries
from sanzi.insight.models import IndexScore, Objection
from sanzi.kernel import clock, ids
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import roles

WORDS_MAX = 1000
ANSWER_DAYS = 5


def last_moment(index_code: str, period: str) -> datetime:
    """Return until when scores of a month may be questioned: some work days after its end."""
    days = catalogue.indices()[index_code].objection_days
    return orgs.calendar().add_workdays(end_of(period), days)


def end_of(period: str) -> datetime:
    """Return the last second of a month."""
    year, month = int(period[:4]), int(period[5:])
    first = date(year + month // 12, month % 12 + 1, 1)
    ended = clock.midnight(first)
    return ended - timedelta(seconds=1)


def make(*, ext_id: str, indicator: str, words: str, by: Actor, at: datetime) -> str:
    """Question a figure of a score; return the objection's id.

    Raises: NotFound, ObjectionEmpty, ObjectionLate, ObjectionOpen.
    """
    score = queries.access_score(by=by, ext_id=ext_id)
    known = {part["code"] for field in score.parts for part in field["indicators"]}
    known |= {one["code"] for one in score.penalties}
    if not queries.may_object(by, score) or indicator not in known or by.user_id is None:
        raise NotFound
    said = words.strip()[:WORDS_MAX]
    if not said:
        raise ObjectionEmpty
    until = last_moment(score.index_code, score.period)
    if at > until:
        raise ObjectionLate(until=f"{clock.local_date(until):%Y-%m-%d}")
    with transaction.atomic():
        held = IndexScore.objects.select_for_update().get(pk=score.pk)
        if held.objections.filter(indicator_code=indicator, answered_at__isnull=True).exists():
            raise ObjectionOpen
        made = Objection.objects.create(
            ext_id=ids.new_id("IO", at),
            score=held,
            indicator_code=indicator,
            words=said,
            made_by_id=by.user_id,
            made_by_name=by.name,
            made_at=at,
            due_at=orgs.calendar().add_workdays(at, ANSWER_DAYS),
        )
        _log("made", made, after={"indicator": indicator}, by=by, at=at)
        _tell(made, at)
    return made.ext_id


def _tell(made: Objection, at: datetime) -> None:
    """Tell those who answer: the party office, or the county; never the person of the score."""
    score, day = made.score, clock.local_date(at)
    permission = queries.answer_permission(score)
    answerers = {
        one.user_id
        for code, role in roles().items()
        if permission in role.may
        for one in orgs.holders(code, score.division_code, day)
        if one.user_id is not None
        and one.user_id != made.made_by_id
        and one.person_ext_id != score.person_ext_id
    }
    params = {
        "village": orgs.village_name(score.division_code),
        "due": clock.minute_text(made.due_at),
    }
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"index_objection/{made.ext_id}/{user}"[:80],
                channel=Channel.INBOX,
                template="index_objection",
                params=params,
                user_id=user,
                subject_kind="index_score",
                subject_id=score.ext_id,
            )
            for user in sorted(answerers)
        ],
        at=at,
    )


def answer(*, ext_id: str, words: str, is_upheld: bool, by: Actor, at: datetime) -> None:
    """Answer an objection, once: upheld or not, and why.

    Raises: NotFound, AnswerEmpty, ObjectionAnswered, OwnObjection.
    """
    seen = Objection.objects.select_related("score").filter(ext_id=ext_id).first()
    if seen is None or by.user_id is None:
        raise NotFound
    scope.require(by, queries.answer_permission(seen.score), seen.score.division_code)
    said = words.strip()[:WORDS_MAX]
    if not said:
        raise AnswerEmpty
    with transaction.atomic():
        held = (
            Objection.objects.select_for_update(of=("self",))
            .select_related("score")
            .get(pk=seen.pk)
        )
        if held.answered_at is not None:
            raise ObjectionAnswered
        if by.user_id == held.made_by_id or by.person_ext_id == seen.score.person_ext_id:
            raise OwnObjection
        held.answer, held.is_upheld = said, is_upheld
        held.answered_by_id, held.answered_by_name, held.answered_at = by.user_id, by.name, at
        held.save()
        _log("answered", held, after={"is_upheld": is_upheld}, by=by, at=at)


def look(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Write down that somebody looked at the score of another person.

    Raises: NotFound.
    """
    score = queries.access_score(by=by, ext_id=ext_id)
    if score.person_ext_id and score.person_ext_id != by.person_ext_id:
        audit.write(
            chain=score.division_code,
            kind="insight.post.seen",
            by=by,
            at=at,
            subject=("index_score", score.ext_id),
        )


def _log(what: str, one: Objection, *, after: dict[str, object], by: Actor, at: datetime) -> None:
    audit.write(
        chain=one.score.division_code,
        kind=f"insight.objection.{what}",
        by=by,
        at=at,
        subject=("index_objection", one.ext_id),
        after=after,
    )
