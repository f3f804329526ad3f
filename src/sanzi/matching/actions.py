"""Matching a purpose and a period: send what others may be compared with, fetch the pairs.

Each step is safe to repeat. What was handed in is written down before it is sent, so that an answer
that was lost is found again; a fault leaves everything as it was, and a sentence why.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, matching, notes, yamls
from sanzi.kernel.matching import Purpose
from sanzi.kernel.refusals import Refusal
from sanzi.matching import gathering, party
from sanzi.matching.errors import (
    AnswerWrong,
    BadSetting,
    NotTakingPart,
    PeriodClosed,
    UnknownPurpose,
)
from sanzi.matching.models import Fault, Pair, PairRow, Run, RunState, Sending
from sanzi.matching.party import Party, Service
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record.lake import keys, source

logger = logging.getLogger(__name__)
CHAIN: Final = "county"


def own_party() -> Party:
    """Return this county as it takes part. Raises: NotTakingPart, BadSetting."""
    file: Path | None = settings.SANZI.matching
    if file is None:
        raise NotTakingPart
    code = source.own_code()
    try:
        told = yamls.read(file)
        known = matching.participants(file)
        service = Service(str(told["url"]).rstrip("/"), notes.read_verifier(told["key"]))
        signer = party.signing(keys.signers(settings.SANZI.lake_keys, code))
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadSetting(why=str(error).splitlines()[0][:200]) from error
    agree = party.agree_key(settings.SANZI.lake_keys, code)
    own = known.pop(code, None)
    if own is None or own.agree.hex() != party.agree_public(agree) or own.key != signer.verifier:
        raise BadSetting(why=f"名单里没有 {code}，或者公钥不是这里的")
    return Party(code, signer, agree, known, service, clock.now)


def purpose_of(code: str) -> Purpose:
    """Return a purpose. Raises: UnknownPurpose."""
    found = gathering.purposes().get(code)
    if found is None:
        raise UnknownPurpose(purpose=code)
    return found


def run(
    *, purpose: str, period: str, by: Actor, at: datetime, as_party: Party | None = None
) -> list[Run]:
    """Send a purpose and period to all counties that lack it, and fetch the pairs that are there.

    Units: at is aware. Returns the runs with all counties.
    Raises: NotTakingPart, BadSetting, UnknownPurpose, PeriodClosed, TooManyValues, ServiceDown,
    AnswerForged, ServiceRefused, AnswerWrong. What went well before the fault stays.
    """
    known = purpose_of(purpose)
    try:
        is_open = known.is_open(period, clock.local_date(at))
    except matching.BadMatching:
        is_open = False
    if not is_open:
        raise PeriodClosed(purpose=known.title, period=period)
    who = as_party or own_party()
    try:
        _send(known, period, who, by, at)
        _fetch(known, period, who, by, at)
    except Refusal as refusal:
        Fault.objects.update_or_create(
            purpose=purpose,
            period=period,
            defaults={"at": at, "code": refusal.code, "sentence": refusal.text[:300]},
        )
        raise
    Fault.objects.filter(purpose=purpose, period=period).delete()
    return list(Run.objects.filter(purpose=purpose, period=period).order_by("other_code"))


def run_due(at: datetime) -> int:
    """Run every open period that is not matched with everybody yet; one fault stops no other.

    Raises: Refusal, the last fault, when all were tried.
    """
    if settings.SANZI.matching is None:
        return 0
    who = own_party()
    matched, last = 0, None
    for purpose in gathering.purposes().values():
        for period in purpose.open_periods(clock.local_date(at)):
            done = Run.objects.filter(
                purpose=purpose.code, period=period, state=RunState.MATCHED
            ).count()
            if done == len(who.others):
                continue
            try:
                runs = run(purpose=purpose.code, period=period, by=SYSTEM, at=at, as_party=who)
            except Refusal as refusal:
                logger.warning("matching %s %s: %s", purpose.code, period, refusal.code)
                last = refusal
                continue
            matched += sum(one.state == RunState.MATCHED for one in runs) - done
    forget_over(at)
    if last is not None:
        raise last
    return matched


def forget_over(at: datetime) -> int:
    """Empty the rows of periods that are over or matched with all: pairs stay. Returns how many."""
    emptied = 0
    known = gathering.purposes()
    for one in Sending.objects.exclude(rows=[]).order_by("pk"):
        purpose = known.get(one.purpose)
        is_open = purpose is not None and purpose.is_open(one.period, clock.local_date(at))
        if not (is_open and one.runs.exclude(state=RunState.MATCHED).exists()):
            one.rows = []
            one.save(update_fields=["rows"])
            emptied += 1
    return emptied


# --- sending ------------------------------------------------------------------------------------


def _send(known: Purpose, period: str, who: Party, by: Actor, at: datetime) -> None:
    missing = [code for code in sorted(who.others) if not _is_in(known, period, who, code, at)]
    if not missing:
        return
    gathered = gathering.gather(known, period)
    outputs = who.outputs(known.code, period, gathered.values)
    tags = {other: who.tags(known.code, period, other, outputs) for other in missing}
    with transaction.atomic():
        sending = Sending.objects.create(
            purpose=known.code,
            period=period,
            made_at=at,
            count=len(gathered.values),
            rows=[[list(row) for row in rows] for rows in gathered.rows],
        )
        for other in missing:
            Run.objects.update_or_create(
                purpose=known.code,
                period=period,
                other_code=other,
                defaults={
                    "other_name": who.others[other].name,
                    "state": RunState.SENDING,
                    "sending": sending,
                    "digest": party.tags_digest(tags[other]),
                },
            )
        told = {"values": len(gathered.values), "to": missing}
        _note("sent", known, period, by, at, after=told)
    for other in missing:
        who.deliver(known.code, period, other, tags[other])
        _mark_sent(known, period, other, at)


def _is_in(known: Purpose, period: str, who: Party, other: str, at: datetime) -> bool:
    """Whether the service holds what was handed in for a county, by this installation's own word.

    Raises: AnswerWrong, where it holds something else.
    """
    held = Run.objects.filter(purpose=known.code, period=period, other_code=other).first()
    if held is not None and held.state != RunState.SENDING:
        return True
    mine = who.collect(known.code, period, other)["mine"]
    if not mine:
        return False
    if held is None or held.digest != mine:
        raise AnswerWrong(why=f"服务说收过给 {other} 的一份，这里没有这一份的底")
    _mark_sent(known, period, other, at)
    return True


def _mark_sent(known: Purpose, period: str, other: str, at: datetime) -> None:
    Run.objects.filter(
        purpose=known.code, period=period, other_code=other, state=RunState.SENDING
    ).update(state=RunState.SENT, sent_at=at)


# --- fetching -----------------------------------------------------------------------------------


def _fetch(known: Purpose, period: str, who: Party, by: Actor, at: datetime) -> None:
    waiting = Run.objects.filter(purpose=known.code, period=period, state=RunState.SENT)
    for one in waiting.select_related("sending").order_by("other_code"):
        if one.other_code not in who.others:
            continue
        told = who.collect(known.code, period, one.other_code)
        if told["mine"] != one.digest:
            raise AnswerWrong(why=f"给 {one.other_code} 的一份不是这里送的那一份")
        if told["pairs"] is not None:
            _keep(one, known, _numbered(one, who, told["pairs"]), by, at)


def _numbered(one: Run, who: Party, pairs: Any) -> list[tuple[str, Sequence[Any]]]:
    """Return pair ids with our rows behind them. Raises: AnswerWrong."""
    count = one.sending.count
    order = who.order(one.purpose, one.period, one.other_code, count)
    try:
        places = [(int(place), str(pair_id)) for place, pair_id in pairs]
    except (TypeError, ValueError) as error:
        raise AnswerWrong(why="对子不成样子") from error
    is_fit = (
        all(0 <= place < count for place, _ in places)
        and len({place for place, _ in places}) == len(places)
        and len({pair_id for _, pair_id in places}) == len(places)
        and all(0 < len(pair_id) <= 20 for _, pair_id in places)
    )
    if not is_fit or len(one.sending.rows) != count:
        raise AnswerWrong(why=f"{one.other_code} 的对子里有没送过的")
    return [(pair_id, one.sending.rows[order[place]]) for place, pair_id in places]


@transaction.atomic()
def _keep(
    one: Run, known: Purpose, pairs: Sequence[tuple[str, Sequence[Any]]], by: Actor, at: datetime
) -> None:
    """Write the pairs of a run, once."""
    locked = Run.objects.select_for_update().get(pk=one.pk)
    if locked.state == RunState.MATCHED:
        return
    made = Pair.objects.bulk_create([Pair(run=locked, pair_id=code) for code, _ in pairs])
    PairRow.objects.bulk_create(
        PairRow(pair=pair, row_kind=kind, row_id=row, division_code=village, person_ext_id=person)
        for pair, (_, rows) in zip(made, pairs, strict=True)
        for kind, row, village, person in rows
    )
    locked.state, locked.matched_at, locked.pair_count = RunState.MATCHED, at, len(pairs)
    locked.save(update_fields=["state", "matched_at", "pair_count"])
    told = {"with": one.other_code, "pairs": len(pairs)}
    _note("matched", known, one.period, by, at, after=told)


def _note(
    what: str, known: Purpose, period: str, by: Actor, at: datetime, *, after: Mapping[str, Any]
) -> None:
    audit.write(
        chain=CHAIN,
        kind=f"matching.run.{what}",
        by=by,
        at=at,
        subject=("matching", f"{known.code} {period}"),
        after={"basis": known.basis, **after},
    )
