"""A night over what changed: which models are asked again, of which villages, and what stays.

A model is asked of the villages where a row that it reads is another one, or where a mere day
makes a difference, and of those whose rows meet rows of other villages. It is asked of everything
when its rows can't be told apart by village, when what belongs to no village changed, when it or
its parameters are new, or when most villages would be asked anyhow. Findings elsewhere stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from sanzi.kernel import clock, digest
from sanzi.record import daily, engine, reach, snapshot, traces
from sanzi.record.snapshot import Columns, Copy
from sanzi.supervision import rules
from sanzi.supervision.shapes import AlertModel

MOST_PERCENT: Final = 30
"""Of so many villages a model is asked as fast whole."""
FINDINGS: Final = pa.schema(
    [(name, pa.string()) for name in ("model", "kind", "id", "period", "village")]
)
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Trace:
    """What a night left behind; `signatures` are those of the models that ran."""

    run_id: int
    token: str
    as_of: datetime
    full_at: datetime
    signatures: Mapping[str, str]
    marks: pa.Table
    crossings: pa.Table
    findings: pa.Table


@dataclass(frozen=True)
class Asked:
    """Whom each model was asked about: no entry or None means everybody."""

    villages: Mapping[str, frozenset[str] | None] = field(default_factory=dict)

    def covers(self, code: str, village: str) -> bool:
        """Whether a model would have found again what it found in this village."""
        asked = self.villages.get(code)
        return asked is None or village in asked or (bool(asked) and traces.is_upper(village))

    def told(self) -> dict[str, int]:
        """Return how many models were asked whole, in part, and not at all, and of how many."""
        sets = list(self.villages.values())
        return {
            "whole": sets.count(None),
            "part": sum(1 for one in sets if one),
            "spared": sum(1 for one in sets if one is not None and not one),
            "villages": len(frozenset().union(*(one for one in sets if one))),
        }


@dataclass(frozen=True)
class Night:
    """What one night works on: its models and parameters, its instant, its copy of the record."""

    models: Sequence[AlertModel]
    overrides: Sequence[rules.Override]
    at: datetime
    copy: Copy
    held: Columns


def columns(models: Iterable[AlertModel]) -> dict[str, tuple[str, ...]]:
    """Return the columns that a copy must hold for a night that leaves a trace."""
    chosen = list(models)
    read = snapshot.columns_of(engine.check(one.sql) for one in chosen)
    return traces.wanted(read, ties(chosen))


def ties(models: Iterable[AlertModel]) -> frozenset[reach.Tie]:
    """Return what the local ones of these models lean on."""
    return frozenset().union(*(reach.of(one.sql).ties for one in models))


def signature(model: AlertModel, overrides: Sequence[rules.Override]) -> str:
    """Return the digest of all that decides what a model says of the same rows on the same day."""
    own = sorted(repr(one) for one in overrides if one.model_code == model.code)
    return digest.sm3_of([model.content_digest, *own])


def asked(
    night: Night, old: Trace, new_marks: pa.Table, always: Mapping[str, frozenset[str]]
) -> tuple[Asked, pa.Table]:
    """Return whom each model must be asked about, and which villages' rows meet others' now.

    `always` holds villages that a model is asked about for reasons that no row tells.
    """
    changed = traces.changes(night.copy, old.marks, new_marks)
    fresh = traces.crossings(night.copy, ties(night.models), changed)
    crossings = pa.concat_tables([old.crossings, fresh]).group_by(["tie", "village"]).aggregate([])
    meet: dict[str, set[str]] = {}
    for tie, village in zip(*(one.to_pylist() for one in crossings.columns), strict=True):
        meet.setdefault(tie, set()).add(village)
    known = frozenset(new_marks.column("village").to_pylist())
    day = _Day(night, old.as_of)
    sets: dict[str, frozenset[str] | None] = {}
    for model in night.models:
        found: frozenset[str] | None = None
        if old.signatures.get(model.code) == signature(model, night.overrides):
            found = _asked(model, changed, day, meet, always.get(model.code, frozenset()))
        is_most = found is not None and len(found) * 100 > len(known) * MOST_PERCENT
        sets[model.code] = None if is_most else found
    upper = frozenset(filter(traces.is_upper, known))
    everybody = upper.union(*(one or () for one in sets.values()))
    return Asked({code: everybody if one else one for code, one in sets.items()}), crossings


def _asked(
    model: AlertModel,
    changed: traces.Changes,
    day: _Day,
    meet: Mapping[str, set[str]],
    always: frozenset[str],
) -> frozenset[str] | None:
    if model.is_clue:
        # Of all clues the strongest speak, so all must be known.
        return None
    far = reach.of(model.sql)
    touched = day.touched(model)
    if touched is None or changed.of(far.common):
        return None
    found = changed.of(model.tables) | touched | always
    if not found:
        return frozenset()
    if not far.is_local:
        return None
    return found.union(*(meet.get(traces.label(tie), ()) for tie in far.ties))


class _Day:
    """Whom the mere passing of time touches; every question is asked once."""

    def __init__(self, night: Night, was: datetime) -> None:
        self._night = night
        self._times = {daily.AS_OF: _local(night.at), daily.WAS: _local(was)}
        self._known: dict[tuple[str, str, str], frozenset[str]] = {}

    def touched(self, model: AlertModel) -> frozenset[str] | None:
        """Return the villages, or None when it may be anybody."""
        found: frozenset[str] = frozenset()
        for probe in daily.probes(model.sql):
            for values in rules.parameter_sets(model, self._night.overrides):
                known = {**values, **self._times}
                here = self._ask(probe, {name: known[name] for name in probe.parameters})
                if here and (not probe.table or reach.is_common(probe.table)):
                    return None
                found |= here
        return found

    def _ask(self, probe: daily.Probe, values: dict[str, Any]) -> frozenset[str]:
        key = (probe.table, probe.condition, repr(values))
        if key not in self._known:
            self._known[key] = self._look(probe, values)
        return self._known[key]

    def _look(self, probe: daily.Probe, values: dict[str, Any]) -> frozenset[str]:
        copy = self._night.copy
        if probe.table:
            return frozenset(traces.villages(copy, probe.table, probe.condition, values))
        [(is_other,)] = copy.ask(f"SELECT {probe.condition}", values)
        return frozenset({traces.NOWHERE} if is_other else ())


def _local(at: datetime) -> datetime:
    return at.astimezone(clock.SHANGHAI).replace(tzinfo=None)


def kept(old: Trace, chosen: Asked, codes: Iterable[str]) -> list[tuple[Key, str]]:
    """Return the findings that stay because nobody was asked about them, with their villages."""
    running = set(codes)
    rows = zip(*(old.findings.column(name).to_pylist() for name in FINDINGS.names), strict=True)
    return [
        ((model, kind, row_id, period), village)
        for model, kind, row_id, period, village in rows
        if model in running and not chosen.covers(model, village)
    ]


def findings_table(rows: Iterable[tuple[Key, str]]) -> pa.Table:
    """Return findings as a trace holds them."""
    columns = list(zip(*((*key, village) for key, village in rows), strict=True))
    values = columns or [()] * len(FINDINGS)
    return pa.table([pa.array(one, pa.string()) for one in values], schema=FINDINGS)


FEW_VILLAGES: Final = 0
"""The bytes of a part: it lies in memory, and what has no room there is spilt."""
Ask = Callable[[Sequence[AlertModel], Sequence[engine.Session]], Any]


def ask(night: Night, chosen: Asked, each: Ask, *, at_once: int) -> list[Any]:
    """Ask the models: the whole ones of the copy, the others of a part of it."""
    whole = [one for one in night.models if chosen.villages.get(one.code) is None]
    some = [one for one in night.models if chosen.villages.get(one.code)]
    said = [each(whole, night.copy.sessions(at_once))] if whole else []
    if some:
        everybody = chosen.villages[some[0].code] or frozenset()
        read = {table for one in some for table in one.tables}
        held = {table: names for table, names in night.held.items() if table in read}
        with snapshot.kept(size=FEW_VILLAGES) as part:
            traces.part(night.copy, part, held, everybody)
            said.append(each(some, part.sessions(at_once)))
    return said
