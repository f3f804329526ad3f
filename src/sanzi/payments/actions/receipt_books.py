"""Books of paper receipts: issued to a body, used number by number, written off by the township.

A receipt written by hand into a book is for cash. It is in the books of account once the cash is at
the bank (`claims`), and seen as late when that takes longer than the rule allows. A book goes back
when each of its numbers is used, spoilt or handed in blank, and nothing written in it is unbanked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.ledger.queries import subjects
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.payments.actions.income import KINDS
from sanzi.payments.errors import (
    BillWrong,
    ReasonNeeded,
    ReceiptBookClosed,
    ReceiptBookOpen,
    ReceiptBookWrong,
    ReceiptNumberTaken,
)
from sanzi.payments.models import Receipt, ReceiptBook, SpoiltReceipt
from sanzi.payments.queries import receipt_books as books

ISSUE = "payments.issue_book"
WRITE = "payments.bill"
WRITE_OFF = "payments.write_off_book"
REASON_LENGTH_MIN = 4
LEAVES_MAX = 1000
NUMBER_LENGTH_MAX = 20


@dataclass(frozen=True)
class CashFields:
    """What stands on a paper receipt. Units: fen."""

    serial: int
    payer_name: str
    kind: str
    purpose: str
    amount_fen: int
    received_date: date
    subject_code: str = ""


@transaction.atomic
def issue_book(
    *, organisation: str, number: str, first_serial: int, last_serial: int, by: Actor, at: datetime
) -> str:
    """Issue a book with printed numbers to a body; return its ext id.

    Raises: NotFound, ReceiptBookWrong.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    scope.require(by, ISSUE, body.division_id)
    number = number.strip()
    if not 0 < len(number) <= NUMBER_LENGTH_MAX:
        raise ReceiptBookWrong(number=number, why="本号要1到20个字")
    if not 0 < first_serial <= last_serial < first_serial + LEAVES_MAX:
        raise ReceiptBookWrong(number=number, why="起止号码不对，一本最多1000张")
    if ReceiptBook.objects.filter(number=number).exists():
        raise ReceiptBookWrong(number=number, why="这个本号已经登记过")
    book = ReceiptBook.objects.create(
        ext_id=ids.new_id("RB", at),
        organisation=body,
        division_code=body.division_id,
        number=number,
        first_serial=first_serial,
        last_serial=last_serial,
        issued_at=at,
        issued_by_id=by.user_id,
    )
    _audit(book, "issued", by, at, {"first": first_serial, "last": last_serial})
    return book.ext_id


@transaction.atomic
def write_receipt(*, book: str, fields: CashFields, by: Actor, at: datetime) -> str:
    """Enter a receipt that was written by hand for cash; return its ext id.

    It is booked when the cash is banked.
    Raises: NotFound, ReceiptBookClosed, ReceiptNumberTaken, BillWrong.
    """
    found = _locked(book, by, WRITE)
    _require_number(found, fields.serial)
    _require_sane(found, fields, at)
    body = found.organisation
    offered = dict(subjects.of_kind(body.kind, "receipt.issued", fields.kind))
    subject = fields.subject_code or (next(iter(offered)) if len(offered) == 1 else "")
    if subject and subject not in offered:
        raise BillWrong(field="科目", why="这一类收入不能记到这里")
    is_today = fields.received_date == clock.local_date(at)
    receipt = Receipt.objects.create(
        ext_id=ids.new_id("R", at),
        organisation=body,
        division_code=found.division_code,
        number=f"{found.number}-{fields.serial}",
        kind=fields.kind,
        payer_name=fields.payer_name.strip()[:120],
        purpose=fields.purpose.strip()[:60],
        subject_code=subject,
        amount_fen=fields.amount_fen,
        issued_at=at if is_today else books.noon(fields.received_date),
        issued_by_id=by.user_id,
        received_via="cash",
        book_number=found.number,
        book=found,
        serial=fields.serial,
    )
    audit.write(
        chain=body.ext_id,
        kind="payments.receipt.issued",
        by=by,
        at=at,
        subject=("receipt", receipt.ext_id),
        after={"number": receipt.number, "amount_fen": receipt.amount_fen, "via": "cash"},
    )
    return receipt.ext_id


