"""Where villages stand in a picture: tiles in blocks of towns, areas by size, own boundaries."""

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
DEGREE: Final = 1_000_000
Box = tuple[float, float, float, float]
Rings = Sequence[Sequence[Sequence[int]]]


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


@dataclass(frozen=True)
class Outline:
    """One place: its rings as a path, the middle of what it covers, how wide that is."""

    path: str
    x: float
    y: float
    width: float


def outlines(places: Mapping[str, Rings], size: _Sized) -> tuple[dict[str, Outline], int]:
    """Return the outline of each place as large as the picture allows, and the picture's height.

    Units: millionths of a degree. A degree east is as long as one north times the cosine of the
    middle's latitude: over a province that is near enough, and one shape keeps its neighbours.
    """
    every = [point for rings in places.values() for ring in rings for point in ring]
    low = min(y for _, y in every)
    north = max(y for _, y in every)
    west = min(x for x, _ in every)
    shrunk = max(math.cos(math.radians((low + north) / 2 / DEGREE)), 0.01)
    wide = max((max(x for x, _ in every) - west) * shrunk, 1.0)
    high = max(float(north - low), 1.0)
    scale = min((size.width - 2) / wide, (size.height - 2) / high)
    left = (size.width - wide * scale) / 2
    found = {}
    for code, rings in places.items():
        drawn = [
            [(left + (x - west) * shrunk * scale, 1 + (north - y) * scale) for x, y in ring]
            for ring in rings
        ]
        points = [point for ring in drawn for point in ring]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        path = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring[:-1])}Z" for ring in drawn)
        middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        found[code] = Outline(path, *middle, max(xs) - min(xs))
    return found, math.ceil(high * scale) + 2
