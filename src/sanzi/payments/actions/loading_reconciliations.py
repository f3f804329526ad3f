"""Loaders of the balance reconciliation statements of a data package.

They come in as they were signed elsewhere and are never changed; the same ids again change
nothing. Rows have the columns of `data/record/reconciliation.yaml` and `reconciliation_item.yaml`.
"""

from __future__ import annotations

from typing import Any

from sanzi.kernel.digest import sm3_of
from sanzi.ledger.models import VoucherLine
from sanzi.orgs.models import Person
from sanzi.payments.models import (
    BankAccount,
    BankAnswer,
    BankTransaction,
    Reconciliation,
    ReconciliationItem,
)
from sanzi.record import bulk
from sanzi.record.bulk import Values
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows
from sanzi.record.loaders import register as register_loader
from sanzi.record.merging import add

FIGURES = (
    "book_fen", "bank_fen", "bank_in_fen", "bank_out_fen", "book_in_fen", "book_out_fen",
    "adjusted_fen", "item_count",
)  # fmt: skip


def load_reconciliations(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `reconciliation` rows."""
    accounts = dict(BankAccount.objects.values_list("ext_id", "pk"))
    people: dict[str, tuple[int, str]] = {}

    def prepare(chunk: list[dict[str, Any]]) -> None:
        wanted = {
            row.get(f"{what}_by_person_id") for row in chunk for what in ("prepared", "signed")
        }
        found = Person.objects.filter(ext_id__in=wanted - {None, "", *people})
        people.update((one.ext_id, (one.pk, one.name)) for one in found)

    def made(row: dict[str, Any]) -> Values:
        prepared = people.get(row.get("prepared_by_person_id") or "", (None, ""))
        signed = people.get(row.get("signed_by_person_id") or "", (None, ""))
        figures = {name: row[name] for name in FIGURES}
        return {
            "ext_id": row["reconciliation_id"],
            "account_id": accounts[row["account_id"]],
            "period": row["period"],
            "state": row["state"].upper(),
            **figures,
            "is_history": True,
            "prepared_at": row["prepared_at"],
            "prepared_by_id": prepared[0],
            "prepared_by_name": prepared[1],
            "signed_at": row.get("signed_at"),
            "signed_by_id": signed[0],
            "signed_by_name": signed[1],
            "digest": sm3_of([row["account_id"], row["period"], list(figures.values())]),
            "bank_answer": BankAnswer.NOT_NEEDED,
        }

    return add(Reconciliation, rows, column="reconciliation_id", made=made, prepare=prepare)


def load_items(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `reconciliation_item` rows; those of a statement that has its items are left."""
    added = unchanged = 0
    for chunk in bulk.chunks(rows):
        statements = dict(
            Reconciliation.objects.filter(
                ext_id__in={row["reconciliation_id"] for row in chunk}
            ).values_list("ext_id", "pk")
        )
        known = set(
            ReconciliationItem.objects.filter(reconciliation__in=statements.values()).values_list(
                "reconciliation_id", "place"
            )
        )
        fresh = [
            row
            for row in chunk
            if (statements[row["reconciliation_id"]], row["item_no"]) not in known
        ]
        bank, book = _bank_lines(fresh), _voucher_lines(fresh)
        bulk.insert(ReconciliationItem, [_item(row, statements, bank, book) for row in fresh])
        added += len(fresh)
        unchanged += len(chunk) - len(fresh)
    return LoadCount(added, 0, unchanged)


def _bank_lines(rows: list[dict[str, Any]]) -> dict[str, int]:
    wanted = {row["txn_id"] for row in rows if row.get("txn_id")}
    found = BankTransaction.every.filter(ext_id__in=wanted)
    return dict(found.values_list("ext_id", "pk"))


def _voucher_lines(rows: list[dict[str, Any]]) -> dict[tuple[str, int], int]:
    wanted = {row["voucher_id"] for row in rows if row.get("voucher_id")}
    found = VoucherLine.objects.filter(voucher__ext_id__in=wanted)
    return {
        (voucher, line_no): pk
        for voucher, line_no, pk in found.values_list("voucher__ext_id", "line_no", "pk")
    }


def _item(
    row: dict[str, Any],
    statements: dict[str, int],
    bank: dict[str, int],
    book: dict[tuple[str, int], int],
) -> Values:
    return {
        "reconciliation_id": statements[row["reconciliation_id"]],
        "place": row["item_no"],
        "kind": row["kind"].upper(),
        "booked_date": row["booked_date"],
        "amount_fen": row["amount_fen"],
        "reference": row["reference"][:60],
        "cause": (row.get("cause") or "")[:60],
        "age_days": row["age_days"],
        "bank_line_id": bank.get(row.get("txn_id") or ""),
        "voucher_line_id": book.get((row.get("voucher_id") or "", row.get("line_no") or 0)),
    }


def register() -> None:
    """Tell the import which tables this file takes."""
    register_loader(Loader("reconciliation", ORDER["reconciliation"], load_reconciliations))
    register_loader(Loader("reconciliation_item", ORDER["reconciliation_item"], load_items))
