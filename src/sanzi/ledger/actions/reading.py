"""Rows of a package as the ledger reads them: vouchers with their lines, one book at a time.

A county's history is larger than what a machine should hold at once. Whole packages are read in
step: as soon as a book has all its rows, it is handed over and forgotten. Rows in any order are
taken, but only a package that keeps a book's rows near each other stays small.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from sanzi.kernel import clock
from sanzi.ledger import rules, standards
from sanzi.ledger.errors import BadLedgerRow
from sanzi.ledger.rules import Line
from sanzi.record.packages import Package

Row = Mapping[str, Any]
Rows = Iterable[Row]
Lines = dict[str, list[tuple[int, Line]]]

_AUX_COLUMNS = (
    ("account_id", "account"),
    ("counterparty_id", "counterparty"),
    ("household_id", "household"),
    ("person_id", "person"),
    ("aux_org_id", "org"),
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of `voucher`, small: a package in no order is held at once."""

    book_id: str
    period: str
    word: str
    number: int
    date: dt.date
    ext_id: str
    posted_at: dt.datetime | None
    summary: str
    reversal_of: str
    source_kind: str
    source_id: str
    origin: str


_ORDER = attrgetter("book_id", "period", "word", "number")


@dataclass
class Group:
    """All vouchers of one book, in the order of their numbers, and the lines by voucher."""

    book_id: str
    vouchers: list[Numbered]
    lines: Lines = field(default_factory=dict)


def gathered(vouchers: Rows, lines: Rows, known: Container[str]) -> Iterator[Group]:
    """Read everything, then give it book by book.

    Raises: BadLedgerRow for a voucher of no known book; at the end for a line of no voucher.
    """
    by_voucher = _lines_by_voucher(lines)
    numbered = sorted((_numbered(row) for row in vouchers), key=_ORDER)
    for row in numbered:
        _require_known(row, known)
    for book_id, group in groupby(numbered, key=attrgetter("book_id")):
        yield Group(book_id, list(group), by_voucher)
    _require_none_left(by_voucher)


def streamed(package: Package, known: Container[str]) -> Iterator[Group]:
    """Read a package in step and give each book as soon as it is whole.

    Raises: BadLedgerRow for a voucher of no known book, or a line of no voucher of its book.
    """
    left = _counted(package, "voucher"), _counted(package, "ledger_line")
    lines = package.rows("ledger_line") if "ledger_line" in package.files else iter(())
    waiting: dict[str, list[Numbered]] = defaultdict(list)
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in package.rows("voucher"):
        book_id = str(row["book_id"])
        waiting[book_id].append(_numbered(row))
        _require_known(waiting[book_id][-1], known)
        left[0][book_id] -= 1
        if left[0][book_id]:
            continue
        while left[1][book_id]:
            line = next(lines)
            parts[str(line["book_id"])].append(line)
            left[1][str(line["book_id"])] -= 1
        group = Group(book_id, sorted(waiting.pop(book_id), key=_ORDER))
        group.lines = _lines_by_voucher(parts.pop(book_id, ()))
        yield group
        _require_none_left(group.lines)
    _require_none_left({row["voucher_id"]: [] for rows in parts.values() for row in rows})
    for line in lines:
        _require_none_left({str(line["voucher_id"]): []})


def _counted(package: Package, table: str) -> Counter[str]:
    """How many rows of a table each book has."""
    counts: Counter[str] = Counter()
    if table in package.files:
        file = package.files[table]
        place = file.header().index("book_id")
        for _, block in file.blocks():
            counts.update(row[place] for row in block)
    return counts


def _require_known(row: Numbered, known: Container[str]) -> None:
    if row.book_id not in known:
        raise bad("voucher", row.ext_id, "book_id", row.book_id, "period 表里有的账套")


def _require_none_left(lines: Iterable[str]) -> None:
    for ext_id in lines:
        raise bad("ledger_line", ext_id, "voucher_id", ext_id, "voucher 表里有的凭证")


def _numbered(row: Row) -> Numbered:
    word = standards.WORDS.get(str(row["kind"]))
    if word is None:
        expected = "、".join(standards.WORDS)
        raise bad("voucher", row["voucher_id"], "kind", row["kind"], expected)
    return Numbered(
        book_id=row["book_id"],
        period=row["period"],
        word=word,
        number=int(row["voucher_no"]),
        date=_day(row["voucher_date"]),
        ext_id=row["voucher_id"],
        posted_at=moment(row.get("posted_at")),
        summary=(row.get("summary") or "")[: rules.SUMMARY_MAX],
        reversal_of=row.get("reversed_voucher_id") or "",
        source_kind=row.get("source_kind") or "manual",
        source_id=row.get("source_id") or "",
        origin=row["entry_origin"],
    )


def _lines_by_voucher(lines: Rows) -> Lines:
    found: Lines = {}
    texts: dict[str, str] = {}  # the same summary and code occur in thousands of lines
    for row in lines:
        aux_kind, aux_id = auxiliary(row)
        code = row["subject_code"]
        summary = (row.get("summary") or "")[: rules.SUMMARY_MAX]
        line = Line(
            account_code=texts.setdefault(code, code),
            debit_fen=int(row["debit_fen"]),
            credit_fen=int(row["credit_fen"]),
            summary=texts.setdefault(summary, summary),
            aux_kind=aux_kind,
            aux_id=texts.setdefault(aux_id, aux_id),
        )
        found.setdefault(row["voucher_id"], []).append((int(row["line_no"]), line))
    return found


def auxiliary(row: Row) -> tuple[str, str]:
    """Return kind and id of the first auxiliary that a row names, or two empty texts."""
    for column, kind in _AUX_COLUMNS:
        value = row.get(column)
        if value:
            return kind, str(value)
    return "", ""


def _day(value: dt.date | str) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def moment(value: dt.datetime | str | None) -> dt.datetime | None:
    """Return a time of a row, aware; one without a zone is local."""
    if not value:
        return None
    found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)


def bad(table: str, row: object, column: str, value: object, expected: str) -> BadLedgerRow:
    """Return the refusal that names a row and column of a package."""
    return BadLedgerRow(table=table, row=row, column=column, value=value, expected=expected)
