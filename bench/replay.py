"""The record as it stood at an earlier moment, for gates and nights that are asked again.

A county is imported once, whole. What a gate or a night reads is cut back to a moment: rows that
had not come about are left out, times that lie after it are empty, and the state of a row is the
last one that had been reached. Days that were planned stay: they were known before.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

PLANNED = frozenset(
    [
        "due_at",
        "bid_deadline_at",
        "opens_at",
        "closes_at",
        "planned_start_at",
        "planned_end_at",
        "expires_at",
        "qr_updated_at",
        "stage_changed_at",
        "info_updated_at",
        "kin_filed_at",
        "confirmed_at",
        "verified_at",
    ]
)
"""Times that do not say that a row came about."""

LADDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "case": (("draft", "created_at"), ("submitted", "submitted_at"), ("approved", "approved_at"),
             ("settled", "closed_at"), ("done", "closed_at"), ("withdrawn", "closed_at")),
    "payment": (("draft", "created_at"), ("submitted", "submitted_at"),
                ("approved", "approved_at"), ("paid", "paid_at")),
    "source_matter": (("proposed", ""), ("approved", "approved_at")),
    "decision": (("proposed", ""), ("passed", "passed_at")),
    "procurement": (("requested", "submitted_at"), ("approved", "approved_at"),
                    ("ordered", "ordered_at"), ("accepted", "accepted_at")),
    "works": (("applied", "applied_at"), ("approved", "approved_at"), ("building", "started_at"),
              ("completed", "completed_at"), ("accepted", "accepted_at"),
              ("settled", "settled_at")),
    "tender": (("draft", ""), ("published", "published_at"), ("opened", "opened_at"),
               ("publicised", "result_published_at"), ("awarded", "award_notice_at")),
    "seal_use": (("requested", "requested_at"), ("approved", "approved_at"),
                 ("stamped", "stamped_at"), ("unapproved", "stamped_at")),
    "auction": (("published", "published_at"), ("awarded", "awarded_at")),
    "roster": (("collected", "submitted_at"), ("checked", "checked_at"),
               ("shown", "publicity_start_at"), ("approved", "approved_at")),
    "award": (("proposed", ""), ("approved", "approved_at")),
    "asset_disposal": (("asked", ""), ("executed", "executed_at"),
                       ("written_off", "written_off_at")),
    "labour_request": (("submitted", "submitted_at"), ("approved", "approved_at")),
}  # fmt: skip
"""The states of a table in order, each with the time at which it is reached."""

CARRIED: Mapping[str, Mapping[str, str]] = {
    "works": {"settlement_fen": "settled_at", "audited_fen": "audited_at",
              "retention_fen": "settled_at"},
    "procurement": {"award_fen": "approved_at"},
    "auction": {"price_fen": "awarded_at", "winner_counterparty_id": "awarded_at"},
    "seal_use": {"copies_stamped": "stamped_at", "after_photo_hash": "stamped_at"},
}  # fmt: skip
"""Figures that came with a time."""

ENTERED: Mapping[str, str] = {"labour_day": "worker_signed_at"}
"""Tables whose first times were before the row was written, with the time at which it was."""


Births = Mapping[tuple[str, str], Mapping[str, datetime]]


@dataclass
class Clock:
    """The moment the record is cut back to (local time, naive), and when rows without times came.

    `births` maps (table, column) to the moment at which what the column names came about.
    """

    births: Births
    now: datetime | None = None

    def known(self, table: str, rows: Any) -> Any:
        """Return the rows of a table (all its columns) as they stood."""
        if self.now is None or not rows.num_rows:
            return rows
        whole = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        now = pa.scalar(self.now, pa.timestamp("us"))
        whole = whole.filter(self._came(table, whole, now))
        told = {name: whole[name] for name in whole.column_names}
        times = [one.name for one in whole.schema if pa.types.is_timestamp(one.type)]
        later = {
            name: pc.fill_null(pc.greater(whole[name], now), fill_value=False) for name in times
        }
        for name in times:
            if name not in PLANNED or name == "verified_at":
                told[name] = _emptied(whole[name], later[name])
        for name, when in CARRIED.get(table, {}).items():
            told[name] = _emptied(whole[name], later[when])
        if table in LADDERS:
            told["status"] = _reached(whole, LADDERS[table], self.now)
        if table == "invoice":
            told["verify_status"] = _emptied(whole["verify_status"], later["verified_at"])
        return pa.table(told, schema=whole.schema)

    def _came(self, table: str, whole: pa.Table, now: pa.Scalar) -> pa.ChunkedArray:
        """Return which rows had come about: by their first time, or by what they belong to."""
        came = pc.is_valid(pa.array([True] * whole.num_rows))
        firsts = [
            whole[one.name]
            for one in whole.schema
            if pa.types.is_timestamp(one.type) and one.name not in PLANNED
        ]
        if table in ENTERED:
            firsts = [whole[ENTERED[table]]]
        if firsts:
            first = pc.min_element_wise(*firsts, skip_nulls=True)
            came = pc.and_(came, pc.fill_null(pc.less_equal(first, now), fill_value=True))
        for (name, column), births in self.births.items():
            if name == table:
                keys = whole[column].to_pylist()
                born = [births.get(key, self.now) <= self.now for key in keys]
                came = pc.and_(came, pa.array(born))
        return came


def _emptied(values: Any, is_later: Any) -> Any:
    return pc.if_else(is_later, pa.scalar(None, values.type), values)


def _reached(whole: pa.Table, ladder: tuple[tuple[str, str], ...], now: datetime) -> pa.Array:
    """Return the state of each row: its own when that was reached, else the last that was."""
    columns = {when: whole[when].to_pylist() for _, when in ladder if when}
    whens = dict(ladder)
    found: list[str | None] = []
    for place, state in enumerate(whole["status"].to_pylist()):
        own = columns[whens[state]][place] if whens.get(state) else None
        if own is None or own <= now:
            found.append(state)
            continue
        below = [ladder[0][0]]
        for name, when in ladder:
            moment = columns[when][place] if when else None
            if moment is not None and moment <= now:
                below.append(name)
        found.append(below[-1])
    return pa.array(found, pa.string())


def births_of(package: Path) -> dict[tuple[str, str], dict[str, datetime]]:
    """Return when the cases and vouchers of a package came about, for rows that hang on them."""
    cases = {row["case_id"]: moment(row["created_at"]) for row in rows_of(package, "case")}
    vouchers = {
        row["voucher_id"]: moment(row["posted_at"])
        for row in rows_of(package, "voucher")
        if row["posted_at"]
    }
    return {
        ("invoice", "case_id"): cases,
        ("ledger_line", "voucher_id"): vouchers,
    }


def rows_of(package: Path, table: str) -> Iterator[dict[str, str]]:
    """Return the rows of a file of the package, as text."""
    with (package / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def moment(text: str) -> datetime:
    """Return a time of the package as local time without zone, as the record has it."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


