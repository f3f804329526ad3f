"""The door for what banks send unasked: no log-in, the bank's signature stands for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from django.db import OperationalError
from django.test import Client
from psycopg import errors as postgres

from sanzi.audit.models import Event
from sanzi.bank import errors
from sanzi.bank.actions import EventsSeen
from sanzi.bank.models import BankEventSeen
from sanzi.bank.port import BankEvent, EventKind, LineState
from sanzi.ledger.models import Voucher
from sanzi.payments.actions import bank_receipts, dispatch, gateways, turns
from sanzi.payments.models import BankTransaction, Instruction, Payment
from worlds import money as worlds_money
from worlds.bank_days import after, debit, raising, states
from worlds.fake_bank import FakeBank
from worlds.money import AT, DEBIT

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/bank/bank/events"


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    found = FakeBank()
    gateways.use(found)
    yield found
    gateways.use(None)


@pytest.fixture
def silent(bank: FakeBank) -> Instruction:
    """A message without an answer."""
    money = worlds_money.build()
    bank.on_send = raising(errors.GatewayTimeout())
    worlds_money.released_order(money)
    dispatch.work(AT)
    return Instruction.objects.get()


def remembering(bank: FakeBank) -> None:
    """Let the bank's messages be marked as the real adapters do, in the taker's transaction."""
    read = bank.handle_push

    def handle(raw: bytes, headers: object) -> list[BankEvent]:
        if not EventsSeen().mark("bank", raw.decode(), AT):
            raise errors.EventSeen
        return read(raw, headers)  # type: ignore[arg-type]

    bank.handle_push = handle  # type: ignore[method-assign]


def breaking(kind: type[Exception], said: str = "") -> OperationalError:
    """An error of the database as Django hands it on."""
    problem = OperationalError(said)
    problem.__cause__ = kind(said)
    return problem


def raising_at_all(problem: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object) -> NoReturn:
        raise problem

    return fail


def post(raw: bytes):
    return Client().post(DOOR, data=raw, content_type="application/xml")


def test_a_bank_tells_what_became_of_a_message(silent: Instruction, bank: FakeBank) -> None:
    status = bank.answer(silent.msg_id, LineState.SETTLED)
    event = BankEvent("E-1", EventKind.STATUS, after(seconds=1), status=status)
    bank.pushed[b"<told/>"] = [event]

    first, second = post(b"<told/>"), post(b"<told/>")

    assert (first.status_code, first.json()) == (200, {"events": 1, "moved": 4, "new_lines": 0})
    assert (second.status_code, second.json()["moved"]) == (200, 0)
    assert states() == ("FINAL", {"SETTLED"})


def test_what_is_not_the_banks_is_answered_as_an_absent_address(silent, bank: FakeBank) -> None:
    answer = post(b"<forged/>")

    assert (answer.status_code, answer.json()["code"]) == (404, "orgs.not_found")
    assert set(Payment.objects.values_list("status", flat=True)) == {"UNKNOWN"}


def test_a_connection_that_is_not_there_is_absent(db: None) -> None:
    gateways.use(None)

    assert (
        Client().post("/api/v1/bank/none/events", b"", content_type="text/xml").status_code == 404
    )


@pytest.mark.parametrize(
    "problem",
    [
        breaking(postgres.DeadlockDetected),
        breaking(postgres.SerializationFailure),
        breaking(postgres.LockNotAvailable),
        breaking(postgres.AdminShutdown),
        breaking(postgres.OperationalError, "server closed the connection"),
        breaking(OSError, "database is locked"),
    ],
    ids=["deadlock", "serialization", "lock", "shutdown", "connection", "file"],
)
def test_what_could_not_be_taken_now_is_answered_503_and_taken_when_it_comes_again(
    silent: Instruction, bank: FakeBank, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """The last event of two breaks: nothing of the first stays, the number is not used up."""
    remembering(bank)
    lines = list(silent.lines.order_by("pk"))
    told = bank.answer(silent.msg_id, LineState.SETTLED)
    bank.pushed[b"N-1"] = [
        BankEvent("S-1", EventKind.STATUS, after(seconds=1), status=told),
        BankEvent("E-1", EventKind.ENTRY, after(seconds=1), account=DEBIT,
                  entries=tuple(debit(one) for one in lines)),
    ]  # fmt: skip
    logged = Event.objects.count()

    with monkeypatch.context() as patch:
        patch.setattr(bank_receipts, "expect", raising_at_all(problem))
        answer = post(b"N-1")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "payments.busy_now"
    assert states() == ("UNKNOWN", {"UNKNOWN"})
    assert (Voucher.objects.count(), BankTransaction.objects.count()) == (0, 0)
    assert (BankEventSeen.objects.count(), Event.objects.count()) == (0, logged)
    again, once_more = post(b"N-1"), post(b"N-1")
    assert again.json() == {"events": 2, "moved": 4, "new_lines": 4}
    assert once_more.json() == {"events": 0, "moved": 0, "new_lines": 0}
    assert (states(), Voucher.objects.count()) == (("FINAL", {"SETTLED"}), 1)


def test_a_fault_of_ours_stays_a_fault_and_the_message_is_not_used_up(
    silent: Instruction, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembering(bank)
    status = bank.answer(silent.msg_id, LineState.SETTLED)
    bank.pushed[b"N-1"] = [BankEvent("S-1", EventKind.STATUS, after(seconds=1), status=status)]

    with monkeypatch.context() as patch:
        patch.setattr(turns, "words", raising_at_all(breaking(postgres.UndefinedColumn)))
        assert post(b"N-1").status_code == 500

    assert states() == ("UNKNOWN", {"UNKNOWN"})
    assert post(b"N-1").json()["moved"] == 4
