"""Keeping what a night leaves for the next one, and deciding whether the next may be short.

The trace lies in a folder of `SANZI_VAR` and counts only together with the row of its run: after
a restore, another run in between, or half a write there is none, and the night is a whole one.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.conf import settings
from pyarrow import parquet

from sanzi.kernel import clock
from sanzi.supervision.models import Disposal, ModelRun, Silence
from sanzi.supervision.short_nights import Trace

logger = logging.getLogger(__name__)

FOLDER: Final = "night-trace"
FACTS: Final = "trace.json"
TABLES: Final = ("marks", "crossings", "findings")
_PLAIN: Final = ("run_id", "token", "as_of", "full_at", "signatures")


def new_token() -> str:
    """Return what ties a trace to the row of its run."""
    return secrets.token_hex(16)


def is_kept() -> bool:
    """Whether nights leave traces here: not where every night is a whole one."""
    return bool(settings.SANZI.full_night_days > 1)


def save(trace: Trace) -> None:
    """Keep a trace in place of the one before; what is killed half-way leaves none."""
    target = settings.SANZI.var / FOLDER
    half = target.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    for name in TABLES:
        parquet.write_table(getattr(trace, name), half / f"{name}.parquet", compression="zstd")
    facts = {name: getattr(trace, name) for name in _PLAIN}
    facts |= {name: facts[name].isoformat() for name in ("as_of", "full_at")}
    (half / FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    half.rename(target)


def usable(at: datetime) -> Trace | None:
    """Return the trace from which a night at an instant may be short, None when it must be whole.

    It must be that of the newest run, older than this night, and a whole night must not be due.
    """
    if not is_kept():
        return None
    found = _load(settings.SANZI.var / FOLDER)
    newest = ModelRun.objects.filter(finished_at__isnull=False).order_by("-id").first()
    if found is None or newest is None or not newest.trace_token:
        return None
    if (newest.pk, newest.trace_token) != (found.run_id, found.token) or at <= found.as_of:
        return None
    passed = clock.local_date(at) - clock.local_date(found.full_at)
    return found if passed.days < settings.SANZI.full_night_days else None


def _load(folder: Path) -> Trace | None:
    if not folder.is_dir():
        return None
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        facts |= {name: datetime.fromisoformat(facts[name]) for name in ("as_of", "full_at")}
        tables = {name: parquet.read_table(folder / f"{name}.parquet") for name in TABLES}
        return Trace(**facts, **tables)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        logger.exception("the trace of the last night cannot be read: the night is a whole one")
        return None


def disturbed(since: datetime) -> Mapping[str, frozenset[str]]:
    """Return the villages about which a model must be asked though no row of theirs changed.

    Those of alerts that somebody touched since the last night, and those where something is kept
    silent: what ends there, by a day or by hand, must be heard again.
    """
    found: dict[str, set[str]] = {}
    touched = Disposal.objects.filter(at__gt=since).values_list(
        "alert__model_code", "alert__division_code"
    )
    silent = Silence.objects.values_list("model_code", "alert__division_code")
    places = Silence.objects.values_list("model_code", "division_code")
    for rows in (touched, silent, places):
        for code, village in rows.distinct():
            found.setdefault(code, set()).add(village)
    return {code: frozenset(villages) for code, villages in found.items()}
