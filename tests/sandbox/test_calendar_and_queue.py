"""Closed days, closed hours, and a queue that does or does not survive the end of the day."""

from datetime import timedelta

import pytest

from fixtures_bank import OPENING_FEN, TODAY, VILLAGE, make_batch, make_line
from sanzi.bank import errors
from sanzi.bank.port import BatchState

MSG_ID = "SZ-20261118-000001"
ALL_PAID = [f"FH20261118-000{n}" for n in range(1, 5)]


@pytest.fixture
def body(gateway):
    return gateway.build_batch(make_batch())


def setting(sandbox, **values):
    for name, value in values.items():
        sandbox.control("setting", name=name, value=value)


def reason(gateway, body):
    with pytest.raises(errors.GatewayError) as caught:
        gateway.send(MSG_ID, body)
    return caught.value


def test_on_a_closed_day_nothing_is_taken_and_the_number_stays_free(sandbox, gateway, body):
    sandbox.control("calendar", day="2026-11-18", is_open="", name="地方假")

    refused = reason(gateway, body)
    sandbox.advance(days=1)

    assert refused.data["reason_code"] == "DT01"
    assert gateway.send(MSG_ID, body).state is BatchState.SETTLED
    assert sandbox.paid() == ALL_PAID


def test_weekends_can_be_closed_and_a_working_saturday_put_in(sandbox, gateway, body):
    setting(sandbox, weekends="closed")
    sandbox.advance(days=3)
    assert reason(gateway, body).data["reason_code"] == "DT01"

    sandbox.control("calendar", day="2026-11-21", is_open="1", name="调休上班")

    assert gateway.send(MSG_ID, body).state is BatchState.SETTLED


def test_the_closed_hours_may_be_several_and_pass_midnight(sandbox, gateway, body):
    setting(sandbox, cut_off="17:15-17:30,22:00-01:00")
    for at, is_taken in (
        ("2026-11-18T17:20:00+08:00", False), ("2026-11-18T22:00:00+08:00", False),
        ("2026-11-19T00:59:00+08:00", False), ("2026-11-19T01:00:00+08:00", True),
    ):  # fmt: skip
        sandbox.control("clock", at=at)
        if is_taken:
            assert gateway.send(MSG_ID, body).state is BatchState.SETTLED
        else:
            assert isinstance(reason(gateway, body), errors.CutOffPassed)


def test_hours_that_cannot_be_read_are_refused(sandbox):
    with pytest.raises(Exception, match="400"):
        setting(sandbox, cut_off="17h-18h")


def test_a_bank_that_holds_what_comes_too_late_pays_it_when_it_opens(sandbox, gateway, body):
    setting(sandbox, cut_off="09:00-11:00", closed_rule="hold")

    ack = gateway.send(MSG_ID, body)
    assert (ack.state, sandbox.paid()) == (BatchState.PENDING, [])
    sandbox.advance(hours=1)

    assert sandbox.paid() == ALL_PAID


def test_an_order_dated_for_another_day_is_refused_if_the_bank_looks(sandbox, gateway, body):
    setting(sandbox, check_dates="on")
    sandbox.advance(days=1)

    assert reason(gateway, body).data["reason_code"] == "DT01"
    assert sandbox.paid() == []


def test_a_queue_that_is_not_dead_at_the_statement_pays_days_later(sandbox, gateway, body):
    setting(sandbox, queue_dead_at_statement="false")
    sandbox.fault("queued_silent", minutes=60 * 24 * 3)
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG_ID, body)

    sandbox.advance(days=2)
    quiet = [gateway.statement(VILLAGE, TODAY + timedelta(days=n)).entries for n in (0, 1)]
    before = sandbox.paid()
    sandbox.advance(days=2)

    assert (quiet, before) == ([(), ()], [])
    assert sandbox.paid() == ALL_PAID
    late = gateway.statement(VILLAGE, TODAY + timedelta(days=3))
    assert [entry.e2e_id for entry in late.entries] == ALL_PAID


def test_a_queue_waits_over_a_closed_day(sandbox, gateway, body):
    setting(sandbox, queue_dead_at_statement="false")
    sandbox.control("calendar", day="2026-11-19", is_open="0")
    sandbox.fault("queued", minutes=60 * 24)
    gateway.send(MSG_ID, body)

    sandbox.advance(days=1)
    assert sandbox.paid() == []
    sandbox.advance(days=1)

    assert sandbox.paid() == ALL_PAID


def word(sandbox, **fields):
    return sandbox.control("not-executed", msg_id=MSG_ID, **fields)


def test_the_word_of_non_execution_comes_only_when_nothing_is_held(sandbox, gateway, body):
    setting(sandbox, queue_dead_at_statement="false")
    sandbox.fault("queued_silent", minutes=60 * 24 * 3)
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG_ID, body)
    sandbox.advance(days=1)

    assert word(sandbox)["word"] == "NOT_YET"
    assert word(sandbox, purge="1")["word"] == "NOT_EXECUTED"
    sandbox.advance(days=5)

    assert sandbox.ledger() == []
    assert reason(gateway, body).data["reason_code"] == "MS03"
    assert sandbox.paid() == []


def test_there_is_no_word_for_what_was_paid_or_is_on_its_way(sandbox, gateway, body):
    sandbox.fault("delay", minutes=5, count=1)
    gateway.send(MSG_ID, body)

    assert word(sandbox, purge="1")["word"] == "NOT_YET"
    sandbox.advance(minutes=6)
    assert word(sandbox, purge="1")["word"] == "NOT_YET"
    assert sandbox.paid() != []


def test_a_message_that_never_arrived_is_dead_once_the_word_is_given(sandbox, gateway, body):
    assert word(sandbox)["word"] == "NOT_EXECUTED"
    at = word(sandbox)["at"]
    sandbox.advance(days=1)

    assert (word(sandbox)["at"], sandbox.balance_fen(VILLAGE)) == (at, OPENING_FEN)
    assert reason(gateway, body).data["reason_code"] == "MS03"


def test_a_batch_of_refused_lines_was_not_executed(sandbox, gateway):
    sandbox.fault("reject", code="AC04")
    gateway.send(MSG_ID, gateway.build_batch(make_batch(make_line(1))))

    told = word(sandbox)

    assert (told["word"], told["e2e_ids"]) == ("NOT_EXECUTED", ["FH20261118-0001"])
