"""Boundaries of places: what a file must be, that nothing is half done, the map drawn of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.insight import errors
from sanzi.insight.actions import boundaries as actions
from sanzi.insight.actions import cockpit
from sanzi.insight.cockpit import boundaries, panels
from sanzi.insight.models import Boundary
from sanzi.interfaces.look.panel_pictures import Size, picture
from sanzi.orgs.actors import SYSTEM
from worlds import office
from worlds.village import AT, STONE, TOWN, WILLOW, World

pytestmark = pytest.mark.django_db


def square(west: float, south: float, side: float = 0.1) -> list[list[float]]:
    """A ring of five points."""
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, *rings: list[list[float]], **changed: Any) -> dict[str, Any]:
    """A feature as other programs write it."""
    geometry = {"type": "Polygon", "coordinates": list(rings), **changed}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def file(*features: Any) -> bytes:
    """A file of features."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


GOOD = (
    feature(WILLOW, square(120.0, 31.0)),
    feature(STONE, [square(120.1, 31.0)], [square(120.3, 31.2)], type="MultiPolygon"),
)


def test_a_map_is_drawn_where_every_place_has_its_boundary(world: World, pay: Any) -> None:
    pay("K1", 975)
    office.alert("K1")
    cockpit.run(at=AT + timedelta(days=10), by=SYSTEM)

    def drawn() -> str:
        page = panels.panel(by=SYSTEM, division_code=TOWN, code="alert_map", at=AT)
        found = picture(page, Size(640, 300), lambda code, _: f"/{code}/")
        assert found is not None
        assert found.height <= 300
        return str(found.markup)

    assert "<path" not in drawn(), "no map is needed"
    actions.load(content=file(GOOD[0]), by=SYSTEM, at=AT)
    assert "<path" not in drawn(), "one village of two has no boundary: all are tiles"

    done = actions.load(content=file(*GOOD), by=SYSTEM, at=AT)

    assert ("village", 2, 2) in done.levels
    markup = drawn()
    assert markup.count("<path") == 2
    assert f'href="/{WILLOW}/"' in markup
    assert markup.count("M") == 3, "two parts of one village"
    assert Event.objects.filter(kind="insight.map.loaded").count() == 2
    assert actions.drop(by=SYSTEM, at=AT) == 2
    assert "<path" not in drawn()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "insight.map_broken"),
        (b"\xff", "insight.map_broken"),
        (b"[" * 100_000, "insight.map_broken"),
        (b"[]", "insight.map_broken"),
        (file(), "insight.map_broken"),
        (file(None), "insight.map_broken"),
        (file(feature("12", square(120, 31))), "insight.map_code_unknown"),
        (file(feature("999901101299", square(120, 31))), "insight.map_code_unknown"),
        (file(feature("somewhere", square(120, 31))), "insight.map_broken"),
        (file(GOOD[0], GOOD[0]), "insight.map_broken"),
        (file(feature(WILLOW, square(120, 31), type="Point")), "insight.map_broken"),
        (file(feature(WILLOW)), "insight.map_broken"),
        (file(feature(WILLOW, square(120, 31)[:-1])), "insight.map_ring_open"),
        (file(feature(WILLOW, [[120, 31], [120, 31]])), "insight.map_ring_open"),
        (file(feature(WILLOW, square(13_358_338, 3_632_749))), "insight.map_broken"),
        (file(feature(WILLOW, [["120", 31]] * 4)), "insight.map_broken"),
        (file(feature(WILLOW, [[float("nan"), 31]] * 4)), "insight.map_broken"),
    ],
    ids=lambda one: one if isinstance(one, str) else "file",
)
def test_a_file_that_cannot_be_drawn_is_refused_whole(
    world: World, content: bytes, code: str
) -> None:
    actions.load(content=file(*GOOD), by=SYSTEM, at=AT)
    before = list(Boundary.objects.order_by("pk").values_list("pk", "rings"))
    refusals = (errors.MapBroken, errors.MapCodeUnknown, errors.MapRingOpen)

    with pytest.raises(refusals) as refused:
        actions.load(content=content, by=SYSTEM, at=AT)

    assert refused.value.code == code
    assert list(Boundary.objects.order_by("pk").values_list("pk", "rings")) == before


def test_what_is_too_large_is_refused_and_what_no_picture_shows_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {WILLOW: "柳湾村", STONE: "石桥村"}
    fine = [[120 + step / 100_000, 31.0] for step in range(10_000)]
    whole = [*fine, [120.1, 31.1], [120.0, 31.1], fine[0]]
    found = boundaries.read(file(feature(WILLOW, whole)), known)
    [ring] = found[WILLOW]
    assert len(ring) < 2100
    assert ring[0] == ring[-1] == (120_000_000, 31_000_000)

    monkeypatch.setattr(boundaries, "POINTS_MAX", 6)
    with pytest.raises(errors.MapBroken):
        boundaries.read(file(*GOOD), known)
    monkeypatch.setattr(boundaries, "BYTES_MAX", 10)
    with pytest.raises(errors.MapTooLarge):
        boundaries.read(file(*GOOD), known)
