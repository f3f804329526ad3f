"""Load books from a data package: openings, history of vouchers, closed months.

Rows are mappings as in `data/record/{period,opening_balance,voucher,ledger_line}.yaml`. The
import opens the transaction: all or nothing. What is there already is compared, never changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import rules, standards
from sanzi.ledger.actions import books, posting, reading, rows
from sanzi.ledger.actions.reading import Numbered, Row, Rows, bad
from sanzi.ledger.errors import BadLedgerRow
from sanzi.ledger.models import Book, OpeningBalance, Period, Voucher
from sanzi.ledger.queries import chains, charts
from sanzi.ledger.rules import Draft, Line, Link, Names
from sanzi.orgs.actors import Actor
from sanzi.record import bulk
from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, register

IMPORTED = "历史数据"
_PERIODS = "ledger.periods"
_LINES = "ledger.lines"
_KEYS = {
    "period": "book_id",
    "opening_balance": "opening_balance_id",
    "voucher": "voucher_id",
    "ledger_line": "voucher_id",
}
REGIMES = {"village": "village_committee", "collective": "collective", "enterprise": "enterprise"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were added and how many were there already."""

    added: int = 0
    unchanged: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        """Return both counts together."""
        return Loaded(self.added + other.added, self.unchanged + other.unchanged)


def open_books(periods: Rows, *, by: Actor, at: dt.datetime) -> Loaded:
    """Open the book of every `book_id` of the `period` rows, from its first month.

    Months are left open: `close_periods` closes them when the vouchers are in.
    Raises: NotFound, NoStandard, BookDiffers, BadLedgerRow.
    """
    first: dict[str, tuple[str, str, str]] = {}
    for row in periods:
        kind = REGIMES.get(str(row["regime"]))
        if kind is None:
            expected = "、".join(REGIMES)
            raise bad("period", row["book_id"], "regime", row["regime"], expected)
        known = first.get(row["book_id"])
        named = row.get("standard_code")
        if named and known is not None and named != known[1]:
            expected = f"{known[1]}：一本账从头到尾用一套会计制度"
            raise bad("period", row["book_id"], "standard_code", named, expected)
        if known is None or row["period"] < known[2]:
            code = row.get("standard_code") or standards.for_organisation_kind(kind)
            first[row["book_id"]] = (row["org_id"], code, row["period"])
    there = set(Book.objects.filter(ext_id__in=first).values_list("ext_id", flat=True))
    for book_id, (org_id, code, period) in first.items():
        books.ensure_book(
            org_ext_id=org_id,
            standard_code=code,
            first_period=period,
            ext_id=book_id,
            by=by,
            at=at,
        )
    return Loaded(len(first) - len(there), len(there))


def load_openings(openings: Rows, *, by: Actor, at: dt.datetime) -> Loaded:
    """Store the opening balances of books that have no voucher yet.

    Raises: BadLedgerRow for an unknown book or account, a balance that is there with another
    amount, a book that has vouchers already, or openings that do not balance.
    """
    known = _known()
    total = Loaded()
    ordered = sorted(openings, key=lambda row: str(row["book_id"]))
    for row in ordered:
        if row["book_id"] not in known:
            ext_id, book_id = row["opening_balance_id"], row["book_id"]
            raise bad("opening_balance", ext_id, "book_id", book_id, "period 表里有的账套")
    for book_id, group in groupby(ordered, key=lambda row: str(row["book_id"])):
        total += _load_opening(known[book_id], list(group), by=by, at=at)
    return total


def load_vouchers(vouchers: Rows, lines: Rows, *, by: Actor, at: dt.datetime) -> Loaded:
    """Post the history of vouchers under the numbers they have.

    Numbers must follow on without gaps; a voucher that is there already must be the same.
    Raises: BadLedgerRow, naming the voucher and column. Must run in the caller's transaction.
    """
    known = _known()
    return _post(reading.gathered(vouchers, lines, known), known, by=by, at=at)[0]


def _known() -> dict[str, Book]:
    return {book.ext_id: book for book in Book.objects.select_related("organisation")}


