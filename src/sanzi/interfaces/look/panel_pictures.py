"""Pictures of the cockpit: places and words only; one template draws them all as plain SVG.

The same shapes stand on the page, in the file and on the wall. Colours are written out, because a
picture that is taken away has no stylesheet. Each shape may lead on to its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.safestring import SafeString

from sanzi.insight.cockpit import boundaries, panels
from sanzi.insight.cockpit import words as panel_words
from sanzi.insight.cockpit.shapes import Counted, Key, PanelPage, Place
from sanzi.interfaces.look import panel_svg
from sanzi.interfaces.look.panel_flows import OTHERS, Node, fewer, nodes_of
from sanzi.interfaces.look.panel_maps import blocks, outlines, squares
from sanzi.interfaces.look.panel_svg import Shape
from sanzi.kernel import divisions
from sanzi.orgs import tree as places

PINE: Final = "#15513B"
CELADON: Final = "#679779"
INDIGO: Final = "#2B4C7E"
PALE: Final = "#B9D2C0"
VERM: Final = "#B5311A"
INK: Final = "#15201B"
INK_2: Final = "#414E47"
RULE: Final = "#D3DBD0"
AXIS: Final = "#A9B5AC"
QUIET: Final = "#CBD9CC"
OCHRE: Final = "#E3AA2C"
OCHRE_EDGE: Final = "#9A6A00"
SHEET: Final = "#FDFEFB"
COLOURS: Final = (PINE, CELADON, INDIGO, PALE, "#7C8A82", AXIS)
GAP: Final = 2.5
BARS_MAX: Final = 10
FILLS: Final = {"new": VERM, "pending": OCHRE, "": QUIET}
"""What a place is filled with, by the worst state of its alerts."""

Lead = Callable[[str, str], str]
"""From a place's code and a key to where a shape leads; empty for nowhere."""


@dataclass(frozen=True)
class Size:
    """How large a picture is, and its letters."""

    width: int
    height: int
    font: int = 13


@dataclass(frozen=True)
class Picture:
    """A picture with the sentence that says what it shows."""

    label: str
    width: int
    height: int
    shapes: tuple[Shape, ...] = field(default=())

    @property
    def markup(self) -> SafeString:
        """Return the shapes as SVG, ready to stand in a page or a file."""
        return panel_svg.markup(self.shapes)


def picture(page: PanelPage, size: Size, lead: Lead) -> Picture | None:
    """Return the picture of a panel; None for a table, and where there is nothing to draw."""
    draw = {
        "series": series, "bars": bars, "number": bars, "flow": flow, "tree": tree,
    }.get(page.panel.kind)  # fmt: skip
    if draw is None or not page.counted.sums:
        return None
    shapes, height = draw(page, size, lead)
    label = f"{page.panel.title}：{panel_words.finding(page)}"
    return Picture(label, size.width, height, tuple(shapes)) if shapes else None


def series(page: PanelPage, size: Size, lead: Lead) -> tuple[list[Shape], int]:
    """Return bars by month, one for each line; the last month is dark, first and last are told."""
    panel, lines = page.panel, page.lines[: len(COLOURS)]
    courses = [
        [panels.value(panel, one) for one in panels.course(page, line.code)] for line in lines
    ]
    top = 1000 if panel.of == "share" else 0
    most = max([abs(one) for course in courses for one in course if one], default=0)
    if not most:
        return [], 0
    top = max(top, most)
    font, legend = size.font, (size.font + 10 if len(lines) > 1 else 0)
    base, head = size.height - font - 12, legend + font + 8
    step = size.width / len(page.months)
    width = step * 0.62 / len(lines)
    shapes = _legend(lines, font) if legend else []
    shapes.append(Shape("line", x=0, y=base, w=size.width, h=base, stroke=AXIS))
    for at, month in enumerate(page.months):
        left = at * step + step * 0.19
        for place, (line, course) in enumerate(zip(lines, courses, strict=True)):
            value = course[at]
            high = (base - head) * max(value or 0, 0) / top
            words = panel_words.said(panel, value)
            is_last = at == len(page.months) - 1
            if value:
                shapes.append(
                    Shape(
                        "rect", x=left + place * width, y=base - max(high, 1), w=width - 1,
                        h=max(high, 1), fill=_series_fill(len(lines), place, is_last=is_last),
                        url=lead(line.code, month),
                        title=f"{panel_words.month(month)}{line.title}{words}",
                    )
                )  # fmt: skip
            if value is not None and at in (0, len(page.months) - 1) and len(lines) == 1:
                shapes.append(_end(value, at, (left, step, base - high - 5), page, most, size=size))
        shapes.append(
            Shape(
                "text", x=at * step + step / 2, y=base + font + 4, anchor="middle", size=font,
                fill=INK_2, text=panel_words.short_month(month, is_first=at == 0),
            )
        )  # fmt: skip
    return shapes, size.height


