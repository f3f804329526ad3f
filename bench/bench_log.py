"""Measure the public log at 10 million leaves in PostgreSQL: appending, and proving one leaf.

The log is filled with leaves written by the database itself under tiles that the room made; then
audit events are appended by the room's own action, and leaves drawn by lot are proved.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from measure import ROOT, Figure, postgres, report, scratch

LEAVES = int(os.environ.get("BENCH_LEAVES", "10000000"))
EVENTS, PROOFS = int(os.environ.get("BENCH_EVENTS", "50000")), 200
RUN = 65_536
APPEND_MIN, PROOF_MAX = 5_000, 5.0


def main() -> int:
    """Fill, append, prove in a process of its own with the platform's settings; report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure()))
        return 0
    with scratch() as folder, postgres(folder / "pg") as url:
        found = _in_process(url, folder)
    figures = {
        "append_per_s": Figure(round(found["append_per_s"]), unit="/s", floor=APPEND_MIN),
        "proof_ms": Figure(round(found["proof_ms"], 2), PROOF_MAX, "ms"),
        "proof_ms_p95": Figure(round(found["proof_ms_p95"], 2), None, "ms"),
    }
    return report("log", figures, {"leaves": LEAVES, "events": EVENTS, "proofs": PROOFS})


def _in_process(url: str, folder: Path) -> dict[str, Any]:
    (folder / "static").mkdir(exist_ok=True)
    around = {
        **os.environ, "SANZI_ENV": "demo", "SANZI_DATABASE_URL": url, "SANZI_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join(("src", "tests", "bench")),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, "inside"],
        env=around, check=True, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    from sanzi.kernel import clock
    from sanzi.transparency import actions, queries

    call_command("migrate", verbosity=0)
    _fill()
    _events()
    start = time.perf_counter()
    added = 0
    while count := actions.append(at=clock.now()):
        added += count
    seconds = time.perf_counter() - start
    actions.checkpoint(at=clock.now())
    taken = []
    for number in random.Random(7).sample(range(LEAVES), PROOFS):
        start = time.perf_counter()
        queries.proof("event", f"old-{number}")
        taken.append((time.perf_counter() - start) * 1000)
    return {
        "append_per_s": added / seconds,
        "proof_ms": median(taken),
        "proof_ms_p95": quantiles(taken, n=20)[18],
    }


def _fill() -> None:
    """Write `LEAVES` leaves, and the tiles that the room makes of them."""
    from django.db import connection

    from sanzi.transparency import rules
    from sanzi.transparency.models import Log, Tile

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transparency_leaf (index, kind, subject, text, salt, added_at) "
            "SELECT g, 'event', 'old-' || g, 'leaf ' || g, NULL, now() "
            "FROM generate_series(0, %s) g",
            [LEAVES - 1],
        )
    tiles = rules.Tiles(0, lambda _: None)
    while tiles.size < LEAVES:
        tiles.append(_texts(tiles.size))
        Tile.objects.bulk_create(
            Tile(level=place[0], index=place[1], **one) for place, one in tiles.take_full().items()
        )
    Tile.objects.bulk_create(
        Tile(level=place[0], index=place[1], **one) for place, one in tiles.changed.items()
    )
    Log.objects.create(pk=1, size=LEAVES)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _texts(first: int) -> Iterator[bytes]:
    return (f"leaf {number}".encode() for number in range(first, min(first + RUN, LEAVES)))


def _events() -> None:
    """Write events as a busy month would, in one chain."""
    from sanzi.audit import actions as audit
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM

    at = clock.now()
    for first in range(0, EVENTS, 1_000):
        told = [
            audit.Happened("bench.thing.done", ("thing", str(number)), None, {"fen": number})
            for number in range(first, first + 1_000)
        ]
        audit.write_many(chain="bench", by=SYSTEM, at=at, events=told)


if __name__ == "__main__":
    raise SystemExit(main())
