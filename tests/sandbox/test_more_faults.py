"""Faults of certificates, accounts, statements, names, clock and of the bank's own lines."""

from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError

import httpx
import pytest

from fixtures_bank import (
    OPENING_FEN,
    OTHER_VILLAGE,
    PAYEES,
    TODAY,
    VILLAGE,
    make_batch,
    make_line,
)
from sanzi.bank import errors
from sanzi.bank.port import BatchState, LineState, PayeeCheck, PayeeVerdict
from sanzi.bank.sign import Sm2KeyFile

MSG_ID = "SZ-20261118-000001"
ALL_PAID = [f"FH20261118-000{n}" for n in range(1, 5)]
CLERK = "6228480000000000018"


@pytest.fixture
def body(gateway):
    return gateway.build_batch(make_batch())


@pytest.mark.parametrize(("kind", "code"), [("cert_expired", "DS0D"), ("cert_unknown", "DS0E")])
def test_a_certificate_that_does_not_count_stops_every_door(sandbox, gateway, body, kind, code):
    sandbox.fault(kind)

    with pytest.raises(errors.AuthError) as caught:
        gateway.send(MSG_ID, body)
    assert caught.value.data["reason_code"] == code
    for ask in (
        lambda: gateway.balances(VILLAGE),
        lambda: gateway.verify_payees([PayeeCheck("1", "王小芳", CLERK)]),
    ):
        with pytest.raises(errors.AuthError):
            ask()

    sandbox.clear_faults()
    assert gateway.send(MSG_ID, body).state is BatchState.SETTLED


def test_a_certificate_runs_out_at_the_end_of_its_last_day(sandbox, gateway, body):
    sandbox.control("certificate", customer="sanzi", until="2026-11-18")
    assert gateway.balances(VILLAGE).booked_fen == OPENING_FEN
    sandbox.advance(days=1)

    with pytest.raises(errors.AuthError):
        gateway.send(MSG_ID, body)

    assert sandbox.paid() == []


def test_an_account_without_its_link_pays_nothing_and_tells_nothing(sandbox, gateway, body):
    sandbox.fault("account_off", scope=f"account:{VILLAGE}")

    ack = gateway.send(MSG_ID, body)

    assert {line.reason_code for line in ack.lines} == {"AG01"}
    with pytest.raises(errors.GatewayError):
        gateway.balances(VILLAGE)
    assert gateway.balances(OTHER_VILLAGE).booked_fen == 100_000


def test_an_answer_may_drip_until_patience_ends(sandbox, body):
    sandbox.fault("slow_drip", seconds=2, count=2)
    impatient = sandbox.gateway(timeout_seconds=5)
    assert impatient.send(MSG_ID, body).state is BatchState.SETTLED
    impatient.close()

    assert sandbox.paid() == ALL_PAID


def test_a_batch_may_be_refused_from_some_line_on(sandbox, gateway, body):
    sandbox.fault("refuse_from", from_line=3, code="AM04")

    ack = gateway.send(MSG_ID, body)

    assert [line.reason_code for line in ack.lines] == ["", "", "AM04", "AM04"]
    assert sandbox.paid() == ALL_PAID[:2]


def test_the_limit_of_a_day_stops_the_line_that_goes_over_it(sandbox, gateway):
    sandbox.control("setting", name="day_limit_fen", value=60_000)
    first = gateway.send(MSG_ID, gateway.build_batch(make_batch(make_line(1), make_line(2))))
    later = make_batch(make_line(3), make_line(4, amount_fen=100), msg_id="SZ-20261118-000002")

    ack = gateway.send(later.msg_id, gateway.build_batch(later))
    sandbox.advance(days=1)
    tomorrow = make_batch(make_line(5), msg_id="SZ-20261118-000003")

    assert first.state is BatchState.SETTLED
    assert [line.reason_code for line in ack.lines] == ["AM02", ""]
    done = gateway.send(tomorrow.msg_id, gateway.build_batch(tomorrow))
    assert done.state is BatchState.SETTLED


def test_a_pending_line_settles_after_some_questions(sandbox, gateway, body):
    sandbox.fault("pending", scope=f"account:{PAYEES[1][0]}", ticks=2)

    ack = gateway.send(MSG_ID, body)
    first, second = (gateway.query_batch(MSG_ID) for _ in range(2))

    assert [one.lines[1].status for one in (ack, first, second)] == [
        LineState.PENDING, LineState.PENDING, LineState.SETTLED,
    ]  # fmt: skip
    assert sorted(sandbox.paid()) == ALL_PAID
    assert gateway.balances(VILLAGE).available_fen == OPENING_FEN - 4 * 28_650


def test_a_pending_line_that_nobody_asks_for_settles_at_the_end_of_the_day(sandbox, gateway, body):
    sandbox.fault("pending", scope="all", ticks=99)
    gateway.send(MSG_ID, body)

    sandbox.advance(days=1)

    entries = gateway.statement(VILLAGE, TODAY).entries
    assert [entry.e2e_id for entry in entries] == ALL_PAID


