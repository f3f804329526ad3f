"""Reads of the models themselves: the list with its rates, one model whole.

What closed models found counts for the discipline offices alone, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import yaml
from django.db.models import Count, Q, Sum

from sanzi.kernel import clock, divisions
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import catalogue, change_rules, queries, review_rules, rules
from sanzi.supervision.models import (
    Alert,
    AlertState,
    Judged,
    ModelReview,
    ModelRun,
    Parameter,
)
from sanzi.supervision.review_rules import Rates
from sanzi.supervision.shapes import AlertModel
from sanzi.supervision.shapes import Parameter as Named

PAST_MAX: Final = 20
VILLAGE_KINDS: Final = frozenset({"village", "division"})
"""Findings about a village and a month, not about a row."""


@dataclass(frozen=True)
class ModelFilter:
    """What the list is narrowed to; empty means all."""

    category: str = ""
    severity: str = ""
    gate: str = ""
    status: str = ""
    is_review: bool = False
    text: str = ""


@dataclass(frozen=True)
class ModelRow:
    """A model in the list. A rate is None when there are too few cases for one."""

    code: str
    number: str
    title: str
    category: str
    category_title: str
    severity: str
    gates: tuple[str, ...]
    status: str
    is_closed: bool
    alerts: int
    concluded: int
    false: int
    judged: int
    false_percent: int | None
    flag_permille: int | None
    reasons: tuple[str, ...]
    review_asked_at: datetime | None


@dataclass(frozen=True)
class DatedValue:
    """A value of a parameter, where and from when it holds, and where it comes from."""

    division_code: str
    from_date: date
    until_date: date | None
    text: str
    source_ref: str
    is_in_force: bool


@dataclass(frozen=True)
class ParameterView:
    """A parameter with what holds today and everything that was and will be."""

    name: str
    meaning: str
    unit: str
    now: str
    range_text: str
    is_township: bool
    may_change: bool
    values: tuple[DatedValue, ...]


@dataclass(frozen=True)
class PastAlert:
    """One disposed alert of a model."""

    ext_id: str
    sentence: str
    division_code: str
    conclusion: str
    disposed_at: datetime | None


@dataclass(frozen=True)
class ModelPage:
    """A model whole, as its folder says it, with its figures and what became of its alerts."""

    row: ModelRow
    model: AlertModel
    parameters: tuple[ParameterView, ...]
    conclusions: dict[str, int]
    past: tuple[PastAlert, ...]


@cache
def category_titles() -> dict[str, str]:
    """Return the categories in the order of their numbers, with their titles."""
    text = (catalogue.FOLDER / "categories.yaml").read_text(encoding="utf-8")
    return {code: one["title"] for code, one in yaml.safe_load(text)["categories"].items()}


def require_see(by: Actor) -> None:
    """Refuse who may see no alert anywhere. Raises: NotFound."""
    if not scope.prefixes(by, queries.SEE):
        raise NotFound


def models(*, by: Actor, only: ModelFilter, at: datetime) -> list[ModelRow]:
    """Return the models with what they did in the actor's scope, by number.

    Raises: NotFound.
    """
    require_see(by)
    chosen = [one for one in catalogue.models().values() if _is_wanted(one, only)]
    rows = _rows(by, chosen, at)
    if only.is_review:
        rows = [one for one in rows if one.reasons or one.review_asked_at]
    return sorted(rows, key=lambda one: one.number)


def model(*, by: Actor, code: str, at: datetime) -> ModelPage:
    """Return one model whole. Raises: NotFound."""
    require_see(by)
    found = catalogue.models().get(code)
    if found is None:
        raise NotFound
    [row] = _rows(by, [found], at)
    done = (
        queries.visible_alerts(by)
        .filter(model_code=code, state=AlertState.DISPOSED)
        .order_by("-disposed_at", "-id")
    )
    counted = done.order_by().values_list("conclusion").annotate(count=Count("id"))
    return ModelPage(
        row=row,
        model=found,
        parameters=parameters(by=by, model=found, on=clock.local_date(at)),
        conclusions=dict(counted),
        past=tuple(
            PastAlert(one.ext_id, one.sentence, one.division_code, one.conclusion, one.disposed_at)
            for one in done[:PAST_MAX]
        ),
    )


def parameters(*, by: Actor, model: AlertModel, on: date) -> tuple[ParameterView, ...]:
    """Return the parameters of a model with the values that hold in the actor's scope."""
    own = [
        one
        for one in Parameter.objects.filter(model_code=model.code).order_by("valid_from_date", "id")
        if _concerns(by, one.division_code)
    ]
    overrides = [one for one in queries.overrides() if one.model_code == model.code]
    place = home(by)
    now = rules.values_for(model, overrides, place, on)
    return tuple(_parameter(one, own, now[one.name], on) for one in model.parameters)


def home(by: Actor) -> str:
    """Return the place that an actor's values are shown for: his narrowest post."""
    codes = [one.division_code for one in by.posts]
    return max(codes, key=lambda one: len(divisions.prefix(one)), default="")


def _concerns(by: Actor, division_code: str) -> bool:
    there = divisions.prefix(division_code)
    return any(
        there.startswith(one) or one.startswith(there) for one in scope.prefixes(by, queries.SEE)
    )


def _parameter(one: Named, own: list[Parameter], now: Any, on: date) -> ParameterView:
    in_force = one.default_on(on)
    values = [
        DatedValue(
            "",
            value.from_date,
            None,
            change_rules.said(one, value.value),
            value.source_ref,
            value.value == in_force and value.from_date <= on,
        )
        for value in one.values
    ]
    values += [
        DatedValue(
            row.division_code,
            row.valid_from_date,
            row.valid_until_date,
            change_rules.said(one, row.value),
            row.source_ref,
            row.valid_from_date <= on
            and (row.valid_until_date is None or on <= row.valid_until_date),
        )
        for row in own
        if row.name == one.name
    ]
    return ParameterView(
        name=one.name,
        meaning=one.meaning,
        unit=one.unit,
        now=change_rules.said(one, now),
        range_text=change_rules.range_said(one),
        is_township=one.is_township,
        may_change=one.unit != "choice" or bool(one.choices),
        values=tuple(values),
    )


