"""What the bank room writes: raw messages as they went and came, and the events that were seen."""

from __future__ import annotations

import base64
import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, IntegrityError, transaction

from sanzi.bank.errors import GatewayUnavailable
from sanzi.bank.models import BankEventSeen, BankMessage
from sanzi.bank.wire import Came
from sanzi.kernel import clock
from sanzi.kernel.digest import sm3
from sanzi.orgs import secrets

logger = logging.getLogger(__name__)
SEALED_AS: Final = "message"
REMEMBERED: Final = timedelta(days=400)
"""How long events are remembered; the replay window is five minutes, a bank may repeat later."""


class RawLog:
    """The raw messages of one bank, sealed. See `wire.MessageLog`."""

    def __init__(self, bank: str) -> None:
        """Keep the name of the connection."""
        self._bank = bank

    def sent(self, kind: str, reference: str, body: bytes) -> int:
        """Keep an order before it is sent. Raises GatewayUnavailable if that cannot be done."""
        try:
            return self._row(kind, reference, body).pk
        except DatabaseError as problem:
            raise GatewayUnavailable from problem

    def answered(self, record: int, came: Came) -> None:
        """Keep what came back. Trouble here must not hide the answer: it is only told."""
        try:
            BankMessage.objects.filter(pk=record).update(
                sealed_answer=_seal(came.body), outcome=came.outcome, answered_at=clock.now()
            )
        except DatabaseError:
            logger.exception("the answer to bank message %s is not in the log", record)

    def asked(self, kind: str, reference: str, question: bytes, came: Came) -> None:
        """Keep a question, which moves no money, together with its answer."""
        try:
            self.answered(self._row(kind, reference, question).pk, came)
        except DatabaseError:
            logger.exception("a question to the bank (%s) is not in the log", kind)

    def _row(self, kind: str, reference: str, body: bytes) -> BankMessage:
        return BankMessage.objects.create(
            bank=self._bank,
            kind=kind[:24],
            reference=reference[:40],
            sealed_request=_seal(body),
            request_digest=sm3(body),
            sent_at=clock.now(),
        )


def _seal(body: bytes) -> str:
    if not body:
        return ""
    return secrets.ring().seal(base64.b64encode(body).decode("ascii"), SEALED_AS)


class EventsSeen:
    """The events that were taken in, in the application's database. See `push.SeenEvents`."""

    def mark(self, bank: str, event_id: str, at: datetime) -> bool:
        """Remember an event in the transaction that is open; False if it was there already."""
        try:
            with transaction.atomic():
                BankEventSeen.objects.create(bank=bank, event_id=event_id, seen_at=at)
        except IntegrityError:
            return False
        return True


def forget(at: datetime) -> int:
    """Forget events seen long ago; return how many."""
    old = BankEventSeen.objects.filter(seen_at__lt=at - REMEMBERED)
    return int(old.delete()[0])
