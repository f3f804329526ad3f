"""ISO 20022 over HTTP: the adapter for the sandbox bank, and the pattern for real ones.

What is known after a failure is said by `wire.py`; here each call becomes a message, and each
answer plain values, or ProtocolError. Where ISO 20022 has no message for a customer (receipts,
the list of accounts, the answer to a balance, the word that nothing was executed) the question
is a JSON object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import httpx

from sanzi.bank import errors, words
from sanzi.bank.iso20022 import acmt, camt, camt054_card, camt055, camt060, pain001, pain002
from sanzi.bank.iso20022.xml import NotXml, Schemas
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
    PaymentBatch,
    ReceiptFile,
    ReconciliationAnswer,
    Statement,
    SubmitAck,
)
from sanzi.bank.push import Gate, Mailbox, SeenEvents
from sanzi.bank.sign import Signer, Sm2KeyFile, Sm2PublicKey, Verifier
from sanzi.bank.wire import Answer, Link, MessageLog
from sanzi.kernel import clock, ids

T = TypeVar("T")
DOOR = "/iso20022/"
CHECKS_PER_MESSAGE = 500
LIMIT_REASONS = ("AM02", "AM14", "AM23")
AUTH_REASONS = ("DS0A", "DS0D", "DS0E", "DS0H")
DUPLICATE_REASONS = ("DU01", "AM05", "DUPL")
CAPS = Caps(
    lines_max=500,
    idempotent_replay=True,
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


@dataclass(frozen=True)
class Messages:
    """The versions that a bank takes and gives; each needs its schema, or a shape of ours."""

    order: str = pain001.MESSAGE
    check: str = acmt.REQUEST
    cancel: str = camt055.REQUEST
    request: str = camt060.REQUEST
    balances: str = "camt.052.001.08"
    notices: str = "camt.054.001.08"
    statement: str = "camt.053.001.08"


@dataclass(frozen=True)
class Terms:
    """How one bank is dealt with: its name here, its versions, and what we keep of the traffic.

    `log` keeps the raw messages; without `seen` events that come unasked are not taken.
    """

    name: str = "bank"
    messages: Messages = Messages()
    log: MessageLog | None = None
    seen: SeenEvents | None = None


class Iso20022Gateway:
    """A bank that takes pain.001 over HTTP and signs its answers with SM2."""

    def __init__(
        self,
        url: str,
        customer_key: Path | Signer,
        bank_public_key: Path | Verifier,
        timeout_seconds: float = 30.0,
        schemas: Path = Path("build/iso20022"),
        *,
        customer: str = "sanzi",
        caps: Caps = CAPS,
        terms: Terms = Terms(),
    ) -> None:
        """Keep address and keys; keys may be files or anything that signs and checks."""
        self._caps, self._messages = caps, terms.messages
        signer = Sm2KeyFile(customer_key) if isinstance(customer_key, Path) else customer_key
        if isinstance(bank_public_key, Path):
            bank_public_key = Sm2PublicKey(bank_public_key)
        self._schemas = Schemas(schemas)
        self._link = Link(url, customer, signer, bank_public_key, timeout_seconds, log=terms.log)
        gate = Gate(terms.name, customer, bank_public_key, terms.seen)
        self._mailbox = Mailbox(gate, self._schemas)

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        return self._caps

    def close(self) -> None:
        """Let go of the connections."""
        self._link.close()

    def build_batch(self, batch: PaymentBatch) -> bytes:
        """Make the exact bytes of a message, valid by the schema. Raises BatchNotValid."""
        return pain001.build(batch, self._schemas, self._messages.order)

    def send(self, msg_id: str, body: bytes) -> SubmitAck:
        """Send stored bytes and read the bank's direct answer.

        Raises: any error of bank.errors; `is_fate_known` on it tells whether money may have moved.
        """
        answer = self._link.order(DOOR + self._messages.order, msg_id, body)
        found = self._read_status(msg_id, answer)
        if found.state is BatchState.REJECTED and not found.lines:
            raise _rejection(found)
        return SubmitAck(**vars(found))

    def query_batch(self, msg_id: str) -> BatchStatus:
        """Ask what became of a message. NOT_FOUND is no proof that it was not executed."""
        answer = self._link.ask(f"{DOOR}query", msg_id, {"msg_id": msg_id})
        if answer.status == httpx.codes.NOT_FOUND:
            if answer.fields().get("msg_id") != msg_id:
                raise errors.ProtocolError(why="回话说的是另一批")
            return BatchStatus(msg_id, BatchState.NOT_FOUND, raw=answer.body)
        return self._read_status(msg_id, answer)

    def query_payment(self, e2e_id: str) -> LineStatus:
        """Ask what became of one payment. NOT_FOUND is no proof that it was not executed."""
        answer = self._link.ask(f"{DOOR}query", e2e_id, {"e2e_id": e2e_id})
        if answer.status == httpx.codes.NOT_FOUND:
            if answer.fields().get("e2e_id") != e2e_id:
                raise errors.ProtocolError(why="回话说的是另一笔")
            return LineStatus(e2e_id, LineState.NOT_FOUND)
        found = self._read(answer, pain002.read, self._schemas)
        if [line.e2e_id for line in found.lines] != [e2e_id]:
            raise errors.ProtocolError(why="回话说的是另一笔")
        return found.lines[0]

    def cancel(self, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:
        """Ask the bank to drop lines of a message, or all of it; see the port."""
        body = self._write(camt055.build, ids.new_id("CX"), clock.now(), msg_id, e2e_ids)
        answer = self._link.order(DOOR + self._messages.cancel, msg_id, body)
        return self._read(answer, camt055.read, msg_id, e2e_ids, self._schemas)

    def confirm_not_executed(self, msg_id: str) -> NotExecutedWord | None:
        """Ask for the bank's signed word that nothing of a message will ever be executed."""
        answer = self._link.ask(f"{DOOR}not-executed", msg_id, {"msg_id": msg_id}).expect_ok()
        return words.not_executed(answer, msg_id)

    def verify_payees(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        """Ask about names and accounts, some hundreds at a time; answers in the same order."""
        results: list[PayeeCheckResult] = []
        for first in range(0, len(checks), CHECKS_PER_MESSAGE):
            results += self._verify(checks[first : first + CHECKS_PER_MESSAGE])
        return results

    def _verify(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        msg_id = ids.new_id("VC")
        body = self._write(acmt.build, msg_id, clock.now(), checks)
        answer = self._link.ask(DOOR + self._messages.check, msg_id, body)
        return self._read(answer, acmt.read, msg_id, checks, self._schemas)

    def balances(self, account: str) -> Balances:
        """Ask for the booked and available money of an account."""
        answer = self._report(self._messages.balances, account, kept=b"<Ntry>")
        found = self._read(answer, camt.read_balances, self._schemas)
        return self._same_account(found.account, account, found)

    def notifications(self, account: str, since: int = 0) -> tuple[Entry, ...]:
        """Fetch entries with `seq` above `since`, oldest first, at most 500."""
        answer = self._report(self._messages.notices, account, since=since, kept=b"<Ntry>")
        named, entries = self._read(answer, camt.read_notices, self._schemas)
        return self._same_account(named, account, entries)

    def statement(self, account: str, day: date) -> Statement:
        """Fetch the statement of a closed day. Raises StatementNotReady before it is there."""
        answer = self._report(self._messages.statement, account, day=day)
        if answer.status == httpx.codes.NOT_FOUND:
            raise errors.StatementNotReady(day=day.isoformat())
        found = self._read(answer, camt.read_statement, self._schemas)
        if found.day != day:
            raise errors.ProtocolError(why="对账单不是这一天的")
        return self._same_account(found.account, account, found)

    def receipt(self, bank_ref: str) -> ReceiptFile:
        """Fetch the e-receipt of a booked line. Raises ReceiptNotReady before it is there."""
        answer = self._link.ask(f"{DOOR}receipt", bank_ref, {"bank_ref": bank_ref}, kept=b"pdf")
        if answer.status == httpx.codes.NOT_FOUND:
            raise errors.ReceiptNotReady
        return words.receipt(answer.expect_ok(), bank_ref, self._link.bank)

    def confirm_reconciliation(self, answer: ReconciliationAnswer) -> None:
        """Tell the bank what we make of its balance of a month.

        Raises: GatewayRejected if the bank never told such a balance.
        """
        told = words.reconciliation(answer)
        said = self._link.ask(f"{DOOR}reconciliation", answer.period, told)
        if said.status == httpx.codes.CONFLICT:
            why = str(said.fields().get("text", ""))[:80] or "银行的余额不是这个数"
            raise errors.GatewayRejected(reason_code="", reason_text=why)
        said.expect_ok()

    def accounts(self) -> tuple[KnownAccount, ...]:
        """List the accounts that the bank keeps under our customer number."""
        return words.accounts(self._link.ask(f"{DOOR}accounts", "accounts", {}).expect_ok())

    def cards(self) -> tuple[KnownCard, ...]:
        """List the village cards that the bank keeps under our customer number."""
        return words.cards(self._link.ask(f"{DOOR}cards", "cards", {}).expect_ok())

    def card_lines(self, card: str, since: int = 0) -> tuple[CardEntry, ...]:
        """Fetch lines of a card with `seq` above `since`, oldest first, at most 500."""
        asked = {"card": card, "since": since}
        answer = self._link.ask(f"{DOOR}card-lines", card[-4:], asked, kept=b"<Ntry>")
        named, lines = self._read(answer, camt054_card.read, self._schemas)
        return self._same_account(named, card, lines)

    def handle_push(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:
        """Check a message that came unasked, and read it; see the port and `push.py`."""
        return self._mailbox.open(raw, headers)

    def _report(
        self,
        report: str,
        account: str,
        *,
        kept: bytes = b"",
        day: date | None = None,
        since: int | None = None,
    ) -> Answer:
        msg_id = ids.new_id("RQ")
        asked = camt060.Asked(report, account, day, since)
        body = self._write(camt060.build, msg_id, clock.now(), asked)
        return self._link.ask(DOOR + self._messages.request, account[-4:], body, kept=kept)

    def _write(self, build: Callable[..., bytes], *told: Any) -> bytes:
        try:
            return build(*told, self._schemas)
        except NotXml as problem:
            raise errors.BatchNotValid(why=str(problem)) from problem

    def _read(self, answer: Answer, read: Callable[..., T], *told: Any) -> T:
        """Read a good answer; whatever is wrong with it makes it no answer."""
        try:
            return read(answer.expect_ok().body, *told)
        except (NotXml, ValueError, OverflowError) as problem:
            raise errors.ProtocolError(why=str(problem)[:200]) from problem

    def _same_account(self, named: str, asked: str, found: T) -> T:
        if named != asked:
            raise errors.ProtocolError(why="回话说的是另一个账户")
        return found

    def _read_status(self, msg_id: str, answer: Answer) -> BatchStatus:
        found = self._read(answer, pain002.read, self._schemas)
        if found.msg_id != msg_id:
            raise errors.ProtocolError(why="回话说的是另一批")
        return found


def _rejection(found: BatchStatus) -> errors.GatewayError:
    """The error for a message that was refused as a whole."""
    data = {"reason_code": found.reason_code, "reason_text": found.reason_text}
    if found.reason_code in DUPLICATE_REASONS:
        return errors.DuplicateMessage(**data)
    if found.reason_code in AUTH_REASONS:
        return errors.AuthError(**data)
    if found.reason_code in LIMIT_REASONS:
        return errors.LimitExceeded(**data)
    if found.reason_code == "TM01":
        return errors.CutOffPassed(**data)
    return errors.GatewayRejected(**data)
