"""What a published page says: the open part, and apart from it what names people. No Django.

Names are masked already. Whatever holds a masked name stands in the people's part only; in the
open part the word 个人 takes its place. Of an item that leaves the web no row is open at all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sanzi.kernel import clock, digest, money

FORMAT: Final = "sanzi/page/1"
SOMEBODY: Final = "个人"
_MASKED = re.compile(r"[\u4e00-\u9fff]?[*·•]*\*[*·•]*[\u4e00-\u9fff]?")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
NAME_HEX: Final = 24
KINDS: Final = ("html", "json", "people")


@dataclass(frozen=True)
class Table:
    """A table of words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """Facts (label and words) and tables."""

    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Split:
    """A publication in two: `people` is None where it names nobody."""

    title: str
    open: Part
    people: Part | None


def names_people(text: str) -> bool:
    """Whether a text holds a masked name."""
    return "*" in text


def opened(text: str) -> str:
    """Return a text with 个人 in place of masked names."""
    return _MASKED.sub(SOMEBODY, text)


def file_name(ext_id: str) -> str:
    """Return the name of the file of a publication: its id, or a digest of an id of other signs."""
    return ext_id if _SAFE.fullmatch(ext_id) else f"x{digest.sm3(ext_id.encode())[:NAME_HEX]}"


def split(title: str, kind: str, body: Mapping[str, Any], *, leaves: bool) -> Split:
    """Return the open part and the people's part of a publication.

    Shapes: body as cases, payments and months publish it, or empty; `leaves` as the item says.
    """
    whole = _whole(body)
    named = Part(
        facts=tuple(one for one in whole.facts if names_people(one[1])),
        tables=tuple(filter(None, (_named(one, leaves=leaves) for one in whole.tables))),
    )
    tables = () if leaves else tuple(_opened(one) for one in whole.tables)
    facts = tuple((label, opened(words)) for label, words in whole.facts)
    return Split(
        title=opened(title) if not names_people(title) else kind,
        open=Part(facts, tables),
        people=named if named.facts or named.tables else None,
    )


def _named(table: Table, *, leaves: bool) -> Table | None:
    rows = tuple(row for row in table.rows if leaves or any(names_people(cell) for cell in row))
    return Table(table.title, table.columns, rows) if rows else None


def _opened(table: Table) -> Table:
    rows = tuple(tuple(opened(cell) for cell in row) for row in table.rows)
    return Table(table.title, table.columns, rows)


def _whole(body: Mapping[str, Any]) -> Part:
    if "payees" in body:
        return _payment(body)
    if "in_fen" in body:
        return _month(body)
    return Part(
        facts=tuple((str(label), str(words)) for label, words in body.get("facts", [])),
        tables=tuple(
            _table(one["title"], one["columns"], one["rows"]) for one in body.get("tables", [])
        ),
    )


def _payment(body: Mapping[str, Any]) -> Part:
    """Return a payment: what for, to whom, which offices agreed on which day; no account."""
    facts = [("做什么用", body["use"]), ("付给谁", body["who"])]
    if body["paid_at"]:
        facts.append(("哪天付的", day_words(datetime.fromisoformat(body["paid_at"]))))
    if body["decision"]:
        facts.append(("哪次会定的", body["decision"]))
    course = [
        [one["role"], day_words(datetime.fromisoformat(one["acted_at"]))]
        for one in body["course"]
        if one["acted_at"]
    ]
    payees = [[who, money.format_yuan(fen), state] for who, _, fen, state in body["payees"]]
    return Part(
        tuple(facts),
        (
            _table("付给谁", ["付给谁", "金额（元）", "到账没有"], payees),
            _table("谁批的", ["哪个岗位", "哪天批的"], course),
        ),
    )


def _month(body: Mapping[str, Any]) -> Part:
    facts = [
        ("进了（元）", money.format_yuan(body["in_fen"])),
        ("出了（元）", money.format_yuan(body["out_fen"])),
    ]
    if body["balance_fen"] is not None:
        facts.append(("账上还有（元）", money.format_yuan(body["balance_fen"])))
    rows = [
        [day, title, who, "进" if is_income else "出", money.format_yuan(fen)]
        for _, day, title, who, fen, is_income in body["rows"]
    ]
    columns = ["日期", "事由", "和谁", "进出", "金额（元）"]
    return Part(tuple(facts), (_table("逐笔收支", columns, rows),))


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    return Table(title, tuple(columns), tuple(tuple(str(cell) for cell in row) for row in rows))


def day_words(at: datetime) -> str:
    """Return a day with its year: a page is read in other years too."""
    day = clock.local_date(at)
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Digests:
    """A file by both hashes, 64 hexadecimal figures each."""

    sm3: str
    sha256: str


def digests(data: bytes) -> Digests:
    """Return both digests of bytes."""
    sha256 = hashlib.sha256(data)  # noqa: TID251 - what everybody's tools check
    return Digests(digest.sm3(data), sha256.hexdigest())


def note_text(path: str, files: Mapping[str, bytes]) -> str:
    """Return the text that is signed for a page. Shapes: files by kind (html, json, people)."""
    lines = [FORMAT, path]
    for kind in KINDS:
        if kind in files:
            found = digests(files[kind])
            lines += [f"{kind} sha256 {found.sha256}", f"{kind} sm3 {found.sm3}"]
    return "".join(f"{one}\n" for one in lines)


def told(text: str) -> dict[str, Digests]:
    """Return the digests that a note's text tells, by kind of file."""
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines()[2:]:
        kind, name, value = line.split(" ")
        found.setdefault(kind, {})[name] = value
    return {kind: Digests(**one) for kind, one in found.items()}
