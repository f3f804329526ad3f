"""Measure many counties: all models over ten million payments of fifty counties in one lake.

Each county's rows are made once, published once and kept outside the repository
(`SANZI_BENCH_CACHE`); the city takes them (every file fetched, its digest and its rows checked),
then asks all models of each county on DuckDB, in a process of its own. Spark is
asked of the smaller size, all counties at once, and what it finds is held row by row against
DuckDB's.
"""

from __future__ import annotations

import filecmp
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import supervision_rows
from measure import ROOT, Figure, report, scratch

SMALL, LARGE = (int(one) for one in os.environ.get("BENCH_PAYMENTS", "1000000,10000000").split(","))
A_COUNTY = int(os.environ.get("BENCH_COUNTY_PAYMENTS", "200000"))
"""Payments of a county of some four hundred villages in two years."""
SPARK = int(os.environ.get("BENCH_SPARK_PAYMENTS", str(SMALL)))
"""Nought leaves Spark out."""
FIRST = 320_501
DUCKDB_S, DUCKDB_GB, GROWTH = 180, 8, 1.4
LIBRARY = ROOT / "build" / "lake"
BATCH = 122_880


def main() -> int:
    """Make the lake, measure both sizes and Spark, report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(STEPS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))))
        return 0
    with scratch() as folder:
        made = _in_process("make", LARGE, folder)
        small, large = (_in_process("duckdb", size, folder) for size in (SMALL, LARGE))
        spark = _spark_beside_duckdb(folder) if SPARK else {}
    growth = (large["models_s"] / large["payments"]) / (small["models_s"] / small["payments"])
    figures = {
        "counties": Figure(large["counties"]),
        "payments": Figure(large["payments"]),
        "models": Figure(large["models"]),
        "duckdb_s": Figure(round(large["models_s"], 1), DUCKDB_S, "s"),
        "duckdb_gb": Figure(round(large["peak_gb"], 2), DUCKDB_GB, "GB"),
        "growth": Figure(round(growth, 2), GROWTH),
        "take_s": Figure(round(large["take_s"], 1), unit="s"),
        "lake_gb": Figure(round(large["lake_gb"], 2), unit="GB"),
        "findings": Figure(large["findings"]),
        "failed": Figure(len(large["errors"]) + len(spark.get("errors", ())), 0),
    }
    if spark:
        figures["spark_equal"] = Figure(int(spark["is_equal"] and spark["findings"] > 0), floor=1)
        figures["spark_s"] = Figure(round(spark["models_s"], 1), unit="s")
    notes = {
        "villages": large["villages"], "rows": large["rows"], "a_county": A_COUNTY,
        "made_s": round(made["seconds"], 1), "cores": os.cpu_count() or 0,
        "duckdb_cpu_s": round(large["cpu_s"], 1),
        "small": {"payments": small["payments"], "models_s": round(small["models_s"], 1)},
        "spark": {
            "payments": SPARK, "counties": spark.get("counties"), "start_s": spark.get("start_s"),
        },
        "errors": [*large["errors"], *spark.get("errors", ())][:10],
    }  # fmt: skip
    return report("lake", figures, notes)


def _spark_beside_duckdb(folder: Path) -> dict[str, Any]:
    """Ask Spark, and DuckDB of the same counties where it was not yet; hold them together."""
    found = _in_process("spark", SPARK, folder)
    if not (folder / f"duckdb-{SPARK}").exists():
        _in_process("duckdb", SPARK, folder)
    is_equal = filecmp.cmp(folder / f"duckdb-{SPARK}", folder / f"spark-{SPARK}", shallow=False)
    return {**found, "is_equal": is_equal}


def counties(payments: int) -> list[str]:
    """Return the codes of the counties of this many payments."""
    return [str(FIRST + number) for number in range(max(payments // A_COUNTY, 1))]


def kept() -> Path:
    """Return the folder of the lake, of the keys and of what the city took."""
    return supervision_rows.kept(f"lake-{A_COUNTY}")


def at() -> datetime:
    """Return the moment of all publications."""
    from sanzi.kernel import clock

    return datetime(2026, 11, 11, 2, 0, tzinfo=clock.SHANGHAI)


def _make(payments: int, _folder: Path) -> dict[str, Any]:
    """Publish the counties that are not in the lake yet."""
    from sanzi.record import extraction
    from sanzi.record.lake import keys, manifest, publishing, stores

    store, start = stores.opened(str(kept() / "lake")), time.perf_counter()
    for code in counties(payments):
        if store.size(manifest.head_path(code)) is not None:
            continue
        with TemporaryDirectory(prefix="rows-", dir=_made(kept())) as place:
            supervision_rows.write(Path(place), A_COUNTY, code)

            def read(
                table: str, columns: tuple[str, ...], place: str = place
            ) -> Iterator[pa.RecordBatch]:
                file = pq.ParquetFile(Path(place) / f"{table}.parquet")
                shape = extraction.arrow_schema(table)
                fields = pa.schema([one for one in shape if one.name in columns])
                for batch in file.iter_batches(BATCH, columns=fields.names):
                    yield batch.cast(fields)

            sender = publishing.Sender(code, keys.signers(kept() / "keys", code), b"k" * 32)
            publishing.publish(store, sender, at=at(), rows=read)
    return {"seconds": time.perf_counter() - start}


def _duckdb(payments: int, folder: Path) -> dict[str, Any]:
    """Take the counties and ask all models of each."""
    from sanzi.supervision.actions import lakes

    found, take_s = _take(payments)
    models = lakes.chosen_models()
    start, cpu = time.perf_counter(), time.process_time()
    scans = lakes.scan_apart(found, models)
    models_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    return {
        **_told(folder / f"duckdb-{payments}", found, scans, models),
        "models_s": models_s, "cpu_s": cpu_s, "take_s": take_s,
    }  # fmt: skip


def _spark(payments: int, folder: Path) -> dict[str, Any]:
    """Ask all models of all counties at once."""
    from sanzi.record.lake import spark
    from sanzi.supervision.actions import lakes

    found, _ = _take(payments)
    models = lakes.chosen_models()
    start = time.perf_counter()
    with spark.session("local[2]", {"spark.driver.memory": f"{DUCKDB_GB}g"}) as running:
        start_s = time.perf_counter() - start
        scans = lakes.scan_together(running, (kept() / "cache").resolve(), found, models)
    return {
        **_told(folder / f"spark-{payments}", found, scans, models),
        "models_s": time.perf_counter() - start, "start_s": round(start_s, 1),
    }  # fmt: skip


def _take(payments: int) -> tuple[list[Any], float]:
    from sanzi.record.lake import keys, reading, stores
    from sanzi.supervision.actions import lakes

    listed = [
        reading.County(
            code, code, tuple(one.verifier for one in keys.signers(kept() / "keys", code))
        )
        for code in counties(payments)
    ]
    store, start = stores.opened(str(kept() / "lake")), time.perf_counter()
    found, refused = lakes.taken(store, listed, kept() / "cache", at=at())
    told = [one.text for one in refused if one.code != "lake.unknown_county"]
    if told:
        raise SystemExit("\n".join(told))
    return found, time.perf_counter() - start


def _told(file: Path, found: list[Any], scans: list[Any], models: list[Any]) -> dict[str, Any]:
    """Write the findings, one a line, and return the counts."""
    with file.open("w", encoding="utf-8") as stream:
        for one in scans:
            for told in one.told():
                stream.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")
    parts = [part for one in found for part in one.manifest.parts]
    rows = {name: sum(p.rows for p in parts if p.table == name) for name in ("payment", "division")}
    return {
        "counties": len(found), "models": len(models), "payments": rows["payment"],
        "villages": rows["division"], "rows": sum(one.rows for one in parts),
        "lake_gb": sum(one.size for one in parts) / 1024**3,
        "findings": sum(len(one.scan.findings) for one in scans),
        "errors": [error for one in scans for error in one.scan.errors],
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }  # fmt: skip


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _in_process(step: str, payments: int, folder: Path) -> dict[str, Any]:
    around = {
        **os.environ, "SANZI_ENV": "demo", "SANZI_VAR": str(folder),
        "SANZI_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join(("src", "bench", str(LIBRARY))),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _RUN, step, str(payments), str(folder)],
        env=around, check=True, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


STEPS = {"make": _make, "duckdb": _duckdb, "spark": _spark}
_RUN = "import django; django.setup(); import bench_lake; bench_lake.main()"


if __name__ == "__main__":
    sys.exit(main())
