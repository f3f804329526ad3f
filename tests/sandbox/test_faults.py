"""Each fault of the sandbox bank: what the platform sees, and what really happened to the money."""

from datetime import timedelta

import pytest

from fixtures_bank import (
    OPENING_FEN,
    PAYEES,
    TODAY,
    VILLAGE,
    make_batch,
    make_line,
    renumbered,
)
from sanzi.bank import errors
from sanzi.bank.port import BatchState, LineState, PayeeCheck

MSG_ID = "SZ-20261118-000001"
ALL_PAID = [f"FH20261118-000{n}" for n in range(1, 5)]


@pytest.fixture
def body(gateway):
    return gateway.build_batch(make_batch())


@pytest.mark.parametrize(
    ("kind", "paid"),
    [
        ("reply_lost", ALL_PAID),
        ("request_lost", []),
        ("error_before", []),
        ("error_after", ALL_PAID),
        ("queued_silent", []),
    ],
)
def test_without_an_answer_the_result_is_unknown_whether_or_not_it_was_paid(
    sandbox, gateway, body, kind, paid
):
    sandbox.fault(kind)

    with pytest.raises(errors.GatewayTimeout) as caught:
        gateway.send(MSG_ID, body)

    assert not caught.value.is_fate_known
    assert sandbox.paid() == paid
    expected = BatchState.SETTLED if paid else BatchState.NOT_FOUND
    assert gateway.query_batch(MSG_ID).state is expected


@pytest.mark.parametrize(
    "kind", ["reply_lost", "request_lost", "error_before", "error_after", "queued_silent"]
)
def test_the_same_bytes_after_an_unknown_result_pay_exactly_once(sandbox, gateway, body, kind):
    sandbox.fault(kind)
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG_ID, body)

    ack = gateway.send(MSG_ID, body)
    sandbox.advance(days=1)

    assert ack.state is BatchState.SETTLED
    assert sandbox.paid() == ALL_PAID


@pytest.mark.parametrize("kind", ["bad_signature", "garbled"])
def test_an_answer_that_cannot_be_trusted_leaves_the_result_unknown(sandbox, gateway, body, kind):
    sandbox.fault(kind)

    with pytest.raises(errors.ProtocolError) as caught:
        gateway.send(MSG_ID, body)

    assert not caught.value.is_fate_known
    assert sandbox.paid() == ALL_PAID


def test_an_answer_that_comes_too_late_is_a_timeout(sandbox, body):
    sandbox.fault("slow", seconds=2)
    impatient = sandbox.gateway(timeout_seconds=0.3)

    with pytest.raises(errors.GatewayTimeout):
        impatient.send(MSG_ID, body)

    assert sandbox.paid() == ALL_PAID
    impatient.close()


def test_a_bank_that_is_down_was_sent_nothing(sandbox, gateway, body):
    sandbox.kill()

    with pytest.raises(errors.GatewayUnavailable) as caught:
        gateway.send(MSG_ID, body)

    assert caught.value.is_fate_known
    sandbox.start()
    assert sandbox.ledger() == []


def test_a_queued_order_is_pending_and_paid_when_its_time_comes(sandbox, gateway, body):
    sandbox.fault("queued", minutes=10)

    ack = gateway.send(MSG_ID, body)
    before = gateway.query_batch(MSG_ID)
    sandbox.advance(minutes=11)

    assert (ack.state, before.state) == (BatchState.PENDING, BatchState.PENDING)
    assert gateway.query_batch(MSG_ID).state is BatchState.SETTLED
    assert sandbox.paid() == ALL_PAID


def test_an_order_held_before_the_books_is_dropped_at_the_end_of_the_day(sandbox, gateway, body):
    sandbox.fault("queued_silent", minutes=60 * 24)
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG_ID, body)

    sandbox.advance(days=3)

    assert gateway.statement(VILLAGE, TODAY).entries == ()
    assert sandbox.ledger() == []


