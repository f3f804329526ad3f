"""The rows a finding stands on, frozen as they are, and what became of them since.

Rows are those of the record: what a model read is what is kept and what is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sanzi.kernel import clock, money
from sanzi.record import extraction, schema
from sanzi.record.extraction import Only
from sanzi.supervision import known, rules
from sanzi.supervision.models import Alert

Rows = dict[str, dict[str, dict[str, Any]]]
"""Table, key, row."""
CHANGED_MAX: Final = 20
_BY_FIGURE: Final = {"earlier_payment_id": "payment", "other_payment_id": "payment"}


def read(wanted: Mapping[str, Iterable[str]]) -> Rows:
    """Return rows of the record by table and key, as plain values."""
    found: Rows = {}
    for table, ids in wanted.items():
        known = schema.load_tables().get(table)
        if known is None or len(known.primary_key) != 1:
            continue
        names = extraction.arrow_schema(table).names
        key = known.primary_key[0]
        if key not in names:
            continue
        place = names.index(key)
        rows = extraction.fetch(table, Only(key, sorted(set(ids))))
        found[table] = {str(row[place]): _plain(dict(zip(names, row, strict=True))) for row in rows}
    return found


def plain(rows: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Rows:
    """Return rows of the record as plain values."""
    return {
        table: {row_id: _plain(row) for row_id, row in found.items()}
        for table, found in rows.items()
    }


def wanted(findings: Iterable[rules.Finding]) -> dict[str, set[str]]:
    """Return which rows findings stand on: their own, and those their figures name."""
    found: dict[str, set[str]] = {}
    for one in findings:
        for table, row_id in names_of(one.finding_kind, one.finding_id, one.figures):
            found.setdefault(table, set()).add(row_id)
    return found


def names_of(kind: str, row_id: str, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return table and key of the rows of a finding."""
    more = [(table, str(figures[name])) for name, table in _BY_FIGURE.items() if figures.get(name)]
    return [(kind, row_id), *more]


def evidence(finding: rules.Finding, rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that a finding stands on, by table, in the order it names them."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for table, row_id in names_of(finding.finding_kind, finding.finding_id, finding.figures):
        row = rows.get(table, {}).get(row_id)
        if row is not None:
            kept.setdefault(table, []).append(row)
    return kept


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if isinstance(value, str | int | bool | date | None)
    }


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was when the alert opened."""

    table: str
    row_id: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Vanished:
    """Why a finding is gone: cause is row_gone, data_corrected, rule_changed or elsewhere."""

    cause: str
    sentence: str
    changes: tuple[Change, ...]


def why_gone(alert: Alert, now: Rows, parameters: Mapping[str, Any]) -> Vanished:
    """Say what changed since the rows were frozen, so that the model finds nothing any more."""
    changes: list[Change] = []
    for table, rows in alert.rows.items():
        known = schema.load_tables().get(table)
        if known is None:
            continue
        key = known.primary_key[0]
        for row in rows:
            row_id = str(row.get(key))
            fresh = now.get(table, {}).get(row_id)
            changes += (
                [Change(table, row_id, known.title, "有这一行", "这一行没有了")]
                if fresh is None
                else _differences(known, row_id, row, fresh)
            )
    return _judged(alert, tuple(changes[:CHANGED_MAX]), parameters)


def _differences(
    table: schema.Table, row_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Change]:
    titles = {one.name: one.meaning for one in table.columns}
    return [
        Change(
            table.name,
            row_id,
            titles.get(name, name).split("，")[0].split("；")[0].replace("（分）", "")[:16],
            _written(name, value),
            _written(name, after.get(name)),
        )
        for name, value in before.items()
        if name in after and after[name] != value
    ]


def _written(name: str, value: Any) -> str:
    if value in (None, ""):
        return "空"
    if name.endswith("_fen") and isinstance(value, int):
        return f"{money.format_yuan(value)}元"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_at") and isinstance(value, str):
        at = datetime.fromisoformat(value)
        return clock.date_said(at.date()) + f"{at:%H:%M}"
    return str(value)[:40]


def _judged(alert: Alert, changes: tuple[Change, ...], parameters: Mapping[str, Any]) -> Vanished:
    model = known.model_of(alert.model_code)
    if any(one.after == "这一行没有了" for one in changes):
        return Vanished("row_gone", "查到的那一行已经删掉或撤回，所以不再提醒。", changes)
    if changes:
        said = "；".join(f"{one.title}由{one.before}改成{one.after}" for one in changes[:3])
        return Vanished("data_corrected", f"数据改过了：{said}。", changes)
    if model.version != alert.model_version:
        return Vanished("rule_changed", f"数据没有改，规则换成了第{model.version}版。", ())
    moved = [
        name for name, value in alert.parameters.items() if parameters.get(name, value) != value
    ]
    if moved:
        titles = {one.name: one.meaning for one in model.parameters}
        named = "、".join(titles.get(one, one) for one in moved)
        return Vanished("rule_changed", f"数据没有改，参数改了：{named}。", ())
    return Vanished(
        "elsewhere", "查到的几行没有改，是同它有关的别的数据改了，或者过了要看的日子。", ()
    )
