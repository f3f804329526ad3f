"""The gateway port: what the platform asks of any bank, and the values that go to and fro.

One adapter for each bank implements BankGateway (`http.py` is the ISO 20022 one). Values only;
no Django, no network, no XML. Money is integer fen, instants are aware UTC, days are local.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from sanzi.kernel import clock


class PayeeVerdict(StrEnum):
    """What the bank says of a name and an account."""

    MATCH = "MATCH"
    CLOSE = "CLOSE"
    NO_MATCH = "NO_MATCH"
    NOT_POSSIBLE = "NOT_POSSIBLE"


class LineState(StrEnum):
    """Where one line stands. SETTLED and REJECTED are final at the bank."""

    SETTLED = "SETTLED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    PENDING = "PENDING"
    NOT_FOUND = "NOT_FOUND"


class BatchState(StrEnum):
    """Where a whole message stands. PART: some lines were refused; look at the lines."""

    SETTLED = "SETTLED"
    ACCEPTED = "ACCEPTED"
    PART = "PART"
    REJECTED = "REJECTED"
    PENDING = "PENDING"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True)
class PayeeCheck:
    """Ask whether a name belongs to an account. `ref` is the caller's own, up to 35 characters."""

    ref: str
    name: str
    account: str
    bank_code: str = ""
    resident_id: str = ""


@dataclass(frozen=True)
class PayeeCheckResult:
    """The answer to one check.

    `reason_code` is the ISO reason (PN01, AC01, …), empty for MATCH. `masked_name` is the name
    that the bank has, as far as it tells, already masked by the bank.
    """

    ref: str
    verdict: PayeeVerdict
    reason_code: str = ""
    masked_name: str = ""


@dataclass(frozen=True)
class BatchLine:
    """One payment in a message. `instr_id` names this attempt, `e2e_id` the business payment."""

    instr_id: str
    e2e_id: str
    payee_name: str
    payee_account: str
    payee_bank_code: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True)
class PaymentBatch:
    """One message to the bank: one debit account, one day, at most `Caps.lines_max` lines."""

    msg_id: str
    org_name: str
    org_uscc: str
    debit_account: str
    debit_name: str
    debit_bank_code: str
    lines: tuple[BatchLine, ...]
    created_at: datetime = field(default_factory=clock.now)
    category: str = ""

    @property
    def amount_fen(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True)
class LineStatus:
    """What the bank says of one line; `reason_text` is the bank's own wording."""

    e2e_id: str
    status: LineState
    reason_code: str = ""
    reason_text: str = ""
    bank_ref: str = ""
    instr_id: str = ""


@dataclass(frozen=True)
class BatchStatus:
    """What the bank says of a message. `lines` is empty while the bank speaks of the whole.

    `rest`: where the lines stand that are not named, if the bank's counts leave no doubt.
    """

    msg_id: str
    state: BatchState
    lines: tuple[LineStatus, ...] = ()
    reason_code: str = ""
    reason_text: str = ""
    raw: bytes = b""
    rest: LineState | None = None

    def line(self, e2e_id: str) -> LineStatus:
        """The status of one line, NOT_FOUND if the bank neither named nor counted it."""
        for found in self.lines:
            if found.e2e_id == e2e_id:
                return found
        return LineStatus(e2e_id, self.rest or LineState.NOT_FOUND)


@dataclass(frozen=True)
class SubmitAck(BatchStatus):
    """The bank's direct answer to a message that was sent."""


@dataclass(frozen=True)
class Entry:
    """One booked line of an account.

    `seq` counts upwards within the bank (the cursor of `notifications`). amount_fen is positive;
    `is_credit` says money in. A return has `is_return`, and often no `e2e_id`.
    """

    seq: int
    booked_at: datetime
    amount_fen: int
    is_credit: bool
    bank_ref: str
    e2e_id: str = ""
    instr_id: str = ""
    msg_id: str = ""
    party_name: str = ""
    party_account: str = ""
    memo: str = ""
    is_return: bool = False
    reason_code: str = ""
    reason_text: str = ""

    @property
    def signed_fen(self) -> int:
        """Plus for money in, minus for money out."""
        return self.amount_fen if self.is_credit else -self.amount_fen


@dataclass(frozen=True)
class Statement:
    """The complete, numbered, unchangeable account of one closed day."""

    account: str
    day: date
    number: int
    opening_fen: int
    closing_fen: int
    entries: tuple[Entry, ...]
    raw: bytes = b""


@dataclass(frozen=True)
class Balances:
    """Booked and available money at this moment."""

    account: str
    booked_fen: int
    available_fen: int


@dataclass(frozen=True)
class Caps:
    """What a bank can do. Re-sending is allowed only where `idempotent_replay` is promised.

    `queue_dead_at_statement`: the bank promises that all it received on a day is booked, refused
    or dropped before that day's statement; without it NOT_EXECUTED needs the bank's signed word
    as well. `amount_max_fen` is the limit of one line, 0 for none. `closed_hours` are the local
    hours without payments as (from, until); they may pass midnight.
    """

    lines_max: int
    idempotent_replay: bool
    name_check: bool
    query_window_days: int
    queue_dead_at_statement: bool
    amount_max_fen: int = 0
    closed_hours: tuple[tuple[time, time], ...] = ()
    unknown_wait_minutes: int = 0
    can_cancel: bool = False
    can_push: bool = False
    can_give_receipts: bool = False
    can_list_accounts: bool = False
    can_confirm_reconciliation: bool = False
    can_tell_cards: bool = False


class EventKind(StrEnum):
    """What a bank may tell unasked."""

    STATUS = "STATUS"
    ENTRY = "ENTRY"


