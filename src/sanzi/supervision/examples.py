"""The examples of a model: rows that go in, findings that must come out.

Each folder's `examples.yaml` shows a hit, the near misses on both sides of every threshold, a
lawful look-alike and the empty tables. Rows start from `data/models/examples_base.yaml`, so that
an example says only what matters to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import yaml

from sanzi.kernel import clock, yamls
from sanzi.record import columns, engine, extraction, schema
from sanzi.supervision import catalogue, rules
from sanzi.supervision.catalogue import ModelBroken
from sanzi.supervision.shapes import AlertModel

KINDS: Final = ("hit", "miss", "near_miss", "lookalike", "empty")
MUST_HAVE: Final = ("hit", "miss", "lookalike", "empty")
AS_OF: Final = datetime(2026, 11, 10, 9, 0, tzinfo=clock.SHANGHAI)
_KEYS: Final = {"name", "kind", "given", "hits", "figures", "moved", "as_of"}


@dataclass(frozen=True)
class Example:
    """Rows by table, the ids that must be found, and the parameters whose move flips that."""

    name: str
    kind: str
    given: Mapping[str, list[dict[str, Any]]]
    hits: tuple[str, ...]
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    moved: Mapping[str, int] = field(default_factory=dict)
    as_of: datetime = AS_OF


@cache
def base() -> Mapping[str, Mapping[str, Any]]:
    """Return the base row of each table."""
    text = (catalogue.FOLDER / "examples_base.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return found


def of(model: AlertModel, folder: Path = catalogue.FOLDER) -> list[Example]:
    """Return the examples of a model. Raises ModelBroken."""
    path = folder / model.category / model.code / "examples.yaml"
    try:
        items = yamls.read(path)
    except (OSError, yaml.YAMLError) as error:
        raise ModelBroken(f"{model.code}: examples.yaml cannot be read: {error}") from error
    found = [_example(model, item) for item in items or []]
    kinds = {one.kind for one in found}
    for kind in MUST_HAVE:
        if kind not in kinds:
            raise ModelBroken(f"{model.code}: examples.yaml has no example of kind '{kind}'")
    _check_moves(model, found)
    return found


def _example(model: AlertModel, item: Mapping[str, Any]) -> Example:
    where = f"{model.code}: example '{item.get('name', '?')}'"
    unknown = sorted(set(item) - _KEYS)
    if unknown:
        raise ModelBroken(f"{where}: unknown key '{unknown[0]}'")
    if item.get("kind") not in KINDS:
        raise ModelBroken(f"{where}: kind must be one of {', '.join(KINDS)}")
    if (item["kind"] == "hit") != bool(item.get("hits")):
        raise ModelBroken(f"{where}: a hit, and only a hit, names what it finds")
    as_of = item.get("as_of")
    return Example(
        name=item["name"],
        kind=item["kind"],
        given=item.get("given") or {},
        hits=tuple(item.get("hits") or ()),
        figures=item.get("figures") or {},
        moved=item.get("moved") or {},
        as_of=as_of.replace(tzinfo=clock.SHANGHAI) if as_of else AS_OF,
    )


def _check_moves(model: AlertModel, found: list[Example]) -> None:
    named = {one.name for one in model.parameters}
    moved = {name for one in found for name in one.moved}
    for name in sorted(moved - named):
        raise ModelBroken(f"{model.code}: examples move the unknown parameter '{name}'")
    for one in model.parameters:
        if one.unit in ("fen", "days", "percent", "people", "count") and one.name not in moved:
            raise ModelBroken(f"{model.code}: no example stands at the edge of '{one.name}'")


def tables(example: Example) -> dict[str, pa.Table]:
    """Return the rows of an example as typed tables. Raises ModelBroken for an unknown column."""
    return {table: _table(table, rows) for table, rows in example.given.items()}


def _table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    shape = extraction.arrow_schema(table)
    full = []
    for row in rows:
        for turn in range(row.get("repeat", 1)):
            one = {**base().get(table, {}), **row}
            one.pop("repeat", None)
            if turn:
                _turn(table, one, turn)
            unknown = sorted(set(one) - set(shape.names))
            if unknown:
                raise ModelBroken(f"examples: {table} has no column '{unknown[0]}'")
            full.append({name: _value(one.get(name)) for name in shape.names})
    return pa.Table.from_pylist(full, schema=shape)


def _turn(table: str, one: dict[str, Any], turn: int) -> None:
    """Make a repeated row another one: another payee, the next day of work, another key."""
    if table == "labour_day":
        one["labour_day_id"] = f"{one['labour_day_id']}-{turn}"
        for name in ("work_date", "start_at", "end_at"):
            one[name] += timedelta(days=turn)
        return
    if table != "payment":
        key = schema.load_tables()[table].primary_key[0]
        one[key] = f"{one[key]}-{turn}"
        return
    one["payment_id"] = f"{one['payment_id']}-{turn}"
    one["line_no"] = one["line_no"] + turn
    one["payee_person_id"] = f"N{turn}"
    one["payee_account_hash"] = f"n{turn}"


def _value(value: Any) -> Any:
    # YAML reads a bare day where a time is meant as midnight; Arrow takes both.
    if isinstance(value, float):
        return Decimal(str(value))
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def run(
    model: AlertModel, example: Example, moved: Mapping[str, int] | None = None
) -> list[rules.Finding]:
    """Return what the model finds in an example, with parameters moved by some units."""
    overrides = [
        rules.Override(
            model.code,
            one.name,
            "999901000000",
            date(1900, 1, 1),
            None,
            one.default_on(clock.local_date(example.as_of)) + moved[one.name],
        )
        for one in model.parameters
        if moved and one.name in moved
    ]
    read = columns.of(model.sql)
    given = {
        name: _read_only(rows, read.get(name, frozenset()))
        for name, rows in tables(example).items()
    }
    with engine.warm_session(given) as session:
        return rules.find(session, model, at=example.as_of, overrides=overrides)


def _read_only(rows: pa.Table, read: frozenset[str]) -> pa.Table:
    """Leave the columns empty that the model does not read: the night doesn't have them either."""
    for place, one in enumerate(rows.schema):
        if one.name not in read:
            rows = rows.set_column(place, one, pa.nulls(rows.num_rows, one.type))
    return rows
