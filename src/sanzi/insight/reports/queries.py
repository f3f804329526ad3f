"""Reads of reports: which an officer may have made, the archive, one report.

A reader needs the permission of every panel that a report tells, at its place; who may neither
look through nor issue sees issued ones only. Absent and forbidden are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from sanzi.insight.cockpit import panels
from sanzi.insight.cockpit.shapes import Place
from sanzi.insight.models import Report
from sanzi.insight.reports import body as report_body
from sanzi.insight.reports import catalogue, periods
from sanzi.insight.reports.shapes import Template
from sanzi.kernel import clock, divisions
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, tree
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import queries as supervision

SEE: Final = panels.SEE
MAKE: Final = "insight.report"
ISSUE: Final = "insight.issue_report"
STATES: Final[Mapping[str, str]] = dict(Report.State.choices)
Listed = Report
"""A report in a list; its body is not read."""
Listing = QuerySet[Report]
OPEN_STATES: Final = ("asked", "draft", "seen")


@dataclass(frozen=True)
class ReportFilter:
    """What of the archive is wanted; empty means all."""

    code: str = ""
    state: str = ""
    period: str = ""
    words: str = ""
    division_code: str = ""


@dataclass(frozen=True)
class ReportPage:
    """One report with what its reader may do to it."""

    report: Report
    title: str
    place: Place
    period_title: str
    is_replaced: bool
    newer_ext_id: str
    may_look: bool
    may_issue: bool
    may_again: bool
    body: Mapping[str, Any]
    """What the report says to this reader: without alerts that name him."""
    changes: Sequence[Mapping[str, str]]


def templates_for(*, by: Actor, place: Place, on: date) -> list[Template]:
    """Return the templates that the actor may have made for a place."""
    if not scope.can(by, MAKE, place.code):
        return []
    found = (catalogue.current(code, on) for code in catalogue.templates())
    return [
        one for one in found if one and place.level in one.levels and may_read(by, one, place.code)
    ]


def may_read(by: Actor, template: Template, division_code: str) -> bool:
    """Return whether the actor may read what a template tells of a place."""
    return scope.can(by, SEE, division_code) and all(
        scope.can(by, one, division_code) for one in template.sees
    )


def _version(code: str, version: str) -> Template | None:
    versions = catalogue.templates().get(code, ())
    return next((one for one in versions if one.version == version), None) or (
        versions[-1] if versions else None
    )


def visible(by: Actor) -> QuerySet[Report]:
    """Return the reports that the actor may read, the newest first."""
    condition = Q(pk__in=[])
    for code, versions in catalogue.templates().items():
        one = Q(code=code) & scope.within(by, SEE)
        for permission in frozenset().union(*(each.sees for each in versions)):
            one &= scope.within(by, permission)
        condition |= one
    hands = scope.within(by, MAKE) | scope.within(by, ISSUE)
    issued = Q(state=Report.State.ISSUED)
    return Report.objects.filter(condition & (issued | hands)).order_by("-asked_at", "-pk")


def archive(*, by: Actor, only: ReportFilter) -> QuerySet[Report]:
    """Return the reports of the actor's scope that a filter leaves, without their bodies.

    Raises: NotFound, for who may see no report at all.
    """
    if not scope.prefixes(by, SEE):
        raise NotFound
    found = visible(by).defer("body")
    for name in ("code", "state", "period"):
        if getattr(only, name):
            found = found.filter(**{name: getattr(only, name)})
    if only.division_code:
        found = found.filter(division_code__startswith=divisions.prefix(only.division_code))
    if only.words:
        words = only.words.strip()
        found = found.filter(
            Q(division_code__in=tree.codes_like(words))
            | Q(code__in=_codes_like(words))
            | Q(period__icontains=words)
            | Q(remark__icontains=words)
        )
    return found


def _codes_like(words: str) -> list[str]:
    return [
        code
        for code, versions in catalogue.templates().items()
        if any(words in one.title for one in versions)
    ]


def access_report(*, by: Actor, ext_id: str) -> Report:
    """Return a report that the actor may read. Raises: NotFound."""
    found = visible(by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def page(*, by: Actor, ext_id: str) -> ReportPage:
    """Return one report with what may be done to it. Raises: NotFound."""
    found = access_report(by=by, ext_id=ext_id)
    newer = (
        Report.objects.filter(replaces=found, state=Report.State.ISSUED).order_by("-number").first()
    )
    has_open = Report.objects.filter(
        code=found.code, division_code=found.division_code, period=found.period,
        state__in=OPEN_STATES,
    ).exists()  # fmt: skip
    is_person = by.user_id is not None
    can_make = is_person and scope.can(by, MAKE, found.division_code)
    can_issue = is_person and scope.can(by, ISSUE, found.division_code)
    is_issued = found.state == Report.State.ISSUED
    body, changes = _as_read(found, by)
    return ReportPage(
        body=body,
        changes=changes,
        report=found,
        title=title_of(found.code, found.version),
        place=panels.access_place(by=by, division_code=found.division_code),
        period_title=period_title(found.code, found.version, found.period),
        is_replaced=newer is not None,
        newer_ext_id=newer.ext_id if newer else "",
        may_look=(can_make or can_issue) and found.state == Report.State.DRAFT,
        may_issue=can_issue and found.state == Report.State.SEEN,
        may_again=can_make and is_issued and newer is None and not has_open,
    )


def _as_read(found: Report, by: Actor) -> tuple[Mapping[str, Any], Sequence[Mapping[str, str]]]:
    """Return what a report says to a reader, and what it says changed: no alert that names him."""
    body: Mapping[str, Any] = found.body
    changes: Sequence[Mapping[str, str]] = found.changes
    kept = {row[0] for rows in body.get("alerts", {}).values() for row in rows}
    named = kept.intersection(supervision.alerts_that_name(by, found.division_code) if kept else ())
    template = _version(found.code, found.version)
    if not named or template is None:
        return body, changes
    told = report_body.told_without(body, named, template)
    of_alerts = {one["title"] for one in body["figures"] if one not in told["figures"]}
    return told, [one for one in changes if one["title"] not in of_alerts]


def page_with_body(*, by: Actor, ext_id: str) -> ReportPage:
    """Return one report that is made, for its files. Raises: NotFound, also while it is not."""
    found = page(by=by, ext_id=ext_id)
    if not found.report.body:
        raise NotFound
    return found


def title_of(code: str, version: str) -> str:
    """Return what a report is called."""
    found = _version(code, version)
    return found.title if found else code


def period_title(code: str, version: str, period: str) -> str:
    """Return how the period of a report is said."""
    found = _version(code, version)
    return periods.read(found.period, period).title if found else period


def periods_to_offer(template: Template, at: datetime, count: int = 12) -> list[tuple[str, str]]:
    """Return the periods that a report may be made of, the newest first, with their titles."""
    one = periods.newest(template.period, clock.local_date(at))
    found = [one]
    while template.period != periods.DAY and len(found) < count:
        one = one.before
        found.append(one)
    return [(each.code, each.title) for each in found]


def waiting(*, by: Actor) -> list[Report]:
    """Return the reports that wait for the actor to look through or to issue."""
    found = visible(by).defer("body")
    drafts = Q(state=Report.State.DRAFT) & (scope.within(by, MAKE) | scope.within(by, ISSUE))
    seen = Q(state=Report.State.SEEN) & scope.within(by, ISSUE)
    return [*found.filter(drafts | seen)[:20]]


def places_of(reports: Iterable[Report]) -> Mapping[str, str]:
    """Return the names of the places of reports."""
    return orgs.division_names({one.division_code for one in reports})
