"""The rows that a case under check touches.

A case is judged on its own rows: those of the subject tables (see `subjects`) that carry its
number, with their parts. What else is read around them follows from the keys of the tables, and
from the closure in `data/record/closures/neighbourhood.yaml`.
Set-based: the same few reads serve one payment and a batch of hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import pyarrow as pa

from sanzi.kernel import yamls
from sanzi.record import extraction, schema, subjects
from sanzi.record.extraction import Only, Row, Since

SUBJECT: Final = "subject"
OWN: Final = "own."
FILE: Final = schema.FOLDER / "closures" / "neighbourhood.yaml"


@dataclass(frozen=True)
class Step:
    """Read `table` where `by` is among the values of the columns `sources` (table, column).

    A source is a table as read so far, `subject` (the payments of the case), or `own.<table>`:
    the rows of that table that belong to the case. With `holding` only rows are read whose column
    holds one of its values; with `days`, `since` goes back that far whatever the models ask.
    """

    table: str
    by: str
    sources: tuple[tuple[str, str], ...]
    since: tuple[str, ...] = ()
    holding: Only | None = None
    days: int | None = None


@dataclass(frozen=True)
class Handled:
    """Rows that a case acts on though they are another's: it is judged on them too.

    Those of `table` whose column `by` is among the values of a column of the own rows, of those
    rows alone that `of` holds.
    """

    table: str
    by: str
    source: tuple[str, str]
    of: Only | None = None


@cache
def steps() -> tuple[Step, ...]:
    """Return the steps in order, checked: first those by the keys of the tables, then the file's.

    Raises: SchemaBroken.
    """
    written = tuple(_step(number, item) for number, item in enumerate(_file()["steps"], start=1))
    return (*_by_keys(), *written)


@cache
def handled() -> tuple[Handled, ...]:
    """Return what cases are judged on besides their own rows, checked. Raises: SchemaBroken."""
    return tuple(_handled(number, item) for number, item in enumerate(_file()["handled"], start=1))


def _file() -> dict[str, Any]:
    data: dict[str, Any] = yamls.read(FILE)
    return data


def _handled(number: int, item: dict[str, Any]) -> Handled:
    table, _, column = item["from"].rpartition(".")
    of = [Only(name, tuple(values)) for name, values in item.get("of", {}).items()]
    found = Handled(item["read"], item["by"], (table, column), of[0] if of else None)
    try:
        extraction.position(found.table, found.by)
        for name in (column, *(one.column for one in of)):
            check_column(table, name)
    except KeyError as error:
        raise schema.SchemaBroken(
            f"neighbourhood.yaml: handled {number}: unknown {error}"
        ) from error
    return found


def _by_keys() -> tuple[Step, ...]:
    """Return what every subject but a payment reads: what it names, and its like in the village.

    The steps of payments are in the file, where they are kept small.
    """
    like: list[Step] = []
    named: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for root in sorted(subjects.roots() - {subjects.PAYMENT}):
        names = {column.record for column in schema.load_tables()[root].record_columns}
        if "village_id" in names:
            place = (f"{OWN}{root}", "village_id")
            since = ("submitted_at",) if "submitted_at" in names else ()
            like.append(Step(root, "village_id", (place,), since))
        for table, column in subjects.parts(root):
            like.append(Step(table, column, ((root, subjects.key(root)),)))
        for table in (root, *(name for name, _ in subjects.parts(root))):
            for other, column, own in _named_by(table):
                named.setdefault((other, column), []).append((f"{OWN}{table}", own))
    return (*like, *(Step(table, by, tuple(places)) for (table, by), places in named.items()))


def _named_by(table: str) -> Iterator[tuple[str, str, str]]:
    """Yield (other table, its key, own column) of the foreign keys of a table."""
    tables = schema.load_tables()
    for one in tables[table].foreign_keys:
        own = tables[table].column(one.column).record
        key = tables[one.table].column(one.references).record
        if own is not None and key is not None:
            yield one.table, key, own


def _step(number: int, item: dict[str, Any]) -> Step:
    sources = tuple(
        (table, column) for table, _, column in (one.rpartition(".") for one in item["from"])
    )
    held = [Only(column, tuple(values)) for column, values in item.get("holding", {}).items()]
    since = tuple(item.get("since", ()))
    step = Step(
        item["read"], item["by"], sources, since, held[0] if held else None, item.get("days")
    )
    try:
        extraction.position(step.table, step.by)
        for one in held:
            extraction.position(step.table, one.column)
        for column in step.since:
            extraction.position(step.table, column)
        for table, column in step.sources:
            check_column(table, column)
    except KeyError as error:
        raise schema.SchemaBroken(f"neighbourhood.yaml: step {number}: unknown {error}") from error
    return step


@dataclass
class Neighbourhood:
    """The rows that cases touch, by table and primary key; `own` are the keys of their own rows.

    The table `subject` is their payments, `own.<table>` their own rows of a table.
    """

    case_ids: tuple[str, ...]
    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)
    own: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Hold rows of a table, each once."""
        keys = key_positions(table)
        held = self.rows.setdefault(table, {})
        for row in rows:
            held[tuple(row[at] for at in keys)] = row

    def add_own(self, table: str, rows: Sequence[Row]) -> None:
        """Hold rows that belong to the cases themselves."""
        keys = key_positions(table)
        self.add(table, rows)
        self.own.setdefault(table, set()).update(tuple(row[at] for at in keys) for row in rows)

    def pick(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Return these columns of the rows of a table or of `subject`; empty text is None."""
        shape = _shape(table)
        at = [extraction.position(shape, name) for name in columns]
        for row in self._rows(table):
            yield tuple(None if row[one] == "" else row[one] for one in at)

    def values(self, table: str, column: str) -> set[str]:
        """Return the values of a column, the empty ones left out."""
        if table == SUBJECT and column == "case_id":
            return set(self.case_ids)
        at = extraction.position(_shape(table), column)
        return {row[at] for row in self._rows(table) if row[at]}

    def tables(self, names: Iterable[str]) -> dict[str, pa.Table]:
        """Return the rows of these tables, typed; a table that nothing touched is empty."""
        return {name: extraction.to_arrow(name, list(self._rows(name))) for name in names}

    def subjects(self) -> set[tuple[str, str]]:
        """Return (table, id) of the rows of the cases; those with a key of several columns not."""
        return {
            (table, str(key[0]))
            for table, keys in self.own.items()
            for key in keys
            if len(key) == 1
        }

    def earliest(self, at: datetime, table: str, columns: Sequence[str]) -> datetime:
        """Return the earliest time in these columns of the own rows, or `at` when it is before."""
        rows = self.pick(f"{OWN}{table}", columns)
        times = {extraction.moment(one) for row in rows for one in row if one}
        return min({at, *times})

    def _rows(self, table: str) -> Iterable[Row]:
        if table != SUBJECT and not table.startswith(OWN):
            return self.rows.get(table, {}).values()
        name = _shape(table)
        held = self.rows.get(name, {})
        return [held[key] for key in self.own.get(name, ())]


def _shape(table: str) -> str:
    return subjects.PAYMENT if table == SUBJECT else table.removeprefix(OWN)


def check_column(table: str, column: str) -> None:
    """Raise KeyError unless the table (or `subject`, or `own.<table>`) has the column."""
    extraction.position(_shape(table), column)


@cache
def key_positions(table: str) -> tuple[int, ...]:
    """Return where the primary key of a table stands in its rows."""
    shape = schema.load_tables()[table]
    names = [shape.column(name).record or name for name in shape.primary_key]
    return tuple(extraction.position(table, name) for name in names)


@cache
def steps_for(tables: frozenset[str]) -> tuple[Step, ...]:
    """Return the steps that bring rows of these tables, or values that such a step asks by."""
    kept: list[Step] = []
    wanted = tables | {SUBJECT, "payment"}
    for step in reversed(steps()):
        if step.table in wanted:
            kept.append(step)
            wanted |= {table for table, _ in step.sources}
    return tuple(reversed(kept))


def begin(case_ids: Iterable[str], kinds: Iterable[str]) -> Neighbourhood:
    """Return the own rows of cases, of these kinds of table and the tables they are part of.

    A case that pays is judged on its payments, every other on what its registers hold of it; both
    on what they act on.
    """
    found = Neighbourhood(tuple(case_ids))
    wanted = frozenset(kinds)
    asked = subjects.roots_of(wanted)
    if any(one.table in wanted and one.source[0] == SUBJECT for one in handled()):
        asked.add(subjects.PAYMENT)
    first = [root for root in asked if root == subjects.PAYMENT]
    for root in (*first, *sorted(asked - {subjects.PAYMENT})):
        rows = extraction.fetch(root, Only(subjects.case_column(root), sorted(set(found.case_ids))))
        found.add_own(root, rows)
        if rows and root == subjects.PAYMENT:
            break
        keys = sorted(found.values(f"{OWN}{root}", subjects.key(root)))
        for table, column in subjects.parts(root) if keys else ():
            found.add_own(table, extraction.fetch(table, Only(column, keys)))
    for one in handled():
        values = _handled_by(found, one) if one.table in wanted else []
        if values:
            found.add_own(one.table, extraction.fetch(one.table, Only(one.by, values)))
    return found


def begin_with(table: str, keys: Iterable[str]) -> Neighbourhood:
    """Return rows of one subject table as the own rows, whether a case has them or not."""
    found = Neighbourhood(())
    found.add_own(table, extraction.fetch(table, Only(subjects.key(table), sorted(set(keys)))))
    return found


def _handled_by(found: Neighbourhood, one: Handled) -> list[str]:
    """Return the values by which a case names what it acts on."""
    table, column = one.source
    rows = found.pick(table, [column, one.of.column if one.of else column])
    return sorted({value for value, of in rows if value and (not one.of or of in one.of.values)})


def collect(
    case_ids: Iterable[str],
    tables: Iterable[str],
    *,
    at: datetime,
    window_days: int | None = None,
) -> Neighbourhood:
    """Return all rows of `tables` that the payments of cases touch, and the rows that lead there.

    Units: as in `widen`.
    """
    found = begin(case_ids, [subjects.PAYMENT])
    widen(found, tables, at=at, window_days=window_days)
    return found


def widen(
    found: Neighbourhood, tables: Iterable[str], *, at: datetime, window_days: int | None = None
) -> None:
    """Read all rows of `tables` that the own rows of cases touch, and the rows that lead there.

    Units: steps with `since` go back `window_days` from the earliest time of the own rows (`at`
    for what is not handed in yet); None leaves them out.
    """
    asked: dict[tuple[str, str, Only | None], set[str]] = {}
    for step in steps_for(frozenset(tables)):
        wanted = {value for source in step.sources for value in found.values(*source)}
        since = None
        if step.since:
            back = window_days if step.days is None else step.days
            if back is None:
                continue
            earliest = found.earliest(at, step.table, step.since)
            since = Since(step.since, earliest - timedelta(back + 1))
        else:
            place = (step.table, step.by, step.holding)
            wanted -= asked.setdefault(place, set())
            asked[place] |= wanted
        if wanted:
            only = Only(step.by, sorted(wanted))
            found.add(step.table, extraction.fetch(step.table, only, since, step.holding))


def case_ids_of(rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the case of each of these rows (table, id) that belongs to one."""
    by_table: dict[str, set[str]] = {}
    for table, row_id in rows:
        by_table.setdefault(table, set()).add(row_id)
    found: dict[tuple[str, str], str] = {}
    for table, wanted in by_table.items():
        for root in subjects.roots_of([table]):
            found |= _cases_of(table, root, sorted(wanted))
    return found


def _cases_of(table: str, root: str, wanted: Sequence[str]) -> dict[tuple[str, str], str]:
    held = {one: one for one in wanted}
    column = dict(subjects.parts(root)).get(table)
    if column is not None:
        own, up = key_positions(table)[0], extraction.position(table, column)
        by = extraction.arrow_schema(table).names[own]
        held = {row[own]: row[up] for row in extraction.fetch(table, Only(by, wanted))}
    at = extraction.position(root, subjects.case_column(root))
    key = subjects.key(root)
    place = extraction.position(root, key)
    keys = sorted(set(held.values()))
    cases = {row[place]: row[at] for row in extraction.fetch(root, Only(key, keys))}
    return {(table, one): cases[up] for one, up in held.items() if cases.get(up)}