@contextmanager
def cut_back(clock: Clock) -> Iterator[None]:
    """Let every gate read what it reads as it stood at the clock's moment."""
    from sanzi.record.neighbourhood import Neighbourhood

    original = Neighbourhood.tables

    def tables(self: Neighbourhood, names: Any) -> dict[str, pa.Table]:
        return {name: clock.known(name, rows) for name, rows in original(self, names).items()}

    Neighbourhood.tables = tables  # type: ignore[method-assign]
    try:
        yield
    finally:
        Neighbourhood.tables = original  # type: ignore[method-assign]


def night(clock: Clock, models: list[Any]) -> dict[Any, Any]:
    """Return what the nightly models say of the record as it stood at the clock's moment."""
    from django.db import transaction

    from sanzi.kernel import clock as kernel_clock
    from sanzi.record import engine, extraction, schema, snapshot
    from sanzi.supervision import queries
    from sanzi.supervision.actions import nightly

    wanted = snapshot.columns_of(engine.check(model.sql) for model in models)
    at = clock.now.replace(tzinfo=kernel_clock.SHANGHAI)
    with snapshot.kept(size=0) as copy:
        with transaction.atomic():
            for table, columns in wanted.items():
                every = tuple(
                    one.record
                    for one in schema.load_tables()[table].record_columns
                    if one.record is not None
                )
                for rows in extraction.stream(table, every):
                    cut = clock.known(table, rows)
                    if isinstance(cut, pa.Table):
                        copy.load(table, cut.select(list(columns)).combine_chunks().to_batches())
                    else:
                        copy.load(table, [cut.select(list(columns))])
        found = nightly.ask(models, copy.sessions(2), at=at, overrides=queries.overrides())
    if found.errors:
        raise SystemExit(f"a model failed: {found.errors}")
    return found.findings
