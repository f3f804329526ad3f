"""Cancelling, and what banks tell unasked, asked of every adapter with a bank behind it.

Only what the bank says that it dropped is dead. A message that came unasked is believed only if
the bank signed it, for us, now, and for the first time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fixtures_bank import VILLAGE
from fixtures_push import Subscriber
from sanzi.bank import errors
from sanzi.bank.port import BankEvent, BatchState, EventKind, LineState
from sanzi.kernel import clock
from worlds.counterparties import Counterparty, OfSandbox, Unable

MSG_ID = "SZ-20261118-000001"
ALL = [f"FH20261118-{n:04d}" for n in range(1, 5)]


def send(bank: Counterparty) -> None:
    bank.gateway.send(MSG_ID, bank.gateway.build_batch(bank.batch()))


@pytest.fixture
def taking_back(bank: Counterparty) -> Counterparty:
    """A bank that cancels."""
    if not bank.gateway.capabilities().can_cancel:
        with pytest.raises(errors.NotOffered):
            bank.gateway.cancel(MSG_ID, ())
        pytest.skip(f"{bank.name} takes nothing back")
    return bank


def test_what_is_not_booked_yet_is_dropped_and_the_rest_is_paid(taking_back) -> None:
    bank = taking_back
    before = bank.balance_fen()
    for account, _ in bank.payees[:2]:
        bank.fault("delay", f"account:{account}", minutes=20)
    send(bank)

    found = bank.gateway.cancel(MSG_ID, (ALL[0], ALL[3]))
    bank.next_day()

    assert (found.msg_id, found.cancelled, found.refused) == (MSG_ID, (ALL[0],), (ALL[3],))
    assert "已经有结果" in found.reason_text
    assert sorted(bank.paid()) == ALL[1:]
    assert before - bank.balance_fen() == 3 * 28_650
    line = bank.gateway.query_batch(MSG_ID).line(ALL[0])
    assert (line.status, line.reason_code) == (LineState.REJECTED, "CUST")


def test_without_numbers_all_of_a_message_is_meant_and_again_says_the_same(taking_back) -> None:
    bank = taking_back
    for account, _ in bank.payees:
        bank.fault("delay", f"account:{account}", minutes=20)
    send(bank)

    first = bank.gateway.cancel(MSG_ID, ())

    assert first.cancelled == tuple(ALL)
    assert bank.gateway.cancel(MSG_ID, ()) == first
    bank.next_day()
    assert bank.paid() == []


def test_a_line_of_a_held_message_is_dropped_before_it_runs(taking_back) -> None:
    bank = taking_back
    bank.fault("queued", minutes=10)
    send(bank)

    found = bank.gateway.cancel(MSG_ID, (ALL[1],))
    bank.settle()

    assert (found.cancelled, found.refused) == ((ALL[1],), ())
    assert bank.paid() == [ALL[0], *ALL[2:]]


def test_what_the_bank_does_not_know_stays_open(taking_back) -> None:
    lines = taking_back.gateway.cancel(MSG_ID, (ALL[0],))
    whole = taking_back.gateway.cancel(MSG_ID, ())

    assert (lines.cancelled, lines.refused) == ((), ())
    assert (whole.cancelled, whole.refused) == ((), ())


def test_a_wish_to_a_bank_that_does_not_listen_leaves_all_as_it_was(taking_back) -> None:
    taking_back.fall_silent()

    with pytest.raises(errors.GatewayUnavailable):
        taking_back.gateway.cancel(MSG_ID, (ALL[0],))


@pytest.fixture
def telling(bank: Counterparty, subscriber: Subscriber) -> Iterator[OfSandbox]:
    """A bank that tells the subscriber what it books."""
    try:
        bank.subscribe(subscriber.url)
    except Unable:
        with pytest.raises(errors.NotOffered):
            bank.gateway.handle_push(b"told", {})
        pytest.skip(f"{bank.name} tells nothing")
    assert isinstance(bank, OfSandbox)
    yield bank
    bank.subscribe("")


def credit(bank: OfSandbox, amount_fen: int) -> None:
    bank.sandbox.control("credit", account=VILLAGE, amount_fen=amount_fen)


def read(bank: Counterparty, message: tuple[bytes, dict[str, str]]) -> BankEvent:
    (event,) = bank.gateway.handle_push(*message)
    return event


def test_a_booked_message_is_told_as_its_state_and_as_entries(telling, subscriber) -> None:
    send(telling)

    state, booked = (read(telling, one) for one in subscriber.wait_for(2))

    assert (state.kind, booked.kind) == (EventKind.STATUS, EventKind.ENTRY)
    assert (state.status.msg_id, state.status.state) == (MSG_ID, BatchState.SETTLED)
    assert [one.status for one in state.status.lines] == [LineState.SETTLED] * 4
    assert booked.account == VILLAGE
    assert booked.entries == telling.gateway.notifications(VILLAGE)
    assert state.event_id != booked.event_id
    assert abs(clock.now() - state.at) < timedelta(minutes=1)


def test_a_line_refused_later_is_told_later(telling, subscriber) -> None:
    telling.fault("late_reject", f"account:{telling.payees[1][0]}", minutes=30, code="AC04")
    send(telling)
    subscriber.wait_for(2)

    telling.sandbox.advance(hours=1)

    line = read(telling, subscriber.wait_for(3)[2]).status.line(ALL[1])
    assert (line.status, line.reason_code) == (LineState.REJECTED, "AC04")


def test_more_entries_than_a_message_holds_come_in_several_and_none_twice(
    telling, subscriber
) -> None:
    lines = [telling.line(number, amount_fen=100 + number) for number in range(1, 151)]
    batch = telling.batch(*lines)
    telling.gateway.send(MSG_ID, telling.gateway.build_batch(batch))
    count = 3 if telling.name == "direct" else 2

    told = [read(telling, one) for one in subscriber.wait_for(count)]

    entries = [entry for event in told for entry in event.entries]
    assert len(entries) == 150
    assert tuple(entries) == telling.gateway.notifications(VILLAGE)


@pytest.mark.parametrize("kind", ["push_twice", "push_replayed"])
def test_the_same_message_counts_once(telling, subscriber, kind: str) -> None:
    telling.sandbox.fault(kind, **({"minutes": 0} if kind == "push_replayed" else {}))
    credit(telling, 500)

    first, again = subscriber.wait_for(2)

    assert read(telling, first).entries[0].amount_fen == 500
    if kind == "push_replayed":
        assert again[0] == first[0]
    with pytest.raises(errors.EventSeen):
        read(telling, again)


@pytest.mark.parametrize("kind", ["push_forged", "push_bad_signature"])
def test_what_another_key_signed_is_not_believed(telling, subscriber, kind: str) -> None:
    telling.sandbox.fault(kind)
    credit(telling, 500)

    wrong, right = subscriber.wait_for(2)

    with pytest.raises(errors.EventForged):
        read(telling, wrong)
    assert read(telling, right).entries[0].amount_fen == 500


def test_not_one_byte_of_a_message_can_be_changed(telling, subscriber) -> None:
    credit(telling, 500)
    (raw, headers) = subscriber.wait_for(1)[0]

    for place in range(0, len(raw), 97):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(errors.EventForged):
            telling.gateway.handle_push(changed, headers)
    for cut in (b"", raw[:100], raw + b"x", b"x" * 20_000_009):
        with pytest.raises(errors.EventForged):
            telling.gateway.handle_push(cut, headers)
    assert telling.gateway.handle_push(raw, headers)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_of_another_time_is_too_old(telling, subscriber, monkeypatch, minutes) -> None:
    credit(telling, 500)
    message = subscriber.wait_for(1)[0]
    other = datetime.now(tz=UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: other)

    with pytest.raises(errors.EventTooOld):
        read(telling, message)


def test_a_bank_whose_clock_is_far_wrong_is_not_believed(telling, subscriber) -> None:
    telling.sandbox.fault("clock_skew", seconds=-900)
    credit(telling, 500)

    with pytest.raises(errors.EventTooOld):
        read(telling, subscriber.wait_for(1)[0])


def test_a_message_for_another_customer_is_refused(telling, subscriber) -> None:
    telling.sandbox.control("setting", name="push_customer", value="another")
    credit(telling, 500)

    with pytest.raises(errors.EventOfAnother):
        read(telling, subscriber.wait_for(1)[0])


def test_messages_may_overtake_one_another(telling, subscriber) -> None:
    telling.sandbox.fault("push_out_of_order")
    credit(telling, 500)
    subscriber.stay_quiet()
    credit(telling, 700)

    told = [read(telling, one).entries[0].amount_fen for one in subscriber.wait_for(2)]

    assert told == [700, 500]


def test_a_message_that_was_not_taken_comes_again_under_its_number(telling, subscriber) -> None:
    subscriber.answers = [503]
    credit(telling, 500)

    first, again = subscriber.wait_for(2)

    assert read(telling, first).entries[0].amount_fen == 500
    with pytest.raises(errors.EventSeen):
        read(telling, again)
