"""Measure the approve action without its gate, and what a case weighs, on both engines.

The action (lock, scope, turn, separation, state, audit) runs in turn with the barest durable
write there is: SELECT FOR UPDATE, UPDATE and INSERT in one atomic block, by the same ORM on the
same connection. A finished T0 case is written as the action writes it: a step is inserted open
and updated when it is done, so that dead rows are there; PostgreSQL vacuums as it would by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from measure import RUNS, Figure, postgres, report, scratch

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2000"))
CASES = int(os.environ.get("BENCH_CASES", "10000"))
RATIO_MAX, BYTES_MAX = 3.0, 4096
T0_STEPS = (1, 2, 3, 4, 5, 6, 7, 11, 12)


def main() -> int:
    """Run the measure in a process per engine and report both."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure()))
        return 0
    figures: dict[str, Figure] = {}
    with scratch() as folder, postgres(folder / "pg") as address:
        for engine, url in (
            ("sqlite", f"sqlite:///{folder / 'b.sqlite3'}"),
            ("postgresql", address),
        ):
            found = _in_process(url, folder)
            figures[f"ratio_vs_bare_{engine}"] = Figure(found["ratio"], RATIO_MAX, "x")
            figures[f"act_ms_{engine}"] = Figure(found["act_ms"], None, "ms")
            figures[f"bare_ms_{engine}"] = Figure(found["bare_ms"], None, "ms")
            figures[f"bytes_per_case_{engine}"] = Figure(found["bytes"], BYTES_MAX, "B")
            figures[f"audit_bytes_per_case_{engine}"] = Figure(found["audit_bytes"], None, "B")
    worst = {
        name: max(one.value for key, one in figures.items() if key.startswith(name))
        for name in ("ratio_vs_bare", "bytes_per_case", "audit_bytes_per_case")
    }
    limits = {"ratio_vs_bare": RATIO_MAX, "bytes_per_case": BYTES_MAX}
    figures = {name: Figure(worst[name], limits.get(name)) for name in worst} | figures
    notes = {"rounds": ROUNDS, "cases": CASES, "runs": RUNS, "durable": "fsync, WAL, FULL"}
    return report("approval", figures, notes)