def _series_fill(count: int, place: int, *, is_last: bool) -> str:
    if count > 1:
        return COLOURS[place]
    return PINE if is_last else PALE


def _end(
    value: int,
    at: int,
    where: tuple[float, float, float],
    page: PanelPage,
    most: int,
    *,
    size: Size,
) -> Shape:
    left, step, y = where
    words = panel_words.figure(page.panel, value, most)
    unit = panel_words.unit(page.panel, most)
    return Shape(
        "text", x=0 if at == 0 else left + step * 0.75, y=max(y, size.font),
        anchor="start" if at == 0 else "end", size=size.font, bold=True, fill=INK,
        text=f"{words}{unit}",
    )  # fmt: skip


def _legend(lines: Sequence[Key], font: int) -> list[Shape]:
    shapes, x = [], 0.0
    for place, one in enumerate(lines):
        shapes.append(Shape("rect", x=x, y=2, w=font - 2, h=font - 2, fill=COLOURS[place]))
        shapes.append(Shape("text", x=x + font + 3, y=font, size=font, fill=INK_2, text=one.title))
        x += font * (len(one.title) + 2.4)
    return shapes


def bars(page: PanelPage, size: Size, lead: Lead) -> tuple[list[Shape], int]:
    """Return lying bars, a row each; what asks to act is vermilion."""
    panel, font = page.panel, size.font
    found = [(one, panels.value(panel, panels.told(page, one.code)) or 0) for one in page.lines]
    if panel.is_open_ended:
        found = [pair for pair in found if pair[1]][:BARS_MAX]
    most = max((abs(value) for _, value in found), default=0)
    if not most:
        return [], 0
    words_width = font * min(max(len(one.title) for one, _ in found) + 1, 9)
    room = size.width - words_width - font * 7
    row = font + 15
    shapes = []
    for at, (one, value) in enumerate(found):
        y = at * row
        title = one.title if len(one.title) <= 8 else f"{one.title[:7]}…"
        words = f"{panel_words.figure(panel, value, most)}{panel_words.unit(panel, most)}"
        shapes.append(
            Shape("text", y=y + font + 4, size=font, fill=INK_2, text=title, title=one.title)
        )
        width = max(room * max(value, 0) / most, 2 if value else 0)
        fill = VERM if one.is_warm else PINE if value == most else CELADON
        if value:
            shapes.append(
                Shape(
                    "rect", x=words_width, y=y + 4, w=width, h=font + 3, fill=fill,
                    url=lead(one.code, ""), title=f"{one.title}{words}",
                )
            )  # fmt: skip
        shapes.append(
            Shape(
                "text", x=words_width + width + 7, y=y + font + 4, size=font, fill=INK,
                bold=True, text=words,
            )
        )  # fmt: skip
    return shapes, row * len(found)


def flow(page: PanelPage, size: Size, lead: Lead) -> tuple[list[Shape], int]:
    """Return bands from where money comes to where it went, as wide as the money."""
    links = [
        (one.code.partition(">")[0], one.code.partition(">")[2], value)
        for one in page.lines
        if (value := panels.told(page, one.code).part) > 0
    ]
    links = fewer(page, links)
    nodes = nodes_of(page, links)
    if not nodes:
        return [], 0
    columns = max(one.column for one in nodes.values()) + 1
    font, bar = size.font, 12
    room = size.width - font * 11 - bar
    step = room / max(columns - 1, 1)
    gap = font + 10
    stacks = [[one for one in nodes.values() if one.column == place] for place in range(columns)]
    scale = min(
        (size.height - gap * len(stack)) / sum(one.weight for one in stack)
        for stack in stacks
        if stack
    )
    for stack in stacks:
        y = 4.0
        for one in stack:
            one.y = y
            y += max(one.weight * scale, 3) + gap
    shapes = []
    for source, target, value in links:
        shapes.append(_band(nodes[source], nodes[target], value, (scale, step, bar), lead))
    most = max(one.weight for one in nodes.values())
    for one in nodes.values():
        high = max(one.weight * scale, 3)
        x = one.column * step
        colour = VERM if one.key.is_warm else INDIGO if one.column == columns - 1 else PINE
        words = panel_words.figure(page.panel, one.weight, most)
        shapes.append(Shape("rect", x=x, y=one.y, w=bar, h=high, fill=colour))
        shapes.append(
            Shape(
                "text", x=x + bar + 6, y=one.y + min(high / 2 + font / 3, high + font),
                size=font, fill=VERM if one.key.is_warm else INK, bold=one.key.is_warm,
                text=f"{one.key.title} {words}",
            )
        )  # fmt: skip
    return shapes, size.height


