"""The picture of a clue as places and words: bars, dots on a line, a few nodes. Plain SVG.

Each has a title, a description and a table that says the same; the template only draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sanzi.interfaces.look import words
from sanzi.supervision.clue_queries import Bars, Clue, Dots, Edge, Net, Node

WIDTH: Final = 400
HEIGHT: Final = 200
TOP: Final = 30
BASE: Final = 160
LEFT: Final = 10
BAR_MAX: Final = 36
DOT: Final = 6
DOTS_BASE: Final = 130
STACK: Final = 6
BOX_WIDTH: Final = 330
BOX: Final = 52
ROW: Final = 64
RING_ROW: Final = 92
TRUNK: Final = 20
INDENT: Final = 50
NAME_MAX: Final = 18
NARROW: Final = 180
"""Left of this a word stands right of its line, else left of it, so that it stays inside."""


@dataclass(frozen=True)
class Rect:
    """One bar with its label; `expected_y` is the tick of what would be natural."""

    x: int
    y: int
    width: int
    height: int
    middle_x: int
    label: str
    expected_y: int | None
    is_this: bool


@dataclass(frozen=True)
class Dot:
    """One value on the line."""

    x: int
    y: int
    is_this: bool


@dataclass(frozen=True)
class Box:
    """One node of the net."""

    x: int
    y: int
    name: str
    about: str
    is_mark: bool


@dataclass(frozen=True)
class Line:
    """One tie as a path, with its words beside it."""

    path: str
    title: str
    words_x: int
    words_y: int


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, and the same as a table. What a kind does not have is empty."""

    title: str
    label: str
    heads: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    rects: tuple[Rect, ...] = ()
    dots: tuple[Dot, ...] = ()
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    line_y: int | None = None
    middle_x: int | None = None
    is_far: bool = False
    line_words: str = ""
    first: str = ""
    last: str = ""
    is_ring: bool = False
    is_expected: bool = False
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def picture(clue: Clue) -> Picture:
    """Return the picture of a clue."""
    if isinstance(clue, Bars):
        return _season(clue) if clue.unit == "fen" else _digits(clue)
    return _dots(clue) if isinstance(clue, Dots) else _net(clue)


