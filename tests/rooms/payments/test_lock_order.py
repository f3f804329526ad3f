"""The law of locks: accounts, messages, orders, then the rest, and never back.

A recorder reads every statement of a transaction; a life of several orders passes under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from sanzi.bank import errors
from sanzi.bank.port import BankEvent, Entry, EventKind, LineState
from sanzi.payments import actions
from sanzi.payments.actions import (
    bills,
    cancelling,
    claims,
    dispatch,
    events,
    statements,
    voids,
)
from sanzi.payments.actions.bills import BillFields
from sanzi.payments.models import BankTransaction, Instruction, Receipt
from worlds import money as worlds_money
from worlds.bank_days import TODAY, after, close_day, debit, raising
from worlds.fake_bank import FakeBank
from worlds.money import AT, CASE, DEBIT, Money, released_order

RANKS = (
    "payments_bankaccount", "payments_instruction", "payments_paymentorder",
    "payments_cardsettlement", "matters_case", "payments_banktransaction", "payments_bill",
    "payments_receipt", "payments_numberhead", "ledger_period", "audit_chainhead",
)  # fmt: skip
"""Numbers of the ledger are left out: only who holds their month reaches them."""
LOCK = re.compile(r'(?s)^SELECT .*? FROM "?(\w+)"?.* FOR (?:NO KEY )?UPDATE')
LOCK_AT_END = re.compile(r"(?s) FOR (?:NO KEY )?UPDATE.*$")
HOME = Path(actions.__file__).parent
LAST_CASE = "M10-20261118-0002"


KEYS = {one._meta.db_table: one._meta.pk.column for one in apps.get_models()}


class Recorder:
    """Notes which rows a transaction locks, and what it locks after something higher."""

    def __init__(self) -> None:
        self.held: set[tuple[str, object]] = set()
        self.broken: list[str] = []
        self.locked: set[str] = set()
        self._depth = 0
        self._is_mine = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Read a statement on its way to the database."""
        self._depth += sql.startswith("SAVEPOINT") - sql.startswith("RELEASE")
        if not self._depth:  # the test's own transaction is around all: ours are savepoints
            self.held, self._is_mine = set(), False
        self._is_mine |= sql.startswith('INSERT INTO "payments_banktransaction"')
        found = LOCK.match(sql)
        if found and found[1] in RANKS:
            self._note(found[1], sql, params)
        return execute(sql, params, many, context)

    def _note(self, table: str, sql: str, params: Any) -> None:
        rows = {(table, key) for key in self._keys(table, sql, params)} - self.held
        if self._is_mine and table == "payments_banktransaction":
            return  # bank lines that this transaction made: nobody else can hold them
        above = {one for one, _ in self.held if RANKS.index(one) > RANKS.index(table)}
        if rows and above:
            self.broken.append(f"{rows} after {sorted(above)}")
        self.held |= rows
        self.locked |= {table for _ in rows}

    @staticmethod
    def _keys(table: str, sql: str, params: Any) -> list[object]:
        """Ask for the keys of the rows that a statement is going to lock, without locking them."""
        plain = LOCK_AT_END.sub("", sql)
        start = plain.index(" FROM ")
        with connection.connection.cursor() as cursor:  # past the recorder
            cursor.execute(f'SELECT "{table}"."{KEYS[table]}"{plain[start:]}', params)
            return [key for (key,) in cursor.fetchall()]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Record what is done in a test; at its end nothing may have gone back."""
    found = Recorder()
    with connection.execute_wrapper(found):
        yield found


def test_no_action_locks_an_account_a_message_or_an_order_past_the_door() -> None:
    lock = re.compile(
        r"(BankAccount|Instruction|PaymentOrder)\.objects\s*\.select_for_update"
        r"|(instructions|orders)\.select_for_update"
    )
    past = [
        file.name
        for file in sorted(HOME.glob("*.py"))
        if file.name != "locking.py" and lock.search(file.read_text(encoding="utf-8"))
    ]

    assert past == []
    assert lock.search((HOME / "locking.py").read_text(encoding="utf-8"))


on_rows = pytest.mark.skipif(connection.vendor != "postgresql", reason="locks of rows")


@pytest.fixture
def two_orders(money: Money, bank: FakeBank, recorder: Recorder) -> Money:
    """Two orders, each of four payees in two messages, sent and without an answer."""
    bank.limit(2)
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    released_order(money, LAST_CASE, worlds_money.lines(money, 39_000))
    for seconds in range(4):
        dispatch.work(after(seconds=seconds))
    assert set(Instruction.objects.values_list("state", flat=True)) == {"UNKNOWN"}
    return money


def messages() -> list[Instruction]:
    return list(Instruction.objects.order_by("pk"))


@on_rows
@pytest.mark.django_db
def test_statements_pushes_and_questions_keep_the_law(two_orders, bank, recorder) -> None:
    first, second, third, last = messages()
    bank.on_query = lambda msg_id: bank.answer(msg_id, LineState.SETTLED)
    told = [debit(line) for one in (third, second) for line in one.lines.order_by("pk")]
    back = replace(told[0], is_credit=True, is_return=True, bank_ref="BACK")
    wrong = replace(debit(last.lines.all()[0]), amount_fen=1, bank_ref="WRONG")
    status = bank.answer(last.msg_id, LineState.SETTLED)
    bank.pushed[b"two"] = [
        BankEvent("E-1", EventKind.ENTRY, AT, account=DEBIT, entries=tuple(told[:2])),
        BankEvent("S-1", EventKind.STATUS, AT, status=status),
    ]

    events.take(connection="bank", raw=b"two", headers={}, at=after(minutes=1))
    close_day((*told, back, wrong))
    close_day((*told, back))  # the bank takes a line out again
    dispatch.work(after(minutes=20))

    assert recorder.broken == []
    assert recorder.locked >= {RANKS[0], RANKS[1], RANKS[2], "ledger_period", "audit_chainhead"}
    assert first.lines.filter(status="SETTLED").count() == 2


@on_rows
@pytest.mark.django_db
def test_taking_payments_back_keeps_the_law(money: Money, bank: FakeBank, recorder) -> None:
    bank.limit(2)
    released_order(money)

    done = cancelling.call_back(
        case_number=CASE, by=money.actor("agency_cashier"), at=AT, line_nos=[1, 2, 3]
    )

    assert (done.withdrawn, recorder.broken) == (3, [])
    assert "payments_numberhead" in recorder.locked


def credit(number: int, memo: str, amount_fen: int) -> Entry:
    return Entry(
        seq=number, booked_at=AT, amount_fen=amount_fen, is_credit=True, bank_ref=f"IN{number}",
        party_name="青石机械厂", memo=memo,
    )  # fmt: skip


@on_rows
@pytest.mark.django_db
def test_income_that_is_claimed_by_itself_and_in_one_go_keeps_the_law(money, recorder) -> None:
    made = [
        bills.issue_bill(
            fields=BillFields(
                organisation="O-WILLOW", kind="rent", purpose="厂房租金", amount_fen=amount_fen,
                due_date=TODAY, payer_name="青石机械厂",
            ),
            by=money.actor("cashier_reporter"),
            at=AT,
        )
        for amount_fen in (100, 200)
    ]  # fmt: skip
    told = [credit(place, one.reference, one.amount_fen) for place, one in enumerate(made, 1)]
    told += [credit(3, "结息", 30), credit(4, "结息", 40)]
    by = money.actor("agency_accountant")

    statements.import_notices(account_id=money.account.pk, entries=told, at=AT)
    interest = BankTransaction.objects.filter(memo="结息").values_list("ext_id", flat=True)
    claims.claim_interest(bank_lines=list(interest), by=by, at=AT)
    voids.void_receipt(
        ext_id=Receipt.objects.get(bill__reference=made[0].reference).ext_id,
        by=by, at=AT, reason="开错了单位",
    )  # fmt: skip

    assert recorder.broken == []
    assert Receipt.objects.count() == 4
    assert recorder.locked >= {"payments_bill", "payments_receipt", "payments_banktransaction"}