def _band(
    source: Node, target: Node, value: int, frame: tuple[float, float, int], lead: Lead
) -> Shape:
    scale, step, bar = frame
    high = max(value * scale, 1.5)
    x1, x2 = source.column * step + bar, target.column * step
    y1, y2 = source.y + source.used_out, target.y + target.used_in
    source.used_out += high
    target.used_in += high
    middle = (x1 + x2) / 2
    path = (
        f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        f"L{x2:.1f} {y2 + high:.1f}"
        f"C{middle:.1f} {y2 + high:.1f} {middle:.1f} {y1 + high:.1f} {x1:.1f} {y1 + high:.1f}Z"
    )
    return Shape(
        "path", d=path, fill=VERM if target.key.is_warm else CELADON, opacity="0.4",
        url=lead("" if source.key.code == OTHERS else f"{source.key.code}>{target.key.code}", ""),
        title=f"{source.key.title}到{target.key.title}",
    )  # fmt: skip


def tree(page: PanelPage, size: Size, lead: Lead) -> tuple[list[Shape], int]:
    """Return the villages of a place town by town: as tiles, or as areas.

    Above the county it is towns county by county, and counties city by city. Where all of them
    have boundaries, tiles are drawn as those.
    """
    towns: dict[str, list[tuple[Place, Counted]]] = {}
    for place, counted in page.below:
        towns.setdefault(_frame(place), []).append((place, counted))
    if page.panel.drawn:
        rings = boundaries.rings_of(place.code for place, _ in page.below)
        if len(rings) == len(page.below):
            return _map(page.below, rings, size, lead)
        return _tiles(towns, size, lead)
    return _areas(page, towns, size, lead)


def _frame(place: Place) -> str:
    """Return the code of what a tile is framed with: a town, a county, a city."""
    return divisions.parent(place.code) or place.code


def _tiles(
    towns: dict[str, list[tuple[Place, Counted]]],
    size: Size,
    lead: Lead,
) -> tuple[list[Shape], int]:
    shapes: list[Shape] = []
    height = 0.0
    names = _names(towns)
    for block in blocks({code: len(found) for code, found in towns.items()}, size):
        shapes.append(
            Shape(
                "rect", x=block.x, y=block.y + size.font + 6, w=block.width, h=block.height,
                stroke=PINE, fill="none",
            )
        )  # fmt: skip
        shapes.append(
            Shape(
                "text", x=block.x, y=block.y + size.font, size=size.font, fill=INK, bold=True,
                text=names.get(block.code, ""), url=lead(block.code, "place"),
            )
        )  # fmt: skip
        for (place, counted), (x, y, side) in zip(towns[block.code], block.tiles, strict=True):
            shapes += _tile(place, counted, (x, y, side), lead)
        height = max(height, block.y + block.height + size.font + 10)
    return shapes, int(height)


def _tile(
    place: Place,
    counted: Counted,
    box: tuple[float, float, float],
    lead: Lead,
) -> list[Shape]:
    x, y, side = box
    state, told = _state(place, counted)
    shapes = [
        Shape(
            "rect", x=x, y=y, w=side, h=side, fill=FILLS[state],
            stroke=OCHRE_EDGE if state == "pending" else "",
            url=lead(place.code, "place"), title=told,
        )
    ]  # fmt: skip
    if _is_blocked(counted):
        bar = Shape("rect", x=x + side / 4, y=y + side / 2 - 2, w=side / 2, h=4, fill="#fff")
        shapes.append(bar)
    return shapes


