"""Loaders of the room's tables of a data package: accounts, funds, budgets, payments, bank lines.

History comes in as it was: paid stays paid, nothing of it is sent to a bank. Payments, receipts
and bank lines are never changed by an import; the same ids again change nothing. Rows have the
columns of `data/record/<table>.yaml`; each loader runs in the transaction of the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sanzi.audit import actions as audit
from sanzi.orgs import secrets
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.actions import loading_income
from sanzi.payments.actions.locking import digest_of, lines_of
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    BudgetLine,
    DayBalance,
    Fund,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
    Receipt,
)
from sanzi.record import bulk
from sanzi.record.bulk import Values
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader
from sanzi.record.loaders import register as register_loader
from sanzi.record.merging import add, merge

Row = Mapping[str, Any]
Rows = Iterable[dict[str, Any]]

STATUSES = {
    "draft": PaymentStatus.DRAFT,
    "returned": PaymentStatus.DRAFT,
    "submitted": PaymentStatus.SUBMITTED,
    "rejected": PaymentStatus.CANCELLED,
    "withdrawn": PaymentStatus.CANCELLED,
    "approved": PaymentStatus.APPROVED,
    "dispatched": PaymentStatus.ACCEPTED,
    "paid": PaymentStatus.SETTLED,
    "bank_rejected": PaymentStatus.REJECTED,
    "bank_returned": PaymentStatus.RETURNED,
}
ORDER_STATES = {
    PaymentStatus.DRAFT: OrderState.DRAFT,
    PaymentStatus.SUBMITTED: OrderState.SUBMITTED,
    PaymentStatus.APPROVED: OrderState.APPROVED,
    PaymentStatus.ACCEPTED: OrderState.RELEASED,
}
"""The state of an order is that of its least advanced line."""


class Seals:
    """Account numbers as they are stored; each distinct one is sealed and indexed once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sealed: dict[str, str] = {}
        self._indexes: dict[str, str] = {}

    def sealed(self, number: str) -> str:
        """Return the ciphertext of a number; empty stays empty."""
        if number not in self._sealed:
            self._sealed[number] = secrets.seal("account", number)
        return self._sealed[number]

    def index(self, number: str) -> str:
        """Return the blind index of a number; empty stays empty."""
        if number not in self._indexes:
            self._indexes[number] = secrets.index("account", number)
        return self._indexes[number]


def _seals(context: LoadContext) -> Seals:
    """One set of seals for a whole import."""
    found: Seals = context.shared.setdefault("payments.seals", Seals())
    return found


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any, field: str = "ext_id") -> dict[str, int]:
    return dict(model.objects.values_list(field, "pk"))


def load_accounts(rows: Rows, context: LoadContext) -> LoadCount:
    """Merge `account` rows."""
    seals = _seals(context)
    organisations, people = _keys(Organisation), _keys(Person)
    counterparties = _keys(Counterparty)

    def made(row: Row) -> Values:
        number = row["account_no"]
        return {
            "ext_id": row["account_id"],
            "organisation_id": organisations.get(_text(row, "org_id")),
            "person_id": people.get(_text(row, "person_id")),
            "counterparty_id": counterparties.get(_text(row, "counterparty_id")),
            "sealed_number": partial(seals.sealed, number),
            "number_index": seals.index(number),
            "tail": secrets.normalise(number)[-4:],
            "holder_name": row["holder_name"],
            "kind": row["kind"],
            "bank_code": row["bank_code"],
            "opened_date": row.get("opened_date"),
            "closed_date": row.get("closed_date"),
            "due_date": row.get("due_date"),
            "decision_number": _text(row, "decision_no"),
            "is_registered": row["is_registered"],
        }

    return merge(
        BankAccount,
        (made(row) for row in rows),
        key="ext_id",
        compare=(
            "organisation_id",
            "person_id",
            "counterparty_id",
            "number_index",
            "tail",
            "holder_name",
            "kind",
            "bank_code",
            "opened_date",
            "closed_date",
            "due_date",
            "decision_number",
            "is_registered",
        ),
        carry=("sealed_number",),
    )


