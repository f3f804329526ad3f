"""The one way into a book: numbers, chain, rows and audit in one transaction.

`post_event` books what an entry template says, `post_many` vouchers already drawn up. Hand-made
corrections come through `corrections.py`, history through `loading.py`; all end in `append`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as Day  # noqa: N812 - `date` is an argument here
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.ledger import rules
from sanzi.ledger.actions import cash, rows
from sanzi.ledger.errors import BeforeFirstPeriod, NoBook, PeriodClosed, UnknownRule
from sanzi.ledger.models import Book, NumberHead, Period
from sanzi.ledger.queries import charts
from sanzi.ledger.rules import Draft, Link
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation


@dataclass(frozen=True)
class PostedVoucher:
    """A voucher as posted; `is_new` is False when its source had been booked before."""

    ext_id: str
    book_ext_id: str
    period: str
    word: str
    number: int
    date: Day
    total_fen: int
    hash: str
    is_new: bool = True

    @property
    def label(self) -> str:
        """The printed number, `记-12`."""
        return f"{self.word}-{self.number}"


def post_event(
    *,
    book_org_ext_id: str,
    rule_code: str,
    event: Mapping[str, Any],
    source_kind: str,
    source_id: str,
    date: Day,
    at: datetime,
    by: Actor,
) -> PostedVoucher:
    """Book an event by its entry template, once per source.

    Shapes: `event` as `rules.from_event` takes it; when rule_code is an event's general template
    and the event says its `kind` (of receipt), the book's own template for that kind is taken. An
    event of several payees gives one voucher
    with one line per payee, so numbers do not grow with a batch. `source_kind` is `payment`,
    `receipt` or `bank_txn`; `source_id` names this happening and no other: for a batch the first
    payment it settles, and a payment settled again after a return needs another id than the
    first time. `date` is the local day on which the money moved. Call it before writing audit
    events of the same organisation: books are locked before the log.
    Raises: NotFound, NoBook, UnknownRule, EventIncomplete, SubjectNotAllowed, what `rules.check`
    raises, BeforeFirstPeriod, PeriodClosed, ClockSetBack, CashOverLimit. Nothing is written when
    raised.
    """
    book = book_of(book_org_ext_id)
    standard = charts.chart_of(book, date)
    entry = standard.entries.get(rule_code)
    if entry is None:
        raise UnknownRule(standard=standard.title, rule_code=rule_code)
    if not entry.kinds and event.get("kind"):
        entry = standard.rule_for(entry.event, event["kind"]) or entry
    draft = rules.from_event(
        entry, event, date=date, source=(source_kind, source_id), posted_by=by.name
    )
    rules.check(draft, standard)
    with transaction.atomic():
        (posted,) = append(book, [draft], by=by, at=at)
    return posted


def post_many(
    *, book_org_ext_id: str, drafts: Sequence[Draft], at: datetime, by: Actor
) -> list[PostedVoucher]:
    """Post many vouchers of one book in one transaction, in the order given.

    All or none; a draft whose source is booked already is returned as it stands.
    Raises: as `post_event`.
    """
    book = book_of(book_org_ext_id)
    known = charts.read(book)
    for draft in drafts:
        rules.check(draft, known.on(draft.date))
    with transaction.atomic():
        return append(book, drafts, by=by, at=at)


def book_of(org_ext_id: str) -> Book:
    """Return the book of an organisation, its organisation with it.

    Raises: NotFound, NoBook.
    """
    book = rows.book_of(org_ext_id)
    if book is not None:
        return book
    organisation = Organisation.objects.filter(ext_id=org_ext_id).first()
    if organisation is None:
        raise NotFound
    raise NoBook(organisation=organisation.name)


def append(book: Book, drafts: Sequence[Draft], *, by: Actor, at: datetime) -> list[PostedVoucher]:
    """Post checked drafts inside the caller's transaction and tell the log.

    Locks the periods, then the number heads, each in order. Drafts without an ext id get one; a
    source with an empty id becomes the voucher itself.
    Raises: BeforeFirstPeriod, PeriodClosed, ClockSetBack, CashOverLimit.
    """
    # One cursor for all statements: to open one costs as much as a small statement.
    with connection.cursor() as cursor:
        return _append(book, drafts, by=by, at=at, cursor=cursor)


def _append(
    book: Book, drafts: Sequence[Draft], *, by: Actor, at: datetime, cursor: Any
) -> list[PostedVoucher]:
    named = [_named(draft, at) for draft in drafts]
    cash.require_within_limit(book, named)
    months = lock_periods(book, sorted({each.period for each in named}), cursor)
    for period, closed_at in months.items():
        if closed_at is not None:
            raise PeriodClosed(period=period)
    heads = lock_heads(book, sorted({(draft.period, draft.word) for draft in named}), cursor)
    booked = _booked(book, named, cursor)
    new: list[rows.New] = []
    posted: list[PostedVoucher] = []
    for draft in named:
        if draft.source_kind and (draft.source_kind, draft.source_id) in booked:
            posted.append(replace(booked[draft.source_kind, draft.source_id], is_new=False))
            continue
        head = heads[draft.period, draft.word]
        moment = rules.posting_moment(at, head.last_posted_at, f"{draft.word}-{head.last_number}")
        link = Link(book.ext_id, head.last_number + 1, moment, head.last_hash)
        link_hash = rules.voucher_hash(draft, link)
        head.last_number, head.last_hash, head.last_posted_at = link.number, link_hash, moment
        new.append((draft, link, link_hash))
        posted.append(_posted(book, draft, link.number, link_hash))
        booked[draft.source_kind, draft.source_id] = posted[-1]
    rows.insert_vouchers(book, new, cursor)
    moved = {(draft.period, draft.word) for draft, _, _ in new}
    rows.save_heads([heads[key] for key in sorted(moved)], cursor)
    audit.write_many(
        chain=book.organisation.ext_id,
        by=by,
        at=at,
        events=[
            audit.Happened(
                kind="ledger.voucher.posted",
                subject=("voucher", draft.ext_id),
                after={
                    "number": f"{draft.period} {draft.word}-{link.number}",
                    "total_fen": draft.total_fen,
                    "hash": link_hash,
                },
            )
            for draft, link, link_hash in new
        ],
        cursor=cursor,
    )
    return posted


def _named(draft: Draft, at: datetime) -> Draft:
    ext_id = draft.ext_id or ids.new_id("V", at)
    return replace(draft, ext_id=ext_id, source_id=draft.source_id or ext_id)


def lock_periods(
    book: Book, periods: Sequence[str], cursor: Any = None
) -> dict[str, datetime | None]:
    """Lock the months, making those that are missing; return when each was closed.

    Raises: BeforeFirstPeriod.
    """
    for period in periods:
        if period < book.first_period:
            raise BeforeFirstPeriod(first_period=book.first_period, period=period)
    found = rows.locked_periods(book.pk, periods, cursor)
    missing = [period for period in periods if period not in found]
    if missing:
        Period.objects.bulk_create(
            [Period(book=book, period=period) for period in missing], ignore_conflicts=True
        )
        found = rows.locked_periods(book.pk, periods, cursor)
    return found


def lock_heads(
    book: Book, keys: Sequence[tuple[str, str]], cursor: Any = None
) -> dict[tuple[str, str], rows.Head]:
    """Lock the number heads of (period, word), making those that are missing."""
    found = rows.locked_heads(book.pk, keys, cursor)
    missing = [key for key in keys if key not in found]
    if missing:
        NumberHead.objects.bulk_create(
            [NumberHead(book=book, period=period, word=word) for period, word in missing],
            ignore_conflicts=True,
        )
        found = rows.locked_heads(book.pk, keys, cursor)
    return found


def _booked(
    book: Book, drafts: Sequence[Draft], cursor: Any
) -> dict[tuple[str, str], PostedVoucher]:
    """Return what is posted already of the drafts' sources."""
    found: dict[tuple[str, str], PostedVoucher] = {}
    keyed = sorted(drafts, key=lambda draft: draft.source_kind)
    for kind, group in groupby(keyed, key=lambda draft: draft.source_kind):
        # A voucher without a source names itself: its new id was never booked.
        wanted = [draft.source_id for draft in group if draft.source_id != draft.ext_id]
        for row in rows.booked(book.pk, kind, wanted, cursor):
            found[kind, row.source_id] = PostedVoucher(
                ext_id=row.ext_id,
                book_ext_id=book.ext_id,
                period=row.period,
                word=row.word,
                number=row.number,
                date=row.date,
                total_fen=row.total_fen,
                hash=row.hash,
                is_new=False,
            )
    return found


def _posted(book: Book, draft: Draft, number: int, link_hash: str) -> PostedVoucher:
    return PostedVoucher(
        ext_id=draft.ext_id,
        book_ext_id=book.ext_id,
        period=draft.period,
        word=draft.word,
        number=number,
        date=draft.date,
        total_fen=draft.total_fen,
        hash=link_hash,
    )
