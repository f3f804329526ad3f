"""A county publishes its record to a lake: Parquet by table and month, a manifest, a signed head.

Files are named by their digest, so a month that did not change is there already and is not
written again. The head is written last: until then readers see the publication before, whole.
What neither this publication nor the one before names is taken away at the end.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sanzi.kernel import digest
from sanzi.kernel.notes import Signer
from sanzi.record import extraction, schema
from sanzi.record.lake import divisions, manifest, shape
from sanzi.record.lake.errors import GoneBack, HeadBroken
from sanzi.record.lake.manifest import Head, Manifest, Part
from sanzi.record.lake.pseudonyms import Pseudonyms, Rows, gathered
from sanzi.record.lake.stores import HEADS, Store

ROWS_A_GROUP: Final = 122_880
KEPT: Final = 2
"""So many publications stay whole in the lake."""


@dataclass(frozen=True)
class Sender:
    """Who publishes: the county, the keys it signs with, the key of its pseudonyms."""

    county_code: str
    signers: Sequence[Signer]
    name_key: bytes


@dataclass(frozen=True)
class Published:
    """What was done: the number of the publication, files written and files that stood."""

    serial: int
    rows: int
    written: int
    kept: int
    removed: int


def publish(
    store: Store,
    sender: Sender,
    *,
    at: datetime,
    rows: Rows = extraction.stream,
    changes: Sequence[Mapping[str, Any]] = (),
    own_models: Mapping[str, bool] = MappingProxyType({}),
    own_titles: Mapping[str, str] = MappingProxyType({}),
    is_whole: bool = False,
) -> Published:
    """Publish the record as it is; `changes` are the merges and splits of villages so far.

    `own_models` tells of the county's own models, by code, whether they are open to all,
    `own_titles` what those that are open are called: the titles of closed ones stay here.
    The caller reads everything as of one moment. With `is_whole` every file is written again: what
    stands in the lake may be damaged.
    Raises: BadPlace, BadSignature, HeadBroken, GoneBack, BadDivisionChange.
    """
    divisions.check(sender.county_code, changes)
    known = shape.current()
    before, last = _before(store, sender)
    if before is not None and before.as_of > at:
        raise GoneBack(county=sender.county_code, serial=before.serial + 1, taken=before.serial)
    there = {one.path(sender.county_code) for one in before.parts} if before else set()
    parts: list[Part] = []
    written = 0
    names = gathered(sender.name_key, rows)
    for table in known.tables:
        for part, content in cut(table, rows, names):
            path = part.path(sender.county_code)
            parts.append(part)
            if is_whole or path not in there or store.size(path) != part.size:
                store.write(path, content)
                written += 1
    made = Manifest(
        county_code=sender.county_code,
        serial=before.serial + 1 if before else 1,
        previous=last,
        as_of=at,
        version=known.version,
        tables=known.described(),
        changed=[one.plain() for one in known.changed],
        division_changes=[dict(one) for one in changes],
        parts=tuple(parts),
        own_models=own_models,
        own_titles={code: one for code, one in own_titles.items() if own_models.get(code)},
    )
    content = made.content()
    head = Head(made.county_code, made.serial, digest.sm3(content))
    store.write(head.manifest_path, content)
    store.write(manifest.head_path(made.county_code), manifest.signed(head, sender.signers))
    removed = _sweep(store, sender.county_code, made, before)
    return Published(made.serial, made.row_count, written, len(parts) - written, removed)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process of this machine work on a folder of keys or a cache; the others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def cut(table: str, rows: Rows, names: Pseudonyms) -> Iterator[tuple[Part, bytes]]:
    """Yield the files of a table: one a month, in order, the same for the same rows."""
    known = shape.current()
    whole = _table(table, rows, names)
    if not whole.num_rows:
        return
    by_key = [(str(_record(table, one)), "ascending") for one in _key(table)]
    month = known.months.get(table)
    if month is None:
        yield _file(table, "", whole.sort_by(by_key))
        return
    months = pc.fill_null(pc.strftime(whole[month], format="%Y-%m"), shape.NO_MONTH)
    whole = whole.append_column("ym", months)
    for ym in sorted(pc.unique(months).to_pylist()):
        some = whole.filter(pc.equal(whole["ym"], ym)).drop_columns(["ym"])
        yield _file(table, ym, some.sort_by(by_key))


def _table(table: str, rows: Rows, names: Pseudonyms) -> pa.Table:
    columns = shape.current().columns(table)
    fields = [one for one in extraction.arrow_schema(table) if one.name in columns]
    found = pa.Table.from_batches(list(rows(table, columns)), pa.schema(fields))
    for name in shape.current().names.get(table, ()):
        place = found.schema.get_field_index(name)
        found = found.set_column(place, fields[place], names.column(found[name]))
    return found


def _file(table: str, ym: str, rows: pa.Table) -> tuple[Part, bytes]:
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", row_group_size=ROWS_A_GROUP)
    content = sink.getvalue().to_pybytes()
    return Part(table, ym, rows.num_rows, len(content), digest.sm3(content)), content


def _key(table: str) -> tuple[str, ...]:
    return schema.load_tables()[table].primary_key


def _record(table: str, name: str) -> str | None:
    return schema.load_tables()[table].column(name).record


def _before(store: Store, sender: Sender) -> tuple[Manifest | None, str]:
    """Return the publication that stands and its digest; it must be this county's own."""
    told = store.read(manifest.head_path(sender.county_code))
    if told is None:
        return None, ""
    keys = [one.verifier for one in sender.signers]
    head = manifest.read_head(sender.county_code, told, keys)
    content = store.read(head.manifest_path)
    if content is None:
        raise HeadBroken(county=sender.county_code, why="签名指的清单不在了")
    return manifest.read_manifest(head, content), head.sm3


def _sweep(store: Store, county_code: str, made: Manifest, before: Manifest | None) -> int:
    """Take away what no kept publication names; returns how many files."""
    kept = {one.path(county_code) for held in (made, before) if held for one in held.parts}
    removed = 0
    for table in shape.current().tables:
        for path in list(store.listed(f"{table}/county_code={county_code}")):
            if path not in kept:
                store.remove(path)
                removed += 1
    for path in list(store.listed(f"{HEADS}/{county_code}/manifests"))[:-KEPT]:
        store.remove(path)
    return removed
