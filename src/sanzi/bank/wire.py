"""One signed exchange with a bank over HTTP, and what is truly known when it fails.

Nothing was sent (GatewayUnavailable), or something was and nobody knows (GatewayTimeout,
ProtocolError). An answer counts only when the bank signed these very bytes.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Protocol

import httpx

from sanzi.bank import errors
from sanzi.bank.iso20022.xml import LARGEST_BYTES
from sanzi.bank.sign import Signer, Verifier

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
PATIENCE = 3
"""How many times its time for one step a whole answer may take: a bank may drip bytes."""


@dataclass
class Came:
    """What arrived, trusted or not, and how the exchange ended (up to 16 letters)."""

    body: bytes = b""
    outcome: str = "ERROR"


class MessageLog(Protocol):
    """Who keeps the raw bytes of every exchange."""

    def sent(self, kind: str, reference: str, body: bytes) -> int:
        """Keep an order that is about to be sent; return the number of the record."""
        ...

    def answered(self, record: int, came: Came) -> None:
        """Keep what came back, trusted or not, and how it ended."""
        ...

    def asked(self, kind: str, reference: str, question: bytes, came: Came) -> None:
        """Keep a question, which moves no money, together with its answer."""
        ...


@dataclass(frozen=True)
class Answer:
    """What the bank said, with its signature over exactly these bytes."""

    status: int
    body: bytes
    signature: str

    def fields(self) -> dict[str, object]:
        """Read the body as a JSON object. Raises ProtocolError."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as problem:
            raise errors.ProtocolError(why="回话不是约定的格式") from problem
        if not isinstance(found, dict):
            raise errors.ProtocolError(why="回话不是约定的格式")
        return found

    def expect_ok(self) -> Answer:
        """Return itself if the bank said yes. Raises AuthError, ProtocolError."""
        if self.status == httpx.codes.OK:
            return self
        said = str(self.fields().get("status") or self.status)[:40]
        if said == "ACCOUNT_OFF":
            raise errors.AccountOff
        if self.status == httpx.codes.FORBIDDEN:
            raise errors.AuthError
        raise errors.ProtocolError(why=f"银行答 {self.status} {said}")


class Link:
    """The way to one bank: address, keys, time limit, and the log of raw messages."""

    def __init__(
        self,
        url: str,
        customer: str,
        signer: Signer,
        bank: Verifier,
        timeout_seconds: float,
        *,
        log: MessageLog | None = None,
    ) -> None:
        """Keep the means; nothing is opened before the first call."""
        self._url, self._customer = url.rstrip("/"), customer
        self._signer, self.bank, self._log = signer, bank, log
        self._timeout_seconds = timeout_seconds
        self._client = httpx.Client(
            timeout=timeout_seconds,
            trust_env=False,
            # A kept connection may be dead when it is used again; then nobody could tell whether
            # the bank got the bytes. So each call opens its own.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def order(self, path: str, reference: str, body: bytes) -> Answer:
        """Send what may move money; its bytes are in the log before the first one leaves.

        After the first byte every failure means that the result is unknown.
        Raises: GatewayUnavailable, GatewayTimeout, ProtocolError (not signed, too long).
        """
        record = self._log.sent(_kind(path), reference, body) if self._log else 0
        came = Came()
        try:
            return self._exchange(path, body, "application/xml", came)
        finally:
            if self._log:
                self._log.answered(record, came)

    def ask(
        self, path: str, reference: str, body: bytes | dict[str, object], *, kept: bytes = b""
    ) -> Answer:
        """Ask a question, in XML or as a JSON object; raises as `order`.

        With `kept`, a good answer stays in the log only if these bytes are in it: of the many
        looks at an account only those that saw something.
        """
        content_type = "application/xml"
        if isinstance(body, dict):
            content_type = "application/json"
            body = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
        came = Came()
        try:
            return self._exchange(path, body, content_type, came)
        finally:
            is_quiet = came.outcome == str(int(httpx.codes.OK)) and kept not in came.body
            if self._log and not is_quiet:
                self._log.asked(_kind(path), reference, body, came)

    def _exchange(self, path: str, body: bytes, content_type: str, came: Came) -> Answer:
        """Do one exchange, noting in `came` what arrived, trusted or not."""
        headers = {
            "Content-Type": content_type,
            "Connection": "close",
            "Accept-Encoding": "identity",
            "X-Sanzi-Customer": self._customer,
            "X-Sanzi-Signature": self._signer.sign(body),
        }
        request = self._client.build_request(
            "POST", self._url + path, content=body, headers=headers
        )
        response = fetch(self._client, request, self._timeout_seconds, came)
        signature = response.headers.get("X-Bank-Signature", "")
        if not self.bank.is_valid(came.body, signature):
            came.outcome = "BAD_SIGNATURE"
            raise errors.ProtocolError(why="签名不对")
        return Answer(response.status_code, came.body, signature)


def fetch(
    client: httpx.Client, request: httpx.Request, timeout_seconds: float, came: Came
) -> httpx.Response:
    """Do one exchange, noting in `came` what arrived; the answer is not yet trusted.

    Raises: GatewayUnavailable if nothing was sent; GatewayTimeout, also for 5xx; ProtocolError.
    """
    give_up_at = time.monotonic() + timeout_seconds * PATIENCE
    try:
        response = client.send(request, stream=True)
        try:
            came.outcome = str(response.status_code)
            if response.is_server_error:
                raise errors.GatewayTimeout
            came.body = _read(response, give_up_at)
        finally:
            response.close()
    except NOT_SENT as problem:
        came.outcome = "NOT_SENT"
        raise errors.GatewayUnavailable from problem
    except httpx.HTTPError as problem:
        came.outcome = "NO_ANSWER"
        raise errors.GatewayTimeout from problem
    return response


def _read(response: httpx.Response, give_up_at: float) -> bytes:
    """Read the body as it came, up to the limit: what is longer is never held in memory."""
    parts, length = [], 0
    for part in response.iter_raw():
        length += len(part)
        if length > LARGEST_BYTES:
            raise errors.ProtocolError(why="回话太长")
        if time.monotonic() > give_up_at:
            raise errors.GatewayTimeout
        parts.append(part)
    return b"".join(parts)


def _kind(path: str) -> str:
    return path.rpartition("/")[2]
