"""Pushed events twice, never, late, in the wrong order, forged, and replayed."""

import time
from datetime import timedelta

import pytest

from fixtures_bank import VILLAGE
from fixtures_push import Subscriber, platform, subscriber
from sanzi.bank import errors
from sanzi.kernel import clock

__all__ = ["platform", "subscriber"]

pytestmark = pytest.mark.django_db
QUIET_SECONDS = 0.8


@pytest.fixture
def credit(sandbox, subscriber: Subscriber):
    """Let money come in, each time with one event; the amounts tell them apart."""
    sandbox.control("setting", name="push_url", value=subscriber.url)

    def come(amount_fen):
        sandbox.control("credit", account=VILLAGE, amount_fen=amount_fen)

    return come


def read(platform, message):
    return [entry.amount_fen for entry in platform.handle_push(*message)[0].entries]


def amount_in(message):
    raw, _ = message
    return int(raw.split(b'<Amt Ccy="CNY">')[1].split(b"<")[0].replace(b".", b""))


def pushes(sandbox):
    return sandbox.read("/_ctl/state.json")["pushes"]


def test_an_event_may_come_twice_and_counts_once(sandbox, platform, subscriber, credit):
    sandbox.fault("push_twice")
    credit(500)

    first, second = subscriber.wait_for(2)

    assert first[1]["X-Bank-Event"] == second[1]["X-Bank-Event"]
    assert read(platform, first) == [500]
    with pytest.raises(errors.EventSeen):
        read(platform, second)


def test_an_event_may_never_come_and_the_next_one_does(sandbox, subscriber, credit):
    sandbox.fault("push_never")
    credit(500)
    time.sleep(QUIET_SECONDS)
    credit(700)

    (only,) = subscriber.wait_for(1)

    assert amount_in(only) == 700
    assert [row["outcome"] for row in pushes(sandbox)][-1] == "NEVER"


def test_an_event_may_wait_for_the_banks_clock(sandbox, subscriber, credit):
    sandbox.fault("push_late", minutes=30)
    credit(500)
    time.sleep(QUIET_SECONDS)
    came = len(subscriber.came)

    sandbox.advance(minutes=31)

    assert came == 0
    assert amount_in(subscriber.wait_for(1)[0]) == 500


def test_an_event_may_be_overtaken_by_the_next(sandbox, subscriber, credit):
    sandbox.fault("push_out_of_order")
    credit(500)
    time.sleep(QUIET_SECONDS)
    credit(700)

    assert [amount_in(one) for one in subscriber.wait_for(2)] == [700, 500]


def test_a_forged_event_comes_first_and_is_not_believed(sandbox, platform, subscriber, credit):
    sandbox.fault("push_forged", scope=f"account:{VILLAGE}", count=1)
    credit(500)

    forged, true = subscriber.wait_for(2)

    with pytest.raises(errors.EventForged):
        read(platform, forged)
    assert read(platform, true) == [500]


def test_a_signature_may_be_wrong_at_first(sandbox, platform, subscriber, credit):
    sandbox.fault("push_bad_signature")
    credit(500)

    wrong, right = subscriber.wait_for(2)

    with pytest.raises(errors.EventForged):
        read(platform, wrong)
    assert read(platform, right) == [500]


def test_old_bytes_may_come_again_later(sandbox, platform, subscriber, credit, monkeypatch):
    sandbox.fault("push_replayed", minutes=10)
    credit(500)
    (first,) = subscriber.wait_for(1)
    assert read(platform, first) == [500]

    sandbox.advance(minutes=11)
    _, again = subscriber.wait_for(2)

    assert (again[0], again[1]["X-Bank-Signature"]) == (first[0], first[1]["X-Bank-Signature"])
    with pytest.raises(errors.EventSeen):
        read(platform, again)
    much_later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    with pytest.raises(errors.EventTooOld):
        read(platform, again)


def test_a_clock_that_is_far_wrong_makes_events_too_old(sandbox, platform, subscriber, credit):
    sandbox.fault("clock_skew", seconds=-900)
    credit(500)

    (late,) = subscriber.wait_for(1)

    with pytest.raises(errors.EventTooOld):
        read(platform, late)
