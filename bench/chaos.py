"""A thousand batches of 352 payees through every fault there is, then count the money.

Usage: python bench/chaos.py --batches 1000 --seed 1 [--out bench/out/chaos.json]
       python bench/chaos.py --batches 4 --database-url URL   (one engine, one kind of bank)
Exit code 0 when nobody was paid twice, nothing was lost or is stuck in silence, and the books
equal the bank's statement; the naive sender in the same harness must have paid somebody twice.
Without a database four runs go on at once: SQLite and a PostgreSQL of its own, each against both
kinds of bank. Worker, bank and database are real processes and are killed at seeded moments. One
virtual clock drives worker and bank: it stands still while the worker does a round, then both jump
together. Ctrl-C lets each run end its round, come to rest and be counted; twice ends at once.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for folder in ("src", "tests", "bench"):
    sys.path.insert(0, str(ROOT / folder))

from rich.console import Console  # noqa: E402
from rich.progress import (  # noqa: E402
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from chaos_scene import Outcome, run  # noqa: E402

SAY_SECONDS = 30.0
"""How often a line is written where there is no screen to draw on."""
WRONGS = ("paid_twice", "lost", "stuck_silent", "books_diff_fen")
FAULTS = "web_fault_examples"
FAULT_SHOWN_CHARS = 2500


def lay_out() -> None:
    """Make the tables."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--batches", type=int, default=1000, help="in all, over all runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=4, help="how many of the four runs at once")
    parser.add_argument("--database-url", default="", help="one empty database; default: both")
    parser.add_argument("--cluster", default="", help="folder of the PostgreSQL to be killed")
    parser.add_argument("--queue", choices=("dead", "kept"), default="dead")
    parser.add_argument("--out", default=str(ROOT / "bench" / "out" / "chaos.json"))
    return parser.parse_args()


class Stop:
    """Hears Ctrl-C: once asks for an end at the next round, twice ends at once."""

    def __init__(self) -> None:
        self.is_asked = False
        signal.signal(signal.SIGINT, self._hear)
        signal.signal(signal.SIGTERM, self._end)

    def _hear(self, number: int, frame: object) -> None:
        if self.is_asked:
            self._end(number, frame)
        self.is_asked = True

    def _end(self, number: int, _frame: object) -> None:
        raise SystemExit(128 + number)


def run_one(options: argparse.Namespace, stop: Stop) -> dict[str, Any]:
    """Run in the given database, in this process, and return what was found."""
    progress = Path(options.out).with_suffix(".progress")

    def say(found: Outcome) -> None:
        fresh = progress.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(found)))
        fresh.rename(progress)
        print(f"{found.engine} {found.batches} batches, {found.seconds:.0f} s", file=sys.stderr)

    with tempfile.TemporaryDirectory(prefix="sanzi-chaos-") as name:
        os.environ["SANZI_DATABASE_URL"] = options.database_url
        os.environ["SANZI_VAR"] = name
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
        lay_out()
        found = run(options, Path(name), say=say, is_stopped=lambda: stop.is_asked)
    progress.unlink(missing_ok=True)
    return {**asdict(found), "is_right": found.is_right}