@transaction.atomic
def spoil(
    *, book: str, serial: int, reason: str, has_all_copies: bool, by: Actor, at: datetime
) -> None:
    """Enter a number that was spoilt before it was used.

    Raises: NotFound, ReceiptBookClosed, ReceiptNumberTaken, ReasonNeeded.
    """
    found = _locked(book, by, WRITE)
    _require_number(found, serial)
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="作废票号")
    SpoiltReceipt.objects.create(
        book=found,
        serial=serial,
        reason=reason.strip()[:120],
        has_all_copies=has_all_copies,
        spoilt_at=at,
        spoilt_by_id=by.user_id,
    )
    _audit(found, "spoilt", by, at, {"serial": serial, "has_all_copies": has_all_copies})


@transaction.atomic
def write_off(*, book: str, hand_in_blank: bool, by: Actor, at: datetime) -> None:
    """Write a book off: every number is accounted for, and all cash of it is at the bank.

    `hand_in_blank`: the numbers never used come back blank and are cancelled with this.
    Raises: NotFound, ReceiptBookClosed, ReceiptBookOpen.
    """
    found = _locked(book, by, WRITE_OFF)
    unbanked = Receipt.objects.filter(book=found, banked_at__isnull=True, voided_at__isnull=True)
    total = sum(unbanked.values_list("amount_fen", flat=True))
    if total:
        raise ReceiptBookOpen(
            number=found.number,
            why=f"还有{money.format_yuan(total)}元现金没有存进银行",
            advice="请先存进银行、认领，再来核销。",
        )
    blank = books.blank_serials(found)
    if blank and not hand_in_blank:
        raise ReceiptBookOpen(
            number=found.number,
            why=f"还有{len(blank)}个号没用（{books.ranges(blank)}）",
            advice="空白的交回来，勾“空白交回”再核销。",
        )
    SpoiltReceipt.objects.bulk_create(
        SpoiltReceipt(
            book=found,
            serial=serial,
            reason="核销时空白交回",
            has_all_copies=True,
            spoilt_at=at,
            spoilt_by_id=by.user_id,
        )
        for serial in blank
    )
    found.written_off_at, found.written_off_by_id = at, by.user_id
    found.save(update_fields=["written_off_at", "written_off_by_id"])
    _audit(found, "written_off", by, at, {"blank": len(blank)})


def _locked(ext_id: str, by: Actor, permission: str) -> ReceiptBook:
    found = (
        ReceiptBook.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    scope.require(by, permission, found.division_code)
    if found.written_off_at is not None:
        raise ReceiptBookClosed(number=found.number)
    return found


def _require_number(book: ReceiptBook, serial: int) -> None:
    if not book.first_serial <= serial <= book.last_serial:
        raise ReceiptNumberTaken(number=book.number, serial=serial, why="不在这一本里")
    if Receipt.objects.filter(book=book, serial=serial).exists():
        raise ReceiptNumberTaken(number=book.number, serial=serial, why="已经用过")
    if SpoiltReceipt.objects.filter(book=book, serial=serial).exists():
        raise ReceiptNumberTaken(number=book.number, serial=serial, why="已经登记作废")


def _require_sane(book: ReceiptBook, fields: CashFields, at: datetime) -> None:
    if fields.kind not in KINDS:
        raise BillWrong(field="收入类别", why="没有这一类")
    if not fields.payer_name.strip():
        raise BillWrong(field="交款人", why="还没写")
    if not fields.purpose.strip():
        raise BillWrong(field="什么钱", why="还没写")
    if not 0 < fields.amount_fen <= money.MAX_FEN:
        raise BillWrong(field="金额", why="要大于0")
    first, today = clock.local_date(book.issued_at), clock.local_date(at)
    if not first <= fields.received_date <= today:
        raise BillWrong(field="收款日期", why="要在领用这本票据以后、今天以前")


def _audit(book: ReceiptBook, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=book.organisation.ext_id,
        kind=f"payments.receipt_book.{what}",
        by=by,
        at=at,
        subject=("receipt_book", book.ext_id),
        after={"number": book.number, **after},
    )
