"""Reads of the room: verdicts of a case, alerts with filters, one alert whole, counts.

Doors stand on the one scope check; what is out of scope is not there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from sanzi.kernel import divisions
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import catalogue, known, rules, trigger_rules
from sanzi.supervision.models import Alert, AlertState, Check, Parameter, Release, Verdict
from sanzi.supervision.shapes import CLUES, AlertModel

SEE, SEE_CLOSED = "supervision.see", "supervision.see_closed"
CASE = "case"
PUBLISH = "publish"


@dataclass(frozen=True)
class VerdictView:
    """What one model said of one line of a case. `figures` are title and text."""

    model_code: str
    model_number: str
    model_title: str
    model_version: str
    severity: str
    finding_kind: str
    finding_id: str
    line_no: int | None
    sentence: str
    what_to_do: str
    figures: tuple[tuple[str, str], ...]
    rule: str
    basis: tuple[str, ...]
    figures_digest: str
    is_released: bool
    released_reason: str = ""


@dataclass(frozen=True)
class CheckResult:
    """The answer of a gate. A hold counts while nobody has released it."""

    check_id: int
    case_number: str
    gate: str
    at: datetime
    model_count: int
    verdicts: tuple[VerdictView, ...]

    @property
    def blocks(self) -> int:
        """How many verdicts forbid the step."""
        return sum(one.severity == "block" for one in self.verdicts)

    @property
    def holds(self) -> int:
        """How many verdicts wait for the reviewer."""
        return sum(one.severity == "hold" and not one.is_released for one in self.verdicts)

    @property
    def warns(self) -> int:
        """How many verdicts only warn."""
        return sum(one.severity == "warn" for one in self.verdicts)


def overrides() -> list[rules.Override]:
    """Return all dated values that differ from the defaults of the model files."""
    return [
        rules.Override(
            one.model_code,
            one.name,
            one.division_code,
            one.valid_from_date,
            one.valid_until_date,
            one.value,
        )
        for one in Parameter.objects.order_by("id")
    ]


def releases(findings: Iterable[str]) -> dict[tuple[str, str, str], str]:
    """Return the reasons of released holds by model, finding and digest of the facts.

    What was released in the case that made a row is released where another case acts on it.
    """
    found = Release.objects.filter(finding_id__in=set(findings))
    return {(one.model_code, one.finding_id, one.figures_digest): one.reason for one in found}


def last_check(case_number: str, *, is_publishing: bool = False) -> CheckResult | None:
    """Return the newest check of a case, or None when none was made.

    A page that the publish gate stopped keeps a check of its own beside those of the steps.
    """
    found = Check.objects.filter(subject_kind=CASE, subject_id=case_number)
    found = found.filter(gate=PUBLISH) if is_publishing else found.exclude(gate=PUBLISH)
    return _result(found.order_by("-at", "-id").first())


def last_checks(case_number: str) -> tuple[CheckResult | None, CheckResult | None]:
    """Return the newest check of the steps of a case, and that of a page of it that was stopped."""
    found = Check.objects.filter(subject_kind=CASE, subject_id=case_number)
    checks = list(found.order_by("-at", "-id"))
    steps = next((one for one in checks if one.gate != PUBLISH), None)
    page = next((one for one in checks if one.gate == PUBLISH), None)
    return _result(steps), _result(page)


def _result(check: Check | None) -> CheckResult | None:
    return None if check is None else result_of(check, list(check.verdicts.order_by("id")))


def result_of(check: Check, verdicts: list[Verdict]) -> CheckResult:
    """Return a check as the faces read it."""
    released = releases(one.finding_id for one in verdicts) if verdicts else {}
    return CheckResult(
        check_id=check.pk,
        case_number=check.subject_id,
        gate=check.gate,
        at=check.at,
        model_count=check.model_count,
        verdicts=tuple(_verdict_view(one, check.at.year, released) for one in verdicts),
    )


def _verdict_view(
    verdict: Verdict, year: int, released: dict[tuple[str, str, str], str]
) -> VerdictView:
    model = known.model_of(verdict.model_code)
    key = (verdict.model_code, verdict.finding_id, verdict.figures_digest)
    return VerdictView(
        model_code=model.code,
        model_number=model.number,
        model_title=model.title,
        model_version=verdict.model_version,
        severity=verdict.severity,
        finding_kind=verdict.finding_kind,
        finding_id=verdict.finding_id,
        line_no=verdict.line_no,
        sentence=verdict.sentence,
        what_to_do=verdict.what_to_do,
        figures=rules.shown_figures(model, verdict.figures, year),
        rule=model.rule,
        basis=model.basis,
        figures_digest=verdict.figures_digest,
        is_released=key in released,
        released_reason=released.get(key, ""),
    )


def verdicts(case_number: str) -> tuple[VerdictView, ...]:
    """Return what the newest check said of a case; empty when all is well or none was made."""
    result = last_check(case_number)
    return result.verdicts if result else ()


def unreleased(case_number: str) -> list[VerdictView]:
    """Return the holds of the newest check that nobody has released."""
    return [one for one in verdicts(case_number) if one.severity == "hold" and not one.is_released]


def unreleased_pages(case_number: str) -> list[VerdictView]:
    """Return the holds on a page of a case that nobody has released."""
    stopped = last_check(case_number, is_publishing=True)
    found = stopped.verdicts if stopped else ()
    return [one for one in found if one.severity == "hold" and not one.is_released]


def held_back(rows: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which (model, row) stop a page that is not public for that reason."""
    wanted = set(rows)
    found = Verdict.objects.filter(
        gate_check__gate=PUBLISH,
        severity__in=("block", "hold"),
        finding_id__in={row for _, row in wanted},
    )
    return wanted & set(found.values_list("model_code", "finding_id"))


