"""Measure the gates on a county of 417 villages and 24 months, and hold them against the night.

One payment: all models of a gate, reading included, in a warm process, at the gate with the most
models and at the last one before the money; the slower counts. A batch: a draft of 352
lines, not committed, in a village that paid as many a month ago. Then one nightly scan of the same
database, and every verdict of several hundred cases compared with it: a verdict is what one model
says of one payment, a hit or none.

Both engines with the durability of production; with SANZI_DATABASE_URL only that database, which
must hold a county and is not changed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from measure import RUNS, Figure, postgres, report, run, sanzi, scratch

VILLAGES = int(os.environ.get("BENCH_VILLAGES", "417"))
MONTHS = 24
CASES = 200
GATES = ("approve", "pay")
LINES = 352
P50_MAX, P99_MAX, BATCH_MAX = 200, 500, 2000
VERDICTS_LEAST, HITS_LEAST = 1000, 200
WORST = ("p50_ms", "p99_ms", f"batch{LINES}_ms", "verdicts_different")
LIMITS = {"p50_ms": P50_MAX, "p99_ms": P99_MAX, f"batch{LINES}_ms": BATCH_MAX,
          "verdicts_different": 0}  # fmt: skip


def main() -> int:
    """Load the county into both engines, measure each in a process of its own, report."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure()))
        return 0
    if given := os.environ.get("SANZI_DATABASE_URL"):
        return _report({given.partition(":")[0]: _in_process({"SANZI_DATABASE_URL": given})})
    with scratch() as folder, postgres(folder / "pg") as address:
        package = folder / "county"
        run(sanzi("demo-county", str(package), "--villages", str(VILLAGES),
                  "--months", str(MONTHS), "--until", "2026-11-20"), {})  # fmt: skip
        found = {}
        for url in (f"sqlite:///{folder / 'county.sqlite3'}", address):
            surroundings = {"SANZI_ENV": "demo", "SANZI_VAR": str(folder / "var"),
                            "SANZI_DATABASE_URL": url}  # fmt: skip
            run(sanzi("migrate"), surroundings)
            run(sanzi("import", "--json", str(package)), surroundings)
            found[url.partition(":")[0]] = _in_process(surroundings)
    return _report(found)


def _report(found: dict[str, dict[str, float]]) -> int:
    for engine, one in found.items():
        if one["verdicts_compared"] < VERDICTS_LEAST or one["verdicts_hit"] < HITS_LEAST:
            raise SystemExit(f"{engine}: too little to compare: {one}")
    figures = {
        name: Figure(
            max(one[name] for one in found.values()), LIMITS[name], name[-2:] * ("ms" in name)
        )
        for name in WORST
    }
    figures["verdicts_compared"] = Figure(min(one["verdicts_compared"] for one in found.values()))
    for engine, one in found.items():
        for name, value in one.items():
            figures[f"{name}_{engine}"] = Figure(value, LIMITS.get(name))
    notes = {"engines": ", ".join(found), "durable": "fsync, WAL, FULL", "runs": RUNS,
             "cases a run": CASES}  # fmt: skip
    return report("precheck", figures, notes)


