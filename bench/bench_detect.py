"""Measure detection: schemes planted with an answer sheet, beside lawful tellings that look alike.

A county with every scheme is written and imported, a seed at a time. Then its events replay in
time order: the gates judge the planted cases, the look-alikes and 2,000 drawn lawful payments,
each on the record as it stood at that moment; the nights run at the end of each month and at the
end. A scheme is found when a verdict or an alert names one of its rows or their case; one by a
model that also speaks of a look-alike of the scheme does not count. It is stopped when a gate
blocks or holds one of its cases before the money left or the seal fell.
The worst seed counts.

`bench_detect.py --seed N` measures one seed only. DETECT_VILLAGES, DETECT_DRAWN make it smaller.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from measure import Figure, report, run, sanzi, scratch

SEEDS = (1, 2, 3)
VILLAGES = int(os.environ.get("DETECT_VILLAGES", "20"))
MONTHS = int(os.environ.get("DETECT_MONTHS", "12"))
DRAWN = int(os.environ.get("DETECT_DRAWN", "2000"))
UNTIL = "2026-11-20"
SECOND = timedelta(seconds=1)
STOPS = ("block", "hold")
STOPPED_SHARE, FALSE_MAX = 60, 2


def main() -> int:
    """Measure each seed in a process of its own, as many at once as fit; report the worst."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    parser.add_argument("--one", type=Path)
    options = parser.parse_args()
    if options.one:
        options.one.with_suffix(".json").write_text(
            json.dumps(measured(options.one, options.seed), ensure_ascii=False), encoding="utf-8"
        )
        return 0
    with scratch() as folder:
        empty = folder / "empty.sqlite3"
        run(sanzi("migrate"), _surroundings(folder, empty))
        seeds = SEEDS if options.seed is None else (options.seed,)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            told = dict(zip(seeds, pool.map(partial(_seed, folder, empty), seeds), strict=True))
    return _report(told)


def _surroundings(folder: Path, database: Path) -> dict[str, str]:
    return {"SANZI_ENV": "demo", "SANZI_VAR": str(folder / "var"),
            "SANZI_DATABASE_URL": f"sqlite:///{database}",
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "PYTHONPATH": os.pathsep.join(("src", "bench"))}  # fmt: skip