@dataclass(frozen=True)
class AlertFilter:
    """What a list of alerts is narrowed to; empty means all."""

    colour: str = ""
    severity: str = ""
    category: str = ""
    model_code: str = ""
    division_code: str = ""
    is_overdue: bool = False
    is_mine: bool = False
    text: str = ""


@dataclass(frozen=True)
class AlertRow:
    """An alert in a list."""

    ext_id: str
    model_code: str
    model_number: str
    model_title: str
    category: str
    severity: str
    state: str
    state_title: str
    colour: str
    sentence: str
    division_code: str
    org_ext_id: str
    case_number: str
    handler_name: str
    route_role: str
    opened_at: datetime
    due_at: datetime
    is_red_line: bool
    reopened_count: int
    conclusion: str

    @property
    def is_clue(self) -> bool:
        """Whether it only says what is unusual: a clue, no finding of wrong."""
        return self.category == CLUES


@dataclass(frozen=True)
class DisposalRow:
    """One step of a disposal."""

    at: datetime
    actor_name: str
    action: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class AlertDetail:
    """One alert whole: facts, rows, rule, basis, history, and what the actor may do now."""

    row: AlertRow
    what_to_do: str
    figures: tuple[tuple[str, str], ...]
    rows: dict[str, list[dict[str, Any]]]
    rows_digest: str
    parameters: dict[str, Any]
    rule: str
    basis: tuple[str, ...]
    verify: str
    false_alarms: tuple[str, ...]
    blind_spots: tuple[str, ...]
    finding_kind: str
    finding_id: str
    route: str
    vanished_at: datetime | None
    is_limit_provisional: bool
    limit_days: int
    is_extended: bool
    suspended_until_date: date | None
    involved_fen: int
    money_back_fen: int
    money_stopped_fen: int
    history: tuple[DisposalRow, ...]


def in_scope(by: Actor) -> QuerySet[Alert]:
    """Return the alerts of the actor's scope without those that name him.

    What closed models found is there for the discipline offices alone.
    """
    found = Alert.objects.filter(
        scope.within(by, SEE), known.is_open() | scope.within(by, SEE_CLOSED)
    )
    if not by.person_ext_id:
        return found
    named = found.annotate(named=Cast("subject_person_ext_ids", TextField()))
    return named.exclude(named__contains=json.dumps(by.person_ext_id))


def visible_alerts(by: Actor) -> QuerySet[Alert]:
    """Return the alerts that the actor may see, for the room's own counts."""
    return in_scope(by)


def alerts_that_name(by: Actor, division_code: str) -> list[str]:
    """Return the alerts of a place and below that name the actor: what he is not to see."""
    if not by.person_ext_id:
        return []
    prefix = divisions.prefix(division_code)
    named = Alert.objects.filter(division_code__gte=prefix, division_code__lt=prefix + ":")
    named = named.annotate(named=Cast("subject_person_ext_ids", TextField()))
    found = named.filter(named__contains=json.dumps(by.person_ext_id))
    return sorted(found.values_list("ext_id", flat=True))


def closed_model_codes() -> list[str]:
    """Return the codes of the models whose alerts only the discipline offices see."""
    closed = Alert.objects.exclude(known.is_open()).values_list("model_code", flat=True)
    return sorted({*catalogue.closed_codes(), *closed.distinct()})


def access_alert(*, by: Actor, ext_id: str) -> Alert:
    """Return an alert of the actor's scope; whom it names does not see it.

    Raises: NotFound.
    """
    alert = in_scope(by).filter(ext_id=ext_id).first()
    if alert is None:
        raise NotFound
    return alert


def has_alert(*, by: Actor, kind: str, finding_id: str) -> bool:
    """Return whether the actor may see an alert about a row of the record."""
    return in_scope(by).filter(finding_kind=kind, finding_id=finding_id).exists()


def alerts(
    *, by: Actor, only: AlertFilter, at: datetime, limit: int = 200, offset: int = 0
) -> list[AlertRow]:
    """Return a stretch of the alerts that the actor may see, the most urgent first."""
    found = narrow(in_scope(by), by, only, at).order_by("due_at", "id")
    return rows_of(found[offset : offset + limit])


def alert_count(*, by: Actor, only: AlertFilter, at: datetime) -> int:
    """Return how many alerts `alerts` would give in all."""
    return narrow(in_scope(by), by, only, at).count()


