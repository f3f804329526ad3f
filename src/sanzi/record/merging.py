"""Merge loaded rows into a table: new ones are made, changed ones updated, same ones left.

Loaders of the rooms call `merge`; it works in chunks, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db.models import Model

from sanzi.record.loaders import LoadCount

CHUNK = 500
Row = TypeVar("Row", bound=Model)


def chunks(rows: Iterable[Row], size: int = CHUNK) -> Iterator[list[Row]]:
    """Return the rows in lists of at most `size`."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def merge(
    model: type[Row],
    rows: Iterable[Row],
    *,
    key: str,
    compare: Sequence[str],
    carry: Sequence[str] = (),
) -> LoadCount:
    """Merge rows into a table by a unique key.

    Shapes: `compare` are the fields (attnames) whose difference means a change; `carry` are
    fields written along with a change but not compared (ciphertext differs each time it is made).
    Must run inside the caller's transaction.
    """
    added = updated = same = 0
    manager = model._default_manager  # noqa: SLF001 - the public way to any model's rows
    for chunk in chunks(rows):
        keys = [getattr(row, key) for row in chunk]
        known = {getattr(row, key): row for row in manager.filter(**{f"{key}__in": keys})}
        fresh = [row for row in chunk if getattr(row, key) not in known]
        changed = []
        for row in chunk:
            old = known.get(getattr(row, key))
            if old is None:
                continue
            if all(getattr(old, name) == getattr(row, name) for name in compare):
                same += 1
                continue
            row.pk = old.pk
            changed.append(row)
        manager.bulk_create(fresh)
        if changed:
            fields = [_field_name(model, name) for name in (*compare, *carry)]
            manager.bulk_update(changed, fields)
        added += len(fresh)
        updated += len(changed)
    return LoadCount(added, updated, same)


def _field_name(model: type[Model], attname: str) -> str:
    for field in model._meta.concrete_fields:  # noqa: SLF001
        if field.attname == attname:
            return field.name
    raise ValueError(f"{model.__name__} has no column {attname}")
