"""Measure the cockpit of a whole county: how long the server works on its pages.

A small county is written, imported and counted; its villages' sums are then laid under as many
villages as a county has and rolled up, so that the tables hold what a county's hold. Pages are
asked for as an officer of the county gets them, templates and pictures included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from measure import ROOT, RUNS, Figure, middle, report, run, sanzi, scratch

VILLAGES = int(os.environ.get("COCKPIT_VILLAGES", "417"))
MONTHS = int(os.environ.get("COCKPIT_MONTHS", "12"))
SEED_VILLAGES, TOWN_SIZE = 2, 23
UNTIL = "2026-11-20"
COUNTY_MAX, WALL_MAX, PANEL_MAX = 300.0, 300.0, 300.0


def main() -> int:
    """Write the county, fill it in a process of its own, report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measured()))
        return 0
    with scratch() as folder:
        around = {
            "SANZI_ENV": "demo", "SANZI_VAR": str(folder / "var"),
            "SANZI_DATABASE_URL": f"sqlite:///{folder / 'county.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "PYTHONPATH": os.pathsep.join(("src", "bench")),
        }  # fmt: skip
        (folder / "var").mkdir()
        run(sanzi("migrate"), around)
        package = folder / "county"
        run(sanzi("demo-county", str(package), "--villages", str(SEED_VILLAGES),
                  "--months", str(MONTHS), "--until", UNTIL, "--seed", "1"), {})  # fmt: skip
        run(sanzi("import", "--json", str(package)), around)
        done = subprocess.run(
            [sys.executable, __file__, "inside"], env={**os.environ, **around}, check=True,
            stdout=subprocess.PIPE, cwd=Path(ROOT),
        )  # fmt: skip
    found = json.loads(done.stdout)
    figures = {
        "county_ms": Figure(found["county"], COUNTY_MAX, "ms"),
        "wall_ms": Figure(found["wall"], WALL_MAX, "ms"),
        "panel_ms": Figure(found["panel"], PANEL_MAX, "ms"),
        "village_ms": Figure(found["village"], unit="ms"),
        "rows_ms": Figure(found["rows"], unit="ms"),
        "keep_s": Figure(found["keep"], unit="s"),
    }
    return report("cockpit", figures, {
        "villages": VILLAGES, "months": MONTHS, "sums": found["sums"],
        "load": round(os.getloadavg()[0], 1),
    })  # fmt: skip


def _measured() -> dict[str, Any]:
    import django

    django.setup()
    from sanzi.insight.actions import cockpit
    from sanzi.insight.models import CockpitSum
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM

    at = clock.now()
    cockpit.run(at=at, by=SYSTEM)
    keep = _fill(at)
    found = {
        name: _asked(*address)
        for name, address in {
            "county": ("cockpit", "999901000000"),
            "wall": ("cockpit_wall", "999901000000"),
            "panel": ("cockpit_panel", "999901000000", "income_spending"),
            "village": ("cockpit", "999901101201"),
            "rows": ("cockpit_rows", "999901101201", "income_spending"),
        }.items()
    }
    return {**found, "keep": round(keep, 2), "sums": CockpitSum.objects.count()}


def _fill(at: Any) -> float:
    """Lay the sums of the written villages under all; return the seconds that keeping them took."""
    from sanzi.insight.actions import cockpit
    from sanzi.insight.cockpit import catalogue, counting
    from sanzi.insight.indices import rules
    from sanzi.insight.models import CockpitSum
    from sanzi.kernel import clock
    from sanzi.orgs.models import Division

    seeds = [*Division.objects.filter(level="village").order_by("code")]
    codes = [one.code for one in seeds]
    for at_place in range(len(codes), VILLAGES):
        town = f"999901{200 + at_place // TOWN_SIZE:03}"
        Division.objects.get_or_create(
            code=f"{town}000",
            defaults={"name": f"第{at_place // TOWN_SIZE}镇", "level": "town",
                      "parent_code": "999901000000"},
        )  # fmt: skip
        code = f"{town}{201 + at_place % TOWN_SIZE}"
        Division.objects.get_or_create(
            code=code,
            defaults={"name": f"第{at_place}村", "level": "village", "parent_code": f"{town}000"},
        )
        codes.append(code)
    first = rules.first_day(counting.MONTHS, clock.local_date(at))
    began = time.perf_counter()
    for statement in catalogue.statements():
        own = [*CockpitSum.objects.filter(statement=statement, is_rolled=False)]
        rows = [
            {"village_id": code, "month": one.month, "key": one.key, "part": one.part,
             "whole": one.whole, "row_count": one.row_count}
            for place, code in enumerate(codes)
            for one in own
            if one.division_code == seeds[place % len(seeds)].code
        ]  # fmt: skip
        cockpit.keep(statement, counting.rolled(rows, first), at)
    return time.perf_counter() - began


def _asked(name: str, *arguments: str) -> float:
    """Return the median milliseconds of the server for a page, as an officer of the county."""
    from django.test import RequestFactory

    from sanzi.interfaces.office.views import cockpit as views
    from sanzi.kernel import clock
    from sanzi.orgs import queries
    from sanzi.orgs.models import Appointment

    post = Appointment.objects.filter(role_code="county_discipline").select_related("person")[0]
    at = clock.now()
    view = getattr(views, {"cockpit": "page"}.get(name, name.removeprefix("cockpit_")))
    times = []
    for _ in range(RUNS + 1):
        request: Any = RequestFactory().get("/")
        request.at, request.actor = at, queries.actor_of_person(post.person_id, at)
        request.user = type("Nobody", (), {"pk": 1, "is_authenticated": True})()
        request.session = {}
        began = time.perf_counter()
        answer = view.__wrapped__.__wrapped__(request, *arguments)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.status_code
    return middle(times[1:])


if __name__ == "__main__":
    sys.exit(main())
