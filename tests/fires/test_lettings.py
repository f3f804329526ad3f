"""Things let and kept: rent nobody asks for, a tenant who stays, an empty house, no count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.bank.port import Entry
from sanzi.deals.actions import assets
from sanzi.orgs.models import Counterparty, CounterpartyOwner, Person
from sanzi.payments.actions import statements
from sanzi.payments.models import Bill
from sanzi.registers.leases.actions import leases, rent
from sanzi.registers.leases.models import RentBill
from worlds import leases as worlds_leases
from worlds import money, village
from worlds.assets import HOUSE
from worlds.leases import Letting
from worlds.money import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "asset-holdover", "asset-idle", "asset-inventory-overdue", "asset-kin-tenant",
    "asset-lease-expiring", "asset-no-dunning", "asset-rent-arrears", "asset-rent-below-floor",
    "asset-sublet",
    "asset-term-too-long", "decision-missing", "fund-income-missing",
)  # fmt: skip
DAY = timedelta(days=1)
YEAR = {"start_date": date(2027, 1, 1), "end_date": date(2027, 12, 31), "pay_cycle": "year"}
FIRST, LAST = datetime(2027, 1, 1, 2, tzinfo=UTC), datetime(2027, 12, 31, 2, tzinfo=UTC)


@pytest.fixture
def letting() -> Letting:
    """A workshop that may be let."""
    return worlds_leases.directed(money.build(payees=1))


def test_rent_that_nobody_pays_or_asks_for_is_found_and_what_came_is_not(letting: Letting) -> None:
    lease = letting.sign(**YEAR)
    due = RentBill.objects.get()
    unpaid = {"asset-no-dunning": 15, "asset-rent-arrears": 30}

    for code, days in unpaid.items():
        assert nights.found(FIRST + (days - 1) * DAY, code) == set()
        assert nights.found(FIRST + days * DAY, code) == {(code, due.ext_id)}
    found = [nights.found(LAST - days * DAY, "asset-lease-expiring") for days in (91, 90)]
    assert found == [set(), {("asset-lease-expiring", lease)}]

    issued = rent.issue_bill(
        ext_id=due.ext_id, by=letting.money.actor("cashier_reporter"), at=AT
    )  # fmt: skip
    last_day = datetime.combine(Bill.objects.get().due_date, time(2), UTC)
    code, bill = "fund-income-missing", issued.ext_id
    found = [nights.found(last_day + days * DAY, code) for days in (10, 11)]
    assert found == [set(), {(code, bill)}]
    paid = Entry(
        seq=1, booked_at=AT, amount_fen=due.amount_fen, is_credit=True, bank_ref="BK1",
        party_name="青石机械厂", memo=f"租金 {issued.reference}",
    )  # fmt: skip
    statements.import_notices(account_id=letting.money.account.pk, entries=[paid], at=AT)
    assert nights.found(FIRST + 60 * DAY, *unpaid, code) == set()


def test_a_tenant_who_stays_is_found_until_the_thing_is_handed_back(letting: Letting) -> None:
    lease = letting.sign(**YEAR)

    found = [nights.found(LAST + days * DAY, "asset-holdover") for days in (15, 16)]
    assert found == [set(), {("asset-holdover", lease)}]

    director = letting.money.actor("coop_director", LAST)
    leases.hand_back(ext_id=lease, note="机器搬空，门窗完好", by=director, at=LAST)
    assert nights.found(LAST + 16 * DAY, "asset-holdover") == set()


def test_a_house_that_stands_empty_and_a_year_without_a_count_are_found(letting: Letting) -> None:
    clerk = letting.money.actor("village_clerk")
    house = replace(HOUSE, name="老茧站", acquired_date=AT.date())
    made = assets.register_asset(fields=house, by=clerk, at=AT)

    found = [nights.found(AT + days * DAY, "asset-idle") for days in (180, 181)]
    assert found == [set(), {("asset-idle", made.ext_id)}]
    assets.set_status(ext_id=made.ext_id, status="self_use", reason="村里自己用", by=clerk, at=AT)
    assert nights.found(AT + 181 * DAY, "asset-idle") == set()

    found = [nights.found(AT + days * DAY, "asset-inventory-overdue") for days in (365, 366)]
    assert found == [set(), {("asset-inventory-overdue", "O-WILLOW")}]


def test_a_long_lease_that_nobody_voted_on_is_found_and_one_of_five_years_is_not(
    letting: Letting,
) -> None:
    codes = "asset-rent-below-floor", "asset-term-too-long", "decision-missing"
    short = {"start_date": date(2027, 1, 1), "end_date": date(2031, 12, 31)}
    letting.sign(**short, appraised_rent_fen_year=13_333_333)
    assert nights.found(AT, *codes) == set()

    long = {"start_date": date(2032, 1, 1), "end_date": date(2037, 1, 1), "decision_ref": ""}
    lease = letting.sign(**long, appraised_rent_fen_year=13_333_334)

    assert nights.found(AT, *codes) == {(code, lease) for code in codes}


def test_a_tenant_who_is_another_or_whose_owner_is_kin_is_found(
    letting: Letting, tmp_path: Path
) -> None:
    world, codes = letting.money.world, ("asset-kin-tenant", "asset-sublet")
    owner = Person.objects.create(ext_id="P-BOSS", name="厂老板", division_id=village.WILLOW)
    firm = Counterparty.objects.get(ext_id="C-WORKS")
    CounterpartyOwner.objects.create(
        counterparty=firm, person=owner, share_percent=60, kind="shareholder"
    )
    stall = {**YEAR, "auction": "", "rent_fen_year": 499_999, "reserve_rent_fen_year": None}
    lease = letting.sign(**stall)
    director = letting.money.actor("coop_director")
    leases.note_user(ext_id=lease, actual_user="C-WORKS", by=director, at=AT)
    assert nights.found(AT, *codes) == set()

    leases.note_user(ext_id=lease, actual_user="C-MILL", by=director, at=AT)
    lists.come(tmp_path, AT, kin=[(world.people["village_clerk"], owner, "nephew_niece")])

    assert nights.found(AT, *codes) == {(code, lease) for code in codes}
