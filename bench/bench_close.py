"""Close a month of all books of the county, and print a township's statements.

    make bench-close
    python bench/bench_close.py --villages 417 --months 24

`close_s` is the whole program `sanzi close-month` over every book; `town_pdf_s` all statements
of one township's books as PDF. The county is written and imported before the clock runs; the
month closed is the last whole one, whose books are opened for it before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from measure import Figure, Ran, report, run, sanzi, scratch

ROOT = Path(__file__).resolve().parents[1]
CLOSE_LIMIT_S, PDF_LIMIT_S = 300, 60
SHARE_CLOSED = 0.99
"""At least so many books must close, or the run measured refusals."""

OPEN = """
import django; django.setup()
from django.db import connection
from sanzi.ledger.models import Book, Period
from django.db.models import Max
with connection.cursor() as cursor:
    # The history ends in the month that runs: its books have every month before closed.
    last = Period.objects.filter(closed_at__isnull=False).aggregate(last=Max("period"))["last"]
    cursor.execute("SELECT COUNT(*) FROM ledger_book")
    print(last, cursor.fetchone()[0])
"""


def main() -> int:
    """Measure and report; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=417)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 10, 31))
    options = parser.parse_args()
    with scratch() as folder:
        environment = {"SANZI_VAR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": SETTINGS}
        period = f"{options.until:%Y-%m}"
        county(folder / "county", options, environment)
        closed = close(period, environment)
        figures = {"close_s": Figure(round(closed.seconds, 2), CLOSE_LIMIT_S, "s")}
        told = json.loads(closed.output)
        books = told["closed"] + len(told["refused"])
        notes: dict[str, object] = {
            "books": books,
            "closed": told["closed"],
            "peak_mb": round(closed.peak_mb),
        }
        printed = town(period, environment)
        if printed is not None:
            figures["town_pdf_s"] = Figure(round(printed.seconds, 2), PDF_LIMIT_S, "s")
            notes |= json.loads(printed.output.strip().splitlines()[-1])
        if told["closed"] < books * SHARE_CLOSED:
            print(f"only {told['closed']} of {books} books closed", file=sys.stderr)
            report("close", figures, notes)
            return 1
        return report("close", figures, notes)


SETTINGS = "sanzi.config.settings"


def county(folder: Path, options: argparse.Namespace, environment: dict[str, str]) -> None:
    """Write the county until the month's last day and import it; that month stays open."""
    subprocess.run(
        [sys.executable, "-c", WRITE, str(folder), str(options.villages), str(options.months),
         options.until.isoformat()],
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )  # fmt: skip
    run(sanzi("migrate"), environment)
    run(sanzi("import", str(folder)), environment)


WRITE = """
import sys
from datetime import date
from pathlib import Path
from sanzi_county.county import write_county
folder, villages, months, until = sys.argv[1:]
write_county(Path(folder), villages=int(villages), months=int(months),
             until=date.fromisoformat(until), seed=7)
"""


def close(period: str, environment: dict[str, str]) -> Ran:
    """Run the command over all books; refused ones make it end with 1, which is told."""
    command = [sys.executable, "-c", CLOSE, period]
    return run(command, environment)


CLOSE = """
import sys
from sanzi.interfaces.cli.main import main
main(["close-month", sys.argv[1], "--json"])
"""


def town(period: str, environment: dict[str, str]) -> Ran | None:
    """Print all statements of the first township, when the house can."""
    return run([sys.executable, "-c", TOWN, period], environment)


TOWN = """
import json, sys
import django; django.setup()
from sanzi.kernel import clock
from sanzi.ledger import queries
from sanzi.ledger.actions import papers
from sanzi.orgs.actors import SYSTEM
period = sys.argv[1]
books = queries.books(by=SYSTEM)
first = books[0].division_code[:9]
few = [one for one in books if one.division_code.startswith(first)][:40]
size = 0
for one in few:
    made = papers.take_statements(by=SYSTEM, at=clock.now(), org_ext_id=one.org_ext_id,
                                  period=period, form="pdf")
    size += len(made.data)
print(json.dumps({"pdf_books": len(few), "pdf_bytes": size}))
"""


if __name__ == "__main__":
    sys.exit(main())
