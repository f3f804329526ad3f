"""SIGKILL of worker or bank at twenty seeded moments: nobody paid twice, nothing lost.

Runs bench/chaos.py as it is run by hand, in a database of its own on the engine under test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
LIMIT_SECONDS = 400


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """An empty database on the engine of this run."""
    engine = os.environ.get("SANZI_TEST_DATABASE_URL", "")
    if not engine.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'chaos.sqlite3'}"
        return
    import psycopg

    parts = urlsplit(engine)
    server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS sanzi_chaos WITH (FORCE)")
        connection.execute("CREATE DATABASE sanzi_chaos")
        yield urlunsplit(parts._replace(path="/sanzi_chaos"))
        connection.execute("DROP DATABASE sanzi_chaos WITH (FORCE)")


def test_kills_at_twenty_moments_pay_nobody_twice_and_lose_nothing(
    tmp_path: Path, database_url: str
) -> None:
    out = tmp_path / "chaos.json"
    command = [
        sys.executable, str(ROOT / "bench" / "chaos.py"), "--kills", str(KILLS), "--seed", "7",
        "--database-url", database_url, "--out", str(out),
    ]  # fmt: skip

    done = subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False, cwd=ROOT
    )

    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    found = json.loads(out.read_text())
    wrong = {name: found[name] for name in ("paid_twice", "lost", "stuck_silent", "books_diff_fen")}
    assert wrong == {"paid_twice": 0, "lost": 0, "stuck_silent": 0, "books_diff_fen": 0}
    assert found["kills"] == KILLS
    assert set(found["kills_of"]) == {"worker", "bank"}
    assert found["payments"] == found["settled"] + found["ended_unpaid"]
    assert found["naive_paid_twice"] > 0
