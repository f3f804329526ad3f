"""A panel ready for a template: its sentence, its picture in two widths, its table, its links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sanzi.insight.cockpit import panels, words
from sanzi.insight.cockpit.shapes import Counted, Key, Panel, PanelPage, Place
from sanzi.interfaces.look import panel_links
from sanzi.interfaces.look.panel_pictures import COLOURS, Picture, Size, picture
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row

VILLAGE: Final = panels.VILLAGE
LONG: Final = 40
WIDE: Final = {"flow": Size(640, 300), "tree": Size(640, 300), "series": Size(640, 190)}
SLIM: Final = {"flow": Size(350, 300, 12), "tree": Size(350, 300), "series": Size(350, 170, 12)}
WALL: Final = {
    "flow": Size(900, 330, 18), "tree": Size(900, 400, 18), "series": Size(500, 170, 18),
    "number": Size(424, 100, 18), "bars": Size(500, 100, 18),
}  # fmt: skip
PAPER: Final = {
    "flow": Size(960, 460, 16), "tree": Size(960, 560, 16), "series": Size(960, 360, 16),
}  # fmt: skip
OTHER_WIDE, OTHER_SLIM, OTHER_PAPER = Size(640, 100), Size(350, 100), Size(960, 100, 16)


@dataclass(frozen=True)
class Line:
    """One line of a panel of numbers: its share as a stretch of a bar, its figure, its source."""

    title: str
    figure: str
    url: str
    colour: str
    x: float
    width: float
    is_warm: bool


@dataclass(frozen=True)
class MatrixRow:
    """One row of a matrix: severity, then figures with their sources, column by column."""

    code: str
    title: str
    cells: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Part:
    """A panel as its template draws it."""

    page: PanelPage
    code: str
    title: str
    kind: str
    finding: str
    url: str
    figure: str
    unit: str
    lines: tuple[Line, ...]
    matrix: tuple[MatrixRow, ...]
    heads: tuple[str, ...]
    sums: tuple[tuple[str, str, str, bool], ...]
    wide: Picture | None
    slim: Picture | None

    @property
    def ledger(self) -> Ledger:
        """Return the figures as a table; made only where it is shown."""
        return table(self.page)

    @property
    def is_long(self) -> bool:
        """Return whether the table is too long to stand folded on the page of a place."""
        return self.kind == "tree" and len(self.page.below) > LONG

    @property
    def has_picture(self) -> bool:
        """Return whether there is a picture to take away."""
        return self.wide is not None


def part(page: PanelPage, *, is_wall: bool = False) -> Part:
    """Return a panel for its template."""
    kind = page.panel.kind
    wide = WALL.get(kind, OTHER_WIDE) if is_wall else WIDE.get(kind, OTHER_WIDE)
    whole = panels.value(page.panel, panels.told(page)) if not page.panel.nodes else None
    has_sums = bool(page.counted.sums)
    return Part(
        page=page,
        code=page.panel.code,
        title=page.panel.title,
        kind=kind,
        finding=words.finding(page),
        url=panel_url(page.place, page.panel),
        figure=words.figure(page.panel, whole, abs(whole or 0)) if has_sums else "",
        unit=words.unit(page.panel, abs(whole or 0)),
        lines=_numbers(page) if kind == "number" else (),
        matrix=_matrix(page) if page.panel.rows and kind == "table" else (),
        heads=tuple(one.title for one in page.panel.keys),
        sums=_column_sums(page) if page.panel.rows and kind == "table" else (),
        wide=picture(page, wide, leads(page)),
        slim=None if is_wall else picture(page, SLIM.get(kind, OTHER_SLIM), leads(page)),
    )


def paper(page: PanelPage) -> Picture | None:
    """Return the picture that is taken away as a file."""
    return picture(page, PAPER.get(page.panel.kind, OTHER_PAPER), lambda _code, _key: "")


class leads:  # noqa: N801 - a function with a memory
    """From a shape to its source: a place to its cockpit, a line to the panel and its rows."""

    def __init__(self, page: PanelPage) -> None:
        """Stand on a page."""
        self._page = page

    def __call__(self, key: str, what: str) -> str:
        """Return the address; `what` is a month, nothing, or `place` for a division code."""
        if what == "place":
            return panel_links.at("office:cockpit", key)
        return source_url(self._page.place, self._page.panel, key, what)


def panel_url(place: Place, panel: Panel) -> str:
    """Return the address of a panel."""
    return panel_links.at("office:cockpit_panel", place.code, panel.code)


def source_url(place: Place, panel: Panel, key: str, month: str = "") -> str:
    """Return where a figure leads: the rows of a village, else the panel with the places below."""
    return panel_links.source_url((place.code, place.level), panel.code, key, month)


def _numbers(page: PanelPage) -> tuple[Line, ...]:
    panel = page.panel
    if panel.of != "sum":
        return ()
    found = [(one, panels.told(page, one.code).part) for one in page.lines]
    whole = sum(max(value, 0) for _, value in found) or 1
    most = max((abs(value) for _, value in found), default=0)
    lines, x = [], 0.0
    for at, (one, value) in enumerate(found):
        if not value and at > 2 and not one.is_warm:
            continue
        width = 100 * max(value, 0) / whole
        is_warm = one.is_warm and value > 0
        lines.append(
            Line(
                title=one.title,
                figure=words.figure(panel, value, most)
                + (words.unit(panel, most) if value else ""),
                url=source_url(page.place, panel, one.code) if value else "",
                colour="#B5311A" if is_warm else COLOURS[at % len(COLOURS)],
                x=round(x, 2),
                width=round(max(width - 0.6, 0.3), 2) if value > 0 else 0,
                is_warm=is_warm,
            )
        )
        x += width
    return tuple(lines)


def _matrix(page: PanelPage) -> tuple[MatrixRow, ...]:
    rows = []
    for row in page.panel.rows:
        cells = []
        for key in page.panel.keys:
            code = f"{row.code}.{key.code}"
            value = panels.told(page, code).part
            url = source_url(page.place, page.panel, code) if value else ""
            cells.append((f"{value:,}", url, key.is_warm and value > 0))
        rows.append(MatrixRow(row.code, row.title, tuple(cells)))
    return tuple(rows)


def _column_sums(page: PanelPage) -> tuple[tuple[str, str, str, bool], ...]:
    found = []
    for key in page.panel.keys:
        value = sum(panels.told(page, f"{row.code}.{key.code}").part for row in page.panel.rows)
        found.append((key.code, key.title, f"{value:,}", value > 0))
    return tuple(found)


def table(page: PanelPage) -> Ledger:
    """Return the figures of a panel as a table: months down where it has a course, else lines."""
    panel = page.panel
    if panel.kind == "tree":
        return _places(page, page.below)
    if panel.kind == "series":
        return _months(page)
    unit = words.exact_unit(panel)
    columns = [Column(panel.title), Column(f"数（{unit}）", "money")]
    if panel.of == "mean":
        columns.insert(1, Column("件数", "money"))
    rows = []
    for one in page.lines:
        found = panels.told(page, one.code)
        value = panels.value(panel, found)
        url = source_url(page.place, panel, one.code) if found.row_count else ""
        cells: list[Cell | str] = [one.title, Cell(words.exact(panel, value), url)]
        if panel.of == "mean":
            cells.insert(1, Cell(f"{found.row_count:,}", url))
        rows.append(Row(cells))
    return Ledger(
        f"{panel.title}，单位{unit}", columns, rows, total=_total(page), is_row_headed=True
    )


def _total(page: PanelPage) -> Row | None:
    panel = page.panel
    if panel.nodes or panel.of in ("share", "mean") or len(page.lines) < 2:
        return None
    whole = panels.value(panel, panels.told(page))
    return Row(["合计", words.exact(panel, whole)])


def _months(page: PanelPage) -> Ledger:
    panel = page.panel
    unit = words.exact_unit(panel)
    has_parts = panel.of in ("share", "mean")
    columns = [Column("月份"), *(Column(f"{one.title}（{unit}）", "money") for one in page.lines)]
    if has_parts:
        columns.append(Column("几件", "money"))
    courses = {one.code: panels.course(page, one.code) for one in page.lines}
    rows = []
    for at, month in enumerate(page.months):
        cells: list[Cell | str] = [words.month(month)]
        for one in page.lines:
            found = courses[one.code][at]
            url = source_url(page.place, panel, one.code, month) if found.row_count else ""
            cells.append(Cell(words.exact(panel, panels.value(panel, found)), url))
        if has_parts:
            cells.append(f"{courses[page.lines[0].code][at].row_count:,}")
        rows.append(Row(cells))
    return Ledger(f"{panel.title}，单位{unit}", columns, rows, is_row_headed=True)


def places(page: PanelPage) -> Ledger:
    """Return the places right below, a row each; their sum is the place's own figure."""
    return _places(page, page.below)