def test_an_order_held_until_evening_is_in_the_statement_of_that_day(sandbox, gateway, body):
    sandbox.fault("queued_silent", minutes=60 * 13)
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG_ID, body)

    sandbox.advance(days=3)

    found = [entry.e2e_id for entry in gateway.statement(VILLAGE, TODAY).entries]
    assert found == ALL_PAID
    assert sandbox.paid() == ALL_PAID


def test_a_strict_bank_refuses_even_the_same_bytes(sandbox, gateway, body):
    gateway.send(MSG_ID, body)
    sandbox.fault("strict_duplicate")

    with pytest.raises(errors.DuplicateMessage) as caught:
        gateway.send(MSG_ID, body)

    assert not caught.value.is_fate_known
    assert sandbox.paid() == ALL_PAID


def test_a_query_may_not_see_yet_what_was_paid(sandbox, gateway, body):
    gateway.send(MSG_ID, body)
    sandbox.fault("query_not_visible", count=2)

    seen = [gateway.query_batch(MSG_ID).state for _ in range(3)]

    assert seen == [BatchState.NOT_FOUND, BatchState.NOT_FOUND, BatchState.SETTLED]


def test_a_query_may_fail_and_be_repeated(sandbox, gateway, body):
    gateway.send(MSG_ID, body)
    sandbox.fault("query_outage")
    sandbox.fault("query_bad_signature")

    with pytest.raises(errors.GatewayTimeout):
        gateway.query_batch(MSG_ID)
    with pytest.raises(errors.ProtocolError):
        gateway.query_batch(MSG_ID)
    assert gateway.query_batch(MSG_ID).state is BatchState.SETTLED


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        ("check_outage", lambda bank: bank.verify_payees([PayeeCheck("1", "王小芳", "6228")])),
        ("report_outage", lambda bank: bank.balances(VILLAGE)),
        ("report_outage", lambda bank: bank.notifications(VILLAGE)),
    ],
)
def test_reads_may_fail_and_be_repeated(sandbox, gateway, kind, ask):
    sandbox.fault(kind)

    with pytest.raises(errors.GatewayTimeout):
        ask(gateway)
    assert ask(gateway) is not None


def test_a_statement_may_come_late(sandbox, gateway):
    sandbox.advance(days=1)
    sandbox.fault("statement_late", scope=f"account:{VILLAGE}", count=1)

    with pytest.raises(errors.StatementNotReady):
        gateway.statement(VILLAGE, TODAY)
    assert gateway.statement(VILLAGE, TODAY).number == 282


def test_a_line_refused_for_one_payee_leaves_the_others(sandbox, gateway, body):
    sandbox.fault("reject", scope=f"account:{PAYEES[2][0]}", code="AM14")

    ack = gateway.send(MSG_ID, body)

    assert [(line.status, line.reason_code) for line in ack.lines] == [
        (LineState.SETTLED, ""), (LineState.SETTLED, ""),
        (LineState.REJECTED, "AM14"), (LineState.SETTLED, ""),
    ]  # fmt: skip


def test_a_delayed_line_is_accepted_holds_its_money_and_settles_once(sandbox, gateway, body):
    sandbox.fault("delay", scope=f"account:{PAYEES[0][0]}", minutes=30, count=1)

    ack = gateway.send(MSG_ID, body)
    held = gateway.balances(VILLAGE)
    sandbox.advance(minutes=31)

    assert (ack.state, ack.lines[0].status) == (BatchState.ACCEPTED, LineState.ACCEPTED)
    assert held.booked_fen - held.available_fen == 28_650
    assert gateway.query_batch(MSG_ID).state is BatchState.SETTLED
    assert sorted(sandbox.paid()) == ALL_PAID


def test_a_line_delayed_over_midnight_is_booked_on_its_day(sandbox, gateway):
    sandbox.fault("delay", minutes=60 * 30)
    gateway.send(MSG_ID, gateway.build_batch(make_batch(make_line(1))))

    sandbox.advance(days=1)

    entries = gateway.statement(VILLAGE, TODAY).entries
    assert [entry.e2e_id for entry in entries] == ["FH20261118-0001"]


