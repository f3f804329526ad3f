"""The subjects of `data/questions`: a file each, checked when it is read.

A piece of SQL in a file is one expression over `r` (the rows of the table) and the joins of the
file. A join stands on the whole primary key of its table, so that no row is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import sqlglot
import yaml
from sqlglot import exp

from sanzi.insight.cockpit.shapes import UNITS
from sanzi.insight.questions.shapes import (
    NAMES,
    SUMS,
    Columns,
    Dimension,
    Join,
    Measure,
    Shown,
    Subject,
    When,
)
from sanzi.insight.statements import DATA
from sanzi.kernel import yamls
from sanzi.orgs.roles import roles
from sanzi.record import engine, places, schema
from sanzi.supervision import own_rights

FOLDER: Final = DATA / "questions"
LIMITS: Final = DATA / "ask.yaml"
BASE: Final = "r"
_KNOWN: Final = frozenset({
    "title", "noun", "order", "means", "sees", "table", "joins", "place", "body", "amount",
    "people", "always", "whens", "measures", "dimensions", "shown",
})  # fmt: skip


class SubjectBroken(ValueError):
    """A file of questions does not say what it must."""


@dataclass(frozen=True)
class Limits:
    """How far an answer may go."""

    seconds: int
    memory_mb: int
    groups: int
    rows: int
    sql_rows: int
    read_rows: int
    at_once: int
    measures: int
    dimensions: int
    values: int
    least_people: int


@cache
def limits() -> Limits:
    """Return how far an answer may go. Raises: SubjectBroken."""
    try:
        data = yamls.read(LIMITS)
        return Limits(**data["limits"], least_people=data["least_people"])
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise SubjectBroken(f"ask.yaml: {error!r}") from error


@cache
def subjects() -> Mapping[str, Subject]:
    """Return the subjects by code, in their order. Raises: SubjectBroken."""
    return load(FOLDER)


def load(folder: Path) -> Mapping[str, Subject]:
    """Return the subjects of a folder. Raises: SubjectBroken."""
    found = [_subject(path) for path in sorted(folder.glob("*.yaml"))]
    return {one.code: one for one in sorted(found, key=lambda one: (one.order, one.code))}


def _subject(path: Path) -> Subject:
    code = path.stem
    try:
        given = yamls.read(path)
        odd = sorted(set(given) - _KNOWN)
        if odd:
            raise SubjectBroken(f"{code}: knows no {odd[0]}")
        return _Reader(code, given).subject()
    except (OSError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise SubjectBroken(f"{code}: {error!r}") from error


class _Reader:
    """One file on its way to a subject: knows its table and its joins."""

    def __init__(self, code: str, given: Mapping[str, Any]) -> None:
        self._code, self._given = code, given
        self._aliases = {BASE: str(given["table"])}
        self._joins: dict[str, Join] = {}

    def subject(self) -> Subject:
        """Return what the file says. Raises: SubjectBroken."""
        given, table = self._given, self._table(str(self._given["table"]))
        for alias, item in (given.get("joins") or {}).items():
            self._join(str(alias), item)
        if len(table.primary_key) != 1:
            raise self._broken("stands on a table without a key of one column")
        may = frozenset().union(*(one.may for one in roles().values()))
        if given["sees"] not in may:
            raise self._broken("is seen by nobody: no role has its permission")
        if not given["whens"] or not given["measures"] or not given["shown"]:
            raise self._broken("needs a day, a figure and columns to show")
        [key] = table.primary_key
        fixed = [given.get(one) for one in ("place", "body", "amount", "people", "always")]
        return Subject(
            code=self._code,
            title=given["title"],
            noun=given["noun"],
            order=given["order"],
            means=given["means"],
            sees=given["sees"],
            table=given["table"],
            key=str(table.column(key).record),
            joins=self._joins,
            place=given["place"],
            body=given.get("body", ""),
            amount=given.get("amount", ""),
            people=given.get("people", ""),
            always=given.get("always", ""),
            whens={str(code): self._when(str(code), one) for code, one in given["whens"].items()},
            measures={
                str(code): self._measure(str(code), one) for code, one in given["measures"].items()
            },
            dimensions={
                str(code): self._dimension(str(code), one)
                for code, one in given["dimensions"].items()
            },
            shown=tuple(self._shown(one) for one in given["shown"]),
            base=self._reads(one for one in fixed if one),
        )

    def _broken(self, words: str) -> SubjectBroken:
        return SubjectBroken(f"{self._code}: {words}")

    def _table(self, name: str) -> schema.Table:
        found = schema.load_tables().get(name)
        if found is None or name not in places.places():
            raise self._broken(f"reads {name}, which no sandbox holds")
        return found

    def _join(self, alias: str, item: Mapping[str, Any]) -> None:
        table = self._table(str(item["table"]))
        if len(table.primary_key) != 1:
            raise self._broken(f"joins {item['table']}, whose key is of several columns")
        key = str(table.column(table.primary_key[0]).record)
        on = self._reads([item["by"]])
        self._aliases[alias] = str(item["table"])
        reads = on | {(str(item["table"]), key)}
        self._joins[alias] = Join(alias, str(item["table"]), key, item["by"], frozenset(reads))

    def _reads(self, pieces: Iterable[str]) -> Columns:
        """Return the columns of the record that pieces read. Raises: SubjectBroken."""
        found: set[tuple[str, str]] = set()
        for piece in pieces:
            tree = self._parsed(piece)
            for column in tree.find_all(exp.Column):
                table = self._aliases.get(column.table)
                known = {one.record for one in schema.load_tables()[table].record_columns} if (
                    table
                ) else set()  # fmt: skip
                if column.name not in known:
                    raise self._broken(f"knows no {column.sql()}")
                found.add((str(table), column.name))
                join = self._joins.get(column.table)
                found |= join.reads if join else set()
        return frozenset(found)

    def _parsed(self, piece: str) -> exp.Expr:
        try:
            tree = sqlglot.parse_one(f"SELECT {piece}", dialect="duckdb")
            wanted = engine.check(f"SELECT {piece}").parameters
        except (sqlglot.errors.SqlglotError, engine.BadStatement) as error:
            raise self._broken(f"'{piece[:40]}' {error}") from error
        if not isinstance(tree, exp.Select) or len(tree.selects) != 1 or tree.find(exp.Table):
            raise self._broken(f"'{piece[:40]}' is no expression")
        if wanted - {own_rights.AS_OF}:
            raise self._broken(f"'{piece[:40]}' asks for an unknown parameter")
        if any(tree.find_all(exp.AggFunc, exp.Subquery, exp.Alias)):
            raise self._broken(f"'{piece[:40]}' holds a sum, a name or another statement")
        return tree

    def _when(self, code: str, item: Mapping[str, Any]) -> When:
        return When(code, item["title"], item["sql"], self._reads([item["sql"]]))

    def _measure(self, code: str, item: Mapping[str, Any]) -> Measure:
        if item["of"] not in SUMS or item["unit"] not in UNITS:
            raise self._broken(f"tells {code} in a way or a unit that is none")
        sql = item.get("sql", "1" if item["of"] == "count" else "")
        if not sql:
            raise self._broken(f"does not say what {code} is")
        reads = self._reads([sql])
        if any(own_rights.is_personal(*one) for one in reads):
            raise self._broken(f"counts what is personal in {code}")
        return Measure(
            code, item["title"], item["unit"], item["of"], sql, item["means"], reads
        )  # fmt: skip

    def _dimension(self, code: str, item: Mapping[str, Any]) -> Dimension:
        label, person = item.get("label", ""), item.get("person", "")
        names = item.get("names", "")
        if names not in NAMES:
            raise self._broken(f"has names of {code} that are none")
        if any(own_rights.is_personal(*one) for one in self._reads([item["sql"]])):
            raise self._broken(f"tells rows apart by what is personal in {code}: use its number")
        reads = self._reads([one for one in (item["sql"], label, person) if one])
        return Dimension(
            code=code,
            title=item["title"],
            sql=item["sql"],
            label=label,
            person=person,
            names=names,
            values={str(key): str(one) for key, one in (item.get("values") or {}).items()},
            means=item.get("means", ""),
            reads=reads,
            is_masked=self._is_masked(code, label),
        )

    def _shown(self, item: Mapping[str, Any]) -> Shown:
        person, names = item.get("person", ""), item.get("names", "")
        if names not in NAMES or item.get("unit", "rows") not in UNITS:
            raise self._broken(f"shows {item['title']} in a way that is none")
        return Shown(
            title=item["title"],
            sql=item["sql"],
            unit=item.get("unit", ""),
            names=names,
            values={str(key): str(one) for key, one in (item.get("values") or {}).items()},
            person=person,
            reads=self._reads([one for one in (item["sql"], person) if one]),
            is_masked=self._is_masked(item["title"], item["sql"]),
        )

    def _is_masked(self, name: str, piece: str) -> bool:
        personal = [one for one in self._reads([piece] if piece else []) if
                    own_rights.is_personal(*one)]  # fmt: skip
        if any(not own_rights.is_name(*one) for one in personal):
            raise self._broken(f"shows the mark of a number in {name}")
        return bool(personal)
