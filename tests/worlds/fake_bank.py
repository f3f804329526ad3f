"""A bank in memory that can be told what to do with the next message. The real one is a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sanzi.bank.errors import EventForged, ReceiptNotReady, StatementNotReady
from sanzi.bank.iso20022 import pain001
from sanzi.bank.port import (
    Balances,
    BankEvent,
    BatchState,
    BatchStatus,
    CancelResult,
    Caps,
    CardEntry,
    Entry,
    KnownAccount,
    KnownCard,
    LineState,
    LineStatus,
    NotExecutedWord,
    PayeeCheck,
    PayeeCheckResult,
    PayeeVerdict,
    PaymentBatch,
    ReceiptFile,
    ReconciliationAnswer,
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
    can_cancel=True,
    can_push=True,
    can_give_receipts=True,
    can_list_accounts=True,
    can_confirm_reconciliation=True,
    can_tell_cards=True,
)


@dataclass
class FakeBank:
    """Keeps what it was sent. `on_send`, `on_query` and `on_cancel` decide the answers.

    What a test lays ready: `verdicts` by name, `statements` by day, `entries` (of every account),
    `receipts` by bank reference, `words` (NOT_EXECUTED) by message, `known` accounts,
    `pushed` events by the raw bytes that bring them, `known_cards`, and `on_cards` their lines.
    """

    caps: Caps = CAPS
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    batches: dict[str, PaymentBatch] = field(default_factory=dict)
    on_send: Callable[[str], SubmitAck] | None = None
    on_query: Callable[[str], BatchStatus] | None = None
    verdicts: dict[str, PayeeCheckResult] = field(default_factory=dict)
    statements: dict[date, Statement] = field(default_factory=dict)
    on_cancel: Callable[[str, tuple[str, ...]], CancelResult] | None = None
    cancelled: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    receipts: dict[str, ReceiptFile] = field(default_factory=dict)
    words: dict[str, NotExecutedWord] = field(default_factory=dict)
    known: tuple[KnownAccount, ...] = ()
    reconciled: list[ReconciliationAnswer] = field(default_factory=list)
    pushed: dict[bytes, list[BankEvent]] = field(default_factory=dict)
    known_cards: tuple[KnownCard, ...] = ()
    on_cards: dict[str, tuple[CardEntry, ...]] = field(default_factory=dict)

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
        """Give the entries that the test laid ready."""
        return tuple(entry for entry in self.entries if entry.seq > since)

    def query_payment(self, e2e_id: str) -> LineStatus:
        """Answer as for the message that has the line."""
        for msg_id, batch in reversed(self.batches.items()):
            if any(line.e2e_id == e2e_id for line in batch.lines):
                return self.query_batch(msg_id).line(e2e_id)
        return LineStatus(e2e_id, LineState.NOT_FOUND)

    def cancel(self, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:
        """Keep the wish and answer as told; without a word, refuse every line."""
        self.cancelled.append((msg_id, e2e_ids))
        if self.on_cancel is not None:
            return self.on_cancel(msg_id, e2e_ids)
        lines = self.batches[msg_id].lines
        return CancelResult(msg_id, refused=e2e_ids or tuple(line.e2e_id for line in lines))

    def confirm_not_executed(self, msg_id: str) -> NotExecutedWord | None:
        """Give the word that the test laid ready."""
        return self.words.get(msg_id)

    def statement(self, account: str, day: date) -> Statement:  # noqa: ARG002
        """Give the statement that the test laid ready."""
        if day not in self.statements:
            raise StatementNotReady(day=day.isoformat())
        return self.statements[day]

    def receipt(self, bank_ref: str) -> ReceiptFile:
        """Give the receipt that the test laid ready."""
        if bank_ref not in self.receipts:
            raise ReceiptNotReady
        return self.receipts[bank_ref]

    def confirm_reconciliation(self, answer: ReconciliationAnswer) -> None:
        """Keep the answer."""
        self.reconciled.append(answer)

    def accounts(self) -> tuple[KnownAccount, ...]:
        """List what the test laid ready."""
        return self.known

    def cards(self) -> tuple[KnownCard, ...]:
        """The cards laid ready."""
        return self.known_cards

    def card_lines(self, card: str, since: int = 0) -> tuple[CardEntry, ...]:
        """The lines laid ready for the card, whatever their number: the bank repeats itself."""
        del since
        return self.on_cards.get(card, ())

    def handle_push(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:  # noqa: ARG002
        """Read what the test laid ready; anything else is forged."""
        if raw not in self.pushed:
            raise EventForged(why="签名不对")
        return self.pushed[raw]
