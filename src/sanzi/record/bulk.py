"""Insert many rows at once, without an object for each: what a county's history needs.

Values arrive in the database exactly as the ORM would write them; triggers and constraints stay
in force. SQLite takes one prepared INSERT, PostgreSQL a COPY. No look-up, no update: see
`merging` for rows that may be there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)

CHUNK: Final = 2000
Row = TypeVar("Row")
Values = Mapping[str, Any]
Adapt = Callable[[Any], Any]

_AS_IT_IS: Final = (BooleanField, CharField, IntegerField, TextField)


def chunks(rows: Iterable[Row], size: int = CHUNK) -> Iterator[list[Row]]:
    """Return the rows in lists of at most `size`."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def insert(model: type[Model], rows: Sequence[Values], *, cursor: Any = None) -> None:
    """Insert rows into the table of `model`, in the order given.

    Shapes: a row maps attnames (`case_id`, not `case`) to values, all rows have the names of the
        first; a column that is not named takes its default. Hand over chunks, not a million.
        `cursor` is one that the caller has open already.
    Raises: ValueError for a name that is no column, KeyError for a row that lacks one of the
        first's, IntegrityError as a save would.
    """
    if not rows:
        return
    plan = _plan(model, tuple(rows[0]))
    with connection.wrap_database_errors:
        if cursor is not None:
            _write(cursor, plan, _adapted(plan, rows))
        else:
            with connection.cursor() as own:
                _write(own, plan, _adapted(plan, rows))


def insert_one(model: type[Model], row: Values, *, cursor: Any) -> int:
    """Insert one row through an open cursor and return its key; otherwise as `insert`.

    For one row this saves the look-up of its key, and on PostgreSQL the turns of a COPY.
    """
    plan = _plan(model, tuple(row))
    (adapted,) = _adapted(plan, [row])
    cursor.execute(plan.insert_sql + plan.returning, adapted)
    ((key,),) = cursor.fetchall()
    return int(key)


def update(model: type[Model], keys: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
    """Set columns of rows, each row to values of its own, in one statement.

    Shapes: `columns` maps attnames to one value for each key, in the order of the keys. Rows are
        found by primary key; a key that is not there is passed over.
    Raises: ValueError for a name that is no column, IntegrityError as a save would.
    """
    if not keys:
        return
    fields = _fields(model, columns)
    adapted = [
        [value if value is None else adapt(value) for value in columns[one.attname]]
        for one in fields
        for adapt in [_adapt(one) or _same]
    ]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)  # noqa: SLF001 - the public way to columns
    names = [quote(str(one.column)) for one in fields]
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            sets = ", ".join(f"{name} = %s" for name in names)
            sql = f"UPDATE {table} SET {sets} WHERE id = %s"  # noqa: S608 - names of our columns
            cursor.executemany(sql, list(zip(*adapted, keys, strict=True)))
            return
        sets = ", ".join(f"{name} = v.{name}" for name in names)
        types = ", ".join(f"%s::{one.db_type(connection)}[]" for one in fields)
        sql = (
            f"UPDATE {table} SET {sets} FROM unnest(%s::bigint[], {types}) "  # noqa: S608 - as above
            f"AS v(id, {', '.join(names)}) WHERE {table}.id = v.id"
        )
        cursor.execute(sql, [list(keys), *adapted])


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class _Plan:
    """How rows with these names go into a table: worked out once a process."""

    into: str
    insert_sql: str
    returning: str
    names: list[str]
    adapts: list[tuple[int, Adapt]]
    others: list[Field[Any, Any]]


@cache
def _plan(model: type[Model], names: tuple[str, ...]) -> _Plan:
    fields = _fields(model, names)
    others = [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001 - the public way to columns
        if field not in fields and not field.primary_key
    ]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in (*fields, *others)]
    into = f"{quote(model._meta.db_table)} ({', '.join(columns)})"  # noqa: SLF001 - the same
    key = model._meta.pk  # noqa: SLF001 - the same
    assert key is not None  # noqa: S101 - told to mypy
    return _Plan(
        into=into,
        insert_sql=f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})",  # noqa: S608
        returning=f" RETURNING {quote(str(key.column))}",
        names=[field.attname for field in fields],
        adapts=[(place, adapt) for place, field in enumerate(fields) if (adapt := _adapt(field))],
        others=others,
    )


def _fields(model: type[Model], names: Iterable[str]) -> list[Field[Any, Any]]:
    known = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"{model.__name__} has no column {unknown[0]}")
    return [known[name] for name in names]


def _adapt(field: Field[Any, Any]) -> Adapt | None:
    """What makes the database's value of a field's value; None when it is the same."""
    kind = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(kind, _AS_IT_IS):
        return None

    def save(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    def moment(value: Any) -> Any:
        if value.__class__ is datetime and value.tzinfo is UTC:
            return value.isoformat(" ")[:-6] if is_text else value  # without its +00:00
        return save(value)

    is_text = connection.vendor == "sqlite"
    return moment if isinstance(kind, DateTimeField) else save


def _adapted(plan: _Plan, rows: Iterable[Values]) -> Iterator[list[Any]]:
    defaults = [field.get_db_prep_save(field.get_default(), connection) for field in plan.others]
    for values in rows:
        row = [values[name] for name in plan.names]
        for place, adapt in plan.adapts:
            if row[place] is not None:
                row[place] = adapt(row[place])
        yield row + defaults


def _write(cursor: Any, plan: _Plan, rows: Iterable[list[Any]]) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {plan.into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.executemany(plan.insert_sql, list(rows))
