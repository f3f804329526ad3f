"""Measure the office with 800,000 cases in PostgreSQL: to-do list, case page, lists, search.

A county of 420 villages and two years; each case has the steps of its tier, one in a hundred is
still on its way. A clerk of a village, an approver of a town and an officer of the county ask in
turn. Then 50 cadres at once, each in a browser of his own, against the web server on the loopback:
they look for one to three seconds between two pages, as people do.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from measure import ROOT, Figure, free_port, postgres, report, scratch

CASES = int(os.environ.get("BENCH_CASES", "800000"))
ASKS = int(os.environ.get("BENCH_ASKS", "60"))
CADRES, LOAD_SECONDS = 50, int(os.environ.get("BENCH_LOAD_SECONDS", "60"))
TOWNS, VILLAGES = 20, 21
PAGE_MAX, LOAD_MAX = 150.0, 1000.0
TITLES = (
    "重阳节慰问金", "路灯电费", "保洁员工资", "后塘路拓宽进度款", "办公用品", "村道养护人工",
    "水渠清淤", "老年食堂食材", "消防器材", "公厕维修", "误工补贴", "会计代理服务费",
)  # fmt: skip
SEARCHES = ("路灯", "清淤", "999901101201-2026-0001", "村3", "慰问金")
ROLES = ("cashier_reporter", "committee_member", "town_agri_head", "town_leader", "county_agri")
STEPS = (
    (1, "handler_signs", "handler"), (2, "upload", "cashier_reporter"),
    (3, "review_fact", "committee_member"), (4, "review_public", "supervision_head"),
    (5, "check_payee", "agency_cashier"), (6, "check_books", "agency_accountant"),
    (7, "approve", "village_secretary"),
)  # fmt: skip


def main() -> int:
    """Fill a database, measure in a process of its own, then under load; report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure(sys.argv[1])))
        return 0
    with scratch() as folder, postgres(folder / "pg") as url:
        pages = _in_process(url, folder, "pages")
        cookies = pages.pop("cookies")
        with _web(url, folder) as address:
            loads, errors = _load(address, cookies)
    cuts = quantiles(loads, n=20)
    figures = {
        **{f"{name}_ms_p50": Figure(value, PAGE_MAX, "ms") for name, value in pages["p50"].items()},
        **{f"{name}_ms_p95": Figure(value, None, "ms") for name, value in pages["p95"].items()},
        "load50_p50_ms": Figure(round(median(loads)), None, "ms"),
        "load50_p95_ms": Figure(round(cuts[18]), LOAD_MAX, "ms"),
        "load50_pages": Figure(len(loads)),
        "errors": Figure(errors, 0),
    }
    notes = {"cases": CASES, "villages": TOWNS * VILLAGES, "cadres": CADRES, "asks": ASKS}
    return report("cases", figures, notes)


def _around(url: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ, "SANZI_ENV": "demo", "SANZI_DATABASE_URL": url, "SANZI_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join(("src", "tests", "bench")),
    }  # fmt: skip


def _in_process(url: str, folder: Path, what: str) -> dict[str, Any]:
    (folder / "static").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, __file__, what],
        env=_around(url, folder), check=True, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _measure(_what: str) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from worlds import village

    world = village.build()
    _fill()
    clients = {role: _client(world.users[role]) for role in ROLES}
    times: dict[str, list[float]] = {}
    for number in range(ASKS):
        role = ROLES[number % len(ROLES)]
        for name, path in _paths(role, number).items():
            times.setdefault(name, []).append(_timed(clients[role], path))
    return {
        "p50": {name: round(median(one), 1) for name, one in times.items()},
        "p95": {name: round(quantiles(one, n=20)[18], 1) for name, one in times.items()},
        "cookies": {role: client.cookies["sessionid"].value for role, client in clients.items()},
    }


def _paths(role: str, number: int) -> dict[str, str]:
    """Return what one officer asks for: page by what is measured."""
    inside = 1 + number * 7 if role in ROLES[:2] else 1 + number * 13_331 % CASES
    village = "999901101201" if role in ROLES[:2] else _village_of(inside)
    if role in ("town_agri_head", "town_leader"):
        village = f"999901101{201 + number % VILLAGES}"
    return {
        "todo": "/office/",
        "case": f"/office/cases/{_number(village, number)}/",
        "list": ("/office/cases/", "/office/cases/?state=SUBMITTED")[number % 2],
        "register": "/office/registers/procurement/",
        "search": f"/office/find/?q={SEARCHES[number % len(SEARCHES)]}",
    }


def _village_of(number: int) -> str:
    town, place = divmod(number % (TOWNS * VILLAGES), VILLAGES)
    return f"9999011{town + 1:02d}{201 + place}"


def _number(village: str, number: int) -> str:
    return f"{village}-2026-{number % max(1, CASES // (TOWNS * VILLAGES)):06d}"


def _timed(client: Any, path: str) -> float:
    start = time.perf_counter()
    answer = client.get(path)
    taken = (time.perf_counter() - start) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return taken


def _client(user: Any) -> Any:
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from django.test import Client

    Authenticator.objects.get_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")}},
    )
    client = Client()
    client.force_login(user)
    session = client.session
    session["second_factor_at"] = time.time()
    session.save()
    return client