def _state(place: Place, counted: Counted) -> tuple[str, str]:
    """Return how the alerts of a place stand, and the words for it."""
    keys = [key for key in counted.named() if counted.total(key).part]
    state = panel_words.state_of(keys)
    words = {"new": "有新增", "pending": "有待处置"}.get(state, "没有未办")
    number = sum(counted.total(key).part for key in keys)
    return state, f"{place.name}：{words}{f'，{number}条没办完' if number else ''}"


def _is_blocked(counted: Counted) -> bool:
    return bool(counted.total("block.new").part or counted.total("block.pending").part)


def _map(
    below: Sequence[tuple[Place, Counted]],
    rings: Mapping[str, boundaries.Rings],
    size: Size,
    lead: Lead,
) -> tuple[list[Shape], int]:
    """Return the places within their boundaries, named where there is room."""
    shapes: list[Shape] = []
    above: list[Shape] = []
    laid, height = outlines(rings, size)
    for place, counted in below:
        one = laid[place.code]
        state, told = _state(place, counted)
        shapes.append(
            Shape(
                "path", d=one.path, fill=FILLS[state],
                stroke=OCHRE_EDGE if state == "pending" else SHEET,
                url=lead(place.code, "place"), title=told,
            )
        )  # fmt: skip
        if _is_blocked(counted):
            above.append(Shape("rect", x=one.x - 7, y=one.y - 2, w=14, h=4, fill="#fff"))
        elif panel_words.width(place.name) * size.font < one.width:
            above.append(
                Shape(
                    "text", x=one.x, y=one.y + size.font / 3, anchor="middle", size=size.font,
                    fill="#fff" if state == "new" else INK, text=place.name,
                )
            )  # fmt: skip
    return [*shapes, *above], height


def _names(frames: Iterable[str]) -> dict[str, str]:
    """Return the names of frames by code."""
    return {one.code: one.name for one in places.nodes(frames)}


def _areas(
    page: PanelPage,
    towns: dict[str, list[tuple[Place, Counted]]],
    size: Size,
    lead: Lead,
) -> tuple[list[Shape], int]:
    weights = {
        code: [(place, max(counted.total().part, 0)) for place, counted in found]
        for code, found in towns.items()
    }
    totals = [(code, sum(value for _, value in found)) for code, found in weights.items()]
    names = _names(towns)
    most = max((value for found in weights.values() for _, value in found), default=0)
    shapes: list[Shape] = []
    outer = squares(totals, (0.0, 0.0, float(size.width), float(size.height)))
    for code, (x, y, width, height) in outer:
        head = size.font + 6 if len(towns) > 1 and height > 3 * size.font else 0
        inner = (x, y + head, width - 2, max(height - head - 2, 1))
        if head:
            shapes.append(_town_name(names.get(code, ""), (x, y, width), size, lead, code))
        by_code = {place.code: (place, value) for place, value in weights[code]}
        for village, box in squares([(c, v) for c, (_, v) in by_code.items()], inner):
            place, value = by_code[village]
            shapes += _area(page, place, value, most, box, around=(size, lead))
    return shapes, size.height


def _town_name(
    name: str, box: tuple[float, float, float], size: Size, lead: Lead, code: str
) -> Shape:
    x, y, width = box
    fits = int(width / size.font)
    return Shape(
        "text", x=x + 2, y=y + size.font + 1, size=size.font, fill=INK, bold=True,
        text=name[:fits], url=lead(code, "place"),
    )  # fmt: skip


def _area(
    page: PanelPage,
    place: Place,
    value: int,
    most: int,
    box: tuple[float, float, float, float],
    *,
    around: tuple[Size, Lead],
) -> list[Shape]:
    x, y, width, height = box
    size, lead = around
    words = panel_words.said(page.panel, value)
    is_most = value == most
    shapes = [
        Shape(
            "rect", x=x, y=y, w=max(width - GAP, 1), h=max(height - GAP, 1),
            fill=PINE if is_most else PALE, url=lead(place.code, "place"),
            title=f"{place.name}{words}",
        )
    ]  # fmt: skip
    fits = int((width - 10) / size.font)
    if fits >= 2 and height > size.font * 2:
        ink = "#fff" if is_most else INK
        name = Shape("text", x=x + 6, y=y + size.font + 4, size=size.font, fill=ink)
        shapes.append(replace(name, text=place.name[:fits], bold=True))
        if panel_words.width(words) * size.font < width - 8 and height > size.font * 3.4:
            shapes.append(replace(name, y=y + size.font * 2 + 9, text=words))
    return shapes