def _in_process(url: str, folder: Path) -> dict[str, float]:
    environment = {
        **os.environ, "SANZI_ENV": "demo", "SANZI_DATABASE_URL": url, "SANZI_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join(("src", "tests", "bench")),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, "one"], env=environment, check=True, stdout=subprocess.PIPE
    )
    return dict(json.loads(done.stdout))


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from worlds import cases as worlds_cases

    desk = worlds_cases.build(1)
    acts, bares = [], []
    for _ in range(RUNS):
        act, bare = _alternate(desk, ROUNDS // RUNS)
        acts.append(median(act))
        bares.append(median(bare))
    ratios = [act / bare for act, bare in zip(acts, bares, strict=True)]
    cases, audit = _weigh(desk)
    return {
        "ratio": round(median(ratios), 3),
        "act_ms": round(median(acts) * 1000, 3),
        "bare_ms": round(median(bares) * 1000, 3),
        "bytes": round(cases),
        "audit_bytes": round(audit),
    }


def _alternate(desk: Any, rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each action and each bare write, in turn."""
    from django.db import transaction

    from sanzi.matters.actions import cases
    from sanzi.matters.models import Case, CaseStep

    opinion = cases.Opinion("approve", "d" * 64, "同意")
    by, at = desk.actor("committee_member"), desk.world.at
    numbers = [_waiting(desk) for _ in range(rounds)]
    bare_numbers = [_waiting(desk) for _ in range(rounds)]
    acts, bares = [], []
    for number, other in zip(numbers, bare_numbers, strict=True):
        start = time.perf_counter()
        cases.decide(number=number, by=by, at=at, opinion=opinion)
        acts.append(time.perf_counter() - start)
        start = time.perf_counter()
        with transaction.atomic():
            case = Case.objects.select_for_update().get(number=other)
            CaseStep.objects.filter(case=case, step_no=3).update(
                state="APPROVED", acted_at=at, opinion="同意"
            )
            CaseStep.objects.create(
                case=case, round=1, step_no=4, step_key="review_public", role_code="x",
                division_code=case.division_code, state="OPEN", opened_at=at, due_at=at,
            )  # fmt: skip
        bares.append(time.perf_counter() - start)
    return acts, bares


_count = 0


def _waiting(desk: Any) -> str:
    """Write a submitted case that waits for its first review."""
    global _count  # noqa: PLW0603 - one counter of one program
    from sanzi.matters.models import CaseStep

    _count += 1
    case = _case(desk, _count, "SUBMITTED")
    case.save()
    rows = [_step(desk, case, no, "APPROVED") for no in (1, 2)]
    CaseStep.objects.bulk_create([*rows, _step(desk, case, 3, "OPEN")])
    return str(case.number)


def _case(desk: Any, number: int, state: str) -> Any:
    from sanzi.matters.models import Case

    person = desk.money.payees[0]
    return Case(
        number=f"999901101201-2026-{number:06d}", matter_code="M10", matter_version="1.0",
        organisation=desk.money.organisation, division_code="999901101201",
        title="重阳节慰问金", form=desk.form(), amount_fen=28_650, tier="T0",
        state=state, content_digest="d" * 64,
        started_by=desk.world.people["cashier_reporter"],
        parties={"handler": desk.handler.pk, "payees": [person.pk]},
        created_at=desk.world.at, saved_at=desk.world.at, submitted_at=desk.world.at,
        closed_at=desk.world.at if state == "SETTLED" else None,
    )  # fmt: skip


def _step(desk: Any, case: Any, no: int, state: str) -> Any:
    from sanzi.matters.actions.standing import division_for
    from sanzi.matters.catalogue import matters
    from sanzi.matters.models import CaseStep

    step = matters()["M10"].step(no)
    is_done = state == "APPROVED"
    return CaseStep(
        case=case, round=1, step_no=no, step_key=step.key, role_code=step.role,
        division_code=division_for(step.role, "999901101201"), state=state,
        opened_at=desk.world.at, due_at=desk.world.at,
        acted_at=desk.world.at if is_done else None, actor=desk.handler if is_done else None,
        opinion="同意" if is_done else "",
        origin="203.0.113.9" if is_done else "",
    )  # fmt: skip


def _weigh(desk: Any) -> tuple[float, float]:
    """Return the bytes of heap and index per finished T0 case, and of its audit events."""
    from django.db import transaction

    from sanzi.audit import actions as audit
    from sanzi.matters.models import Case, CaseStep

    tables, log = ["matters_case", "matters_casestep"], ["audit_event"]
    CaseStep.objects.all().delete()
    Case.objects.all().delete()
    _vacuum(tables, full=True)
    before = _size(tables)
    by = desk.actor("committee_member")
    for first in range(0, CASES, 500):
        with transaction.atomic():
            cases = [_case(desk, 500_000 + first + n, "SUBMITTED") for n in range(500)]
            Case.objects.bulk_create(cases)
            for no in T0_STEPS:
                rows = [_step(desk, case, no, "OPEN" if no > 2 else "APPROVED") for case in cases]
                CaseStep.objects.bulk_create(rows)
                if no > 2:
                    CaseStep.objects.filter(pk__in=[row.pk for row in rows]).update(
                        state="APPROVED", acted_at=desk.world.at, actor=desk.handler,
                        opinion="同意", content_digest="d" * 64, origin="203.0.113.9",
                    )  # fmt: skip
            Case.objects.filter(pk__in=[case.pk for case in cases]).update(
                state="SETTLED", closed_at=desk.world.at
            )
        _vacuum(tables, full=False)
    weight = (_size(tables) - before) / CASES
    sample = min(CASES, 500)
    log_before = _size(log)
    with transaction.atomic():
        for number in range(sample * 12):
            audit.write(
                chain="O-WILLOW", kind="matters.step.acted", by=by, at=desk.world.at,
                subject=("case", f"999901101201-2026-{number:06d}"),
                before={"state": "SUBMITTED"},
                after={"step": 3, "verdict": "approve", "state": "SUBMITTED", "content": "d" * 64},
            )  # fmt: skip
    return weight, (_size(log) - log_before) / sample


def _vacuum(tables: list[str], *, full: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if full:
                cursor.execute("VACUUM")
            return
        for table in tables:
            cursor.execute(f"VACUUM {'FULL' if full else ''} {table}")


def _size(tables: list[str]) -> int:
    """Return the bytes of heap, overflow and indexes; on SQLite of the whole file, in use."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            values = []
            for name in ("page_count", "freelist_count", "page_size"):
                cursor.execute(f"PRAGMA {name}")
                values.append(cursor.fetchone()[0])
            return int((values[0] - values[1]) * values[2])
        total = 0
        for table in tables:
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
            total += cursor.fetchone()[0]
        return total


if __name__ == "__main__":
    sys.exit(main())
