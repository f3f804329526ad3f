"""Reports on their way: asked for, made by the worker, looked at, issued; never changed after.

Asking only writes that it is wanted; the worker makes it within minutes, whole or not at all. What
is due by a template's days the worker asks for itself. An issued report is replaced by a new one
that says what changed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from sanzi.audit import actions as audit
from sanzi.insight.cockpit import panels
from sanzi.insight.cockpit.shapes import Place
from sanzi.insight.errors import (
    ReportForeign,
    ReportIssued,
    ReportNotForPlace,
    ReportNotReady,
    ReportOpen,
    ReportPeriodGone,
    ReportPeriodOpen,
    ReportPeriodUnknown,
    ReportRemarkLong,
    ReportUnchanged,
    ReportUnknown,
    ReportWithoutData,
)
from sanzi.insight.models import CockpitSum, Report
from sanzi.insight.reports import body as report_body
from sanzi.insight.reports import catalogue, figures, periods, queries
from sanzi.insight.reports import counts as report_counts
from sanzi.insight.reports.periods import Period
from sanzi.insight.reports.shapes import Template
from sanzi.kernel import clock, ids
from sanzi.kernel.digest import sm3_of
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import scope, tree
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import engine

logger = logging.getLogger(__name__)
HOUR: Final = 5
REMARK_MAX: Final = 500
FORMS: Final = {"month": "2026-10", "quarter": "2026-Q3", "year": "2026", "day": "2026-11-22"}
MADE_A_ROUND: Final = 20


def ask(*, code: str, division_code: str, period: str, by: Actor, at: datetime) -> str:
    """Ask for a report; return its id. The worker makes it within minutes.

    Raises: NotFound, for a place or figures outside the actor's scope; ReportUnknown,
        ReportNotForPlace, ReportPeriodUnknown, ReportPeriodOpen, ReportPeriodGone,
        ReportWithoutData, ReportOpen, ReportIssued. Nothing is written when raised.
    """
    template, place, found = _wanted(code, division_code, period, by, at)
    issued = _issued(code, division_code, found.code)
    if issued is not None:
        raise ReportIssued(place=place.name, period=found.title, title=template.title)
    return _asked(template, place, found, None, by=by, at=at).ext_id


def ask_again(*, ext_id: str, by: Actor, at: datetime) -> str:
    """Ask for a new report instead of an issued one; return its id.

    Raises: NotFound, ReportNotReady, ReportOpen, ReportUnknown.
    """
    old = queries.access_report(by=by, ext_id=ext_id)
    scope.require(by, queries.MAKE, old.division_code)
    if old.state != Report.State.ISSUED or old.later.filter(state=Report.State.ISSUED).exists():
        raise ReportNotReady(state=_state_words(old), step="重出")
    template = catalogue.current(old.code, clock.local_date(at))
    if template is None:
        raise ReportUnknown(report=old.code)
    place = panels.access_place(by=by, division_code=old.division_code)
    period = periods.read(template.period, old.period)
    return _asked(template, place, period, old, by=by, at=at).ext_id


def _wanted(
    code: str, division_code: str, period: str, by: Actor, at: datetime
) -> tuple[Template, Place, Period]:
    """Return what was asked for, checked in the order in which a person would."""
    place = panels.access_place(by=by, division_code=division_code)
    scope.require(by, queries.MAKE, division_code)
    today = clock.local_date(at)
    template = catalogue.current(code, today)
    if template is None:
        raise ReportUnknown(report=code[:40])
    if not queries.may_read(by, template, division_code):
        raise NotFound
    if place.level not in template.levels:
        raise ReportNotForPlace(title=template.title, place=place.name)
    try:
        found = periods.read(template.period, period)
    except ValueError as error:
        raise ReportPeriodUnknown(period=period[:12], form=FORMS[template.period]) from error
    if not periods.is_over(found, today):
        newest = periods.newest(template.period, today)
        raise ReportPeriodOpen(period=found.title, newest=newest.title)
    if template.period == periods.DAY and found.last_date != today:
        raise ReportPeriodGone(period=found.title)
    if not _has_data(place, found):
        raise ReportWithoutData(place=place.name, period=found.title)
    return template, place, found


def _has_data(place: Place, period: Period) -> bool:
    """Return whether the cockpit counted anything of the place up to the period's end."""
    return CockpitSum.objects.filter(
        division_code=place.code,
        is_rolled=place.level != panels.VILLAGE,
        month__gt="",
        month__lte=period.months[-1],
    ).exists()


