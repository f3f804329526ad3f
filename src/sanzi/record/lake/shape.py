"""What of the record goes into a lake: tables, columns, months, and what other versions called so.

The lists are in `data/lake/shape.yaml`. Pure reading; no database and no files of a lake here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import yamls
from sanzi.record import extraction, schema

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "lake" / "shape.yaml"
NO_MONTH: Final = "none"
"""The month of rows whose time is not known."""


@dataclass(frozen=True)
class Bodies:
    """A column with names of bodies: of all rows, or where `when` holds something.

    `unless` leaves out rows of a kind.
    """

    table: str
    column: str
    when: str = ""
    unless: str = ""


@dataclass(frozen=True)
class Change:
    """What `version` and later call otherwise than those before.

    Shapes: an added column has `default`; a rename has `old` and `new`, of a value where `column`
    is told, else of a column (`kind` column) or of the table (`kind` table).
    """

    version: int
    kind: str
    table: str
    column: str = ""
    old: str = ""
    new: str = ""
    default: Any = None

    def plain(self) -> dict[str, Any]:
        """Return the change as a manifest tells it."""
        return {key: value for key, value in vars(self).items() if value not in ("", None)}


KINDS: Final = ("added", "value", "column", "table")


@dataclass(frozen=True)
class Shape:
    """How the record of this program travels."""

    version: int
    oldest: int
    months: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    bodies: tuple[Bodies, ...]
    tables: tuple[str, ...]
    changed: tuple[Change, ...]

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table that travel, in the order of the schema."""
        return tuple(
            str(one.record)
            for one in schema.load_tables()[table].record_columns
            if one.privacy != "sealed"
        )

    def described(self) -> dict[str, dict[str, str]]:
        """Return each table's columns and types, as a manifest tells them."""
        return {
            table: {
                field.name: str(field.type)
                for field in extraction.arrow_schema(table)
                if field.name in self.columns(table)
            }
            for table in self.tables
        }


@cache
def current() -> Shape:
    """Return the shape of this program. Raises SchemaBroken."""
    return read(FILE)


def read(file: Path) -> Shape:
    """Read and check a file of shapes. Raises SchemaBroken."""
    told = yamls.read(file)
    withheld = set(told["withheld"])
    tables = tuple(name for name in schema.LOAD_ORDER if name not in withheld)
    found = Shape(
        version=told["version"],
        oldest=told["oldest"],
        months=told["months"],
        names={table: tuple(columns) for table, columns in told["names"].items()},
        bodies=tuple(Bodies(**one) for one in told["bodies"]),
        tables=tables,
        changed=tuple(change(one) for one in told["changed"]),
    )
    _check(found, withheld)
    return found


def change(told: Mapping[str, Any]) -> Change:
    """Return one change as a file or a manifest tells it. Raises SchemaBroken."""
    try:
        found = Change(**told)
    except TypeError as error:
        raise schema.SchemaBroken(f"shape.yaml: {error}") from error
    if found.kind not in KINDS:
        raise schema.SchemaBroken(f"shape.yaml: kind '{found.kind}', expected {', '.join(KINDS)}")
    return found


def _check(shape: Shape, withheld: set[str]) -> None:
    unknown = withheld - set(schema.LOAD_ORDER)
    if unknown:
        raise schema.SchemaBroken(f"shape.yaml: unknown table {min(unknown)}")
    named = [(table, column) for table, column in shape.months.items()]
    named += [(table, one) for table, columns in shape.names.items() for one in columns]
    named += [(one.table, one.column) for one in shape.bodies]
    named += [(one.table, one.when) for one in shape.bodies if one.when]
    for table, column in named:
        try:
            extraction.position(table, column)
        except KeyError as error:
            raise schema.SchemaBroken(f"shape.yaml: unknown column {error}") from error
    if any(not 1 < one.version <= shape.version for one in shape.changed):
        raise schema.SchemaBroken("shape.yaml: a change belongs to a version from 2 to the current")
    for name in shape.tables:
        for one in schema.load_tables()[name].record_columns:
            is_told = one.record in shape.names.get(name, ())
            if one.privacy == "personal" and not one.is_hashed and not is_told:
                raise schema.SchemaBroken(f"shape.yaml: {name}.{one.name} is personal: name it")
