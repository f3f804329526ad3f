"""One run of the chaos harness: the processes, their clock, the dice, and what came of it all."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chaos_orders import OPEN, Orders, compare, pushes
from chaos_worker import Place, forget_higher_rooms, last_round, write_clock
from fixtures_bank import SCHEMAS, Sandbox

if TYPE_CHECKING:
    from worlds.money import Money

ROOT = Path(__file__).resolve().parents[1]
PAYEES = 352
PER_ROUND = 25
LINES_MAX = (60, 180, 500)
NAIVE_KILLS, NAIVE_LINES = 3, 15
SLOW_SECONDS = 1.5
ROUND_SECONDS_MAX = 180.0
KILLS_PER_STEP = 0.12
KILL_SECONDS_MAX = 1.5
"""How long after a jump of the clock a process is killed at the latest, until it is known how long
the worker takes after this jump; when it is done sooner, at that moment."""
FIRST_DAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
STEPS = tuple(
    timedelta(seconds=one) for one in (6, 6, 20, 45, 60, 120, 300, 300, 600, 900, 900, 900)
)
"""The morning of a round: as long as the questions come quickly, and past half an hour."""
SUBMIT_FAULTS = (
    "reply_lost", "request_lost", "queued", "queued_silent", "error_before", "error_after",
    "slow", "slow_drip", "bad_signature", "garbled", "strict_duplicate",
)  # fmt: skip
RATES = {
    **dict.fromkeys(SUBMIT_FAULTS, 0.06),
    "refuse_from": 0.03,
    "query_not_visible": 0.3, "query_outage": 0.15, "query_bad_signature": 0.1,
    "reject": 0.01, "delay": 0.03, "pending": 0.02, "late_reject": 0.01, "return": 0.005,
    "statement_late": 0.3, "statement_broken": 0.15, "statement_opening": 0.1,
    "statement_corrected": 0.1, "statement_currency": 0.1,
    "fee_line": 0.3, "sms_fee_line": 0.2, "interest_line": 0.2, "stray_credit": 0.3,
    "report_outage": 0.2,
    "push_twice": 0.1, "push_never": 0.1, "push_late": 0.1, "push_out_of_order": 0.1,
    "push_forged": 0.1, "push_bad_signature": 0.1, "push_replayed": 0.1,
}  # fmt: skip
"""The highest rate at which a fault strikes in a round; the dice take one between 0 and it.

Left out: a statement whose number jumps for good, which only a human may accept; faults of doors
that no payment goes through (name check, text messages, tax office).
"""
FAULT_IN_LOG = " failed\nTraceback"
FAULT_CHARS = 8000
PUSH_SHARE = 0.6
"""In the first and so many of the later rounds the bank pushes what happens; in the others the
platform hears only what it asks."""
STANDING_SHARE = 0.3
STANDING = ("cert_expired", "cert_unknown", "clock_skew")
SLOW = {"slow": {"seconds": SLOW_SECONDS}, "slow_drip": {"seconds": SLOW_SECONDS}}


@dataclass
class Outcome:
    """What one run found, by `chaos_orders.compare`, and how it came about.

    `pushes` are the last answers to what the bank pushed, by status; `web_faults` counts the
    answers of the web process that were a fault of ours (500): what it could not take is 503. The
    tracebacks of the first three are `web_fault_examples`.
    `cpu_seconds` are those of driver, worker and bank; PostgreSQL's own are not in it.
    `kills_in_work` are those of `kills` that struck while the worker was in the midst of a round.
    """

    engine: str
    seed: int
    queue_dead_at_statement: bool
    batches: int = 0
    rounds: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    kills_in_work: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    pushes: dict[str, int] = field(default_factory=dict)
    web_faults: int = 0
    web_fault_examples: list[str] = field(default_factory=list)
    naive_paid_twice: int = 0
    cpu_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether the money is right, and the harness was able to find it wrong."""
        names = ("paid_twice", "lost", "stuck_silent", "books_diff_fen")
        is_whole = not any(self.found[name] for name in names) and not self.web_faults
        return is_whole and self.naive_paid_twice > 0


