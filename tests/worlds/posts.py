"""A village with the town's party office and a passed decision: what tests of posts need."""

from __future__ import annotations

from datetime import date
from typing import Any

from sanzi.matters.models import Decision
from sanzi.orgs.models import Appointment, Person, User
from sanzi.registers.posts.models import PayStandard
from worlds import cases as worlds_cases
from worlds.money import Money
from worlds.village import TOWN, WILLOW, World

MORE_POSTS = (
    ("town_party_office", "曾党建", "agency", TOWN),
    ("coop_director", "董事长", "willow", WILLOW),
    ("supervision_member", "监委员", "willow", WILLOW),
    ("party_committee", "党委员", "willow", WILLOW),
)


def build(world: World) -> World:
    """Add the posts that hiring, leaving and party work ask for."""
    for role, name, body, place in MORE_POSTS:
        appoint(world, role, name, body, place)
    return world


def appoint(world: World, role: str, name: str, body: str = "willow", place: str = WILLOW) -> None:
    """Give somebody new a post with a log-in."""
    person = Person.objects.create(ext_id=f"P-{role}", name=name, division_id=place)
    Appointment.objects.create(
        ext_id=f"A-{role}", person=person, organisation=world.bodies[body], role_code=role,
        start_date=date(2024, 1, 1), document_ref="任〔2024〕5号",
    )  # fmt: skip
    world.people[role] = person
    world.users[role] = User.objects.create(username=f"u-{role}"[:40], person=person)


def decision(money: Money, **changed: Any) -> Decision:
    """Make a passed decision of the village's representatives."""
    said = {"ext_id": "D-PAY", "matter_code": "M16", "title": "误工补贴名单和标准",
            "amount_fen": None, **changed}  # fmt: skip
    return worlds_cases.decision(worlds_cases.Desk(money, money.payees[0]), **said)


def standard(world: World, role: str, kind: str, yuan: int, **more: Any) -> PayStandard:
    """Let a standard hold since 2026."""
    return PayStandard.objects.create(
        **{
            "ext_id": f"BZ-{role}-{kind}", "organisation": world.bodies["willow"],
            "division_code": WILLOW, "role_code": role, "kind": kind, "value_fen": yuan * 100,
            "valid_from_date": date(2026, 1, 1), "decision_ext_id": "D-PAY", **more,
        }
    )  # fmt: skip


def post_of(person: Person, role: str) -> Appointment:
    """Return the appointment of a person to a role."""
    return Appointment.objects.get(person=person, role_code=role)


def villager(world: World, name: str, **more: Any) -> Person:
    """Add somebody who holds no post."""
    made = Person.objects.create(
        ext_id=f"P-V{Person.objects.count()}", name=name, division_id=WILLOW, is_member=True, **more
    )
    world.people[name] = made
    return made
