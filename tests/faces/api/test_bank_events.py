"""The door for what banks send unasked: no log-in, the bank's signature stands for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from sanzi.bank import errors
from sanzi.bank.port import BankEvent, EventKind, LineState
from sanzi.payments.actions import dispatch, gateways
from sanzi.payments.models import Instruction, Payment
from worlds import money as worlds_money
from worlds.bank_days import after, raising, states
from worlds.fake_bank import FakeBank
from worlds.money import AT

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