def _places(page: PanelPage, below: Sequence[tuple[Place, Counted]]) -> Ledger:
    panel = page.panel
    lines = page.lines[:8]
    unit = words.exact_unit(panel)
    columns = [Column("哪里"), *(Column(one.title, "money") for one in lines)]
    adds_up = panel.of in ("sum", "rows") and not panel.is_apart
    has_sum = adds_up and len(lines) > 1 and not panel.nodes
    if has_sum:
        columns.append(Column("合计", "money"))
    rows = []
    for place, counted in below:
        own = replace(page, place=place, counted=counted)
        cells: list[Cell | str] = [Cell(place.name, _place_url(place, panel))]
        cells += [_cell(own, one) for one in lines]
        if has_sum:
            whole = panels.value(panel, panels.told(own))
            cells.append(Cell(words.exact(panel, whole), source_url(place, panel, "")))
        rows.append(Row(cells))
    total = None
    if panel.kind != "tree":
        foot = [words.exact(panel, panels.value(panel, panels.told(page, one.code)))
                for one in lines]  # fmt: skip
        if has_sum:
            foot.append(words.exact(panel, panels.value(panel, panels.told(page))))
        total = Row(["合计" if panel.of in ("sum", "rows") else "一起算", *foot])
    return Ledger(
        f"{panel.title}，各处，单位{unit}", columns, rows, total=total, is_row_headed=True
    )


