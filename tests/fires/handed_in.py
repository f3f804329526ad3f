"""The examples of models as a package: what a county hands in of its history.

Each example lies in a county of its own, its ids begin with a prefix of its own, and what it does
not say but a package must is filled in. The package then goes the way of every package: checked,
loaded by the rooms, read back by the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import clock
from sanzi.kernel.digest import sm3
from sanzi.record import schema
from sanzi.record.packages import write_package
from sanzi.record.schema import Column, ForeignKey
from sanzi.supervision import examples
from sanzi.supervision.examples import Example

Row = dict[str, Any]
FIRST_COUNTY: Final = 990_001
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FILL: Final[Mapping[str, object]] = {
    "integer": 1, "decimal": Decimal(1), "date": date(2026, 1, 5), "boolean": False,
    "datetime": datetime(2026, 1, 5, 1, tzinfo=UTC),
}  # fmt: skip
_MATCHING: Final[Mapping[str, str]] = {
    "M[0-9]{2}": "M10", "[A-Za-z0-9-]{1,24}": "grain", "[A-Z][0-9]{2}": "A01",
    "[0-9A-Za-z]{1,64}": "f0", "[a-z][a-z_]{1,31}": "other", "[A-Za-z0-9_-]{1,24}": "K1",
    "[0-9]{4}-[0-9]{2}": "2026-11", "[0-9]{4}-(0[1-9]|1[0-2])": "2026-11",
}  # fmt: skip
"""What a required cell holds that an example leaves out, by the pattern of its column."""
_RECKONED: Final = ("invoice.invoice_key_hash",)
_ENOUGH: Final = {"transfer.amount_fen": 10_000_000, "fund.amount_fen": 100_000_000}
_LET_GO: Final = (
    "receipt.receipt_no",
    "transfer.issued_at",
    "transfer.town_id",
    "transfer.amount_fen",
)
"""What is reckoned from another cell; what is large enough for all; what an ordinary row has that
stands in the way of a second one."""
_ALONE: Final = ("works.qr_code", "receipt_book.book_no", "receipt.receipt_book_no")
"""Texts of which no two may be alike."""


class NotHandedIn(ValueError):
    """An example says something that no package can hold."""


@dataclass
class Place:
    """Where an example lies: its counties, and the beginning of its ids."""

    number: int
    counties: dict[str, str] = field(default_factory=dict)

    def division(self, code: str) -> str:
        """Return a division's code in a county of this example's own."""
        first = str(FIRST_COUNTY + 4 * self.number + len(self.counties))
        return self.counties.setdefault(code[:6], first) + code[6:]

    def own(self, said: str) -> str:
        """Return an id, or the code of a division, as the package has it."""
        if re.fullmatch(r"\d{12}", said):
            return self.division(said)
        return f"x{self.number}-{said}"

    def figures(self, said: str, length: int) -> str:
        """Return figures that stand for a text, in this place alone."""
        return str(int(sm3(self.own(said).encode()), 16))[-length:].zfill(length)


def write(folder: Path, told: Sequence[tuple[Place, Example]]) -> None:
    """Write examples as one package. Raises NotHandedIn."""
    rows: dict[str, list[Row]] = {}
    for place, example in told:
        for table, more in _Sheets(place).filled(example).items():
            rows.setdefault(table, []).extend(more)
    write_package(folder, folder.name, rows)


class _Sheets:
    """The rows of one example under their keys, on their way to be whole."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.known = schema.load_tables()
        self.rows: dict[str, dict[tuple[str, ...], Row]] = {}

    def filled(self, example: Example) -> dict[str, list[Row]]:
        for table, said in examples.tables(example).items():
            if not self.known[table].exchange:
                raise NotHandedIn(f"{example.name}: {table}")
            for row in said.to_pylist():
                self.add(table, {name: value for name, value in row.items() if value or value == 0})
        self._part()
        while missing := sorted(set(self._missing())):
            for table, column, value in missing:
                self.add(table, {column: value, **self._like(table)}, is_own=True)
        self._upwards()
        return {table: list(rows.values()) for table, rows in self.rows.items()}

    def add(self, table: str, said: Row, *, is_own: bool = False) -> None:
        columns = self.known[table].columns
        named = {one.record: one for one in columns if one.record}
        row: Row = {}
        for name, value in said.items():
            column = named.get(name)
            is_usual = examples.base().get(table, {}).get(name) == value
            if f"{table}.{name}" in _RECKONED or (is_usual and f"{table}.{name}" in _LET_GO):
                continue
            if column is None or not column.exchange or not _fits(column, value):
                if not is_usual:
                    raise NotHandedIn(f"{table}.{name}: {value}")
                continue  # An ordinary row has it; nothing is said by it here.
            row[column.name] = value if is_own else self._cell(table, column, value)
        digest = said.get("invoice_key_hash") if table == "invoice" else None
        if digest and digest != examples.base()["invoice"]["invoice_key_hash"]:
            row["invoice_no"] = self.place.figures(digest, 20)
        for column in self.known[table].exchange_columns:
            if column.required and row.get(column.name) is None:
                row[column.name] = self._fill(table, column, row)
        key = tuple(str(row[one]) for one in self.known[table].primary_key)
        self.rows.setdefault(table, {})[key] = row

    def _cell(self, table: str, column: Column, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.replace(tzinfo=clock.SHANGHAI)
        if not isinstance(value, str) or column.enum:
            return value
        if column.format:
            return _formatted(self.place, column.format, value)
        if column.pattern and not re.fullmatch(column.pattern, value):
            return sm3(self.place.own(value).encode())
        if column.name == "reference":
            return f"JK{self.place.figures(value, 8)}"
        if f"{table}.{column.name}" in _ALONE:
            return None if value == "例" else self.place.own(value)[:16]
        keys = {*self.known[table].primary_key, *(k.column for k in self.known[table].foreign_keys)}
        if column.name in keys or column.name.endswith(("_id", "_ref")):
            return value if column.pattern else self.place.own(value)
        return value

    def _fill(self, table: str, column: Column, row: Row) -> object:
        first = str(next(iter(row.values()), ""))
        if column.enum:
            return column.enum[0]
        if column.type != "string":
            if column.type != "integer":
                return _FILL[column.type]
            return _ENOUGH.get(f"{table}.{column.name}", max(column.minimum or 0, 1))
        if column.format:
            place = "999901101000" if column.name == "town_id" else "999901101201"
            village = self.place.division(place)
            return village if column.format == "division" else _formatted(
                self.place, column.format, f"{table} {column.name} {first}"
            )  # fmt: skip
        if column.pattern:
            return _MATCHING.get(column.pattern) or sm3(first.encode())
        if f"{table}.{column.name}" in _ALONE or column.name in self.known[table].primary_key:
            return f"{column.name[:2]}{first}"
        if any(key.column == column.name for key in self.known[table].foreign_keys):
            return self.place.own(f"{table}-{column.name}")
        return "未写"

    def _part(self) -> None:
        """Let the payments of a case have lines, the requests of labour cases, books periods."""
        lines: set[tuple[str, int]] = set()
        bodies: dict[str, str] = {}
        for row in self.rows.get("payment", {}).values():
            if bodies.setdefault(row["case_id"], row["org_id"]) != row["org_id"]:
                row["case_id"] += f"-{row['org_id']}"
            while (row["case_id"], row["line_no"]) in lines:
                row["line_no"] += 1
            lines.add((row["case_id"], row["line_no"]))
        cases: set[str] = set()
        for row in self.rows.get("labour_request", {}).values():
            while row["case_id"] in cases:
                row["case_id"] += "+"
            cases.add(row["case_id"])
        for table in ("voucher", "opening_balance", "reopening"):
            for row in list(self.rows.get(table, {}).values()):
                periods = self.rows.get("period", {})
                if not any(key[0] == row["book_id"] for key in periods):
                    body = row.get("org_id") or self.place.own("G1")
                    said = {"book_id": row["book_id"], "period": "2020-01", "org_id": body}
                    self.add("period", said, is_own=True)

    def _missing(self) -> Iterator[tuple[str, str, str]]:
        for table, rows in self.rows.items():
            for key in self.known[table].foreign_keys:
                for row in rows.values():
                    value = row.get(key.column)
                    if value is not None and not self._is_there(key, str(value)):
                        yield key.table, key.references, str(value)

    def _is_there(self, key: ForeignKey, value: str) -> bool:
        targets = [one for one in (key.table, key.also) if one]
        return not self.known[key.table].exchange or any(
            len(self.known[one].primary_key) > 1 or (value,) in self.rows.get(one, {})
            for one in targets
        )

    def _like(self, table: str) -> Row:
        if table == "division":
            return {"level": "village", "name": "某村"}
        return {"name": "某人", "is_member": True} if table == "person" else {}

    def _upwards(self) -> None:
        """Put each division under its town and county."""
        for code in [key[0] for key in self.rows.get("division", {})]:
            for other in (f"{code[:9]}000", f"{code[:6]}000000"):
                if (other,) not in self.rows["division"]:
                    self.add("division", {"code": other, "name": "某地"}, is_own=True)
        for row in self.rows.get("division", {}).values():
            code = row["code"]
            is_county, is_town = code.endswith("000000"), code.endswith("000")
            row["level"] = "county" if is_county else "town" if is_town else "village"
            above = f"{code[:6]}000000" if is_town else f"{code[:9]}000"
            row["parent_code"] = None if is_county else above


def _fits(column: Column, value: Any) -> bool:
    """Tell whether a package may hold a value in this column; a digest is made of any text."""
    if column.enum:
        return value in column.enum
    if column.pattern and isinstance(value, str):
        is_digest = re.fullmatch(column.pattern, "0" * 64) is not None
        return is_digest or re.fullmatch(column.pattern, value) is not None
    return True


def _formatted(place: Place, kind: str, said: str) -> str | None:
    """Return a number that is right in form and stands for a text in this place alone."""
    if kind == "division":
        return place.division(said)
    if kind == "phone":
        return f"139{place.figures(said, 8)}"
    if kind == "account":
        return f"62{place.figures(said, 16)}"
    if kind == "cnaps":
        return "402999900017"
    if kind == "resident_id":
        body = f"99990119750505{int(place.figures(said, 3)):03d}"
        total = sum(int(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]
    return None