def _asked(
    template: Template, place: Place, period: Period, old: Report | None, *, by: Actor, at: datetime
) -> Report:
    known = Report.objects.filter(code=template.code, division_code=place.code, period=period.code)
    is_open = known.filter(state__in=queries.OPEN_STATES)
    issued = known.filter(state=Report.State.ISSUED)
    number = (issued.aggregate(most=Max("number"))["most"] or 0) + 1
    try:
        with transaction.atomic():
            made = Report.objects.create(
                ext_id=ids.new_id("BG", at),
                code=template.code,
                version=template.version,
                division_code=place.code,
                period=period.code,
                number=number,
                state=Report.State.ASKED,
                asked_by_id=by.user_id,
                asked_by_name=by.name,
                asked_at=at,
                replaces=old,
            )
            _log("asked", made, by=by, at=at)
    except IntegrityError as error:
        found = is_open.first()
        if found is None:
            raise
        raise ReportOpen(
            place=place.name, period=period.title, title=template.title, state=_state_words(found)
        ) from error
    return made


def make(*, ext_id: str, at: datetime) -> bool:
    """Make an asked report, whole or not at all; return whether it was made.

    What it cannot be made for is written on the report in words, and nothing else of it is kept.
    """
    asked = Report.objects.select_related("replaces").get(ext_id=ext_id)
    if asked.state != Report.State.ASKED:
        return False
    try:
        body = _body(asked, at)
        changes = _changes(asked, body)
    except Refusal as refusal:
        return _failed(asked, refusal.text, at)
    except (engine.EngineFailed, engine.QueryInterrupted, ValueError, KeyError) as error:
        logger.exception("report %s failed", ext_id)
        return _failed(asked, f"算的时候出了错：{type(error).__name__}", at)
    with transaction.atomic():
        held = Report.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if held.state != Report.State.ASKED:
            return False
        held.body, held.digest, held.changes = body, sm3_of(body), changes
        held.state, held.made_at = Report.State.DRAFT, at
        held.save(update_fields=["body", "digest", "changes", "state", "made_at"])
        _log("made", held, by=SYSTEM, at=at, digest=held.digest)
    return True


def _body(asked: Report, at: datetime) -> dict[str, Any]:
    template = next(
        one for one in catalogue.templates()[asked.code] if one.version == asked.version
    )
    period = periods.read(template.period, asked.period)
    place = panels.place_of(asked.division_code)
    below = tuple(panels.places_of([code for code, _ in tree.below(place.code)]))
    counts = report_counts.count(
        template.panels.values(), place, [one.code for one in below], period, at
    )
    if counts.is_empty:
        raise ReportWithoutData(place=place.name, period=period.title)
    earlier = _earlier(asked, period)
    is_fresh = report_counts.is_fresh(period, at, template.fresh_days)
    return report_body.compose(
        report_body.Facts(
            template=template, place=place, below=below, period=period, at=at, counts=counts,
            earlier=earlier, is_fresh=is_fresh,
            told={
                name: figures.told(
                    figure, counts, place.code, period, earlier, is_fresh=is_fresh
                )
                for name, figure in template.figures.items()
            },
        )
    )  # fmt: skip


def _earlier(asked: Report, period: Period) -> figures.Earlier:
    """Return what issued reports of the place kept: of this period, the one before, a year ago."""
    year = period.year_ago
    return figures.Earlier(
        figures.kept(asked.replaces.body) if asked.replaces else {},
        _kept(asked, period.before.code),
        _kept(asked, year.code) if year else {},
    )


def _kept(asked: Report, period: str) -> Mapping[str, Any]:
    found = _issued(asked.code, asked.division_code, period)
    return figures.kept(found.body) if found else {}


def _issued(code: str, division_code: str, period: str) -> Report | None:
    found = Report.objects.filter(
        code=code, division_code=division_code, period=period, state=Report.State.ISSUED
    )
    return found.order_by("-number").first()


