"""Small pictures of an alert: payments against a line, and who is tied to whom. Plain SVG.

Here are only places and words; the templates draw. Each picture has a sentence and a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi.interfaces.look import words
from sanzi.supervision.explaining import Payments, Ties

WIDTH: Final = 640
HEIGHT: Final = 180
TOP: Final = 26
BASE: Final = 150
LEFT: Final = 8
BAR_MAX: Final = 26
ROW: Final = 58
BOX: Final = 44
BOX_WIDTH: Final = 210
SAID_MAX: Final = 12

Say = Callable[[date], str]


@dataclass(frozen=True)
class Bar:
    """One payment as a bar, with what its table row says."""

    x: int
    y: int
    width: int
    height: int
    day: str
    amount: str
    case_number: str
    is_this: bool


@dataclass(frozen=True)
class Chart:
    """Payments over time with the line that counts; `line_y` is None without a line."""

    label: str
    bars: tuple[Bar, ...]
    line_y: int | None
    line_words: str
    first: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def chart(found: Payments, say: Say) -> Chart:
    """Return the bars of payments by day, scaled to the highest of bars and line."""
    most = max([one.amount_fen for one in found.points] + [found.line_fen or 0]) or 1
    first, last = found.points[0].day, found.points[-1].day
    days = max((last - first).days, 1)
    count = len(found.points)
    width = min(BAR_MAX, max(3, (WIDTH - 2 * LEFT) // (count * 2)))
    span = WIDTH - 2 * LEFT - width
    same_day: dict[date, int] = {}
    bars = []
    for one in found.points:
        shift = same_day.get(one.day, 0)
        same_day[one.day] = shift + 1
        x = LEFT + span * (one.day - first).days // days + shift * (width + 2)
        height = max(2, (BASE - TOP) * max(one.amount_fen, 0) // most)
        bars.append(
            Bar(
                min(x, WIDTH - LEFT - width), BASE - height, width, height, say(one.day),
                words.yuan(one.amount_fen), one.case_number, one.is_this,
            )
        )  # fmt: skip
    line = found.line_fen
    label = f"付给{found.payee}{count}笔，合起来{words.yuan(found.sum_fen)}元"
    line_words = f"{found.line_title}{words.yuan(line)}元" if line else ""
    return Chart(
        label=f"{label}；{line_words}" if line else label,
        bars=tuple(bars),
        line_y=BASE - (BASE - TOP) * line // most if line else None,
        line_words=line_words,
        first=say(first),
        last=say(last) if last != first else "",
    )


@dataclass(frozen=True)
class Box:
    """One node: who, and as what."""

    x: int
    y: int
    name: str
    duty: str


@dataclass(frozen=True)
class Line:
    """One tie as a line with its words in the middle."""

    x1: int
    y1: int
    x2: int
    y2: int
    title: str
    is_hot: bool
    words_x: int
    words_y: int


@dataclass(frozen=True)
class Network:
    """Officers left, the payee's side right, ties between."""

    label: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    told: tuple[tuple[str, str, str], ...]
    height: int
    width: int = WIDTH


def network(found: Ties) -> Network:
    """Return the places of nodes and ties."""
    sides = {side: [one for one in found.nodes if one.side == side] for side in ("office", "payee")}
    places = {
        one.key: (0 if side == "office" else WIDTH - BOX_WIDTH, 6 + row * ROW)
        for side, nodes in sides.items()
        for row, one in enumerate(nodes)
    }
    names = {one.key: one.name for one in found.nodes}
    lines = []
    for one in found.ties:
        (ax, ay), (bx, by) = places[one.left], places[one.right]
        x1 = ax + BOX_WIDTH if ax < bx else ax + BOX_WIDTH // 2
        x2 = bx if ax < bx else bx + BOX_WIDTH // 2
        y1, y2 = ay + BOX // 2, by + BOX // 2
        if ax == bx:
            y1, y2 = (ay, by + BOX) if ay > by else (ay + BOX, by)
        lines.append(
            Line(x1, y1, x2, y2, one.title, one.is_hot, (2 * x1 + x2) // 3, (2 * y1 + y2) // 3 - 4)
        )
    hot = [one for one in found.ties if one.is_hot]
    return Network(
        label="；".join(f"{names[one.left]}和{names[one.right]}：{one.title}" for one in hot),
        boxes=tuple(
            Box(*places[one.key], one.name[:SAID_MAX], one.duty[:SAID_MAX]) for one in found.nodes
        ),
        lines=tuple(lines),
        told=tuple((names[one.left], one.title, names[one.right]) for one in found.ties),
        height=max(len(nodes) for nodes in sides.values()) * ROW + 4,
    )
