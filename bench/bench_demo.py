"""bench-demo: from the command to `ready`, with nothing made and with everything made before.

cold_s: an empty data folder; the virtual environment, the schemas and the assets are there
already (a first `make demo` fetches them besides). warm_s: the folder of the run before.
web_pss_mb: the largest gunicorn worker's proportional set after pages of every kind were read.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import measure

COLD_RUNS, WARM_RUNS = 3, measure.RUNS
GIVE_UP_SECONDS = 600
STOP_SECONDS = 30
OFFICER = "agency_accountant.101000"
PAGES = (
    "/", "/village/999901101201/", "/village/999901101201/items/", "/demo/", "/office/",
    "/office/cases/", "/office/payments/", "/office/accounts/", "/office/books/",
    "/office/books/E0101/{month}/", "/office/alerts/",
)  # fmt: skip
READS_EACH = 20
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Running:
    """A demo that said ready. Units: seconds from the start of the command."""

    seconds: float
    pid: int
    url: str


@contextmanager
def demo(var: Path) -> Iterator[Running]:
    """Run `sanzi demo` in a folder until the block ends."""
    began = time.monotonic()
    process = subprocess.Popen(
        measure.sanzi("demo", "--port", "8510", "--bank-port", "8560"),
        env=_environment(var),
        stdout=subprocess.PIPE, text=True, cwd=var.parent,
    )  # fmt: skip
    try:
        yield Running(*_ready(process, began))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _environment(var: Path) -> dict[str, str]:
    """Return a plain machine's environment: Python may keep what it has compiled, here beside."""
    kept = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
    return {
        **kept,
        "PYTHONPATH": str(measure.ROOT / "src"),
        "PYTHONPYCACHEPREFIX": str(var.parent / "compiled"),
        "PYTHONUNBUFFERED": "1",
        "SANZI_VAR": str(var),
        "SANZI_SCHEMAS": str(measure.ROOT / "build" / "iso20022"),
    }


def _ready(process: subprocess.Popen[str], began: float) -> tuple[float, int, str]:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"ready (http://[^/]+)/demo/", line)
        if found:
            return time.monotonic() - began, process.pid, found.group(1)
        if time.monotonic() - began > GIVE_UP_SECONDS:
            break
    raise SystemExit("the demo did not become ready:\n" + "".join(said))


def read_pages(url: str) -> None:
    """Read pages of every kind, logged in as an officer, often enough for each worker."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(f"{url}/demo/", timeout=30) as answer:
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token is not None
    data = urlencode({"csrfmiddlewaretoken": token.group(1)}).encode()
    with opener.open(f"{url}/demo/enter/{OFFICER}/", data, timeout=30) as answer:
        assert answer.status == 200
    month = time.strftime("%Y-%m")
    for _ in range(READS_EACH):
        for path in PAGES:
            with opener.open(url + path.format(month=month), timeout=30) as answer:
                answer.read()


def children(pid: int) -> list[int]:
    """Return the children of a process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(status.parent.name))
    return found


def web_pss_mb(demo_pid: int) -> list[float]:
    """Return the proportional set of every gunicorn worker, in megabytes."""
    masters = [
        one for one in children(demo_pid)
        if b"gunicorn" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]  # fmt: skip
    return [_pss_mb(worker) for master in masters for worker in children(master)]


def _pss_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+([0-9]+) kB", text, re.MULTILINE)
    assert found is not None
    return int(found.group(1)) / 1024


def main() -> int:
    """Measure cold, warm and memory; return 1 when a limit is broken."""
    cold: list[float] = []
    warm: list[float] = []
    memory: list[float] = []
    with measure.scratch() as folder:
        for number in range(COLD_RUNS):
            with demo(folder / f"cold-{number}") as running:
                cold.append(running.seconds)
        for _ in range(WARM_RUNS):
            with demo(folder / "cold-0") as running:
                warm.append(running.seconds)
                if len(warm) == WARM_RUNS:
                    read_pages(running.url)
                    memory = web_pss_mb(running.pid)
    return measure.report(
        "demo",
        {
            "cold_s": measure.Figure(measure.middle(cold), 180, "s"),
            "warm_s": measure.Figure(measure.middle(warm), 15, "s"),
            "web_pss_mb": measure.Figure(round(max(memory), 1), 250, "MB"),
        },
        {
            "cold_runs": COLD_RUNS,
            "warm_runs": WARM_RUNS,
            "web_workers": len(memory),
            "engine": "SQLite, WAL, synchronous=FULL",
            "before": "venv, schemas and assets are there; nothing compiled before the first run",
            "load": round(os.getloadavg()[0], 1),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
