"""Pay of village officers: more than the standard by now allows, and a day that is paid twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fires import nights
from sanzi.orgs.actions import appointments
from sanzi.registers.posts.models import Pay
from worlds import labour as worlds_labour
from worlds import money as worlds_money
from worlds import posts, walks
from worlds.labour import EVENING, MORNING
from worlds.money import Money
from worlds.village import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {"cadre-double-pay", "cadre-pay-over"}
TOWN = ("town_party_office", "town_agri_head")


@pytest.fixture
def money(db: None) -> Money:
    """A village with four villagers, the town's party office, and a decision on pay."""
    made = worlds_money.build(payees=4)
    posts.build(made.world)
    posts.decision(made)
    return made


def standards(money: Money, period: str, *rows: tuple[str, str, str]) -> None:
    """Let standards of posts hold from a month on."""
    walk = walks.start(money.world, "M16", "village_clerk")
    form: dict[str, Any] = {
        "what": "standard", "period": period, "decision_id": "D-PAY",
        "standards": [{"post": post, "kind": kind, "value": yuan} for post, kind, yuan in rows],
    }  # fmt: skip
    walk.submit("village_clerk", form)
    walk.approve("supervision_head", *TOWN)


def sheet(money: Money, *days: tuple[str, str]) -> walks.Walk:
    """Hand November's sheet in, with the days that people gave up for the village."""
    walk = walks.start(money.world, "M16", "village_clerk")
    walk.at = MORNING
    rows = [
        {"person": who, "kind": "lost_work", "work_date": day, "reason": "去镇里报材料"}
        for who, day in days
    ]
    walk.submit("village_clerk", {"what": "sheet", "period": "2026-11", "days": rows})
    return walk


def test_a_months_pay_that_stays_when_its_standard_went_down_is_found(money: Money) -> None:
    member = money.world.people["committee_member"].ext_id
    standards(
        money, "2026-01", ("village_secretary", "basic", "5000"),
        ("committee_member", "lost_work", "120"),
    )  # fmt: skip
    sheet(money, (member, "2026-11-05"))
    code = "cadre-pay-over"
    assert nights.found(MORNING, code) == set()

    standards(
        money, "2026-11", ("village_secretary", "basic", "4500"),
        ("committee_member", "lost_work", "130"),
    )  # fmt: skip

    over = Pay.objects.get(kind="basic")
    assert nights.found(MORNING, code) == {(code, over.ext_id)}


def test_a_day_on_the_sheet_that_is_worked_for_wages_too_is_found(money: Money) -> None:
    labour = worlds_labour.around(money)
    for who in ("V1", "V2"):
        appointments.appoint(
            person=who, organisation="O-WILLOW", role_code="villager_rep",
            start_date=date(2026, 11, 1), end_date=None, document_ref="任〔2026〕9号",
            by=money.actor("town_agri_head", AT), at=AT,
        )  # fmt: skip
    standards(money, "2026-01", ("villager_rep", "lost_work", "100"))
    sheet(money, ("V1", "2026-11-18"), ("V2", "2026-11-17"))
    code = "cadre-double-pay"
    assert nights.found(MORNING, code) == set()

    worlds_labour.worked(labour)

    twice = Pay.objects.get(person__ext_id="V1")
    assert nights.found(EVENING, code) == {(code, twice.ext_id)}
