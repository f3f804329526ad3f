"""Single cells of a package: is the text right, what value is it, how is a value written.

Pure functions made once per column, so that a million cells cost little.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from sanzi.kernel import divisions, identity
from sanzi.kernel.refusals import Refusal
from sanzi.record.schema import Column

KEY_LENGTH_MAX: Final = 40
CELL_LENGTH_MAX: Final = 2_000
SHOWN_LENGTH_MAX: Final = 40

Checker = Callable[[str], str | None]
Converter = Callable[[str], object]

_INTEGER: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)

_FORMAT_CHECKS: Final[dict[str, tuple[Callable[[str], str], str]]] = {
    "resident_id": (identity.check_resident_id, "应是 18 位、校验位正确的居民身份证号"),
    "uscc": (identity.check_uscc, "应是 18 位、校验位正确的统一社会信用代码"),
    "cnaps": (identity.check_cnaps, "应是 12 位、校验位正确的联行号"),
    "phone": (identity.check_phone, "应是手机号或带区号的座机号"),
    "account": (identity.check_account, "应是 8 至 32 位数字的账号"),
    "division": (divisions.check, "应是 12 位区划代码"),
}


def checker(column: Column, *, is_key: bool) -> Checker | None:
    """A function from a non-empty cell to what was expected, or to None when it is right.

    None instead of a function when any short text will do.
    """
    if column.type == "string":
        return _string_checker(column, is_key=is_key)
    if column.type in ("integer", "decimal"):
        return _integer_checker(column) if column.type == "integer" else _decimal_checker(column)
    simple: dict[str, Checker] = {
        "date": _date_expected,
        "datetime": _datetime_expected,
        "boolean": _boolean_expected,
    }
    return simple[column.type]


def converter(column: Column) -> Converter | None:
    """A function from a right, non-empty cell to its value; None when the text is the value.

    Days come out as date, times as aware UTC datetime, decimals as Decimal.
    """
    return {
        "string": None,
        "integer": int,
        "decimal": Decimal,
        "date": date.fromisoformat,
        "datetime": _utc,
        "boolean": _is_true,
    }[column.type]


def written(value: object) -> str:
    """The cell that holds `value`. Raises TypeError for floats and naive times."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a time without a zone cannot be written")
        return value.isoformat()
    if isinstance(value, int | Decimal | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written")


def shown(column: Column | None, value: str) -> str:
    """The cell for an error message: cut, and masked when the column is personal."""
    if column is not None and column.is_personal and value:
        return f"{value[0]}***{value[-1]}" if len(value) > 2 else "*" * len(value)
    return value if len(value) <= SHOWN_LENGTH_MAX else value[:SHOWN_LENGTH_MAX] + "…"


def _string_checker(column: Column, *, is_key: bool) -> Checker | None:
    if column.enum:
        return _enum_checker(column.enum)
    if column.format is not None:
        return _format_checker(column.format)
    if column.pattern is not None:
        return _pattern_checker(column.pattern)
    return _key_expected if is_key else None


def _enum_checker(choices: tuple[str, ...]) -> Checker:
    allowed = frozenset(choices)
    expected = "应是以下之一：" + "、".join(choices)
    return lambda cell: None if cell in allowed else expected


def _format_checker(name: str) -> Checker:
    check, expected = _FORMAT_CHECKS[name]

    def judge(cell: str) -> str | None:
        try:
            return None if check(cell) == cell else expected
        except Refusal:
            return expected

    return judge


def _pattern_checker(pattern: str) -> Checker:
    match = re.compile(pattern, re.ASCII).fullmatch
    expected = f"应符合格式 {pattern}"
    return lambda cell: None if match(cell) else expected


def _key_expected(cell: str) -> str | None:
    return None if len(cell) <= KEY_LENGTH_MAX else f"编号最多 {KEY_LENGTH_MAX} 个字符"


def _integer_checker(column: Column) -> Checker:
    what = "应是整数，单位是分" if column.name.endswith("_fen") else "应是整数"
    low, high = column.minimum, column.maximum

    def judge(cell: str) -> str | None:
        if not _INTEGER.fullmatch(cell):
            return what
        return _range_expected(Decimal(cell), low, high)

    return judge


def _decimal_checker(column: Column) -> Checker:
    def judge(cell: str) -> str | None:
        if not _DECIMAL.fullmatch(cell):
            return "应是数字"
        return _range_expected(Decimal(cell), column.minimum, column.maximum)

    return judge


def _range_expected(value: Decimal, low: int | None, high: int | None) -> str | None:
    if low is not None and value < low:
        return f"不能小于 {low}"
    if high is not None and value > high:
        return f"不能大于 {high}"
    return None


def _date_expected(cell: str) -> str | None:
    try:
        if _DATE.fullmatch(cell):
            date.fromisoformat(cell)
            return None
    except ValueError:
        pass
    return "应是日期，如 2026-03-01"


def _datetime_expected(cell: str) -> str | None:
    try:
        if _DATETIME.fullmatch(cell):
            datetime.fromisoformat(cell)
            return None
    except ValueError:
        pass
    return "应是带时区的时间，如 2026-03-01T09:30:00+08:00"


def _boolean_expected(cell: str) -> str | None:
    return None if cell in ("true", "false") else "应是 true 或 false"


@lru_cache(maxsize=4096)  # the hours of one case stand in several columns and rows
def _utc(cell: str) -> datetime:
    return datetime.fromisoformat(cell).astimezone(UTC)


def _is_true(cell: str) -> bool:
    return cell == "true"
