"""The nightly scan: the same models over everything; findings become alerts.

A finding that is already an alert keeps it, one that is gone is marked as vanished with what
changed, a hold that the reviewer released on the same facts opens none, and what is remembered as
a false alarm stays silent. Drafts are no findings of the night. Of clues only the strongest speak,
as many as their models' limits allow; what is left out stands in the row of the run. A night that
leaves a trace lets the next one be short: it asks again only where something may be different
(`short_nights`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import Any, Final

from django.db import transaction

from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record import engine, snapshot, traces
from sanzi.supervision import (
    catalogue,
    clue_rules,
    frozen,
    known,
    queries,
    rules,
    short_nights,
)
from sanzi.supervision.actions import (
    following,
    opening,
    own_nightly,
    precheck,
    reviews,
    silences,
    tracing,
)
from sanzi.supervision.errors import CheckNotRun, WrongState
from sanzi.supervision.models import Alert, AlertState, ModelRun, Release
from sanzi.supervision.shapes import AlertModel
from sanzi.supervision.short_nights import Asked, Night, Trace

logger = logging.getLogger(__name__)

LIVE: Final = ("submitted", "approved", "dispatched", "paid")
SECONDS_MAX: Final = 120.0
HOUR: Final = 2
AT_ONCE: Final = 2
Key = tuple[str, str, str, str]
Tell = Callable[[AlertModel], None]


@dataclass
class Scan:
    """What the models said: findings by key, models that ran, what went wrong.

    After a short night, `asked` says whom they were asked about, and `stay` holds the findings of
    the last night, with their villages, about which nobody was asked.
    """

    findings: dict[Key, rules.Finding] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    errors: list[dict[str, str]] = field(default_factory=list)
    asked: Asked = field(default_factory=Asked)
    stay: list[tuple[Key, str]] = field(default_factory=list)

    def add(self, other: Scan) -> None:
        """Take in what other models said, or the same ones of others."""
        self.findings |= other.findings
        self.ran |= other.ran
        self.errors = sorted([*self.errors, *other.errors], key=lambda one: one["model"])


def scan(
    *, at: datetime, models: Sequence[AlertModel] | None = None, tell: Tell = lambda _: None
) -> Scan:
    """Run the nightly models on the whole record; one bad model never stops the rest.

    `tell` is told each model that is done, in the order in which they end.
    """
    chosen = list(catalogue.at_gate("nightly") if models is None else models)
    wanted = snapshot.columns_of(engine.check(model.sql) for model in chosen)
    with snapshot.taken(wanted, sessions=AT_ONCE) as sessions:
        return ask(chosen, sessions, at=at, overrides=queries.overrides(), tell=tell)


def ask(
    chosen: Sequence[AlertModel],
    sessions: Sequence[engine.Session],
    *,
    at: datetime,
    overrides: Sequence[rules.Override],
    tell: Tell = lambda _: None,
) -> Scan:
    """Run models over rows that stand ready, one in each session at a time."""
    free: SimpleQueue[engine.Session] = SimpleQueue()
    for one in sessions:
        free.put(one)

    def run_one(model: AlertModel) -> list[rules.Finding]:
        session = free.get()
        try:
            return rules.find(session, model, at=at, overrides=overrides, seconds=SECONDS_MAX)
        finally:
            free.put(session)

    result = Scan()
    with ThreadPoolExecutor(len(sessions)) as pool:
        asked = {pool.submit(run_one, model): model for model in chosen}
        for answer in as_completed(asked):
            model = asked[answer]
            tell(model)
            try:
                found = answer.result()
            except (engine.BadStatement, engine.EngineFailed, engine.QueryInterrupted) as error:
                logger.exception("model %s failed", model.code)
                result.errors.append({"model": model.code, "error": str(error)[:300]})
                continue
            result.ran.add(model.code)
            result.findings.update({one.key: one for one in found})
    result.errors.sort(key=lambda one: one["model"])
    return result


def look(
    *, at: datetime, old: Trace | None, tell: Tell = lambda _: None
) -> tuple[Scan, dict[str, Any]]:
    """Run the nightly models where anything may be different; return what the next needs, too.

    Without the trace of the last night, the models are run on everything.
    """
    chosen = catalogue.at_gate("nightly")
    overrides = queries.overrides()
    held = short_nights.columns(chosen)
    result = Scan()
    with snapshot.loaded(held) as copy:
        night = Night(chosen, overrides, at, copy, held)
        marks = traces.marks(copy, held)
        if old is None:
            crossings = traces.crossings(copy, short_nights.ties(chosen))
        else:
            always = tracing.disturbed(old.as_of)
            result.asked, crossings = short_nights.asked(night, old, marks, always)
            result.stay = short_nights.kept(old, result.asked, [one.code for one in chosen])

        def each(models: Sequence[AlertModel], sessions: Sequence[engine.Session]) -> Scan:
            return ask(models, sessions, at=at, overrides=overrides, tell=tell)

        for said in short_nights.ask(night, result.asked, each, at_once=AT_ONCE):
            result.add(said)
    failed = {one["model"] for one in result.errors}
    result.stay = [one for one in result.stay if one[0][0] not in failed]
    signatures = {
        one.code: short_nights.signature(one, overrides) for one in chosen if one.code not in failed
    }
    return result, {"marks": marks, "crossings": crossings, "signatures": signatures}


def run(
    *,
    as_of: datetime,
    by: Actor,
    tell: Tell = lambda _: None,
    may_be_short: bool = False,
    leaves_trace: bool = False,
) -> ModelRun:
    """Scan everything as of an instant, and open, keep or mark alerts.

    Units: as_of is aware; it is also the time of the alerts. Returns the row of the run.
    With `may_be_short`, what cannot be different since the last night is not asked again; with
    `leaves_trace`, the next night may be short.
    """
    row = ModelRun.objects.create(started_at=as_of, as_of=as_of)
    old = tracing.usable(as_of) if may_be_short else None
    left: dict[str, Any] | None = None
    if old is None and not (leaves_trace and tracing.is_kept()):
        result = scan(at=as_of, tell=tell)
    else:
        result, left = look(at=as_of, old=old, tell=tell)
    own = own_nightly.scan(at=as_of, by=by)
    result.add(Scan({one.key: one for one in own.findings}, own.ran, own.errors))
    current = live(result.findings)
    row.is_full = old is None
    row.trace_token = tracing.new_token() if left else ""
    _settle(row, result, current, by)
    if left:
        shipped = {key: one for key, one in current.items() if known.own_id(key[0]) is None}
        rows = [(key, one.village_id) for key, one in shipped.items()] + result.stay
        findings = short_nights.findings_table(rows)
        full_at = as_of if old is None else old.full_at
        tracing.save(Trace(row.pk, row.trace_token, as_of, full_at, findings=findings, **left))
    row.refresh_from_db()
    return row


def _settle(row: ModelRun, result: Scan, current: Mapping[Key, rules.Finding], by: Actor) -> None:
    """Open, keep and mark alerts by what a night found, and close the row of its run."""
    as_of = row.as_of
    with transaction.atomic():
        held = {
            (one.model_code, one.finding_kind, one.finding_id, one.period): one
            for one in Alert.objects.select_for_update().order_by("id")
        }
        current, muted = clue_rules.told(current, held, reviews.subjects_of(as_of))
        fresh = [one for key, one in current.items() if key not in held]
        remembered = silences.Remembered(as_of)
        speaking, silent = opening.speaking(_not_released(fresh), remembered)
        opened = opening.open_alerts(speaking, by=by, at=as_of)
        kept, more = following.keep(current, held, remembered, by=by, at=as_of)
        silences.count([*silent, *more], as_of)
        reached = {
            key: one
            for key, one in held.items()
            if result.asked.covers(one.model_code, one.division_code)
        }
        vanished = following.mark_vanished(current, reached, result.ran, at=as_of)
        ModelRun.objects.filter(pk=row.pk).update(
            finished_at=as_of,
            finding_count=len(current) + len(result.stay),
            opened_count=opened,
            kept_count=kept + sum(key in held for key, _ in result.stay),
            vanished_count=vanished,
            silenced_count=len(silent) + len(more),
            muted=[asdict(one) for one in muted],
            errors=result.errors,
            is_full=row.is_full,
            asked={} if row.is_full else result.asked.told(),
            trace_token=row.trace_token,
        )


def open_for_case(*, case_number: str, model_code: str, by: Actor, at: datetime) -> int:
    """Open at once what one model finds on one case now; return how many alerts opened.

    For news that can't wait for the night. The night finds the same and keeps it.
    Raises: CheckNotRun.
    """
    model = catalogue.models()[model_code]
    found = precheck.judge(case_numbers=[case_number], models=[model], at=at)
    return open_found(found, by=by, at=at)


def open_found(
    found: Sequence[rules.Finding], *, by: Actor, at: datetime, rows: frozen.Rows | None = None
) -> int:
    """Open at once what was found and is no alert yet; return how many alerts opened.

    `rows` are those that the findings stand on, of a step that was undone.
    """
    held = {
        (one.model_code, one.finding_kind, one.finding_id, one.period)
        for one in Alert.objects.filter(finding_id__in={one.finding_id for one in found})
    }
    fresh = [one for one in found if one.key not in held]
    with transaction.atomic():
        speaking, silent = opening.speaking(fresh, silences.Remembered(at))
        silences.count(silent, at)
        return opening.open_alerts(speaking, by=by, at=at, rows=rows)


def recheck(*, ext_id: str, by: Actor, at: datetime) -> bool:
    """Ask the model of one alert again, now; return whether it still finds it.

    What is gone is marked as vanished, with what changed.
    Raises: NotFound, WrongState (already disposed), CheckNotRun.
    """
    seen = queries.access_alert(by=by, ext_id=ext_id)
    if seen.state == AlertState.DISPOSED:
        raise WrongState(state=AlertState(seen.state).label, action="再查")
    model = known.model_of(seen.model_code)
    result = _scan_one(model, at)
    if model.code not in result.ran:
        raise CheckNotRun(model=model.title)
    current = live(result.findings)
    key = (seen.model_code, seen.finding_kind, seen.finding_id, seen.period)
    with transaction.atomic():
        held = {key: Alert.objects.select_for_update().get(pk=seen.pk)}
        following.mark_vanished(current, held, result.ran, at=at)
        only = {one: found for one, found in current.items() if one == key}
        following.keep(only, held, silences.Remembered(at), by=by, at=at)
    return key in current


def _scan_one(model: AlertModel, at: datetime) -> Scan:
    """Ask one model; an officer's only in the place it was approved for."""
    if known.own_id(model.code) is None:
        return scan(at=at, models=[model])
    own = own_nightly.ask_again(model.code, at)
    return Scan({one.key: one for one in own.findings}, own.ran, own.errors)


def run_when_due(at: datetime) -> int:
    """Run the scan once for each night, at or after two o'clock; return how many alerts opened."""
    local = at.astimezone(clock.SHANGHAI)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    is_done = ModelRun.objects.filter(as_of__gte=tonight, finished_at__isnull=False).exists()
    if local < tonight or is_done:
        return 0
    done = run(as_of=at, by=SYSTEM, may_be_short=True, leaves_trace=True)
    return done.opened_count


def live(findings: Mapping[Key, rules.Finding]) -> dict[Key, rules.Finding]:
    """Return the findings on what is more than a draft."""
    payments = frozen.read(
        {"payment": [one.finding_id for one in findings.values() if one.finding_kind == "payment"]}
    )["payment"]
    return {
        key: one
        for key, one in findings.items()
        if one.finding_kind != "payment" or payments[one.finding_id]["status"] in LIVE
    }


def _not_released(fresh: Sequence[rules.Finding]) -> list[rules.Finding]:
    released = set(
        Release.objects.filter(finding_id__in=[one.finding_id for one in fresh]).values_list(
            "model_code", "finding_id", "figures_digest"
        )
    )
    return [
        one for one in fresh if (one.model.code, one.finding_id, one.figures_digest) not in released
    ]