def _rects(found: Bars, labels: list[str]) -> tuple[Rect, ...]:
    most = max(max(one.value, one.expected or 0) for one in found.bars) or 1
    step = (WIDTH - 2 * LEFT) // len(found.bars)
    width = max(3, min(BAR_MAX, step * 2 // 3))
    rects = []
    for number, (one, label) in enumerate(zip(found.bars, labels, strict=True)):
        x = LEFT + number * step + (step - width) // 2
        height = (BASE - TOP) * one.value // most
        expected = None if one.expected is None else BASE - (BASE - TOP) * one.expected // most
        rects.append(
            Rect(x, BASE - height, width, height, x + width // 2, label, expected, one.is_this)
        )
    return tuple(rects)


def _season(found: Bars) -> Picture:
    *others, this = found.bars
    most = max(one.value for one in found.bars) or 1
    middle = found.middle or 0
    line_words = f"中位数{words.yuan(middle)}元"
    return Picture(
        title="同往年同季比",
        label=f"{_month(this.label)}付出{words.yuan(this.value)}元；"
        f"往年同季{len(others)}个月的{line_words}",
        heads=("月份", "付出（元）"),
        table=tuple((_month(one.label), words.yuan(one.value)) for one in found.bars),
        rects=_rects(found, [""] * len(found.bars)),
        line_y=BASE - (BASE - TOP) * middle // most,
        line_words=line_words,
        first=_month(others[0].label),
        last=_month(this.label),
    )


def _month(text: str) -> str:
    return f"{text[:4]}年{int(text[5:7])}月"


def _digits(found: Bars) -> Picture:
    this = next(one for one in found.bars if one.is_this)
    return Picture(
        title="首位数字的分布",
        label=f"首位数字是{this.label}的有{this.value}笔，自然分布大约{this.expected}笔",
        heads=("首位数字", "有几笔", "自然分布大约几笔"),
        table=tuple((one.label, str(one.value), str(one.expected)) for one in found.bars),
        rects=_rects(found, [one.label for one in found.bars]),
        is_expected=True,
    )


def _dots(found: Dots) -> Picture:
    most = max(*found.peers, found.here) or 1
    span = WIDTH - 4 * LEFT

    def at(value: int) -> int:
        return 2 * LEFT + span * value // most

    heights: dict[int, int] = {}
    dots = []
    for value in found.peers:
        column = at(value) // (2 * DOT)
        level = min(heights.get(column, 0), STACK)
        heights[column] = level + 1
        dots.append(Dot(at(value), DOTS_BASE - DOT - level * (2 * DOT - 1), is_this=False))
    dots.append(Dot(at(found.here), DOTS_BASE - DOT, is_this=True))
    line_words = f"中位数{words.yuan(found.middle)}元"
    return Picture(
        title="同别的比",
        label=f"这里{words.yuan(found.here)}元；比的{len(found.peers)}个{line_words}",
        heads=("第几个", "元"),
        table=(
            *((f"比的第{n}个", words.yuan(one)) for n, one in enumerate(found.peers, start=1)),
            ("这里", words.yuan(found.here)),
        ),
        dots=tuple(dots),
        middle_x=at(found.middle),
        is_far=at(found.middle) > NARROW,
        line_words=line_words,
        first="0.00",
        last=words.yuan(most),
        base=DOTS_BASE,
        height=DOTS_BASE + 40,
    )


def _net(found: Net) -> Picture:
    names = {one.key: one.name for one in found.nodes}
    told = [(names[one.left], _said(one, found), names[one.right]) for one in found.edges]
    boxes, lines = _ring(found) if found.is_ring else _star(found)
    return Picture(
        title="谁和谁连着",
        label=_ring_label(found, names) if found.is_ring else _star_label(found),
        heads=("谁", "怎么连", "谁"),
        table=tuple(told),
        boxes=boxes,
        lines=lines,
        is_ring=found.is_ring,
        height=boxes[-1].y + BOX + (34 if found.is_ring else 8),
    )


def _said(edge: Edge, found: Net) -> str:
    if found.is_ring:
        return f"付给他的人{words.yuan(int(edge.title))}元"
    return f"{edge.title}起" if edge.title else "登记的"


def _ring_label(found: Net, names: dict[str, str]) -> str:
    return "；".join(
        f"{names[one.left]}付给{names[one.right]}的人{words.yuan(int(one.title))}元"
        for one in found.edges
    )


def _star_label(found: Net) -> str:
    mark = next(one.name for one in found.nodes if one.is_mark)
    names = "、".join(one.name for one in found.nodes if not one.is_mark)
    return f"{names}用的是{mark}"


def _box(one: Node, x: int, y: int, about: str = "") -> Box:
    return Box(x, y, one.name[:NAME_MAX], about or one.about, one.is_mark)


def _star(found: Net) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """Return what is shared above, and below it, on a trunk, everybody who shares it."""
    since = {one.left: one.title for one in found.edges}
    mark, *others = found.nodes
    boxes, lines = [_box(mark, 0, 6)], []
    for row, one in enumerate(others, start=1):
        y = 6 + row * ROW
        day = since[one.key]
        boxes.append(_box(one, INDENT, y, f"{one.about}，{day}起" if day else one.about))
        lines.append(Line(f"M{TRUNK} {6 + BOX}V{y + BOX // 2}H{INDENT}", "", 0, 0))
    return tuple(boxes), tuple(lines)


def _ring(found: Net) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """Return everybody below the one who paid him, and the way back at the side."""
    boxes = [_box(one, 0, 6 + row * RING_ROW) for row, one in enumerate(found.nodes)]
    sums = [f"{words.yuan(int(one.title))}元" for one in found.edges]
    lines = [
        Line(f"M{TRUNK * 2} {upper.y + BOX}V{lower.y}", said, TRUNK * 2 + 12, upper.y + BOX + 26)
        for upper, lower, said in zip(boxes, boxes[1:], sums, strict=False)
    ]
    first, last = boxes[0].y + BOX // 2, boxes[-1].y + BOX // 2
    back = f"M{BOX_WIDTH} {last}H{WIDTH - TRUNK}V{first}H{BOX_WIDTH}"
    lines.append(Line(back, f"付回去{sums[-1]}", TRUNK * 2 + 12, boxes[-1].y + BOX + 24))
    return tuple(boxes), tuple(lines)
