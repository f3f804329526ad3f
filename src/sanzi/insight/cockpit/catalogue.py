"""The panels of `data/cockpit`: a file each, with a statement of their own or of another panel.

A statement gives rows: `village_id` (where the row lies, a village or an office's own division),
`row_kind` and `row_id` (a row of the record), `month` (`2026-11` or none), `key`, `part` and
`whole` (whole numbers, fen for amounts). It may use `$since` (day), `$as_of` (time) and `$closed`
(codes of models for the discipline offices alone), and is checked like those of alert models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanzi.insight import statements as statement_files
from sanzi.insight.cockpit.shapes import (
    DUTIES,
    KINDS,
    MEASURES,
    SECTIONS,
    TIMES,
    TITLES,
    UNITS,
    Key,
    Panel,
)
from sanzi.insight.statements import DATA, StatementBroken
from sanzi.kernel import yamls
from sanzi.orgs.roles import roles

FOLDER: Final = DATA / "cockpit"
PARAMETERS: Final = frozenset({"since", "as_of", "closed"})
COLUMNS: Final = ("village_id", "row_kind", "row_id", "month", "key", "part", "whole")
_KNOWN: Final = frozenset({
    "title", "kind", "section", "order", "duties", "sees", "unit", "of", "time", "means", "source",
    "reads", "keys", "rows", "nodes", "titles", "drawn", "apart",
})  # fmt: skip


class PanelBroken(ValueError):
    """A file of the cockpit does not say what it must."""


@cache
def panels() -> Mapping[str, Panel]:
    """Return the panels by code, in the order of pages. Raises: PanelBroken."""
    return load(FOLDER)


@cache
def statements() -> Mapping[str, str]:
    """Return the statements by code. Raises: PanelBroken."""
    return {one: _sql(FOLDER, one) for one in sorted({p.statement for p in panels().values()})}


def load(folder: Path) -> Mapping[str, Panel]:
    """Return the panels of a folder. Raises: PanelBroken."""
    found = [_panel(path) for path in sorted(folder.glob("*.yaml"))]
    read = {one.statement for one in found}
    unread = {path.stem for path in folder.glob("*.sql")} - read
    if unread:
        raise PanelBroken(f"no panel reads {min(unread)}.sql")
    for code in sorted(read):
        _sql(folder, code)
    order = list(SECTIONS)
    found.sort(key=lambda one: (order.index(one.section), one.order, one.code))
    return {one.code: one for one in found}


def _panel(path: Path) -> Panel:
    code = path.stem
    try:
        given = yamls.read(path)
        found = Panel(
            code=code,
            title=given["title"],
            kind=given["kind"],
            section=given["section"],
            order=given["order"],
            duties=tuple(given["duties"]),
            sees=given["sees"],
            unit=given["unit"],
            of=given.get("of", "sum"),
            time=given["time"],
            means=given["means"],
            source=given["source"],
            statement=given.get("reads", code),
            keys=_keys(given.get("keys", ())),
            rows=_keys(given.get("rows", ())),
            nodes=_keys(given.get("nodes", ())),
            titles=given.get("titles", ""),
            drawn=given.get("drawn", ""),
            is_apart=given.get("apart", False),
        )
    except (OSError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise PanelBroken(f"{code}: {error!r}") from error
    _check(found, frozenset(given))
    return found


def _keys(given: Sequence[Mapping[str, Any]]) -> tuple[Key, ...]:
    return tuple(
        Key(one["code"], one["title"], tuple(one.get("of", (one["code"],))), one.get("warm", False))
        for one in given
    )


def _check(panel: Panel, names: frozenset[str]) -> None:
    may = frozenset().union(*(one.may for one in roles().values()))
    wrong = (
        (names - _KNOWN, f"knows no {min(names - _KNOWN, default='')}"),
        (panel.kind not in KINDS, "has a kind that is none"),
        (panel.section not in SECTIONS, "stands in no section"),
        (set(panel.duties) - set(DUTIES) or not panel.duties, "serves no duty"),
        (panel.sees not in may, "is seen by nobody: no role has its permission"),
        (panel.unit not in UNITS, "has a unit that is none"),
        (panel.of not in MEASURES, "tells a figure that is none"),
        (panel.time not in TIMES, "has a time that is none"),
        (panel.titles not in TITLES, "has titles that are none"),
        (panel.kind == "series" and panel.time == "now", "is a series without months"),
        (panel.kind == "tree" and panel.time == "month", "is a tree of months"),
        (panel.time == "balance" and panel.of != "sum", "is a balance of no sum"),
        ((panel.kind == "flow") != bool(panel.nodes), "is a flow without nodes, or nodes alone"),
        (not (panel.keys or panel.nodes or panel.titles), "has no lines"),
        (bool(panel.keys) and bool(panel.titles), "has lines twice"),
        (len({one.code for one in panel.keys}) != len(panel.keys), "has a line twice"),
    )
    for is_wrong, words in wrong:
        if is_wrong:
            raise PanelBroken(f"{panel.code}: {words}")


def _sql(folder: Path, code: str) -> str:
    try:
        return statement_files.read(folder, code, parameters=PARAMETERS, columns=COLUMNS)
    except StatementBroken as error:
        raise PanelBroken(str(error)) from error
