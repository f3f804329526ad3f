"""Subsidies and aid: paid late, to another card, after a death, and not looked at again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from fires import lists, nights
from sanzi.orgs import secrets
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person
from sanzi.record.packages import write_package
from sanzi.registers.subsidies.models import AidCase, Award, Roster
from worlds import doors, money, paying, subsidies, walks
from worlds.fake_bank import FakeBank
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "aid-deceased-continue", "aid-kin-unfiled", "aid-missed-eligible", "aid-property-mismatch",
    "aid-recheck-overdue", "aid-timeout", "subsidy-account-mismatch", "subsidy-cadre-kin",
    "subsidy-deceased", "subsidy-late", "subsidy-status-conflict",
)  # fmt: skip
WEEK = timedelta(days=7)
DUE = datetime(2026, 11, 25, tzinfo=UTC)
NOON = time(4)
RESIDENT_ID, OTHER_ID = "999901197001010011", "99990119700101002X"
OTHER_CARD = "6228480000000008888"
AGE = {
    "title": "高龄津贴", "program": "SP-AGE", "period": "2026-11", "like_last": "no",
    "people": [{"person": "V1", "quantity": "1"}, {"person": "V2", "quantity": "1"}],
}  # fmt: skip
AID = {
    "title": "申请低保", "kind": "low_income", "applicant": "V1", "kin_of_staff": "no",
    "members": [],
}  # fmt: skip
VISIT = {
    "visitors": [{"person": "P-agency-4"}, {"person": "P-willow-4"}],
    "visited_at": "2026-11-12T09:00", "income": "860", "agreed": "yes",
}  # fmt: skip
GRANT: dict[str, Any] = {
    "result": "approved", "monthly": "1,035", "start_date": "2026-11-01", "visited": "no",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return subsidies.build()


def handed_in(folder: Path, **tables: list[dict[str, Any]]) -> None:
    """Load rows from outside by a package."""
    write_package(folder, "outside", tables)
    packages.import_folder(folder=folder, by=SYSTEM, at=DUE)


def fixed(world: World) -> walks.Walk:
    """Bring the roster of the old to the county, which fixes it."""
    walk = walks.start(world, "M25", "village_clerk")
    walk.submit("village_clerk", AGE)
    walk.approve("village_secretary")
    walk.record("committee_member", {"sampled": [{"person": "V1"}]}, ("photo",))
    walk.record("supervision_head", {"place": "村委会公开栏"}, ("photo",))
    walk.at = AT + WEEK
    walk.record("supervision_head", {})
    walk.approve("town_agri_head", "town_finance_office", "county_agri")
    return walk


@pytest.mark.parametrize("holder", ["village_clerk", "王二"])
def test_a_subsidy_that_went_to_a_card_of_the_clerk_is_found(
    world: World, bank: FakeBank, tmp_path: Path, holder: str
) -> None:
    walk = fixed(world)
    roster, late = Roster.objects.get(), walk.at + timedelta(days=1)
    late += timedelta(days=roster.program.pay_within_days)
    assert nights.found(late - timedelta(days=1), "subsidy-late") == set()
    assert nights.found(late, "subsidy-late") == {("subsidy-late", roster.ext_id)}
    till = paying.open_till(world, bank, walk.at)
    number = till.pay(walk.number, {2: "AC04"})
    till.pay_again(number, 2, OTHER_CARD)
    assert nights.found(late, "subsidy-late") == set()
    # Whose card that is comes with the bank's next list.
    person = world.people[holder]
    handed_in(tmp_path, account=[{
        "account_id": "A-OTHER", "account_no": OTHER_CARD, "person_id": person.ext_id,
        "holder_name": person.name, "kind": "personal", "bank_code": money.BANK_CODE,
        "is_registered": True,
    }])  # fmt: skip

    second = Award.objects.get(person__ext_id="V2").ext_id
    is_wrong = holder == "village_clerk"
    expected = {("subsidy-account-mismatch", second)} if is_wrong else set()
    assert nights.found(till.at, "subsidy-account-mismatch") == expected


@pytest.mark.parametrize("died", [date(2026, 10, 1), date(2026, 11, 20)])
def test_aid_that_is_paid_long_after_a_death_is_found(
    world: World, bank: FakeBank, tmp_path: Path, died: date
) -> None:
    Person.objects.filter(ext_id="V1").update(id_no_index=secrets.index("id_no", RESIDENT_ID))
    walk = walks.start(world, "M26", "village_clerk")
    walk.submit("village_clerk", AID, ("consent", "illness"))
    walk.approve("town_civil_office")
    walk.record("town_civil_office", VISIT, ("photo",))
    walk.record("committee_member", {"place": "公开栏"}, ("photo",))
    walk.at = AT + WEEK
    walk.record("committee_member", {})
    walk.record("county_civil_affairs", GRANT)
    walk.record("town_civil_office", {"receiver": "王一"})
    till = paying.open_till(world, bank, DUE)
    till.pay(walk.number)
    # The register of deaths comes late: nobody at the village said so.
    handed_in(tmp_path, ext_death=[{"id_no": RESIDENT_ID, "death_date": died}])

    aid = AidCase.objects.get()
    case = aid.ext_id
    is_long_ago = DUE.date() - died > timedelta(days=30)
    expected = {("aid-deceased-continue", case)} if is_long_ago else set()
    assert nights.found(DUE + WEEK, "aid-deceased-continue") == expected
    looked_at = datetime.combine(aid.last_recheck_date or aid.start_date, NOON, UTC)
    code, half_a_year = "aid-recheck-overdue", looked_at + timedelta(days=184)
    assert nights.found(half_a_year, code) == set()
    assert nights.found(half_a_year + timedelta(days=1), code) == {(code, case)}


def number(person: str, resident_id: str) -> None:
    """Note somebody's number, under which other offices know him."""
    Person.objects.filter(ext_id=person).update(id_no_index=secrets.index("id_no", resident_id))


