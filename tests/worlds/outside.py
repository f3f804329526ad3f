"""A village whose people have numbers, civil affairs of county and township, lists of deaths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from stdnum.cn import ric

from sanzi.orgs import secrets
from sanzi.orgs.models import Person
from worlds import village
from worlds.sheets_outside import workbook
from worlds.village import COUNTY, STONE, TOWN, WILLOW, World

HEAD = ("姓名", "身份证号", "死亡时间", "村")


def id_no(serial: int, born: str = "19500101") -> str:
    """Return a right number of nobody: the place is not a real one."""
    body = f"999901{born}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def build() -> World:
    """Return the village with people who have numbers, civil affairs of county and township."""
    world = village.build()
    world.bodies["new-county_civil_affairs"] = world.bodies["county"]
    world.bodies["new-town_civil_office"] = world.bodies["agency"]
    village.post(world, "county_civil_affairs", "民政局", COUNTY)
    village.post(world, "town_civil_office", "社会办", TOWN)
    for serial, (name, place) in enumerate(
        (("王老大", WILLOW), ("李老二", WILLOW), ("石老三", STONE)), start=1
    ):
        number = id_no(serial)
        village.villager(
            world, name, place, id_no_index=secrets.index("id_no", number),
            sealed_id_no=secrets.seal("id_no", number),
        )  # fmt: skip
    return world


def person(name: str) -> Person:
    """Return a person by name."""
    return Person.objects.get(name=name)


def deaths(*rows: Sequence[Any]) -> bytes:
    """Return a list of deaths; two right rows when none is given."""
    right = (
        ("王老大", id_no(1), "2026.3.5", "柳湾村"),
        ("石老三", id_no(3), date(2026, 10, 1), STONE),
    )
    return workbook(("云川县2026年死亡人员名单",), HEAD, *(rows or right), ("合计", 2))
