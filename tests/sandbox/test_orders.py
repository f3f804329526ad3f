"""Orders to the sandbox bank, through the platform's own adapter, without faults of the link."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.error import HTTPError

import pytest

from fixtures_bank import (
    BANK_CODE,
    OPENING_FEN,
    OTHER_VILLAGE,
    PAYEES,
    SCHEMAS,
    TODAY,
    VILLAGE,
    make_batch,
    make_line,
)
from sanzi.bank import errors
from sanzi.bank.http import Iso20022Gateway
from sanzi.bank.port import (
    Balances,
    BatchState,
    LineState,
    PayeeCheck,
    PayeeVerdict,
)


def send(gateway, *lines, msg_id="SZ-20261118-000001"):
    return gateway.send(msg_id, gateway.build_batch(make_batch(*lines, msg_id=msg_id)))


def reasons(status):
    return [(line.e2e_id[-4:], str(line.status), line.reason_code) for line in status.lines]


def test_an_order_is_paid_line_by_line_and_booked_on_both_sides(sandbox, gateway):
    ack = send(gateway)

    assert ack.state is BatchState.SETTLED
    assert reasons(ack) == [(f"000{n}", "SETTLED", "") for n in range(1, 5)]
    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 4 * 28_650
    assert [sandbox.balance_fen(number) for number, _ in PAYEES] == [28_650] * 4
    assert all(line.bank_ref.startswith("BK20261118") for line in ack.lines)
    assert gateway.query_batch("SZ-20261118-000001").lines == ack.lines


def test_a_bad_payee_is_refused_and_the_others_are_paid(sandbox, gateway):
    sandbox.control("account", action="close", account=PAYEES[1][0])
    sandbox.control("account", action="freeze", account=PAYEES[2][0])

    ack = send(
        gateway,
        make_line(1),
        make_line(2, payee=1),
        make_line(3, payee=2),
        replace(make_line(4), payee_name="王小强"),
        replace(make_line(5), payee_account="6228480000000009999"),
        replace(make_line(6), payee_bank_code="402999902029"),
        make_line(7, payee=3),
    )

    assert ack.state is BatchState.PART
    assert reasons(ack) == [
        ("0001", "SETTLED", ""),
        ("0002", "REJECTED", "AC04"),
        ("0003", "REJECTED", "AC06"),
        ("0004", "REJECTED", "BE01"),
        ("0005", "REJECTED", "AC01"),
        ("0006", "REJECTED", "RC01"),
        ("0007", "SETTLED", ""),
    ]
    assert sandbox.paid() == ["FH20261118-0001", "FH20261118-0007"]
    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 2 * 28_650


def test_money_that_runs_out_stops_the_line_it_does_not_cover(sandbox, gateway):
    ack = send(
        gateway,
        make_line(1, amount_fen=30_000_000),
        make_line(2, amount_fen=30_000_000),
        make_line(3, amount_fen=20_000_000),
    )

    assert reasons(ack) == [
        ("0001", "SETTLED", ""), ("0002", "REJECTED", "AM04"), ("0003", "SETTLED", ""),
    ]  # fmt: skip
    assert sandbox.balance_fen(VILLAGE) == 0


@pytest.mark.parametrize(("action", "reason"), [("close", "AC02"), ("freeze", "AC06")])
def test_a_debit_account_that_is_not_open_pays_nothing(sandbox, gateway, action, reason):
    sandbox.control("account", action=action, account=VILLAGE)

    ack = send(gateway)

    assert ack.state is BatchState.REJECTED
    assert {line.reason_code for line in ack.lines} == {reason}
    assert sandbox.ledger() == []


def test_a_line_above_the_limit_is_refused(sandbox, gateway):
    sandbox.control("setting", name="line_limit_fen", value=5_000_000)

    ack = send(gateway, make_line(1, amount_fen=5_000_000), make_line(2, amount_fen=5_000_001))

    assert reasons(ack) == [("0001", "SETTLED", ""), ("0002", "REJECTED", "AM14")]


def test_the_same_bytes_again_give_the_old_result_and_move_no_money(sandbox, gateway):
    body = gateway.build_batch(make_batch())
    first = gateway.send("SZ-20261118-000001", body)

    again = gateway.send("SZ-20261118-000001", body)

    assert again.lines == first.lines
    assert len(sandbox.paid()) == 4


def test_other_bytes_under_a_known_number_are_refused_as_a_duplicate(sandbox, gateway):
    send(gateway, make_line(1))

    with pytest.raises(errors.DuplicateMessage):
        send(gateway, make_line(1), make_line(2))

    assert sandbox.paid() == ["FH20261118-0001"]


def test_a_new_number_pays_again_so_a_naive_sender_pays_twice(sandbox, gateway):
    """The sandbox does not protect a sender who changes the number: the platform must."""
    send(gateway, make_line(1))
    send(gateway, make_line(1), msg_id="SZ-20261118-000002")

    assert sandbox.paid() == ["FH20261118-0001", "FH20261118-0001"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<NbOfTxs>4</NbOfTxs>", b"<NbOfTxs>5</NbOfTxs>", "AM18"),
        (b"<CtrlSum>1146.00</CtrlSum>", b"<CtrlSum>1146.01</CtrlSum>", "AM10"),
        (b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>ZZZ</PmtMtd>", "FF01"),
        (b"</Document>", b"", "FF01"),
    ],
)
def test_a_broken_order_is_refused_whole_and_its_number_stays_free(
    sandbox, gateway, old, new, code
):
    good = gateway.build_batch(make_batch())
    assert old in good
    is_readable = b"</Document>" in good.replace(old, new)

    with pytest.raises((errors.GatewayRejected, errors.ProtocolError)) as caught:
        gateway.send("SZ-20261118-000001", good.replace(old, new))

    if is_readable:
        assert caught.value.data["reason_code"] == code
    assert sandbox.ledger() == []
    assert gateway.send("SZ-20261118-000001", good).state is BatchState.SETTLED


def test_an_order_with_a_document_type_is_refused(sandbox, gateway):
    good = gateway.build_batch(make_batch())
    evil = good.replace(b"<Document", b'<!DOCTYPE d [<!ENTITY x "1">]><Document', 1)

    with pytest.raises(errors.ProtocolError):
        gateway.send("SZ-20261118-000001", evil)

    assert sandbox.ledger() == []


def test_an_order_signed_by_another_key_is_refused_and_pays_nothing(sandbox, gateway):
    wrong_key = Iso20022Gateway(
        sandbox.url, sandbox.keys / "bank.key", sandbox.bank_public_key, 5.0, SCHEMAS
    )
    body = gateway.build_batch(make_batch())

    with pytest.raises(errors.AuthError):
        wrong_key.send("SZ-20261118-000001", body)
    with pytest.raises(errors.AuthError):
        wrong_key.query_batch("SZ-20261118-000001")
    with pytest.raises(errors.AuthError):
        wrong_key.balances(VILLAGE)

    assert sandbox.ledger() == []


def test_a_number_that_the_bank_never_saw_is_not_found(gateway):
    assert gateway.query_batch("SZ-20261118-000009").state is BatchState.NOT_FOUND


def test_an_order_in_the_closed_hours_is_for_the_next_window(sandbox, gateway):
    sandbox.control("setting", name="cut_off", value="09:55-10:05")

    with pytest.raises(errors.CutOffPassed):
        send(gateway)
    sandbox.advance(minutes=5)

    assert send(gateway).state is BatchState.SETTLED


def test_a_payment_to_another_bank_is_accepted_first_and_settles_a_little_later(sandbox, gateway):
    sandbox.control(
        "accounts",
        accounts=[{"account": "6217000000000000001", "name": "周远", "bank_code": "402999902029"}],
    )
    line = replace(
        make_line(1), payee_account="6217000000000000001", payee_name="周远",
        payee_bank_code="402999902029",
    )  # fmt: skip

    ack = send(gateway, line)
    held = gateway.balances(VILLAGE)
    sandbox.advance(minutes=1)

    assert ack.lines[0].status is LineState.ACCEPTED
    assert held == Balances(VILLAGE, OPENING_FEN, OPENING_FEN - 28_650)
    assert gateway.query_batch(ack.msg_id).lines[0].status is LineState.SETTLED
    assert gateway.balances(VILLAGE).booked_fen == OPENING_FEN - 28_650


def test_the_bank_checks_names_as_people_write_them(sandbox, gateway):
    sandbox.control("account", action="close", account=PAYEES[1][0])
    asked = [
        ("王小芳", PAYEES[0][0]),
        (" 王 小 芳", PAYEES[0][0]),
        ("王小方", PAYEES[0][0]),
        ("李建国", PAYEES[0][0]),
        ("阿依努尔•买买提", PAYEES[2][0]),
        ("赵䶮", PAYEES[3][0]),
        ("李建国", PAYEES[1][0]),
        ("王小芳", "6228480000000009999"),
    ]

    found = gateway.verify_payees(
        [PayeeCheck(str(n), name, number, BANK_CODE) for n, (name, number) in enumerate(asked)]
    )

    assert [(result.ref, result.verdict, result.reason_code) for result in found] == [
        ("0", PayeeVerdict.MATCH, ""),
        ("1", PayeeVerdict.MATCH, ""),
        ("2", PayeeVerdict.CLOSE, "PN02"),
        ("3", PayeeVerdict.NO_MATCH, "PN01"),
        ("4", PayeeVerdict.MATCH, ""),
        ("5", PayeeVerdict.MATCH, ""),
        ("6", PayeeVerdict.NO_MATCH, "AG01"),
        ("7", PayeeVerdict.NO_MATCH, "AC01"),
    ]
    assert found[3].masked_name == "王*芳"


def test_statements_are_numbered_without_gaps_and_each_begins_where_the_last_ended(
    sandbox, gateway
):
    send(gateway, make_line(1))
    sandbox.control("credit", account=VILLAGE, amount_fen=1_000_000, name="陈老板",
                    from_account="6217000000000000777", remittance="东塘承包款")  # fmt: skip
    sandbox.advance(days=1)
    sandbox.control("credit", account=VILLAGE, amount_fen=1_200, kind="FEE", remittance="短信费")
    sandbox.advance(days=2)

    days = [gateway.statement(VILLAGE, TODAY + timedelta(days=n)) for n in range(3)]

    assert [day.number for day in days] == [282, 283, 284]
    assert [(day.opening_fen, day.closing_fen) for day in days] == [
        (50_000_000, 50_971_350), (50_971_350, 50_970_150), (50_970_150, 50_970_150),
    ]  # fmt: skip
    assert [(entry.signed_fen, entry.e2e_id, entry.party_name, entry.memo)
            for day in days for entry in day.entries] == [
        (-28_650, "FH20261118-0001", "王小芳", "2026年度集体收益分配"),
        (1_000_000, "", "陈老板", "东塘承包款"),
        (-1_200, "", "", "短信费"),
    ]  # fmt: skip
    assert gateway.statement(VILLAGE, TODAY).raw == days[0].raw


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), date(2030, 1, 1)])
def test_there_is_no_statement_of_a_day_that_is_open_or_before_the_account(sandbox, gateway, day):
    with pytest.raises(errors.StatementNotReady):
        gateway.statement(VILLAGE, day)


def test_notices_go_on_from_the_last_one_that_was_read(sandbox, gateway):
    send(gateway, make_line(1), make_line(2))
    first = gateway.notifications(VILLAGE)
    sandbox.control("credit", account=VILLAGE, amount_fen=500, kind="INTEREST", remittance="利息")

    rest = gateway.notifications(VILLAGE, since=first[-1].seq)

    assert [entry.signed_fen for entry in first] == [-28_650, -28_650]
    assert [(entry.signed_fen, entry.memo) for entry in rest] == [(500, "利息")]
    assert gateway.notifications(VILLAGE, since=rest[-1].seq) == ()
    assert gateway.notifications(OTHER_VILLAGE) == ()


def test_loading_the_same_accounts_again_moves_no_money(sandbox, gateway):
    send(gateway)

    sandbox.control(
        "accounts", accounts=[{"account": VILLAGE, "name": "新名", "balance_fen": 50_000_000}]
    )

    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 4 * 28_650


@pytest.mark.parametrize(
    "wrong", [{"status": "LOST"}, {"balance_fen": -1}, {"name": ""}, {"balance_fen": "viel"}]
)
def test_a_list_with_one_wrong_account_opens_none(sandbox, wrong):
    good = {"account": "6217000000000000002", "name": "周远"}

    with pytest.raises(HTTPError, match="400"):
        sandbox.control("accounts", accounts=[good, {**good, "account": "62170003", **wrong}])

    assert sandbox.read("/_ctl/ledger.json?account=6217000000000000002")["accounts"] == []
