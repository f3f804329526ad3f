"""Reads of remembered false alarms, and of what the last night said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.kernel import clock
from sanzi.orgs.actors import Actor
from sanzi.supervision import known, queries
from sanzi.supervision.models import ModelRun, Silence, SilenceScope


@dataclass(frozen=True)
class SilenceRow:
    """A remembered false alarm; standing is in_force, expired or revoked."""

    ext_id: str
    alert: str
    model_number: str
    model_title: str
    sentence: str
    division_code: str
    scope: str
    scope_title: str
    reason: str
    made_at: datetime
    until_date: date
    standing: str
    revoke_reason: str
    kept_silent_count: int
    last_silent_at: datetime | None


@dataclass(frozen=True)
class Night:
    """What the newest nightly run said."""

    at: datetime
    finding_count: int
    opened_count: int
    kept_count: int
    vanished_count: int
    silenced_count: int
    error_count: int


def silences(*, by: Actor, at: datetime, limit: int = 200, offset: int = 0) -> list[SilenceRow]:
    """Return the remembered false alarms of the actor's scope, the newest first."""
    found = (
        Silence.objects.filter(alert__in=queries.in_scope(by))
        .select_related("alert")
        .order_by("-made_at", "-id")
    )
    return [_row(one, at) for one in found[offset : offset + limit]]


def silence_count(*, by: Actor) -> int:
    """Return how many `silences` would give in all."""
    return Silence.objects.filter(alert__in=queries.in_scope(by)).count()


def _row(one: Silence, at: datetime) -> SilenceRow:
    model = known.model_of(one.model_code)
    is_over = one.until_date < clock.local_date(at)
    return SilenceRow(
        ext_id=one.ext_id,
        alert=one.alert.ext_id,
        model_number=model.number,
        model_title=model.title,
        sentence=one.alert.sentence,
        division_code=one.division_code,
        scope=one.scope,
        scope_title=SilenceScope(one.scope).label,
        reason=one.reason,
        made_at=one.made_at,
        until_date=one.until_date,
        standing="revoked" if one.revoked_at else "expired" if is_over else "in_force",
        revoke_reason=one.revoke_reason,
        kept_silent_count=one.kept_silent_count,
        last_silent_at=one.last_silent_at,
    )


def last_night() -> Night | None:
    """Return the newest run that came to its end, None when there was none."""
    run = ModelRun.objects.filter(finished_at__isnull=False).order_by("-as_of", "-id").first()
    if run is None:
        return None
    return Night(
        at=run.as_of,
        finding_count=run.finding_count,
        opened_count=run.opened_count,
        kept_count=run.kept_count,
        vanished_count=run.vanished_count,
        silenced_count=run.silenced_count,
        error_count=len(run.errors),
    )
