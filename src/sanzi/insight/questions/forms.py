"""A form as plain values, for keeping it and for the API, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sanzi.insight.questions import errors
from sanzi.insight.questions.shapes import Form

_LISTS: Final = ("measures", "by")
_TEXTS: Final = ("subject", "bucket", "when", "period", "place", "body", "compare")
_DAYS: Final = ("since", "until")
_NUMBERS: Final = ("least_fen", "most_fen", "top")
LONGEST: Final = 120


def to_dict(form: Form) -> dict[str, Any]:
    """Return what was chosen of a form; what was not is left out."""
    found: dict[str, Any] = {}
    for name in (*_TEXTS, *_LISTS, *_NUMBERS):
        value = getattr(form, name)
        if value or (value == 0 and name != "top"):
            found[name] = list(value) if isinstance(value, tuple) else value
    found |= {name: day.isoformat() for name in _DAYS if (day := getattr(form, name))}
    if form.filters:
        found["filters"] = {code: list(values) for code, values in form.filters}
    return found


def from_dict(given: Mapping[str, Any]) -> Form:
    """Return the form of plain values. Raises: FormWrong, PeriodWrong."""
    known = {*_TEXTS, *_LISTS, *_NUMBERS, *_DAYS, "filters"}
    odd = sorted(set(given) - known)
    if odd:
        raise errors.FormWrong(what=f"不认得“{str(odd[0])[:30]}”。")
    values: dict[str, Any] = {name: _text(given.get(name, "")) for name in _TEXTS}
    for name in _LISTS:
        values[name] = _texts(given.get(name, ()))
    for name in _NUMBERS:
        value = given.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise errors.FormWrong(what=f"{name}要是一个整数。")
        values[name] = value
    values["top"] = values["top"] or 0
    filters = given.get("filters") or {}
    if not isinstance(filters, Mapping):
        raise errors.FormWrong(what="filters要一项一项列出来。")
    values["filters"] = tuple((_text(code), _texts(one)) for code, one in sorted(filters.items()))
    values |= {name: _day(given.get(name)) for name in _DAYS}
    return Form(**values)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise errors.FormWrong(what="有一格不是短的文字。")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise errors.FormWrong(what="有一格要列出几个。")
    return tuple(_text(one) for one in value)


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise errors.PeriodWrong(what=f"“{str(value)[:20]}”不是一个日子。") from error