def narrow(found: QuerySet[Alert], by: Actor, only: AlertFilter, at: datetime) -> QuerySet[Alert]:
    """Return the alerts that a filter leaves."""
    if only.colour:
        found = found.filter(_colour_condition(only.colour))
    if only.severity:
        found = found.filter(severity=only.severity)
    if only.category:
        found = found.filter(model_code__in=known.codes_of_category(only.category))
    if only.model_code:
        found = found.filter(model_code=only.model_code)
    if only.division_code:
        prefix = divisions.prefix(only.division_code)
        found = found.filter(division_code__gte=prefix, division_code__lt=prefix + ":")
    if only.is_overdue:
        found = found.exclude(state=AlertState.DISPOSED).filter(due_at__lt=at)
    if only.is_mine:
        found = found.filter(handler_id=by.user_id)
    if only.text:
        found = found.filter(Q(sentence__contains=only.text) | Q(case_number=only.text))
    return found


def _colour_condition(colour: str) -> Q:
    if colour == "red":
        return Q(state=AlertState.NEW)
    if colour == "green":
        return Q(state=AlertState.DISPOSED)
    return ~Q(state__in=[AlertState.NEW, AlertState.DISPOSED])


def rows_of(found: Iterable[Alert]) -> list[AlertRow]:
    """Return alerts as a list shows them, their models read once."""
    part = list(found)
    models = known.models_of((one.model_code, one.model_version) for one in part)
    return [_row(one, models[one.model_code, one.model_version]) for one in part]


def row_of(alert: Alert) -> AlertRow:
    """Return an alert as a list shows it."""
    return _row(alert, known.model_of(alert.model_code, alert.model_version))


def _row(alert: Alert, model: AlertModel) -> AlertRow:
    return AlertRow(
        ext_id=alert.ext_id,
        model_code=alert.model_code,
        model_number=model.number,
        model_title=model.title,
        category=model.category,
        severity=alert.severity,
        state=alert.state,
        state_title=AlertState(alert.state).label,
        colour=rules.colour(alert.state),
        sentence=alert.sentence,
        division_code=alert.division_code,
        org_ext_id=alert.org_ext_id,
        case_number=alert.case_number,
        handler_name=alert.handler_name,
        route_role=alert.route_role,
        opened_at=alert.opened_at,
        due_at=alert.due_at,
        is_red_line=alert.is_red_line,
        reopened_count=alert.reopened_count,
        conclusion=alert.conclusion,
    )


def alert(*, by: Actor, ext_id: str) -> AlertDetail:
    """Return one alert whole.

    Raises: NotFound.
    """
    found = access_alert(by=by, ext_id=ext_id)
    model = known.model_of(found.model_code, found.model_version)
    return AlertDetail(
        row=_row(found, model),
        what_to_do=found.what_to_do,
        figures=rules.shown_figures(model, found.figures, found.opened_at.year),
        rows=found.rows,
        rows_digest=found.rows_digest,
        parameters=found.parameters,
        rule=model.rule,
        basis=model.basis,
        verify=model.verify,
        false_alarms=model.false_alarms,
        blind_spots=model.blind_spots,
        finding_kind=found.finding_kind,
        finding_id=found.finding_id,
        route=found.route,
        vanished_at=found.vanished_at,
        is_limit_provisional=found.is_limit_provisional,
        limit_days=found.limit_days,
        is_extended=found.extended_at is not None,
        suspended_until_date=found.suspended_until_date,
        involved_fen=found.involved_fen,
        money_back_fen=found.money_back_fen,
        money_stopped_fen=found.money_stopped_fen,
        history=_history(found, is_told=scope.can(by, SEE_CLOSED, found.division_code)),
    )


def _history(found: Alert, *, is_told: bool) -> tuple[DisposalRow, ...]:
    """Return the steps of an alert; who threatened or took evidence away is not told to all."""
    rows = []
    for one in found.disposals.order_by("at", "id"):
        text, data = one.text, one.data
        if not is_told:
            data = {name: value for name, value in data.items() if name != "circumstances"}
            if set(data.get("triggers", ())) & trigger_rules.QUIET:
                text, data = trigger_rules.QUIET_WORDS, {**data, "triggers": []}
        rows.append(DisposalRow(one.at, one.actor_name, one.action, text, data))
    return tuple(rows)


def counts(*, by: Actor, division_code: str = "") -> dict[tuple[str, str], int]:
    """Return how many alerts stand in each (colour, severity) of the actor's scope."""
    found = in_scope(by)
    if division_code:
        prefix = divisions.prefix(division_code)
        found = found.filter(division_code__gte=prefix, division_code__lt=prefix + ":")
    tally: Counter[tuple[str, str]] = Counter()
    for state, severity in found.values_list("state", "severity"):
        tally[rules.colour(state), severity] += 1
    return dict(tally)


def open_by_division(*, by: Actor) -> dict[str, int]:
    """Return how many alerts of the actor's scope wait in each place, in one query."""
    waiting = in_scope(by).exclude(state=AlertState.DISPOSED)
    return dict(Counter(waiting.values_list("division_code", flat=True)))
