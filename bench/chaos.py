"""Kill the worker or the bank at seeded moments during batches of 352 payees, then count the money.

Usage: python bench/chaos.py --kills 20 --seed 1 [--database-url URL] [--out bench/out/chaos.json]
Exit code 0 when nobody was paid twice, nothing was lost or is stuck in silence, and the books
equal the bank's statement; the naive sender in the same harness must have paid somebody twice.
Without a database it runs on SQLite and on a PostgreSQL of its own. One real worker process and
one real sandbox bank; time runs sixty times as fast, so that leases and questions fit into seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
for folder in ("src", "tests", "bench"):
    sys.path.insert(0, str(ROOT / folder))

from chaos_worker import Place, forget_higher_rooms, write_clock  # noqa: E402
from fixtures_bank import SCHEMAS, Sandbox  # noqa: E402

if TYPE_CHECKING:
    from worlds.money import Money

SPEED = 60.0
PAYEES = 352
LINES_MAX = 15
KILLS_PER_ROUND = 8
NAIVE_KILLS = 3
SLOW_SECONDS = 0.1
QUIET_WAIT_SECONDS = 30.0


@dataclass
class Outcome:
    """What one run found. Money in fen."""

    engine: str
    seed: int
    kills: int = 0
    kills_of: dict[str, int] = field(default_factory=dict)
    rounds: int = 0
    payments: int = 0
    settled: int = 0
    ended_unpaid: int = 0
    paid_twice: int = 0
    lost: int = 0
    stuck_silent: int = 0
    books_diff_fen: int = 0
    naive_paid_twice: int = 0
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether the money is right, and the harness was able to find it wrong."""
        wrong = self.paid_twice + self.lost + self.stuck_silent + abs(self.books_diff_fen)
        return wrong == 0 and self.naive_paid_twice > 0


