"""Pure rules of supervision: findings and their words, parameters by place and day, routes.

The gates and the nightly scan both come through `find`, so that they can only agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from sanzi.kernel import clock, digest, divisions, masking, money
from sanzi.supervision import screens
from sanzi.supervision.shapes import ALWAYS, OFFICES, AlertModel, Column, Sign

DUTIES: Final = {
    "handler": "经办",
    "reviewer": "审核",
    "approver": "审批",
    "cashier": "出纳",
    "accountant": "会计",
    "payee": "收款人",
}
ROLES: Final = {
    "village_secretary": "村党组织书记",
    "committee_head": "村委会主任",
    "committee_member": "村委会成员",
    "supervision_head": "村监会主任",
    "supervision_member": "村监会成员",
    "coop_director": "经合社董事长",
    "coop_board": "经合社董事",
    "coop_supervisor": "经合社监事",
    "village_clerk": "村文书",
    "cashier_reporter": "报账员",
    "agency_cashier": "代理中心出纳",
    "agency_accountant": "代理会计",
}
CONCLUSIONS: Final = ("confirmed", "explained", "false_positive", "data_error", "transferred")
LONGEST_PERSON_NAME: Final = 4
REASON_LEAST: Final = 8
WINDOW: Final = "window_days"
MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
YEAR: Final = re.compile(r"20[0-9]{2}")


class Runs(Protocol):
    """Whatever runs a checked statement: a session of the engine."""

    def run(
        self, sql: str, parameters: Mapping[str, Any], *, seconds: float = ...
    ) -> list[dict[str, Any]]:
        """Return the rows of a statement."""


@dataclass(frozen=True)
class Override:
    """A dated value of a parameter for a division and below."""

    model_code: str
    name: str
    division_code: str
    from_date: date
    until_date: date | None
    value: Any


@dataclass(frozen=True)
class Finding:
    """What one model found, with its words and the parameters that were used."""

    model: AlertModel
    finding_kind: str
    finding_id: str
    village_id: str
    org_id: str
    period: str
    business_date: date
    line_no: int | None
    figures: Mapping[str, Any]
    parameters: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Model, kind, id, period: one alert each."""
        return (self.model.code, self.finding_kind, self.finding_id, self.period)

    @property
    def figures_digest(self) -> str:
        """SM3 over what was found; other facts give another digest."""
        return digest.sm3_of([self.model.code, self.finding_id, dict(self.figures)])

    @property
    def sentence(self) -> str:
        """What was found, with figures."""
        return _render(self.model.sentence, self)

    @property
    def what_to_do(self) -> str:
        """What to do next."""
        return _render(self.model.advice, self)

    def shown(self) -> tuple[tuple[str, str], ...]:
        """Return the figures as title and text, in the order of the model file."""
        return shown_figures(self.model, self.figures, self.business_date.year)


def find(
    runs: Runs,
    model: AlertModel,
    *,
    at: datetime,
    overrides: Sequence[Override],
    seconds: float = 60.0,
) -> list[Finding]:
    """Return all findings of a model on the rows at hand.

    A finding is judged by the parameters valid at its place on its business day: the statement
    runs once for each set of values that is in force anywhere, and keeps what that set governs.
    """
    own = [one for one in overrides if one.model_code == model.code]
    as_of = at.astimezone(clock.SHANGHAI).replace(tzinfo=None)
    found: list[Finding] = []
    for values in parameter_sets(model, overrides):
        rows = runs.run(model.sql, {**values, "as_of": as_of}, seconds=seconds)
        found += told(model, rows, values, own)
    return in_order(found)


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Return findings by key; those of one key by their figures, so that the last is always one."""
    return sorted(found, key=lambda one: (one.key, repr(sorted(one.figures.items()))))


def told(
    model: AlertModel,
    rows: Iterable[Mapping[str, Any]],
    values: Mapping[str, Any],
    own: Sequence[Override],
) -> list[Finding]:
    """Return the findings among rows that were asked for with these values, where they govern."""
    return [
        _finding(model, row, values)
        for row in rows
        if not own or values == values_for(model, own, row["village_id"], row["business_date"])
    ]


def may_speak(model: AlertModel, rows: screens.Rows, overrides: Sequence[Override]) -> bool:
    """Whether a model may find anything among these rows, under any parameters in force."""
    return not model.screen or any(
        screens.is_open(model.screen, rows, values) for values in parameter_sets(model, overrides)
    )


def longest_window(models: Iterable[AlertModel], overrides: Sequence[Override]) -> int | None:
    """Return how many days back these models look, under any parameters in force, or None."""
    days = [
        values[WINDOW]
        for model in models
        for values in parameter_sets(model, overrides)
        if WINDOW in values
    ]
    return max(days, default=None)


def values_for(
    model: AlertModel, own: Sequence[Override], village_id: str | None, day: date
) -> dict[str, Any]:
    """Return the values of a model's parameters at a place on a day; the nearest node wins."""
    values = {one.name: one.default_on(day) for one in model.parameters}
    best: dict[str, tuple[int, date]] = {}
    for one in own:
        prefix = divisions.prefix(one.division_code)
        if not (village_id or "").startswith(prefix) or day < one.from_date:
            continue
        if one.until_date is not None and day > one.until_date:
            continue
        rank = (len(prefix), one.from_date)
        if one.name in values and rank >= best.get(one.name, (0, date.min)):
            best[one.name] = rank
            values[one.name] = one.value
    return values


