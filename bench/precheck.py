"""How fast the gates are on a loaded county, and whether they agree with the night.

Reads the database of SANZI_DATABASE_URL and changes nothing. Prints a table and writes
bench/out/precheck.json: p50_ms, p99_ms, batch352_ms, verdicts_compared, verdicts_different.

    SANZI_DATABASE_URL=postgresql://... python bench/precheck.py --cases 200
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

import django

OUT = Path(__file__).resolve().parent / "out" / "precheck.json"
BATCH = 352


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--compared", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    django.setup()
    result = measure(chosen.cases, chosen.compared, random.Random(chosen.seed))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for name, value in result.items():
        print(f"{name:22} {value}")


def measure(count: int, compared: int, dice: random.Random) -> dict[str, Any]:
    """Return the figures of the benchmark."""
    from django.db import connection

    from sanzi.kernel import clock
    from sanzi.record import extraction
    from sanzi.supervision import catalogue
    from sanzi.supervision.actions import nightly, precheck

    at = clock.now()
    models = catalogue.at_gate("pay")
    case_at = extraction.position("payment", "case_id")
    lines: dict[str, int] = {}
    for row in extraction.fetch("payment"):
        lines[row[case_at]] = lines.get(row[case_at], 0) + 1
    single = sorted(case for case, number in lines.items() if number == 1)

    def judge(cases: list[str]) -> tuple[float, list[Any]]:
        started = time.perf_counter()
        found = precheck.judge(case_numbers=cases, models=models, at=at)
        return (time.perf_counter() - started) * 1000, found

    for case in single[:5]:
        judge([case])
    times = [judge([case])[0] for case in dice.sample(single, min(count, len(single)))]
    biggest = max(lines, key=lambda case: lines[case])
    batches = [judge([biggest])[0] for _ in range(5)]

    started = time.perf_counter()
    night = nightly.scan(at=at)
    night_s = time.perf_counter() - started
    agreed = compare(night, lines, compared, dice, at)
    return {
        "engine": connection.vendor,
        "payments": sum(lines.values()),
        "models": len(models),
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(statistics.quantiles(times, n=100)[98], 1),
        "batch_lines": lines[biggest],
        "batch352_ms": round(statistics.median(batches), 1),
        "nightly_s": round(night_s, 2),
        "nightly_findings": len(night.findings),
        **agreed,
    }


def compare(
    night: Any, lines: dict[str, int], wanted: int, dice: random.Random, at: Any
) -> dict[str, int]:
    """Judge cases at the gate and count the verdicts that differ from the night's.

    A verdict is what one model says of one payment: a hit or none. Cases with hits come first.
    """
    from sanzi.record import extraction
    from sanzi.record.extraction import Only
    from sanzi.supervision import catalogue
    from sanzi.supervision.actions import precheck

    models = catalogue.at_gate("pay")
    hits = {one.finding_id: [] for one in night.findings.values()}
    for one in night.findings.values():
        hits[one.finding_id].append((one.model.code, one.sentence))
    rows = extraction.fetch("payment", Only("payment_id", sorted(hits)))
    with_hits = sorted({row[1] for row in rows})
    others = sorted(set(lines) - set(with_hits))
    cases = dice.sample(with_hits, min(len(with_hits), max(wanted // 20, 200)))
    cases += dice.sample(others, min(len(others), max(wanted // 20, 50)))
    compared = different = hit_count = 0
    for case in cases:
        payments = [row[0] for row in extraction.fetch("payment", Only("case_id", [case]))]
        found = precheck.judge(case_numbers=[case], models=models, at=at)
        gate = {(one.finding_id, one.model.code, one.sentence) for one in found}
        nightly = {(name, *hit) for name in payments for hit in hits.get(name, [])}
        compared += len(payments) * len(models)
        hit_count += len(gate | nightly)
        different += len(gate ^ nightly)
    return {
        "verdicts_compared": compared,
        "verdicts_hit": hit_count,
        "verdicts_different": different,
    }


if __name__ == "__main__":
    main()
