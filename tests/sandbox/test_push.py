"""Events that the bank pushes: taken once, from this bank, for us, within five minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from fixtures_bank import PAYEES, VILLAGE, make_batch, make_line
from fixtures_push import platform, subscriber
from sanzi.bank import actions, errors
from sanzi.bank.models import BankEventSeen
from sanzi.bank.port import BatchState, EventKind
from sanzi.bank.sign import Sm2KeyFile
from sanzi.kernel import clock

__all__ = ["platform", "subscriber"]

pytestmark = pytest.mark.django_db
MSG = "SZ-20261118-000001"


@pytest.fixture
def pushed(sandbox, platform, subscriber):
    """Send an order of two lines to a bank that pushes; return the two events that came."""
    sandbox.control("setting", name="push_url", value=subscriber.url)
    body = platform.build_batch(make_batch(make_line(1), make_line(2, payee=1)))
    platform.send(MSG, body)
    return subscriber.wait_for(2)


def refused(platform, raw, headers, kind):
    with pytest.raises(kind):
        platform.handle_push(raw, headers)


def test_a_booked_order_comes_as_its_status_and_as_entries_of_the_account(platform, pushed):
    events = [platform.handle_push(raw, headers)[0] for raw, headers in pushed]

    assert [event.kind for event in events] == [EventKind.STATUS, EventKind.ENTRY]
    assert events[0].status.state is BatchState.SETTLED
    assert events[0].status.msg_id == MSG
    assert events[1].account == VILLAGE
    assert [entry.e2e_id for entry in events[1].entries] == [
        "FH20261118-0001", "FH20261118-0002",
    ]  # fmt: skip
    assert len({event.event_id for event in events}) == 2
    assert BankEventSeen.objects.count() == 2


def test_what_changes_later_is_pushed_later(sandbox, platform, subscriber):
    sandbox.fault("late_reject", scope=f"account:{PAYEES[1][0]}", minutes=30, code="AC04")
    sandbox.control("setting", name="push_url", value=subscriber.url)
    platform.send(MSG, platform.build_batch(make_batch(make_line(1), make_line(2, payee=1))))
    subscriber.wait_for(2)

    sandbox.advance(hours=1)

    raw, headers = subscriber.wait_for(3)[2]
    status = platform.handle_push(raw, headers)[0].status
    assert [(line.e2e_id[-1], line.reason_code) for line in status.lines] == [
        ("1", ""), ("2", "AC04"),
    ]  # fmt: skip


def test_an_event_that_was_not_taken_comes_again_under_its_number(sandbox, platform, subscriber):
    subscriber.answers = [503]
    sandbox.control("setting", name="push_url", value=subscriber.url)
    sandbox.control("credit", account=VILLAGE, amount_fen=500)

    (first, told), (again, told_again) = subscriber.wait_for(2)

    assert first == again
    assert told["X-Bank-Event"] == told_again["X-Bank-Event"]
    assert platform.handle_push(again, told_again)[0].entries[0].amount_fen == 500
    refused(platform, first, told, errors.EventSeen)


def test_the_same_event_again_is_refused_and_written_once(platform, pushed):
    raw, headers = pushed[0]
    platform.handle_push(raw, headers)

    refused(platform, raw, headers, errors.EventSeen)

    assert BankEventSeen.objects.count() == 1


@pytest.mark.parametrize("name", ["X-Bank-Event", "X-Bank-Timestamp", "X-Bank-Customer"])
def test_nothing_that_is_signed_can_be_changed(platform, pushed, name):
    raw, headers = pushed[0]

    refused(platform, raw, {**headers, name: headers[name] + "0"}, errors.EventForged)
    refused(platform, raw, {**headers, name: ""}, errors.EventForged)
    refused(platform, raw, {k: v for k, v in headers.items() if k != name}, errors.EventForged)
    assert BankEventSeen.objects.count() == 0


def test_a_body_of_another_event_a_strange_key_and_no_signature_are_forged(
    sandbox, platform, pushed
):
    (raw, headers), (other, _) = pushed
    head = "\n".join(
        headers[name] for name in ("X-Bank-Event", "X-Bank-Timestamp", "X-Bank-Customer")
    )
    ours = Sm2KeyFile(sandbox.customer_key).sign(head.encode() + b"\n" + raw)

    refused(platform, other, headers, errors.EventForged)
    refused(platform, raw + b" ", headers, errors.EventForged)
    refused(platform, raw, {**headers, "X-Bank-Signature": ours}, errors.EventForged)
    refused(platform, raw, {**headers, "X-Bank-Signature": ""}, errors.EventForged)
    refused(platform, b"x" * 20_000_001, headers, errors.EventForged)
    assert BankEventSeen.objects.count() == 0


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_event_signed_at_another_time_is_refused(platform, pushed, monkeypatch, minutes):
    raw, headers = pushed[0]
    later = datetime.now(tz=UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: later)

    refused(platform, raw, headers, errors.EventTooOld)

    assert BankEventSeen.objects.count() == 0


def test_an_event_for_another_customer_is_refused(sandbox, platform, subscriber):
    sandbox.control("setting", name="push_customer", value="another")
    sandbox.control("setting", name="push_url", value=subscriber.url)
    sandbox.control("credit", account=VILLAGE, amount_fen=500)
    raw, headers = subscriber.wait_for(1)[0]

    refused(platform, raw, headers, errors.EventOfAnother)

    assert BankEventSeen.objects.count() == 0


def signed(sandbox, raw, event_id="EV-1"):
    """An event as the bank would sign it, whatever its body."""
    key = Sm2KeyFile(sandbox.keys / "bank.key")
    stamp = datetime.now(tz=UTC).isoformat()
    signature = key.sign(f"{event_id}\n{stamp}\nsanzi\n".encode() + raw)
    return {
        "X-Bank-Event": event_id, "X-Bank-Timestamp": stamp, "X-Bank-Customer": "sanzi",
        "X-Bank-Signature": signature,
    }  # fmt: skip


@pytest.mark.parametrize("raw", [b"", b"<d/>", b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>'])
def test_a_signed_message_that_is_none_is_no_event(sandbox, platform, raw):
    refused(platform, raw, signed(sandbox, raw), errors.ProtocolError)
    assert BankEventSeen.objects.count() == 0


def test_header_names_may_come_in_any_case(sandbox, platform, pushed):
    raw, headers = pushed[0]

    assert platform.handle_push(raw, {name.lower(): text for name, text in headers.items()})


def test_an_adapter_without_a_memory_takes_no_events(gateway, pushed):
    raw, headers = pushed[0]

    with pytest.raises(errors.NotOffered):
        gateway.handle_push(raw, headers)


def test_events_of_long_ago_are_forgotten(platform, pushed):
    raw, headers = pushed[0]
    platform.handle_push(raw, headers)

    assert actions.forget(clock.now() + timedelta(days=399)) == 0
    assert actions.forget(clock.now() + timedelta(days=401)) == 1
    assert BankEventSeen.objects.count() == 0


def test_a_bank_without_a_subscriber_pushes_nothing_and_keeps_nothing(sandbox, gateway):
    gateway.send(MSG, gateway.build_batch(make_batch()))

    assert sandbox.read("/_ctl/state.json")["pushes"] == []