def _in_process(surroundings: dict[str, str]) -> dict[str, float]:
    environment = {
        **os.environ, **surroundings, "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join(("src", "bench")),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, "one"],
        env=environment, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.db import transaction

    from sanzi.kernel import clock
    from sanzi.supervision.actions import nightly

    at, dice = clock.now(), random.Random(1)
    with transaction.atomic():
        lines = _lines()
        single = sorted(case for case, number in lines.items() if number == 1)
        batch = _write_batches(at)
        judges = {gate: _judge(at, gate) for gate in GATES}
        figures: dict[str, float] = {}
        for judge in judges.values():
            for case in dice.sample(single, 20):
                judge([case])
            for name, value in _times(judge, single, dice, batch).items():
                figures[name] = max(value, figures.get(name, 0))
        started = time.perf_counter()
        night = nightly.scan(at=at)
        figures["nightly_s"] = round(time.perf_counter() - started, 2)
        figures["payments"] = sum(lines.values())
        for gate, judge in judges.items():
            for name, number in _compare(night, batch, judge, dice, gate).items():
                figures[name] = figures.get(name, 0) + number
        transaction.set_rollback(True)
    return figures


def _lines() -> Counter[str]:
    """Return how many lines each case has."""
    from sanzi.payments.models import Payment

    return Counter(Payment.objects.values_list("order__case_number", flat=True))


def _judge(at: datetime, gate: str) -> Callable[[list[str]], list[Any]]:
    from sanzi.supervision import catalogue
    from sanzi.supervision.actions import precheck

    models = catalogue.at_gate(gate)
    return lambda cases: precheck.judge(case_numbers=cases, models=models, at=at)


def _times(
    judge: Callable[[list[str]], Any], single: list[str], dice: random.Random, batch: str
) -> dict[str, float]:
    """Return medians over the runs. Units: ms of wall clock; cpu_ms is this process's own time."""
    p50, p99, batches, cpu = [], [], [], []
    for _ in range(RUNS):
        chosen = dice.sample(single, min(CASES, len(single)))
        used = time.process_time()
        times = [_timed(judge, case) for case in chosen]
        cpu.append((time.process_time() - used) * 1000 / len(chosen))
        p50.append(median(times))
        p99.append(quantiles(times, n=100)[98])
        batches.append(_timed(judge, batch))
    return {
        "p50_ms": round(median(p50), 1),
        "p99_ms": round(median(p99), 1),
        "cpu_ms": round(median(cpu), 1),
        f"batch{LINES}_ms": round(median(batches), 1),
    }


def _timed(judge: Callable[[list[str]], Any], case: str) -> float:
    started = time.perf_counter()
    judge([case])
    return (time.perf_counter() - started) * 1000


def _write_batches(at: datetime) -> str:
    """Write two batches of a village, one paid a month ago and one a draft; return the draft."""
    from sanzi.matters.models import SourceMatter

    source = SourceMatter.objects.filter(status="approved").order_by("id")[0]
    _write_batch("BENCH-PAID", source, at - timedelta(days=30), is_paid=True)
    _write_batch("BENCH-DRAFT", source, at, is_paid=False)
    return "BENCH-DRAFT"


def _write_batch(number: str, source: Any, at: datetime, *, is_paid: bool) -> None:
    from sanzi.matters.models import Case
    from sanzi.payments.models import BankAccount, Payment, PaymentOrder

    place = {"organisation": source.organisation, "division_code": source.division_code}
    accounts = BankAccount.objects.filter(person__isnull=False).order_by("number_index")[:LINES]
    amounts = [100_000 + turn for turn in range(LINES)]
    handed_in = at if is_paid else None
    Case.objects.create(
        number=number, matter_code="M10", matter_version="1", title=number, **place,
        amount_fen=sum(amounts), state="SETTLED" if is_paid else "DRAFT", started_by_id=1,
        created_at=at, saved_at=at, submitted_at=handed_in,
    )  # fmt: skip
    order = PaymentOrder.objects.create(
        ext_id=number, case_number=number, matter_code="M10", amount_fen=sum(amounts), **place,
        payment_count=LINES, state="SETTLED" if is_paid else "DRAFT", created_at=at,
        submitted_at=handed_in, subject_code="51402", purpose="地租", source_kind=source.kind,
        source_id=source.ext_id,
    )  # fmt: skip
    Payment.objects.bulk_create(
        Payment(
            ext_id=f"{number}-{line_no}", order=order, line_no=line_no, payee_kind="person",
            payee_person_id=account.person_id, payee_name=account.holder_name,
            account_index=account.number_index, amount_fen=amount,
            status="SETTLED" if is_paid else "DRAFT",
        )
        for line_no, (account, amount) in enumerate(zip(accounts, amounts, strict=True), start=1)
    )  # fmt: skip


def _compare(
    night: Any, batch: str, judge: Callable[[list[str]], list[Any]], dice: random.Random, gate: str
) -> dict[str, int]:
    """Judge cases with hits, cases without and the batch; count what differs from the night's."""
    from sanzi.supervision import catalogue

    models = {one.code for one in catalogue.at_gate(gate)}
    hits: dict[str, set[tuple[str, str, str]]] = {}
    for one in night.findings.values():
        if one.finding_kind == "payment" and one.model.code in models:
            said = (one.finding_id, one.model.code, one.sentence)
            hits.setdefault(one.finding_id, set()).add(said)
    payments = _payments()
    with_hits = sorted(case for case, own in payments.items() if hits.keys() & own)
    others = sorted(payments.keys() - set(with_hits))
    chosen = [*dice.sample(with_hits, min(len(with_hits), 300)), *dice.sample(others, 100), batch]
    compared = different = hit_count = 0
    for case in chosen:
        gate = {(one.finding_id, one.model.code, one.sentence) for one in judge([case])}
        nightly = {hit for name in payments[case] for hit in hits.get(name, ())}
        compared += len(payments[case]) * len(models)
        hit_count += len(gate | nightly)
        different += len(gate ^ nightly)
    return {
        "verdicts_compared": compared,
        "verdicts_hit": hit_count,
        "verdicts_different": different,
    }


def _payments() -> dict[str, set[str]]:
    """Return the ids of the payments of each case."""
    from sanzi.payments.models import Payment

    found: dict[str, set[str]] = {}
    for case, name in Payment.objects.values_list("order__case_number", "ext_id"):
        found.setdefault(case, set()).add(name)
    return found


if __name__ == "__main__":
    sys.exit(main())
