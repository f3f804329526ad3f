"""Batches of 352 through every fault of the bank, with kills: nobody paid twice, nothing lost.

Runs bench/chaos.py as it is run by hand. On SQLite against a bank whose queue is dead with the
statement; on a PostgreSQL of its own, which is killed too, against a bank that keeps its queue.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import migrated

ROOT = Path(__file__).resolve().parents[2]
BATCHES = 2
LIMIT_SECONDS = 900


@pytest.mark.database
def test_batches_in_trouble_pay_nobody_twice_and_lose_nothing(tmp_path: Path) -> None:
    out = tmp_path / "chaos.json"
    is_server = os.environ.get("SANZI_TEST_DATABASE_URL", "").startswith("postgres")

    done = _on_a_cluster(out) if is_server else _on_a_file(out)

    assert done.returncode == 0, done.stderr[-3000:] + done.stdout  # what was wrong comes last
    told = json.loads(out.read_text())
    found = told["found"]
    wrong = {name: found[name] for name in ("paid_twice", "lost", "stuck_silent", "books_diff_fen")}
    assert wrong == {"paid_twice": 0, "lost": 0, "stuck_silent": 0, "books_diff_fen": 0}
    assert (told["batches"], found["payments"]) == (BATCHES, BATCHES * 352)
    assert told["queue_dead_at_statement"] is not is_server
    assert sum(told["kills"].values()) > 0
    # With so few messages each push may be one that never comes or meets a killed door.
    assert sum(told["pushes"].values()) > 0
    assert told["web_faults"] == 0
    assert told["naive_paid_twice"] > 0


def _on_a_file(out: Path) -> subprocess.CompletedProcess[str]:
    file = out.parent / "chaos.sqlite3"
    migrated.copy_to(file)
    return _run(out, f"sqlite:///{file}", "--queue", "dead")


def _on_a_cluster(out: Path) -> subprocess.CompletedProcess[str]:
    import tempfile

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="sanzi-chaos-pg-") as name:
        Path(name).chmod(0o755)
        cluster = str(Path(name) / "pg")
        tool = str(ROOT / "tools" / "pgtmp.sh")
        durable = {**os.environ, "PG_DURABLE": "1"}
        subprocess.run([tool, "start", cluster, port], check=True, env=durable)
        try:
            url = f"postgresql://app@127.0.0.1:{port}/postgres"
            return _run(out, url, "--queue", "kept", "--cluster", cluster)
        finally:
            subprocess.run([tool, "stop", cluster, port], check=False)


def _run(out: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, str(ROOT / "bench" / "chaos.py"), "--batches", str(BATCHES),
        "--seed", "7", "--database-url", url, "--out", str(out), *arguments,
    ]  # fmt: skip
    return subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False, cwd=ROOT
    )
