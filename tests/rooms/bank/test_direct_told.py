"""What a bank of the direct dialect tells unasked, and its answers to a wish: read strictly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fixtures_bank import VILLAGE, make_batch, make_line
from sanzi.bank import errors
from sanzi.bank.direct import beside, wire
from sanzi.bank.direct.gateway import DirectGateway, Terms
from sanzi.bank.iso20022.xml import NotXml
from sanzi.bank.port import BatchState, EventKind
from sanzi.kernel import clock
from worlds.counterparties import MORNING, Memory, Seal

MSG_ID = "SZ-20261118-000001"


def gateway(*, remembers: bool = True) -> DirectGateway:
    terms = Terms(seen=Memory() if remembers else None)
    return DirectGateway("http://127.0.0.1:1", Seal(), Seal(), terms=terms, now=lambda: MORNING)


def event(code: str, body: str, at: datetime | None = None, **head: str) -> bytes:
    """A sealed frame of a bank, with the head of a request."""
    local = (at or clock.now()).astimezone(clock.SHANGHAI)
    told = {
        "TxCode": code, "CustNo": "sanzi", "ReqNo": "EV0001-000000001",
        "ReqDate": f"{local:%Y%m%d}", "ReqTime": f"{local:%H%M%S}", **head,
    }  # fmt: skip
    heads = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
    text = f"<Direct><Head>{heads}</Head><Body>{body}</Body></Direct>"
    xml = b'<?xml version="1.0" encoding="GB18030"?>' + text.encode("gb18030")
    return wire.frame(xml, Seal().sign(xml))


LINE = "<Line><BizNo>FH-1</BizNo><SubNo>PI-1</SubNo><State>{}</State></Line>"
MOVED = (
    f"<OrigReqNo>{MSG_ID}</OrigReqNo><State>DONE</State><Count>1</Count>"
    f"<Lines>{LINE.format('DONE')}</Lines>"
)
BOOKED = (
    f"<Acct>{VILLAGE}</Acct><Rows><Row><Date>20261118</Date><Serial>7</Serial>"
    "<Time>100000</Time><Side>IN</Side><Cur>CNY</Cur><Amt>500.00</Amt><BankSeq>BK1</BankSeq>"
    "<BizNo/><SubNo/><ReqNo/><PeerName>赵䶮</PeerName><PeerAcct>6228</PeerAcct>"
    "<Text>租金</Text></Row></Rows>"
)


def test_the_state_of_a_message_is_read_with_its_lines() -> None:
    (found,) = gateway().handle_push(event("D910", MOVED), {})

    assert (found.kind, found.event_id) == (EventKind.STATUS, "EV0001-000000001")
    assert (found.status.msg_id, found.status.state) == (MSG_ID, BatchState.SETTLED)
    assert found.status.line("FH-1").instr_id == "PI-1"


def test_a_booked_row_is_read_with_a_name_that_gbk_cannot_write() -> None:
    (found,) = gateway().handle_push(event("D920", BOOKED), {})

    (entry,) = found.entries
    assert (found.account, entry.seq, entry.signed_fen) == (VILLAGE, 202611180000007, 50_000)
    assert (entry.party_name, entry.e2e_id) == ("赵䶮", "")


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("D999", MOVED),
        ("D210", MOVED),
        ("D910", ""),
        ("D910", MOVED.replace(MSG_ID, "")),
        ("D910", MOVED.replace("DONE", "FINISHED")),
        ("D910", MOVED.replace("<State>DONE</State>", "<State>UNKNOWN</State>")),
        ("D910", MOVED.replace("<Count>1", "<Count>2")),
        ("D920", BOOKED.replace(VILLAGE, "")),
        ("D920", f"<Acct>{VILLAGE}</Acct><Rows/>"),
        ("D920", BOOKED.replace("CNY", "USD")),
        ("D920", BOOKED.replace("500.00", "500.005")),
        ("D920", BOOKED.replace("20261118", "20261340")),
    ],
)
def test_a_signed_message_that_is_no_event_is_not_taken_and_not_remembered(code, body) -> None:
    bank = gateway()

    with pytest.raises(errors.ProtocolError):
        bank.handle_push(event(code, body), {})

    assert bank.handle_push(event("D910", MOVED), {})


@pytest.mark.parametrize("name", ["TxCode", "CustNo", "ReqNo", "ReqDate", "ReqTime"])
def test_a_message_without_one_of_the_fields_of_its_head_is_none(name: str) -> None:
    with pytest.raises(errors.ProtocolError):
        gateway().handle_push(event("D910", MOVED, **{name: ""}), {})


def test_entities_in_a_signed_message_are_not_read() -> None:
    bomb = (
        '<?xml version="1.0" encoding="GBK"?><!DOCTYPE Direct [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;">]><Direct><Head/><Body>&b;</Body></Direct>'
    ).encode("gbk")

    with pytest.raises(errors.ProtocolError):
        gateway().handle_push(wire.frame(bomb, Seal().sign(bomb)), {})


def test_time_customer_and_number_count_as_they_stand_in_what_is_signed() -> None:
    bank = gateway()
    old = clock.now() - timedelta(minutes=6)

    with pytest.raises(errors.EventTooOld):
        bank.handle_push(event("D910", MOVED, at=old), {"X-Bank-Timestamp": "now"})
    with pytest.raises(errors.EventOfAnother):
        bank.handle_push(event("D910", MOVED, CustNo="another"), {"X-Bank-Customer": "sanzi"})
    bank.handle_push(event("D910", MOVED), {})
    with pytest.raises(errors.EventSeen):
        bank.handle_push(event("D920", BOOKED), {})


def test_an_adapter_without_a_memory_takes_nothing() -> None:
    with pytest.raises(errors.NotOffered):
        gateway(remembers=False).handle_push(event("D910", MOVED), {})


def wish(*lines: tuple[str, str], about: str = MSG_ID) -> wire.Answer:
    """An answer of the bank to a wish to cancel FH-1 and FH-2."""
    named = "".join(
        f"<Line><BizNo>{one}</BizNo><Result>{result}</Result><Msg>话</Msg></Line>"
        for one, result in lines
    )
    text = (
        f"<Direct><Head/><Body><OrigReqNo>{about}</OrigReqNo><Lines>{named}</Lines></Body></Direct>"
    )
    return wire.read(b'<?xml version="1.0" encoding="GBK"?>' + text.encode("gbk"))


ASKED = ("FH-1", "FH-2")


def test_only_what_is_called_dropped_is_dropped() -> None:
    answer = wish(("FH-1", "DROPPED"), ("FH-2", "TOO_LATE"))

    found = beside.read_cancelled(answer, MSG_ID, ASKED)

    assert (found.cancelled, found.refused, found.reason_text) == (("FH-1",), ("FH-2",), "话")
    open_ones = beside.read_cancelled(wish(("FH-1", "NOT_KNOWN")), MSG_ID, ASKED)
    assert (open_ones.cancelled, open_ones.refused) == ((), ())


@pytest.mark.parametrize(
    "answer",
    [
        wish(("FH-1", "DROPPED"), about="SZ-20261118-000002"),
        wish(("FH-1", "DROPPED"), ("FH-1", "TOO_LATE")),
        wish(("FH-3", "DROPPED")),
        wish(("", "DROPPED")),
        wish(("FH-1", "GONE")),
    ],
    ids=["another-message", "twice", "not-asked", "no-number", "unknown-word"],
)
def test_an_answer_to_a_wish_that_is_not_clear_cancels_nothing(answer: wire.Answer) -> None:
    with pytest.raises(NotXml):
        beside.read_cancelled(answer, MSG_ID, ASKED)


def test_the_wish_names_the_message_and_its_lines() -> None:
    batch = make_batch(make_line(1))

    assert beside.cancel_body(batch.msg_id, ("FH20261118-0001",)) == [
        ("OrigReqNo", MSG_ID),
        ("BizNos", [("BizNo", "FH20261118-0001")]),
    ]


def test_an_instant_is_read_as_local_time() -> None:
    assert wire.instant("20261118100000") == datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    with pytest.raises(NotXml):
        wire.instant("2026111810000")
