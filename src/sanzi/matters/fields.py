"""Fields of a form: what each type holds, how typed text is read, what is wrong with it. Pure.

A form keeps text as it was typed; effects and checks read it through `typed`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from sanzi.kernel import clock, money
from sanzi.kernel.refusals import Refusal

TEXT_LENGTH_MAX = 400
LONG_TEXT_LENGTH_MAX = 4000
REFERENCE_LENGTH_MAX = 40
ROWS_MAX = 500
QUANTITY_MAX = Decimal(10_000_000)
QUANTITY_PLACES = 3
INTEGER_FIGURES_MAX = 9
YEARS = (1900, 2200)
TEXT_TURNERS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that let text be read in another order than it is kept."""

YES_NO = {"yes": "是", "no": "否"}

Day = TypeVar("Day", date, datetime)
Typed = str | int | bool | date | datetime | Decimal | tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Field:
    """One field of a form. `required_*` make it required only sometimes.

    `columns` are the fields of one row where the type is `rows`. `is_party` says that the person
    or firm named here gains or loses by the case: he and his kin stand aside. What does not
    `repeats` is filled in anew each time, never from an older case.
    """

    key: str
    label: str
    type: str
    required: bool
    help: str
    max_length: int | None = None
    list: str = ""
    options: Mapping[str, str] | None = None
    required_from_fen: int | None = None
    required_for: Mapping[str, tuple[str, ...]] | None = None
    required_in_tiers: tuple[str, ...] = ()
    columns: tuple[Field, ...] = ()
    max_rows: int | None = None
    is_party: bool = False
    repeats: bool = True


def wrong(field: Field, value: object) -> str:
    """Return the sentence of what a field can't hold, without its stop; empty when all is well.

    An empty value is no mistake: what is missing is told when the form is handed in.
    """
    if value in (None, "", []):
        return ""
    if field.type == "rows":
        return _wrong_rows(field, value)
    if not isinstance(value, str):
        return f"“{field.label}”要填文字"
    mistake = _wrong_text(field, value.strip())
    return f"“{field.label}”{mistake}" if mistake else ""


def _wrong_text(field: Field, text: str) -> str:
    """Return the rest of the sentence of what a field can't hold."""
    if has_unseen(text):
        return "里有看不见的字符，请删掉重打"
    if text and field.options is not None and text not in field.options:
        return f"里没有“{text[:20]}”这一项"
    limit = field.max_length or _length_max(field)
    if len(text) > limit:
        return f"最多{limit}个字"
    reader = READERS.get(field.type)
    try:
        if reader and text:
            reader(text)
    except ValueError as mistake:
        return str(mistake)
    return ""


def has_unseen(text: str) -> bool:
    """Return whether a text has what cannot be read or kept: controls, half or turning marks."""
    return any(
        sign in TEXT_TURNERS
        or (sign not in "\n\r\t" and unicodedata.category(sign) in ("Cc", "Cs"))
        for sign in text
    )


def seen(text: str) -> str:
    """Return a text without what cannot be read or kept."""
    return "".join(sign for sign in text if not has_unseen(sign))


def typed(fields: Sequence[Field], form: Mapping[str, Any]) -> dict[str, Typed]:
    """Return the values of a form that has no mistake, each as its type; empty ones are left out.

    Shapes: money as int fen, quantity as Decimal, integer as int, yes_no as bool, date as date,
        moment as aware UTC datetime, rows as a tuple of such dictionaries, all else as str.
    """
    found: dict[str, Typed] = {}
    for field in fields:
        value = form.get(field.key)
        if value in (None, "", []):
            continue
        if field.type == "rows":
            found[field.key] = tuple(typed(field.columns, row) for row in _rows(value))
        else:
            reader = READERS.get(field.type)
            found[field.key] = reader(str(value)) if reader else str(value).strip()
    return found


def cleaned(field: Field, value: object) -> object:
    """Return a value without what surrounds it: spaces, and rows in which nothing was typed."""
    if field.type != "rows":
        return value.strip() if isinstance(value, str) else value
    if not isinstance(value, list):
        return value
    rows = (
        {key: text.strip() if isinstance(text, str) else text for key, text in row.items()}
        if isinstance(row, Mapping)
        else row
        for row in value
    )
    return [row for row in rows if not isinstance(row, dict) or any(row.values())]


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _wrong_rows(field: Field, value: object) -> str:
    if not isinstance(value, list):
        return f"“{field.label}”要一行一行地填"
    limit = field.max_rows or ROWS_MAX
    if len(value) > limit:
        return f"“{field.label}”最多{limit}行"
    known = {one.key: one for one in field.columns}
    for place, row in enumerate(value, start=1):
        if not isinstance(row, Mapping):
            return f"“{field.label}”第{place}行不是一行"
        for key, text in row.items():
            column = known.get(key)
            if column is None:
                return f"“{field.label}”第{place}行没有“{str(key)[:20]}”这一栏"
            said = wrong(column, text)
            if said:
                return f"“{field.label}”第{place}行{said}"
    return ""


def _length_max(field: Field) -> int:
    if field.list:
        return REFERENCE_LENGTH_MAX
    return LONG_TEXT_LENGTH_MAX if field.type == "long_text" else TEXT_LENGTH_MAX


def _money(text: str) -> int:
    try:
        return money.parse_yuan(text, allow_zero=True)
    except Refusal as refusal:
        raise ValueError(f"：{refusal.text.rstrip('。')}") from refusal


def _integer(text: str) -> int:
    figures = text.lstrip("0")
    if not (text.isascii() and text.isdecimal()) or len(figures) > INTEGER_FIGURES_MAX:
        raise ValueError("要填整数，例如12")
    return int(figures or "0")


def _quantity(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError("要填数字，例如12.5") from None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= found <= QUANTITY_MAX:
        raise ValueError("要填一个合适的数字，例如12.5")
    if -exponent > QUANTITY_PLACES:
        raise ValueError(f"最多{QUANTITY_PLACES}位小数")
    return found


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise ValueError("不是日期，例如2026-11-20")
    return _near(found)


def _moment(text: str) -> datetime:
    """Read a local time as browsers send it, `2026-11-20T08:30`; a zone may be given."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.date().isoformat() != text[:10]:
        raise ValueError("不是时间，例如2026-11-20 08:30")
    _near(found)
    return (found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)).astimezone(UTC)


def _near(found: Day) -> Day:
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f"的年份要在{YEARS[0]}到{YEARS[1]}之间")
    return found


def _yes_no(text: str) -> bool:
    if text not in YES_NO:
        raise ValueError("请选是或否")
    return text == "yes"


READERS: Mapping[str, Callable[[str], Typed]] = {
    "money": _money,
    "integer": _integer,
    "quantity": _quantity,
    "date": _date,
    "moment": _moment,
    "yes_no": _yes_no,
}
"""How the text of a type is read; each raises ValueError with the rest of a sentence."""

ROW_LISTS: Mapping[str, str] = {
    "source_matter": "source_matters",
    "subject": "expense_subjects",
    "account": "own_accounts",
    "fund": "funds",
    "budget_line": "budget_lines",
    "contract": "contracts",
    "person": "village_people",
    "decision": "decisions",
    "counterparty": "counterparties",
}
"""The list that a type offers where its file names none."""
