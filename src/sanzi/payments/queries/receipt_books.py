"""Books of paper receipts: which are out, how far each is used, what each number became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet

from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Receipt, ReceiptBook, SpoiltReceipt

SEE = "payments.see"


@dataclass(frozen=True)
class BookRow:
    """A book and how far it is used. Units: fen."""

    ext_id: str
    number: str
    organisation_name: str
    division_code: str
    first_serial: int
    last_serial: int
    used_count: int
    void_count: int
    spoilt_count: int
    blank_count: int
    unbanked_fen: int
    issued_at: datetime
    written_off_at: datetime | None


@dataclass(frozen=True)
class NumberRow:
    """One number of a book and what became of it. Units: fen; None for a number without money."""

    serial: int
    state: str
    receipt_ext_id: str
    payer_name: str
    purpose: str
    amount_fen: int | None
    issued_at: datetime | None
    banked_at: datetime | None


def receipt_books(
    *, by: Actor, division_code: str = "", is_open: bool | None = None
) -> QuerySet[ReceiptBook]:
    """Return the books of the scope, those out first, the oldest of them first."""
    found = ReceiptBook.objects.filter(scope.within(by, SEE)).select_related("organisation")
    if division_code:
        found = found.filter(division_code=division_code)
    if is_open is not None:
        found = found.filter(written_off_at__isnull=is_open)
    return found.order_by("written_off_at", "issued_at", "pk")


def access_book(*, by: Actor, ext_id: str) -> ReceiptBook:
    """Return a book within the actor's scope. Raises: NotFound."""
    found = receipt_books(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def rows_of(page: Sequence[ReceiptBook]) -> list[BookRow]:
    """Return the rows of one page of books, in a fixed number of queries."""
    keys = [one.pk for one in page]
    used = list(
        Receipt.objects.filter(book__in=keys).values_list(
            "book_id", "amount_fen", "banked_at", "voided_at"
        )
    )
    spoilt = list(SpoiltReceipt.objects.filter(book__in=keys).values_list("book_id", flat=True))
    rows = []
    for one in page:
        own = [row for row in used if row[0] == one.pk]
        void = sum(row[3] is not None for row in own)
        bad = spoilt.count(one.pk)
        rows.append(
            BookRow(
                ext_id=one.ext_id,
                number=one.number,
                organisation_name=one.organisation.name,
                division_code=one.division_code,
                first_serial=one.first_serial,
                last_serial=one.last_serial,
                used_count=len(own) - void,
                void_count=void,
                spoilt_count=bad,
                blank_count=one.last_serial - one.first_serial + 1 - len(own) - bad,
                unbanked_fen=sum(row[1] for row in own if row[2] is None and row[3] is None),
                issued_at=one.issued_at,
                written_off_at=one.written_off_at,
            )
        )
    return rows


def numbers_of(book: ReceiptBook) -> list[NumberRow]:
    """Return every number of a book that is not blank, by number."""
    rows = [
        NumberRow(
            serial=one.serial or 0,
            state=_state(one),
            receipt_ext_id=one.ext_id,
            payer_name=one.payer_name,
            purpose=one.purpose,
            amount_fen=one.amount_fen,
            issued_at=one.issued_at,
            banked_at=one.banked_at,
        )
        for one in Receipt.objects.filter(book=book)
    ]
    rows += [
        NumberRow(one.serial, "号码作废", "", "", one.reason, None, one.spoilt_at, None)
        for one in SpoiltReceipt.objects.filter(book=book)
    ]
    return sorted(rows, key=lambda row: row.serial)


def blank_serials(book: ReceiptBook) -> list[int]:
    """Return the numbers of a book that are neither used nor spoilt."""
    taken = set(Receipt.objects.filter(book=book).values_list("serial", flat=True))
    taken |= set(SpoiltReceipt.objects.filter(book=book).values_list("serial", flat=True))
    return [one for one in range(book.first_serial, book.last_serial + 1) if one not in taken]


def next_serial(book: ReceiptBook) -> int | None:
    """Return the first blank number, None when the book is full."""
    return next(iter(blank_serials(book)), None)


def ranges(serials: Sequence[int]) -> str:
    """Return numbers as people write them: `231至240、245`."""
    spans: list[list[int]] = []
    for one in serials:
        if spans and one == spans[-1][-1] + 1:
            spans[-1][1:] = [one]
        else:
            spans.append([one])
    return "、".join(str(span[0]) if len(span) == 1 else f"{span[0]}至{span[-1]}" for span in spans)


def noon(day: date) -> datetime:
    """Return noon in Shanghai: the hour of a paper that bears a day only."""
    return datetime.combine(day, time(12), tzinfo=clock.SHANGHAI)


def _state(one: Receipt) -> str:
    if one.voided_at is not None:
        return "收据作废"
    return "已存进银行" if one.banked_at is not None else "现金还没存"
