"""What every measure shares: repeated runs, medians, the table on the screen, the JSON beside it.

A measure is a program, not a test: it prints figures with the limit they are held against, and
writes `bench/out/<name>.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "bench" / "out"
RUNS = 5


@dataclass(frozen=True)
class Figure:
    """One measured figure. `limit` is the highest value allowed, `floor` the lowest, if any."""

    value: float
    limit: float | None = None
    unit: str = ""
    floor: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the figure keeps its limits."""
        is_low = self.limit is None or self.value <= self.limit
        return is_low and (self.floor is None or self.value >= self.floor)

    @property
    def bounds(self) -> str:
        """The limits in words, empty when there is none."""
        high = "" if self.limit is None else f"≤ {self.limit:g} {self.unit}"
        low = "" if self.floor is None else f"≥ {self.floor:g} {self.unit}"
        return f"{low} {high}".strip()


@dataclass(frozen=True)
class Ran:
    """One run of a program. Units: seconds of wall clock, megabytes of the largest process.

    `cpu_seconds` is user and system time together: it tells on a busy machine what was slow.
    """

    seconds: float
    peak_mb: float
    output: str
    cpu_seconds: float = 0.0


def run(command: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run a program to its end and measure it as a whole.

    Raises: subprocess.CalledProcessError with its output, when it fails.
    """
    with (
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
        tempfile.NamedTemporaryFile("r") as told,
    ):
        # The peak of a program begins at that of the process that starts it: so a small one does.
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _STARTER, told.name, *command],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
            stdout=output,
            stderr=errors,
            check=False,
        )
        output.seek(0)
        errors.seek(0)
        said, complained = output.read(), errors.read()
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, list(command), said, complained)
        seconds, peak_kb, cpu_seconds = json.load(told)
    return Ran(seconds, peak_kb / 1024, said, cpu_seconds)


_STARTER = """
import json, os, sys, time
start = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
told = [time.monotonic() - start, used.ru_maxrss, used.ru_utime + used.ru_stime]
with open(sys.argv[1], "w") as file:
    json.dump(told, file)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def sanzi(*arguments: str) -> list[str]:
    """Return the command line of `sanzi …` with this interpreter."""
    return [sys.executable, "-m", "sanzi.interfaces.cli.main", *arguments]


def middle(values: Sequence[float]) -> float:
    """Return the median, rounded to three places."""
    return round(median(values), 3)


def report(name: str, figures: Mapping[str, Figure], notes: Mapping[str, object]) -> int:
    """Print the figures with their limits and write them; 1 when a limit is broken."""
    table = Table(title=f"{name}: " + ", ".join(f"{key} {notes[key]}" for key in notes))
    for heading in ("figure", "measured", "limit", ""):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for key, figure in figures.items():
        kept = ("kept" if figure.is_kept else "BROKEN") if figure.bounds else ""
        table.add_row(key, f"{figure.value:g} {figure.unit}", figure.bounds, kept)
    Console().print(table)
    OUT.mkdir(parents=True, exist_ok=True)
    content = {**{key: figure.value for key, figure in figures.items()}, "notes": dict(notes)}
    (OUT / f"{name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return 0 if all(figure.is_kept for figure in figures.values()) else 1


def written(name: str) -> dict[str, float]:
    """Return the figures that another measure wrote, none where it did not run."""
    file = OUT / f"{name}.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {key: value for key, value in found.items() if key != "notes"}


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that every user may enter (a cluster's owner must), gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sanzi-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a durable cluster (fsync and synchronous_commit on) and give its address."""
    port = free_port()
    tool = str(ROOT / "tools" / "pgtmp.sh")
    durable = {**os.environ, "PG_DURABLE": "1"}
    subprocess.run([tool, "start", str(folder), str(port)], check=True, env=durable)
    try:
        yield f"postgresql://app@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([tool, "stop", str(folder), str(port)], check=False)
