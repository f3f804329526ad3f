"""The direct dialect: two levels of status, request numbers, charset, quiet hour, pages, files.

What every bank must keep is in test_port_contract.py; here is what only this manner of speech has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import httpx
import pytest

from fixtures_bank import PAYEES, TODAY, VILLAGE, Sandbox, make_batch, make_line
from sanzi.bank import errors
from sanzi.bank.direct import codes, messages, wire
from sanzi.bank.direct.gateway import CAPS, DirectGateway, Terms
from sanzi.bank.direct.wire import Node, frame
from sanzi.bank.iso20022.xml import NotXml
from sanzi.bank.port import BatchState, LineState, PayeeCheck, PayeeVerdict
from sanzi.bank.reasons import all_reasons
from sanzi_bank import direct_tongue
from worlds.counterparties import MORNING, Seal, direct_gateway

MSG_ID = "SZ-20261118-000001"
MIDNIGHT = datetime(2026, 11, 17, 16, 30, tzinfo=UTC)


def told(number: str, body: list[Node], ret: str = codes.FINE, code: str = "D110") -> bytes:
    """An answer of a bank, framed and sealed."""
    head = [("TxCode", code), ("ReqNo", number), ("RetCode", ret), ("RetMsg", "说明")]
    content = "".join(f"<{name}>{text}</{name}>" for name, text in head)
    xml = f"<Direct><Head>{content}</Head>{_xml('Body', body)}</Direct>"
    raw = f'<?xml version="1.0" encoding="GBK"?>{xml}'.encode("gbk")
    return frame(raw, Seal().sign(raw))


def _xml(name: str, content: object) -> str:
    inner = content if isinstance(content, str) else "".join(_xml(*one) for one in content)
    return f"<{name}>{inner}</{name}>"


def line(number: int, state: str, *more: tuple[str, str]) -> Node:
    return ("Line", [("BizNo", f"FH20261118-{number:04d}"), ("State", state), *more])


def replied(raw: bytes) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(raw))


def answering(raw: bytes | Callable[[bytes], bytes]) -> DirectGateway:
    """A gateway whose bank says this, whatever it is asked."""
    found = DirectGateway("http://127.0.0.1:1", Seal(), Seal(), now=lambda: MORNING)

    def answer(request: httpx.Request) -> httpx.Response:
        return replied(raw if isinstance(raw, bytes) else raw(request.content))

    found._client = httpx.Client(transport=httpx.MockTransport(answer))
    return found


def sent(raw: bytes):
    return answering(raw).send(MSG_ID, b"<?xml?>")


def body_of(state: str, *lines: Node) -> list[Node]:
    counted: list[Node] = [("Count", str(len(lines))), ("Lines", lines)] if lines else []
    return [("State", state), *counted]


@pytest.fixture
def bank(sandbox: Sandbox) -> Iterator[DirectGateway]:
    """The adapter at ten in the morning, and the sandbox."""
    found = direct_gateway(sandbox)
    yield found
    found.close()


# What goes out


def test_an_order_is_one_document_in_gbk_with_the_number_at_its_head() -> None:
    bank = answering(b"")

    body = bank.build_batch(make_batch(make_line(1), make_line(2, amount_fen=5, payee=1)))

    assert body.decode("gbk") == (
        '<?xml version="1.0" encoding="GBK"?><Direct><Head><TxCode>D110</TxCode>'
        "<CustNo>sanzi</CustNo><ReqNo>SZ-20261118-000001</ReqNo><ReqDate>20261118</ReqDate>"
        "<ReqTime>100000</ReqTime></Head><Body><PayAcct>201000099990001</PayAcct>"
        "<PayName>云溪县青石镇柳湾村股份经济合作社</PayName><PayBank>402999900017</PayBank>"
        "<Kind>BONU</Kind><Count>2</Count><Sum>286.55</Sum><Lines>"
        "<Line><BizNo>FH20261118-0001</BizNo><SubNo>PI20261118000001</SubNo><Name>王小芳</Name>"
        "<Acct>6228480000000000018</Acct><Bank>402999900017</Bank><Amt>286.50</Amt>"
        "<Use>2026年度集体收益分配</Use></Line>"
        "<Line><BizNo>FH20261118-0002</BizNo><SubNo>PI20261118000002</SubNo><Name>李建国</Name>"
        "<Acct>6228480000000000026</Acct><Bank>402999900017</Bank><Amt>0.05</Amt>"
        "<Use>2026年度集体收益分配</Use></Line></Lines></Body></Direct>"
    )


def test_a_name_that_gbk_cannot_write_is_refused_with_the_line_and_the_character() -> None:
    with pytest.raises(errors.BatchNotValid) as caught:
        answering(b"").build_batch(make_batch())

    assert "第4笔的户名里有“䶮”字" in caught.value.text
    assert "GBK" in caught.value.text
    assert "赵" not in caught.value.text


def test_the_same_name_goes_out_in_gb18030_where_the_bank_agreed(sandbox: Sandbox) -> None:
    bank = direct_gateway(sandbox, terms=Terms(charset="gb18030"))

    ack = bank.send(MSG_ID, bank.build_batch(make_batch()))

    assert ack.state is BatchState.SETTLED
    assert len(sandbox.paid()) == 4
    sandbox.advance(days=1)
    names = [one.party_name for one in bank.statement(VILLAGE, TODAY).entries]
    assert names[3] == "赵䶮"
    bank.close()


def test_a_name_that_gbk_cannot_write_is_not_asked_about(bank: DirectGateway) -> None:
    asked = [PayeeCheck("a", "赵䶮", PAYEES[3][0]), PayeeCheck("b", "王小芳", PAYEES[0][0])]

    assert [one.verdict for one in bank.verify_payees(asked)] == [
        PayeeVerdict.NOT_POSSIBLE, PayeeVerdict.MATCH,
    ]  # fmt: skip


def test_a_middle_dot_is_in_gbk() -> None:
    assert "阿依努尔·买买提".encode("gbk").decode("gbk") == "阿依努尔·买买提"
    assert answering(b"").build_batch(make_batch(make_line(1, payee=2)))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([make_line(n) for n in range(201)], "最多200笔，这一批有201笔"),
        ([make_line(1, amount_fen=0)], "第1笔的金额不是正数"),
        ([make_line(1), make_line(1)], "重复的编号"),
        ([replace(make_line(1), purpose="分红\x07")], "XML"),
    ],
    ids=["201-lines", "no-amount", "number-twice", "control-character"],
)
def test_what_this_bank_does_not_take_is_not_written(lines, why: str) -> None:
    with pytest.raises(errors.BatchNotValid, match=why):
        answering(b"").build_batch(make_batch(*lines))


def test_a_request_number_has_at_most_thirty_characters() -> None:
    with pytest.raises(errors.BatchNotValid, match="30"):
        answering(b"").build_batch(make_batch(make_line(1), msg_id="S" * 31))


# What comes back: RetCode and State


@pytest.mark.parametrize(
    ("state", "lines", "expected"),
    [
        ("DONE", ["DONE", "DONE"], BatchState.SETTLED),
        ("DONE", ["DONE", "SENT_BACK"], BatchState.SETTLED),
        ("PROCESSING", ["DONE", "PROCESSING"], BatchState.ACCEPTED),
        ("AUDITING", ["AUDITING", "AUDITING"], BatchState.PENDING),
        ("PART", ["DONE", "FAILED"], BatchState.PART),
        ("PART", ["PROCESSING", "FAILED"], BatchState.PART),
        ("PROCESSING", ["DONE", "UNKNOWN"], BatchState.PENDING),
        ("AUDITING", [], BatchState.PENDING),
        ("PROCESSING", [], BatchState.ACCEPTED),
    ],
)
def test_states_of_business_are_read_as_the_ports(state, lines, expected) -> None:
    found = sent(told(MSG_ID, body_of(state, *(line(n, one) for n, one in enumerate(lines)))))

    assert found.state is expected
    unknown = [n for n, one in enumerate(lines) if one == "UNKNOWN"]
    for n in unknown:
        assert found.line(f"FH20261118-{n:04d}").status is LineState.NOT_FOUND


@pytest.mark.parametrize(
    "raw",
    [
        told(MSG_ID, body_of("UNKNOWN")),
        told(MSG_ID, body_of("PROCESSING", line(1, "UNKNOWN"))),
        told(MSG_ID, [], ret="900001"),
        told(MSG_ID, body_of("DONE"), ret="999999"),
    ],
    ids=["whole", "every-line", "ask-later", "system-error"],
)
def test_a_bank_that_does_not_know_itself_is_asked_again(raw: bytes) -> None:
    with pytest.raises(errors.AskLater) as caught:
        sent(raw)

    assert not caught.value.is_fate_known
    assert caught.value.data == {"minutes": 15}


def test_a_bank_of_this_kind_is_asked_again_after_a_quarter_of_an_hour() -> None:
    assert CAPS.unknown_wait_minutes == 15


@pytest.mark.parametrize(
    "raw",
    [
        told(MSG_ID, body_of("DONE", line(1, "DONE"), line(2, "FAILED"))),
        told(MSG_ID, body_of("FAILED", line(1, "FAILED"), line(2, "DONE"))),
        told(MSG_ID, body_of("FINISHED")),
        told(MSG_ID, body_of("DONE", line(1, "OK"))),
        told(MSG_ID, body_of("PART")),
        told(MSG_ID, body_of("PART", line(1, "DONE"), line(1, "FAILED"))),
        told(MSG_ID, body_of("DONE", ("Line", [("State", "DONE")]))),
        told(MSG_ID, [("State", "DONE"), ("Count", "3"), ("Lines", [line(1, "DONE")])]),
        told(MSG_ID, body_of("DONE"), ret="777777"),
        told("SZ-20261118-000002", body_of("FAILED")),
        told("", [], ret="100001"),
        told(MSG_ID, body_of("FAILED"), code="D210"),
        told(MSG_ID, body_of("FAILED"))[:-3] + b"xxx",
        told(MSG_ID, body_of("FAILED"))[8:],
        b"99999999<x/>",
        frame(b"<Direct/>", "seal9"),
    ],
    ids=[
        "done-with-a-failure", "failed-with-a-payment", "unknown-word", "unknown-line-word",
        "part-of-nothing", "line-twice", "line-without-number", "lines-missing",
        "unknown-code", "another-number", "no-number", "another-question",
        "forged", "no-frame", "frame-too-long", "no-declaration",
    ],
)  # fmt: skip
def test_what_is_contradictory_or_not_ours_is_not_believed(raw: bytes) -> None:
    with pytest.raises(errors.ProtocolError) as caught:
        sent(raw)

    assert not caught.value.is_fate_known


BOMB = (
    '<?xml version="1.0" encoding="GBK"?><!DOCTYPE Direct [<!ENTITY a "aaaaaaaaaa">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Direct><Head/><Body>&b;</Body></Direct>'
).encode("gbk")


@pytest.mark.parametrize(
    "xml",
    [BOMB, BOMB.replace(b"GBK", b"UTF-8"), b'<?xml version="1.0" encoding="GBK"?><Direct>\xff'],
    ids=["entities", "another-charset", "not-gbk"],
)
def test_a_document_with_entities_or_of_another_charset_is_not_read(xml: bytes) -> None:
    with pytest.raises(errors.ProtocolError):
        sent(frame(xml, Seal().sign(xml)))


@pytest.mark.parametrize(
    ("ret", "expected", "reason"),
    [
        ("100001", errors.GatewayRejected, "FF01"),
        ("110001", errors.AuthError, "DS0H"),
        ("110003", errors.AuthError, "DS0D"),
        ("120001", errors.GatewayRejected, "AM18"),
        ("120002", errors.GatewayRejected, "AM10"),
        ("130001", errors.DuplicateMessage, "DU01"),
        ("140001", errors.CutOffPassed, "TM01"),
        ("140002", errors.CutOffPassed, "TM01"),
        ("140003", errors.GatewayRejected, "DT01"),
    ],
)
def test_a_message_that_was_refused_says_so_as_our_kind_of_error(ret, expected, reason) -> None:
    with pytest.raises(expected) as caught:
        sent(told(MSG_ID, [], ret=ret))

    assert type(caught.value) is expected
    assert caught.value.data["reason_code"] == reason


def test_a_refused_business_without_lines_is_a_refusal_for_a_human() -> None:
    with pytest.raises(errors.GatewayRejected) as caught:
        sent(told(MSG_ID, [("State", "FAILED"), ("StateMsg", "未开通")]))

    assert caught.value.data == {"reason_code": "MS03", "reason_text": "未开通"}


def test_every_code_of_the_tables_has_words_and_is_the_banks_too() -> None:
    assert set(codes.REASONS.values()) <= set(all_reasons())
    assert set(codes.REFUSED.values()) <= set(all_reasons())
    assert {code: iso for iso, code in direct_tongue.LINE_CODES.items()} == codes.REASONS
    assert {
        code: iso for iso, code in direct_tongue.MESSAGE_CODES.items()
    }.items() <= codes.REFUSED.items()
    assert codes.reason_of("3999") == "MS03"


# The quiet hour


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_in_the_quiet_hour_nothing_leaves(sandbox: Sandbox, minute: int) -> None:
    at = datetime(2026, 11, 17, 16, minute, tzinfo=UTC)
    bank = direct_gateway(sandbox, now=lambda: at)

    for ask in (
        lambda: bank.send(MSG_ID, bank.build_batch(make_batch(make_line(1)))),
        lambda: bank.query_batch(MSG_ID),
        lambda: bank.statement(VILLAGE, TODAY),
    ):
        with pytest.raises(errors.GatewayUnavailable):
            ask()

    assert sandbox.ledger() == []
    assert sandbox.read("/_ctl/state.json")["messages"] == []


def test_a_bank_in_its_quiet_hour_by_its_own_clock_takes_nothing(sandbox, bank) -> None:
    sandbox.advance(hours=14, minutes=15)

    with pytest.raises(errors.CutOffPassed) as caught:
        bank.send(MSG_ID, bank.build_batch(make_batch(make_line(1))))
    with pytest.raises(errors.GatewayUnavailable):
        bank.query_batch(MSG_ID)

    assert caught.value.is_fate_known
    assert sandbox.ledger() == []


def _unknown_number(request: httpx.Request) -> httpx.Response:
    number = wire.read(wire.unframe(request.content)[0]).number
    body: list[Node] = [("OrigReqNo", MSG_ID)]
    return replied(told(number, body, codes.NO_SUCH_NUMBER, "D210"))


def test_hours_that_pass_midnight_are_kept_too() -> None:
    late = replace(CAPS, closed_hours=((time(23), time(1)),))
    for local, is_open in ((22, True), (23, False), (0, False), (1, True)):
        at = datetime(2026, 11, 18, local, 30, tzinfo=UTC) - timedelta(hours=8)
        bank = DirectGateway("http://127.0.0.1:1", Seal(), Seal(), caps=late, now=lambda at=at: at)
        bank._client = httpx.Client(transport=httpx.MockTransport(_unknown_number))
        if is_open:
            assert bank.query_batch(MSG_ID).state is BatchState.NOT_FOUND
        else:
            with pytest.raises(errors.GatewayUnavailable):
                bank.query_batch(MSG_ID)


# Own bank and other banks, returns, pages, files


def test_own_cards_are_paid_at_once_and_other_banks_take_their_time(sandbox, bank) -> None:
    other = {"account": "6217000000000000019", "name": "周海", "bank_code": "105999900011"}
    sandbox.control("accounts", accounts=[other])
    far = replace(
        make_line(2),
        payee_account="6217000000000000019",
        payee_name="周海",
        payee_bank_code="105999900011",
    )

    ack = bank.send(MSG_ID, bank.build_batch(make_batch(make_line(1), far)))

    assert [one.status for one in ack.lines] == [LineState.SETTLED, LineState.ACCEPTED]
    sandbox.advance(minutes=1)
    assert bank.query_batch(MSG_ID).state is BatchState.SETTLED


def test_money_sent_back_is_a_credit_with_a_text_and_none_of_our_numbers(sandbox, bank) -> None:
    sandbox.fault("return", f"account:{PAYEES[0][0]}", code="AC04", with_e2e=True)
    bank.send(MSG_ID, bank.build_batch(make_batch(make_line(1), make_line(2, payee=1))))
    sandbox.advance(days=1, hours=1)

    (back,) = [one for one in bank.notifications(VILLAGE) if one.is_credit]
    line = bank.query_batch(MSG_ID).line("FH20261118-0001")

    assert (back.e2e_id, back.instr_id, back.msg_id) == ("", "", "")
    assert back.memo.startswith("退汇 账号已销户")
    assert (line.status, line.reason_code) == (LineState.SETTLED, "AC04")


def test_a_held_order_is_unknown_until_it_runs(sandbox, bank) -> None:
    sandbox.fault("queued", minutes=10)
    ack = bank.send(MSG_ID, bank.build_batch(make_batch(make_line(1))))

    with pytest.raises(errors.GatewayTimeout):
        bank.query_batch(MSG_ID)
    sandbox.advance(minutes=15)

    assert ack.state is BatchState.PENDING
    assert bank.query_batch(MSG_ID).state is BatchState.SETTLED


def test_details_are_read_page_by_page_and_go_on_where_they_stopped(sandbox, bank) -> None:
    for part in range(4):
        lines = [make_line(part * 200 + n, amount_fen=100 + n) for n in range(200)]
        batch = make_batch(*lines, msg_id=f"SZ-20261118-{part:06d}")
        bank.send(batch.msg_id, bank.build_batch(batch))

    first = bank.notifications(VILLAGE)
    rest = bank.notifications(VILLAGE, first[-1].seq)

    assert [len(first), len(rest)] == [500, 300]
    assert [one.e2e_id for one in first + rest] == [f"FH20261118-{n:04d}" for n in range(800)]
    assert first[0].seq == 202611180000001
    assert bank.notifications(VILLAGE, rest[-1].seq) == ()
    again = bank.notifications(VILLAGE, first[149].seq)
    assert again[0] == first[150]


FILE = (
    "H|201000099990001|20261118|282|500000.00|499713.50|1\n"
    "D|20261118|1|100000|OUT|CNY|286.50|BK20261118000000001|FH-1|PI-1|SZ-1|王小芳|6228|分红\n"
    "T|0.00|286.50\n"
)


def test_a_statement_file_is_read_whole() -> None:
    found = messages.read_statement(FILE.encode("gb18030"))

    assert (found.account, found.day, found.number) == (VILLAGE, TODAY, 282)
    assert (found.opening_fen, found.closing_fen) == (50_000_000, 49_971_350)
    (entry,) = found.entries
    assert (entry.signed_fen, entry.e2e_id, entry.party_name) == (-28_650, "FH-1", "王小芳")
    assert entry.booked_at == datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("T|0.00|286.50\n", ""),
        ("|499713.50|1\n", "|499713.50|2\n"),
        ("|499713.50|", "|499713.49|"),
        ("T|0.00|286.50", "T|0.00|286.51"),
        ("|1|100000|", "|2|100000|"),
        ("|OUT|", "|?|"),
        ("|CNY|", "|USD|"),
        ("|286.50|BK", "|286.505|BK"),
        ("|分红", ""),
        ("|20261118|282", "|20261340|282"),
        ("|282|", "|x|"),
    ],
)
def test_a_statement_file_that_is_cut_or_does_not_add_up_is_not_read(old: str, new: str) -> None:
    assert old in FILE

    with pytest.raises(NotXml):
        messages.read_statement(FILE.replace(old, new, 1).encode("gb18030"))


def test_a_file_that_is_not_the_one_announced_is_not_believed(sandbox, bank) -> None:
    bank.send(MSG_ID, bank.build_batch(make_batch(make_line(1))))
    sandbox.advance(days=2)
    bank.statement(VILLAGE, TODAY + timedelta(days=1))
    ask = bank._ask

    def another(code, body):
        return ask(code, [("FileName", f"{VILLAGE}_20261119.txt")] if code == "D331" else body)

    bank._ask = another
    with pytest.raises(errors.ProtocolError, match="摘要"):
        bank.statement(VILLAGE, TODAY)


def test_the_charset_of_a_character_is_named() -> None:
    with pytest.raises(wire.NotInCharset) as caught:
        wire.require_charset("赵䶮", "gbk")

    assert (caught.value.character, caught.value.charset) == ("䶮", "gbk")