@dataclass
class Lane:
    """One of the four runs, as a process of its own."""

    name: str
    queue: str
    url: str
    folder: Path
    batches: int
    cluster: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def out(self) -> Path:
        """Where it writes what it found."""
        return self.folder / f"{self.name}.json"

    @property
    def is_over(self) -> bool:
        """Whether it has run and ended."""
        return self.process is not None and self.process.poll() is not None

    @property
    def done(self) -> int:
        """How many batches have gone through so far."""
        if self.out.exists():
            return int(json.loads(self.out.read_text())["batches"])
        progress = self.out.with_suffix(".progress")
        return int(json.loads(progress.read_text())["batches"]) if progress.exists() else 0

    def start(self, seed: int) -> None:
        """Start it, out of reach of the terminal's Ctrl-C."""
        command = [
            sys.executable, str(Path(__file__).resolve()), "--batches", str(self.batches),
            "--seed", str(seed), "--database-url", self.url, "--queue", self.queue,
            "--out", str(self.out), "--cluster", self.cluster,
        ]  # fmt: skip
        with (self.folder / f"{self.name}.log").open("w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def tell(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.process is not None and not self.is_over:
            self.process.send_signal(number)

    def found(self) -> dict[str, Any] | None:
        """Return what it found; None, with the end of its log told, when it broke."""
        if self.out.exists():
            read: dict[str, Any] = json.loads(self.out.read_text())
            return read
        log = self.folder / f"{self.name}.log"
        print(f"{self.name} broke:\n{log.read_text()[-3000:]}", file=sys.stderr)
        return None


def run_all(options: argparse.Namespace, stop: Stop) -> dict[str, Any]:
    """Run on SQLite and on a PostgreSQL with fsync on, each against both kinds of bank."""
    started = time.monotonic()
    with ExitStack() as stack:
        lanes = _lanes(stack, options.batches)
        try:
            _watch(lanes, options, stop)
        finally:
            for one in lanes:
                one.tell(signal.SIGTERM)
                if one.process is not None:
                    one.process.wait(timeout=60)
        found = [one.found() for one in lanes if one.process is not None]
    runs = [one for one in found if one is not None]
    if not runs:
        raise SystemExit("no run came to its end")
    done = sum(one["batches"] for one in runs)
    return {
        **{name: sum(abs(one["found"][name]) for one in runs) for name in WRONGS},
        "naive_paid_twice": min(one["naive_paid_twice"] for one in runs),
        "batches": done,
        "payments": sum(one["found"]["payments"] for one in runs),
        "kills": sum(sum(one["kills"].values()) for one in runs),
        "kills_in_work": sum(sum(one["kills_in_work"].values()) for one in runs),
        "pushes_taken": sum(one["pushes"].get("200", 0) for one in runs),
        "web_faults": sum(one["web_faults"] for one in runs),
        "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in runs), 1),
        "is_partial": done < options.batches,
        "is_right": len(runs) == len(found) and all(one["is_right"] for one in runs),
        "runs": runs,
    }


def _lanes(stack: ExitStack, batches: int) -> list[Lane]:
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sanzi-chaos-")))
    place.chmod(0o755)
    lanes = []
    for number, (engine, queue) in enumerate(
        (engine, queue) for queue in ("dead", "kept") for engine in ("sqlite", "postgres")
    ):
        name = f"{engine}-{queue}"
        url, cluster = f"sqlite:///{place / name}.sqlite3", ""
        if engine == "postgres":
            cluster = str(place / name)
            url = stack.enter_context(_postgres(place / name))
        share = (batches + 3 - number) // 4
        if share:
            lanes.append(Lane(name, queue, url, place, share, cluster))
    return lanes


def _watch(lanes: list[Lane], options: argparse.Namespace, stop: Stop) -> None:
    """Start the runs, so many at once, and show how far they are until all have ended."""
    console, is_told, said_at = Console(stderr=True), False, time.monotonic()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bars = [progress.add_task(one.name, total=one.batches) for one in lanes]
        whole = progress.add_task("all", total=options.batches)
        while not all(one.is_over or (stop.is_asked and one.process is None) for one in lanes):
            running = [one for one in lanes if one.process is not None and not one.is_over]
            waiting = [one for one in lanes if one.process is None]
            if waiting and len(running) < options.jobs and not stop.is_asked:
                waiting[0].start(options.seed)
            if stop.is_asked and not is_told:
                is_told = True
                console.print("每一路做完手上这一轮就停，再数账。再按一次 Ctrl-C 立即停。")
                for one in running:
                    one.tell(signal.SIGINT)
            done = [one.done for one in lanes]
            for bar, count in zip(bars, done, strict=True):
                progress.update(bar, completed=count)
            progress.update(whole, completed=sum(done))
            if not console.is_terminal and time.monotonic() - said_at > SAY_SECONDS:
                said_at = time.monotonic()
                console.print(f"{sum(done)} of {options.batches} batches: {done}")
            time.sleep(0.5)


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """A durable PostgreSQL of its own, ended afterwards."""
    script, port = str(ROOT / "tools" / "pgtmp.sh"), _free_port()
    environment = {**os.environ, "PG_DURABLE": "1"}
    subprocess.run([script, "start", str(folder), str(port)], check=True, env=environment)
    try:
        yield f"postgres://app@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([script, "stop", str(folder), str(port)], check=False)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def keep_bytecode() -> None:
    """Let processes that are started over and over read their modules compiled."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "pycache"))


def main() -> int:
    """Run, print a table, write the JSON."""
    keep_bytecode()
    options, stop = parse_arguments(), Stop()
    found = run_one(options, stop) if options.database_url else run_all(options, stop)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=2) + "\n")
    shown = {name: value for name, value in found.items() if name not in ("runs", FAULTS)}
    for name, value in shown.items():
        print(f"{name:18} {value}")
    for fault in found.get(FAULTS, ()):  # last, where the end of a long log still shows them
        print(fault[-FAULT_SHOWN_CHARS:])
    return 0 if found["is_right"] else 1


if __name__ == "__main__":
    sys.exit(main())
