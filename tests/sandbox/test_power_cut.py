"""SIGKILL of the bank at any moment: it comes back whole, and the same bytes end the matter."""

import contextlib
import random
import threading
import time

import pytest

from fixtures_bank import OPENING_FEN, PAYEES, VILLAGE, make_batch, make_line
from sanzi.bank import errors
from sanzi.bank.port import BatchState

MSG_ID = "SZ-20261118-000001"
LINES = tuple(make_line(number, payee=number % 4) for number in range(1, 121))


def assert_books_are_whole(sandbox):
    """Every balance is its opening plus its entries, and each debit has its credit."""
    truth = sandbox.read("/_ctl/ledger.json")
    for account in truth["accounts"]:
        moved = sum(
            entry["amount_fen"]
            for entry in truth["entries"]
            if entry["account"] == account["account"]
        )
        assert account["balance_fen"] == account["opening_fen"] + moved
        assert account["reserved_fen"] == 0
    assert sum(entry["amount_fen"] for entry in truth["entries"]) == 0


@pytest.mark.parametrize("seed", range(8))
def test_a_kill_during_an_order_leaves_it_whole_or_absent_and_a_resend_pays_once(
    sandbox, gateway, seed
):
    body = gateway.build_batch(make_batch(*LINES))
    moment = random.Random(seed).uniform(0.0, 0.06)  # noqa: S311
    killer = threading.Timer(moment, sandbox.kill)
    killer.start()

    with contextlib.suppress(errors.GatewayTimeout, errors.GatewayUnavailable):
        gateway.send(MSG_ID, body)
    killer.join()
    sandbox.start()

    assert len(sandbox.paid()) in (0, len(LINES))
    assert_books_are_whole(sandbox)
    assert gateway.send(MSG_ID, body).state is BatchState.SETTLED
    assert sandbox.paid() == [line.e2e_id for line in LINES]
    assert_books_are_whole(sandbox)


def test_what_was_accepted_before_a_kill_settles_after_it(sandbox, gateway):
    sandbox.fault("delay", scope="all", minutes=5)
    gateway.send(MSG_ID, gateway.build_batch(make_batch(*LINES)))

    sandbox.restart()
    assert sandbox.paid() == []
    sandbox.advance(minutes=6)

    assert len(sandbox.paid()) == len(LINES)
    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 120 * 28_650
    assert_books_are_whole(sandbox)


def test_two_senders_at_once_pay_once(sandbox, gateway):
    body = gateway.build_batch(make_batch(*LINES))
    results = []
    senders = [
        threading.Thread(target=lambda: results.append(sandbox.gateway().send(MSG_ID, body).state))
        for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert results == [BatchState.SETTLED] * 4
    assert len(sandbox.paid()) == len(LINES)


def test_the_bank_settles_by_itself_while_nobody_asks(sandbox, gateway):
    sandbox.control("clock", running=True)
    sandbox.control(
        "accounts", accounts=[{"account": PAYEES[0][0], "name": PAYEES[0][1], "bank_code": ""}]
    )
    sandbox.control("setting", name="own_bank_seconds", value="0.2")
    gateway.send(MSG_ID, gateway.build_batch(make_batch(make_line(1))))

    deadline = time.monotonic() + 10
    while not sandbox.paid() and time.monotonic() < deadline:
        time.sleep(0.1)

    assert sandbox.paid() == ["FH20261118-0001"]
