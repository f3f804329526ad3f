"""The night after a day: what a short night takes against a whole one, and whether both agree.

The rows of `supervision_rows` are the record on the second night. The first night's lack what came
that day: one day of ten years, in one village of five that had rows that day. Both nights are
loaded alike; what is compared is what comes after: the asking, and all that the short night does
to know whom to ask.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from measure import OUT, ROOT, Figure, scratch

RATIO = 0.1
DAY = timedelta(days=1)
SHARE = 5
"""Of the rows of the last of two years' days, one village's in five: a day of ten years."""


def measure(folder: Path) -> dict[str, Any]:
    """Return the figures of both nights over the rows of a folder."""
    import bench_supervision
    from sanzi.kernel import clock
    from sanzi.record import snapshot, traces
    from sanzi.supervision import catalogue, short_nights
    from sanzi.supervision.actions import nightly

    models = catalogue.at_gate("nightly")
    held = short_nights.columns(models)

    def each(some: Any, sessions: Any) -> Any:
        return nightly.ask(some, sessions, at=night.at, overrides=[])

    def whole() -> Any:
        [said] = short_nights.ask(night, short_nights.Asked(), each, at_once=nightly.AT_ONCE)
        return said

    with bench_supervision.copied(folder, held) as now:
        [(last,)] = now.ask("SELECT MAX(CAST(p.created_at AS DATE)) FROM stg_payment p")
        at = datetime(last.year, last.month, last.day, 2, tzinfo=clock.SHANGHAI) + DAY
        with snapshot.kept(size=now.size) as then:
            for table, columns in held.items():
                then.load(table, now.stream(_before(table, columns, last)))
            night = short_nights.Night(models, [], at - DAY, then, held)
            first = whole()
            start = time.perf_counter()
            marks = traces.marks(then, held)
            crossings = traces.crossings(then, short_nights.ties(models))
            trace_s = time.perf_counter() - start
        old = short_nights.Trace(
            0, "", night.at, night.at,
            {one.code: short_nights.signature(one, []) for one in models if one.code in first.ran},
            marks, crossings,
            short_nights.findings_table(
                (key, one.village_id) for key, one in first.findings.items()
            ),
        )  # fmt: skip
        night = short_nights.Night(models, [], at, now, held)
        start = time.perf_counter()
        second = whole()
        full_s = time.perf_counter() - start
        return {**_short(night, old, first, second, each), "full_s": full_s, "trace_s": trace_s}


def _short(night: Any, old: Any, first: Any, second: Any, each: Any) -> dict[str, Any]:
    from sanzi.record import traces
    from sanzi.supervision import short_nights
    from sanzi.supervision.actions import nightly

    start = time.perf_counter()
    marks = traces.marks(night.copy, night.held)
    marks_s = time.perf_counter() - start
    chosen, _ = short_nights.asked(night, old, marks, {})
    asked_s = time.perf_counter() - start
    said = short_nights.ask(night, chosen, each, at_once=nightly.AT_ONCE)
    stay = short_nights.kept(old, chosen, [one.code for one in night.models])
    short_s = time.perf_counter() - start
    found = {key: one.figures_digest for part in said for key, one in part.findings.items()}
    found |= {key: first.findings[key].figures_digest for key, _ in stay}
    expected = {key: one.figures_digest for key, one in second.findings.items()}
    wrong = {key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)}
    errors = [line for part in (first, second, *said) for line in part.errors]
    whole = [code for code, one in chosen.villages.items() if one is None]
    return {
        "short_s": short_s, "marks_s": marks_s, "choose_s": asked_s - marks_s,
        "wrong": sorted(wrong)[:20], "wrong_count": len(wrong), "errors": errors,
        "findings": len(expected), "told": chosen.told(), "whole": whole,
        "villages": len(set(marks.column("village").to_pylist())),
        "changed": len(traces.changes(night.copy, old.marks, marks).of(night.held)),
        "fresh": len(second.findings.keys() - first.findings.keys()),
        "gone": len(first.findings.keys() - second.findings.keys()),
    }  # fmt: skip


def _before(table: str, columns: tuple[str, ...], last: date) -> str:
    """Return the rows of a table as they were before its last day, as SQL."""
    import supervision_rows
    from sanzi.record import schema, traces

    listed = ", ".join(f"r.{one}" for one in columns)
    sql = f"SELECT {listed} FROM {traces.placed(table)} r"
    dated = {*supervision_rows.PER_PAYMENT, *supervision_rows.OF_LABOUR}
    times = [
        f"CAST(r.{one.record} AS DATE)"
        for one in schema.load_tables()[table].record_columns
        if one.record in columns and one.type in ("date", "datetime")
    ]
    if table not in dated or not times:
        return sql
    first = f"LEAST({', '.join(times)})"
    came = f"{first} = DATE '{last}' AND hash(r.{traces.PLACE}) % {SHARE} = 0"
    return f"{sql} WHERE NOT COALESCE({came}, FALSE)"


def figures(payments: int) -> dict[str, Figure]:
    """Return the figures of a short night over so many payments, measured in its own process."""
    with scratch() as folder:
        around = {
            **os.environ, "SANZI_ENV": "demo", "SANZI_VAR": str(folder),
            "SANZI_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "PYTHONPATH": os.pathsep.join(("src", "bench")),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, __file__, str(payments)],
            env=around, check=True, stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
    said = json.loads(done.stdout)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "supervision_last_day.json").write_text(done.stdout.decode())
    return {
        "incremental_ratio": Figure(round(said["short_s"] / said["full_s"], 3), RATIO),
        "incremental_equal": Figure(int(not said["wrong_count"] and not said["errors"]), floor=1),
        "incremental_villages": Figure(said["changed"]),
        "incremental_s": Figure(round(said["short_s"], 1), unit="s"),
        "incremental_marks_s": Figure(round(said["marks_s"], 1), unit="s"),
        "incremental_choosing_s": Figure(round(said["choose_s"], 1), unit="s"),
        "incremental_whole_models": Figure(said["told"]["whole"]),
    }


def _alone(payments: int) -> None:
    """Measure in this process, over rows that are made when they are not there yet."""
    import django

    django.setup()
    import supervision_rows

    folder = supervision_rows.cached(payments)
    supervision_rows.write(folder, payments)
    sys.stdout.write(json.dumps(measure(folder), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _alone(int(sys.argv[1]))