class Scene:
    """The two processes, their clock, and the dice."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.bank = Sandbox(folder, seed=str(seed))
        self.folder = folder
        self.worker: subprocess.Popen[str] | None = None
        self.at = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
        self.is_replay_safe = True

    def place(self) -> Place:
        """Where the processes meet."""
        return Place(
            self.folder, self.bank.url, self.bank.keys, SCHEMAS, LINES_MAX, self.is_replay_safe
        )

    def start_worker(self, *arguments: str) -> None:
        """Start the worker and wait until it works."""
        command = [sys.executable, str(ROOT / "bench" / "chaos_worker.py"), *arguments]
        path = os.pathsep.join(str(ROOT / one) for one in ("src", "tests"))
        environment = {**os.environ, **self.place().environment(), "PYTHONPATH": path}
        with (self.folder / "worker.log").open("a") as log:
            self.worker = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert self.worker.stdout is not None
        line = self.worker.stdout.readline()
        if line != "worker ready\n":
            raise RuntimeError((self.folder / "worker.log").read_text()[-3000:])

    def kill_worker(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.worker is not None:
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait(timeout=10)
            if self.worker.stdout is not None:
                self.worker.stdout.close()
            self.worker = None

    def kill_one(self, *arguments: str) -> str:
        """Kill worker or bank, leave it dead for a moment, and start it again."""
        victim = self.dice.choice(("worker", "bank"))
        if victim == "worker":
            self.kill_worker()
        else:
            self.bank.kill()
        time.sleep(self.dice.uniform(0, 0.3))
        if victim == "worker":
            self.start_worker(*arguments)
        else:
            self.bank.start()
        return victim

    def next_day(self) -> None:
        """Let the bank close the day; both clocks stand at ten the next morning."""
        self.at += timedelta(days=1)
        self.bank.control("clock", at=self.at.isoformat())
        self.bank.control("clock", running=True)
        write_clock(self.folder, self.at, SPEED)

    def trouble(self) -> None:
        """Give the bank its faults: slow always, and now and then something worse."""
        for kind, rate in (("reply_lost", 0.06), ("queued_silent", 0.03), ("error_after", 0.03),
                           ("request_lost", 0.08), ("query_not_visible", 0.3)):  # fmt: skip
            self.bank.fault(kind, scope="all", rate=rate)
        self.bank.fault("slow", scope="all", seconds=SLOW_SECONDS)


def run(seed: int, kills: int, folder: Path) -> Outcome:
    """Do one whole run in a database that is laid out already and return what was found."""
    from django.db import connection

    from worlds import money as worlds_money

    started = time.monotonic()
    found = Outcome(engine=connection.vendor, seed=seed)
    money = worlds_money.build(PAYEES)
    forget_higher_rooms()
    scene = Scene(folder, seed)
    scene.bank.start()
    try:
        _open_bank(scene, money)
        scene.start_worker()
        while found.kills < kills:
            _round(scene, money, found, kills)
        scene.kill_worker()
        _compare(scene, found)
        _naive(scene, money, found)
    finally:
        scene.kill_worker()
        scene.bank.kill()
    found.seconds = round(time.monotonic() - started, 1)
    return found


def _open_bank(scene: Scene, money: Money) -> None:
    from worlds.money import bank_accounts

    rows = bank_accounts(money)
    rows[0]["balance_fen"] = 10**12
    scene.bank.control("clock", at=scene.at.isoformat())
    scene.bank.control("accounts", accounts=rows)
    scene.bank.control("clock", running=True)
    write_clock(scene.folder, scene.at, SPEED)


def _round(scene: Scene, money: Money, found: Outcome, kills: int) -> None:
    """Release one batch, kill in the middle of it, then let everything come to rest."""
    found.rounds += 1
    scene.kill_worker()
    scene.is_replay_safe = found.rounds % 2 == 1
    scene.start_worker()
    scene.trouble()
    _release(scene, money, found.rounds)
    for _ in range(KILLS_PER_ROUND):
        time.sleep(scene.dice.uniform(0.02, 0.9))
        if found.kills >= kills or not _open_count():
            break
        victim = scene.kill_one()
        found.kills += 1
        found.kills_of[victim] = found.kills_of.get(victim, 0) + 1
    scene.bank.clear_faults()
    _wait(lambda: not _open_count("READY", "SENDING"))
    scene.next_day()
    _wait(lambda: not _open_count())


def _release(scene: Scene, money: Money, number: int) -> None:
    from sanzi.payments.actions import gateways
    from worlds import money as worlds_money

    gateways.use(scene.place().gateway())
    worlds_money.released_order(money, f"M10-CHAOS-{number:04d}", at=scene.at)


OPEN = ("READY", "SENDING", "UNKNOWN", "ACCEPTED")


def _open_count(*states: str) -> int:
    from sanzi.payments.models import Instruction

    return Instruction.objects.filter(state__in=states or OPEN).count()


def _wait(is_done: Any) -> None:
    end = time.monotonic() + QUIET_WAIT_SECONDS
    while not is_done() and time.monotonic() < end:
        time.sleep(0.05)


def _compare(scene: Scene, found: Outcome) -> None:
    """Hold the platform's rows and books against what the bank really booked."""
    from django.db.models import Sum

    from sanzi.ledger.models import VoucherLine
    from sanzi.payments.models import Instruction, Payment
    from worlds.money import DEBIT

    entries = scene.bank.ledger(DEBIT)
    paid = Counter(one["e2e_id"] for one in entries if one["kind"] == "PAYMENT")
    found.paid_twice = sum(1 for count in paid.values() if count > 1)
    for ext_id, status in Payment.objects.values_list("ext_id", "status"):
        found.payments += 1
        is_paid = ext_id in paid
        found.settled += status == "SETTLED"
        is_ended = status in ("REJECTED", "NOT_EXECUTED")
        found.ended_unpaid += is_ended
        if is_paid != (status == "SETTLED") or not (is_ended or status == "SETTLED"):
            found.lost += 1
    silent = Instruction.objects.filter(state__in=OPEN, alarmed_at__isnull=True)
    found.stuck_silent = silent.count()
    booked = VoucherLine.objects.filter(account_code="102").aggregate(
        credit=Sum("credit_fen"), debit=Sum("debit_fen")
    )
    moved_fen = sum(one["amount_fen"] for one in entries)
    found.books_diff_fen = (booked["debit"] or 0) - (booked["credit"] or 0) - moved_fen


