"""Sources of outside data as data files, and when their data is too old. Pure.

`data/exchange/<source>.yaml` is the only place that says what a source brings and where it goes;
this is the one loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema

from sanzi.kernel import yamls
from sanzi.record.outside.headers import Field
from sanzi.record.outside.values import KINDS
from sanzi.record.schema import load_tables

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "exchange"
SCHEMA: Final = FOLDER / "schema.json"
MADE: Final = frozenset(
    {"person", "household", "village", "program", "program_org", "firm", "key", "paid_at"}
)
"""What the room works out for a row and a target may ask for as `@name`."""


class BadSourceFile(Exception):
    """A source's file is wrong; the sentence names the file and the place."""


@dataclass(frozen=True)
class Target:
    """A table of the record that rows go to: columns from fields, `@` made, `=` as written.

    A row goes there only when all fields of `when` have a value.
    """

    table: str
    columns: Mapping[str, str]
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonOf:
    """Which fields say whom a row speaks of; empty for none.

    `must_be_known`: a row of somebody whom the register does not know is left out and listed.
    """

    id_no: str = ""
    name: str = ""
    phone: str = ""
    must_be_known: bool = False


@dataclass(frozen=True)
class Source:
    """One kind of file from outside: its fields, where they go, and how often it should come.

    `compare` says what a file without targets is held against: `contacts` are our posts. Of
    `accepted_percent_min` rows in a hundred something can be made, or it shows on the desk.
    """

    code: str
    title: str
    giver: str
    version: str
    rhythm_days: int
    accepted_percent_min: int
    fields: tuple[Field, ...]
    person: PersonOf
    place: str
    newest: str
    key: tuple[str, ...]
    targets: tuple[Target, ...]
    compare: str = ""

    @property
    def named(self) -> dict[str, Field]:
        """Fields by name."""
        return {one.name: one for one in self.fields}

    def is_late(self, newest: date | None, today: date) -> bool:
        """Whether the newest data is older than its rhythm allows."""
        return newest is None or (today - newest).days > self.rhythm_days

    def is_poor(self, quality: Mapping[str, Any]) -> bool:
        """Whether of too many rows of a file nothing could be made."""
        rows, accepted = int(quality.get("rows", 0)), int(quality.get("accepted", 0))
        return rows * self.accepted_percent_min > accepted * 100


def read_source(path: Path) -> Source:
    """Read one file. Raises: BadSourceFile."""
    said: dict[str, Any] = yamls.read(path)
    try:
        jsonschema.validate(_jsonable(said), _schema())
    except jsonschema.ValidationError as wrong:
        place = ".".join(str(one) for one in wrong.absolute_path)
        raise BadSourceFile(f"{path.name}: {place}: {wrong.message}") from wrong
    made = Source(
        code=said["source"],
        title=said["title"],
        giver=said["giver"],
        version=str(said["version"]),
        rhythm_days=said["rhythm_days"],
        accepted_percent_min=said["accepted_percent_min"],
        fields=tuple(_field(one) for one in said["fields"]),
        person=PersonOf(**said.get("person", {})),
        place=said.get("place", ""),
        newest=said.get("newest", ""),
        key=tuple(said["key"]),
        targets=tuple(
            Target(one["table"], one["columns"], tuple(one.get("when", ())))
            for one in said["targets"]
        ),
        compare=said.get("compare", ""),
    )
    fault = _fault(made, path)
    if fault:
        raise BadSourceFile(f"{path.name}: {fault}")
    return made


@cache
def sources() -> Mapping[str, Source]:
    """Return all sources by code, in the order of their files."""
    return {one.code: one for one in (read_source(path) for path in sorted(FOLDER.glob("*.yaml")))}


@cache
def _schema() -> Any:
    return yamls.read(SCHEMA)


def _jsonable(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "version": str(said.get("version"))}


def _field(said: Mapping[str, Any]) -> Field:
    codes = said.get("codes")
    return Field(
        name=said["name"],
        title=said["title"],
        kind=said["kind"],
        names=tuple(said.get("names", ())),
        is_required=said.get("required", False),
        is_future_refused=said.get("past", False),
        codes={code: one["title"] for code, one in codes.items()} if codes else None,
        synonyms={word: code for code, one in codes.items() for word in (code, *one["words"])}
        if codes
        else None,
    )


def _fault(made: Source, path: Path) -> str:
    """Return what no schema sees: names that name nothing."""
    known = set(made.named)
    if made.code != path.stem:
        return f"source is {made.code}, the file is not"
    person = {made.person.id_no, made.person.name, made.person.phone}
    used = {made.place, made.newest, *person, *made.key} - {""}
    for target in made.targets:
        table = load_tables().get(target.table)
        columns = {one.name for one in table.exchange_columns} if table else set()
        missing = sorted(set(target.columns) - columns)
        if missing:
            return f"{target.table} has no column {missing[0]}"
        used |= set(target.when)
        for value in target.columns.values():
            if value.startswith("@") and value[1:] not in MADE:
                return f"nobody makes {value}"
            if not value.startswith(("@", "=")):
                used.add(value)
    if bool(made.targets) == bool(made.compare):
        return "it has targets, or it is compared"
    if used - known:
        return f"there is no field {min(used - known)}"
    odd = sorted(one.name for one in made.fields if one.kind not in KINDS)
    bare = sorted(one.name for one in made.fields if (one.kind == "code") != bool(one.codes))
    if odd or bare:
        return f"{(odd or bare)[0]} has no such kind, or lacks its codes"
    return ""
