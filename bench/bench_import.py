"""Measure `sanzi import` on a package of 100,000 transactions: seconds and peak memory.

The package is written once; each run migrates an empty database and imports it whole, in one
transaction, with the durability of production (SQLite: WAL, synchronous=FULL).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from measure import RUNS, Figure, middle, report, run, sanzi, scratch

TRANSACTIONS = 100_000
SECONDS_MAX, MEGABYTES_MAX = 60, 500
VILLAGES, MONTHS = 300, 24


def lines(file: Path) -> int:
    """Return the rows of a CSV file, its header not counted."""
    with file.open("rb") as source:
        return sum(1 for _ in source) - 1


def main() -> int:
    """Write the package, import it `RUNS` times, report."""
    with scratch() as folder:
        package = folder / "county"
        run(
            sanzi(
                "demo-county",
                str(package),
                "--villages",
                str(VILLAGES),
                "--months",
                str(MONTHS),
                "--until",
                "2026-11-20",
            ),
            {},
        )
        count = lines(package / "payment.csv") + lines(package / "receipt.csv")
        seconds, peaks = [], []
        for number in range(RUNS):
            surroundings = {"SANZI_ENV": "demo", "SANZI_VAR": str(folder / f"var{number}")}
            run(sanzi("migrate"), surroundings)
            took = run(sanzi("import", "--json", str(package)), surroundings)
            loaded = json.loads(took.output)["payment"]["added"]
            assert loaded == lines(package / "payment.csv"), "not everything came in"
            seconds.append(took.seconds)
            peaks.append(took.peak_mb)
        scale = TRANSACTIONS / count
        return report(
            "import",
            {
                "import_100k_s": Figure(middle([one * scale for one in seconds]), SECONDS_MAX, "s"),
                "import_peak_mb": Figure(middle(peaks), MEGABYTES_MAX, "MB"),
            },
            {
                "engine": "sqlite WAL synchronous=FULL",
                "transactions": count,
                "runs": RUNS,
                "seconds_all": middle(seconds),
            },
        )


if __name__ == "__main__":
    sys.exit(main())
