"""The same dozen models in Polars and in pandas, held against ours, for `bench_supervision`.

All three read the same Parquet files with two threads, loading counted, each in a process of its
own, in turns, so that a busy moment of the machine meets all. Polars and pandas live in an
environment of their own (build/bench-peers); what they ask is written in `bench/peers`. At ten
million payments pandas needs more memory than we let any process have: the turns run over the
smaller rows, and the figures say so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import measure
from measure import ROOT, Figure, scratch

TURNS = int(os.environ.get("BENCH_TURNS", "3"))
VS_POLARS, VS_PANDAS = 1.5, 3
PEERS = ("polars", "pandas")
MODELS = (
    "invoice-duplicate", "payment-duplicate", "payment-before-approval", "payment-no-source",
    "efficiency-off-system", "ledger-voucher-tamper", "ledger-late-entry", "fund-bank-recon-gap",
    "subsidy-over-rate", "subsidy-duplicate", "subsidy-account-mismatch", "asset-rent-arrears",
)  # fmt: skip


def measured(rows: Path) -> tuple[dict[str, Figure], dict[str, Any]]:
    """Run the three in turns over these rows; return figures, and what stands beside them."""
    subprocess.run(
        [str(ROOT / "tools" / "peers.sh"), "build/bench-peers", "requirements/bench-peers.txt"],
        cwd=ROOT, check=True,
    )  # fmt: skip
    turns: dict[str, list[dict[str, Any]]] = {name: [] for name in ("ours", *PEERS)}
    with scratch() as folder:
        asked = folder / "asked.json"
        _turn("ask", rows, asked, folder)
        for _ in range(TURNS):
            for name, told in turns.items():
                told.append(_turn(name, rows, asked, folder))
    seconds = {name: median(one["seconds"] for one in told) for name, told in turns.items()}
    found = {name: told[0]["found"] for name, told in turns.items()}
    differs = {
        name: [code for code in MODELS if found[name][code] != found["ours"][code]]
        for name in PEERS
    }
    figures = {
        "vs_polars": Figure(round(seconds["polars"] / seconds["ours"], 2), floor=VS_POLARS),
        "vs_pandas": Figure(round(seconds["pandas"] / seconds["ours"], 2), floor=VS_PANDAS),
        "results_equal": Figure(int(not any(differs.values())), floor=1),
    }
    return figures, {
        "seconds": {name: round(one, 2) for name, one in seconds.items()},
        "peak_mb": {name: round(max(t["peak_mb"] for t in told)) for name, told in turns.items()},
        "each_s": {name: told[-1]["each"] for name, told in turns.items()},
        "findings": {code: len(keys) for code, keys in found["ours"].items()},
        "differs": differs,
        "turns": TURNS,
    }


def _turn(name: str, rows: Path, asked: Path, folder: Path) -> dict[str, Any]:
    around = {"POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
    if name in PEERS:
        python = str(ROOT / "build" / "bench-peers" / "bin" / "python")
        command = [python, str(ROOT / "bench" / "peers" / f"models_{name}.py")]
    else:
        command = [sys.executable, __file__, name]
        around |= {
            "SANZI_ENV": "demo", "SANZI_VAR": str(folder),
            "SANZI_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "bench"))),
        }  # fmt: skip
    ran = measure.run([*command, str(rows), str(asked)], around)
    return {**json.loads(ran.output), "peak_mb": ran.peak_mb}


def _ask(_rows: Path, asked: Path) -> dict[str, Any]:
    """Write down the parameters in force, for those who can't read our catalogue."""
    from sanzi.kernel import clock
    from sanzi.supervision import catalogue, rules

    at = datetime(2026, 11, 11, 2, 0, tzinfo=clock.SHANGHAI)
    sets = {code: rules.parameter_sets(catalogue.models()[code], []) for code in MODELS}
    told = {
        "as_of": at.replace(tzinfo=None).isoformat(),
        "models": {code: values for code, (values,) in sets.items()},
    }
    asked.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return {}


def _ours(rows: Path, _asked: Path) -> dict[str, Any]:
    """Load and ask as the night does."""
    import bench_supervision
    from sanzi.record import engine, snapshot
    from sanzi.supervision import catalogue

    models = [catalogue.models()[code] for code in MODELS]
    # Known to a worker from its first night on, as the peers' files name the columns they read.
    wanted = snapshot.columns_of(engine.check(one.sql) for one in models)
    start = time.perf_counter()
    with bench_supervision.copied(rows, wanted) as copy:
        load_s = time.perf_counter() - start
        found, _, taken = bench_supervision.night(copy, models)
        seconds = time.perf_counter() - start
    if found.errors:
        raise SystemExit(json.dumps(found.errors))
    keys: dict[str, list[str]] = {code: [] for code in MODELS}
    for code, *key in found.findings:
        keys[code].append("/".join(key))
    each = {"load": round(load_s, 3), **taken}
    return {
        "seconds": seconds, "each": each, "found": {c: sorted(one) for c, one in keys.items()},
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    step = {"ask": _ask, "ours": _ours}[sys.argv[1]]
    sys.stdout.write(json.dumps(step(Path(sys.argv[2]), Path(sys.argv[3]))))
