"""A village with land for tests: households, parcels, a land office, the members' decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sanzi.matters.models import Decision
from sanzi.orgs.models import Appointment, LandRight, Person, User
from worlds import deals, village, walks
from worlds.village import AT, TOWN, WILLOW, World

SHOWN = {"publicity_start": "2026-11-12", "publicity_end": "2026-11-19"}
"""Seven days, counted from the day after `AT`."""
NOTICE = {
    "project_name": "清河东路延伸工程", "notice_no": "云政告〔2026〕8号",
    "notice_start": "2026-10-20", "notice_end": "2026-11-06",
}  # fmt: skip
"""The form of a taking."""
PRESENT = [
    {"name": "田所长", "side": "town"}, {"name": "测绘员", "side": "third_party"},
    {"name": "高大林", "side": "village"}, {"name": "周文书", "side": "village"},
]  # fmt: skip
"""Who is there when it is counted."""
LATER = AT + timedelta(days=8)
LATEST = LATER + timedelta(hours=6)


def build() -> World:
    """Build the small world with a coop director, a land office and two households."""
    world = village.build()
    deals.works_office(world)
    office(world, "town_land_office", "田所长")
    for name in ("王大山", "刘小河"):
        village.villager(world, name)
    return world


def office(world: World, role: str, name: str) -> None:
    """Appoint somebody at the town, with a log-in under the role's own name."""
    person = Person.objects.create(ext_id=f"P-{role}", name=name, division_id=TOWN)
    Appointment.objects.create(
        ext_id=f"A-{role}", person=person, organisation=world.bodies["agency"], role_code=role,
        start_date=date(2024, 1, 1), document_ref="任〔2024〕6号",
    )  # fmt: skip
    world.people[role] = person
    world.users[role] = User.objects.create(username=f"u-{role}", person=person)


def child(world: World, name: str, home_of: str, **fields: Any) -> Person:
    """Add somebody who lives in another's household and is no member."""
    person = Person.objects.create(
        ext_id=f"V-{name}", name=name, division_id=WILLOW,
        household=world.people[home_of].household, **fields,
    )  # fmt: skip
    world.people[name] = person
    return person


def decision(world: World, ext_id: str, matter: str, **changed: Any) -> Decision:
    """Make a decision of the members' meeting, 42 of 60 agreeing."""
    said: dict[str, Any] = {
        "ext_id": ext_id, "organisation": world.bodies["willow"], "division_code": WILLOW,
        "matter_code": matter, "title": "成员大会决议", "procedure": "member_meeting",
        "deciding_body": "member_meeting", "eligible_count": 60, "present_count": 45,
        "agree_count": 42, "against_count": 3, "abstain_count": 0, "file_digest": "ab" * 32,
        "status": "passed", "passed_at": AT - timedelta(days=1), **changed,
    }  # fmt: skip
    return Decision.objects.create(**said)


def parcel(parcel_id: str, holder: Person | None = None, **changed: Any) -> LandRight:
    """Enter a parcel of three mu: somebody's household's, or the collective's."""
    said: dict[str, Any] = {
        "parcel_id": parcel_id, "division_id": WILLOW,
        "holder_kind": "household" if holder else "collective",
        "household": holder.household if holder else None,
        "right_kind": "contract" if holder else "mobile", "area_mu_centi": 300,
        "start_date": date(1999, 1, 1), "end_date": date(2028, 12, 31) if holder else None,
        **changed,
    }  # fmt: skip
    return LandRight.objects.create(**said)


def shown(walk: walks.Walk, role: str, **changed: str) -> None:
    """Write a publication of seven days down, eight days later."""
    walk.at = LATER
    walk.record(role, {**SHOWN, **changed}, ("photo",))