def test_a_line_accepted_and_refused_later_never_leaves_the_account(sandbox, gateway, body):
    sandbox.fault("late_reject", scope=f"account:{PAYEES[1][0]}", code="AC04", minutes=5)

    ack = gateway.send(MSG_ID, body)
    sandbox.advance(minutes=6)
    later = gateway.query_batch(MSG_ID)

    assert ack.lines[1].status is LineState.ACCEPTED
    assert (later.lines[1].status, later.lines[1].reason_code) == (LineState.REJECTED, "AC04")
    assert later.state is BatchState.PART
    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 3 * 28_650
    assert gateway.balances(VILLAGE).available_fen == OPENING_FEN - 3 * 28_650


@pytest.mark.parametrize(("with_e2e", "e2e_id"), [(False, ""), (True, "FH20261118-0001")])
def test_a_payment_comes_back_the_next_day_as_a_credit_with_its_reason(
    sandbox, gateway, body, with_e2e, e2e_id
):
    sandbox.fault("return", scope=f"account:{PAYEES[0][0]}", code="BE01", with_e2e=with_e2e)

    ack = gateway.send(MSG_ID, body)
    assert ack.lines[0].status is LineState.SETTLED
    sandbox.advance(days=2)

    entries = gateway.statement(VILLAGE, TODAY + timedelta(days=1)).entries
    assert [
        (entry.signed_fen, entry.is_return, entry.reason_code, entry.e2e_id, entry.party_name,
         entry.party_account)
        for entry in entries
    ] == [(28_650, True, "BE01", e2e_id, "王小芳", PAYEES[0][0])]  # fmt: skip
    assert "退汇" in entries[0].memo
    assert gateway.notifications(VILLAGE)[-1] == entries[0]
    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 3 * 28_650
    assert sandbox.balance_fen(PAYEES[0][0]) == 0
    assert sandbox.ledger(VILLAGE)[-1]["true_e2e_id"] == "FH20261118-0001"


def test_a_fault_for_one_account_does_not_touch_another(sandbox, gateway, body):
    sandbox.fault("reply_lost", scope="account:201000099990002")

    assert gateway.send(MSG_ID, body).state is BatchState.SETTLED


def test_an_unknown_fault_is_refused_with_the_ones_that_there_are(sandbox):
    with pytest.raises(Exception, match="400"):
        sandbox.fault("no_such_fault")
    assert sandbox.read("/_ctl/state.json")["faults"] == []


def storm(sandbox, gateway, *, is_naive, rounds=25):
    """Send many one-line orders through a bad link; return what was paid, in order."""
    for kind in ("reply_lost", "request_lost", "error_after", "queued_silent"):
        sandbox.fault(kind, scope="all", rate=0.2)
    for number in range(1, rounds + 1):
        line = make_line(number, payee=number % 4)
        for attempt in range(6):
            name = f"SZ-20261118-{number:06d}" + (f"-{attempt}" if is_naive else "")
            sent = renumbered(line, attempt) if is_naive else line
            try:
                gateway.send(name, gateway.build_batch(make_batch(sent, msg_id=name)))
            except errors.GatewayTimeout:
                continue
            break
    sandbox.clear_faults()
    sandbox.advance(days=1)
    return sandbox.paid()


def test_a_bad_link_with_the_same_bytes_again_never_pays_twice(sandbox, gateway):
    paid = storm(sandbox, gateway, is_naive=False)

    assert len(paid) == len(set(paid))
    assert len(paid) >= 20


def test_a_bad_link_with_new_numbers_pays_twice_so_the_test_above_can_fail(sandbox, gateway):
    paid = storm(sandbox, gateway, is_naive=True)

    assert len(paid) > len(set(paid))


def test_the_same_seed_meets_the_same_faults(sandbox, gateway):
    first = storm(sandbox, gateway, is_naive=True, rounds=10)
    sandbox.control("reset")
    from fixtures_bank import lay_out

    lay_out(sandbox)
    assert storm(sandbox, gateway, is_naive=True, rounds=10) == first
