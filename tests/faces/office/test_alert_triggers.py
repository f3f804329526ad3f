"""An alert that went to the discipline office at once: its page says why, the form asks for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from worlds import spending
from worlds.cases import AT, Desk

WHY = "已经核对发票和送货单"


@pytest.fixture
def cash(desk: Desk) -> Alert:
    """A cash payment to a stranger's firm, with the town's agriculture office."""
    world = desk.world
    firm = spending.firm("STRANGER")
    spending.source(world, "S1")
    spending.spend(world, "K1", [(firm, 60_000)], state="paid", method="cash", at=AT)
    nightly.run(as_of=AT + dt.timedelta(hours=16), by=SYSTEM)
    return Alert.objects.get(case_number="K1", model_code="payment-cash")


def step(client: Any, alert: Alert, name: str, **said: Any) -> None:
    path = reverse("office:alert_step", args=[alert.ext_id, name])
    assert client.post(path, said).status_code == 302


def read(client: Any, alert: Alert) -> str:
    return str(client.get(reverse("office:alert", args=[alert.ext_id])).content.decode())


def test_a_told_circumstance_sends_an_alert_up_and_its_page_says_why(
    cash: Alert, officer: Any
) -> None:
    office, town = officer("town_agri_head"), officer("town_discipline_office")
    step(office, cash, "take")
    page = read(office, cash)
    assert "有没有这些情形" in page
    assert 'value="complainant_threatened"' in page

    step(office, cash, "feedback", text=WHY, people="三个")
    assert "涉及的人数-1不对" in read(office, cash)
    assert Alert.objects.get(pk=cash.pk).state == "pending"

    step(office, cash, "feedback", text=WHY, circumstance=["false_proof"], people="3")

    cash.refresh_from_db()
    assert cash.route_role == "town_discipline_office"
    page = read(town, cash)
    assert "直接转到纪委" in page
    assert "凭据是假的；3个人一起，满3个人" in page
    assert "我来办" in page


def test_the_page_lists_the_same_kind_in_the_other_matters_of_the_village(
    cash: Alert, desk: Desk, officer: Any
) -> None:
    town = officer("town_agri_head")
    assert "别的事里没有支付报销一类的" in read(town, cash)

    firm = spending.firm("OTHERFIRM")
    spending.spend(desk.world, "K2", [(firm, 70_000)], state="paid", method="cash", at=AT)
    nightly.run(as_of=AT + dt.timedelta(hours=17), by=SYSTEM)

    other = Alert.objects.get(case_number="K2", model_code="payment-cash")
    page = read(town, cash)
    assert "同一条规则还有1条，支付报销一类一共1条" in page
    assert reverse("office:alert", args=[other.ext_id]) in page
    query = {"village": cash.division_code, "category": "payment"}
    listed = town.get(reverse("office:alerts"), query).content.decode()
    assert reverse("office:alert", args=[other.ext_id]) in listed
    query["category"] = "labour"
    none = town.get(reverse("office:alerts"), query).content.decode()
    assert reverse("office:alert", args=[other.ext_id]) not in none


def test_who_was_threatened_is_read_by_the_discipline_office_alone(
    cash: Alert, officer: Any
) -> None:
    office, town = officer("town_agri_head"), officer("town_discipline_office")
    step(office, cash, "take")
    step(office, cash, "feedback", text=WHY, circumstance=["complainant_threatened"])

    assert "举报的人受到威胁" in read(town, cash)
    for client in (office, officer("village_secretary")):
        page = read(client, cash)
        assert "按规定由纪委直接办" in page
        assert "举报的人受到威胁" not in page
