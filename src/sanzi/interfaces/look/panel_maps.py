"""Where villages stand in a picture without map data: tiles in blocks of towns, areas by size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

GAP: Final = 2.5
SIDE_MAX: Final = 44.0
WALL_FONT: Final = 18
SIDE_MIN: Final = 9.0
PAD: Final = 5.0
Box = tuple[float, float, float, float]


class _Sized(Protocol):
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def font(self) -> int: ...


@dataclass(frozen=True)
class Block:
    """One town: its frame, and a square for each village as (x, y, side)."""

    code: str
    x: float
    y: float
    width: float
    height: float
    tiles: tuple[tuple[float, float, float], ...]


def blocks(counts: Mapping[str, int], size: _Sized) -> list[Block]:
    """Return the towns in rows from left to right, each as wide as its villages need."""
    side = SIDE_MAX if size.font < WALL_FONT else 2 * SIDE_MAX
    while side > SIDE_MIN:
        found = _laid(counts, size, side)
        if max((one.y + one.height for one in found), default=0) + 2 * size.font < size.height:
            return found
        side -= 2
    return _laid(counts, size, SIDE_MIN)


def _laid(counts: Mapping[str, int], size: _Sized, side: float) -> list[Block]:
    found, x, y, high = [], 0.0, 0.0, 0.0
    for code in sorted(counts):
        columns = max(3, math.ceil(math.sqrt(counts[code] * 1.8)))
        rows = math.ceil(counts[code] / columns)
        width = max(columns * (side + GAP) - GAP + 2 * PAD, size.font * 5)
        height = rows * (side + GAP) - GAP + 2 * PAD
        if x and x + width > size.width:
            x, y, high = 0.0, y + high + size.font + 20, 0.0
        top = y + size.font + 6 + PAD
        tiles = tuple(
            (x + PAD + (at % columns) * (side + GAP), top + (at // columns) * (side + GAP), side)
            for at in range(counts[code])
        )
        found.append(Block(code, x, y, width, height, tiles))
        x, high = x + width + 18, max(high, height)
    return found


def squares(weights: Sequence[tuple[str, int]], box: Box) -> list[tuple[str, Box]]:
    """Return a box for each weight, as near to square as they come; nothing gets none.

    The squarified treemap of Bruls, Huizing and van Wijk.
    """
    left = sorted(((code, value) for code, value in weights if value > 0), key=lambda one: -one[1])
    total = sum(value for _, value in left)
    if not total:
        return []
    x, y, width, height = box
    scale = width * height / total
    sized = [(code, value * scale) for code, value in left]
    found: list[tuple[str, Box]] = []
    while sized:
        short = min(width, height)
        row = 1
        while row < len(sized) and _worst(sized[: row + 1], short) <= _worst(sized[:row], short):
            row += 1
        area = sum(one for _, one in sized[:row])
        thick = area / short if short else 0.0
        at = 0.0
        for code, one in sized[:row]:
            long = one / thick if thick else 0.0
            if width >= height:
                found.append((code, (x, y + at, thick, long)))
            else:
                found.append((code, (x + at, y, long, thick)))
            at += long
        if width >= height:
            x, width = x + thick, width - thick
        else:
            y, height = y + thick, height - thick
        sized = sized[row:]
    return found


def _worst(row: Sequence[tuple[str, float]], short: float) -> float:
    area = sum(one for _, one in row)
    most, least = max(one for _, one in row), min(one for _, one in row)
    if not least or not area:
        return math.inf
    return max(short * short * most / (area * area), area * area / (short * short * least))
