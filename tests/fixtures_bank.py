"""The real sandbox bank as a process of its own, for any test that needs a bank.

`sandbox` gives a running Sandbox with two village accounts and four villagers. It listens on a
free port, has its own files, and stands still in time (Wednesday 2026-11-18, ten in the morning)
until a test moves its clock.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from sanzi.bank.http import Iso20022Gateway
from sanzi.bank.port import BatchLine, PaymentBatch

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(os.environ.get("SANZI_SCHEMAS", ROOT / "build" / "iso20022"))
BANK_CODE = "402999900017"
VILLAGE, OTHER_VILLAGE = "201000099990001", "201000099990002"
VILLAGE_NAME = "云溪县青石镇柳湾村股份经济合作社"
START = "2026-11-18T10:00:00+08:00"
TODAY = date(2026, 11, 18)
PAYEES = (
    ("6228480000000000018", "王小芳"),
    ("6228480000000000026", "李建国"),
    ("6228480000000000034", "阿依努尔·买买提"),
    ("6228480000000000042", "赵䶮"),
)
OPENING_FEN = 50_000_000


@dataclass
class Sandbox:
    """A running bank and the handles that a test has on it."""

    folder: Path
    seed: str = "1"
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the bank listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> Path:
        """The folder of keys."""
        return self.folder / "keys"

    @property
    def customer_key(self) -> Path:
        """The platform's key pair."""
        return self.keys / "sanzi.key"

    @property
    def bank_public_key(self) -> Path:
        """The bank's public key."""
        return self.keys / "bank.pub"

    def start(self) -> None:
        """Start the bank and wait until it says that it listens."""
        command = [
            sys.executable, "-m", "sanzi_bank.main", "--port", str(self.port),
            "--db", str(self.folder / "bank.sqlite3"), "--seed", self.seed,
            "--schemas", str(SCHEMAS), "--keys", str(self.keys),
            "--durability", "normal",
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment, cwd=self.folder
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("sandbox bank ready"), line
        self.port = int(line.rsplit(":", 1)[1].split("/")[0])

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=10)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def restart(self) -> None:
        """Start again on the same port with the same files; kills what still runs."""
        self.kill()
        self.start()

    def gateway(self, timeout_seconds: float = 5.0) -> Iso20022Gateway:
        """The platform's own adapter, pointed at this bank."""
        return Iso20022Gateway(
            self.url, self.customer_key, self.bank_public_key, timeout_seconds, SCHEMAS
        )

    def control(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """POST to the control door; an HTTP error is raised."""
        body = json.dumps(fields).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.url}/_ctl/{name}", body, headers, method="POST")
        with urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def read(self, path: str) -> dict[str, Any]:
        """GET a JSON page of the bank."""
        with urlopen(self.url + path, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def fault(self, kind: str, scope: str = "next", **args: Any) -> None:
        """Switch a fault on; see faults.KINDS for the kinds."""
        self.control("fault", kind=kind, scope=scope, **args)

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.control("fault", clear="all")

    def advance(self, **units: int) -> None:
        """Move the bank's clock by minutes, hours or days."""
        self.control("advance", **units)

    def ledger(self, account: str = "") -> list[dict[str, Any]]:
        """Every entry that was really booked, in order."""
        entries: list[dict[str, Any]] = self.read(f"/_ctl/ledger.json?account={account}")["entries"]
        return entries

    def balance_fen(self, account: str) -> int:
        """The booked balance of an account."""
        found = self.read(f"/_ctl/ledger.json?account={account}")["accounts"]
        return int(found[0]["balance_fen"])

    def paid(self, account: str = VILLAGE) -> list[str]:
        """The business ids of all payments that left an account, in order of booking."""
        return [row["e2e_id"] for row in self.ledger(account) if row["kind"] == "PAYMENT"]

    def inbox(self, phone: str = "") -> list[dict[str, Any]]:
        """The texts sent to a phone, or all, newest first."""
        messages: list[dict[str, Any]] = self.read(f"/sms/inbox.json?phone={phone}")["messages"]
        return messages


def lay_out(bank: Sandbox) -> None:
    """Give the bank its accounts and stop its clock."""
    bank.control("clock", at=START)
    rows: list[dict[str, object]] = [
        {"account": number, "name": name, "bank_code": BANK_CODE} for number, name in PAYEES
    ]
    rows += [
        {"account": VILLAGE, "name": VILLAGE_NAME, "bank_code": BANK_CODE,
         "balance_fen": OPENING_FEN, "first_number": 282},
        {"account": OTHER_VILLAGE, "name": "云溪县青石镇石桥村股份经济合作社",
         "bank_code": BANK_CODE, "balance_fen": 100_000},
    ]  # fmt: skip
    bank.control("accounts", accounts=rows)


@pytest.fixture(scope="module")
def bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One bank for the tests of a module; `sandbox` empties it before each."""
    bank = Sandbox(tmp_path_factory.mktemp("sandbox"))
    try:
        yield bank
    finally:
        bank.kill()


@pytest.fixture
def sandbox(bank_process: Sandbox) -> Sandbox:
    """A running bank with its accounts and nothing else; `kill` and `restart` are allowed."""
    if bank_process.process is None:
        bank_process.start()
    bank_process.control("reset")
    lay_out(bank_process)
    return bank_process


@pytest.fixture
def gateway(sandbox: Sandbox) -> Iterator[Iso20022Gateway]:
    """The platform's own adapter, connected to the sandbox."""
    found = sandbox.gateway()
    yield found
    found.close()


def make_line(number: int, amount_fen: int = 28_650, payee: int = 0) -> BatchLine:
    """Line `number` of a batch, to one of PAYEES."""
    account, name = PAYEES[payee]
    return BatchLine(
        instr_id=f"PI20261118{number:06d}",
        e2e_id=f"FH20261118-{number:04d}",
        payee_name=name,
        payee_account=account,
        payee_bank_code=BANK_CODE,
        amount_fen=amount_fen,
        purpose="2026年度集体收益分配",
    )


def make_batch(*lines: BatchLine, msg_id: str = "SZ-20261118-000001") -> PaymentBatch:
    """A batch from VILLAGE with these lines, or with one line to each of PAYEES."""
    return PaymentBatch(
        msg_id=msg_id,
        org_name=VILLAGE_NAME,
        org_uscc="N2330521MF0000005P",
        debit_account=VILLAGE,
        debit_name=VILLAGE_NAME,
        debit_bank_code=BANK_CODE,
        lines=lines or tuple(make_line(number, payee=number - 1) for number in range(1, 5)),
        created_at=datetime(2026, 11, 18, 2, 0, tzinfo=UTC),
        category="BONU",
    )


def renumbered(line: BatchLine, number: int) -> BatchLine:
    """The same payment under a new attempt, as a naive sender would issue it."""
    return replace(line, instr_id=f"{line.instr_id}-{number}")
