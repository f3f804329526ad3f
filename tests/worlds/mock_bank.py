"""The mock-bank package (MIT) as a counterparty that was not written by us.

It speaks pain.001.001.09; pain.002.001.10 and camt.05x.001.08 come to a mailbox, unsigned.
The messages are the product's own; only the way they travel is of this file. An account there is
an IBAN, so a synthetic one with valid check digits stands for the village's.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from fixtures_bank import SCHEMAS, TODAY, VILLAGE_NAME, make_batch, make_line
from sanzi.bank import errors
from sanzi.bank.iso20022 import camt, pain001, pain002
from sanzi.bank.iso20022.xml import NotXml, Schemas
from sanzi.bank.port import (
    Balances,
    BankEvent,
    BatchLine,
    BatchState,
    BatchStatus,
    CancelResult,
    Caps,
    CardEntry,
    Entry,
    KnownAccount,
    KnownCard,
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
from worlds.counterparties import Unable

START = "2026-11-18T10:00"
NAME, OPENING_FEN = "VILLAGE", 50_000_000
CAPS = Caps(
    lines_max=500,
    idempotent_replay=False,  # the same number again is refused with DUPL
    name_check=False,
    query_window_days=90,
    queue_dead_at_statement=True,
)


def iban(figures: str) -> str:
    """Return a synthetic IBAN of China with valid check digits (ISO 7064 MOD 97-10)."""
    rest = int("".join(str(int(sign, 36)) for sign in f"{figures}CN00")) % 97
    return f"CN{98 - rest:02d}{figures}"


ACCOUNT = iban("201000012345678")
PAYEES = tuple(
    (iban(f"62284800000000{number}"), name)
    for number, name in ((11, "王小芳"), (12, "李建国"), (13, "阿依努尔·买买提"), (14, "赵䶮"))
)


class MockBankGateway:
    """The port over mock-bank: what it does not do is NotOffered."""

    def __init__(self, url: str) -> None:
        """Keep the address; `fault` is what happens to the next message on its way."""
        self.fault = ""
        self._url, self._schemas = url, Schemas(SCHEMAS)
        self._client = httpx.Client(timeout=5.0, trust_env=False)
        self._reports: dict[str, list[bytes]] = {}
        self._statements: dict[tuple[str, date], bytes] = {}

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        return CAPS

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def call(self, path: str, body: bytes | dict[str, Any] | None = None) -> httpx.Response:
        """Send a POST with a body, or a GET without."""
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        try:
            return self._client.request(method, self._url + path, content=body)
        except httpx.ConnectError as problem:
            raise errors.GatewayUnavailable from problem
        except httpx.HTTPError as problem:
            raise errors.GatewayTimeout from problem

    def build_batch(self, batch: PaymentBatch) -> bytes:
        """Make the bytes of a pain.001.001.09."""
        return pain001.build(batch, self._schemas)

    def send(self, msg_id: str, body: bytes) -> SubmitAck:
        """Send stored bytes and take the answer from the mailbox."""
        fault, self.fault = self.fault, ""
        if fault == "request_lost":
            raise errors.GatewayTimeout
        before = len(self._reports_of(msg_id))
        self.call("/payments", body)
        if fault == "reply_lost":
            raise errors.GatewayTimeout
        answers = self._reports_of(msg_id)[before:]
        if not answers:
            raise errors.GatewayTimeout
        found = self._read(answers[-1])
        if found.state is BatchState.REJECTED and not found.lines:
            kind = errors.DuplicateMessage if found.reason_code == "DUPL" else None
            told = {"reason_code": found.reason_code, "reason_text": found.reason_text}
            raise (kind or errors.GatewayRejected)(**told)
        return SubmitAck(**vars(found))

    def query_batch(self, msg_id: str) -> BatchStatus:
        """Read again what the bank reported first; a refusal of a repetition is no news."""
        answers = self._reports_of(msg_id)
        if not answers:
            return BatchStatus(msg_id, BatchState.NOT_FOUND)
        return self._read(answers[0])

    def _read(self, raw: bytes) -> BatchStatus:
        try:
            return pain002.read(raw, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem

    def _reports_of(self, msg_id: str) -> list[bytes]:
        """Empty the mailbox into our files, as from a drop folder."""
        for one in self.call("/_mock/mailbox").json():
            raw = one["body"].encode()
            if one["type"].startswith("pain.002"):
                number = one["body"].split("<OrgnlMsgId>")[1].split("<")[0]
                self._reports.setdefault(number, []).append(raw)
            elif one["type"].startswith("camt.053") and one["account"] == NAME:
                day = date.fromisoformat(one["body"].split("<FrDtTm>")[1][:10])
                self._statements[(ACCOUNT, day)] = raw
        return self._reports.get(msg_id, [])

    def balances(self, account: str) -> Balances:
        """Ask for an intraday report and read its balances."""
        made = self.call(f"/_mock/accounts/{NAME}/report", b"").json()
        raw = self.call(f"/_mock/mailbox/{made['message_id']}").content
        found = camt.read_balances(raw, self._schemas)
        if found.account != account:
            raise errors.ProtocolError(why="回话说的是另一个账户")
        return found

    def statement(self, account: str, day: date) -> Statement:
        """Read the camt.053 of a closed day."""
        self._reports_of("")
        raw = self._statements.get((account, day))
        if raw is None:
            raise errors.StatementNotReady(day=day.isoformat())
        try:
            return camt.read_statement(raw, self._schemas)
        except NotXml as problem:
            raise errors.ProtocolError(why=str(problem)) from problem

    def notifications(self, account: str, since: int = 0) -> tuple[Entry, ...]:  # noqa: ARG002
        """Its entries have no numbers to go on from."""
        raise errors.NotOffered(what="逐笔通知")

    def verify_payees(self, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:  # noqa: ARG002
        """It knows no names."""
        raise errors.NotOffered(what="户名核验")

    def query_payment(self, e2e_id: str) -> LineStatus:  # noqa: ARG002
        """It answers for whole messages."""
        raise errors.NotOffered(what="单笔查询")

    def cancel(self, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:  # noqa: ARG002
        """It takes nothing back."""
        raise errors.NotOffered(what="撤销")

    def confirm_not_executed(self, msg_id: str) -> NotExecutedWord | None:  # noqa: ARG002
        """It gives no word."""
        return None

    def receipt(self, bank_ref: str) -> ReceiptFile:  # noqa: ARG002
        """It has no receipts."""
        raise errors.NotOffered(what="电子回单")

    def confirm_reconciliation(self, answer: ReconciliationAnswer) -> None:  # noqa: ARG002
        """It asks for nothing."""
        raise errors.NotOffered(what="对账回执")

    def accounts(self) -> tuple[KnownAccount, ...]:
        """It lists accounts to its operator only."""
        raise errors.NotOffered(what="账户清单")

    def cards(self) -> tuple[KnownCard, ...]:
        """It has none."""
        raise errors.NotOffered(what="村务卡")

    def card_lines(self, card: str, since: int = 0) -> tuple[CardEntry, ...]:  # noqa: ARG002
        """It has none."""
        raise errors.NotOffered(what="村务卡")

    def handle_push(self, raw: bytes, headers: Mapping[str, str]) -> list[BankEvent]:  # noqa: ARG002
        """It pushes nothing."""
        raise errors.NotOffered(what="消息推送")


class OfMockBank:
    """mock-bank as a process of its own, and the handles that a test has on it."""

    name, account, today, payees = "mock-bank", ACCOUNT, TODAY, PAYEES

    def __init__(self, folder: Path) -> None:
        """Choose a port; `begin` starts it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._url = f"http://127.0.0.1:{self._port}"
        self.gateway = MockBankGateway(self._url)

    def begin(self) -> None:
        """Empty it, or start it, and lay out the village and four payees."""
        self.gateway = MockBankGateway(self._url)
        if self._process is None:
            command = [
                sys.executable, "-m", "mockbank", "--port", str(self._port), "--clock", START,
                "--timezone", "Asia/Shanghai", "--quiet",
            ]  # fmt: skip
            self._process = subprocess.Popen(command, cwd=self._folder)
            self._wait()
        self.gateway.call("/_mock/reset", b"").raise_for_status()
        self._account(NAME, ACCOUNT, VILLAGE_NAME, OPENING_FEN)
        for number, (account, name) in enumerate(PAYEES):
            self._account(f"PAYEE{number}", account, name, 0)

    def _wait(self) -> None:
        for _ in range(100):
            try:
                self.gateway.call("/_mock/health")
            except errors.GatewayUnavailable:
                time.sleep(0.1)
            else:
                return

    def _account(self, name: str, account: str, holder: str, balance_fen: int) -> None:
        told = {"id": name, "iban": account, "name": holder, "balance": balance_fen}
        answer = self.gateway.call("/_mock/accounts", {**told, "currency": "CNY"})
        answer.raise_for_status()

    def _change(self, name: str, **fields: Any) -> None:
        httpx.patch(
            f"{self._url}/_mock/accounts/{name}", json=fields, trust_env=False
        ).raise_for_status()

    def line(self, number: int, payee: int = 0, amount_fen: int = 28_650) -> BatchLine:
        """Line `number`, to one of its payees."""
        account, name = PAYEES[payee]
        return replace(make_line(number, amount_fen), payee_account=account, payee_name=name)

    def batch(self, *lines: BatchLine, msg_id: str = "SZ-20261118-000001") -> PaymentBatch:
        """A batch from the synthetic account."""
        found = lines or tuple(self.line(number, number - 1) for number in range(1, 5))
        return replace(make_batch(*found, msg_id=msg_id), debit_account=ACCOUNT)

    def paid(self) -> list[str]:
        """From its list of payments, oldest first."""
        told = self.gateway.call("/_mock/payments").json()
        booked = [one for one in told if one["status"] == "accepted" and one["booked_at"]]
        return [one["end_to_end_id"] for one in reversed(booked)]

    def balance_fen(self) -> int:
        """From its list of accounts."""
        return int(self.gateway.call(f"/_mock/accounts/{NAME}").json()["balance"])

    def fault(self, kind: str, scope: str = "next", **args: Any) -> None:  # noqa: ARG002
        """Lose a message on the way, or set one of its behaviours. Raises Unable."""
        if kind in ("reply_lost", "request_lost"):
            self.gateway.fault = kind
        elif kind in ("silent", "statement-gap"):
            self._change(NAME, behaviour=kind)
        elif kind == "return":
            parameters = {"days": 1, "reason": "AC04", "end_to_end_id": "FH20261118-0002"}
            self._change(NAME, behaviour="return-later", parameters=parameters)
        else:
            raise Unable(kind)

    def close_payee(self, account: str) -> None:
        """Close one of the payees."""
        place = [number for number, _ in PAYEES].index(account)
        self._change(f"PAYEE{place}", closed=True)

    def watch_funds(self) -> None:
        """Let it refuse what the balance does not cover."""
        self._change(NAME, behaviour="insufficient-funds")

    def settle(self) -> None:
        """Nothing to wait for: it books at once."""

    def next_day(self) -> None:
        """Move its clock."""
        self.gateway.call("/_mock/advance?days=1", b"").raise_for_status()

    def fall_silent(self) -> None:
        """Stop the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def subscribe(self, url: str) -> None:  # noqa: ARG002
        """It tells nobody anything."""
        raise Unable("push")

    def end(self) -> None:
        """Let go of the connections; the process stays for the next test."""
        self.gateway.close()
