"""What a bank sends unasked: believed only if it signed it, for us, now, and for the first time.

The signature covers event, time, customer and body, so none can be put on another. Whoever
applies the events calls this inside his own transaction: the mark "seen" is kept with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sanzi.bank import errors
from sanzi.bank.iso20022 import camt, pain002
from sanzi.bank.iso20022.xml import LARGEST_BYTES, NotXml, Schemas
from sanzi.bank.port import BankEvent, EventKind
from sanzi.bank.sign import Verifier
from sanzi.kernel import clock

WINDOW: Final = timedelta(minutes=5)
"""How far the bank's time of signing may be from ours, either way."""
ID_LENGTH_MAX: Final = 64


class SeenEvents(Protocol):
    """Who remembers which events came."""

    def mark(self, bank: str, event_id: str, at: datetime) -> bool:
        """Remember an event; False if it was there already."""
        ...


@dataclass(frozen=True)
class Head:
    """What a signed message says of itself: its number, for whom it is, when it was made."""

    event_id: str
    customer: str
    at: datetime


@dataclass(frozen=True)
class Gate:
    """What every dialect asks of a message that came unasked, before it is believed."""

    bank: str
    customer: str
    key: Verifier
    seen: SeenEvents | None

    def require_signed(self, signed: bytes, signature: str) -> None:
        """Refuse what this bank did not sign; nothing of it has been read before.

        Raises: NotOffered where nobody remembers events, EventForged.
        """
        if self.seen is None:
            raise errors.NotOffered(what="消息推送")
        if len(signed) > LARGEST_BYTES:
            raise errors.EventForged(why="太长")
        if not self.key.is_valid(signed, signature):
            raise errors.EventForged(why="签名不对")

    def admit(self, head: Head, read: Callable[[], BankEvent]) -> list[BankEvent]:
        """Let a signed message in if it is ours, of now and new; `read` reads its body.

        Raises: EventForged, EventOfAnother, EventTooOld, EventSeen; what `read` raises.
        """
        if self.seen is None:
            raise errors.NotOffered(what="消息推送")
        if not 0 < len(head.event_id) <= ID_LENGTH_MAX:
            raise errors.EventForged(why="没有编号")
        if head.customer != self.customer:
            raise errors.EventOfAnother
        if abs(clock.now() - head.at) > WINDOW:
            raise errors.EventTooOld
        event = read()
        if not self.seen.mark(self.bank, head.event_id, clock.now()):
            raise errors.EventSeen
        return [event]


@dataclass(frozen=True)
class Mailbox:
    """Where events in ISO 20022 arrive: number, time, customer and signature in the headers."""

    gate: Gate
    schemas: Schemas

    def open(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:
        """Check one message and read it; see `BankGateway.handle_push`.

        Raises: EventForged, EventTooOld, EventOfAnother, EventSeen; ProtocolError for a message
            that the bank signed but that is none.
        """
        told = {name.lower(): value for name, value in headers.items()}
        event_id, customer = told.get("x-bank-event", ""), told.get("x-bank-customer", "")
        stamp = told.get("x-bank-timestamp", "")
        signed = f"{event_id}\n{stamp}\n{customer}\n".encode() + raw
        self.gate.require_signed(signed, told.get("x-bank-signature", ""))
        head = Head(event_id, customer, _instant(stamp))
        return self.gate.admit(head, lambda: _read(head.event_id, head.at, raw, self.schemas))


def _instant(stamp: str) -> datetime:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError as problem:
        raise errors.EventForged(why="时间看不懂") from problem
    if at.tzinfo is None:
        raise errors.EventForged(why="时间没有时区")
    return at


def _read(event_id: str, at: datetime, raw: bytes, schemas: Schemas) -> BankEvent:
    """Read a pain.002 as the state of a batch, a camt.054 as entries of an account."""
    try:
        if b":pain.002.001." in raw[:400]:
            status = pain002.read(raw, schemas)
            return BankEvent(event_id, EventKind.STATUS, at, status=status)
        account, entries = camt.read_notices(raw, schemas)
    except (NotXml, ValueError, OverflowError) as problem:
        raise errors.ProtocolError(why=str(problem)[:200]) from problem
    return BankEvent(event_id, EventKind.ENTRY, at, account=account, entries=entries)
