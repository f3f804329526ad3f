"""Screens: what must be among the rows of a case, or a model has nothing to say on it.

To plan a model's statement takes longer than to run it on one payment. A screen asks less than
the statement does, of plain rows, so that most models need not be planned at all. It may only be
too wide: a model is silent wherever its screen is shut. The examples of every model, the property
test "gate equals nightly" and `make bench-precheck` hold it to that. The night knows no screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Protocol

SUBJECT: Final = "subject"
OWN: Final = "own."
KINDS: Final = ("any", "meet", "stray", "several", "sum", "says", "lacks", "unordered")
PAIRED: Final = {"several": "per", "lacks": "per", "unordered": "by"}

Column = tuple[str, str]


class Rows(Protocol):
    """The rows around a case; the table `subject` is the payments of the case itself."""

    def pick(self, table: str, columns: Sequence[str]) -> Iterable[tuple[Any, ...]]:
        """Return these columns of all rows of a table; empty text is None."""


@dataclass(frozen=True)
class Ask:
    """One way past a screen. `columns` in two groups for `meet`, else in one.

    any: a value stands in one of the columns; with `of`, one of these values (None is one).
    meet: the two groups share a value; `besides` leaves out rows whose column holds one of these.
    stray: a value of the first group is not in the second.
    several: one value of the last columns comes with two values of the first; with
    `around_subject`, a payment of the case is among them.
    sum: what is above nothing in the column adds up to `percent` of one of the limits in `of`, at
    least; with `per`, over the rows that share the values of these columns with a payment of the
    case, none of them empty.
    says: one of these words stands in a text of one of the columns.
    lacks: for one of the values of the second `per` column, no row with that value in the first
    holds one of `of`, where a number and a colon may come first.
    unordered: of two rows the one with the higher last column has the lower first one.
    `of`, `besides` and `percent` may name parameters as `$name`.
    """

    kind: str
    columns: tuple[tuple[Column, ...], ...]
    of: Any = None
    percent: Any = 100
    besides: Mapping[Column, Any] = field(default_factory=dict)
    around_subject: bool = False


def read(items: Sequence[Mapping[str, Any]]) -> tuple[Ask, ...]:
    """Return the screen of a model file. Raises ValueError, which says what is wrong."""
    return tuple(_ask(item) for item in items)


def _ask(item: Mapping[str, Any]) -> Ask:
    kind = next(iter(item), "")
    shapes = {
        "any": {"any", "of"},
        "meet": {"meet", "besides"},
        "several": {"several", "per", "around_subject"},
        "stray": {"stray"},
        "sum": {"sum", "of", "percent", "per"},
        "says": {"says", "of"},
        "lacks": {"lacks", "of", "per"},
        "unordered": {"unordered", "by"},
    }
    if kind not in shapes or set(item) - shapes[kind]:
        raise ValueError(f"screen: {dict(item)}, expected one of {', '.join(KINDS)} and its keys")
    groups = item[kind] if kind in ("meet", "stray") else [item[kind]]
    if kind in PAIRED or "per" in item:
        groups = [item[kind], item[PAIRED.get(kind, "per")]]
    columns = tuple(tuple(map(_column, [one] if isinstance(one, str) else one)) for one in groups)
    if len(columns) != (2 if kind in ("meet", "stray", *PAIRED) or "per" in item else 1):
        raise ValueError(f"screen: {kind} needs two groups of columns")
    return Ask(
        kind,
        columns,
        of=item.get("of"),
        percent=item.get("percent", 100),
        besides={_column(name): value for name, value in (item.get("besides") or {}).items()},
        around_subject=bool(item.get("around_subject")),
    )


def _column(text: str) -> Column:
    table, _, name = text.rpartition(".")
    if not table or not name:
        raise ValueError(f"screen: '{text}', expected table.column")
    return table, name


def parameters(screen: Iterable[Ask]) -> set[str]:
    """Return the names of the parameters that a screen asks for."""
    found: set[str] = set()
    for ask in screen:
        limits = ask.of if isinstance(ask.of, list) else [ask.of]
        for value in (*limits, ask.percent, *ask.besides.values()):
            if isinstance(value, str) and value.startswith("$"):
                found.add(value[1:])
    return found


def columns(screen: Iterable[Ask]) -> set[Column]:
    """Return the columns that a screen looks at."""
    return {
        column
        for ask in screen
        for column in (*ask.besides, *(one for group in ask.columns for one in group))
    }


def is_of_own_rows(screen: Iterable[Ask]) -> bool:
    """Whether a screen asks nothing but the own rows of a case, so that none others are needed."""
    tables = {table for table, _ in columns(screen)}
    return bool(tables) and all(one.startswith(OWN) for one in tables)


def is_open(screen: Sequence[Ask], rows: Rows, values: Mapping[str, Any]) -> bool:
    """Whether a model may have something to say on these rows under these parameters."""
    return not screen or any(_CHECKS[ask.kind](ask, rows, values) for ask in screen)


def _any(ask: Ask, rows: Rows, values: Mapping[str, Any]) -> bool:
    wanted = None if ask.of is None else set(_known(ask.of, values))
    return any(
        one is not None if wanted is None else one in wanted
        for table, name in ask.columns[0]
        for (one,) in rows.pick(table, [name])
    )


def _meet(ask: Ask, rows: Rows, values: Mapping[str, Any]) -> bool:
    left, right = (
        {one for column in group for one in _values(column, ask, rows, values)}
        for group in ask.columns
    )
    return not left.isdisjoint(right)


def _stray(ask: Ask, rows: Rows, values: Mapping[str, Any]) -> bool:
    left, right = (
        {one for column in group for one in _values(column, ask, rows, values)}
        for group in ask.columns
    )
    return not left <= right


def _says(ask: Ask, rows: Rows, values: Mapping[str, Any]) -> bool:
    words = _known(ask.of, values)
    return any(
        word in text
        for table, name in ask.columns[0]
        for (text,) in rows.pick(table, [name])
        if text is not None
        for word in words
    )


def _lacks(ask: Ask, rows: Rows, values: Mapping[str, Any]) -> bool:
    (table, name), ((_table, by), (above, key)) = ask.columns[0][0], ask.columns[1]
    wanted = {one.rpartition(":")[2] for one in _known(ask.of, values)}
    held: dict[Any, set[Any]] = {}
    for group, value in rows.pick(table, [by, name]):
        held.setdefault(group, set()).add(value)
    return any(not wanted <= held.get(one, set()) for (one,) in rows.pick(above, [key]))


def _unordered(ask: Ask, rows: Rows, _: Mapping[str, Any]) -> bool:
    (table, name), (_table, by) = ask.columns[0][0], ask.columns[1][0]
    known = sorted({row for row in rows.pick(table, [by, name]) if None not in row})
    highest_before = None
    for _, group in groupby(known, key=itemgetter(0)):
        found = [value for _, value in group]
        if highest_before is not None and found[0] < highest_before:
            return True
        highest_before = found[-1] if highest_before is None else max(highest_before, found[-1])
    return False


def _values(column: Column, ask: Ask, rows: Rows, values: Mapping[str, Any]) -> set[Any]:
    table, name = column
    besides = {one: value for (where, one), value in ask.besides.items() if where == table}
    if not besides:
        return {one for (one,) in rows.pick(table, [name]) if one is not None}
    left_out = [set(_known(value, values)) for value in besides.values()]
    return {
        one
        for one, *others in rows.pick(table, [name, *besides])
        if one is not None
        and not any(other in out for other, out in zip(others, left_out, strict=True))
    }


def _several(ask: Ask, rows: Rows, _values: Mapping[str, Any]) -> bool:
    counted, shared = ask.columns
    table = counted[0][0]
    names = [name for _, name in counted]
    by = [name for _, name in shared]
    own = set(rows.pick(SUBJECT, by)) if ask.around_subject else None
    seen: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows.pick(table, [*names, *by]):
        value, key = row[: len(names)], row[len(names) :]
        if None in key or (own is not None and key not in own):
            continue
        if seen.setdefault(key, value) != value:
            return True
    return False


def _sum(ask: Ask, rows: Rows, values: Mapping[str, Any]) -> bool:
    (table, name), *_ = ask.columns[0]
    by = [one for group in ask.columns[1:] for _, one in group]
    own = set(rows.pick(SUBJECT, by)) if by else {()}
    totals = dict.fromkeys((key for key in own if None not in key), 0)
    for amount, *key in rows.pick(table, [name, *by]):
        if tuple(key) in totals:
            totals[tuple(key)] += max(amount or 0, 0)
    percent, most = _known(ask.percent, values), max(totals.values(), default=None)
    return most is not None and any(
        most * 100 >= limit * percent for limit in _known(ask.of, values)
    )


def _known(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return values[value[1:]]
    if isinstance(value, list):
        return [_known(one, values) for one in value]
    return value


_CHECKS: Final[Mapping[str, Callable[[Ask, Rows, Mapping[str, Any]], bool]]] = {
    "any": _any,
    "meet": _meet,
    "stray": _stray,
    "several": _several,
    "sum": _sum,
    "says": _says,
    "lacks": _lacks,
    "unordered": _unordered,
}