class Scene:
    """The processes, their clock, and the dice."""

    def __init__(self, folder: Path, options: argparse.Namespace, *, is_queue_dead: bool) -> None:
        self.dice = random.Random(options.seed * 2 + is_queue_dead)
        self.bank = Sandbox(folder, seed=str(options.seed))
        self.folder, self.is_queue_dead = folder, is_queue_dead
        self.cluster = Path(options.cluster) if options.cluster else None
        self.database_port = urlsplit(options.database_url).port
        self.worker: subprocess.Popen[str] | None = None
        self.web: subprocess.Popen[str] | None = None
        self._web_port = 0
        self.at = FIRST_DAY
        self._took_seconds: dict[str, float] = {}
        self.kills: Counter[str] = Counter()
        self.kills_in_work: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def place(self, lines_max: int = 500) -> Place:
        """Where the processes meet."""
        return Place(
            self.folder, self.bank.url, self.bank.keys, SCHEMAS, lines_max,
            is_replay_safe=True, is_queue_dead=self.is_queue_dead,
        )  # fmt: skip

    def start_worker(self, *arguments: str) -> None:
        """Start the worker and wait until it works."""
        place = self.place(NAIVE_LINES if arguments else 500)
        self.worker, _ = self._start("worker", place, *arguments)

    def start_web(self) -> None:
        """Start the web process, at the address it had before, and tell the bank of it."""
        self.web, port = self._start("web", self.place(), str(self._web_port))
        self._web_port = int(port)

    def _start(self, name: str, place: Place, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """Start a process of the platform and wait until it says that it is ready."""
        command = [sys.executable, str(ROOT / "bench" / f"chaos_{name}.py"), *arguments]
        path = os.pathsep.join(str(ROOT / one) for one in ("src", "tests"))
        environment = {**os.environ, **place.environment(), "PYTHONPATH": path}
        with (self.folder / f"{name}.log").open("a") as log:
            made = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert made.stdout is not None
        said = made.stdout.readline()
        if not said.startswith(f"{name} ready"):
            made.kill()
            raise RuntimeError((self.folder / f"{name}.log").read_text()[-3000:])
        return made, said.removeprefix(f"{name} ready").strip()

    def push(self, *, is_on: bool) -> None:
        """Let the bank push what happens to the platform's door, or stop it."""
        address = f"http://127.0.0.1:{self._web_port}/api/v1/bank/bank/events"
        self.bank.control("setting", name="push_time", value="bank")
        self.bank.control("setting", name="push_url", value=address if is_on else "")

    def kill_worker(self) -> None:
        """SIGKILL, as a power cut would."""
        _kill(self.worker)
        self.worker = None

    def kill_web(self) -> None:
        """SIGKILL the web process, in the midst of what it takes."""
        _kill(self.web)
        self.web = None

    def kill_one(self, *arguments: str) -> None:
        """Kill worker, web, bank or database, leave it dead for a moment, and start it again."""
        victims = ["worker", "bank"]
        victims += ["web"] if self.web is not None else []
        victims += ["database"] if self.cluster else []
        victim = self.dice.choice(victims)
        self.kills[victim] += 1
        self.kills_in_work[victim] += not self._is_done()
        pause = self.dice.uniform(0, 0.3)
        if victim == "worker":
            self.kill_worker()
            time.sleep(pause)
            self.start_worker(*arguments)
        elif victim == "web":
            self.kill_web()
            time.sleep(pause)
            self.start_web()
        elif victim == "bank":
            self.bank.kill()
            time.sleep(pause)
            self.bank.start()
        else:
            self._restart_database(pause)

    def _restart_database(self, pause: float) -> None:
        from django.db import connection

        connection.close()
        tool = [str(ROOT / "tools" / "pgtmp.sh")]
        where = [str(self.cluster), str(self.database_port)]
        durable = {**os.environ, "PG_DURABLE": "1"}
        subprocess.run([*tool, "kill", *where], check=True, env=durable)
        time.sleep(pause)
        subprocess.run([*tool, "start", *where], check=True, env=durable)

    def step(self, by: timedelta, name: str = "", *, may_kill: bool = True) -> None:
        """Let both clocks jump, and wait until the worker has done a round at the new time.

        Steps of one name take about as long as one another, which tells when to kill.
        """
        self.at += by
        started = time.monotonic()
        self.bank.control("clock", at=self.at.isoformat())
        write_clock(self.folder, self.at)
        if may_kill and self.dice.random() < KILLS_PER_STEP:
            self._wait(self.dice.uniform(0, self._took_seconds.get(name, KILL_SECONDS_MAX)))
            self.kill_one()
            started = 0.0
        if not self._wait(ROUND_SECONDS_MAX):
            raise RuntimeError(f"no round within {ROUND_SECONDS_MAX} s at {self.at}")
        if started:
            self._took_seconds[name] = time.monotonic() - started

    def _wait(self, seconds: float) -> bool:
        """Wait until the round is done, so long at most; tell whether it is."""
        end = time.monotonic() + seconds
        while not self._is_done() and time.monotonic() < end:
            time.sleep(0.01)
        return self._is_done()

    def _is_done(self) -> bool:
        done = last_round(self.folder)
        return done is not None and done >= self.at - timedelta(milliseconds=1)

    def to_hour(self, hour: int, *, days: int = 0) -> None:
        """Jump to an hour (UTC) of this or a later day."""
        then = self.at.replace(hour=hour, minute=0, second=0, microsecond=0)
        self.step(then + timedelta(days=days) - self.at, f"hour {hour} day {days}")

    def trouble(self) -> None:
        """Give the bank the faults of a round: each with a rate of its own, some standing."""
        for kind, highest in RATES.items():
            rate = round(self.dice.uniform(0, highest), 4)
            self.bank.fault(kind, scope="all", rate=rate, **SLOW.get(kind, {}))
            self.faults[kind] += 1
        if self.dice.random() < STANDING_SHARE:
            kind = self.dice.choice(STANDING)
            self.bank.fault(kind, scope="all")
            self.faults[kind] += 1

    def calm(self) -> None:
        """Switch the faults off; an operator looks at what was stopped and lets it go on."""
        from sanzi.orgs.actors import SYSTEM
        from sanzi.payments.actions import channels

        self.bank.clear_faults()
        for name in channels.stopped_names():
            channels.resume(name=name, by=SYSTEM, at=self.at)


def _kill(process: subprocess.Popen[str] | None) -> None:
    if process is None:
        return
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    if process.stdout is not None:
        process.stdout.close()


def run(
    options: argparse.Namespace,
    folder: Path,
    *,
    say: Callable[[Outcome], None],
    is_stopped: Callable[[], bool],
) -> Outcome:
    """Do one whole run in a database that is laid out already and return what was found.

    `say` hears of each round that is done; when `is_stopped`, no further one begins.
    """
    from django.db import connection

    from worlds import money as worlds_money
    from worlds.money import DEBIT

    started = time.monotonic()
    is_queue_dead = options.queue == "dead"
    found = Outcome(connection.vendor, options.seed, is_queue_dead)
    money = worlds_money.build(PAYEES)
    forget_higher_rooms()
    scene = Scene(folder, options, is_queue_dead=is_queue_dead)
    scene.bank.start()
    try:
        _open_bank(scene, money)
        orders = Orders(money, scene.at)
        scene.start_worker()
        scene.start_web()
        while found.batches < options.batches and not is_stopped():
            count = min(PER_ROUND, options.batches - found.batches)
            scene.push(is_on=not found.rounds or scene.dice.random() < PUSH_SHARE)
            _round(scene, orders, count)
            found.batches += count
            found.rounds += 1
            found.seconds = round(time.monotonic() - started, 1)
            say(found)
        _come_to_rest(scene)
        scene.kill_worker()
        scene.kill_web()
        found.pushes = pushes(folder / "bank.sqlite3")
        faults = (folder / "web.log").read_text().split(FAULT_IN_LOG)[1:]
        found.web_faults = len(faults)
        found.web_fault_examples = [one[:FAULT_CHARS] for one in faults[:3]]
        found.found = asdict(compare(folder / "bank.sqlite3", DEBIT))
        _naive(scene, money, found)
    finally:
        scene.kill_worker()
        scene.kill_web()
        scene.bank.kill()
    found.kills, found.faults = dict(scene.kills), dict(scene.faults)
    found.kills_in_work = dict(scene.kills_in_work)
    found.seconds = round(time.monotonic() - started, 1)
    found.cpu_seconds = round(
        sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        ),
        1,
    )
    return found


