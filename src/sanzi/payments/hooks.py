"""What higher rooms want to hear from payments. They register in their `apps.py`, in `ready`.

Callbacks run inside the transaction of what they are told, so that all of it happens or nothing.
A callback of the release gate may raise a refusal: then no money moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class Locked:
    """Orders whose answers come in: lock now what you will write of them, in a fixed order.

    After this the books and the log are locked, and no other row may be waited for.
    """

    case_numbers: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """Payments of one order that the bank has booked with one answer. Units: fen."""

    case_number: str
    order_ext_id: str
    payment_ext_ids: tuple[str, ...]
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class LineFailed:
    """A payment that ended without success: REJECTED, NOT_EXECUTED or RETURNED."""

    case_number: str
    order_ext_id: str
    payment_ext_id: str
    line_no: int
    amount_fen: int
    status: str
    reason_class: str
    reason_text: str
    at: datetime


@dataclass(frozen=True)
class OrderDone:
    """No line of the order is at the bank any more. `state` is SETTLED or PART_SETTLED."""

    case_number: str
    order_ext_id: str
    state: str
    at: datetime


@dataclass(frozen=True)
class ReleaseRequest:
    """A checker is about to hand an order to the bank."""

    case_number: str
    order_ext_id: str
    by: Actor
    at: datetime


@dataclass(frozen=True)
class StepAsked:
    """Somebody is about to do a step with an order that belongs to no case.

    `gate` is submit, approve or pay. Told inside the step's transaction at submit, before it at
    the others, so that what the gate found is kept when it holds the step.
    """

    case_number: str
    gate: str
    by: Actor
    at: datetime


@dataclass(frozen=True)
class Tampering:
    """What would be sent is not what was approved; nothing was sent and the order is stopped.

    `step` is instruct, release or dispatch; `what` is a sentence without personal numbers.
    """

    case_number: str
    order_ext_id: str
    division_code: str
    org_ext_id: str
    step: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Silence:
    """A message to the bank has been without an answer for half an hour."""

    case_number: str
    order_ext_id: str
    division_code: str
    msg_id: str
    since: datetime
    at: datetime


@dataclass(frozen=True)
class BillCredited:
    """Money was counted for a bill, or (negative) taken off it again. Units: fen.

    `is_void`: the bill itself was voided, without money.
    """

    bill_ext_id: str
    amount_fen: int
    at: datetime
    is_void: bool = False


T = TypeVar("T")


class Hook(Generic[T]):
    """A list of callbacks for one kind of news."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[T], None]] = []

    def __call__(self, callback: Callable[[T], None]) -> Callable[[T], None]:
        """Register a callback, once however often; usable as a decorator."""
        if callback not in self._callbacks:
            self._callbacks.append(callback)
        return callback

    def forget(self, callback: Callable[[T], None]) -> None:
        """Take a callback off again (tests)."""
        self._callbacks.remove(callback)

    def forget_all(self) -> None:
        """Take all callbacks off (harnesses whose orders belong to no case)."""
        self._callbacks.clear()

    def tell(self, news: T) -> None:
        """Call every callback in the order of registration."""
        for callback in self._callbacks:
            callback(news)


on_lock: Hook[Locked] = Hook()
on_settled: Hook[Settled] = Hook()
on_line_failed: Hook[LineFailed] = Hook()
on_order_done: Hook[OrderDone] = Hook()
on_step_asked: Hook[StepAsked] = Hook()
on_release_gate: Hook[ReleaseRequest] = Hook()
on_tampering: Hook[Tampering] = Hook()
on_silence: Hook[Silence] = Hook()
on_bill_credited: Hook[BillCredited] = Hook()