def _changes(asked: Report, body: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what differs from the issued report that this one replaces.

    Raises: ReportUnchanged.
    """
    if asked.replaces is None:
        return []
    old = {one["name"]: one for one in asked.replaces.body["figures"]}
    found = [
        {
            "title": one["title"],
            "old": old[one["name"]]["text"] if one["name"] in old else figures.NO_DATA,
            "new": one["text"],
            "unit": one["unit"],
        }
        for one in body["figures"]
        if one["name"] not in old or one["now"] != old[one["name"]]["now"]
    ]
    same = all(asked.replaces.body[part] == body[part] for part in ("sections", "version"))
    if not found and same:
        raise ReportUnchanged
    return found or [{"title": "明细", "old": "", "new": "表里有行变了", "unit": ""}]


def _failed(asked: Report, words: str, at: datetime) -> bool:
    with transaction.atomic():
        Report.objects.filter(pk=asked.pk, state=Report.State.ASKED).update(
            state=Report.State.FAILED, error=words[:200]
        )
        _log("failed", asked, by=SYSTEM, at=at, error=words[:200])
    return False


def look(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Say that a draft was looked through. Raises: NotFound, ReportNotReady."""
    seen = _mine(ext_id, by, queries.MAKE, queries.ISSUE)
    with transaction.atomic():
        held = Report.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if held.state != Report.State.DRAFT:
            raise ReportNotReady(state=_state_words(held), step="审看")
        held.state, held.seen_at = Report.State.SEEN, at
        held.seen_by_id, held.seen_by_name = by.user_id, by.name
        held.save(update_fields=["state", "seen_at", "seen_by_id", "seen_by_name"])
        _log("seen", held, by=by, at=at, digest=held.digest)


def issue(*, ext_id: str, remark: str, by: Actor, at: datetime) -> None:
    """Issue a report that was looked through, with a remark or without; it stays as it is.

    Raises: NotFound, ReportNotReady, ReportRemarkLong, ReportForeign when its figures are not
        those of its digest any more.
    """
    seen = _mine(ext_id, by, queries.ISSUE)
    words = remark.strip()
    if len(words) > REMARK_MAX:
        raise ReportRemarkLong(count=len(words), most=REMARK_MAX)
    with transaction.atomic():
        held = Report.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if held.state != Report.State.SEEN:
            raise ReportNotReady(state=_state_words(held), step="签发")
        if sm3_of(held.body) != held.digest:
            raise ReportForeign
        held.state, held.issued_at, held.remark = Report.State.ISSUED, at, words
        held.issued_by_id, held.issued_by_name = by.user_id, by.name
        held.save(update_fields=["state", "issued_at", "remark", "issued_by_id", "issued_by_name"])
        _log("issued", held, by=by, at=at, digest=held.digest, number=held.number)


def drop(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Put a draft aside: it was not issued, and the same may be asked for anew.

    Raises: NotFound, ReportNotReady.
    """
    seen = _mine(ext_id, by, queries.MAKE, queries.ISSUE)
    with transaction.atomic():
        held = Report.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if held.state not in (Report.State.DRAFT, Report.State.SEEN):
            raise ReportNotReady(state=_state_words(held), step="退回")
        _log("dropped", held, by=by, at=at, digest=held.digest)
        held.state, held.error = Report.State.FAILED, f"{by.name}没有采用"
        held.save(update_fields=["state", "error"])


def _mine(ext_id: str, by: Actor, *permissions: str) -> Report:
    found = queries.access_report(by=by, ext_id=ext_id)
    may = any(scope.can(by, one, found.division_code) for one in permissions)
    if by.user_id is None or not may:
        raise NotFound
    return found


def run_when_due(at: datetime) -> int:
    """Ask for what is due by the templates' days, make what is asked for; return how many."""
    if at.astimezone(clock.SHANGHAI).hour >= HOUR:
        _ask_due(at)
    wanted = Report.objects.filter(state=Report.State.ASKED).order_by("asked_at", "pk")
    asked = [*wanted.values_list("ext_id", flat=True)[:MADE_A_ROUND]]
    return sum(make(ext_id=one, at=at) for one in asked)


def _ask_due(at: datetime) -> None:
    """Ask for each report whose day has come, once: what was asked for before is left alone."""
    today = clock.local_date(at)
    for code in catalogue.templates():
        template = catalogue.current(code, today)
        if template is None or not template.due_days:
            continue
        period = periods.newest(template.period, today)
        due = period.last_date + timedelta(days=template.due_days)
        is_late = (today - due).days > template.fresh_days
        if today < due or is_late:
            continue
        have = set(
            Report.objects.filter(code=code, period=period.code).values_list(
                "division_code", flat=True
            )
        )
        for one in tree.at_levels(template.levels):
            place = Place(one.code, one.name, one.level)
            if one.code not in have and _has_data(place, period):
                _asked(template, place, period, None, by=SYSTEM, at=at)


def _state_words(report: Report) -> str:
    return str(Report.State(report.state).label)


def _log(what: str, one: Report, *, by: Actor, at: datetime, **after: object) -> None:
    audit.write(
        chain=one.division_code,
        kind=f"insight.report.{what}",
        by=by,
        at=at,
        subject=("report", one.ext_id),
        after={"code": one.code, "period": one.period, **after},
    )
