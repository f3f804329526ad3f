"""Released orders by the thousand for the chaos harness, and what became of their money.

One order goes all the way by the actions; the others are copies of its rows with amounts of
their own, approved in the log, and instructed and released by the actions.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sanzi.bank.port import BankGateway
    from worlds.money import Money

TEMPLATE = "M10-CHAOS-0000"
AMOUNT_FEN = 20_000
OPEN = ("READY", "SENDING", "UNKNOWN", "ACCEPTED")
ATTEMPT = re.compile(r"-R\d+$")


class Orders:
    """Makes orders like the first one."""

    def __init__(self, money: Money, at: datetime) -> None:
        """Bring the first order to its approval; it is never released."""
        from sanzi.payments.models import PaymentOrder
        from worlds import money as worlds_money

        self.money = money
        worlds_money.approved_order(money, TEMPLATE, at=at)
        order = PaymentOrder.objects.get(case_number=TEMPLATE)
        self._order = _row(order)
        self._payments = [_row(one) for one in order.payments.order_by("line_no")]
        self._made = 0

    def release(self, count: int, at: datetime, gateways: list[BankGateway]) -> None:
        """Release so many new orders, each through one of the gateways in turn."""
        from django.db import transaction

        from sanzi.payments.actions import release

        cashier, reviewer = (
            self.money.actor(role, at) for role in ("agency_cashier", "agency_reviewer")
        )
        with transaction.atomic():
            numbers = self._approve(count, at)
        for number in numbers:
            release.instruct(case_number=number, by=cashier, at=at)
            bank = gateways[self._made % len(gateways)]
            release.release(case_number=number, by=reviewer, at=at, gateway=bank)

    def _approve(self, count: int, at: datetime) -> list[str]:
        """Write copies of the first order, and their approvals into the log; return numbers."""
        from sanzi.audit import actions as audit
        from sanzi.orgs.actors import SYSTEM
        from sanzi.payments.models import Payment, PaymentOrder
        from sanzi.record import bulk

        numbers, events = [], []
        for _ in range(count):
            self._made += 1
            number = f"M10-CHAOS-{self._made:04d}"
            payments = [self._payment(one) for one in self._payments]
            digest = self._digest(payments)
            row = {
                **self._order,
                "ext_id": f"PO-{self._made}",
                "case_number": number,
                "approved_digest": digest,
                "approved_at": at,
                "created_at": at,
                "amount_fen": sum(one["amount_fen"] for one in payments),
            }
            bulk.insert(PaymentOrder, [row])
            key = PaymentOrder.objects.values_list("pk", flat=True).get(case_number=number)
            bulk.insert(Payment, [{**one, "order_id": key} for one in payments])
            events.append(
                audit.Happened(
                    "payments.order.approved",
                    ("payment_order", row["ext_id"]),
                    after={"digest": digest},
                )
            )
            numbers.append(number)
        chain = self.money.organisation.ext_id
        audit.write_many(chain=chain, by=SYSTEM, at=at, events=events)
        return numbers

    def _payment(self, one: dict[str, Any]) -> dict[str, Any]:
        """Amounts differ from order to order, so that money that comes back is told apart."""
        amount_fen = AMOUNT_FEN + one["line_no"] + 1000 * self._made
        return {
            **one,
            "ext_id": f"P{self._made:05d}-{one['line_no']:05d}",
            "amount_fen": amount_fen,
        }

    def _digest(self, payments: list[dict[str, Any]]) -> str:
        from sanzi.orgs import secrets
        from sanzi.payments import rules
        from worlds.money import DEBIT

        return rules.order_digest(
            self.money.organisation.ext_id,
            secrets.index("account", DEBIT),
            [
                rules.DigestLine(
                    one["payee_name"], one["account_index"], one["bank_code"], one["amount_fen"]
                )
                for one in payments
            ],
        )


def _row(one: Any) -> dict[str, Any]:
    return {
        field.attname: getattr(one, field.attname)
        for field in one._meta.concrete_fields  # noqa: SLF001 - the public way to columns
        if not field.primary_key
    }


@dataclass
class Found:
    """What the comparison found. Money in fen."""

    payments: int = 0
    settled: int = 0
    returned: int = 0
    ended_unpaid: int = 0
    paid_twice: int = 0
    lost: int = 0
    lost_examples: list[str] = field(default_factory=list)
    stuck_silent: int = 0
    open_told: int = 0
    unmatched_lines: int = 0
    books_diff_fen: int = 0


def compare(bank_file: Path, account: str) -> Found:
    """Hold the platform's rows and books against what the bank really booked.

    Lines that the platform shows as unmatched (fees, interest, stray money, returns that fit
    several payments) are not in the books and must explain the whole difference.
    """
    from django.db.models import Sum

    from sanzi.ledger.models import VoucherLine
    from sanzi.payments.models import BankTransaction, Instruction, Payment

    found = Found()
    entries = list(_entries(bank_file, account))
    paid = Counter(_root(one["e2e"]) for one in entries if one["kind"] == "PAYMENT")
    back = Counter(_root(one["e2e"]) for one in entries if one["kind"] == "RETURN")
    found.paid_twice = sum(1 for count in paid.values() if count > 1)
    unmatched = BankTransaction.objects.filter(payment__isnull=True, receipt__isnull=True)
    unmatched_refs = set(unmatched.values_list("bank_ref", flat=True))
    open_returns = {
        _root(one["e2e"])
        for one in entries
        if one["kind"] == "RETURN" and one["bank_ref"] in unmatched_refs
    }
    rows = Payment.objects.exclude(order__case_number=TEMPLATE)
    told = set(
        Payment.objects.filter(
            attempts__instruction__state__in=OPEN, attempts__instruction__alarmed_at__isnull=False
        ).values_list("ext_id", flat=True)
    )
    for ext_id, status in rows.values_list("ext_id", "status").iterator(5000):
        found.payments += 1
        found.settled += status == "SETTLED"
        found.returned += status == "RETURNED"
        is_ended = status in ("REJECTED", "NOT_EXECUTED", "CANCELLED")
        found.ended_unpaid += is_ended
        found.open_told += ext_id in told
        is_back = bool(back[ext_id]) and ext_id not in open_returns
        wanted = ("RETURNED" if is_back else "SETTLED") if paid[ext_id] else "unpaid"
        if (is_ended and wanted == "unpaid") or status == wanted or ext_id in told:
            continue
        found.lost += 1
        if len(found.lost_examples) < 10:
            found.lost_examples.append(f"{ext_id} is {status}, the bank says {wanted}")
    known = set(BankTransaction.objects.values_list("bank_ref", flat=True))
    missing = [one for one in entries if one["bank_ref"] not in known]
    found.lost += len(missing)
    found.lost_examples += [f"bank line {one['kind']} {one['bank_ref']}" for one in missing[:10]]
    silent = Instruction.objects.filter(state__in=OPEN, alarmed_at__isnull=True)
    found.stuck_silent = silent.count()
    found.unmatched_lines = len(unmatched_refs)
    booked = VoucherLine.objects.filter(account_code="102").aggregate(
        credit=Sum("credit_fen"), debit=Sum("debit_fen")
    )
    moved_fen = sum(one["amount_fen"] for one in entries)
    shown_fen = sum(one["amount_fen"] for one in entries if one["bank_ref"] in unmatched_refs)
    in_books_fen = (booked["debit"] or 0) - (booked["credit"] or 0)
    found.books_diff_fen = in_books_fen - (moved_fen - shown_fen)
    return found


def pushes(bank_file: Path) -> dict[str, int]:
    """Count the events that the bank pushed by the last answer it had, `never` for none."""
    with sqlite3.connect(bank_file) as db:
        rows = db.execute("SELECT last, count(*) FROM push_event GROUP BY last").fetchall()
    return {str(last) or "never": int(count) for last, count in rows}


def _entries(bank_file: Path, account: str) -> Iterator[sqlite3.Row]:
    """Read the truth from the bank's own file: entries with what no message shows."""
    with sqlite3.connect(bank_file) as db:
        db.row_factory = sqlite3.Row
        yield from db.execute(
            "SELECT entry.kind, entry.bank_ref, entry.amount_fen,"
            " coalesce(line.e2e_id, entry.e2e_id) AS e2e"
            " FROM entry LEFT JOIN line ON line.id = entry.line_id"
            " WHERE entry.account = ?",
            (account,),
        )


def _root(e2e_id: str) -> str:
    return ATTEMPT.sub("", e2e_id)
