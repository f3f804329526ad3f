"""Who hears of deposits that mature, debts that fall due and advances that are late; once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from sanzi.notices.models import Notice
from sanzi.orgs.models import Appointment
from sanzi.registers.treasury.actions import telling
from sanzi.registers.treasury.models import Advance, CardIssue, Debt, DebtTurn, Deposit
from worlds import treasury
from worlds.treasury import AT, Treasury
from worlds.village import WILLOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Treasury:
    found = treasury.build()
    common = {"organisation": found.money.organisation, "division_code": WILLOW}
    Deposit.objects.create(
        ext_id="CK-1", bank_code="402999900017", principal_fen=200_000_000, rate_bp=155,
        start_date=date(2025, 12, 12), maturity_date=date(2026, 12, 12), **common,
    )  # fmt: skip
    debt = Debt.objects.create(
        ext_id="ZQ-1", kind="bank_loan", principal_fen=100, balance_fen=100, rate_bp=0,
        state="standing", due_date=date(2026, 12, 1), **common,
    )  # fmt: skip
    DebtTurn.objects.create(debt=debt, due_date=date(2026, 12, 1), principal_fen=100)
    Advance.objects.create(
        ext_id="JK-1", kind="reserve", purpose="办事", amount_fen=300_000, state="out",
        person=found.world.people["committee_member"], due_date=date(2026, 11, 11), **common,
    )  # fmt: skip
    return found


def told() -> dict[str, int]:
    names = [one.template for one in Notice.objects.filter(channel="INBOX")]
    return {name: names.count(name) for name in telling.TEXTS}


def test_village_and_town_hear_of_each_once(made: Treasury) -> None:
    telling.work(AT)
    telling.work(AT + timedelta(hours=1))

    assert told() == {
        "deposit_matures": 5, "debt_due": 5, "card_holder_left": 0, "advance_late": 5,
    }  # fmt: skip
    clerk = made.world.users["village_clerk"]
    said = Notice.objects.get(template="deposit_matures", user_id=clerk.pk).params
    assert (said["amount"], said["due"], said["days"]) == ("2,000,000.00", "12月12日", "30")


def test_nobody_hears_too_early_or_of_what_is_over(made: Treasury) -> None:
    Advance.objects.update(state="cleared")
    Debt.objects.update(state="repaid")
    telling.work(datetime(2026, 11, 11, 2, 0, tzinfo=UTC))

    assert told() == dict.fromkeys(telling.TEXTS, 0)


def test_a_card_whose_holder_left_is_told_once(made: Treasury) -> None:
    holder = made.world.people["committee_member"]
    CardIssue.objects.create(
        ext_id="BK-1", organisation=made.money.organisation, division_code=WILLOW, holder=holder,
        kind="credit", limit_fen=500_000, bill_day=5, due_day=25, state="issued",
    )  # fmt: skip
    telling.work(AT)
    assert told()["card_holder_left"] == 0

    Appointment.objects.filter(person=holder).update(end_date=date(2026, 11, 11))
    telling.work(AT)
    telling.work(AT)

    assert told()["card_holder_left"] == 5
