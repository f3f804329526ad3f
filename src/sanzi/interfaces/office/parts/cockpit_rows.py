"""Rows behind a figure: what each is called and where it leads. No name of a person stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanzi.insight.cockpit import panels, words
from sanzi.insight.cockpit import rows as panel_rows
from sanzi.insight.cockpit.shapes import Drilled, DrilledRow
from sanzi.interfaces.look import row_pages
from sanzi.interfaces.look.panel_links import row_url
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class _Around:
    """What a row is told with: titles of lines and of the county's own models, where it leads."""

    lines: Mapping[str, str]
    own_titles: Mapping[str, str]
    url: str


def ledger(
    found: Drilled, rows: Sequence[DrilledRow], site: str = "", *, by: Actor | None = None
) -> Ledger:
    """Return rows as a table: what it is, when, how much, each leading to its page.

    Shapes: `site` is where those pages are, empty for here; a city leads to the county's own,
        which asks again who may open them. `by` opens those that are here; None for a file.
    """
    panel = found.page.panel
    wanted: dict[str, list[str]] = {}
    for one in rows:
        wanted.setdefault(one.kind, []).append(one.row_id)
    read = panels.rows_named(found.page, wanted)
    titles = panels.own_titles(found.page) if "alert" in wanted else {}
    urls = {kind: _urls(kind, known, site, by) for kind, known in read.items()}
    lines = {one.code: one.title for one in found.page.lines}
    unit = words.exact_unit(panel)
    has_whole = panel.of in ("share", "mean")
    # The amount stands beside the name: on a phone the rest is a swipe away.
    columns = [Column("是什么"), Column("数" if has_whole else f"数（{unit}）", "money")]
    if has_whole:
        columns.append(Column("共", "money"))
    columns += [Column("日期"), Column("算在")]
    return Ledger(
        caption=f"{panel.title}的明细",
        columns=columns,
        rows=[
            _row(
                found,
                one,
                read.get(one.kind, {}).get(one.row_id, {}),
                _Around(lines, titles, urls.get(one.kind, {}).get(one.row_id, "")),
            )
            for one in rows
        ],
        is_row_headed=True,
    )


def _urls(
    kind: str, known: Mapping[str, Mapping[str, Any]], site: str, by: Actor | None
) -> Mapping[str, str]:
    if not site:
        return row_pages.urls(by, kind, known) if by is not None else {}
    found = {key: row_url(kind, key, row) for key, row in known.items()}
    return {key: site + url for key, url in found.items() if url}


def _row(
    found: Drilled,
    one: DrilledRow,
    row: Mapping[str, Any],
    around: _Around,
) -> Row:
    panel, lines = found.page.panel, around.lines
    what = panel_rows.what(one.kind)
    title = panel_rows.title(one.kind, row, around.own_titles)
    cells: list[Cell | str] = [
        Cell(title or what, around.url, f"{what} {one.row_id}"),
    ]
    if panel.of in ("share", "mean"):
        cells += [_amount(found, one.sum.part), _amount(found, one.sum.whole)]
    else:
        cells.append(words.exact(panel, panels.value(panel, one.sum)))
    return Row([*cells, panel_rows.day(row), lines.get(one.key, one.key)])


def _amount(found: Drilled, value: int) -> str:
    if found.page.panel.unit != "fen":
        return f"{value:,}"
    return f"{value // 100:,}.{value % 100:02}" if value else "0"
