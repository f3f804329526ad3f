"""Measure the books against hledger, ledger and beancount: seconds, memory, and every cell.

The county is written, imported and exported before anything is timed. Then, whole processes:
`sanzi totals --json` (opening, debit, credit and closing of every account of every book at every
month's end, summed from the voucher lines) against hledger's two reports on the whole journal
that hold the same: balances at the months' ends (opening and closing) and the debits of the
months; credits follow from both. And one trial balance over all voucher lines: ours in process on
a warm connection, theirs as whole processes. Cells are compared one by one.

SANZI_BENCH_VILLAGES and SANZI_BENCH_MONTHS make it smaller.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from measure import ROOT, RUNS, Figure, Ran, middle, postgres, report, run, sanzi, scratch
from sanzi.ledger.exports.names import book_part

VILLAGES = int(os.environ.get("SANZI_BENCH_VILLAGES", "417"))
MONTHS = int(os.environ.get("SANZI_BENCH_MONTHS", "24"))
UNTIL = "2026-11-20"
UTF8 = {"LC_ALL": "C.UTF-8"}
SPEEDUP_ALL, MEMORY, HLEDGER, LEDGER, BEANCOUNT, ONE_BOOK_MS = 25, 0.1, 40, 7, 75, 5
ONE_BOOK_ROUNDS = 40
FULL = (417, 24, 206_553)

Cell = tuple[int, int, int, int]


def main() -> int:
    """Build the county on both engines, measure, compare, report."""
    if sys.argv[1:2] == ["one"]:
        sys.stdout.write(json.dumps(_in_process()))
        return 0
    with scratch() as folder, postgres(folder / "pg") as server:
        package = folder / "county"
        size = ["--villages", str(VILLAGES), "--months", str(MONTHS), "--until", UNTIL]
        run(sanzi("demo-county", str(package), *size), {})
        engines = {
            "sqlite": _loaded(folder / "sqlite", package, None),
            "postgresql": _loaded(folder / "server", package, server),
        }
        journals = _exported(folder, engines["sqlite"])
        return _report(folder, engines, journals)


def _loaded(var: Path, package: Path, database: str | None) -> dict[str, str]:
    """Import the county; return the surroundings in which its database is found."""
    url = database or f"sqlite:///{var / 'sanzi.sqlite3'}"
    told = {"SANZI_ENV": "demo", "SANZI_VAR": str(var), "SANZI_DATABASE_URL": url}
    run(sanzi("migrate"), told)
    run(sanzi("import", "--json", str(package)), told)
    if database is not None:
        import psycopg

        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return told


def _exported(folder: Path, surroundings: Mapping[str, str]) -> dict[str, Path]:
    files = {form: folder / f"books.{form}" for form in ("hledger", "ledger", "beancount")}
    for form, file in files.items():
        run(sanzi("export-books", str(file), "--format", form, "--json"), surroundings)
    return files


def _report(
    folder: Path, engines: Mapping[str, Mapping[str, str]], files: Mapping[str, Path]
) -> int:
    journal = str(files["hledger"])
    ends = ["hledger", "-f", journal, "balance", "-M", "-H", "-N", "-O", "csv"]
    debits = ["hledger", "-f", journal, "balance", "-M", "-N", "-O", "csv", "tag:借"]
    singles = {
        "hledger": ["hledger", "-f", journal, "balance", "--flat", "-N", "-O", "csv"],
        "ledger": ["ledger", "-f", str(files["ledger"]), "balance", "--flat", "--no-total"],
        # It reads, books and checks the file, the least that a trial balance needs.
        "beancount": [str(_bean_check()), "--no-cache", str(files["beancount"])],
    }
    print("\n".join(" ".join(one) for one in (ends, debits, *singles.values())), flush=True)
    theirs_ends, theirs_debits = _timed(ends, UTF8), _timed(debits, UTF8)
    peers = {name: _timed(command, UTF8) for name, command in singles.items()}
    ours = {name: _timed(sanzi("totals", "--json"), told) for name, told in engines.items()}
    inside = {name: _ours_in_process(told) for name, told in engines.items()}
    hledger_s = _seconds(theirs_ends) + _seconds(theirs_debits)
    hledger_mb = max(middle([one.peak_mb for one in each]) for each in (theirs_ends, theirs_debits))
    differing = {
        name: _differing(each[-1].output, theirs_ends[-1].output, theirs_debits[-1].output)
        for name, each in ours.items()
    }
    figures = _figures((ours, inside, peers), hledger_s, hledger_mb, differing)
    notes = {
        "vouchers": inside["sqlite"]["vouchers"],
        "lines": inside["sqlite"]["lines"],
        "books": inside["sqlite"]["books"],
        "cells": inside["sqlite"]["cells"],
        "villages": VILLAGES,
        "months": MONTHS,
        "runs": RUNS,
        "engines": "sqlite WAL synchronous=FULL; postgresql fsync on, synchronous_commit on",
        "commands": [" ".join(one).replace(str(folder), "…") for one in
                     (ends, debits, sanzi("totals", "--json")[1:], *singles.values())],
    }  # fmt: skip
    if FULL[:2] == (VILLAGES, MONTHS):
        figures["vouchers"] = Figure(float(inside["sqlite"]["vouchers"]), floor=FULL[2])
    return report("ledger", figures, notes)


def _figures(
    measured: tuple[
        Mapping[str, Sequence[Ran]], Mapping[str, Mapping[str, float]], Mapping[str, Sequence[Ran]]
    ],
    hledger_s: float,
    hledger_mb: float,
    differing: Mapping[str, int],
) -> dict[str, Figure]:
    ours, inside, peers = measured
    wanted = {"hledger": HLEDGER, "ledger": LEDGER, "beancount": BEANCOUNT}
    figures: dict[str, Figure] = {}
    for engine in ours:
        tail = "" if engine == "sqlite" else f"_{engine}"
        is_held = engine == "sqlite"  # the peers read a file; the server's figures are told only
        seconds, single = _seconds(ours[engine]), inside[engine]["trial_s"]
        memory = middle([one.peak_mb for one in ours[engine]])
        figures |= {
            f"speedup_vs_hledger_all_books{tail}": Figure(
                round(hledger_s / seconds, 1), None, "x", SPEEDUP_ALL if is_held else None
            ),
            f"memory_ratio_vs_hledger{tail}": Figure(round(memory / hledger_mb, 4), MEMORY),
            f"differing_cells{tail}": Figure(differing[engine], 0),
            **{
                f"speedup_vs_{name}_single{tail}": Figure(
                    round(_seconds(peers[name]) / single, 1), None, "x", floor if is_held else None
                )
                for name, floor in wanted.items()
            },
            f"one_book_ms{tail}": Figure(inside[engine]["one_book_ms"], ONE_BOOK_MS, "ms"),
            f"all_books_s{tail}": Figure(seconds, unit="s"),
            f"all_books_peak_mb{tail}": Figure(memory, unit="MB"),
            f"trial_balance_ms{tail}": Figure(round(single * 1000, 1), unit="ms"),
        }
    figures["hledger_all_books_s"] = Figure(round(hledger_s, 3), unit="s")
    figures["hledger_peak_mb"] = Figure(hledger_mb, unit="MB")
    for name, each in peers.items():
        figures[f"{name}_single_s"] = Figure(_seconds(each), unit="s")
    return figures


def _timed(command: Sequence[str], surroundings: Mapping[str, str]) -> list[Ran]:
    return [run(command, surroundings) for _ in range(RUNS)]


def _seconds(each: Sequence[Ran]) -> float:
    return middle([one.seconds for one in each])


def _bean_check() -> Path:
    file = ROOT / "build" / "peers" / "bin" / "bean-check"
    if not file.exists():
        raise SystemExit("bean-check is missing: run make peers")
    return file


def _differing(ours: str, ends: str, debits: str) -> int:
    """Count the cells of ours that hledger's two tables do not hold, and theirs that we lack."""
    closing, moved = _table(ends), _table(debits)
    wrong, seen = 0, set()
    for line in ours.splitlines():
        book = json.loads(line)
        for code, cells in book["accounts"].items():
            key = (book_part(book["org"]), code)
            seen.add(key)
            before = cells["opening"][0]
            for place, month in enumerate(book["months"]):
                after = closing.get(key, {}).get(month, 0)
                debit = moved.get(key, {}).get(month, 0)
                theirs = (before, debit, before + debit - after, after)
                mine = tuple(
                    cells[name][place] for name in ("opening", "debit", "credit", "closing")
                )
                wrong += sum(one != other for one, other in zip(mine, theirs, strict=True))
                before = after
    lacking = [key for key in (*closing, *moved) if key not in seen]
    return wrong + len(lacking) * MONTHS