def _post(
    groups: Iterable[reading.Group], known: Mapping[str, Book], *, by: Actor, at: dt.datetime
) -> tuple[Loaded, Loaded]:
    """Post book by book; returns the vouchers and their lines."""
    total = lines = Loaded()
    for group in groups:
        drafts = _drafts(group.vouchers, group.lines, by)
        loaded, written = _load_book(known[group.book_id], drafts, by=by, at=at)
        total += loaded
        lines += written
    return total, lines


def close_periods(periods: Rows, *, by: Actor, at: dt.datetime) -> Loaded:
    """Close the months that the `period` rows say are closed; call it after the vouchers.

    Raises: BadLedgerRow for an unknown book.
    """
    known = _known()
    there = {(row.book_id, row.period): row for row in Period.objects.all()}
    new: list[bulk.Values] = []
    changed: list[Period] = []
    closed: dict[str, list[str]] = {}
    total = 0
    for row in periods:
        total += 1
        book = known.get(str(row["book_id"]))
        if book is None:
            raise bad("period", row["book_id"], "book_id", row["book_id"], "已经建好的账套")
        closed_at = None if row.get("reopened_at") else reading.moment(row.get("closed_at"))
        period = there.get((book.pk, row["period"]))
        if period is None:
            new.append({"book_id": book.pk, "period": row["period"], "closed_at": closed_at})
        elif closed_at is not None and period.closed_at is None:
            period.closed_at = closed_at
            changed.append(period)
        else:
            continue
        if closed_at is not None:
            closed.setdefault(book.ext_id, []).append(row["period"])
    bulk.insert(Period, new)
    rows.save_closings(changed)
    for ext_id, months in closed.items():
        audit.write(
            chain=known[ext_id].organisation.ext_id,
            kind="ledger.periods.closed",
            by=by,
            at=at,
            subject=("book", ext_id),
            after={"periods": sorted(months)},
        )
    added = len(new) + len(changed)
    return Loaded(added, total - added)


def _load_opening(book: Book, given: list[Row], *, by: Actor, at: dt.datetime) -> Loaded:
    accounts = charts.shown_chart(book).accounts
    there = {
        (row.account_code, row.aux_kind, row.aux_id): row.balance_fen
        for row in OpeningBalance.objects.filter(book=book)
    }
    new: dict[tuple[str, str, str], int] = {}
    for row in given:
        code, ext_id = str(row["subject_code"]), row["opening_balance_id"]
        if code not in accounts:  # history may stop above the lowest level
            raise bad("opening_balance", ext_id, "subject_code", code, "这套会计制度里的科目")
        aux_kind, aux_id = reading.auxiliary(row)
        balance = int(row["debit_fen"]) - int(row["credit_fen"])
        if there.get((code, aux_kind, aux_id), balance) != balance:
            raise bad("opening_balance", ext_id, "debit_fen", balance, "和已有的期初余额一样")
        if (code, aux_kind, aux_id) in new:
            raise bad("opening_balance", ext_id, "subject_code", code, "每个核算对象只有一行")
        new[code, aux_kind, aux_id] = balance
    fresh = {key: balance for key, balance in new.items() if key not in there}
    if fresh and Voucher.objects.filter(book=book).exists():
        raise bad("opening_balance", book.ext_id, "book_id", book.ext_id, "还没有凭证的账套")
    difference = sum(fresh.values())
    if difference:
        raise bad("opening_balance", book.ext_id, "debit_fen", difference, "借贷相等，差额为0")
    columns = ("account_code", "aux_kind", "aux_id")
    bulk.insert(
        OpeningBalance,
        [
            {"book_id": book.pk, "balance_fen": balance, **dict(zip(columns, key, strict=True))}
            for key, balance in fresh.items()
        ],
    )
    if fresh:
        audit.write(
            chain=book.organisation.ext_id,
            kind="ledger.opening.loaded",
            by=by,
            at=at,
            subject=("book", book.ext_id),
            after={"rows": len(fresh), "digest": _openings_digest(book)},
        )
    return Loaded(len(fresh), len(given) - len(fresh))


