"""Merge loaded rows into a table: new ones are made, changed ones updated, same ones left.

Loaders of the rooms call `merge`, or `add` for what never changes; both work in chunks, so that
memory stays flat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Model

from sanzi.record import bulk
from sanzi.record.bulk import Values
from sanzi.record.loaders import LoadCount, Rows


def merge(
    model: type[Model],
    rows: Iterable[Values],
    *,
    key: str,
    compare: Sequence[str],
    carry: Sequence[str] = (),
) -> LoadCount:
    """Merge rows into a table by a unique key.

    Shapes: a row maps attnames to values, all rows have the same names. `compare` are the names
        whose difference means a change; `carry` are names written along with a change but not
        compared (ciphertext differs each time it is made): their values are functions without
        arguments, called only for a row that is written.
    Must run inside the caller's transaction.
    """
    added = updated = same = 0
    manager = model._default_manager  # noqa: SLF001 - the public way to any model's rows
    for chunk in bulk.chunks(rows):
        keys = [row[key] for row in chunk]
        found = manager.filter(**{f"{key}__in": keys}).values_list(key, "pk", *compare)
        known = {one[0]: one[1:] for one in found}
        fresh, changed = [], []
        for row in chunk:
            old = known.get(row[key])
            if old is None:
                fresh.append(_written(row, carry))
            elif old[1:] != tuple([row[name] for name in compare]):
                changed.append(model(pk=old[0], **_written(row, carry)))
            else:
                same += 1
        bulk.insert(model, fresh)
        if changed:
            fields = [_field_name(model, name) for name in (*compare, *carry)]
            manager.bulk_update(changed, fields, batch_size=500)
        added += len(fresh)
        updated += len(changed)
    return LoadCount(added, updated, same)


def add(
    model: type[Model],
    rows: Rows,
    *,
    column: str,
    made: Callable[[dict[str, Any]], Values],
    prepare: Callable[[list[dict[str, Any]]], None] | None = None,
) -> LoadCount:
    """Add the rows whose `ext_id` is not known; known ones are left as they stand.

    Shapes: rows are those of the package, `column` holds the id, each once; `made` maps one to
        values by attname, the same names every time. `prepare` sees the new rows of a chunk first.
    Must run inside the caller's transaction.
    """
    added = unchanged = 0
    manager = model._default_manager  # noqa: SLF001 - as above
    is_first = not manager.exists()  # then PostgreSQL has no statistics, and looks up slowly
    for chunk in bulk.chunks(rows):
        ids = [] if is_first else [row[column] for row in chunk]
        known = set(manager.filter(ext_id__in=ids).values_list("ext_id", flat=True))
        fresh = [row for row in chunk if row[column] not in known]
        if prepare is not None:
            prepare(fresh)
        bulk.insert(model, [made(row) for row in fresh])
        added += len(fresh)
        unchanged += len(chunk) - len(fresh)
    return LoadCount(added, 0, unchanged)


def add_missing(model: type[Model], rows: Iterable[Values], *, key: Sequence[str]) -> LoadCount:
    """Add the rows whose key (attnames, together unique) is not there; such rows never change.

    For small tables: all their keys are read first. Inside the caller's transaction.
    """
    known = set(model._default_manager.values_list(*key))  # noqa: SLF001 - as above
    added = same = 0
    for chunk in bulk.chunks(rows):
        fresh = [row for row in chunk if tuple(row[name] for name in key) not in known]
        bulk.insert(model, fresh)
        added += len(fresh)
        same += len(chunk) - len(fresh)
    return LoadCount(added, 0, same)


def _written(row: Values, carry: Sequence[str]) -> dict[str, Any]:
    return {**row, **{name: row[name]() for name in carry}}


def _field_name(model: type[Model], attname: str) -> str:
    for field in model._meta.concrete_fields:  # noqa: SLF001
        if field.attname == attname:
            return field.name
    raise ValueError(f"{model.__name__} has no column {attname}")