def _seed(folder: Path, empty: Path, seed: int) -> dict[str, Any]:
    package, database = folder / f"county{seed}", folder / f"county{seed}.sqlite3"
    shutil.copy(empty, database)
    surroundings = _surroundings(folder, database)
    run(sanzi("demo-county", str(package), "--villages", str(VILLAGES), "--months", str(MONTHS),
              "--until", UNTIL, "--seed", str(seed), "--schemes", str(seed)), {})  # fmt: skip
    run(sanzi("import", "--json", str(package)), surroundings)
    subprocess.run(
        [sys.executable, __file__, "--one", str(package), "--seed", str(seed)],
        env={**os.environ, **surroundings}, check=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    told = json.loads(package.with_suffix(".json").read_text(encoding="utf-8"))
    shutil.rmtree(package)
    database.unlink()
    return dict(told)


def _report(told: Mapping[int, dict[str, Any]]) -> int:
    for seed, one in told.items():
        _print(seed, one)
    schemes = min(len(one["schemes"]) for one in told.values())
    found = min(sum(bool(s["found"]) for s in one["schemes"]) for one in told.values())
    stopped = min(sum(bool(s["stopped"]) for s in one["schemes"]) for one in told.values())
    false = max(one["false_alarms"] * 1000 / one["lawful_cases"] for one in told.values())
    days = max(
        (s["days"] for one in told.values() for s in one["schemes"] if s["found"]), default=0
    )
    figures = {
        "schemes": Figure(schemes, floor=40),
        "found": Figure(found, floor=schemes),
        "stopped_before_payment": Figure(stopped, floor=schemes * STOPPED_SHARE / 100),
        "false_alarms_per_1000_cases": Figure(round(false, 2), FALSE_MAX),
        "days_to_alert_most": Figure(days, unit="days"),
        "lawful_cases": Figure(min(one["lawful_cases"] for one in told.values())),
        "look_alikes": Figure(min(one["look_alikes"] for one in told.values())),
    }
    notes = {"seeds": ", ".join(map(str, told)), "villages": VILLAGES, "months": MONTHS,
             "drawn": DRAWN}  # fmt: skip
    code = report("detect", figures, notes)
    file = Path(__file__).parent / "out" / "detect.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["seeds"] = told
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return code


def _print(seed: int, one: dict[str, Any]) -> None:
    print(f"seed {seed}")
    for scheme in one["schemes"]:
        said = "found " if scheme["found"] else "MISSED"
        stop = "stopped" if scheme["stopped"] else "       "
        day = f"{scheme['days']:3d} d" if scheme["found"] else "     "
        print(f"  {said} {stop} {day}  {scheme['key']:28s} {', '.join(scheme['found'])}")
    for alarm in one["alarms"]:
        print(f"  false alarm: {alarm}")


@dataclass
class Telling:
    """The rows of a scheme or a look-alike, with the moment of each act, and their cases."""

    scheme: str
    turn: int
    why: str
    rows: dict[tuple[str, str], datetime] = field(default_factory=dict)
    cases: dict[str, datetime] = field(default_factory=dict)
    acts: dict[str, set[datetime]] = field(default_factory=dict)


@dataclass
class Alert:
    """What was said of a row: by which model, how strongly, when, and whether at a gate."""

    model: str
    severity: str
    row: tuple[str, str]
    case: str
    at: datetime
    gate: str


def measured(package: Path, seed: int) -> dict[str, Any]:
    """Replay an imported package and return what was found, stopped, and said wrongly."""
    import django

    django.setup()
    import replay
    from sanzi.supervision import catalogue

    clock = replay.Clock(replay.births_of(package))
    tellings = _tellings(package)
    drawn = _drawn(package, tellings, seed)
    cases = {case for one in tellings for case in one.cases} | drawn
    paying = {row["case_id"] for row in replay.rows_of(package, "payment")}
    alerts: list[Alert] = []
    with replay.cut_back(clock):
        for (at, gate), turns in itertools.groupby(
            sorted(_asked(package, cases, tellings)), key=itemgetter(0, 1)
        ):
            clock.now = at
            for together in _together([case for *_, case in turns], paying):
                alerts += _at_gate(gate, together, at)
    models = catalogue.at_gate("nightly")
    for at in _nights():
        clock.now = at
        alerts += _alerts(replay.night(clock, models).values(), at, "night")
    return scored(tellings, drawn, alerts)


def _tellings(package: Path) -> list[Telling]:
    import replay

    found: dict[tuple[str, int], Telling] = {}
    for row in replay.rows_of(package / "extras", "schemes"):
        place = (row["scheme"], int(row["turn"]))
        one = found.setdefault(place, Telling(*place, row["why"]))
        one.rows[row["table"], row["row_id"]] = replay.moment(row["acted_at"])
    from sanzi.record import neighbourhood

    rows = [row for one in found.values() for row in one.rows]
    cases = neighbourhood.case_ids_of(rows)
    for one in found.values():
        for row, at in one.rows.items():
            case = row[1] if row[0] == "case" else cases.get(row)
            if case and row[0] not in ("payment", "case"):
                one.acts.setdefault(case, set()).add(at)
            if case:
                one.cases[case] = max(at, one.cases.get(case, at))
    return list(found.values())


def _drawn(package: Path, tellings: list[Telling], seed: int) -> set[str]:
    """Return the cases of so many payments of the ordinary county that nobody planted."""
    import replay

    planted = {row[1] for one in tellings for row in one.rows}
    planted |= {row["payment_id"] for row in replay.rows_of(package / "extras", "answers")}
    wrong = {
        row["case_id"] for row in replay.rows_of(package, "payment") if row["payment_id"] in planted
    }
    lawful = [
        row["case_id"] for row in replay.rows_of(package, "payment") if row["case_id"] not in wrong
    ]
    random.Random(f"drawn {seed}").shuffle(lawful)
    return set(lawful[:DRAWN])


def _asked(
    package: Path, cases: set[str], tellings: list[Telling]
) -> Iterator[tuple[datetime, str, str]]:
    """Return when which gate is asked of which case: as its steps were taken.

    An entry into a register is judged at the gate `approve`, after it was written.
    """
    import replay

    yield from {
        (at, "approve", case) for one in tellings for case, acts in one.acts.items() for at in acts
    }
    for row in replay.rows_of(package, "case"):
        if row["case_id"] in cases and row["submitted_at"]:
            yield replay.moment(row["submitted_at"]), "submit", row["case_id"]
    paid = {
        (replay.moment(row["paid_at"]) - SECOND, "pay", row["case_id"])
        for row in replay.rows_of(package, "payment")
        if row["case_id"] in cases and row["paid_at"]
    }
    yield from paid
    for row in replay.rows_of(package, "seal_use"):
        if row["case_id"] in cases and row["stamped_at"]:
            yield replay.moment(row["stamped_at"]) - SECOND, "seal", row["case_id"]


def _nights() -> list[datetime]:
    """Return two in the morning after each month of the last four, and after the last day."""
    last = datetime.fromisoformat(UNTIL) + timedelta(days=1, hours=2)
    found = [last]
    while len(found) < int(os.environ.get("DETECT_NIGHTS", "4")):
        last = last.replace(day=1) if last.day > 1 else (last - timedelta(days=1)).replace(day=1)
        found.append(last)
    return sorted(found)


def _together(cases: list[str], paying: set[str]) -> list[list[str]]:
    """Return the cases of one moment that pay, as many at once, and every other by itself."""
    pay = [one for one in cases if one in paying]
    return [*([pay] if pay else []), *([one] for one in cases if one not in paying)]


def _at_gate(gate: str, cases: list[str], at: datetime) -> list[Alert]:
    """Ask a gate about the cases of one moment: together, which says of each what it says alone."""
    from sanzi.kernel import clock
    from sanzi.supervision import catalogue
    from sanzi.supervision.actions import precheck

    aware = at.replace(tzinfo=clock.SHANGHAI)
    found = precheck.judge(case_numbers=cases, models=catalogue.at_gate(gate), at=aware)
    return _alerts(found, at, gate)


def _alerts(found: Iterable[Any], at: datetime, gate: str) -> list[Alert]:
    from sanzi.record import neighbourhood

    told = [(one, (one.finding_kind, one.finding_id)) for one in found]
    cases = neighbourhood.case_ids_of({row for _, row in told})
    return [
        Alert(
            one.model.code, one.model.severity, row,
            row[1] if row[0] == "case" else cases.get(row, ""), at, gate,
        )
        for one, row in told
    ]  # fmt: skip


def scored(tellings: list[Telling], drawn: set[str], alerts: list[Alert]) -> dict[str, Any]:
    """Return what alerts say of the schemes and of the lawful, as the report has it."""
    by_row: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    by_case: dict[str, list[Alert]] = defaultdict(list)
    for one in alerts:
        by_row[one.row].append(one)
        if one.case:
            by_case[one.case].append(one)
    schemes, alarms = [], set()
    blind: dict[str, set[str]] = defaultdict(set)
    for telling in sorted(tellings, key=lambda one: -one.turn):
        own = [one for row in telling.rows for one in by_row[row]]
        own += [one for case in telling.cases for one in by_case[case]]
        if telling.turn:
            alarms |= {(one.model, one.row, f"{telling.scheme}: {telling.why}") for one in own}
            blind[telling.scheme] |= {one.model for one in own}
        else:
            told_apart = [one for one in own if one.model not in blind[telling.scheme]]
            schemes.append(_said(telling, told_apart))
    for case in drawn:
        alarms |= {(one.model, one.row, "drawn") for one in by_case[case]}
    look_alikes = {case or f"{one.scheme}.{one.turn}" for one in tellings if one.turn
                   for case in (one.cases or ("",))}  # fmt: skip
    return {
        "schemes": sorted(schemes, key=lambda one: str(one["key"])),
        "false_alarms": len(alarms),
        "alarms": sorted(f"{model} {row[0]} {row[1]} ({why})" for model, row, why in alarms),
        "lawful_cases": len(drawn) + len(look_alikes),
        "look_alikes": len({(one.scheme, one.turn) for one in tellings if one.turn}),
    }


def _said(telling: Telling, own: list[Alert]) -> dict[str, Any]:
    days = [
        max(0, (one.at - (telling.rows.get(one.row) or telling.cases.get(one.case) or one.at)).days)
        for one in own
    ]
    stopped = [
        one for one in own
        if one.gate != "night" and one.severity in STOPS
        and one.at <= telling.cases.get(one.case, one.at)
    ]  # fmt: skip
    return {
        "key": telling.scheme,
        "title": telling.why,
        "found": sorted({one.model for one in own}),
        "stopped": sorted({one.model for one in stopped}),
        "days": min(days, default=0),
    }


if __name__ == "__main__":
    sys.exit(main())
