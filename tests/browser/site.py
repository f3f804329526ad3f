"""The real programs as `sanzi demo` runs them: pages, worker and bank, on ports of their own.

The small county is made once for a test run, on the engine of the run: a SQLite file of its own,
or a database of its own on the server that SANZI_TEST_DATABASE_URL names.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg

import migrated
from browser.days import first_day
from sanzi.kernel import clock
from sanzi_county.wrongs import REACH, anchor

ROOT = Path(__file__).parents[2]
AHEAD = Path(__file__).parent / "ahead"
VILLAGES = 3
READY_SECONDS = 600
STOP_SECONDS = 60
PERIOD_SECONDS, HURRY_SECONDS = 30, 5
DATABASE = "sanzi_browser"
_RUNNING: list[Site] = []


@dataclass
class Site:
    """A running demo. Addresses end without a slash."""

    var: Path
    process: subprocess.Popen[bytes]
    url: str
    bank_url: str
    database_url: str = ""
    city_url: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """What the demo tells on its page: password, users, household code, village."""
        found: dict[str, Any] = json.loads((self.var / "demo.json").read_text(encoding="utf-8"))
        return found

    @property
    def village(self) -> str:
        """The code of the village of the 352 households."""
        return str(self.told["village_code"])

    def totp(self, username: str) -> str:
        """The six digits that an officer's device shows now, read from the demo's page.

        Waits for the next ones when these are about to end.
        """
        left = PERIOD_SECONDS - time.time() % PERIOD_SECONDS
        if left < HURRY_SECONDS:
            time.sleep(left + 0.1)
        with urlopen(f"{self.url}/demo/", timeout=30) as answer:
            page = answer.read().decode()
        own = page.split(f"/demo/enter/{username}/", 1)[1]
        found = re.search(r'class="six">.*?([0-9]{6})', own)
        assert found is not None
        return found.group(1)

    def bank(self, path: str) -> dict[str, Any]:
        """GET a JSON page of the bank."""
        with urlopen(self.bank_url + path, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def bank_control(self, name: str, /, **fields: Any) -> None:
        """POST to the bank's control door; an HTTP error is raised."""
        request = Request(
            f"{self.bank_url}/_ctl/{name}",
            json.dumps(fields).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with urlopen(request, timeout=30):
            pass

    def stop(self) -> None:
        """End the demo as Ctrl-C would, if it runs; its children go with it."""
        if self not in _RUNNING:
            return
        _RUNNING.remove(self)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        finally:
            self.process.kill()
        if self.database_url.startswith("postgres"):
            server, _, name = self.database_url.rpartition("/")
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def stop_all() -> None:
    """End every demo that runs."""
    while _RUNNING:
        _RUNNING[-1].stop()


def months_back(until: date) -> int:
    """Return how many months a county must tell so that all that is planted lies in them."""
    first = anchor(until) - REACH
    return (until.year - first.year) * 12 + until.month - first.month + 1


def start(
    var: Path,
    *,
    villages: int = VILLAGES,
    clock_file: Path | None = None,
    settings: Mapping[str, str] | None = None,
    counties_below_city: int = 0,
) -> Site:
    """Run `sanzi demo` in a folder of its own and wait until it says that it is ready.

    With a clock file the programs live ahead of the present (see `browser.days`). With one county
    or two below a city there is an installation beside it that reads what they publish; the
    second is made behind the first one's pages.
    """
    var.mkdir(parents=True, exist_ok=True)
    database_url = _database(var)
    environment = {
        **os.environ,
        "SANZI_ENV": "demo",
        "SANZI_VAR": str(var),
        "SANZI_DATABASE_URL": database_url,
        "SANZI_SCHEMAS": os.environ.get("SANZI_SCHEMAS", str(ROOT / "build" / "iso20022")),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
        **(settings or {}),
    }
    if clock_file is not None:
        environment["PYTHONPATH"] = f"{AHEAD}{os.pathsep}{ROOT / 'src'}"
        environment["SANZI_TEST_CLOCK"] = str(clock_file)
    today = clock.today() if clock_file is None else first_day()
    log = (var / "demo.log").open("wb")
    port, bank_port, city_port = free_ports(3)
    city = ["--city-port", str(city_port)] if counties_below_city else ["--no-city"]
    city += ["--one-county"] * (counties_below_city == 1)
    process = subprocess.Popen(
        [
            sys.executable, "-m", "sanzi.interfaces.cli.main", "demo",
            "--villages", str(villages), "--months", str(months_back(today)),
            "--port", str(port), "--bank-port", str(bank_port), *city,
        ],
        env=environment, cwd=var, stdout=log, stderr=log,
    )  # fmt: skip
    log.close()
    said = _wait(
        var / "demo.log", process, "市里、省里看的：http" if counties_below_city else "/_ctl/"
    )
    web = re.search(r"ready (http://[^/]+)/demo/", said)
    bank = re.search(r"(http://127\.0\.0\.1:[0-9]+)/_ctl/", said)
    assert web is not None, said
    assert bank is not None, said
    above = re.search(r"市里、省里看的：(http://[^/]+)/demo/", said)
    city_url = above.group(1) if above else ""
    running = Site(var, process, web.group(1), bank.group(1), database_url, city_url)
    _RUNNING.append(running)
    return running


@contextmanager
def below_city(var: Path, counties: int) -> Iterator[Site]:
    """Run one county or two below a city, wait until its pages open, and stop them at the end."""
    running = start(var, villages=2, counties_below_city=counties)
    try:
        _wait_for_city(running.city_url)
        yield running
    finally:
        running.stop()


def free_ports(count: int) -> list[int]:
    """Return ports that the machine gives out as free; the demo goes one up if one is taken."""
    with ExitStack() as open_sockets:
        given = [open_sockets.enter_context(socket.create_server(("127.0.0.1", 0)))
                 for _ in range(count)]  # fmt: skip
        return [int(one.getsockname()[1]) for one in given]


def _wait(log: Path, process: subprocess.Popen[bytes], last: str) -> str:
    said, deadline = "", time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        said = log.read_text(encoding="utf-8")
        if "ready " in said and last in said and said.endswith("\n"):
            return said
        assert process.poll() is None, said
        time.sleep(0.2)
    process.kill()
    raise AssertionError(said)


def _wait_for_city(url: str) -> None:
    """The city's pages open when it has taken what there is."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/demo/", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} does not open")


def _database(var: Path) -> str:
    """Return the address of a database without rows on the engine of this run."""
    given = os.environ.get("SANZI_TEST_DATABASE_URL", "")
    if not given.startswith("postgres"):
        migrated.copy_to(var / "sanzi.sqlite3")
        return f"sqlite:///{var}/sanzi.sqlite3"
    server, _, _ = given.rpartition("/")
    name = f"{DATABASE}_{os.getpid()}_{zlib.crc32(bytes(var))}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"
