"""What the platform relies on of any bank, asked of every adapter with a bank behind it.

A new adapter is done when it is a parameter of `bank` in conftest.py (docs/how-to/add-a-bank.md).
The heart of it: paid at most once whatever fails, and what is unknown is never taken for a failure.
Cancelling and pushing are in test_port_cancel_and_push.py.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.bank import errors
from sanzi.bank.port import (
    BatchState,
    Entry,
    LineState,
    PayeeCheck,
    PayeeVerdict,
    ReconciliationAnswer,
)
from worlds import counterparties
from worlds.counterparties import Counterparty, Unable

MSG_ID = "SZ-20261118-000001"
ALL = [f"FH20261118-{n:04d}" for n in range(1, 5)]
ENDED = (BatchState.SETTLED, BatchState.REJECTED, BatchState.PART)
FAULTS_OF_SENDING = [
    "reply_lost", "request_lost", "error_before", "error_after", "queued_silent", "garbled",
    "bad_signature", "slow",
]  # fmt: skip


def send(bank: Counterparty, *lines):
    return bank.gateway.send(MSG_ID, bank.gateway.build_batch(bank.batch(*lines)))


def with_fault(bank: Counterparty, kind: str, scope: str = "next", **args) -> None:
    try:
        bank.fault(kind, scope, **args)
    except Unable:
        pytest.skip(f"{bank.name} has no {kind}")


def fate(bank: Counterparty, msg_id: str = MSG_ID) -> BatchState | None:
    """What the bank says of a message, or None when it does not say."""
    try:
        return bank.gateway.query_batch(msg_id).state
    except (errors.GatewayTimeout, errors.ProtocolError):
        return None


def test_the_same_batch_makes_the_same_bytes(bank) -> None:
    assert bank.gateway.build_batch(bank.batch()) == bank.gateway.build_batch(bank.batch())


def test_a_batch_is_paid_line_by_line_under_our_numbers(bank) -> None:
    before = bank.balance_fen()

    ack = send(bank)
    bank.settle()
    told = bank.gateway.query_batch(MSG_ID)

    assert ack.state in (BatchState.SETTLED, BatchState.ACCEPTED)
    assert told.state in (BatchState.SETTLED, BatchState.ACCEPTED)
    assert [line.e2e_id for line in ack.lines] == ALL
    assert bank.paid() == ALL
    assert before - bank.balance_fen() == 4 * 28_650


def test_a_refused_line_does_not_hold_up_the_others_and_says_why(bank) -> None:
    bank.close_payee(bank.payees[1][0])

    ack = send(bank)
    bank.settle()

    assert ack.state is BatchState.PART
    refused = {one.e2e_id: one.reason_code for one in ack.lines if one.status is LineState.REJECTED}
    assert refused == {ALL[1]: "AC04"}
    assert bank.paid() == [ALL[0], *ALL[2:]]


def test_a_line_to_a_wrong_name_is_refused_where_the_bank_looks_at_names(bank) -> None:
    if not bank.gateway.capabilities().name_check:
        pytest.skip(f"{bank.name} looks at no names")

    ack = send(bank, bank.line(1), replace(bank.line(2, 2), payee_name="阿依古丽·买买提"))

    assert [one.reason_code for one in ack.lines] == ["", "BE01"]
    assert bank.paid() == ALL[:1]


def test_a_batch_of_which_nothing_is_paid_is_told_line_by_line(bank) -> None:
    bank.watch_funds()
    ack = send(bank, bank.line(1, amount_fen=60_000_000), bank.line(2, amount_fen=60_000_000))

    assert ack.state is BatchState.REJECTED
    assert [line.reason_code for line in ack.lines] == ["AM04", "AM04"]
    assert bank.paid() == []


@pytest.mark.parametrize("kind", FAULTS_OF_SENDING)
def test_whatever_becomes_of_the_answer_nobody_is_told_that_it_failed(bank, kind: str) -> None:
    with_fault(bank, kind, **({"seconds": 4} if kind == "slow" else {}))

    with pytest.raises(errors.GatewayError) as caught:
        send(bank)

    assert not caught.value.is_fate_known
    assert fate(bank) is not BatchState.REJECTED


@pytest.mark.parametrize("kind", FAULTS_OF_SENDING)
def test_the_same_bytes_again_after_any_fault_pay_once(bank, kind: str) -> None:
    if not bank.gateway.capabilities().idempotent_replay:
        pytest.skip(f"{bank.name} promises no replay")
    with_fault(bank, kind, **({"seconds": 4} if kind == "slow" else {}))
    body = bank.gateway.build_batch(bank.batch())
    with suppress(errors.GatewayError):
        bank.gateway.send(MSG_ID, body)

    bank.gateway.send(MSG_ID, body)
    bank.gateway.send(MSG_ID, body)
    bank.next_day()

    assert bank.paid() == ALL


@pytest.mark.parametrize("kind", ["reply_lost", "request_lost"])
def test_where_no_replay_is_promised_asking_tells_and_nothing_is_paid_twice(bank, kind) -> None:
    if bank.gateway.capabilities().idempotent_replay:
        pytest.skip(f"{bank.name} promises replay")
    with_fault(bank, kind)
    body = bank.gateway.build_batch(bank.batch())
    with pytest.raises(errors.GatewayTimeout):
        bank.gateway.send(MSG_ID, body)

    found = fate(bank)
    if found is BatchState.NOT_FOUND:
        bank.next_day()
        assert bank.gateway.statement(bank.account, bank.today).entries == ()
        assert bank.paid() == []
        return
    with pytest.raises(errors.DuplicateMessage) as caught:
        bank.gateway.send(MSG_ID, body)
    assert not caught.value.is_fate_known
    assert fate(bank) is found
    assert bank.paid() == ALL


def test_a_bank_that_says_nothing_at_all_leaves_the_result_unknown(bank) -> None:
    with_fault(bank, "silent")

    with pytest.raises(errors.GatewayTimeout):
        send(bank)
    bank.next_day()

    assert fate(bank) is BatchState.NOT_FOUND
    told = bank.gateway.statement(bank.account, bank.today).entries
    assert [one.e2e_id for one in told] == ALL


def test_a_statement_that_leaves_an_entry_out_is_not_believed(bank) -> None:
    with_fault(bank, "statement-gap" if bank.name == "mock-bank" else "statement_broken")
    send(bank)
    bank.next_day()

    with pytest.raises(errors.ProtocolError):
        bank.gateway.statement(bank.account, bank.today)


def test_other_bytes_under_a_used_number_pay_nothing_and_are_no_failure(bank) -> None:
    send(bank)

    with pytest.raises(errors.DuplicateMessage) as caught:
        send(bank, bank.line(9, amount_fen=99_900))

    assert not caught.value.is_fate_known
    bank.settle()
    assert bank.paid() == ALL


def test_a_queued_batch_is_not_ended_until_it_is(bank) -> None:
    with_fault(bank, "queued", minutes=10)

    ack = send(bank)

    assert ack.state is BatchState.PENDING
    assert fate(bank) not in ENDED
    bank.settle()
    assert fate(bank) is BatchState.SETTLED
    assert bank.paid() == ALL


@pytest.mark.parametrize("kind", ["query_not_visible", "query_outage", "query_bad_signature"])
def test_a_question_that_fails_says_nothing_of_the_money(bank, kind: str) -> None:
    send(bank)
    with_fault(bank, kind)

    assert fate(bank) not in ENDED
    assert fate(bank) is BatchState.SETTLED


def test_a_number_that_was_never_sent_is_not_found(bank) -> None:
    assert fate(bank, "SZ-20261118-000404") is BatchState.NOT_FOUND


def test_a_bank_that_does_not_listen_was_sent_nothing(bank) -> None:
    bank.fall_silent()

    for ask in (
        lambda: send(bank),
        lambda: bank.gateway.query_batch(MSG_ID),
        lambda: bank.gateway.balances(bank.account),
        lambda: bank.gateway.statement(bank.account, bank.today),
    ):
        with pytest.raises(errors.GatewayUnavailable) as caught:
            ask()
        assert caught.value.is_fate_known


def test_a_line_that_settles_later_is_not_settled_before(bank) -> None:
    with_fault(bank, "delay", f"account:{bank.payees[0][0]}", minutes=20)

    ack = send(bank)

    assert ack.line(ALL[0]).status in (LineState.ACCEPTED, LineState.PENDING)
    bank.settle()
    assert bank.gateway.query_batch(MSG_ID).line(ALL[0]).status is LineState.SETTLED


def test_a_line_refused_late_ends_with_its_reason(bank) -> None:
    with_fault(bank, "late_reject", f"account:{bank.payees[0][0]}", minutes=5, code="AC06")

    ack = send(bank)
    bank.settle()

    assert ack.line(ALL[0]).status is LineState.ACCEPTED
    late = bank.gateway.query_batch(MSG_ID).line(ALL[0])
    assert (late.status, late.reason_code) == (LineState.REJECTED, "AC06")
    assert bank.paid() == ALL[1:]


@pytest.mark.parametrize(
    "code",
    ["BE01", "AC01", "AC02", "AC04", "AC06", "AM04", "AM12", "AM14", "RC01", "PI01", "DT01"],
)
def test_a_reason_arrives_as_the_iso_code_that_we_have_words_for(bank, code: str) -> None:
    with_fault(bank, "reject", f"account:{bank.payees[0][0]}", code=code)

    line = send(bank).line(ALL[0])

    assert (line.status, line.reason_code) == (LineState.REJECTED, code)


def test_one_payment_can_be_asked_about_where_the_bank_offers_it(bank) -> None:
    send(bank)

    try:
        found = bank.gateway.query_payment(ALL[2])
        absent = bank.gateway.query_payment("FH20261118-9999")
    except errors.NotOffered:
        pytest.skip(f"{bank.name} does not offer it")

    assert (found.e2e_id, found.status) == (ALL[2], LineState.SETTLED)
    assert absent.status is LineState.NOT_FOUND


def test_names_and_accounts_are_checked_in_order(bank) -> None:
    if not bank.gateway.capabilities().name_check:
        pytest.skip(f"{bank.name} checks no names")
    bank.close_payee(bank.payees[2][0])
    asked = [
        PayeeCheck("a", "王小芳", bank.payees[0][0]),
        PayeeCheck("b", "李健国", bank.payees[1][0]),
        PayeeCheck("c", bank.payees[2][1], bank.payees[2][0]),
        PayeeCheck("d", "张三", "6228480000000009999"),
    ]

    found = bank.gateway.verify_payees(asked)

    assert [(one.ref, one.verdict) for one in found] == [
        ("a", PayeeVerdict.MATCH),
        ("b", PayeeVerdict.CLOSE),
        ("c", PayeeVerdict.NO_MATCH),
        ("d", PayeeVerdict.NO_MATCH),
    ]
    assert found[1].masked_name == "李*国"


def test_a_payee_check_that_fails_is_no_verdict(bank) -> None:
    with_fault(bank, "check_outage")

    with pytest.raises(errors.GatewayError):
        bank.gateway.verify_payees([PayeeCheck("a", "王小芳", bank.payees[0][0])])


def test_the_balance_is_what_the_bank_has(bank) -> None:
    send(bank)
    bank.settle()

    found = bank.gateway.balances(bank.account)

    assert (found.account, found.booked_fen) == (bank.account, bank.balance_fen())


def news(bank: Counterparty, since: int = 0) -> tuple[Entry, ...]:
    """New entries, from a bank that gives them one by one."""
    try:
        return bank.gateway.notifications(bank.account, since)
    except errors.NotOffered:
        pytest.skip(f"{bank.name} tells entries in statements only")


def numbers(entries: tuple[Entry, ...]) -> list[str]:
    return [one.e2e_id for one in entries]


def test_entries_come_once_in_order_after_the_last_one_seen(bank) -> None:
    send(bank)
    bank.settle()

    first = news(bank)
    bank.gateway.send("SZ-20261118-000002", bank.gateway.build_batch(
        bank.batch(bank.line(7), msg_id="SZ-20261118-000002")))  # fmt: skip
    bank.settle()
    more = news(bank, first[-1].seq)

    assert (numbers(first), numbers(more)) == (ALL, ["FH20261118-0007"])
    assert [one.amount_fen for one in first] == [28_650] * 4
    assert not any(one.is_credit for one in first)
    assert [one.msg_id for one in first] == [MSG_ID] * 4
    assert news(bank, more[-1].seq) == ()


def test_statements_join_day_to_day_and_hold_every_payment(bank) -> None:
    with pytest.raises(errors.StatementNotReady):
        bank.gateway.statement(bank.account, bank.today)
    before = bank.balance_fen()
    send(bank)

    bank.next_day()
    first = bank.gateway.statement(bank.account, bank.today)
    bank.next_day()
    second = bank.gateway.statement(bank.account, first.day + timedelta(days=1))

    assert (first.account, first.day) == (bank.account, bank.today)
    assert (first.opening_fen, first.closing_fen) == (before, before - 4 * 28_650)
    assert numbers(first.entries) == ALL
    assert (second.number, second.opening_fen) == (first.number + 1, first.closing_fen)
    assert bank.gateway.statement(bank.account, bank.today) == first


def test_the_statement_and_the_notices_tell_the_same_entries(bank) -> None:
    send(bank)
    bank.next_day()

    told = news(bank)

    assert bank.gateway.statement(bank.account, bank.today).entries == told


def test_a_statement_that_is_late_is_not_ready_and_nothing_else(bank) -> None:
    with_fault(bank, "statement_late")
    bank.next_day()

    with pytest.raises(errors.StatementNotReady):
        bank.gateway.statement(bank.account, bank.today)

    assert bank.gateway.statement(bank.account, bank.today).closing_fen == bank.balance_fen()


def test_money_that_comes_back_is_a_credit_from_the_payee_that_reads_like_a_return(bank) -> None:
    with_fault(bank, "return", f"account:{bank.payees[1][0]}", count=1)
    send(bank)
    bank.next_day()
    bank.next_day()

    days = (bank.today, bank.today + timedelta(days=1))
    told = [one for day in days for one in bank.gateway.statement(bank.account, day).entries]
    (back,) = [one for one in told if one.is_credit]

    assert (back.amount_fen, back.party_account) == (28_650, bank.payees[1][0])
    assert back.is_return or "退汇" in back.memo
    line = bank.gateway.query_batch(MSG_ID).line(ALL[1])
    assert line.status in (LineState.SETTLED, LineState.ACCEPTED)


def test_a_signature_that_is_not_ours_pays_nothing_and_stops_the_channel(bank) -> None:
    if bank.name == "mock-bank":
        pytest.skip("it looks at no signatures")
    sandbox = bank.sandbox
    stranger = type(bank.gateway)(
        sandbox.url, Wrong(), sandbox.bank_public_key, **_clock_of(bank.name)
    )
    body = stranger.build_batch(bank.batch())

    with pytest.raises(errors.AuthError):
        stranger.send(MSG_ID, body)

    assert bank.paid() == []
    stranger.close()


class Wrong:
    """A signer whom the bank does not know."""

    def sign(self, message: bytes) -> str:
        """Sign with nothing."""
        return "AAAA" + str(len(message))


def _clock_of(name: str) -> dict[str, object]:
    return {"now": lambda: counterparties.MORNING} if name == "direct" else {}


def test_what_a_bank_says_it_can_do_it_does(bank) -> None:
    caps = bank.gateway.capabilities()
    send(bank)
    bank.next_day()
    told = bank.gateway.statement(bank.account, bank.today)
    if caps.can_list_accounts:
        assert bank.account in [one.account for one in bank.gateway.accounts()]
    else:
        with pytest.raises(errors.NotOffered):
            bank.gateway.accounts()
    if caps.can_give_receipts:
        found = bank.gateway.receipt(told.entries[0].bank_ref)
        assert (found.bank_ref, found.pdf[:5]) == (told.entries[0].bank_ref, b"%PDF-")
        with pytest.raises(errors.ReceiptNotReady):
            bank.gateway.receipt("BK404")


def test_the_answer_to_a_balance_is_taken_and_another_balance_is_not(bank) -> None:
    if not bank.gateway.capabilities().can_confirm_reconciliation:
        pytest.skip(f"{bank.name} takes no answer")
    send(bank)
    for _ in range(14):
        bank.next_day()
    booked = bank.balance_fen()
    answer = ReconciliationAnswer(bank.account, "2026-11", "ADJUSTED", booked, booked + 500)

    bank.gateway.confirm_reconciliation(answer)
    bank.gateway.confirm_reconciliation(answer)
    with pytest.raises(errors.GatewayRejected):
        bank.gateway.confirm_reconciliation(replace(answer, bank_fen=booked + 1))


def test_the_word_is_given_only_for_what_will_never_be_paid(bank) -> None:
    if bank.name == "mock-bank":
        pytest.skip("it gives no word")
    body = bank.gateway.build_batch(bank.batch())
    with_fault(bank, "request_lost")
    with pytest.raises(errors.GatewayTimeout):
        bank.gateway.send(MSG_ID, body)

    word = bank.gateway.confirm_not_executed(MSG_ID)

    assert word is not None
    assert (word.msg_id, bool(word.signature), bool(word.raw)) == (MSG_ID, True, True)
    with pytest.raises(errors.GatewayRejected):
        bank.gateway.send(MSG_ID, body)
    other = bank.batch(bank.line(7), msg_id="SZ-20261118-000002")
    bank.gateway.send(other.msg_id, bank.gateway.build_batch(other))
    assert bank.gateway.confirm_not_executed(other.msg_id) is None
    assert bank.paid() == ["FH20261118-0007"]