def _open_bank(scene: Scene, money: Money) -> None:
    from worlds.money import bank_accounts

    rows = bank_accounts(money)
    rows[0]["balance_fen"] = 10**15
    scene.bank.control("clock", at=scene.at.isoformat())
    scene.bank.control("accounts", accounts=rows)
    word = "true" if scene.is_queue_dead else "false"
    scene.bank.control("setting", name="queue_dead_at_statement", value=word)
    write_clock(scene.folder, scene.at)


def _round(scene: Scene, orders: Orders, count: int) -> None:
    """Release some batches in the morning, let a troubled day pass, and the statement come."""
    from sanzi.payments.actions import gateways

    gateways.use(scene.place().gateway())
    orders.release(count, scene.at, [scene.place(size).gateway() for size in LINES_MAX])
    scene.trouble()
    for number, by in enumerate(STEPS):
        scene.step(by, f"morning {number}")
    scene.to_hour(10)  # six in the evening: what is silent then is told of
    scene.calm()
    scene.to_hour(1, days=1)
    scene.to_hour(2)
    for _ in range(3):
        scene.step(timedelta(minutes=11), may_kill=False)
    scene.to_hour(4)


def _come_to_rest(scene: Scene) -> None:
    """Let quiet days pass until nothing is open, or is open and told of."""
    scene.push(is_on=False)
    for _ in range(6):
        scene.calm()
        scene.to_hour(2, days=1)
        for _ in range(3):
            scene.step(timedelta(minutes=16), may_kill=False)
        if not _open_count():
            return


def _open_count() -> int:
    from sanzi.payments.models import Instruction

    return Instruction.objects.filter(state__in=OPEN).count()


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
    state = scene.folder / "naive.json"
    state.write_text(json.dumps({"header": header, "lines": said}))
    for kind in ("reply_lost", "error_after", "queued_silent", "request_lost"):
        scene.bank.fault(kind, scope="all", rate=0.15)
    scene.start_worker("naive")
    for _ in range(NAIVE_KILLS):
        time.sleep(scene.dice.uniform(0.1, 0.9))
        scene.kill_one("naive")
    scene.bank.clear_faults()
    end = time.monotonic() + 60
    while time.monotonic() < end and not all(
        one["done"] for one in json.loads(state.read_text())["lines"]
    ):
        time.sleep(0.1)
    roots = Counter(
        one["e2e_id"].rsplit("-N", 1)[0]
        for one in scene.bank.read(f"/_ctl/ledger.json?account={DEBIT}")["entries"]
        if one["kind"] == "PAYMENT" and one["e2e_id"].startswith("NAIVE-")
    )
    found.naive_paid_twice = sum(1 for count in roots.values() if count > 1)