def _table(text: str) -> dict[tuple[str, str], dict[str, int]]:
    """Return hledger's table as fen by (body, account code) and month."""
    rows = csv.reader(text.splitlines())
    months = [_month(cell) for cell in next(rows)[1:]]
    found: dict[tuple[str, str], dict[str, int]] = {}
    for name, *cells in rows:
        parts = name.split(":")
        key = (parts[1], parts[-1].split("-")[0])
        found[key] = {month: _fen(cell) for month, cell in zip(months, cells, strict=True)}
    return found


def _month(cell: str) -> str:
    return cell[:7]


def _fen(cell: str) -> int:
    number = cell.removesuffix(" CNY").replace(".", "")
    return int(number) if "." in cell else int(number) * 100


def _ours_in_process(surroundings: Mapping[str, str]) -> dict[str, float]:
    environment = {
        **os.environ, **surroundings, "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "bench"))),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, "one"], env=environment, check=True, stdout=subprocess.PIPE
    )
    return dict(json.loads(done.stdout))


def _in_process() -> dict[str, float]:
    """Measure inside the application: the trial balance of all lines, and of single books."""
    import django

    django.setup()
    from sanzi.ledger import queries
    from sanzi.ledger.exports import sums
    from sanzi.ledger.models import Voucher, VoucherLine
    from sanzi.ledger.queries import month_ends
    from sanzi.orgs.actors import SYSTEM

    books = queries.books(by=SYSTEM)
    some = books[:: max(1, len(books) // ONE_BOOK_ROUNDS)][:ONE_BOOK_ROUNDS]
    last = UNTIL[:7]

    def one(place: int) -> object:
        org = some[place % len(some)].org_ext_id
        return queries.trial_balance(by=SYSTEM, org_ext_id=org, period=last)

    whole = _each(lambda _: sums.trial_balance_of_all(month_ends.source()), RUNS)
    singles = _each(one, ONE_BOOK_ROUNDS)
    ends = sums.month_ends(month_ends.source())
    cells = sum(4 * len(book.months) * len(book.accounts) for book in ends)
    return {
        "trial_s": whole,
        "one_book_ms": round(singles * 1000, 3),
        "vouchers": Voucher.objects.count(),
        "lines": VoucherLine.objects.count(),
        "books": len(books),
        "cells": cells,
    }


def _each(work: Callable[[int], object], rounds: int) -> float:
    """Return the median seconds of the work, once warmed up."""
    work(0)
    taken = []
    for place in range(rounds):
        start = time.perf_counter()
        work(place)
        taken.append(time.perf_counter() - start)
    return median(taken)


if __name__ == "__main__":
    sys.exit(main())