def parameter_sets(model: AlertModel, overrides: Sequence[Override]) -> list[dict[str, Any]]:
    """Return every set of values that is in force at some place on some day, each once."""
    own = [one for one in overrides if one.model_code == model.code]
    days = {value.from_date for one in model.parameters for value in one.values}
    for one in own:
        days.add(one.from_date)
        days.add(one.from_date - timedelta(days=1))
        if one.until_date is not None:
            days |= {one.until_date, one.until_date + timedelta(days=1)}
    places = [None, *sorted({one.division_code for one in own})]
    found: list[dict[str, Any]] = []
    for place in places:
        for day in sorted(days or {date.min}):
            values = values_for(model, own, place, day)
            if values not in found:
                found.append(values)
    return found


def _finding(model: AlertModel, row: Mapping[str, Any], values: Mapping[str, Any]) -> Finding:
    plain = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in ALWAYS
    }
    figures = {name: int(value) if _is_whole(value) else value for name, value in plain.items()}
    return Finding(
        model=model,
        finding_kind=row["finding_kind"],
        finding_id=row["finding_id"],
        village_id=row["village_id"] or "",
        org_id=row["org_id"] or "",
        period=row["period"],
        business_date=row["business_date"],
        line_no=row.get("line_no"),
        figures=figures,
        parameters={
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
        },
    )


def _is_whole(value: Any) -> bool:
    # A sum of whole numbers comes back as a wide integer or a decimal without a fraction.
    return not isinstance(value, str | bool) and value is not None


def shown_figures(
    model: AlertModel, figures: Mapping[str, Any], year: int
) -> tuple[tuple[str, str], ...]:
    """Return figures as title and text; what is not known is left out."""
    return tuple(
        (column.title, written(column, figures[column.name], year))
        for column in model.columns
        if figures.get(column.name) is not None
    )


def written(column: Column, value: Any, year: int) -> str:
    """Return a figure as people read it; persons are masked, firms are not."""
    if value is None:
        return "未知"
    if column.type == "fen":
        return money.format_yuan(int(value))
    if column.type == "date":
        return _day(date.fromisoformat(str(value)), year)
    if column.type == "person":
        return masking.name(str(value))
    if column.type == "payee":
        text = str(value)
        is_person = len(text) <= LONGEST_PERSON_NAME or "·" in text
        return masking.name(text) if is_person else text
    if column.type == "duty":
        return DUTIES.get(str(value), str(value))
    if column.type == "role":
        return ROLES.get(str(value), str(value))
    return _period(column.name, str(value))


def _period(name: str, text: str) -> str:
    """Return a month, or the year of a period, as people say it; other text as it is."""
    if MONTH.fullmatch(text):
        return f"{text[:4]}年{int(text[5:])}月"
    return f"{text}年" if "period" in name and YEAR.fullmatch(text) else text


def _day(day: date, year: int) -> str:
    if day.year == year:
        return clock.day_said(day)
    return clock.date_said(day)


def _render(words: Mapping[str, str], finding: Finding) -> str:
    ground = str(finding.figures.get("ground") or "")
    text = words.get(ground) or next(iter(words.values()))
    year = finding.business_date.year
    shown = {
        column.name: written(column, finding.figures.get(column.name), year)
        for column in finding.model.columns
    }
    limits = {
        one.name: money.format_yuan(finding.parameters[one.name])
        for one in finding.model.parameters
        if one.unit == "fen" and one.name in finding.parameters
    }
    return text.format_map({**finding.parameters, **limits, **shown})


def colour(state: str) -> str:
    """Return the state colour: red new, yellow in hand, green done."""
    return {"new": "red", "disposed": "green"}.get(state, "yellow")


@dataclass(frozen=True)
class Addressee:
    """Whom a sign of a route means at a village: the roles, and the node where they sit."""

    roles: tuple[str, ...]
    division_code: str


def addressee(sign: Sign, village_id: str) -> Addressee:
    """Return the roles behind a sign and the division whose officers hold them."""
    town = village_id[:9] + "000"
    if sign.letter == "V":
        return Addressee(("village_secretary", "cashier_reporter"), village_id)
    if sign.letter == "F":
        return Addressee((OFFICES[sign.office],), town)
    if sign.letter == "D":
        return Addressee(("town_discipline_office",), town)
    return Addressee(("county_discipline",), village_id[:6] + "000000")


def full_route(route: Sequence[Sign]) -> tuple[Sign, ...]:
    """Return a route with the levels that escalation climbs: town discipline, then county."""
    letters = {one.letter for one in route}
    more = [Sign("D", "", 10)] if "D" not in letters else []
    return (*route, *more, Sign("C", "", 15)) if "C" not in letters else tuple(route)


def ladder(model: AlertModel, step: int = 0) -> tuple[Sign, ...]:
    """Return the signs that an alert climbs by itself, when it stands on a step.

    A clue stays with the village and the town; only a person sends it on to discipline, and from
    there it climbs like any other.
    """
    is_own = model.is_clue and step < len(model.route)
    return model.route if is_own else full_route(model.route)


def route_text(route: Iterable[Sign]) -> str:
    """Return a route as the model files write it."""
    return " → ".join(
        f"{one.letter}{':' + one.office if one.office else ''} {one.days}" for one in route
    )
