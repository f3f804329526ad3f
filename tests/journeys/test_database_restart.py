"""PostgreSQL is restarted, and crashes, while a batch is on its way: paid once, booked once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "pgtmp.sh"
LIMIT_SECONDS = 600


@pytest.mark.long
@pytest.mark.database
def test_a_database_that_goes_away_in_the_middle_of_a_batch_loses_and_repeats_nothing() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="sanzi-restart-") as name:
        Path(name).chmod(0o755)
        cluster = str(Path(name) / "pg")
        subprocess.run(
            [TOOL, "start", cluster, port], check=True, env={**os.environ, "PG_DURABLE": "1"}
        )
        try:
            told = _story(cluster, port, Path(name))
        finally:
            subprocess.run([TOOL, "stop", cluster, port], check=False)

    assert list(told) == ["stop", "kill"]
    for number, one in enumerate(told.values(), start=1):
        between, after = one["between"], one["after"]
        assert (between["instructions"], between["vouchers"]) == (["SENDING"], 0), told
        assert set(between["payments"]) == {"SUBMITTING"}
        assert after["instructions"] == ["FINAL"]
        assert after["payments"] == ["SETTLED"] * 4
        assert (after["vouchers"], after["all_vouchers"]) == (1, number)
        assert (one["sendings"], one["messages"]) == (1, 1)


def _story(cluster: str, port: str, folder: Path) -> dict[str, dict[str, object]]:
    """Run the worker in a process of its own and return what it tells."""
    (folder / "static").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "worlds.database_restart", cluster, port],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        cwd=ROOT,
        check=False,
        env={
            **os.environ,
            "PG_DURABLE": "1",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
            "SANZI_ENV": "test",
            "SANZI_VAR": str(folder),
            "SANZI_DATABASE_URL": f"postgresql://app@127.0.0.1:{port}/postgres",
        },
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return found
