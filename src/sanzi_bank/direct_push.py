"""What the bank sends unasked in the direct dialect: a frame with the head of a request.

D910 is the state of a message, D920 the entries of an account. An event is kept without number
and time, which it gets when it is sent; both stand within what is signed.
"""

from __future__ import annotations

import sqlite3

from lxml import etree

from sanzi_bank import direct_reports, direct_tongue
from sanzi_bank.direct_wire import Node, frame, write
from sanzi_bank.signing import KeyPair
from sanzi_bank.store import local_time

MOVED, BOOKED = "D910", "D920"
HEADERS = {"Content-Type": "application/octet-stream"}


def status(db: sqlite3.Connection, msg_id: str) -> bytes:
    """Where a message stands now."""
    return _kept(MOVED, [("OrigReqNo", msg_id), *direct_tongue.batch_body(db, msg_id)])


def entries(db: sqlite3.Connection, account: str, since: int) -> tuple[bytes, int | None]:
    """Entries above a number, a page at most, and where the next page goes on (None: no more)."""
    rows = direct_reports.rows_above(db, account, since)
    shown = rows[: direct_reports.PAGE_ROWS]
    body = _kept(BOOKED, [("Acct", account), direct_reports.rows_node(shown)])
    return body, shown[-1]["seq"] if len(rows) > len(shown) else None


def _kept(code: str, body: list[Node | None]) -> bytes:
    return write(("Direct", [("Head", [("TxCode", code)]), ("Body", body)]), "gb18030")


def forge(kept: bytes) -> bytes:
    """The same event saying that nothing was paid."""
    return kept.replace(b"<State>DONE", b"<State>FAILED")


def dress(kept: bytes, number: str, customer: str, at_ms: int) -> bytes:
    """The exact XML of an event as it is sent now: in GBK if all its characters are in it."""
    root, at = etree.fromstring(kept), local_time(at_ms)
    told = {
        "CustNo": customer, "ReqNo": number, "ReqDate": f"{at:%Y%m%d}", "ReqTime": f"{at:%H%M%S}",
    }  # fmt: skip
    for name, text in told.items():
        etree.SubElement(root[0], name).text = text
    text = etree.tostring(root, encoding="unicode")
    try:
        return b'<?xml version="1.0" encoding="GBK"?>' + text.encode("gbk")
    except UnicodeEncodeError:
        return b'<?xml version="1.0" encoding="GB18030"?>' + text.encode("gb18030")


def sealed(xml: bytes, key: KeyPair, spoilt: bytes = b"") -> bytes:
    """The frame around an event; `spoilt` makes the signature one over other bytes."""
    return frame(xml, key.sign(xml + spoilt))
