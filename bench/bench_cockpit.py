"""Measure the cockpit of a whole county and of a province: how long the server works on pages.

A small county is written, imported and counted; its villages' sums are then laid under as many
villages as a county has and rolled up, so that the tables hold what a county's hold. Pages are
asked for as an officer of the county gets them, templates and pictures included. Then the county
is laid under fifty, with all their towns and villages, as a province has taken them from a lake.
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
COUNTIES = int(os.environ.get("COCKPIT_COUNTIES", "50"))
COUNTY_MAX, WALL_MAX, PANEL_MAX, PROVINCE_MAX = 300.0, 300.0, 300.0, 500.0
COUNTY, CITY, PROVINCE = "999901000000", "999900000000", "990000000000"


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
        "province_ms": Figure(found["province"], PROVINCE_MAX, "ms"),
        "city_ms": Figure(found["city"], PROVINCE_MAX, "ms"),
        "lake_county_ms": Figure(found["lake_county"], COUNTY_MAX, "ms"),
    }
    return report("cockpit", figures, {
        "villages": VILLAGES, "months": MONTHS, "sums": found["sums"], "counties": COUNTIES,
        "province_sums": found["province_sums"],
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
    sums = CockpitSum.objects.count()
    _join(at)
    above = {
        name: _asked("cockpit", code, role="province_office")
        for name, code in {"province": PROVINCE, "city": CITY, "lake_county": COUNTY}.items()
    }
    return {**found, **above, "keep": round(keep, 2), "sums": sums,
            "province_sums": CockpitSum.objects.count()}  # fmt: skip


def _join(at: Any) -> None:
    """Lay the county's places and sums under as many counties, as a province has taken them."""
    import dataclasses
    from datetime import date

    from django.conf import settings
    from django.db import connection

    from sanzi.insight.cockpit import catalogue
    from sanzi.insight.models import CockpitSum
    from sanzi.levels import taking
    from sanzi.levels.models import Standing
    from sanzi.orgs.models import Appointment, Organisation, Person
    from sanzi.record.lake.reading import County

    codes = [f"9999{number:02}" for number in range(1, COUNTIES + 1)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM insight_cockpitsum WHERE division_code LIKE '%%00000000'")
        for code in codes[1:]:
            cursor.execute(
                "INSERT INTO orgs_division (code, name, level, parent_code) "
                "SELECT %s || substr(code, 7), name, level, CASE level WHEN 'county' "
                "THEN parent_code ELSE %s || substr(parent_code, 7) END "
                "FROM orgs_division WHERE code LIKE '999901%%'", [code, code],
            )  # fmt: skip
            cursor.execute(
                "INSERT INTO insight_cockpitsum (statement, division_code, is_rolled, month, key, "
                "part, whole, row_count) SELECT statement, %s || substr(division_code, 7), "
                "is_rolled, month, key, part, whole, row_count FROM insight_cockpitsum "
                "WHERE division_code LIKE '999901%%'", [code],
            )  # fmt: skip
    counties = [County(code, f"第{code}县", ()) for code in codes]
    for statement in catalogue.statements():
        taking.keep_above(statement, counties, at)
    Standing.objects.bulk_create(
        Standing(county_code=code, division_code=f"{code}000000", name=code, serial=1, as_of=at,
                 version=1, village_count=VILLAGES, looked_at=at)
        for code in codes
    )  # fmt: skip
    body = Organisation.objects.create(
        ext_id="ABOVE", kind="office", name="省厅", division_id=PROVINCE
    )
    person = Person.objects.create(ext_id="PABOVE", name="某人", division_id=PROVINCE)
    Appointment.objects.create(
        ext_id="TABOVE", person=person, organisation=body, role_code="province_office",
        start_date=date(2026, 1, 1), document_ref="任",
    )  # fmt: skip
    settings.SANZI = dataclasses.replace(settings.SANZI, lake_counties=Path("counties.yaml"))
    assert CockpitSum.objects.filter(division_code=PROVINCE).exists()


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


def _asked(name: str, *arguments: str, role: str = "county_discipline") -> float:
    """Return the median milliseconds of the server for a page, as an officer of a role."""
    from django.test import RequestFactory

    from sanzi.interfaces.office.views import cockpit as views
    from sanzi.kernel import clock
    from sanzi.orgs import queries
    from sanzi.orgs.models import Appointment

    post = Appointment.objects.filter(role_code=role).select_related("person")[0]
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