def test_who_is_dead_or_paid_elsewhere_or_kin_is_found_when_the_lists_come(
    world: World, tmp_path: Path
) -> None:
    number("V1", RESIDENT_ID)
    number("V2", OTHER_ID)
    walk = fixed(world)
    codes = "subsidy-cadre-kin", "subsidy-deceased", "subsidy-status-conflict"
    assert nights.found(walk.at, *codes) == set()

    member, first = world.people["committee_member"], world.people["王一"]
    lists.come(
        tmp_path, walk.at, kin=[(member, first, "sibling")],
        dead=[(OTHER_ID, date(2026, 10, 31))], status=[(RESIDENT_ID, "payroll", 0)],
    )  # fmt: skip

    one, other = (Award.objects.get(person__ext_id=who).ext_id for who in ("V1", "V2"))
    assert nights.found(walk.at, *codes) == set(zip(codes, (one, other, one), strict=True))


def test_aid_that_waits_or_that_kin_or_owners_of_cars_ask_for_is_found(
    world: World, tmp_path: Path
) -> None:
    number("V1", RESIDENT_ID)
    walk = walks.start(world, "M26", "village_clerk")
    walk.submit("village_clerk", AID, ("consent", "illness"))
    walk.approve("town_civil_office")
    case = AidCase.objects.get().ext_id
    codes = "aid-kin-unfiled", "aid-property-mismatch"
    assert nights.found(AT, *codes) == set()

    lists.come(
        tmp_path, AT, kin=[(world.people["village_clerk"], world.people["王一"], "child")],
        status=[(RESIDENT_ID, "vehicle", 7_000_000)],
    )  # fmt: skip

    assert nights.found(AT, *codes) == {(code, case) for code in codes}
    found = [nights.found(AT + timedelta(days=days), "aid-timeout") for days in (21, 22)]
    assert found == [set(), {("aid-timeout", case)}]


def test_a_household_that_lost_who_earned_is_found_unless_it_asked_for_aid(
    world: World, tmp_path: Path
) -> None:
    for person, resident_id in (("V1", RESIDENT_ID), ("V2", OTHER_ID)):
        number(person, resident_id)
        Person.objects.filter(ext_id=person).update(birth_date=date(1970, 1, 1))
    for widow, home in (("V8", "H1"), ("V9", "H2")):
        doors.person(world, widow, "某某", home)
    walk = walks.start(world, "M26", "village_clerk")
    walk.submit("village_clerk", {**AID, "applicant": "V9"}, ("consent", "illness"))
    died = AT.date()
    lists.come(tmp_path, AT, dead=[(RESIDENT_ID, died), (OTHER_ID, died)])

    code = "aid-missed-eligible"
    found = [nights.found(AT + timedelta(days=days), code) for days in (30, 31)]
    assert found == [set(), {(code, "H1")}]
