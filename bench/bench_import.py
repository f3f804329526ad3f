"""Measure `sanzi import` on a package of 100,000 transactions: seconds and peak memory.

The package is written once; each run migrates an empty database and imports it whole, in one
transaction, with the durability of production: SQLite (WAL, synchronous=FULL), and PostgreSQL
(fsync and synchronous_commit on), whose server's own memory and time are not in the figures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from measure import Figure, Ran, middle, postgres, report, run, sanzi, scratch

TRANSACTIONS = 100_000
SECONDS_MAX, MEGABYTES_MAX = 60, 500
VILLAGES, MONTHS = 300, 24
RUNS = 5


def lines(file: Path) -> int:
    """Return the rows of a CSV file, its header not counted."""
    with file.open("rb") as source:
        return sum(1 for _ in source) - 1


def import_into(var: Path, package: Path, database: str | None = None) -> Ran:
    """Import the package into an empty database: a file in `var` unless one is named."""
    surroundings = {"SANZI_ENV": "demo", "SANZI_VAR": str(var)}
    if database is not None:
        surroundings["SANZI_DATABASE_URL"] = database
    run(sanzi("migrate"), surroundings)
    took = run(sanzi("import", "--json", str(package)), surroundings)
    loaded = json.loads(took.output)["payment"]["added"]
    assert loaded == lines(package / "payment.csv"), "not everything came in"
    return took


def write_package(package: Path) -> int:
    """Write the county; return its payments and receipts."""
    size = ["--villages", str(VILLAGES), "--months", str(MONTHS), "--until", "2026-11-20"]
    run(sanzi("demo-county", str(package), *size), {})
    return lines(package / "payment.csv") + lines(package / "receipt.csv")


def seconds_per_100k(took: Sequence[Ran], transactions: int) -> float:
    """Return the median seconds, scaled from the package's size."""
    return middle([one.seconds * TRANSACTIONS / transactions for one in took])


def main() -> int:
    """Write the package, import it `RUNS` times into each engine, report."""
    with scratch() as folder:
        package = folder / "county"
        count = write_package(package)
        sqlite, server = [], []
        for number in range(RUNS):
            sqlite.append(import_into(folder / f"sqlite{number}", package))
            with postgres(folder / f"cluster{number}") as database:
                server.append(import_into(folder / f"server{number}", package, database))
    return report(
        "import",
        {
            "import_100k_s": Figure(seconds_per_100k(sqlite, count), SECONDS_MAX, "s"),
            "import_peak_mb": Figure(middle([one.peak_mb for one in sqlite]), MEGABYTES_MAX, "MB"),
            "import_100k_postgresql_s": Figure(seconds_per_100k(server, count), None, "s"),
            "import_peak_postgresql_mb": Figure(
                middle([one.peak_mb for one in server]), None, "MB"
            ),
        },
        {
            "engine": "sqlite WAL synchronous=FULL; postgresql fsync on, synchronous_commit on",
            "transactions": count,
            "runs": RUNS,
            "seconds_all": middle([one.seconds for one in sqlite]),
            "cpu_seconds_all": middle([one.cpu_seconds for one in sqlite]),
            "postgresql_seconds_all": middle([one.seconds for one in server]),
            "postgresql_client_cpu_seconds_all": middle([one.cpu_seconds for one in server]),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
