"""A village with land, cards and a programme: what tests of subsidies, aid and levies need."""

from __future__ import annotations

from datetime import date
from typing import Any

from sanzi.orgs import secrets
from sanzi.orgs.models import Appointment, Household, LandRight, Person, User
from sanzi.payments.models import BankAccount
from sanzi.registers.subsidies.models import Program
from worlds import village
from worlds.village import COUNTY, TOWN, WILLOW, World

OFFICES = (
    ("town_finance_office", "金所长", "agency", TOWN),
    ("town_civil_office", "孟民政", "agency", TOWN),
    ("county_civil_affairs", "县民政", "county", COUNTY),
    ("coop_director", "董事长", "willow", WILLOW),
    ("supervision_member", "监委员", "willow", WILLOW),
)


def build() -> World:
    """Build the village, the offices of the chain, four villagers and two programmes."""
    world = village.build()
    for role, name, body, division in OFFICES:
        person = Person.objects.create(ext_id=f"P-{role}", name=name, division_id=division)
        Appointment.objects.create(
            ext_id=f"A-{role}", person=person, organisation=world.bodies[body], role_code=role,
            start_date=date(2024, 1, 1), document_ref="任〔2024〕6号",
        )  # fmt: skip
        world.people[role] = person
        world.users[role] = User.objects.create(username=f"u-{role}"[:40], person=person)
    for name in ("王一", "王二", "王三", "王四"):
        villager(world, name)
    program(world)
    program(world, ext_id="SP-AGE", code="age", name="高龄津贴", unit="人", rate_fen=10_000,
            needs_land=False, excludes_payroll=True, cap_milli=1_000)  # fmt: skip
    return world


def villager(world: World, name: str, area_centi: int = 500, **more: Any) -> Person:
    """Add a villager with a household, five mu of land and a card."""
    person = village.villager(world, name, **more)
    number = person.pk
    person.id_no_index = secrets.index("id_no", f"99990119700101{number:04d}")
    person.save(update_fields=["id_no_index"])
    home = Household.objects.get(pk=person.household_id)
    LandRight.objects.create(
        parcel_id=f"L-{number}", division_id=WILLOW, holder_kind="household", household=home,
        right_kind="contract", area_mu_centi=area_centi,
    )  # fmt: skip
    card(person, f"622848{number:013d}")
    return person


def card(person: Person, number: str, **more: Any) -> BankAccount:
    """Give a person a one-card account."""
    return BankAccount.objects.create(
        **{
            "ext_id": f"A-{person.ext_id}", "person": person,
            "sealed_number": secrets.seal("account", number),
            "number_index": secrets.index("account", number), "tail": number[-4:],
            "holder_name": person.name, "kind": "one_card", "bank_code": "402999900017", **more,
        }
    )  # fmt: skip


def program(world: World, **changed: Any) -> Program:
    """Add a version of a programme of the county; by default the land subsidy."""
    said = {
        "ext_id": "SP-LAND", "organisation": world.bodies["county"], "division_code": COUNTY,
        "code": "land", "name": "耕地地力补贴", "department": "县农业农村局", "unit": "亩",
        "rate_fen": 9_460, "needs_land": True, "valid_from_date": date(2026, 1, 1),
        "source_ref": "云农〔2026〕8号", **changed,
    }  # fmt: skip
    return Program.objects.create(**said)