def _is_wanted(model: AlertModel, only: ModelFilter) -> bool:
    text = only.text.strip()
    return (
        only.category in ("", model.category)
        and only.severity in ("", model.severity)
        and only.status in ("", model.status)
        and (not only.gate or only.gate in model.gates)
        and (not text or any(text in one for one in (model.title, model.rule, model.code))
             or text.upper() == model.number)
    )  # fmt: skip


def _rows(by: Actor, chosen: Iterable[AlertModel], at: datetime) -> list[ModelRow]:
    day = clock.local_date(at)
    tally = alert_tally(queries.visible_alerts(by), day)
    judged = dict(
        Judged.objects.filter(scope.within(by, queries.SEE))
        .values_list("kind")
        .annotate(total=Sum("row_count"))
    )
    hidden = set(catalogue.closed_codes())
    asked: dict[str, datetime] = {}
    for code, place, when in ModelReview.objects.filter(settled_at__isnull=True).values_list(
        "model_code", "division_code", "asked_at"
    ):
        is_hidden = code in hidden and not scope.can(by, queries.SEE_CLOSED, place)
        if _concerns(by, place) and not is_hidden:
            asked[code] = when
    limits = review_rules.limits_for(home(by), day)
    muted = last_muted()
    return [
        _row(
            one,
            tally.rates(one, judged.get),
            limits,
            asked.get(one.code),
            muted_said(muted, one.code, home(by)),
        )
        for one in chosen
    ]


@dataclass(frozen=True)
class Tally:
    """The alerts of two years by model and conclusion; an alert in hand has an empty one.

    `red_line_false` are the false alarms of red lines, closed in the last three months.
    """

    counts: dict[tuple[str, str], int]
    red_line_false: dict[str, int]

    def rates(self, model: AlertModel, judged: Callable[[str, int], int]) -> Rates:
        """Return the rates of a model, given how many rows of a kind were judged."""
        own = {
            conclusion: number
            for (code, conclusion), number in self.counts.items()
            if code == model.code
        }
        return Rates(
            alerts=sum(own.values()),
            judged=sum(judged(kind, 0) for kind in model.kinds),
            concluded=sum(number for conclusion, number in own.items() if conclusion),
            false=own.get("false_positive", 0),
            red_line_false=self.red_line_false.get(model.code, 0),
        )


def alert_tally(found: Any, day: date) -> Tally:
    """Return how many of these alerts were opened in the window that ends on a day."""
    quarter = clock.midnight(review_rules.since(day, review_rules.QUARTER_MONTHS))
    late = Q(severity="block", conclusion="false_positive", disposed_at__gte=quarter)
    counts: dict[tuple[str, str], int] = {}
    red_line_false: dict[str, int] = {}
    for code, state, conclusion, number, false in (
        found.filter(opened_at__gte=clock.midnight(review_rules.since(day)))
        .order_by()
        .values_list("model_code", "state", "conclusion")
        .annotate(number=Count("id"), late=Count("id", filter=late))
    ):
        is_done = state == AlertState.DISPOSED
        key = (code, conclusion if is_done else "")
        counts[key] = counts.get(key, 0) + number
        red_line_false[code] = red_line_false.get(code, 0) + (false if is_done else 0)
    return Tally(counts, red_line_false)


def last_scan_at() -> datetime | None:
    """Return the moment of the last night that ran to its end."""
    row = ModelRun.objects.filter(finished_at__isnull=False).order_by("-as_of", "-id").first()
    return row.as_of if row else None


def last_muted() -> list[dict[str, Any]]:
    """Return what the models left untold in the last night that ran to its end."""
    row = ModelRun.objects.filter(finished_at__isnull=False).order_by("-as_of", "-id").first()
    return [] if row is None else list(row.muted)


def muted_said(muted: Iterable[Mapping[str, Any]], code: str, place: str) -> tuple[str, ...]:
    """Return in words what a model left untold in a place; a clue above its limit is looked at."""
    own = [
        one
        for one in muted
        if one["model_code"] == code and str(one["county"]).startswith(place[:6])
    ]
    if not own:
        return ()
    found = sum(one["found"] for one in own)
    told = sum(one["told"] for one in own)
    return (f"上一夜查到{found}条，超过每月限量，只说了最强的{told}条",)


def alerts_of_place(division_code: str) -> Any:
    """Return all alerts of a place, for the count of the night; no face reads this."""
    prefix = divisions.prefix(division_code)
    return Alert.objects.filter(division_code__gte=prefix, division_code__lt=prefix + ":")


def _row(
    model: AlertModel,
    rates: Rates,
    limits: review_rules.Limits,
    asked_at: datetime | None,
    muted: tuple[str, ...],
) -> ModelRow:
    return ModelRow(
        code=model.code,
        number=model.number,
        title=model.title,
        category=model.category,
        category_title=category_titles().get(model.category, model.category),
        severity=model.severity,
        gates=model.gates,
        status=model.status,
        is_closed=model.is_closed,
        alerts=rates.alerts,
        concluded=rates.concluded,
        false=rates.false,
        judged=rates.judged,
        false_percent=rates.false_percent(limits),
        flag_permille=rates.flag_permille(limits),
        reasons=(*rates.reasons(limits), *muted),
        review_asked_at=asked_at,
    )
