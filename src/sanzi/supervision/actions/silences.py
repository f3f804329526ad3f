"""False alarms remembered: what the night keeps silent, and who lets it speak again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import known, loop_rules, queries, rules
from sanzi.supervision.actions.stepping import VERIFY, said
from sanzi.supervision.errors import AlreadyRevoked
from sanzi.supervision.models import Alert, Silence


def parties_of(alert: Alert) -> tuple[str, ...]:
    """Return who stands against whom in an alert, from its figures and its frozen payment."""
    payments = alert.rows.get("payment") or [None]
    return loop_rules.parties_of(alert.org_ext_id, alert.figures, payments[0])


def remember(alert: Alert, *, by: Actor, at: datetime) -> Silence:
    """Remember a false alarm as its conclusion says; called where the verifier agrees."""
    told = alert.disposals.filter(action="concluded").latest("id")
    wanted = told.data["scope"]
    key = (
        loop_rules.parties_key(alert.model_code, alert.division_code, parties_of(alert))
        if wanted == "parties"
        else loop_rules.facts_key(
            alert.model_code, alert.finding_kind, alert.finding_id, alert.figures
        )
    )
    made = Silence.objects.create(
        ext_id=ids.new_id("FA", at),
        alert=alert,
        model_code=alert.model_code,
        division_code=alert.division_code,
        scope=wanted,
        key=key,
        reason=told.text,
        made_by_id=told.actor_id or 0,
        verified_by_id=by.user_id or 0,
        made_at=at,
        until_date=date.fromisoformat(told.data["until_date"]),
    )
    _log(made, "remembered", by, at, {"scope": wanted, "until": made.until_date.isoformat()})
    return made


@transaction.atomic
def revoke(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Let a model speak again of what was called a false alarm.

    Raises: NotFound, ReasonTooShort, AlreadyRevoked.
    """
    found = Silence.objects.select_for_update().filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    queries.access_alert(by=by, ext_id=found.alert.ext_id)
    scope.require(by, VERIFY, found.division_code)
    words = said(reason)
    if found.revoked_at is not None or found.until_date < clock.local_date(at):
        raise AlreadyRevoked
    _end(found, words, by, at)


def end_of(alert: Alert, *, reason: str, by: Actor, at: datetime) -> None:
    """End what an alert silenced: it is looked at anew."""
    for one in alert.silences.filter(revoked_at__isnull=True):
        _end(one, reason, by, at)


def _end(found: Silence, reason: str, by: Actor, at: datetime) -> None:
    found.revoked_at = at
    found.revoked_by_id = by.user_id
    found.revoke_reason = reason
    found.save(update_fields=["revoked_at", "revoked_by_id", "revoke_reason"])
    _log(found, "revoked", by, at, {"reason": reason})


def _log(one: Silence, what: str, by: Actor, at: datetime, after: Mapping[str, Any]) -> None:
    audit.write(
        chain=known.chain_of(one.model_code, one.alert.org_ext_id),
        kind=f"supervision.silence.{what}",
        by=by,
        at=at,
        subject=("silence", one.ext_id),
        after={"alert": one.alert.ext_id, **after},
    )


class Remembered:
    """The false alarms in force on a day, asked finding by finding."""

    def __init__(self, at: datetime) -> None:
        """Read what binds on the day."""
        day = clock.local_date(at)
        self._keys: dict[tuple[str, str], int] = {
            (one.model_code, one.key): one.pk
            for one in Silence.objects.filter(revoked_at__isnull=True, until_date__gte=day)
        }

    def silences(self, finding: rules.Finding, payment: Mapping[str, Any] | None) -> int | None:
        """Return the id of what keeps a finding silent, None when it may speak."""
        if not self._keys:
            return None
        code = finding.model.code
        facts = loop_rules.facts_key(
            code, finding.finding_kind, finding.finding_id, finding.figures
        )
        parties = loop_rules.parties_of(finding.org_id, finding.figures, payment)
        pair = loop_rules.parties_key(code, finding.village_id, parties)
        # A red line is silent for its very facts only, whatever is remembered of a pair.
        keys = (facts,) if finding.model.severity == "block" else (facts, pair)
        return next((self._keys[code, key] for key in keys if (code, key) in self._keys), None)


def count(kept_silent: Iterable[int], at: datetime) -> None:
    """Note which false alarms kept something silent tonight."""
    for pk in kept_silent:
        Silence.objects.filter(pk=pk).update(
            kept_silent_count=F("kept_silent_count") + 1, last_silent_at=at
        )