@dataclass(frozen=True)
class BankEvent:
    """One signed message of the bank: the state of a batch, or booked entries of an account.

    `event_id` is the bank's own, the same in every repetition; `at` is when the bank made it.
    """

    event_id: str
    kind: EventKind
    at: datetime
    status: BatchStatus | None = None
    account: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class CancelResult:
    """What became of a wish to cancel: lines by `e2e_id`. What is in neither is still open.

    `reason_text` is the bank's own wording of why lines were refused.
    """

    msg_id: str
    cancelled: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    reason_text: str = ""


@dataclass(frozen=True)
class ReceiptFile:
    """The bank's e-receipt (电子回单) of one booked line: the picture, and the data if given.

    `signature` is the bank's over the exact bytes of `xml`, which holds the digest of `pdf`.
    """

    bank_ref: str
    pdf: bytes
    xml: bytes = b""
    signature: str = ""


@dataclass(frozen=True)
class OpenItem:
    """One line of a balance reconciliation statement that only one side has. Units: fen."""

    booked_date: date
    amount_fen: int
    reference: str
    text: str = ""


@dataclass(frozen=True)
class ReconciliationAnswer:
    """What we tell the bank of its balance at the end of a month.

    `result`: AGREED 1 相符, DIFFERENT 2 不相符, ADJUSTED 3 调节后相符. Units: fen.
    """

    account: str
    period: str
    result: str
    bank_fen: int
    book_fen: int
    items: tuple[OpenItem, ...] = ()


@dataclass(frozen=True)
class NotExecutedWord:
    """The bank's signed word that lines of a message were not and never will be executed.

    No `e2e_ids` means the whole message. `signature` is the bank's over the exact bytes of `raw`;
    whoever re-issues a payment upon it keeps both as evidence.
    """

    msg_id: str
    e2e_ids: tuple[str, ...]
    at: datetime
    raw: bytes = b""
    signature: str = ""


@dataclass(frozen=True)
class KnownAccount:
    """An account as the bank has it, under our customer number."""

    account: str
    name: str
    bank_code: str
    kind: str = ""
    opened_date: date | None = None
    closed_date: date | None = None


@dataclass(frozen=True)
class KnownCard:
    """A village card as the bank has it: its limit, what is owed, its bill and due days."""

    card: str
    holder: str
    limit_fen: int
    owed_fen: int
    bill_day: int
    due_day: int
    is_open: bool = True


@dataclass(frozen=True)
class CardEntry:
    """One booked line of a village card. Units: fen, always above zero.

    Shapes: `kind` is PURCHASE, CASH, REFUND or FEE; a refund lowers the debt. `mcc` is the
        merchant's category of four figures; `due_date` is when the line must be repaid.
    """

    seq: int
    bank_ref: str
    booked_at: datetime
    kind: str
    amount_fen: int
    merchant: str = ""
    mcc: str = ""
    due_date: date | None = None
    memo: str = ""


class BankGateway(Protocol):
    """One bank. Every call may raise the errors of `bank.errors`; see there what each means."""

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        ...

    def verify_payees(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        """Ask about names and accounts; answers come in the order of the checks."""
        ...

    def build_batch(self, batch: PaymentBatch) -> bytes:
        """Make the exact bytes of a message; to be stored durably before the first `send`."""
        ...

    def send(self, msg_id: str, body: bytes) -> SubmitAck:
        """Send stored bytes. Sending the same bytes again is safe where replay is promised."""
        ...

    def query_batch(self, msg_id: str) -> BatchStatus:
        """Ask what became of a message. NOT_FOUND is no proof that it was not executed."""
        ...

    def query_payment(self, e2e_id: str) -> LineStatus:
        """Ask what became of one payment. NOT_FOUND is no proof that it was not executed."""
        ...

    def cancel(self, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:
        """Ask the bank to drop these lines of a message, or all (no ids). Best effort.

        Only a line in `cancelled` is dead; one in neither list is still open and must be asked
        again. An error leaves every line as it was.
        """
        ...

    def confirm_not_executed(self, msg_id: str) -> NotExecutedWord | None:
        """Ask for the bank's signed word that nothing of a message will ever be executed.

        None: the bank does not say so (yet).
        """
        ...

    def balances(self, account: str) -> Balances:
        """Ask for the money of an account."""
        ...

    def notifications(self, account: str, since: int = 0) -> tuple[Entry, ...]:
        """Fetch entries with `seq` above `since`, oldest first, some hundreds at most."""
        ...

    def statement(self, account: str, day: date) -> Statement:
        """Fetch the statement of a closed day, or raise StatementNotReady."""
        ...

    def receipt(self, bank_ref: str) -> ReceiptFile:
        """Fetch the e-receipt of a booked line, or raise ReceiptNotReady."""
        ...

    def confirm_reconciliation(self, answer: ReconciliationAnswer) -> None:
        """Tell the bank what we make of its balance. The same answer again changes nothing."""
        ...

    def accounts(self) -> tuple[KnownAccount, ...]:
        """List the accounts that the bank keeps under our customer number."""
        ...

    def cards(self) -> tuple[KnownCard, ...]:
        """List the village cards that the bank keeps under our customer number."""
        ...

    def card_lines(self, card: str, since: int = 0) -> tuple[CardEntry, ...]:
        """Fetch lines of a card with `seq` above `since`, oldest first, some hundreds at most."""
        ...

    def handle_push(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:
        """Check a message that came unasked, and read it.

        Marks the event as seen in the caller's transaction: call it inside the transaction that
        applies the events, so that both are kept or neither. Header names in any case.

        Raises: EventRefused (forged, old, seen before, another customer's); nothing is written.
        """
        ...