def _openings_digest(book: Book) -> str:
    columns = ("account_code", "aux_kind", "aux_id", "balance_fen")
    return rules.openings_digest(OpeningBalance.objects.filter(book=book).values_list(*columns))


def _load_book(
    book: Book, drafts: Iterator[tuple[Numbered, Draft]], *, by: Actor, at: dt.datetime
) -> tuple[Loaded, Loaded]:
    standard = charts.shown_chart(book)  # history may hold cash: it happened
    pairs = list(drafts)
    months = posting.lock_periods(book, sorted({row.period for row, _ in pairs}))
    heads = posting.lock_heads(book, sorted({(row.period, row.word) for row, _ in pairs}))
    there = _there(book)
    new: list[rows.New] = []
    for row, draft in pairs:
        if row.ext_id in there:
            _require_same(row, draft, there[row.ext_id])
            continue
        head = heads[row.period, row.word]
        _require_fit(row, draft, head, standard)
        if months[row.period] is not None:
            raise bad("voucher", row.ext_id, "period", row.period, "还没结账的月份")
        link = Link(book.ext_id, row.number, row.posted_at or at, head.last_hash)
        _require_later(row, link.posted_at, head)
        head.last_number, head.last_hash = row.number, rules.voucher_hash(draft, link)
        head.last_posted_at = link.posted_at
        new.append((draft, link, head.last_hash))
    rows.insert_vouchers(book, new)
    moved = sorted({(draft.period, draft.word) for draft, _, _ in new})
    rows.save_heads([heads[key] for key in moved])
    if new:
        audit.write(
            chain=book.organisation.ext_id,
            kind="ledger.vouchers.loaded",
            by=by,
            at=at,
            subject=("book", book.ext_id),
            after={
                "vouchers": len(new),
                "heads": [[*key, heads[key].last_number, heads[key].last_hash] for key in moved],
            },
        )
    lines, written = (
        sum(len(draft.lines) for draft in drafts)
        for drafts in ((draft for _, draft in pairs), (draft for draft, _, _ in new))
    )
    return Loaded(len(new), len(pairs) - len(new)), Loaded(written, lines - written)


def _there(book: Book) -> dict[str, rules.PostedContent]:
    return {content.draft.ext_id: content for content in chains.contents_of(book)}


def _require_same(row: Numbered, draft: Draft, posted: rules.PostedContent) -> None:
    """Refuse a voucher that is there with another number, day, text or lines."""
    was = posted.draft
    kept = replace(
        draft,
        names=was.names,
        rule_code=was.rule_code,
        rule_version=was.rule_version,
        attachment_count=was.attachment_count,
        lines=tuple(
            replace(line, source_ref=old.source_ref)
            for line, old in zip(draft.lines, was.lines, strict=False)
        ),
    )
    is_same = kept == was and len(draft.lines) == len(was.lines)
    if not is_same or row.number != posted.link.number:
        raise bad("voucher", row.ext_id, "voucher_id", row.ext_id, "和已经记账的凭证一模一样")


def _require_fit(
    row: Numbered, draft: Draft, head: rows.Head, standard: standards.Standard
) -> None:
    if row.number != head.last_number + 1:
        expected = f"{head.last_number + 1}，凭证号不能断"
        raise bad("voucher", row.ext_id, "voucher_no", row.number, expected)
    if rules.period_of(row.date) != row.period:
        raise bad("voucher", row.ext_id, "voucher_date", row.date, f"{row.period}里的一天")
    try:
        for line_no, line in enumerate(draft.lines, 1):
            rules.check_line(line_no, line)
            rules.require_open(line, standard)
        rules.check_balance(draft.lines)
    except Refusal as refusal:
        raise bad("voucher", row.ext_id, "ledger_line", refusal.text, "能记账的分录") from refusal


