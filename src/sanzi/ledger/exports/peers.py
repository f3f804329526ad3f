"""Run hledger, ledger and bean-check over a file, and read what they say.

They are programs of their own, never imported. A program that is not there is named, not
passed over.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HLEDGER, LEDGER, BEANCOUNT = "hledger", "ledger", "bean-check"
NEEDED: Final = (HLEDGER, BEANCOUNT)
_FOLDERS: Final = (Path(sys.executable).parent, Path("build/peers/bin"))
_FAILED: Final = re.compile(
    r":(?P<line>\d+):\s+Balance failed for '(?P<account>[^']+)': "
    r"expected (?P<expected>\S+) CNY != accumulated (?P<found>\S+) CNY"
)
_SAID_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Balance:
    """What a program holds an account to be at the end of a month."""

    account: str
    period: str
    fen: int


@dataclass(frozen=True)
class Verdict:
    """What a program said of a file: balances that differ, and other complaints."""

    balances: tuple[Balance, ...] = ()
    complaints: tuple[str, ...] = ()


def find(program: str) -> str:
    """Return the path of a program, '' when it is not installed."""
    for folder in _FOLDERS:
        if os.access(folder / program, os.X_OK):
            return str((folder / program).absolute())
    return shutil.which(program) or ""


def hledger_check(file: Path) -> Verdict:
    """Let hledger check accounts, commodities, sums and assertions."""
    return _said(_run([find(HLEDGER), "-f", str(file), "check", "--strict"]))


def ledger_check(file: Path) -> Verdict:
    """Let ledger read the file: it checks accounts, tags, sums and assertions."""
    return _said(_run([find(LEDGER), "-f", str(file), "--pedantic", "stats"]))


def hledger_balances(file: Path) -> Iterator[Balance]:
    """Yield what hledger holds every account to be at every month's end, whatever is asserted.

    Raises: CalledProcessError when the file does not read.
    """
    report = ["balance", "-M", "-H", "-E", "-N", "-O", "csv", "--ignore-assertions"]
    command = [find(HLEDGER), "-f", str(file), *report]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as table:
        quiet = subprocess.DEVNULL
        subprocess.run(command, env=_environment(), check=True, stdout=table, stderr=quiet)
        table.seek(0)
        rows = csv.reader(table)
        periods = [cell[:7] for cell in next(rows)[1:]]
        for name, *cells in rows:
            for period, cell in zip(periods, cells, strict=True):
                yield Balance(name, period, fen_of(cell))


def bean_check(file: Path) -> Verdict:
    """Let beancount check the file; failed balances come back as what it holds them to be."""
    done = _run([find(BEANCOUNT), str(file)])
    if not done.returncode:
        return Verdict()
    failed = list(_FAILED.finditer(done.stderr))
    days = _days(file, {int(one["line"]) for one in failed})
    balances = tuple(
        Balance(one["account"], days[int(one["line"])], fen_of(one["found"])) for one in failed
    )
    others = [
        line
        for line in done.stderr.splitlines()
        if re.match(r".*:\d+:", line) and not _FAILED.search(line)
    ]
    if not balances and not others:
        others = done.stderr.splitlines()
    return Verdict(balances, tuple(others[:_SAID_MAX]))


def fen_of(cell: str) -> int:
    """Return the amount of a cell such as `-1234.50 CNY` or `0`. Raises: ValueError."""
    number = cell.removesuffix(" CNY")
    sign = -1 if number.startswith("-") else 1
    whole, _, part = number.lstrip("-").partition(".")
    return sign * (int(whole) * 100 + int(part.ljust(2, "0") or 0))


def _days(file: Path, lines: set[int]) -> dict[int, str]:
    """Return the month before the day that stands at the head of each of these lines."""
    found: dict[int, str] = {}
    with file.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if number in lines:
                year, month = int(line[:4]), int(line[5:7])
                found[number] = f"{year:04d}-{month - 1:02d}" if month > 1 else f"{year - 1:04d}-12"
    return found


def _said(done: subprocess.CompletedProcess[str]) -> Verdict:
    if not done.returncode:
        return Verdict()
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return Verdict(complaints=tuple(said[:_SAID_MAX]) or (f"exit {done.returncode}",))


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(command), env=_environment(), capture_output=True, text=True, check=False
    )


def _environment() -> dict[str, str]:
    """Return what the programs need: hledger reads Chinese under a UTF-8 locale only."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
