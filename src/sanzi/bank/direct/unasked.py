"""What a bank of the direct dialect sends unasked: a frame like any other, with its own number.

D910 says where a message stands, D920 what was booked on an account. Number and time of the head
take the place of those in headers elsewhere; the gate asks the same of both.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from sanzi.bank import errors
from sanzi.bank.direct import messages, wire
from sanzi.bank.direct.wire import Request, text_at
from sanzi.bank.iso20022.xml import NotXml
from sanzi.bank.port import BankEvent, BatchStatus, EventKind
from sanzi.bank.push import Gate, Head

MOVED: Final = "D910"
BOOKED: Final = "D920"


def take(gate: Gate, raw: bytes) -> list[BankEvent]:
    """Check one frame and read it; see `BankGateway.handle_push`.

    Raises: EventForged, EventTooOld, EventOfAnother, EventSeen; ProtocolError for a frame that
        the bank signed but that is no event.
    """
    try:
        xml, signature = wire.unframe(raw)
    except NotXml as problem:
        raise errors.EventForged(why="不是一个完整的报文") from problem
    gate.require_signed(xml, signature)
    try:
        request, body = wire.read_told(xml)
        head = Head(request.number, request.customer, request.at)
        return gate.admit(head, lambda: _read(request, body, xml))
    except NotXml as problem:
        raise errors.ProtocolError(why=str(problem)[:200]) from problem


def _read(request: Request, body: etree._Element, xml: bytes) -> BankEvent:
    if request.code == MOVED:
        return _moved(request, body, xml)
    if request.code == BOOKED:
        account = text_at(body, "Acct")
        entries = messages.read_rows(body)
        if account and entries:
            return BankEvent(
                request.number, EventKind.ENTRY, request.at, account=account, entries=entries
            )
    text = f"{request.code} is no event, or an empty one"
    raise NotXml(text)


def _moved(request: Request, body: etree._Element, xml: bytes) -> BankEvent:
    """The state of a message; a bank that does not know itself has nothing to tell."""
    msg_id = text_at(body, "OrigReqNo")
    state, lines = messages.read_status(body)
    if not msg_id or state is None:
        text = "the state of no message, or none that is known"
        raise NotXml(text)
    status = BatchStatus(msg_id, state, lines, reason_text=text_at(body, "StateMsg"), raw=xml)
    return BankEvent(request.number, EventKind.STATUS, request.at, status=status)
