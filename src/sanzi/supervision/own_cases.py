"""The cases of an own model: rows that go in, findings that must come out, as YAML or from a form.

They are written as the examples of a shipped model are, start from the same base rows, and run in
the same sandbox as the statement: a case cannot name a column that its author does not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
import yaml

from sanzi.kernel import clock
from sanzi.record import sandbox
from sanzi.supervision import examples, own_errors, own_rights, own_sql
from sanzi.supervision.catalogue import ModelBroken
from sanzi.supervision.examples import Example

KINDS: Final = {
    "hit": "该查出",
    "miss": "不该查出",
    "near_miss": "差一点，不该查出",
    "lookalike": "看着像，其实合规",
    "empty": "空表",
}
NEEDED: Final = ("hit", "lookalike", "empty")
_KEYS: Final = {"name", "kind", "given", "hits", "as_of"}


@dataclass(frozen=True)
class Outcome:
    """How a case went: what it should find, what it found."""

    name: str
    kind: str
    expected: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether both are the same."""
        return self.expected == self.found


@dataclass(frozen=True)
class TypedCase:
    """A case as a form gives it: rows as lines `列=值，列=值` of one table."""

    name: str
    kind: str
    table: str
    rows: str
    hits: str


def read(text: str, view: sandbox.View) -> list[Example]:
    """Return the cases of a text. Raises: OwnCaseWrong."""
    try:
        items = yaml.safe_load(text) if text.strip() else []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第{mark.line + 1}行不是YAML的写法" if mark else "不是YAML的写法"
        raise own_errors.OwnCaseWrong(what=f"{where}。") from error
    most = own_rights.load().limits.cases
    if not isinstance(items, list) or len(items) > most:
        raise own_errors.OwnCaseWrong(what=f"要一条一条列出来，每条前面一横，最多{most}条。")
    found = [_example(number, item, view) for number, item in enumerate(items, 1)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise own_errors.OwnCaseWrong(what=f"有两条都叫“{name}”。")
    return found


def _example(number: int, item: Any, view: sandbox.View) -> Example:
    if not isinstance(item, Mapping):
        raise own_errors.OwnCaseWrong(what=f"第{number}条要写name、kind、given。")
    name = str(item.get("name") or "")[:60]
    odd = sorted(str(one) for one in set(item) - _KEYS)
    hits = item.get("hits") or []
    given = item.get("given") or {}
    as_of = item.get("as_of", examples.AS_OF)
    what = ""
    if not name:
        what = f"第{number}条没有名字（name）。"
    elif odd:
        what = f"“{name}”里不认得“{odd[0][:30]}”。"
    elif item.get("kind") not in KINDS:
        what = f"“{name}”的kind要是{'、'.join(KINDS)}里的一个。"
    elif (item["kind"] == "hit") != bool(hits) or not isinstance(hits, list):
        what = f"“{name}”：kind是hit的要写hits（查出的编号），别的不写。"
    elif not isinstance(as_of, datetime):
        what = f"“{name}”的as_of要写到分，如2026-11-10 09:00:00。"
    elif not isinstance(given, Mapping):
        what = f"“{name}”的given要按表写。"
    if what:
        raise own_errors.OwnCaseWrong(what=what)
    for table, rows in given.items():
        _check_rows(name, str(table), rows, view)
    moment = as_of if as_of.tzinfo else as_of.replace(tzinfo=clock.SHANGHAI)
    return Example(name, item["kind"], given, tuple(map(str, hits)), as_of=moment)


def _check_rows(name: str, table: str, rows: Any, view: sandbox.View) -> None:
    most = own_rights.load().limits.case_rows
    known = {one.record for one in view.tables().get(table, ())}
    if not known:
        raise own_errors.OwnCaseWrong(what=f"“{name}”：没有“{table[:40]}”这张表，或者看不到它。")
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        raise own_errors.OwnCaseWrong(what=f"“{name}”的{table}要一行一行列出来。")
    total = sum(one["repeat"] if isinstance(one.get("repeat"), int) else 1 for one in rows)
    if total > most:
        raise own_errors.OwnCaseWrong(what=f"“{name}”的{table}有{total}行，最多{most}行。")
    for row in rows:
        odd = sorted(str(one) for one in set(row) - known - {"repeat"})
        if odd:
            raise own_errors.OwnCaseWrong(
                what=f"“{name}”：{table}没有“{odd[0][:40]}”这一列，或者看不到它。"
            )


def tables(example: Example) -> dict[str, pa.Table]:
    """Return the rows of a case as typed tables. Raises: OwnCaseWrong."""
    try:
        return examples.tables(example)
    except (ModelBroken, pa.ArrowException, TypeError, KeyError, ValueError) as error:
        what = f"“{example.name}”里有一格的类型不对（{str(error)[:80]}）。"
        raise own_errors.OwnCaseWrong(what=what) from error


def run(sql: str, cases: Sequence[Example], view: sandbox.View) -> list[Outcome]:
    """Return how each case goes. Raises: OwnCaseWrong, OwnStatementWrong."""
    statement = own_sql.check(sql, view)
    limits = own_rights.load().limits.of_a_try()
    found = []
    for one in cases:
        rows = {name: table for name, table in tables(one).items() if name in statement.tables}
        as_of = one.as_of.astimezone(clock.SHANGHAI).replace(tzinfo=None)
        with sandbox.holding(view, rows, limits) as copy:
            answer = own_sql.run(lambda: copy.ask(sql, {own_rights.AS_OF: as_of}))  # noqa: B023 - run at once
        names = [name for name, _ in answer.columns]
        if "finding_id" not in names:
            raise own_errors.OwnShape(what="少了finding_id这一列。")
        at = names.index("finding_id")
        ids = tuple(sorted(str(row[at]) for row in answer.rows))
        found.append(Outcome(one.name, one.kind, tuple(sorted(one.hits)), ids))
    return found


def prove(sql: str, text: str, view: sandbox.View) -> list[Outcome]:
    """Return the cases of a text when all of them go as they say, and none is missing.

    Raises: OwnCaseWrong, OwnCasesMissing, OwnCaseFailed, OwnStatementWrong.
    """
    cases = read(text, view)
    missing = [KINDS[kind] for kind in NEEDED if kind not in {one.kind for one in cases}]
    if missing:
        raise own_errors.OwnCasesMissing(kinds="、".join(f"“{one}”的" for one in missing))
    outcomes = run(sql, cases, view)
    for one in outcomes:
        if not one.is_right:
            raise own_errors.OwnCaseFailed(
                name=one.name, expected=_listed(one.expected), found=_listed(one.found)
            )
    return outcomes


def _listed(ids: Sequence[str]) -> str:
    return "、".join(ids[:5]) if ids else "没有"


def added(text: str, typed: TypedCase, view: sandbox.View) -> str:
    """Return the text with one more case from a form. Raises: OwnCaseWrong."""
    item: dict[str, Any] = {"name": typed.name.strip(), "kind": typed.kind}
    if typed.table and typed.kind != "empty":
        item["given"] = {typed.table: _rows(typed, view)}
    hits = [one.strip() for one in typed.hits.replace("，", ",").split(",") if one.strip()]
    if hits:
        item["hits"] = hits
    more = yaml.safe_dump([item], allow_unicode=True, sort_keys=False, width=90)
    whole = f"{text.rstrip()}\n{more}" if text.strip() else more
    read(whole, view)
    return whole


def _rows(typed: TypedCase, view: sandbox.View) -> list[dict[str, Any]]:
    types = {one.record: one.type for one in view.tables().get(typed.table, ())}
    found = []
    for line in typed.rows.splitlines() or [""]:
        row: dict[str, Any] = {}
        for part in line.replace("，", ",").split(","):
            if not part.strip():
                continue
            column, mark, value = part.partition("=")
            if not mark:
                raise own_errors.OwnCaseWrong(what=f"“{part.strip()[:30]}”要写成 列=值。")
            row[column.strip()] = _typed(types.get(column.strip(), "string"), value.strip())
        found.append(row)
    return found


def _typed(kind: str, text: str) -> Any:
    if text in ("", "空"):
        return None
    try:
        if kind == "integer":
            return int(text)
        if kind == "date":
            return date.fromisoformat(text)
        if kind == "datetime":
            return datetime.fromisoformat(text)
    except ValueError as error:
        raise own_errors.OwnCaseWrong(what=f"“{text[:30]}”变不成要的类型。") from error
    if kind == "boolean":
        return text in ("是", "true", "1")
    return text
