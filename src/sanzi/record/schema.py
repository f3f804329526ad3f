"""The tables of the record: columns, keys and classes, read from `data/record/*.yaml`.

One list per table serves data packages (exchange) and the staging views (record). Here live
the value types and the loader that refuses a wrong file with a sentence. Reading packages is
in `packages`; the SQL behind the views is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanzi.kernel import yamls

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "record"
TYPES: Final = ("string", "integer", "decimal", "date", "datetime", "boolean")
CLASSES: Final = ("open", "internal", "personal", "sealed")
FORMATS: Final = ("resident_id", "uscc", "cnaps", "phone", "account", "division")
NONE: Final = "none"

# Tables are checked and loaded in this order: a row may name rows of the tables before it.
# People and households name each other: people come first, the household is tied after.
LOAD_ORDER: Final = (
    "division", "org", "person", "household", "kinship", "appointment", "counterparty",
    "counterparty_owner", "account", "account_listing", "land_right", "calendar", "ext_death",
    "ext_status",
    "decision", "decision_step", "decision_recusal", "fund", "budget_line", "source_matter",
    "cash_policy", "chart_addition",
    "tender", "bid", "contract", "procurement", "quote",
    "works", "works_commitment", "works_variation", "works_acceptance", "works_log",
    "works_inspection", "works_risk", "works_rectification",
    "asset", "auction", "auction_bidder", "auction_bid", "lease", "rent_bill", "asset_disposal",
    "entry_version", "period", "opening_balance", "recurring_plan", "reopening",
    "case", "approval", "open_step", "disclosure", "disclosure_due", "inquiry", "inquiry_delay",
    "letter_clock", "letter_visit", "letter_rectification", "station_promise",
    "parameter_value", "parameter_change", "alert", "index_score",
    "card", "card_settlement", "card_line",
    "receipt_book", "spoilt_receipt", "bill", "receipt", "payment", "invoice", "white_slip",
    "bank_txn", "balance",
    "voucher", "ledger_line", "reconciliation", "reconciliation_item",
    "rate_card", "labour_list", "labour_request", "labour_day", "labour_photo",
    "labour_declaration",
    "membership", "homestead", "land_taking", "survey", "compensation", "land_contract",
    "town_project", "transfer", "price_book",
    "budget", "budget_item", "distribution", "distribution_share",
    "program", "roster", "award",
    "seal", "seal_use", "seal_device_event", "service",
    "aid_case", "relief_batch", "relief_line", "levy", "levy_line",
    "pay_standard", "pay", "hire", "handover", "handover_item",
    "party_development", "party_stage", "party_dues", "party_fund", "honour",
    "deposit_plan", "deposit", "debt", "advance", "investment", "card_issue",
    "confirmation_round", "confirmation",
    "inspection", "inspection_task", "inspection_member", "inspection_sample",
    "inspection_finding", "inspection_answer", "inspection_outcome", "inspection_lead",
)  # fmt: skip

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PRODUCER: Final = re.compile(r"[a-z]+\.[a-z_]+")
_TABLE_KEYS: Final = {
    "table", "title", "meaning", "producer", "resource", "exchange",
    "primary_key", "foreign_keys", "columns",
}  # fmt: skip
_COLUMN_KEYS: Final = {
    "name", "type", "required", "class", "meaning", "enum", "pattern", "format",
    "minimum", "maximum", "record", "exchange",
}  # fmt: skip
_COLUMN_MUST: Final = ("name", "type", "required", "class", "meaning")
_FOREIGN_KEYS: Final = {"columns", "table", "references"}
_FOREIGN_KEYS_MAY: Final = _FOREIGN_KEYS | {"also"}


class SchemaBroken(ValueError):
    """A file of `data/record` is wrong: the text names file, place and what is expected."""


@dataclass(frozen=True)
class Column:
    """One column. `record` is its name in the record, or None when it is not there."""

    name: str
    type: str
    required: bool
    privacy: str
    meaning: str
    record: str | None
    exchange: bool = True
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    format: str | None = None
    minimum: int | None = None
    maximum: int | None = None

    @property
    def is_personal(self) -> bool:
        """Whether a value may be shown only in part."""
        return self.privacy in ("personal", "sealed")

    @property
    def is_hashed(self) -> bool:
        """Whether the record holds a keyed hash instead of the value."""
        return self.record is not None and self.record != self.name


@dataclass(frozen=True)
class ForeignKey:
    """`column` of this table holds a `references` of `table`, or nothing.

    With `also` it may instead hold the key of that table: a payment belongs to a case, or to the
    settlement of a village card.
    """

    column: str
    table: str
    references: str
    also: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its CSV in a package, its view `stg_<name>` in the record."""

    name: str
    title: str
    meaning: str
    producer: str
    resource: str
    exchange: bool
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    columns: tuple[Column, ...]

    @property
    def view(self) -> str:
        """Name of the staging view."""
        return f"stg_{self.name}"

    @property
    def exchange_columns(self) -> tuple[Column, ...]:
        """Columns of the CSV, in order."""
        return tuple(c for c in self.columns if c.exchange)

    @property
    def record_columns(self) -> tuple[Column, ...]:
        """Columns of the view, in order; their names there are `column.record`."""
        return tuple(c for c in self.columns if c.record is not None)

    def column(self, name: str) -> Column:
        """The column called `name`. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@cache
def load_tables() -> Mapping[str, Table]:
    """All tables by name, in alphabetical order, checked. Raises SchemaBroken."""
    tables = read_folder(FOLDER)
    if set(tables) != set(LOAD_ORDER):
        odd = sorted(set(tables) ^ set(LOAD_ORDER))
        raise SchemaBroken(f"LOAD_ORDER and the files differ: {', '.join(odd)}")
    return tables


def read_folder(folder: Path) -> Mapping[str, Table]:
    """The tables of the YAML files in `folder`, checked one by one and against each other."""
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*.yaml")):
        table = _read_file(path)
        tables[table.name] = table
    for table in tables.values():
        _check_references(table, tables)
    return tables


def _read_file(path: Path) -> Table:
    try:
        data = yamls.read(path)
    except yaml.YAMLError as error:
        raise SchemaBroken(f"{path.name}: is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise SchemaBroken(f"{path.name}: expected a mapping with {_listed(_TABLE_KEYS)}")
    _check_keys(path.name, data, must=_TABLE_KEYS, may=_TABLE_KEYS)
    if data["table"] != path.stem:
        raise SchemaBroken(f"{path.name}: table is '{data['table']}', expected '{path.stem}'")
    if data["resource"] != f"{path.stem}.csv":
        raise SchemaBroken(f"{path.name}: resource must be '{path.stem}.csv'")
    if not _PRODUCER.fullmatch(str(data["producer"])):
        raise SchemaBroken(f"{path.name}: producer must read room.module")
    columns = tuple(_column(path.name, item) for item in data["columns"])
    table = Table(
        name=data["table"],
        title=data["title"],
        meaning=data["meaning"],
        producer=data["producer"],
        resource=data["resource"],
        exchange=bool(data["exchange"]),
        primary_key=tuple(data["primary_key"]),
        foreign_keys=tuple(_foreign_key(path.name, item) for item in data["foreign_keys"]),
        columns=columns,
    )
    _check_table(path.name, table)
    return table


def _column(file: str, item: Any) -> Column:
    if not isinstance(item, dict):
        raise SchemaBroken(f"{file}: a column must be a mapping")
    where = f"{file}: column '{item.get('name', '?')}'"
    _check_keys(where, item, must=_COLUMN_MUST, may=_COLUMN_KEYS)
    column = Column(
        name=str(item["name"]),
        type=str(item["type"]),
        required=item["required"] is True,
        privacy=str(item["class"]),
        meaning=str(item["meaning"]),
        record=_record_name(item),
        exchange=item.get("exchange", True) is True,
        enum=tuple(item.get("enum", ())),
        pattern=item.get("pattern"),
        format=item.get("format"),
        minimum=item.get("minimum"),
        maximum=item.get("maximum"),
    )
    _check_column(where, column, says_record="record" in item)
    return column


def _record_name(item: Mapping[str, Any]) -> str | None:
    name = str(item.get("record", item["name"]))
    return None if name == NONE else name


def _check_column(where: str, column: Column, *, says_record: bool) -> None:
    if not _NAME.fullmatch(column.name):
        raise SchemaBroken(f"{where}: name must be lower case letters, digits and _")
    if column.type not in TYPES:
        raise SchemaBroken(f"{where}: type '{column.type}', expected one of {_listed(TYPES)}")
    if column.privacy not in CLASSES:
        raise SchemaBroken(f"{where}: class '{column.privacy}', expected {_listed(CLASSES)}")
    if column.format is not None and column.format not in FORMATS:
        raise SchemaBroken(f"{where}: format '{column.format}', expected {_listed(FORMATS)}")
    if column.is_personal and not says_record:
        raise SchemaBroken(f"{where}: a personal column must say what it is in the record")
    if not all(isinstance(choice, str) for choice in column.enum):
        raise SchemaBroken(f"{where}: enum must hold strings; quote yes, no, on and off")
    _check_suffix(where, column)
    if column.pattern is not None:
        try:
            re.compile(column.pattern)
        except re.error as error:
            raise SchemaBroken(f"{where}: pattern is no regular expression: {error}") from error


def _check_suffix(where: str, column: Column) -> None:
    for suffix, kind in (("_fen", "integer"), ("_at", "datetime"), ("_date", "date")):
        if column.name.endswith(suffix) and column.type != kind:
            raise SchemaBroken(f"{where}: names ending {suffix} have type {kind}")


def _foreign_key(file: str, item: Any) -> ForeignKey:
    if not isinstance(item, dict):
        raise SchemaBroken(f"{file}: a foreign key must be a mapping")
    _check_keys(f"{file}: foreign key", item, must=_FOREIGN_KEYS, may=_FOREIGN_KEYS_MAY)
    if len(item["columns"]) != 1 or len(item["references"]) != 1:
        raise SchemaBroken(f"{file}: a foreign key has one column and one reference")
    also = str(item.get("also", ""))
    return ForeignKey(item["columns"][0], item["table"], item["references"][0], also)


def _check_table(file: str, table: Table) -> None:
    names = [c.name for c in table.columns]
    if len(names) != len(set(names)):
        raise SchemaBroken(f"{file}: a column name is used twice")
    records = [c.record for c in table.record_columns]
    if len(records) != len(set(records)):
        raise SchemaBroken(f"{file}: two columns have the same name in the record")
    if not table.primary_key:
        raise SchemaBroken(f"{file}: primary_key is empty")
    for name in table.primary_key:
        if name not in names:
            raise SchemaBroken(f"{file}: primary_key names the unknown column '{name}'")
        if not table.column(name).required:
            raise SchemaBroken(f"{file}: primary key column '{name}' must be required")
    for key in table.foreign_keys:
        if key.column not in names:
            raise SchemaBroken(f"{file}: a foreign key names the unknown column '{key.column}'")


def _check_references(table: Table, tables: Mapping[str, Table]) -> None:
    for key in table.foreign_keys:
        target = tables.get(key.table)
        if target is None:
            raise SchemaBroken(
                f"{table.name}.yaml: foreign key '{key.column}' names the unknown table"
                f" '{key.table}'"
            )
        if target.primary_key != (key.references,):
            raise SchemaBroken(
                f"{table.name}.yaml: foreign key '{key.column}' must reference the primary key"
                f" of {key.table}, '{', '.join(target.primary_key)}'"
            )
        if key.also and key.also not in tables:
            raise SchemaBroken(
                f"{table.name}.yaml: foreign key '{key.column}' names the unknown table"
                f" '{key.also}'"
            )


def _check_keys(
    where: str, data: Mapping[str, Any], *, must: Iterable[str], may: Iterable[str]
) -> None:
    missing = sorted(set(must) - set(data))
    if missing:
        raise SchemaBroken(f"{where}: {missing[0]} is missing")
    unknown = sorted(str(key) for key in set(data) - set(may))
    if unknown:
        raise SchemaBroken(f"{where}: unknown key '{unknown[0]}', expected {_listed(may)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
