"""The gateway to a bank that speaks the direct dialect.

The request number is the idempotency key: the bank answers the same number with the old result.
What a failure tells of the money is decided here, as in the ISO adapter: nothing sent, refused,
or unknown; a bank that says "unknown, ask again" is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, TypeVar

import httpx

from sanzi.bank import errors
from sanzi.bank.direct import beside, codes, messages, unasked, wire
from sanzi.bank.direct.wire import Answer, Node, NotInCharset, Request, text_at
from sanzi.bank.iso20022.xml import NotXml, fen
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
from sanzi.bank.push import Gate, SeenEvents
from sanzi.bank.sign import Signer, Sm2KeyFile, Sm2PublicKey, Verifier
from sanzi.bank.wire import Came, MessageLog, fetch
from sanzi.kernel import clock, digest, ids

T = TypeVar("T")
PAY, CHECK, CANCEL, ASK, ASK_ONE = "D110", "D120", "D130", "D210", "D211"
BALANCE, DETAILS, STATEMENT, FILE = "D310", "D320", "D330", "D331"
ACCOUNTS, WORD, RECEIPT, BALANCE_ANSWER = "D340", "D220", "D410", "D420"
CHECKS_PER_MESSAGE: Final = 100
PAGES_PER_CALL: Final = 5
DAYS_BACK: Final = 90
FINE_HTTP: Final = "200"
CAPS: Final = Caps(
    lines_max=200,
    idempotent_replay=True,
    name_check=True,
    query_window_days=DAYS_BACK,
    queue_dead_at_statement=True,
    closed_hours=((time(0), time(1)),),
    unknown_wait_minutes=15,
    can_cancel=True,
    can_push=True,
    can_give_receipts=True,
    can_list_accounts=True,
    can_confirm_reconciliation=True,
)


@dataclass(frozen=True)
class Terms:
    """What was agreed with the bank, and what we keep of the traffic.

    `log` keeps the raw messages; without `seen` events that come unasked are not taken.
    """

    customer: str = "sanzi"
    charset: str = "gbk"
    log: MessageLog | None = None
    seen: SeenEvents | None = None
    name: str = "bank"


class DirectGateway:
    """A bank that takes signed XML in GBK at one address and answers on two levels."""

    def __init__(
        self,
        url: str,
        customer_key: Path | Signer,
        bank_public_key: Path | Verifier,
        timeout_seconds: float = 30.0,
        *,
        terms: Terms = Terms(),
        caps: Caps = CAPS,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Keep address, keys and what was agreed; `now` is our clock, for the quiet hour."""
        self._timeout_seconds, self._log = timeout_seconds, terms.log
        self._url = url.rstrip("/") + "/direct"
        self._customer, self._charset = terms.customer, terms.charset
        self._caps, self._now = caps, now
        self._signer = Sm2KeyFile(customer_key) if isinstance(customer_key, Path) else customer_key
        self._bank = (
            Sm2PublicKey(bank_public_key) if isinstance(bank_public_key, Path) else bank_public_key
        )
        self._gate = Gate(terms.name, terms.customer, self._bank, terms.seen)
        self._client = httpx.Client(
            timeout=timeout_seconds,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        return self._caps

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def build_batch(self, batch: PaymentBatch) -> bytes:
        """Make the exact bytes of a D110; the signature is put around them when they are sent.

        Raises: BatchNotValid, naming the line whose name the bank's charset cannot write.
        """
        body = messages.order_body(batch, self._caps.lines_max, self._charset)
        request = Request(PAY, self._customer, batch.msg_id, batch.created_at)
        try:
            return wire.write(request, body, self._charset)
        except NotInCharset as problem:
            why = f"付款户名里有“{problem.character}”字，银行的系统（{self._charset}）里没有"
            raise errors.BatchNotValid(why=why) from problem
        except NotXml as problem:
            raise errors.BatchNotValid(why=str(problem)) from problem

    def send(self, msg_id: str, body: bytes) -> SubmitAck:
        """Send stored bytes and read both levels of the answer.

        Raises: any error of bank.errors; `is_fate_known` on it tells whether money may have moved.
        """
        record = self._log.sent(PAY, msg_id, body) if self._log else 0
        came = Came()
        try:
            answer = self._exchange(PAY, msg_id, body, came)
        finally:
            if self._log:
                self._log.answered(record, came)
        if answer.ret == codes.QUIET:
            raise errors.CutOffPassed(reason_code="TM01", reason_text=answer.text)
        if answer.ret in codes.REFUSED:
            raise _refusal(codes.REFUSED[answer.ret], answer.text)
        found = self._status(msg_id, answer)
        if found.state is BatchState.REJECTED and not found.lines:
            raise _refusal("MS03", found.reason_text)
        return SubmitAck(msg_id, found.state, found.lines, raw=found.raw)

    def query_batch(self, msg_id: str) -> BatchStatus:
        """Ask what became of a message. NOT_FOUND is no proof that it was not executed.

        Raises: AskLater when the bank says that it does not know yet.
        """
        answer = self._ask(ASK, [("OrigReqNo", msg_id)])
        is_answer = answer.ret in (codes.FINE, codes.NO_SUCH_NUMBER)
        if is_answer and text_at(answer.body, "OrigReqNo") != msg_id:
            raise errors.ProtocolError(why="回话说的是另一批")
        if answer.ret == codes.NO_SUCH_NUMBER:
            return BatchStatus(msg_id, BatchState.NOT_FOUND, raw=answer.raw)
        return self._status(msg_id, answer)

    def query_payment(self, e2e_id: str) -> LineStatus:
        """Ask where the last attempt under a business number stands."""
        answer = self._ask(ASK_ONE, [("BizNo", e2e_id)])
        if answer.ret == codes.NO_SUCH_NUMBER:
            return LineStatus(e2e_id, LineState.NOT_FOUND)
        item = self._fine(answer).body.find("Line")
        if item is None or text_at(item, "BizNo") != e2e_id:
            raise errors.ProtocolError(why="回话说的是另一笔")
        if text_at(item, "State") == codes.UNKNOWN:
            raise self._ask_later()
        return self._reading(messages.read_line, item)

    def _status(self, msg_id: str, answer: Answer) -> BatchStatus:
        """Read a batch's state; only RetCode and State together are believed."""
        self._fine(answer)
        state, lines = self._reading(messages.read_status, answer.body)
        if state is None:
            raise self._ask_later()
        text = text_at(answer.body, "StateMsg")
        return BatchStatus(msg_id, state, lines, reason_text=text, raw=answer.raw)

    def verify_payees(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        """Ask about names and accounts, a hundred at a time.

        A name that the bank's charset cannot write is NOT_POSSIBLE without asking.
        """
        found = {
            id(one): PayeeCheckResult(one.ref, PayeeVerdict.NOT_POSSIBLE, "NR01")
            for one in checks
            if not self._can_write(one.name)
        }
        askable = [one for one in checks if id(one) not in found]
        for first in range(0, len(askable), CHECKS_PER_MESSAGE):
            asked = askable[first : first + CHECKS_PER_MESSAGE]
            answer = self._fine(self._ask(CHECK, messages.check_body(asked)))
            told = self._reading(lambda one, asked=asked: messages.read_checks(one, asked), answer)
            found |= {id(one): result for one, result in zip(asked, told, strict=True)}
        return [found[id(one)] for one in checks]

    def _can_write(self, text: str) -> bool:
        try:
            wire.require_charset(text, self._charset)
        except NotInCharset:
            return False
        return True

    def balances(self, account: str) -> Balances:
        """Ask for the booked and usable money of an account."""
        answer = self._fine(self._ask(BALANCE, [("Acct", account)]))
        self._same_account(answer, account)
        booked, usable = (
            self._reading(fen, text_at(answer.body, name)) for name in ("Booked", "Usable")
        )
        return Balances(account, booked, usable)

    def notifications(self, account: str, since: int = 0) -> tuple[Entry, ...]:
        """Read the pages of details from the day of the last entry on; at most 500 new ones.

        This bank has no cursor: `seq` is the day's figures and the place in the day, so the page
        on which to go on can be reckoned.
        """
        day, serial = messages.day_of(since) if since else (self._first_day(), 0)
        found: list[Entry] = []
        first = serial // messages.PAGE_ROWS + 1
        for page in range(first, first + PAGES_PER_CALL):
            asked = [("Acct", account), ("FromDate", f"{day:%Y%m%d}"), ("Page", str(page))]
            answer = self._fine(self._ask(DETAILS, asked))
            self._same_account(answer, account)
            rows, is_more = self._reading(messages.read_page, answer)
            found += [one for one in rows if one.seq > since]
            if not is_more:
                break
        return tuple(found)

    def _first_day(self) -> date:
        return clock.local_date(self._now()) - timedelta(days=DAYS_BACK)

    def statement(self, account: str, day: date) -> Statement:
        """Fetch the file of a closed day: its name and digest, then the bytes.

        Raises: StatementNotReady before it is there.
        """
        asked = [("Acct", account), ("Date", f"{day:%Y%m%d}")]
        told = self._ready(self._ask(STATEMENT, asked), day)
        name = text_at(told.body, "FileName")
        got = self._ready(self._ask(FILE, [("FileName", name)]), day)
        data = self._reading(messages.read_content, got)
        if digest.sm3(data) != text_at(told.body, "Sm3"):
            raise errors.ProtocolError(why="对账单文件和它的摘要对不上")
        found = self._reading(messages.read_statement, data)
        if (found.account, found.day) != (account, day):
            raise errors.ProtocolError(why="对账单不是这个账户这一天的")
        return found

    def _ready(self, answer: Answer, day: date) -> Answer:
        if answer.ret == codes.NOT_READY:
            raise errors.StatementNotReady(day=day.isoformat())
        return self._fine(answer)

    def cancel(self, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:
        """Ask the bank to drop lines that it has not booked yet, or all of a message."""
        answer = self._fine(self._ask(CANCEL, beside.cancel_body(msg_id, e2e_ids)))
        return self._reading(beside.read_cancelled, answer, msg_id, e2e_ids)

    def confirm_not_executed(self, msg_id: str) -> NotExecutedWord | None:
        """Ask for the bank's signed word that nothing of a message will ever be executed."""
        answer = self._fine(self._ask(WORD, [("OrigReqNo", msg_id)]))
        return self._reading(beside.read_word, answer, msg_id, answer.signature)

    def receipt(self, bank_ref: str) -> ReceiptFile:
        """Fetch the e-receipt of a booked line. Raises ReceiptNotReady before it is there."""
        answer = self._ask(RECEIPT, [("BankSeq", bank_ref)])
        if answer.ret == codes.NOT_READY:
            raise errors.ReceiptNotReady
        return self._reading(beside.read_receipt, self._fine(answer), bank_ref, self._bank)

    def confirm_reconciliation(self, answer: ReconciliationAnswer) -> None:
        """Tell the bank what we make of its balance of a month.

        Raises: GatewayRejected if the bank never told such a balance.
        """
        said = self._ask(BALANCE_ANSWER, beside.answer_body(answer))
        if said.ret == codes.OTHER_BALANCE:
            raise errors.GatewayRejected(reason_code="", reason_text="银行的余额不是这个数")
        self._fine(said)

    def accounts(self) -> tuple[KnownAccount, ...]:
        """List the accounts that the bank keeps under our customer number."""
        return self._reading(beside.read_accounts, self._fine(self._ask(ACCOUNTS, [])))

    def cards(self) -> tuple[KnownCard, ...]:
        """Not part of the dialect."""
        raise errors.NotOffered(what="村务卡")

    def card_lines(self, card: str, since: int = 0) -> tuple[CardEntry, ...]:  # noqa: ARG002
        """Not part of the dialect."""
        raise errors.NotOffered(what="村务卡")

    def handle_push(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:  # noqa: ARG002
        """Check a frame that came unasked, and read it; all of it stands in the frame."""
        return unasked.take(self._gate, raw)

    def _ask(self, code: str, body: Sequence[Node]) -> Answer:
        """Do one question under a number of its own."""
        number = ids.new_id("Q")
        request = Request(code, self._customer, number, self._now())
        try:
            xml = wire.write(request, body, self._charset)
        except (NotInCharset, NotXml) as problem:
            raise errors.BatchNotValid(why="问题里有银行系统不认的字") from problem
        came = Came()
        try:
            answer = self._exchange(code, number, xml, came)
        finally:
            # Of the many looks at an account only those that saw something stay in the log.
            is_quiet = code == DETAILS and b"<Row>" not in came.body
            if self._log and not (is_quiet and came.outcome == FINE_HTTP):
                self._log.asked(code, number, xml, came)
        if answer.ret == codes.QUIET:
            raise errors.GatewayUnavailable
        return answer

    def _exchange(self, code: str, number: str, xml: bytes, came: Came) -> Answer:
        """Send one frame; after the first byte every failure means that the result is unknown."""
        self._require_awake(came)
        body = wire.frame(xml, self._signer.sign(xml))
        headers = {
            "Content-Type": "application/octet-stream",
            "Connection": "close",
            "Accept-Encoding": "identity",
        }
        request = self._client.build_request("POST", self._url, content=body, headers=headers)
        fetch(self._client, request, self._timeout_seconds, came)
        try:
            return self._read(code, number, came.body)
        except errors.ProtocolError:
            came.outcome = "NOT_TRUSTED"
            raise

    def _require_awake(self, came: Came) -> None:
        """Refuse to call within the bank's quiet hours, before anything is sent."""
        local = self._now().astimezone(clock.SHANGHAI).time()
        for first, last in self._caps.closed_hours:
            inside = first <= local < last if first <= last else local >= first or local < last
            if inside:
                came.outcome = "NOT_SENT"
                raise errors.GatewayUnavailable

    def _read(self, code: str, number: str, raw: bytes) -> Answer:
        xml, signature = self._reading(wire.unframe, raw)
        if not self._bank.is_valid(xml, signature):
            raise errors.ProtocolError(why="签名不对")
        answer = self._reading(wire.read, xml, signature)
        if (answer.code, answer.number) != (code, number):
            raise errors.ProtocolError(why="回话说的是另一笔请求")
        return answer

    def _fine(self, answer: Answer) -> Answer:
        """Pass an answer on whose message level is fine; nothing else is success."""
        if answer.ret == codes.FINE:
            return answer
        if codes.REFUSED.get(answer.ret) in ("DS0H", "DS0D", "DS0E"):
            raise errors.AuthError
        if answer.ret in codes.ASK_LATER:
            raise self._ask_later()
        raise errors.ProtocolError(why=f"银行答 {answer.ret} {answer.text}"[:80])

    def _reading(self, read: Callable[..., T], *given: object) -> T:
        try:
            return read(*given)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)[:80]) from problem

    def _ask_later(self) -> errors.AskLater:
        return errors.AskLater(minutes=self._caps.unknown_wait_minutes)

    def _same_account(self, answer: Answer, asked: str) -> None:
        if text_at(answer.body, "Acct") != asked:
            raise errors.ProtocolError(why="回话说的是另一个账户")


def _refusal(code: str, text: str) -> errors.GatewayError:
    """Return the error for a message that was refused as a whole."""
    told = {"reason_code": code, "reason_text": text}
    if code == "DU01":
        return errors.DuplicateMessage(**told)
    if code in ("DS0H", "DS0D", "DS0E"):
        return errors.AuthError(**told)
    if code == "TM01":
        return errors.CutOffPassed(**told)
    return errors.GatewayRejected(**told)
