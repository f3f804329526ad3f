"""Rows of a report that are no sums: points of villages, rows behind a figure, forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sanzi.insight.cockpit import catalogue as panel_catalogue
from sanzi.insight.cockpit import counting, panels
from sanzi.insight.cockpit import lines as panel_lines
from sanzi.insight.cockpit import rows as panel_rows
from sanzi.insight.cockpit import words as panel_words
from sanzi.insight.cockpit.shapes import Counted, Panel, Place, Sum
from sanzi.insight.indices import queries as index_queries
from sanzi.insight.models import IndexScore
from sanzi.insight.reports.figures import Earlier
from sanzi.insight.reports.periods import Period
from sanzi.insight.reports.shapes import Item, ListColumn
from sanzi.kernel import clock, divisions
from sanzi.ledger.standards import loading as standards
from sanzi.orgs import queries as orgs
from sanzi.record import engine, places
from sanzi.supervision import frozen

SECONDS_MAX: Final = 60.0
ROWS_MAX: Final = 2_000
SUBJECTS_OF: Final = "rce2023"
"""The chart whose names stand beside codes of accounts: collectives and committees keep it."""
NOTHING_EARLIER: Final = Earlier({}, {}, {})
Row = dict[str, Any]


def index_rows(place: Place, period: Period) -> list[Row]:
    """Return the villages of a place with their points of a month, the lowest first."""
    prefix = divisions.prefix(place.code)
    scores = IndexScore.objects.filter(
        index_code=index_queries.INTEGRITY, person_ext_id="", period=period.months[-1],
        division_code__gte=prefix, division_code__lt=prefix + ":",
    )  # fmt: skip
    shown = index_queries.rows_of([*scores.defer("parts").order_by("division_code")])
    shown.sort(key=lambda one: (one.tenths is None, one.tenths or 0, one.division_code))
    return [
        {
            "cells": [
                one.place,
                panel_words.tenths(one.tenths) if one.tenths is not None else "数据不够",
                _moved(one.tenths, one.before),
                one.grade,
                "、".join(one.caps),
            ],
            "from": [None, ["index", one.ext_id], None, None, None],
            "tone": "",
        }
        for one in shown
    ]


def _moved(now: int | None, before: int | None) -> str:
    if now is None or before is None:
        return panel_words.NONE
    if now == before:
        return "一样"
    return f"{'高' if now > before else '低'}{panel_words.tenths(abs(now - before))}分"


def panel_rows_of(panel: Panel, place: Place, at: datetime, item: Item) -> list[Row]:
    """Return the rows behind some lines of a panel as they stand, the largest first."""
    sql = panel_catalogue.statements()[panel.statement]
    tables, _ = places.read(engine.check(sql).tables, place.code)
    with engine.warm_session(tables) as session:
        found = session.run(sql, counting.values(at), seconds=SECONDS_MAX)
    rows: dict[tuple[str, str, str], Sum] = {}
    for row in found:
        line = panel_lines.line_of(panel, row["key"] or "")
        if line and (not item.lines or line in item.lines):
            slot = (row["row_kind"], row["row_id"], line)
            rows[slot] = rows.get(slot, Sum()) + Sum(int(row["part"]), int(row["whole"]), 1)
    ordered = sorted(rows.items(), key=lambda pair: (-abs(pair[1].part), pair[0]))
    wanted: dict[str, list[str]] = {}
    for (kind, row_id, _), _one in ordered[: item.most or ROWS_MAX]:
        wanted.setdefault(kind, []).append(row_id)
    read = frozen.read(wanted)
    titles = {one.code: one.title for one in panel_lines.lines_of(panel, _counted(rows), ())}
    return [
        _drilled(panel, slot, one, read.get(slot[0], {}).get(slot[1], {}), titles)
        for slot, one in ordered[: item.most or ROWS_MAX]
    ]


def _counted(rows: Mapping[tuple[str, str, str], Sum]) -> Counted:
    return Counted({("", line): one for (_, _, line), one in rows.items()})


def _drilled(
    panel: Panel, slot: tuple[str, str, str], one: Sum, row: Mapping[str, Any],
    titles: Mapping[str, str],
) -> Row:  # fmt: skip
    kind, row_id, line = slot
    value = panels.value(panel, one)
    return {
        "cells": [
            panel_rows.title(kind, row) or panel_rows.what(kind),
            panel_rows.day(row),
            titles.get(line, line),
            panel_words.exact(panel, value),
        ],
        "from": [["row", kind, row_id, str(row.get("case_id") or row.get("lease_id") or "")],
                 None, None, None],
        "tone": "",
    }  # fmt: skip


def list_rows(item: Item, place: Place, period: Period, at: datetime) -> list[Row]:
    """Return the rows of a form from its own statement, in the statement's order."""
    checked = engine.check(item.sql)
    tables, _ = places.read(checked.tables, place.code)
    given = {
        "first": period.first_date,
        "last": period.last_date,
        "subjects": list(item.subjects),
        "side": item.side,
        "as_of": at.astimezone(clock.SHANGHAI).replace(tzinfo=None),
    }
    with engine.warm_session(tables) as session:
        found = session.run(item.sql, given, seconds=SECONDS_MAX)
    names = orgs.division_names({str(row["village_id"]) for row in found if row.get("village_id")})
    found.sort(key=lambda row: (str(row.get("village_id") or ""), str(row.get("sort") or "")))
    return [_listed(item, row, names) for row in found[:ROWS_MAX]]


def _listed(item: Item, row: Mapping[str, Any], names: Mapping[str, str]) -> Row:
    refs: list[list[str] | None] = [None] * len(item.columns)
    if row.get("row_kind") and row.get("row_id"):
        at = next((at for at, one in enumerate(item.columns) if one.kind == "text"), 0)
        refs[at] = ["row", str(row["row_kind"]), str(row["row_id"]), ""]
    return {
        "cells": [_cell(one, row[one.name], names) for one in item.columns],
        "from": refs,
        "tone": "total" if row.get("is_total") else "",
    }


def _cell(column: ListColumn, value: Any, names: Mapping[str, str]) -> str | int | None:
    if value is None:
        return None
    if column.name == "village_id":
        return names.get(str(value), str(value))
    if column.name == "subject_code":
        known = standards.get(SUBJECTS_OF).accounts.get(str(value))
        return f"{value} {known.name}" if known else str(value)
    if column.kind in ("money", "count"):
        return int(value)
    if column.kind == "mu":
        return f"{int(value) // 100}.{int(value) % 100:02}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return value.isoformat() if isinstance(value, date) else str(value)
