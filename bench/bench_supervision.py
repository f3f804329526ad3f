"""Measure the night's run: all models over one and over ten million payments.

Rows are made once, outside the repository (`SANZI_BENCH_CACHE`), and loaded as the night loads
them: the columns that models read, in memory or in a file of the scan's own. Every size runs in a
process of its own, so that its peak is its own. Seconds are of the clock; those of the processor
stand beside them (`_cpu`): a busy machine makes the clock tell of others. `BENCH_SECONDS` gives
a model more than the night's two minutes there; `over_120_s` names those that took more.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import supervision_last_day
import supervision_peers
import supervision_rows
from measure import OUT, ROOT, RUNS, Figure, report, scratch

SMALL, LARGE = (int(one) for one in os.environ.get("BENCH_PAYMENTS", "1000000,10000000").split(","))
SECONDS = float(os.environ.get("BENCH_SECONDS", "120"))
SCANS_PER_MODEL, PEAK_GB, GROWTH, MAKE_S = 10, 4, 1.4, 900
TOLD = int(os.environ.get("BENCH_TOLD", "15"))
TIMES = ("load_s", "load_cpu_s", "scan_s", "scan_cpu_s", "models_s", "models_cpu_s", "peak_gb")


def main() -> int:
    """Make the rows, measure both sizes, report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure(int(sys.argv[1]))))
        return 0
    small, large = _in_process(SMALL), _in_process(LARGE)
    figures = {
        "models": Figure(large["models"]),
        "scan_s": Figure(round(large["scan_s"], 3), unit="s"),
        "models_s": Figure(round(large["models_s"], 1), unit="s"),
        "x_scan_per_model": Figure(_scans(large, "models_s", "scan_s"), SCANS_PER_MODEL),
        "x_scan_per_model_cpu": Figure(_scans(large, "models_cpu_s", "scan_cpu_s")),
        "peak_gb": Figure(round(large["peak_gb"], 2), PEAK_GB, "GB"),
        "load_s": Figure(round(large["load_s"], 1), unit="s"),
        "growth": Figure(_growth(small, large, "models_s"), GROWTH),
        "growth_cpu": Figure(_growth(small, large, "models_cpu_s")),
        "findings": Figure(large["findings"]),
        "failed": Figure(len(large["errors"]), 0),
        "make_s": Figure(round(large["make_s"], 1), MAKE_S, "s"),
    }
    figures |= supervision_last_day.figures(SMALL)
    notes = {
        "payments": LARGE, "seconds_a_model": SECONDS, "over_120_s": large["over_120_s"],
        "slowest": large["slowest"], "loudest": large["loudest"],
        "large": {key: round(large[key], 3) for key in TIMES},
        "small": {"payments": SMALL, **{key: round(small[key], 3) for key in TIMES}},
    }  # fmt: skip
    # What is measured besides, in modules of their own.
    beside = supervision_rows.cached(SMALL)
    more, told = supervision_peers.measured(beside)
    figures, notes = {**figures, **more}, {**notes, "peers": {"payments": SMALL, **told}}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "supervision_rows.json").write_text(json.dumps(large["rows"], indent=1) + "\n")
    for line in large["errors"]:
        print(line)
    return report("supervision", figures, notes)


def _scans(ran: dict[str, Any], models: str, scan: str) -> float:
    return round(ran[models] / (ran["models"] * ran[scan]), 2)


def _growth(small: dict[str, Any], large: dict[str, Any], seconds: str) -> float:
    """Return how many times as much a payment costs among many as among few."""
    return round((large[seconds] / LARGE) / (small[seconds] / SMALL), 2)


def _in_process(payments: int) -> dict[str, Any]:
    with scratch() as folder:
        around = {
            **os.environ, "SANZI_ENV": "demo", "SANZI_VAR": str(folder),
            "SANZI_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "PYTHONPATH": os.pathsep.join(("src", "bench")),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, __file__, str(payments)],
            env=around, check=True, stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
    return dict(json.loads(done.stdout))


def _measure(payments: int) -> dict[str, Any]:
    import django

    django.setup()
    from sanzi.record import engine, snapshot
    from sanzi.supervision import catalogue

    folder = supervision_rows.cached(payments)
    rows, make_s = supervision_rows.write(folder, payments), supervision_rows.seconds(folder)
    models = catalogue.at_gate("nightly")
    wanted = snapshot.columns_of(engine.check(one.sql) for one in models)
    start, cpu = time.perf_counter(), time.process_time()
    with copied(folder, wanted) as copy:
        load_s, load_cpu_s = time.perf_counter() - start, time.process_time() - cpu
        scan_s, scan_cpu_s = _scan(copy, wanted["payment"])
        cpu = time.process_time()
        found, models_s, taken = night(copy, models)
        models_cpu_s = time.process_time() - cpu
    slowest = sorted(taken.items(), key=lambda one: -one[1])
    return {
        "rows": {name: rows[name] for name in wanted}, "make_s": make_s,
        "load_s": load_s, "load_cpu_s": load_cpu_s, "scan_s": scan_s, "scan_cpu_s": scan_cpu_s,
        "models": len(models), "models_s": models_s, "models_cpu_s": models_cpu_s,
        "findings": len(found.findings), "errors": found.errors,
        "loudest": dict(Counter(key[0] for key in found.findings).most_common(TOLD)),
        "slowest": dict(slowest[:TOLD]), "over_120_s": [c for c, took in slowest if took > 120],
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }  # fmt: skip


def night(copy: Any, models: list[Any]) -> tuple[Any, float, dict[str, float]]:
    """Run all models as the night does; return what they found, the time, and each one's."""
    from datetime import datetime

    from sanzi.kernel import clock
    from sanzi.supervision import rules
    from sanzi.supervision.actions import nightly

    at = datetime(2026, 11, 11, 2, 0, tzinfo=clock.SHANGHAI)
    taken: dict[str, float] = {}
    find = rules.find

    def timed(session: Any, model: Any, **more: Any) -> Any:
        start = time.perf_counter()
        try:
            return find(session, model, **more)
        finally:
            taken[model.code] = round(time.perf_counter() - start, 2)

    rules.find, nightly.SECONDS_MAX = timed, SECONDS
    start = time.perf_counter()
    found = nightly.ask(models, copy.sessions(nightly.AT_ONCE), at=at, overrides=[])
    seconds = time.perf_counter() - start
    rules.find = find
    return found, seconds, taken


def _scan(copy: Any, columns: tuple[str, ...]) -> tuple[float, float]:
    """Return the seconds of one look at all columns of payments that models read.

    By the clock and by the processor; the middle one of several.
    """
    hashes = ", ".join(f"SUM(HASH({one})) AS {one}" for one in columns)
    taken = []
    for _ in range(RUNS):
        start, cpu = time.perf_counter(), time.process_time()
        copy.ask(f"SELECT {hashes} FROM stg_payment")
        taken.append((time.perf_counter() - start, time.process_time() - cpu))
    return median(one for one, _ in taken), median(one for _, one in taken)


@contextmanager
def copied(folder: Path, wanted: Mapping[str, Sequence[str]]) -> Iterator[Any]:
    """Hold a copy of these columns of the files of a folder, as the night holds it."""
    from sanzi.record import snapshot

    files = {table: folder / f"{table}.parquet" for table in wanted}
    with snapshot.kept(size=snapshot.size_of(files, wanted)) as copy:
        for table, names in wanted.items():
            copy.load_files(table, [files[table]], names)
        yield copy


if __name__ == "__main__":
    raise SystemExit(main())
