"""Money given before the proof: what is not cleared in time is found, what is cleared is not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from fires import nights
from sanzi.registers.treasury.actions import advances
from worlds import deals, land, paying, subsidies, treasury, walks
from worlds.fake_bank import FakeBank
from worlds.treasury import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = ("cadre-loan", "fund-debt-over-line", "payment-advance-overdue")
DAY = timedelta(days=1)


def test_reserve_money_that_is_not_cleared_in_time_is_found(bank: FakeBank) -> None:
    made = treasury.build()
    member = made.world.people["committee_member"]
    subsidies.card(member, "6228480000000007777")
    walk = walks.start(made.world, "M14", "cashier_reporter")
    walk.submit("cashier_reporter", {
        "purpose": "送老人去市里体检", "kind": "reserve", "person": member.ext_id, "amount": "3000",
        "back_date": "2026-11-18",
    })  # fmt: skip
    walk.approve("village_secretary", "agency_accountant")
    paying.open_till(made.world, bank, AT).pay(walk.number, proof_kind="roster")
    advances.follow_all()
    [advance] = deals.record_rows("advance")
    due = datetime.combine(advance["due_date"], time(4), UTC)

    late = {"payment-advance-overdue": due + DAY, "cadre-loan": AT + 31 * DAY}
    for code, at in late.items():
        found = [nights.found(at - days * DAY, code) for days in (1, 0)]
        assert found == [set(), {(code, advance["advance_id"])}]

    walk.at = due
    walk.record("agency_accountant", {"proved": "3000"}, ("invoice",))
    assert nights.found(max(late.values()), *late) == set()


@pytest.mark.parametrize("yuan", ["400000", "400800"])
def test_a_loan_of_more_than_half_of_the_income_is_found(yuan: str) -> None:
    made, code = treasury.build(), "fund-debt-over-line"
    treasury.earned(made, 80_000_000)
    land.office(made.world, "town_finance_office", "财所长")
    walk = walks.start(made.world, "M15", "coop_director")
    walk.submit("coop_director", {
        "purpose": "标准厂房尾款", "kind": "bank_loan", "for_whom": "own", "creditor": "C-1",
        "principal": yuan, "rate": "3.45", "due_date": "2028-11-12",
        "turns": [{"due_date": "2028-11-12", "principal": yuan}],
        "risk_note": "用厂房租金还，租金一年四十万元", "decision_id": "D-1",
        "over_line": "老厂房漏雨要翻建，租金每年先还十二万元",
    }, ("plan",))  # fmt: skip

    [debt] = deals.record_rows("debt")
    expected = {(code, debt["debt_id"])} if yuan == "400800" else set()
    assert nights.found(AT, code) == expected
