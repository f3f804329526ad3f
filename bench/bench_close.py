"""Close a month of all books of the county, and print a township's statements.

    make bench-close
    python bench/bench_close.py --villages 12

`close_s` is the whole program `sanzi close-month` over every book, its bar in a measure's log;
`town_pdf_s` a process that makes all statements of one township's books as PDF. The county is
written and imported before the clock runs, its history ending with the month that is closed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from measure import Figure, Ran, report, run, sanzi, scratch

VILLAGES, MONTHS, UNTIL = 417, 24, "2026-10-31"
CLOSE_LIMIT_S, PDF_LIMIT_S = 300, 60
CLOSED_LEAST = 0.99
"""At least so much of the books must close, or the run measured refusals."""

CLOSE = """
import sys
from sanzi.interfaces.cli.main import main
main(["close-month", sys.argv[1], "--json", "--with-plans"])
"""
TOWN = """
import json, sys
import django
django.setup()
from sanzi.kernel import clock
from sanzi.ledger import queries
from sanzi.ledger.actions import papers
from sanzi.orgs.actors import SYSTEM
first = queries.books(by=SYSTEM)[0].division_code[:9]
books = [one for one in queries.books(by=SYSTEM) if one.division_code.startswith(first)]
made = papers.township_pdf(
    by=SYSTEM, at=clock.now(), division_code=f"{first}000", period=sys.argv[1]
)
print(json.dumps({"town_books": len(books), "town_pdf_bytes": len(made.data)}))
"""


def import_county(folder: Path, villages: int, months: int, environment: dict[str, str]) -> None:
    """Write the county and import it; its last month is open."""
    size = ["--villages", str(villages), "--months", str(months), "--until", UNTIL]
    run(sanzi("demo-county", str(folder), *size), environment)
    run(sanzi("migrate"), environment)
    run(sanzi("import", str(folder)), environment)


def ran(program: str, environment: dict[str, str]) -> tuple[Ran, dict[str, object]]:
    """Run a small program with the month, and return it with what its last line says."""
    done = run([sys.executable, "-c", program, UNTIL[:7]], environment)
    said: dict[str, object] = json.loads(done.output.strip().splitlines()[-1])
    return done, said


def main() -> int:
    """Measure and report; 1 when a limit is broken or books were refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=VILLAGES)
    parser.add_argument("--months", type=int, default=MONTHS)
    options = parser.parse_args()
    with scratch() as folder:
        environment = {
            "SANZI_ENV": "demo",
            "SANZI_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        }
        import_county(folder / "county", options.villages, options.months, environment)
        closed, told = ran(CLOSE, environment)
        printed, paper = ran(TOWN, environment)
    refused = told["refused"]
    assert isinstance(refused, list)
    number = int(str(told["closed"])) + len(refused)
    figures = {
        "close_s": Figure(round(closed.seconds, 2), CLOSE_LIMIT_S, "s"),
        "town_pdf_s": Figure(round(printed.seconds, 2), PDF_LIMIT_S, "s"),
        "close_peak_mb": Figure(round(closed.peak_mb, 1), None, "MB"),
        "refused_share": Figure(round(len(refused) / max(number, 1), 4), 1 - CLOSED_LEAST),
    }
    for one in refused[:5]:
        print(f"{one['organisation']}: {one['sentence']}", file=sys.stderr)
    return report("close", figures, {"books": number, "month": UNTIL[:7], **paper})


if __name__ == "__main__":
    sys.exit(main())