def test_a_return_may_be_a_plain_credit_and_cost_a_fee(sandbox, gateway, body):
    sandbox.fault("return", scope=f"account:{PAYEES[0][0]}", plain=True, fee_fen=550)
    gateway.send(MSG_ID, body)

    sandbox.advance(days=2)

    back, fee = gateway.statement(VILLAGE, TODAY + timedelta(days=1)).entries
    assert (back.signed_fen, back.is_return, back.e2e_id) == (28_650, False, "")
    assert (back.party_name, back.party_account) == ("王小芳", PAYEES[0][0])
    assert back.memo.startswith("退汇 户名不符")
    assert (fee.signed_fen, fee.memo) == (-550, "退汇手续费 王小芳")


@pytest.mark.parametrize(
    ("kind", "signed_fen", "words"),
    [
        ("fee_line", -1000, "手续费"), ("sms_fee_line", -200, "短信服务费"),
        ("interest_line", 1234, "利息"), ("stray_credit", 50_000, "来款"),
    ],
)  # fmt: skip
def test_the_bank_books_lines_of_its_own_at_the_end_of_the_day(
    sandbox, gateway, kind, signed_fen, words
):
    sandbox.fault(kind, scope=f"account:{VILLAGE}", count=1)

    sandbox.advance(days=2)

    (entry,) = gateway.statement(VILLAGE, TODAY).entries
    assert (entry.signed_fen, entry.memo, entry.e2e_id) == (signed_fen, words, "")
    assert gateway.statement(VILLAGE, TODAY + timedelta(days=1)).entries == ()
    assert gateway.statement(OTHER_VILLAGE, TODAY).entries == ()


def test_a_number_may_be_left_out_of_the_row_of_statements(sandbox, gateway):
    sandbox.advance(days=3)
    days = [TODAY + timedelta(days=n) for n in range(3)]
    first = gateway.statement(VILLAGE, days[0])
    sandbox.fault("statement_gap")

    numbers = [gateway.statement(VILLAGE, day).number for day in days]

    assert (first.number, numbers) == (282, [282, 284, 285])


def test_a_statement_that_does_not_add_up_is_not_believed(sandbox, gateway, body):
    gateway.send(MSG_ID, body)
    sandbox.advance(days=1)
    sandbox.fault("statement_broken")

    with pytest.raises(errors.ProtocolError):
        gateway.statement(VILLAGE, TODAY)


def test_a_statement_may_begin_where_the_last_one_did_not_end(sandbox, gateway):
    sandbox.advance(days=2)
    sandbox.fault("statement_opening")
    second = gateway.statement(VILLAGE, TODAY + timedelta(days=1))

    assert second.opening_fen == gateway.statement(VILLAGE, TODAY).closing_fen + 1


def test_a_corrected_statement_has_the_same_number_and_names_the_old_one(sandbox, gateway, body):
    gateway.send(MSG_ID, body)
    sandbox.control("credit", account=VILLAGE, amount_fen=500, remittance="租金")
    sandbox.advance(days=1)
    sandbox.fault("statement_corrected", minutes=30)

    first = gateway.statement(VILLAGE, TODAY)
    sandbox.advance(minutes=31)
    second = gateway.statement(VILLAGE, TODAY)

    assert [len(one.entries) for one in (first, second)] == [4, 5]
    assert second.closing_fen == first.closing_fen + 500
    assert second.number == first.number
    assert f"<AddtlStmtInf>CORRECTS {VILLAGE}-261118</AddtlStmtInf>".encode() in second.raw
    assert f"<Id>{VILLAGE}-261118-C1</Id>".encode() in second.raw
    assert gateway.statement(VILLAGE, TODAY).raw == second.raw
    later = gateway.statement(VILLAGE, TODAY).closing_fen
    sandbox.advance(days=1)
    assert gateway.statement(VILLAGE, TODAY + timedelta(days=1)).opening_fen == later


def test_a_line_in_foreign_money_is_told_and_not_counted(sandbox, gateway):
    sandbox.advance(days=1)
    sandbox.fault("statement_currency", code="USD")

    with pytest.raises(errors.ProtocolError, match="CNY"):
        gateway.statement(VILLAGE, TODAY)


