"""Bank, worker and officers at the same moment: nobody waits in a circle, nothing counts twice.

Each story stops one transaction where it holds its first locks until the other waits for it, or is
done. PostgreSQL only: SQLite lets one writer in at a time.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from flushing import lifted_triggers
from sanzi.audit.models import Event
from sanzi.bank import errors
from sanzi.bank.port import BankEvent, EventKind, LineState
from sanzi.ledger.models import Voucher
from sanzi.notices.models import Notice
from sanzi.payments.actions import answers, dispatch, events, statements
from sanzi.payments.errors import BusyNow
from sanzi.payments.models import BankAccount, BankTransaction, Instruction, Payment
from worlds import money as worlds_money
from worlds.bank_days import after, close_day, debit, raising
from worlds.fake_bank import FakeBank
from worlds.money import AT, DEBIT, Money, released_order

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="locks of rows"),
]
STOP_SECONDS = 3.0
SECOND = "M10-20261118-0002"


@pytest.fixture
def two_messages(transactional_db: None, bank: FakeBank) -> Iterator[Money]:
    """An order of four payees in two messages, both sent and without an answer."""
    found = worlds_money.build()
    bank.limit(2)
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(found)
    dispatch.work(AT)
    dispatch.work(after(seconds=10))
    assert set(Payment.objects.values_list("status", flat=True)) == {"UNKNOWN"}
    yield found
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")


def messages() -> list[Instruction]:
    return list(Instruction.objects.order_by("pk"))


def entries(message: Instruction, **changed: Any) -> tuple[Any, ...]:
    return tuple(debit(line, **changed) for line in message.lines.order_by("pk"))


class AtOnce:
    """Two acts in threads: the first stops before a statement until the second waits or ends."""

    def __init__(self, stop_before: str) -> None:
        self._pattern = re.compile(stop_before)
        self._stopped, self._over = threading.Event(), threading.Event()
        self.failures: list[str] = []

    def run(self, first: Callable[[], object], second: Callable[[], object]) -> None:
        """Do both; what either raised is in `failures`."""
        threads = [
            threading.Thread(target=self._first, args=(first,)),
            threading.Thread(target=self._second, args=(second,)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert not any(thread.is_alive() for thread in threads)
        assert self._stopped.is_set(), "the first never came to the statement to stop before"

    def _first(self, act: Callable[[], object]) -> None:
        def stop(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not self._stopped.is_set() and self._pattern.search(sql):
                self._stopped.set()
                self._wait()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(stop):
            self._do(act)
        self._stopped.set()

    def _second(self, act: Callable[[], object]) -> None:
        self._stopped.wait(timeout=10)
        self._do(act)
        self._over.set()

    def _do(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as problem:  # noqa: BLE001 - told to the test in its own thread
            self.failures.append(f"{type(problem).__name__}: {problem}")
        finally:
            connections.close_all()

    def _wait(self) -> None:
        end = time.monotonic() + STOP_SECONDS
        other = connections.create_connection("default")
        try:
            while time.monotonic() < end and not self._over.wait(0.05):
                with other.cursor() as cursor:
                    cursor.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                        "AND datname = current_database()"
                    )
                    if cursor.fetchone()[0]:
                        return
        finally:
            other.close()


LOCKS_A_MESSAGE = r'(?s)FROM "payments_instruction".*FOR (NO KEY )?UPDATE'
LOCKS_AN_ORDER = r'(?s)FROM "payments_paymentorder".*FOR (NO KEY )?UPDATE'
LOCKS_THE_LOG = r"FROM audit_\w+ WHERE chain = .* FOR UPDATE"


def all_right(*, vouchers: int) -> None:
    """Everybody has his money once, in the books too, and heard of it once."""
    assert set(Payment.objects.values_list("status", flat=True)) == {"SETTLED"}
    assert Voucher.objects.count() == vouchers
    assert Notice.objects.filter(template="payment_settled").count() == Payment.objects.count()


def status_event(bank: FakeBank, message: Instruction) -> BankEvent:
    status = bank.answer(message.msg_id, LineState.SETTLED)
    return BankEvent(f"S-{message.pk}", EventKind.STATUS, AT, status=status)


def entry_event(message: Instruction) -> BankEvent:
    return BankEvent(
        f"E-{message.pk}", EventKind.ENTRY, AT, account=DEBIT, entries=entries(message)
    )


def push(bank: FakeBank, raw: bytes, *told: BankEvent) -> Callable[[], events.Taken]:
    bank.pushed[raw] = list(told)
    return lambda: events.take(connection="bank", raw=raw, headers={}, at=after(minutes=1))


def test_two_events_in_one_push_and_one_of_them_alone(two_messages: Money, bank: FakeBank) -> None:
    first, second = messages()
    both = AtOnce(LOCKS_THE_LOG)

    both.run(
        push(bank, b"two", entry_event(second), status_event(bank, first)),
        push(bank, b"one", status_event(bank, first)),
    )

    assert both.failures == []
    all_right(vouchers=2)
    assert BankTransaction.objects.count() == 2


def test_a_return_among_notices_and_the_state_of_its_message(two_messages, bank) -> None:
    first, second = messages()
    push(bank, b"paid", status_event(bank, first))()
    line = first.lines.order_by("pk")[0]
    back = replace(debit(line), is_credit=True, is_return=True, bank_ref="BACK", seq=99)
    account = BankAccount.objects.get(ext_id="A-WILLOW")
    both = AtOnce(LOCKS_THE_LOG)

    both.run(
        lambda: statements.import_notices(
            account_id=account.pk, entries=(*entries(second), back), at=after(minutes=2)
        ),
        push(bank, b"again", status_event(bank, first)),
    )

    assert both.failures == []
    assert sorted(Payment.objects.values_list("status", flat=True)) == [
        "RETURNED", "SETTLED", "SETTLED", "SETTLED",
    ]  # fmt: skip


def test_notices_of_an_account_and_a_message_that_is_written_again(
    transactional_db: None, bank: FakeBank
) -> None:
    released_order(worlds_money.build())
    bank.on_send = raising(errors.CutOffPassed(reason_code="", reason_text=""))
    message = Instruction.objects.get()
    account = BankAccount.objects.get(ext_id="A-WILLOW")
    both = AtOnce(LOCKS_A_MESSAGE)

    both.run(
        lambda: statements.import_notices(
            account_id=account.pk, entries=entries(message), at=after(minutes=2)
        ),
        lambda: dispatch.work(AT),
    )

    assert both.failures == []
    assert Instruction.objects.get(replaces=message).state == "READY"


def test_the_statement_of_a_day_and_an_answer_to_another_order(two_messages, bank) -> None:
    said = worlds_money.lines(two_messages, 39_000)
    released_order(two_messages, SECOND, said, at=after(minutes=1))
    dispatch.work(after(minutes=2))
    dispatch.work(after(minutes=2, seconds=10))
    first, *_, last = messages()
    both = AtOnce(LOCKS_THE_LOG)

    both.run(lambda: close_day(entries(last)), push(bank, b"one", status_event(bank, first)))

    assert both.failures == []
    assert set(first.lines.values_list("status", flat=True)) == {"SETTLED"}
    assert set(last.lines.values_list("status", flat=True)) == {"SETTLED"}


def test_a_debit_that_contradicts_and_an_answer(two_messages: Money, bank: FakeBank) -> None:
    first, _ = messages()
    wrong, right = entries(first)
    told = (replace(wrong, amount_fen=1, bank_ref="WRONG"), right)
    account = BankAccount.objects.get(ext_id="A-WILLOW")
    both = AtOnce(LOCKS_A_MESSAGE)

    both.run(
        lambda: statements.import_notices(account_id=account.pk, entries=told, at=after(minutes=2)),
        push(bank, b"one", status_event(bank, first)),
    )

    assert both.failures == []
    assert set(first.lines.values_list("status", flat=True)) == {"SETTLED"}
    assert Event.objects.filter(kind="payments.line.contradicted").count() == 1


def test_a_message_of_the_bank_that_is_crossed_comes_again(two_messages, bank: FakeBank) -> None:
    """Somebody of another room waits in a circle with us: one of the two is undone, whole."""
    first, _ = messages()
    both = AtOnce(LOCKS_AN_ORDER)
    told = push(bank, b"one", status_event(bank, first))
    heard: list[object] = []

    def against_the_law() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '20s'")  # so that it is not the victim
            cursor.execute("SELECT 1 FROM payments_paymentorder FOR UPDATE")
            cursor.execute("SELECT 1 FROM payments_instruction FOR UPDATE")

    def push_it() -> None:
        try:
            told()
        except BusyNow as refusal:
            heard.append(refusal.code)

    both.run(push_it, against_the_law)

    assert (both.failures, heard) == ([], ["payments.busy_now"])
    assert set(first.lines.values_list("status", flat=True)) == {"UNKNOWN"}
    assert told().moved == 2
    assert set(first.lines.values_list("status", flat=True)) == {"SETTLED"}


def test_whatever_breaks_when_the_connection_ends_comes_again(
    two_messages: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server dies while we are not asking it: what breaks next may say anything."""

    def end_it(pid: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            end = time.monotonic() + STOP_SECONDS
            while time.monotonic() < end:
                cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
                if cursor.fetchone() is None:
                    break
        connections.close_all()

    first, _ = messages()
    told = push(bank, b"one", status_event(bank, first))
    apply_status = answers.apply_status

    def ended(*args: Any) -> int:
        apply_status(*args)
        assert connection.connection is not None
        other = threading.Thread(target=end_it, args=(connection.connection.info.backend_pid,))
        other.start()
        other.join()
        raise KeyError("of something half done")

    with monkeypatch.context() as patch:
        patch.setattr(answers, "apply_status", ended)
        with pytest.raises(BusyNow):
            told()

    assert set(first.lines.values_list("status", flat=True)) == {"UNKNOWN"}
    assert told().moved == 2
    assert set(first.lines.values_list("status", flat=True)) == {"SETTLED"}
