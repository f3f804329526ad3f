"""ISO 20022 over HTTP: the adapter for the sandbox bank, and the pattern for real ones.

The one hard thing here is to say truthfully what is known after a failure: nothing was sent
(GatewayUnavailable), or something was and nobody knows (GatewayTimeout, ProtocolError).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import httpx

from sanzi.bank import errors
from sanzi.bank.iso20022 import acmt, camt, pain001, pain002
from sanzi.bank.iso20022.xml import LARGEST_BYTES, NotXml, Schemas
from sanzi.bank.port import (
    Balances,
    BankEvent,
    BatchState,
    BatchStatus,
    CancelResult,
    Caps,
    Entry,
    KnownAccount,
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
from sanzi.bank.sign import Signer, Sm2KeyFile, Sm2PublicKey, Verifier
from sanzi.kernel import clock, ids

T = TypeVar("T")
CHECKS_PER_MESSAGE = 500
LIMIT_REASONS = ("AM02", "AM14", "AM23")
AUTH_REASONS = ("DS0A", "DS0D", "DS0E", "DS0H")
DUPLICATE_REASONS = ("DU01", "AM05", "DUPL")
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
CAPS = Caps(
    lines_max=500,
    idempotent_replay=True,
    name_check=True,
    query_window_days=90,
    queue_dead_at_statement=True,
)


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes


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
    ) -> None:
        """Keep address and keys; keys may be files or anything that signs and checks."""
        self._caps = caps
        self._url = url.rstrip("/")
        self._customer = customer
        self._signer = Sm2KeyFile(customer_key) if isinstance(customer_key, Path) else customer_key
        self._bank = (
            Sm2PublicKey(bank_public_key) if isinstance(bank_public_key, Path) else bank_public_key
        )
        self._schemas = Schemas(schemas)
        self._client = httpx.Client(
            timeout=timeout_seconds,
            trust_env=False,
            # A kept connection may be dead when it is used again; then nobody could tell whether
            # the bank got the bytes. So each call opens its own.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        return self._caps

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def build_batch(self, batch: PaymentBatch) -> bytes:
        """Make the exact bytes of a message, valid by the schema. Raises BatchNotValid."""
        return pain001.build(batch, self._schemas)

    def send(self, msg_id: str, body: bytes) -> SubmitAck:
        """Send stored bytes and read the bank's direct answer.

        Raises: any error of bank.errors; `is_fate_known` on it tells whether money may have moved.
        """
        answer = self._post("/iso20022/pain.001.001.09", body, "application/xml")
        found = self._read_status(msg_id, answer)
        if found.state is BatchState.REJECTED and not found.lines:
            raise _rejection(found)
        return SubmitAck(
            found.msg_id, found.state, found.lines, found.reason_code, found.reason_text, found.raw
        )

    def query_batch(self, msg_id: str) -> BatchStatus:
        """Ask what became of a message. NOT_FOUND is no proof that it was not executed."""
        body = json.dumps({"msg_id": msg_id}).encode()
        answer = self._post("/iso20022/query", body, "application/json")
        if answer.status == httpx.codes.NOT_FOUND:
            if _json(answer).get("msg_id") != msg_id:
                raise errors.ProtocolError(why="回话说的是另一批")
            return BatchStatus(msg_id, BatchState.NOT_FOUND, raw=answer.body)
        return self._read_status(msg_id, answer)

    def query_payment(self, e2e_id: str) -> LineStatus:  # noqa: ARG002
        """Ask what became of one payment."""
        raise errors.NotOffered(what="单笔查询")

    def cancel(self, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:  # noqa: ARG002
        """Ask the bank to drop lines of a message."""
        raise errors.NotOffered(what="撤销")

    def confirm_not_executed(self, msg_id: str) -> NotExecutedWord | None:  # noqa: ARG002
        """Ask for the bank's signed word that nothing of a message will ever be executed."""
        return None

    def receipt(self, bank_ref: str) -> ReceiptFile:  # noqa: ARG002
        """Fetch the e-receipt of a booked line."""
        raise errors.NotOffered(what="电子回单")

    def confirm_reconciliation(self, answer: ReconciliationAnswer) -> None:  # noqa: ARG002
        """Tell the bank what we make of its balance."""
        raise errors.NotOffered(what="对账回执")

    def accounts(self) -> tuple[KnownAccount, ...]:
        """List the accounts that the bank keeps under our customer number."""
        raise errors.NotOffered(what="账户清单")

    def handle_push(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:  # noqa: ARG002
        """Check a message that came unasked, and read it."""
        raise errors.NotOffered(what="消息推送")

    def verify_payees(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        """Ask about names and accounts, some hundreds at a time; answers in the same order."""
        results: list[PayeeCheckResult] = []
        for first in range(0, len(checks), CHECKS_PER_MESSAGE):
            results += self._verify(checks[first : first + CHECKS_PER_MESSAGE])
        return results

    def _verify(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
        msg_id, at = ids.new_id("VC"), clock.now()
        try:
            body = acmt.build(msg_id, at, checks, self._schemas)
        except NotXml as problem:
            raise errors.BatchNotValid(why=str(problem)) from problem
        answer = self._expect_ok(self._post("/iso20022/acmt.023.001.04", body, "application/xml"))
        try:
            return acmt.read(answer.body, msg_id, checks, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem

    def balances(self, account: str) -> Balances:
        """Ask for the booked and available money of an account."""
        answer = self._expect_ok(self._get("balances", account=account))
        try:
            found = camt.read_balances(answer.body, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem
        return self._same_account(found.account, account, found)

    def notifications(self, account: str, since: int = 0) -> tuple[Entry, ...]:
        """Fetch entries with `seq` above `since`, oldest first, at most 500."""
        answer = self._expect_ok(self._get("notifications", account=account, since=str(since)))
        try:
            named, entries = camt.read_notices(answer.body, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem
        return self._same_account(named, account, entries)

    def statement(self, account: str, day: date) -> Statement:
        """Fetch the statement of a closed day. Raises StatementNotReady before it is there."""
        answer = self._get("statement", account=account, date=day.isoformat())
        if answer.status == httpx.codes.NOT_FOUND:
            raise errors.StatementNotReady(day=day.isoformat())
        try:
            found = camt.read_statement(self._expect_ok(answer).body, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem
        if found.day != day:
            raise errors.ProtocolError(why="对账单不是这一天的")
        return self._same_account(found.account, account, found)

    def _same_account(self, named: str, asked: str, found: T) -> T:
        if named != asked:
            raise errors.ProtocolError(why="回话说的是另一个账户")
        return found

    def _read_status(self, msg_id: str, answer: _Answer) -> BatchStatus:
        try:
            found = pain002.read(self._expect_ok(answer).body, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem
        if found.msg_id != msg_id:
            raise errors.ProtocolError(why="回话说的是另一批")
        return found

    def _post(self, path: str, body: bytes, content_type: str) -> _Answer:
        headers = {"Content-Type": content_type, **self._signed(body)}
        request = self._client.build_request(
            "POST", self._url + path, content=body, headers=headers
        )
        return self._call(request)

    def _get(self, what: str, **asked: str) -> _Answer:
        target = f"/iso20022/{what}?{urlencode(asked)}"
        headers = self._signed(b"GET " + target.encode())
        return self._call(self._client.build_request("GET", self._url + target, headers=headers))

    def _signed(self, message: bytes) -> dict[str, str]:
        return {
            "X-Sanzi-Customer": self._customer,
            "X-Sanzi-Signature": self._signer.sign(message),
        }

    def _call(self, request: httpx.Request) -> _Answer:
        """Do one exchange; after the first byte every failure means that the result is unknown."""
        request.headers["Connection"] = "close"
        try:
            response = self._client.send(request)
        except NOT_SENT as problem:
            raise errors.GatewayUnavailable from problem
        except httpx.HTTPError as problem:
            raise errors.GatewayTimeout from problem
        if response.is_server_error:
            raise errors.GatewayTimeout
        body = response.content
        if len(body) > LARGEST_BYTES:
            raise errors.ProtocolError(why="回话太长")
        if not self._bank.is_valid(body, response.headers.get("X-Bank-Signature", "")):
            raise errors.ProtocolError(why="签名不对")
        return _Answer(response.status_code, body)

    def _expect_ok(self, answer: _Answer) -> _Answer:
        if answer.status == httpx.codes.OK:
            return answer
        if answer.status == httpx.codes.FORBIDDEN:
            raise errors.AuthError
        status = str(_json(answer).get("status") or answer.status)
        raise errors.ProtocolError(why=f"银行答 {answer.status} {status}")


def _json(answer: _Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.body)
    except ValueError as problem:
        raise errors.ProtocolError(why="回话不是约定的格式") from problem
    return found if isinstance(found, dict) else {}


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
