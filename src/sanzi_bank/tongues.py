"""How the bank words its answers to orders. The desk decides; a tongue only speaks.

ISO 20022 is here; the direct dialect is in `direct.py`. What strikes at the desk strikes in
every tongue.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Protocol

from sanzi_bank import inbound, outbound
from sanzi_bank.xmlio import BadXml, Schemas, parse, text_at

ORDER_MESSAGE = "pain.001.001.09"


@dataclass(frozen=True)
class Reply:
    """An answer, and what happens to it on the way back.

    `is_framed`: the signature travels in the body, as the direct dialect has it.
    """

    body: bytes
    status: int = 200
    content_type: str = "application/xml; charset=utf-8"
    is_lost: bool = False
    wait_seconds: float = 0.0
    drip_seconds: float = 0.0
    has_bad_signature: bool = False
    is_framed: bool = False


LOST = Reply(b"", is_lost=True)


def json_reply(http_status: int, /, **data: object) -> Reply:
    """Answer in JSON."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return Reply(body, http_status, "application/json; charset=utf-8")


class Tongue(Protocol):
    """Reads orders and words answers about them."""

    name: str

    def is_mine(self, raw: bytes) -> bool:
        """Whether these bytes are an order in this tongue."""
        ...

    def read_order(self, raw: bytes) -> inbound.Order:
        """Read an order. Raises BadXml or ValueError."""
        ...

    def claimed_number(self, raw: bytes) -> str:
        """What a refused message calls itself; an empty string if that cannot be read."""
        ...

    def whole(
        self, db: sqlite3.Connection, msg_id: str, status: str, *, code: str = "", text: str = ""
    ) -> Reply:
        """Say one thing of the whole message: RJCT with a reason, or PDNG."""
        ...

    def batch(self, db: sqlite3.Connection, msg_id: str) -> Reply:
        """Say the present status of every line."""
        ...

    def not_found(self, db: sqlite3.Connection, msg_id: str) -> Reply:
        """Say that no message of this number is known."""
        ...


class Iso:
    """ISO 20022: pain.001 in, pain.002 out."""

    name = "pain.001"

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def is_mine(self, raw: bytes) -> bool:
        """Whether these bytes name the message."""
        return ORDER_MESSAGE.encode() in raw[:2000]

    def read_order(self, raw: bytes) -> inbound.Order:
        """Read a schema-valid pain.001."""
        return inbound.read_order(self._schemas.read(raw, ORDER_MESSAGE))

    def claimed_number(self, raw: bytes) -> str:
        """The MsgId of a message that may not be valid."""
        try:
            return text_at(parse(raw), "CstmrCdtTrfInitn/GrpHdr/MsgId")[:35]
        except BadXml:
            return ""

    def whole(
        self, db: sqlite3.Connection, msg_id: str, status: str, *, code: str = "", text: str = ""
    ) -> Reply:
        """Word it as a pain.002 without lines."""
        answer = outbound.whole_answer(db, self._schemas, msg_id, status, code=code, text=text)
        return Reply(answer)

    def batch(self, db: sqlite3.Connection, msg_id: str) -> Reply:
        """Word it as a pain.002 with lines."""
        return Reply(outbound.batch_answer(db, self._schemas, msg_id))

    def not_found(self, db: sqlite3.Connection, msg_id: str) -> Reply:  # noqa: ARG002
        """Word it as 404 in JSON."""
        return json_reply(404, status="NOT_FOUND", msg_id=msg_id)
