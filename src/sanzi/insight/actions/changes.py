"""Ask for another version of an index, and decide: one makes, another checks.

An approved change counts from the first day of a month on; what was counted before keeps the
version that counted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from sanzi.audit import actions as audit
from sanzi.insight.errors import (
    ChangeDate,
    ChangeDecided,
    ChangeOpen,
    ChangeReason,
    ChangeSame,
    OwnChange,
)
from sanzi.insight.indices import rules, simulation, versions
from sanzi.insight.models import IndexChange
from sanzi.kernel import clock, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

CHAIN = "county"
REASON_MAX = 300
SOURCE_MAX = 120


def propose(
    *,
    code: str,
    settings: Mapping[str, Any],
    valid_from: date,
    reason: str,
    source_ref: str,
    by: Actor,
    at: datetime,
) -> str:
    """Ask for another version of an index from a day on; return the change's id.

    Raises: NotFound, SettingsWrong, ChangeSame, ChangeDate, ChangeReason, ChangeOpen.
    """
    index = simulation.access_index(by=by, code=code, at=at)
    if by.user_id is None or not simulation.may_propose(by):
        raise NotFound
    rules.require_settings(index, settings)
    if not versions.moved(versions.settings_of(index), settings):
        raise ChangeSame
    _require_day(code, valid_from, at)
    why, source = reason.strip()[:REASON_MAX], source_ref.strip()[:SOURCE_MAX]
    if not why or not source:
        raise ChangeReason
    try:
        with transaction.atomic():
            made = IndexChange.objects.create(
                ext_id=ids.new_id("IC", at),
                index_code=code,
                valid_from_date=valid_from,
                settings=dict(settings),
                reason=why,
                source_ref=source,
                made_by_id=by.user_id,
                made_by_name=by.name,
                made_at=at,
            )
            _log("proposed", made, by=by, at=at)
    except IntegrityError as error:
        raise ChangeOpen from error
    return made.ext_id


def decide(*, ext_id: str, is_approved: bool, reason: str, by: Actor, at: datetime) -> str:
    """Approve or refuse a change; return the number of the new version, empty when refused.

    Raises: NotFound, ChangeDecided, OwnChange, ChangeReason, ChangeDate, SettingsWrong.
    """
    if by.user_id is None or not scope.prefixes(by, simulation.APPROVE):
        raise NotFound
    why = reason.strip()[:REASON_MAX]
    with transaction.atomic():
        held = IndexChange.objects.select_for_update().filter(ext_id=ext_id).first()
        if held is None:
            raise NotFound
        if held.state != IndexChange.State.PROPOSED:
            raise ChangeDecided
        if held.made_by_id == by.user_id:
            raise OwnChange
        if not why:
            raise ChangeReason
        held.state = IndexChange.State.REFUSED
        if is_approved:
            index = simulation.access_index(by=by, code=held.index_code, at=at)
            rules.require_settings(index, held.settings)
            _require_day(held.index_code, held.valid_from_date, at)
            held.state, held.version = IndexChange.State.APPROVED, versions.next_number(index)
        held.decided_by_id, held.decided_by_name = by.user_id, by.name
        held.decided_at, held.decided_reason = at, why
        held.save()
        _log("approved" if is_approved else "refused", held, by=by, at=at)
    return held.version


def _require_day(code: str, day: date, at: datetime) -> None:
    """Refuse a day that is not the first of a month to come, or that another version has."""
    taken = IndexChange.objects.filter(
        index_code=code, state=IndexChange.State.APPROVED, valid_from_date__gte=day
    )
    if day.day != 1 or day <= clock.local_date(at) or taken.exists():
        raise ChangeDate


def _log(what: str, one: IndexChange, *, by: Actor, at: datetime) -> None:
    audit.write(
        chain=CHAIN,
        kind=f"insight.change.{what}",
        by=by,
        at=at,
        subject=("index_change", one.ext_id),
        after={
            "index": one.index_code,
            "version": one.version,
            "valid_from": one.valid_from_date.isoformat(),
            "settings": one.settings,
        },
    )