def _place_url(place: Place, panel: Panel) -> str:
    if place.level == "own":
        return panel_links.at("office:cockpit_rows", place.code, panel.code)
    return panel_links.at("office:cockpit_panel", place.code, panel.code)


def _cell(own: PanelPage, key: Key) -> Cell:
    found = panels.told(own, key.code)
    value = panels.value(own.panel, found)
    url = source_url(own.place, own.panel, key.code) if found.row_count else ""
    return Cell(words.exact(own.panel, value), url)


def median(values: Sequence[int]) -> int | None:
    """Return the middle of values, the lower of two; None without any."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


def beside(page: PanelPage, peers: Mapping[Place, Counted]) -> tuple[str, ...]:
    """Return sentences that hold a village's lines against the middle of its neighbours."""
    told = []
    for one in page.lines[:4]:
        mine = panels.value(page.panel, panels.told(page, one.code))
        others = [
            value
            for place, counted in peers.items()
            if (value := panels.value(
                page.panel, panels.told(replace(page, place=place, counted=counted), one.code)
            )) is not None
        ]  # fmt: skip
        middle = median(others)
        if mine is not None and middle is not None:
            told.append(
                f"{one.title}{words.said(page.panel, mine)}，"
                f"同镇{len(others)}个村的中间数是{words.said(page.panel, middle)}"
            )
    return tuple(told)