def _naive(scene: Scene, money: Money, found: Outcome) -> None:
    """The same bank, faults and kills, with a sender that re-sends under new numbers."""
    from worlds.money import BANK_CODE, DEBIT, DEBIT_NAME, lines

    header = {
        "org_name": DEBIT_NAME,
        "org_uscc": "N",
        "debit_account": DEBIT,
        "debit_name": DEBIT_NAME,
        "debit_bank_code": BANK_CODE,
    }
    said = [
        {"root": f"NAIVE-{n}", "name": one.payee_name, "account": one.account,
         "amount_fen": one.amount_fen, "done": False}
        for n, one in enumerate(lines(money))
    ]  # fmt: skip
    (scene.folder / "naive.json").write_text(json.dumps({"header": header, "lines": said}))
    scene.trouble()
    scene.start_worker("naive")
    for _ in range(NAIVE_KILLS):
        time.sleep(scene.dice.uniform(0.02, 0.9))
        scene.kill_one("naive")
    scene.bank.clear_faults()
    state = scene.folder / "naive.json"
    _wait(lambda: all(one["done"] for one in json.loads(state.read_text())["lines"]))
    roots = Counter(
        one["e2e_id"].rsplit("-N", 1)[0]
        for one in scene.bank.ledger(DEBIT)
        if one["kind"] == "PAYMENT" and one["e2e_id"].startswith("NAIVE-")
    )
    found.naive_paid_twice = sum(1 for count in roots.values() if count > 1)


def lay_out() -> None:
    """Make the tables."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=200, help="per engine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default="", help="one empty database; default: both")
    parser.add_argument("--out", default=str(ROOT / "bench" / "out" / "chaos.json"))
    return parser.parse_args()


def run_one(options: argparse.Namespace) -> dict[str, Any]:
    """Run in the given database, in this process, and return what was found."""
    with tempfile.TemporaryDirectory(prefix="sanzi-chaos-") as name:
        os.environ["SANZI_DATABASE_URL"] = options.database_url
        os.environ["SANZI_VAR"] = name
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
        lay_out()
        found = run(options.seed, options.kills, Path(name))
    return {**asdict(found), "is_right": found.is_right}


def run_both(options: argparse.Namespace) -> dict[str, Any]:
    """Run on SQLite, then on a PostgreSQL of its own with fsync on, and add up."""
    with tempfile.TemporaryDirectory(prefix="sanzi-chaos-") as name:
        Path(name).chmod(0o755)
        runs = [_run_apart(options, f"sqlite:///{name}/chaos.sqlite3", Path(name) / "sqlite.json")]
        with _postgres(Path(name) / "postgres") as url:
            runs.append(_run_apart(options, url, Path(name) / "postgres.json"))
    names = ("kills", "paid_twice", "lost", "stuck_silent", "books_diff_fen")
    return {
        **{name: sum(abs(one[name]) for one in runs) for name in names},
        "naive_paid_twice": min(one["naive_paid_twice"] for one in runs),
        "is_right": all(one["is_right"] for one in runs),
        "engines": runs,
    }


def _run_apart(options: argparse.Namespace, url: str, out: Path) -> dict[str, Any]:
    command = [
        sys.executable, str(Path(__file__).resolve()), "--kills", str(options.kills),
        "--seed", str(options.seed), "--database-url", url, "--out", str(out),
    ]  # fmt: skip
    subprocess.run(command, check=False)
    found: dict[str, Any] = json.loads(out.read_text())
    return found


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """A durable PostgreSQL of its own, ended afterwards."""
    script, port = str(ROOT / "tools" / "pgtmp.sh"), _free_port()
    environment = {**os.environ, "PG_DURABLE": "1"}
    subprocess.run([script, "start", str(folder), str(port)], check=True, env=environment)
    try:
        yield f"postgres://app@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([script, "stop", str(folder), str(port)], check=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def main() -> int:
    """Run, print a table, write the JSON."""
    options = parse_arguments()
    found = run_one(options) if options.database_url else run_both(options)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=2) + "\n")
    for name, value in found.items():
        if name != "engines":
            print(f"{name:18} {value}")
    return 0 if found["is_right"] else 1


if __name__ == "__main__":
    sys.exit(main())