@pytest.mark.parametrize("seconds", [300, -7200])
def test_the_clock_of_the_bank_may_be_wrong_in_what_it_says(sandbox, gateway, body, seconds):
    sandbox.fault("clock_skew", seconds=seconds)
    gateway.send(MSG_ID, body)

    noticed = gateway.notifications(VILLAGE)

    said = datetime(2026, 11, 18, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    assert {entry.booked_at for entry in noticed} == {said}
    assert sandbox.ledger(VILLAGE)[0]["day"] == "2026-11-18"


@pytest.mark.parametrize(
    ("registered", "given", "verdict"),
    [
        ("赵䶮", "赵䶮", "MATCH"),
        ("赵䶮", "赵龑", "CLOSE"),
        ("赵䶮", "赵?", "CLOSE"),
        ("赵䶮", "赵\ue863", "CLOSE"),
        ("陈国华", "陳國華", "CLOSE"),
        ("阿依努尔·买买提", "阿依努尔•买买提", "MATCH"),
        ("阿依努尔·买买提", "阿依努尔．买买提", "MATCH"),
        ("阿依努尔·买买提", "阿依努尔 · 买买提", "MATCH"),
        ("阿依努尔·买买提", "阿依努尔买买提", "CLOSE"),
        ("王小芳", "王晓芳", "CLOSE"),
        ("李明", "王明", "NO_MATCH"),
        ("李明", "??", "NO_MATCH"),
    ],
)
def test_names_are_compared_as_banks_do(sandbox, gateway, registered, given, verdict):
    sandbox.control("account", account=CLERK, name=registered)

    (found,) = gateway.verify_payees([PayeeCheck("1", given, CLERK)])

    assert found.verdict is PayeeVerdict(verdict)


def test_a_close_name_is_refused_unless_the_bank_is_told_to_be_kind(sandbox, gateway):
    sandbox.control("account", account=CLERK, name="王晓芳")
    batch = make_batch(make_line(1))
    strict = gateway.send(MSG_ID, gateway.build_batch(batch))
    sandbox.control("setting", name="name_rule", value="close")
    again = make_batch(make_line(2), msg_id="SZ-20261118-000002")

    kind = gateway.send(again.msg_id, gateway.build_batch(again))

    assert (strict.lines[0].reason_code, kind.state) == ("BE01", BatchState.SETTLED)


def test_a_check_may_answer_what_it_is_told_to(sandbox, gateway):
    sandbox.fault("check_answer", scope=f"account:{CLERK}", code="NORR")

    found = gateway.verify_payees(
        [PayeeCheck("1", "王小芳", CLERK), PayeeCheck("2", "李建国", PAYEES[1][0])]
    )

    assert [one.verdict for one in found] == [PayeeVerdict.NOT_POSSIBLE, PayeeVerdict.MATCH]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "delay", "minutes": "bald"},
        {"kind": "reject", "scope": "somebody"},
        {"kind": "reject", "code": "TOOLONG"},
        {"kind": "statement_currency", "code": "usd"},
        {"kind": "slow", "rate": "often"},
        {"kind": "slow", "rate": 2},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox, wrong):
    with pytest.raises(HTTPError, match="400"):
        sandbox.control("fault", **wrong)
    assert sandbox.read("/_ctl/state.json")["faults"] == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [("receipt_late", errors.ReceiptNotReady), ("receipt_outage", errors.GatewayTimeout)],
)
def test_a_receipt_may_be_late_or_its_door_out(sandbox, gateway, body, kind, error):
    bank_ref = gateway.send(MSG_ID, body).lines[0].bank_ref
    sandbox.fault(kind)

    with pytest.raises(error):
        gateway.receipt(bank_ref)

    assert gateway.receipt(bank_ref).pdf.startswith(b"%PDF")


def test_held_orders_are_dropped_by_a_signed_wish_and_the_word_is_given(sandbox, gateway, body):
    sandbox.control("setting", name="queue_dead_at_statement", value="false")
    sandbox.fault("queued_silent", minutes=60 * 48)
    with pytest.raises(errors.GatewayTimeout):
        gateway.send(MSG_ID, body)
    before = gateway.confirm_not_executed(MSG_ID)
    told = b'{"msg_id": "SZ-20261118-000001", "purge": true}'
    headers = {
        "X-Sanzi-Customer": "sanzi",
        "X-Sanzi-Signature": Sm2KeyFile(sandbox.customer_key).sign(told),
    }

    answer = httpx.post(
        f"{sandbox.url}/iso20022/not-executed", content=told, headers=headers, trust_env=False
    ).json()
    sandbox.advance(days=3)

    assert (before, answer["word"]) == (None, "NOT_EXECUTED")
    assert gateway.confirm_not_executed(MSG_ID) is not None
    assert sandbox.paid() == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_ctl/audit.jsonl?since=x", None, 400), ("/_ctl/messages/999999", None, 404),
        ("/_ctl/setting", b"\xff\xfe=1", 400), ("/_ctl/nothing", b"", 404),
        ("/tax/verify", b"{", 400), ("/iso20022/pain.001.001.09", b"<a/>", 200),
    ],
)  # fmt: skip
def test_nonsense_is_answered_and_the_bank_goes_on(sandbox, gateway, path, body, status):
    answer = httpx.request(
        "GET" if body is None else "POST", sandbox.url + path, content=body, trust_env=False
    )

    assert answer.status_code == status
    assert gateway.balances(VILLAGE).booked_fen == OPENING_FEN
