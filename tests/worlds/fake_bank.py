"""A bank in memory that can be told what to do with the next message. The real one is a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from sanzi.bank.errors import StatementNotReady
from sanzi.bank.iso20022 import pain001
from sanzi.bank.port import (
    Balances,
    BatchState,
    BatchStatus,
    Caps,
    Entry,
    LineState,
    LineStatus,
    PayeeCheck,
    PayeeCheckResult,
    PayeeVerdict,
    PaymentBatch,
    Statement,
    SubmitAck,
)
from sanzi.kernel.digest import canonical

CAPS = Caps(
    lines_max=500,
    idempotent_replay=False,
    name_check=True,
    query_window_days=90,
    queue_dead_at_statement=True,
)


@dataclass
class FakeBank:
    """Keeps what it was sent. `on_send` and `on_query` decide the answers."""

    caps: Caps = CAPS
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    batches: dict[str, PaymentBatch] = field(default_factory=dict)
    on_send: Callable[[str], SubmitAck] | None = None
    on_query: Callable[[str], BatchStatus] | None = None
    verdicts: dict[str, PayeeCheckResult] = field(default_factory=dict)
    statements: dict[date, Statement] = field(default_factory=dict)

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        return self.caps

    def limit(self, lines_max: int) -> None:
        """Take at most so many lines in a message."""
        self.caps = replace(self.caps, lines_max=lines_max)

    def verify_payees(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        """Say MATCH, or what `verdicts` holds for a name."""
        return [
            replace(self.verdicts[one.name], ref=one.ref)
            if one.name in self.verdicts
            else PayeeCheckResult(one.ref, PayeeVerdict.MATCH)
            for one in checks
        ]

    def build_batch(self, batch: PaymentBatch) -> bytes:
        """Make bytes that differ when anything in the batch does."""
        pain001._check(batch)
        self.batches[batch.msg_id] = batch
        lines = [list(line.__dict__.items()) for line in batch.lines]
        plain = [[[key, value] for key, value in line] for line in lines]
        return canonical([batch.msg_id, batch.debit_account, batch.created_at, plain])

    def send(self, msg_id: str, body: bytes) -> SubmitAck:
        """Keep the bytes and answer as told."""
        self.sent.append((msg_id, body))
        if self.on_send is None:
            return self.answer(msg_id)
        return self.on_send(msg_id)

    def query_batch(self, msg_id: str) -> BatchStatus:
        """Keep the question and answer as told."""
        self.asked.append(msg_id)
        if self.on_query is None:
            return BatchStatus(msg_id, BatchState.NOT_FOUND)
        return self.on_query(msg_id)

    def answer(
        self,
        msg_id: str,
        state: LineState = LineState.SETTLED,
        refused: dict[int, str] | None = None,
    ) -> SubmitAck:
        """Answer for every line; `refused` gives reason codes by place in the message, from 1."""
        lines = tuple(
            LineStatus(line.e2e_id, LineState.REJECTED, (refused or {})[place])
            if place in (refused or {})
            else LineStatus(line.e2e_id, state, bank_ref=f"BK{line.instr_id}")
            for place, line in enumerate(self.batches[msg_id].lines, start=1)
        )
        return SubmitAck(msg_id, BatchState.PART if refused else BatchState(state.value), lines)

    def balances(self, account: str) -> Balances:
        """Know of no money."""
        return Balances(account, 0, 0)

    def notifications(self, account: str, since: int = 0) -> tuple[Entry, ...]:  # noqa: ARG002
        """Know of no entries."""
        return ()

    def statement(self, account: str, day: date) -> Statement:  # noqa: ARG002
        """Give the statement that the test laid ready."""
        if day not in self.statements:
            raise StatementNotReady(day=day.isoformat())
        return self.statements[day]
