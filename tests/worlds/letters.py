"""The small world with discipline offices of their own, their keys, and people who write."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from PIL import Image

from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Appointment, Kinship, Organisation, Person, User
from sanzi.voice import rules, sealing
from sanzi.voice.actions import handing_in, keys
from sanzi.voice.models import Complaint
from worlds import village
from worlds.village import AT, COUNTY, TOWN, WILLOW, World

PASSPHRASE = "清河的水清又清，鱼儿游"
WORDS = "九月修路的三万元没有修路，发票是村口小卖部开的。"
PLACE = "柳湾村口小桥"
NAME, PHONE = "王小芳", "19912345678"
TOWN_OFFICE = ("town_discipline_office", TOWN)
COUNTY_OFFICE = ("county_discipline", COUNTY)
OUTSIDE = (rules.OUTSIDE, "")
SECRETARY = "person:P-willow-4"
_files: dict[str, tuple[str, str]] = {}


def build() -> World:
    """Return the world; discipline offices are organisations of their own, with two officers."""
    world = village.build()
    village.add_operator(world)
    for role, key, division, name in (
        ("town_discipline_office", "town_cdi", TOWN, "清河镇纪委"),
        ("county_discipline", "county_cdi", COUNTY, "云川县纪委监委"),
    ):
        office = Organisation.objects.create(
            ext_id=f"O-{key}", division_id=division, kind="office", name=name
        )
        world.bodies[key] = office
        Appointment.objects.filter(role_code=role).update(organisation=office)
        _second(world, role, key)
    civil = Organisation.objects.create(
        ext_id="O-civil", division_id=TOWN, kind="office", name="清河镇社会事务办"
    )
    world.bodies["civil"] = civil
    _appoint(world, "town_civil_office", "佟民政", civil)
    for office in (TOWN_OFFICE, COUNTY_OFFICE, OUTSIDE):
        give_key(office)
    return world


def _second(world: World, role: str, key: str) -> None:
    _appoint(world, role, f"副{key}", world.bodies[key], user=f"second_{role}")


def _appoint(world: World, role: str, name: str, office: Organisation, *, user: str = "") -> None:
    person = Person.objects.create(ext_id=f"P-{user or role}", name=name)
    Appointment.objects.create(
        ext_id=f"A-{user or role}", person=person, organisation=office, role_code=role,
        start_date=date(2024, 1, 1),
    )  # fmt: skip
    world.people[user or role] = person
    world.users[user or role] = User.objects.create(username=user or role, person=person)


def add_station(world: World) -> None:
    """Elect a member of the supervision committee: he and its head are the village's station."""
    world.bodies["new-supervision_member"] = world.bodies["willow"]
    village.post(world, "supervision_member", "监委员")


def give_key(office: tuple[str, str]) -> None:
    """Give an office its key; the file is made once for all tests."""
    if office[0] not in _files:
        _files[office[0]] = sealing.new_key_file(PASSPHRASE, cost=2)
    keys.register(office=office, public_key=_files[office[0]][1], by=SYSTEM, at=AT)


def key_file(office: tuple[str, str] = TOWN_OFFICE) -> str:
    """Return the key file of an office."""
    return _files[office[0]][0]


def opener(office: tuple[str, str] = TOWN_OFFICE) -> sealing.Opener:
    """Return an office's key, opened."""
    return sealing.open_key_file(key_file(office), PASSPHRASE)


def kin(world: World, one: str, other: str) -> None:
    """Declare two officers kin."""
    Kinship.objects.create(
        person=world.people[one], relative=world.people[other], relation="sibling",
        is_statutory_kin=True, is_extended_kin=True, source="declared",
    )  # fmt: skip


def letter(**more: Any) -> handing_in.Letter:
    """Return a sealed letter without a name about the secretary of the village."""
    given = {
        "division_code": WILLOW, "kind": "corruption", "words": WORDS, "place": PLACE,
        "token": "T" * 20, "accused": (SECRETARY,), **more,
    }  # fmt: skip
    return handing_in.Letter(**given)


def named(**more: Any) -> handing_in.Letter:
    """Return the same letter with a name."""
    return letter(is_named=True, name=NAME, phone=PHONE, **more)


def write(**more: Any) -> tuple[str, Complaint]:
    """Hand a letter in; return its receipt code and its row."""
    at = more.pop("at", AT)
    made = named(**more) if more.pop("is_named", False) else letter(**more)
    code = handing_in.hand_in(letter=made, at=at).code
    return code, Complaint.objects.latest("pk")


def picture(size: tuple[int, int] = (40, 30), colour: str = "green", taken: str = "") -> bytes:
    """Return a photo that tells where it was taken, and when if asked (`2026:11:12 09:00:00`)."""
    told = Image.Exif()
    told[0x010F] = "PHONEMAKER"
    if taken:
        told.get_ifd(0x8769)[0x9003] = taken
    told.get_ifd(0x8825)[1] = "N"
    told.get_ifd(0x8825)[2] = (30.0, 1.0, 2.0)
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=told)
    return out.getvalue()
