"""Banks on the other side of the port, each with the truth of what it really paid.

A counterparty is an adapter of ours and a bank that it speaks to. The contract tests ask the same
of each; what a bank cannot do or suffer is `Unable`, and the test is skipped for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from fixtures_bank import (
    BANK_CODE,
    PAYEES,
    SCHEMAS,
    TODAY,
    VILLAGE,
    Sandbox,
    make_batch,
    make_line,
)
from sanzi.bank.direct.gateway import CAPS, DirectGateway, Terms
from sanzi.bank.http import Iso20022Gateway
from sanzi.bank.http import Terms as IsoTerms
from sanzi.bank.port import BankGateway, BatchLine, PaymentBatch

LAST, NAME = PAYEES[3][0], "赵龑"
"""The last payee under a name that GBK can write."""
MORNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class Unable(Exception):
    """This bank has no such ability or fault."""


class Counterparty(Protocol):
    """What the contract tests need of a bank beside its gateway."""

    name: str
    gateway: BankGateway
    account: str
    today: date
    payees: tuple[tuple[str, str], ...]

    def line(self, number: int, payee: int = 0, amount_fen: int = 28_650) -> BatchLine:
        """Line `number`, to one of the payees (account, name)."""
        ...

    def batch(self, *lines: BatchLine, msg_id: str = "SZ-20261118-000001") -> PaymentBatch:
        """A batch from the account; without lines one to each of the four payees."""
        ...

    def paid(self) -> list[str]:
        """The business numbers that really left the account, in order."""
        ...

    def balance_fen(self) -> int:
        """What the account really holds."""
        ...

    def fault(self, kind: str, scope: str = "next", **args: Any) -> None:
        """Let something go wrong. Raises Unable."""
        ...

    def close_payee(self, account: str) -> None:
        """Close the account of a payee."""
        ...

    def watch_funds(self) -> None:
        """Make sure that the bank refuses what the balance does not cover."""
        ...

    def settle(self) -> None:
        """Let so much time pass that everything accepted today is booked."""
        ...

    def next_day(self) -> None:
        """Let the day end; its statement is there afterwards."""
        ...

    def fall_silent(self) -> None:
        """Stop listening."""
        ...

    def subscribe(self, url: str) -> None:
        """Let it tell this address what it books. Raises Unable."""
        ...

    def end(self) -> None:
        """Let go of everything."""
        ...


class Memory:
    """Remembers the events that came, for as long as a test runs."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()

    def mark(self, bank: str, event_id: str, at: datetime) -> bool:  # noqa: ARG002
        """Remember one; False if it was there."""
        is_new = (bank, event_id) not in self._known
        self._known.add((bank, event_id))
        return is_new


class Seal:
    """Signs with the length, and believes that."""

    def sign(self, message: bytes) -> str:
        """Seal a message."""
        return f"seal{len(message)}"

    def is_valid(self, message: bytes, signature: str) -> bool:
        """Whether the seal fits."""
        return signature == f"seal{len(message)}"


class OfSandbox:
    """The sandbox bank behind one of our adapters; each method as Counterparty has it."""

    account, today = VILLAGE, TODAY
    payees = (*PAYEES[:3], (LAST, NAME))

    def __init__(self, name: str, sandbox: Sandbox, gateway: BankGateway) -> None:
        self.name, self.sandbox, self.gateway = name, sandbox, gateway
        sandbox.control(
            "accounts", accounts=[{"account": LAST, "name": NAME, "bank_code": BANK_CODE}]
        )

    def batch(self, *lines: BatchLine, msg_id: str = "SZ-20261118-000001") -> PaymentBatch:
        """Four lines, the last to a name that GBK can write."""
        found = lines or tuple(self.line(number, number - 1) for number in range(1, 5))
        return make_batch(*found, msg_id=msg_id)

    def line(self, number: int, payee: int = 0, amount_fen: int = 28_650) -> BatchLine:
        """One of the sandbox's payees."""
        return replace(make_line(number, amount_fen, payee), payee_name=self.payees[payee][1])

    def paid(self) -> list[str]:
        """From the ledger."""
        return self.sandbox.paid()

    def balance_fen(self) -> int:
        """From the ledger."""
        return self.sandbox.balance_fen(VILLAGE)

    def fault(self, kind: str, scope: str = "next", **args: Any) -> None:
        """Over the control door."""
        if kind == "silent":
            raise Unable(kind)
        self.sandbox.fault(kind, scope, **args)

    def close_payee(self, account: str) -> None:
        """Over the control door."""
        self.sandbox.control("account", action="close", account=account)

    def watch_funds(self) -> None:
        """It always does."""

    def settle(self) -> None:
        """Half an hour."""
        self.sandbox.advance(minutes=30)

    def next_day(self) -> None:
        """A whole day."""
        self.sandbox.advance(days=1)

    def fall_silent(self) -> None:
        """Kill it."""
        self.sandbox.kill()

    def subscribe(self, url: str) -> None:
        """Over the control door, in the tongue of the adapter."""
        name = "direct_push_url" if self.name == "direct" else "push_url"
        self.sandbox.control("setting", name=name, value=url)

    def end(self) -> None:
        """Close the gateway."""
        self.gateway.close()  # type: ignore[attr-defined]


def iso(sandbox: Sandbox) -> OfSandbox:
    """The ISO 20022 adapter and the sandbox."""
    gateway = Iso20022Gateway(
        sandbox.url, sandbox.customer_key, sandbox.bank_public_key, 2.0, SCHEMAS,
        terms=IsoTerms(seen=Memory()),
    )  # fmt: skip
    return OfSandbox("iso20022", sandbox, gateway)


def direct(sandbox: Sandbox) -> OfSandbox:
    """The adapter of the direct dialect, at ten in the morning, and the sandbox."""
    return OfSandbox("direct", sandbox, direct_gateway(sandbox))


def direct_gateway(sandbox: Sandbox, **given: Any) -> DirectGateway:
    """The adapter of the direct dialect, pointed at the sandbox."""
    terms = Terms(seen=Memory())
    told = {"timeout_seconds": 2.0, "now": lambda: MORNING, "caps": CAPS, "terms": terms, **given}
    return DirectGateway(sandbox.url, sandbox.customer_key, sandbox.bank_public_key, **told)