def _require_later(row: Numbered, posted_at: dt.datetime, head: rows.Head) -> None:
    if head.last_posted_at is not None and posted_at < head.last_posted_at:
        last = clock.minute_text(head.last_posted_at)
        expected = f"不早于上一号的记账时间{last}；都不知道就都空着"
        raise bad("voucher", row.ext_id, "posted_at", row.posted_at or "", expected)


def _drafts(
    numbered: Iterable[Numbered], by_voucher: dict[str, list[tuple[int, Line]]], by: Actor
) -> Iterator[tuple[Numbered, Draft]]:
    names = Names(maker=IMPORTED, reviewer=IMPORTED, posted_by=by.name)
    for row in numbered:
        lines = sorted(by_voucher.pop(row.ext_id, []), key=lambda each: each[0])
        numbers = [line_no for line_no, _ in lines]
        if numbers != list(range(1, len(lines) + 1)):
            raise bad("ledger_line", row.ext_id, "line_no", numbers, "从1开始不断号")
        draft = Draft(
            date=row.date,
            summary=row.summary,
            lines=tuple(line for _, line in lines),
            source_kind=row.source_kind,
            source_id=row.source_id or row.ext_id,
            names=names,
            word=row.word,
            origin=row.origin,
            reversal_of=row.reversal_of,
            ext_id=row.ext_id,
        )
        yield row, draft


def _count(loaded: Loaded) -> LoadCount:
    return LoadCount(added=loaded.added, unchanged=loaded.unchanged)


@contextmanager
def _placed(context: LoadContext) -> Iterator[None]:
    """Tell a row that does not fit by its file and row number."""
    try:
        yield
    except BadLedgerRow as refusal:
        table, ext_id = str(refusal.data["table"]), refusal.data["row"]
        package, row = context.package, 0
        if package is not None and table in package.files:
            ids = (each[_KEYS[table]] for each in package.rows(table))
            row = next((number for number, found in enumerate(ids, 2) if found == ext_id), 0)
        error = CellError(
            file=f"{table}.csv",
            row=row,
            column=str(refusal.data["column"]),
            value=str(refusal.data["value"]),
            expected=f"应当是{refusal.data['expected']}",
        )
        raise PackageRefused([error]) from refusal


def _load_periods(given: Rows, context: LoadContext) -> LoadCount:
    """Open the books now; the months are closed when the vouchers are in."""
    kept = [dict(row) for row in given]
    context.shared[_PERIODS] = kept
    with _placed(context):
        return _count(open_books(kept, by=context.by, at=context.at))


def _load_opening_balances(given: Rows, context: LoadContext) -> LoadCount:
    with _placed(context):
        return _count(load_openings(given, by=context.by, at=context.at))


def _load_vouchers(given: Rows, context: LoadContext) -> LoadCount:
    """Post the vouchers with the lines of the same package, then close the months."""
    package, known = context.package, _known()
    if package is None:
        groups = reading.gathered(given, (), known)
    else:
        groups = reading.streamed(package, known)
    with _placed(context):
        loaded, context.shared[_LINES] = _post(groups, known, by=context.by, at=context.at)
    close_periods(context.shared.pop(_PERIODS, ()), by=context.by, at=context.at)
    return _count(loaded)


def _load_lines(given: Rows, context: LoadContext) -> LoadCount:
    """Tell of the lines that came in with their vouchers; lines alone are refused.

    Closes the months of a package that has no voucher.
    """
    close_periods(context.shared.pop(_PERIODS, ()), by=context.by, at=context.at)
    loaded = context.shared.pop(_LINES, None)
    if loaded is not None:
        return _count(loaded)
    with _placed(context):
        for row in given:
            ext_id = row["voucher_id"]
            raise bad("ledger_line", ext_id, "voucher_id", ext_id, "voucher 表里有的凭证")
    return LoadCount()


def register_loaders() -> None:
    """Register this room's tables with the import."""
    for table, load in (
        ("period", _load_periods),
        ("opening_balance", _load_opening_balances),
        ("voucher", _load_vouchers),
        ("ledger_line", _load_lines),
    ):
        register(Loader(table, ORDER[table], load))
