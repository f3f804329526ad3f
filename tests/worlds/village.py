"""A small world for tests: one county, one town, two villages, everybody of the M10 chain.

Built through the models, without history. `build()` returns handles by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sanzi.orgs import queries, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import (
    Appointment,
    Division,
    Household,
    Organisation,
    Person,
    User,
)

AT = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)
COUNTY, TOWN = "999901000000", "999901101000"
WILLOW, STONE = "999901101201", "999901101202"

VILLAGE_POSTS = {
    "cashier_reporter": "吴小芬",
    "committee_member": "高大林",
    "supervision_head": "李天明",
    "village_secretary": "陈国平",
    "village_clerk": "周文书",
}
TOWN_POSTS = {
    "agency_cashier": "钱代纳",
    "agency_accountant": "沈月琴",
    "agency_reviewer": "许复核",
    "town_agri_head": "何农经",
    "town_leader": "林分管",
    "town_head": "郑镇长",
    "town_discipline_office": "纪清风",
}
COUNTY_POSTS = {
    "county_discipline": "严监委",
    "county_agri": "农业局",
    "county_finance": "财政局",
}


@dataclass
class World:
    """Handles: people and users by role (villagers by name), organisations by short name."""

    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    bodies: dict[str, Organisation] = field(default_factory=dict)
    at: datetime = AT

    def actor(self, role: str, at: datetime | None = None) -> Actor:
        """Return the actor of a role, his second factor just shown."""
        when = at or self.at
        return queries.actor_for(self.users[role], when, origin="test", second_factor_at=when)


def build() -> World:
    """Build the world in the test's database."""
    world = World()
    for code, name, level, parent in (
        (COUNTY, "云川县", "county", ""),
        (TOWN, "清河镇", "town", COUNTY),
        (WILLOW, "柳湾村", "village", TOWN),
        (STONE, "石桥村", "village", TOWN),
    ):
        Division.objects.create(code=code, name=name, level=level, parent_code=parent)
    _bodies(world)
    _posts(world, VILLAGE_POSTS, "willow", WILLOW)
    _posts(world, {"stone_cashier": "石会计"}, "stone", STONE, role="cashier_reporter")
    _posts(world, TOWN_POSTS, "agency", TOWN)
    _posts(world, COUNTY_POSTS, "county", COUNTY)
    return world


def villager(world: World, name: str, division: str = WILLOW, **fields: object) -> Person:
    """Add a villager with a household of his own."""
    number = Household.objects.count() + 1
    household = Household.objects.create(
        ext_id=f"H{number}",
        division_id=division,
        head_person_ext_id=f"V{number}",
        member_count=3,
    )
    person = Person.objects.create(
        ext_id=f"V{number}",
        name=name,
        division_id=division,
        household=household,
        is_member=True,
        **fields,
    )
    world.people[name] = person
    return person


def add_auditor(world: World, start_date: date, end_date: date | None) -> None:
    """Let an inspector into the county for some days; he is `world.users["auditor"]`."""
    person = Person.objects.create(ext_id="P-AUDITOR", name="方审计", division_id=COUNTY)
    Appointment.objects.create(
        ext_id="A-AUDITOR",
        person=person,
        organisation=world.bodies["county"],
        role_code="auditor",
        start_date=start_date,
        end_date=end_date,
        document_ref="审〔2026〕3号",
    )
    world.people["auditor"] = person
    world.users["auditor"] = User.objects.create(username="auditor-1", person=person)


def add_operator(world: World) -> None:
    """Appoint who runs the platform; he is `world.users["platform_admin"]`."""
    person = Person.objects.create(ext_id="P-OPERATOR", name="管平台", division_id=COUNTY)
    Appointment.objects.create(
        ext_id="A-OPERATOR",
        person=person,
        organisation=world.bodies["county"],
        role_code="platform_admin",
        start_date=date(2024, 1, 1),
        document_ref="任〔2024〕2号",
    )
    world.people["platform_admin"] = person
    world.users["platform_admin"] = User.objects.create(username="operator-1", person=person)


def post(world: World, role: str, name: str, place: str = WILLOW) -> None:
    """Give somebody new a post, with a log-in under the role's own name."""
    _posts(world, {role: name}, f"new-{role}", place)


def fill_posts(world: World, body: str) -> None:
    """Fill the five posts of another village with people of its own."""
    _posts(world, VILLAGE_POSTS, body, world.bodies[body].division_id)


def _bodies(world: World) -> None:
    for key, ext_id, division, kind, name in (
        ("willow", "O-WILLOW", WILLOW, "collective", "柳湾村股份经济合作社"),
        (
            "willow_committee",
            "O-WILLOW-VC",
            WILLOW,
            "village_committee",
            "柳湾村村民委员会",
        ),
        ("stone", "O-STONE", STONE, "collective", "石桥村股份经济合作社"),
        ("agency", "O-AGENCY", TOWN, "town_agency", "清河镇三资代理中心"),
        ("county", "O-COUNTY", COUNTY, "office", "云川县"),
    ):
        world.bodies[key] = Organisation.objects.create(
            ext_id=ext_id,
            division_id=division,
            kind=kind,
            name=name,
        )


def _posts(
    world: World,
    posts: dict[str, str],
    body: str,
    division: str,
    *,
    role: str | None = None,
) -> None:
    for number, (key, name) in enumerate(posts.items(), start=1):
        person = Person.objects.create(
            ext_id=f"P-{body}-{number}",
            name=name,
            division_id=division,
            sealed_phone=secrets.seal("phone", f"1990000{number:04d}"),
            phone_index=secrets.index("phone", f"1990000{number:04d}"),
        )
        Appointment.objects.create(
            ext_id=f"A-{body}-{number}",
            person=person,
            organisation=world.bodies[body],
            role_code=role or key,
            start_date=date(2024, 1, 1),
            document_ref="任〔2024〕1号",
        )
        world.people[key] = person
        world.users[key] = User.objects.create(username=f"{body}-{number}", person=person)