def load_funds(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `fund` rows."""
    organisations = _keys(Organisation)
    return merge(
        Fund,
        (
            {
                "code": row["fund_code"],
                "organisation_id": organisations[row["org_id"]],
                "name": row["name"],
                "source_level": row["source_level"],
                "purpose_subjects": _text(row, "purpose_subjects"),
                "amount_fen": row["amount_fen"],
                "allocated_at": row.get("allocated_at"),
                "received_at": row.get("received_at"),
                "use_by_date": row.get("use_by_date"),
            }
            for row in rows
        ),
        key="code",
        compare=(
            "organisation_id",
            "name",
            "source_level",
            "purpose_subjects",
            "amount_fen",
            "allocated_at",
            "received_at",
            "use_by_date",
        ),
    )


def load_budget_lines(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `budget_line` rows."""
    organisations = _keys(Organisation)
    return merge(
        BudgetLine,
        (
            {
                "ext_id": row["budget_line_id"],
                "organisation_id": organisations[row["org_id"]],
                "year": row["year"],
                "subject_code": row["subject_code"],
                "name": _text(row, "title"),
                "amount_fen": row["amount_fen"],
                "decision_ext_id": _text(row, "decision_id"),
                "approved_at": row.get("approved_at"),
            }
            for row in rows
        ),
        key="ext_id",
        compare=(
            "organisation_id",
            "year",
            "subject_code",
            "name",
            "amount_fen",
            "decision_ext_id",
            "approved_at",
        ),
    )


class _Keys:
    """Primary keys of what payments name, read once."""

    def __init__(self) -> None:
        """Read them."""
        self.organisations = dict(Organisation.objects.values_list("ext_id", "pk"))
        self.divisions = dict(Organisation.objects.values_list("ext_id", "division_id"))
        self.people = _keys(Person)
        self.counterparties = _keys(Counterparty)
        self.accounts = _keys(BankAccount)
        self.budget_lines = _keys(BudgetLine)


def load_payments(rows: Rows, context: LoadContext) -> LoadCount:
    """Add `payment` rows: the lines of one case make one order, its fields from the first line.

    An order that is approved and not paid gets the digest of its approval, so that maker and
    checker can release it. Raises RowProblem for a known id with another amount or account.
    """
    keys, seals = _Keys(), _seals(context)
    touched: set[int] = set()
    added = unchanged = place = 0
    for chunk in bulk.chunks(rows):
        known = {
            one[0]: one[1:]
            for one in Payment.objects.filter(
                ext_id__in=[row["payment_id"] for row in chunk]
            ).values_list("ext_id", "amount_fen", "account_index")
        }
        fresh = []
        for row in chunk:
            place += 1
            was = known.get(row["payment_id"])
            if was is None:
                fresh.append(row)
            else:
                _require_same(row, was, seals, place)
                unchanged += 1
        orders, spanning = _orders_of(fresh, keys)
        bulk.insert(Payment, [_payment(row, orders[row["case_id"]], keys, seals) for row in fresh])
        touched |= spanning
        added += len(fresh)
    _total(touched)
    _approve(context)
    return LoadCount(added, 0, unchanged)


def _require_same(row: Row, was: tuple[int, str], seals: Seals, place: int) -> None:
    index = seals.index(_text(row, "payee_account"))
    if was != (row["amount_fen"], index):
        raise RowProblem(
            row=place + 1,
            column="payment_id",
            value=str(row["payment_id"]),
            expected="库里已有这笔付款，金额和收款账号要和库里一样",
        )


def _orders_of(rows: list[dict[str, Any]], keys: _Keys) -> tuple[dict[str, int], set[int]]:
    """Return the order of every case in these rows, and those that had been there before.

    New orders carry sum, count and state of these rows; the others must be totalled again.
    """
    cases: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        cases.setdefault(row["case_id"], []).append(row)
    known = _known_orders(list(cases))
    fresh = [case for case in cases if case not in known]
    bulk.insert(PaymentOrder, [_order(cases[case], keys) for case in fresh])
    return known | _known_orders(fresh), set(known.values())


def _known_orders(cases: list[str]) -> dict[str, int]:
    found = PaymentOrder.objects.filter(case_number__in=cases)
    return dict(found.values_list("case_number", "pk"))


def _order(rows: list[dict[str, Any]], keys: _Keys) -> Values:
    row = rows[0]
    return {
        "amount_fen": sum(one["amount_fen"] for one in rows),
        "payment_count": len(rows),
        "state": _state({STATUSES[one["status"]] for one in rows}),
        "ext_id": f"O-{row['payment_id']}"[:40],
        "case_number": row["case_id"],
        "organisation_id": keys.organisations[row["org_id"]],
        "division_code": _text(row, "village_id") or keys.divisions[row["org_id"]],
        "matter_code": row["matter_code"],
        "debit_account_id": keys.accounts.get(_text(row, "debit_account_id")),
        "purpose": row["purpose"],
        "subject_code": row["subject_code"],
        "source_kind": _text(row, "source_kind"),
        "source_id": _text(row, "source_id"),
        "contract_id": _text(row, "contract_id"),
        "handler_id": keys.people.get(_text(row, "handler_person_id")),
        "method": row["method"],
        "fund_code": _text(row, "fund_code"),
        "budget_line_id": keys.budget_lines.get(_text(row, "budget_line_id")),
        "created_at": row["created_at"],
        "submitted_at": row.get("submitted_at"),
        "approved_at": row.get("approved_at"),
        "is_backfilled": row["is_backfilled"],
    }


def _payment(row: Row, order_id: int, keys: _Keys, seals: Seals) -> Values:
    number = _text(row, "payee_account")
    return {
        "ext_id": row["payment_id"],
        "order_id": order_id,
        "line_no": row["line_no"],
        "payee_kind": row["payee_kind"],
        "payee_person_id": keys.people.get(_text(row, "payee_person_id")),
        "payee_counterparty_id": keys.counterparties.get(_text(row, "payee_counterparty_id")),
        "payee_organisation_id": keys.organisations.get(_text(row, "payee_org_id")),
        "payee_name": row["payee_name"],
        "sealed_account": seals.sealed(number),
        "account_index": seals.index(number),
        "account_tail": secrets.normalise(number)[-4:],
        "bank_code": _text(row, "payee_bank_code"),
        "amount_fen": row["amount_fen"],
        "status": STATUSES[row["status"]],
        "paid_at": row.get("paid_at"),
        "returned_at": row.get("returned_at"),
    }


def _total(order_ids: set[int]) -> None:
    """Bring sum, count and state of the touched orders in line with their payments."""
    keys = sorted(order_ids)
    for start in range(0, len(keys), bulk.CHUNK):
        part = keys[start : start + bulk.CHUNK]
        sums: dict[int, list[Any]] = {}
        for order_id, amount_fen, status in Payment.objects.filter(order_id__in=part).values_list(
            "order_id", "amount_fen", "status"
        ):
            found = sums.setdefault(order_id, [0, 0, set()])
            found[0] += amount_fen
            found[1] += 1
            found[2].add(status)
        orders = [
            PaymentOrder(pk=key, amount_fen=one[0], payment_count=one[1], state=_state(one[2]))
            for key, one in sums.items()
        ]
        PaymentOrder.objects.bulk_update(
            orders, ["amount_fen", "payment_count", "state"], batch_size=500
        )


def _state(statuses: set[str]) -> str:
    for status, state in ORDER_STATES.items():
        if status in statuses:
            return state
    if statuses == {PaymentStatus.CANCELLED}:
        return OrderState.CANCELLED
    is_paid = statuses <= {PaymentStatus.SETTLED, PaymentStatus.CANCELLED}
    return OrderState.SETTLED if is_paid else OrderState.PART_SETTLED


def _approve(context: LoadContext) -> None:
    """Fix the digest of orders that came in approved and unpaid, and tell the log."""
    waiting = PaymentOrder.objects.filter(state=OrderState.APPROVED, approved_digest="")
    for order in waiting.select_related("organisation", "debit_account"):
        lines = lines_of(order)
        order.approved_digest = digest_of(order, lines)
        order.save(update_fields=["approved_digest"])
        audit.write(
            chain=order.organisation.ext_id,
            kind="payments.order.approved",
            by=context.by,
            at=context.at,
            subject=("payment_order", order.ext_id),
            after={
                "case_number": order.case_number,
                "state": order.state,
                "digest": order.approved_digest,
                "lines": len(lines),
                "imported": True,
            },
        )


def load_bank_lines(rows: Rows, context: LoadContext) -> LoadCount:
    """Add `bank_txn` rows; the bank's reference of a line of the history is its own id."""
    seals, accounts = _seals(context), _keys(BankAccount)
    payments: dict[str, int] = {}
    receipts: dict[str, int] = {}

    def prepare(chunk: list[dict[str, Any]]) -> None:
        for model, found, column in (
            (Payment, payments, "payment_id"),
            (Receipt, receipts, "receipt_id"),
        ):
            wanted = [row[column] for row in chunk if row.get(column)]
            found.clear()
            found.update(model.objects.filter(ext_id__in=wanted).values_list("ext_id", "pk"))

    def made(row: Row) -> Values:
        return {
            "ext_id": row["txn_id"],
            "account_id": accounts[row["account_id"]],
            "booked_at": row["booked_at"],
            "direction": row["direction"],
            "amount_fen": row["amount_fen"],
            "sealed_peer_account": seals.sealed(_text(row, "peer_account")),
            "peer_account_index": seals.index(_text(row, "peer_account")),
            "peer_name": _text(row, "peer_name"),
            "channel": row["channel"],
            "memo": _text(row, "memo")[:140],
            "bank_ref": row["txn_id"],
            "payment_id": payments.get(_text(row, "payment_id")),
            "receipt_id": receipts.get(_text(row, "receipt_id")),
        }

    return add(BankTransaction, rows, column="txn_id", made=made, prepare=prepare)


def load_balances(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `balance` rows; a balance from the bank's own statement is never overwritten."""
    accounts = _keys(BankAccount)
    added = unchanged = 0
    for chunk in bulk.chunks(rows):
        days = [row["balance_date"] for row in chunk]
        found = DayBalance.objects.filter(
            account_id__in={accounts[row["account_id"]] for row in chunk},
            balance_date__range=(min(days), max(days)),
        )
        known = set(found.values_list("account_id", "balance_date"))
        fresh = [
            {
                "account_id": accounts[row["account_id"]],
                "balance_date": row["balance_date"],
                "balance_fen": row["balance_fen"],
            }
            for row in chunk
            if (accounts[row["account_id"]], row["balance_date"]) not in known
        ]
        bulk.insert(DayBalance, fresh)
        added += len(fresh)
        unchanged += len(chunk) - len(fresh)
    return LoadCount(added, 0, unchanged)


def register() -> None:
    """Tell the import which tables this room takes."""
    for table, load in (
        ("account", load_accounts),
        ("fund", load_funds),
        ("budget_line", load_budget_lines),
        ("receipt_book", loading_income.load_books),
        ("spoilt_receipt", loading_income.load_spoilt),
        ("bill", loading_income.load_bills),
        ("receipt", loading_income.load_receipts),
        ("payment", load_payments),
        ("bank_txn", load_bank_lines),
        ("balance", load_balances),
    ):
        register_loader(Loader(table, ORDER[table], load))
