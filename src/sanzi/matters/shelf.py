"""What the registers keep, told once for every face: the list, the page of one row, the file.

A higher room puts its registers here in its `apps.ready`; the office, the API and the files they
hand out are drawn from what it says. The one scope check stands behind every row of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet

from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

SEE: Final = "matters.see"
KINDS: Final = ("text", "money", "number", "day", "moment", "yes_no", "percent")

Value = str | int | Decimal | bool | date | datetime | None
Read = str | Callable[[Any], Value]


@dataclass(frozen=True)
class Column:
    """One thing a register knows of a row.

    Shapes: `key` is its stable name in the API; `read` a path such as `counterparty.name`, or a
        function of the row; kind is one of `KINDS`.
    Units: money in fen, percent in hundredths of a percent, day a local date, moment aware UTC.
    """

    key: str
    title: str
    read: Read = ""
    kind: str = "text"


@dataclass(frozen=True)
class Part:
    """A table that hangs on a row of a register, such as the lines of a list."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Any], Iterable[Any]]
    empty: str = "还没有。"


@dataclass(frozen=True)
class Register:
    """One register of one room.

    Shapes: `rows` gives the queryset in its order, with what the columns read; its model has
        `ext_id`, `division_code`, `organisation`, and `case_number` where cases write it. `head`
        names a row, `line`
        are keys of columns for the small line under it, `amount` the key that stands at its end.
        `search` are lookups such as `title__icontains`. `states` are (value, words) of the field
        `state_field`; `own_page` is the office's address of a page made for one row. What the
        county lays down for all places is `is_common`: whoever may look into it sees every row.
    """

    key: str
    title: str
    sub: str
    group: str
    rows: Callable[[], QuerySet[Any]]
    head: Read
    columns: tuple[Column, ...]
    line: tuple[str, ...] = ()
    amount: str = ""
    search: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    state_field: str = "status"
    parts: tuple[Part, ...] = ()
    see: str = SEE
    is_common: bool = False
    empty: str = "还没有登记过。办完一件，这里就有一条。"
    own_page: str = ""

    def column(self, key: str) -> Column:
        """Return a column by its key. Raises: KeyError."""
        return next(one for one in self.columns if one.key == key)


@dataclass(frozen=True)
class Wanted:
    """What part of a register is asked for; empty text means all."""

    text: str = ""
    division_code: str = ""
    state: str = ""


@dataclass(frozen=True)
class Item:
    """One row with all a register knows of it: (column, value) and its tables."""

    register: Register
    row: Any
    head: str
    state: str
    case_number: str
    values: tuple[tuple[Column, Value], ...]
    parts: tuple[tuple[Part, tuple[tuple[Value, ...], ...]], ...] = field(default=())


_registers: dict[str, Register] = {}


def put(register: Register) -> None:
    """Put a register on the shelf; its key stands in addresses and stays.

    Raises: ValueError, for a key that stands there, a kind or a column nobody knows.
    """
    if register.key in _registers:
        raise ValueError(register.key)
    keys = [one.key for one in register.columns]
    named = {*register.line, *([register.amount] if register.amount else [])}
    if len(set(keys)) != len(keys) or not named <= set(keys):
        raise ValueError(f"{register.key}: {named - set(keys) or keys}")
    shown = [*register.columns, *(one for part in register.parts for one in part.columns)]
    for column in shown:
        if column.kind not in KINDS:
            raise ValueError(f"{register.key}.{column.key}: {column.kind}")
    _registers[register.key] = register


def seen(*, by: Actor) -> tuple[Register, ...]:
    """Return the registers the actor may look into, by group and title."""
    found = [one for one in _registers.values() if _may(by, one)]
    return tuple(sorted(found, key=lambda one: (one.group, one.title)))


def access_register(*, by: Actor, key: str) -> Register:
    """Return a register the actor may look into. Raises: NotFound."""
    found = _registers.get(key)
    if found is None or not _may(by, found):
        raise NotFound
    return found


def rows(*, by: Actor, key: str, wanted: Wanted = Wanted()) -> QuerySet[Any]:
    """Return the rows of a register in the actor's scope. Raises: NotFound."""
    register = access_register(by=by, key=key)
    found = register.rows()
    if not register.is_common:
        found = found.filter(scope.within(by, register.see))
    if wanted.division_code:
        found = found.filter(division_code=wanted.division_code)
    if wanted.state:
        known = wanted.state in dict(register.states)
        found = found.filter(**{register.state_field: wanted.state}) if known else found.none()
    if wanted.text:
        words = Q(ext_id=wanted.text)
        words |= Q(case_number=wanted.text) if hasattr(found.model, "case_number") else Q()
        for lookup in register.search:
            words |= Q(**{lookup: wanted.text})
        found = found.filter(words)
    return found


def item(*, by: Actor, key: str, ext_id: str) -> Item:
    """Return one row with its tables. Raises: NotFound."""
    found = rows(by=by, key=key).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    register = access_register(by=by, key=key)
    return item_of(register, found, is_whole=True)


def item_of(register: Register, row: Any, *, is_whole: bool = False) -> Item:
    """Return a row as its register tells it; its tables only when it is wanted whole."""
    return Item(
        register=register,
        row=row,
        head=str(read(row, register.head) or ""),
        state=_state(register, row),
        case_number=getattr(row, "case_number", ""),
        values=tuple((one, read(row, one.read or one.key)) for one in register.columns),
        parts=tuple((part, _table(part, row)) for part in register.parts) if is_whole else (),
    )


def read(row: Any, path: Read) -> Value:
    """Return what a path or a function finds at a row; None where something on the way is none."""
    if callable(path):
        return path(row)
    found = row
    for name in path.split("."):
        if found is None:
            return None
        found = getattr(found, name)
    value: Value = found() if callable(found) else found
    return value


def _table(part: Part, row: Any) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        tuple(read(one, column.read or column.key) for column in part.columns)
        for one in part.rows(row)
    )


def _state(register: Register, row: Any) -> str:
    if not register.states:
        return ""
    value = getattr(row, register.state_field)
    return dict(register.states).get(str(value), str(value))


def _may(by: Actor, register: Register) -> bool:
    is_system = by.user_id is None and by.person_id is None
    return is_system or bool(scope.prefixes(by, register.see))
