"""Measure posting: one voucher, durable, against django-ledger and python-accounting; and 352.

Ours is `posting.post_many` with everything it does for a voucher: the book's locks, the number,
the source booked once, the closed month, the hash chain, the log. Theirs are their own documented
calls, in their own environment (build/bench-peers), on SQLite files with the same durability (WAL,
synchronous=FULL), two lines a voucher. The three run in turns, so that a busy moment of the
machine meets all. The batch of 352 is held against `executemany` of the very same rows (vouchers,
lines, events, heads) in one transaction, triggers and indexes in force.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from measure import ROOT, RUNS, Figure, postgres, report, scratch

ROUNDS = int(os.environ.get("SANZI_BENCH_ROUNDS", "100"))
WARM = 10
BATCH = 352
DJANGO_LEDGER, PYTHON_ACCOUNTING, BATCH_RATIO = 6, 10, 1 / 3
PEERS = ("django_ledger", "python_accounting")


def main() -> int:
    """Measure in turns, report."""
    if sys.argv[1:2] == ["one"]:
        sys.stdout.write(json.dumps(_measure()))
        return 0
    subprocess.run(
        [str(ROOT / "tools" / "peers.sh"), "build/bench-peers", "requirements/bench-peers.txt"],
        cwd=ROOT, check=True,
    )  # fmt: skip
    runs: dict[str, list[float]] = {name: [] for name in ("ours", "batch", "raw", *PEERS)}
    with scratch() as folder, postgres(folder / "pg") as server:
        for number in range(RUNS):
            own = _ours(folder / f"run{number}", f"sqlite:///{folder / f'ours{number}.sqlite3'}")
            for name in ("ours", "batch", "raw"):
                runs[name].append(own[name])
            for name in PEERS:
                runs[name].append(_peer(name, folder / f"{name}{number}.sqlite3"))
        cluster = _ours(folder / "server", server)
    ours, batch, raw = (median(runs[name]) for name in ("ours", "batch", "raw"))
    peers = {name: median(runs[name]) for name in PEERS}
    ratios = [one / other for one, other in zip(runs["raw"], runs["batch"], strict=True)]
    return report(
        "posting",
        {
            "ratio_vs_django_ledger": _times(peers["django_ledger"] / ours, DJANGO_LEDGER),
            "ratio_vs_python_accounting": _times(
                peers["python_accounting"] / ours, PYTHON_ACCOUNTING
            ),
            "batch_ratio_vs_raw": _times(median(ratios), BATCH_RATIO),
            "voucher_ms": _ms(ours),
            **{f"{name}_ms": _ms(seconds) for name, seconds in peers.items()},
            "batch_352_ms": _ms(batch),
            "raw_352_ms": _ms(raw),
            "voucher_postgresql_ms": _ms(cluster["ours"]),
            "batch_352_postgresql_ms": _ms(cluster["batch"]),
        },
        {
            "engine": "sqlite WAL synchronous=FULL; postgresql fsync on, synchronous_commit on",
            "runs": RUNS,
            "rounds": ROUNDS,
            "calls": "post_many; ledger.commit_txs(je_posted=True); JournalEntry.post(session)",
        },
    )


def _times(value: float, floor: float) -> Figure:
    return Figure(round(value, 3), None, "x", floor)


def _ms(seconds: float) -> Figure:
    return Figure(round(seconds * 1000, 3), unit="ms")


def _peer(name: str, file: Path) -> float:
    python = str(ROOT / "build" / "bench-peers" / "bin" / "python")
    script = str(ROOT / "bench" / "peers" / f"post_{name}.py")
    done = subprocess.run(
        [python, script, str(file), str(WARM + ROUNDS)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=file.parent,
    )  # fmt: skip
    return median(json.loads(done.stdout)[WARM:])


def _ours(var: Path, url: str) -> dict[str, float]:
    environment = {
        **os.environ, "SANZI_ENV": "demo", "SANZI_DATABASE_URL": url, "SANZI_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join(("src", "tests", "bench")),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, "one"],
        env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from sanzi.ledger.actions import books, posting
    from sanzi.orgs.actors import SYSTEM
    from worlds import village

    world = village.build()
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=village.AT)
    by = world.actor("agency_accountant")
    made = 0

    def post(count: int) -> float:
        nonlocal made
        drafts = [_draft(made + number) for number in range(count)]
        made += count
        start = time.perf_counter()
        posting.post_many(book_org_ext_id="O-WILLOW", drafts=drafts, at=village.AT, by=by)
        return time.perf_counter() - start

    for _ in range(WARM):
        post(1)
    one = median([post(1) for _ in range(ROUNDS)])
    post(BATCH)
    batches, raws = [], []
    for _ in range(RUNS):
        with _copied() as copy:
            with _written() as seen:
                batches.append(post(BATCH))
            raws.append(_raw(copy, seen))
    return {"ours": one, "batch": median(batches), "raw": median(raws)}


def _draft(number: int) -> Any:
    from sanzi.ledger.rules import Draft, Line, Names

    fen = 1000 + number
    return Draft(
        date=dt.date(2026, 3, number % 28 + 1),
        summary="买办公用品",
        lines=(
            Line("5130102", debit_fen=fen),
            Line("102", credit_fen=fen, aux_kind="account", aux_id="A-1"),
        ),
        source_kind="payment",
        source_id=f"P{number}",
        names=Names("制单人", "审核人", "记账人"),
    )


Statements = list[tuple[str, list[tuple[Any, ...]]]]


@contextmanager
def _copied() -> Iterator[sqlite3.Connection | None]:
    """Give a copy of the database as it stands now, guards and all; None on PostgreSQL."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield None
        return
    file = Path(connection.settings_dict["NAME"]).with_suffix(".copy")
    copy = sqlite3.connect(file, isolation_level=None)
    connection.connection.backup(copy)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        copy.execute(f"PRAGMA {pragma}")
    copy.execute("PRAGMA recursive_triggers=ON")
    try:
        yield copy
    finally:
        copy.close()
        for ending in ("", "-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)


@contextmanager
def _written() -> Iterator[Statements]:
    """Keep what is written meanwhile, statement by statement."""
    from django.db import connection

    seen: Statements = []

    def keep(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            rows = [tuple(row) for row in parameters] if many else [tuple(parameters)]
            seen.append((sql.replace("%s", "?"), rows))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        yield seen


def _raw(copy: sqlite3.Connection | None, seen: Statements) -> float:
    """Write the very same rows into the copy by executemany, in one transaction."""
    if copy is None:
        return 0.0
    start = time.perf_counter()
    copy.execute("BEGIN IMMEDIATE")
    for sql, rows in seen:
        copy.executemany(sql, rows)
    copy.execute("COMMIT")
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
