"""Decide the flags of a month, once its days of objection are over, and note what followed.

Until then a month is counted anew each night as of its end, so that what an objection put right
counts. Two yellow flags running ask for a talk, three for the county's list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.insight.errors import StepDone, StepNone, StepWords
from sanzi.insight.indices import flags, rules
from sanzi.insight.indices.queries import OBJECT
from sanzi.insight.indices.rules import Judged
from sanzi.insight.indices.shapes import Index
from sanzi.insight.models import Flag, IndexScore
from sanzi.kernel import clock, ids
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.roles import roles

WORDS_MAX = 1000
CHAIN = "county"
TELLS = {rules.TALK: "flag_talk", rules.LIST: "flag_list"}
FLAGS = {rules.RED: "红旗", rules.YELLOW: "黄旗"}


@transaction.atomic
def decide(*, index: Index, period: str, at: datetime) -> int:
    """Give the flags of a month; return how many villages were judged. Once a month."""
    if index.flag_rule is None or Flag.objects.filter(index_code=index.code, period=period):
        return 0
    scores = {
        one.division_code: one
        for one in IndexScore.objects.select_for_update().filter(
            index_code=index.code, period=period, person_ext_id=""
        )
    }
    judged: dict[str, Judged] = {}
    for town in sorted({flags.town_of(one) for one in scores}):
        judged |= flags.judge_town(index, period, town)
    made = _made(index, period, scores, judged, at)
    Flag.objects.bulk_create(made, batch_size=500)
    for one in made:
        _tell(one, at)
    audit.write(
        chain=CHAIN,
        kind="insight.flag.decided",
        by=SYSTEM,
        at=at,
        subject=("index", index.code),
        after={
            "period": period,
            "version": sorted({one.version for one in scores.values()}),
            "red": sorted(one.division_code for one in made if one.flag == rules.RED),
            "yellow": sorted(one.division_code for one in made if one.flag == rules.YELLOW),
        },
    )
    return len(made)


def _made(
    index: Index,
    period: str,
    scores: Mapping[str, IndexScore],
    judged: Mapping[str, Judged],
    at: datetime,
) -> list[Flag]:
    before = flags.runs_before(index, period, judged)
    made = []
    for code, one in judged.items():
        running = before[code] + 1 if one.flag == rules.YELLOW else 0
        made.append(
            Flag(
                ext_id=ids.new_id("IF", at),
                score=scores[code],
                index_code=index.code,
                division_code=code,
                period=period,
                flag=one.flag,
                reason=one.reason,
                place=one.place,
                of=one.of,
                running=running,
                step=rules.step_of(index.flag_rule, running) if index.flag_rule else "",
                decided_at=at,
            )
        )
    return made


def _tell(one: Flag, at: datetime) -> None:
    """Tell the village's heads of a flag, and the office of the talk or list that follows."""
    if not one.flag:
        return
    _notice(one, "flag_given", _holders(OBJECT, one, at), at)
    if one.step:
        _notice(one, TELLS[one.step], _holders(flags.FOLLOW, one, at), at)


def _holders(permission: str, one: Flag, at: datetime) -> set[int]:
    day = clock.local_date(at)
    return {
        found.user_id
        for code, role in roles().items()
        if permission in role.may
        for found in orgs.holders(code, one.division_code, day)
        if found.user_id is not None
    }


def _notice(one: Flag, template: str, users: Iterable[int], at: datetime) -> None:
    params = {
        "village": orgs.village_name(one.division_code),
        "month": f"{int(one.period[5:])}月",
        "flag": FLAGS[one.flag],
        "running": str(one.running),
    }
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}/{one.ext_id}/{user}"[:80],
                channel=Channel.INBOX,
                template=template,
                params=params,
                user_id=user,
                subject_kind="index_score",
                subject_id=one.score.ext_id,
            )
            for user in sorted(users)
        ],
        at=at,
    )


def follow(*, ext_id: str, words: str, by: Actor, at: datetime) -> None:
    """Note that the talk was held, or the village put on the county's list: what was said.

    Raises: NotFound, StepNone, StepDone, StepWords.
    """
    seen = flags.access_flag(by=by, ext_id=ext_id)
    said = words.strip()[:WORDS_MAX]
    if not seen.step:
        raise StepNone
    if not said:
        raise StepWords
    with transaction.atomic():
        held = Flag.objects.select_for_update().get(pk=seen.pk)
        if held.done_at is not None:
            raise StepDone
        held.done_at, held.done_by_id, held.done_by_name = at, by.user_id, by.name
        held.words = said
        held.save(update_fields=["done_at", "done_by_id", "done_by_name", "words"])
        audit.write(
            chain=held.division_code,
            kind="insight.flag.followed",
            by=by,
            at=at,
            subject=("village_flag", held.ext_id),
            after={"step": held.step, "running": held.running},
        )
