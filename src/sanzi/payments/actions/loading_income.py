"""Loaders of income: books of receipts, spoilt numbers, bills, receipts. None is ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models import (
    BankAccount,
    Bill,
    BillState,
    Receipt,
    ReceiptBook,
    SpoiltReceipt,
)
from sanzi.record import bulk
from sanzi.record.bulk import Values
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import LoadContext, LoadCount
from sanzi.record.merging import add

Row = Mapping[str, Any]
Rows = Iterable[dict[str, Any]]


def load_books(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `receipt_book` rows."""
    organisations, divisions = _bodies()

    def made(row: Row) -> Values:
        return {
            "ext_id": row["book_id"],
            "organisation_id": organisations[row["org_id"]],
            "division_code": _text(row, "village_id") or divisions[row["org_id"]],
            "number": row["book_no"][:20],
            "first_serial": row["first_no"],
            "last_serial": row["last_no"],
            "issued_at": row["issued_at"],
            "written_off_at": row.get("written_off_at"),
        }

    return add(ReceiptBook, rows, column="book_id", made=made)


def load_spoilt(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `spoilt_receipt` rows."""
    books = dict(ReceiptBook.objects.values_list("ext_id", "pk"))
    known = set(SpoiltReceipt.objects.values_list("book_id", "serial"))
    added = unchanged = 0
    for chunk in bulk.chunks(rows):
        fresh = [
            {
                "book_id": books[row["book_id"]],
                "serial": row["serial_no"],
                "reason": row["reason"][:120],
                "has_all_copies": row["has_all_copies"],
                "spoilt_at": row["spoilt_at"],
            }
            for row in chunk
            if (books[row["book_id"]], row["serial_no"]) not in known
        ]
        bulk.insert(SpoiltReceipt, fresh)
        added += len(fresh)
        unchanged += len(chunk) - len(fresh)
    return LoadCount(added, 0, unchanged)


def load_bills(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `bill` rows; their state follows from what they say was received and voided."""
    organisations, divisions = _bodies()
    counterparties, people, accounts = (
        dict(model.objects.values_list("ext_id", "pk"))
        for model in (Counterparty, Person, BankAccount)
    )

    def made(row: Row) -> Values:
        _require_within(row)
        return {
            "ext_id": row["bill_id"],
            "organisation_id": organisations[row["org_id"]],
            "division_code": _text(row, "village_id") or divisions[row["org_id"]],
            "number": row["bill_no"][:30],
            "reference": row["reference"],
            "account_id": accounts[row["account_id"]],
            "kind": row["kind"],
            "subject_code": _text(row, "subject_code"),
            "purpose": row["purpose"][:60],
            "payer_name": row["payer_name"][:120],
            "payer_counterparty_id": counterparties.get(_text(row, "payer_counterparty_id")),
            "payer_person_id": people.get(_text(row, "payer_person_id")),
            "source_kind": _text(row, "source_kind")[:16],
            "source_id": _text(row, "source_id"),
            "amount_fen": row["amount_fen"],
            "paid_fen": row["received_fen"],
            "due_date": row["due_date"],
            "state": _state(row),
            "issued_at": row["issued_at"],
            "paid_at": row.get("paid_at"),
            "voided_at": row.get("voided_at"),
            "void_reason": _text(row, "void_reason")[:120],
        }

    return add(Bill, rows, column="bill_id", made=made)


def load_receipts(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `receipt` rows."""
    organisations, divisions = _bodies()
    counterparties, accounts, bills = (
        dict(model.objects.values_list("ext_id", "pk"))
        for model in (Counterparty, BankAccount, Bill)
    )
    books = dict(ReceiptBook.objects.values_list("number", "pk"))

    def made(row: Row) -> Values:
        serial = row.get("serial_no")
        return {
            "ext_id": row["receipt_id"],
            "organisation_id": organisations[row["org_id"]],
            "division_code": _text(row, "village_id") or divisions[row["org_id"]],
            "number": (_text(row, "receipt_no") or row["receipt_id"])[:30],
            "book_number": _text(row, "receipt_book_no")[:30],
            "book_id": books.get(_text(row, "receipt_book_no")) if serial else None,
            "serial": serial,
            "has_all_copies": row.get("has_all_copies"),
            "bill_id": bills.get(_text(row, "bill_id")),
            "kind": row["kind"],
            "payer_name": row["payer_name"],
            "payer_counterparty_id": counterparties.get(_text(row, "payer_counterparty_id")),
            "subject_code": _text(row, "subject_code"),
            "source_kind": _text(row, "source_kind"),
            "source_id": _text(row, "source_id"),
            "account_id": accounts.get(_text(row, "account_id")),
            "amount_fen": row["amount_fen"],
            "issued_at": row["issued_at"],
            "received_via": row["received_via"],
            "banked_at": row.get("banked_at"),
            "voided_at": row.get("voided_at"),
        }

    return add(Receipt, rows, column="receipt_id", made=made)


def _require_within(row: Row) -> None:
    if row["received_fen"] > row["amount_fen"]:
        raise RowProblem(
            row=0,
            column="received_fen",
            value=str(row["received_fen"]),
            expected=f"{row['bill_no']}号缴款单最多收{row['amount_fen']}分",
        )


def _bodies() -> tuple[dict[str, int], dict[str, str]]:
    """Return the keys of organisations by ext id, and their divisions."""
    rows = list(Organisation.objects.values_list("ext_id", "pk", "division_id"))
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _state(row: Row) -> str:
    if row.get("voided_at") is not None:
        return BillState.VOID
    if row["received_fen"] >= row["amount_fen"]:
        return BillState.PAID
    return BillState.PART if row["received_fen"] else BillState.OPEN


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "")
