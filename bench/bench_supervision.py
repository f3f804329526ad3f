"""Measure the night's run: all models over one and over ten million payments.

Rows are made once, outside the repository (`SANZI_BENCH_CACHE`), and loaded as the night loads
them: the columns that models name, into a file of the scan's own. Every size runs in a process
of its own, so that its peak is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import supervision_last_day
from measure import OUT, ROOT, RUNS, Figure, report, scratch

SMALL, LARGE = (int(one) for one in os.environ.get("BENCH_PAYMENTS", "1000000,10000000").split(","))
SCANS_PER_MODEL, PEAK_GB, GROWTH = 10, 4, 1.4
TOLD = 15


def main() -> int:
    """Make the rows, measure both sizes, report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure(int(sys.argv[1]))))
        return 0
    small, large = _in_process(SMALL), _in_process(LARGE)
    growth = (large["models_s"] / LARGE) / (small["models_s"] / SMALL)
    figures = {
        "models": Figure(large["models"]),
        "scan_s": Figure(round(large["scan_s"], 3), unit="s"),
        "models_s": Figure(round(large["models_s"], 1), unit="s"),
        "x_scan_per_model": Figure(
            round(large["models_s"] / (large["models"] * large["scan_s"]), 2), SCANS_PER_MODEL
        ),
        "peak_gb": Figure(round(large["peak_gb"], 2), PEAK_GB, "GB"),
        "load_s": Figure(round(large["load_s"], 1), unit="s"),
        "growth": Figure(round(growth, 2), GROWTH),
        "findings": Figure(large["findings"]),
        "failed": Figure(len(large["errors"]), 0),
    }
    figures |= supervision_last_day.figures(SMALL)
    notes = {
        "payments": LARGE, "slowest": large["slowest"], "loudest": large["loudest"],
        "small": {key: small[key] for key in ("models_s", "scan_s", "load_s", "peak_gb")},
    }  # fmt: skip
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "supervision_rows.json").write_text(json.dumps(large["rows"], indent=1) + "\n")
    for line in large["errors"]:
        print(line)
    return report("supervision", figures, notes)


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
    import supervision_rows
    from sanzi.record import engine, snapshot
    from sanzi.supervision import catalogue

    folder = _cache() / f"supervision-{payments}-v{supervision_rows.VERSION}"
    rows = supervision_rows.write(folder, payments)
    models = catalogue.at_gate("nightly")
    wanted = snapshot.columns_of(engine.check(one.sql) for one in models)
    with snapshot.kept() as copy:
        start = time.perf_counter()
        for table, columns in wanted.items():
            copy.load(table, _read(folder / f"{table}.parquet", columns))
        load_s = time.perf_counter() - start
        scan_s = _scan(copy, wanted["payment"])
        found, models_s, taken = _night(copy, models)
    return {
        "rows": {name: rows[name] for name in wanted},
        "load_s": load_s, "scan_s": scan_s, "models": len(models), "models_s": models_s,
        "findings": len(found.findings), "errors": found.errors,
        "loudest": dict(Counter(key[0] for key in found.findings).most_common(TOLD)),
        "slowest": dict(sorted(taken.items(), key=lambda one: -one[1])[:TOLD]),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }  # fmt: skip


def _night(copy: Any, models: list[Any]) -> tuple[Any, float, dict[str, float]]:
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

    rules.find = timed
    start = time.perf_counter()
    found = nightly.ask(models, copy.sessions(nightly.AT_ONCE), at=at, overrides=[])
    seconds = time.perf_counter() - start
    rules.find = find
    return found, seconds, taken


def _scan(copy: Any, columns: tuple[str, ...]) -> float:
    """Return the seconds of one look at all columns of payments that models read."""
    hashes = ", ".join(f"SUM(HASH({one})) AS {one}" for one in columns)
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        copy.ask(f"SELECT {hashes} FROM stg_payment")
        taken.append(time.perf_counter() - start)
    return median(taken)


def _read(file: Path, columns: tuple[str, ...]) -> Iterator[Any]:
    from pyarrow.parquet import ParquetFile

    yield from ParquetFile(file).iter_batches(122_880, columns=list(columns))


def _cache() -> Path:
    named = os.environ.get("SANZI_BENCH_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "sanzi-bench"


if __name__ == "__main__":
    raise SystemExit(main())
