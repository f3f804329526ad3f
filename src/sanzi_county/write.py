"""Writing the package: one open CSV per table, rows streamed, then the descriptor.

Reads the published column lists of `sanzi/data/record` as files, like any other program that
writes packages; knows nothing else of Sanzi.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import yaml

from sanzi.kernel.digest import sm3
from sanzi_county.counties import FIRST, County

Row = Mapping[str, object]
_TYPES: Final = {"decimal": "number"}

EXTRAS: Final = {
    "land_rent": (
        "household_id", "name", "id_no", "account", "bank_code", "area_mu", "amount_fen",
    ),
    "land_rent_fixes": ("household_id", "name", "account", "bank_code", "why"),
    "bank_accounts": ("account", "holder_name", "bank_code", "status", "balance_fen"),
    "bank_cards": ("card", "holder", "limit_fen", "bill_day", "due_day"),
    "answers": ("model_code", "village_id", "payment_id", "why"),
    "planted": ("model_code", "village_id", "kind", "row_id", "why"),
    "lookalikes": ("model_code", "village_id", "payment_id", "why"),
    "schemes": (
        "scheme", "turn", "is_wrong", "village_id", "table", "row_id", "acted_at", "why",
    ),
    "red_invoices": ("number", "issue_date", "amount_fen", "seller_name"),
}  # fmt: skip


class Sink:
    """Takes rows for any table or extra file and writes them as they come."""

    def __init__(
        self,
        folder: Path,
        *,
        extra_names: Mapping[str, str] | None = None,
        county: County = FIRST,
    ) -> None:
        """Write into a folder what is told of a county."""
        self.county = county
        self._folder = folder
        self._lists = _column_lists()
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}
        self._names: dict[str, list[str]] = {}
        self._paths: dict[str, Path] = {}
        self._extra_names = dict(extra_names or {})
        self.counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        (self._folder / "extras").mkdir(parents=True, exist_ok=True)
        for table, listed in self._lists.items():
            self._open(table, self._folder / f"{table}.csv", [c["name"] for c in listed["columns"]])
        for extra, names in EXTRAS.items():
            stem = self._extra_names.get(extra, extra)
            self._open(f"extras/{extra}", self._folder / "extras" / f"{stem}.csv", list(names))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        if kind is None:
            self._describe()

    def add(self, table: str, /, **row: object) -> None:
        """Write one row; a column that is not the table's raises KeyError."""
        names = self._names[table]
        get = row.get
        cells = [_cell(get(name)) for name in names]
        if len(row) > len(names) or not row.keys() <= set(names):
            raise KeyError(f"{table}: {sorted(row.keys() - set(names))}")
        self._writers[table].writerow(cells)
        self.counts[table] += 1

    def beside(self, name: str, /, **row: object) -> None:
        """Write one row of a file beside the package."""
        self.add(f"extras/{name}", **row)

    def plant(self, village_id: str, found: tuple[str, str, str], why: str) -> None:
        """Say on the answer sheet that a row is wrong on purpose: model, kind of row, its id."""
        model_code, kind, row_id = found
        self.beside(
            "planted",
            model_code=model_code,
            village_id=village_id,
            kind=kind,
            row_id=row_id,
            why=why,
        )

    def _open(self, key: str, path: Path, names: list[str]) -> None:
        stream = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._writers[key] = csv.writer(stream, lineterminator="\n")
        self._writers[key].writerow(names)
        self._names[key] = names
        self._paths[key] = path
        self.counts[key] = 0

    def _describe(self) -> None:
        resources = [
            _resource(listed, self._paths[table], self.counts[table])
            for table, listed in self._lists.items()
        ]
        data = {
            "name": f"fictional-county-{self.county.code}",
            "profile": "tabular-data-package",
            "resources": resources,
        }
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        path = self._folder / "datapackage.json"
        path.write_text(text, encoding="utf-8", newline="\n")


def _cell(value: object) -> object:
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no cell")


def _column_lists() -> dict[str, dict[str, Any]]:
    folder = files("sanzi").joinpath("data", "record")
    lists = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            listed = yaml.safe_load(entry.read_text(encoding="utf-8"))
            if not listed["exchange"]:
                continue
            listed["columns"] = [c for c in listed["columns"] if c.get("exchange", True)]
            lists[listed["table"]] = listed
    return lists


def _resource(listed: Mapping[str, Any], path: Path, rows: int) -> dict[str, Any]:
    return {
        "name": listed["table"],
        "title": listed["title"],
        "path": path.name,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "x-sm3": sm3(path.read_bytes()),
        "x-rows": rows,
        "schema": {
            "fields": [_field(column) for column in listed["columns"]],
            "primaryKey": listed["primary_key"],
            "foreignKeys": [
                {
                    "fields": key["columns"],
                    "reference": {
                        "resource": "" if key["table"] == listed["table"] else key["table"],
                        "fields": key["references"],
                    },
                }
                for key in listed["foreign_keys"]
                if "also" not in key
            ],
        },
    }


def _field(column: Mapping[str, Any]) -> dict[str, Any]:
    kind = _TYPES.get(column["type"], column["type"])
    field: dict[str, Any] = {"name": column["name"], "title": column["meaning"], "type": kind}
    if kind == "datetime":
        field["format"] = "any"
    constraints = {
        key: column[key]
        for key in ("required", "enum", "pattern", "minimum", "maximum")
        if column.get(key) not in (None, False)
    }
    return {**field, "constraints": constraints} if constraints else field