def _fill() -> None:
    """Write the county: places by the ORM, cases and steps by the database itself."""
    from django.db import connection
    from django.utils import timezone

    from sanzi.orgs.models import Division, Organisation

    places = [
        (f"9999011{town:02d}000", [f"9999011{town:02d}{201 + n}" for n in range(VILLAGES)])
        for town in range(1, TOWNS + 1)
    ]
    known = set(Division.objects.values_list("code", flat=True))
    made = []
    for town, villages in places:
        made.append(Division(code=town, name=f"镇{town[7:9]}", level="town",
                             parent_code="999901000000"))  # fmt: skip
        made += [
            Division(code=code, name=f"村{code[7:9]}{code[-2:]}", level="village", parent_code=town)
            for code in villages
        ]
    Division.objects.bulk_create(one for one in made if one.code not in known)
    held = set(Organisation.objects.filter(kind="collective").values_list("division_id", flat=True))
    Organisation.objects.bulk_create(
        Organisation(ext_id=f"O-{code}", division_id=code, kind="collective", name=f"{code}合作社")
        for _, villages in places
        for code in villages
        if code not in held
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_CASES, {"count": CASES, "places": TOWNS * VILLAGES, "titles": list(TITLES),
                                "now": timezone.now() - timedelta(hours=1)})  # fmt: skip
        for no, key, role in STEPS:
            cursor.execute(_STEPS, {"no": no, "key": key, "role": role})
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


_CASES = """
WITH place AS (
    SELECT id, division_id, row_number() OVER (ORDER BY division_id) - 1 AS no
    FROM orgs_organisation WHERE kind = 'collective'
)
INSERT INTO matters_case (number, matter_code, matter_version, organisation_id, division_code,
    title, form, amount_fen, tier, state, round, content_digest, decision_ext_id, parties, route,
    created_at, saved_at, submitted_at, closed_at, is_backfilled)
SELECT place.division_id || '-2026-' || lpad((g / %(places)s)::text, 6, '0'), 'M10', '1.0',
    place.id, place.division_id, (%(titles)s::text[])[1 + g %% 12],
    '{"purpose": "日常支出", "method": "transfer"}', 10000 + g %% 900000, 'T0',
    CASE WHEN g %% 100 = 0 THEN 'SUBMITTED' WHEN g %% 100 = 1 THEN 'RETURNED' ELSE 'SETTLED' END,
    1, repeat('d', 64), '', '{}', '{}',
    %(now)s - (g * interval '1 minute' * 1.3), %(now)s, %(now)s - (g * interval '1 minute'),
    CASE WHEN g %% 100 > 1 THEN %(now)s END, false
FROM generate_series(0, %(count)s - 1) g JOIN place ON place.no = g %% %(places)s
"""
_STEPS = """
INSERT INTO matters_casestep (case_id, round, step_no, step_key, role_code, division_code, state,
    opened_at, due_at, acted_at, opinion, reason_code, content_digest, origin, ext_id, line_no)
SELECT id, 1, %(no)s, %(key)s, %(role)s,
    CASE WHEN %(role)s LIKE 'agency%%' THEN left(division_code, 9) || '000' ELSE division_code END,
    CASE WHEN state = 'SUBMITTED' AND %(no)s = 3 THEN 'OPEN' ELSE 'APPROVED' END,
    submitted_at, submitted_at + interval '1 day',
    CASE WHEN state = 'SUBMITTED' AND %(no)s = 3 THEN NULL ELSE submitted_at END,
    '', '', content_digest, '', '', 0
FROM matters_case WHERE state <> 'SUBMITTED' OR %(no)s <= 3
"""


@contextmanager
def _web(url: str, folder: Path) -> Iterator[str]:
    """Run the web server as `make demo` does, and give its address."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "sanzi.config.wsgi:application", "--preload",
        "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2",
        "--threads", "4", "--keep-alive", "75", "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    around = {**_around(url, folder), "SANZI_PUBLIC_URL": address}
    server = subprocess.Popen(command, env=around, cwd=ROOT)
    try:
        for _ in range(300):
            try:
                httpx.get(f"{address}/office/", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _asked(browser: httpx.Client, address: str) -> bool:
    """Ask for a page; return whether it came."""
    try:
        answer = browser.get(address)
    except httpx.TransportError:
        return False
    return answer.status_code == 200


def _load(address: str, cookies: dict[str, str]) -> tuple[list[float], int]:
    """Let the cadres work for a minute; return the milliseconds of every page, and errors."""
    taken: list[float] = []
    errors = 0
    lock = threading.Lock()
    until = time.monotonic() + LOAD_SECONDS

    def cadre(place: int) -> None:
        nonlocal errors
        chance = random.Random(place)
        role = ROLES[place % len(ROLES)]
        number = place
        time.sleep(chance.uniform(0, 3))
        with httpx.Client(cookies={"sessionid": cookies[role]}, timeout=30) as browser:
            while time.monotonic() < until:
                for path in _paths(role, number).values():
                    start = time.perf_counter()
                    is_right = _asked(browser, address + path)
                    spent = (time.perf_counter() - start) * 1000
                    with lock:
                        taken.append(spent)
                        errors += not is_right
                    time.sleep(chance.uniform(1, 3))
                number += CADRES

    threads = [threading.Thread(target=cadre, args=(place,)) for place in range(CADRES)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return taken, errors


if __name__ == "__main__":
    raise SystemExit(main())
