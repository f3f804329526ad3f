"""Pure rules of parameters: which values they may have, how they are typed and said, which days.

The model file says what a value must be; without a range of its own a whole number is not negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sanzi.kernel import money
from sanzi.orgs.roles import roles
from sanzi.record import schema
from sanzi.supervision import row_tables
from sanzi.supervision.change_errors import BadParameterValue
from sanzi.supervision.shapes import AlertModel, Parameter

WHOLE: Final = ("fen", "days", "percent", "people", "count")
UNITS: Final = {"fen": "元", "days": "天", "percent": "%", "people": "人", "count": "个"}
MOST: Final = {
    "fen": money.MAX_FEN, "days": 3_660, "percent": 1_000, "people": 100_000, "count": 1_000_000,
}  # fmt: skip
"""The largest value of a unit where the model file names none."""
LIST_MAX: Final = 200
ITEM_MAX: Final = 40
REASON_LEAST: Final = 8


@dataclass(frozen=True)
class Period:
    """The days from one to another, both included; no last day: for good."""

    from_date: date
    until_date: date | None

    def touches(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return (self.until_date is None or self.until_date >= other.from_date) and (
            other.until_date is None or other.until_date >= self.from_date
        )

    @property
    def said(self) -> str:
        """The days in words."""
        until = f"到{self.until_date}" if self.until_date else "起"
        return f"从{self.from_date}{until}"


def bounds(parameter: Parameter) -> tuple[int, int]:
    """Return the least and the largest value of a whole number."""
    least = 0 if parameter.minimum is None else parameter.minimum
    most = MOST[parameter.unit] if parameter.maximum is None else parameter.maximum
    return least, most


def governed(model: AlertModel, parameter: Parameter) -> tuple[str, ...]:
    """Return what a list parameter is chosen from; nothing for one that is typed.

    It is the closed list of a column that the model reads, or of the roles, in which all of its
    values stand: the shortest such list.
    """
    known = parameter.values[-1].value if parameter.values else None
    if parameter.unit != "list" or not isinstance(known, list) or not known:
        return ()
    if not all(isinstance(one, str) for one in known):
        return ()
    tables = schema.load_tables()
    lists = [
        tuple(column.enum)
        for name in sorted(model.tables)
        for column in tables[name].record_columns
        if column.enum and set(known) <= set(column.enum)
    ]
    if set(known) <= set(roles()):
        lists.append(tuple(roles()))
    return min(lists, key=len, default=())


def check(parameter: Parameter, value: Any, among: Sequence[str] = ()) -> None:
    """Refuse a value that the parameter may not have. Raises: BadParameterValue.

    Shapes: `among` is what a governed list is chosen from.
    """
    why = _wrong(parameter, value)
    if not why and among:
        odd = [one for one in value if one not in among]
        why = f"没有“{str(odd[0])[:20]}”这一项，只能从列出的里面选" if odd else ""
    if why:
        raise BadParameterValue(meaning=parameter.meaning, why=why)


def _wrong(parameter: Parameter, value: Any) -> str:
    if parameter.unit in WHOLE:
        least, most = bounds(parameter)
        if type(value) is not int:
            return f"要一个整数，{_between(parameter)}"
        return "" if least <= value <= most else f"要{_between(parameter)}"
    if parameter.unit == "choice":
        if not parameter.choices:
            return "规则文件没有列出可以选的，不能在这里改"
        return "" if _is_one_of(value, parameter.choices) else f"只能选{range_said(parameter)}"
    return _wrong_list(parameter, value)


def _is_one_of(value: Any, choices: Iterable[Any]) -> bool:
    # True equals 1 in Python, in SQL it does not.
    return any(type(value) is type(one) and value == one for one in choices)


def _wrong_list(parameter: Parameter, value: Any) -> str:
    known = parameter.values[-1].value
    kind = type(known[0]) if isinstance(known, list) and known else str
    if not isinstance(value, list) or not value or len(value) > LIST_MAX:
        return f"要1到{LIST_MAX}项"
    if any(type(one) is not kind or not str(one).strip() for one in value):
        return "每一项要和原来的同一种写法"
    if any(len(str(one)) > ITEM_MAX for one in value):
        return f"一项最多{ITEM_MAX}个字"
    return "有两项一样" if len({str(one) for one in value}) < len(value) else ""


def _between(parameter: Parameter) -> str:
    least, most = bounds(parameter)
    return f"从{said(parameter, least)}到{said(parameter, most)}"


def range_said(parameter: Parameter) -> str:
    """Return what a value may be, in words."""
    if parameter.unit in WHOLE and parameter.maximum is None:
        return f"{said(parameter, bounds(parameter)[0])}或更多"
    if parameter.unit in WHOLE:
        return _between(parameter)
    if parameter.unit == "choice":
        return "、".join(row_tables.called(one) for one in parameter.choices)
    return f"1到{LIST_MAX}项，一行一项"


def typed(parameter: Parameter, text: str) -> Any:
    """Return the value that somebody typed: yuan for fen, one item a line for a list.

    Raises: BadParameterValue, BadAmount.
    """
    text = text.strip()
    if parameter.unit == "fen":
        return money.parse_yuan(text, allow_zero=True)
    if parameter.unit in WHOLE:
        is_figure = text.removeprefix("-").isascii() and text.removeprefix("-").isdecimal()
        return int(text) if is_figure and len(text) <= 12 else text
    if parameter.unit == "choice":
        return next((one for one in parameter.choices if str(one) == text), text)
    lines = [one.strip() for one in text.replace("、", "\n").splitlines() if one.strip()]
    known = parameter.values[-1].value
    is_number = isinstance(known, list) and known and type(known[0]) is int
    return [int(one) if is_number and one.isdecimal() else one for one in lines]


def said(parameter: Parameter, value: Any) -> str:
    """Return a value as people read it."""
    if parameter.unit == "fen" and type(value) is int:
        return f"{money.format_yuan(value)}元" if value else "0元"
    if isinstance(value, list):
        return "、".join(row_tables.called(one) for one in value)
    if isinstance(value, bool | str):
        return row_tables.called(value)
    number = f"{value:,}" if isinstance(value, int) else str(value)
    return f"{number}{UNITS.get(parameter.unit, '')}"


def asked(parameter: Parameter, value: Any) -> str:
    """Return a value as the form shows it for typing."""
    if parameter.unit == "fen" and type(value) is int:
        return money.format_yuan(value).replace(",", "")
    return "\n".join(str(one) for one in value) if isinstance(value, list) else str(value)
