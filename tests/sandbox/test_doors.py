"""The other doors of the bank: cancelling, single payments, the word, receipts, accounts."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from fixtures_bank import (
    BANK_CODE,
    OPENING_FEN,
    OTHER_VILLAGE,
    PAYEES,
    TODAY,
    VILLAGE,
    VILLAGE_NAME,
    make_batch,
    make_line,
)
from sanzi.bank import errors, words
from sanzi.bank.http import Iso20022Gateway, Messages, Terms
from sanzi.bank.iso20022.xml import parse, text_at
from sanzi.bank.port import (
    CancelResult,
    KnownAccount,
    LineState,
    LineStatus,
    OpenItem,
    PayeeCheck,
    PayeeVerdict,
    ReconciliationAnswer,
)
from sanzi.kernel.digest import sm3

MSG = "SZ-20261118-000001"


def send(gateway, *lines, msg_id=MSG):
    return gateway.send(msg_id, gateway.build_batch(make_batch(*lines, msg_id=msg_id)))


def e2e(number):
    return f"FH20261118-{number:04d}"


def reasons(status):
    return [(line.e2e_id[-4:], str(line.status), line.reason_code) for line in status.lines]


def test_lines_not_yet_booked_are_cancelled_and_their_money_is_free_again(sandbox, gateway):
    sandbox.fault("delay", scope=f"account:{PAYEES[1][0]}", minutes=30)
    sandbox.fault("late_reject", scope=f"account:{PAYEES[2][0]}", minutes=30)
    send(gateway)

    found = gateway.cancel(MSG, (e2e(1), e2e(2), e2e(3)))

    assert found.cancelled == (e2e(2), e2e(3))
    assert found.refused == (e2e(1),)
    assert gateway.balances(VILLAGE).available_fen == OPENING_FEN - 2 * 28_650
    sandbox.advance(days=1)
    assert sandbox.paid() == [e2e(1), e2e(4)]
    assert reasons(gateway.query_batch(MSG)) == [
        ("0001", "SETTLED", ""),
        ("0002", "REJECTED", "CUST"),
        ("0003", "REJECTED", "CUST"),
        ("0004", "SETTLED", ""),
    ]


def test_cancelling_again_says_the_same(sandbox, gateway):
    sandbox.fault("delay", scope="all", minutes=30)
    send(gateway)

    first = gateway.cancel(MSG, (e2e(1),))

    assert gateway.cancel(MSG, (e2e(1),)) == first
    assert first.cancelled == (e2e(1),)


def test_a_message_that_waits_before_the_books_is_cancelled_as_a_whole(sandbox, gateway):
    sandbox.fault("queued", minutes=30)
    send(gateway)

    found = gateway.cancel(MSG, ())

    assert found.cancelled == tuple(e2e(number) for number in range(1, 5))
    sandbox.advance(hours=1)
    assert sandbox.paid() == []
    assert {line.reason_code for line in gateway.query_batch(MSG).lines} == {"CUST"}


def test_one_line_of_a_message_that_waits_is_left_out_when_it_runs(sandbox, gateway):
    sandbox.fault("queued", minutes=30)
    send(gateway)

    found = gateway.cancel(MSG, (e2e(2),))

    assert (found.cancelled, found.refused) == ((e2e(2),), ())
    sandbox.advance(hours=1)
    assert sandbox.paid() == [e2e(1), e2e(3), e2e(4)]


def test_what_the_bank_does_not_know_stays_open_and_may_still_be_paid(sandbox, gateway):
    sandbox.fault("queued_silent", minutes=30)
    with pytest.raises(errors.GatewayTimeout):
        send(gateway)

    lines = gateway.cancel(MSG, (e2e(1),))
    whole = gateway.cancel(MSG, ())

    assert lines == CancelResult(MSG, reason_text="没有这一批或者这一笔")
    assert (whole.cancelled, whole.refused) == ((), ())
    sandbox.advance(hours=1)
    assert len(sandbox.paid()) == 4


def test_one_payment_is_asked_for_by_its_business_number(sandbox, gateway):
    sandbox.fault("reject", scope=f"account:{PAYEES[1][0]}", code="AC06")
    ack = send(gateway)

    assert gateway.query_payment(e2e(1)) == ack.lines[0]
    refused = gateway.query_payment(e2e(2))
    assert (refused.status, refused.reason_code) == (LineState.REJECTED, "AC06")
    assert gateway.query_payment("FH-NONE") == LineStatus("FH-NONE", LineState.NOT_FOUND)


def test_a_payment_that_waits_before_the_books_is_pending(sandbox, gateway):
    sandbox.fault("queued", minutes=30)
    send(gateway)

    assert gateway.query_payment(e2e(3)).status is LineState.PENDING


def test_the_bank_gives_its_signed_word_and_then_refuses_the_number(sandbox, gateway):
    sandbox.fault("request_lost")
    body = gateway.build_batch(make_batch())
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG, body)

    word = gateway.confirm_not_executed(MSG)

    assert word is not None
    assert (word.msg_id, word.e2e_ids) == (MSG, ())
    assert gateway._link.bank.is_valid(word.raw, word.signature)
    assert not gateway._link.bank.is_valid(word.raw + b" ", word.signature)
    with pytest.raises(errors.GatewayRejected):
        gateway.send(MSG, body)
    assert sandbox.paid() == []


def test_the_bank_gives_no_word_while_the_order_may_still_run(sandbox, gateway):
    sandbox.fault("queued_silent", minutes=30)
    with pytest.raises(errors.GatewayTimeout):
        send(gateway)

    assert gateway.confirm_not_executed(MSG) is None
    sandbox.advance(hours=1)
    assert gateway.confirm_not_executed(MSG) is None
    assert len(sandbox.paid()) == 4


def test_the_receipt_of_a_booked_line_is_a_page_and_data_that_are_signed_together(sandbox, gateway):
    ref = send(gateway, make_line(1)).lines[0].bank_ref

    found = gateway.receipt(ref)

    assert found.pdf.startswith(b"%PDF-")
    root = parse(found.xml)
    assert text_at(root, "Amount") == "286.50"
    assert text_at(root, "PayeeName") == "王小芳"
    assert text_at(root, "PayerName") == VILLAGE_NAME
    assert text_at(root, "EndToEndId") == e2e(1)
    assert text_at(root, "PdfDigest") == sm3(found.pdf)
    assert gateway._link.bank.is_valid(found.xml, found.signature)
    assert replace(gateway.receipt(ref), signature=found.signature) == found


def test_a_receipt_that_is_not_there_yet_is_no_error_of_the_bank(sandbox, gateway):
    ref = send(gateway, make_line(1)).lines[0].bank_ref
    sandbox.control("setting", name="receipt_minutes", value=60)

    with pytest.raises(errors.ReceiptNotReady):
        gateway.receipt(ref)
    with pytest.raises(errors.ReceiptNotReady):
        gateway.receipt("BK-NONE")

    sandbox.advance(hours=1)
    assert gateway.receipt(ref).bank_ref == ref


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda said: {**said, "bank_ref": "BK2"}, "另一笔"),
        (lambda said: {**said, "pdf": "JVBERi0="}, "对不上"),
        (lambda said: {**said, "pdf": "bm8="}, "不是PDF"),
        (lambda said: {**said, "signature": "AAAA"}, "签名"),
        (lambda said: {**said, "xml": "!!"}, "看不懂"),
    ],
)
def test_a_receipt_that_does_not_hold_together_is_not_taken(sandbox, gateway, spoil, why):
    ref = send(gateway, make_line(1)).lines[0].bank_ref
    said = gateway._link.ask("/iso20022/receipt", ref, {"bank_ref": ref})
    wrong = replace(said, body=json.dumps(spoil(said.fields())).encode())

    with pytest.raises(errors.ProtocolError, match=why):
        words.receipt(wrong, ref, gateway._link.bank)


def test_the_bank_lists_the_accounts_of_its_customer_and_no_villager(sandbox, gateway):
    sandbox.control(
        "accounts",
        accounts=[
            {"account": "201000099990003", "name": "新开的", "bank_code": BANK_CODE,
             "customer": "sanzi", "kind": "FIXED_DEPOSIT"},
            {"account": "301000099990009", "name": "别家的", "customer": "another",
             "balance_fen": 5},
        ],
    )  # fmt: skip
    sandbox.control("account", action="close", account=OTHER_VILLAGE)

    found = {one.account: one for one in gateway.accounts()}

    assert set(found) == {VILLAGE, OTHER_VILLAGE, "201000099990003"}
    assert found[VILLAGE] == KnownAccount(VILLAGE, VILLAGE_NAME, BANK_CODE, opened_date=TODAY)
    assert found["201000099990003"].kind == "FIXED_DEPOSIT"
    assert found[OTHER_VILLAGE].closed_date == TODAY


def test_our_answer_to_the_balance_of_a_month_is_kept_by_the_bank(sandbox, gateway):
    send(gateway)
    sandbox.advance(days=13)
    left = OPENING_FEN - 4 * 28_650
    item = OpenItem(date(2026, 11, 30), 100, "V-1", "在途")
    answer = ReconciliationAnswer(VILLAGE, "2026-11", "ADJUSTED", left, left + 100, (item,))

    gateway.confirm_reconciliation(answer)
    gateway.confirm_reconciliation(answer)

    with pytest.raises(errors.GatewayRejected, match="余额是"):
        gateway.confirm_reconciliation(replace(answer, bank_fen=left + 1))
    kept = sandbox.read(f"/_ctl/ledger.json?account={VILLAGE}")["answers"]
    assert [(row["period"], row["result"]) for row in kept] == [("2026-11", "ADJUSTED")]


def test_notices_may_come_as_an_intraday_report(sandbox, gateway):
    send(gateway)
    intraday = Iso20022Gateway(
        sandbox.url,
        sandbox.customer_key,
        sandbox.bank_public_key,
        schemas=gateway._schemas._folder,
        terms=Terms(messages=Messages(notices="camt.052.001.08")),
    )

    found = intraday.notifications(VILLAGE)

    intraday.close()
    assert found == gateway.notifications(VILLAGE)
    assert [entry.e2e_id for entry in found] == [e2e(number) for number in range(1, 5)]


def test_the_older_status_report_says_the_same_as_the_newer(sandbox, gateway):
    sandbox.fault("reject", scope=f"account:{PAYEES[1][0]}", code="AC06")
    send(gateway)
    newer = gateway.query_batch(MSG)

    sandbox.control("setting", name="status_message", value="pain.002.001.10")
    older = gateway.query_batch(MSG)

    assert b"pain.002.001.10" in older.raw
    assert replace(older, raw=b"") == replace(newer, raw=b"")


def test_a_hundred_payees_are_checked_in_one_message(sandbox, gateway):
    account, name = PAYEES[0]
    checks = [
        PayeeCheck(f"r{n}", name if n % 2 else "别的人", account, BANK_CODE) for n in range(100)
    ]

    found = gateway.verify_payees(checks)

    assert [one.ref for one in found] == [one.ref for one in checks]
    assert [one.verdict is PayeeVerdict.MATCH for one in found] == [False, True] * 50
    asked = [row for row in sandbox.read("/_ctl/state.json")["messages"]
             if row["what"] == "acmt.023"]  # fmt: skip
    assert len(asked) == 1


def test_a_statement_of_a_day_that_is_not_over_is_not_there(sandbox, gateway):
    with pytest.raises(errors.StatementNotReady):
        gateway.statement(VILLAGE, TODAY)
    sandbox.advance(days=1)
    assert gateway.statement(VILLAGE, TODAY).closing_fen == OPENING_FEN
    with pytest.raises(errors.StatementNotReady):
        gateway.statement(VILLAGE, TODAY + timedelta(days=1))
