"""Seals, keepers and a passed decision for tests, in the small world."""

from __future__ import annotations

from datetime import date
from typing import Any

from sanzi.matters.models import Decision
from sanzi.orgs.models import Appointment, Person, User
from sanzi.registers.seals.models import Seal
from worlds import village
from worlds.village import AT, WILLOW, World

DEVICE = "SIM-0001"


def build() -> World:
    """Return the small world with a head, a keeper, two seals and a villager."""
    return furnish(village.build())


def furnish(made: World) -> World:
    """Add to a small world what this room needs, and return it."""
    post(made, "committee_head", "章主任")
    post(made, "seal_keeper", "管印章")
    post(made, "town_civil_office", "民政办", "agency")
    if Person.objects.filter(ext_id="V1").update(name="王小芳"):
        made.people["王小芳"] = Person.objects.get(ext_id="V1")
    else:
        village.villager(made, "王小芳")
    seal(made, "S-1", "committee", "柳湾村村委会公章", "willow_committee")
    seal(made, "S-2", "contract", "柳湾村合同专用章", "willow")
    return made


def post(world: World, role: str, name: str, body: str = "willow") -> Person:
    """Give somebody new a post; the first of a role is the world's."""
    place = world.bodies[body].division_id
    key = f"P-{role}" if role not in world.people else f"P-{role}-2"
    person = Person.objects.create(ext_id=key, name=name, division_id=place)
    Appointment.objects.create(
        ext_id=f"A{key}", person=person, organisation=world.bodies[body], role_code=role,
        start_date=date(2024, 1, 1), document_ref="任〔2024〕6号",
    )  # fmt: skip
    if role not in world.people:
        world.people[role] = person
        world.users[role] = User.objects.create(username=f"u-{role}"[:40], person=person)
    return person


def seal(world: World, ext_id: str, kind: str, title: str, body: str, **more: Any) -> Seal:
    """Add a seal, kept by the keeper of the village."""
    return Seal.objects.create(
        **{
            "ext_id": ext_id, "organisation": world.bodies[body], "division_code": WILLOW,
            "kind": kind, "title": title, "keeper": world.people["seal_keeper"],
            "kept_since_date": date(2026, 1, 5), **more,
        }
    )  # fmt: skip


def decision(world: World, ext_id: str = "D-1", **changed: Any) -> Decision:
    """Add a decision that the village passed elsewhere."""
    return Decision.objects.create(
        **{
            "ext_id": ext_id, "organisation": world.bodies["willow"], "division_code": WILLOW,
            "matter_code": "M01", "title": "同意后塘路改造", "status": "passed", "passed_at": AT,
            "agree_count": 40, "present_count": 46, "file_digest": "a" * 64, **changed,
        }
    )  # fmt: skip
