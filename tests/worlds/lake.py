"""A small county out of plain rows, that publishes to a lake and signs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from sanzi.kernel import digest
from sanzi.record import extraction
from sanzi.record.lake import keys, manifest, publishing, reading, scoping, stores
from sanzi.record.lake.manifest import Head, Manifest
from sanzi.record.lake.publishing import Published, Sender
from sanzi.record.lake.reading import Taken
from sanzi.supervision import examples
from sanzi.supervision.examples import Example
from sanzi.supervision.rules import Finding
from sanzi.supervision.shapes import AlertModel

AT = datetime(2026, 11, 11, 18, 0, tzinfo=UTC)
NEXT_DAY = timedelta(days=1)
CODES = ("320582", "320583")


def rows_of(code: str) -> dict[str, list[dict[str, Any]]]:
    """Two villages, a firm, two people, three payments in two months."""
    villages = [f"{code}101001", f"{code}101002"]
    payment = {"case_id": "K1", "line_no": 1, "org_id": "ORG1", "village_id": villages[0],
               "matter_code": "M01", "subject_code": "5011", "purpose": "修路",
               "payee_kind": "counterparty", "payee_counterparty_id": "FIRM", "method": "transfer",
               "payee_name": "老张建材店", "payee_account_hash": "a1", "amount_fen": 50_000,
               "status": "paid", "is_backfilled": False}  # fmt: skip
    return {
        "division": [
            {"code": f"{code[:4]}00000000", "name": "某市", "level": "city"},
            {"code": f"{code}000000", "name": "某县", "level": "county"},
            {"code": f"{code}101000", "name": "某镇", "level": "town"},
            *({"code": one, "name": "某村", "level": "village"} for one in villages),
        ],
        "org": [{"org_id": "ORG1", "name": "某村合作社", "division_code": villages[0]}],
        "person": [
            {"person_id": "P1", "name": "王小兰", "village_id": villages[0], "is_member": True},
            {"person_id": "P2", "name": "李大山", "village_id": villages[1], "is_member": True},
        ],
        "counterparty": [
            {"counterparty_id": "FIRM", "kind": "company", "name": "老张建材店"},
            {"counterparty_id": "SELF", "kind": "person", "name": "李大山"},
        ],
        "payment": [
            {**payment, "payment_id": "F1", "created_at": datetime(2026, 9, 3, 9, 0)},
            {**payment, "payment_id": "F2", "created_at": datetime(2026, 10, 8, 9, 0)},
            {**payment, "payment_id": "F3", "created_at": datetime(2026, 10, 9, 9, 0),
             "payee_kind": "person", "payee_person_id": "P2", "payee_name": "李大山",
             "payee_counterparty_id": None},
        ],
    }  # fmt: skip


class SmallCounty:
    """Its rows, its keys, the lake it sends to, and the city that takes."""

    def __init__(self, folder: Path, code: str = CODES[0], place: str = "") -> None:
        """Lay keys and lake below a folder."""
        self.folder, self.code = folder, code
        self.place = place or str(folder / "lake")
        self.rows = deepcopy(rows_of(code))
        self.store = stores.opened(self.place)
        self.signers = keys.signers(folder / "keys", code)
        self.cache = folder / "cache"

    def stream(self, table: str, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table, as the database does."""
        fields = [one for one in extraction.arrow_schema(table) if one.name in columns]
        held = [{one.name: row.get(one.name) for one in fields} for row in self.rows.get(table, [])]
        yield from pa.Table.from_pylist(held, pa.schema(fields)).to_batches()

    def publish(self, at: datetime = AT, **more: Any) -> Published:
        """Publish the rows as they are."""
        sender = Sender(self.code, self.signers, b"k" * 32)
        return publishing.publish(self.store, sender, at=at, rows=self.stream, **more)

    @property
    def listed(self) -> reading.County:
        """The county as a city lists it."""
        return reading.County(self.code, "某县", tuple(one.verifier for one in self.signers))

    def take(self, at: datetime = AT, **more: Any) -> Taken:
        """Let the city take the newest publication."""
        return reading.take(self.store, self.listed, self.cache, at=at, **more)

    def head(self) -> Head:
        """The head that stands."""
        told = self.store.read(manifest.head_path(self.code))
        return manifest.read_head(self.code, told or b"", self.listed.keys)

    def manifest(self) -> Manifest:
        """The manifest that stands."""
        head = self.head()
        return manifest.read_manifest(head, self.store.read(head.manifest_path) or b"")

    def put(self, made: Manifest) -> None:
        """Sign and lay down a manifest as it is told: what a broken program would send."""
        head = Head(self.code, made.serial, digest.sm3(made.content()))
        self.store.write(head.manifest_path, made.content())
        self.store.write(manifest.head_path(self.code), manifest.signed(head, self.signers))

    def kept(self) -> dict[str, bytes]:
        """Everything in the city's cache, by path: what a refusal must leave as it is."""
        found = sorted(one for one in self.cache.rglob("*") if one.is_file())
        return {str(one.relative_to(self.cache)): one.read_bytes() for one in found}


def county_list(file: Path, *counties: SmallCounty) -> Path:
    """Write the list of counties of a city."""
    told = [
        {"code": one.code, "name": "某县", "keys": [key.text() for key in one.listed.keys]}
        for one in counties
    ]
    file.write_text(yaml.safe_dump({"counties": told}, allow_unicode=True), encoding="utf-8")
    return file


def lines(file: Path) -> list[dict[str, Any]]:
    """The findings that a run wrote."""
    return [json.loads(one) for one in file.read_text(encoding="utf-8").splitlines()]


def examples_together(
    model: AlertModel,
) -> tuple[dict[str, pa.Table], dict[str, datetime], dict[str, Example]]:
    """Return all examples of a model as rows of one lake, a county each, judged at its moment."""
    tables: dict[str, list[pa.Table]] = {}
    moments, found = {}, {}
    for number, example in enumerate(examples.of(model)):
        code = str(100_001 + number)
        found[code] = example
        moments[code] = example.as_of.replace(tzinfo=None)
        for name, rows in examples.tables(example).items():
            county = pa.array([code] * rows.num_rows, pa.string())
            tables.setdefault(name, []).append(rows.append_column(scoping.COUNTY, county))
    held = {
        name: pa.concat_tables([_none_of(name), *tables.get(name, [])]) for name in model.tables
    }
    return held, moments, found


def _none_of(table: str) -> pa.Table:
    fields = [*extraction.arrow_schema(table), pa.field(scoping.COUNTY, pa.string())]
    return pa.schema(fields).empty_table()


def said(found: Iterable[Finding]) -> list[tuple[Any, ...]]:
    """Return findings as plain rows that two engines can be held against each other by."""
    rows = [
        (*one.key, one.village_id, one.org_id, one.business_date, one.line_no,
         sorted((name, str(value)) for name, value in one.figures.items()))
        for one in found
    ]  # fmt: skip
    return sorted(rows, key=str)
