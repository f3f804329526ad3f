"""Rows of the record as people read them: titles of columns, amounts in yuan, days in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import clock, masking, money, yamls
from sanzi.orgs.roles import roles
from sanzi.record import extraction, schema

WORDS_FILE: Final = Path(__file__).resolve().parent.parent / "data" / "record_words.yaml"

COLUMNS_MAX: Final = 12
ROWS_MAX: Final = 100
TEXT_MAX: Final = 60
HEAD_MAX: Final = 12
LONGEST_PERSON_NAME: Final = 4
_SKIPPED: Final = ("_index", "_hash", "_id", "_code", "_kind", "line_no")
_CASE: Final = "case_id"
_NAMES: Final = ("payee_name", "holder_name", "name", "seller_name")


@dataclass(frozen=True)
class RowTable:
    """Rows of one table: its Chinese title, heads, cells, and the record's own column names."""

    table: str
    title: str
    names: tuple[str, ...]
    heads: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def tables_of(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], *, year: int | None = None
) -> list[RowTable]:
    """Return frozen rows, table by table; columns without any value are left out.

    Days of `year` are said without it, as a page of that year does; paper says all years.
    """
    return [_table(name, found, year) for name, found in rows.items() if found]


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Return what the values of closed lists are called: `all`, and by `table.column`."""
    found: dict[str, dict[str, str]] = yamls.read(WORDS_FILE)
    return found


def word_of(table: str, column: str, value: str) -> str:
    """Return what a value of a closed list is called."""
    return words().get(f"{table}.{column}", {}).get(value) or words()["all"].get(value, value)


def called(value: Any) -> str:
    """Return one item of a parameter in words: a role, a closed list's value, else itself."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    role = roles().get(text)
    if role:
        return role.title
    return words()["parameter"].get(text) or words()["all"].get(text, text)


def _table(name: str, rows: Sequence[Mapping[str, Any]], year: int | None) -> RowTable:
    known = schema.load_tables().get(name)
    columns = {one.name: one for one in known.columns} if known else {}
    primary = known.primary_key[0] if known else ""
    names = [
        key
        for key in rows[0]
        if (key in (primary, _CASE) or not key.endswith(_SKIPPED))
        and any(row.get(key) is not None for row in rows)
    ][:COLUMNS_MAX]
    return RowTable(
        table=name,
        title=known.title if known else name,
        names=tuple(names),
        heads=tuple(_heading(columns[key].meaning if key in columns else key) for key in names),
        cells=tuple(
            tuple(cell(key, _in_words(name, columns.get(key), row.get(key), year)) for key in names)
            for row in rows[:ROWS_MAX]
        ),
    )


def _heading(meaning: str) -> str:
    """Return the first words of a column's meaning, its amounts in yuan."""
    return meaning.replace("（分）", "（元）").split("，", 1)[0].split("；", 1)[0][:HEAD_MAX]


def _in_words(table: str, column: schema.Column | None, value: Any, year: int | None) -> Any:
    """Return a value of a closed list, a day, a time or a period as people write it."""
    if column is None or not isinstance(value, str) or not value:
        return value
    if column.enum:
        return word_of(table, column.name, value)
    if column.type == "date":
        return _day(date.fromisoformat(value[:10]), year)
    if column.type == "datetime":
        at = extraction.moment(value).astimezone(clock.SHANGHAI)
        return f"{_day(at.date(), year)} {at:%H:%M}"
    if column.name == "period" and len(value) in (4, 7):
        whole, _, month = value.partition("-")
        return f"{whole}年{int(month)}月" if month else f"{whole}年"
    return value


def _day(day: date, year: int | None) -> str:
    return clock.day_said(day) if day.year == year else clock.date_said(day)


def cell(name: str, value: Any) -> str:
    """Return a value of the record in words; persons are masked, firms are not."""
    if value is None or value == "":
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_fen") and isinstance(value, int):
        return money.format_yuan(value)
    text = str(value)
    if name in _NAMES and (len(text) <= LONGEST_PERSON_NAME or "·" in text):
        return masking.name(text)
    return text[:TEXT_MAX]


def said(unit: str, value: Any) -> str:
    """Return the value of a parameter with its unit."""
    if value is None:
        return "未知"
    if unit == "fen":
        return f"{money.format_yuan(int(value))}元"
    if unit == "list":
        return "、".join(called(one) for one in value) if value else "没有"
    if isinstance(value, bool | str):
        return called(value)
    words = {"days": "天", "percent": "%", "people": "人", "count": ""}
    return f"{value}{words.get(unit, '')}"
