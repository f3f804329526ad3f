"""Boundaries of places, where somebody has them: GeoJSON in degrees, checked, made plain.

A file is taken whole or not at all. Nothing is fetched from outside and no map is needed: where
boundaries are missing, places are tiles.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sanzi.insight.errors import MapBroken, MapCodeUnknown, MapRingOpen, MapTooLarge
from sanzi.insight.models import Boundary
from sanzi.kernel import divisions
from sanzi.kernel.errors import BadDivisionCode

BYTES_MAX: Final = 32 << 20
POINTS_MAX: Final = 500_000
RING_MIN: Final = 4
"""Points of a closed ring: a triangle and its first point again."""
STEPS: Final = 2000
"""Points nearer to each other than this part of the whole extent are one."""
DEGREE: Final = 1_000_000
_DIGITS: Final = (2, 4, 6, 9, 12)
_LIMITS: Final = (180.0, 90.0)
Ring = list[tuple[int, int]]
Rings = list[Ring]
"""Units: millionths of a degree, east and north."""


def rings_of(codes: Iterable[str]) -> dict[str, Rings]:
    """Return the rings of places that have any, by code."""
    found = Boundary.objects.filter(division_code__in=list(codes))
    return {one.division_code: one.rings for one in found}


def read(content: bytes, known: Mapping[str, str]) -> dict[str, Rings]:
    """Return the rings of a FeatureCollection by code; `known` are the places there are.

    Raises: MapTooLarge, MapBroken, MapCodeUnknown, MapRingOpen.
    """
    if len(content) > BYTES_MAX:
        raise MapTooLarge(size=len(content) >> 20, most=BYTES_MAX >> 20)
    try:
        told = json.loads(content)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise MapBroken(where="文件", why="不是 JSON") from error
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or told.get("type") != "FeatureCollection" or not features:
        raise MapBroken(where="文件", why="不是一个 FeatureCollection，或者里面是空的")
    found: dict[str, Rings] = {}
    points = 0
    for number, feature in enumerate(features, 1):
        where = f"第{number}个"
        code = _code(feature, where)
        if code not in known:
            raise MapCodeUnknown(where=where, code_told=code)
        if code in found:
            raise MapBroken(where=where, why=f"{known[code]}写了两次")
        found[code] = _rings(feature.get("geometry"), where)
        points += sum(len(one) for one in found[code])
        if points > POINTS_MAX:
            raise MapBroken(where=where, why=f"一共超过{POINTS_MAX // 10_000}万个点，请先简化")
    return _plain(found)


def _code(feature: Any, where: str) -> str:
    given = feature.get("properties") if isinstance(feature, dict) else None
    told = given.get("code") if isinstance(given, dict) else None
    code = str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""
    if len(code) in _DIGITS:
        code = code.ljust(12, "0")
    try:
        return divisions.check(code)
    except BadDivisionCode as error:
        raise MapBroken(where=where, why="properties.code 要写区划代码") from error


def _rings(geometry: Any, where: str) -> Rings:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    given = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(given, list) or not given:
        raise MapBroken(where=where, why="要是 Polygon 或者 MultiPolygon")
    shapes = [given] if kind == "Polygon" else given
    found = []
    for shape in shapes:
        if not isinstance(shape, list) or not shape:
            raise MapBroken(where=where, why="有一块没有边")
        found += [_ring(one, where) for one in shape]
    return found


def _ring(given: Any, where: str) -> Ring:
    if not isinstance(given, list):
        raise MapBroken(where=where, why="边不是一串点")
    ring = [_point(one, where) for one in given]
    if len(ring) < RING_MIN or ring[0] != ring[-1]:
        raise MapRingOpen(where=where)
    return ring


def _point(given: Any, where: str) -> tuple[int, int]:
    is_two = isinstance(given, list) and len(given) in (2, 3)
    if not is_two or not all(
        isinstance(one, int | float)
        and not isinstance(one, bool)
        and math.isfinite(one)
        and abs(one) <= limit
        for one, limit in zip(given[:2], _LIMITS, strict=True)
    ):
        raise MapBroken(where=where, why="点要是经纬度（度），先经度后纬度")
    return round(given[0] * DEGREE), round(given[1] * DEGREE)


def _plain(found: Mapping[str, Rings]) -> dict[str, Rings]:
    """Return rings without the points that no picture shows; none becomes less than a triangle."""
    every = [point for rings in found.values() for ring in rings for point in ring]
    wide = max(x for x, _ in every) - min(x for x, _ in every)
    high = max(y for _, y in every) - min(y for _, y in every)
    step = max(wide, high) // STEPS
    return {code: [_thinned(ring, step) for ring in rings] for code, rings in found.items()}


def _thinned(ring: Sequence[tuple[int, int]], step: int) -> Ring:
    kept = [ring[0]]
    for point in ring[1:-1]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) > step:
            kept.append(point)
    kept.append(ring[-1])
    return kept if len(kept) >= RING_MIN else list(ring)
