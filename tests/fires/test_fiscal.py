"""Fiscal money: kept in a town, short on its way, left unused; projects ill kept or unpaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from fires import nights
from sanzi.bank.port import Entry
from sanzi.payments.actions import statements
from sanzi.payments.actions.funds import FundFields
from sanzi.payments.models import Bill
from sanzi.registers.funds.actions import grants, projects
from sanzi.registers.funds.actions.grants import TransferFields
from sanzi.registers.funds.actions.projects import Progress, ProjectFields
from worlds import seals, treasury, walks
from worlds.treasury import Treasury
from worlds.village import AT, TOWN, WILLOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "fiscal-arrears", "fiscal-progress-gap", "fiscal-project-info-stale",
    "fiscal-transfer-mismatch", "fiscal-transfer-stranded", "fund-earmarked-stranded",
)  # fmt: skip
DAY = timedelta(days=1)
GRANT = FundFields(
    code="XC-2026-8", organisation="O-WILLOW", name="公厕改造补助", source_level="county",
    amount_fen=10_000_000, granted_date=date(2026, 10, 8), subjects="51402",
    use_by_date=date(2027, 6, 30),
)  # fmt: skip
PART = TransferFields(
    fund="XC-2026-8", town=TOWN, village=WILLOW, amount_fen=6_000_000,
    issued_date=date(2026, 10, 12),
)  # fmt: skip
PROJECT = ProjectFields(
    town=TOWN, name="农村公厕改造", budget_fen=30_000_000, start_date=AT.date(),
    end_date=date(2027, 3, 31),
)  # fmt: skip
OWED = Progress(
    progress_percent=10, paid_fen=15_000_000, payable_fen=14_000_000, end_date=PROJECT.end_date,
    payable_due_date=AT.date() + DAY,
)  # fmt: skip
ON_THE_WAY = replace(OWED, progress_percent=45, payable_fen=0, payable_due_date=None)


@pytest.fixture
def made() -> Treasury:
    """A village with an account and a book, and the finance office of its town."""
    found = treasury.build()
    seals.post(found.world, "town_finance_office", "王财政", "agency")
    return found


def allocated(world: World, code: str, fen: int) -> str:
    """Let the county grant a fund and allocate it; return the allocation."""
    by, fields = world.actor("county_finance"), replace(GRANT, code=code, amount_fen=fen)
    grants.enter_fund(fields=fields, by=by, at=AT)
    return grants.allocate(fields=replace(PART, fund=code, amount_fen=fen), by=by, at=AT)


def receipted(made: Treasury, fen: int) -> None:
    """Let earmarked money of the county come to the village's account, and be written for."""
    walk = walks.start(made.world, "M12", "cashier_reporter")
    walk.submit("cashier_reporter", {
        "purpose": "公厕改造补助", "kind": "earmarked", "firm": "C-1", "amount": str(fen // 100),
        "due_date": "2026-11-30",
    })  # fmt: skip
    walk.approve("agency_accountant")
    paid = Entry(
        seq=1, booked_at=AT, amount_fen=fen, is_credit=True, bank_ref="BK1",
        party_name="云川农商银行清河支行", memo=Bill.objects.get().reference,
    )  # fmt: skip
    statements.import_notices(account_id=made.money.account.pk, entries=[paid], at=AT)


def test_money_that_stays_in_the_town_or_comes_short_or_lies_in_the_village_is_found(
    made: Treasury,
) -> None:
    office = made.world.actor("town_finance_office")
    stays, goes = allocated(made.world, "XC-1", 4_000_000), allocated(made.world, "XC-2", 6_000_000)
    for one in (stays, goes):
        grants.receive(transfer=one, day=date(2026, 10, 20), by=office, at=AT)
    grants.pass_on(transfer=goes, amount_fen=6_000_000, day=AT.date(), by=office, at=AT)

    code, kept = "fiscal-transfer-stranded", date(2026, 10, 20)
    assert [on(kept, days, code) for days in (30, 31)] == [set(), {(code, stays)}]
    code = "fiscal-transfer-mismatch"
    assert [on(AT.date(), days, code) for days in (10, 11)] == [set(), {(code, goes)}]
    receipted(made, 6_000_000)
    assert on(AT.date(), 11, code) == set()
    code = "fund-earmarked-stranded"
    assert [on(AT.date(), days, code) for days in (180, 181)] == [set(), {(code, "XC-2")}]


def test_a_project_that_nobody_keeps_up_builds_or_pays_for_is_found(made: Treasury) -> None:
    by = made.world.actor("town_head")
    ill, well = (
        projects.start(fields=replace(PROJECT, name=name), by=by, at=AT)
        for name in ("农村公厕改造", "古道修缮")
    )
    projects.update(project=ill, progress=OWED, by=by, at=AT)
    projects.update(project=well, progress=ON_THE_WAY, by=by, at=AT)
    due = {"fiscal-arrears": 32, "fiscal-project-info-stale": 31}

    assert on(AT.date(), 1, "fiscal-progress-gap") == {("fiscal-progress-gap", ill)}
    later = made.world.actor("town_head", AT + 20 * DAY)
    projects.update(project=well, progress=ON_THE_WAY, by=later, at=AT + 20 * DAY)
    for code, days in due.items():
        assert on(AT.date(), days - 1, code) == set()
        assert on(AT.date(), days, code) == {(code, ill)}


def on(first: date, days: int, *codes: str) -> set[tuple[str, str]]:
    """Return what models find at noon, so many days after a day."""
    return nights.found(datetime.combine(first, time(4), UTC) + days * DAY, *codes)
